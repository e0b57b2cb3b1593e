"""`keras.backend` as Keras 2 had it: mathematics and settings, in its names and its meaning."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import gyeol.random
from gyeol import activations, config, losses, ops, utils
from gyeol.compat.keras2 import narrowed
from gyeol.compat.operations import tensor_function
from gyeol.compat.tensors import array, canonical
from gyeol.compat.usage import refused
from gyeol.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_image_data_format,
)
from gyeol.layers import Input
from gyeol.symbolic import KerasTensor
from gyeol.utils import clear_session
from gyeol.variable import Variable

__all__ = [
    "clear_session",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_epsilon",
    "set_image_data_format",
]


def _public(function: Callable) -> Callable:
    __all__.append(function.__name__)
    return function


def _tensors(function: Callable) -> Callable:
    return _public(tensor_function(function))


# Reductions ---------------------------------------------------------------------------------


def _reduction(name: str, reduce: Callable, as_float: bool = False) -> Callable:
    def function(x: Any, axis: Any = None, keepdims: bool = False) -> jax.Array:
        x = array(x)
        if as_float and x.dtype == bool:
            x = x.astype(config.floatx())
        return reduce(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)

    function.__name__ = name
    function.__doc__ = f"The {name} along an axis, or of everything."
    return _tensors(function)


all = _reduction("all", jnp.all)
any = _reduction("any", jnp.any)
logsumexp = _reduction("logsumexp", jax.nn.logsumexp)
max = _reduction("max", jnp.max)
mean = _reduction("mean", jnp.mean, as_float=True)
min = _reduction("min", jnp.min)
prod = _reduction("prod", jnp.prod)
std = _reduction("std", jnp.std, as_float=True)
sum = _reduction("sum", jnp.sum)
var = _reduction("var", jnp.var, as_float=True)


def _along(name: str, apply: Callable) -> Callable:
    def function(x: Any, axis: int = -1) -> jax.Array:
        return apply(array(x), axis=axis)

    function.__name__ = name
    function.__doc__ = f"`{name}` along an axis."
    return _tensors(function)


argmax = _along("argmax", jnp.argmax)
argmin = _along("argmin", jnp.argmin)
cumsum = _along("cumsum", jnp.cumsum)
cumprod = _along("cumprod", jnp.cumprod)


# Element by element -------------------------------------------------------------------------


def _elementwise(name: str, apply: Callable) -> Callable:
    def function(x: Any) -> jax.Array:
        return apply(array(x))

    function.__name__ = name
    function.__doc__ = f"`{name}`, element by element."
    return _tensors(function)


def _positive_root(x: jax.Array) -> jax.Array:
    return jnp.sqrt(jnp.maximum(x, 0))


abs = _elementwise("abs", jnp.abs)
cos = _elementwise("cos", jnp.cos)
exp = _elementwise("exp", jnp.exp)
log = _elementwise("log", jnp.log)
round = _elementwise("round", jnp.round)
sigmoid = _elementwise("sigmoid", activations.sigmoid)
sign = _elementwise("sign", jnp.sign)
sin = _elementwise("sin", jnp.sin)
softplus = _elementwise("softplus", activations.softplus)
softsign = _elementwise("softsign", activations.softsign)
sqrt = _elementwise("sqrt", _positive_root)
square = _elementwise("square", jnp.square)
stop_gradient = _elementwise("stop_gradient", jax.lax.stop_gradient)
tanh = _elementwise("tanh", jnp.tanh)
identity = _elementwise("identity", lambda x: x)


def _pairwise(name: str, apply: Callable) -> Callable:
    def function(x: Any, y: Any) -> jax.Array:
        return apply(array(x), array(y))

    function.__name__ = name
    function.__doc__ = f"`{name}` of two tensors, element by element."
    return _tensors(function)


equal = _pairwise("equal", jnp.equal)
greater = _pairwise("greater", jnp.greater)
greater_equal = _pairwise("greater_equal", jnp.greater_equal)
less = _pairwise("less", jnp.less)
less_equal = _pairwise("less_equal", jnp.less_equal)
maximum = _pairwise("maximum", jnp.maximum)
minimum = _pairwise("minimum", jnp.minimum)
not_equal = _pairwise("not_equal", jnp.not_equal)


@_tensors
def pow(x: Any, a: Any) -> jax.Array:
    """``x ** a``."""
    return jnp.power(array(x), a)


@_tensors
def clip(x: Any, min_value: Any, max_value: Any) -> jax.Array:
    """`x` cut to the range."""
    return jnp.clip(array(x), min_value, max_value)


@_tensors
def hard_sigmoid(x: Any) -> jax.Array:
    """Keras 2's: ``clip(0.2 * x + 0.5, 0, 1)``."""
    return jnp.clip(0.2 * array(x) + 0.5, 0, 1)


