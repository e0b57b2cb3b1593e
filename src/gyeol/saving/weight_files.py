"""Weights alone. `.weights.h5` holds the variables of a model as Keras 3 lays them out."""

import functools
import io
import os
from typing import Any, NamedTuple

from gyeol.files import write_whole
from gyeol.layers.base import Layer, unchanged_on_error
from gyeol.models import Model
from gyeol.optimizers import Optimizer
from gyeol.saving import legacy_files
from gyeol.saving.archives import read_archive, read_assets
from gyeol.saving.assets import take_assets
from gyeol.saving.checks import check_exists, check_writable, named_in_errors
from gyeol.saving.hdf5 import Stored, Written, group_at, misfit
from gyeol.saving.hdf5_file import read_hdf5
from gyeol.saving.paths import children
from gyeol.serialization import exported
from gyeol.text import tr, warn
from gyeol.variable import Variable


@exported("keras.saving")
def save_weights(
    model: Model,
    filepath: str | os.PathLike,
    overwrite: bool = True,
    max_shard_size: float | None = None,
    **kwargs: Any,
) -> None:
    """Write the variables of a model, and of its optimizer, to a file, whole or not at all.

    Args:
        model: a built model.
        filepath: where to; it ends in '.weights.h5', or in '.h5' or '.hdf5' for the layout of
            Keras 2, which has no place for the optimizer.
        overwrite: whether an existing file is replaced.
        max_shard_size: must be None: a file is never split.
        **kwargs: `save_format` of Keras 2, which the ending decides.

    Raises:
        ValueError: another ending, or a model that is not built yet.
        FileExistsError: the file exists and `overwrite` is False.
        NotImplementedError: `max_shard_size` is given.
    """
    path = os.fspath(filepath)
    kwargs.pop("save_format", None)
    if kwargs:
        names = ", ".join(map(repr, kwargs))
        raise TypeError(tr("save_weights has no argument {names}.", names=names))
    if max_shard_size is not None:
        raise NotImplementedError(tr("Weights are written to one file; leave max_shard_size out."))
    if not path.endswith((".h5", ".hdf5")):
        raise ValueError(
            tr("A file of weights ends in '.weights.h5' or '.h5'; got {path!r}.", path=path)
        )
    check_writable(model, path, overwrite)
    is_new = path.endswith(".weights.h5")
    content = write_state(model) if is_new else legacy_files.write_weights(model)
    with write_whole(path) as file:
        file.write(content)


@exported("keras.saving")
def load_weights(
    model: Model, filepath: str | os.PathLike, skip_mismatch: bool = False, **kwargs: Any
) -> None:
    """Read the variables of a model from a file; unless all can be read, none changes.

    The state of an optimizer that has taken a step already is read too, if the file has it.

    Args:
        model: a built model of the same structure.
        filepath: a '.weights.h5' or '.keras' file, or a legacy '.h5' file of weights or of a whole
            model.
        skip_mismatch: whether layers that do not fit are passed over, with a warning.
        **kwargs: `by_name`, for legacy files: whether layers are matched by their names, and others
            passed over, instead of by their order.

    Raises:
        ValueError: the file is damaged, or does not fit the model.
        FileNotFoundError: there is no such file.
    """
    path = os.fspath(filepath)
    by_name = kwargs.pop("by_name", None)
    if kwargs:
        names = ", ".join(map(repr, kwargs))
        raise TypeError(tr("load_weights has no argument {names}.", names=names))
    is_legacy = path.endswith((".h5", ".hdf5")) and not path.endswith(".weights.h5")
    if not is_legacy and not path.endswith((".weights.h5", ".keras")):
        raise ValueError(
            tr(
                "Weights are read from a '.weights.h5', '.h5' or '.keras' file; got {path!r}.",
                path=path,
            )
        )
    if by_name is not None and not is_legacy:
        raise ValueError(tr("by_name is for legacy '.h5' files; got {path!r}.", path=path))
    check_exists(path)
    if not model.built:
        raise ValueError(
            tr(
                "Model {name!r} is not built yet, so it has no weights to fill. Begin it with "
                "Input(shape=...), call it on data, or build it with a shape.",
                name=model.name,
            )
        )
    if is_legacy:
        with named_in_errors(path):
            legacy_files.read_weights(model, path, bool(by_name), skip_mismatch)
        return
    with named_in_errors(path):
        if path.endswith(".keras"):
            _read_archive_state(model, path, skip_mismatch)
        else:
            with open(path, "rb") as file:
                read_state(model, file, skip_mismatch)


# Writing -------------------------------------------------------------------------------------


class Group(NamedTuple):
    """The variables (or arrays) of one object of a model, as a weights file has them."""

    path: str
    name: str
    values: dict[str, Any]


def groups_of(model: Model, optimizer: Optimizer | None = None) -> list[Group]:
    """The groups of a weights file, in order.

    Args:
        model: the model.
        optimizer: what is written in place of the model's optimizer, if not that itself.
    """
    groups: list[Group] = []
    written: set[int] = set()

    def visit(obj: Any, path: str) -> None:
        if id(obj) in written:
            return
        written.add(id(obj))
        state = optimizer if optimizer is not None and obj is model.optimizer else obj
        values: dict[str, Any] = {}
        state.save_own_variables(values)
        groups.append(Group(f"{path}vars", obj.name, values))
        for name, child in children(obj):
            visit(child, f"{path}{name}/")

    visit(model, "")
    lost = [layer for layer in model._flatten_layers() if id(layer) not in written]
    lost = [layer.name for layer in lost if layer.variables]
    if lost:
        raise ValueError(
            tr(
                "The weights of {names} cannot be saved: keep layers as attributes, or in lists, "
                "tuples or dicts.",
                names=", ".join(map(repr, lost)),
            )
        )
    return groups


