"""Mathematics on arrays, under the names and with the arguments of `keras.ops`.

Most of it is `jax.numpy`'s functions as they are, listed below with Keras's arguments. Each takes
variables as well as arrays, lists and numbers.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops.core import cast
from gyeol.ops.table import convert_to_tensor, function

# One array, element by element.
abs = function(jnp.abs, "x", "The distance of each element from zero.")
absolute = function(jnp.absolute, "x", "The distance of each element from zero.")
fabs = function(jnp.fabs, "x", "The distance of each element from zero, as a float.")
negative = function(jnp.negative, "x", "Each element with the other sign.")
sign = function(jnp.sign, "x", "-1, 0 or 1 for elements below, at and above zero.")
reciprocal = function(jnp.reciprocal, "x", "One over each element.")
square = function(jnp.square, "x", "Each element times itself.")
cbrt = function(jnp.cbrt, "x", "The cube root of each element.")
sqrt = function(jnp.sqrt, "x", "The square root of each element.")
rsqrt = function(jax.lax.rsqrt, "x", "One over the square root of each element.")
exp = function(jnp.exp, "x", "e to the power of each element.")
exp2 = function(jnp.exp2, "x", "2 to the power of each element.")
expm1 = function(jnp.expm1, "x", "exp(x) - 1, exact also near zero.")
log = function(jnp.log, "x", "The natural logarithm of each element.")
log1p = function(jnp.log1p, "x", "log(1 + x), exact also near zero.")
log2 = function(jnp.log2, "x", "The logarithm of each element to base 2.")
log10 = function(jnp.log10, "x", "The logarithm of each element to base 10.")
sin = function(jnp.sin, "x", "The sine of each element, in radians.")
cos = function(jnp.cos, "x", "The cosine of each element, in radians.")
tan = function(jnp.tan, "x", "The tangent of each element, in radians.")
arcsin = function(jnp.arcsin, "x", "The angle in radians whose sine is each element.")
arccos = function(jnp.arccos, "x", "The angle in radians whose cosine is each element.")
arctan = function(jnp.arctan, "x", "The angle in radians whose tangent is each element.")
arcsinh = function(jnp.arcsinh, "x", "The number whose hyperbolic sine is each element.")
arccosh = function(jnp.arccosh, "x", "The number whose hyperbolic cosine is each element.")
arctanh = function(jnp.arctanh, "x", "The number whose hyperbolic tangent is each element.")
sinc = function(jnp.sinc, "x", "sin(pi x) / (pi x), and 1 at zero.")
deg2rad = function(jnp.deg2rad, "x", "Degrees as radians.")
rad2deg = function(jnp.rad2deg, "x", "Radians as degrees.")
sinh = function(jnp.sinh, "x", "The hyperbolic sine of each element.")
cosh = function(jnp.cosh, "x", "The hyperbolic cosine of each element.")
tanh = function(jnp.tanh, "x", "The hyperbolic tangent of each element.")
erf = function(jax.scipy.special.erf, "x", "The error function of each element.")
erfc = function(jax.scipy.special.erfc, "x", "1 - erf(x), exact also for large elements.")
erfinv = function(jax.scipy.special.erfinv, "x", "The number whose error function each element is.")
i0 = function(jnp.i0, "x", "The modified Bessel function of order 0 of each element.")
round = function(jnp.round, "x", "The nearest number of so many decimals.", decimals=0)
isnan = function(jnp.isnan, "x", "Whether each element is not a number.")
isinf = function(jnp.isinf, "x", "Whether each element is infinite.")
isfinite = function(jnp.isfinite, "x", "Whether each element is neither infinite nor NaN.")
isposinf = function(jnp.isposinf, "x", "Whether each element is infinite and positive.")
isneginf = function(jnp.isneginf, "x", "Whether each element is infinite and negative.")
isreal = function(jnp.isreal, "x", "Whether each element has no imaginary part.")
signbit = function(jnp.signbit, "x", "Whether each element has a minus sign; -0.0 has.")
logical_not = function(jnp.logical_not, "x", "Whether each element is false.")
nan_to_num = function(
    jnp.nan_to_num, "x", "NaN and infinities replaced.", nan=0.0, posinf=None, neginf=None
)
real = function(jnp.real, "x", "The real part of each element.")
imag = function(jnp.imag, "x", "The imaginary part of each element.")
conj = function(jnp.conj, "x", "Each element with its imaginary part's other sign.")
conjugate = function(jnp.conjugate, "x", "Each element with its imaginary part's other sign.")
angle = function(jnp.angle, "x", "The angle of each complex number, in radians.")
bitwise_invert = function(jnp.bitwise_invert, "x", "Each integer with every bit turned.")
bitwise_not = function(jnp.bitwise_not, "x", "Each integer with every bit turned.")
clip = function(jnp.clip, "x, x_min, x_max", "Each element, held between two bounds.")

# Two arrays, element by element.
add = function(jnp.add, "x1, x2", "The sum of two arrays.")
subtract = function(jnp.subtract, "x1, x2", "The first array minus the second.")
multiply = function(jnp.multiply, "x1, x2", "The product of two arrays, element by element.")
divide = function(jnp.divide, "x1, x2", "The first array over the second.")
true_divide = function(jnp.true_divide, "x1, x2", "The first array over the second.")
floor_divide = function(jnp.floor_divide, "x1, x2", "The quotient, rounded down.")
fmod = function(jnp.fmod, "x1, x2", "The remainder, with the sign of the first array.")
mod = function(jnp.mod, "x1, x2", "The remainder, with the sign of the second array.")
power = function(jnp.power, "x1, x2", "The first array to the power of the second.")
maximum = function(jnp.maximum, "x1, x2", "The larger of two arrays, element by element.")
minimum = function(jnp.minimum, "x1, x2", "The smaller of two arrays, element by element.")
fmax = function(jnp.fmax, "x1, x2", "The larger of two arrays; of a NaN and a number, the number.")
fmin = function(jnp.fmin, "x1, x2", "The smaller of two arrays; of a NaN and a number, the number.")
hypot = function(jnp.hypot, "x1, x2", "sqrt(x1**2 + x2**2), without overflow.")
heaviside = function(jnp.heaviside, "x1, x2", "0 below zero, 1 above, and x2 where x1 is zero.")
ldexp = function(jnp.ldexp, "x1, x2", "x1 times 2 to the power of the integer x2.")
nextafter = function(jnp.nextafter, "x1, x2", "The next number from x1 towards x2.")
gcd = function(jnp.gcd, "x1, x2", "The greatest common divisor of two integers.")
lcm = function(jnp.lcm, "x1, x2", "The least common multiple of two integers.")
arctan2 = function(jnp.arctan2, "x1, x2", "The angle in radians of the point (x2, x1).")
logaddexp = function(jnp.logaddexp, "x1, x2", "log(exp(x1) + exp(x2)), without overflow.")
logaddexp2 = function(jnp.logaddexp2, "x1, x2", "log2(2**x1 + 2**x2), without overflow.")
equal = function(jnp.equal, "x1, x2", "Whether x1 == x2.")
not_equal = function(jnp.not_equal, "x1, x2", "Whether x1 != x2.")
less = function(jnp.less, "x1, x2", "Whether x1 < x2.")
less_equal = function(jnp.less_equal, "x1, x2", "Whether x1 <= x2.")
greater = function(jnp.greater, "x1, x2", "Whether x1 > x2.")
greater_equal = function(jnp.greater_equal, "x1, x2", "Whether x1 >= x2.")
logical_and = function(jnp.logical_and, "x1, x2", "Whether both elements are true.")
logical_or = function(jnp.logical_or, "x1, x2", "Whether one of the elements is true.")
logical_xor = function(jnp.logical_xor, "x1, x2", "Whether just one of the elements is true.")
isclose = function(
    jnp.isclose,
    "x1, x2",
    "Whether |x1 - x2| <= atol + rtol * |x2|.",
    rtol=1e-5,
    atol=1e-8,
    equal_nan=False,
)

allclose = function(
    jnp.allclose,
    "x1, x2",
    "Whether |x1 - x2| <= atol + rtol * |x2| everywhere.",
    rtol=1e-5,
    atol=1e-8,
    equal_nan=False,
)
isin = function(
    jnp.isin, "x1, x2", "Whether each x1 is among x2.", assume_unique=False, invert=False
)
bitwise_and = function(jnp.bitwise_and, "x, y", "The bits that two integers share.")
bitwise_or = function(jnp.bitwise_or, "x, y", "The bits of either of two integers.")
bitwise_xor = function(jnp.bitwise_xor, "x, y", "The bits of just one of two integers.")
left_shift = function(jnp.left_shift, "x, y", "x times 2 to the power of y, for integers.")
right_shift = function(jnp.right_shift, "x, y", "x over 2 to the power of y, for integers.")
bitwise_left_shift = function(jnp.bitwise_left_shift, "x, y", "As `left_shift`.")
bitwise_right_shift = function(jnp.bitwise_right_shift, "x, y", "As `right_shift`.")


def divide_no_nan(x1: ArrayLike, x2: ArrayLike) -> jax.Array:
    """The first array over the second, and 0 where the second is 0.

    >>> divide_no_nan([3.0, 1.0], [2.0, 0.0]).tolist()
    [1.5, 0.0]
    """
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    zero = x2 == 0
    return jnp.where(zero, 0, x1 / jnp.where(zero, 1, x2))


# Products of whole arrays.
matmul = function(jnp.matmul, "x1, x2", "The matrix product over the last two axes.")
dot = function(jnp.dot, "x1, x2", "The sum of products over the last axis of x1.")
inner = function(jnp.inner, "x1, x2", "The sum of products over the last axes.")
vdot = function(jnp.vdot, "x1, x2", "The sum of products of all elements.")
kron = function(jnp.kron, "x1, x2", "Every element of x1 times the whole of x2.")
cross = function(jnp.cross, "x1, x2", "The cross product.", axisa=-1, axisb=-1, axisc=-1, axis=None)
outer = function(jnp.outer, "x1, x2", "Every element of x1 times every element of x2.")
tensordot = function(jnp.tensordot, "x1, x2", "The sum of products over given axes.", axes=2)

# Along axes: all of them by default.
sum = function(jnp.sum, "x", "The sum along axes.", axis=None, keepdims=False)
mean = function(jnp.mean, "x", "The mean along axes.", axis=None, keepdims=False)
var = function(jnp.var, "x", "The variance along axes, over n.", axis=None, keepdims=False)
std = function(
    jnp.std, "x", "The standard deviation along axes, over n.", axis=None, keepdims=False
)
prod = function(jnp.prod, "x", "The product along axes.", axis=None, keepdims=False, dtype=None)
max = function(
    jnp.max, "x", "The largest element along axes.", axis=None, keepdims=False, initial=None
)
min = function(
    jnp.min, "x", "The smallest element along axes.", axis=None, keepdims=False, initial=None
)
amax = function(jnp.amax, "x", "The largest element along axes.", axis=None, keepdims=False)
amin = function(jnp.amin, "x", "The smallest element along axes.", axis=None, keepdims=False)
ptp = function(jnp.ptp, "x", "The largest minus the smallest.", axis=None, keepdims=False)
all = function(jnp.all, "x", "Whether all are true along axes.", axis=None, keepdims=False)
any = function(jnp.any, "x", "Whether one is true along axes.", axis=None, keepdims=False)
count_nonzero = function(jnp.count_nonzero, "x", "How many are not zero along axes.", axis=None)
logsumexp = function(
    jax.scipy.special.logsumexp,
    "x",
    "log(sum(exp(x))) along axes, without overflow.",
    axis=None,
    keepdims=False,
)

# Order: along one axis.
argmax = function(jnp.argmax, "x", "Where the first of the largest is.", axis=None, keepdims=False)
argmin = function(jnp.argmin, "x", "Where the first of the smallest is.", axis=None, keepdims=False)
sort = function(jnp.sort, "x", "The elements in rising order.", axis=-1)
argsort = function(jnp.argsort, "x", "The indices that would sort the elements.", axis=-1)
argpartition = function(
    jnp.argpartition, "x, kth", "Indices that put the k-th element in its place.", axis=-1
)
cumsum = function(jnp.cumsum, "x", "The sum of all elements so far.", axis=None, dtype=None)
cumprod = function(jnp.cumprod, "x", "The product of all elements so far.", axis=None, dtype=None)

diff = function(jnp.diff, "a", "Each element minus the one before.", n=1, axis=-1)
trapezoid = function(
    jnp.trapezoid, "y", "The integral along an axis by trapezoids.", x=None, dx=1.0, axis=-1
)


def floor(x: ArrayLike) -> jax.Array:
    """The largest whole number, as a float, not above each element."""
    return jnp.floor(_as_float(x))


def ceil(x: ArrayLike) -> jax.Array:
    """The smallest whole number, as a float, not below each element."""
    return jnp.ceil(_as_float(x))


def trunc(x: ArrayLike) -> jax.Array:
    """Each element without what comes after the point."""
    x = convert_to_tensor(x)
    return jnp.trunc(x) if jnp.issubdtype(x.dtype, jnp.floating) else x


def _as_float(x: ArrayLike) -> jax.Array:
    x = convert_to_tensor(x)
    return x if jnp.issubdtype(x.dtype, jnp.floating) else cast(x, config.floatx())


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


def top_k(x: ArrayLike, k: int, sorted: bool = True) -> tuple[jax.Array, jax.Array]:
    """The k largest elements along the last axis, the largest first, and their indices.

    Args:
        x: the array.
        k: how many.
        sorted: whether the order matters; the result is in order in either case.
    """
    values, indices = jax.lax.top_k(convert_to_tensor(x), k)
    return values, indices


def in_top_k(targets: ArrayLike, predictions: ArrayLike, k: int) -> jax.Array:
    """Whether each target is among the k classes with the largest predictions.

    Args:
        targets: (batch,), class numbers.
        predictions: (batch, classes).
        k: how many classes are looked at; classes with equal predictions all count.
    """
    targets, predictions = convert_to_tensor(targets), convert_to_tensor(predictions)
    wanted = jnp.take_along_axis(predictions, targets[..., None], axis=-1)
    larger = predictions > jnp.where(jnp.isnan(wanted), -jnp.inf, wanted)
    return jnp.sum(larger, axis=-1) < k


def _segment(name: str, what: str) -> Callable[..., jax.Array]:
    def reduced(
        data: ArrayLike,
        segment_ids: ArrayLike,
        num_segments: int | None = None,
        sorted: bool = False,
    ) -> jax.Array:
        return getattr(jax.ops, name)(
            convert_to_tensor(data),
            convert_to_tensor(segment_ids),
            num_segments,
            indices_are_sorted=sorted,
        )

    reduced.__name__ = reduced.__qualname__ = name
    reduced.__doc__ = f"""{what} of the rows of each segment.

    Args:
        data: (rows, ...).
        segment_ids: (rows,), the segment that each row belongs to, from 0.
        num_segments: how many segments there are; needed inside a compiled program, where the
            largest of the ids is not known.
        sorted: whether `segment_ids` never falls.
    """
    return reduced


segment_sum = _segment("segment_sum", "The sum")
segment_prod = _segment("segment_prod", "The product")
segment_max = _segment("segment_max", "The largest")
segment_min = _segment("segment_min", "The smallest")


def cdist(x: ArrayLike, y: ArrayLike) -> jax.Array:
    """The Euclidean distance of each row of `x` from each row of `y`.

    Args:
        x: (..., rows, size).
        y: (..., others, size).

    Returns:
        (..., rows, others).

    >>> cdist([[0.0, 0.0], [3.0, 0.0]], [[0.0, 4.0]]).tolist()
    [[4.0], [5.0]]
    """
    x, y = convert_to_tensor(x), convert_to_tensor(y)
    return jnp.sqrt(jnp.sum(jnp.square(x[..., :, None, :] - y[..., None, :, :]), axis=-1))
