"""Models and weights in files, in Keras's own formats, and what files may name."""

from typing import Any

from gyeol.saving.model_files import load_model, model_from_json, save_model
from gyeol.saving.weight_files import load_weights, save_weights
from gyeol.serialization import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from gyeol.serialization import deserialize as deserialize_keras_object
from gyeol.serialization import serialize as serialize_keras_object

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "export",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "model_from_json",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]


def __getattr__(name: str) -> Any:
    if name == "export":
        from gyeol.saving.onnx import export

        return export
    raise AttributeError(f"gyeol.saving has no {name!r}.")
