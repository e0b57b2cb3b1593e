// Matrix products for the small and skinny shapes of a training step.
#pragma once

#include "simd.h"
#include "threads.h"

namespace gyeol {
namespace GYEOL_ISA {

// Into how many parts a loop is cut: a thread is worth its while for this many multiplications.
constexpr int64_t kWorthAThread = 1 << 16;

inline int parts_for(const Threads& threads, int64_t products, int64_t most_parts) {
  const int64_t wanted = least(threads.count(), products / kWorthAThread + 1);
  return static_cast<int>(most(1, least(wanted, most_parts)));
}

// An operand whose element (i, k) is at data[i * row + k * column].
struct Matrix {
  const float* data;
  int64_t row;
  int64_t column;
};

// What becomes of a tile of products before it is stored.
struct Finish {
  const float* bias = nullptr;  // one for each column
  bool relu = false;
  bool add = false;  // to what is in the memory already
};

// How many rows a tile of so many vectors in width has: the accumulators, a row of B and an element
// of A stay in registers.
constexpr int tile_rows(int vectors) {
  if (kManyRegisters) return vectors == 4 ? 6 : vectors == 3 ? 8 : vectors == 2 ? 12 : 14;
  return vectors == 1 ? 8 : vectors == 2 ? 6 : 3;
}
constexpr int kMostVectors = kManyRegisters ? 4 : 2;

// C[rows, vectors * kWidth] = A[rows, depth] B[depth, vectors * kWidth]: one tile, full width.
// kInLine: the rows of A are neighbours in memory (a.row is 1).
template <int kRows, int kVectors, bool kInLine>
void tile(int64_t depth, Matrix a, const float* b, int64_t b_row, float* c, int64_t c_row,
                 const Finish& finish) {
  Vec sum[kRows][kVectors] = {};
  // Three rows from one pointer: more pointers than registers would be slow.
  constexpr int kPointers = (kRows + 2) / 3;
  const float* at[kPointers];
  for (int n = 0; n < kPointers; ++n) at[n] = a.data + 3 * n * a.row;
  for (int64_t k = 0; k < depth; ++k, b += b_row) {
    Vec wide[kVectors];
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j) wide[j] = load(b + j * kWidth);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec element = splat(kInLine ? at[0][i] : at[i / 3][i % 3 * a.row]);
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) sum[i][j] += element * wide[j];
    }
#pragma GCC unroll 16
    for (int n = 0; n < (kInLine ? 1 : kPointers); ++n) at[n] += a.column;
  }
#pragma GCC unroll 16
  for (int j = 0; j < kVectors; ++j) {
    const Vec bias = finish.bias ? load(finish.bias + j * kWidth) : Vec{};
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      float* const to = c + i * c_row + j * kWidth;
      Vec value = sum[i][j] + bias;
      if (finish.add) value += load(to);
      store(to, finish.relu ? relu(value) : value);
    }
  }
}

using Tile = void (*)(int64_t, Matrix, const float*, int64_t, float*, int64_t, const Finish&);

template <int kVectors, bool kInLine, int kRows = tile_rows(kVectors)>
inline Tile tile_of(int rows) {
  if constexpr (kRows == 1) {
    return tile<1, kVectors, kInLine>;
  } else {
    return rows == kRows ? tile<kRows, kVectors, kInLine> : tile_of<kVectors, kInLine, kRows - 1>(rows);
  }
}

template <bool kInLine>
inline Tile tile_for(int rows, int vectors) {
  switch (vectors) {
    case 1: return tile_of<1, kInLine>(rows);
    case 2: return tile_of<2, kInLine>(rows);
    case 3: return tile_of<least(3, kMostVectors), kInLine>(rows);
    default: return tile_of<kMostVectors, kInLine>(rows);
  }
}

// So much of a strip of B stays in the first cache while all rows of A pass by.
constexpr int64_t kBlock = 128;
constexpr int64_t kPackedFloats = kBlock * kMostVectors * kWidth;

// C[rows, columns] = A[rows, depth] B[depth, columns], B and C with contiguous rows. `packed` has
// room for kPackedFloats.
inline void product(int64_t rows, int64_t columns, int64_t depth, Matrix a, const float* b,
                    int64_t b_row, float* c, int64_t c_row, const Finish& asked, float* packed) {
  for (int64_t column = 0; column < columns;) {
    const int64_t left = columns - column;
    const int vectors = static_cast<int>(least(ceil_div(left, kWidth), kMostVectors));
    const int64_t full = vectors * kWidth, width = least(left, full);
    const int high = tile_rows(vectors);
    const int64_t tiles = ceil_div(rows, high);
    // A strip whose rows lie far apart fights for few places in the cache, so it is copied.
    const bool is_packed = width < full || (b_row > 2 * full && tiles > 2);
    float padded_bias[kMostVectors * kWidth] = {};
    if (asked.bias) std::memcpy(padded_bias, asked.bias + column, sizeof(float) * width);
    const int64_t block = is_packed ? kBlock : depth;
    for (int64_t from = 0; from < depth || from == 0; from += block) {
      const int64_t deep = least(block, depth - from);
      const bool is_last = from + block >= depth;
      const Finish finish{asked.bias && is_last ? padded_bias : nullptr, asked.relu && is_last,
                          asked.add || from > 0};
      const float* strip = b + from * b_row + column;
      if (is_packed) {
        for (int64_t k = 0; k < deep; ++k) {
          for (int j = 0; j < vectors; ++j) {
            const int64_t count = least(kWidth, width - j * kWidth);
            const float* const at = strip + k * b_row + j * kWidth;
            store(packed + k * full + j * kWidth,
                  count == kWidth ? load(at) : load_first(at, static_cast<int>(count)));
          }
        }
        strip = packed;
      }
      for (int64_t n = 0; n < tiles; ++n) {
        // Tiles of about the same height: 32 rows are 6 + 6 + 5 + 5 + 5 + 5.
        const int64_t row = rows * n / tiles, height = rows * (n + 1) / tiles - row;
        const Tile run = a.row == 1 ? tile_for<true>(static_cast<int>(height), vectors)
                                    : tile_for<false>(static_cast<int>(height), vectors);
        const Matrix part{a.data + row * a.row + from * a.column, a.row, a.column};
        float* const to = c + row * c_row + column;
        const int64_t strip_row = is_packed ? full : b_row;
        if (width == full) {
          run(deep, part, strip, strip_row, to, c_row, finish);
          continue;
        }
        float out[16 * kMostVectors * kWidth];
        for (int64_t i = 0; finish.add && i < height; ++i) {
          std::memcpy(out + i * full, to + i * c_row, sizeof(float) * width);
        }
        run(deep, part, strip, strip_row, out, full, finish);
        for (int64_t i = 0; i < height; ++i) {
          std::memcpy(to + i * c_row, out + i * full, sizeof(float) * width);
        }
      }
    }
    column += width;
  }
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
