"""`tf.nn`: activations, losses, convolution and pooling."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

import gyeol.random
from gyeol import activations, ops
from gyeol.compat.operations import tensor_function
from gyeol.compat.tensors import array
from gyeol.compat.tf.math import in_top_k, l2_normalize, top_k

__all__ = ["in_top_k", "l2_normalize", "top_k"]


class TopK(NamedTuple):
    """The highest elements and their places."""

    values: jax.Array
    indices: jax.Array


def _public(function: Callable) -> Callable:
    __all__.append(function.__name__)
    return tensor_function(function)


def _activation(name: str, of: str | None = None) -> Callable:
    own = getattr(activations, of or name)

    def function(features: Any, axis: int = -1) -> jax.Array:
        x = array(features)
        return own(x, axis=axis) if "softmax" in name else own(x)

    function.__name__ = name
    function.__doc__ = own.__doc__.splitlines()[0]
    function = _public(function)
    function.stands_for = own  # as a layer's activation
    return function


elu = _activation("elu")
gelu = _activation("gelu")
log_softmax = _activation("log_softmax")
relu = _activation("relu")
relu6 = _activation("relu6")
selu = _activation("selu")
sigmoid = _activation("sigmoid")
silu = _activation("silu")
softmax = _activation("softmax")
softplus = _activation("softplus")
softsign = _activation("softsign")
swish = _activation("swish", "silu")
tanh = _activation("tanh")


@_public
def leaky_relu(features: Any, alpha: float = 0.2) -> jax.Array:
    """``max(x, alpha * x)``."""
    return activations.leaky_relu(array(features), alpha)


@_public
def dropout(x: Any, rate: float, noise_shape: Any = None, seed: int | None = None) -> jax.Array:
    """`x` with a share of its elements set to zero and the others scaled up."""
    x = array(x)
    kept = jax.random.bernoulli(gyeol.random.next_key(seed), 1 - rate, noise_shape or x.shape)
    return jnp.where(kept, x / (1 - rate), 0)


@_public
def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False) -> Any:
    """Mean and variance over axes."""
    return ops.moments(array(x), tuple(jnp.atleast_1d(jnp.asarray(axes)).tolist()), keepdims)


@_public
def l2_loss(t: Any) -> jax.Array:
    """Half the sum of squares."""
    return jnp.sum(jnp.square(array(t))) / 2


@_public
def bias_add(value: Any, bias: Any, data_format: str | None = None) -> jax.Array:
    """A value for each channel added."""
    value, bias = array(value), array(bias)
    if data_format and data_format.startswith("NC"):
        bias = bias.reshape(-1, *(1,) * (value.ndim - 2))
    return value + bias


@_public
def embedding_lookup(params: Any, ids: Any, max_norm: Any = None) -> jax.Array:
    """Rows by their numbers."""
    return array(params)[array(ids)]


# Losses -------------------------------------------------------------------------------------


@_public
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1) -> jax.Array:
    """The cross-entropy of each row, from logits and one-hot labels."""
    return -jnp.sum(array(labels) * jax.nn.log_softmax(array(logits), axis), axis)


@_public
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> jax.Array:
    """The cross-entropy of each row, from logits and whole numbers."""
    scores = jax.nn.log_softmax(array(logits))
    return -jnp.take_along_axis(scores, array(labels, "int32")[..., None], axis=-1)[..., 0]


@_public
def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any) -> jax.Array:
    """The cross-entropy of each element, from logits."""
    labels, logits = array(labels), array(logits)
    return -labels * jax.nn.log_sigmoid(logits) - (1 - labels) * jax.nn.log_sigmoid(-logits)


softmax_cross_entropy_with_logits_v2 = softmax_cross_entropy_with_logits


# Convolution and pooling --------------------------------------------------------------------


def _spatial(value: Any) -> Any:
    """(1, h, w, 1) and (h, w) and h as what `ops` take."""
    if isinstance(value, int):
        return value
    return tuple(value[1:3]) if len(value) == 4 else tuple(value)


@_public
def conv2d(
    input: Any,
    filters: Any,
    strides: Any = 1,
    padding: str = "VALID",
    data_format: str = "NHWC",
    dilations: Any = 1,
) -> jax.Array:
    """A convolution over two axes."""
    return ops.conv(
        array(input),
        array(filters),
        _spatial(strides),
        padding.lower(),
        "channels_last" if data_format == "NHWC" else "channels_first",
        _spatial(dilations),
    )


def _pooled(pool: Callable, input: Any, ksize: Any, strides: Any, padding: str) -> jax.Array:
    return pool(array(input), _spatial(ksize), _spatial(strides), padding.lower(), "channels_last")


@_public
def max_pool2d(input: Any, ksize: Any, strides: Any, padding: str) -> jax.Array:
    """The highest element of each window."""
    return _pooled(ops.max_pool, input, ksize, strides, padding)


@_public
def avg_pool2d(input: Any, ksize: Any, strides: Any, padding: str) -> jax.Array:
    """The mean of each window."""
    return _pooled(ops.average_pool, input, ksize, strides, padding)


max_pool, avg_pool = max_pool2d, avg_pool2d
