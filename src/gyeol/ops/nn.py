"""Codes of labels, normalization, attention and cross-entropies, under the names of `keras.ops`."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops.math import cast, convert_to_tensor


def one_hot(
    x: ArrayLike, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> jax.Array:
    """A one at each label's place and zeros elsewhere, as `keras.ops.one_hot`.

    Args:
        x: whole numbers; those below 0 or from `num_classes` on give zeros only.
        num_classes: the length of the new axis.
        axis: where the new axis goes.
        dtype: the dtype of the result; the float type of `gyeol.config` by default.
        sparse: not True: every array is dense.

    Raises:
        ValueError: a sparse array is asked for.

    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if sparse:
        raise ValueError("gyeol has dense arrays only; leave out sparse=True.")
    indices = convert_to_tensor(x)
    if jnp.issubdtype(indices.dtype, jnp.floating):
        indices = indices.astype("int32")
    hot = jax.nn.one_hot(indices, num_classes, axis=axis, dtype=bool)
    return cast(hot, dtype or config.floatx())


def moments(
    x: ArrayLike, axes: int | Sequence[int], keepdims: bool = False, synchronized: bool = False
) -> tuple[jax.Array, jax.Array]:
    """The mean and the variance (over n) along axes, as `keras.ops.moments`.

    Args:
        x: the array.
        axes: the axes that are reduced.
        keepdims: whether they stay, with length 1.
        synchronized: of no meaning: a program on several devices takes them over all.

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


def multi_hot(
    inputs: ArrayLike,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
    **kwargs: Any,
) -> jax.Array:
    """A one at the place of each label that a sample has, and zeros elsewhere.

    Args:
        inputs: (batch, labels) or (labels,), whole numbers.
        num_classes: the length of the new axis. `num_tokens` is an old name for it.
        axis: where the new axis goes.
        dtype: the dtype of the result; the float type of `gyeol.config` by default.
        sparse: not True: every array is dense.

    Raises:
        ValueError: no `num_classes`, or a sparse array is asked for.

    >>> multi_hot([[0, 2], [1, 1]], 3).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs:
        raise TypeError(f"multi_hot has no argument {', '.join(map(repr, kwargs))}.")
    if num_classes is None:
        raise ValueError("multi_hot needs num_classes, the length of its result's new axis.")
    hot = one_hot(cast(inputs, "int32"), num_classes, axis, dtype, sparse)
    return jnp.max(hot, axis=1 if hot.ndim > 2 else 0)


def normalize(
    x: ArrayLike, axis: int = -1, order: int = 2, epsilon: float | None = None
) -> jax.Array:
    """Vectors scaled to length 1; those shorter than `epsilon` are divided by it.

    Args:
        x: the array.
        axis: the axis of the vectors.
        order: the order of the norm, a whole number from 1.
        epsilon: the least length to divide by; that of `gyeol.config` by default.

    Raises:
        ValueError: another order.
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"normalize: order is a whole number from 1; got {order!r}.")
    x = jnp.atleast_1d(convert_to_tensor(x))
    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        # Not by the norm: its gradient at zero is NaN.
        return x * jnp.minimum(
            lax.rsqrt(jnp.sum(jnp.square(x), axis, keepdims=True)), 1.0 / epsilon
        )
    return x / jnp.maximum(jnp.linalg.norm(x, order, axis, keepdims=True), epsilon)


def layer_normalization(
    x: ArrayLike,
    gamma: ArrayLike | None = None,
    beta: ArrayLike | None = None,
    axis: int | Sequence[int] = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> jax.Array:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta` (Ba et al., 2016).

    Args:
        x: the array.
        gamma, beta: one number for each place along the axes.
        axis: the axes over which mean and variance are taken.
        epsilon: added to the variance; that of `gyeol.config` by default.
    """
    if kwargs.pop("rms_scaling", False):
        raise ValueError("layer_normalization: for rms_scaling=True use rms_normalization.")
    if kwargs:
        raise TypeError(f"layer_normalization has no argument {', '.join(map(repr, kwargs))}.")
    x, wide, axes, along = _for_statistics(x, axis)
    mean, variance = moments(wide, axes, keepdims=True)
    factor = lax.rsqrt(variance + (config.epsilon() if epsilon is None else epsilon))
    if gamma is not None:
        factor = factor * along(gamma)
    shift = -mean * factor
    if beta is not None:
        shift = shift + along(beta)
    return (wide * factor + shift).astype(x.dtype)


