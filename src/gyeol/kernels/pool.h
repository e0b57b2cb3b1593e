// Pooling of images, channels last: the largest or the mean of each window.
#pragma once

#include "isa.h"
#include "simd.h"

namespace gyeol {
namespace GYEOL_ISA {

typedef float FourVec __attribute__((vector_size(16)));

template <typename V>
inline V loaded(const void* from) {
  V value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <typename V>
inline void stored(void* to, V value) {
  std::memcpy(to, &value, sizeof value);
}

// Of a vector of floats V: as many whole numbers, and as many bytes in memory.
template <typename V>
struct Places;
template <>
struct Places<Vec> {
  typedef IntVec Ints;
  typedef uint8_t Bytes __attribute__((vector_size(kWidth)));
  static Ints load(const uint8_t* from) {
    return __builtin_convertvector(loaded<Bytes>(from), Ints);
  }
  static void store(uint8_t* to, Ints places) {
    stored(to, __builtin_convertvector(places, Bytes));
  }
};
#if defined(__AVX__)
template <>
struct Places<FourVec> {
  typedef int32_t Ints __attribute__((vector_size(16)));
  typedef uint8_t Bytes __attribute__((vector_size(4)));
  static Ints load(const uint8_t* from) {
    return __builtin_convertvector(loaded<Bytes>(from), Ints);
  }
  static void store(uint8_t* to, Ints places) {
    stored(to, __builtin_convertvector(places, Bytes));
  }
};
#endif
template <>
struct Places<float> {
  typedef int32_t Ints;
  static Ints load(const uint8_t* from) { return *from; }
  static void store(uint8_t* to, Ints places) { *to = static_cast<uint8_t>(places); }
};

// The place of a window's largest element where the padding is larger than all.
constexpr int kNowhere = 255;

// body(zeros, channel) for a pixel's channels: as many at a time as `zeros` holds.
template <typename Body>
inline void over_channels(int64_t channels, const Body& body) {
  int64_t channel = 0;
  for (; channel + kWidth <= channels; channel += kWidth) body(Vec{}, channel);
  for (; channel + 4 <= channels; channel += 4) body(FourVec{}, channel);
  for (; channel < channels; ++channel) body(0.0f, channel);
}

// Windows of 2 x 2 side by side, none of which reaches beyond the image.
inline bool is_by_two(const PoolShape& shape) {
  return shape.window_height == 2 && shape.window_width == 2 && shape.stride_height == 2 &&
         shape.stride_width == 2 && shape.pad_top == 0 && shape.pad_left == 0 &&
         shape.out_height * 2 <= shape.height && shape.out_width * 2 <= shape.width;
}

inline int pool_parts(const PoolShape& shape, const Threads& threads, int64_t most_parts) {
  const int64_t size = shape.images * shape.height * shape.width * shape.channels;
  return static_cast<int>(most(1, least(least(threads.count(), size / 16384 + 1), most_parts)));
}

// The part of a window that lies within the image.
struct Window {
  int64_t top, bottom, left, right;
  int64_t begin, step;
  bool is_cut;  // its first element lies outside

  Window(const PoolShape& shape, int64_t row, int64_t column) {
    const int64_t y = row * shape.stride_height - shape.pad_top;
    const int64_t x = column * shape.stride_width - shape.pad_left;
    top = most(y, 0);
    left = most(x, 0);
    bottom = least(y + shape.window_height, shape.height);
    right = least(x + shape.window_width, shape.width);
    is_cut = y < 0 || x < 0;
    begin = -y * shape.window_width - x;
    step = shape.window_width;
  }
  int number(int64_t y, int64_t x) const { return static_cast<int>(begin + y * step + x); }
  float count() const { return static_cast<float>((bottom - top) * (right - left)); }
};

// The first of equals is kept; NaN wins.
template <typename V>
inline auto is_larger(V after, V before) {
  return (after > before) | (after != after);
}

// `places`, if not null: for each window the number of its largest element, in row-major order.
template <bool kMean>
inline void pool_row_by_two(const PoolShape& shape, const float* upper, float* result,
                            uint8_t* places) {
  const int64_t channels = shape.channels;
  const float* const lower = upper + shape.width * channels;
  for (int64_t column = 0; column < shape.out_width; ++column) {
    const int64_t left = 2 * column * channels, right = left + channels;
    over_channels(channels, [&](auto zeros, int64_t channel) {
      using V = decltype(zeros);
      using Ints = typename Places<V>::Ints;
      const int64_t at = column * channels + channel;
      const V a = loaded<V>(upper + left + channel), b = loaded<V>(upper + right + channel);
      const V c = loaded<V>(lower + left + channel), d = loaded<V>(lower + right + channel);
      if (kMean) {
        stored(result + at, (a + b + c + d) * 0.25f);
        return;
      }
      const auto b_wins = is_larger(b, a);
      const V of_two = b_wins ? b : a;
      const auto c_wins = is_larger(c, of_two);
      const V of_three = c_wins ? c : of_two;
      const auto d_wins = is_larger(d, of_three);
      stored(result + at, d_wins ? d : of_three);
      if (!places) return;
      const Ints place = c_wins ? Ints{} + 2 : b_wins ? Ints{} + 1 : Ints{};
      Places<V>::store(places + at, d_wins ? Ints{} + 3 : place);
    });
  }
}

template <bool kMean>
inline void pool_row(const PoolShape& shape, const float* image, int64_t row, float* result,
                     uint8_t* places) {
  const int64_t channels = shape.channels;
  for (int64_t column = 0; column < shape.out_width; ++column) {
    const Window window(shape, row, column);
    over_channels(channels, [&](auto zeros, int64_t channel) {
      using V = decltype(zeros);
      using Ints = typename Places<V>::Ints;
      const int64_t at = column * channels + channel;
      V value = kMean ? zeros : zeros - __builtin_inff();
      Ints place = Ints{} + (window.is_cut ? kNowhere : 0);
      for (int64_t y = window.top; y < window.bottom; ++y) {
        for (int64_t x = window.left; x < window.right; ++x) {
          const V element = loaded<V>(image + (y * shape.width + x) * channels + channel);
          if (kMean) {
            value = value + element;
            continue;
          }
          const auto wins = is_larger(element, value);
          value = wins ? element : value;
          place = wins ? Ints{} + window.number(y, x) : place;
        }
      }
      stored(result + at, kMean ? value / window.count() : value);
      if (places) Places<V>::store(places + at, place);
    });
  }
}

// inputs (images, height, width, channels), result and places (images, out_height, out_width,
// channels). The places may be null.
template <bool kMean>
inline void pool_forward(const PoolShape& shape, const float* inputs, float* result,
                         uint8_t* places, Threads& threads) {
  const int64_t line = shape.width * shape.channels, out_line = shape.out_width * shape.channels;
  const int64_t rows = shape.images * shape.out_height;
  const int parts = pool_parts(shape, threads, rows);
  const bool by_two = is_by_two(shape);
  threads.parallel(parts, [&](int part) {
    for (int64_t n = rows * part / parts; n < rows * (part + 1) / parts; ++n) {
      const int64_t image = n / shape.out_height, row = n % shape.out_height;
      const float* const from = inputs + image * shape.height * line;
      float* const to = result + n * out_line;
      uint8_t* const places_to = places ? places + n * out_line : nullptr;
      if (by_two) {
        pool_row_by_two<kMean>(shape, from + 2 * row * line, to, places_to);
      } else {
        pool_row<kMean>(shape, from, row, to, places_to);
      }
    }
  });
}

// Of a row of windows, all that the gradient of the inputs has there, in one pass.
template <bool kMean>
inline void unpool_row_by_two(const PoolShape& shape, const uint8_t* places, const float* gradient,
                              float* upper) {
  const int64_t channels = shape.channels, width = shape.width * channels;
  float* const lower = upper + width;
  for (int64_t column = 0; column < shape.out_width; ++column) {
    const int64_t left = 2 * column * channels, right = left + channels;
    over_channels(channels, [&](auto zeros, int64_t channel) {
      using V = decltype(zeros);
      using Ints = typename Places<V>::Ints;
      const int64_t at = column * channels + channel;
      const V share = kMean ? loaded<V>(gradient + at) * 0.25f : loaded<V>(gradient + at);
      const Ints place = kMean ? Ints{} : Places<V>::load(places + at);
      stored(upper + left + channel, kMean ? share : place == 0 ? share : zeros);
      stored(upper + right + channel, kMean ? share : place == 1 ? share : zeros);
      stored(lower + left + channel, kMean ? share : place == 2 ? share : zeros);
      stored(lower + right + channel, kMean ? share : place == 3 ? share : zeros);
    });
  }
  const int64_t seen = 2 * shape.out_width * channels;
  std::memset(upper + seen, 0, sizeof(float) * (width - seen));
  std::memset(lower + seen, 0, sizeof(float) * (width - seen));
}

// Windows may overlap: their gradients are added to what is there.
template <bool kMean>
inline void unpool_row(const PoolShape& shape, const uint8_t* places, int64_t row,
                       const float* gradient, float* image) {
  const int64_t channels = shape.channels;
  for (int64_t column = 0; column < shape.out_width; ++column) {
    const Window window(shape, row, column);
    over_channels(channels, [&](auto zeros, int64_t channel) {
      using V = decltype(zeros);
      using Ints = typename Places<V>::Ints;
      const int64_t at = column * channels + channel;
      V share = loaded<V>(gradient + at);
      if (kMean) share = share / window.count();
      const Ints place = kMean ? Ints{} : Places<V>::load(places + at);
      for (int64_t y = window.top; y < window.bottom; ++y) {
        for (int64_t x = window.left; x < window.right; ++x) {
          float* const to = image + (y * shape.width + x) * channels + channel;
          const V added = kMean ? share : place == Ints{} + window.number(y, x) ? share : zeros;
          stored(to, loaded<V>(to) + added);
        }
      }
    });
  }
}

// From the gradient of the result to that of the inputs.
template <bool kMean>
inline void pool_backward(const PoolShape& shape, const uint8_t* places, const float* gradient,
                          float* of_inputs, Threads& threads) {
  const int64_t line = shape.width * shape.channels, out_line = shape.out_width * shape.channels;
  const bool by_two = is_by_two(shape);
  const int parts = pool_parts(shape, threads, shape.images);
  threads.parallel(parts, [&](int part) {
    const int64_t to = shape.images * (part + 1) / parts;
    for (int64_t n = shape.images * part / parts; n < to; ++n) {
      float* const image = of_inputs + n * shape.height * line;
      const int64_t seen = by_two ? 2 * shape.out_height : 0;
      std::memset(image + seen * line, 0, sizeof(float) * (shape.height - seen) * line);
      for (int64_t row = 0; row < shape.out_height; ++row) {
        const int64_t at = (n * shape.out_height + row) * out_line;
        const uint8_t* const row_places = kMean ? nullptr : places + at;
        if (by_two) {
          unpool_row_by_two<kMean>(shape, row_places, gradient + at, image + 2 * row * line);
        } else {
          unpool_row<kMean>(shape, row_places, row, gradient + at, image);
        }
      }
    }
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
