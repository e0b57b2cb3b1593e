// The kernels, compiled once for each instruction set. ffi.cc takes those that this machine can run.
#pragma once

#include <cstdint>

#include "threads.h"

namespace gyeol {

struct DenseShape {
  int64_t rows, inputs, outputs;
  bool relu;
};

// Images (images, height, width, channels), kernel (window_height, window_width, channels, filters),
// result (images, out_height, out_width, filters), of which pooling keeps the largest of each
// (pool_height, pool_width).
struct ConvShape {
  int64_t images, height, width, channels;
  int64_t window_height, window_width, filters;
  int64_t out_height, out_width;
  int64_t stride_height, stride_width;
  int64_t pad_top, pad_left;
  int64_t dilation_height, dilation_width;
  int64_t pool_height, pool_width;  // divide out_height and out_width
  bool relu;
};

// Inputs (images, height, width, channels), result (images, out_height, out_width, channels).
struct PoolShape {
  int64_t images, height, width, channels;
  int64_t out_height, out_width;
  int64_t window_height, window_width;
  int64_t stride_height, stride_width;
  int64_t pad_top, pad_left;
};

// Rows of channels; `relu` is that of what was normalized.
struct NormShape {
  int64_t rows, channels;
  bool relu;
};

// A variable, what the optimizer keeps for it (its slots), and its gradient. The old values may lie
// where the new ones go.
struct Updated {
  int64_t count;
  const float* old;
  const float* old_slots[2];
  const float* gradient;
  float* value;
  float* slots[2];
};

// An array of samples, and where some of them go as a batch; bytes may become floats on the way.
struct Gathered {
  const void* source;
  void* batch;
  int64_t rows, row_bytes;
  bool to_floats;
};

struct Kernels {
  const char* name;
  void (*dense_forward)(const DenseShape&, const float* inputs, const float* kernel,
                        const float* bias, float* result, Threads&);
  void (*dense_backward)(const DenseShape&, const float* inputs, const float* kernel,
                         const float* result, const float* gradient, float* of_inputs,
                         float* of_kernel, float* of_bias, Threads&);
  void (*conv_forward)(const ConvShape&, const float* inputs, const float* kernel,
                       const float* bias, float* result, uint8_t* winners, Threads&);
  void (*conv_backward)(const ConvShape&, const float* inputs, const float* kernel,
                        const float* result, const uint8_t* winners, const float* gradient,
                        float* of_inputs, float* of_kernel, float* of_bias, Threads&);
  void (*max_pool_forward)(const PoolShape&, const float* inputs, float* result, uint8_t* places,
                           Threads&);
  void (*max_pool_backward)(const PoolShape&, const uint8_t* places, const float* gradient,
                            float* of_inputs, Threads&);
  void (*average_pool_forward)(const PoolShape&, const float* inputs, float* result,
                               uint8_t* none, Threads&);
  void (*average_pool_backward)(const PoolShape&, const uint8_t* none, const float* gradient,
                                float* of_inputs, Threads&);
  void (*moments)(const NormShape&, const float* inputs, float* mean, float* variance, Threads&);
  void (*normalize_forward)(const NormShape&, const float* inputs, const float* gamma,
                            const float* beta, const float* mean, const float* inverse,
                            const float* other, float* result, Threads&);
  void (*normalize_backward)(const NormShape&, const float* inputs, const float* gamma,
                             const float* beta, const float* mean, const float* inverse,
                             const float* result, const float* gradient, const float* more,
                             float* of_inputs, float* of_gamma, float* of_beta, float* of_other,
                             Threads&);
  void (*adam)(const Updated*, int64_t count, const float* numbers, Threads&);
  void (*sgd)(const Updated*, int64_t count, const float* numbers, bool has_momentum,
              bool is_nesterov, Threads&);
  void (*rmsprop)(const Updated*, int64_t count, const float* numbers, bool has_momentum, Threads&);
  void (*gather)(const Gathered*, int64_t count, const int32_t* order, int64_t rows, Threads&);
  void (*random_bits)(const uint32_t* key, int64_t count, uint32_t* result, Threads&);
};

extern const Kernels kPlain;
#if defined(__x86_64__)
extern const Kernels kAvx2;
extern const Kernels kAvx512;
#endif

}  // namespace gyeol
