"""`keras.backend` as Keras 3 has it: settings, and questions about dtypes."""

from typing import Any

import jax.numpy as jnp

from gyeol import config
from gyeol.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from gyeol.ops.table import available
from gyeol.serialization import auto_name, to_snake_case
from gyeol.utils.batches import is_keras_tensor
from gyeol.utils.session import clear_session

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]

_OF_PYTHON = {bool: "bool", int: "int32", "int": "int32", float: "float32", complex: "complex64"}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype.

    Args:
        dtype: a name, a dtype of NumPy, JAX or PyTorch, a type of Python's, or None for the float
            type of `gyeol.config`.

    Raises:
        ValueError: something that names no dtype.

    >>> import numpy as np
    >>> standardize_dtype(np.float16), standardize_dtype(int), standardize_dtype(None)
    ('float16', 'int32', 'float32')
    """
    if dtype is None:
        return config.floatx()
    if dtype in (str, "string"):
        return "string"
    dtype = _OF_PYTHON.get(dtype, dtype)
    name = str(getattr(dtype, "name", None) or getattr(dtype, "__name__", dtype))
    try:
        return jnp.dtype(name.removeprefix("torch.")).name
    except TypeError:
        raise ValueError(f"{dtype!r} is not a dtype; one is 'float32', for example.") from None


def is_float_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of floats.

    >>> is_float_dtype("bfloat16"), is_float_dtype("int32")
    (True, False)
    """
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether a dtype is one of whole numbers.

    >>> is_int_dtype("uint8"), is_int_dtype("bool")
    (True, False)
    """
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """The dtype of a result of arrays of several dtypes; `int` and `float` stand for numbers.

    >>> result_type("bfloat16", "int32"), result_type("int32", float)
    ('bfloat16', 'float32')
    """
    if not dtypes:
        return config.floatx()
    of_numbers = (int, float)
    known = [d if d in of_numbers else available(standardize_dtype(d)) for d in dtypes]
    return jnp.result_type(*known).name


def get_uid(prefix: str = "") -> int:
    """The next number for a name, from 1, of those that automatic names of layers take.

    >>> get_uid("a_name_of_my_own"), get_uid("a_name_of_my_own")
    (1, 2)
    """
    number = auto_name(prefix).removeprefix(to_snake_case(prefix))
    return int(number[1:]) + 1 if number else 1
