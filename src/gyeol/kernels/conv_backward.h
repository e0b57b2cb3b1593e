// The gradients of a convolution.
//
// Behind relu and pooling most of what comes back is zero. A sample of it says how much, and with
// it which way is fastest: what is not zero is listed and the rest never touched, or all is summed
// as in the forward direction. Where a zero meets NaN or infinity the first way gives 0, the other
// NaN.
#pragma once

#include <optional>

#include "conv.h"
#include "sparse.h"

namespace gyeol {
namespace GYEOL_ISA {

// A part of the window whose elements are summed in registers at once: `rows` runs of `across`
// vectors, each run contiguous in the images.
struct Chunk {
  int64_t offset, step;         // in a block: of the first run, and from one to the next
  int64_t position;             // of its sums among those of a filter, run after run
  int64_t first, length, size;  // the first run's element of the window; how far runs are apart
  int rows, across, last;       // `last` elements of a run's last vector count
};

constexpr int chunk_across(int rows) {
  constexpr int many[] = {12, 12, 8}, few[] = {8, 5, 3};
  return (kManyRegisters ? many : few)[rows - 1];
}

// The window in chunks. Its sums take `size` floats for each filter.
class Chunks {
 public:
  Chunks(const ConvShape& shape, const Windows& windows) {
    // Runs that are contiguous in the images; `steps` of them each `step` from the last.
    int64_t length = shape.channels, runs = shape.window_height * shape.window_width;
    int64_t steps = shape.window_width, step = shape.dilation_width * shape.channels;
    if (shape.dilation_width == 1 || shape.window_width == 1) {
      length *= shape.window_width;
      runs = steps = shape.window_height;
      step = shape.dilation_height * windows.row();
      if (length == step) {
        length *= runs;
        runs = steps = 1;
      }
    }
    const int64_t vectors = ceil_div(length, kWidth);
    for (int64_t start = 0; start < runs; start += steps) {
      const int64_t groups = ceil_div(steps, 3);
      for (int64_t group = 0; group < groups; ++group) {
        const int64_t run = start + steps * group / groups;
        const int rows = static_cast<int>(start + steps * (group + 1) / groups - run);
        const int64_t cuts = ceil_div(vectors, chunk_across(rows));
        for (int64_t cut = 0; cut < cuts; ++cut) {
          const int64_t from = vectors * cut / cuts;
          const int across = static_cast<int>(vectors * (cut + 1) / cuts - from);
          const int64_t end = least(length, (from + across) * kWidth);
          const int last = static_cast<int>(end - (from + across - 1) * kWidth);
          const int64_t first = run * length + from * kWidth;
          chunks_.push_back({windows.window()[first], step, size_, first, length,
                             end - from * kWidth, rows, across, last});
          size_ += rows * across * kWidth;
        }
      }
    }
  }

  int64_t size() const { return size_; }
  const Chunk* begin() const { return chunks_.begin(); }
  const Chunk* end() const { return chunks_.end(); }

 private:
  List<Chunk> chunks_;
  int64_t size_ = 0;
};

// One element of the gradient that is not zero: where its place begins, and its value.
struct Entry {
  int32_t offset;
  float value;
};

// sums[i][j] += sum over the entries of value * seen[offset + ...], in a chunk.
template <int kRows, int kAcross>
void add_seen(const Entry* entries, int64_t count, const float* seen, int64_t step, float* sums) {
  constexpr int kSets = kRows * kAcross <= 4 ? 2 : 1;  // or each sum would wait for the last
  Vec sum[kSets][kRows][kAcross] = {};
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAcross; ++j) sum[0][i][j] = load(sums + (i * kAcross + j) * kWidth);
  }
  const auto add = [&](const Entry& entry, int set) __attribute__((always_inline)) {
    const Vec value = splat(entry.value);
    const float* const at = seen + entry.offset;
#pragma GCC unroll 12
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
      for (int j = 0; j < kAcross; ++j) sum[set][i][j] += value * load(at + i * step + j * kWidth);
    }
  };
  int64_t n = 0;
  for (; n + kSets <= count; n += kSets) {
#pragma GCC unroll 2
    for (int set = 0; set < kSets; ++set) add(entries[n + set], set);
  }
  if (n < count) add(entries[n], 0);
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAcross; ++j) {
      Vec total = sum[0][i][j];
      if (kSets == 2) total += sum[kSets - 1][i][j];
      store(sums + (i * kAcross + j) * kWidth, total);
    }
  }
}

// to[i][j] += sum over the filters in `codes` of their gradient at this place * their weights.
template <int kRows, int kAcross>
void add_weights(const uint32_t* codes, int64_t count, const float* gradient, const float* weights,
                 int64_t filter, float* to, int64_t step, int last) {
  Vec sum[kRows][kAcross];
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAcross; ++j) sum[i][j] = load(to + i * step + j * kWidth);
  }
  for (int64_t n = 0; n < count; ++n) {
    const int64_t number = codes[n] & 0xffff;
    const Vec value = splat(gradient[number]);
    const float* const from = weights + number * filter;
#pragma GCC unroll 12
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
      for (int j = 0; j < kAcross; ++j) {
        sum[i][j] += value * load(from + (i * kAcross + j) * kWidth);
      }
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 12
    for (int j = 0; j < kAcross; ++j) {
      float* const here = to + i * step + j * kWidth;
      if (j < kAcross - 1 || last == kWidth) {
        store(here, sum[i][j]);
      } else {
        store_first(here, sum[i][j], last);  // what follows is another pixel's
      }
    }
  }
}

