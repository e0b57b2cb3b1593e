"""Pooling: the largest or the mean of each window, in one, two and three dimensions."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol import config
from gyeol.ops.conv import padding_and_places, spatial
from gyeol.ops.math import convert_to_tensor

# Up to this many elements along an axis, comparing shifted views is faster than XLA's windows.
_MOST_VIEWS = 8


def max_pool(
    inputs: Any,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> jax.Array:
    """The largest value in each window, as `keras.ops.max_pool`.

    Where several elements of a window are largest, the gradient goes to the first of them in
    row-major order.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        pool_size: the size of the window, for all axes or for each.
        strides: the step from one window to the next; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same' (ceil(length / stride) windows; those at the
            edge see fewer elements).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    Returns:
        The pooled array, of the same rank and dtype.

    Raises:
        ValueError: a wrong rank, size or stride, an unknown padding, or a window that is larger
            than the inputs.

    >>> import jax.numpy as jnp
    >>> max_pool(jnp.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), 2).ravel().tolist()
    [3.0, 2.0]
    """
    inputs = convert_to_tensor(inputs)
    is_float = jnp.issubdtype(inputs.dtype, jnp.floating)
    lowest = -jnp.inf if is_float else jnp.iinfo(inputs.dtype).min
    for windows in _windows("max_pool", inputs, pool_size, strides, padding, data_format):
        inputs = _reduced(inputs, windows, _larger, lax.max, lowest)
    return inputs


def average_pool(
    inputs: Any,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> jax.Array:
    """The mean of each window, padding not counted, as `keras.ops.average_pool`.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        pool_size: the size of the window, for all axes or for each.
        strides: the step from one window to the next; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same' (ceil(length / stride) windows; those at the
            edge see fewer elements).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    Returns:
        The pooled array, of the same rank; whole numbers become floats.

    Raises:
        ValueError: a wrong rank, size or stride, an unknown padding, or a window that is larger
            than the inputs.

    >>> import jax.numpy as jnp
    >>> average_pool(jnp.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), 2).ravel().tolist()
    [2.0, 1.0]
    """
    inputs = convert_to_tensor(inputs)
    counts = np.ones(())
    totals = inputs
    for windows in _windows("average_pool", inputs, pool_size, strides, padding, data_format):
        totals = _reduced(totals, windows, lax.add, lax.add, 0)
        starts = np.arange(windows.count) * windows.stride - windows.pads[0]
        seen = np.minimum(starts + windows.size, inputs.shape[windows.axis]) - np.maximum(starts, 0)
        counts = counts * np.expand_dims(seen, [n for n in range(inputs.ndim) if n != windows.axis])
    return totals / counts.astype(inputs.dtype)


class _Windows(NamedTuple):
    """The windows along one axis: it is enough to pool along one axis after another."""

    axis: int
    size: int
    stride: int
    pads: tuple[int, int]
    count: int


def _windows(
    name: str,
    inputs: jax.Array,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
    data_format: str | None,
) -> list[_Windows]:
    """The windows along each spatial axis, the last axis first.

    From the last to the first: so the first of several largest elements is the first in row-major
    order.
    """
    rank = inputs.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"{name} takes inputs of rank 3, 4 or 5; got the shape {inputs.shape}.")
    first = 2 if config.standardize_data_format(data_format) == "channels_first" else 1
    lengths = inputs.shape[first : first + rank]
    sizes = spatial(pool_size, rank, "pool_size")
    strides = sizes if strides is None else spatial(strides, rank, "strides")
    pads, places = padding_and_places(lengths, sizes, strides, padding, (1,) * rank)
    if min(places) < 1:
        raise ValueError(
            f"{name}: a window of {sizes} is larger than inputs of shape {inputs.shape}. "
            "Use a smaller pool_size, or padding='same'."
        )
    axes = range(first, first + rank)
    return [_Windows(*along) for along in zip(axes, sizes, strides, pads, places)][::-1]


def _larger(before: jax.Array, after: jax.Array) -> jax.Array:
    # jnp.maximum would divide the gradient between equals. NaN must win, as it does there.
    return jnp.where((after > before) | (after != after), after, before)


def _reduced(
    inputs: jax.Array,
    windows: _Windows,
    combine: Callable[[jax.Array, jax.Array], jax.Array],
    reducer: Callable[[Any, Any], Any],
    identity: Any,
) -> jax.Array:
    """Every window along one axis, reduced to one element."""
    axis, size, stride, pads, count = windows
    around = [(0, 0)] * inputs.ndim
    around[axis] = pads
    if size > _MOST_VIEWS:
        window, steps = np.ones((2, inputs.ndim), int)
        window[axis], steps[axis] = size, stride
        identity = np.asarray(identity, inputs.dtype)[()]
        return lax.reduce_window(inputs, identity, reducer, tuple(window), tuple(steps), around)
    padded = jnp.pad(inputs, around, constant_values=identity)
    reach = (count - 1) * stride + 1
    views = [lax.slice_in_dim(padded, at, at + reach, stride, axis) for at in range(size)]
    return reduce(combine, views)
