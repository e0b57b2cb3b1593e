"""Convolution in one, two and three dimensions, with its transpose and its depthwise form."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from math import prod
from operator import add
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol import config
from gyeol.ops.lowering import is_for_cpu
from gyeol.ops.math import convert_to_tensor

# What all windows see takes prod(window) times the memory of the inputs. Where that is more than
# this, a batch is worked on in parts, and for the gradient it is formed again, not kept.
_MOST_BYTES = 2**26

# Up to this many outputs for each channel, a depthwise convolution is a sum for each of them.
_MOST_MULTIPLES = 4


def conv(
    inputs: Any,
    kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> jax.Array:
    """Slide a kernel over the inputs and sum the products, as `keras.ops.conv`.

    `out[b, p, o] = sum over q, c of inputs[b, p * strides + q * dilation, c] * kernel[q, c, o]`

    The kernel is not flipped, so this is what mathematics calls cross-correlation.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        kernel: (*window, channels / groups, filters). With several groups, each part of the filters
            sees one part of the channels.
        strides: the step from one output to the next, for all axes or for each.
        padding: 'valid' (none) or 'same' (zeros, so that the output has ceil(length / stride)
            places; an odd zero goes to the end).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the step from one element of the window to the next.

    Returns:
        (batch, *places, filters), or (batch, filters, *places), in the kernel's dtype.

    Raises:
        ValueError: shapes that do not fit together, an unknown padding, or a window that is larger
            than the inputs.

    >>> import jax.numpy as jnp
    >>> conv(jnp.ones((1, 5, 5, 3)), jnp.ones((3, 3, 3, 8)), strides=2, padding="same").shape
    (1, 3, 3, 8)
    """
    inputs, kernel, channels_first = _channels_last("conv", inputs, kernel, data_format)
    channels = inputs.shape[-1]
    groups = max(channels // kernel.shape[-2], 1)
    if channels != groups * kernel.shape[-2] or kernel.shape[-1] % groups:
        raise ValueError(
            f"The kernel of shape {kernel.shape} does not fit inputs with {channels} channels in "
            f"{groups} groups: it needs the shape (*window, {channels} / groups, filters), with "
            "filters divisible by groups."
        )
    outputs = _convolved(inputs, kernel, strides, padding, dilation_rate, groups)
    return jnp.moveaxis(outputs, -1, 1) if channels_first else outputs


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> jax.Array:
    """Slide kernels over each channel by itself, as `keras.ops.depthwise_conv`.

    `out[b, p, c * M + m] = sum over q of inputs[b, p * stride + q * dilation, c] * kernel[q, c, m]`

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        kernel: (*window, channels, M): M outputs for each channel.
        strides, padding, data_format, dilation_rate: as for `conv`.

    Returns:
        (batch, *places, channels * M), or (batch, channels * M, *places), in the kernel's dtype.

    Raises:
        ValueError: as for `conv`.

    >>> import jax.numpy as jnp
    >>> depthwise_conv(jnp.ones((1, 5, 3)), jnp.ones((2, 3, 4))).shape
    (1, 4, 12)
    """
    inputs, kernel, channels_first = _channels_last("depthwise_conv", inputs, kernel, data_format)
    *window, channels, multiplier = kernel.shape
    if channels != inputs.shape[-1]:
        raise ValueError(
            f"The kernel of shape {kernel.shape} does not fit inputs with {inputs.shape[-1]} "
            "channels: it needs the shape (*window, channels, outputs for each channel)."
        )
    kernel = kernel.reshape(*window, 1, channels * multiplier)
    outputs = _convolved(inputs, kernel, strides, padding, dilation_rate, channels)
    return jnp.moveaxis(outputs, -1, 1) if channels_first else outputs


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> jax.Array:
    """`depthwise_conv`, then `conv` with a window of one place, as `keras.ops.separable_conv`.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        depthwise_kernel: (*window, channels, M).
        pointwise_kernel: (*ones, channels * M, filters).
        strides, padding, data_format, dilation_rate: of the depthwise part, as for `conv`.

    Returns:
        (batch, *places, filters), or (batch, filters, *places), in the kernels' dtype.

    Raises:
        ValueError: as for `conv`.
    """
    between = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(between, pointwise_kernel, data_format=data_format)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    output_padding: int | Sequence[int] | None = None,
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
) -> jax.Array:
    """Spread each input over a window of outputs, as `keras.ops.conv_transpose`.

    `out[b, p * strides + q * dilation, o] += inputs[b, p, c] * kernel[q, o, c]` over all p, q, c,
    and the ends cut as `padding` says. It is the transpose of `conv` as a linear map, so it turns
    the shape of an output of `conv` into that of an input (Zeiler et al., 2010).

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        kernel: (*window, filters, channels).
        strides: the step between the windows of neighbouring inputs.
        padding: 'valid' (nothing is cut) or 'same' (the outputs have length * stride places).
        output_padding: how many places there are at the end beyond the fewest possible, less than
            the stride; by default as `padding` says.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the step from one element of the window to the next.

    Returns:
        (batch, *places, filters), or (batch, filters, *places), in the kernel's dtype.

    Raises:
        ValueError: shapes that do not fit together or an unknown padding.

    >>> import jax.numpy as jnp
    >>> conv_transpose(jnp.array([[[1.0], [10.0]]]), jnp.ones((3, 1, 1)), 2).ravel().tolist()
    [1.0, 1.0, 11.0, 10.0, 10.0]
    """
    inputs, kernel, channels_first = _channels_last("conv_transpose", inputs, kernel, data_format)
    rank = inputs.ndim - 2
    if kernel.shape[-1] != inputs.shape[-1]:
        raise ValueError(
            f"The kernel of shape {kernel.shape} does not fit inputs with {inputs.shape[-1]} "
            "channels: it needs the shape (*window, filters, channels)."
        )
    strides = spatial(strides, rank, "strides")
    dilation = spatial(dilation_rate, rank, "dilation_rate")
    if output_padding is None:
        extra: Sequence[int | None] = (None,) * rank
    else:
        extra = spatial(output_padding, rank, "output_padding", least=0)
    spans = [(size - 1) * step + 1 for size, step in zip(kernel.shape, dilation)]
    pads = [_transposed_pads(*along, padding) for along in zip(spans, strides, extra)]
    if is_for_cpu():
        outputs = _transposed_as_product(inputs, kernel, strides, pads, dilation)
    else:
        axes = "DHW"[-rank:]
        outputs = lax.conv_general_dilated(
            inputs,
            jnp.flip(kernel, range(rank)),
            (1,) * rank,
            pads,
            lhs_dilation=strides,
            rhs_dilation=dilation,
            dimension_numbers=(f"N{axes}C", f"{axes}OI", f"N{axes}C"),
        )
    return jnp.moveaxis(outputs, -1, 1) if channels_first else outputs


def _channels_last(
    name: str, inputs: Any, kernel: Any, data_format: str | None
) -> tuple[jax.Array, jax.Array, bool]:
    """Inputs with the channels last, in the kernel's dtype; the kernel; if they were first."""
    kernel = convert_to_tensor(kernel)
    inputs = convert_to_tensor(inputs).astype(kernel.dtype)
    channels_first = config.standardize_data_format(data_format) == "channels_first"
    if inputs.ndim not in (3, 4, 5) or kernel.ndim != inputs.ndim:
        raise ValueError(
            f"{name} takes inputs of rank 3, 4 or 5 and a kernel of the same rank; "
            f"got inputs of shape {inputs.shape} and a kernel of shape {kernel.shape}."
        )
    return jnp.moveaxis(inputs, 1, -1) if channels_first else inputs, kernel, channels_first


