"""Gradient descent, with momentum."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class SGD(Optimizer):
    """Gradient descent: ``w = w - learning_rate * g``.

    With momentum, ``v = momentum * v - learning_rate * g`` and ``w = w + v``; with nesterov,
    ``w = w + momentum * v - learning_rate * g`` (Sutskever et al., 2013).

    Args:
        learning_rate: the size of a step.
        momentum: the share of the last step that the next keeps, between 0 and 1.
        nesterov: whether to use Nesterov's momentum.

    The other arguments are those of `Optimizer`.

    Raises:
        ValueError: a momentum outside 0 and 1, or what `Optimizer` refuses.

    >>> weight = Variable(1.0)
    >>> SGD(learning_rate=0.25).apply([2.0], [weight])
    >>> float(weight)
    0.5
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        self._in_range("momentum", momentum, 1)
        self.momentum = momentum
        self.nesterov = nesterov

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        if self.momentum != 0:
            self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        gradient = jnp.asarray(gradient, variable.dtype)
        rate = jnp.asarray(learning_rate, variable.dtype)
        has_momentum = self.momentum != 0
        slots = [self.momentums[self._get_variable_index(variable)]] if has_momentum else []
        settings = has_momentum, self.nesterov
        numbers = rate, self.momentum
        if self._by_kernel("sgd", (variable, *slots), gradient, numbers, settings):
            return
        step = gradient * rate
        if not has_momentum:
            self.assign_sub(variable, step)
            return
        (velocity,) = slots
        self.assign(velocity, velocity * self.momentum - step)
        if self.nesterov:
            self.assign_add(variable, velocity * self.momentum - step)
        else:
            self.assign_add(variable, velocity)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
