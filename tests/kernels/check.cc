// The kernels on odd shapes, in blocks of memory of just the right size: for the sanitizers, which
// end the program where it reads or writes beside them, or where threads do not agree.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include "isa.h"

using namespace gyeol;

namespace gyeol {
extern const Kernels GYEOL_TABLE;
}

namespace {

const Kernels& kernels = GYEOL_TABLE;

// A block of its own on the heap, at an address that is not aligned to vectors.
std::vector<float> numbers(int64_t count, int seed) {
  std::vector<float> made(count);
  unsigned state = seed + 1;
  for (float& value : made) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 16 & 255) / 64 - 2;
    if ((state >> 8 & 3) == 0) value = 0;
  }
  return made;
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("wrong: %s\n", what);
  std::exit(1);
}

void check_dense(Threads& threads, const DenseShape& shape) {
  const auto inputs = numbers(shape.rows * shape.inputs, 1);
  const auto kernel = numbers(shape.inputs * shape.outputs, 2);
  const auto bias = numbers(shape.outputs, 3);
  const auto gradient = numbers(shape.rows * shape.outputs, 4);
  std::vector<float> result(gradient.size()), of_inputs(inputs.size()), of_kernel(kernel.size()),
      of_bias(bias.size());
  kernels.dense_forward(shape, inputs.data(), kernel.data(), bias.data(), result.data(), threads);
  kernels.dense_backward(shape, inputs.data(), kernel.data(), result.data(), gradient.data(),
                         of_inputs.data(), of_kernel.data(), of_bias.data(), threads);
  for (int64_t row = 0; row < shape.rows; ++row) {
    for (int64_t j = 0; j < shape.outputs; ++j) {
      double sum = bias[j];
      for (int64_t k = 0; k < shape.inputs; ++k) {
        sum += static_cast<double>(inputs[row * shape.inputs + k]) * kernel[k * shape.outputs + j];
      }
      if (shape.relu && sum < 0) sum = 0;
      expect(std::fabs(result[row * shape.outputs + j] - sum) < 1e-3, "dense_forward");
    }
  }
}

void check_pool(Threads& threads, const PoolShape& shape) {
  const auto inputs = numbers(shape.images * shape.height * shape.width * shape.channels, 1);
  const auto gradient =
      numbers(shape.images * shape.out_height * shape.out_width * shape.channels, 2);
  std::vector<float> result(gradient.size()), of_inputs(inputs.size());
  std::vector<uint8_t> places(gradient.size());
  kernels.max_pool_forward(shape, inputs.data(), result.data(), places.data(), threads);
  for (const uint8_t place : places) {
    expect(place == 255 || place < shape.window_height * shape.window_width, "a place");
  }
  kernels.max_pool_backward(shape, places.data(), gradient.data(), of_inputs.data(), threads);
  kernels.average_pool_forward(shape, inputs.data(), result.data(), nullptr, threads);
  kernels.average_pool_backward(shape, nullptr, gradient.data(), of_inputs.data(), threads);
  double before = 0, after = 0;
  for (const float value : gradient) before += value;
  for (const float value : of_inputs) after += value;
  expect(std::fabs(before - after) < 1e-2, "average_pool_backward");
}

void check_norm(Threads& threads, const NormShape& shape) {
  const int64_t size = shape.rows * shape.channels;
  const auto inputs = numbers(size, 1), other = numbers(size, 2), gradient = numbers(size, 3),
             more = numbers(size, 4), gamma = numbers(shape.channels, 5),
             beta = numbers(shape.channels, 6);
  std::vector<float> mean(gamma.size()), variance(gamma.size()), inverse(gamma.size()),
      of_gamma(gamma.size()), of_beta(gamma.size()), result(size), of_inputs(size), of_other(size);
  kernels.moments(shape, inputs.data(), mean.data(), variance.data(), threads);
  for (int64_t channel = 0; channel < shape.channels; ++channel) {
    double sum = 0;
    for (int64_t row = 0; row < shape.rows; ++row) sum += inputs[row * shape.channels + channel];
    expect(std::fabs(mean[channel] - sum / shape.rows) < 1e-5, "moments");
    inverse[channel] = 1 / std::sqrt(variance[channel] + 1e-3f);
  }
  for (const bool adds : {false, true}) {
    kernels.normalize_forward(shape, inputs.data(), gamma.data(), beta.data(), mean.data(),
                              inverse.data(), adds ? other.data() : nullptr, result.data(), threads);
    for (int64_t n = 0; n < size; ++n) {
      const int64_t channel = n % shape.channels;
      double right = (inputs[n] - mean[channel]) * inverse[channel] * gamma[channel] +
                     beta[channel] + (adds ? other[n] : 0);
      if (shape.relu && right < 0) right = 0;
      expect(std::fabs(result[n] - right) < 1e-3, "normalize_forward");
    }
    const bool reads = adds && shape.relu;
    for (float* const wanted : {of_inputs.data(), static_cast<float*>(nullptr)}) {
      kernels.normalize_backward(shape, inputs.data(), gamma.data(), beta.data(), mean.data(),
                                 inverse.data(), reads ? result.data() : nullptr, gradient.data(),
                                 reads ? more.data() : nullptr, wanted, of_gamma.data(),
                                 of_beta.data(), reads ? of_other.data() : nullptr, threads);
    }
    for (int64_t channel = 0; channel < shape.channels; ++channel) {
      double sum = 0, of_mean = 0;
      for (int64_t n = channel; n < size; n += shape.channels) {
        sum += reads ? of_other[n] : 0;
        of_mean += of_inputs[n];
      }
      expect(!reads || std::fabs(of_beta[channel] - sum) < 1e-2, "normalize_backward");
      expect(std::fabs(of_mean) < 1e-1, "normalize_backward");  // to move all changes nothing
    }
  }
}

