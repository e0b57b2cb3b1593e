// Random bits by Threefry-2x32 with 20 rounds (Salmon et al. 2011), the same as JAX's.
#pragma once

#include "isa.h"
#include "simd.h"

namespace gyeol {
namespace GYEOL_ISA {

typedef uint32_t WordVec __attribute__((vector_size(4 * kWidth)));

// So many vectors at once hide how long each operation waits for the one before it.
constexpr int kStreams = 4;

template <int kTurn>
inline void rounds(WordVec* x, WordVec* y) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
#pragma GCC unroll 4
  for (int n = 0; n < 4; ++n) {
    const int by = kRotations[kTurn][n];
#pragma GCC unroll 4
    for (int i = 0; i < kStreams; ++i) {
      x[i] += y[i];
      y[i] = x[i] ^ (y[i] << by | y[i] >> (32 - by));
    }
  }
}

// From the words (0, first), (0, first + 1), ...: the two halves of each hash, one xor the other.
inline void hashed(const uint32_t* key, uint32_t first, WordVec* result) {
  const uint32_t keys[3] = {key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDA};
  WordVec x[kStreams], y[kStreams], places;
  for (int n = 0; n < kWidth; ++n) places[n] = first + n;
#pragma GCC unroll 4
  for (int i = 0; i < kStreams; ++i) {
    x[i] = WordVec{} + keys[0];
    y[i] = places + keys[1] + static_cast<uint32_t>(i * kWidth);
  }
#pragma GCC unroll 5
  for (int turn = 0; turn < 5; ++turn) {
    turn % 2 ? rounds<1>(x, y) : rounds<0>(x, y);
#pragma GCC unroll 4
    for (int i = 0; i < kStreams; ++i) {
      x[i] += keys[(turn + 1) % 3];
      y[i] += keys[(turn + 2) % 3] + turn + 1;
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < kStreams; ++i) result[i] = x[i] ^ y[i];
}

// The bits of the places 0 to count under a key of two words.
inline void random_bits(const uint32_t* key, int64_t count, uint32_t* result, Threads& threads) {
  constexpr int64_t kBlock = kStreams * kWidth;
  const int64_t blocks = ceil_div(count, kBlock);
  const int parts = static_cast<int>(most(1, least(threads.count(), count / 8192)));
  threads.parallel(parts, [&](int part) {
    for (int64_t block = blocks * part / parts; block < blocks * (part + 1) / parts; ++block) {
      const int64_t from = block * kBlock, left = count - from;
      WordVec words[kStreams];
      hashed(key, static_cast<uint32_t>(from), words);
      std::memcpy(result + from, words, 4 * least(kBlock, left));
    }
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