struct ChunkKernels {
  decltype(&add_seen<1, 1>) add_seen;
  decltype(&add_weights<1, 1>) add_weights;
};

template <int kRows, int kAcross = chunk_across(kRows)>
inline ChunkKernels chunk_kernels(int across) {
  if constexpr (kAcross == 1) {
    return {add_seen<kRows, 1>, add_weights<kRows, 1>};
  } else {
    if (across < kAcross) return chunk_kernels<kRows, kAcross - 1>(across);
    return {add_seen<kRows, kAcross>, add_weights<kRows, kAcross>};
  }
}

inline ChunkKernels chunk_kernels_for(const Chunk& chunk) {
  switch (chunk.rows) {
    case 1: return chunk_kernels<1>(chunk.across);
    case 2: return chunk_kernels<2>(chunk.across);
    default: return chunk_kernels<3>(chunk.across);
  }
}

// The gradient of a result, as it comes: where relu gave 0 (`result` is not above 0) it does not
// count, and if the result was pooled (`winners` is not null) it is that of the winners.
struct Gradient {
  const float* values;
  const float* result;
  const uint8_t* winners;

  // From the row of `filters` numbers on.
  Gradient from(int64_t row, int64_t filters) const {
    const int64_t at = row * filters;
    return {values + at, result ? result + at : nullptr, winners ? winners + at : nullptr};
  }

  // What counts of some elements, and of which element of the pooling window.
  template <typename Body>
  __attribute__((always_inline)) void each(int64_t at, int count, const Body& body) const {
    Vec value = count == kWidth ? load(values + at) : load_first(values + at, count);
    IntVec winner{};
    if (result) {
      const Vec out = count == kWidth ? load(result + at) : load_first(result + at, count);
      value = out > 0.0f ? value : Vec{};
    } else if (winners) {
      winner = load_winners(winners + at, count);
      value = winner != kNone ? value : Vec{};
    }
    body(value, winner);
  }

  // Which share of it is not zero, from a sample of its rows.
  double share(int64_t rows, int64_t filters) const {
    constexpr int64_t kSample = 32;
    const int64_t sampled = least(rows, kSample);
    int64_t found = 0;
    for (int64_t n = 0; n < sampled; ++n) {
      for (int64_t first = 0; first < filters; first += kWidth) {
        const int count = static_cast<int>(least(kWidth, filters - first));
        each(rows * n / sampled * filters + first, count,
             [&](Vec value, IntVec) { found += __builtin_popcount(lanes_not_zero(value)); });
      }
    }
    return static_cast<double>(found) / static_cast<double>(most(sampled * filters, 1));
  }
};

// List the elements of the gradient that are not zero, place by place, as place << 16 | filter;
// those of a place begin at starts[place]. `window` is how many places were pooled to one, and they
// are neighbours in this list. The bias's gradient is summed on the way.
template <int kVectors>
inline void list_gradient(int64_t places, int window, int64_t filters, int64_t first,
                          const Gradient& gradient, uint32_t* codes, int64_t* starts,
                          float* of_bias) {
  Vec sum[kVectors], value[kVectors];
  IntVec winner[kVectors];
  const int last = static_cast<int>(least(kWidth, filters - first - (kVectors - 1) * kWidth));
#pragma GCC unroll 4
  for (int j = 0; j < kVectors; ++j) sum[j] = load(of_bias + first + j * kWidth);
  int64_t count = 0;
  for (int64_t place = 0; place < places; place += window) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      const int64_t at = place / window * filters + first + j * kWidth;
      gradient.each(at, j == kVectors - 1 ? last : kWidth, [&](Vec counts, IntVec number) {
        value[j] = counts;
        winner[j] = number;
      });
      sum[j] += value[j];
    }
    for (int n = 0; n < window; ++n) {
      starts[place + n] = count;
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) {
        const uint32_t code = static_cast<uint32_t>((place + n) << 16 | (first + j * kWidth));
        count += list_not_zero(winner[j] == n ? value[j] : Vec{}, code, codes + count);
      }
    }
  }
  starts[places] = count;
#pragma GCC unroll 4
  for (int j = 0; j < kVectors; ++j) store(of_bias + first + j * kWidth, sum[j]);
}

// Behind pooling of (2, 2), a window of (3, 3) sees one of four parts of a patch of (4, 4) pixels.
// A patch of one channel is one vector, and a permutation by the winners takes from it, for all
// filters at once, what an element of their windows saw.
#if defined(__AVX512F__)
constexpr bool kHasPatches = true;

