"""Functions of JAX's under Keras's names, with Keras's arguments."""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike


def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None
) -> jax.Array:
    """A JAX array of what is given: a variable's value, an array, a list or a number.

    Args:
        x: the variable, array, list or number.
        dtype: the dtype of the result; that of `x` by default. 64 bits become 32 where JAX is not
            told to use 64.
        sparse, ragged: not True: every array is dense.

    Raises:
        ValueError: a sparse or ragged array is asked for.

    >>> convert_to_tensor([1, 2], "float32").tolist()
    [1.0, 2.0]
    """
    if sparse or ragged:
        raise ValueError("gyeol has dense arrays only; leave out sparse=True and ragged=True.")
    return jnp.asarray(unboxed(x), available(dtype))


def available(dtype: Any) -> np.dtype | None:
    """The dtype that JAX gives for the one asked for: 64 bits are 32 unless it is told so."""
    return None if dtype is None else jax.dtypes.canonicalize_dtype(dtype)


def unboxed(x: Any) -> Any:
    """A variable's value; anything else as it is."""
    # Tracers have the attribute too, as None.
    unbox = getattr(x, "__jax_array__", None)
    return x if unbox is None else unbox()


# The names of arguments that are arrays, and those that are lists of arrays.
_ARRAYS = frozenset(
    ("x", "y", "a", "b", "x1", "x2", "x_min", "x_max", "q", "weights", "variable", "array")
    + ("indices", "data", "segment_ids", "bins", "sorted_sequence", "values", "condition")
)
_LISTS = frozenset(("xs", "condlist", "choicelist"))


def _converted(name: str, value: Any) -> Any:
    if value is not None and name in _ARRAYS:
        return convert_to_tensor(value)
    if name in _LISTS:
        return [convert_to_tensor(part) for part in value]
    return available(value) if name == "dtype" else unboxed(value)


def function(
    of_jax: Callable[..., Any], arguments: str, summary: str, **options: Any
) -> Callable[..., Any]:
    """A function of JAX's under its own name, with Keras's arguments.

    Args:
        of_jax: takes `arguments` by position and `options` by name.
        arguments: names of the required ones, divided by commas. Those that name arrays are
            converted to arrays; the others, and the options, only have variables replaced by their
            values.
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
        positional = [_converted(name, given.pop(name)) for name in required]
        return of_jax(*positional, **{name: _converted(name, given[name]) for name in given})

    call.__name__ = call.__qualname__ = of_jax.__name__.lstrip("_")
    call.__signature__ = signature
    call.__doc__ = summary
    return call
