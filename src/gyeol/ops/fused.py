"""What layers do in one: product, normalization, relu and the like, by a kernel where there is one.

Each function is defined in JAX, and has a kernel for float32 on the CPU in the programs that
`training.program` compiles. A gradient of a gradient is taken through the definition.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_derivatives import SymbolicZero

from gyeol import kernels
from gyeol.ops.conv import conv as plain_conv
from gyeol.ops.conv import padding_and_places
from gyeol.ops.lowering import (
    for_a_reader,
    has_kernels,
    made_from,
    note_made_from,
    note_twin,
)

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
    outputs = _dense(relu)(inputs.reshape(-1, features), kernel, bias)[0]
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


class _Convolved(NamedTuple):
    """From what a convolution was made."""

    operands: tuple
    places: tuple[int, ...]
    geometry: tuple[int, ...]
    relu: bool


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
            images = for_a_reader(images).reshape(len(images), *row, *lengths, channels)
            operands = images, kernel.reshape(*row, *kernel.shape), bias
            outputs = _conv((*row, *places), geometry, relu)(*operands)[0]
            outputs = outputs.reshape(len(images), *places, filters)
            if not is_last:
                return jnp.moveaxis(outputs, -1, 1)
            note_made_from(outputs, _Convolved(operands, (*row, *places), geometry, relu))
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
    is_conv = isinstance(conv, _Convolved)
    if kind == "max" and is_conv and len(axes) == 2 and sizes == strides and not any(sum(pads, ())):
        return _conv_pool(sizes, places, plain, *conv[1:])(*conv.operands)[0]
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
    outputs = _differentiable(defined, forward, backward)(images)[0]
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


class _Normalized(NamedTuple):
    """From what a batch normalization was made: it is done anew with what follows it in one.

    Of what it gives by itself nothing is written down where nobody else reads it.
    """

    operands: tuple  # with what was added to it, if anything was
    epsilon: float


def batch_normalized(
    inputs: jax.Array, gamma: Any, beta: Any, epsilon: float, axis: int = -1
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    Args:
        inputs: the array; of a narrower dtype than float32, it is widened to that.
        gamma: the factors (channels,), or None.
        beta: what is added (channels,), or None.
        epsilon: added to the variance.
        axis: the axis of the channels.

    Returns:
        The result, and each channel's mean and variance.
    """
    axis %= inputs.ndim
    channels = inputs.shape[axis]
    wide = jnp.promote_types(inputs.dtype, "float32")
    gamma = jnp.ones(channels, wide) if gamma is None else jnp.asarray(gamma)
    beta = jnp.zeros(channels, wide) if beta is None else jnp.asarray(beta)
    if not (has_kernels(inputs, gamma, beta) and axis == inputs.ndim - 1 and inputs.size):
        return _defined_normalized(inputs.astype(wide), gamma, beta, epsilon, axis)
    mean, variance = _moments(inputs)
    # The gradient flows through the moments, but `_normalized` sees to that.
    known = lax.stop_gradient((mean, lax.rsqrt(variance + epsilon)))
    operands = (inputs, gamma, beta, *known)
    outputs = _normalized(epsilon, False)(*operands)[0]
    note_made_from(outputs, _Normalized(operands, epsilon))
    return outputs, mean, variance


def added(one: jax.Array, other: jax.Array) -> jax.Array:
    """``one + other``; in one with a batch normalization from which one of them comes."""
    if has_kernels(one, other) and one.shape == other.shape:
        for first, second in ((one, other), (other, one)):
            source = made_from(first)
            if isinstance(source, _Normalized) and len(source.operands) == 5:
                operands = (*source.operands, for_a_reader(second))
                outputs = _normalized(source.epsilon, False)(*operands)[0]
                note_made_from(outputs, _Normalized(operands, source.epsilon))
                return outputs
    return one + other


def scaled(inputs: jax.Array, factor: jax.Array, shift: jax.Array) -> jax.Array:
    """``inputs * factor + shift``; by another kernel of the convolution from which they come.

    Args:
        inputs: the array.
        factor, shift: numbers for each channel, its last axis.
    """
    source = made_from(inputs) if has_kernels(inputs, factor, shift) else None
    if not isinstance(source, _Convolved) or source.relu:
        return inputs * factor + shift
    images, kernel, bias = source.operands
    return _convolved_anew(
        inputs, source._replace(operands=(images, kernel * factor, bias * factor + shift))
    )


def _convolved_anew(inputs: jax.Array, source: _Convolved) -> jax.Array:
    outputs = _conv(*source[1:])(*source.operands)[0].reshape(inputs.shape)
    note_made_from(outputs, source)
    return outputs


