"""`.h5`: whole models and weights as Keras 2 wrote them, and as Keras 3 still does.

The weights are those of the model's layers in order; an attribute lists their names, and for each
layer one lists its arrays. The config and what `compile` was given are JSON in attributes.
"""

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import losses, room, serialization
from gyeol.layers.base import Layer
from gyeol.layers.operators import Operator
from gyeol.models import Model
from gyeol.optimizers import Optimizer
from gyeol.saving import old_configs
from gyeol.saving.archives import KERAS_VERSION, parsed_config
from gyeol.saving.hdf5 import Stored, Written, group_at, misfit, read_array
from gyeol.saving.hdf5_file import Group, read_hdf5
from gyeol.serialization import serialize
from gyeol.text import tr, warn
from gyeol.variable import Variable

# What fits into the header of an HDF5 object; longer lists of names go into several attributes.
_LONGEST_ATTRIBUTE = 64512
_TOP = "top_level_model_weights"
_SPARE_BYTES = 1 << 25

# The variables of optimizers by the ends of their names, and what Keras 2 calls them.
_SLOTS = {
    "iteration": ("iteration", "iter", "iterations"),
    "learning_rate": ("learning_rate",),
    "momentum": ("m", "momentum"),
    "velocity": ("v", "rms", "velocity"),
    "velocity_hat": ("vhat",),
    "norm": ("u", "v"),
    "average_gradient": ("average_gradient", "mg"),
    "accumulator": ("accumulator",),
    "linear": ("linear",),
    "accumulated_grad": ("accumulated_grad", "accum_grad"),
    "accumulated_delta_var": ("accumulated_delta_var", "accum_var"),
}
_OLD_SLOTS = frozenset(name for names in _SLOTS.values() for name in names)


# Writing -------------------------------------------------------------------------------------


def write_weights(model: Model) -> bytes:
    """The content of a legacy file of weights."""
    return _written(lambda file: _write_layers(file, model))


def write_model(model: Model, optimizer: Optimizer | None) -> bytes:
    """The content of a legacy file of a whole model.

    Args:
        model: the model.
        optimizer: its optimizer with all of its slots; None leaves out what compile was given.
    """

    def write(file: Any) -> None:
        file.attrs["keras_version"], file.attrs["backend"] = KERAS_VERSION, "jax"
        file.attrs["model_config"] = json.dumps(_old_form(serialize(model))).encode()
        if optimizer is not None:
            config = _training_config(model, optimizer)
            file.attrs["training_config"] = json.dumps(config).encode()
        _write_layers(file.create_group("model_weights"), model)
        if optimizer is not None:
            named = [(variable.path, variable) for variable in optimizer.variables]
            _write_arrays(file.create_group("optimizer_weights"), named)

    return _written(write)


def _written(write: Callable[[Any], None]) -> bytes:
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def _write_layers(group: Any, model: Model) -> None:
    group.attrs["keras_version"], group.attrs["backend"] = KERAS_VERSION, "jax"
    layers = [layer for layer in _layers(model) if not isinstance(layer, Operator)]
    _write_names(group, "layer_names", [layer.name for layer in layers])
    # By name, so that no group's name is the path to a later one.
    for layer in sorted(layers, key=lambda layer: layer.name):
        _write_arrays(group.create_group(layer.name), _with_paths(layer))
    top = [(variable.path, variable) for variable in model._variables_of_its_own()]
    _write_arrays(group.create_group(_TOP), top)


def _with_paths(layer: Layer) -> list[tuple[str, Variable]]:
    """The weights of a layer, each with the names of the layers that lead to it."""
    paths: dict[int, str] = {}

    def walk(part: Layer, path: str) -> None:
        for variable in part._variables_of_its_own():
            paths.setdefault(id(variable), f"{path}/{variable.name}")
        for child in part._children():
            walk(child, f"{path}/{child.name}")

    walk(layer, layer.name)
    taken: dict[str, int] = {}
    named = []
    for variable in _weights(layer):
        path = paths[id(variable)]
        number = taken[path] = taken.get(path, -1) + 1
        named.append((f"{path}_{number}" if number else path, variable))
    return named


def _write_arrays(group: Any, named: Sequence[tuple[str, Variable]]) -> None:
    _write_names(group, "weight_names", [name for name, _ in named])
    stored = Written(group)
    for name, variable in named:
        value = variable.numpy()
        # Keras writes the two bytes of a bfloat16 here, and then cannot read them.
        stored[name] = value.astype("float32") if value.dtype == jnp.bfloat16 else value


def _write_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    encoded = np.asarray([name.encode() for name in names])
    parts = 1
    while any(part.nbytes > _LONGEST_ATTRIBUTE for part in np.array_split(encoded, parts)):
        parts += 1
    if parts == 1:
        group.attrs[attribute] = encoded
        return
    for number, part in enumerate(np.array_split(encoded, parts)):
        group.attrs[f"{attribute}{number}"] = part


