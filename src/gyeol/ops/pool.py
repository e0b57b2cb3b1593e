"""Pooling: the largest or the mean of each window, in one, two and three dimensions."""

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol import config, room
from gyeol.ops import fused
from gyeol.ops.conv import padding_and_places, spatial
from gyeol.ops.lowering import is_plain
from gyeol.ops.math import convert_to_tensor

# Windows of up to this many elements are reduced as that many shifted views; larger ones along one
# axis after another, by XLA's own windows where one is longer than this.
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
    windows = _windows("max_pool", inputs, pool_size, strides, padding, data_format)
    return fused.pool(
        "max",
        inputs,
        windows,
        lambda inputs: _reduced(inputs, windows, _larger, lax.max, _lowest(inputs.dtype)),
    )


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
    inputs = _as_floats(inputs)
    windows = _windows("average_pool", inputs, pool_size, strides, padding, data_format)
    counts = np.ones(())
    for axis, size, stride, pads, count in windows:
        starts = np.arange(count) * stride - pads[0]
        seen = np.minimum(starts + size, inputs.shape[axis]) - np.maximum(starts, 0)
        counts = counts * seen.reshape([-1 if n == axis else 1 for n in range(inputs.ndim)])
    return fused.pool(
        "average",
        inputs,
        windows,
        lambda inputs: _reduced(inputs, windows, lax.add, lax.add, 0) / counts.astype(inputs.dtype),
    )


def adaptive_average_pool(
    inputs: Any, output_size: int | Sequence[int], data_format: str | None = None
) -> jax.Array:
    """The mean of each of so many windows of about the same size, as in `keras.ops`.

    Of `n` windows along an axis of `length`, number `i` reaches from `floor(i * length / n)` to
    `ceil((i + 1) * length / n)`.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        output_size: the number of windows, for all axes or for each.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    Returns:
        The pooled array, of the same rank; whole numbers become floats.

    Raises:
        ValueError: a wrong rank or output size.

    >>> import jax.numpy as jnp
    >>> adaptive_average_pool(jnp.arange(5.0).reshape(1, 5, 1), 2).ravel().tolist()
    [1.0, 3.0]
    """
    inputs = _as_floats(inputs)
    for axis, ranges in _adaptive("adaptive_average_pool", inputs, output_size, data_format):
        weights = np.zeros((inputs.shape[axis], len(ranges)))
        for number, (start, stop) in enumerate(ranges):
            weights[start:stop, number] = 1 / (stop - start)
        pooled = jnp.tensordot(inputs, weights.astype(inputs.dtype), (axis, 0))
        inputs = jnp.moveaxis(pooled, -1, axis)
    return inputs


def adaptive_max_pool(
    inputs: Any, output_size: int | Sequence[int], data_format: str | None = None
) -> jax.Array:
    """The largest value in each of so many windows of about the same size, as in `keras.ops`.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for 'channels_first',
            with 1, 2 or 3 spatial axes.
        output_size: the number of windows, for all axes or for each; they lie as those of
            `adaptive_average_pool`.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.

    Returns:
        The pooled array, of the same rank and dtype.

    Raises:
        ValueError: a wrong rank or output size.

    >>> import jax.numpy as jnp
    >>> adaptive_max_pool(jnp.arange(5.0).reshape(1, 5, 1), 2).ravel().tolist()
    [2.0, 4.0]
    """
    inputs = convert_to_tensor(inputs)
    for axis, ranges in _adaptive("adaptive_max_pool", inputs, output_size, data_format):
        # All are read with the size of the largest; a shorter one has its last element repeated.
        size = max(stop - start for start, stop in ranges)
        places = [np.minimum(np.arange(start, start + size), stop - 1) for start, stop in ranges]
        inputs = jnp.take(inputs, np.stack(places), axis=axis).max(axis + 1)
    return inputs


def _adaptive(
    name: str, inputs: jax.Array, output_size: int | Sequence[int], data_format: str | None
) -> list[tuple[int, list[tuple[int, int]]]]:
    """Each spatial axis, and where the windows along it start and stop."""
    first, rank = _spatial_axes(name, inputs, data_format)
    found = []
    for axis, number in zip(range(first, first + rank), spatial(output_size, rank, "output_size")):
        length = inputs.shape[axis]
        room.check((length + 100) * 8 * number)
        found.append(
            (axis, [(i * length // number, -(-(i + 1) * length // number)) for i in range(number)])
        )
    return found


def _as_floats(inputs: Any) -> jax.Array:
    inputs = convert_to_tensor(inputs)
    is_float = jnp.issubdtype(inputs.dtype, jnp.floating)
    return inputs if is_float else inputs.astype(config.floatx())


def _lowest(dtype: np.dtype) -> Any:
    if jnp.issubdtype(dtype, jnp.floating):
        return -jnp.inf
    return False if dtype.kind == "b" else jnp.iinfo(dtype).min


def _spatial_axes(name: str, inputs: jax.Array, data_format: str | None) -> tuple[int, int]:
    """The first of the spatial axes, and how many there are."""
    rank = inputs.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"{name} takes inputs of rank 3, 4 or 5; got the shape {inputs.shape}.")
    return 2 if config.standardize_data_format(data_format) == "channels_first" else 1, rank


class _Windows(NamedTuple):
    """The windows along one axis."""

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
    """The windows along each spatial axis."""
    first, rank = _spatial_axes(name, inputs, data_format)
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
    return [_Windows(*along) for along in zip(axes, sizes, strides, pads, places)]


def _larger(before: jax.Array, after: jax.Array) -> jax.Array:
    # jnp.maximum would divide the gradient between equals. NaN must win, as it does there.
    return jnp.where((after > before) | (after != after), after, before)


def _reduced(
    inputs: jax.Array,
    windows: Sequence[_Windows],
    combine: Callable[[jax.Array, jax.Array], jax.Array],
    reducer: Callable[[Any, Any], Any],
    identity: Any,
) -> jax.Array:
    """Every window reduced to one element, its elements combined in row-major order."""
    elements = prod(along.size for along in windows)
    if elements > _MOST_VIEWS and len(windows) > 1 and not is_plain():
        # Backwards, so that of equal elements the first in row-major order stays the first.
        for along in reversed(windows):
            inputs = _reduced(inputs, [along], combine, reducer, identity)
        return inputs
    pads = [(0, 0)] * inputs.ndim
    sizes, strides, lengths = [1] * inputs.ndim, [1] * inputs.ndim, list(inputs.shape)
    for axis, size, stride, around, count in windows:
        sizes[axis], strides[axis], pads[axis] = size, stride, around
        lengths[axis] = (count - 1) * stride + 1
    if elements > _MOST_VIEWS or is_plain():
        identity = np.asarray(identity, inputs.dtype)[()]
        return lax.reduce_window(inputs, identity, reducer, sizes, strides, pads)
    padded = jnp.pad(inputs, pads, constant_values=identity)
    views = [
        lax.slice(padded, start, np.add(start, lengths), strides) for start in np.ndindex(*sizes)
    ]
    return reduce(combine, views)
