"""Elementary mathematics on arrays, under the names of `keras.ops`."""

from typing import Any

import jax
import jax.numpy as jnp


def convert_to_tensor(x: Any, dtype: Any = None) -> jax.Array:
    """The array in a `Variable`, or whatever is array-like, as a JAX array.

    Args:
        x: a variable, array, list or number.
        dtype: the dtype of the result; that of `x` by default.
    """
    # Tracers have this attribute too, as None.
    unbox = getattr(x, "__jax_array__", None)
    if unbox is not None:
        x = unbox()
    return jnp.asarray(x, dtype)
