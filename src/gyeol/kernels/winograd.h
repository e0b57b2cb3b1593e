// Windows of (3, 3) with fewer products: F(2x2, 3x3) (Winograd; Lavin and Gray, 2016).
//
// A tile of (2, 2) places sees (4, 4) pixels. Pixels and kernel are transformed to 16 numbers for
// each channel, in which the convolution is a product of its own for each: 16 multiplications where
// there were 36. The transforms only add, and halve, so that rounding stays about as it was; but
// with NaN or infinity they spread it over the whole tile.
#pragma once

#include "simd.h"

namespace gyeol {
namespace GYEOL_ISA {

// to[filter / kWidth][n / 4][channel][n % 4][filter % kWidth], from one part of several of the
// channels of a kernel (3, 3, c, f). Its elements are `step` floats from one to the next: c f, or
// backwards.
inline void transform_kernel(const float* kernel, int64_t step, int64_t channels, int64_t filters,
                             float* to, int part, int parts) {
  const int64_t begin = channels * part / parts, end = channels * (part + 1) / parts;
  for (int64_t channel = begin; channel < end; ++channel) {
    for (int64_t filter = 0; filter < filters; filter += kWidth) {
      const float* const from = kernel + channel * filters + filter;
      Vec rows[4][3];
      for (int x = 0; x < 3; ++x) {
        const Vec a = load(from + x * step), b = load(from + (3 + x) * step);
        const Vec c = load(from + (6 + x) * step);
        rows[0][x] = a;
        rows[1][x] = (a + c + b) * 0.5f;
        rows[2][x] = (a + c - b) * 0.5f;
        rows[3][x] = c;
      }
      for (int y = 0; y < 4; ++y) {
        const Vec a = rows[y][0], b = rows[y][1], c = rows[y][2];
        float* const out = to + 4 * (filter * 4 * channels + (y * channels + channel) * kWidth);
        store(out, a);
        store(out + kWidth, (a + c + b) * 0.5f);
        store(out + 2 * kWidth, (a + c - b) * 0.5f);
        store(out + 3 * kWidth, c);
      }
    }
  }
}

// to[n / 4 * row_apart + n % 4 * apart + channel], where each vector of channels but the first is
// `step` floats on, of the tile whose pixels begin at `seen`. Returns 0, or NaN if one of them is
// not finite.
inline Vec transform_seen(const float* seen, int64_t row, int64_t channels, float* to,
                          int64_t row_apart, int64_t apart, int64_t step) {
  Vec check{};
  for (int64_t at = 0; at < channels; at += kWidth, to += step) {
    Vec rows[4][4];
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      const float* const from = seen + x * channels + at;
      const Vec a = load(from), b = load(from + row), c = load(from + 2 * row);
      const Vec d = load(from + 3 * row);
      rows[0][x] = a - c;
      rows[1][x] = b + c;
      rows[2][x] = c - b;
      rows[3][x] = b - d;
    }
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) {
      float* const out = to + y * row_apart;
      const Vec first = rows[y][0] - rows[y][2], last = rows[y][1] - rows[y][3];
      store(out, first);
      store(out + apart, rows[y][1] + rows[y][2]);
      store(out + 2 * apart, rows[y][2] - rows[y][1]);
      store(out + 3 * apart, last);
      if (y == 0 || y == 3) check += (first + last) * 0.0f;  // together, all pixels
    }
  }
  return check;
}