void check_updates(Threads& threads, const std::vector<int64_t>& sizes) {
  const float rates[] = {0.01f, 0.9f, 0.1f, 0.5f, 1e-7f};
  std::vector<std::vector<float>> blocks;
  for (const int64_t size : sizes) {
    for (int seed = 0; seed < 4; ++seed) blocks.push_back(numbers(size, seed));
  }
  std::vector<Updated> variables;
  for (size_t n = 0; n < sizes.size(); ++n) {
    std::vector<float>* const of = &blocks[4 * n];
    for (float& value : of[2]) value = std::fabs(value);
    variables.push_back({sizes[n], of[0].data(), {of[1].data(), of[2].data()}, of[3].data(),
                         of[0].data(), {of[1].data(), of[2].data()}});
  }
  const int64_t count = variables.size();
  kernels.adam(variables.data(), count, rates, threads);
  for (const bool has_momentum : {false, true}) {
    kernels.sgd(variables.data(), count, rates, has_momentum, true, threads);
    kernels.sgd(variables.data(), count, rates, has_momentum, false, threads);
    kernels.rmsprop(variables.data(), count, rates, has_momentum, threads);
  }
}

void check_gather(Threads& threads, int64_t width, int64_t batch) {
  const auto source = numbers(10 * width, 1);
  const std::vector<uint8_t> bytes(10 * width, 7);
  std::vector<float> rows(batch * width), floats(batch * width);
  std::vector<int32_t> order(batch);
  for (int64_t n = 0; n < batch; ++n) order[n] = static_cast<int32_t>(n * 7 % 13 - 1);
  const Gathered arrays[] = {{source.data(), rows.data(), 10, 4 * width, false},
                             {bytes.data(), floats.data(), 10, width, true}};
  kernels.gather(arrays, 2, order.data(), batch, threads);
  for (const float value : floats) expect(value == 7, "gather");
  for (int64_t n = 0; n < batch; ++n) {
    const int64_t row = order[n] < 0 ? 0 : order[n] > 9 ? 9 : order[n];
    expect(rows[n * width] == source[row * width], "gather");
  }
}

// Many callers at once, each with loops of its own.
void check_random_bits(Threads& threads, int64_t count) {
  const std::vector<uint32_t> key = {13, 198};
  std::vector<uint32_t> few(1), all(count);
  kernels.random_bits(key.data(), 1, few.data(), threads);
  kernels.random_bits(key.data(), count, all.data(), threads);
  expect(few[0] == all[0], "random_bits");
}

// Memory may run out in any thread: the loop ends, its caller hears of it, and the next one runs.
void check_failing() {
  Threads threads(4);
  for (int loop = 0; loop < 200; ++loop) {
    std::vector<int> seen(8);
    bool heard = false;
    try {
      threads.parallel(8, [&](int part) {
        ++seen[part];
        if (part == loop % 9) throw std::bad_alloc();
      });
    } catch (const std::bad_alloc&) {
      heard = true;
    }
    expect(heard == (loop % 9 < 8), "a failure is heard of");
    for (int count : seen) expect(count == 1, "each part once");
  }
}

void check_threads() {
  Threads threads(4);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&threads] {
      for (int loop = 0; loop < 2000; ++loop) {
        const int parts = loop % 9 + 1;
        std::vector<int> seen(parts);
        threads.parallel(parts, [&](int part) { ++seen[part]; });
        for (int count : seen) expect(count == 1, "each part once");
        if (loop % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
  }
  for (auto& caller : callers) caller.join();
}

}  // namespace

int main() {
  check_threads();
  check_failing();
  Threads threads(4);
  for (const bool relu : {false, true}) {
    for (const int64_t rows : {1, 3, 33}) {
      for (const int64_t inputs : {1, 7, 130, 300}) {
        for (const int64_t outputs : {1, 5, 16, 67, 200}) {
          check_dense(threads, {rows, inputs, outputs, relu});
        }
      }
    }
  }
  for (const int64_t channels : {1, 7, 37}) {
    check_pool(threads, {3, 25, 27, channels, 12, 13, 2, 2, 2, 2, 0, 0});
    check_pool(threads, {5, 13, 7, channels, 7, 7, 3, 2, 2, 1, 1, 0});
    check_pool(threads, {2, 4, 4, channels, 2, 2, 1, 1, 3, 3, 0, 0});
  }
  for (const bool relu : {false, true}) {
    for (const int64_t channels : {1, 3, 16, 37, 64, 150}) {
      for (const int64_t rows : {1, 5, 1003}) check_norm(threads, {rows, channels, relu});
    }
  }
  check_updates(threads, {1, 17, 40001, 3});
  check_updates(threads, {5});
  check_gather(threads, 1, 3);
  check_gather(threads, 1037, 29);
  for (const int64_t count : {1, 77, 50001}) check_random_bits(threads, count);
  std::puts("right");
}
