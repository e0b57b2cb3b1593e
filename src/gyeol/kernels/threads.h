// A pool of threads for loops of microseconds: `parallel(count, body)` runs body(0) ... body(count - 1).
//
// XLA's own pool starts a task in about a microsecond each, and the kernels here want all cores for
// some ten of them. So the threads of this pool look for work for a while (kSpins) before they sleep.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace gyeol {

class Threads {
 public:
  // The largest number of parts that one loop may have.
  static constexpr int kMostParts = 256;

  explicit Threads(int count);
  ~Threads();
  Threads(const Threads&) = delete;

  // How many threads work on a loop, the caller among them.
  int count() const { return count_; }

  // Run body(part) for all parts below `parts`. Part i is first offered to thread i % count, so that
  // loops over the same memory find it in the same core's cache; whoever is idle takes what is left.
  // Loops of several callers run one after the other. A body must not begin a loop. What a body
  // throws becomes std::bad_alloc, after all parts: a kernel has no other reason to throw.
  template <typename Body>
  void parallel(int parts, const Body& body) {
    run(parts, [](const void* data, int part) { (*static_cast<const Body*>(data))(part); }, &body);
  }

  // The pool of this process; it is made with the first call. After a fork, a child's has no threads.
  static Threads& shared();

 private:
  using Call = void (*)(const void*, int);

  struct alignas(64) Claim {
    std::atomic<uint64_t> loop{0};
  };

  void run(int parts, Call call, const void* data);
  void take_parts(int thread, uint64_t loop, int parts);
  void work(int thread);

  const int count_;
  std::vector<std::thread> threads_;
  std::unique_ptr<Claim[]> claims_;

  // The number of the loop, and in the lowest 16 bits that of its parts.
  alignas(64) std::atomic<uint64_t> current_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> data_{nullptr};
  alignas(64) std::atomic<int> left_{0};
  alignas(64) std::atomic<bool> busy_{false};
  std::atomic<bool> failed_{false};

  std::atomic<int> asleep_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace gyeol
