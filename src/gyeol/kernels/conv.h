// Convolutions in two dimensions, channels last, with relu and pooling.
//
// Nothing is unrolled in memory: an image is copied once with its padding, and an element of a
// window is then found at (where its place begins) + (where it is in the window).
#pragma once

#include "gemm.h"
#include "isa.h"
#include "list.h"
#include "scratch.h"
#include "sparse.h"
#include "threads.h"
#include "winograd.h"

namespace gyeol {
namespace GYEOL_ISA {

constexpr int conv_tile_rows(int vectors) {
  constexpr int many[] = {9, 9, 8, 6}, few[] = {8, 6, 3, 3};
  return (kManyRegisters ? many : few)[vectors - 1];
}

// The sums to[to_rows[i] + j] = sum over k of from[from_rows[i] + offsets[k]] b[k * b_row + j] for
// some rows i. A convolution has its places for rows and sums over the window; the gradient of its
// kernel has the window for rows and sums over the places.
struct Sums {
  int64_t rows, columns, depth;
  const float* from;
  const int64_t *from_rows, *offsets;
  const float* b;  // in rows of whole vectors
  int64_t b_row;
  float* to;
  const int64_t* to_rows;
  Finish finish;
};

// Some columns of them from `column` on: `tiles` times kRows rows from `row` on.
template <int kRows, int kVectors>
void sum_tiles(const Sums& sums, int64_t column, int64_t row, int64_t tiles) {
  const int last = static_cast<int>(
      least(kWidth, sums.columns - column - (kVectors - 1) * kWidth));  // of the last vector
  const float* const bias = sums.finish.bias ? sums.finish.bias + column : nullptr;
  const Vec floor = splat(sums.finish.relu ? 0.0f : -__builtin_inff());
  for (; tiles > 0; --tiles, row += kRows) {
    Vec sum[kRows][kVectors];
    const float* from[kRows];
    const int64_t* const to_rows = sums.to_rows + row;
    float* const to = sums.to + column;
    for (int i = 0; i < kRows; ++i) from[i] = sums.from + sums.from_rows[row + i];
#pragma GCC unroll 16
    for (int j = 0; j < kVectors; ++j) {
      const Vec start = bias ? load(bias + j * kWidth) : Vec{};
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) sum[i][j] = start;
    }
    const float* b = sums.b + column;
    for (int64_t k = 0; k < sums.depth; ++k, b += sums.b_row) {
      Vec wide[kVectors];
      const int64_t offset = sums.offsets[k];
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) wide[j] = load(b + j * kWidth);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const float* const at = from[i] + offset;
        const Vec element = splat(kVectors > 2 ? *in_register(at) : *at);
#pragma GCC unroll 16
        for (int j = 0; j < kVectors; ++j) sum[i][j] += element * wide[j];
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      float* const here = to + to_rows[i];
#pragma GCC unroll 16
      for (int j = 0; j < kVectors; ++j) {
        float* const at = here + j * kWidth;
        const bool is_whole = j < kVectors - 1 || last == kWidth;
        if (sums.finish.add) sum[i][j] += is_whole ? load(at) : load_first(at, last);
        // As relu: NaN stays.
        const Vec value = sum[i][j] <= floor ? floor : sum[i][j];
        if (is_whole) {
          store(at, value);
        } else {
          store_first(at, value, last);
        }
      }
    }
  }
}

using SumTiles = void (*)(const Sums&, int64_t, int64_t, int64_t);

template <int kVectors, int kRows = conv_tile_rows(kVectors)>
inline SumTiles sum_tiles_of(int64_t rows) {
  if constexpr (kRows == 1) {
    return sum_tiles<1, kVectors>;
  } else {
    return rows == kRows ? sum_tiles<kRows, kVectors> : sum_tiles_of<kVectors, kRows - 1>(rows);
  }
}

inline SumTiles sum_tiles_for(int64_t rows, int64_t vectors) {
  switch (vectors) {
    case 1: return sum_tiles_of<1>(rows);
    case 2: return sum_tiles_of<2>(rows);
    case 3: return sum_tiles_of<least(3, kMostVectors)>(rows);
    default: return sum_tiles_of<kMostVectors>(rows);
  }
}

