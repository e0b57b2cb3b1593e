// The convolutions of an instruction set against their definition, on random shapes, in arrays of
// just the right size: for the sanitizers, which end the program where it reads or writes beside
// them. The first argument is how many shapes to try (100).
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "isa.h"

using namespace gyeol;

namespace gyeol {
extern const Kernels GYEOL_TABLE;
}

namespace {

const Kernels& kernels = GYEOL_TABLE;
std::mt19937 source(7);

int64_t draw(int64_t least, int64_t most) {
  return std::uniform_int_distribution<int64_t>(least, most)(source);
}

struct Array {
  explicit Array(int64_t size, double share = 1) : size(size), data(new float[size]) {
    std::normal_distribution<float> normal;
    std::bernoulli_distribution kept(share);
    for (int64_t n = 0; n < size; ++n) data[n] = kept(source) ? normal(source) : 0.0f;
  }
  int64_t size;
  std::unique_ptr<float[]> data;
};

ConvShape random_shape() {
  const int64_t channels[] = {1, 2, 3, 5, 8, 16, 17, 32, 40},
                filters[] = {1, 3, 8, 16, 20, 32, 64, 70};
  while (true) {
    ConvShape s{};
    s.images = draw(1, 5);
    s.height = draw(0, 4) == 0 ? 1 : draw(1, 18);
    s.width = draw(1, 18);
    s.channels = channels[draw(0, 8)];
    s.filters = filters[draw(0, 7)];
    s.window_height = s.height == 1 ? 1 : draw(1, 5);
    s.window_width = draw(1, 5);
    s.stride_height = draw(1, 3);
    s.stride_width = draw(1, 3);
    s.dilation_height = draw(1, 2);
    s.dilation_width = draw(1, 2);
    s.pad_top = s.window_height > 1 ? draw(0, 3) : 0;
    s.pad_left = draw(0, 3);
    s.relu = draw(0, 1);
    const int64_t bottom = draw(0, 3), right = draw(0, 3);
    const int64_t high =
        s.height + s.pad_top + bottom - (s.window_height - 1) * s.dilation_height - 1;
    const int64_t wide = s.width + s.pad_left + right - (s.window_width - 1) * s.dilation_width - 1;
    if (high < 0 || wide < 0) continue;
    s.out_height = s.height == 1 ? 1 : high / s.stride_height + 1;
    s.out_width = wide / s.stride_width + 1;
    s.pool_height = s.pool_width = 1;
    return s;
  }
}

// Calls body(output, input, weight), by their places in the arrays, for each product.
template <typename Body>
void each_product(const ConvShape& s, const Body& body) {
  for (int64_t n = 0; n < s.images * s.out_height * s.out_width; ++n) {
    const int64_t image = n / s.out_width / s.out_height;
    for (int64_t a = 0; a < s.window_height * s.window_width; ++a) {
      const int64_t y = n / s.out_width % s.out_height * s.stride_height - s.pad_top +
                        a / s.window_width * s.dilation_height;
      const int64_t x =
          n % s.out_width * s.stride_width - s.pad_left + a % s.window_width * s.dilation_width;
      if (y < 0 || y >= s.height || x < 0 || x >= s.width) continue;
      for (int64_t c = 0; c < s.channels; ++c) {
        const int64_t input = ((image * s.height + y) * s.width + x) * s.channels + c;
        for (int64_t f = 0; f < s.filters; ++f) {
          body(n * s.filters + f, input, (a * s.channels + c) * s.filters + f);
        }
      }
    }
  }
}

// The sum of the sizes of what is added bounds the error of a sum in float32.
struct Sum {
  double value = 0, size = 0;
  void add(double more) {
    value += more;
    size += std::fabs(more);
  }
};

int wrong = 0;

void compare(const char* what, const ConvShape& s, const Array& got,
             const std::vector<Sum>& expected) {
  for (int64_t n = 0; n < got.size; ++n) {
    const double error = std::fabs(got.data[n] - expected[n].value);
    if (error <= 2e-6 * expected[n].size + 1e-30) continue;
    std::printf(
        "%s of (%ld, %ld, %ld, %ld) by (%ld, %ld, %ld), strides %ld %ld, padding %ld %ld, "
        "dilation %ld %ld, relu %d: at %ld %g, not %g\n",
        what, s.images, s.height, s.width, s.channels, s.window_height, s.window_width, s.filters,
        s.stride_height, s.stride_width, s.pad_top, s.pad_left, s.dilation_height, s.dilation_width,
        s.relu, n, got.data[n], expected[n].value);
    ++wrong;
    return;
  }
}

// Calls body(output, pooled, element of its pooling window) for each output.
template <typename Body>
void each_pooled(const ConvShape& s, const Body& body) {
  const int64_t high = s.out_height / s.pool_height, wide = s.out_width / s.pool_width;
  for (int64_t n = 0; n < s.images * s.out_height * s.out_width * s.filters; ++n) {
    const int64_t filter = n % s.filters, x = n / s.filters % s.out_width;
    const int64_t y = n / s.filters / s.out_width % s.out_height;
    const int64_t image = n / s.filters / s.out_width / s.out_height;
    const int64_t window = (image * high + y / s.pool_height) * wide + x / s.pool_width;
    body(n, window * s.filters + filter, y % s.pool_height * s.pool_width + x % s.pool_width);
  }
}

void check(ConvShape s, double share, bool pools, Threads& threads) {
  if (pools && s.pool_height == 1) {  // of an odd number of places, the last are left out
    s.pool_height = s.out_height > 1 ? 2 : 1;
    s.pool_width = s.out_width > 2 ? 3 : 1;
    s.out_height -= s.out_height % s.pool_height;
    s.out_width -= s.out_width % s.pool_width;
  }
  const int64_t places = s.images * s.out_height * s.out_width;
  const int64_t size = s.window_height * s.window_width * s.channels;
  const Array inputs(s.images * s.height * s.width * s.channels), kernel(size * s.filters);
  const Array bias(s.filters), result(places * s.filters, 0);
  kernels.conv_forward(s, inputs.data.get(), kernel.data.get(), bias.data.get(), result.data.get(),
                       nullptr, threads);
  std::vector<Sum> sums(result.size), of_inputs(inputs.size), of_kernel(kernel.size),
      of_bias(s.filters);
  for (int64_t n = 0; n < result.size; ++n) sums[n].add(bias.data[n % s.filters]);
  each_product(s, [&](int64_t out, int64_t in, int64_t weight) {
    sums[out].add(static_cast<double>(inputs.data[in]) * kernel.data[weight]);
  });
  for (int64_t n = 0; s.relu && n < result.size; ++n) sums[n].value = std::fmax(sums[n].value, 0);
  compare("forward", s, result, sums);

  const Array gradient(pools ? places / s.pool_height / s.pool_width * s.filters : result.size,
                       share);
  const Array pooled(gradient.size, 0);
  const std::unique_ptr<uint8_t[]> winners(new uint8_t[gradient.size]);
  std::vector<double> live(result.size);  // the gradient of each output
  if (pools) {
    kernels.conv_forward(s, inputs.data.get(), kernel.data.get(), bias.data.get(),
                         pooled.data.get(), winners.get(), threads);
    std::vector<Sum> largest(pooled.size, Sum{-1e30, 0});
    each_pooled(s, [&](int64_t n, int64_t at, int) {
      largest[at].value = std::fmax(largest[at].value, result.data[n]);
    });
    compare("pooled", s, pooled, largest);
    each_pooled(s, [&](int64_t n, int64_t at, int64_t element) {
      if (winners[at] != element) return;
      live[n] = gradient.data[at];
      if (result.data[n] != pooled.data[at] || (s.relu && !(result.data[n] > 0))) ++wrong;
    });
  } else {
    for (int64_t n = 0; n < result.size; ++n) {
      live[n] = !s.relu || result.data[n] > 0 ? gradient.data[n] : 0;
    }
  }
  for (int64_t n = 0; n < result.size; ++n) of_bias[n % s.filters].add(live[n]);
  each_product(s, [&](int64_t out, int64_t in, int64_t weight) {
    of_kernel[weight].add(live[out] * inputs.data[in]);
    of_inputs[in].add(live[out] * kernel.data[weight]);
  });
  for (const bool wanted : {true, false}) {
    const Array got_inputs(inputs.size), got_kernel(kernel.size), got_bias(s.filters);
    kernels.conv_backward(s, inputs.data.get(), kernel.data.get(), result.data.get(),
                          pools ? winners.get() : nullptr, gradient.data.get(),
                          wanted ? got_inputs.data.get() : nullptr, got_kernel.data.get(),
                          got_bias.data.get(), threads);
    if (wanted) compare("gradient of inputs", s, got_inputs, of_inputs);
    compare("gradient of kernel", s, got_kernel, of_kernel);
    compare("gradient of bias", s, got_bias, of_bias);
  }
}

}  // namespace