// A pointer in a register of its own. Where an address is the sum of two registers, multiplying
// what is there was measured to take nearly twice as long.
inline const float* in_register(const float* pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

// How many tiles are multiplied at once, and how many of four neighbours in each: their sums and
// the weights stay in registers.
constexpr int kTilesHigh = 6, kNeighbours = kManyRegisters ? 4 : 2;

// Of one vector of filters and one row of the transformed tiles, the sums over the channels, put
// together to what the left and the right places need of them: to[tile * 8 * kWidth].
template <int kTiles, int kFirst = 0>
void multiply_tiles(const float* tiles, int64_t apart, int64_t channels, const float* kernel,
                    float* to) {
  constexpr int kOrder[] = {1, 2, 0, 3};
  Vec sum[kTiles][kNeighbours] = {};
  const float *from[kTiles], *weights = kernel;
  for (int n = 0; n < kTiles; ++n) from[n] = tiles + n * apart;
  for (int64_t channel = 0; channel < channels; channel += kWidth) {
    for (int group = 0; group < kWidth; group += 4) {
#pragma GCC unroll 4
      for (int k = 0; k < 4; ++k, weights += 4 * kWidth) {
        Vec weight[kNeighbours];
#pragma GCC unroll 4
        for (int x = 0; x < kNeighbours; ++x) {
          weight[x] = load(weights + kOrder[kFirst + x] * kWidth);
        }
#pragma GCC unroll 6
        for (int n = 0; n < kTiles; ++n) {
#pragma GCC unroll 4
          for (int x = 0; x < kNeighbours; ++x) {
            sum[n][x] += splat(from[n][k + kOrder[kFirst + x] * kWidth]) * weight[x];
          }
        }
      }
#pragma GCC unroll 6
      for (int n = 0; n < kTiles; ++n) from[n] = in_register(from[n] + 4);
    }
#pragma GCC unroll 6
    for (int n = 0; n < kTiles; ++n) from[n] += 3 * kWidth;
  }
#pragma GCC unroll 6
  for (int n = 0; n < kTiles; ++n) {
    float* const left = to + n * 8 * kWidth;
    float* const right = left + kWidth;
    if (kFirst == 0) {
      store(left, sum[n][0] + sum[n][1]);
      store(right, sum[n][0] - sum[n][1]);
    }
    if (kFirst + kNeighbours == 4) {
      store(left, load(left) + sum[n][kNeighbours - 2]);
      store(right, load(right) - sum[n][kNeighbours - 1]);
    }
  }
  if constexpr (kFirst + kNeighbours < 4) {
    multiply_tiles<kTiles, kFirst + kNeighbours>(tiles, apart, channels, kernel, to);
  }
}

template <int kTiles = kTilesHigh>
inline decltype(&multiply_tiles<1>) multiply_tiles_of(int64_t count) {
  if constexpr (kTiles == 1) {
    return multiply_tiles<1>;
  } else {
    return count == kTiles ? multiply_tiles<kTiles> : multiply_tiles_of<kTiles - 1>(count);
  }
}

// The four places of a tile from its products. Returns 0, or NaN if one of them is not finite.
inline Vec transform_back(const float* products, int64_t filters, Vec bias, bool with_relu,
                          float* to, int64_t row) {
  Vec check{};
#pragma GCC unroll 2
  for (int x = 0; x < 2; ++x) {
    const float* const from = products + x * kWidth;
    const Vec b = load(from + 2 * kWidth), c = load(from + 4 * kWidth);
    const Vec upper = load(from) + b + c + bias, lower = b - c - load(from + 6 * kWidth) + bias;
    check += (upper - upper) + (lower - lower);
    store(to + x * filters, with_relu ? relu(upper) : upper);
    store(to + row + x * filters, with_relu ? relu(lower) : lower);
  }
  return check;
}

// The room for so many numbers of one of the 16 kinds, and a line more: else the kinds would be a
// power of 2 apart, and fight for few places in the cache.
constexpr int64_t kind_apart(int64_t count) { return count + kWidth; }

// The gradient of the kernel is the same backwards: of the gradient of the four places of a tile,
// to[n * apart + filter]. Returns 0, or NaN if one of them is not finite.
inline Vec transform_places(const float* gradient, int64_t row, int64_t filters, float* to,
                            int64_t apart) {
  Vec check{};
  for (int64_t at = 0; at < filters; at += kWidth) {
    Vec rows[4][2];
#pragma GCC unroll 2
    for (int x = 0; x < 2; ++x) {
      const Vec a = load(gradient + x * filters + at), b = load(gradient + row + x * filters + at);
      rows[0][x] = a;
      rows[1][x] = a + b;
      rows[2][x] = a - b;
      rows[3][x] = -b;
      check += a * 0.0f + b * 0.0f;
    }
#pragma GCC unroll 4
    for (int y = 0; y < 4; ++y) {
      float* const out = to + 4 * y * apart + at;
      store(out, rows[y][0]);
      store(out + apart, rows[y][0] + rows[y][1]);
      store(out + 2 * apart, rows[y][0] - rows[y][1]);
      store(out + 3 * apart, -rows[y][1]);
    }
  }
  return check;
}

// The nine elements of a kernel's gradient from the sums of the products.
inline void transform_sums(const Vec sums[16], Vec to[9]) {
  Vec rows[3][4];
  for (int x = 0; x < 4; ++x) {
    const Vec b = sums[4 + x], c = sums[8 + x];
    rows[0][x] = sums[x] + (b + c) * 0.5f;
    rows[1][x] = (b - c) * 0.5f;
    rows[2][x] = (b + c) * 0.5f + sums[12 + x];
  }
  for (int y = 0; y < 3; ++y) {
    const Vec b = rows[y][1], c = rows[y][2];
    to[3 * y] = rows[y][0] + (b + c) * 0.5f;
    to[3 * y + 1] = (b - c) * 0.5f;
    to[3 * y + 2] = (b + c) * 0.5f + rows[y][3];
  }
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