def rms_normalization(
    x: ArrayLike,
    scale: ArrayLike | None = None,
    axis: int | Sequence[int] = -1,
    epsilon: float | None = None,
) -> jax.Array:
    """`x / sqrt(mean(x**2) + epsilon) * scale` (Zhang and Sennrich, 2019).

    Args:
        x: the array.
        scale: one number for each place along the axes.
        axis: the axes over which the mean is taken.
        epsilon: added to the mean; that of `gyeol.config` by default.
    """
    x, wide, axes, along = _for_statistics(x, axis)
    mean = jnp.mean(jnp.square(wide), axes, keepdims=True)
    wide = wide * lax.rsqrt(mean + (config.epsilon() if epsilon is None else epsilon))
    return (wide if scale is None else wide * along(scale)).astype(x.dtype)


def _for_statistics(
    x: ArrayLike, axis: int | Sequence[int]
) -> tuple[jax.Array, jax.Array, tuple[int, ...], Callable[[ArrayLike], jax.Array]]:
    """The array; the same in 32 bits at least; the axes; what lays weights along them."""
    x = jnp.atleast_1d(convert_to_tensor(x))
    wide = x.astype(jnp.promote_types(x.dtype, jnp.float32))
    axes = tuple(sorted(n % x.ndim for n in ([axis] if isinstance(axis, int) else axis)))
    shape = [size if n in axes else 1 for n, size in enumerate(x.shape)]

    def along(weights: ArrayLike) -> jax.Array:
        weights = convert_to_tensor(weights, wide.dtype)
        return weights if weights.ndim == x.ndim else weights.reshape(shape)

    return x, wide, axes, along


def dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    bias: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> jax.Array:
    """`softmax(scale * query key^T + bias) value` for each head (Vaswani et al., 2017).

    Args:
        query: (batch, time, heads, size).
        key, value: (batch, places, heads, size); the heads may be fewer, each then serving as many
            heads of the query.
        bias, mask: what is added, and where attention may go: (time, places), (batch, time,
            places), or 4 axes that broadcast to (batch, heads, time, places).
        scale: 1 / sqrt(size) by default.
        is_causal: whether attention goes to the same and earlier places only.
        flash_attention: whether to compute it block by block (Dao et al., 2022), which takes a GPU
            and 16-bit floats; by default, if `gyeol.config.enable_flash_attention` was called.
        attn_logits_soft_cap: not available.

    Returns:
        (batch, time, heads, size).

    Raises:
        ValueError: arrays without 4 axes, or a soft cap.
    """
    query, key, value = map(convert_to_tensor, (query, key, value))
    if {query.ndim, key.ndim, value.ndim} != {4}:
        raise ValueError(
            "dot_product_attention takes arrays with the axes (batch, time, heads, size); got "
            f"shapes {query.shape}, {key.shape} and {value.shape}."
        )
    if attn_logits_soft_cap is not None:
        raise ValueError("dot_product_attention: attn_logits_soft_cap is not available.")
    dtype = jnp.result_type(query, key, value)
    bias, mask = _four_axes(bias), _four_axes(mask)
    if flash_attention is None:
        flash_attention = (
            config.is_flash_attention_enabled()
            and jax.default_backend() == "gpu"
            and dtype in (jnp.float16, jnp.bfloat16)
        )
    return jax.nn.dot_product_attention(
        *(array.astype(dtype) for array in (query, key, value)),
        bias=None if bias is None else bias.astype(dtype),
        mask=None if mask is None else mask.astype(bool),
        scale=scale,
        is_causal=is_causal,
        implementation="cudnn" if flash_attention else "xla",
    )


