"""Quantiles, counts, and reductions that pass over NaN, under the names of `keras.ops`."""

from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops.core import cast
from gyeol.ops.table import convert_to_tensor, function

median = function(jnp.median, "x", "The median along axes.", axis=None, keepdims=False)
quantile = function(
    jnp.quantile,
    "x, q",
    "The elements below which the shares `q` of all lie.",
    axis=None,
    method="linear",
    keepdims=False,
)
percentile = function(
    jnp.percentile,
    "x, q",
    "The elements below which `q` percent of all lie.",
    axis=None,
    method="linear",
    keepdims=False,
)
average = function(
    jnp.average, "x", "The mean along axes, weighted if there are weights.", axis=None, weights=None
)
corrcoef = function(jnp.corrcoef, "x", "The correlation of each row with each other.")
correlate = function(
    jnp.correlate, "x1, x2", "The products of x1 with x2 at each shift.", mode="valid"
)
digitize = function(jnp.digitize, "x, bins", "The number of the bin that each element lies in.")

# NaN does not count in these.
nanmax = function(jnp.nanmax, "x", "The largest that is not NaN.", axis=None, keepdims=False)
nanmin = function(jnp.nanmin, "x", "The smallest that is not NaN.", axis=None, keepdims=False)
nansum = function(jnp.nansum, "x", "The sum without NaN.", axis=None, keepdims=False)
nanmean = function(jnp.nanmean, "x", "The mean without NaN.", axis=None, keepdims=False)
nanprod = function(jnp.nanprod, "x", "The product without NaN.", axis=None, keepdims=False)
nanvar = function(jnp.nanvar, "x", "The variance without NaN.", axis=None, keepdims=False)
nanstd = function(jnp.nanstd, "x", "The deviation without NaN.", axis=None, keepdims=False)
nanmedian = function(jnp.nanmedian, "x", "The median without NaN.", axis=None, keepdims=False)
nanquantile = function(
    jnp.nanquantile,
    "x, q",
    "As `quantile`, without NaN.",
    axis=None,
    method="linear",
    keepdims=False,
)
nanpercentile = function(
    jnp.nanpercentile,
    "x, q",
    "As `percentile`, without NaN.",
    axis=None,
    method="linear",
    keepdims=False,
)
nanargmax = function(
    jnp.nanargmax, "x", "Where the largest is that is not NaN.", axis=None, keepdims=False
)
nanargmin = function(
    jnp.nanargmin, "x", "Where the smallest is that is not NaN.", axis=None, keepdims=False
)
nancumsum = function(jnp.nancumsum, "x", "The sum of all so far, NaN as 0.", axis=None, dtype=None)
nancumprod = function(
    jnp.nancumprod, "x", "The product of all so far, NaN as 1.", axis=None, dtype=None
)


def histogram(
    x: ArrayLike, bins: int | ArrayLike = 10, range: tuple[float, float] | None = None
) -> tuple[jax.Array, jax.Array]:
    """How many elements lie in each bin, and the edges of the bins.

    Args:
        x: the array, of any shape.
        bins: how many bins of one width, or their edges.
        range: the first and the last edge; the smallest and the largest element by default.

    >>> [array.tolist() for array in histogram([0.0, 1.0, 4.0], bins=2)]
    [[2.0, 1.0], [0.0, 2.0, 4.0]]
    """
    bins = bins if isinstance(bins, int) else convert_to_tensor(bins)
    return jnp.histogram(convert_to_tensor(x), bins, range)


def searchsorted(sorted_sequence: ArrayLike, values: ArrayLike, side: str = "left") -> jax.Array:
    """Where values would be put into a sorted sequence.

    Args:
        sorted_sequence: numbers that never fall, along one axis.
        values: the numbers to place.
        side: 'left' or 'right' of elements that are equal.

    Raises:
        ValueError: a sequence with several axes.
    """
    sorted_sequence = convert_to_tensor(sorted_sequence)
    if sorted_sequence.ndim != 1:
        raise ValueError(
            f"searchsorted takes a sequence with one axis; got shape {sorted_sequence.shape}. "
            "For several sequences use gyeol.ops.vectorized_map."
        )
    return jnp.searchsorted(sorted_sequence, convert_to_tensor(values), side=side)


def bincount(
    x: ArrayLike, weights: ArrayLike | None = None, minlength: int = 0, sparse: bool = False
) -> jax.Array:
    """How often each integer from 0 on occurs, or the sum of the weights of its places.

    The length of the result depends on the largest integer, so this works outside of compiled
    programs only.

    Args:
        x: (length,) or (batch, length), integers from 0 on.
        weights: a weight for each, 1 by default.
        minlength: the result is at least this long.
        sparse: not True: every array is dense.

    >>> bincount([1, 1, 3]).tolist()
    [0, 2, 0, 1]
    """
    x = convert_to_tensor(x)
    if sparse:
        raise ValueError("gyeol has dense arrays only; leave out sparse=True.")
    weights = None if weights is None else convert_to_tensor(weights)
    if x.ndim == 1:
        return jnp.bincount(x, weights, minlength)
    length = max(minlength, int(jnp.max(x)) + 1)
    rows = range(x.shape[0])
    counts = [jnp.bincount(x[n], None if weights is None else weights[n], length) for n in rows]
    return jnp.stack(counts)


def unique(
    x: ArrayLike,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> jax.Array | tuple[jax.Array, ...]:
    """The different elements.

    Args:
        x: the array.
        sorted: whether they come in rising order.
        return_index: also return where each first occurs.
        return_inverse: also return, for each element of `x`, its place in the result.
        return_counts: also return how often each occurs.
        axis: whole parts along this axis are compared; single elements by default.
        size: the length of the result, needed inside a compiled program.
        fill_value: what fills the result up to `size`; its first element by default.

    >>> unique([3, 1, 3]).tolist()
    [1, 3]
    """
    return jnp.unique(
        convert_to_tensor(x),
        return_index=return_index,
        return_inverse=return_inverse,
        return_counts=return_counts,
        axis=axis,
        equal_nan=False,
        size=size,
        sorted=sorted,
        fill_value=fill_value,
    )


def _window(name: str, what: str) -> Any:
    def window(x: int) -> jax.Array:
        return cast(getattr(jnp, name)(int(x)), config.floatx())

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"{what} window of a given length."
    return window


bartlett = _window("bartlett", "Bartlett's, triangular")
blackman = _window("blackman", "Blackman's")
hamming = _window("hamming", "Hamming's")
hanning = _window("hanning", "Von Hann's")


def kaiser(x: int, beta: float) -> jax.Array:
    """Kaiser's window of a given length.

    Args:
        x: the length.
        beta: how narrow it is; 0 for a rectangle.
    """
    return cast(jnp.kaiser(int(x), beta), config.floatx())