// Of `places` windows of pooling in a row, the patches: channel after channel for each. At most
// four channels: a row of a patch must fit into a vector.
inline void list_patches(int64_t places, int64_t channels, const float* seen, int64_t row,
                         float* to) {
  for (int64_t channel = 0; channel < channels; ++channel) {
    int32_t numbers[16];
    for (int n = 0; n < 16; ++n) {
      numbers[n] = static_cast<int>(n % 4 * channels + channel) + (n / 4 % 2 ? 16 : 0);
    }
    const __m512i order = _mm512_loadu_si512(numbers);
    for (int64_t place = 0; place < places; ++place) {
      const float* const at = seen + place * 2 * channels;
      const __m512 upper =
          _mm512_permutex2var_ps(_mm512_loadu_ps(at), order, _mm512_loadu_ps(at + row));
      const __m512 lower = _mm512_permutex2var_ps(_mm512_loadu_ps(at + 2 * row), order,
                                                  _mm512_loadu_ps(at + 3 * row));
      _mm512_storeu_ps(to + (place * channels + channel) * 16,
                       _mm512_mask_blend_ps(0xff00, upper, lower));
    }
  }
}

// sums[element of the window] += over the places, what it saw in `channel` times the gradient, for
// some filters.
template <int kVectors>
void add_patches(int64_t places, int64_t channels, int64_t channel, const float* patches,
                 const Gradient& gradient, int64_t filters, int64_t first, float* sums,
                 int64_t sums_row, float* of_bias) {
  Vec sum[9][kVectors] = {}, bias[kVectors] = {};
  for (int64_t place = 0; place < places; ++place) {
    Vec value[kVectors];
    __m512i winner[kVectors];
#pragma GCC unroll 2
    for (int j = 0; j < kVectors; ++j) {
      gradient.each(place * filters + first + j * kWidth, kWidth, [&](Vec counts, IntVec number) {
        value[j] = counts;
        // Of the four parts of the patch, where the winner's begins: 0, 1, 4 or 5.
        winner[j] = reinterpret_cast<__m512i>(number + (number & 2));
      });
      bias[j] += value[j];
    }
    const float* const patch = patches + (place * channels + channel) * kWidth;
#pragma GCC unroll 9
    for (int n = 0; n < 9; ++n) {
      const __m512 part = _mm512_loadu_ps(patch + n / 3 * 4 + n % 3);
#pragma GCC unroll 2
      for (int j = 0; j < kVectors; ++j) {
        sum[n][j] += value[j] * reinterpret_cast<Vec>(_mm512_permutexvar_ps(winner[j], part));
      }
    }
  }
#pragma GCC unroll 2
  for (int j = 0; j < kVectors; ++j) {
    const int64_t at = first + j * kWidth;
    if (channel == 0) store(of_bias + at, load(of_bias + at) + bias[j]);
#pragma GCC unroll 9
    for (int n = 0; n < 9; ++n) {
      float* const to = sums + (n * channels + channel) * sums_row + at;
      store(to, load(to) + sum[n][j]);
    }
  }
}
#else
constexpr bool kHasPatches = false;
#endif

// One axis of the gradient of the inputs. With a stride of s there are s kinds of inputs: number t
// of kind `first` is at t * s + first - pad, and meets result t - n / s through those elements n of
// the window (counted without dilation) for which n - first is a multiple of s.
struct Kind {
  int64_t first, begin, end;  // numbers t whose inputs there are
  int64_t window, stride, dilation;

  // Calls body(element, n / s) for the elements of the window that meet it.
  template <typename Body>
  void each(const Body& body) const {
    for (int64_t element = 0; element < window; ++element) {
      const int64_t n = element * dilation;
      if (n % stride == first) body(element, n / stride);
    }
  }
  int64_t count() const {
    int64_t count = 0;
    each([&](int64_t, int64_t) { ++count; });
    return count;
  }
};

inline void list_kinds(int64_t length, int64_t window, int64_t stride, int64_t pad,
                       int64_t dilation, List<Kind>& kinds) {
  for (int64_t first = 0; first < stride; ++first) {
    const int64_t begin = most(ceil_div(pad - first, stride), 0);
    const int64_t end = most(ceil_div(length + pad - first, stride), begin);
    kinds.push_back({first, begin, end, window, stride, dilation});
  }
}

// How the gradient of the inputs is made from one that is not sparse: as convolutions of it, one
// for each kind of row and column, with the part of the kernel that meets them.
class Gathering {
 public:
  explicit Gathering(const ConvShape& shape)
      : shape_(shape),
        wide_(ceil_div(shape.channels, kWidth) * kWidth),
        tiles_(shape.filters, shape.channels),
        by_tiles_(has_tiles(shape)) {
    list_kinds(shape.height, shape.window_height, shape.stride_height, shape.pad_top,
               shape.dilation_height, down_);
    list_kinds(shape.width, shape.window_width, shape.stride_width, shape.pad_left,
               shape.dilation_width, across_);
    const int64_t back_y = (shape.window_height - 1) * shape.dilation_height / shape.stride_height;
    const int64_t back_x = (shape.window_width - 1) * shape.dilation_width / shape.stride_width;
    cut_ = {-back_y, -back_x, (shape.height - 1 + shape.pad_top) / shape.stride_height + 1 + back_y,
            (shape.width - 1 + shape.pad_left) / shape.stride_width + 1 + back_x};
    from_.reserve(shape.height * shape.width);
    to_.reserve(shape.height * shape.width);
    offsets_.reserve(shape.window_height * shape.window_width * shape.filters);
    for (const Kind& y : down_) {
      for (const Kind& x : across_) {
        for (int64_t t = y.begin; t < y.end; ++t) {
          const int64_t row = t * shape.stride_height + y.first - shape.pad_top;
          for (int64_t u = x.begin; u < x.end; ++u) {
            const int64_t column = u * shape.stride_width + x.first - shape.pad_left;
            from_.push_back(((t - cut_.row) * cut_.columns + u - cut_.column) * shape.filters);
            to_.push_back((row * shape.width + column) * shape.channels);
          }
        }
        y.each([&](int64_t, int64_t up) {
          x.each([&](int64_t, int64_t left) {
            for (int64_t filter = 0; filter < shape.filters; ++filter) {
              offsets_.push_back(-(up * cut_.columns + left) * shape.filters + filter);
            }
          });
        });
      }
    }
  }

