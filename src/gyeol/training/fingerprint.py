"""What a training depends on, in short: to tell whether another one is the same."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import numpy as np

import gyeol
from gyeol.models.graph import graph_of
from gyeol.ops import lowering
from gyeol.serialization import serialize
from gyeol.text import tr
from gyeol.utils.py_dataset import PyDataset

_BLOCK = 16 << 20
# Arrays of more bytes than this are looked at in blocks all over them: reading them would take
# longer than a checkpoint may.
_READ_WHOLE = 1 << 30


def of_training(model: Any, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What must be the same for a training to be taken up again, by its name.

    Args:
        model: the compiled and built model.
        settings: what `fit` was asked for; data in it is described by its contents.
    """
    optimizer = model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    objective = model._objective
    trained = {id(v) for v in model._trained}
    return {
        "gyeol": gyeol.__version__,
        "jax": jax.__version__,
        "device": jax.default_backend(),
        "arithmetic": lowering.arithmetic(),
        "model": [_layer(layer) for layer in _layers(model)],
        "trainable variables": [i for i, v in enumerate(model.variables) if id(v) in trained],
        "optimizer": {"class": type(inner).__name__, "settings": _settings(inner)},
        "loss": [_plain(loss) for loss in objective.losses],
        "metrics": objective.log_names(),
        **{name: _described(value) for name, value in settings.items()},
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two of `of_training`, in words."""
    found = []
    for name in sorted({*then, *now}):
        one, other = then.get(name), now.get(name)
        if one == other:
            continue
        if name == "model":
            found.append(_first_layer_that_differs(one or [], other or []))
        elif _is_data(one) and _is_data(other) and one["form"] == other["form"]:
            found.append(
                tr("{name} ({form}) holds other values", name=name, form=", ".join(one["form"]))
            )
        else:
            found.append(_difference(name, one, other))
    return found


def _first_layer_that_differs(then: list, now: list) -> str:
    for number, (one, other) in enumerate(zip(then, now)):
        if one != other:
            return _difference(tr("layer {number} of the model", number=number), one, other)
    return tr("the model had {then} layers and has {now}", then=len(then), now=len(now))


def _difference(name: str, one: Any, other: Any) -> str:
    """What differs between two things; of two of one class, the first setting that does."""
    if _has_settings(one) and _has_settings(other) and one["class"] == other["class"]:
        then, now = one["settings"], other["settings"]
        key = next((k for k in sorted({*then, *now}) if then.get(k) != now.get(k)), None)
        if key is not None:
            return tr(
                "{name} has {setting}, which was {then} and is {now}",
                name=name,
                setting=key,
                then=_short(then.get(key)),
                now=_short(now.get(key)),
            )
    return tr("{name} was {then} and is {now}", name=name, then=_short(one), now=_short(other))


def _layers(model: Any) -> list[Any]:
    graph = graph_of(model)
    layers = list(graph.operations) if hasattr(graph, "operations") else []
    return layers or [layer for layer in model._flatten_layers() if layer is not model]


def _layer(layer: Any) -> dict[str, Any]:
    variables = [f"{v.name} {list(v.shape)} {v.dtype}" for v in layer.variables]
    name = type(layer).__name__
    return {"class": name, "settings": _settings(layer), "variables": variables}


def _settings(obj: Any) -> dict[str, Any]:
    """An object's config without its name; empty if it has none that can be written."""
    try:
        config = serialize(obj.get_config())
    except Exception:
        return {}
    # The rate is a variable, or else a schedule, which is a part of the config.
    if not isinstance(config.get("learning_rate"), dict):
        config.pop("learning_rate", None)
    # The layers of a model within a model are described one by one.
    for key in ("name", "layers", "input_layers", "output_layers", "build_input_shape"):
        config.pop(key, None)
    text = json.dumps(config, sort_keys=True, default=str)
    # Automatic names number the layers of a process.
    return json.loads(re.sub(r'("name": "[a-z0-9_]+?)(_\d+)?"', r'\1"', text))


def _plain(value: Any) -> str:
    try:
        return json.dumps(serialize(value), sort_keys=True, default=str)
    except Exception:
        return getattr(value, "__name__", type(value).__name__)


def _described(value: Any) -> Any:
    if isinstance(value, PyDataset):
        return {"form": [f"{type(value).__name__}, {value.num_batches}"], "values": None}
    holds_arrays = hasattr(value, "dtype") or isinstance(value, (list, tuple, dict))
    leaves = jax.tree.leaves(value) if holds_arrays else []
    if leaves and all(hasattr(leaf, "dtype") and np.ndim(leaf) for leaf in leaves):
        return {
            "form": [f"{leaf.dtype} {tuple(leaf.shape)}" for leaf in leaves],
            "values": [_checksum(leaf) for leaf in leaves],
        }
    if isinstance(value, (type(None), bool, int, float, str)):
        return value
    return type(value).__name__


def _is_data(described: Any) -> bool:
    return isinstance(described, dict) and "form" in described


def _has_settings(described: Any) -> bool:
    return isinstance(described, dict) and "settings" in described


def _checksum(array: Any) -> int:
    found = 0
    for block in _blocks(array):
        found = zlib.crc32(np.ascontiguousarray(block).reshape(-1).view(np.uint8).data, found)
    return found


def _blocks(array: Any) -> Iterator[np.ndarray]:
    rows = max(1, _BLOCK * len(array) // max(array.nbytes, 1))
    stride = rows
    if array.nbytes > _READ_WHOLE:
        stride = rows * -(-array.nbytes // _READ_WHOLE)
    for first in range(0, len(array), stride):
        yield np.asarray(array[first : first + rows])


def _short(value: Any) -> str:
    if _is_data(value):
        return ", ".join(value["form"])
    if _has_settings(value):
        return " ".join([value["class"], *value.get("variables", [])])
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 200 else text[:200] + "..."
