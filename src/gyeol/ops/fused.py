"""What a layer does in one: product, bias, relu and pooling, by a kernel where there is one.

Each function is defined in JAX, and has a kernel for float32 on the CPU in the programs that
`training.program` compiles. A gradient of a gradient is taken through the definition.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_derivatives import SymbolicZero

from gyeol import kernels
from gyeol.ops.conv import conv as plain_conv
from gyeol.ops.conv import padding_and_places
from gyeol.ops.lowering import has_kernels, made_from, note_made_from

# A place in a window is a byte.
_MOST_PLACES = 254


def dense(inputs: jax.Array, kernel: Any, bias: Any, relu: bool) -> jax.Array:
    """``inputs @ kernel + bias``, and relu of it.

    Args:
        inputs: (..., features).
        kernel: (features, units).
        bias: (units,), or None.
        relu: whether relu is applied.
    """
    if not has_kernels(inputs, kernel) or inputs.ndim < 2 or 0 in inputs.shape:
        outputs = inputs @ kernel
        outputs = outputs if bias is None else outputs + bias
        return jax.nn.relu(outputs) if relu else outputs
    kernel = jnp.asarray(kernel)
    features, units = kernel.shape
    bias = jnp.zeros(units, kernel.dtype) if bias is None else jnp.asarray(bias)
    outputs = _dense(relu)(inputs.reshape(-1, features), kernel, bias)
    return outputs.reshape(*inputs.shape[:-1], units)


@cache
def _dense(relu: bool) -> Callable:
    def plain(inputs: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
        outputs = inputs @ kernel + bias
        return jax.nn.relu(outputs) if relu else outputs

    def forward(inputs: jax.Array, kernel: jax.Array, bias: jax.Array) -> list:
        result = ((len(inputs), len(bias)), inputs.dtype)
        return kernels.call("dense_forward", [result], (inputs, kernel, bias), [relu])

    return _differentiable(plain, forward, _gradients_of("dense_backward", [relu]))


def conv(
    inputs: jax.Array,
    kernel: Any,
    bias: Any,
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilation_rate: Sequence[int],
    relu: bool,
) -> jax.Array:
    """`ops.conv` with a bias, and relu of it.

    Args:
        inputs, kernel, strides, padding, data_format, dilation_rate: as for `ops.conv`.
        bias: (filters,), or None.
        relu: whether relu is applied.
    """
    rank = inputs.ndim - 2
    is_last = data_format == "channels_last"
    if has_kernels(inputs, kernel) and rank < 3 and inputs.size:
        kernel = jnp.asarray(kernel)
        images = inputs if is_last else jnp.moveaxis(inputs, 1, -1)
        *window, channels, filters = kernel.shape
        lengths = images.shape[1:-1]
        pads, places = padding_and_places(lengths, window, strides, padding, dilation_rate)
        if channels == images.shape[-1] and min(places) > 0:
            bias = jnp.zeros(filters, kernel.dtype) if bias is None else jnp.asarray(bias)
            # A sequence is an image of one row.
            row, none = (1,) * (2 - rank), (0,) * (2 - rank)
            starts = [start for start, _ in pads]
            geometry = (*row, *strides, *none, *starts, *row, *dilation_rate)
            images = images.reshape(len(images), *row, *lengths, channels)
            operands = images, kernel.reshape(*row, *kernel.shape), bias
            outputs = _conv((*row, *places), geometry, relu)(*operands)
            outputs = outputs.reshape(len(images), *places, filters)
            if not is_last:
                return jnp.moveaxis(outputs, -1, 1)
            note_made_from(outputs, (operands, (*row, *places), geometry, relu))
            return outputs
    outputs = plain_conv(inputs, kernel, strides, padding, data_format, dilation_rate)
    if bias is not None:
        outputs = outputs + jnp.reshape(bias, (-1, *(() if is_last else (1,) * rank)))
    return jax.nn.relu(outputs) if relu else outputs


def _defined_conv(
    places: tuple[int, ...],
    geometry: tuple[int, ...],
    relu: bool,
    inputs: jax.Array,
    kernel: jax.Array,
    bias: jax.Array,
) -> jax.Array:
    """A convolution of images in JAX.

    Args:
        places: height and width of the outputs.
        geometry: strides, zeros before the start, and dilation, each along height and width.
        relu: whether relu is applied.
        inputs, kernel, bias: the operands.
    """
    strides, starts, dilation = geometry[:2], geometry[2:4], geometry[4:]
    spans = [(n - 1) * step + 1 for n, step in zip(kernel.shape, dilation)]
    reach = [(n - 1) * stride + span for n, stride, span in zip(places, strides, spans)]
    around = [
        (start, max(end - start - length, 0))
        for start, end, length in zip(starts, reach, inputs.shape[1:])
    ]
    padded = jnp.pad(inputs, ((0, 0), *around, (0, 0)))[:, : reach[0], : reach[1]]
    outputs = plain_conv(padded, kernel, strides, "valid", "channels_last", dilation) + bias
    return jax.nn.relu(outputs) if relu else outputs


@cache
def _conv(places: tuple[int, ...], geometry: tuple[int, ...], relu: bool) -> Callable:
    settings = [*geometry, relu]

    def forward(inputs: jax.Array, kernel: jax.Array, bias: jax.Array) -> list:
        result = ((len(inputs), *places, len(bias)), inputs.dtype)
        return kernels.call("conv_forward", [result], (inputs, kernel, bias), settings)

    plain = partial(_defined_conv, places, geometry, relu)
    return _differentiable(plain, forward, _gradients_of("conv_backward", settings))


def pool(
    kind: str,
    inputs: jax.Array,
    windows: Sequence[Any],
    plain: Callable[[jax.Array], jax.Array],
) -> jax.Array:
    """The largest or the mean of each window.

    Behind a convolution the largest are found while it is computed, and what it would give by
    itself is not written down; the compiler leaves out what nobody reads.

    Args:
        kind: 'max' or 'average'.
        inputs: the array.
        windows: along each spatial axis the axis, size, stride, padding and number of windows.
        plain: the definition, a function of the inputs.
    """
    axes, sizes, strides, pads, places = zip(*windows)
    is_kernel = inputs.ndim == len(axes) + 2 < 5 and axes[0] == 1 and inputs.size
    if not (has_kernels(inputs) and is_kernel and prod(sizes) <= _MOST_PLACES):
        return plain(inputs)
    conv = made_from(inputs)
    if kind == "max" and conv and len(axes) == 2 and sizes == strides and not any(sum(pads, ())):
        return _conv_pool(sizes, places, plain, *conv[1:])(*conv[0])
    row, none = (1,) * (4 - inputs.ndim), (0,) * (4 - inputs.ndim)
    starts = [start for start, _ in pads]
    settings = [*row, *sizes, *row, *strides, *none, *starts]
    channels = inputs.shape[-1]
    kept = [jnp.uint8] if kind == "max" else []

    def defined(images: jax.Array) -> jax.Array:
        pooled = plain(images.reshape(len(images), *inputs.shape[1:]))
        return pooled.reshape(len(images), *row, *places, channels)

    def forward(images: jax.Array) -> list:
        shape = (len(images), *row, *places, channels)
        results = [(shape, dtype) for dtype in (inputs.dtype, *kept)]
        return kernels.call(f"{kind}_pool_forward", results, (images,), settings)

    def backward(_: bool, operands: tuple, note: jax.Array, gradient: jax.Array) -> list:
        result = (operands[0].shape, gradient.dtype)
        known = (note, gradient) if kept else (gradient,)
        return kernels.call(f"{kind}_pool_backward", [result], known, settings)

    images = inputs.reshape(len(inputs), *row, *inputs.shape[1:])
    outputs = _differentiable(defined, forward, backward)(images)
    return outputs.reshape(len(inputs), *places, channels)


def _conv_pool(
    sizes: tuple[int, ...],
    pooled: tuple[int, ...],
    plain_pool: Callable[[jax.Array], jax.Array],
    places: tuple[int, ...],
    geometry: tuple[int, ...],
    relu: bool,
) -> Callable:
    """A convolution, then the largest of each window of `sizes` side by side."""
    settings = [*geometry, relu, *sizes]

    def plain(*operands: jax.Array) -> jax.Array:
        return plain_pool(_defined_conv(places, geometry, relu, *operands))

    def forward(inputs: jax.Array, kernel: jax.Array, bias: jax.Array) -> list:
        shape = (len(inputs), *pooled, len(bias))
        results = [(shape, inputs.dtype), (shape, jnp.uint8)]
        return kernels.call("conv_pool_forward", results, (inputs, kernel, bias), settings)

    return _differentiable(plain, forward, _gradients_of("conv_pool_backward", settings))


def _gradients_of(name: str, settings: Sequence[int]) -> Callable:
    """The gradients of (inputs, kernel, bias) by a kernel, as `_differentiable` wants them."""

    def backward(wanted: bool, operands: tuple, note: jax.Array, gradient: jax.Array) -> list:
        inputs, kernel, bias = operands
        like = (kernel, bias, inputs) if wanted else (kernel, bias)
        results = [(array.shape, array.dtype) for array in like]
        known = inputs, kernel, note, gradient
        of_kernel, of_bias, *rest = kernels.call(name, results, known, settings)
        return [*(rest or [None]), of_kernel, of_bias]

    return backward


def _differentiable(plain: Callable, forward: Callable, backward: Callable) -> Callable:
    """A function by kernels, with its gradient.

    Args:
        plain: its definition in JAX.
        forward: gives the result, and perhaps a note for `backward`, in a list.
        backward: gives, from (whether the gradient of the first operand is wanted, operands, note
            or else result, gradient of the result), the gradients of the operands.
    """
    function = jax.custom_vjp(forward)

    def noted(*operands: Any) -> tuple[list, tuple]:
        values = tuple(operand.value for operand in operands)
        results = function(*values)  # and not `forward`: this may be differentiated too
        # The first layer's inputs need no gradient, and it may cost as much as all the rest.
        wanted = operands[0].perturbed
        return results, (values, results[-1], () if wanted else None)

    def gradients(kept: tuple, of_results: list) -> tuple:
        operands, note, wanted = kept
        gradient = of_results[0]
        if isinstance(gradient, SymbolicZero):
            gradient = jnp.zeros(gradient.shape, gradient.dtype)
        return tuple(again(wanted is not None)(operands, note, gradient))

    @cache
    def again(wanted: bool) -> Callable:
        """`backward`, itself differentiated through the definition."""

        def defined(operands: tuple, note: jax.Array, gradient: jax.Array) -> list:
            of_first, *others = jax.vjp(plain, *operands)[1](gradient)
            return [of_first if wanted else None, *others]

        function = jax.custom_vjp(partial(backward, wanted))
        function.defvjp(
            lambda *operands: (function(*operands), operands),
            lambda operands, gradient: jax.vjp(defined, *operands)[1](gradient),
        )
        return function

    function.defvjp(noted, gradients, symbolic_zeros=True)
    return lambda *operands: function(*operands)[0]


def update(
    name: str,
    values: Sequence[jax.Array],
    gradient: jax.Array,
    numbers: Sequence[Any],
    settings: Sequence[int] = (),
) -> list[jax.Array] | None:
    """A variable and its slots after a step of an optimizer, in the memory of those before it.

    Args:
        name: the kernel: 'adam', 'sgd' or 'rmsprop'.
        values: the variable's value and those of its slots.
        gradient: the gradient, of the variable's shape.
        numbers: what ffi.cc says that the kernel takes.
        settings: likewise.

    Returns:
        The new values; None where there is no kernel.
    """
    if not has_kernels(*values, gradient) or not gradient.size:
        return None
    settings = settings or (0,)
    numbers = jnp.stack([jnp.asarray(number, jnp.float32) for number in numbers])
    results = [(value.shape, value.dtype) for value in values]
    aliases = {place + 1: place for place in range(len(values))}
    return kernels.call(name, results, (numbers, *values, gradient), settings, aliases)


def random_bits(key: jax.Array, shape: tuple[int, ...]) -> jax.Array | None:
    """Random bits in 32-bit words, those that `jax.random.bits` gives; None without kernel.

    Args:
        key: the two words of a key.
        shape: the shape of the result, of at most 2**32 words.
    """
    count = prod(shape)
    # A kernel is worth its call, and its numbers the memory, for more than a few.
    if count < 512 or not has_kernels():
        return None
    return kernels.call("random_bits", [((count,), jnp.uint32)], (key,))[0].reshape(shape)


def gathered(arrays: Sequence[jax.Array], order: jax.Array, start: jax.Array, size: int) -> list:
    """The rows ``order[start : start + size]`` of each array.

    Args:
        arrays: arrays of one length.
        order: numbers of rows, int32.
        start: the first place in the order.
        size: how many rows.
    """
    if has_kernels() and order.dtype == "int32" and all(array.size for array in arrays):
        results = [((size, *array.shape[1:]), array.dtype) for array in arrays]
        settings = [prod(array.shape[1:]) * array.dtype.itemsize for array in arrays]
        operands = (order, jnp.asarray(start, jnp.int32), *arrays)
        return kernels.call("gather", results, operands, settings)
    index = lax.dynamic_slice_in_dim(order, start, size)
    return [array.at[index].get(mode="promise_in_bounds") for array in arrays]
