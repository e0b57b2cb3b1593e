// A dense layer: outputs = relu(inputs kernel + bias), and its gradients.
#pragma once

#include "gemm.h"
#include "isa.h"
#include "scratch.h"
#include "threads.h"

namespace gyeol {
namespace GYEOL_ISA {

// Here and in the gradients, part n of a loop takes the n-th part of the kernel's rows, as the
// optimizer does. So a core finds in its own cache what it wrote itself; to fetch it from another
// core's takes longer than the products.

// inputs (rows, inputs), kernel (inputs, outputs), bias (outputs) or null, result (rows, outputs).
inline void dense_forward(const DenseShape& shape, const float* inputs, const float* kernel,
                          const float* bias, float* result, Threads& threads) {
  const int64_t rows = shape.rows, columns = shape.outputs, depth = shape.inputs;
  const int parts = parts_for(threads, rows * columns * depth, Threads::kMostParts);
  if (parts == 1 || rows > depth / 2) {
    // Little work, or a kernel smaller than what goes through it: every part takes its rows.
    const int64_t down = least(parts, rows);
    threads.parallel(static_cast<int>(down), [&](int part) {
      const int64_t row = rows * part / down, count = rows * (part + 1) / down - row;
      product(count, columns, depth, Matrix{inputs + row * depth, depth, 1}, kernel, columns,
              result + row * columns, columns, Finish{bias, shape.relu, false},
              scratch(0, kPackedFloats));
    });
    return;
  }
  const int64_t padded = ceil_div(columns, kWidth) * kWidth;
  float* const sums = shared_scratch(0, parts * rows * padded);
  threads.parallel(parts, [&](int part) {
    const int64_t from = depth * part / parts, count = depth * (part + 1) / parts - from;
    product(rows, columns, count, Matrix{inputs + from, depth, 1}, kernel + from * columns, columns,
            sums + part * rows * padded, padded, Finish{}, scratch(0, kPackedFloats));
  });
  const int joins = static_cast<int>(least(parts, rows * padded / 4096 + 1));
  threads.parallel(joins, [&](int part) {
    for (int64_t row = rows * part / joins; row < rows * (part + 1) / joins; ++row) {
      for (int64_t column = 0; column < columns; column += kWidth) {
        const int count = static_cast<int>(least(kWidth, columns - column));
        Vec sum = bias ? load_first(bias + column, count) : Vec{};
        for (int n = 0; n < parts; ++n) sum += load(sums + (n * rows + row) * padded + column);
        store_first(result + row * columns + column, shape.relu ? relu(sum) : sum, count);
      }
    }
  });
}

// From the gradient of the result to those of the inputs (null if not wanted), kernel and bias (or
// null). `result` is what `dense_forward` gave; it is looked at for relu only.
inline void dense_backward(const DenseShape& shape, const float* inputs, const float* kernel,
                           const float* result, const float* gradient, float* of_inputs,
                           float* of_kernel, float* of_bias, Threads& threads) {
  const int64_t rows = shape.rows, depth = shape.inputs, columns = shape.outputs;
  // An odd number of vectors: rows a power of 2 apart would fight for few places in the cache.
  const int64_t padded = (ceil_div(columns, kWidth) / 2 * 2 + 1) * kWidth;
  float* const masked = shared_scratch(0, rows * padded + padded * rows);
  float* const turned = masked + rows * padded;
  const int masks = static_cast<int>(least(threads.count(), rows * columns / 8192 + 1));
  threads.parallel(masks, [&](int part) {
    const int64_t blocks = ceil_div(columns, kWidth);
    for (int64_t block = blocks * part / masks; block < blocks * (part + 1) / masks; ++block) {
      const int64_t from = block * kWidth;
      const int count = static_cast<int>(least(kWidth, columns - from));
      Vec sum{};
      for (int64_t row = 0; row < rows; ++row) {
        Vec value = load_first(gradient + row * columns + from, count);
        if (shape.relu) {
          const Vec out = load_first(result + row * columns + from, count);
          value = out > 0.0f ? value : Vec{};
        }
        sum += value;
        store(masked + row * padded + from, value);
      }
      if (of_inputs) transpose(masked + from, padded, rows, count, turned + from * rows, rows);
      if (of_bias) store_first(of_bias + from, sum, count);
    }
  });
  // The two products side by side: the kernel's gradient by rows of the kernel, that of the inputs,
  // turned round so that nothing large is transposed, likewise.
  const int64_t products = rows * depth * columns;
  const int parts = parts_for(threads, products, depth);
  threads.parallel(parts, [&](int part) {
    const int64_t from = depth * part / parts, count = depth * (part + 1) / parts - from;
    product(count, columns, rows, Matrix{inputs + from, 1, depth}, masked, padded,
            of_kernel + from * columns, columns, Finish{}, scratch(0, kPackedFloats));
    if (!of_inputs) return;
    float* const block = scratch(1, count * rows);
    product(count, rows, columns, Matrix{kernel + from * columns, columns, 1}, turned, rows, block,
            rows, Finish{}, scratch(0, kPackedFloats));
    transpose(block, rows, count, rows, of_inputs + from, depth);
  });
}

}  // namespace GYEOL_ISA
}  // namespace gyeol
