"""Models and weights in files, in Keras's own format."""

from gyeol.saving.model_files import load_model, save_model
from gyeol.saving.weight_files import load_weights, save_weights
from gyeol.serialization import (
    custom_object_scope,
    get_custom_objects,
    register_keras_serializable,
)
from gyeol.serialization import deserialize as deserialize_keras_object
from gyeol.serialization import serialize as serialize_keras_object

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
