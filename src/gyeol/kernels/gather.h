// The rows of a batch out of arrays of samples.
#pragma once

#include "isa.h"
#include "simd.h"

namespace gyeol {
namespace GYEOL_ISA {

inline void gather(const Gathered* arrays, int64_t count, const int32_t* order, int64_t rows,
                   Threads& threads) {
  int64_t bytes = 0;
  for (int64_t n = 0; n < count; ++n) bytes += rows * arrays[n].row_bytes;
  const int parts = static_cast<int>(least(threads.count(), bytes / 32768 + 1));
  threads.parallel(parts, [&](int part) {
    for (const Gathered* of = arrays; of < arrays + count; ++of) {
      // Long rows are cut, as the dense layer behind them cuts its inputs; else the batch is.
      const bool is_cut = of->row_bytes >= 256 * parts;
      const int64_t start = is_cut ? of->row_bytes * part / parts / 64 * 64 : 0;
      const int64_t end = !is_cut || part == parts - 1 ? of->row_bytes
                                                       : of->row_bytes * (part + 1) / parts / 64 * 64;
      const int64_t from = is_cut ? 0 : rows * part / parts;
      const int64_t to = is_cut ? rows : rows * (part + 1) / parts;
      const int64_t size = end - start;
      for (int64_t i = from; i < to; ++i) {
        // As XLA does: a number that is no row's is taken for the nearest that is.
        const auto row_at = [&](int64_t place) {
          const int64_t row = most(0, least(order[place], of->rows - 1));
          return static_cast<const uint8_t*>(of->source) + row * of->row_bytes + start;
        };
        // Rows lie anywhere: the next but one is fetched in the meantime.
        const uint8_t* const later = row_at(least(i + 2, to - 1));
        for (int64_t n = 0; n < size && n < 8192; n += 64) __builtin_prefetch(later + n);
        const uint8_t* const source = row_at(i);
        if (!of->to_floats) {
          std::memcpy(static_cast<uint8_t*>(of->batch) + i * of->row_bytes + start, source, size);
          continue;
        }
        float* const batch = static_cast<float*>(of->batch) + i * of->row_bytes + start;
        for (int64_t n = 0; n < size; ++n) batch[n] = source[n];
      }
    }
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