def relu(inputs: jax.Array) -> jax.Array:
    """``max(inputs, 0)``; in one with the normalization or convolution from which they come."""
    source = made_from(inputs) if has_kernels(inputs) else None
    if isinstance(source, _Convolved) and not source.relu:
        return _convolved_anew(inputs, source._replace(relu=True))
    if isinstance(source, _Normalized):
        outputs, *twin = _normalized(source.epsilon, True)(*source.operands)
        if twin:
            note_twin(outputs, twin[0])
        return outputs
    return jax.nn.relu(inputs)


def _defined_normalized(
    inputs: jax.Array, gamma: jax.Array, beta: jax.Array, epsilon: float, axis: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    mean, variance = _defined_moments(inputs, axis)
    shape = [1] * inputs.ndim
    shape[axis] = -1
    factor = lax.rsqrt(variance + epsilon) * gamma
    shift = beta - mean * factor
    return inputs * factor.reshape(shape) + shift.reshape(shape), mean, variance


def _defined_moments(inputs: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    axes = tuple(other for other in range(inputs.ndim) if other != axis)
    return inputs.mean(axes), inputs.var(axes)


@jax.custom_vjp
def _moments(inputs: jax.Array) -> list:
    """Mean and variance over all axes but the last."""
    return kernels.call("moments", [(inputs.shape[-1:], inputs.dtype)] * 2, (inputs,))


_moments.defvjp(
    lambda inputs: (_moments(inputs), inputs),
    lambda inputs, gradients: jax.vjp(
        lambda inputs: list(_defined_moments(inputs, inputs.ndim - 1)), inputs
    )[1](gradients),
)


@cache
def _normalized(epsilon: float, is_relu: bool) -> Callable:
    """A function of inputs, gamma, beta, the mean, 1 / deviation, and perhaps what is added.

    Mean and deviation follow from the inputs, so all of the gradient is that of the inputs.
    """

    def plain(inputs: jax.Array, gamma: Any, beta: Any, *others: jax.Array) -> jax.Array:
        outputs = _defined_normalized(inputs, gamma, beta, epsilon, inputs.ndim - 1)[0]
        outputs = outputs + others[2] if len(others) > 2 else outputs
        return jax.nn.relu(outputs) if is_relu else outputs

    def forward(*operands: jax.Array) -> list:
        inputs = operands[0]
        result = (inputs.shape, inputs.dtype)
        outputs = kernels.call("normalize_forward", [result], operands, [is_relu])
        return outputs * 2 if is_relu and len(operands) > 5 else outputs

    def backward(wanted: bool, operands: tuple, note: jax.Array, *gradients: jax.Array) -> list:
        adds = len(operands) > 5
        gradient, *more = gradients
        known = (*operands[:5], gradient, *([note, *more] if adds and is_relu else []))
        whole, of_channels = ((of.shape, of.dtype) for of in operands[:2])
        results = [of_channels] * 2 + [whole] * (adds and is_relu) + [whole] * wanted
        found = kernels.call("normalize_backward", results, known, [is_relu])
        of_gamma, of_beta, *rest = found
        of_inputs = rest.pop() if wanted else None
        of_other = (rest or [gradient]) if adds else []
        none = jnp.zeros_like(of_gamma)
        return [of_inputs, of_gamma, of_beta, none, none, *of_other]

    return _differentiable(plain, forward, backward)


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
        forward: gives the result, and perhaps a note for `backward` or the result once more, in a
            list.
        backward: gives, from (whether the gradient of the first operand is wanted, operands, note
            or else result, gradient of the result; perhaps a second one, to be added), the
            gradients of the operands.
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
        found = [gradient for gradient in of_results if not isinstance(gradient, SymbolicZero)]
        found = found or [jnp.zeros(of_results[0].shape, of_results[0].dtype)]
        return tuple(again(wanted is not None)(operands, note, *found))

    @cache
    def again(wanted: bool) -> Callable:
        """`backward`, itself differentiated through the definition."""

        def defined(operands: tuple, note: jax.Array, *gradients: jax.Array) -> list:
            of_first, *others = jax.vjp(plain, *operands)[1](sum(gradients))
            return [of_first if wanted else None, *others]

        function = jax.custom_vjp(partial(backward, wanted))
        function.defvjp(
            lambda *operands: (function(*operands), operands),
            lambda operands, gradient: jax.vjp(defined, *operands)[1](gradient),
        )
        return function

    function.defvjp(noted, gradients, symbolic_zeros=True)
    return function


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
