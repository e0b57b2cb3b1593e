"""Lion."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Lion(Optimizer):
    """Lion: the sign of a momentum, so that each number moves by the same (Chen et al., 2023).

    ``w = w - learning_rate * sign(beta_1 * m + (1 - beta_1) * g)``, then
    ``m = beta_2 * m + (1 - beta_2) * g``. It wants a learning rate 3 to 10 times smaller than
    Adam's.

    Args:
        learning_rate: the size of a step.
        beta_1: the share of the momentum in the direction of a step; more than 0, at most 1.
        beta_2: the share of the old momentum that stays.

    The other arguments are those of `Optimizer`.

    Raises:
        ValueError: a `beta_1` out of its range.

    >>> weight = Variable(1.0)
    >>> Lion(learning_rate=0.25).apply([4.0], [weight])
    >>> float(weight)
    0.75
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        if not 0 < beta_1 <= 1:
            raise ValueError(f"beta_1 of Lion must be more than 0 and at most 1; got {beta_1}.")
        self.beta_1 = beta_1
        self._in_range("beta_2", beta_2, 1)
        self.beta_2 = beta_2

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        dtype = variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        beta_1, beta_2 = jnp.asarray(self.beta_1, dtype), jnp.asarray(self.beta_2, dtype)
        m = self._momentums[self._get_variable_index(variable)]
        self.assign_sub(variable, rate * jnp.sign(m * beta_1 + gradient * (1.0 - beta_1)))
        self.assign(m, m * beta_2 + gradient * (1.0 - beta_2))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
        }
