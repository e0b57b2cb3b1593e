"""`Lambda`: a function as a layer."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gyeol import serialization
from gyeol.layers.base import Layer
from gyeol.serialization import deserialize, exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class Lambda(Layer):
    """A function of the inputs as a layer.

    Files hold the name of a function that is registered with
    `gyeol.saving.register_keras_serializable`. Of a Python lambda they hold the code, which only
    ``load_model(..., safe_mode=False)`` runs, and only in the version of Python that wrote it.

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
            "function": _described(self.function),
            "arguments": serialize(self.arguments),
        }
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            if value is not None:
                config[name] = _described(value)
        return config

    @classmethod
    def from_config(
        cls,
        config: dict[str, Any],
        custom_objects: Mapping[str, Any] | None = None,
        safe_mode: bool | None = None,
    ) -> "Lambda":
        """A layer from what `get_config` gave.

        Args:
            config: the config.
            custom_objects: functions of one's own by name; one by the layer's name takes the place
                of stored code.
            safe_mode: False to run stored code. While a file is loaded, what the loading call said
                holds.

        Raises:
            ValueError: stored code and no leave to run it.
        """
        config = dict(config)
        # Keras 2 wrote a function as its name, or as its code; and of which kind it is, beside it.
        for name in ("function", "output_shape"):
            kind = config.pop(f"{name}_type", None)
            config.pop(f"{name}_module", None)
            value = config.get(name)
            if kind == "function" and isinstance(value, str):
                config[name] = {"class_name": "function", "config": value}
            elif kind == "lambda" or (name == "function" and isinstance(value, list)):
                config[name] = {"class_name": "__lambda__", "config": value}
        config.pop("module", None)
        with serialization.deserializing(custom_objects, safe_mode is not False):
            own = serialization.find(config["name"]) if config.get("name") else None
            for name in ("function", "output_shape", "mask"):
                if name in config:
                    config[name] = cls._read(config[name], name, config.get("name"), own)
            config["arguments"] = deserialize(config.get("arguments"))
        return cls(**config)

    @classmethod
    def _read(cls, value: Any, argument: str, layer: Any, own: Callable | None) -> Any:
        """An argument that may be a function, from its config."""
        if isinstance(value, _Described):
            return value.function
        if not isinstance(value, dict) or value.get("class_name") != "__lambda__":
            return deserialize(value) if isinstance(value, dict) else value
        if argument == "function" and callable(own):
            return own
        if serialization.runs_code():
            return deserialize(value)
        if argument == "output_shape":
            return None  # the function itself says it
        raise ValueError(
            tr(
                "Layer {name!r} (Lambda) was saved with a Python lambda, which is code. If you "
                "trust who made the file, safe_mode=False runs it; else write the function, and "
                "load with custom_objects={{{name!r}: function}}.",
                name=layer,
            )
        )


class _Described(dict):
    """The code of a lambda, with the lambda itself for those who need no file between."""

    def __init__(self, function: Callable):
        code, defaults, closure = serialization.code_of(function)
        if defaults:
            # The one form in which Keras finds defaults again.
            code, defaults, closure = [code, defaults, closure], None, None
        inner = {"code": code, "defaults": defaults, "closure": closure}
        super().__init__(class_name="__lambda__", config=inner)
        self.function = function


def _described(value: Any) -> Any:
    return _Described(value) if serialization.is_lambda(value) else serialize(value)