@_tensors
def relu(x: Any, alpha: float = 0.0, max_value: Any = None, threshold: float = 0.0) -> jax.Array:
    """The rectified linear unit."""
    return activations.relu(array(x), alpha, max_value, threshold)


@_tensors
def elu(x: Any, alpha: float = 1.0) -> jax.Array:
    """The exponential linear unit."""
    return activations.elu(array(x), alpha)


@_tensors
def softmax(x: Any, axis: int = -1) -> jax.Array:
    """Shares of 1 along an axis."""
    return activations.softmax(array(x), axis)


@_tensors
def l2_normalize(x: Any, axis: Any = None) -> jax.Array:
    """`x` divided by its L2 norm."""
    x = array(x)
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(x * x, axis, keepdims=True), 1e-12))


@_tensors
def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> jax.Array:
    """`x` with a share of its elements set to zero and the others scaled up."""
    x = array(x)
    kept = jax.random.bernoulli(gyeol.random.next_key(seed), 1 - level, noise_shape or x.shape)
    return jnp.where(kept, x / (1 - level), 0)


# Shapes -------------------------------------------------------------------------------------


@_tensors
def reshape(x: Any, shape: Sequence[int]) -> jax.Array:
    """`x` in another shape."""
    return jnp.reshape(array(x), tuple(shape))


@_tensors
def permute_dimensions(x: Any, pattern: Sequence[int]) -> jax.Array:
    """`x` with its axes in another order."""
    return jnp.transpose(array(x), tuple(pattern))


@_tensors
def transpose(x: Any) -> jax.Array:
    """`x` with its axes reversed."""
    return jnp.transpose(array(x))


@_tensors
def expand_dims(x: Any, axis: int = -1) -> jax.Array:
    """`x` with an axis of size 1 more."""
    return jnp.expand_dims(array(x), axis)


@_tensors
def squeeze(x: Any, axis: int) -> jax.Array:
    """`x` without an axis of size 1."""
    return jnp.squeeze(array(x), axis)


@_tensors
def flatten(x: Any) -> jax.Array:
    """`x` in one axis."""
    return jnp.ravel(array(x))


@_tensors
def batch_flatten(x: Any) -> jax.Array:
    """`x` with all axes but the first in one."""
    x = array(x)
    return x.reshape(x.shape[0], -1)


@_tensors
def concatenate(tensors: Sequence[Any], axis: int = -1) -> jax.Array:
    """Tensors joined along an axis."""
    return jnp.concatenate([array(x) for x in tensors], axis)


@_tensors
def stack(x: Sequence[Any], axis: int = 0) -> jax.Array:
    """Tensors side by side along a new axis."""
    return jnp.stack([array(item) for item in x], axis)


@_tensors
def repeat(x: Any, n: int) -> jax.Array:
    """(batch, features) as (batch, n, features)."""
    return jnp.repeat(array(x)[:, None], n, axis=1)


@_tensors
def repeat_elements(x: Any, rep: int, axis: int) -> jax.Array:
    """Each element `rep` times along an axis."""
    return jnp.repeat(array(x), rep, axis)


@_tensors
def tile(x: Any, n: Any) -> jax.Array:
    """`x` repeated as a whole."""
    return jnp.tile(array(x), n)


@_tensors
def reverse(x: Any, axes: Any) -> jax.Array:
    """`x` the other way round along axes."""
    return jnp.flip(array(x), axes)


@_tensors
def gather(reference: Any, indices: Any) -> jax.Array:
    """The rows of `reference` at the indices."""
    return array(reference)[array(indices, "int32")]


@_tensors
def one_hot(indices: Any, num_classes: int) -> jax.Array:
    """Indices as vectors with a single one."""
    return jax.nn.one_hot(array(indices), num_classes, dtype=config.floatx())


@_tensors
def cast(x: Any, dtype: str) -> jax.Array:
    """`x` in another dtype."""
    return array(x, dtype)


@_public
def cast_to_floatx(x: Any) -> Any:
    """`x` in the float type of the settings."""
    if isinstance(x, (np.ndarray, list, tuple, float, int)):
        return np.asarray(x, config.floatx())
    return cast(x, config.floatx())


@_tensors
def switch(condition: Any, then_expression: Any, else_expression: Any) -> jax.Array:
    """One or the other, by the condition."""
    then, other = (e() if callable(e) else array(e) for e in (then_expression, else_expression))
    condition = array(condition).astype(bool)
    extra = (1,) * (then.ndim - condition.ndim)
    return jnp.where(condition.reshape(condition.shape + extra), then, other)


# Products -----------------------------------------------------------------------------------


