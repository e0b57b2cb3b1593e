// Batch normalization: the moments of each channel (the last axis), what follows from them, and the
// gradients.
#pragma once

#include "isa.h"
#include "scratch.h"
#include "simd.h"
#include "threads.h"

namespace gyeol {
namespace GYEOL_ISA {

inline Vec load_some(const float* from, int count) {
  return count == kWidth ? load(from) : load_first(from, count);
}
inline void store_some(float* to, Vec value, int count) {
  if (count == kWidth) return store(to, value);
  store_first(to, value, count);
}

template <int kValue>
struct Number {
  static constexpr int value = kValue;
};

#define GYEOL_INLINE __attribute__((always_inline))

// Rows of few channels are taken several at a time, so that they fill whole vectors: as one row of
// lanes, of which lane n belongs to channel n % channels.
struct Lanes {
  static constexpr int kAtOnce = 4;  // vectors
  int64_t channels, rows, length;

  explicit Lanes(int64_t of_channels) : channels(of_channels), rows(1) {
    if (channels < kAtOnce * kWidth) {
      while (rows * channels % kWidth != 0) rows *= 2;
      while (rows * channels < kAtOnce * kWidth) rows *= 2;
    }
    length = rows * channels;
  }

  // Of a table with a number for each lane. There are tables side by side.
  int64_t table() const { return ceil_div(length, kWidth) * kWidth; }

  // to[lane] = from(channel)
  template <typename From>
  void spread(float* to, const From& from) const {
    for (int64_t channel = 0; channel < channels; ++channel) to[channel] = from(channel);
    for (int64_t lane = channels; lane < length; ++lane) to[lane] = to[lane - channels];
  }

  // The sums of each channel's lanes.
  void gather(const float* from, float* to) const {
    for (int64_t channel = 0; channel < channels; ++channel) to[channel] = from[channel];
    for (int64_t row = 1; row < rows; ++row) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        to[channel] += from[row * channels + channel];
      }
    }
  }

  // body(at, lane, count) for each vector of the rows of channels from `first` to `last`.
  template <typename Body>
  void each(int64_t first, int64_t last, const Body& body) const {
    for (int64_t start = first * channels; start < last * channels; start += length) {
      const int64_t count = least(length, last * channels - start);
      int64_t lane = 0;
      for (; lane + kWidth <= count; lane += kWidth) body(start + lane, lane, kWidth);
      if (lane < count) body(start + lane, lane, static_cast<int>(count - lane));
    }
  }

  // The sums over the rows of what body(at, lane, count, sums) adds to kSums sums; each is a table.
  template <int kSums, typename Body>
  void sum(int64_t first, int64_t last, float* sums, const Body& body) const {
    int64_t lane = 0;
    for (; lane + kAtOnce * kWidth <= length; lane += kAtOnce * kWidth) {
      sum_of<kSums, kAtOnce>(first, last, lane, sums, body);
    }
    for (; lane < length; lane += kWidth) sum_of<kSums, 1>(first, last, lane, sums, body);
  }

 private:
  template <int kSums, int kVectors, typename Body>
  void sum_of(int64_t first, int64_t last, int64_t lane, float* sums, const Body& body) const {
    Vec found[kVectors][kSums] = {};
    int64_t start = first * channels + lane;
    const int64_t end = last * channels;
    if (lane + kVectors * kWidth <= length) {
      for (; start + kVectors * kWidth <= end; start += length) {
        for (int n = 0; n < kVectors; ++n) {
          body(start + n * kWidth, lane + n * kWidth, kWidth, found[n]);
        }
      }
    }
    // What does not fill the vectors: the last lanes, or rows that are fewer than there are lanes for.
    for (; start < end; start += length) {
      for (int n = 0; n < kVectors; ++n) {
        const int64_t left = least(length - lane, end - start) - n * kWidth;
        if (left <= 0) break;
        body(start + n * kWidth, lane + n * kWidth, static_cast<int>(least(left, kWidth)), found[n]);
      }
    }
    for (int sum = 0; sum < kSums; ++sum) {
      for (int n = 0; n < kVectors; ++n) {
        store(sums + sum * table() + lane + n * kWidth, found[n][sum]);
      }
    }
  }
};

inline int norm_parts(const NormShape& shape, const Threads& threads) {
  const int64_t wanted = least(threads.count(), shape.rows * shape.channels / 16384 + 1);
  return static_cast<int>(most(1, least(wanted, shape.rows)));
}

// Rows that stay in the nearest cache while they are gone over twice.
inline int64_t norm_block(const Lanes& lanes) {
  return most(4, 8192 / lanes.length) * lanes.rows;
}

