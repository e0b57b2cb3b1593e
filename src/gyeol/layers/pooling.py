"""Pooling: sequences, images and volumes made smaller by the largest or the mean of each window."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.convolutional import missing_axis_hint, one_of, sizes
from gyeol.ops.pool import adaptive_average_pool, adaptive_max_pool, average_pool, max_pool
from gyeol.serialization import exported


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
        return missing_axis_hint(self.rank, shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


@exported("keras.layers", "MaxPool1D")
@exported("keras.layers")
class MaxPooling1D(_Pooling):
    """The largest value of each window of a sequence.

    Inputs have the shape (batch, steps, channels).

    Args:
        pool_size: length of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same'.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 1
    function = staticmethod(max_pool)


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


@exported("keras.layers", "MaxPool3D")
@exported("keras.layers")
class MaxPooling3D(_Pooling):
    """The largest value of each window of a volume.

    Inputs have the shape (batch, depth, height, width, channels).

    Args:
        pool_size: depth, height and width of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same'.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3
    function = staticmethod(max_pool)


@exported("keras.layers", "AvgPool1D")
@exported("keras.layers")
class AveragePooling1D(_Pooling):
    """The mean of each window of a sequence.

    Inputs have the shape (batch, steps, channels).

    Args:
        pool_size: length of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same' (the mean leaves the padding out).
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 1
    function = staticmethod(average_pool)


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


@exported("keras.layers", "AvgPool3D")
@exported("keras.layers")
class AveragePooling3D(_Pooling):
    """The mean of each window of a volume.

    Inputs have the shape (batch, depth, height, width, channels).

    Args:
        pool_size: depth, height and width of the window.
        strides: how far it moves at each step; `pool_size` by default.
        padding: 'valid' (whole windows only) or 'same' (the mean leaves the padding out).
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3
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


@exported("keras.layers", "GlobalAvgPool1D")
@exported("keras.layers")
class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of each channel: (batch, steps, channels) to (batch, channels).

    Steps that a mask leaves out count neither in the sum nor in their number.

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axis stays, with size 1.
    """

    rank = 1
    function = staticmethod(jnp.mean)

    def call(self, inputs: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        if mask is None:
            return super().call(inputs)
        axis = 1 if self.data_format == "channels_last" else 2
        counts = jnp.expand_dims(mask, 3 - axis).astype(bool)
        total = jnp.sum(inputs, axis=axis, where=counts, keepdims=self.keepdims)
        return total / jnp.sum(counts.astype(inputs.dtype), axis=axis, keepdims=self.keepdims)

    def compute_mask(self, inputs: jax.Array, previous_mask: Any) -> None:
        return None  # the steps are gone


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


@exported("keras.layers", "GlobalAvgPool3D")
@exported("keras.layers")
class GlobalAveragePooling3D(_GlobalPooling):
    """The mean of each channel: (batch, d, h, w, channels) to (batch, channels).

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axes stay, with size 1.
    """

    rank = 3
    function = staticmethod(jnp.mean)


@exported("keras.layers", "GlobalMaxPool1D")
@exported("keras.layers")
class GlobalMaxPooling1D(_GlobalPooling):
    """The largest value of each channel: (batch, steps, channels) to (batch, channels).

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axis stays, with size 1.
    """

    rank = 1
    function = staticmethod(jnp.max)


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


@exported("keras.layers", "GlobalMaxPool3D")
@exported("keras.layers")
class GlobalMaxPooling3D(_GlobalPooling):
    """The largest value of each channel: (batch, d, h, w, channels) to (batch, channels).

    Args:
        data_format: 'channels_last' or 'channels_first'.
        keepdims: whether the spatial axes stay, with size 1.
    """

    rank = 3
    function = staticmethod(jnp.max)


class _AdaptivePooling(Layer):
    """A function over so many windows that they cover the spatial axes."""

    rank: int
    function: Callable

    def __init__(
        self, output_size: int | Sequence[int], data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.output_size = sizes(self, "output_size", output_size, self.rank)
        self.data_format = config.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: jax.Array) -> jax.Array:
        return type(self).function(inputs, self.output_size, self.data_format)

    def _hint(self, shape: tuple) -> str:
        return missing_axis_hint(self.rank, shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_size": self.output_size,
            "data_format": self.data_format,
        }


@exported("keras.layers")
class AdaptiveAveragePooling1D(_AdaptivePooling):
    """The mean of each of so many windows of about the same size.

    Inputs have the shape (batch, steps, channels).

    Args:
        output_size: the number of windows.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 1
    function = staticmethod(adaptive_average_pool)


@exported("keras.layers")
class AdaptiveAveragePooling2D(_AdaptivePooling):
    """The mean of each of so many windows of about the same size.

    Inputs have the shape (batch, height, width, channels).

    Args:
        output_size: the number of windows down and across.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 2
    function = staticmethod(adaptive_average_pool)


@exported("keras.layers")
class AdaptiveAveragePooling3D(_AdaptivePooling):
    """The mean of each of so many windows of about the same size.

    Inputs have the shape (batch, depth, height, width, channels).

    Args:
        output_size: the number of windows in depth, height and width.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3
    function = staticmethod(adaptive_average_pool)


@exported("keras.layers")
class AdaptiveMaxPooling1D(_AdaptivePooling):
    """The largest value in each of so many windows of about the same size.

    Inputs have the shape (batch, steps, channels).

    Args:
        output_size: the number of windows.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 1
    function = staticmethod(adaptive_max_pool)


@exported("keras.layers")
class AdaptiveMaxPooling2D(_AdaptivePooling):
    """The largest value in each of so many windows of about the same size.

    Inputs have the shape (batch, height, width, channels).

    Args:
        output_size: the number of windows down and across.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 2
    function = staticmethod(adaptive_max_pool)


@exported("keras.layers")
class AdaptiveMaxPooling3D(_AdaptivePooling):
    """The largest value in each of so many windows of about the same size.

    Inputs have the shape (batch, depth, height, width, channels).

    Args:
        output_size: the number of windows in depth, height and width.
        data_format: 'channels_last' or 'channels_first'.
    """

    rank = 3
    function = staticmethod(adaptive_max_pool)
