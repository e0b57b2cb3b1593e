// Vectors as wide as the instruction set for which this file is compiled; GYEOL_ISA is its namespace.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace gyeol {
namespace GYEOL_ISA {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
constexpr bool kManyRegisters = true;
#elif defined(__AVX__)
constexpr int kWidth = 8;
constexpr bool kManyRegisters = false;
#elif defined(__aarch64__)
constexpr int kWidth = 4;
constexpr bool kManyRegisters = true;
#else
constexpr int kWidth = 4;
constexpr bool kManyRegisters = false;
#endif

typedef float Vec __attribute__((vector_size(4 * kWidth)));
typedef int32_t IntVec __attribute__((vector_size(4 * kWidth)));
typedef uint8_t ByteVec __attribute__((vector_size(kWidth)));
typedef float LooseVec __attribute__((vector_size(4 * kWidth), aligned(4), may_alias));

inline Vec load(const float* from) { return *reinterpret_cast<const LooseVec*>(from); }
inline void store(float* to, Vec value) { *reinterpret_cast<LooseVec*>(to) = value; }
// Minus 0 changes no value, so that this is one instruction.
inline Vec splat(float value) { return value - Vec{}; }

// The first `count` elements, the others 0.
inline Vec load_first(const float* from, int count) {
#if defined(__AVX512F__)
  return reinterpret_cast<Vec>(_mm512_maskz_loadu_ps((1u << count) - 1, from));
#else
  if (count == kWidth) return load(from);
  Vec value{};
  std::memcpy(&value, from, sizeof(float) * count);
  return value;
#endif
}
inline void store_first(float* to, Vec value, int count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, (1u << count) - 1, reinterpret_cast<__m512>(value));
#else
  if (count == kWidth) return store(to, value);
  std::memcpy(to, &value, sizeof(float) * count);
#endif
}

// NaN stays NaN, as in XLA's maximum.
inline Vec relu(Vec value) { return value <= 0.0f ? Vec{} : value; }

// From two vectors, their elements in turns: the lower halves, or (kUpper) the upper ones.
template <bool kUpper>
inline Vec zipped(Vec a, Vec b) {
  constexpr int from = kUpper ? kWidth / 2 : 0;
#if defined(__clang__)
  Vec out;
  for (int i = 0; i < kWidth; ++i) out[i] = (i % 2 ? b : a)[from + i / 2];
  return out;
#else
  IntVec order;
  for (int i = 0; i < kWidth; ++i) order[i] = from + i / 2 + (i % 2 ? kWidth : 0);
  return __builtin_shuffle(a, b, order);
#endif
}

// to[j * to_row + i] = from[i * from_row + j] for i < rows, j < columns.
inline void transpose(const float* from, int64_t from_row, int64_t rows, int64_t columns, float* to,
                      int64_t to_row) {
  for (int64_t row = 0; row < rows; row += kWidth) {
    const int high = static_cast<int>(rows - row < kWidth ? rows - row : kWidth);
    for (int64_t column = 0; column < columns; column += kWidth) {
      const int wide = static_cast<int>(columns - column < kWidth ? columns - column : kWidth);
      Vec square[kWidth];
      for (int i = 0; i < kWidth; ++i) {
        const float* const at = from + (row + i) * from_row + column;
        square[i] = i >= high ? Vec{} : wide == kWidth ? load(at) : load_first(at, wide);
      }
      for (int round = 1; round < kWidth; round *= 2) {
        Vec next[kWidth];
#pragma GCC unroll 16
        for (int i = 0; i < kWidth / 2; ++i) {
          next[2 * i] = zipped<false>(square[i], square[i + kWidth / 2]);
          next[2 * i + 1] = zipped<true>(square[i], square[i + kWidth / 2]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i) square[i] = next[i];
      }
      for (int j = 0; j < wide; ++j) {
        float* const at = to + (column + j) * to_row + row;
        if (high == kWidth) {
          store(at, square[j]);
        } else {
          store_first(at, square[j], high);
        }
      }
    }
  }
}

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

}  // namespace GYEOL_ISA
}  // namespace gyeol