  static bool has_tiles(const ConvShape& shape) {
    return Tiles::fit(shape, shape.height, shape.width);
  }

  // Floats that `turn_kernel` needs, and one part of several of it: for each kind its part of the
  // kernel, with filters and channels changed.
  int64_t size() const { return turned_size() + (by_tiles_ ? tiles_.kernel_size() : 0); }
  void turn_kernel(const float* kernel, float* to, int part, int parts) const {
    const int64_t filters = shape_.filters, channels = shape_.channels;
    const int64_t begin = filters * part / parts, count = filters * (part + 1) / parts - begin;
    float* const turned = to;
    for (const Kind& kind_y : down_) {
      for (const Kind& kind_x : across_) {
        kind_y.each([&](int64_t y, int64_t) {
          kind_x.each([&](int64_t x, int64_t) {
            float* const here = to + begin * wide_;
            transpose(kernel + (y * shape_.window_width + x) * channels * filters + begin, filters,
                      channels, count, here, wide_);
            for (int64_t n = 0; channels < wide_ && n < count; ++n) {
              std::memset(here + n * wide_ + channels, 0, sizeof(float) * (wide_ - channels));
            }
            to += filters * wide_;
          });
        });
      }
    }
    if (by_tiles_) {
      transform_kernel(turned + 8 * filters * wide_, -filters * wide_, filters, wide_, to, part,
                       parts);
    }
  }

  // For some images. `gradient` has rows of `row` floats for each place.
  void gather(const float* gradient, int64_t row, int64_t images, const float* turned,
              float* of_inputs) const {
    const int64_t filters = shape_.filters, image = cut_.rows * cut_.columns * filters;
    const int64_t pixels = shape_.height * shape_.width;
    float* const padded = scratch(2, images * image);
    for (int64_t n = 0; n < images; ++n) {
      cut_.copy_rows(gradient + n * shape_.out_height * shape_.out_width * row, row,
                     shape_.out_height, shape_.out_width, filters, padded + n * image);
    }
    if (!by_tiles_) {
      for (int64_t n = 0; n < images; ++n) {
        sum(padded + n * image, turned, of_inputs + n * pixels * shape_.channels);
      }
      return;
    }
    const int64_t across = shape_.width / 2, all = images * pixels / 4;
    const int64_t back = 2 * (cut_.columns + 1) * filters;  // from a pixel's place to its window
    for (int64_t first = 0; first < all; first += Tiles::kConvolved) {
      const int64_t count = least(Tiles::kConvolved, all - first);
      const auto pixel = [&](int64_t n) {
        return (first + n) / across * 2 * shape_.width + (first + n) % across * 2;
      };
      const auto seen = [&](int64_t n) {
        return padded + pixel(n) / pixels * image + from_[pixel(n) % pixels] - back;
      };
      const auto to = [&](int64_t n) { return of_inputs + pixel(n) * shape_.channels; };
      if (tiles_.convolve(count, seen, cut_.columns * filters, turned + turned_size(), nullptr,
                          false, to, shape_.width * shape_.channels)) {
        continue;
      }
      for (int64_t n = 0; n < 2 * count; ++n) {
        const int64_t at = pixel(n / 2) + n % 2 * shape_.width;
        sum_all({2, shape_.channels, offsets_.size(), padded + at / pixels * image,
                 from_.begin() + at % pixels, offsets_.begin(), turned, wide_,
                 of_inputs + at / pixels * pixels * shape_.channels, to_.begin() + at % pixels,
                 Finish{}});
      }
    }
  }

 private:
  int64_t turned_size() const {
    return shape_.window_height * shape_.window_width * shape_.filters * wide_;
  }

  // For one image, place by place.
  void sum(const float* padded, const float* turned, float* of_inputs) const {
    const int64_t *offsets = offsets_.begin(), *from = from_.begin(), *to = to_.begin();
    for (const Kind& y : down_) {
      for (const Kind& x : across_) {
        const int64_t rows = (y.end - y.begin) * (x.end - x.begin);
        const int64_t depth = y.count() * x.count() * shape_.filters;
        sum_all({rows, shape_.channels, depth, padded, from, offsets, turned, wide_, of_inputs, to,
                 Finish{}});
        from += rows;
        to += rows;
        offsets += depth;
        turned += depth * wide_;
      }
    }
  }

