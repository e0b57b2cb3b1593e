// What XLA calls: each handler reads its buffers and settings and calls the kernel.
//
// Only XLA's C interface is used, whose structs are stable, so one build serves many versions of JAX.
#include <atomic>
#include <cstring>
#include <exception>
#include <vector>

#include "isa.h"
#include "xla/ffi_c_api.h"

namespace gyeol {

namespace {

bool runs_here(const Kernels& offered) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (&offered == &kAvx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (&offered == &kAvx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  }
#endif
  return &offered == &kPlain;
}

// The best of those that run here; of that name, if one is given.
const Kernels* best(const char* name) {
  const Kernels* found = nullptr;
#if defined(__x86_64__)
  const Kernels* const offers[] = {&kPlain, &kAvx2, &kAvx512};
#else
  const Kernels* const offers[] = {&kPlain};
#endif
  for (const Kernels* offered : offers) {
    if (runs_here(*offered) && (!name || !std::strcmp(name, offered->name))) found = offered;
  }
  return found;
}

std::atomic<const Kernels*> in_use{best(nullptr)};

const Kernels& kernels() { return *in_use.load(std::memory_order_relaxed); }

// One call from XLA: its operands, results, and the array of whole numbers called "settings".
class Call {
 public:
  explicit Call(const XLA_FFI_CallFrame* frame) : frame_(frame) {}

  const XLA_FFI_Buffer& operand(int n) const {
    return *static_cast<XLA_FFI_Buffer*>(frame_->args.args[n]);
  }
  const XLA_FFI_Buffer& result(int n) const {
    return *static_cast<XLA_FFI_Buffer*>(frame_->rets.rets[n]);
  }
  const float* in(int n) const { return static_cast<const float*>(operand(n).data); }
  float* out(int n) const { return static_cast<float*>(result(n).data); }
  int64_t size(int n, int axis) const { return operand(n).dims[axis]; }
  int64_t operands() const { return frame_->args.size; }
  int64_t results() const { return frame_->rets.size; }
  int64_t setting(int n) const {
    const auto* array = static_cast<const XLA_FFI_Array*>(frame_->attrs.attrs[0]);
    return static_cast<const int64_t*>(array->data)[n];
  }

 private:
  const XLA_FFI_CallFrame* frame_;
};

XLA_FFI_Error* failed(const XLA_FFI_CallFrame* frame, const char* message) {
  XLA_FFI_Error_Create_Args args;
  args.struct_size = XLA_FFI_Error_Create_Args_STRUCT_SIZE;
  args.extension_start = nullptr;
  args.message = message;
  args.errc = XLA_FFI_Error_Code_RESOURCE_EXHAUSTED;
  return frame->api->XLA_FFI_Error_Create(&args);
}

template <typename Body>
XLA_FFI_Error* handled(XLA_FFI_CallFrame* frame, const Body& body) {
  const XLA_FFI_Extension_Base* extension = frame->extension_start;
  if (extension != nullptr && extension->type == XLA_FFI_Extension_Metadata) {
    // XLA asks for which version of its interface this was made. What is used here is in all.
    auto* metadata = reinterpret_cast<const XLA_FFI_Metadata_Extension*>(extension)->metadata;
    metadata->api_version.major_version = frame->api->api_version.major_version;
    metadata->api_version.minor_version = frame->api->api_version.minor_version;
    metadata->traits = 0;
    return nullptr;
  }
  try {
    body(Call(frame));
    return nullptr;
  } catch (const std::exception& error) {
    return failed(frame, error.what());
  }
}

}  // namespace
}  // namespace gyeol

#define GYEOL_EXPORT extern "C" __attribute__((visibility("default")))

#define GYEOL_HANDLER(name, ...)                                     \
  GYEOL_EXPORT XLA_FFI_Error* gyeol_##name(XLA_FFI_CallFrame* frame) { \
    using namespace gyeol;                                           \
    return handled(frame, [](const Call& call) __VA_ARGS__);         \
  }

