#include "threads.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <new>

#if defined(__linux__)
#include <sched.h>
#endif

namespace gyeol {
namespace {

// To wake a thread takes 50 microseconds where cores are virtual, which is as long as many a step.
// So a thread looks for work all the time for some 50 microseconds, then for a millisecond between
// others that want its core, and then sleeps.
constexpr int kSpins = 2000;
constexpr int kYields = 2000;
constexpr int kPartsBits = 16;

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// XLA's own threads take denormal numbers as 0. So must these, or the result would depend on which
// thread had which part.
inline void flush_denormals() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(mode));
  __asm__ __volatile__("msr fpcr, %0" : : "r"(mode | 1 << 24));
#endif
}

template <typename Condition>
void wait_until(const Condition& is_met) {
  for (int spins = 0; !is_met(); ++spins) {
    if (spins < kSpins) {
      pause();
    } else {
      std::this_thread::yield();  // what is waited for may wait for this very core
    }
  }
}

int usable_cores() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const int found = static_cast<int>(std::thread::hardware_concurrency());
  return found > 0 ? found : 1;
}

}  // namespace

Threads::Threads(int count) : count_(count), claims_(new Claim[kMostParts]) {
  // Ctrl-C and the like are for the threads of the program; only faults of a thread are its own.
  sigset_t others, before;
  sigfillset(&others);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&others, fault);
  pthread_sigmask(SIG_SETMASK, &others, &before);
  for (int thread = 1; thread < count; ++thread) {
    threads_.emplace_back([this, thread] { work(thread); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Threads::~Threads() {
  stopping_.store(true);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    current_.fetch_add(1 << kPartsBits);
    wake_.notify_all();
  }
  for (auto& thread : threads_) thread.join();
}

void Threads::run(int parts, Call call, const void* data) {
  if (parts == 1 || threads_.empty()) {
    for (int part = 0; part < parts; ++part) call(data, part);
    return;
  }
  wait_until([&] {
    bool free = false;
    return busy_.compare_exchange_weak(free, true, std::memory_order_acquire);
  });
  const uint64_t loop = (current_.load(std::memory_order_relaxed) >> kPartsBits) + 1;
  call_.store(call, std::memory_order_relaxed);
  data_.store(data, std::memory_order_relaxed);
  left_.store(parts, std::memory_order_relaxed);
  // With the load of asleep_ this must not change places, or a thread could fall asleep unseen.
  current_.store(loop << kPartsBits | static_cast<uint64_t>(parts), std::memory_order_seq_cst);
  if (asleep_.load(std::memory_order_seq_cst) > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_.notify_all();
  }
  take_parts(0, loop, parts);
  wait_until([&] { return left_.load(std::memory_order_acquire) == 0; });
  const bool failed = failed_.exchange(false, std::memory_order_relaxed);
  busy_.store(false, std::memory_order_release);
  if (failed) throw std::bad_alloc();
}

void Threads::take_parts(int thread, uint64_t loop, int parts) {
  for (int turn = 0; turn < count_; ++turn) {
    for (int part = (thread + turn) % count_; part < parts; part += count_) {
      uint64_t last = claims_[part].loop.load(std::memory_order_relaxed);
      // A thread that comes late, from a loop that is over, finds each of its parts claimed.
      if (last >= loop) continue;
      if (!claims_[part].loop.compare_exchange_strong(last, loop, std::memory_order_acq_rel)) continue;
      try {
        call_.load(std::memory_order_relaxed)(data_.load(std::memory_order_relaxed), part);
      } catch (...) {
        failed_.store(true, std::memory_order_relaxed);
      }
      left_.fetch_sub(1, std::memory_order_acq_rel);
    }
  }
}

void Threads::work(int thread) {
  flush_denormals();
  uint64_t seen = 0, now = 0;
  const auto is_new = [&] {
    now = current_.load(std::memory_order_seq_cst);
    return now >> kPartsBits != seen;
  };
  for (;;) {
    for (int spins = 0; spins < kSpins + kYields && !is_new(); ++spins) {
      if (spins < kSpins) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
    if (!is_new()) {
      std::unique_lock<std::mutex> lock(mutex_);
      asleep_.fetch_add(1, std::memory_order_seq_cst);
      wake_.wait(lock, is_new);
      asleep_.fetch_sub(1, std::memory_order_seq_cst);
    }
    if (stopping_.load()) return;
    seen = now >> kPartsBits;
    take_parts(thread, seen, static_cast<int>(now & ((1 << kPartsBits) - 1)));
  }
}

Threads& Threads::shared() {
  // Never deleted: at the end of a process, XLA's threads may be within a kernel.
  static Threads* pool = [] {
    const int cores = usable_cores();
    return new Threads(cores < 64 ? cores : 64);
  }();
#if defined(__linux__) || defined(__APPLE__)
  static Threads* alone = nullptr;
  static const bool watched = pthread_atfork(nullptr, nullptr, [] { alone = new Threads(1); }) == 0;
  (void)watched;
  if (alone != nullptr) return *alone;
#endif
  return *pool;
}

}  // namespace gyeol
