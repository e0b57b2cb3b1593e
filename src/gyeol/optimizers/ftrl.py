"""FTRL."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import initializers
from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Ftrl(Optimizer):
    """FTRL-Proximal, for linear models on many sparse features (McMahan et al., 2013).

    With ``G = g + 2 * l2_shrinkage * w``, ``s = ((a + g²)^-power - a^-power) / learning_rate``,
    ``z = z + G - s * w`` and ``a = a + g²``, the new value is
    ``w = (clip(z, -l1, l1) - z) / (a^-power / learning_rate + 2 * l2 + beta / learning_rate)``.

    Args:
        learning_rate: the size of a step.
        learning_rate_power: how the step falls with the sum of squares; 0 or less.
        initial_accumulator_value: where the sums of squares `a` begin; 0 or more.
        l1_regularization_strength: `l1`; 0 or more.
        l2_regularization_strength: `l2`; 0 or more.
        l2_shrinkage_regularization_strength: a penalty on the size of `w`, by its gradient alone; 0
            or more.
        beta: the `beta` of the paper.

    The other arguments are those of `Optimizer`.

    Raises:
        ValueError: an argument out of its range.

    >>> weight = Variable(0.0)
    >>> Ftrl(0.5, initial_accumulator_value=0.0).apply([4.0], [weight])
    >>> float(weight)
    -0.5
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        for argument, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if value < 0:
                raise ValueError(f"{argument} of Ftrl must be 0 or more; got {value}.")
        if learning_rate_power > 0:
            raise ValueError(
                f"learning_rate_power of Ftrl must be 0 or less; got {learning_rate_power}."
            )
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._accumulators, self._linears = self.add_optimizer_variables(
            variables,
            ["accumulator", "linear"],
            [initializers.Constant(self.initial_accumulator_value), "zeros"],
        )

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, dtype = self._get_variable_index(variable), variable.dtype
        rate, gradient = jnp.asarray(learning_rate, dtype), jnp.asarray(gradient, dtype)
        accumulator, linear = self._accumulators[index], self._linears[index]
        l1, power = self.l1_regularization_strength, -self.learning_rate_power
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)

        shrunk = gradient + 2 * self.l2_shrinkage_regularization_strength * variable
        total = accumulator + jnp.square(gradient)
        sigma = (total**power - accumulator**power) / rate
        self.assign_add(linear, shrunk - sigma * variable)
        quadratic = total**power / rate + 2 * l2
        self.assign(variable, (jnp.clip(linear.value, -l1, l1) - linear) / quadratic)
        self.assign(accumulator, total)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