  const ConvShape& shape_;
  const int64_t wide_;
  const Tiles tiles_;
  const bool by_tiles_;
  List<Kind> down_, across_;
  Cut cut_;
  List<int64_t> offsets_, from_, to_;
};

// The gradients of a convolution, made by each part of the threads for some of the images.
class ConvBackward {
 public:
  ConvBackward(const ConvShape& shape, const float* inputs, const float* kernel,
               const Gradient& gradient, float* of_inputs, int parts)
      : shape_(shape),
        inputs_(inputs),
        kernel_(kernel),
        gradient_(gradient),
        of_inputs_(of_inputs),
        window_(shape.pool_height * shape.pool_width),
        places_(shape.out_height * shape.out_width),
        size_(shape.window_height * shape.window_width * shape.channels),
        wide_(ceil_div(shape.filters, kWidth) * kWidth),
        way_(choose()),
        is_sparse_(way_ == Way::kSparse),
        by_tiles_(way_ == Way::kDense && has_tiles()),
        windows_(shape, way_ == Way::kPatches || (is_sparse_ && runs_on(shape)),
                 !is_sparse_ && !of_inputs, by_tiles_ ? Tiles::kBlock : Windows::kBlock),
        tiles_(shape.channels, shape.filters),
        chunks_(shape, windows_),
        parts_(parts) {
    for (const Chunk& chunk : chunks_) kernels_.push_back(chunk_kernels_for(chunk));
    const int64_t sums = is_sparse_ ? shape.filters * chunks_.size() : size_ * wide_;
    part_ = sums + wide_ + (by_tiles_ ? tiles_.sums_size() : 0);
    sums_ = shared_scratch(0, part_ * parts);
    if (of_inputs && !is_sparse_) gathering_.emplace(shape);
    if (of_inputs) {
      turned_ = shared_scratch(1, is_sparse_ ? shape.filters * chunks_.size() : gathering_->size());
    }
    list_steps(size_, wide_, to_rows_);
    // The places of a block with those of each pooling window side by side.
    if (!is_sparse_) return;
    order_.reserve(windows_.block());
    rows_.reserve(windows_.block());
    for (int64_t row = 0; row < windows_.images() * windows_.rows(); row += shape.pool_height) {
      for (int64_t x = 0; x < shape.out_width; x += shape.pool_width) {
        for (int64_t n = 0; n < window_; ++n) {
          const int64_t y = row + n / shape.pool_width;
          order_.push_back(windows_.places()[y * shape.out_width + x + n % shape.pool_width]);
          rows_.push_back((order_.size() - 1) / window_ * shape.filters);
        }
      }
    }
  }

  bool is_sparse() const { return is_sparse_; }

  // The kernel as add_weights reads it: for each filter, what belongs to it in the order of sums.
  void turn_kernel(int part) {
    if (!is_sparse_) return gathering_->turn_kernel(kernel_, turned_, part, parts_);
    const int64_t filters = shape_.filters, begin = filters * part / parts_;
    const int64_t count = filters * (part + 1) / parts_ - begin, size = chunks_.size();
    for (const Chunk& chunk : chunks_) {
      const int64_t width = chunk.across * kWidth;
      float* to = turned_ + begin * size + chunk.position;
      for (int row = 0; row < chunk.rows; ++row, to += width) {
        transpose(kernel_ + (chunk.first + row * chunk.length) * filters + begin, filters,
                  chunk.size, count, to, size);
        for (int64_t n = 0; chunk.size < width && n < count; ++n) {
          std::memset(to + n * size + chunk.size, 0, sizeof(float) * (width - chunk.size));
        }
      }
    }
  }

  void images_of(int part) {
    float* const sums = sums_ + part * part_;
    Begun& begun = begun_[part];
    begun = {!by_tiles_, false};
    const int64_t skipped = by_tiles_ ? of_bias_at() : 0;
    std::memset(sums + skipped, 0, sizeof(float) * (of_bias_at() + wide_ - skipped));
    const int64_t end = shape_.images * (part + 1) / parts_;
    for (int64_t image = shape_.images * part / parts_; image < end;) {
      const int64_t images = least(windows_.images(), end - image);
      if (is_sparse_) {
        sparse(image, images, sums);
      } else if (way_ == Way::kPatches) {
        by_patches(image, images, sums);
      } else {
        dense(image, images, sums, begun);
      }
      image += images;
    }
    if (by_tiles_ && !begun.tiles) {
      std::memset(sums + tiles_at(), 0, sizeof(float) * tiles_.sums_size());
    }
  }

