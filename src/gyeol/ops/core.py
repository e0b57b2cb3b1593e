"""Arrays and dtypes, control flow inside a program, and reading and writing parts of arrays."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from gyeol.ops.table import available, convert_to_tensor, function, unboxed

stop_gradient = function(
    jax.lax.stop_gradient, "variable", "The same values, through which no gradient flows."
)


def is_tensor(x: Any) -> bool:
    """Whether this is an array of JAX's: not a variable, a list or a NumPy array."""
    return isinstance(x, jax.Array)


def shape(x: ArrayLike) -> tuple[int, ...]:
    """The lengths of the axes."""
    return jnp.shape(unboxed(x))


def dtype(x: ArrayLike) -> str:
    """The name of the dtype, such as 'float32'."""
    return convert_to_tensor(x).dtype.name


def cast(x: ArrayLike, dtype: Any) -> jax.Array:
    """The array in another dtype."""
    return convert_to_tensor(x, dtype)


def saturate_cast(x: ArrayLike, dtype: Any) -> jax.Array:
    """The array in another dtype, with values that it cannot hold moved to its bounds.

    >>> saturate_cast([-7.0, 300.0], "uint8").tolist()
    [0, 255]
    """
    x = convert_to_tensor(x)
    low, high = _bounds(available(dtype))
    low_given, high_given = _bounds(x.dtype)
    # A bound may lie between two numbers of the given dtype; of those the inner one can be cast.
    lowest = np.maximum(low_given, low).astype(x.dtype)
    lowest = np.nextafter(lowest, x.dtype.type(0)) if lowest < low else lowest
    highest = np.minimum(high_given, high).astype(x.dtype)
    highest = np.nextafter(highest, x.dtype.type(0)) if highest > high else highest
    return jnp.clip(x, lowest, highest).astype(available(dtype))


def _bounds(dtype: np.dtype) -> tuple[Any, Any]:
    if dtype.kind == "b":
        return np.int32(0), np.int32(1)
    info = jnp.finfo(dtype) if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype)
    # As float64, where a bound of a float of 32 bits and one of an integer can be compared.
    return np.float64(info.min), np.float64(info.max)


def convert_to_numpy(x: ArrayLike) -> np.ndarray:
    """A copy of the values, as a NumPy array."""
    return np.array(unboxed(x))


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with a gradient of one's own.

    Args:
        f: returns its value, and a function from the gradient of the value to the gradients of the
            arguments.

    >>> @custom_gradient
    ... def double_with_gradient_three(x):
    ...     return 2.0 * x, lambda upstream: 3.0 * upstream
    >>> float(jax.grad(double_with_gradient_three)(1.0))
    3.0
    """
    with_gradient = jax.custom_gradient(f)

    def custom(*args: Any, **kwargs: Any) -> Any:
        return with_gradient(*_unboxed_in(args), **_unboxed_in(kwargs))

    return custom


# Control flow.
def cond(pred: ArrayLike, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What the one or the other function returns, chosen when the program runs.

    Args:
        pred: one truth value.
        true_fn, false_fn: functions of nothing whose results have one structure, shapes and dtypes.
    """
    return jax.lax.cond(unboxed(pred), true_fn, false_fn)