int main(int count, char** arguments) {
  Threads threads(3);
  for (int left = count > 1 ? std::atoi(arguments[1]) : 100; left > 0; --left) {
    check(random_shape(), left % 2 ? 0.1 : 0.9, left % 3 == 0, threads);
  }
  // As in networks for pictures: the first layer, and one between two poolings.
  check({2, 12, 12, 1, 3, 3, 32, 12, 12, 1, 1, 1, 1, 1, 1, 2, 2, true}, 0.9, true, threads);
  check({3, 11, 12, 3, 3, 3, 48, 8, 10, 1, 1, 0, 0, 1, 1, 2, 2, false}, 0.9, true, threads);
  check({3, 15, 15, 32, 3, 3, 64, 12, 12, 1, 1, 0, 0, 1, 1, 2, 2, true}, 0.9, true, threads);
  check({3, 8, 6, 32, 3, 3, 32, 8, 6, 1, 1, 1, 1, 1, 1, 1, 1, true}, 0.9, false, threads);
  // By tiles, of which there are more than are taken at once, and with padding on one side only.
  check({5, 14, 12, 16, 3, 3, 16, 14, 12, 1, 1, 1, 1, 1, 1, 1, 1, false}, 0.9, false, threads);
  check({4, 10, 8, 32, 3, 3, 48, 10, 6, 1, 1, 2, 0, 1, 1, 1, 1, false}, 0.9, false, threads);
  check({2, 8, 8, 16, 3, 3, 32, 10, 8, 1, 1, 3, 1, 1, 1, 2, 2, true}, 0.9, true, threads);
  if (wrong == 0) std::puts("right");
  return wrong != 0;
}