inline void sum_all(const Sums& sums) {
  if (sums.rows == 0) return;
  const int64_t vectors = ceil_div(sums.columns, kWidth), strips = ceil_div(vectors, kMostVectors);
  for (int64_t strip = 0; strip < strips; ++strip) {
    const int64_t first = vectors * strip / strips, wide = vectors * (strip + 1) / strips - first;
    // Tiles of about the same height: 14 rows are 5 + 5 + 4.
    const int64_t tiles = ceil_div(sums.rows, conv_tile_rows(static_cast<int>(wide)));
    const int64_t high = ceil_div(sums.rows, tiles), lower = tiles * high - sums.rows;
    const int64_t column = first * kWidth;
    sum_tiles_for(high, wide)(sums, column, 0, tiles - lower);
    if (lower > 0) {
      sum_tiles_for(high - 1, wide)(sums, column, high * (tiles - lower), lower);
    }
  }
}

// 0, step, 2 step, ...
inline void list_steps(int64_t count, int64_t step, List<int64_t>& list) {
  list.reserve(count);
  for (int64_t n = 0; n < count; ++n) list.push_back(n * step);
}

// Part of an image (h, w, c) and, where that lies outside, zeros.
struct Cut {
  int64_t row, column, rows, columns;

  template <typename Inside, typename Outside>
  void rows_of(int64_t height, int64_t width, const Inside& inside, const Outside& outside) const {
    const int64_t left = least(most(-column, 0), columns);
    const int64_t count = most(least(column + columns, width) - most(column, 0), 0);
    for (int64_t y = 0; y < rows; ++y) {
      const int64_t start = y * columns, from = row + y;
      if (from < 0 || from >= height || count == 0) {
        outside(start, columns);
        continue;
      }
      outside(start, left);
      inside(start + left, from * width + most(column, 0), count);
      outside(start + left + count, columns - left - count);
    }
  }

  void copy(const float* image, int64_t height, int64_t width, int64_t channels, float* to) const {
    rows_of(
        height, width,
        [&](int64_t at, int64_t from, int64_t count) {
          std::memcpy(to + at * channels, image + from * channels,
                      sizeof(float) * count * channels);
        },
        [&](int64_t at, int64_t count) {
          std::memset(to + at * channels, 0, sizeof(float) * count * channels);
        });
  }

  // The same of an image whose pixels are `apart` floats from one to the next.
  void copy_rows(const float* image, int64_t apart, int64_t height, int64_t width, int64_t channels,
                 float* to) const {
    if (apart == channels) return copy(image, height, width, channels, to);
    rows_of(
        height, width,
        [&](int64_t at, int64_t from, int64_t count) {
          for (int64_t n = 0; n < count; ++n) {
            std::memcpy(to + (at + n) * channels, image + (from + n) * apart,
                        sizeof(float) * channels);
          }
        },
        [&](int64_t at, int64_t count) {
          std::memset(to + at * channels, 0, sizeof(float) * count * channels);
        });
  }

  void copy_back(const float* cut, int64_t height, int64_t width, int64_t channels,
                 float* image) const {
    rows_of(
        height, width,
        [&](int64_t at, int64_t from, int64_t count) {
          std::memcpy(image + from * channels, cut + at * channels,
                      sizeof(float) * count * channels);
        },
        [](int64_t, int64_t) {});
  }
};

// Images as all windows see them, in blocks that stay in the nearest cache: several images, or some
// rows of places of one.
class Windows {
 public:
  static constexpr int64_t kBlock = 10000;  // floats

