"""Activations with parameters of their own, as layers."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import activations, constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.serialization import exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class ReLU(Layer):
    """``max(x, 0)``, with an optional slope below a threshold and an optional ceiling.

    Args:
        max_value: the ceiling; none by default.
        negative_slope: the slope below the threshold.
        threshold: where the slope changes.
    """

    supports_masking = True

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

    supports_masking = True

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
class ELU(Layer):
    """``x`` above 0 and ``alpha * (exp(x) - 1)`` below (Clevert et al., 2016).

    Args:
        alpha: minus the lowest value.
    """

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = alpha
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha}


@exported("keras.layers")
class PReLU(Layer):
    """``x`` above 0 and ``alpha * x`` below, with an `alpha` that is learned (He et al., 2015).

    Args:
        alpha_initializer: first value of alpha, of the shape of a sample.
        alpha_regularizer: a function of alpha, added to the loss.
        alpha_constraint: a function applied to alpha after each update.
        shared_axes: the axes along which one alpha serves all, such as (1, 2) for images.
    """

    supports_masking = True

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        if self.shared_axes is not None:
            self.shared_axes = list(self.shared_axes)

    def build(self, input_shape: Sequence[int | None]) -> None:
        shared = self.shared_axes or ()
        shape = list(input_shape[1:])
        for axis in shared:
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(
                tr(
                    "Layer {name!r} (PReLU) has a slope for each value of a sample, whose shape "
                    "{shape} leaves a size open. Name the open axes in shared_axes.",
                    name=self.name,
                    shape=tuple(input_shape),
                )
            )
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        known = {axis: size for axis, size in enumerate(input_shape) if axis and axis not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=known)

    def call(self, inputs: jax.Array) -> jax.Array:
        return activations.relu(inputs) - self.alpha * activations.relu(-inputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": serialize(self.alpha_initializer),
            "alpha_regularizer": serialize(self.alpha_regularizer),
            "alpha_constraint": serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }


@exported("keras.layers")
class Softmax(Layer):
    """Probabilities that sum to 1 along an axis.

    Where a mask is False, the output is 0, and the rest sums to 1.

    Args:
        axis: the axis, or several.
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.built = True

    def call(self, inputs: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        if mask is None:
            return self._softmax(inputs)
        mask = mask.astype(bool)
        # What Keras takes for minus infinity, so that a sample without any step stays finite.
        least = -3e4 if inputs.dtype == jnp.float16 else -1e9
        return jnp.where(mask, self._softmax(jnp.where(mask, inputs, least)), 0)

    def _softmax(self, inputs: jax.Array) -> jax.Array:
        if isinstance(self.axis, list) and len(self.axis) > 1:
            return jnp.exp(jax.nn.log_softmax(inputs, axis=tuple(self.axis)))
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
