"""Layers that bring values to a common mean and size, and `Rescaling` of inputs."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.core import refuse_unsupported
from gyeol.ops.fused import batch_normalized, scaled
from gyeol.serialization import exported, serialize
from gyeol.text import tr


class _ScaledAndShifted(Layer):
    """What normalization layers with a factor `gamma` and a shift `beta` share."""

    supports_masking = True

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.epsilon = float(epsilon)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def _add_gamma_and_beta(self, shape: Sequence[int]) -> None:
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
                name="beta",
            )

    def _standardized(self, x: jax.Array, axes: Sequence[int], shape: Sequence[int]) -> jax.Array:
        """`x` with mean 0 and variance 1 over axes, then scaled and shifted.

        Args:
            x: the values.
            axes: the axes.
            shape: the shape in which `gamma` and `beta` stand beside `x`.
        """
        mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
        gamma = 1.0 if self.gamma is None else self.gamma.value.reshape(shape)
        beta = 0.0 if self.beta is None else self.beta.value.reshape(shape)
        factor = jax.lax.rsqrt(variance + self.epsilon) * gamma
        return x * factor + (beta - mean * factor)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": serialize(self.beta_initializer),
            "gamma_initializer": serialize(self.gamma_initializer),
            "beta_regularizer": serialize(self.beta_regularizer),
            "gamma_regularizer": serialize(self.gamma_regularizer),
            "beta_constraint": serialize(self.beta_constraint),
            "gamma_constraint": serialize(self.gamma_constraint),
        }


def _check_axis(layer: Layer, axis: int, input_shape: Sequence[int | None]) -> int:
    """The size of the input on an axis, which must be known."""
    rank = len(input_shape)
    if not -rank <= axis < rank or input_shape[axis] is None:
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) needs a known size on axis {axis}; the input has shape "
                "{shape}.",
                name=layer.name,
                layer=type(layer).__name__,
                axis=axis,
                shape=tuple(input_shape),
            )
        )
    return input_shape[axis]


def _widened(x: jax.Array) -> jax.Array:
    """`x` in float32 at least: sums of squares soon pass what float16 holds."""
    return x.astype(jnp.promote_types(x.dtype, "float32"))


@exported("keras.layers")
class BatchNormalization(_ScaledAndShifted):
    """Each channel brought to mean 0 and variance 1, then scaled and shifted.

    Source: Ioffe & Szegedy, 2015.

    In training the moments are the batch's, and moving averages of them are kept for later;
    otherwise, and when the layer is frozen, the moving averages are used.

    Args:
        axis: the axis of the channels.
        momentum: how much of a moving average stays at each step.
        epsilon: added to the variance.
        center, scale: whether there is a shift `beta` and a factor `gamma`.
        beta_initializer, gamma_initializer: their first values.
        moving_mean_initializer, moving_variance_initializer: those of the moving averages.
        beta_regularizer, gamma_regularizer: functions of them, added to the loss.
        beta_constraint, gamma_constraint: functions applied to them after each update.
        renorm: whether to correct the batch's moments towards the moving ones (Ioffe, 2017).
        renorm_clipping: bounds 'rmin', 'rmax' and 'dmax' of that correction.
        renorm_momentum: momentum of the averages that it uses.
        synchronized: must be False.
    """

    # A row's output depends on the other rows of its batch, in training.
    mixes_rows_in_training = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        refuse_unsupported(self, synchronized=synchronized)
        self.axis = int(axis)
        if isinstance(momentum, bool) or not isinstance(momentum, Real) or not 0 <= momentum <= 1:
            raise ValueError(
                tr(
                    "{layer}({name}=...) takes a number from 0 to 1; got {given!r}.",
                    layer="BatchNormalization",
                    name="momentum",
                    given=momentum,
                )
            )
        self.momentum = float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        self.renorm_clipping = renorm_clipping or ({} if renorm else renorm_clipping)
        self.renorm_momentum = renorm_momentum
        unknown = set(self.renorm_clipping or {}) - {"rmin", "rmax", "dmax"}
        if unknown:
            raise ValueError(
                f"renorm_clipping takes 'rmin', 'rmax', 'dmax'; got {sorted(unknown)}."
            )

    def build(self, input_shape: Sequence[int | None]) -> None:
        shape = (_check_axis(self, self.axis, input_shape),)
        self._add_gamma_and_beta(shape)
        self.moving_mean = self._statistic("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._statistic(
            "moving_variance", shape, self.moving_variance_initializer
        )
        if self.renorm:

            def deviation(shape: Sequence[int], dtype: Any = None) -> np.ndarray:
                return np.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

            self.moving_stddev = self._statistic("moving_stddev", shape, deviation)
            self.renorm_mean = self._statistic("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._statistic("renorm_stddev", shape, deviation)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})

    def _statistic(self, name: str, shape: tuple[int], initializer: Any) -> Any:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, name=name)

    def call(
        self, inputs: jax.Array, training: bool | None = None, mask: jax.Array | None = None
    ) -> jax.Array:
        if mask is not None and mask.ndim != inputs.ndim - 1:
            raise ValueError(
                tr(
                    "Layer {name!r} (BatchNormalization) takes a mask with one axis less than its "
                    "input; got shape {given} beside an input of shape {shape}.",
                    name=self.name,
                    given=mask.shape,
                    shape=inputs.shape,
                )
            )
        is_batch = training and self.trainable
        if is_batch and mask is None and not self.renorm:
            gamma = None if self.gamma is None else self.gamma.value
            beta = None if self.beta is None else self.beta.value
            outputs, *moments = batch_normalized(inputs, gamma, beta, self.epsilon, self.axis)
            self._average_moments(*moments)
            return outputs.astype(self.compute_dtype)
        x = _widened(inputs)
        gamma = 1.0 if self.gamma is None else self.gamma.value
        beta = 0.0 if self.beta is None else self.beta.value
        mean, variance = _widened(self.moving_mean.value), _widened(self.moving_variance.value)
        if is_batch:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                gamma, beta = self._renormalized(mean, variance, gamma, beta)
            else:
                self._average_moments(mean, variance)
        factor = jax.lax.rsqrt(variance + self.epsilon) * gamma
        shift = beta - mean * factor
        if not is_batch and self.axis % x.ndim == x.ndim - 1:
            return scaled(x, factor, shift).astype(self.compute_dtype)
        shape = [1] * x.ndim
        shape[self.axis] = -1
        return (x * factor.reshape(shape) + shift.reshape(shape)).astype(self.compute_dtype)

    def _moments(self, x: jax.Array, mask: jax.Array | None) -> tuple[jax.Array, jax.Array]:
        axes = tuple(axis for axis in range(x.ndim) if axis != self.axis % x.ndim)
        if mask is None:
            return x.mean(axes), x.var(axes)
        where = jnp.broadcast_to(mask[..., None].astype(bool), x.shape)
        count = where.sum(axes, dtype=x.dtype) + 1e-7
        mean = jnp.where(where, x, 0).sum(axes) / count
        deviation = jnp.where(where, x - mean, 0)
        return mean, (deviation**2).sum(axes) / count

    def _average_moments(self, mean: jax.Array, variance: jax.Array) -> None:
        self._average(self.moving_mean, mean, self.momentum)
        self._average(self.moving_variance, variance, self.momentum)

    def _average(self, statistic: Any, value: jax.Array, momentum: float) -> None:
        statistic.assign(_widened(statistic.value) * momentum + value * (1.0 - momentum))

    def _renormalized(
        self, mean: jax.Array, variance: jax.Array, gamma: Any, beta: Any
    ) -> tuple[Any, Any]:
        """gamma and beta with the correction of batch renormalization in them."""
        deviation = jnp.sqrt(variance + self.epsilon)
        usual = jnp.maximum(self.renorm_stddev.value, self.epsilon**0.5)
        ratio, distance = deviation / usual, (mean - self.renorm_mean) / usual
        clipping = self.renorm_clipping
        ratio = jnp.clip(ratio, clipping.get("rmin"), clipping.get("rmax"))
        if (limit := clipping.get("dmax")) is not None:
            distance = jnp.clip(distance, -limit, limit)
        ratio, distance = jax.lax.stop_gradient((ratio, distance))
        self._average(self.renorm_mean, mean, self.renorm_momentum)
        self._average(self.renorm_stddev, deviation, self.renorm_momentum)
        self._average(self.moving_mean, mean, self.momentum)
        self._average(self.moving_stddev, deviation, self.momentum)
        squared = jnp.square(self.moving_stddev.value)
        self.moving_variance.assign(jnp.maximum(squared - self.epsilon, 0))
        return ratio * gamma, distance * gamma + beta

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "moving_mean_initializer": serialize(self.moving_mean_initializer),
            "moving_variance_initializer": serialize(self.moving_variance_initializer),
            "synchronized": False,
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
        }


@exported("keras.layers")
class LayerNormalization(_ScaledAndShifted):
    """Each sample brought to mean 0 and variance 1, then scaled and shifted (Ba et al., 2016).

    Args:
        axis: the axis, or axes, over which; `gamma` and `beta` have their sizes.
        epsilon: added to the variance.
        center, scale: whether there is a shift `beta` and a factor `gamma`.
        beta_initializer, gamma_initializer: their first values.
        beta_regularizer, gamma_regularizer: functions of them, added to the loss.
        beta_constraint, gamma_constraint: functions applied to them after each update.

    >>> x = LayerNormalization()(np.array([[0.0, 10.0]]))
    >>> [round(float(value), 3) for value in x[0]]
    [-1.0, 1.0]
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        rms_scaling = kwargs.pop("rms_scaling", False)
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        refuse_unsupported(self, rms_scaling=rms_scaling)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.autocast = False

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        self._add_gamma_and_beta([_check_axis(self, axis, input_shape) for axis in self.axis])

    def call(self, inputs: jax.Array) -> jax.Array:
        beside = _beside(inputs.shape, self.axis)
        outputs = self._standardized(_widened(inputs), tuple(self.axis), beside)
        return outputs.astype(self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "rms_scaling": False}


