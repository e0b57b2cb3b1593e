"""Nadam."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Nadam(Optimizer):
    """Nadam: Adam with Nesterov's momentum (Dozat, 2016).

    With ``u_t = beta_1 * (1 - 0.5 * 0.96^t)``, their product ``p_t`` so far, and Adam's averages m
    and v, ``m_hat = u_(t+1) * m / (1 - p_(t+1)) + (1 - u_t) * g / (1 - p_t)`` and
    ``w = w - learning_rate * m_hat / (sqrt(v / (1 - beta_2^t)) + epsilon)``.

    Args:
        learning_rate: the size of a step.
        beta_1: the share of the old average of the gradient that stays, once it is warm.
        beta_2: the share of the old average of its square that stays.
        epsilon: a small number against division by zero.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> Nadam(learning_rate=0.1).apply([4.0], [weight])
    >>> round(float(weight), 3)
    0.894
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
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
        self._in_range("beta_1", beta_1, 1)
        self.beta_1 = beta_1
        self._in_range("beta_2", beta_2, 1)
        self.beta_2 = beta_2
        self._in_range("epsilon", epsilon)
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        self._u_product = Variable(1.0, dtype=variables[0].dtype if variables else None)

    def _warmth(self, step: jax.Array) -> jax.Array:
        return 1.0 - 0.5 * jnp.asarray(0.96, step.dtype) ** step

    def _update(self, grads: list[jax.Array], variables: list[Variable]) -> None:
        step = jnp.asarray(self.iterations + 1, self._u_product.dtype)
        self.assign(self._u_product, self._u_product * self.beta_1 * self._warmth(step))
        super()._update(grads, variables)

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        beta_1, beta_2 = jnp.asarray(self.beta_1, dtype), jnp.asarray(self.beta_2, dtype)
        m, v = self._momentums[index], self._velocities[index]

        u, next_u = beta_1 * self._warmth(step), beta_1 * self._warmth(step + 1)
        product = jnp.asarray(self._u_product, dtype)
        self.assign_add(m, (gradient - m) * (1 - beta_1))
        self.assign_add(v, (jnp.square(gradient) - v) * (1 - beta_2))
        m_hat = next_u * m / (1 - product * next_u) + (1 - u) * gradient / (1 - product)
        v_hat = v / (1 - beta_2**step)
        self.assign_sub(variable, m_hat * rate / (jnp.sqrt(v_hat) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
