// A growing array. std::vector's code would be shared by all instruction sets: the linker keeps one
// copy, and that might be one which not every machine can run.
#pragma once

#include <cstdint>
#include <cstring>

namespace gyeol {
namespace GYEOL_ISA {

// Of what may be copied byte by byte.
template <typename T>
class List {
 public:
  List() = default;
  List(const List&) = delete;
  ~List() { delete[] items_; }

  void push_back(T item) {
    if (size_ == room_) reserve(2 * room_ + 16);
    items_[size_++] = item;
  }
  void reserve(int64_t room) {
    T* const items = new T[room];
    if (size_ > 0) std::memcpy(items, items_, sizeof(T) * size_);
    delete[] items_;
    items_ = items;
    room_ = room;
  }

  int64_t size() const { return size_; }
  const T& operator[](int64_t n) const { return items_[n]; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }

 private:
  T* items_ = nullptr;
  int64_t size_ = 0, room_ = 0;
};

}  // namespace GYEOL_ISA
}  // namespace gyeol
