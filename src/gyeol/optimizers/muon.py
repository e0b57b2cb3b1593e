"""Muon."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable


@exported("keras.optimizers")
class Muon(Optimizer):
    """Muon: the momentum of a matrix made orthogonal; the rest by AdamW (Jordan et al., 2024).

    For variables of two axes, ``m = momentum * m + g``, and the variable moves against
    ``NewtonSchulz(g + momentum * m)``: that matrix with singular values brought near 1 by
    `ns_steps` times ``X = a * X + (b * X X^T + c * (X X^T)²) X``, as long as
    ``rms_rate * sqrt(larger size)``. Variables with another number of axes, embeddings, and those
    in `exclude_layers` are trained by AdamW.

    Args:
        learning_rate: the size of a step.
        adam_beta_1, adam_beta_2, adam_weight_decay, epsilon: AdamW's, for its variables.
        weight_decay: the weight decay of the others.
        exclude_layers: patterns; variables with one of them in their path go to AdamW.
        exclude_embeddings: whether variables with 'embedding' in their path go to AdamW.
        muon_a, muon_b, muon_c: the coefficients a, b, c.
        adam_lr_ratio: AdamW's learning rate as a multiple of `learning_rate`.
        momentum: the share of the old momentum that stays.
        ns_steps: how many steps of Newton and Schulz.
        nesterov: whether to look ahead; else the momentum itself is made orthogonal.
        rms_rate: the mean size of an update; None leaves it as it comes.

    The other arguments are those of `Optimizer`.

    >>> weight = Variable(jnp.eye(2))
    >>> Muon(0.5, weight_decay=None, rms_rate=None).apply([jnp.eye(2)], [weight])
    >>> bool((weight.numpy().diagonal() < 0.7).all())
    True
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any] = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
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
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self._in_range("epsilon", epsilon)
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self._in_range("momentum", momentum, 1)
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.adam_weight_decay = adam_weight_decay
        self.rms_rate = rms_rate

    def _is_for_adam(self, variable: Variable) -> bool:
        path = variable.path
        return (
            len(variable.shape) != 2
            or (self.exclude_embeddings and "embedding" in path.lower())
            or any(re.search(pattern, path) for pattern in self.exclude_layers)
        )

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self.momentums, self.adam_velocities = [], []
        for variable in variables:
            velocity = None
            self.momentums.append(self.add_variable_from_reference(variable, "momentum"))
            if self._is_for_adam(variable):
                velocity = self.add_variable_from_reference(variable, "velocity")
            self.adam_velocities.append(velocity)

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        index = self._get_variable_index(variable)
        m, v = self.momentums[index], self.adam_velocities[index]
        if v is not None:
            self._adam_step(gradient, variable, learning_rate * self.adam_lr_ratio, m, v)
            return
        self.assign_add(m, gradient + m * (self.momentum - 1))
        direction = gradient + self.momentum * m if self.nesterov else m.value
        step = learning_rate * self._orthogonal(direction)
        if self.rms_rate is not None:
            step = step * jnp.sqrt(float(max(step.shape))) * self.rms_rate
        self.assign_sub(variable, step)

    def _orthogonal(self, x: jax.Array) -> jax.Array:
        """The matrix with its singular values brought near 1, by Newton and Schulz."""
        if x.shape[0] > x.shape[1]:
            return self._orthogonal(x.T).T
        x = x / (jnp.linalg.norm(x) + 1e-7)  # no singular value above 1, so that it converges
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x

    def _adam_step(
        self, gradient: jax.Array, variable: Variable, rate: Any, m: Variable, v: Variable
    ) -> None:
        dtype = variable.dtype
        rate, gradient = jnp.asarray(rate, dtype), jnp.asarray(gradient, dtype)
        step = jnp.asarray(self.iterations + 1, dtype)
        beta_1, beta_2 = (jnp.asarray(b, dtype) for b in (self.adam_beta_1, self.adam_beta_2))
        alpha = rate * jnp.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        self.assign_add(m, (gradient - m) * (1 - self.adam_beta_1))
        self.assign_add(v, (jnp.square(gradient) - v) * (1 - self.adam_beta_2))
        self.assign_sub(variable, m * alpha / (jnp.sqrt(v.value) + self.epsilon))

    def _weight_decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self._is_for_adam(variable) else self.weight_decay

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "muon_a": self.muon_a,
            "muon_b": self.muon_b,
            "muon_c": self.muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "exclude_embeddings": self.exclude_embeddings,
            "adam_weight_decay": self.adam_weight_decay,
            "rms_rate": self.rms_rate,
        }
