"""Adam."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Adam(Optimizer):
    """Adam: moving averages of the gradient and of its square (Kingma and Ba, 2014).

    ``m = beta_1 * m + (1 - beta_1) * g``, ``v = beta_2 * v + (1 - beta_2) * g²``,
    ``w = w - alpha * m / (sqrt(v) + epsilon)`` at step t with
    ``alpha = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t)``.

    Args:
        learning_rate: the size of a step.
        beta_1: the share of the old average of the gradient that stays.
        beta_2: the share of the old average of its square that stays.
        epsilon: a small number against division by zero ("epsilon hat" of the paper).
        amsgrad: whether to divide by the largest v so far (Reddi et al., 2018).

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> Adam(learning_rate=0.1).apply([4.0], [weight])
    >>> round(float(weight), 3)
    0.9
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.amsgrad = amsgrad

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(variables, "velocity_hat")

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate = jnp.asarray(learning_rate, dtype)
        gradient = jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        m, v = self._momentums[index], self._velocities[index]

        alpha = rate * jnp.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        numbers = alpha, 1 - self.beta_1, 1 - self.beta_2, self.epsilon
        if not self.amsgrad and self._by_kernel("adam", (variable, m, v), gradient, numbers):
            return
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (jnp.square(gradient) - v) * (1 - self.beta_2))
        if self.amsgrad:
            largest = self._velocity_hats[index]
            self.assign(largest, jnp.maximum(largest.value, v.value))
            v = largest
        self.assign_sub(variable, m * alpha / (jnp.sqrt(v.value) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
