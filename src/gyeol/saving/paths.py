"""The layers and the optimizer within a model, and the path of each in a weights file.

A file names things as Keras does: by the attributes that lead to them and, within a list or a dict,
by their class and a count, never by their own names, which differ from one model to the next.
"""

import functools
from collections.abc import Iterator
from typing import Any

from gyeol.layers.base import Layer
from gyeol.models import Functional, Model, Sequential
from gyeol.optimizers import Optimizer
from gyeol.serialization import to_snake_case


def children(obj: Any) -> Iterator[tuple[str, Any]]:
    """What a layer or a model holds, with the path to it from there, in the order Keras looks.

    One that several paths lead to comes several times; a file has it under the first.
    """
    if isinstance(obj, Optimizer):
        if (inner := getattr(obj, "inner_optimizer", None)) is not None:
            yield "inner_optimizer", inner
        return
    for name, value in _attributes(obj):
        if isinstance(value, (Layer, Optimizer)):
            yield name, value
        elif isinstance(value, (list, tuple, dict)):
            yield from _contents(value, name, set())


def _attributes(obj: Layer) -> Iterator[tuple[str, Any]]:
    if isinstance(obj, (Functional, Sequential)):
        yield "layers", obj.layers
        skipped = _skipped(True) | {"layers", "operations"}
    else:
        skipped = _skipped(isinstance(obj, Model))
    # Private ones come last, as in Keras.
    for name in sorted(dir(obj), key=lambda name: f"~{name}" if name.startswith("_") else name):
        if name in skipped:
            continue
        try:
            value = getattr(obj, name)
        except Exception:
            continue  # a property that has no value yet
        yield name, value


@functools.cache
def _skipped(is_model: bool) -> frozenset[str]:
    """The attributes that every layer or model has: none of them leads to parts of its own."""
    plain = set(dir(Layer(name="any")))
    if is_model:
        plain |= set(dir(Model(name="any"))) - {"layers", "optimizer"}
        plain |= {"_graph", "_layers"}
    return frozenset(plain)


def _contents(container: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if id(container) in seen:
        return
    seen.add(id(container))
    counts: dict[str, int] = {}

    def place(name: str) -> str:
        number = counts.get(name, 0)
        counts[name] = number + 1
        return f"{path}/{name}_{number}" if number else f"{path}/{name}"

    for item in container.values() if isinstance(container, dict) else container:
        if isinstance(item, (Layer, Optimizer)):
            yield place(to_snake_case(type(item).__name__)), item
        elif isinstance(item, (list, tuple, dict)):
            yield from _contents(item, place("container"), seen)
