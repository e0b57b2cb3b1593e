"""What layers keep beside their config and weights, such as vocabularies: texts of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gyeol.saving.paths import children


def assets_of(model: Any) -> dict[str, str]:
    """The texts of all layers, by their names in a `.keras` file."""
    return {
        f"{place}{name}": text
        for place, layer in _layers_with_assets(model)
        for name, text in layer.assets().items()
    }


def take_assets(model: Any, read: Callable[[Iterable[str]], Mapping[str, str]]) -> None:
    """Give the layers of a model the texts that a file has for them.

    Args:
        model: the model.
        read: gives those of the named texts that there are.
    """
    layers = list(_layers_with_assets(model))
    if layers:
        there = read([f"{place}{name}" for place, layer in layers for name in layer.asset_names])
        for place, layer in layers:
            layer.take_assets(
                {
                    name: there[f"{place}{name}"]
                    for name in layer.asset_names
                    if f"{place}{name}" in there
                }
            )


def _layers_with_assets(model: Any) -> Iterator[tuple[str, Any]]:
    """Each layer that has texts, and the folder that Keras keeps them in."""
    seen: set[int] = set()

    def look(obj: Any, path: str) -> Iterator[tuple[str, Any]]:
        if id(obj) in seen:
            return
        seen.add(id(obj))
        if hasattr(obj, "asset_names"):
            yield f"assets/{path}", obj
        for name, child in children(obj):
            yield from look(child, f"{path}{name}/")

    return look(model, "")
