"""Makes a model anew, with changes of layers, for a trial of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from gyeol.layers import Lambda
from gyeol.layers.base import Layer
from gyeol.serialization import deserialize, sharing

# Settings of a layer with others of which its first weights are others too.
_REDRAWN = frozenset(("units", "filters", "output_dim", "kernel_initializer", "class_name"))
_OF_EACH_RECURRENT = ("name", "trainable", "dtype", "units", "return_sequences", "go_backwards")


def built_anew(model: Any, changes: Mapping[str, Mapping[str, Any]], x: Any) -> Any:
    """A model of the same config, not compiled, with weights newly drawn.

    Args:
        model: the model, which stays as it is.
        changes: for the names of layers, changes of their configs; 'before' is that of a layer put
            before it.
        x: its inputs, for a model that has no shapes of its own.

    Raises:
        ValueError: a layer that is to be changed stands in no config.
    """
    _, (described, own, _, texts) = Layer.__reduce__(model)
    described.pop("compile_config", None)
    changed = [_edited(described, name, config) for name, config in changes.items()]
    if not all(changed):
        raise ValueError("a layer that is not of a graph")
    if changed:
        _forget_shapes(described["config"])
    # A config holds the code of a lambda, and not the names that the code takes from its script.
    own |= {x.name: x.function for x in model._flatten_layers() if isinstance(x, Lambda)}
    with sharing():
        made = deserialize(described, own, safe_mode=False)
    takers = [layer for layer in made._flatten_layers() if hasattr(layer, "assets")]
    for layer, its_texts in zip(takers, texts):
        layer.take_assets(its_texts)
    if not made.built:
        made.build(jax.tree.map(lambda array: (None, *array.shape[1:]), x))
    return made


def _edited(node: Any, name: str, changes: Mapping[str, Any]) -> bool:
    """Change the config of the layer of a name, wherever it is in a config; whether it is."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if not isinstance(node, dict):
        return False
    inner = node.get("config")
    if "class_name" not in node or not isinstance(inner, dict) or inner.get("name") != name:
        found = [_edited(part, name, changes) for part in node.values()]
        return any(found)
    if "before" in changes:
        after = {key: node[key] for key in ("module", "class_name", "config", "registered_name")}
        both = {"name": name, "layers": [changes["before"], after]}
        inner["name"] = f"{name}_after"
        node.update(module="keras", class_name="Sequential", registered_name=None, config=both)
        return True
    if node["class_name"] in ("ReLU", "Softmax") and "activation" in changes:
        kept = {key: inner[key] for key in ("name", "trainable", "dtype") if key in inner}
        node.update(module="keras.layers", class_name="Activation", config=kept)
        kept["activation"] = "linear"
    if "class_name" in changes:
        changes = {**changes}
        kind = changes.pop("class_name")
        kept = {key: inner[key] for key in _OF_EACH_RECURRENT if key in inner}
        node.update(module="keras.layers", class_name=kind, config=kept)
    if unknown := [key for key in changes if key not in node["config"]]:
        raise ValueError(f"{name} has no {unknown}")
    node["config"].update(changes)
    return True


def _forget_shapes(node: Any) -> None:
    """Let a graph's layers be built for what they are given, which changes may change."""
    parts = list(node.values()) if isinstance(node, dict) else node
    if isinstance(node, dict):
        node.pop("build_config", None)
    for part in parts if isinstance(parts, list) else ():
        _forget_shapes(part)


def beginnings(
    models: Sequence[Any], changes: Mapping[str, Mapping[str, Any]], begun: Sequence[np.ndarray]
) -> list[list[np.ndarray]]:
    """The weights that models begin with, which are of one structure and newly drawn.

    The first begins as the program did, as far as the changes leave that; the others as drawn, but
    for what the program did not draw: weights of a training before, statistics of data.

    Args:
        models: what `built_anew` gave.
        changes: what it was given.
        begun: what the program began with; empty if it drew that later.
    """
    drawn = [[variable.numpy() for variable in model.weights] for model in models]
    if len(begun) != len(drawn[0]):
        return drawn
    changed = {
        id(variable)
        for layer in models[0]._flatten_layers()
        if not _REDRAWN.isdisjoint(changes.get(layer.name, ()))
        for variable in layer.weights
    }
    stays = [
        id(variable) not in changed and old.shape == new.shape
        for variable, old, new in zip(models[0].weights, begun, drawn[0])
    ]
    found = []
    for number, (model, fresh) in enumerate(zip(models, drawn)):
        taken = [number == 0 or taught for taught in was_taught(model, fresh, begun)]
        found.append(
            [
                old if keep and stay else new
                for keep, stay, old, new in zip(taken, stays, begun, fresh)
            ]
        )
    return found


def was_taught(model: Any, drawn: Sequence[np.ndarray], begun: Sequence[np.ndarray]) -> list[bool]:
    """For each weight whether a program began with one that was not just drawn.

    Such are the weights of another training, or what was adapted to data. If one of a layer's is
    so, all are.
    """
    taught = {
        id(variable): not _looks_drawn(new, old)
        for variable, new, old in zip(model.weights, drawn, begun)
    }
    parts = [layer for layer in model._flatten_layers() if not layer._children()]
    for layer in parts:
        any_taught = any(taught[id(v)] for v in layer.weights)
        taught.update((id(v), any_taught) for v in layer.weights)
    return [taught[id(variable)] for variable in model.weights]


def _looks_drawn(new: np.ndarray, old: np.ndarray) -> bool:
    if new.shape != old.shape or new.dtype.kind not in "fV" or not (new != new.flat[:1]).any():
        return new.shape != old.shape or np.array_equal(new, old)
    sizes = [float(np.sqrt(np.square(a, dtype=np.float64).mean())) for a in (new, old)]
    return abs(sizes[0] - sizes[1]) < 5 / (2 * new.size) ** 0.5 * max(sizes)
