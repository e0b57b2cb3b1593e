"""Layers to JSON and back."""

from collections.abc import Mapping
from typing import Any

from gyeol import serialization
from gyeol.layers.base import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """The JSON form of a layer."""
    return serialization.serialize(layer)


def deserialize(config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """The layer that `serialize` wrote.

    Args:
        config: the JSON form.
        custom_objects: layers and functions of one's own, by name.

    Raises:
        ValueError: no layer, or one whose class is not known.

    >>> from gyeol.layers import Dense
    >>> deserialize(serialize(Dense(3))).units
    3
    """
    layer = serialization.deserialize(config, custom_objects)
    if not isinstance(layer, Layer):
        raise ValueError(f"This is no layer: {config!r}.")
    return layer