// The mean of each channel, and the mean of the squares of what differs from it. Sums of squares
// themselves would lose all digits where the mean is large; so each block of rows has its own middle,
// and the blocks are joined (Chan et al., 1979).
inline void moments(const NormShape& shape, const float* inputs, float* mean, float* variance,
                    Threads& threads) {
  const int64_t rows = shape.rows, channels = shape.channels;
  const Lanes lanes(channels);
  const int64_t block = norm_block(lanes), table = lanes.table();
  const int parts = norm_parts(shape, threads);
  double* const found = reinterpret_cast<double*>(shared_scratch(0, parts * 4 * channels));
  const auto join = [](int64_t count, double* mean, double* squares, int64_t more, double its_mean,
                       double its_squares) GYEOL_INLINE {
    const double share = static_cast<double>(more) / static_cast<double>(count + more);
    const double apart = its_mean - *mean;
    *mean += apart * share;
    *squares += its_squares + apart * apart * (share * static_cast<double>(count));
  };
  threads.parallel(parts, [&](int part) {
    double* const means = found + part * 2 * channels;
    double* const squares = means + channels;
    for (int64_t channel = 0; channel < 2 * channels; ++channel) means[channel] = 0;
    float* const sums = scratch(0, 3 * table + 2 * channels);
    float* const middles = sums + 2 * table;
    float* const of_block = middles + table;
    const int64_t begin = rows * part / parts, end = rows * (part + 1) / parts;
    for (int64_t first = begin; first < end; first += block) {
      const int64_t last = least(first + block, end), count = last - first;
      lanes.sum<1>(first, last, sums, [&](int64_t at, int64_t, int count, Vec* sum) GYEOL_INLINE {
        sum[0] += load_some(inputs + at, count);
      });
      lanes.gather(sums, of_block);
      const float share = 1.0f / static_cast<float>(count);
      lanes.spread(middles, [=](int64_t channel) { return of_block[channel] * share; });
      lanes.sum<2>(first, last, sums,
                   [&](int64_t at, int64_t lane, int count, Vec* sum) GYEOL_INLINE {
        const Vec apart = load_some(inputs + at, count) - load_some(middles + lane, count);
        sum[0] += apart;
        sum[1] += apart * apart;
      });
      lanes.gather(sums, of_block);
      lanes.gather(sums + table, of_block + channels);
      for (int64_t channel = 0; channel < channels; ++channel) {
        // The middle is the mean but for rounding.
        const double left = static_cast<double>(of_block[channel]) * share;
        join(first - begin, means + channel, squares + channel, count, middles[channel] + left,
             of_block[channels + channel] - left * left * static_cast<double>(count));
      }
    }
  });
  for (int part = 1; part < parts; ++part) {
    const int64_t before = rows * part / parts, after = rows * (part + 1) / parts;
    const double* const means = found + part * 2 * channels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      join(before, found + channel, found + channels + channel, after - before, means[channel],
           means[channels + channel]);
    }
  }
  for (int64_t channel = 0; channel < channels; ++channel) {
    mean[channel] = static_cast<float>(found[channel]);
    const double squares = found[channels + channel];
    // Not less than 0 by rounding; NaN stays.
    variance[channel] = squares < 0 ? 0 : static_cast<float>(squares / static_cast<double>(rows));
  }
}

// The same here and in the gradient, which asks again what relu let through.
inline Vec scaled(Vec apart, Vec factor, Vec beta) { return apart * factor + beta; }

// result = (inputs - mean) * inverse * gamma + beta, with `other` added if not null, and relu of it.
inline void normalize_forward(const NormShape& shape, const float* inputs, const float* gamma,
                              const float* beta, const float* mean, const float* inverse,
                              const float* other, float* result, Threads& threads) {
  const Lanes lanes(shape.channels);
  const int64_t table = lanes.table();
  float* const means = shared_scratch(0, 3 * table);
  float* const factors = means + table;
  float* const betas = factors + table;
  lanes.spread(means, [=](int64_t channel) { return mean[channel]; });
  lanes.spread(factors, [=](int64_t channel) { return inverse[channel] * gamma[channel]; });
  lanes.spread(betas, [=](int64_t channel) { return beta[channel]; });
  const int parts = norm_parts(shape, threads);
  threads.parallel(parts, [&](int part) {
    const int64_t first = shape.rows * part / parts, last = shape.rows * (part + 1) / parts;
    const auto run = [&](auto adds) {
      lanes.each(first, last, [&](int64_t at, int64_t lane, int count) GYEOL_INLINE {
        const Vec apart = load_some(inputs + at, count) - load(means + lane);
        Vec value = scaled(apart, load(factors + lane), load(betas + lane));
        if (adds.value) value += load_some(other + at, count);
        store_some(result + at, shape.relu ? relu(value) : value, count);
      });
    };
    if (other) {
      run(Number<1>{});
    } else {
      run(Number<0>{});
    }
  });
}

