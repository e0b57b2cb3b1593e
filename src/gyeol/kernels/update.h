// What an optimizer does to its variables, in place.
#pragma once

#include "isa.h"
#include "simd.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace gyeol {
namespace GYEOL_ISA {

// The square root of each element, to a unit in the last place.
inline Vec root(Vec of) {
#if defined(__AVX512F__)
  // An estimate of 14 bits and one step of Newton's: a third of the time of the exact instruction.
  const __m512 square = reinterpret_cast<__m512>(of);
  const __mmask16 is_some = _mm512_cmp_ps_mask(square, __m512{}, _CMP_NEQ_UQ);
  // Below 2^-80 digits would be lost on the way; infinity and NaN would become something else.
  const IntVec above = reinterpret_cast<IntVec>(of) - 0x17800000;
  const __mmask16 is_odd = _mm512_mask_cmpge_epu32_mask(
      is_some, reinterpret_cast<__m512i>(above), _mm512_set1_epi32(0x7f800000 - 0x17800000));
  if (__builtin_expect(is_odd == 0, 1)) {
    const Vec inverse = reinterpret_cast<Vec>(_mm512_maskz_rsqrt14_ps(is_some, square));
    const Vec rough = of * inverse;
    return rough + 0.5f * inverse * (of - rough * rough);
  }
  return reinterpret_cast<Vec>(_mm512_maskz_sqrt_ps(0xffff, square));
#else
  for (int i = 0; i < kWidth; ++i) of[i] = __builtin_sqrtf(of[i]);
  return of;
#endif
}

struct Adam {
  static constexpr int kSlots = 2;  // m, v
  float alpha, rest_1, rest_2, epsilon;
  explicit Adam(const float* numbers)
      : alpha(numbers[0]), rest_1(numbers[1]), rest_2(numbers[2]), epsilon(numbers[3]) {}
  Vec operator()(Vec w, Vec g, Vec* slots) const {
    slots[0] += (g - slots[0]) * rest_1;
    slots[1] += (g * g - slots[1]) * rest_2;
    return w - slots[0] * alpha / (root(slots[1]) + epsilon);
  }
};

template <bool kMomentum, bool kNesterov>
struct Sgd {
  static constexpr int kSlots = kMomentum;  // the velocity
  float rate, momentum;
  explicit Sgd(const float* numbers) : rate(numbers[0]), momentum(numbers[1]) {}
  Vec operator()(Vec w, Vec g, Vec* slots) const {
    const Vec step = g * rate;
    if (!kMomentum) return w - step;
    slots[0] = slots[0] * momentum - step;
    return kNesterov ? w + (slots[0] * momentum - step) : w + slots[0];
  }
};

template <bool kMomentum>
struct RmsProp {
  static constexpr int kSlots = 1 + kMomentum;  // v, and m with momentum
  float rate, rho, rest, momentum, epsilon;
  explicit RmsProp(const float* numbers)
      : rate(numbers[0]), rho(numbers[1]), rest(numbers[2]), momentum(numbers[3]),
        epsilon(numbers[4]) {}
  Vec operator()(Vec w, Vec g, Vec* slots) const {
    slots[0] = slots[0] * rho + g * g * rest;
    const Vec step = g * rate / root(slots[0] + epsilon);
    if (!kMomentum) return w - step;
    slots[kMomentum] = slots[kMomentum] * momentum + step;
    return w - slots[kMomentum];
  }
};

// One call for all variables, each cut into as many parts: many of them are tiny.
template <typename Step>
inline void update_all(const Updated* variables, int64_t count, const float* numbers,
                       Threads& threads) {
  int64_t elements = 0;
  for (int64_t n = 0; n < count; ++n) elements += variables[n].count;
  const int parts = static_cast<int>(least(threads.count(), elements / 4096 + 1));
  threads.parallel(parts, [&](int part) {
    const Step step(numbers);
    for (const Updated* of = variables; of < variables + count; ++of) {
      const int64_t blocks = ceil_div(of->count, kWidth);
      const int64_t to = least(blocks * (part + 1) / parts * kWidth, of->count);
      int64_t i = blocks * part / parts * kWidth;
      const Updated at = *of;  // a copy: no store below can change it
      Vec slots[Step::kSlots + 1];
      for (; i + kWidth <= to; i += kWidth) {
        for (int n = 0; n < Step::kSlots; ++n) slots[n] = load(at.old_slots[n] + i);
        const Vec value = step(load(at.old + i), load(at.gradient + i), slots);
        for (int n = 0; n < Step::kSlots; ++n) store(at.slots[n] + i, slots[n]);
        store(at.value + i, value);
      }
      if (i >= to) continue;
      const int left = static_cast<int>(to - i);
      for (int n = 0; n < Step::kSlots; ++n) slots[n] = load_first(at.old_slots[n] + i, left);
      const Vec gradient = load_first(at.gradient + i, left);
      const Vec value = step(load_first(at.old + i, left), gradient, slots);
      for (int n = 0; n < Step::kSlots; ++n) store_first(at.slots[n] + i, slots[n], left);
      store_first(at.value + i, value, left);
    }
  });
}

inline void adam(const Updated* variables, int64_t count, const float* numbers, Threads& threads) {
  update_all<Adam>(variables, count, numbers, threads);
}

inline void sgd(const Updated* variables, int64_t count, const float* numbers, bool has_momentum,
                bool is_nesterov, Threads& threads) {
  const auto update = !has_momentum ? update_all<Sgd<false, false>>
                      : is_nesterov ? update_all<Sgd<true, true>>
                                    : update_all<Sgd<true, false>>;
  update(variables, count, numbers, threads);
}

inline void rmsprop(const Updated* variables, int64_t count, const float* numbers,
                    bool has_momentum, Threads& threads) {
  const auto update = has_momentum ? update_all<RmsProp<true>> : update_all<RmsProp<false>>;
  update(variables, count, numbers, threads);
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
