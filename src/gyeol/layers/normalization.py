"""`BatchNormalization`, and `Rescaling` of inputs."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.core import refuse_unsupported
from gyeol.serialization import exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class BatchNormalization(Layer):
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
        super().__init__(**kwargs)
        refuse_unsupported(self, synchronized=synchronized)
        self.axis = int(axis)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.renorm = renorm
        self.renorm_clipping = renorm_clipping or ({} if renorm else renorm_clipping)
        self.renorm_momentum = renorm_momentum
        unknown = set(self.renorm_clipping or {}) - {"rmin", "rmax", "dmax"}
        if unknown:
            raise ValueError(
                f"renorm_clipping takes 'rmin', 'rmax', 'dmax'; got {sorted(unknown)}."
            )

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        if not -rank <= self.axis < rank or input_shape[self.axis] is None:
            raise ValueError(
                tr(
                    "Layer {name!r} (BatchNormalization) needs a known size on axis {axis}; "
                    "the input has shape {shape}.",
                    name=self.name,
                    axis=self.axis,
                    shape=tuple(input_shape),
                )
            )
        shape = (input_shape[self.axis],)
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
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: shape[0]})

    def _statistic(self, name: str, shape: tuple[int], initializer: Any) -> Any:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, name=name)

    def call(
        self, inputs: jax.Array, training: bool | None = None, mask: jax.Array | None = None
    ) -> jax.Array:
        x = inputs.astype(jnp.promote_types(inputs.dtype, "float32"))
        gamma = 1.0 if self.gamma is None else self.gamma.value
        beta = 0.0 if self.beta is None else self.beta.value
        mean, variance = self.moving_mean.value, self.moving_variance.value
        if training and self.trainable:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                gamma, beta = self._renormalized(mean, variance, gamma, beta)
            else:
                self._average(self.moving_mean, mean, self.momentum)
                self._average(self.moving_variance, variance, self.momentum)
        shape = [1] * x.ndim
        shape[self.axis] = -1
        factor = jax.lax.rsqrt(variance + self.epsilon) * gamma
        shift = beta - mean * factor
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

    def _average(self, statistic: Any, value: jax.Array, momentum: float) -> None:
        statistic.assign(statistic * momentum + value * (1.0 - momentum))

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
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": serialize(self.beta_initializer),
            "gamma_initializer": serialize(self.gamma_initializer),
            "moving_mean_initializer": serialize(self.moving_mean_initializer),
            "moving_variance_initializer": serialize(self.moving_variance_initializer),
            "beta_regularizer": serialize(self.beta_regularizer),
            "gamma_regularizer": serialize(self.gamma_regularizer),
            "beta_constraint": serialize(self.beta_constraint),
            "gamma_constraint": serialize(self.gamma_constraint),
            "synchronized": False,
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
        }


@exported("keras.layers")
class Rescaling(Layer):
    """``inputs * scale + offset``, such as ``Rescaling(1 / 255)`` for pixels of 0..255.

    Args:
        scale: a number, or one for each channel.
        offset: a number, or one for each channel.

    >>> Rescaling(1 / 255)(np.array([[0, 255]], "uint8")).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
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