  // Add up the sums of all parts, for some of the filters.
  void total(int part, float* of_kernel, float* of_bias) const {
    const int64_t blocks = wide_ / kWidth, end = blocks * (part + 1) / parts_;
    for (int64_t block = blocks * part / parts_; block < end; ++block) {
      const int64_t first = block * kWidth;
      const int count = static_cast<int>(least(kWidth, shape_.filters - first));
      store_first(of_bias + first, added(of_bias_at() + first), count);
      if (by_tiles_) {
        total_tiles(first, of_kernel + first);
        continue;
      }
      for (int64_t k = 0; !is_sparse_ && k < size_; ++k) {
        store_first(of_kernel + k * shape_.filters + first, added(k * wide_ + first), count);
      }
      if (!is_sparse_) continue;
      for (const Chunk& chunk : chunks_) {
        for (int64_t n = 0; n < chunk.rows * chunk.across; ++n) {
          const int64_t in_run = n % chunk.across * kWidth;
          const int64_t run = chunk.first + n / chunk.across * chunk.length;
          float square[kWidth * kWidth];
          for (int filter = 0; filter < count; ++filter) {
            const int64_t at = (first + filter) * chunks_.size() + chunk.position + n * kWidth;
            store(square + filter * kWidth, added(at));
          }
          transpose(square, kWidth, count, least(kWidth, chunk.size - in_run),
                    of_kernel + (run + in_run) * shape_.filters + first, shape_.filters);
        }
      }
    }
  }

 private:
  static bool runs_on(const ConvShape& shape) {
    const bool in_runs = shape.dilation_width == 1 || shape.window_width == 1;
    return shape.channels * (in_runs ? shape.window_width : 1) % kWidth != 0;
  }

  // Whether there is anything in a part's sums place by place, or by tiles; else they are not read.
  struct Begun {
    bool places, tiles;
  };

  enum class Way { kDense, kSparse, kPatches };

  // Cycles for an element of the window and a vector of filters.
  static constexpr double kByPlaces = 0.55, kByTiles = 0.42;

  // By the cycles that each way takes for a place, measured on a CPU with AVX-512.
  Way choose() const {
    const ConvShape& shape = shape_;
    const double vectors = wide_ / kWidth;
    const double share = gradient_.share(shape.images * places_ / window_, shape.filters) / window_;
    const bool in_runs = shape.dilation_width == 1 || shape.window_width == 1;
    const int64_t length = shape.channels * (in_runs ? shape.window_width : 1);
    const double pieces = size_ / length * ceil_div(length, kWidth);
    const double sparse =
        share * shape.filters * (8 + 0.7 * pieces * (of_inputs_ ? 2.5 : 1)) + 5 * vectors;
    // The gradient of the inputs sums over all windows that there might be, beyond the edges, too.
    const double gathered = static_cast<double>(shape.height * shape.width) / places_ /
                            (shape.stride_height * shape.stride_width);
    double products = has_tiles() ? kByTiles : kByPlaces;
    if (of_inputs_) products += gathered * (Gathering::has_tiles(shape) ? kByTiles : kByPlaces);
    const double dense = (products * size_ + 5) * vectors;
    const bool has_patches =
        kHasPatches && !of_inputs_ && gradient_.winners && shape.window_height == 3 &&
        shape.window_width == 3 && shape.stride_height == 1 && shape.stride_width == 1 &&
        shape.dilation_height == 1 && shape.dilation_width == 1 && shape.pool_height == 2 &&
        shape.pool_width == 2 && shape.channels <= 4 && wide_ == shape.filters;
    const double patches = (0.3 * size_ + 2 * shape.channels) * vectors;
    // In a code there are 16 bits for the place in a block, and as many for the filter.
    const bool has_codes = wide_ <= 1 << 16 && shape.out_width * kWidth <= 1 << 16;
    if (has_patches && patches < dense && patches < sparse) return Way::kPatches;
    return has_codes && sparse < dense ? Way::kSparse : Way::kDense;
  }

  bool has_tiles() const {
    return Tiles::fit(shape_, shape_.out_height, shape_.out_width);
  }

  // In the sums of a part: behind those of the kernel is the bias's, then those of the tiles.
  int64_t of_bias_at() const {
    return is_sparse_ ? shape_.filters * chunks_.size() : size_ * wide_;
  }
  int64_t tiles_at() const { return of_bias_at() + wide_; }

  void total_tiles(int64_t filter, float* to) const {
    for (int64_t channel = 0; channel < shape_.channels; ++channel) {
      Vec sums[16], elements[9];
      for (int n = 0; n < 16; ++n) {
        sums[n] = added(tiles_at() + n * tiles_.sums_apart() + channel * wide_ + filter);
      }
      transform_sums(sums, elements);
      for (int n = 0; n < 9; ++n) {
        const int64_t row = n * shape_.channels + channel;
        for (int part = 0; part < parts_; ++part) {
          if (!begun_[part].places) continue;
          elements[n] += load(sums_ + part * part_ + row * wide_ + filter);
        }
        store(to + row * wide_, elements[n]);
      }
    }
  }

  Vec added(int64_t at) const {
    Vec sum = load(sums_ + at);
    for (int part = 1; part < parts_; ++part) sum += load(sums_ + part * part_ + at);
    return sum;
  }

  // The gradient of each place in rows of whole vectors; the bias's is summed on the way.
  const float* of_places(int64_t first_place, int64_t places, float* of_bias) {
    const int64_t filters = shape_.filters, across = shape_.out_width / shape_.pool_width;
    const Gradient gradient = gradient_.from(first_place / window_, filters);
    const bool copies = gradient.result || gradient.winners || wide_ != filters;
    float* const copy = copies ? scratch(1, places * wide_) : nullptr;
    for (int64_t first = 0; first < filters; first += kWidth) {
      const int count = static_cast<int>(least(kWidth, filters - first));
      Vec sum = load(of_bias + first);
      for (int64_t row = 0; row < places / window_ / across; ++row) {
        for (int64_t x = 0; x < across; ++x) {
          gradient.each((row * across + x) * filters + first, count, [&](Vec value, IntVec winner) {
            sum += value;
            if (!copies) return;
            float* to =
                copy + first +
                (row * shape_.pool_height * shape_.out_width + x * shape_.pool_width) * wide_;
            for (int n = 0; n < window_; to += shape_.out_width * wide_) {
              for (int64_t right = 0; right < shape_.pool_width; ++right, ++n) {
                store(to + right * wide_, winner == n ? value : Vec{});
              }
            }
          });
        }
      }
      store(of_bias + first, sum);
    }
    return copies ? copy : gradient.values;
  }

  void by_patches(int64_t image, int64_t images, float* sums) {
#if defined(__AVX512F__)
    const int64_t filters = shape_.filters, channels = shape_.channels;
    const int64_t across = shape_.out_width / 2;
    for (int64_t row = 0; row < shape_.out_height; row += windows_.rows()) {
      const int64_t rows = least(windows_.rows(), shape_.out_height - row);
      const int64_t places = images * rows / 2 * across;
      const float* const seen = windows_.seen(inputs_, image, images, row, rows, 0);
      float* const patches = scratch(1, (places * channels + 1) * kWidth);
      for (int64_t n = 0; n < images * rows / 2; ++n) {
        list_patches(across, channels, seen + windows_.places()[2 * n * shape_.out_width],
                     windows_.row(), patches + n * across * channels * kWidth);
      }
      const Gradient gradient =
          gradient_.from((image * places_ + row * shape_.out_width) / window_, filters);
      for (int64_t channel = 0; channel < channels; ++channel) {
        for (int64_t first = 0; first < filters; first += 2 * kWidth) {
          const auto run = filters - first > kWidth ? add_patches<2> : add_patches<1>;
          run(places, channels, channel, patches, gradient, filters, first, sums, wide_,
              sums + size_ * wide_);
        }
      }
    }
#else
    (void)image, (void)images, (void)sums;
#endif
  }

  void dense(int64_t image, int64_t images, float* sums, Begun& begun) {
    float* const of_bias = sums + size_ * wide_;
    // All at once if the gradient of the inputs needs it so.
    const float* const all =
        of_inputs_ ? of_places(image * places_, images * places_, of_bias) : nullptr;
    const int64_t high = by_tiles_ ? windows_.rows() / 2 * 2 : windows_.rows();
    for (int64_t row = 0; row < shape_.out_height; row += high) {
      const int64_t rows = least(high, shape_.out_height - row);
      const int64_t first = row * shape_.out_width, places = images * rows * shape_.out_width;
      const float* const gradient =
          all ? all + first * wide_ : of_places(image * places_ + first, places, of_bias);
      const float* const seen = windows_.seen(inputs_, image, images, row, rows, 0);
      const auto add = [&](int64_t place, int64_t count) {
        if (!begun.places) std::memset(sums, 0, sizeof(float) * of_bias_at());
        begun.places = true;
        sum_all({size_, shape_.filters, count, seen, windows_.window(), windows_.places() + place,
                 gradient + place * wide_, wide_, sums, to_rows_.begin(),
                 Finish{nullptr, false, true}});
      };
      if (by_tiles_) {
        add_tiles(places / 4, seen, gradient, sums + tiles_at(), begun.tiles, add);
      } else {
        add(0, places);
      }
    }
    if (!of_inputs_) return;
    gathering_->gather(all, wide_, images, turned_,
                       of_inputs_ + image * shape_.height * shape_.width * shape_.channels);
  }

  // Of a block of so many tiles; add(place, count) does it place by place.
  template <typename Add>
  void add_tiles(int64_t tiles, const float* seen, const float* gradient, float* sums, bool& begun,
                 const Add& add) const {
    const int64_t across = shape_.out_width / 2;
    for (int64_t first = 0; first < tiles; first += Tiles::kSummed) {
      const int64_t count = least(Tiles::kSummed, tiles - first);
      const auto place = [&](int64_t n) {
        return (first + n) / across * 2 * shape_.out_width + (first + n) % across * 2;
      };
      if (tiles_.sum(
              count, [&](int64_t n) { return seen + windows_.places()[place(n)]; }, windows_.row(),
              [&](int64_t n) { return gradient + place(n) * wide_; }, shape_.out_width * wide_,
              sums, begun)) {
        begun = true;
        continue;
      }
      for (int64_t n = 0; n < 2 * count; ++n) add(place(n / 2) + n % 2 * shape_.out_width, 2);
    }
  }