def write_groups(groups: list[Group], file: Any) -> None:
    """Write groups to an open HDF5 file."""
    for path, name, values in groups:
        group = file.create_group(path)
        group.attrs["name"] = name
        store = Written(group)
        for key, value in values.items():
            store[key] = value


def write_state(model: Model, optimizer: Optimizer | None = None) -> bytes:
    """The content of a weights file; the arguments are those of `groups_of`."""
    import h5py

    groups = groups_of(model, optimizer)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_groups(groups, file)
    return buffer.getvalue()


# Reading -------------------------------------------------------------------------------------


def read_state(model: Model, file: Any, skip_mismatch: bool = False) -> None:
    """Fill the variables of a model from an open weights file; all of them or none.

    Args:
        model: the model.
        file: the open file.
        skip_mismatch: whether layers that do not fit are passed over, with a warning.

    Raises:
        ValueError: a layer that does not fit.
    """
    before = [(variable, variable.value) for variable in _all_variables(model)]
    try:
        reading = _Reading(read_hdf5(file))
        reading.visit(model, "")
        if reading.problems and not skip_mismatch:
            raise ValueError(reading.summary())
        reading.finish()
    except BaseException:
        for variable, value in before:
            variable.assign(value)
        raise
    if reading.problems:
        warn(reading.summary())
    if reading.unread_optimizer:
        warn(reading.unread_optimizer)


def _read_archive_state(model: Model, path: str, skip_mismatch: bool) -> None:
    """Fill a model with what a `.keras` file has of it, vocabularies too: with all or nothing."""
    before = [(variable, variable.value) for variable in _all_variables(model)]
    try:
        with unchanged_on_error(model), read_archive(path).weights as weights:
            read_state(model, weights, skip_mismatch)
            take_assets(model, functools.partial(read_assets, path))
    except BaseException:
        for variable, value in before:
            variable.assign(value)
        raise


def _all_variables(model: Model) -> list[Variable]:
    return model.variables + (model.optimizer.variables if model.optimizer else [])


class _Reading:
    """A walk through a model that finds the data of each layer and checks it, reading none yet."""

    def __init__(self, file: Any):
        self.file = file
        self.problems: dict[int, str] = {}
        self.unread_optimizer = ""
        self._found: list[tuple[Variable, Stored, str]] = []
        self._custom: list[tuple[Layer, Stored]] = []
        self._own_done: set[int] = set()
        self._done: set[int] = set()
        self._above: list[int] = []

    def visit(self, obj: Any, path: str) -> bool:
        """Look for the variables of an object and of all within it; whether all were found.

        Files of older versions have some objects under another of the paths that lead to them, so
        what was not found is looked for again there.
        """
        key = id(obj)
        if key in self._done or key in self._above:
            return True
        if key in self.problems and not self._has(path):
            return False
        if key not in self._own_done:
            problem = self._look(obj, path)
            if problem:
                self.problems.setdefault(key, f"{obj.name!r} ({path[:-1] or '/'}): {problem}")
            else:
                self.problems.pop(key, None)
                self._own_done.add(key)
        self._above.append(key)
        within = [self.visit(child, f"{path}{name}/") for name, child in children(obj)]
        self._above.pop()
        if key in self.problems or not all(within):
            return False
        self._done.add(key)
        return True

    def _has(self, path: str) -> bool:
        try:
            return group_at(self.file, path.removesuffix("/")) is not None
        except ValueError:
            return False

    def _look(self, obj: Any, path: str) -> str | None:
        """Find an object's own variables; what is wrong with them, or None."""
        try:
            stored = Stored(group_at(self.file, f"{path}vars"))
            if isinstance(obj, Optimizer):
                return self._look_for_optimizer(obj, stored)
            if type(obj).load_own_variables is not Layer.load_own_variables:
                self._custom.append((obj, stored))
                return None
            return self._match(obj._variables_of_its_own(), stored)
        except ValueError as error:
            return str(error)

    def _look_for_optimizer(self, optimizer: Optimizer, stored: Stored) -> str | None:
        # An optimizer that has not begun keeps what `compile` gave it.
        if not optimizer.built or not len(stored):
            return None
        variables = optimizer.variables
        settings = [v for v in variables if v.name in ("iteration", "learning_rate")]
        if len(stored) == len(settings):  # saved before its first step
            variables = settings
        if len(stored) == len(variables):
            return self._match(variables, stored)
        self.unread_optimizer = tr(
            "The state of optimizer {name!r} was not read: it has {wanted} variables, the file "
            "{given}. It begins anew.",
            name=optimizer.name,
            wanted=len(variables),
            given=len(stored),
        )
        return None

    def _match(self, variables: list[Variable], stored: Stored) -> str | None:
        if len(variables) != len(stored):
            return tr(
                "{wanted} variables, the file has {given}",
                wanted=len(variables),
                given=len(stored),
            )
        found = []
        for i, variable in enumerate(variables):
            dataset = stored.dataset(str(i))
            problem = misfit(variable, dataset)
            if problem:
                return problem
            found.append((variable, stored, str(i)))
        self._found += found
        return None

    def finish(self) -> None:
        """Read what was found."""
        for variable, stored, key in self._found:
            variable.assign(stored[key])
        for layer, stored in self._custom:
            layer.load_own_variables(stored)

    def summary(self) -> str:
        """Which layers do not fit, in a line."""
        first = list(self.problems.values())[:3]
        more = len(self.problems) - len(first)
        return tr(
            "The file does not fit the model. {problems}{more}",
            problems="; ".join(first),
            more=tr("; and {more} more layers", more=more) if more else "",
        )
