"""How a function of the faces becomes one of tensors: symbolic ones record a layer."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import jax

from gyeol.layers.base import Layer
from gyeol.serialization import serialize
from gyeol.symbolic import symbolic_leaves
from gyeol.variable import Variable

# Functions by their name, for models with such layers in them that come from a file.
_FUNCTIONS: dict[str, Callable] = {}
# Through whom every call on arrays goes: an open `GradientTape`.
tapes: list[Callable[..., Any]] = []


class TFOpLambda(Layer):
    """A function of TensorFlow or of `keras.backend` in a functional model, as Keras 2 has it.

    Args:
        function: its name, such as 'tf.math.reduce_mean'.
        name: a name.
    """

    def __init__(self, function: str, name: str | None = None, **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.function = function
        self.built = True

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return _FUNCTIONS[self.function](*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {"function": self.function, "name": self.name, "dtype": serialize(self.dtype_policy)}


def tensor_function(function: Callable) -> Callable:
    """A function of arrays as one of tensors.

    It takes variables, it takes a `name` that means nothing, and called on symbolic tensors it
    becomes a layer of the model.
    """
    key = f"{function.__module__.removeprefix('gyeol.compat.')}.{function.__name__}"
    takes_name = "name" in inspect.signature(function).parameters

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not takes_name:
            kwargs.pop("name", None)
        if symbolic_leaves((args, kwargs)):
            return TFOpLambda(key)(*args, **kwargs)
        return tapes[-1](run, args, kwargs) if tapes else run(*args, **kwargs)

    def run(*args: Any, **kwargs: Any) -> Any:
        return function(*jax.tree.map(_value, args), **jax.tree.map(_value, kwargs))

    _FUNCTIONS[key] = call
    return call


def _value(leaf: Any) -> Any:
    return leaf.value if isinstance(leaf, Variable) else leaf
