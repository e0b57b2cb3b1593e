"""Loss scaling for training in float16."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import initializers, serialization
from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.variable import Variable

# What older files hold besides; only these values mean anything there.
_OLD_ARGUMENTS = {
    "dynamic": True,
    "weight_decay": None,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


@exported("keras.mixed_precision")
@exported("keras.optimizers")
class LossScaleOptimizer(Optimizer):
    """An optimizer that multiplies the loss so that small gradients survive in float16.

    The gradients of the scaled loss are divided by the scale before `inner_optimizer` applies them.
    A step with an infinite gradient or one that is no number changes nothing and halves the scale;
    after `dynamic_growth_steps` good steps in a row the scale doubles (Micikevicius et al., 2017).

    Args:
        inner_optimizer: the optimizer that changes the variables.
        initial_scale: the scale at first.
        dynamic_growth_steps: how many good steps in a row double the scale.
        name: the optimizer's name.

    Raises:
        ValueError: something else than an optimizer, or an argument that belongs to it.

    >>> from gyeol.optimizers import SGD
    >>> weight = Variable(1.0)
    >>> optimizer = LossScaleOptimizer(SGD(0.5), initial_scale=8.0)
    >>> optimizer.apply([8.0], [weight])
    >>> float(weight)
    0.5
    >>> optimizer.apply([jnp.inf], [weight])
    >>> float(weight), float(optimizer.dynamic_scale)
    (0.5, 4.0)
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ):
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(
                f"inner_optimizer of LossScaleOptimizer must be an Optimizer; "
                f"got {inner_optimizer!r}."
            )
        for argument in _OLD_ARGUMENTS.keys() & kwargs.keys():
            if kwargs.pop(argument) != _OLD_ARGUMENTS[argument]:
                hint = "loss_scale_factor" if argument == "dynamic" else argument
                raise ValueError(
                    f"LossScaleOptimizer does not take {argument}. "
                    f"Set {hint} of the optimizer within it."
                )
        super().__init__(0.0, name=name, **kwargs)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        # Or the gradients would be scaled back twice.
        inner_optimizer.loss_scale_factor = None

    def build(self, variables: Sequence[Variable]) -> None:
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        scale = initializers.Constant(self.initial_scale)
        self.dynamic_scale = self.add_variable((), scale, "float32", name="dynamic_scale")
        self.inner_optimizer.build(variables)
        super().build(variables)

    @property
    def variables(self) -> list[Variable]:
        """The state: the scale's, then that of the optimizer within."""
        return self._variables + self.inner_optimizer.variables

    def scale_loss(self, loss: jax.Array) -> jax.Array:
        """The loss times the scale: take gradients of this."""
        return loss * (self.dynamic_scale.value if self.built else self.initial_scale)

    def apply(
        self,
        grads: Sequence[jax.Array | None],
        trainable_variables: Sequence[Variable] | None = None,
    ) -> None:
        """Change variables along gradients of the scaled loss, if all of these are finite.

        The arguments are those of `Optimizer.apply`.
        """
        if trainable_variables is None and not self.built:
            return super().apply(grads)  # which says what is missing
        if trainable_variables is not None:
            trainable_variables = list(trainable_variables)
            self.build(trainable_variables)
        inner = self.inner_optimizer
        boxes = [*self._trainable_variables, *inner.variables]
        before = [box.value for box in boxes]
        checks = [jnp.isfinite(gradient).all() for gradient in grads if gradient is not None]
        finite = jnp.array(checks).all()
        unscaled = [g if g is None else g / self.dynamic_scale for g in grads]
        inner.apply(unscaled, trainable_variables)
        for box, value in zip(boxes, before):
            box.assign(jnp.where(finite, box.value, value))

        is_long = self.step_counter == self.dynamic_growth_steps - 1
        self.step_counter.assign(jnp.where(finite & ~is_long, self.step_counter + 1, 0))
        factor = jnp.where(finite, jnp.where(is_long, 2.0, 1.0), 0.5)
        self.dynamic_scale.assign(self.dynamic_scale * factor)

    @property
    def iterations(self) -> Variable | jax.Array:
        """How many steps have changed the variables."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Variable | jax.Array | float:
        """The learning rate of the optimizer within."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule | Callable[[], Any]) -> None:
        self.inner_optimizer.learning_rate = value

    def exclude_from_weight_decay(
        self,
        var_list: Sequence[Variable] | None = None,
        var_names: Sequence[str] | None = None,
    ) -> None:
        """As that of the optimizer within."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def _use_weight_decay(self, variable: Variable) -> bool:
        return self.inner_optimizer._use_weight_decay(variable)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """As that of the optimizer within."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_optimizer": serialization.serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> "LossScaleOptimizer":
        """The optimizer that `get_config` described."""
        inner = serialization.deserialize(config["inner_optimizer"], custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