// Operands: inputs, kernel, bias. Settings: relu.
GYEOL_HANDLER(dense_forward, {
  const DenseShape shape{call.size(0, 0), call.size(0, 1), call.size(1, 1), call.setting(0) != 0};
  kernels().dense_forward(shape, call.in(0), call.in(1), call.in(2), call.out(0),
                          Threads::shared());
})

// Operands: inputs, kernel, result, gradient. Results: gradients of kernel, bias and, if there are
// three, inputs. Settings: relu.
GYEOL_HANDLER(dense_backward, {
  const DenseShape shape{call.size(0, 0), call.size(0, 1), call.size(1, 1), call.setting(0) != 0};
  kernels().dense_backward(shape, call.in(0), call.in(1), call.in(2), call.in(3),
                           call.results() > 2 ? call.out(2) : nullptr, call.out(0), call.out(1),
                           Threads::shared());
})

namespace gyeol {
namespace {

// Operands 0 and 1 are inputs and kernel. Settings: strides, padding at the top and left, dilations,
// relu and, where pooling follows, the size of its windows.
ConvShape conv_shape(const Call& call, const XLA_FFI_Buffer& result, bool pools) {
  const int64_t high = pools ? call.setting(7) : 1, wide = pools ? call.setting(8) : 1;
  return {call.size(0, 0), call.size(0, 1), call.size(0, 2),       call.size(0, 3),
          call.size(1, 0), call.size(1, 1), call.size(1, 3),       result.dims[1] * high,
          result.dims[2] * wide, call.setting(0), call.setting(1), call.setting(2),
          call.setting(3), call.setting(4), call.setting(5),       high,
          wide,            call.setting(6) != 0};
}

}  // namespace
}  // namespace gyeol

// Operands: inputs, kernel, bias. Settings: as above, without pooling.
GYEOL_HANDLER(conv_forward, {
  kernels().conv_forward(conv_shape(call, call.result(0), false), call.in(0), call.in(1),
                         call.in(2), call.out(0), nullptr, Threads::shared());
})

// Operands: inputs, kernel, result, gradient. Results: gradients of kernel, bias and, if there are
// three, inputs. Settings: as above, without pooling.
GYEOL_HANDLER(conv_backward, {
  kernels().conv_backward(conv_shape(call, call.operand(2), false), call.in(0), call.in(1),
                          call.in(2), nullptr, call.in(3),
                          call.results() > 2 ? call.out(2) : nullptr, call.out(0), call.out(1),
                          Threads::shared());
})

// Operands: inputs, kernel, bias. Results: the largest of each window of the convolution, whole
// windows only, and as uint8 which element that is. Settings: as above.
GYEOL_HANDLER(conv_pool_forward, {
  kernels().conv_forward(conv_shape(call, call.result(0), true), call.in(0), call.in(1),
                         call.in(2), call.out(0), static_cast<uint8_t*>(call.result(1).data),
                         Threads::shared());
})

// Operands: inputs, kernel, which elements were largest, gradient of what was pooled. Results:
// gradients of kernel, bias and, if there are three, inputs. Settings: as above.
GYEOL_HANDLER(conv_pool_backward, {
  kernels().conv_backward(conv_shape(call, call.operand(3), true), call.in(0), call.in(1), nullptr,
                          static_cast<const uint8_t*>(call.operand(2).data), call.in(3),
                          call.results() > 2 ? call.out(2) : nullptr, call.out(0), call.out(1),
                          Threads::shared());
})

namespace gyeol {
namespace {

NormShape norm_shape(const Call& call, bool relu) {
  const XLA_FFI_Buffer& inputs = call.operand(0);
  int64_t rows = 1;
  for (int64_t axis = 0; axis + 1 < inputs.rank; ++axis) rows *= inputs.dims[axis];
  return {rows, inputs.dims[inputs.rank - 1], relu};
}

}  // namespace
}  // namespace gyeol