  void sparse(int64_t image, int64_t images, float* sums) {
    const int64_t size = shape_.height * shape_.width * shape_.channels;
    float* spread = nullptr;  // the gradient of the inputs with their padding
    if (of_inputs_) {
      spread = scratch(1, images * windows_.image() + kWidth);
      std::memset(spread, 0, sizeof(float) * (images * windows_.image() + kWidth));
    }
    for (int64_t row = 0; row < shape_.out_height; row += windows_.rows()) {
      const int64_t rows = least(windows_.rows(), shape_.out_height - row);
      const int64_t places = images * rows * shape_.out_width;
      const float* const seen = windows_.seen(inputs_, image, images, row, rows, 0);
      const int64_t first = (image * places_ + row * shape_.out_width) / window_;
      sparse(places, gradient_.from(first, shape_.filters), seen,
             spread ? spread + row * shape_.stride_height * windows_.row() : nullptr, sums);
    }
    if (!spread) return;
    for (int64_t n = 0; n < images; ++n) {
      float* const to = of_inputs_ + (image + n) * size;
      windows_.all().copy_back(spread + n * windows_.image(), shape_.height, shape_.width,
                               shape_.channels, to);
    }
  }

  void sparse(int64_t places, const Gradient& gradient, const float* seen, float* spread,
              float* sums) {
    const int64_t filters = shape_.filters, vectors = wide_ / kWidth;
    float* const of_bias = sums + filters * chunks_.size();
    // Codes, where those of each place begin, and each filter's list of entries.
    uint32_t* const codes = reinterpret_cast<uint32_t*>(
        scratch(2, (places + 1) * (kStrip + 2 + 2 * kStrip) * kWidth + 4 * kStrip * kWidth));
    int64_t* const starts = reinterpret_cast<int64_t*>(codes + places * kStrip * kWidth + kWidth);
    Entry* const entries = reinterpret_cast<Entry*>(starts + places + 1);
    for (int64_t vector = 0; vector < vectors; vector += kStrip) {
      const int64_t first = vector * kWidth;
      const int64_t strip = least(kStrip * kWidth, filters - first);
      const auto list = [&](auto listing) {
        listing(places, window_, filters, first, gradient, codes, starts, of_bias);
      };
      switch (least(kStrip, vectors - vector)) {
        case 1: list(list_gradient<1>); break;
        case 2: list(list_gradient<2>); break;
        case 3: list(list_gradient<3>); break;
        default: list(list_gradient<4>);
      }
      Entry* next[kStrip * kWidth];
      for (int64_t n = 0; n < strip; ++n) next[n] = entries + n * places;
      for (int64_t n = 0; n < starts[places]; ++n) {
        const int64_t place = codes[n] >> 16, filter = codes[n] & 0xffff;
        *next[filter - first]++ = {static_cast<int32_t>(order_[place]),
                                   gradient.values[rows_[place] + filter]};
      }
      for (int64_t c = 0; c < kernels_.size(); ++c) {
        const Chunk& chunk = chunks_.begin()[c];
        for (int64_t n = 0; n < strip; ++n) {
          kernels_[c].add_seen(entries + n * places, next[n] - (entries + n * places),
                               seen + chunk.offset, chunk.step,
                               sums + (first + n) * chunks_.size() + chunk.position);
        }
      }
      if (!spread) continue;
      for (int64_t c = 0; c < kernels_.size(); ++c) {
        const Chunk& chunk = chunks_.begin()[c];
        for (int64_t place = 0; place < places; ++place) {
          const int64_t count = starts[place + 1] - starts[place];
          if (count == 0) continue;
          kernels_[c].add_weights(codes + starts[place], count, gradient.values + rows_[place],
                                  turned_ + chunk.position, chunks_.size(),
                                  spread + order_[place] + chunk.offset, chunk.step, chunk.last);
        }
      }
    }
  }

  static constexpr int64_t kStrip = 2;  // vectors of filters whose lists are made at once

  const ConvShape& shape_;
  const float *const inputs_, *const kernel_;
  const Gradient gradient_;
  float* const of_inputs_;
  const int window_;  // places pooled to one
  const int64_t places_, size_, wide_;
  const Way way_;
  const bool is_sparse_, by_tiles_;
  const Windows windows_;
  const Tiles tiles_;
  const Chunks chunks_;
  std::optional<const Gathering> gathering_;
  const int parts_;
  List<ChunkKernels> kernels_;
  List<int64_t> order_, rows_, to_rows_;
  int64_t part_;
  Begun begun_[Threads::kMostParts];
  float *sums_, *turned_ = nullptr;
};

inline void conv_backward(const ConvShape& given, const float* inputs, const float* kernel,
                          const float* result, const uint8_t* winners, const float* gradient,
                          float* of_inputs, float* of_kernel, float* of_bias, Threads& threads) {
  const ConvShape shape = upright(given);
  const int64_t products = shape.images * shape.out_height * shape.out_width * shape.filters *
                           shape.window_height * shape.window_width * shape.channels;
  const int parts = parts_for(threads, products, least(shape.images, Threads::kMostParts));
  const Gradient counts{gradient, shape.relu && !winners ? result : nullptr, winners};
  ConvBackward backward(shape, inputs, kernel, counts, of_inputs, parts);
  if (of_inputs) threads.parallel(parts, [&](int part) { backward.turn_kernel(part); });
  threads.parallel(parts, [&](int part) { backward.images_of(part); });
  threads.parallel(parts, [&](int part) { backward.total(part, of_kernel, of_bias); });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
