"""Adadelta."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Adadelta(Optimizer):
    """Adadelta: steps in the units of the variable itself (Zeiler, 2012).

    With moving averages ``a`` of ``g²`` and ``b`` of ``d²``,
    ``d = -sqrt(b + epsilon) / sqrt(a + epsilon) * g`` and ``w = w + learning_rate * d``.

    Args:
        learning_rate: the factor of a step; the paper has 1.
        rho: the share of the old averages that stays.
        epsilon: a small number, also the source of the first steps.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> Adadelta(learning_rate=1.0, rho=0.0, epsilon=1.0).apply([1.0], [weight])
    >>> round(float(weight), 4)
    0.2929
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        rho: float = 0.95,
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
        self._in_range("rho", rho, 1)
        self.rho = rho
        self._in_range("epsilon", epsilon)
        self.epsilon = epsilon

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype, rho = self._get_variable_index(variable), variable.dtype, self.rho
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        squares, changes = self._accumulated_grads[index], self._accumulated_delta_vars[index]

        def rms(average: Variable) -> jax.Array:
            return jnp.sqrt(average + self.epsilon)

        self.assign(squares, rho * squares + (1 - rho) * jnp.square(gradient))
        change = -(rms(changes) * gradient / rms(squares))
        self.assign(changes, rho * changes + (1 - rho) * jnp.square(change))
        self.assign_add(variable, rate * change)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rho": self.rho,
            "epsilon": self.epsilon,
        }
