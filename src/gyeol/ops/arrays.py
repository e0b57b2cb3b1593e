"""Making, shaping, joining and dividing arrays, with the arguments of `keras.ops`."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops.table import available, convert_to_tensor, function, unboxed

# Shape.
reshape = function(jnp.reshape, "x, newshape", "The same elements in another shape.")
ravel = function(jnp.ravel, "x", "The same elements along one axis.")
transpose = function(jnp.transpose, "x", "The axes in another order.", axes=None)
swapaxes = function(jnp.swapaxes, "x, axis1, axis2", "Two axes exchanged.")
moveaxis = function(jnp.moveaxis, "x, source, destination", "Axes moved to other places.")
squeeze = function(jnp.squeeze, "x", "Axes of length 1 taken away.", axis=None)
expand_dims = function(jnp.expand_dims, "x, axis", "Axes of length 1 put in.")
broadcast_to = function(jnp.broadcast_to, "x, shape", "Repeated to fill a shape.")
split = function(jnp.split, "x, indices_or_sections", "A list of parts along an axis.", axis=0)
tile = function(jnp.tile, "x, repeats", "The whole array so many times along each axis.")
repeat = function(jnp.repeat, "x, repeats", "Each element so many times.", axis=None)
flip = function(jnp.flip, "x", "The elements in reverse order along axes.", axis=None)
roll = function(jnp.roll, "x, shift", "The elements moved along axes, round the end.", axis=None)
tril = function(jnp.tril, "x", "The matrix with zeros above a diagonal.", k=0)
triu = function(jnp.triu, "x", "The matrix with zeros below a diagonal.", k=0)
diag = function(jnp.diag, "x", "A matrix's diagonal, or the matrix of a diagonal.", k=0)
take = function(jnp.take, "x, indices", "The elements at indices along an axis.", axis=None)
fliplr = function(jnp.fliplr, "x", "The elements in reverse order along the second axis.")
flipud = function(jnp.flipud, "x", "The elements in reverse order along the first axis.")
rot90 = function(
    jnp.rot90,
    "array",
    "Turned by 90 degrees so many times in a plane of two axes.",
    k=1,
    axes=(0, 1),
)
diagflat = function(jnp.diagflat, "x", "The matrix with the elements on a diagonal.", k=0)
diagonal = function(jnp.diagonal, "x", "A diagonal.", offset=0, axis1=0, axis2=1)
vander = function(jnp.vander, "x", "The powers of each element.", N=None, increasing=False)
append = function(jnp.append, "x1, x2", "Two arrays joined along an axis.", axis=None)
hstack = function(jnp.hstack, "xs", "Arrays joined along the second axis.")
vstack = function(jnp.vstack, "xs", "Arrays joined along the first axis.")
dstack = function(jnp.dstack, "xs", "Arrays joined along the third axis.")
array_split = function(
    jnp.array_split, "x, indices_or_sections", "Parts that may differ in length.", axis=0
)
hsplit = function(jnp.hsplit, "x, indices_or_sections", "A list of parts along the second axis.")
vsplit = function(jnp.vsplit, "x, indices_or_sections", "A list of parts along the first axis.")
dsplit = function(jnp.dsplit, "x, indices_or_sections", "A list of parts along the third axis.")
copy = function(jnp.copy, "x", "The same values in an array of their own.")
array = function(jnp.array, "x", "The same values in an array of their own.", dtype=None)
nonzero = function(jnp.nonzero, "x", "Where the elements are not zero, an array for each axis.")
ndim = function(jnp.ndim, "x", "The number of axes.")
size = function(jnp.size, "x", "The number of elements.")
unravel_index = function(
    jnp.unravel_index, "indices, shape", "Places along each axis, of places in the flat array."
)
select = function(
    jnp.select, "condlist, choicelist", "Of the first condition that holds, the choice.", default=0
)
empty_like = function(jnp.empty_like, "x", "Zeros in the shape of an array.", dtype=None)
geomspace = function(
    jnp.geomspace,
    "start, stop",
    "Numbers at equal ratios.",
    num=50,
    endpoint=True,
    dtype=None,
    axis=0,
)
logspace = function(
    jnp.logspace,
    "start, stop",
    "A base to the power of numbers at equal distances.",
    num=50,
    endpoint=True,
    base=10,
    dtype=None,
    axis=0,
)
take_along_axis = function(
    jnp.take_along_axis, "x, indices", "Along an axis, an element for each index.", axis=None
)


ones_like = function(jnp.ones_like, "x", "Ones in the shape of an array.", dtype=None)
zeros_like = function(jnp.zeros_like, "x", "Zeros in the shape of an array.", dtype=None)
full_like = function(
    jnp.full_like, "x, fill_value", "One value in the shape of an array.", dtype=None
)


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
    return jnp.pad(convert_to_tensor(x), pad_width, constant_values=unboxed(constant_values))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> jax.Array:
    """The numbers from `start` up to and without `stop`; from 0 up to `start` without a `stop`."""
    return jnp.arange(*map(unboxed, (start, stop, step)), dtype=available(dtype))


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
        unboxed(start), unboxed(stop), num, endpoint, retstep, available(dtype), axis
    )


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> jax.Array:
    """The (N, M) matrix with ones on its k-th diagonal, of the float type of `gyeol.config`."""
    return jnp.eye(N, M, k, available(dtype or config.floatx()))


def identity(n: int, dtype: Any = None) -> jax.Array:
    """The (n, n) matrix with ones on its diagonal, of the float type of `gyeol.config`."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> jax.Array:
    """The (N, M) matrix with ones on its k-th diagonal and below it."""
    return jnp.tri(N, M, k, available(dtype or config.floatx()))


