"""`.keras`: a model with its weights and its optimizer, in Keras 3's own format."""

import io
import os
from collections.abc import Mapping
from typing import Any

from gyeol import serialization
from gyeol.files import write_whole
from gyeol.layers.base import weights_at_most
from gyeol.models import Model
from gyeol.optimizers import Optimizer
from gyeol.saving.archives import Content, read_archive, write_archive
from gyeol.saving.checks import check_exists, check_writable, named_in_errors
from gyeol.saving.weight_files import read_state, write_state
from gyeol.serialization import exported
from gyeol.text import tr

# Beyond the weights: layers may make a few that they do not save.
_SPARE_BYTES = 1 << 20


@exported("keras.models")
@exported("keras.saving")
def save_model(
    model: Model,
    filepath: str | os.PathLike,
    overwrite: bool = True,
    zipped: bool | None = None,
) -> None:
    """Write a model, its weights and its optimizer to a `.keras` file, whole or not at all.

    Args:
        model: a built model.
        filepath: where to; it ends in '.keras'.
        overwrite: whether an existing file is replaced.
        zipped: must not be False.

    Raises:
        ValueError: another ending, or a model that is not built yet.
        FileExistsError: the file exists and `overwrite` is False.
        NotImplementedError: a legacy '.h5' file, or ``zipped=False``.
    """
    path = os.fspath(filepath)
    _check_ending(path)
    if zipped is False:
        raise NotImplementedError("A '.keras' file is one zip file; leave zipped=False out.")
    check_writable(model, path, overwrite)
    config = serialization.serialize_shared(model)
    weights = write_state(model, _optimizer_to_write(model))
    with write_whole(path) as file:
        write_archive(file, Content(config, weights))


@exported("keras.models")
@exported("keras.saving")
def load_model(
    filepath: str | os.PathLike,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Model:
    """Read a model from a `.keras` file that gyeol or Keras wrote.

    The file runs no code: it can name the classes of gyeol, those in `custom_objects` and those
    registered with `register_keras_serializable`, and nothing else.

    Args:
        filepath: the file.
        custom_objects: classes and functions of one's own, by name.
        compile: whether to compile the model as it was, with the state of its optimizer.
        safe_mode: taken for Keras's sake; stored code is refused either way.

    Returns:
        The model.

    Raises:
        ValueError: the file is damaged, or names what is not known.
        FileNotFoundError: there is no such file.
        NotImplementedError: a legacy '.h5' file.
    """
    path = os.fspath(filepath)
    _check_ending(path)
    check_exists(path)
    with named_in_errors(path):
        config, weights = read_archive(path)
        if not compile:
            config["compile_config"] = None
        with serialization.sharing(), weights_at_most(2 * len(weights) + _SPARE_BYTES):
            model = serialization.deserialize(config, custom_objects)
        if not isinstance(model, Model):
            raise ValueError(tr("it holds no model"))
        read_state(model, io.BytesIO(weights))
    return model


def _check_ending(path: str) -> None:
    if path.endswith((".h5", ".hdf5")):
        raise NotImplementedError(
            tr(
                "{path!r}: whole models are written and read as '.keras' files, not yet as '.h5'. "
                "Name it '.keras'.",
                path=path,
            )
        )
    if not path.endswith(".keras"):
        raise ValueError(tr("A model's file ends in '.keras'; got {path!r}.", path=path))


def _optimizer_to_write(model: Model) -> Optimizer | None:
    """The optimizer with all of its slots; Keras's loader wants them before the first step too."""
    optimizer = model.optimizer
    if optimizer is None or optimizer.built:
        return optimizer
    built = type(optimizer).from_config(optimizer.get_config())
    built.build(model.trainable_variables)
    for variable, value in zip(built.variables, optimizer.variables):
        variable.assign(value.value)
    return built