  // `reads_on`: what follows the end of a window's row is read, though not used.
  // `with_result`: so much that the result of a block stays near, too.
  Windows(const ConvShape& shape, bool reads_on, bool with_result, int64_t block = kBlock)
      : shape_(shape) {
    columns_ = most((shape.out_width - 1) * shape.stride_width +
                        (shape.window_width - 1) * shape.dilation_width + 1,
                    shape.pad_left + shape.width);
    image_rows_ = most(seen_rows(shape.out_height), shape.pad_top + shape.height);
    is_whole_ = !reads_on && columns_ == shape.width && image_rows_ == shape.height;
    row_ = columns_ * shape.channels;
    image_ = image_rows_ * row_;
    rows_ = shape.out_height;
    const int64_t results = with_result ? shape.out_width * shape.filters : 0;
    while (rows_ > 2 * shape.pool_height &&
           (seen_rows(rows_) * row_ > block || rows_ * results > block)) {
      rows_ = ceil_div(ceil_div(rows_, 2), shape.pool_height) * shape.pool_height;
    }
    images_ = rows_ < shape.out_height
                  ? 1
                  : most(1, least(block / most(image_, rows_ * results), kMostImages));
    images_ = least(images_, shape.images);
    places_.reserve(images_ * rows_ * shape.out_width);
    window_.reserve(shape.window_height * shape.window_width * shape.channels);
    for (int64_t image = 0; image < images_; ++image) {
      for (int64_t y = 0; y < rows_; ++y) {
        for (int64_t x = 0; x < shape.out_width; ++x) {
          places_.push_back(image * image_ + y * shape.stride_height * row_ +
                            x * shape.stride_width * shape.channels);
        }
      }
    }
    for (int64_t y = 0; y < shape.window_height; ++y) {
      for (int64_t x = 0; x < shape.window_width; ++x) {
        for (int64_t channel = 0; channel < shape.channels; ++channel) {
          window_.push_back(y * shape.dilation_height * row_ +
                            x * shape.dilation_width * shape.channels + channel);
        }
      }
    }
  }

  int64_t rows() const { return rows_; }      // of places in a block
  int64_t images() const { return images_; }  // in a block
  int64_t row() const { return row_; }        // floats from one row to the next
  int64_t image() const { return image_; }
  int64_t size() const { return window_.size(); }
  // Where, from the beginning of a block, each of its places begins, and from there each element of
  // the window.
  const int64_t* places() const { return places_.begin(); }
  int64_t block() const { return places_.size(); }  // places in it
  const int64_t* window() const { return window_.begin(); }

  // All of an image with its padding.
  Cut all() const { return {-shape_.pad_top, -shape_.pad_left, image_rows_, columns_}; }

  // What the places from row `first` on see of some images, in `spare` if it must be copied.
  const float* seen(const float* inputs, int64_t image, int64_t images, int64_t first, int64_t rows,
                    int slot) const {
    const int64_t size = shape_.height * shape_.width * shape_.channels;
    inputs += image * size;
    if (is_whole_) return inputs + first * shape_.stride_height * row_;
    float* const copy = scratch(slot, images * image_ + kWidth);
    const Cut cut{first * shape_.stride_height - shape_.pad_top, -shape_.pad_left, seen_rows(rows),
                  columns_};
    for (int64_t n = 0; n < images; ++n) {
      cut.copy(inputs + n * size, shape_.height, shape_.width, shape_.channels, copy + n * image_);
    }
    return copy;
  }

 private:
  static constexpr int64_t kMostImages = 16;

  int64_t seen_rows(int64_t rows) const {
    return (rows - 1) * shape_.stride_height + (shape_.window_height - 1) * shape_.dilation_height +
           1;
  }

  const ConvShape& shape_;
  bool is_whole_;
  int64_t columns_, image_rows_, row_, image_, rows_, images_;
  List<int64_t> places_, window_;
};

// A row of places is a column too, and a column can be cut into blocks.
inline ConvShape upright(ConvShape shape) {
  if (shape.height == 1 && shape.window_height == 1 && shape.out_height == 1) {
    const auto swap = [](int64_t& a, int64_t& b) {
      const int64_t before = a;
      a = b;
      b = before;
    };
    swap(shape.height, shape.width);
    swap(shape.out_height, shape.out_width);
    swap(shape.window_height, shape.window_width);
    swap(shape.stride_height, shape.stride_width);
    swap(shape.pad_top, shape.pad_left);
    swap(shape.dilation_height, shape.dilation_width);
    swap(shape.pool_height, shape.pool_width);
  }
  return shape;
}

