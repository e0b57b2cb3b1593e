"""`tf.math`, and the mathematics of `tf` itself."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np

from gyeol.compat.operations import tensor_function
from gyeol.compat.tensors import array, canonical

__all__: list[str] = []


def _public(function: Callable) -> Callable:
    __all__.append(function.__name__)
    return tensor_function(function)


# Reductions ---------------------------------------------------------------------------------


def _reduction(name: str, reduce: Callable) -> Callable:
    def function(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool = False,
        name: str | None = None,
        keep_dims: bool = False,
        reduction_indices: Any = None,
    ) -> jax.Array:
        axis = reduction_indices if axis is None else axis
        axis = tuple(axis) if isinstance(axis, (list, np.ndarray)) else axis
        return reduce(array(input_tensor), axis=axis, keepdims=keepdims or keep_dims)

    function.__name__ = name
    function.__doc__ = f"`{name}` along axes, or of everything."
    return _public(function)


def _integer_mean(x: jax.Array, axis: Any, keepdims: bool) -> jax.Array:
    # TensorFlow's mean of whole numbers is a whole number.
    mean = jnp.mean(x, axis=axis, keepdims=keepdims)
    return mean.astype(x.dtype) if jnp.issubdtype(x.dtype, jnp.integer) else mean


def _norm(x: jax.Array, axis: Any, keepdims: bool) -> jax.Array:
    return jnp.sqrt(jnp.sum(jnp.square(x), axis=axis, keepdims=keepdims))


reduce_all = _reduction("reduce_all", jnp.all)
reduce_any = _reduction("reduce_any", jnp.any)
reduce_euclidean_norm = _reduction("reduce_euclidean_norm", _norm)
reduce_logsumexp = _reduction("reduce_logsumexp", jax.nn.logsumexp)
reduce_max = _reduction("reduce_max", jnp.max)
reduce_mean = _reduction("reduce_mean", _integer_mean)
reduce_min = _reduction("reduce_min", jnp.min)
reduce_prod = _reduction("reduce_prod", jnp.prod)
reduce_std = _reduction("reduce_std", jnp.std)
reduce_sum = _reduction("reduce_sum", jnp.sum)
reduce_variance = _reduction("reduce_variance", jnp.var)


# Element by element -------------------------------------------------------------------------


def _elementwise(name: str, apply: Callable) -> Callable:
    def function(x: Any) -> jax.Array:
        return apply(array(x))

    function.__name__ = name
    function.__doc__ = f"`{name}`, element by element."
    return _public(function)


abs = _elementwise("abs", jnp.abs)
acos = _elementwise("acos", jnp.arccos)
acosh = _elementwise("acosh", jnp.arccosh)
asin = _elementwise("asin", jnp.arcsin)
asinh = _elementwise("asinh", jnp.arcsinh)
atan = _elementwise("atan", jnp.arctan)
atanh = _elementwise("atanh", jnp.arctanh)
ceil = _elementwise("ceil", jnp.ceil)
cos = _elementwise("cos", jnp.cos)
cosh = _elementwise("cosh", jnp.cosh)
digamma = _elementwise("digamma", special.digamma)
erf = _elementwise("erf", special.erf)
exp = _elementwise("exp", jnp.exp)
expm1 = _elementwise("expm1", jnp.expm1)
floor = _elementwise("floor", jnp.floor)
imag = _elementwise("imag", jnp.imag)
is_finite = _elementwise("is_finite", jnp.isfinite)
is_inf = _elementwise("is_inf", jnp.isinf)
is_nan = _elementwise("is_nan", jnp.isnan)
lgamma = _elementwise("lgamma", special.gammaln)
log = _elementwise("log", jnp.log)
log1p = _elementwise("log1p", jnp.log1p)
log_sigmoid = _elementwise("log_sigmoid", jax.nn.log_sigmoid)
logical_not = _elementwise("logical_not", jnp.logical_not)
negative = _elementwise("negative", jnp.negative)
real = _elementwise("real", jnp.real)
reciprocal = _elementwise("reciprocal", jnp.reciprocal)
rint = _elementwise("rint", jnp.rint)
round = _elementwise("round", jnp.round)
rsqrt = _elementwise("rsqrt", jax.lax.rsqrt)
sign = _elementwise("sign", jnp.sign)
sin = _elementwise("sin", jnp.sin)
sinh = _elementwise("sinh", jnp.sinh)
sqrt = _elementwise("sqrt", jnp.sqrt)
square = _elementwise("square", jnp.square)
tan = _elementwise("tan", jnp.tan)


def _pairwise(name: str, apply: Callable) -> Callable:
    def function(x: Any, y: Any) -> jax.Array:
        return apply(array(x), array(y))

    function.__name__ = name
    function.__doc__ = f"`{name}` of two tensors, element by element."
    return _public(function)


def _divided(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.where(y == 0, 0, x / jnp.where(y == 0, 1, y))


add = _pairwise("add", jnp.add)
atan2 = _pairwise("atan2", jnp.arctan2)
divide = _pairwise("divide", jnp.divide)
divide_no_nan = _pairwise("divide_no_nan", _divided)
equal = _pairwise("equal", jnp.equal)
floordiv = _pairwise("floordiv", jnp.floor_divide)
floormod = _pairwise("floormod", jnp.mod)
greater = _pairwise("greater", jnp.greater)
greater_equal = _pairwise("greater_equal", jnp.greater_equal)
less = _pairwise("less", jnp.less)
less_equal = _pairwise("less_equal", jnp.less_equal)
logical_and = _pairwise("logical_and", jnp.logical_and)
logical_or = _pairwise("logical_or", jnp.logical_or)
logical_xor = _pairwise("logical_xor", jnp.logical_xor)
maximum = _pairwise("maximum", jnp.maximum)
minimum = _pairwise("minimum", jnp.minimum)
mod = _pairwise("mod", jnp.mod)
multiply = _pairwise("multiply", jnp.multiply)
not_equal = _pairwise("not_equal", jnp.not_equal)
pow = _pairwise("pow", jnp.power)
squared_difference = _pairwise("squared_difference", lambda x, y: jnp.square(x - y))
subtract = _pairwise("subtract", jnp.subtract)
truediv = _pairwise("truediv", jnp.true_divide)


@_public
def add_n(inputs: Sequence[Any]) -> jax.Array:
    """The sum of the tensors."""
    return sum(array(x) for x in inputs)


@_public
def accumulate_n(inputs: Sequence[Any]) -> jax.Array:
    """The sum of the tensors."""
    return sum(array(x) for x in inputs)


# Along an axis ------------------------------------------------------------------------------


def _place(name: str, find: Callable) -> Callable:
    def function(
        input: Any,
        axis: int | None = None,
        output_type: Any = "int64",
        name: str | None = None,
        dimension: int | None = None,
    ) -> jax.Array:
        axis = dimension if axis is None else axis
        return find(array(input), axis=axis or 0).astype(canonical(output_type))

    function.__name__ = name
    function.__doc__ = f"`{name}` along an axis, the first by default."
    return _public(function)


argmax = _place("argmax", jnp.argmax)
argmin = _place("argmin", jnp.argmin)


@_public
def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> jax.Array:
    """The running sum."""
    x = array(x)
    x = jnp.flip(x, axis) if reverse else x
    sums = jnp.cumsum(x, axis) - (x if exclusive else 0)
    return jnp.flip(sums, axis) if reverse else sums


@_public
def cumprod(x: Any, axis: int = 0) -> jax.Array:
    """The running product."""
    return jnp.cumprod(array(x), axis)


@_public
def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = "int64"
) -> jax.Array:
    """How many elements are not zero."""
    found = jnp.count_nonzero(array(input), axis=axis, keepdims=keepdims)
    return found.astype(canonical(dtype))


@_public
def bincount(arr: Any, weights: Any = None, minlength: int = 0) -> jax.Array:
    """How often each whole number occurs."""
    return jnp.asarray(np.bincount(np.asarray(arr).ravel(), weights, minlength))


@_public
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = "int32",
) -> jax.Array:
    """Counts by label (rows) and prediction (columns)."""
    labels, predictions = array(labels, "int32"), array(predictions, "int32")
    if num_classes is None:
        num_classes = int(max(labels.max(), predictions.max())) + 1
    counts = jnp.zeros((num_classes, num_classes), canonical(dtype))
    return counts.at[labels, predictions].add(1 if weights is None else array(weights, dtype))


@_public
def top_k(input: Any, k: int = 1, sorted: bool = True) -> Any:
    """The `k` highest elements of the last axis, and their places."""
    from gyeol.compat.tf.nn import TopK

    return TopK(*jax.lax.top_k(array(input), k))


@_public
def in_top_k(targets: Any, predictions: Any, k: int) -> jax.Array:
    """Whether each target is among the k highest predictions of its row."""
    predictions, targets = array(predictions), array(targets, "int32")
    own = jnp.take_along_axis(predictions, targets[:, None], axis=1)
    return (predictions > own).sum(axis=1) < k


@_public
def segment_sum(data: Any, segment_ids: Any) -> jax.Array:
    """The sums of the rows of each segment."""
    return jax.ops.segment_sum(array(data), array(segment_ids, "int32"))


# Products -----------------------------------------------------------------------------------


@_public
def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> jax.Array:
    """The matrix product."""
    a, b = array(a), array(b)
    a = jnp.swapaxes(a, -1, -2) if transpose_a else a
    b = jnp.swapaxes(b, -1, -2) if transpose_b else b
    return a @ b


@_public
def tensordot(a: Any, b: Any, axes: Any) -> jax.Array:
    """The sum of products over axes."""
    return jnp.tensordot(array(a), array(b), axes)


@_public
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12) -> jax.Array:
    """`x` divided by its L2 norm."""
    x = array(x)
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(x * x, axis, keepdims=True), epsilon))


@_public
def sigmoid(x: Any) -> jax.Array:
    """``1 / (1 + exp(-x))``."""
    from gyeol import activations

    return activations.sigmoid(array(x))


@_public
def tanh(x: Any) -> jax.Array:
    """The hyperbolic tangent."""
    return jnp.tanh(array(x))


@_public
def softplus(features: Any) -> jax.Array:
    """``log(1 + exp(x))``."""
    return jax.nn.softplus(array(features))