// Operands: inputs, channels last. Results: of each channel the mean and the variance.
GYEOL_HANDLER(moments, {
  kernels().moments(norm_shape(call, false), call.in(0), call.out(0), call.out(1),
                    Threads::shared());
})

// Operands: inputs, gamma, beta, mean, 1 / deviation and perhaps what is added. Settings: relu.
GYEOL_HANDLER(normalize_forward, {
  kernels().normalize_forward(norm_shape(call, call.setting(0) != 0), call.in(0), call.in(1),
                              call.in(2), call.in(3), call.in(4),
                              call.operands() > 5 ? call.in(5) : nullptr, call.out(0),
                              Threads::shared());
})

// Operands: inputs, gamma, beta, mean, 1 / deviation, gradient and, where something was added before
// relu, the result and perhaps what else there is of the gradient. Results: the gradients of gamma, beta, what was added (if there is a result
// among the operands) and inputs (if there is one result more). Settings: relu.
GYEOL_HANDLER(normalize_backward, {
  const bool adds = call.operands() > 6;
  const int inputs = adds ? 3 : 2;
  kernels().normalize_backward(norm_shape(call, call.setting(0) != 0), call.in(0), call.in(1),
                               call.in(2), call.in(3), call.in(4), adds ? call.in(6) : nullptr,
                               call.in(5), call.operands() > 7 ? call.in(7) : nullptr,
                               call.results() > inputs ? call.out(inputs) : nullptr, call.out(0),
                               call.out(1), adds ? call.out(2) : nullptr, Threads::shared());
})

namespace gyeol {
namespace {

// `shaped` has the shape of the inputs, `pooled` that of the result.
PoolShape pool_shape(const Call& call, const XLA_FFI_Buffer& shaped, const XLA_FFI_Buffer& pooled) {
  return {shaped.dims[0],  shaped.dims[1],  shaped.dims[2],  shaped.dims[3],
          pooled.dims[1],  pooled.dims[2],  call.setting(0), call.setting(1),
          call.setting(2), call.setting(3), call.setting(4), call.setting(5)};
}

// Operands: numbers, then all variables, all of each slot, all gradients. Results: the new
// variables and slots in the same order.
std::vector<Updated> updated(const Call& call) {
  const int64_t count = call.operands() - 1 - call.results();
  const int64_t slots = call.results() / count - 1;
  std::vector<Updated> variables(count);
  for (int64_t n = 0; n < count; ++n) {
    Updated& of = variables[n];
    const XLA_FFI_Buffer& gradient = call.operand(1 + (slots + 1) * count + n);
    of.count = 1;
    for (int64_t axis = 0; axis < gradient.rank; ++axis) of.count *= gradient.dims[axis];
    of.gradient = static_cast<const float*>(gradient.data);
    of.old = call.in(1 + n);
    of.value = call.out(n);
    for (int64_t slot = 0; slot < slots; ++slot) {
      of.old_slots[slot] = call.in(1 + (slot + 1) * count + n);
      of.slots[slot] = call.out((slot + 1) * count + n);
    }
  }
  return variables;
}

}  // namespace
}  // namespace gyeol

// Operands: inputs. Results: the largest of each window and, if there are two, its place in the
// window (uint8). Settings: height and width of the window (at most 255 elements), its strides,
// padding above and to the left.
GYEOL_HANDLER(max_pool_forward, {
  uint8_t* const places =
      call.results() > 1 ? static_cast<uint8_t*>(call.result(1).data) : nullptr;
  kernels().max_pool_forward(pool_shape(call, call.operand(0), call.result(0)), call.in(0),
                             call.out(0), places, Threads::shared());
})