def switch(index: ArrayLike, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """What one of several functions returns, chosen by its number when the program runs.

    Args:
        index: which; numbers out of range mean the first or the last.
        branches: functions of the operands whose results have one structure, shapes and dtypes.
        operands: what the chosen function is called with.

    >>> int(switch(1, [lambda x: x, lambda x: x * x], 3))
    9
    """
    return jax.lax.switch(unboxed(index), branches, *_unboxed_in(operands))


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """What a function returns for each element along the first axis, one after the other.

    Args:
        f: a function of one element.
        xs: an array, or a structure of arrays of one length.

    >>> map(lambda x: x * x, jnp.asarray([1, 2, 3])).tolist()
    [1, 4, 9]
    """
    return jax.lax.map(f, _unboxed_in(xs))


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """What a function returns for each element along the first axis, all at once."""
    return jax.vmap(function)(_unboxed_in(elements))


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Carry a state along the first axis, and collect an output at each place.

    Args:
        f: takes the state and one element; returns the next state and an output.
        init: the first state.
        xs: an array or a structure of arrays; None with `length`.
        length: how many steps, where `xs` does not say it.
        reverse: whether to begin at the end.
        unroll: how many steps to compile as one.

    Returns:
        The last state, and the outputs along a new first axis.

    >>> total, sums = scan(lambda state, x: (state + x, state + x), 0, jnp.asarray([1, 2, 3]))
    >>> int(total), sums.tolist()
    (6, [1, 3, 6])
    """
    return jax.lax.scan(f, _unboxed_in(init), _unboxed_in(xs), length, reverse, unroll)


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """All results of combining the elements so far, computed in parallel.

    Args:
        f: combines two elements; it must be associative.
        elems: an array, or a structure of arrays.
        reverse: whether to begin at the end.
        axis: the axis of the elements.

    >>> associative_scan(lambda a, b: a + b, jnp.arange(4)).tolist()
    [0, 1, 3, 6]
    """
    return jax.lax.associative_scan(f, _unboxed_in(elems), reverse, axis)


def fori_loop(
    lower: ArrayLike, upper: ArrayLike, body_fun: Callable[[Any, Any], Any], init_val: Any
) -> Any:
    """The state after a number of steps.

    Args:
        lower, upper: the first number, and the one before which the steps end.
        body_fun: takes the number and the state; returns the next state.
        init_val: the first state.

    >>> int(fori_loop(0, 4, lambda number, state: state + number, 0))
    6
    """
    return jax.lax.fori_loop(unboxed(lower), unboxed(upper), body_fun, _unboxed_in(init_val))


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """The state when a condition no longer holds.

    Args:
        cond: takes the parts of the state; returns one truth value.
        body: takes the parts of the state; returns the next parts.
        loop_vars: the first state, a list or tuple of parts, or a single part.
        maximum_iterations: the most steps; no bound by default.

    >>> int(while_loop(lambda x: x < 10, lambda x: x * 2, 1))
    16
    """
    several = isinstance(loop_vars, (tuple, list))
    first = tuple(loop_vars) if several else (loop_vars,)

    def goes_on(state: tuple[Any, tuple]) -> Any:
        step, parts = state
        holds = cond(*parts)
        return holds if maximum_iterations is None else holds & (step < maximum_iterations)

    def next_state(state: tuple[Any, tuple]) -> tuple[Any, tuple]:
        step, parts = state
        parts = body(*parts)
        return step + 1, tuple(parts) if several else (parts,)

    _, last = jax.lax.while_loop(goes_on, next_state, (0, _unboxed_in(first)))
    return last if several else last[0]


def _unboxed_in(structure: Any) -> Any:
    return jax.tree.map(unboxed, structure)


# Parts of arrays.
def unstack(x: ArrayLike, num: int | None = None, axis: int = 0) -> list[jax.Array]:
    """The parts of an array along an axis, as a list.

    Args:
        x: the array.
        num: how many there are; read off the shape.
        axis: the axis, which the parts do not have.
    """
    return list(jnp.moveaxis(convert_to_tensor(x), axis, 0))


def slice(
    inputs: ArrayLike, start_indices: Sequence[int] | ArrayLike, shape: Sequence[int]
) -> jax.Array:
    """The part of an array of a given shape from a given place on.

    Args:
        inputs: the array.
        start_indices: the first place along each axis; it may be known only when the program runs.
        shape: the length along each axis; -1 for all that is left.

    >>> slice(jnp.arange(6).reshape(2, 3), [0, 1], [2, 2]).tolist()
    [[1, 2], [4, 5]]
    """
    inputs = convert_to_tensor(inputs)
    sizes = [
        inputs.shape[axis] - start_indices[axis] if size == -1 else size
        for axis, size in enumerate(shape)
    ]
    return jax.lax.dynamic_slice(inputs, unboxed(start_indices), sizes)


def slice_update(
    inputs: ArrayLike, start_indices: Sequence[int] | ArrayLike, updates: ArrayLike
) -> jax.Array:
    """The array with the part from a given place on replaced.

    Args:
        inputs: the array.
        start_indices: the first place along each axis.
        updates: the new part.

    >>> slice_update(jnp.zeros(4), [1], [5.0, 6.0]).tolist()
    [0.0, 5.0, 6.0, 0.0]
    """
    return jax.lax.dynamic_update_slice(
        convert_to_tensor(inputs), convert_to_tensor(updates), unboxed(start_indices)
    )


def scatter(indices: ArrayLike, values: ArrayLike, shape: Sequence[int]) -> jax.Array:
    """Values at given places, and zeros elsewhere; at a place named twice, their sum.

    Args:
        indices: (number, axes), the place of each value.
        values: (number, ...).
        shape: the shape of the result.

    >>> scatter([[0], [2], [2]], [1.0, 2.0, 3.0], [4]).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    values = convert_to_tensor(values)
    places = tuple(jnp.moveaxis(convert_to_tensor(indices), -1, 0))
    return jnp.zeros(tuple(shape), values.dtype).at[places].add(values)


def scatter_update(
    inputs: ArrayLike, indices: ArrayLike, updates: ArrayLike, reduction: str | None = None
) -> jax.Array:
    """The array with values at given places replaced, or combined with new ones.

    Args:
        inputs: the array.
        indices: (number, axes), the places.
        updates: (number, ...), a value for each.
        reduction: None to replace; 'add', 'max', 'min' or 'mul' to combine.

    Raises:
        ValueError: another reduction.

    >>> scatter_update([1.0, 2.0, 3.0], [[1]], [9.0], reduction="add").tolist()
    [1.0, 11.0, 3.0]
    """
    methods = {None: "set", "add": "add", "max": "max", "min": "min", "mul": "multiply"}
    if reduction not in methods:
        raise ValueError(
            f"scatter_update: reduction is None, 'add', 'max', 'min' or 'mul'; got {reduction!r}."
        )
    places = tuple(jnp.moveaxis(convert_to_tensor(indices), -1, 0))
    at = convert_to_tensor(inputs).at[places]
    return getattr(at, methods[reduction])(convert_to_tensor(updates))
