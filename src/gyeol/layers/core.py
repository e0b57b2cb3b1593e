"""`Dense`, `Activation` and the entry of a model, `Input`."""

from collections.abc import Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import activations, constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.ops.fused import dense
from gyeol.serialization import exported, serialize
from gyeol.symbolic import KerasTensor, Node
from gyeol.text import tr


@exported("keras.layers")
class InputLayer(Layer):
    """The entry of a model: it names the shape and dtype of what comes in.

    Args:
        shape: the shape without the batch.
        batch_size: the size of the batch; open by default.
        dtype: the dtype that inputs are cast to; the float type by default.
        batch_shape: the shape with the batch, instead of `shape`.
        name: a name.
        sparse, ragged: must be False.
        optional: whether None may be passed.
        input_tensor: a symbolic tensor to use as the input.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: KerasTensor | None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name)
        if sparse or ragged:
            raise NotImplementedError(
                f"Input {self.name!r}: sparse and ragged inputs are not supported; give dense "
                f"arrays."
            )
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if kwargs:
            raise TypeError(f"Input has no argument {', '.join(map(repr, kwargs))}.")
        if input_tensor is not None:
            batch_shape, dtype = input_tensor.shape, dtype or input_tensor.dtype
        if batch_shape is None:
            if shape is None:
                raise ValueError(
                    tr(
                        "Input needs a shape, such as Input(shape=(28, 28)): the shape of "
                        "one sample."
                    )
                )
            sizes = (shape,) if hasattr(shape, "__index__") else shape
            if hasattr(shape, "ndim") or isinstance(sizes, str) or not isinstance(sizes, Iterable):
                raise ValueError(
                    tr(
                        "Input(shape=...) takes the sizes of one sample, such as (28, 28) or "
                        "x.shape[1:]; got {given}.",
                        given=type(shape).__name__ if hasattr(shape, "ndim") else repr(shape),
                    )
                )
            batch_shape = (batch_size, *sizes)
        elif shape is not None:
            raise ValueError("Input takes shape or batch_shape, not both.")
        for size in batch_shape:
            if size is not None and (
                isinstance(size, bool) or not hasattr(size, "__index__") or size < 0
            ):
                raise ValueError(
                    tr(
                        "Input(shape=...) takes whole numbers or None; got {shape}.",
                        shape=tuple(batch_shape[1:]),
                    )
                )
        batch_shape = tuple(None if size is None else int(size) for size in batch_shape)
        if dtype == "string":
            raise NotImplementedError(
                tr(
                    "Input {name!r}: text does not go into a compiled model. Apply StringLookup or "
                    "TextVectorization to the data first, and give the model the numbers.",
                    name=self.name,
                )
            )
        self.batch_shape = batch_shape
        try:
            self._dtype = str(jnp.dtype(dtype)) if dtype else self.compute_dtype
        except TypeError:
            raise ValueError(
                tr(
                    "Input(dtype=...) takes the name of a dtype, such as 'int32'; got {given!r}. "
                    "The sizes of a shape go into one tuple: Input(shape=(28, 28, 1)).",
                    given=dtype,
                )
            ) from None
        self.optional = optional
        self.built = True
        output = input_tensor or KerasTensor(self.batch_shape, self._dtype, name)
        Node(self, (), {}, output)

    @property
    def dtype(self) -> str:
        return self._dtype

    def call(self, inputs: Any) -> Any:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self._dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": self.optional,
        }


@exported("keras")
@exported("keras.layers")
def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: KerasTensor | None = None,
    optional: bool = False,
) -> KerasTensor:
    """A symbolic tensor to begin a model with.

    Args:
        shape: the shape of one sample; None where a size is open.
        batch_size: the size of the batch; open by default.
        dtype: the dtype that inputs are cast to; the float type by default.
        sparse, ragged: must be False.
        batch_shape: the shape with the batch, instead of `shape`.
        name: a name.
        tensor: a symbolic tensor to use as the input.
        optional: whether None may be passed.

    Returns:
        The symbolic tensor.

    >>> Input(shape=(28, 28)).shape
    (None, 28, 28)
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        name=name,
        input_tensor=tensor,
        optional=optional,
    )
    return layer.output


@exported("keras.layers")
class Dense(Layer):
    """A fully connected layer: ``activation(inputs @ kernel + bias)``.

    Inputs of shape (batch, ..., features) give outputs of shape (batch, ..., units).

    Args:
        units: the size of the output.
        activation: a function or its name; none by default.
        use_bias: whether there is a bias.
        kernel_initializer: first value of the kernel, shape (features, units).
        bias_initializer: first value of the bias, shape (units,).
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.
        lora_rank, quantization_config: must be None.

    >>> import numpy as np
    >>> Dense(3)(np.ones((2, 4), "float32")).shape
    (2, 3)
    """

    supports_masking = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        refuse_unsupported(self, lora_rank=lora_rank, quantization_config=quantization_config)
        self.units = positive_int(self, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                tr(
                    "Layer {name!r} (Dense) needs to know the size of the last axis of its input; "
                    "the shape {shape} leaves it open.",
                    name=self.name,
                    shape=tuple(input_shape),
                )
            )
        self.kernel = self.add_weight(
            (features, self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: jax.Array, training: bool | None = None) -> jax.Array:
        is_relu = self.activation is activations.relu
        outputs = dense(inputs, self.kernel, self.bias, relu=is_relu)
        return outputs if is_relu else self.activation(outputs)

    def _hint(self, shape: tuple) -> str:
        if self.built and len(shape) + 1 == 2 and shape[-1] == self.kernel.shape[0]:
            return tr(" (one sample? add the batch axis: x[None])")
        if self.built and len(shape) > 2:
            flat = 1
            for size in shape[1:]:
                flat *= size or 1
            if flat == self.kernel.shape[0]:
                return tr(" (put a Flatten() layer before it)")
        return ""

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
            "bias_constraint": serialize(self.bias_constraint),
            "quantization_config": None,
        }


@exported("keras.layers")
class Activation(Layer):
    """An activation function as a layer.

    Args:
        activation: a function or its name.
    """

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


@exported("keras.layers")
class Identity(Layer):
    """What comes in goes out: a place in a model with nothing to do."""

    supports_masking = True

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs


def positive_int(layer: Layer, argument: str, value: Any) -> int:
    """The value as an int of at least 1.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise ValueError(
            tr(
                "{layer}({argument}=...) takes a positive whole number; got {value!r}.",
                layer=type(layer).__name__,
                argument=argument,
                value=value,
            )
        )
    return int(value)


def refuse_unsupported(layer: Layer, **arguments: Any) -> None:
    """Raise NotImplementedError for an argument that gyeol does not support and that was given."""
    for name, value in arguments.items():
        if value:
            raise NotImplementedError(
                f"{type(layer).__name__}({name}={value!r}) is not supported by gyeol; leave it out."
            )