def _four_axes(array: ArrayLike | None) -> jax.Array | None:
    if array is None:
        return None
    array = convert_to_tensor(array)
    if array.ndim == 3:
        return array[:, None]
    return array.reshape((1,) * (4 - array.ndim) + array.shape)


def gelu(x: ArrayLike, approximate: bool = True) -> jax.Array:
    """`gyeol.activations.gelu`, which here is approximate by default, as `keras.ops.gelu` is.

    Args:
        x: the array.
        approximate: whether to compute it by tanh.
    """
    from gyeol import activations  # a floor above

    return activations.gelu(x, approximate)


def categorical_crossentropy(
    target: ArrayLike, output: ArrayLike, from_logits: bool = False, axis: int = -1
) -> jax.Array:
    """`-sum(target * log(output))` along an axis; see `gyeol.losses.categorical_crossentropy`.

    Args:
        target: (..., classes), each a distribution.
        output: probabilities, or logits, of the same shape.
        from_logits: whether they are logits.
        axis: the axis of the classes.
    """
    from gyeol import losses  # two floors above: they know the logits behind probabilities

    return losses.categorical_crossentropy(target, output, from_logits, axis=axis)


def sparse_categorical_crossentropy(
    target: ArrayLike, output: ArrayLike, from_logits: bool = False, axis: int = -1
) -> jax.Array:
    """`-log(output)` of the right class; see `gyeol.losses.sparse_categorical_crossentropy`.

    Args:
        target: class numbers, (...) or (..., 1).
        output: probabilities, or logits, (..., classes).
        from_logits: whether they are logits.
        axis: the axis of the classes.
    """
    from gyeol import losses

    return losses.sparse_categorical_crossentropy(target, output, from_logits, axis=axis)


def binary_crossentropy(
    target: ArrayLike, output: ArrayLike, from_logits: bool = False
) -> jax.Array:
    """`-target * log(output) - (1 - target) * log(1 - output)` of each element.

    Args:
        target: 0, 1 or a number between.
        output: probabilities, or logits, of the same shape.
        from_logits: whether they are logits.
    """
    from gyeol import activations, losses

    # The loss is a mean over an axis: one of length 1, to keep each element.
    output = activations.with_logits(
        lambda x: jnp.expand_dims(x, -1), activations.as_array(output), ("sigmoid",)
    )
    return losses.binary_crossentropy(
        jnp.expand_dims(convert_to_tensor(target), -1), output, from_logits
    )


def psnr(x1: ArrayLike, x2: ArrayLike, max_val: float) -> jax.Array:
    """The peak signal-to-noise ratio of two images, in decibels.

    Args:
        x1, x2: the images, of one shape.
        max_val: the largest value that a pixel can have.

    Raises:
        ValueError: images of different shapes.

    >>> float(psnr([0.0, 0.0], [0.1, 0.1], 1.0).round(3))
    20.0
    """
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    if x1.shape != x2.shape:
        raise ValueError(f"psnr takes images of one shape; got {x1.shape} and {x2.shape}.")
    peak = jnp.asarray(max_val, x2.dtype)
    return 20 * jnp.log10(peak) - 10 * jnp.log10(jnp.mean(jnp.square(x1 - x2)))


def polar(abs_: ArrayLike, angle: ArrayLike) -> jax.Array:
    """Complex numbers of their distances from zero and their angles in radians."""
    abs_, angle = convert_to_tensor(abs_), convert_to_tensor(angle)
    return lax.complex(abs_ * jnp.cos(angle), abs_ * jnp.sin(angle))


def __getattr__(name: str) -> Any:
    # Keras has its activations, convolutions and poolings here, too.
    if name.startswith("_"):
        raise AttributeError(name)
    from gyeol import ops

    return getattr(ops, name)
