"""Convolution over images."""

from collections.abc import Sequence
from typing import Any

import jax

from gyeol import activations, config, constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.core import positive_int, refuse_unsupported
from gyeol.ops.conv import conv
from gyeol.serialization import exported, serialize
from gyeol.text import tr


def sizes(layer: Layer, argument: str, value: Any, rank: int) -> tuple[int, ...]:
    """One positive size for each spatial axis, from an int or a sequence.

    Raises:
        ValueError: anything else.
    """
    values = (value,) * rank if isinstance(value, int) else value
    if (
        not isinstance(values, Sequence)
        or len(values) != rank
        or any(isinstance(v, bool) or not isinstance(v, int) or v < 1 for v in values)
    ):
        raise ValueError(
            tr(
                "{layer}({argument}=...) takes a positive whole number or {rank} of them; "
                "got {value!r}.",
                layer=type(layer).__name__,
                argument=argument,
                rank=rank,
                value=value,
            )
        )
    return tuple(values)


def one_of(layer: Layer, argument: str, value: Any, allowed: Sequence[str]) -> str:
    """The value in lower case, if it is one of those allowed.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, str) or value.lower() not in allowed:
        raise ValueError(
            tr(
                "{layer}({argument}=...) takes {allowed}; got {value!r}.",
                layer=type(layer).__name__,
                argument=argument,
                allowed=" / ".join(map(repr, allowed)),
                value=value,
            )
        )
    return value.lower()


@exported("keras.layers", "Convolution2D")
@exported("keras.layers")
class Conv2D(Layer):
    """Filters slid over images: ``activation(conv(inputs, kernel) + bias)``.

    Inputs of shape (batch, height, width, channels) give (batch, new height, new width, filters);
    with 'channels_first' the channels come second.

    Args:
        filters: the number of filters.
        kernel_size: height and width of a filter.
        strides: how far a filter moves at each step.
        padding: 'valid' (none) or 'same' (zeros, so that with strides 1 the size stays).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the distance between the elements that a filter sees; not with strides above
            1.
        groups: into how many parts the channels are divided, each with filters of its own.
        activation: a function or its name; none by default.
        use_bias: whether there is a bias.
        kernel_initializer: first value of the kernel, shape
            (*kernel_size, channels / groups, filters).
        bias_initializer: first value of the bias, shape (filters,).
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.

    >>> import numpy as np
    >>> Conv2D(32, 3, padding="same")(np.ones((1, 28, 28, 1), "float32")).shape
    (1, 28, 28, 32)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        lora_rank = kwargs.pop("lora_rank", None)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        refuse_unsupported(self, lora_rank=lora_rank)
        self.filters = positive_int(self, "filters", filters)
        self.kernel_size = sizes(self, "kernel_size", kernel_size, 2)
        self.strides = sizes(self, "strides", strides, 2)
        self.padding = one_of(self, "padding", padding, ("valid", "same"))
        self.data_format = config.standardize_data_format(data_format)
        self.dilation_rate = sizes(self, "dilation_rate", dilation_rate, 2)
        self.groups = positive_int(self, "groups", groups)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=4)
        if self.filters % self.groups:
            raise ValueError(
                f"Conv2D(filters={filters}, groups={groups}): filters must be a multiple of groups."
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"Conv2D takes strides above 1 or dilation_rate above 1, not both; "
                f"got strides={strides}, dilation_rate={dilation_rate}."
            )

    def build(self, input_shape: Sequence[int | None]) -> None:
        axis = -1 if self.data_format == "channels_last" else 1
        channels = input_shape[axis]
        if channels is None or channels % self.groups:
            raise ValueError(
                tr(
                    "Layer {name!r} (Conv2D) needs a known number of channels, a multiple of "
                    "groups={groups}; the input has shape {shape}.",
                    name=self.name,
                    groups=self.groups,
                    shape=tuple(input_shape),
                )
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(ndim=4, axes={axis: channels})

    def call(self, inputs: jax.Array) -> jax.Array:
        outputs = conv(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
            self.groups,
        )
        if self.bias is not None:
            shape = (-1,) if self.data_format == "channels_last" else (1, -1, 1, 1)
            outputs = outputs + self.bias.value.reshape(shape)
        return self.activation(outputs)

    def _hint(self, shape: tuple) -> str:
        if len(shape) == 3:
            if self.built and self.input_spec.axes[-1] == shape[-1]:
                return tr(" (one picture? add the batch axis: x[None])")
            return tr(" (pictures without a channel axis? add it: x[..., None])")
        return ""

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "activity_regularizer": serialize(self.activity_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
            "bias_constraint": serialize(self.bias_constraint),
        }