@exported("keras.layers")
class GroupNormalization(_ScaledAndShifted):
    """Groups of channels of each sample brought to mean 0 and variance 1 (Wu & He, 2018).

    Args:
        groups: how many groups the channels are divided into: 1 is nearly layer normalization; -1,
            a group for each channel, is instance normalization.
        axis: the axis of the channels.
        epsilon: added to the variance.
        center, scale: whether there is a shift `beta` and a factor `gamma` for each channel.
        beta_initializer, gamma_initializer: their first values.
        beta_regularizer, gamma_regularizer: functions of them, added to the loss.
        beta_constraint, gamma_constraint: functions applied to them after each update.

    Raises:
        ValueError: a number of groups that does not divide the number of channels.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                tr(
                    "GroupNormalization(groups=...) takes a whole number of 1 or more, or -1; "
                    "got {given!r}.",
                    given=groups,
                )
            )
        self.groups = groups
        self.axis = axis
        self.autocast = False

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = _check_axis(self, self.axis, input_shape)
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ValueError(
                tr(
                    "Layer {name!r} (GroupNormalization) cannot divide {channels} channels into "
                    "{groups} groups. Write groups=... with a divisor of {channels}.",
                    name=self.name,
                    channels=channels,
                    groups=self.groups,
                )
            )
        self._add_gamma_and_beta((channels,))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def call(self, inputs: jax.Array) -> jax.Array:
        shape, axis = inputs.shape, self.axis % inputs.ndim

        def grouped(sizes: Sequence[int]) -> tuple[int, ...]:
            return (*sizes[:axis], self.groups, sizes[axis] // self.groups, *sizes[axis + 1 :])

        x = _widened(inputs).reshape(grouped(shape))
        within = [a for a in range(1, x.ndim) if a != axis]
        x = self._standardized(x, within, grouped(_beside(shape, [axis])))
        return x.reshape(shape).astype(self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "groups": self.groups, "axis": self.axis}


@exported("keras.layers")
class RMSNormalization(Layer):
    """``x / sqrt(mean(x²) + epsilon) * scale``: layer normalization without the mean.

    Source: Zhang & Sennrich, 2019.

    Args:
        axis: the axis, or axes, over which; the variable `scale` has their sizes.
        epsilon: added to the mean square.

    >>> x = RMSNormalization()(np.array([[3.0, 4.0]]))
    >>> [round(float(value), 4) for value in x[0]]
    [0.8485, 1.1314]
    """

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        shape = [_check_axis(self, axis, input_shape) for axis in self.axis]
        self.scale = self.add_weight(shape, "ones", name="scale")

    def call(self, x: jax.Array) -> jax.Array:
        wide, axes = _widened(x), tuple(self.axis)
        size = jax.lax.rsqrt(jnp.square(wide).mean(axes, keepdims=True) + self.epsilon)
        scale = self.scale.value.astype(wide.dtype).reshape(_beside(x.shape, self.axis))
        return (wide * size * scale).astype(x.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}


@exported("keras.layers")
class UnitNormalization(Layer):
    """Each sample divided by its Euclidean length; a sample of zeros stays one.

    Args:
        axis: the axis, or axes, over which the length is taken.

    >>> [round(float(value), 2) for value in UnitNormalization()(np.array([[3.0, 4.0]]))[0]]
    [0.6, 0.8]
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(
                tr(
                    "UnitNormalization(axis=...) takes an axis or a list of axes; got {given!r}.",
                    given=axis,
                )
            )
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.built = True

    def call(self, inputs: jax.Array) -> jax.Array:
        wide = _widened(inputs)
        axes = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        squares = jnp.square(wide).sum(axes, keepdims=True)
        # The bound is under the root, or the gradient at a row of zeros would not be a number.
        return (wide * jax.lax.rsqrt(jnp.maximum(squares, 1e-24))).astype(inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


@exported("keras.layers")
class Rescaling(Layer):
    """``inputs * scale + offset``, such as ``Rescaling(1 / 255)`` for pixels of 0..255.

    Args:
        scale: a number, or one for each channel.
        offset: a number, or one for each channel.

    >>> Rescaling(1 / 255)(np.array([[0, 255]], "uint8")).tolist()
    [[0.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            if (
                not isinstance(value, (dict, jax.Array))
                and np.asarray(value).dtype.kind not in "fiu"
            ):
                raise ValueError(
                    tr(
                        "Rescaling({name}=...) takes a number, such as 1 / 255; got {given!r}.",
                        name=name,
                        given=value,
                    )
                )
        self.scale = scale
        self.offset = offset

    def call(self, inputs: jax.Array) -> jax.Array:
        scale = jnp.asarray(self.scale, self.compute_dtype)
        offset = jnp.asarray(self.offset, self.compute_dtype)
        return inputs.astype(self.compute_dtype) * scale + offset

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "scale": _plain(self.scale),
            "offset": _plain(self.offset),
        }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else np.asarray(value).tolist()


def _beside(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    """The shape with 1 in place of every size but those of some axes."""
    kept = {axis % len(shape) for axis in axes}
    return tuple(size if axis in kept else 1 for axis, size in enumerate(shape))
