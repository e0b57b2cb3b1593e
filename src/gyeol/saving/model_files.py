"""Whole models in files: `.keras`, the same as a folder, legacy `.h5`; and configs as JSON."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

# What a file may name is in the table once its module is imported.
from gyeol import (
    layers,  # noqa: F401
    losses,  # noqa: F401
    metrics,  # noqa: F401
    room,
    serialization,
    stored_code,
)
from gyeol.files import write_whole
from gyeol.models import Model
from gyeol.optimizers import Optimizer
from gyeol.saving import legacy_files, old_configs
from gyeol.saving.archives import (
    Content,
    parsed_config,
    read_archive,
    read_assets,
    read_folder,
    write_archive,
    write_folder,
)
from gyeol.saving.assets import assets_of, take_assets
from gyeol.saving.checks import (
    check_exists,
    check_writable,
    is_hdf5,
    named_in_errors,
    reason_of,
)
from gyeol.saving.weight_files import read_state, write_state
from gyeol.serialization import exported
from gyeol.text import tr, warn

# Beyond the weights: layers may make some that they do not save.
_SPARE_BYTES = 1 << 25


@exported("keras.models")
@exported("keras.saving")
def save_model(
    model: Model,
    filepath: str | os.PathLike,
    overwrite: bool = True,
    zipped: bool | None = None,
    **kwargs: Any,
) -> None:
    """Write a model, its weights and its optimizer, whole or not at all.

    Args:
        model: a built model.
        filepath: where to: a '.keras' file, a legacy '.h5' or '.hdf5' file, or, for a name without
            an ending, a folder with what a '.keras' file holds.
        overwrite: whether what exists is replaced.
        zipped: False for a folder, whatever its name.
        **kwargs: of Keras 2: `include_optimizer`, and `save_format` ('keras', 'h5' or 'tf', where
            'tf' means a folder here too).

    Raises:
        ValueError: another ending, or a model that is not built yet.
        FileExistsError: there is something already and `overwrite` is False, or a folder that
            holds other files.
    """
    path = os.fspath(filepath)
    include_optimizer = kwargs.pop("include_optimizer", True)
    kind = _kind_of_path(path, zipped, kwargs.pop("save_format", None))
    if kwargs:
        raise TypeError(tr("save has no argument {names}.", names=", ".join(map(repr, kwargs))))
    check_writable(model, path, overwrite)
    optimizer = _optimizer_to_write(model) if include_optimizer else None
    if kind == "h5":
        with serialization.foreign_noted() as foreign:
            content = legacy_files.write_model(model, optimizer)
        _warn_of_code(path, foreign)
        with write_whole(path) as file:
            file.write(content)
        return
    with serialization.foreign_noted() as foreign:
        config = serialization.serialize_shared(model)
    _warn_of_code(path, foreign)
    if not include_optimizer:
        config["compile_config"] = None
    weights = write_state(model, optimizer)
    content = Content(config, weights, assets_of(model))
    if kind == "tf":
        write_folder(path, content)
        return
    with write_whole(path) as file:
        write_archive(file, content)


def _warn_of_code(path: str, foreign: list[Any]) -> None:
    """Say it when lambdas are written as their code."""
    lambdas = [function for function in foreign if serialization.is_lambda(function)]
    if not lambdas:
        return
    names = sorted({name for f in lambdas for name in stored_code.names_from_around(f)})
    warn(
        tr(
            "{path!r} is to hold the code of a Python lambda, which load_model(..., "
            "safe_mode=False) runs, in this version of Python only. A named function with "
            "@gyeol.saving.register_keras_serializable() needs neither.{names}",
            path=path,
            names=tr(" It uses {names}: pass them in custom_objects.", names=", ".join(names))
            if names
            else "",
        )
    )


def _kind_of_path(path: str, zipped: bool | None, save_format: str | None) -> str:
    """What a path asks for: 'keras', 'h5', or 'tf', which is a folder."""
    if save_format not in (None, "keras", "h5", "tf"):
        raise ValueError(
            tr("save_format must be 'keras', 'h5' or 'tf'; got {given!r}.", given=save_format)
        )
    ending = os.path.splitext(path)[1]
    by_ending = {".keras": "keras", ".h5": "h5", ".hdf5": "h5"}.get(ending)
    if zipped is False:
        if by_ending:
            raise ValueError(
                tr("With zipped=False the model is a folder; {path!r} names a file.", path=path)
            )
        return "tf"
    kind = by_ending or save_format or (None if ending or zipped else "tf")
    if kind is None:
        raise ValueError(
            tr(
                "A model's file ends in '.keras' or '.h5', a folder's name in neither; "
                "got {path!r}.",
                path=path,
            )
        )
    return kind


@exported("keras.models")
@exported("keras.saving")
def load_model(
    filepath: str | os.PathLike,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Model:
    """Read a model that gyeol or Keras wrote: a `.keras` file or folder, or a legacy `.h5` file.

    The file can name the classes of gyeol, those in `custom_objects` and those registered with
    `register_keras_serializable`, and nothing else. A Python lambda in it is code: it is run with
    ``safe_mode=False`` only, in the version of Python that wrote it, and sees `custom_objects` as
    global names.

    Args:
        filepath: the file or the folder.
        custom_objects: classes and functions of one's own, by name.
        compile: whether to compile the model as it was, with the state of its optimizer.
        safe_mode: False to run the code of Python lambdas that the file holds.

    Returns:
        The model.

    Raises:
        ValueError: the file is damaged, names what is not known, or holds code.
        FileNotFoundError: there is no such file.
    """
    path = os.fspath(filepath)
    check_exists(path)
    with (
        named_in_errors(path),
        serialization.deserializing(custom_objects, safe_mode, is_outermost=True),
    ):
        if is_hdf5(path):
            return legacy_files.read_model(path, compile)
        config, weights, _ = read_folder(path) if os.path.isdir(path) else read_archive(path)
        with weights:
            if not compile:
                config["compile_config"] = None
            most = weights.seek(0, os.SEEK_END) + _SPARE_BYTES
            with serialization.sharing(), room.at_most(most):
                model = serialization.deserialize(config)
            if not isinstance(model, Model):
                raise ValueError(tr("it holds no model"))
            read_state(model, weights)
        take_assets(model, partial(read_assets, path))
    return model


@exported("keras.models")
def model_from_json(
    json_string: str | bytes,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
) -> Model:
    """A model, with fresh weights, from what `Model.to_json` of gyeol or Keras 2 or 3 gave.

    Args:
        json_string: the JSON.
        custom_objects: classes and functions of one's own, by name.
        safe_mode: False to run the code of Python lambdas that the JSON holds.

    Returns:
        The model.

    Raises:
        ValueError: it is not the config of a model, names what is not known, or holds code.

    >>> from gyeol.layers import Dense, Input
    >>> model = Model(x := Input((4,)), Dense(2)(x))
    >>> model_from_json(model.to_json()).count_params()
    10
    """
    try:
        config = parsed_config(json_string)
        with (
            serialization.deserializing(custom_objects, safe_mode, is_outermost=True),
            serialization.sharing(),
        ):
            if old_configs.is_old(config):
                config = old_configs.model_config(config)
            model = serialization.deserialize(config)
        if not isinstance(model, Model):
            raise ValueError(tr("it holds no model"))
    except Exception as error:
        raise ValueError(
            tr("The JSON gives no model: {reason}", reason=reason_of(error))
        ) from error
    return model


def _optimizer_to_write(model: Model) -> Optimizer | None:
    """The optimizer with all of its slots; Keras's loader wants them before the first step too."""
    optimizer = model.optimizer
    if optimizer is None or optimizer.built:
        return optimizer
    built = type(optimizer).from_config(optimizer.get_config())
    built.build(model.trainable_variables)
    # By name: the slots that `build` makes may stand between the settings.
    names = {value.name for value in optimizer.variables}
    settings = [variable for variable in built.variables if variable.name in names]
    for variable, value in zip(settings, optimizer.variables):
        variable.assign(value.value)
    return built