@_tensors
def dot(x: Any, y: Any) -> jax.Array:
    """The matrix product; of tensors, over the last axis of `x` and the last but one of `y`."""
    return jnp.dot(array(x), array(y))


@_tensors
def batch_dot(x: Any, y: Any, axes: Any = None) -> jax.Array:
    """The product of each sample of `x` with that of `y`, over one axis of each."""
    x, y = array(x), array(y)
    if axes is None:
        axes = (x.ndim - 1, max_axis(y))
    if isinstance(axes, int):
        axes = (axes, axes)
    left, right = (axis % t.ndim for axis, t in zip(axes, (x, y)))
    result = jax.vmap(lambda a, b: jnp.tensordot(a, b, (left - 1, right - 1)))(x, y)
    return result[:, None] if result.ndim == 1 else result


def max_axis(y: jax.Array) -> int:
    """The axis of `y` that `batch_dot` sums over when none is named."""
    return y.ndim - 1 if y.ndim == 2 else y.ndim - 2


@_tensors
def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> jax.Array:
    """A convolution over two axes."""
    return ops.conv(array(x), array(kernel), strides, padding, data_format, dilation_rate)


@_tensors
def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> jax.Array:
    """Pooling over two axes."""
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(array(x), pool_size, strides, padding, data_format)


# Losses -------------------------------------------------------------------------------------


@_tensors
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> jax.Array:
    """The cross-entropy of each element."""
    target, output = array(target), array(output)
    return losses.binary_crossentropy(target[..., None], output[..., None], from_logits)


@_tensors
def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> jax.Array:
    """The cross-entropy of each sample, with one-hot targets."""
    return losses.categorical_crossentropy(array(target), array(output), from_logits, axis=axis)


@_tensors
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> jax.Array:
    """The cross-entropy of each sample, with whole numbers as targets."""
    return losses.sparse_categorical_crossentropy(
        array(target), array(output), from_logits, axis=axis
    )


@_tensors
def in_top_k(predictions: Any, targets: Any, k: int) -> jax.Array:
    """Whether each target is among the k highest predictions of its row."""
    predictions, targets = array(predictions), array(targets, "int32")
    own = jnp.take_along_axis(predictions, targets[:, None], axis=1)
    return (predictions > own).sum(axis=1) < k


@_public
def set_floatx(value: str) -> None:
    """Set the float type; 'float64' becomes 'float32' where JAX has no other."""
    config.set_floatx(narrowed(value))


# Making tensors -----------------------------------------------------------------------------


@_public
def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """A variable with this value."""
    made = Variable(value, dtype=canonical(dtype or config.floatx()), name=name)
    made.constraint = constraint
    return made


@_public
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor with this value."""
    made = array(value, dtype or config.floatx())
    return made if shape is None else jnp.broadcast_to(made, tuple(shape))


@_public
def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, **_: Any
) -> KerasTensor:
    """A symbolic tensor of a shape with the batch."""
    return Input(batch_shape=tuple(shape) if shape is not None else (None,) * ndim, dtype=dtype)


def _filled(name: str, fill: Callable) -> Callable:
    def function(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
        return fill(tuple(shape), canonical(dtype or config.floatx()))

    function.__name__ = name
    function.__doc__ = f"A tensor of {name}."
    return _public(function)


ones = _filled("ones", jnp.ones)
zeros = _filled("zeros", jnp.zeros)


@_tensors
def ones_like(x: Any, dtype: Any = None) -> jax.Array:
    """Ones in the shape of `x`."""
    return jnp.ones_like(array(x), canonical(dtype))


@_tensors
def zeros_like(x: Any, dtype: Any = None) -> jax.Array:
    """Zeros in the shape of `x`."""
    return jnp.zeros_like(array(x), canonical(dtype))


@_public
def eye(size: int, dtype: Any = None, name: str | None = None) -> jax.Array:
    """The identity matrix."""
    return jnp.eye(size, dtype=canonical(dtype or config.floatx()))


@_public
def arange(start: Any, stop: Any = None, step: int = 1, dtype: str = "int32") -> jax.Array:
    """Numbers in a row."""
    return jnp.arange(start, stop, step, dtype)


@_public
def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> jax.Array:
    """Normally distributed numbers."""
    key = gyeol.random.next_key(seed)
    return mean + stddev * jax.random.normal(key, tuple(shape), canonical(dtype or config.floatx()))


@_public
def random_uniform(
    shape: Any,
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: Any = None,
    seed: int | None = None,
) -> jax.Array:
    """Uniformly distributed numbers."""
    key, dtype = gyeol.random.next_key(seed), canonical(dtype or config.floatx())
    return jax.random.uniform(key, tuple(shape), dtype, minval, maxval)


@_public
def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> jax.Array:
    """Normally distributed numbers within two standard deviations."""
    key, dtype = gyeol.random.next_key(seed), canonical(dtype or config.floatx())
    return mean + stddev * jax.random.truncated_normal(key, -2, 2, tuple(shape), dtype)


@_public
def random_bernoulli(
    shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None
) -> jax.Array:
    """Ones with probability `p`, else zeros."""
    drawn = jax.random.bernoulli(gyeol.random.next_key(seed), p, tuple(shape))
    return drawn.astype(canonical(dtype or config.floatx()))


random_binomial = _public(random_bernoulli)
random_normal_variable = refused("K.random_normal_variable", "Use K.variable(K.random_normal()).")


# What a tensor is ---------------------------------------------------------------------------


@_public
def int_shape(x: Any) -> tuple:
    """The shape, with None for open sizes."""
    return tuple(x.shape)


@_public
def shape(x: Any) -> Any:
    """The shape."""
    return tuple(x.shape)


@_public
def ndim(x: Any) -> int:
    """The number of axes."""
    return len(x.shape)


@_public
def dtype(x: Any) -> str:
    """The name of the dtype."""
    return str(getattr(x.dtype, "name", x.dtype))


@_public
def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a symbolic tensor of a model."""
    return isinstance(x, KerasTensor)


