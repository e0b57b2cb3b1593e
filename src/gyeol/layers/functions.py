"""`Lambda`: a function as a layer."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gyeol import serialization
from gyeol.layers.base import Layer
from gyeol.serialization import deserialize, exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class Lambda(Layer):
    """A function of the inputs as a layer.

    Files hold the name of a function, never its code. So a model with a Python lambda in it runs
    and trains, but is not saved; a named function, registered with
    `gyeol.saving.register_keras_serializable`, is.

    Args:
        function: a function of the inputs, and of `mask` and `training` if it takes them.
        output_shape: taken for Keras's sake; shapes come from the function itself.
        mask: the mask of the output, or a function of (inputs, mask) that gives it.
        arguments: further arguments of the function, by name.

    >>> import numpy as np
    >>> Lambda(lambda x: x**2)(np.array([[3.0]])).tolist()
    [[9.0]]
    """

    # The function may look at the whole batch.
    mixes_rows = True

    def __init__(
        self,
        function: Callable,
        output_shape: Sequence[int | None] | Callable | None = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not callable(function):
            raise ValueError(
                tr("Lambda takes a function; got {given}.", given=repr(function)),
            )
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape
        # Of a function of NumPy or JAX written in C, the parameters may be unknown.
        try:
            takes = inspect.signature(function).parameters
        except ValueError:
            takes = {}
        self._takes_mask, self._takes_training = "mask" in takes, "training" in takes

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        kwargs = dict(self.arguments)
        if self._takes_mask:
            kwargs["mask"] = mask
        if self._takes_training:
            kwargs["training"] = training
        return self.function(inputs, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "function": self._named(self.function),
            "arguments": serialize(self.arguments),
        }
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            if value is not None:
                config[name] = self._named(value) if callable(value) else serialize(value)
        return config

    def _named(self, function: Callable) -> dict[str, Any]:
        if getattr(function, "__name__", "<lambda>") == "<lambda>":
            raise TypeError(
                tr(
                    "Layer {name!r} (Lambda) holds a Python lambda, and code is not written to "
                    "files. Write it as a named function, and register that with "
                    "@gyeol.saving.register_keras_serializable().",
                    name=self.name,
                )
            )
        return serialize(function)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Lambda":
        config = dict(config)
        # Keras 2 wrote a function as its name, or as its code; and of which kind it is, beside it.
        for name in ("function", "output_shape"):
            kind = config.pop(f"{name}_type", None)
            config.pop(f"{name}_module", None)
            value = config.get(name)
            if kind == "function" and isinstance(value, str):
                config[name] = {"class_name": "function", "config": value}
            elif kind == "lambda":
                config[name] = {"class_name": "__lambda__", "config": value}
        config.pop("module", None)
        for name in ("function", "output_shape", "mask"):
            value = config.get(name)
            if isinstance(value, dict) and value.get("class_name") == "__lambda__":
                config[name] = cls._in_place_of_code(config.get("name"), name)
            elif isinstance(value, dict):
                config[name] = deserialize(value)
        return cls(**{**config, "arguments": deserialize(config.get("arguments"))})

    @classmethod
    def _in_place_of_code(cls, layer: Any, argument: str) -> Callable | None:
        """What the caller gave in `custom_objects` by the layer's name, where a file has code."""
        if argument == "output_shape":
            return None  # the function itself says it
        found = serialization.find(layer) if isinstance(layer, str) else None
        if not callable(found):
            raise ValueError(
                tr(
                    "Layer {name!r} (Lambda) was saved with a Python lambda, which is code, and "
                    "gyeol runs no code from a file. Write the function, and load with "
                    "custom_objects={{{name!r}: function}}.",
                    name=layer,
                )
            )
        return found
