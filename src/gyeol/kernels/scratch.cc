#include "scratch.h"

#include <cstdlib>
#include <new>

namespace gyeol {
namespace {

struct Scratch {
  float* data = nullptr;
  int64_t size = 0;

  ~Scratch() { std::free(data); }
  float* at_least(int64_t floats) {
    if (floats > size) {
      std::free(data);
      size = (floats + floats / 2 + 1024) / 16 * 16;
      data = static_cast<float*>(std::aligned_alloc(64, sizeof(float) * size));
      if (data == nullptr) {
        size = 0;
        throw std::bad_alloc();
      }
    }
    return data;
  }
};

}  // namespace

float* scratch(int slot, int64_t floats) {
  thread_local Scratch slots[4];
  return slots[slot].at_least(floats);
}

float* shared_scratch(int slot, int64_t floats) {
  thread_local Scratch slots[4];
  return slots[slot].at_least(floats);
}

}  // namespace gyeol
