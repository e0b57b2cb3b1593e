"""Mathematics on arrays, under the names and with the arguments of `keras.ops`.

Most of it is `jax.numpy`'s functions as they are, listed below with Keras's arguments. Each takes
variables as well as arrays, lists and numbers.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from gyeol import config


def convert_to_tensor(x: Any, dtype: Any = None) -> jax.Array:
    """A JAX array of what is given: a variable's value, an array, a list or a number.

    Args:
        x: the variable, array, list or number.
        dtype: the dtype of the result; that of `x` by default. 64 bits become 32 where JAX is not
            told to use 64.

    >>> convert_to_tensor([1, 2], "float32").tolist()
    [1.0, 2.0]
    """
    return jnp.asarray(_unboxed(x), _available(dtype))


def _available(dtype: Any) -> np.dtype | None:
    return None if dtype is None else jax.dtypes.canonicalize_dtype(dtype)


def _unboxed(x: Any) -> Any:
    # Tracers have the attribute too, as None.
    unbox = getattr(x, "__jax_array__", None)
    return x if unbox is None else unbox()


_ARRAYS = ("x", "x1", "x2", "x_min", "x_max", "indices", "data", "segment_ids", "variable")


def _function(
    function: Callable[..., Any], arguments: str, summary: str, **options: Any
) -> Callable[..., Any]:
    """A function of JAX's under its own name, with Keras's arguments.

    Args:
        function: takes `arguments` by position and `options` by name.
        arguments: names of the required ones, divided by commas. Those in `_ARRAYS` are converted
            to arrays; the others, and the options, only have variables replaced by their values.
        summary: the first line of its documentation.
        options: the optional arguments with their defaults.
    """
    required = arguments.split(", ")
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(name, kind, annotation=ArrayLike if name in _ARRAYS else Any)
        for name in required
    ]
    parameters += [
        inspect.Parameter(name, kind, default=default, annotation=Any)
        for name, default in options.items()
    ]
    signature = inspect.Signature(parameters, return_annotation=jax.Array)

    def call(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        positional = [
            convert_to_tensor(given.pop(name)) if name in _ARRAYS else _unboxed(given.pop(name))
            for name in required
        ]
        named = {name: _unboxed(value) for name, value in given.items()}
        if "dtype" in named:
            named["dtype"] = _available(named["dtype"])
        return function(*positional, **named)

    call.__name__ = call.__qualname__ = function.__name__
    call.__signature__ = signature
    call.__doc__ = summary
    return call


# One array, element by element.
abs = _function(jnp.abs, "x", "The distance of each element from zero.")
absolute = _function(jnp.absolute, "x", "The distance of each element from zero.")
negative = _function(jnp.negative, "x", "Each element with the other sign.")
sign = _function(jnp.sign, "x", "-1, 0 or 1 for elements below, at and above zero.")
reciprocal = _function(jnp.reciprocal, "x", "One over each element.")
square = _function(jnp.square, "x", "Each element times itself.")
sqrt = _function(jnp.sqrt, "x", "The square root of each element.")
rsqrt = _function(jax.lax.rsqrt, "x", "One over the square root of each element.")
exp = _function(jnp.exp, "x", "e to the power of each element.")
expm1 = _function(jnp.expm1, "x", "exp(x) - 1, exact also near zero.")
log = _function(jnp.log, "x", "The natural logarithm of each element.")
log1p = _function(jnp.log1p, "x", "log(1 + x), exact also near zero.")
log2 = _function(jnp.log2, "x", "The logarithm of each element to base 2.")
log10 = _function(jnp.log10, "x", "The logarithm of each element to base 10.")
sin = _function(jnp.sin, "x", "The sine of each element, in radians.")
cos = _function(jnp.cos, "x", "The cosine of each element, in radians.")
tan = _function(jnp.tan, "x", "The tangent of each element, in radians.")
arcsin = _function(jnp.arcsin, "x", "The angle in radians whose sine is each element.")
arccos = _function(jnp.arccos, "x", "The angle in radians whose cosine is each element.")
arctan = _function(jnp.arctan, "x", "The angle in radians whose tangent is each element.")
sinh = _function(jnp.sinh, "x", "The hyperbolic sine of each element.")
cosh = _function(jnp.cosh, "x", "The hyperbolic cosine of each element.")
tanh = _function(jnp.tanh, "x", "The hyperbolic tangent of each element.")
erf = _function(jax.scipy.special.erf, "x", "The error function of each element.")
round = _function(jnp.round, "x", "The nearest number of so many decimals.", decimals=0)
isnan = _function(jnp.isnan, "x", "Whether each element is not a number.")
isinf = _function(jnp.isinf, "x", "Whether each element is infinite.")
isfinite = _function(jnp.isfinite, "x", "Whether each element is neither infinite nor NaN.")
logical_not = _function(jnp.logical_not, "x", "Whether each element is false.")
nan_to_num = _function(
    jnp.nan_to_num, "x", "NaN and infinities replaced.", nan=0.0, posinf=None, neginf=None
)
clip = _function(jnp.clip, "x, x_min, x_max", "Each element, held between two bounds.")
ones_like = _function(jnp.ones_like, "x", "Ones in the shape of an array.", dtype=None)
zeros_like = _function(jnp.zeros_like, "x", "Zeros in the shape of an array.", dtype=None)
full_like = _function(
    jnp.full_like, "x, fill_value", "One value in the shape of an array.", dtype=None
)
stop_gradient = _function(
    jax.lax.stop_gradient, "variable", "The same values, through which no gradient flows."
)

# Two arrays, element by element.
add = _function(jnp.add, "x1, x2", "The sum of two arrays.")
subtract = _function(jnp.subtract, "x1, x2", "The first array minus the second.")
multiply = _function(jnp.multiply, "x1, x2", "The product of two arrays, element by element.")
divide = _function(jnp.divide, "x1, x2", "The first array over the second.")
true_divide = _function(jnp.true_divide, "x1, x2", "The first array over the second.")
floor_divide = _function(jnp.floor_divide, "x1, x2", "The quotient, rounded down.")
mod = _function(jnp.mod, "x1, x2", "The remainder, with the sign of the second array.")
power = _function(jnp.power, "x1, x2", "The first array to the power of the second.")
maximum = _function(jnp.maximum, "x1, x2", "The larger of two arrays, element by element.")
minimum = _function(jnp.minimum, "x1, x2", "The smaller of two arrays, element by element.")
arctan2 = _function(jnp.arctan2, "x1, x2", "The angle in radians of the point (x2, x1).")
logaddexp = _function(jnp.logaddexp, "x1, x2", "log(exp(x1) + exp(x2)), without overflow.")
equal = _function(jnp.equal, "x1, x2", "Whether x1 == x2.")
not_equal = _function(jnp.not_equal, "x1, x2", "Whether x1 != x2.")
less = _function(jnp.less, "x1, x2", "Whether x1 < x2.")
less_equal = _function(jnp.less_equal, "x1, x2", "Whether x1 <= x2.")
greater = _function(jnp.greater, "x1, x2", "Whether x1 > x2.")
greater_equal = _function(jnp.greater_equal, "x1, x2", "Whether x1 >= x2.")
logical_and = _function(jnp.logical_and, "x1, x2", "Whether both elements are true.")
logical_or = _function(jnp.logical_or, "x1, x2", "Whether one of the elements is true.")
logical_xor = _function(jnp.logical_xor, "x1, x2", "Whether just one of the elements is true.")
isclose = _function(
    jnp.isclose,
    "x1, x2",
    "Whether |x1 - x2| <= atol + rtol * |x2|.",
    rtol=1e-5,
    atol=1e-8,
    equal_nan=False,
)

# Products of whole arrays.
matmul = _function(jnp.matmul, "x1, x2", "The matrix product over the last two axes.")
dot = _function(jnp.dot, "x1, x2", "The sum of products over the last axis of x1.")
outer = _function(jnp.outer, "x1, x2", "Every element of x1 times every element of x2.")
tensordot = _function(jnp.tensordot, "x1, x2", "The sum of products over given axes.", axes=2)

# Along axes: all of them by default.
sum = _function(jnp.sum, "x", "The sum along axes.", axis=None, keepdims=False)
mean = _function(jnp.mean, "x", "The mean along axes.", axis=None, keepdims=False)
var = _function(jnp.var, "x", "The variance along axes, over n.", axis=None, keepdims=False)
std = _function(
    jnp.std, "x", "The standard deviation along axes, over n.", axis=None, keepdims=False
)
median = _function(jnp.median, "x", "The median along axes.", axis=None, keepdims=False)
prod = _function(jnp.prod, "x", "The product along axes.", axis=None, keepdims=False, dtype=None)
max = _function(
    jnp.max, "x", "The largest element along axes.", axis=None, keepdims=False, initial=None
)
min = _function(
    jnp.min, "x", "The smallest element along axes.", axis=None, keepdims=False, initial=None
)
amax = _function(jnp.amax, "x", "The largest element along axes.", axis=None, keepdims=False)
amin = _function(jnp.amin, "x", "The smallest element along axes.", axis=None, keepdims=False)
all = _function(jnp.all, "x", "Whether all are true along axes.", axis=None, keepdims=False)
any = _function(jnp.any, "x", "Whether one is true along axes.", axis=None, keepdims=False)
count_nonzero = _function(jnp.count_nonzero, "x", "How many are not zero along axes.", axis=None)
logsumexp = _function(
    jax.scipy.special.logsumexp,
    "x",
    "log(sum(exp(x))) along axes, without overflow.",
    axis=None,
    keepdims=False,
)
norm = _function(
    jnp.linalg.norm,
    "x",
    "The norm of vectors or matrices along axes.",
    ord=None,
    axis=None,
    keepdims=False,
)

# Order: along one axis.
argmax = _function(jnp.argmax, "x", "Where the first of the largest is.", axis=None, keepdims=False)
argmin = _function(
    jnp.argmin, "x", "Where the first of the smallest is.", axis=None, keepdims=False
)
sort = _function(jnp.sort, "x", "The elements in rising order.", axis=-1)
argsort = _function(jnp.argsort, "x", "The indices that would sort the elements.", axis=-1)
cumsum = _function(jnp.cumsum, "x", "The sum of all elements so far.", axis=None, dtype=None)
cumprod = _function(jnp.cumprod, "x", "The product of all elements so far.", axis=None, dtype=None)

# Shape.
reshape = _function(jnp.reshape, "x, newshape", "The same elements in another shape.")
ravel = _function(jnp.ravel, "x", "The same elements along one axis.")
transpose = _function(jnp.transpose, "x", "The axes in another order.", axes=None)
swapaxes = _function(jnp.swapaxes, "x, axis1, axis2", "Two axes exchanged.")
moveaxis = _function(jnp.moveaxis, "x, source, destination", "Axes moved to other places.")
squeeze = _function(jnp.squeeze, "x", "Axes of length 1 taken away.", axis=None)
expand_dims = _function(jnp.expand_dims, "x, axis", "Axes of length 1 put in.")
broadcast_to = _function(jnp.broadcast_to, "x, shape", "Repeated to fill a shape.")
split = _function(jnp.split, "x, indices_or_sections", "A list of parts along an axis.", axis=0)
tile = _function(jnp.tile, "x, repeats", "The whole array so many times along each axis.")
repeat = _function(jnp.repeat, "x, repeats", "Each element so many times.", axis=None)
flip = _function(jnp.flip, "x", "The elements in reverse order along axes.", axis=None)
roll = _function(jnp.roll, "x, shift", "The elements moved along axes, round the end.", axis=None)
tril = _function(jnp.tril, "x", "The matrix with zeros above a diagonal.", k=0)
triu = _function(jnp.triu, "x", "The matrix with zeros below a diagonal.", k=0)
diag = _function(jnp.diag, "x", "A matrix's diagonal, or the matrix of a diagonal.", k=0)
take = _function(jnp.take, "x, indices", "The elements at indices along an axis.", axis=None)
take_along_axis = _function(
    jnp.take_along_axis, "x, indices", "Along an axis, an element for each index.", axis=None
)


def floor(x: ArrayLike) -> jax.Array:
    """The largest whole number, as a float, not above each element."""
    return jnp.floor(_as_float(x))


def ceil(x: ArrayLike) -> jax.Array:
    """The smallest whole number, as a float, not below each element."""
    return jnp.ceil(_as_float(x))


def _as_float(x: ArrayLike) -> jax.Array:
    x = convert_to_tensor(x)
    return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(config.floatx())


def where(
    condition: ArrayLike, x1: ArrayLike | None = None, x2: ArrayLike | None = None
) -> jax.Array | tuple[jax.Array, ...]:
    """`x1` where the condition is true, `x2` elsewhere; of the condition alone, where it is true.

    Args:
        condition: truth values.
        x1, x2: the arrays to choose from, broadcast against the condition; both or neither.
    """
    chosen = [None if x is None else convert_to_tensor(x) for x in (x1, x2)]
    return jnp.where(convert_to_tensor(condition), *chosen)


def einsum(subscripts: str, *operands: ArrayLike, **kwargs: Any) -> jax.Array:
    """The sum of products that the subscripts describe (Einstein's notation).

    Args:
        subscripts: such as 'bij,bjk->bik': letters name axes; those not in the result are summed.
        operands: one array for each part of the subscripts.
        kwargs: further arguments of `jax.numpy.einsum`.

    >>> einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).tolist()
    [3.0, 7.0]
    """
    return jnp.einsum(subscripts, *map(convert_to_tensor, operands), **kwargs)


def concatenate(xs: Sequence[ArrayLike], axis: int = 0) -> jax.Array:
    """Arrays joined along an axis that they have."""
    return jnp.concatenate([convert_to_tensor(x) for x in xs], axis=axis)


def stack(x: Sequence[ArrayLike], axis: int = 0) -> jax.Array:
    """Arrays of one shape joined along a new axis."""
    return jnp.stack([convert_to_tensor(part) for part in x], axis=axis)


def pad(
    x: ArrayLike,
    pad_width: int | Sequence[int] | Sequence[Sequence[int]],
    mode: str = "constant",
    constant_values: ArrayLike | None = None,
) -> jax.Array:
    """Elements put before and after the array's own.

    Args:
        x: the array.
        pad_width: ((before, after), ...) for each axis, or one pair or number for all.
        mode: 'constant', 'reflect', 'symmetric' or another of `jax.numpy.pad`.
        constant_values: what to put, 0 by default; only with mode 'constant'.

    Raises:
        ValueError: `constant_values` with another mode.
    """
    if constant_values is None:
        return jnp.pad(convert_to_tensor(x), pad_width, mode=mode)
    if mode != "constant":
        raise ValueError(f"pad: constant_values goes with mode='constant' only; got mode={mode!r}.")
    return jnp.pad(convert_to_tensor(x), pad_width, constant_values=_unboxed(constant_values))


def top_k(x: ArrayLike, k: int, sorted: bool = True) -> tuple[jax.Array, jax.Array]:
    """The k largest elements along the last axis, the largest first, and their indices.

    Args:
        x: the array.
        k: how many.
        sorted: whether the order matters; the result is in order in either case.
    """
    values, indices = jax.lax.top_k(convert_to_tensor(x), k)
    return values, indices


def segment_sum(
    data: ArrayLike, segment_ids: ArrayLike, num_segments: int | None = None, sorted: bool = False
) -> jax.Array:
    """The sum of the rows of each segment.

    Args:
        data: (rows, ...).
        segment_ids: (rows,), the segment that each row belongs to, from 0.
        num_segments: how many segments there are; needed inside a compiled program, where the
            largest of the ids is not known.
        sorted: whether `segment_ids` never falls.

    >>> segment_sum([1.0, 2.0, 4.0], [0, 0, 1], num_segments=3).tolist()
    [3.0, 4.0, 0.0]
    """
    return jax.ops.segment_sum(
        convert_to_tensor(data),
        convert_to_tensor(segment_ids),
        num_segments,
        indices_are_sorted=sorted,
    )


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> jax.Array:
    """The numbers from `start` up to and without `stop`; from 0 up to `start` without a `stop`."""
    return jnp.arange(*map(_unboxed, (start, stop, step)), dtype=_available(dtype))


def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> jax.Array | tuple[jax.Array, jax.Array]:
    """Numbers at equal distances.

    Args:
        start, stop: the first and the last.
        num: how many.
        endpoint: whether `stop` is among them.
        retstep: whether to return the distance as well.
        dtype: the dtype of the result; a float type by default.
        axis: the axis along which they lie, where `start` and `stop` are arrays.
    """
    return jnp.linspace(
        _unboxed(start), _unboxed(stop), num, endpoint, retstep, _available(dtype), axis
    )


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> jax.Array:
    """The (N, M) matrix with ones on its k-th diagonal, of the float type of `gyeol.config`."""
    return jnp.eye(N, M, k, _available(dtype or config.floatx()))


def zeros(shape: int | Sequence[int], dtype: Any = None) -> jax.Array:
    """Zeros, of the float type of `gyeol.config` by default."""
    return jnp.zeros(shape, _available(dtype or config.floatx()))


def ones(shape: int | Sequence[int], dtype: Any = None) -> jax.Array:
    """Ones, of the float type of `gyeol.config` by default."""
    return jnp.ones(shape, _available(dtype or config.floatx()))


def full(shape: int | Sequence[int], fill_value: ArrayLike, dtype: Any = None) -> jax.Array:
    """One value everywhere, of the float type of `gyeol.config` by default."""
    return jnp.full(shape, _unboxed(fill_value), _available(dtype or config.floatx()))


def cast(x: ArrayLike, dtype: Any) -> jax.Array:
    """The array in another dtype."""
    return convert_to_tensor(x, dtype)


def shape(x: ArrayLike) -> tuple[int, ...]:
    """The lengths of the axes."""
    return jnp.shape(_unboxed(x))


def convert_to_numpy(x: ArrayLike) -> np.ndarray:
    """A copy of the values, as a NumPy array."""
    return np.array(_unboxed(x))


def cond(pred: ArrayLike, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What the one or the other function returns, chosen when the program runs.

    Args:
        pred: one truth value.
        true_fn, false_fn: functions of nothing whose results have one structure, shapes and dtypes.
    """
    return jax.lax.cond(_unboxed(pred), true_fn, false_fn)