def _old_form(config: Any) -> Any:
    """The config of a model in the form of these files: its layers without their modules.

    Functions of tensors and classes of a user keep them: their names alone would be ambiguous.
    """
    inner = config["config"]
    if isinstance(inner, Mapping) and isinstance(inner.get("layers"), list):
        inner = {**inner, "layers": [_old_form(entry) for entry in inner["layers"]]}
    module = config.get("module") or ""
    if not module.startswith("keras") or module.startswith("keras.src.ops"):
        return {**config, "config": inner}
    call = {key: config[key] for key in ("name", "inbound_nodes") if key in config}
    return {"class_name": config["class_name"], "config": inner, **call}


def _training_config(model: Model, optimizer: Optimizer) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("class_name") == "function":
            return value["config"]
        if "class_name" in value:
            return {"class_name": _old_name(value), "config": value["config"]}
        return {key: plain(item) for key, item in value.items()}

    given = model.get_compile_config()
    given.pop("optimizer")
    # Keras 3.15 cannot read short names of losses ('mse') in its own files.
    given["loss"] = jax.tree.map(_full_name, given["loss"], is_leaf=_is_object)
    return {**plain(given), "optimizer_config": plain(serialize(optimizer))}


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and "class_name" in value


def _full_name(loss: Any) -> Any:
    try:
        return losses.get(loss).__name__ if isinstance(loss, str) else loss
    except (AttributeError, ValueError):
        return loss  # 'crossentropy', a class, or a name that only `custom_objects` knows


def _old_name(config: Mapping[str, Any]) -> str:
    return config.get("registered_name") or config["class_name"]


# Reading -------------------------------------------------------------------------------------


def read_model(path: str, compile: bool) -> Model:
    """The model of a legacy file, within `serialization.deserializing`.

    Args:
        path: the file.
        compile: whether to compile it as it was.

    Raises:
        ValueError: the file is damaged, or is of another kind.
    """
    most = os.path.getsize(path) + _SPARE_BYTES
    with open(path, "rb") as opened:
        file = read_hdf5(opened)
        text = _text(file, "model_config")
        if text is None:
            raise ValueError(tr("it holds weights alone; read them with model.load_weights"))
        with serialization.sharing(), room.at_most(most):
            model = serialization.deserialize(old_configs.model_config(parsed_config(text)))
        if not isinstance(model, Model):
            raise ValueError(tr("it holds no model"))
        read_layers(model, group_at(file, "model_weights"), is_own=True)
        text = _text(file, "training_config") if compile else None
        if text is not None:
            names = model.output_names if hasattr(model, "output_names") else []
            config = old_configs.compile_config(parsed_config(text), names)
            with room.at_most(most):
                model.compile_from_config(config)
            group = group_at(file, "optimizer_weights")
            if group is not None and model.optimizer is not None:
                _read_optimizer(model.optimizer, group)
    return model


def read_weights(model: Model, path: str, by_name: bool, skip_mismatch: bool) -> None:
    """Fill a model from a legacy file of weights, or of a whole model; all of it or nothing.

    Args:
        model: a built model.
        path: the file.
        by_name: whether layers are matched by name, and others passed over; by order otherwise.
        skip_mismatch: whether layers that do not fit are passed over, with a warning.

    Raises:
        ValueError: the file is damaged, or does not fit the model.
    """
    with open(path, "rb") as opened:
        file = read_hdf5(opened)
        is_whole = not _names(file, "layer_names") and "model_weights" in file
        group = group_at(file, "model_weights") if is_whole else file
        read_layers(model, group, by_name=by_name, skip_mismatch=skip_mismatch)


def read_layers(
    model: Model,
    group: Any,
    by_name: bool = False,
    skip_mismatch: bool = False,
    is_own: bool = False,
) -> None:
    """Fill the layers of a model from the group that holds them.

    Args:
        model: the model.
        group: the open group.
        by_name, skip_mismatch: as for `read_weights`.
        is_own: whether the model was made by the config of the same file, so that names are right
            whatever order an older version had the layers in.
    """
    if group is None:
        raise ValueError(tr("it holds no weights"))
    stored = {name: _arrays(group, name) for name in _names(group, "layer_names")}
    stored = {name: arrays for name, arrays in stored.items() if arrays or by_name}
    layers = [layer for layer in _layers(model) if _weights(layer)]
    named = {layer.name: layer for layer in layers}
    if by_name or (is_own and set(named) == set(stored)):
        pairs = [(named[name], arrays) for name, arrays in stored.items() if name in named]
    elif len(layers) == len(stored):
        pairs = list(zip(layers, stored.values()))
    else:
        raise ValueError(
            tr(
                "the model has {wanted} layers with weights, the file {given}",
                wanted=len(layers),
                given=len(stored),
            )
        )
    found, problems = [], []
    for part, arrays in [*pairs, *_top_level(model, group)]:
        variables = _weights(part) if part is not model else model._variables_of_its_own()
        problem = _problem(variables, arrays)
        if problem:
            problems.append(f"{part.name!r}: {problem}")
        else:
            found += zip(variables, arrays)
    if problems:
        summary = tr(
            "The file does not fit the model. {problems}", problems="; ".join(problems[:3])
        )
        if not skip_mismatch:
            raise ValueError(summary)
        warn(summary)
    values = [(variable, read_array(array)) for variable, array in found]
    for variable, value in values:
        variable.assign(value)
    for part in model._flatten_layers():
        if hasattr(part, "finalize_state"):
            part.finalize_state()


