"""`Optimizer`: what every optimizer shares, and what a subclass of one's own starts from."""

import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import initializers, serialization
from gyeol.ops.fused import update
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.variable import Variable, filled


@exported("keras.optimizers")
class Optimizer:
    """Changes variables along their gradients.

    A subclass makes its slots in `build` (after `super().build(variables)`) and says in
    `update_step` how one variable changes; gradients reach it clipped, and weight decay is done.

    Args:
        learning_rate: the size of a step: a number, a `LearningRateSchedule` of the step number, or
            a function without arguments.
        weight_decay: before each step a variable loses this share of itself, times the learning
            rate.
        clipnorm: the gradient of each variable is scaled down to at most this L2 norm.
        clipvalue: each number of a gradient is clipped to [-clipvalue, clipvalue].
        global_clipnorm: all gradients together are scaled down to at most this L2 norm.
        use_ema: keep an exponential moving average of the variables.
        ema_momentum: the share of the old average that stays, in [0, 1].
        ema_overwrite_frequency: every so many steps the variables take the average's values;
            None: only at the end of training.
        loss_scale_factor: the loss is multiplied by it before gradients are taken, and the
            gradients are divided by it, so that small ones survive in half precision.
        gradient_accumulation_steps: variables change every so many calls, by the mean gradient.
        name: the optimizer's name.

    Raises:
        ValueError: an argument out of its range, an unknown argument, or more than one way to clip.

    >>> class Descent(Optimizer):
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         self.assign_sub(variable, learning_rate * gradient)
    >>> weight = Variable(1.0)
    >>> Descent(learning_rate=0.5).apply([2.0], [weight])
    >>> float(weight)
    0.0
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Callable[[], Any],
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
        class_name = type(self).__name__
        if kwargs.pop("decay", None) is not None:
            warnings.warn(
                f"{class_name} ignores decay. For a falling rate pass learning_rate="
                "InverseTimeDecay(rate, decay_steps=1, decay_rate=decay) of optimizers.schedules.",
                stacklevel=3,
            )
        if "lr" in kwargs:
            raise ValueError(
                f"{class_name} calls it learning_rate, not lr: "
                f"{class_name}(learning_rate={kwargs['lr']})."
            )
        if kwargs:
            raise ValueError(f"{class_name} has no argument {', '.join(map(repr, kwargs))}.")
        if sum(given is not None for given in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"{class_name} clips in one way: set only one of clipnorm={clipnorm}, "
                f"clipvalue={clipvalue} and global_clipnorm={global_clipnorm}."
            )
        if gradient_accumulation_steps and gradient_accumulation_steps < 2:
            raise ValueError(
                f"gradient_accumulation_steps must be 2 or more; got {gradient_accumulation_steps}."
            )
        if use_ema and not 0 <= ema_momentum <= 1:
            raise ValueError(f"ema_momentum must be between 0 and 1; got {ema_momentum}.")
        if use_ema and ema_overwrite_frequency is not None and ema_overwrite_frequency < 1:
            raise ValueError(
                "ema_overwrite_frequency must be None, or 1 or more; got "
                f"{ema_overwrite_frequency}."
            )
        self.name = name or serialization.auto_name(class_name)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps

        self.built = False
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._trainable_variables_indices: dict[int, int] = {}
        self._not_decayed: set[int] = set()
        self._not_decayed_names: re.Pattern | None = None

        self._iterations = self._own(Variable(np.int32(0), trainable=False, name="iteration"))
        for argument, given in (
            ("weight_decay", weight_decay),
            ("clipnorm", clipnorm),
            ("clipvalue", clipvalue),
            ("global_clipnorm", global_clipnorm),
        ):
            if given is not None:
                self._in_range(argument, given)
        if callable(learning_rate):
            self._learning_rate = learning_rate
        elif isinstance(learning_rate, Real) and not isinstance(learning_rate, bool):
            self._in_range("learning_rate", learning_rate)
            self._learning_rate = self._own(
                Variable(float(learning_rate), trainable=False, name="learning_rate")
            )
        else:
            raise ValueError(
                f"learning_rate of {class_name} must be a number, a LearningRateSchedule or a "
                f"function; got {learning_rate!r}."
            )

    def __setattr__(self, name: str, value: Any) -> None:
        # A Variable kept as an attribute is part of the state: it is saved, and a compiled program
        # carries it.
        if isinstance(value, Variable):
            if "_variables" not in self.__dict__:
                raise RuntimeError(
                    f"{type(self).__name__}.__init__ must call super().__init__() before it makes "
                    "a Variable."
                )
            if not any(value is known for known in self._variables):
                self._own(value)
        super().__setattr__(name, value)

    def _own(self, variable: Variable) -> Variable:
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    @property
    def variables(self) -> list[Variable]:
        """The state: iteration, learning rate, then the slots in the order they were made."""
        return self._variables[:]

    @property
    def iterations(self) -> Variable | jax.Array:
        """How many times the variables have been updated."""
        if self.gradient_accumulation_steps:
            return self._iterations // self.gradient_accumulation_steps
        return self._iterations

    @property
    def learning_rate(self) -> Variable | jax.Array | float:
        """The rate now. Setting a number writes the Variable, so nothing is compiled again."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations.value)
        return self._learning_rate() if callable(self._learning_rate) else self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule | Callable[[], Any]) -> None:
        if callable(value):
            before = self._learning_rate
            self._variables = [known for known in self._variables if known is not before]
            self._learning_rate = value
        elif isinstance(self._learning_rate, Variable):
            if not hasattr(value, "dtype"):
                self._in_range("learning_rate", value)
            self._learning_rate.assign(value)
        else:
            raise TypeError(
                f"{self.name} takes its learning rate from {self._learning_rate!r}, so it cannot "
                f"be set to {value!r}. Make the optimizer with a number as learning_rate, or set "
                "another schedule."
            )

    def check_learning_rate_can_be_set(self, by: str) -> None:
        """Raise if the rate comes from a schedule or a function.

        Args:
            by: who wants to set it.

        Raises:
            TypeError: it does.
        """
        inner = getattr(self, "inner_optimizer", self)
        if not isinstance(inner._learning_rate, Variable):
            raise TypeError(
                tr(
                    "{by} sets the learning rate, which {optimizer} takes from {source}. Make the "
                    "optimizer with a number as learning_rate, or leave {by} out.",
                    by=by,
                    optimizer=type(inner).__name__,
                    source=type(inner._learning_rate).__name__,
                )
            )

    def _in_range(self, name: str, value: Any, most: float = math.inf) -> None:
        """Raise if an argument is no finite number from 0 to `most`.

        Raises:
            ValueError: it is not.
        """
        is_number = isinstance(value, (Real, np.number)) and not isinstance(value, bool)
        if is_number and 0 <= value <= most and math.isfinite(value):
            return
        what = tr("a finite number of at least 0")
        raise ValueError(
            tr(
                "{name} of {optimizer} must be {what}; got {value!r}.",
                name=name,
                optimizer=type(self).__name__,
                what=what if most == math.inf else tr("a number between 0 and {most:g}", most=most),
                value=value,
            )
        )

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots for the variables to train. Override it to make more of them."""
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(
                variables, "average"
            )
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = self.add_optimizer_variables(
                variables, "gradient_accumulator"
            )
        self._trainable_variables_indices = {id(v): i for i, v in enumerate(variables)}
        self._trainable_variables = list(variables)
        self.built = True

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: str | None = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable of the optimizer's own.

        Args:
            shape: its shape.
            initializer: an initializer, or its name.
            dtype: its dtype, the float type of `gyeol.config` by default.
            aggregation: as in Keras; it changes nothing here.
            layout: as in Keras; it changes nothing here.
            name: its name.
        """
        # Zeros from the host need no program; `jnp.zeros` compiles one for each shape.
        initializer = _host_zeros if initializer == "zeros" else initializers.get(initializer)
        return self._own(
            Variable(initializer, shape, dtype, trainable=False, aggregation=aggregation, name=name)
        )

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Make a slot of the shape and dtype of a variable, named after it."""
        return self.add_variable(
            reference_variable.shape,
            initializer,
            reference_variable.dtype,
            name=f"{reference_variable.path.replace('/', '_')}_{name or 'var'}",
        )

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Make a slot for each variable.

        Args:
            trainable_variables: the variables to train.
            name: the slots' name; a list of names makes one slot each for every variable.
            initializer: an initializer or its name, or a list of as many as there are names.

        Returns:
            A list of slots; for a list of names, a tuple of such lists.
        """
        names = [name] if isinstance(name, str) else list(name)
        same = not isinstance(initializer, (list, tuple))
        first_values = [initializer] * len(names) if same else list(initializer)
        if len(names) != len(first_values):
            raise ValueError(
                f"{len(names)} names ({names}) need as many initializers; got {len(first_values)}."
            )
        # All slots of one variable, then those of the next: files list them in this order.
        rows = [
            [self.add_variable_from_reference(variable, *what) for what in zip(names, first_values)]
            for variable in trainable_variables
        ]
        columns = tuple([row[i] for row in rows] for i in range(len(names)))
        return columns[0] if isinstance(name, str) else columns

    def check_known(self, variables: Sequence[Variable]) -> None:
        """Raise if there is a variable that the optimizer was not built for.

        Raises:
            ValueError: it names the variable.
        """
        for variable in variables:
            if id(variable) not in self._trainable_variables_indices:
                raise ValueError(
                    tr(
                        "{name} was built for other variables than {variable!r}. Make a new "
                        "optimizer for new variables.",
                        name=self.name,
                        variable=variable.path,
                    )
                )

    def _get_variable_index(self, variable: Variable) -> int:
        return self._trainable_variables_indices[id(variable)]

    def assign(self, variable: Variable, value: Any) -> None:
        """Give a variable a value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    def update_step(
        self, gradient: jax.Array, variable: Variable, learning_rate: Variable | jax.Array
    ) -> None:
        """Change one variable along its gradient. Override this."""
        raise NotImplementedError(
            f"{type(self).__name__} must define update_step(self, gradient, variable, "
            "learning_rate)."
        )

    def _by_kernel(
        self,
        name: str,
        boxes: Sequence[Variable],
        gradient: jax.Array,
        numbers: Sequence[Any],
        settings: Sequence[int] = (),
    ) -> bool:
        """Change a variable and its slots by a kernel; False where there is none.

        Args:
            name, numbers, settings: as for `ops.fused.update`.
            boxes: the variable and its slots.
            gradient: its gradient.
        """
        values = update(name, [box.value for box in boxes], gradient, numbers, settings)
        if values is None:
            return False
        for box, value in zip(boxes, values):
            self.assign(box, value)
        return True

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[jax.Array | None, Variable]]
    ) -> Variable:
        """Change variables along their gradients, given in pairs.

        Returns:
            The number of steps so far.
        """
        grads, variables = zip(*grads_and_vars)
        self.apply(grads, variables)
        return self._iterations

    def apply(
        self,
        grads: Sequence[jax.Array | None],
        trainable_variables: Sequence[Variable] | None = None,
    ) -> None:
        """Change variables along their gradients.

        Args:
            grads: one gradient for each variable; None leaves its variable as it is.
            trainable_variables: the variables; those the optimizer was built for by default.

        Raises:
            ValueError: every gradient is None, their number is not that of the variables, or a
                variable is not one that the optimizer was built for.
        """
        if len(grads) == 0:
            return
        if trainable_variables is None:
            if not self.built:
                raise ValueError(
                    f"{self.name} is not built yet: pass the variables too, or call "
                    "build(variables) first."
                )
            trainable_variables = self._trainable_variables
        elif not self.built:
            self.build(list(trainable_variables))
        if len(grads) != len(trainable_variables):
            raise ValueError(
                f"{self.name} was given {len(grads)} gradients for "
                f"{len(trainable_variables)} variables."
            )
        self.check_known(trainable_variables)
        grads, variables = self._with_gradient(grads, trainable_variables)
        if self.loss_scale_factor is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        if self.gradient_accumulation_steps:
            self._accumulate(grads, variables)
        else:
            self._update(grads, variables)
        if self.use_ema:
            self._average()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))
        self._iterations.assign_add(1)

    def _with_gradient(
        self, grads: Sequence[jax.Array | None], variables: Sequence[Variable]
    ) -> tuple[list[jax.Array], list[Variable]]:
        missing = [v.path for g, v in zip(grads, variables) if g is None]
        if len(missing) == len(grads):
            raise ValueError(
                "No gradients provided for any variable: every gradient is None. "
                "Does the loss depend on the variables?"
            )
        if missing:
            warnings.warn(
                f"Gradients do not exist for variables {missing} when minimizing the loss.",
                stacklevel=3,
            )
        kept = [(g, v) for g, v in zip(grads, variables) if g is not None]
        return [g for g, _ in kept], [v for _, v in kept]

    def _update(self, grads: list[jax.Array], variables: list[Variable]) -> None:
        grads = self._clip_gradients(grads)
        self._apply_weight_decay(variables)
        learning_rate = self.learning_rate
        for gradient, variable in zip(grads, variables):
            self.update_step(gradient, variable, learning_rate)

    def _accumulate(self, grads: list[jax.Array], variables: list[Variable]) -> None:
        steps = self.gradient_accumulation_steps
        slots = [self._accumulated_gradients[self._get_variable_index(v)] for v in variables]
        sums = [gradient + slot.value for gradient, slot in zip(grads, slots)]
        is_last = (self._iterations + 1) % steps == 0
        boxes = [*variables, *self._variables]

        def update(values: list[jax.Array]) -> list[jax.Array]:
            with filled(boxes, values):
                self._update([total / steps for total in sums], variables)
                return [box.value for box in boxes]

        values = jax.lax.cond(is_last, update, lambda values: values, [b.value for b in boxes])
        for box, value in zip(boxes, values):
            box.assign(value)
        for slot, total in zip(slots, sums):
            slot.assign(jnp.where(is_last, jnp.zeros_like(total), total))

    def _average(self) -> None:
        # The average starts as the variables are after the first step.
        momentum = jnp.where(self.iterations > 0, self.ema_momentum, 0.0)
        for variable, average in zip(
            self._trainable_variables, self._model_variables_moving_average
        ):
            average.assign(momentum * average + (1 - momentum) * variable.value)
        if self.ema_overwrite_frequency is not None:
            is_time = (self.iterations + 1) % self.ema_overwrite_frequency == 0
            for variable, average in zip(
                self._trainable_variables, self._model_variables_moving_average
            ):
                variable.assign(jnp.where(is_time, average.value, variable.value))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """At the end of training: with `use_ema`, give the variables the average's values."""
        if self.use_ema and self.built:
            for variable in var_list:
                variable.assign(
                    self._model_variables_moving_average[self._get_variable_index(variable)].value
                )

    def _clip_gradients(self, grads: list[jax.Array]) -> list[jax.Array]:
        if self.clipnorm:
            return [_clip_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm:
            return _clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [jnp.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def exclude_from_weight_decay(
        self,
        var_list: Sequence[Variable] | None = None,
        var_names: Sequence[str] | None = None,
    ) -> None:
        """Name the variables that weight decay leaves alone. Call it before training begins.

        Args:
            var_list: these variables.
            var_names: every variable with one of these patterns in its name, such as 'bias'.

        Raises:
            ValueError: the optimizer is built already.
        """
        if self.built:
            raise ValueError(
                "exclude_from_weight_decay() must be called before the optimizer is built."
            )
        self._not_decayed = {id(variable) for variable in var_list or ()}
        self._not_decayed_names = re.compile("|".join(var_names)) if var_names else None

    def _apply_weight_decay(self, variables: list[Variable]) -> None:
        for variable in variables:
            decay = self._weight_decay_of(variable)
            if decay is not None and self._use_weight_decay(variable):
                rate = jnp.asarray(self.learning_rate, variable.dtype)
                variable.assign(variable - variable * decay * rate)

    def _weight_decay_of(self, variable: Variable) -> float | None:
        return self.weight_decay

    def _use_weight_decay(self, variable: Variable) -> bool:
        names = self._not_decayed_names
        by_name = names is not None and names.search(variable.name) is not None
        return id(variable) not in self._not_decayed and not by_name

    def scale_loss(self, loss: jax.Array) -> jax.Array:
        """The loss times `loss_scale_factor`: take gradients of this."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def stateless_apply(
        self,
        optimizer_variables: Sequence[jax.Array],
        grads: Sequence[jax.Array],
        trainable_variables: Sequence[jax.Array],
    ) -> tuple[list[jax.Array], list[jax.Array]]:
        """`apply` as a pure function, for a training loop of one's own under `jax.jit`.

        Args:
            optimizer_variables: values for `variables`, in order.
            grads: one gradient for each variable that the optimizer was built for.
            trainable_variables: values for those variables.

        Returns:
            The new values of the trainable variables, and of the optimizer's.

        Raises:
            ValueError: the optimizer is not built, or a list has another length.
        """
        if not self.built:
            raise ValueError(f"{self.name} is not built yet: call build(variables) first.")
        own = self.variables
        boxes = [*self._trainable_variables, *own]
        values = [*trainable_variables, *optimizer_variables]
        if len(values) != len(boxes) or len(optimizer_variables) != len(own):
            raise ValueError(
                f"{self.name} has {len(self._trainable_variables)} trainable variables and "
                f"{len(own)} of its own; got {len(trainable_variables)} and "
                f"{len(optimizer_variables)} values."
            )
        with filled(boxes, values):
            self.apply(grads)
            values = [box.value for box in boxes]
        count = len(self._trainable_variables)
        return values[:count], values[count:]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Give `variables` these values, in order.

        Raises:
            ValueError: the optimizer is not built, or a shape differs.
        """
        if not self.built:
            raise ValueError(f"{self.name} is not built yet: call build(variables) first.")
        for variable, weight in zip(self.variables, weights):
            variable.assign(weight)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write the state into a group of a file, under '0', '1', ..."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Read what `save_own_variables` wrote; with a warning and no change if it does not fit."""
        own = self.variables
        if len(store.keys()) != len(own):
            warnings.warn(
                f"Skipping variable loading for optimizer {self.name!r}: it has "
                f"{len(own)} variables, the saved optimizer {len(store.keys())}.",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(own):
            variable.assign(store[str(i)])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same optimizer, without its state."""
        rate = self._learning_rate
        return {
            "name": self.name,
            "learning_rate": float(rate)
            if isinstance(rate, Variable)
            else serialization.serialize(rate),
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> "Optimizer":
        """The optimizer that `get_config` described."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = serialization.deserialize(
                config["learning_rate"], custom_objects
            )
        return cls(**config)


def _host_zeros(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return np.zeros(shape, jnp.dtype(dtype))


def _clip_by_norm(gradient: jax.Array, limit: float) -> jax.Array:
    square = jnp.sum(jnp.square(gradient))
    norm = jnp.sqrt(square)
    return gradient * limit / jnp.maximum(norm, limit)


def _clip_by_global_norm(grads: list[jax.Array], limit: float) -> list[jax.Array]:
    norm = jnp.sqrt(sum(jnp.sum(jnp.square(g)) for g in grads))
    scale = limit * jnp.minimum(1.0 / norm, 1.0 / limit)
    # An infinite norm has the scale 0; NaN instead, so that the fault shows.
    scale = scale + (norm - norm)
    return [g * scale for g in grads]