is_tensor = is_keras_tensor


@_public
def eval(x: Any) -> Any:
    """The value as a NumPy array."""
    return np.array(array(x))


@_public
def get_value(x: Any) -> Any:
    """The value as a NumPy array or number."""
    return np.array(array(x))[()]


@_public
def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    x.assign(value)


@_public
def batch_get_value(tensors: Sequence[Any]) -> list[Any]:
    """The values of variables."""
    return [get_value(x) for x in tensors]


@_public
def batch_set_value(tuples: Sequence[tuple[Any, Any]]) -> None:
    """Give variables values."""
    for x, value in tuples:
        x.assign(value)


@_public
def count_params(x: Any) -> int:
    """The number of elements."""
    return int(np.prod(x.shape))


# The session --------------------------------------------------------------------------------

_phase = {"training": None}


@_public
def learning_phase() -> int:
    """0 or 1; a layer's `training` argument tells more."""
    return int(bool(_phase["training"]))


@_public
def set_learning_phase(value: int) -> None:
    """Note the phase; layers take theirs from `fit` and `predict`."""
    _phase["training"] = value


@_public
def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in training, else `alt`."""
    chosen = x if training else alt
    return chosen() if callable(chosen) else chosen


@_public
def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` in training, else `x`."""
    return in_train_phase(alt, x, training)


@_public
def function(
    inputs: Sequence[Any], outputs: Sequence[Any], updates: Any = None, **_: Any
) -> Callable:
    """A function from the values of symbolic inputs to those of symbolic outputs."""
    from gyeol.models import Model

    several = isinstance(outputs, (list, tuple))
    places = [i for i, x in enumerate(inputs) if isinstance(x, KerasTensor)]
    model = Model([inputs[i] for i in places], list(outputs) if several else [outputs])

    def run(values: Any) -> Any:
        given = values if isinstance(values, (list, tuple)) else [values]
        # The learning phase that old programs pass last is no input of the model.
        training = bool(len(given) > len(places) and given[len(places)])
        results = model([array(given[i]) for i in places], training=training)
        results = [np.asarray(result) for result in jax.tree.leaves(results)]
        return results if several else results[0]

    return run


@_public
def backend() -> str:
    """'tensorflow': what programs that ask expect of these faces."""
    return "tensorflow"


@_public
def image_dim_ordering() -> str:
    """Keras 1's name of the data format: 'tf' or 'th'."""
    return "tf" if config.image_data_format() == "channels_last" else "th"


@_public
def set_image_dim_ordering(dim_ordering: str) -> None:
    """Set the data format by Keras 1's name."""
    config.set_image_data_format("channels_first" if dim_ordering == "th" else "channels_last")


@_public
def get_uid(prefix: str = "") -> int:
    """A number that is new for this prefix."""
    _uids[prefix] = _uids.get(prefix, 0) + 1
    return _uids[prefix]


_uids: dict[str, int] = {}


@_public
def set_session(session: Any) -> None:
    """Nothing: there is no session."""


@_public
def get_session() -> None:
    """None: there is no session."""


@_public
def manual_variable_initialization(value: bool) -> None:
    """Nothing: variables have values from the start."""


def _get_available_gpus() -> list[str]:
    return [f"/device:GPU:{d.id}" for d in jax.devices() if d.platform == "gpu"]


gradients = refused("K.gradients", "Use jax.grad of a function, or tf.GradientTape.")
rnn = refused("K.rnn", "Use the recurrent layers.")
reset_uids = _public(utils.clear_session)
