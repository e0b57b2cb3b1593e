"""`Embedding` of whole numbers, and `Masking` of time steps that do not count."""

from typing import Any

import jax
import jax.numpy as jnp

from gyeol import constraints, initializers, regularizers
from gyeol.layers.base import Layer
from gyeol.layers.core import positive_int, refuse_unsupported
from gyeol.serialization import deserialize, exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class Embedding(Layer):
    """A vector for each whole number: row `i` of the matrix `embeddings` for the input `i`.

    Inputs of shape (batch, ...) give outputs of shape (batch, ..., output_dim).

    Args:
        input_dim: the number of rows; inputs are 0 to input_dim - 1.
        output_dim: the size of a vector.
        embeddings_initializer: first value of the matrix, shape (input_dim, output_dim).
        embeddings_regularizer: a function of the matrix, added to the loss.
        embeddings_constraint: a function applied to the matrix after each update.
        mask_zero: whether 0 stands for a step that does not count, which layers after it skip.
        weights: the first value of the matrix itself, or a list that holds it.
        lora_rank, lora_alpha, quantization_config: must be None.

    >>> Embedding(10, 4)(jnp.array([[1, 2, 3]])).shape
    (1, 3, 4)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        # Keras 2 named the length of the sequences here.
        if (length := kwargs.pop("input_length", None)) is not None:
            kwargs.setdefault("input_shape", length)
        super().__init__(**kwargs)
        refuse_unsupported(
            self,
            lora_rank=lora_rank,
            lora_alpha=lora_alpha,
            quantization_config=quantization_config,
        )
        self.input_dim = positive_int(self, "input_dim", input_dim)
        self.output_dim = positive_int(self, "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    def build(self, input_shape: Any = None) -> None:
        if self.built:
            return
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )

    def call(self, inputs: jax.Array) -> jax.Array:
        if inputs.dtype not in (jnp.int32, jnp.int64):
            given, inputs = inputs, inputs.astype("int32")
            if not isinstance(given, jax.core.Tracer) and (given != inputs).any():
                raise ValueError(
                    tr(
                        "Layer {name!r} (Embedding) takes whole numbers, the indices of its rows; "
                        "the data has fractions, such as {example:g}.",
                        name=self.name,
                        example=float(given[given != inputs][0]),
                    )
                )
        if not isinstance(inputs, jax.core.Tracer) and inputs.size:
            low, high = int(inputs.min()), int(inputs.max())
            if low < 0 or high >= self.input_dim:
                raise ValueError(
                    tr(
                        "Layer {name!r} (Embedding) takes whole numbers from 0 to {last}; got "
                        "{given}. Set input_dim to the largest number plus 1.",
                        name=self.name,
                        last=self.input_dim - 1,
                        given=low if low < 0 else high,
                    )
                )
        return jnp.take(self.embeddings.value, inputs, axis=0).astype(self.compute_dtype)

    def compute_mask(self, inputs: jax.Array, mask: Any = None) -> jax.Array | None:
        return inputs != 0 if self.mask_zero else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": serialize(self.embeddings_initializer),
            "embeddings_regularizer": serialize(self.embeddings_regularizer),
            "activity_regularizer": serialize(self.activity_regularizer),
            "embeddings_constraint": serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            "quantization_config": None,
        }


@exported("keras.layers")
class Masking(Layer):
    """Steps of (batch, time, ...) at which every value is `mask_value` do not count further on.

    Args:
        mask_value: the value that stands for nothing.

    >>> Masking(9.0)(jnp.array([[[9.0, 9.0], [9.0, 1.0]]])).tolist()
    [[[0.0, 0.0], [9.0, 1.0]]]
    """

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.mask_value = deserialize(mask_value)
        self.built = True

    def compute_mask(self, inputs: jax.Array, mask: Any = None) -> jax.Array:
        return (inputs != self.mask_value).any(-1)

    def call(self, inputs: jax.Array) -> jax.Array:
        return jnp.where(self.compute_mask(inputs)[..., None], inputs, 0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}
