"""Adafactor."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Adafactor(Optimizer):
    """Adafactor: of a matrix, the mean squares of rows and columns only (Shazeer & Stern, 2018).

    At step t, with ``rho = min(learning_rate, 1 / sqrt(t))`` and ``b = 1 - t^beta_2_decay``, moving
    averages (of share b) of the mean squares of rows r and of columns c give
    ``v = r * c / mean(r)``; of a variable of one axis, v is kept itself. Then ``u = g / sqrt(v)``
    and ``w = w - max(epsilon_2, rms(w)) * rho * u / max(1, rms(u) / clip_threshold)``.

    Args:
        learning_rate: the largest size of a step.
        beta_2_decay: the power by which the averages grow longer.
        epsilon_1: added to the squares.
        epsilon_2: the least size that a variable counts as.
        clip_threshold: the mean size of an update at most.
        relative_step: as in Keras; the rate is at most 1 / sqrt(t) either way.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> Adafactor(learning_rate=0.5).apply([4.0], [weight])
    >>> float(weight)
    0.5
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            learning_rate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
            **kwargs,
        )
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._r, self._c, self._v = [], [], []
        for variable in variables:
            shape, dtype, name = variable.shape, variable.dtype, variable.name
            if len(shape) < 2:
                # Keras has two numbers here that nothing uses; a file counts them.
                rows, columns, dtype = (), (), "int32"
            else:
                rows, columns = shape[:-1], (*shape[:-2], shape[-1])
            self._r.append(self.add_variable(rows, dtype=dtype, name=name))
            self._c.append(self.add_variable(columns, dtype=dtype, name=name))
            self._v.append(self.add_variable_from_reference(variable, "velocity"))

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        r, c, v = self._r[index], self._c[index], self._v[index]

        rate = jnp.minimum(rate, 1 / jnp.sqrt(step))
        alpha = jnp.maximum(jnp.asarray(self.epsilon_2, dtype), _rms(variable.value)) * rate
        squares = jnp.square(gradient) + self.epsilon_1
        share = 1 - step**self.beta_2_decay
        if variable.ndim < 2:
            self.assign(v, share * v + (1 - share) * squares)
        else:
            self.assign(r, share * r + (1 - share) * jnp.mean(squares, -1))
            self.assign(c, share * c + (1 - share) * jnp.mean(squares, -2))
            rows = r / jnp.mean(r.value, -1, keepdims=True)
            self.assign(v, rows[..., None] * c.value[..., None, :])
        update = gradient / jnp.sqrt(v.value)
        update = update / jnp.maximum(1, _rms(update) / self.clip_threshold)
        self.assign_sub(variable, alpha * update)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }


def _rms(x: jax.Array) -> jax.Array:
    return jnp.sqrt(jnp.mean(jnp.square(x)))
