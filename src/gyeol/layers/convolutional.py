"""Convolution over sequences, images and volumes."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import activations, config, constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.core import positive_int, refuse_unsupported
from gyeol.ops.conv import conv_transpose, depthwise_conv, separable_conv
from gyeol.ops.fused import conv
from gyeol.serialization import exported, serialize
from gyeol.text import tr


def sizes(layer: Layer, argument: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """One size of at least `least` (1 or 0) for each spatial axis, from an int or a sequence.

    Raises:
        ValueError: anything else.
    """
    values = (value,) * rank if isinstance(value, int) else value
    if (
        not isinstance(values, Sequence)
        or len(values) != rank
        or any(isinstance(v, bool) or not isinstance(v, int) or v < least for v in values)
    ):
        raise ValueError(
            tr(
                "{layer}({argument}=...) takes a whole number of at least {least}, or {rank} of "
                "them; got {value!r}.",
                layer=type(layer).__name__,
                argument=argument,
                least=least,
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


def missing_axis_hint(rank: int, shape: tuple) -> str:
    """What to do about an input that lacks an axis."""
    if len(shape) == 2 < rank + 1:
        return tr(" (one vector a sample? put it before Flatten(), or Reshape() after that)")
    if len(shape) != rank + 1:
        return ""
    if rank == 2:
        return tr(" (pictures without a channel axis? add it: x[..., None])")
    return tr(" (no channel axis? add it: x[..., None])")


class _Convolution(Layer):
    """What all convolutions have: a window, and a bias and an activation after it."""

    rank: int
    _paddings: tuple[str, ...] = ("valid", "same")
    # What Keras 2 wrote for a relative of Conv2D that has no use for it.
    _unused: tuple[str, ...] = ("groups",)

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int],
        padding: str,
        data_format: str | None,
        dilation_rate: int | Sequence[int],
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ):
        lora_rank = kwargs.pop("lora_rank", None)
        super().__init__(**kwargs)
        refuse_unsupported(self, lora_rank=lora_rank)
        self.kernel_size = sizes(self, "kernel_size", kernel_size, self.rank)
        self.strides = sizes(self, "strides", strides, self.rank)
        self.padding = one_of(self, "padding", padding, self._paddings)
        self.data_format = config.standardize_data_format(data_format)
        self.dilation_rate = sizes(self, "dilation_rate", dilation_rate, self.rank)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _refuse_strides_with_dilation(self) -> None:
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                tr(
                    "{layer} takes strides above 1 or dilation_rate above 1, not both; "
                    "got strides={strides}, dilation_rate={dilation}.",
                    layer=type(self).__name__,
                    strides=self.strides,
                    dilation=self.dilation_rate,
                )
            )

    def _channels(self, input_shape: Sequence[int | None], groups: int = 1) -> int:
        """The number of channels of the input, which is noted as what the layer expects."""
        axis = -1 if self.data_format == "channels_last" else 1
        channels = input_shape[axis]
        if channels is None or channels % groups:
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) needs a known number of channels, a multiple of "
                    "groups={groups}; the input has shape {shape}.",
                    name=self.name,
                    layer=type(self).__name__,
                    groups=groups,
                    shape=tuple(input_shape),
                )
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add_bias(self, filters: int) -> None:
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _finished(self, outputs: jax.Array) -> jax.Array:
        """The outputs with bias and activation."""
        if self.bias is not None:
            last = self.data_format == "channels_last"
            outputs = outputs + self.bias.value.reshape((-1, *(() if last else (1,) * self.rank)))
        return self.activation(outputs)

    def _hint(self, shape: tuple) -> str:
        lacks_one = len(shape) == self.rank + 1
        if lacks_one and self.built and self.input_spec.axes.get(-1) == shape[-1]:
            if self.rank == 2:
                return tr(" (one picture? add the batch axis: x[None])")
            return tr(" (one sample? add the batch axis: x[None])")
        return missing_axis_hint(self.rank, shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": serialize(self.bias_initializer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "activity_regularizer": serialize(self.activity_regularizer),
            "bias_constraint": serialize(self.bias_constraint),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        if config.get("groups", 1) == 1:
            config = {name: value for name, value in config.items() if name not in cls._unused}
        return super().from_config(config)


class _Conv(_Convolution):
    """Filters that see all channels, or those of their group."""

    _unused = ()

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
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
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.filters = positive_int(self, "filters", filters)
        self.groups = positive_int(self, "groups", groups)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self._refuse_strides_with_dilation()
        if self.filters % self.groups:
            raise ValueError(
                tr(
                    "{layer}(filters={filters}, groups={groups}): filters must be a multiple of "
                    "groups.",
                    layer=type(self).__name__,
                    filters=filters,
                    groups=groups,
                )
            )

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._channels(input_shape, self.groups)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self._add_bias(self.filters)

    def convolution_op(self, inputs: jax.Array, kernel: Any) -> jax.Array:
        """The convolution itself, to be overridden by what changes the kernel first."""
        return self._convolved(inputs, kernel, None, relu=False)

    def call(self, inputs: jax.Array) -> jax.Array:
        if type(self).convolution_op is not _Conv.convolution_op:
            return self._finished(self.convolution_op(inputs, self.kernel))
        is_relu = self.activation is activations.relu
        outputs = self._convolved(inputs, self.kernel, self.bias, is_relu)
        return outputs if is_relu else self.activation(outputs)

    def _convolved(self, inputs: jax.Array, kernel: Any, bias: Any, relu: bool) -> jax.Array:
        padding = self.padding
        if padding == "causal":
            around = [(0, 0)] * 3
            axis = 1 if self.data_format == "channels_last" else 2
            around[axis] = (self.dilation_rate[0] * (self.kernel_size[0] - 1), 0)
            inputs, padding = jnp.pad(inputs, around), "valid"
        return conv(
            inputs,
            kernel,
            bias,
            self.strides,
            padding,
            self.data_format,
            self.dilation_rate,
            relu,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "groups": self.groups,
            "kernel_initializer": serialize(self.kernel_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
        }


@exported("keras.layers", "Convolution1D")
@exported("keras.layers")
class Conv1D(_Conv):
    """Filters slid over sequences: ``activation(conv(inputs, kernel) + bias)``.

    Inputs of shape (batch, steps, channels) give (batch, new steps, filters); with
    'channels_first' the channels come second.

    Args:
        filters, kernel_size, strides, data_format, dilation_rate, groups, activation, use_bias: as
            for `Conv2D`, with one spatial axis.
        padding: 'valid', 'same', or 'causal': zeros before the start, so that with strides 1 the
            number of steps stays and no output sees a later input (van den Oord et al., 2016).
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint: as for `Conv2D`.

    >>> import numpy as np
    >>> Conv1D(8, 3, padding="causal")(np.ones((1, 10, 4), "float32")).shape
    (1, 10, 8)
    """

    rank = 1
    _paddings = ("valid", "same", "causal")


@exported("keras.layers", "Convolution2D")
@exported("keras.layers")
class Conv2D(_Conv):
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

    rank = 2


@exported("keras.layers", "Convolution3D")
@exported("keras.layers")
class Conv3D(_Conv):
    """Filters slid over volumes: ``activation(conv(inputs, kernel) + bias)``.

    Inputs of shape (batch, depth, height, width, channels) give (batch, new depth, new height, new
    width, filters); with 'channels_first' the channels come second.

    Args:
        filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
            use_bias: as for `Conv2D`, with three spatial axes.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint: as for `Conv2D`.
    """

    rank = 3


class _ConvTranspose(_Convolution):
    """Filters that each input is spread by."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
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
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.filters = positive_int(self, "filters", filters)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self._refuse_strides_with_dilation()
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = sizes(self, "output_padding", output_padding, self.rank, least=0)
            if any(more >= stride for more, stride in zip(self.output_padding, self.strides)):
                raise ValueError(
                    tr(
                        "{layer}(output_padding={more}) must be less than strides={strides} on "
                        "each axis.",
                        layer=type(self).__name__,
                        more=output_padding,
                        strides=self.strides,
                    )
                )

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.kernel = self.add_weight(
            (*self.kernel_size, self.filters, self._channels(input_shape)),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self._add_bias(self.filters)

    def call(self, inputs: jax.Array) -> jax.Array:
        outputs = conv_transpose(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
        )
        return self._finished(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "output_padding": self.output_padding,
            "kernel_initializer": serialize(self.kernel_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
        }


@exported("keras.layers", "Convolution1DTranspose")
@exported("keras.layers")
class Conv1DTranspose(_ConvTranspose):
    """`Conv2DTranspose` over sequences: (batch, steps, channels) to (batch, new steps, filters).

    Args:
        filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
            activation, use_bias: as for `Conv2DTranspose`, with one spatial axis.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint: as for `Conv2DTranspose`.
    """

    rank = 1


@exported("keras.layers", "Convolution2DTranspose")
@exported("keras.layers")
class Conv2DTranspose(_ConvTranspose):
    """Each place of an image spread over a window, and overlaps added (Zeiler et al., 2010).

    Inputs of shape (batch, height, width, channels) give (batch, new height, new width, filters),
    larger by the factor of the strides; with 'channels_first' the channels come second.

    Args:
        filters: the number of filters.
        kernel_size: height and width of the window.
        strides: the distance between the windows of neighbouring places.
        padding: 'valid' (whole windows) or 'same' (height and width times the strides).
        output_padding: rows and columns at the end beyond the fewest possible, less than the
            strides; by default as `padding` says.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the distance between the elements of the window; not with strides above 1.
        activation: a function or its name; none by default.
        use_bias: whether there is a bias.
        kernel_initializer: first value of the kernel, shape (*kernel_size, filters, channels).
        bias_initializer: first value of the bias, shape (filters,).
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.

    >>> import numpy as np
    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.ones((1, 7, 7, 4), "float32")).shape
    (1, 14, 14, 8)
    """

    rank = 2


@exported("keras.layers", "Convolution3DTranspose")
@exported("keras.layers")
class Conv3DTranspose(_ConvTranspose):
    """`Conv2DTranspose` over volumes of shape (batch, depth, height, width, channels).

    Args:
        filters, kernel_size, strides, padding, data_format, output_padding, dilation_rate,
            activation, use_bias: as for `Conv2DTranspose`, with three spatial axes; the order
            differs, as it does in Keras.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint: as for `Conv2DTranspose`.
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: int | Sequence[int] | None = None,
        dilation_rate: int | Sequence[int] = 1,
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
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            output_padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )


class _DepthwiseConv(_Convolution):
    """Filters that see one channel each."""

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.depth_multiplier = positive_int(self, "depth_multiplier", depth_multiplier)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="kernel",
        )
        self._add_bias(channels * self.depth_multiplier)

    def call(self, inputs: jax.Array) -> jax.Array:
        outputs = depthwise_conv(
            inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        return self._finished(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": serialize(self.depthwise_initializer),
            "depthwise_regularizer": serialize(self.depthwise_regularizer),
            "depthwise_constraint": serialize(self.depthwise_constraint),
        }


@exported("keras.layers")
class DepthwiseConv1D(_DepthwiseConv):
    """`DepthwiseConv2D` over sequences of shape (batch, steps, channels).

    Args:
        kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, activation,
            use_bias: as for `DepthwiseConv2D`, with one spatial axis.
        depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer,
            activity_regularizer, depthwise_constraint, bias_constraint: as for `DepthwiseConv2D`.
    """

    rank = 1


@exported("keras.layers")
class DepthwiseConv2D(_DepthwiseConv):
    """Filters slid over each channel of images by itself.

    Inputs of shape (batch, height, width, channels) give (batch, new height, new width, channels *
    depth_multiplier); with 'channels_first' the channels come second.

    Args:
        kernel_size: height and width of a filter.
        strides: how far a filter moves at each step.
        padding: 'valid' (none) or 'same' (zeros, so that with strides 1 the size stays).
        depth_multiplier: the number of filters for each channel.
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the distance between the elements that a filter sees.
        activation: a function or its name; none by default.
        use_bias: whether there is a bias.
        depthwise_initializer: first value of the kernel, shape
            (*kernel_size, channels, depth_multiplier).
        bias_initializer: first value of the bias, shape (channels * depth_multiplier,).
        depthwise_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the output, added to the loss.
        depthwise_constraint, bias_constraint: functions applied to them after each update.

    >>> import numpy as np
    >>> DepthwiseConv2D(3, depth_multiplier=2)(np.ones((1, 8, 8, 4), "float32")).shape
    (1, 6, 6, 8)
    """

    rank = 2


class _SeparableConv(_Convolution):
    """Filters that see one channel each, then filters that see one place each."""

    _unused = ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.filters = positive_int(self, "filters", filters)
        self.depth_multiplier = positive_int(self, "depth_multiplier", depth_multiplier)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="depthwise_kernel",
        )
        self.pointwise_kernel = self.add_weight(
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            name="pointwise_kernel",
        )
        self._add_bias(self.filters)

    def call(self, inputs: jax.Array) -> jax.Array:
        outputs = separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )
        return self._finished(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": serialize(self.depthwise_initializer),
            "pointwise_initializer": serialize(self.pointwise_initializer),
            "depthwise_regularizer": serialize(self.depthwise_regularizer),
            "pointwise_regularizer": serialize(self.pointwise_regularizer),
            "depthwise_constraint": serialize(self.depthwise_constraint),
            "pointwise_constraint": serialize(self.pointwise_constraint),
        }


@exported("keras.layers", "SeparableConvolution1D")
@exported("keras.layers")
class SeparableConv1D(_SeparableConv):
    """`SeparableConv2D` over sequences of shape (batch, steps, channels).

    Args:
        filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
            activation, use_bias: as for `SeparableConv2D`, with one spatial axis.
        depthwise_initializer, pointwise_initializer, bias_initializer, depthwise_regularizer,
            pointwise_regularizer, bias_regularizer, activity_regularizer, depthwise_constraint,
            pointwise_constraint, bias_constraint: as for `SeparableConv2D`.
    """

    rank = 1


@exported("keras.layers", "SeparableConvolution2D")
@exported("keras.layers")
class SeparableConv2D(_SeparableConv):
    """A filter for each channel, then a mixture of the channels at each place (Chollet, 2017).

    Inputs of shape (batch, height, width, channels) give (batch, new height, new width, filters);
    with 'channels_first' the channels come second.

    Args:
        filters: the number of filters of the mixture.
        kernel_size: height and width of the filters of the channels.
        strides: how far they move at each step.
        padding: 'valid' (none) or 'same' (zeros, so that with strides 1 the size stays).
        data_format: 'channels_last' or 'channels_first'; that of `gyeol.config` by default.
        dilation_rate: the distance between the elements that they see.
        depth_multiplier: the number of filters for each channel.
        activation: a function or its name; none by default.
        use_bias: whether there is a bias.
        depthwise_initializer: first value of the kernel of the channels, shape
            (*kernel_size, channels, depth_multiplier).
        pointwise_initializer: first value of the kernel of the mixture, shape
            (1, 1, channels * depth_multiplier, filters).
        bias_initializer: first value of the bias, shape (filters,).
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: functions of them, added to
            the loss.
        activity_regularizer: a function of the output, added to the loss.
        depthwise_constraint, pointwise_constraint, bias_constraint: functions applied to them after
            each update.

    >>> import numpy as np
    >>> SeparableConv2D(16, 3, padding="same")(np.ones((1, 8, 8, 4), "float32")).shape
    (1, 8, 8, 16)
    """

    rank = 2
