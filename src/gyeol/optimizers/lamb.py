"""LAMB."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Lamb(Optimizer):
    """LAMB: Adam's step, as long as the variable itself is, for large batches (You et al., 2019).

    With Adam's ``u = m_hat / (sqrt(v_hat) + epsilon)``,
    ``w = w - learning_rate * |w| / |u| * u``, where a norm of 0 makes the ratio 1.

    Args:
        learning_rate: the size of a step.
        beta_1: the share of the old average of the gradient that stays.
        beta_2: the share of the old average of its square that stays.
        epsilon: a small number against division by zero.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable([3.0, 4.0])
    >>> Lamb(learning_rate=0.1).apply([jnp.ones(2)], [weight])
    >>> [round(float(w), 3) for w in weight]
    [2.646, 3.646]
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

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        beta_1, beta_2 = jnp.asarray(self.beta_1, dtype), jnp.asarray(self.beta_2, dtype)
        m, v = self._momentums[index], self._velocities[index]

        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (jnp.square(gradient) - v) * (1 - self.beta_2))
        root = jnp.sqrt(v / (1.0 - beta_2**step)) + self.epsilon
        update = m / (1.0 - beta_1**step) / root
        length, change = (jnp.sqrt(jnp.sum(jnp.square(x))) for x in (variable.value, update))
        ratio = jnp.where((length > 0) & (change > 0), length / change, 1.0)
        self.assign_sub(variable, ratio * rate * update)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
