"""Layers that move values and change none."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config
from gyeol.layers.base import InputSpec, Layer
from gyeol.serialization import exported
from gyeol.symbolic import KerasTensor
from gyeol.text import tr


@exported("keras.layers")
class Flatten(Layer):
    """All axes but the batch's made one: (batch, a, b, c) to (batch, a * b * c).

    Args:
        data_format: 'channels_last' or 'channels_first', which is moved last before flattening.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: jax.Array) -> jax.Array:
        if self.data_format == "channels_first" and inputs.ndim > 1:
            inputs = jnp.moveaxis(inputs, 1, -1)
        return inputs.reshape(inputs.shape[0], math.prod(inputs.shape[1:]))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@exported("keras.layers")
class Reshape(Layer):
    """Another shape for each sample.

    Args:
        target_shape: the shape without the batch; one -1 in it is worked out.
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.target_shape = tuple(
            int(size)
            for size in ((target_shape,) if isinstance(target_shape, int) else target_shape)
        )
        self.built = True

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        if None not in inputs.shape[1:]:
            return super().compute_output_spec(inputs)
        # Sizes that are open may or may not make the target: only data will tell.
        sizes = (None if size == -1 else size for size in self.target_shape)
        return KerasTensor((inputs.shape[0], *sizes), inputs.dtype)

    def call(self, inputs: jax.Array) -> jax.Array:
        size = math.prod(inputs.shape[1:])
        known = math.prod(d for d in self.target_shape if d != -1)
        open_sizes = self.target_shape.count(-1)
        if open_sizes > 1 or (size % known if open_sizes and known else size != known):
            raise ValueError(
                self._refusal(
                    inputs.shape,
                    tr("{size} values do not make {target}", size=size, target=self.target_shape),
                )
            )
        return inputs.reshape(inputs.shape[0], *self.target_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


@exported("keras.layers")
class ZeroPadding2D(Layer):
    """Zeros around images.

    Args:
        padding: rows and columns of zeros: an int for all sides, (rows, columns), or
            ((top, bottom), (left, right)).
        data_format: 'channels_last' or 'channels_first'.
    """

    def __init__(
        self,
        padding: int | Sequence[Any] = (1, 1),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        pair = (padding, padding) if isinstance(padding, int) else tuple(padding)
        sides = tuple((p, p) if isinstance(p, int) else tuple(p) for p in pair)
        if len(sides) != 2 or any(
            len(side) != 2 or any(not isinstance(n, int) or n < 0 for n in side) for side in sides
        ):
            raise ValueError(
                "ZeroPadding2D(padding=...) takes n, (rows, columns) or ((top, bottom), "
                "(left, right)); "
                f"got {padding!r}."
            )
        self.padding = sides
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: jax.Array) -> jax.Array:
        none = (0, 0)
        if self.data_format == "channels_first":
            return jnp.pad(inputs, (none, none, *self.padding))
        return jnp.pad(inputs, (none, *self.padding, none))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "padding": self.padding,
            "data_format": self.data_format,
        }
