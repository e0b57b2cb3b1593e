"""Arithmetic on symbolic tensors: ``x + y`` in a functional model is a layer, as in Keras."""

import operator
from collections.abc import Callable
from typing import Any

from gyeol.layers.base import Layer
from gyeol.serialization import exported
from gyeol.symbolic import KerasTensor


class Operator(Layer):
    """An operator as a layer of several arguments."""

    function: Callable

    def __init__(self, name: str | None = None, **kwargs: Any):
        super().__init__(name=name, **kwargs)
        self.built = True

    def call(self, *args: Any) -> Any:
        return type(self).function(*args)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


def _item(x: Any, index: Any) -> Any:
    # A file holds the index as a list.
    return x[tuple(index) if isinstance(index, list) else index]


# Keras's class of each operator, by which its files know it.
_CLASSES = {
    "Add": ("add", operator.add),
    "Subtract": ("sub", operator.sub),
    "Multiply": ("mul", operator.mul),
    "Divide": ("truediv", operator.truediv),
    "FloorDivide": ("floordiv", operator.floordiv),
    "Mod": ("mod", operator.mod),
    "Power": ("pow", operator.pow),
    "Matmul": ("matmul", operator.matmul),
    "Negative": ("neg", operator.neg),
    "Absolute": ("abs", operator.abs),
    "GetItem": ("getitem", _item),
}


def _define(class_name: str, method: str, function: Callable) -> None:
    cls = type(
        class_name,
        (Operator,),
        {"function": staticmethod(function), "__doc__": f"`operator.{method}` as a layer."},
    )
    exported("keras.src.ops.numpy")(cls)
    setattr(KerasTensor, f"__{method}__", lambda self, *others: cls()(self, *others))
    if method not in ("neg", "abs", "getitem"):
        setattr(KerasTensor, f"__r{method}__", lambda self, other: cls()(other, self))


for _class_name, (_method, _function) in _CLASSES.items():
    _define(_class_name, _method, _function)