// Rows of `columns` floats as rows of whole vectors.
inline const float* whole_vectors(const float* from, int64_t rows, int64_t columns, float* to) {
  const int64_t wide = ceil_div(columns, kWidth) * kWidth;
  for (int64_t row = 0; row < rows; ++row) {
    std::memcpy(to + row * wide, from + row * columns, sizeof(float) * columns);
    std::memset(to + row * wide + columns, 0, sizeof(float) * (wide - columns));
  }
  return to;
}

// What a number in `winners` says: which element of a pooling window, in row-major order, was the
// largest, or that relu gave 0 for all.
constexpr int kNone = 255;

inline IntVec load_winners(const uint8_t* from, int count) {
  ByteVec winners{};
  if (count == kWidth) {
    std::memcpy(&winners, from, kWidth);
  } else {
    std::memcpy(&winners, from, count);
  }
  return widened(winners);
}

// Pools rows of places, each `wide` floats in memory. As max_pool: the first of equals, or NaN.
template <int64_t kHigh, int64_t kAcross>
void pool_rows(const ConvShape& shape, const float* places, int64_t wide, float* result,
               uint8_t* winners) {
  const int64_t filters = shape.filters;
  const int64_t high = kHigh > 0 ? kHigh : shape.pool_height;
  const int64_t across = kAcross > 0 ? kAcross : shape.pool_width;
  for (int64_t x = 0; x < shape.out_width; x += across) {
    for (int64_t first = 0; first < filters; first += kWidth) {
      const int count = static_cast<int>(least(kWidth, filters - first));
      const float* const from = places + x * wide + first;
      Vec best = load(from);
      IntVec winner{};
      for (int64_t y = 0; y < high; ++y) {
        for (int64_t right = y == 0; right < across; ++right) {
          const Vec value = load(from + (y * shape.out_width + right) * wide);
          const IntVec wins = (value > best) | (value != value);
          best = wins ? value : best;
          winner = wins ? IntVec{} + static_cast<int>(y * across + right) : winner;
        }
      }
      if (shape.relu) winner = best > 0.0f ? winner : IntVec{} + kNone;
      const ByteVec bytes = narrowed(winner);
      if (count == kWidth) {
        std::memcpy(winners, &bytes, kWidth);
        store(result, best);
      } else {
        std::memcpy(winners, &bytes, count);
        store_first(result, best, count);
      }
      winners += count;
      result += count;
    }
  }
}

// to[c] = sum over the rows of from[row * kWidth + c] b[row], or that is added to it, all of it in
// registers.
inline void sum_square(int64_t rows, const float* from, const float* b, float* to, bool adds) {
  Vec sum[kWidth];
#pragma GCC unroll 16
  for (int c = 0; c < kWidth; ++c) sum[c] = adds ? load(to + c * kWidth) : Vec{};
  for (; rows > 0; --rows, from += kWidth, b += kWidth) {
    const Vec wide = load(b);
#pragma GCC unroll 16
    for (int c = 0; c < kWidth; ++c) sum[c] += splat(from[c]) * wide;
  }
#pragma GCC unroll 16
  for (int c = 0; c < kWidth; ++c) store(to + c * kWidth, sum[c]);
}

// A convolution by tiles of (2, 2) places, of which so many at once that what is in between stays
// near.
class Tiles {
 public:
  static constexpr int64_t kBlock = 40000;  // floats of images at once
  static constexpr int64_t kConvolved = 48, kSummed = 96;  // tiles at once

  Tiles(int64_t channels, int64_t filters)
      : channels_(channels),
        filters_(filters),
        is_square_(kManyRegisters && channels == kWidth && filters == kWidth) {}

  // If they can do it for (height, width) places; with few channels the transforms would take too
  // long.
  static bool fit(const ConvShape& shape, int64_t height, int64_t width) {
    return shape.window_height == 3 && shape.window_width == 3 && shape.stride_height == 1 &&
           shape.stride_width == 1 && shape.dilation_height == 1 && shape.dilation_width == 1 &&
           height % 2 == 0 && width % 2 == 0 && shape.channels % kWidth == 0 &&
           shape.filters % kWidth == 0 && shape.channels * shape.filters >= 256;
  }

