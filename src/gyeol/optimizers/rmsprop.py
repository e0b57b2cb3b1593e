"""RMSprop."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class RMSprop(Optimizer):
    """RMSprop: the gradient divided by the root of a moving average of its square.

    ``v = rho * v + (1 - rho) * g²``, ``w = w - learning_rate * g / sqrt(v + epsilon)``
    (Hinton, lecture 6 of the Coursera course, 2012).

    Args:
        learning_rate: the size of a step.
        rho: the share of the old average that stays.
        momentum: above 0, the steps themselves are summed up with this momentum.
        epsilon: a small number against division by zero.
        centered: whether to divide by the estimated variance of the gradient, not its square.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(1.0)
    >>> RMSprop(learning_rate=0.1, rho=0.75).apply([4.0], [weight])
    >>> round(float(weight), 3)
    0.8
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self._in_range("momentum", momentum, 1)
        self.momentum = momentum
        self._in_range("epsilon", epsilon)
        self.epsilon = epsilon
        self.centered = centered

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        if self.momentum > 0:
            self._momentums = self.add_optimizer_variables(variables, "momentum")
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(variables, "average_gradient")

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index, rho = self._get_variable_index(variable), self.rho
        gradient = jnp.asarray(gradient, variable.dtype)
        rate = jnp.asarray(learning_rate, variable.dtype)
        velocity = self._velocities[index]
        has_momentum = self.momentum > 0
        boxes = variable, velocity, *([self._momentums[index]] if has_momentum else [])
        numbers = rate, rho, 1 - rho, self.momentum, self.epsilon
        settings = (has_momentum,)
        if not self.centered and self._by_kernel("rmsprop", boxes, gradient, numbers, settings):
            return
        self.assign(velocity, rho * velocity + (1 - rho) * jnp.square(gradient))
        variance = velocity.value
        if self.centered:
            mean = self._average_gradients[index]
            self.assign(mean, rho * mean + (1 - rho) * gradient)
            variance = variance - jnp.square(mean.value)
        step = rate * gradient / jnp.sqrt(variance + self.epsilon)
        if has_momentum:
            momentum = self._momentums[index]
            self.assign(momentum, self.momentum * momentum + step)
            step = momentum
        self.assign_sub(variable, step)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
