"""Regularizers: penalties on weights or outputs that are added to the loss."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import config, serialization
from gyeol.activations import resolve
from gyeol.serialization import exported

_MODULE = "keras.regularizers"


@exported(_MODULE)
class Regularizer:
    """Base class: override `__call__(x)` to make a regularizer of one's own."""

    def __call__(self, x: ArrayLike) -> jax.Array | float:
        """The penalty, a scalar."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as JSON; needed to save a model."""
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Regularizer":
        """The regularizer whose `get_config` this was."""
        return cls(**config)


def _factor(value: float | None, name: str, default: float) -> float:
    value = default if value is None else value
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be a finite number, 0 or more; got {value!r}.")
    return float(value)


@exported(_MODULE, "l1l2")
@exported(_MODULE)
class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x**2)``.

    Args:
        l1: factor of the absolute values.
        l2: factor of the squares.

    >>> float(L1L2(l1=0.5, l2=0.25)(jnp.asarray([-2.0, 2.0])))
    4.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1 = _factor(l1, "l1", 0.0)
        self.l2 = _factor(l2, "l2", 0.0)

    def __call__(self, x: ArrayLike) -> jax.Array:
        x = jnp.asarray(x)
        penalty = jnp.zeros((), x.dtype)
        if self.l1:
            penalty += self.l1 * jnp.sum(jnp.abs(x))
        if self.l2:
            penalty += self.l2 * jnp.sum(jnp.square(x))
        return penalty

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


@exported(_MODULE, "l1")
@exported(_MODULE)
class L1(Regularizer):
    """``l1 * sum(|x|)``.

    Args:
        l1: factor of the penalty.
    """

    def __init__(self, l1: float = 0.01):
        self.l1 = _factor(l1, "l1", 0.01)

    def __call__(self, x: ArrayLike) -> jax.Array:
        return self.l1 * jnp.sum(jnp.abs(jnp.asarray(x)))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


@exported(_MODULE, "l2")
@exported(_MODULE)
class L2(Regularizer):
    """``l2 * sum(x**2)``.

    Args:
        l2: factor of the penalty.
    """

    def __init__(self, l2: float = 0.01):
        self.l2 = _factor(l2, "l2", 0.01)

    def __call__(self, x: ArrayLike) -> jax.Array:
        return self.l2 * jnp.sum(jnp.square(jnp.asarray(x)))

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


@exported(_MODULE, "orthogonal_regularizer")
@exported(_MODULE)
class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean absolute cosine between the rows (or columns) of a matrix.

    Args:
        factor: factor of the penalty.
        mode: 'rows' or 'columns': what is to become orthogonal.

    Raises:
        ValueError: another mode; at the call, a value that is no matrix.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        if mode not in ("rows", "columns"):
            raise ValueError(f"mode must be 'rows' or 'columns'; got {mode!r}.")
        self.factor = _factor(factor, "factor", 0.01)
        self.mode = mode

    def __call__(self, x: ArrayLike) -> jax.Array:
        x = jnp.asarray(x)
        if x.ndim != 2:
            raise ValueError(f"OrthogonalRegularizer takes a matrix; got shape {x.shape}.")
        x = x if self.mode == "rows" else x.T
        # The bound is under the root, or the gradient at a row of zeros would not be a number.
        squares = jnp.sum(jnp.square(x), axis=1, keepdims=True)
        x = x * jax.lax.rsqrt(jnp.maximum(squares, config.epsilon() ** 2))
        size = x.shape[0]
        cosines = (x @ x.T) * (1 - jnp.eye(size, dtype=x.dtype))
        pairs = size * (size - 1) / 2
        return self.factor * 0.5 * jnp.sum(jnp.abs(cosines)) / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer


def serialize(regularizer: Regularizer | Callable) -> dict[str, Any]:
    """The JSON form of a regularizer."""
    return serialization.serialize(regularizer)


def deserialize(
    config: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Regularizer | Callable:
    """The regularizer that `serialize` wrote, or of that name.

    Args:
        config: a name or a dict.
        custom_objects: regularizers of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    if config == "l1_l2":
        return L1L2(0.01, 0.01)  # what this name means in Keras 2; Keras 3 does not know it
    return resolve(config, _MODULE, "regularizer", custom_objects)


def get(identifier: Any) -> Regularizer | Callable | None:
    """The regularizer that is meant: a name, a config, a class or a function; None stays None.

    >>> get("l2").l2
    0.01
    """
    return None if identifier is None else deserialize(identifier)