def spatial(value: int | Sequence[int], rank: int, name: str, least: int = 1) -> tuple[int, ...]:
    """One number for each spatial axis.

    >>> spatial(2, 3, "strides")
    (2, 2, 2)
    """
    numbers = (value,) * rank if isinstance(value, (int, np.integer)) else tuple(value)
    if len(numbers) != rank or min(numbers) < least:
        kind = "positive whole number" if least else "whole number of at least 0"
        raise ValueError(f"{name} must be a {kind} or {rank} of them; got {value!r}.")
    return numbers


def padding_and_places(
    lengths: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilation: Sequence[int],
) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """How much padding each spatial axis gets at its start and end, and the outputs along it."""
    pads, places = [], []
    for length, size, stride, step in zip(lengths, window, strides, dilation):
        span = (size - 1) * step + 1
        if _is_same(padding):
            count = -(-length // stride)
            missing = max((count - 1) * stride + span - length, 0)
            pads.append((missing // 2, missing - missing // 2))
        else:
            count = (length - span) // stride + 1
            pads.append((0, 0))
        places.append(count)
    return pads, tuple(places)


def _is_same(padding: str) -> bool:
    if str(padding).lower() not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same'; got {padding!r}.")
    return str(padding).lower() == "same"


def _transposed_pads(span: int, stride: int, extra: int | None, padding: str) -> tuple[int, int]:
    """What Keras pads inputs with, `stride - 1` zeros between them, before the flipped kernel."""
    if not _is_same(padding):
        return span - 1, span - 1 + (max(stride - span, 0) if extra is None else extra)
    both = stride + span - 2 if extra is None else span + span % 2 - 2 + extra
    start = min(-(-both // 2), span - 1)
    return start, both - start


def _convolved(
    inputs: jax.Array,
    kernel: jax.Array,
    strides: int | Sequence[int],
    padding: str,
    dilation_rate: int | Sequence[int],
    groups: int,
) -> jax.Array:
    """The convolution of inputs with the channels last, by the platform's fastest way."""
    rank = inputs.ndim - 2
    strides = spatial(strides, rank, "strides")
    dilation = spatial(dilation_rate, rank, "dilation_rate")
    window = kernel.shape[:rank]
    pads, places = padding_and_places(inputs.shape[1:-1], window, strides, padding, dilation)
    if min(places) < 1:
        raise ValueError(
            f"A window of {window} with dilation {dilation} is larger than inputs of shape "
            f"{inputs.shape}. Use a smaller kernel, or padding='same'."
        )
    if not is_for_cpu():
        axes = "DHW"[-rank:]
        return lax.conv_general_dilated(
            inputs,
            kernel,
            strides,
            pads,
            rhs_dilation=dilation,
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
            feature_group_count=groups,
        )
    if groups > 1 and kernel.shape[-2] == 1 and kernel.shape[-1] <= _MOST_MULTIPLES * groups:
        return _by_channels(inputs, kernel, strides, pads, places, dilation)
    return _as_products(inputs, kernel, strides, pads, places, dilation, groups)


def _views(
    inputs: jax.Array,
    window: Sequence[int],
    strides: Sequence[int],
    pads: Sequence[tuple[int, int]],
    places: Sequence[int],
    dilation: Sequence[int],
) -> Iterator[jax.Array]:
    """For each element of the window in row-major order: what it sees at all places."""
    padded = jnp.pad(inputs, ((0, 0), *pads, (0, 0)))
    for offset in np.ndindex(*window):
        start = [at * step for at, step in zip(offset, dilation)]
        stop = [at + (n - 1) * stride + 1 for at, n, stride in zip(start, places, strides)]
        yield lax.slice(
            padded, (0, *start, 0), (len(inputs), *stop, padded.shape[-1]), (1, *strides, 1)
        )


def _by_channels(
    inputs: jax.Array,
    kernel: jax.Array,
    strides: Sequence[int],
    pads: Sequence[tuple[int, int]],
    places: Sequence[int],
    dilation: Sequence[int],
) -> jax.Array:
    """Groups of one channel: sums of elementwise products, of each of which XLA makes one loop.

    On the CPU this takes a half to a fifth of the time of a matrix product for each channel.
    """
    *window, _, filters = kernel.shape
    views = list(_views(inputs, window, strides, pads, places, dilation))
    kernels = kernel.reshape(len(views), inputs.shape[-1], -1)
    outputs = [
        reduce(add, [view * kernel for view, kernel in zip(views, kernels[..., number])])
        for number in range(kernels.shape[-1])
    ]
    return jnp.stack(outputs, axis=-1).reshape(len(inputs), *places, filters)


def _as_products(
    inputs: jax.Array,
    kernel: jax.Array,
    strides: Sequence[int],
    pads: Sequence[tuple[int, int]],
    places: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> jax.Array:
    """The convolution as a matrix product: what each window sees, by the flattened kernel.

    On the CPU and in a loop, XLA's own convolution takes 10 to 30 times as long as this.
    """
    *window, channels, filters = kernel.shape
    kernels = kernel.reshape(-1, groups, filters // groups).swapaxes(0, 1)

    def product(images: jax.Array) -> jax.Array:
        views = _views(images, window, strides, pads, places, dilation)
        if groups == 1:
            seen = jnp.concatenate(list(views), axis=-1)
            outputs = seen.reshape(-1, kernels.shape[1]) @ kernels[0]
        else:
            by_group = [view.reshape(-1, groups, channels).swapaxes(0, 1) for view in views]
            outputs = (jnp.concatenate(by_group, axis=-1) @ kernels).swapaxes(0, 1)
        return outputs.reshape(len(images), *places, filters)

    return _in_parts(product, inputs, prod(places) * groups * prod(kernel.shape[:-1]))


def _in_parts(product: Callable[[jax.Array], jax.Array], inputs: jax.Array, size: int) -> jax.Array:
    """A product for which each sample takes `size` numbers of memory, by as many as is right."""
    size *= inputs.dtype.itemsize
    if len(inputs) * size <= _MOST_BYTES:
        return product(inputs)
    one = jax.checkpoint(lambda sample: product(sample[None])[0])
    return lax.map(one, inputs, batch_size=max(_MOST_BYTES // size, 1))


def _transposed_as_product(
    inputs: jax.Array,
    kernel: jax.Array,
    strides: Sequence[int],
    pads: Sequence[tuple[int, int]],
    dilation: Sequence[int],
) -> jax.Array:
    """The transposed convolution: each input by the flattened kernel, and overlaps added.

    An element `tap * stride + phase` of the kernel goes from input `p` to the output at
    `(p + tap) * stride + phase`. So a sum over the taps makes, for each `p`, all phases side by
    side (Shi et al., 2016), and no zeros are put between the inputs.
    """
    *window, filters, channels = kernel.shape
    rank = len(window)
    between = [(0, 0, step - 1) for step in dilation]
    kernel = lax.pad(kernel, np.zeros((), kernel.dtype), (*between, (0, 0, 0), (0, 0, 0)))
    spans = kernel.shape[:rank]
    taps = [-(-span // stride) for span, stride in zip(spans, strides)]
    more = [(0, tap * stride - span) for tap, stride, span in zip(taps, strides, spans)]
    kernel = jnp.pad(kernel, (*more, (0, 0), (0, 0)))
    # To (channels, *taps, *phases, filters), from both in turns for each axis.
    kernel = kernel.reshape(*sum(zip(taps, strides), ()), filters, channels)
    order = (2 * rank + 1, *range(0, 2 * rank, 2), *range(1, 2 * rank, 2), 2 * rank)
    kernel = kernel.transpose(order).reshape(channels, -1)
    places = [length + tap - 1 for length, tap in zip(inputs.shape[1:], taps)]

    def product(samples: jax.Array) -> jax.Array:
        parts = samples.reshape(-1, channels) @ kernel
        parts = parts.reshape(*samples.shape[:-1], prod(taps), -1)
        shifts = ([(at, tap - 1 - at) for at, tap in zip(n, taps)] for n in np.ndindex(*taps))
        shifted = [
            jnp.pad(parts[..., number, :], ((0, 0), *shift, (0, 0)))
            for number, shift in enumerate(shifts)
        ]
        return reduce(add, shifted)

    outputs = _in_parts(product, inputs, prod(inputs.shape[1:-1]) * kernel.shape[1])
    outputs = outputs.reshape(-1, *places, *strides, filters)
    order = sum(zip(range(1, rank + 1), range(rank + 1, 2 * rank + 1)), ())
    outputs = outputs.transpose(0, *order, 2 * rank + 1)
    outputs = outputs.reshape(-1, *(n * stride for n, stride in zip(places, strides)), filters)
    cuts = []
    for axis, (start, end) in enumerate(pads):
        span, length = spans[axis], outputs.shape[axis + 1]
        count = (inputs.shape[axis + 1] - 1) * strides[axis] + start + end - span + 2
        cuts.append((start - span + 1, count + span - 1 - start - length, 0))
    zero = np.zeros((), outputs.dtype)
    return lax.pad(outputs, zero, ((0, 0, 0), *cuts, (0, 0, 0)))
