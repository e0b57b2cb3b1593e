"""One-hot codes and the normalization of batches, under the names of `keras.ops`."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops.math import cast, convert_to_tensor


def one_hot(x: ArrayLike, num_classes: int, axis: int = -1, dtype: Any = None) -> jax.Array:
    """A one at each label's place and zeros elsewhere, as `keras.ops.one_hot`.

    Args:
        x: whole numbers; those below 0 or from `num_classes` on give zeros only.
        num_classes: the length of the new axis.
        axis: where the new axis goes.
        dtype: the dtype of the result; the float type of `gyeol.config` by default.

    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    hot = jax.nn.one_hot(convert_to_tensor(x), num_classes, axis=axis, dtype=bool)
    return cast(hot, dtype or config.floatx())


def moments(
    x: ArrayLike, axes: int | Sequence[int], keepdims: bool = False
) -> tuple[jax.Array, jax.Array]:
    """The mean and the variance (over n) along axes, as `keras.ops.moments`.

    Args:
        x: the array.
        axes: the axes that are reduced.
        keepdims: whether they stay, with length 1.

    >>> [float(moment) for moment in moments([1.0, 3.0], 0)]
    [2.0, 1.0]
    """
    x = convert_to_tensor(x)
    axes = axes if isinstance(axes, int) else tuple(axes)
    return jnp.mean(x, axes, keepdims=keepdims), jnp.var(x, axes, keepdims=keepdims)


def batch_normalization(
    x: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    axis: int,
    offset: ArrayLike | None = None,
    scale: ArrayLike | None = None,
    epsilon: float = 1e-3,
) -> jax.Array:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`, as `keras.ops.batch_normalization`.

    Args:
        x: the array.
        mean, variance, offset, scale: one number for each place along `axis`.
        axis: the axis of the channels.
        epsilon: added to the variance, so that it is never zero.
    """
    x = convert_to_tensor(x)
    along = [1] * x.ndim
    along[axis] = x.shape[axis]
    factor = lax.rsqrt(convert_to_tensor(variance).reshape(along) + epsilon)
    if scale is not None:
        factor = factor * convert_to_tensor(scale).reshape(along)
    shift = -convert_to_tensor(mean).reshape(along) * factor
    if offset is not None:
        shift = shift + convert_to_tensor(offset).reshape(along)
    return x * factor + shift
