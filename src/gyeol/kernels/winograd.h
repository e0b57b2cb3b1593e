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

// to[n][channel][filter], from one part of several of the channels of a kernel (3, 3, c, f).
inline void transform_kernel(const float* kernel, int64_t channels, int64_t filters, float* to,
                             int part, int parts) {
  const int64_t size = channels * filters;
  for (int64_t at = channels * part / parts * filters; at < channels * (part + 1) / parts * filters;
       at += kWidth) {
    Vec rows[4][3];
    for (int x = 0; x < 3; ++x) {
      const Vec a = load(kernel + x * size + at), b = load(kernel + (3 + x) * size + at);
      const Vec c = load(kernel + (6 + x) * size + at);
      rows[0][x] = a;
      rows[1][x] = (a + c + b) * 0.5f;
      rows[2][x] = (a + c - b) * 0.5f;
      rows[3][x] = c;
    }
    for (int y = 0; y < 4; ++y) {
      const Vec a = rows[y][0], b = rows[y][1], c = rows[y][2];
      float* const out = to + 4 * y * size + at;
      store(out, a);
      store(out + size, (a + c + b) * 0.5f);
      store(out + 2 * size, (a + c - b) * 0.5f);
      store(out + 3 * size, c);
    }
  }
}

// to[n * apart + channel] of the tile whose pixels begin at `seen`.
inline void transform_seen(const float* seen, int64_t row, int64_t channels, float* to,
                           int64_t apart) {
  for (int64_t at = 0; at < channels; at += kWidth) {
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
      float* const out = to + 4 * y * apart + at;
      store(out, rows[y][0] - rows[y][2]);
      store(out + apart, rows[y][1] + rows[y][2]);
      store(out + 2 * apart, rows[y][2] - rows[y][1]);
      store(out + 3 * apart, rows[y][1] - rows[y][3]);
    }
  }
}

// The four places of a tile from its products. Returns 0, or NaN if one of them is not finite.
inline Vec transform_back(const float* products, int64_t apart, int64_t filters, const float* bias,
                          bool with_relu, float* to, int64_t row) {
  Vec all{};
  for (int64_t at = 0; at < filters; at += kWidth) {
    Vec rows[2][4];
#pragma GCC unroll 4
    for (int x = 0; x < 4; ++x) {
      const float* const from = products + x * apart + at;
      const Vec b = load(from + 4 * apart), c = load(from + 8 * apart);
      rows[0][x] = load(from) + b + c;
      rows[1][x] = b - c - load(from + 12 * apart);
    }
    const Vec start = load(bias + at);
#pragma GCC unroll 2
    for (int y = 0; y < 2; ++y) {
      const Vec left = rows[y][0] + rows[y][1] + rows[y][2] + start;
      const Vec right = rows[y][1] - rows[y][2] - rows[y][3] + start;
      all += (left - left) + (right - right);
      store(to + y * row + at, with_relu ? relu(left) : left);
      store(to + y * row + filters + at, with_relu ? relu(right) : right);
    }
  }
  return all;
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
