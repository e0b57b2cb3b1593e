"""Learning rates that are a function of the step number."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import config, serialization
from gyeol.serialization import exported

_MODULE = "keras.optimizers.schedules"


@exported(_MODULE)
class LearningRateSchedule:
    """A learning rate as a function of the step number; subclass it for one of your own.

    Define ``__call__(self, step)`` with `jax.numpy` functions (the step is traced), and
    `get_config` for saving.
    """

    def __call__(self, step: int | jax.Array) -> jax.Array:
        """The learning rate at a step."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, step).")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same schedule."""
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "LearningRateSchedule":
        """The schedule that `get_config` described."""
        return cls(**config)


def _number(value: float | jax.Array) -> jax.Array:
    return jnp.asarray(value, config.floatx())


def _check_steps(name: str, value: int) -> None:
    if value <= 0:
        raise ValueError(f"{name} must be more than 0; got {value}.")


@exported(_MODULE)
class ExponentialDecay(LearningRateSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps it takes to fall by `decay_rate`.
        decay_rate: the factor.
        staircase: whether to fall at once every `decay_steps` steps, not gradually.
        name: its name.

    >>> schedule = ExponentialDecay(0.5, decay_steps=10, decay_rate=0.5)
    >>> float(schedule(20))
    0.125
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ):
        _check_steps("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int | jax.Array) -> jax.Array:
        times = _number(step) / self.decay_steps
        times = jnp.floor(times) if self.staircase else times
        return self.initial_learning_rate * _number(self.decay_rate) ** times

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@exported(_MODULE)
class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate up to and including each boundary, then the next.

    Args:
        boundaries: step numbers, rising.
        values: rates, one more than boundaries.
        name: its name.

    >>> schedule = PiecewiseConstantDecay([100], [0.5, 0.25])
    >>> float(schedule(100)), float(schedule(101))
    (0.5, 0.25)
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"{len(boundaries)} boundaries need {len(boundaries) + 1} values; "
                f"got {len(values)}."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: int | jax.Array) -> jax.Array:
        passed = jnp.sum(jnp.asarray(step) > jnp.asarray(self.boundaries))
        return _number(self.values)[passed]

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}


@exported(_MODULE)
class PolynomialDecay(LearningRateSchedule):
    """``(initial - end) * (1 - step / decay_steps) ** power + end``, and `end` afterwards.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: the step at which it has reached the end.
        end_learning_rate: the rate there.
        power: the power; 1 is a straight line.
        cycle: whether to start again each time, over twice, three times ... `decay_steps`.
        name: its name.

    >>> schedule = PolynomialDecay(1.0, decay_steps=10, end_learning_rate=0.5)
    >>> float(schedule(5)), float(schedule(20))
    (0.75, 0.5)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ):
        _check_steps("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: int | jax.Array) -> jax.Array:
        step, steps = _number(step), _number(self.decay_steps)
        if self.cycle:
            steps = steps * jnp.where(step == 0, 1.0, jnp.ceil(step / steps))
        else:
            step = jnp.minimum(step, steps)
        fall = self.initial_learning_rate - _number(self.end_learning_rate)
        return fall * (1 - step / steps) ** _number(self.power) + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }


@exported(_MODULE)
class InverseTimeDecay(LearningRateSchedule):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: the unit of time, in steps.
        decay_rate: how fast it falls.
        staircase: whether to fall at once every `decay_steps` steps, not gradually.
        name: its name.

    >>> schedule = InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)
    >>> float(schedule(10))
    0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ):
        _check_steps("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: int | jax.Array) -> jax.Array:
        times = _number(step) / self.decay_steps
        times = jnp.floor(times) if self.staircase else times
        return self.initial_learning_rate / (1 + self.decay_rate * times)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@exported(_MODULE)
class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to a share of it (Loshchilov and Hutter, 2016).

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: how many steps the fall takes, after the warm-up.
        alpha: the share of the highest rate that is left at the end.
        name: its name.
        warmup_target: the rate to rise to first, in a straight line; None: no warm-up.
        warmup_steps: how many steps the rise takes.

    >>> schedule = CosineDecay(0.5, decay_steps=10)
    >>> [round(float(schedule(step)), 4) for step in (0, 5, 10)]
    [0.5, 0.25, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ):
        _check_steps("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: int | jax.Array) -> jax.Array:
        step, start = _number(step), self.initial_learning_rate
        if self.warmup_target is None:
            return self._fall(step, start)
        rise = self.warmup_target - _number(start)
        warming = rise * (step / max(self.warmup_steps, 1)) + start
        falling = self._fall(step - self.warmup_steps, self.warmup_target)
        return jnp.where(step < self.warmup_steps, warming, falling)

    def _fall(self, step: jax.Array, start: float) -> jax.Array:
        done = jnp.minimum(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + jnp.cos(_number(math.pi) * done))
        return start * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


@exported(_MODULE)
class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decay, begun again each time it ends: SGDR (Loshchilov and Hutter, 2016).

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: how many steps the first fall takes.
        t_mul: each further fall takes so many times as long as the one before.
        m_mul: each further fall starts at so many times the rate of the one before.
        alpha: the share of the initial rate that is left at the end.
        name: its name.

    >>> schedule = CosineDecayRestarts(0.5, first_decay_steps=10)
    >>> [round(float(schedule(step)), 4) for step in (5, 10, 20)]
    [0.25, 0.5, 0.25]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ):
        _check_steps("first_decay_steps", first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self._t_mul = t_mul
        self._m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: int | jax.Array) -> jax.Array:
        done, t_mul = _number(step) / self.first_decay_steps, _number(self._t_mul)
        if self._t_mul == 1.0:
            restarts = jnp.floor(done)
            done = done - restarts
        else:
            # After n restarts the falls so far took 1 + t + ... + t^(n-1) of the first one's time.
            restarts = jnp.floor(jnp.log(1.0 - done * (1.0 - t_mul)) / jnp.log(t_mul))
            before = (1.0 - t_mul**restarts) / (1.0 - t_mul)
            done = (done - before) / t_mul**restarts
        cosine = 0.5 * _number(self._m_mul) ** restarts * (1.0 + jnp.cos(_number(math.pi) * done))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self._t_mul,
            "m_mul": self._m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """The JSON form of a schedule."""
    return serialization.serialize(learning_rate_schedule)


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> LearningRateSchedule:
    """The schedule that `serialize` (or Keras) wrote."""
    return serialization.deserialize({"module": _MODULE, **config}, custom_objects)
