"""What programs for TensorFlow expect of a tensor: `.numpy()`, its way to print, its dtypes.

Tensors are JAX's arrays. While the faces are installed these answer `.numpy()` and print as
TensorFlow's do; within a compiled program, tracers flow.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol.compat.patches import Patches
from gyeol.compat.usage import unsupported
from gyeol.symbolic import KerasTensor
from gyeol.variable import Variable


class DType(str):
    """A dtype under TensorFlow's name; also the plain string, so that it fits wherever one does.

    >>> DType("float32") == np.dtype("float32"), DType("float32").is_floating
    (True, True)
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        return str(self)

    @property
    def as_numpy_dtype(self) -> Any:
        return jnp.dtype(str(self)).type

    @property
    def is_floating(self) -> bool:
        return "float" in self

    @property
    def is_integer(self) -> bool:
        return "int" in self

    @property
    def is_bool(self) -> bool:
        return self == "bool"

    @property
    def size(self) -> int:
        return jnp.dtype(str(self)).itemsize

    @property
    def min(self) -> Any:
        return _limits(self).min

    @property
    def max(self) -> Any:
        return _limits(self).max

    def __repr__(self) -> str:
        return f"tf.{self!s}"


def _limits(dtype: str) -> Any:
    return (jnp.finfo if "float" in dtype else jnp.iinfo)(dtype)


class TensorShape(tuple):
    """A shape with the methods of TensorFlow's."""

    __slots__ = ()

    @property
    def rank(self) -> int:
        return len(self)

    ndims = rank

    def as_list(self) -> list[int | None]:
        return list(self)

    def num_elements(self) -> int | None:
        return None if None in self else int(np.prod(self))

    def is_fully_defined(self) -> bool:
        return None not in self


def array(value: Any, dtype: Any = None) -> jax.Array:
    """The array for a tensor, a variable, an array, a number or nested lists of such."""
    if isinstance(value, Variable):
        value = value.value
    if isinstance(value, jax.Array) and (dtype is None or value.dtype == dtype):
        return value  # the very object, so that the logits behind it are found
    if isinstance(value, (list, tuple)):
        value = [
            array(item) if isinstance(item, (list, tuple, Variable)) else item for item in value
        ]
    return jnp.asarray(value, canonical(dtype))


def canonical(dtype: Any) -> Any:
    """The dtype that JAX has for one: 64-bit types are kept in 32 bits."""
    if dtype is None:
        return None
    if isinstance(dtype, str) and dtype in ("string", "resource", "variant"):
        raise unsupported(f"tf.{dtype}")
    return jax.dtypes.canonicalize_dtype(dtype)


def numpy(tensor: Any) -> Any:
    """`.numpy()`: a NumPy array of one's own, or a number."""
    return np.array(tensor)[()]


def _text(tensor: Any) -> str:
    values = str(np.asarray(tensor))
    line = "\n" if "\n" in values else ""
    return f"tf.Tensor({line}{values}, shape={tensor.shape}, dtype={tensor.dtype.name})"


def _representation(tensor: Any) -> str:
    values = repr(numpy(tensor)) if tensor.ndim else str(numpy(tensor))
    line = "\n" if "\n" in values else ""
    return f"<tf.Tensor: shape={tensor.shape}, dtype={tensor.dtype.name}, numpy={line}{values}>"


def _no_values(tensor: Any) -> Any:
    raise AttributeError(
        "A tensor within a compiled program has no values yet, so it has no .numpy(). "
        "Compute with tf functions there, and call .numpy() on results outside."
    )


def _shape(tensor: Any) -> TensorShape:
    return TensorShape(tensor.shape)


def install(patches: Patches) -> None:
    """Let JAX's arrays answer as TensorFlow's tensors, until the patches are undone."""
    concrete = type(jnp.zeros(()))
    patches.set(concrete, "numpy", numpy)
    patches.set(concrete, "__repr__", _representation)
    patches.set(concrete, "__str__", _text)
    patches.set(jax.core.Tracer, "numpy", _no_values)
    for kind in (concrete, jax.core.Tracer, KerasTensor, Variable):
        patches.set(kind, "get_shape", _shape)
