"""`tf.random`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import gyeol.random
from gyeol.compat.tensors import array, canonical

__all__ = ["categorical", "normal", "set_seed", "shuffle", "truncated_normal", "uniform"]


def set_seed(seed: int) -> None:
    """Seed gyeol, NumPy and Python."""
    from gyeol.utils import set_random_seed

    set_random_seed(seed)


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in np.asarray(shape, int).ravel())


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> jax.Array:
    """Normally distributed numbers."""
    key = gyeol.random.next_key(seed)
    return mean + stddev * jax.random.normal(key, _sizes(shape), canonical(dtype))


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> jax.Array:
    """Normally distributed numbers within two standard deviations."""
    key = gyeol.random.next_key(seed)
    return mean + stddev * jax.random.truncated_normal(key, -2, 2, _sizes(shape), canonical(dtype))


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> jax.Array:
    """Uniformly distributed numbers; of a whole-number dtype, whole numbers below `maxval`."""
    key, dtype = gyeol.random.next_key(seed), canonical(dtype)
    if jnp.issubdtype(dtype, jnp.integer):
        return jax.random.randint(key, _sizes(shape), minval, maxval, dtype)
    maxval = 1.0 if maxval is None else maxval
    return jax.random.uniform(key, _sizes(shape), dtype, minval, maxval)


def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> jax.Array:
    """The rows in a new order."""
    return jax.random.permutation(gyeol.random.next_key(seed), array(value))


def categorical(
    logits: Any,
    num_samples: int,
    dtype: Any = "int64",
    seed: int | None = None,
    name: str | None = None,
) -> jax.Array:
    """Classes drawn by their logits, (batch, num_samples)."""
    logits, key = array(logits), gyeol.random.next_key(seed)
    drawn = jax.random.categorical(key, logits, shape=(num_samples, len(logits)))
    return drawn.T.astype(canonical(dtype))
