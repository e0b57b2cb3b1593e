"""Functions of `gyeol.ops` as layers: ``ops.mean(x, axis=1)`` or ``x + y`` in a functional model.

Keras calls them operations. They have no variables, and a model's `layers` leaves them out.
"""

import inspect
from collections.abc import Iterable
from typing import Any

from gyeol import config, ops, room
from gyeol.layers.base import Layer
from gyeol.layers.core import Activation
from gyeol.ops import symbolic
from gyeol.serialization import exported
from gyeol.symbolic import KerasTensor

# Functions of each element, or of each row by itself: their batch may be filled up.
_ROWWISE = frozenset(
    (
        "absolute",
        "add",
        "arctan",
        "ceil",
        "celu",
        "clip",
        "cos",
        "cosh",
        "divide",
        "elu",
        "equal",
        "exp",
        "expm1",
        "floor",
        "floor_divide",
        "gelu",
        "greater",
        "greater_equal",
        "hard_sigmoid",
        "hard_silu",
        "hard_tanh",
        "leaky_relu",
        "less",
        "less_equal",
        "log",
        "log1p",
        "log_sigmoid",
        "logical_and",
        "logical_not",
        "logical_or",
        "maximum",
        "minimum",
        "mod",
        "multiply",
        "negative",
        "not_equal",
        "power",
        "relu",
        "relu6",
        "round",
        "rsqrt",
        "selu",
        "sigmoid",
        "sign",
        "silu",
        "sin",
        "sinh",
        "softplus",
        "softsign",
        "sqrt",
        "square",
        "subtract",
        "tan",
        "tanh",
        "true_divide",
    )
)

# Settings that say of how many operations or results a function is made.
_COUNTS = {
    "array_split": ("indices_or_sections",),
    "diff": ("n",),
    "dsplit": ("indices_or_sections",),
    "hsplit": ("indices_or_sections",),
    "split": ("indices_or_sections",),
    "stft": ("fft_length", "sequence_length"),
    "unstack": ("num",),
    "vsplit": ("indices_or_sections",),
}


def function_named(name: str) -> Any:
    """The function of `gyeol.ops`, or of `gyeol.ops.image`, of that name; None if there is none."""
    return getattr(ops, name, None) or getattr(ops.image, name, None)


class Operator(Layer):
    """A function of `gyeol.ops` as a layer of a graph.

    Args:
        name: a name.
        **settings: the function's arguments that are no tensors.
    """

    function = ""

    def __init__(self, name: str | None = None, **settings: Any):
        super().__init__(name=name, autocast=False)
        self.settings = settings
        self.built = True

    @property
    def mixes_rows(self) -> bool:
        return self.function not in _ROWWISE

    def call(self, *args: Any, **kwargs: Any) -> Any:
        for name in _COUNTS.get(self.function, ()):
            if isinstance(count := self.settings.get(name), int):
                room.check(steps=count)
        function = function_named(self.function)
        parameters = inspect.signature(function).parameters.values()
        # A file holds tuples as lists.
        given = {name: _as_tuple(value) for name, value in self.settings.items()}
        if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
            first = [given.pop(name) for name in _names_before_many(parameters) if name in given]
            return function(*first, *args, **given)
        tensors = [p.name for p in parameters if symbolic.takes_tensor(self.function, p.name)]
        if self.function == "get_item":
            args = (args[0], _as_tuple(args[1]))
        return function(**dict(zip(tensors, args)), **kwargs, **given)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self.settings}


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _names_before_many(parameters: Iterable[inspect.Parameter]) -> list[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.KEYWORD_ONLY)
    return [parameter.name for parameter in parameters if parameter.kind not in kinds]


def called_on_symbols(function: str, bound: inspect.BoundArguments) -> Any:
    """What a function gives for symbolic tensors: those that a layer for it gives."""
    if function not in _CLASSES:  # an activation function that Keras has no operation for
        return Activation(function)(*bound.args, **bound.kwargs)
    tensors: list[Any] = []
    named: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    left_out = False
    for name, parameter in bound.signature.parameters.items():
        if name not in bound.arguments:
            left_out = left_out or symbolic.takes_tensor(function, name)
            settings |= _default(function, parameter)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            tensors += bound.arguments[name]
        elif parameter.kind is parameter.VAR_KEYWORD:
            settings |= bound.arguments[name]
        elif not symbolic.takes_tensor(function, name):
            settings[name] = bound.arguments[name]
        elif left_out:
            named[name] = bound.arguments[name]
        else:
            tensors.append(bound.arguments[name])
    return _CLASSES[function](**settings)(*tensors, **named)


def _default(function: str, parameter: inspect.Parameter) -> dict[str, Any]:
    """A setting that was not given, as Keras's files have it."""
    name = parameter.name
    is_setting = parameter.default is not parameter.empty
    # Those of `relu` are gyeol's own: Keras's class for it takes none.
    if not is_setting or symbolic.takes_tensor(function, name) or function == "relu":
        return {}
    if name == "data_format":
        return {name: config.standardize_data_format(parameter.default)}
    return {name: parameter.default}


def _define(module: str, function: str) -> type[Operator]:
    cls = type(
        symbolic.class_name(function),
        (Operator,),
        {"function": function, "__doc__": f"`gyeol.ops.{function}` as a layer."},
    )
    return exported(f"keras.src.ops.{module}")(cls)


_CLASSES = {
    function: _define(module, function)
    for module, functions in symbolic.FUNCTIONS.items()
    for function in functions.split()
    if function_named(function) is not None
}

_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
}
_OTHERS = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "ne": "not_equal",
    "neg": "negative",
    "abs": "absolute",
    "invert": "logical_not",
    "getitem": "get_item",
}


def _add_method(method: str, function: str) -> None:
    def operator(self: KerasTensor, *others: Any) -> Any:
        return getattr(ops, function)(self, *others)

    def reflected(self: KerasTensor, other: Any) -> Any:
        return getattr(ops, function)(other, self)

    setattr(KerasTensor, f"__{method}__", operator)
    if method in _OPERATORS:
        setattr(KerasTensor, f"__r{method}__", reflected)


for _method, _function in {**_OPERATORS, **_OTHERS}.items():
    _add_method(_method, _function)
