"""Fourier transforms, under the names of `keras.ops`.

As in Keras, complex arrays are pairs: the real part and the imaginary part.
"""

from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol.ops.table import convert_to_tensor

Pair = tuple[jax.Array, jax.Array]


def fft(x: tuple[ArrayLike, ArrayLike]) -> Pair:
    """The Fourier transform along the last axis."""
    return _pair(jnp.fft.fft(_complex(x)))


def fft2(x: tuple[ArrayLike, ArrayLike]) -> Pair:
    """The Fourier transform along the last two axes."""
    return _pair(jnp.fft.fft2(_complex(x)))


def ifft2(x: tuple[ArrayLike, ArrayLike]) -> Pair:
    """What `fft2` transforms into the given array."""
    return _pair(jnp.fft.ifft2(_complex(x)))


def rfft(x: ArrayLike, fft_length: int | None = None) -> Pair:
    """The Fourier transform of real numbers along the last axis: its first half, and one more.

    Args:
        x: (..., length).
        fft_length: the length to cut or to fill up with zeros to.
    """
    return _pair(jnp.fft.rfft(convert_to_tensor(x), fft_length))


def irfft(x: tuple[ArrayLike, ArrayLike], fft_length: int | None = None) -> jax.Array:
    """What `rfft` transforms into the given array.

    Args:
        x: (..., length // 2 + 1).
        fft_length: the length of the result; an even one by default.
    """
    return jnp.fft.irfft(_complex(x), fft_length)


def extract_sequences(x: ArrayLike, sequence_length: int, sequence_stride: int) -> jax.Array:
    """Parts of the last axis, one after the other, perhaps overlapping.

    Args:
        x: (..., length).
        sequence_length: how long each is.
        sequence_stride: how far the beginning of each is from that of the one before.

    Returns:
        (..., number, sequence_length). What is left at the end is dropped.

    >>> extract_sequences([1.0, 2.0, 3.0, 4.0, 5.0], 3, 2).tolist()
    [[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]
    """
    x = convert_to_tensor(x)
    begins = jnp.arange(0, x.shape[-1] - sequence_length + 1, sequence_stride)
    return x[..., begins[:, None] + jnp.arange(sequence_length)]


def stft(
    x: ArrayLike,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: str | ArrayLike | None = "hann",
    center: bool = True,
) -> Pair:
    """The Fourier transforms of short parts of the last axis, one after the other.

    Args:
        x: (..., length).
        sequence_length: how long each part is.
        sequence_stride: how far the beginning of each is from that of the one before.
        fft_length: the length that each is filled up to with zeros.
        window: 'hann', 'hamming' or (sequence_length,) numbers that each part is multiplied by.
        center: whether the array is continued at both ends by its mirror image, so that a part's
            middle, not its beginning, is at a multiple of `sequence_stride`.

    Returns:
        Twice (..., number, fft_length // 2 + 1).

    Raises:
        ValueError: parts longer than `fft_length`, or a window of another length.
    """
    x = convert_to_tensor(x)
    window = _window(window, sequence_length, fft_length, x.dtype)
    if center:
        ends = [(0, 0)] * (x.ndim - 1) + [(fft_length // 2, fft_length // 2)]
        x = jnp.pad(x, ends, mode="reflect")
    return rfft(extract_sequences(x, fft_length, sequence_stride) * window)


def istft(
    x: tuple[ArrayLike, ArrayLike],
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: str | ArrayLike | None = "hann",
    center: bool = True,
) -> jax.Array:
    """What `stft`, with the same arguments, transforms into the given array.

    Args:
        x: twice (..., number, fft_length // 2 + 1).
        sequence_length, sequence_stride, fft_length, window, center: as for `stft`.
        length: how long the result is; by default as long as the parts reach.

    Returns:
        (..., length). Where parts overlap, each is multiplied by the window once more and their sum
        is divided by that of the squares of the windows; without a window, by nothing.
    """
    parts = irfft(x, fft_length)
    # Without a window Keras adds the overlapping parts, on the average this many, and divides by 1.
    added = fft_length / sequence_stride if window is None else 1.0
    window = _window(window, sequence_length, fft_length, parts.dtype)
    number = parts.shape[-2]
    whole = fft_length + sequence_stride * (number - 1)
    places = jnp.arange(number)[:, None] * sequence_stride + jnp.arange(fft_length)
    weight = jnp.zeros(whole, parts.dtype).at[places].add(window**2)
    total = jnp.zeros((*parts.shape[:-2], whole), parts.dtype).at[..., places].add(parts * window)
    total = total * added / jnp.where(weight > 1e-10, weight, 1.0)
    begin = fft_length // 2 if center else 0
    end = begin + length if length is not None else whole - begin
    return total[..., begin:end]


def _window(window: Any, length: int, fft_length: int, dtype: Any) -> jax.Array:
    """The window, with zeros on both sides up to `fft_length`."""
    if fft_length < length:
        raise ValueError(
            f"fft_length must be at least sequence_length; got {fft_length} and {length}."
        )
    if window is None:
        return jnp.ones(fft_length, dtype)
    if isinstance(window, str):
        # Periodic: the window of one more, without its last.
        shapes = {"hann": jnp.hanning, "hamming": jnp.hamming}
        if window not in shapes:
            raise ValueError(f"window is 'hann', 'hamming', numbers or None; got {window!r}.")
        window = shapes[window](length + 1)[:-1]
    window = convert_to_tensor(window, dtype)
    if window.shape != (length,):
        raise ValueError(
            f"window must have sequence_length={length} numbers; got shape {window.shape}."
        )
    before = (fft_length - length) // 2
    return jnp.pad(window, (before, fft_length - length - before))


def _complex(x: tuple[ArrayLike, ArrayLike]) -> jax.Array:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError("A complex array is a pair (real part, imaginary part) here.")
    real, imaginary = map(convert_to_tensor, x)
    if real.shape != imaginary.shape:
        raise ValueError(
            f"The real and the imaginary part must have one shape; got {real.shape} and "
            f"{imaginary.shape}."
        )
    return jax.lax.complex(real, imaginary)


def _pair(x: jax.Array) -> Pair:
    return jnp.real(x), jnp.imag(x)
