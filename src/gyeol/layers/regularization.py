"""`Dropout`."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import random
from gyeol.layers.base import Layer
from gyeol.serialization import exported


@exported("keras.layers")
class Dropout(Layer):
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
        super().__init__(**kwargs)
        if isinstance(rate, bool) or not 0 <= rate <= 1:
            raise ValueError(f"Dropout(rate=...) takes a number from 0 to 1; got {rate!r}.")
        self.rate = rate
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        self._seeds = None if seed is None else random.SeedGenerator(seed)
        self.built = True

    def call(self, inputs: jax.Array, training: bool = False) -> jax.Array:
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = tuple(
                size if wanted is None else wanted for size, wanted in zip(shape, self.noise_shape)
            )
        keep = jax.random.bernoulli(random.next_key(self._seeds), 1 - self.rate, shape)
        return jnp.where(keep, inputs / (1 - self.rate), 0)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }
