"""Schedule-free AdamW."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class ScheduleFreeAdamW(Optimizer):
    """AdamW that needs no schedule of the learning rate (Defazio et al., 2024).

    A fast iterate ``z = z - learning_rate * g / (sqrt(v_hat) + epsilon)`` and its mean
    ``x = (1 - 1/t) * x + z / t``; gradients are taken, and the variable is, in between:
    ``w = (1 - beta_1) * z + beta_1 * x``.

    Args:
        learning_rate: the size of a step.
        beta_1: the share of the mean in the variable; more than 0.
        beta_2: the share of the old average of the squared gradient that stays.
        epsilon: a small number against division by zero.
        warmup_steps: over how many steps the learning rate rises to its value.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> ScheduleFreeAdamW(learning_rate=0.5).apply([4.0], [weight])
    >>> float(weight)
    0.5
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.warmup_steps = warmup_steps

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            variables, ["momentum", "velocity"]
        )
        for z, variable in zip(self._momentums, variables):
            z.assign(variable.value)

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        beta_1, beta_2 = jnp.asarray(self.beta_1, dtype), jnp.asarray(self.beta_2, dtype)
        z, v = self._momentums[index], self._velocities[index]
        if self.warmup_steps > 0:
            rate = rate * jnp.minimum(step / jnp.asarray(self.warmup_steps, dtype), 1.0)

        # The mean is not kept: it follows from where the variable lies.
        mean = (variable - (1 - beta_1) * z) / beta_1
        self.assign_add(v, (jnp.square(gradient) - v) * (1 - beta_2))
        root = jnp.sqrt(v / (1 - beta_2**step)) + jnp.asarray(self.epsilon, dtype)
        self.assign_sub(z, rate * gradient / root)
        weight = 1.0 / step
        mean = (1 - weight) * mean + weight * z
        self.assign(variable, (1 - beta_1) * z + beta_1 * mean)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
