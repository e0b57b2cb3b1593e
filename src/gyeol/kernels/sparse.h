// Where a gradient is not zero.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "simd.h"

namespace gyeol {
namespace GYEOL_ISA {

// Bytes as whole numbers and back; GCC 12 does it one by one where it is not told how.
inline IntVec widened(ByteVec bytes) {
#if defined(__AVX512F__)
  return reinterpret_cast<IntVec>(_mm512_cvtepu8_epi32(reinterpret_cast<__m128i>(bytes)));
#elif defined(__AVX2__)
  return reinterpret_cast<IntVec>(
      _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(reinterpret_cast<int64_t>(bytes))));
#else
  return __builtin_convertvector(bytes, IntVec);
#endif
}
inline ByteVec narrowed(IntVec numbers) {
#if defined(__AVX512F__)
  return reinterpret_cast<ByteVec>(_mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(numbers)));
#else
  return __builtin_convertvector(numbers, ByteVec);
#endif
}

// The lanes of a vector that are not zero (NaN is not), as bits.
inline unsigned lanes_not_zero(Vec value) {
#if defined(__AVX512F__)
  unsigned lanes =
      _mm512_cmp_ps_mask(reinterpret_cast<__m512>(value), _mm512_setzero_ps(), _CMP_NEQ_UQ);
  // Into a register: GCC 12 may else put 16 bits into memory and count the 32 that are there.
  __asm__("" : "+r"(lanes));
  return lanes;
#elif defined(__AVX__)
  typedef float Bits __attribute__((vector_size(32)));
  return __builtin_ia32_movmskps256(reinterpret_cast<Bits>(value != 0.0f));
#else
  const IntVec found = value != 0.0f;
  unsigned lanes = 0;
  for (int lane = 0; lane < kWidth; ++lane) lanes |= (found[lane] & 1u) << lane;
  return lanes;
#endif
}

#if !defined(__AVX512F__)
// For each set of lanes, their numbers one after the other.
struct LaneLists {
  uint8_t of[1 << kWidth][kWidth];

  constexpr LaneLists() : of() {
    for (int lanes = 0; lanes < 1 << kWidth; ++lanes) {
      int count = 0;
      for (int lane = 0; lane < kWidth; ++lane) {
        if (lanes >> lane & 1) of[lanes][count++] = static_cast<uint8_t>(lane);
      }
    }
  }
};
constexpr LaneLists kLaneLists;
#endif

// Write base + lane for the lanes that are not zero, and count them. A whole vector is written.
inline int64_t list_not_zero(Vec value, uint32_t base, uint32_t* to) {
  const unsigned lanes = lanes_not_zero(value);
#if defined(__AVX512F__)
  const __m512i numbers =
      _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(base)),
                       _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(static_cast<__mmask16>(lanes), numbers));
#else
  for (int n = 0; n < kWidth; ++n) to[n] = base + kLaneLists.of[lanes][n];
#endif
  return __builtin_popcount(lanes);
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
