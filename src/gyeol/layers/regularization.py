"""Layers that disturb training so that it does not learn by heart: dropout, noise, a penalty."""

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config, random, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.serialization import exported
from gyeol.text import tr


def _check_share(layer: Layer, name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= value <= 1:
        raise ValueError(
            tr(
                "{layer}({name}=...) takes a number from 0 to 1; got {given!r}.",
                layer=type(layer).__name__,
                name=name,
                given=value,
            )
        )
    return value


class _Random(Layer):
    """A layer that draws random numbers, with a seed of its own if it has one."""

    supports_masking = True

    def __init__(self, seed: int | None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self._seeds = None if seed is None else random.SeedGenerator(seed)
        self.built = True

    def _next_key(self) -> jax.Array:
        return random.next_key(self._seeds)


@exported("keras.layers")
class Dropout(_Random):
    """Set a share of the inputs to 0 in training and scale the rest up (Srivastava et al., 2014).

    Args:
        rate: the share, from 0 to 1.
        noise_shape: a shape that broadcasts to the input's, where the mask is to be shared; None in
            it stands for the input's size.
        seed: a seed of its own.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed, **kwargs)
        self.rate = _check_share(self, "rate", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        shape = _filled_in(self._shape_of_noise(), inputs.shape)
        keep = jax.random.bernoulli(self._next_key(), 1 - self.rate, shape)
        return jnp.where(keep, inputs / (1 - self.rate), 0)

    def _shape_of_noise(self) -> Sequence[int | None] | None:
        return self.noise_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }


class _SpatialDropout(Dropout):
    """Dropout of whole channels, whatever the number of axes between batch and channels."""

    axes: int
    data_format = "channels_last"

    def __init__(self, rate: float, seed: int | None, name: str | None, dtype: Any):
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=self.axes + 2)

    def _shape_of_noise(self) -> Sequence[int | None]:
        ones = (1,) * self.axes
        return (None, None, *ones) if self.data_format == "channels_first" else (None, *ones, None)

    def get_config(self) -> dict[str, Any]:
        return {"rate": self.rate, "seed": self.seed, "name": self.name, "dtype": self.dtype}


@exported("keras.layers")
class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole channels of sequences, shape (batch, steps, channels).

    Neighbouring steps are alike, so that dropping single values would hide little (Tompson et al.,
    2014).

    Args:
        rate: the share of channels to drop, from 0 to 1.
        seed: a seed of its own.
        name, dtype: as those of every layer.
    """

    axes = 1

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None
    ):
        super().__init__(rate, seed, name, dtype)


@exported("keras.layers")
class SpatialDropout2D(_SpatialDropout):
    """Dropout of whole channels of images, shape (batch, height, width, channels).

    Args:
        rate: the share of channels to drop, from 0 to 1.
        data_format: 'channels_last' or 'channels_first'.
        seed: a seed of its own.
        name, dtype: as those of every layer.
    """

    axes = 2

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(rate, seed, name, dtype)
        self.data_format = config.standardize_data_format(data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


@exported("keras.layers")
class SpatialDropout3D(SpatialDropout2D):
    """Dropout of whole channels of volumes, shape (batch, depth, height, width, channels).

    Args:
        rate: the share of channels to drop, from 0 to 1.
        data_format: 'channels_last' or 'channels_first'.
        seed: a seed of its own.
        name, dtype: as those of every layer.
    """

    axes = 3


@exported("keras.layers")
class GaussianNoise(_Random):
    """Add normal noise in training.

    Args:
        stddev: its standard deviation, from 0 to 1.
        seed: a seed of its own.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.stddev = _check_share(self, "stddev", stddev)

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        if not training or self.stddev == 0:
            return inputs
        return inputs + self.stddev * _normal(self._next_key(), inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@exported("keras.layers")
class GaussianDropout(_Random):
    """Multiply by normal noise around 1 in training (Srivastava et al., 2014).

    The noise has the standard deviation ``sqrt(rate / (1 - rate))``, that of dropout of this rate.

    Args:
        rate: the rate, from 0 to less than 1.
        seed: a seed of its own.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.rate = _check_share(self, "rate", rate)
        if rate == 1:
            raise ValueError(
                tr("GaussianDropout(rate=...) must be less than 1: at 1 the noise is infinite.")
            )

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        if not training or self.rate == 0:
            return inputs
        deviation = math.sqrt(self.rate / (1 - self.rate))
        return inputs * (1 + deviation * _normal(self._next_key(), inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


# The constants of SELU, whose negative saturation value is their product.
_ALPHA = 1.6732632423543772848170429916717
_SCALE = 1.0507009873554804934193349852946


@exported("keras.layers")
class AlphaDropout(_Random):
    """Dropout that keeps mean 0 and variance 1, for networks with SELU (Klambauer et al., 2017).

    Dropped values become SELU's negative saturation value instead of 0, and an affine map restores
    the moments.

    Args:
        rate: the share to drop, from 0 to 1.
        noise_shape: as that of `Dropout`.
        seed: a seed of its own.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed, **kwargs)
        self.rate = _check_share(self, "rate", rate)
        self.noise_shape = noise_shape

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        if not training or self.rate == 0:
            return inputs
        shape = _filled_in(self.noise_shape, inputs.shape)
        keep = jax.random.uniform(self._next_key(), shape) >= self.rate
        dropped = -_ALPHA * _SCALE
        factor = ((1 - self.rate) * (1 + self.rate * dropped**2)) ** -0.5
        return factor * jnp.where(keep, inputs, dropped) - factor * dropped * self.rate

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }


@exported("keras.layers")
class ActivityRegularization(Layer):
    """Add ``l1 * sum(|x|) + l2 * sum(x²)`` of the inputs, per sample, to the loss.

    Args:
        l1: the factor of the absolute values.
        l2: the factor of the squares.
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        super().__init__(activity_regularizer=regularizers.L1L2(l1, l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return inputs

    def get_config(self) -> dict[str, Any]:
        settings = super().get_config()
        del settings["activity_regularizer"]
        return {**settings, "l1": self.l1, "l2": self.l2}


def _filled_in(noise_shape: Sequence[int | None] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The noise's shape with the input's sizes in place of None."""
    if noise_shape is None:
        return shape
    return tuple(size if wanted is None else wanted for size, wanted in zip(shape, noise_shape))


def _normal(key: jax.Array, like: jax.Array) -> jax.Array:
    return jax.random.normal(key, like.shape, like.dtype)
