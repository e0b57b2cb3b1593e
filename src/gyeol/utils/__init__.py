"""Small things of use beside models."""

from typing import Any

from gyeol.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from gyeol.serialization import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from gyeol.serialization import deserialize as deserialize_keras_object
from gyeol.serialization import serialize as serialize_keras_object
from gyeol.utils.batches import (
    get_source_inputs,
    is_keras_tensor,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
)
from gyeol.utils.directories import image_dataset_from_directory
from gyeol.utils.downloads import get_file
from gyeol.utils.image_files import array_to_img, img_to_array, load_img, save_img
from gyeol.utils.numerical import normalize, to_categorical
from gyeol.utils.progbar import Progbar
from gyeol.utils.py_dataset import PyDataset, Sequence
from gyeol.utils.sequences import pad_sequences
from gyeol.utils.session import clear_session, set_random_seed
from gyeol.utils.splitting import split_dataset, timeseries_dataset_from_array

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]


def __getattr__(name: str) -> Any:
    # Keras has these here; pictures of models are made some floors above.
    if name in ("model_to_dot", "plot_model"):
        from gyeol.report import model_plot

        return getattr(model_plot, name)
    if name == "standardize_dtype":
        from gyeol import backend

        return backend.standardize_dtype
    raise AttributeError(f"gyeol.utils has no {name!r}.")
