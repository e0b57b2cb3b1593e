"""Pooling: the largest or the mean of each window, in one, two and three dimensions."""

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config
from gyeol.ops.conv import padding_and_places, shifted, spatial
from gyeol.ops.math import convert_to_tensor


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
        ValueError: a wrong rank, or an unknown padding.

    >>> import jax.numpy as jnp
    >>> max_pool(jnp.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), 2).ravel().tolist()
    [3.0, 2.0]
    """
    inputs = convert_to_tensor(inputs)
    if jnp.issubdtype(inputs.dtype, jnp.integer):
        lowest = jnp.iinfo(inputs.dtype).min
    else:
        lowest = -jnp.inf
    views, _ = _windows("max_pool", inputs, lowest, pool_size, strides, padding, data_format)
    return _channels_where(reduce(jnp.maximum, views), data_format)


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
        ValueError: a wrong rank, or an unknown padding.

    >>> import jax.numpy as jnp
    >>> average_pool(jnp.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), 2).ravel().tolist()
    [2.0, 1.0]
    """
    inputs = convert_to_tensor(inputs)
    views, counts = _windows("average_pool", inputs, 0, pool_size, strides, padding, data_format)
    return _channels_where(reduce(jnp.add, views) / counts.astype(inputs.dtype), data_format)


def _windows(
    name: str,
    inputs: jax.Array,
    filler: Any,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
    data_format: str | None,
) -> tuple[list[jax.Array], jax.Array]:
    """What each element of the window sees, channels last, and how many it sees in all."""
    if inputs.ndim not in (3, 4, 5):
        raise ValueError(f"{name} takes inputs of rank 3, 4 or 5; got the shape {inputs.shape}.")
    if config.standardize_data_format(data_format) == "channels_first":
        inputs = jnp.moveaxis(inputs, 1, -1)
    rank = inputs.ndim - 2
    window = spatial(pool_size, rank, "pool_size")
    strides = window if strides is None else spatial(strides, rank, "strides")
    ones = (1,) * rank
    pads, places = padding_and_places(inputs.shape[1:-1], window, strides, padding, ones)
    places = tuple(max(n, 0) for n in places)

    def views(x, filler):
        padded = jnp.pad(x, ((0, 0), *pads, (0, 0)), constant_values=filler)
        return shifted(padded, window, strides, places, ones)

    counts = jnp.asarray(prod(window))
    if any(map(any, pads)):
        counts = sum(views(jnp.ones((1, *inputs.shape[1:-1], 1), int), 0))
    return views(inputs, filler), counts


def _channels_where(outputs: jax.Array, data_format: str | None) -> jax.Array:
    first = config.standardize_data_format(data_format) == "channels_first"
    return jnp.moveaxis(outputs, -1, 1) if first else outputs
