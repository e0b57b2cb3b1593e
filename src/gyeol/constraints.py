"""Constraints: what a weight is set back to after each step of the optimizer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config, serialization
from gyeol.activations import resolve
from gyeol.serialization import exported, to_snake_case

_MODULE = "keras.constraints"


@exported(_MODULE)
class Constraint:
    """Base class: override `__call__(w)` to make a constraint of one's own."""

    def __call__(self, w: ArrayLike) -> jax.Array:
        """The weight as it may be."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as JSON."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constraint":
        """The constraint whose `get_config` this was."""
        return cls(**config)


def _axes(axis: int | Sequence[int]) -> int | tuple[int, ...]:
    return axis if isinstance(axis, int) else tuple(axis)


def _norms(w: jax.Array, axis: int | Sequence[int]) -> jax.Array:
    return jnp.sqrt(jnp.sum(jnp.square(w), axis=_axes(axis), keepdims=True))


@exported(_MODULE)
class MaxNorm(Constraint):
    """Weights of each unit with a norm of at most `max_value`.

    Args:
        max_value: the largest norm.
        axis: axes over which the norm is taken: 0 for a dense kernel (in, out), [0, 1, 2] for a
            convolution's (height, width, in, out).
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: ArrayLike) -> jax.Array:
        w = jnp.asarray(w)
        norms = _norms(w, self.axis)
        return w * (jnp.clip(norms, 0, self.max_value) / (config.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


@exported(_MODULE)
class NonNeg(Constraint):
    """Weights of 0 or more."""

    def __call__(self, w: ArrayLike) -> jax.Array:
        return jnp.maximum(jnp.asarray(w), 0)


@exported(_MODULE)
class UnitNorm(Constraint):
    """Weights of each unit with norm 1.

    Args:
        axis: axes over which the norm is taken, as in `MaxNorm`.
    """

    def __init__(self, axis: int | Sequence[int] = 0):
        self.axis = axis

    def __call__(self, w: ArrayLike) -> jax.Array:
        w = jnp.asarray(w)
        return w / (config.epsilon() + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


@exported(_MODULE)
class MinMaxNorm(Constraint):
    """Weights of each unit with a norm between two bounds.

    Args:
        min_value: the smallest norm.
        max_value: the largest norm.
        rate: how much of the way to the nearer bound is gone at each step, 0 to 1.
        axis: axes over which the norm is taken, as in `MaxNorm`.
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | Sequence[int] = 0,
    ):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: ArrayLike) -> jax.Array:
        w = jnp.asarray(w)
        norms = _norms(w, self.axis)
        bounded = jnp.clip(norms, self.min_value, self.max_value)
        desired = self.rate * bounded + (1 - self.rate) * norms
        return w * (desired / (config.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


for _name, _class in serialization.exported_objects(_MODULE).items():
    exported(_MODULE, to_snake_case(_name))(_class)

max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm


def serialize(constraint: Constraint | Callable) -> dict[str, Any]:
    """The JSON form of a constraint."""
    return serialization.serialize(constraint)


def deserialize(
    config: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Constraint | Callable:
    """The constraint that `serialize` wrote, or of that name.

    Args:
        config: a name or a dict.
        custom_objects: constraints of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    return resolve(config, _MODULE, "constraint", custom_objects)


def get(identifier: Any) -> Constraint | Callable | None:
    """The constraint that is meant: a name, a config, a class or a function; None stays None.

    >>> get("max_norm").max_value
    2
    """
    return None if identifier is None else deserialize(identifier)
