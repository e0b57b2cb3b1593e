"""Pooling: images made smaller by the largest or the mean of each window."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.convolutional import one_of, sizes
from gyeol.ops.pool import average_pool, max_pool
from gyeol.serialization import exported
from gyeol.text import tr


class _Pooling(Layer):
    """A window function over the spatial axes."""

    rank: int
    function: Callable

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        self.pool_size = sizes(self, "pool_size", pool_size, self.rank)
        strides = self.pool_size if strides is None else strides
        self.strides = sizes(self, "strides", strides, self.rank)
        self.padding = one_of(self, "padding", padding, ("valid", "same"))
        self.data_format = config.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return type(self).function(
            inputs, self.pool_size, self.strides, self.padding, self.data_format
        )

    def _hint(self, shape: tuple) -> str:
        if len(shape) == self.rank + 1:
            return tr(" (pictures without a channel axis? add it: x[..., None])")
        return ""

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


@exported("keras.layers", "MaxPool2D")
@exported("keras.layers")
class MaxPooling2D(_Pooling):
    """The largest value of each window of an image.

    Args:
        pool_size: height and width of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same'.
        data_format: 'channels_last' or 'channels_first'.

    >>> import numpy as np
    >>> MaxPooling2D(2)(np.ones((1, 28, 28, 32), "float32")).shape
    (1, 14, 14, 32)
    """

    rank = 2
    function = staticmethod(max_pool)


@exported("keras.layers", "AvgPool2D")
@exported("keras.layers")
class AveragePooling2D(_Pooling):
    """The mean of each window of an image.

    Args:
        pool_size: height and width of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same' (the mean leaves the padding out).
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 2
    function = staticmethod(average_pool)


class _GlobalPooling(Layer):
    """A function over all of the spatial axes."""

    rank: int
    function: Callable

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = config.standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        first = 1 if self.data_format == "channels_last" else 2
        axes = tuple(range(first, first + self.rank))
        return type(self).function(inputs, axis=axes, keepdims=self.keepdims)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
        }


@exported("keras.layers", "GlobalAvgPool2D")
@exported("keras.layers")
class GlobalAveragePooling2D(_GlobalPooling):
    """The mean of each channel: (batch, h, w, channels) to (batch, channels).

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axes stay, with size 1.
    """

    rank = 2
    function = staticmethod(jnp.mean)


@exported("keras.layers", "GlobalMaxPool2D")
@exported("keras.layers")
class GlobalMaxPooling2D(_GlobalPooling):
    """The largest value of each channel: (batch, h, w, channels) to (batch, channels).

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axes stay, with size 1.
    """

    rank = 2
    function = staticmethod(jnp.max)
