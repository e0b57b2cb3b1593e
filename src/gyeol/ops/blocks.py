"""Blocks of images as channels or columns, and back, under the names of `keras.ops`."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol.ops.arrays import rearrange
from gyeol.ops.table import convert_to_tensor


def depth_to_space(x: ArrayLike, block_size: int, data_format: str = "channels_last") -> jax.Array:
    """Channels spread over blocks of pixels (pixel shuffle; Shi et al., 2016).

    Args:
        x: (batch, height, width, channels), or with the channels first.
        block_size: the height and width of a block.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        (batch, height * block_size, width * block_size, channels / block_size**2).
    """
    last = "b h w (y x c) -> b (h y) (w x) c"
    first = "b (c y x) h w -> b c (h y) (w x)"
    pattern = last if data_format == "channels_last" else first
    return rearrange(x, pattern, y=block_size, x=block_size)


def space_to_depth(x: ArrayLike, block_size: int, data_format: str = "channels_last") -> jax.Array:
    """Blocks of pixels as channels: the inverse of `depth_to_space`.

    Args:
        x: (batch, height, width, channels), or with the channels first.
        block_size: the height and width of a block.
        data_format: 'channels_last' or 'channels_first'.

    Returns:
        (batch, height / block_size, width / block_size, channels * block_size**2).
    """
    last = "b (h y) (w x) c -> b h w (y x c)"
    first = "b c (h y) (w x) -> b (c y x) h w"
    pattern = last if data_format == "channels_last" else first
    return rearrange(x, pattern, y=block_size, x=block_size)


def unfold(
    x: ArrayLike,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> jax.Array:
    """What a window sees at each place of an image, as columns.

    Args:
        x: (batch, channels, height, width).
        kernel_size: the window's height and width.
        dilation: the step from one pixel of the window to the next.
        padding: zeros put on each side.
        stride: the step from one place to the next.

    Returns:
        (batch, channels * window height * window width, places).
    """
    x = convert_to_tensor(x)
    (high, wide), (rows, columns) = (
        _pair(padding),
        _places(x.shape[2:], kernel_size, dilation, padding, stride),
    )
    x = jnp.pad(x, ((0, 0), (0, 0), (high, high), (wide, wide)))
    seen = x[:, :, rows[:, :, None, None], columns]
    return rearrange(seen, "b c i m j n -> b (c m n) (i j)")


def fold(
    x: ArrayLike,
    output_size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> jax.Array:
    """The image of which `unfold` gives the columns; where windows overlap, their sum.

    Args:
        x: (batch, channels * window height * window width, places).
        output_size: the image's height and width.
        kernel_size, dilation, padding, stride: as for `unfold`.

    Returns:
        (batch, channels, height, width).

    Raises:
        ValueError: columns that no image of that size has.
    """
    x = convert_to_tensor(x)
    height, width = _pair(output_size)
    (high, wide), (m, n) = _pair(padding), _pair(kernel_size)
    rows, columns = _places((height, width), kernel_size, dilation, padding, stride)
    if x.ndim != 3 or x.shape[1] % (m * n) or x.shape[2] != len(rows) * len(columns):
        raise ValueError(
            f"fold: for an image of {height} x {width} and a window of {m} x {n} the input has the "
            f"shape (batch, channels * {m * n}, {len(rows) * len(columns)}); got {x.shape}."
        )
    seen = rearrange(x, "b (c m n) (i j) -> b c i m j n", m=m, n=n, i=len(rows))
    padded = jnp.zeros((*seen.shape[:2], height + 2 * high, width + 2 * wide), x.dtype)
    image = padded.at[:, :, rows[:, :, None, None], columns].add(seen)
    return image[:, :, high : high + height, wide : wide + width]


def _places(
    size: Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int],
    padding: int | Sequence[int],
    stride: int | Sequence[int],
) -> list[jax.Array]:
    """Along both axes of an image, (places, window): the pixels that each window sees."""
    of_axes = zip(size, *map(_pair, (kernel_size, dilation, padding, stride)))
    return [
        jnp.arange(0, length + 2 * padded - reach * (window - 1), step)[:, None]
        + reach * jnp.arange(window)
        for length, window, reach, padded, step in of_axes
    ]


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)