def _top_level(model: Model, group: Any) -> Iterator[tuple[Model, list]]:
    if _TOP in group:
        yield model, _arrays(group, _TOP)


def _problem(variables: Sequence[Variable], arrays: Sequence[Any]) -> str | None:
    if len(variables) != len(arrays):
        return tr(
            "{wanted} variables, the file has {given}", wanted=len(variables), given=len(arrays)
        )
    return next(filter(None, map(misfit, variables, arrays)), None)


def _layers(model: Model) -> list[Layer]:
    return [layer for layer in model.layers if layer is not model]


def _weights(layer: Layer) -> list[Variable]:
    """The variables in the order of these files."""
    return layer.trainable_variables + layer.non_trainable_variables


def _arrays(group: Any, name: str) -> list[Any]:
    """The arrays of a layer, looked at and not yet read."""
    inner = group_at(group, name)
    if inner is None:
        raise ValueError(tr("the file has no layer {name!r}", name=name))
    return [_array(inner, path) for path in _names(inner, "weight_names")]


def _array(group: Group, path: str) -> Any:
    *way, last = path.split("/")
    return Stored(group_at(group, "/".join(way)) if way else group).dataset(last)


def _names(group: Group, attribute: str) -> list[str]:
    """A list of names from an attribute, or from several with numbers at the end."""
    names = _strings(group, attribute)
    number = 0
    while names is None or number:
        part = _strings(group, f"{attribute}{number}")
        if part is None:
            break
        names, number = [*(names or ()), *part], number + 1
    if len(set(names or ())) != len(names or ()):
        raise ValueError(tr("its list of names has one twice"))
    return names or []


def _strings(group: Group, attribute: str) -> list[str] | None:
    if attribute not in group.attrs:
        return None
    value = group.attrs[attribute]
    if isinstance(value, str):
        return [value]
    # A list without any name is written as one of numbers.
    if len(value) and not isinstance(value, list):
        raise ValueError(tr("its attribute {name!r} is no list of names", name=attribute))
    return list(value)


def _text(file: Group, attribute: str) -> str | None:
    strings = _strings(file, attribute)
    if strings is None:
        return None
    if len(strings) != 1:
        raise ValueError(tr("its attribute {name!r} is no text", name=attribute))
    return strings[0]


# The optimizer -------------------------------------------------------------------------------


def _read_optimizer(optimizer: Optimizer, group: Any) -> None:
    names = _names(group, "weight_names")
    arrays = dict(zip(names, (_array(group, name) for name in names)))
    wanted = optimizer.variables
    pairs = list(zip(wanted, arrays.values()))
    if len(wanted) != len(names) or any(name.endswith(":0") for name in names):
        pairs = _from_keras_2(optimizer, arrays)
    if not pairs or _problem(*zip(*pairs)):
        warn(
            tr(
                "The state of optimizer {name!r} was not read: the file has it in another form. "
                "It begins anew.",
                name=optimizer.name,
            )
        )
        return
    for variable, array in pairs:
        variable.assign(read_array(array))


def _from_keras_2(optimizer: Optimizer, arrays: Mapping[str, Any]) -> list[tuple[Variable, Any]]:
    """The optimizer's variables with their arrays, by kind of slot and order; none if it fails.

    Names are 'Adam/m/dense/kernel:0' or, before Keras 2.11, 'Adam/dense/kernel/m:0'.
    """
    found: dict[str, list[Any]] = {}
    for name, array in arrays.items():
        parts = name.removesuffix(":0").split("/")
        slot = parts[-1] if parts[-1] in _OLD_SLOTS or len(parts) == 1 else parts[1]
        found.setdefault(slot, []).append(array)
    pairs = []
    for variable in optimizer.variables:
        slot = max((end for end in _SLOTS if variable.name.endswith(end)), key=len, default="")
        waiting = next((found[old] for old in _SLOTS.get(slot, ()) if found.get(old)), None)
        if waiting:
            pairs.append((variable, waiting.pop(0)))
        elif slot != "learning_rate":
            return []
    return pairs
