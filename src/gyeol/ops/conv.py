"""Convolution in one, two and three dimensions."""

from collections.abc import Sequence
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol import config
from gyeol.ops.math import convert_to_tensor

# What all windows see takes prod(window) times the memory of the inputs. Where that is more than
# this, a batch is worked on in parts, and for the gradient it is formed again, not kept.
_MOST_BYTES = 2**26


def conv(
    inputs: Any,
    kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | Sequence[int] = 1,
    groups: int | None = None,
) -> jax.Array:
    """Slide a kernel over the inputs and sum the products, as `keras.ops.conv`.

    `out[b, p, o] = sum over q, c of inputs[b, p * strides + q * dilation, c] * kernel[q, c, o]`

    The kernel is not flipped, so this is what mathematics calls cross-correlation.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        kernel: (*window, channels / groups, filters).
        strides: the step from one output to the next, for all axes or for each.
        padding: 'valid' (none) or 'same' (zeros, so that the output has ceil(length / stride)
            places; an odd zero goes to the end).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the step from one element of the window to the next.
        groups: into how many parts channels and filters are divided, each part of the filters
            seeing one part of the channels; read off the kernel's shape by default.

    Returns:
        (batch, *places, filters), or (batch, filters, *places), in the kernel's dtype.

    Raises:
        ValueError: shapes that do not fit together, an unknown padding, or a window that is larger
            than the inputs.

    >>> import jax.numpy as jnp
    >>> conv(jnp.ones((1, 5, 5, 3)), jnp.ones((3, 3, 3, 8)), strides=2, padding="same").shape
    (1, 3, 3, 8)
    """
    kernel = convert_to_tensor(kernel)
    inputs = convert_to_tensor(inputs).astype(kernel.dtype)
    channels_first = config.standardize_data_format(data_format) == "channels_first"
    rank = inputs.ndim - 2
    if rank not in (1, 2, 3) or kernel.ndim != inputs.ndim:
        raise ValueError(
            "conv takes inputs of rank 3, 4 or 5 and a kernel of the same rank; "
            f"got inputs of shape {inputs.shape} and a kernel of shape {kernel.shape}."
        )
    channels = inputs.shape[1 if channels_first else -1]
    groups = groups or max(channels // kernel.shape[-2], 1)
    if channels != groups * kernel.shape[-2] or kernel.shape[-1] % groups:
        raise ValueError(
            f"The kernel of shape {kernel.shape} does not fit inputs with {channels} channels in "
            f"{groups} groups: it needs the shape (*window, {channels} / groups, filters), with "
            "filters divisible by groups."
        )
    if channels_first:
        inputs = jnp.moveaxis(inputs, 1, -1)
    strides = spatial(strides, rank, "strides")
    dilation = spatial(dilation_rate, rank, "dilation_rate")
    window = kernel.shape[:rank]
    pads, places = padding_and_places(inputs.shape[1:-1], window, strides, padding, dilation)
    if min(places) < 1:
        raise ValueError(
            f"A window of {window} with dilation {dilation} is larger than inputs of shape "
            f"{inputs.shape}. Use a smaller kernel, or padding='same'."
        )
    if jax.default_backend() == "cpu":
        outputs = _as_products(inputs, kernel, strides, pads, places, dilation, groups)
    else:
        axes = "DHW"[-rank:]
        outputs = lax.conv_general_dilated(
            inputs,
            kernel,
            strides,
            pads,
            rhs_dilation=dilation,
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
            feature_group_count=groups,
        )
    return jnp.moveaxis(outputs, -1, 1) if channels_first else outputs


def spatial(value: int | Sequence[int], rank: int, name: str) -> tuple[int, ...]:
    """One number for each spatial axis.

    >>> spatial(2, 3, "strides")
    (2, 2, 2)
    """
    numbers = (value,) * rank if isinstance(value, (int, np.integer)) else tuple(value)
    if len(numbers) != rank or min(numbers) < 1:
        raise ValueError(
            f"{name} must be a positive whole number or {rank} of them; got {value!r}."
        )
    return numbers


def padding_and_places(
    lengths: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilation: Sequence[int],
) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """How much padding each spatial axis gets at its start and end, and the outputs along it."""
    if str(padding).lower() not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same'; got {padding!r}.")
    pads, places = [], []
    for length, size, stride, step in zip(lengths, window, strides, dilation):
        span = (size - 1) * step + 1
        if str(padding).lower() == "same":
            count = -(-length // stride)
            missing = max((count - 1) * stride + span - length, 0)
            pads.append((missing // 2, missing - missing // 2))
        else:
            count = (length - span) // stride + 1
            pads.append((0, 0))
        places.append(count)
    return pads, tuple(places)


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
        padded = jnp.pad(images, ((0, 0), *pads, (0, 0)))
        views = []
        for offset in np.ndindex(*window):
            start = [at * step for at, step in zip(offset, dilation)]
            stop = [at + (n - 1) * stride + 1 for at, n, stride in zip(start, places, strides)]
            view = lax.slice(
                padded,
                (0, *start, 0),
                (len(images), *stop, padded.shape[-1]),
                (1, *strides, 1),
            )
            views.append(view)
        if groups == 1:
            outputs = jnp.concatenate(views, axis=-1).reshape(-1, kernels.shape[1]) @ kernels[0]
        else:
            by_group = [view.reshape(-1, groups, channels).swapaxes(0, 1) for view in views]
            outputs = (jnp.concatenate(by_group, axis=-1) @ kernels).swapaxes(0, 1)
        return outputs.reshape(len(images), *places, filters)

    size = prod(places) * groups * prod(kernel.shape[:-1]) * kernel.dtype.itemsize
    if len(inputs) * size <= _MOST_BYTES:
        return product(inputs)
    one = jax.checkpoint(lambda image: product(image[None])[0])
    return lax.map(one, inputs, batch_size=max(_MOST_BYTES // size, 1))