// How the gradient behind relu is known: all of it went through, or what was positive, which is
// computed again or (where something was added) read.
enum Masking { kUnmasked, kComputed, kRead };

// From the gradient of the result to those of inputs (null if not wanted), gamma and beta. Where
// something was added before relu, `result` is what normalize_forward gave, `of_other` is the
// gradient of what was added, and `more`, if not null, belongs to the gradient too; else they are
// null.
inline void normalize_backward(const NormShape& shape, const float* inputs, const float* gamma,
                               const float* beta, const float* mean, const float* inverse,
                               const float* result, const float* gradient, const float* more,
                               float* of_inputs, float* of_gamma, float* of_beta, float* of_other,
                               Threads& threads) {
  const int64_t rows = shape.rows, channels = shape.channels;
  const Lanes lanes(channels);
  const int64_t block = norm_block(lanes), table = lanes.table();
  const int parts = norm_parts(shape, threads);
  float* const means = shared_scratch(0, 5 * table + parts * 2 * channels);
  float* const factors = means + table;
  float* const betas = factors + table;
  float* const bases = betas + table;
  float* const slopes = bases + table;
  float* const found = slopes + table;
  lanes.spread(means, [=](int64_t channel) { return mean[channel]; });
  lanes.spread(factors, [=](int64_t channel) { return inverse[channel] * gamma[channel]; });
  lanes.spread(betas, [=](int64_t channel) { return beta[channel]; });
  const auto positive = [=](Vec value, Vec apart, int64_t lane) GYEOL_INLINE {
    return scaled(apart, load(factors + lane), load(betas + lane)) > 0.0f ? value : Vec{};
  };
  threads.parallel(parts, [&](int part) {
    float* const part_sums = found + part * 2 * channels;
    float* const sums = scratch(0, 2 * table + 2 * channels);
    float* const block_sums = sums + 2 * table;
    std::memset(part_sums, 0, sizeof(float) * 2 * channels);
    const int64_t end = rows * (part + 1) / parts;
    const auto run = [&](auto masking) {
      for (int64_t first = rows * part / parts; first < end; first += block) {
        const int64_t last = least(first + block, end);
        lanes.sum<2>(first, last, sums,
                     [&](int64_t at, int64_t lane, int count, Vec* sum) GYEOL_INLINE {
          const Vec apart = load_some(inputs + at, count) - load(means + lane);
          Vec value = load_some(gradient + at, count);
          if (masking.value == kComputed) value = positive(value, apart, lane);
          if (masking.value == kRead) {
            if (more) value += load_some(more + at, count);
            value = load_some(result + at, count) > 0.0f ? value : Vec{};
            store_some(of_other + at, value, count);
          }
          sum[0] += value;
          sum[1] += value * apart;
        });
        lanes.gather(sums, block_sums);
        lanes.gather(sums + table, block_sums + channels);
        for (int64_t n = 0; n < 2 * channels; ++n) part_sums[n] += block_sums[n];
      }
    };
    if (!shape.relu) {
      run(Number<kUnmasked>{});
    } else if (!result) {
      run(Number<kComputed>{});
    } else {
      run(Number<kRead>{});
    }
  });
  for (int part = 1; part < parts; ++part) {
    for (int64_t n = 0; n < 2 * channels; ++n) found[n] += found[part * 2 * channels + n];
  }
  for (int64_t channel = 0; channel < channels; ++channel) {
    of_beta[channel] = found[channel];
    of_gamma[channel] = found[channels + channel] * inverse[channel];
  }
  if (!of_inputs) return;
  const float share = 1.0f / static_cast<float>(rows);
  lanes.spread(bases, [=](int64_t channel) { return of_beta[channel] * share; });
  lanes.spread(slopes, [=](int64_t channel) {
    return of_gamma[channel] * inverse[channel] * share;
  });
  threads.parallel(parts, [&](int part) {
    const int64_t begin = rows * part / parts, end = rows * (part + 1) / parts;
    const auto run = [&](auto masking, const float* from) {
      // What was gone over last is in the cache still.
      for (int64_t last = end; last > begin; last -= block) {
        lanes.each(most(begin, last - block), last,
                   [&](int64_t at, int64_t lane, int count) GYEOL_INLINE {
          const Vec apart = load_some(inputs + at, count) - load(means + lane);
          Vec value = load_some(from + at, count);
          if (masking.value == kComputed) value = positive(value, apart, lane);
          value = value - load(bases + lane) - apart * load(slopes + lane);
          store_some(of_inputs + at, value * load(factors + lane), count);
        });
      }
    };
    if (shape.relu && !result) {
      run(Number<kComputed>{}, gradient);
    } else {
      run(Number<kUnmasked>{}, result ? of_other : gradient);
    }
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
