"""Activations with parameters of their own, as layers."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import activations
from gyeol.layers.base import Layer
from gyeol.serialization import exported
from gyeol.text import tr


@exported("keras.layers")
class ReLU(Layer):
    """``max(x, 0)``, with an optional slope below a threshold and an optional ceiling.

    Args:
        max_value: the ceiling; none by default.
        negative_slope: the slope below the threshold.
        threshold: where the slope changes.
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        for name, value in (
            ("max_value", 0 if max_value is None else max_value),
            ("negative_slope", negative_slope),
            ("threshold", threshold),
        ):
            if value is None or value < 0:
                raise ValueError(f"ReLU({name}=...) takes a number of at least 0; got {value!r}.")
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


@exported("keras.layers")
class LeakyReLU(Layer):
    """``x`` above 0 and ``negative_slope * x`` below (Maas et al., 2013).

    Args:
        negative_slope: the slope below 0; the old name `alpha` is taken too.
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                f"LeakyReLU(negative_slope=...) takes a number of at least 0; got "
                f"{negative_slope!r}."
            )
        self.negative_slope = negative_slope
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "negative_slope": self.negative_slope}


@exported("keras.layers")
class Softmax(Layer):
    """Probabilities that sum to 1 along an axis.

    Args:
        axis: the axis, or several.
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.built = True

    def call(self, inputs: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        if mask is not None:
            inputs = inputs + (1.0 - mask.astype(inputs.dtype)) * jnp.finfo(inputs.dtype).min / 2
        if isinstance(self.axis, list) and len(self.axis) > 1:
            shifted = inputs - jax.scipy.special.logsumexp(
                inputs, axis=tuple(self.axis), keepdims=True
            )
            return jnp.exp(shifted)
        axis = self.axis if isinstance(self.axis, int) else self.axis[0]
        if not -inputs.ndim <= axis < inputs.ndim:
            raise ValueError(
                tr(
                    "Layer {name!r} (Softmax) has axis={axis}, which an input of shape "
                    "{shape} lacks.",
                    name=self.name,
                    axis=axis,
                    shape=inputs.shape,
                )
            )
        return activations.softmax(inputs, axis=axis)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