  // Floats that a kernel takes, transformed, and the sums for its gradient.
  int64_t kernel_size() const { return 16 * channels_ * filters_; }
  int64_t sums_size() const { return 16 * sums_apart(); }
  int64_t sums_apart() const { return kind_apart(channels_ * filters_); }

  // Of `count` tiles: seen(n) is where the pixels of tile n begin, in rows of `seen_row` floats,
  // to(n) where its places go. False if what is not finite has spread in them.
  template <typename Seen, typename To>
  bool convolve(int64_t count, const Seen& seen, int64_t seen_row, const float* kernel,
                const float* bias, bool with_relu, const To& to, int64_t to_row) const {
    const int64_t apart = kind_apart(16 * channels_);
    float* const pixels = scratch(kSlot, count * (apart + 8 * kWidth));
    float* const products = pixels + count * apart;
    for (int64_t n = 0; n < count; ++n) {
      transform_seen(seen(n), seen_row, channels_, pixels + n * apart, 4 * channels_, kWidth,
                     4 * kWidth);
    }
    const int64_t groups = ceil_div(count, kTilesHigh);
    Vec check{};
    for (int64_t filter = 0; filter < filters_; filter += kWidth) {
      for (int y = 0; y < 4; ++y, kernel += 4 * kWidth * channels_) {
        for (int64_t group = 0; group < groups; ++group) {
          const int64_t first = count * group / groups, end = count * (group + 1) / groups;
          multiply_tiles_of(end - first)(pixels + first * apart + 4 * y * channels_, apart,
                                         channels_, kernel,
                                         products + (8 * first + 2 * y) * kWidth);
        }
      }
      const Vec start = bias ? load(bias + filter) : Vec{};
      for (int64_t n = 0; n < count; ++n) {
        check += transform_back(products + 8 * n * kWidth, filters_, start, with_relu,
                                to(n) + filter, to_row);
      }
    }
    return is_zero(check);
  }

  // The sums for the gradient of the kernel, or what is added to them. gradient(n) is where that of
  // the places of tile n begins. False, and nothing is done, if something is not finite.
  template <typename Seen, typename Of>
  bool sum(int64_t count, const Seen& seen, int64_t seen_row, const Of& gradient,
           int64_t gradient_row, float* sums, bool adds) const {
    const int64_t from_apart = kind_apart(count * channels_);
    const int64_t of_apart = kind_apart(count * filters_);
    float* const pixels = scratch(kSlot, 16 * (from_apart + of_apart) + kPackedFloats);
    float* const places = pixels + 16 * from_apart;
    float* const packed = places + 16 * of_apart;
    Vec check{};
    for (int64_t n = 0; n < count; ++n) {
      check += transform_seen(seen(n), seen_row, channels_, pixels + n * channels_, 4 * from_apart,
                              from_apart, kWidth);
      check += transform_places(gradient(n), gradient_row, filters_, places + n * filters_,
                                of_apart);
    }
    if (!is_zero(check)) return false;
    for (int64_t n = 0; n < 16; ++n, sums += sums_apart()) {
      const float* const from = pixels + n * from_apart;
      const float* const of = places + n * of_apart;
      if (is_square_) {
        sum_square(count, from, of, sums, adds);
      } else {
        product(channels_, filters_, count, Matrix{from, 1, channels_}, of, filters_, sums,
                filters_, Finish{nullptr, false, adds}, packed);
      }
    }
    return true;
  }

 private:
  static constexpr int kSlot = 3;

  static bool is_zero(Vec check) {
    float sum = 0;
    for (int lane = 0; lane < kWidth; ++lane) sum += check[lane];
    return sum == 0;
  }

  const int64_t channels_, filters_;
  const bool is_square_;
};