def empty(shape: int | Sequence[int], dtype: Any = None) -> jax.Array:
    """Zeros: an array whose values are to be replaced."""
    return zeros(shape, dtype)


def zeros(shape: int | Sequence[int], dtype: Any = None) -> jax.Array:
    """Zeros, of the float type of `gyeol.config` by default."""
    return jnp.zeros(shape, available(dtype or config.floatx()))


def ones(shape: int | Sequence[int], dtype: Any = None) -> jax.Array:
    """Ones, of the float type of `gyeol.config` by default."""
    return jnp.ones(shape, available(dtype or config.floatx()))


def full(shape: int | Sequence[int], fill_value: ArrayLike, dtype: Any = None) -> jax.Array:
    """One value everywhere, of the float type of `gyeol.config` by default."""
    return jnp.full(shape, unboxed(fill_value), available(dtype or config.floatx()))


def meshgrid(*x: ArrayLike, indexing: str = "xy") -> list[jax.Array]:
    """The coordinates of the points of a grid, an array for each axis.

    Args:
        x: the places along each axis.
        indexing: 'xy' for rows along the second array, 'ij' for axes in the order of the arrays.
    """
    return jnp.meshgrid(*map(convert_to_tensor, x), indexing=indexing)


def get_item(x: ArrayLike, key: Any) -> jax.Array:
    """``x[key]``."""
    return convert_to_tensor(x)[unboxed(key)]


def view(x: ArrayLike, dtype: Any = None) -> jax.Array:
    """The same bytes, read as another dtype."""
    return convert_to_tensor(x).view(available(dtype))


def view_as_complex(x: ArrayLike) -> jax.Array:
    """Complex numbers of pairs along the last axis: (..., 2) to (...).

    Raises:
        ValueError: a last axis of another length.
    """
    x = convert_to_tensor(x)
    if x.ndim == 0 or x.shape[-1] != 2:
        raise ValueError(f"view_as_complex takes pairs along the last axis; got shape {x.shape}.")
    return jax.lax.complex(x[..., 0], x[..., 1])


def view_as_real(x: ArrayLike) -> jax.Array:
    """Pairs along a new last axis of complex numbers: (...) to (..., 2)."""
    x = convert_to_tensor(x)
    return jnp.stack([jnp.real(x), jnp.imag(x)], axis=-1)


def vectorize(
    pyfunc: Callable[..., Any],
    *,
    excluded: Any = None,
    signature: str | None = None,
) -> Callable[..., Any]:
    """A function of single elements made one of whole arrays.

    Args:
        pyfunc: the function.
        excluded: places or names of arguments that are passed on as they are.
        signature: its core axes, such as '(n),(n)->()'; none by default.
    """
    return jnp.vectorize(pyfunc, excluded=excluded or set(), signature=signature)


def rearrange(tensor: ArrayLike, pattern: str, **axes_lengths: int) -> jax.Array:
    """Axes divided, put in another order and joined, as a pattern says (einops, Rogozhnikov 2022).

    Args:
        tensor: the array.
        pattern: such as 'b (h two) w -> b h (w two)': the axes before and after. Brackets hold axes
            that are one axis of the array; their lengths are a product.
        axes_lengths: lengths of axes in brackets; of each bracket, all but one are needed.

    Raises:
        ValueError: sides of the pattern that do not name the same axes, or another number of axes.

    >>> rearrange(jnp.arange(4), "(row column) -> column row", row=2).tolist()
    [[0, 2], [1, 3]]
    """
    tensor = convert_to_tensor(tensor)
    before, after = (_groups(side) for side in pattern.split("->"))
    names = [name for group in before for name in group]
    wanted = [name for group in after for name in group]
    if len(before) != tensor.ndim or sorted(names) != sorted(wanted):
        raise ValueError(
            f"rearrange: the pattern {pattern!r} must name the {tensor.ndim} axes of shape "
            f"{tensor.shape}, the same on both sides."
        )
    lengths = dict(axes_lengths)
    for group, length in zip(before, tensor.shape):
        unknown = [name for name in group if name not in lengths]
        known = math.prod(lengths[name] for name in group if name in lengths)
        if len(unknown) > 1 or length % known or (not unknown and known != length):
            raise ValueError(
                f"rearrange: ({' '.join(group)}) has length {length}; give the lengths of all of "
                f"these axes but one, and such as divide it. Given: {axes_lengths}."
            )
        lengths.update(dict.fromkeys(unknown, length // known))
    divided = tensor.reshape([lengths[name] for name in names])
    ordered = divided.transpose([names.index(name) for name in wanted])
    return ordered.reshape([math.prod(lengths[name] for name in group) for group in after])


def _groups(side: str) -> list[list[str]]:
    parts = re.findall(r"\(([^)]*)\)|(\w+)", side)
    return [[single] if single else grouped.split() for grouped, single in parts]
