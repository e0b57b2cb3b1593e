"""Layers that make one tensor of several."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.layers.base import Layer
from gyeol.serialization import exported
from gyeol.text import tr


def _at_least(layer: Layer, inputs: Any, number: int) -> None:
    if not isinstance(inputs, (list, tuple)) or len(inputs) < number:
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes a list of at least {number} inputs; got {given}.",
                name=layer.name,
                layer=type(layer).__name__,
                number=number,
                given=len(inputs) if isinstance(inputs, (list, tuple)) else 1,
            )
        )


@exported("keras.layers")
class Add(Layer):
    """The sum of several inputs of one shape (or that broadcast to one)."""

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _at_least(self, inputs, 2)
        rank = max(x.ndim for x in inputs)
        total = None
        for x in inputs:
            # Inputs of fewer axes get axes of size 1 after the batch's, as in Keras.
            x = x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:])
            total = x if total is None else total + x
        return total


@exported("keras.layers")
class Concatenate(Layer):
    """Several inputs one after the other along an axis.

    Args:
        axis: the axis.
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _at_least(self, inputs, 1)
        ranks = {x.ndim for x in inputs}
        axis = self.axis % inputs[0].ndim if -inputs[0].ndim <= self.axis < inputs[0].ndim else None
        rests = {tuple(s for i, s in enumerate(x.shape) if i != axis) for x in inputs}
        if axis is None or len(ranks) > 1 or len(rests) > 1:
            raise ValueError(
                tr(
                    "Layer {name!r} (Concatenate) takes inputs that differ only on axis {axis}; "
                    "got the shapes {shapes}.",
                    name=self.name,
                    axis=self.axis,
                    shapes=[x.shape for x in inputs],
                )
            )
        return jnp.concatenate(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


@exported("keras.layers", "add")
def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Add` as a function of the inputs."""
    return Add(**kwargs)(inputs)


@exported("keras.layers", "concatenate")
def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate` as a function of the inputs."""
    return Concatenate(axis=axis, **kwargs)(inputs)