// Pooled if `winners` is not null.
inline void conv_forward(const ConvShape& given, const float* inputs, const float* kernel,
                         const float* bias, float* result, uint8_t* winners, Threads& threads) {
  const ConvShape shape = upright(given);
  const bool by_tiles = Tiles::fit(shape, shape.out_height, shape.out_width) &&
                        (!winners || (shape.pool_height == 2 && shape.pool_width == 2));
  const Windows windows(shape, false, false, by_tiles ? Tiles::kBlock : Windows::kBlock);
  const int64_t filters = shape.filters, size = windows.size();
  const int64_t wide = ceil_div(filters, kWidth) * kWidth;
  if (wide != filters) {
    float* const copy = shared_scratch(0, (size + 1) * wide);
    bias = whole_vectors(bias, 1, filters, copy + size * wide);
    kernel = whole_vectors(kernel, size, filters, copy);
  }
  const Finish finish{bias, shape.relu, false};
  const Tiles tiles(shape.channels, filters);
  float* const tile_kernel =
      by_tiles ? shared_scratch(1, tiles.kernel_size()) : nullptr;
  // All is in rows of pooling windows or tiles; else a row is one of places.
  const int64_t pool_height = winners ? shape.pool_height : by_tiles ? 2 : 1;
  const int64_t of_image = shape.out_height / pool_height, rows = shape.images * of_image;
  const int64_t across = pool_height * shape.out_width;  // places in such a row
  const int64_t pooled = winners ? shape.out_width / shape.pool_width * filters : across * filters;
  const auto run =
      shape.pool_height == 2 && shape.pool_width == 2 ? pool_rows<2, 2> : pool_rows<0, 0>;
  List<int64_t> to_rows;
  list_steps(winners ? across : windows.block(), winners ? wide : filters, to_rows);
  const int parts =
      parts_for(threads, rows * across * size * filters, least(rows, Threads::kMostParts));
  if (by_tiles) {
    threads.parallel(parts, [&](int part) {
      transform_kernel(kernel, shape.channels * filters, shape.channels, filters, tile_kernel, part,
                       parts);
    });
  }
  threads.parallel(parts, [&](int part) {
    const int64_t end = rows * (part + 1) / parts;
    for (int64_t row = rows * part / parts; row < end;) {
      const int64_t image = row / of_image, first = row % of_image;
      int64_t images = 1;
      int64_t high = least(windows.rows() / pool_height, least(of_image - first, end - row));
      if (high == of_image) images = least(windows.images(), (end - row) / high);
      const float* const seen =
          windows.seen(inputs, image, images, first * pool_height, high * pool_height, 0);
      const auto convolve = [&](int64_t place, int64_t count, float* to) {
        sum_all({count, filters, size, seen, windows.places() + place, windows.window(), kernel,
                 wide, to, to_rows.begin(), finish});
      };
      // Some rows of tiles.
      const auto convolve_tiles = [&](int64_t first_row, int64_t count, float* to) {
        const int64_t wide_tiles = shape.out_width / 2;
        return tiles.convolve(
            count * wide_tiles,
            [&](int64_t n) {
              const int64_t place = (first_row + n / wide_tiles) * across + n % wide_tiles * 2;
              return seen + windows.places()[place];
            },
            windows.row(), tile_kernel, bias, shape.relu,
            [&](int64_t n) {
              return to + (n / wide_tiles * across + n % wide_tiles * 2) * filters;
            },
            shape.out_width * filters);
      };
      const int64_t at_once = by_tiles  ? most(1, Tiles::kConvolved / (shape.out_width / 2))
                              : winners ? 1
                                        : images * high;
      for (int64_t n = 0; n < images * high; n += at_once) {
        const int64_t count = least(at_once, images * high - n);
        float* const to = winners ? scratch(1, count * across * wide) : result + (row + n) * pooled;
        if (!by_tiles || !convolve_tiles(n, count, to)) {
          for (int64_t m = 0; m < count; m += by_tiles ? 1 : count) {
            convolve((n + m) * across, (by_tiles ? 1 : count) * across, to + m * across * filters);
          }
        }
        for (int64_t m = 0; winners && m < count; ++m) {
          run(shape, to + m * across * wide, wide, result + (row + n + m) * pooled,
              winners + (row + n + m) * pooled);
        }
      }
      row += images * high;
    }
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