// Operands: places, gradient. Results: the gradient of the inputs. Settings as for the forward one.
GYEOL_HANDLER(max_pool_backward, {
  kernels().max_pool_backward(pool_shape(call, call.result(0), call.operand(1)),
                              static_cast<const uint8_t*>(call.operand(0).data), call.in(1),
                              call.out(0), Threads::shared());
})

// As for the largest, without places.
GYEOL_HANDLER(average_pool_forward, {
  kernels().average_pool_forward(pool_shape(call, call.operand(0), call.result(0)), call.in(0),
                                 call.out(0), nullptr, Threads::shared());
})
GYEOL_HANDLER(average_pool_backward, {
  kernels().average_pool_backward(pool_shape(call, call.result(0), call.operand(0)), nullptr,
                                  call.in(0), call.out(0), Threads::shared());
})

// Operands and results as `updated` says. Numbers: alpha, 1 - beta_1, 1 - beta_2, epsilon. Slots:
// the averages of the gradient and of its square.
GYEOL_HANDLER(adam, {
  const auto variables = updated(call);
  kernels().adam(variables.data(), variables.size(), call.in(0), Threads::shared());
})

// As for Adam. Numbers: learning rate, momentum. Slots: with momentum, the velocity. Settings:
// momentum, nesterov.
GYEOL_HANDLER(sgd, {
  const auto variables = updated(call);
  kernels().sgd(variables.data(), variables.size(), call.in(0), call.setting(0) != 0,
                call.setting(1) != 0, Threads::shared());
})

// As for Adam. Numbers: learning rate, rho, 1 - rho, momentum, epsilon. Slots: the average of the
// gradient's square and, with momentum, the momentum. Settings: momentum.
GYEOL_HANDLER(rmsprop, {
  const auto variables = updated(call);
  kernels().rmsprop(variables.data(), variables.size(), call.in(0), call.setting(0) != 0,
                    Threads::shared());
})

// Operands: the order of the rows, the place in it where the batch begins, arrays of rows. Results:
// of each array the rows of the batch; bytes become floats if the result has those. Settings: the
// bytes of a row of each array.
GYEOL_HANDLER(gather, {
  const int64_t rows = call.result(0).dims[0], places = call.size(0, 0);
  // As XLA does: a batch that would reach beyond the end begins earlier.
  const int64_t asked = *static_cast<const int32_t*>(call.operand(1).data);
  const int64_t last = places - rows, first = asked < 0 ? 0 : asked > last ? last : asked;
  std::vector<Gathered> arrays;
  for (int64_t n = 0; n < call.results(); ++n) {
    const XLA_FFI_Buffer& source = call.operand(2 + n);
    const XLA_FFI_Buffer& batch = call.result(n);
    arrays.push_back({source.data, batch.data, source.dims[0], call.setting(n),
                      source.dtype == XLA_FFI_DataType_U8 && batch.dtype == XLA_FFI_DataType_F32});
  }
  kernels().gather(arrays.data(), arrays.size(),
                   static_cast<const int32_t*>(call.operand(0).data) + first, rows,
                   Threads::shared());
})

// Operands: a key of two words. Results: random bits, in words.
GYEOL_HANDLER(random_bits, {
  const XLA_FFI_Buffer& result = call.result(0);
  kernels().random_bits(static_cast<const uint32_t*>(call.operand(0).data), result.dims[0],
                        static_cast<uint32_t*>(result.data), Threads::shared());
})

// To be raised, here and in __init__.py, whenever an operand, a result or a setting changes.
GYEOL_EXPORT int gyeol_interface() { return 1; }

// Use the kernels for that instruction set from now on; 0 if this machine cannot run them.
GYEOL_EXPORT int gyeol_use(const char* name) {
  const gyeol::Kernels* const found = gyeol::best(name);
  if (found) gyeol::in_use.store(found);
  return found != nullptr;
}

GYEOL_EXPORT const char* gyeol_instruction_set() { return gyeol::kernels().name; }
GYEOL_EXPORT int gyeol_threads() { return gyeol::Threads::shared().count(); }
