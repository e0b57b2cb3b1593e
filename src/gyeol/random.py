"""Random numbers: one seed, from which every key follows.

Eager code draws seeds in sequence from the seed that `gyeol.utils.set_random_seed` sets. A compiled
program draws none: it opens a `stream` on a key that it derived from (seed, epoch, step), and each
use within takes the next number of the stream. The mask of a dropout layer at step 4711 therefore
does not depend on how the run got there.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import jax
import numpy as np

from gyeol.serialization import exported

_local = threading.local()
_seeds = np.random.default_rng()


def set_seed(seed: int) -> None:
    """Start the sequence of seeds anew."""
    global _seeds
    _seeds = np.random.default_rng(seed)


def make_default_seed() -> int:
    """The next seed of the sequence, a non-negative 31-bit integer."""
    return int(_seeds.integers(2**31 - 1))


@contextmanager
def stream(key: jax.Array) -> Iterator[None]:
    """Let every `next_key` within the block derive from this key, in order of use."""
    before = getattr(_local, "stream", None)
    _local.stream = [key, 0]
    try:
        yield
    finally:
        _local.stream = before


def next_key(seed: "int | SeedGenerator | None" = None) -> jax.Array:
    """A fresh key: of the open stream, or in eager code of the sequence of seeds.

    Args:
        seed: a layer's own seed, mixed into the key of the stream. In eager code an int always
            gives the same key, a `SeedGenerator` its next.
    """
    open_stream = getattr(_local, "stream", None)
    if isinstance(seed, SeedGenerator):
        if open_stream is None:
            return seed.next()
        seed = seed.seed
    if open_stream is None:
        return jax.random.key(make_default_seed() if seed is None else seed)
    key, number = open_stream
    open_stream[1] = number + 1
    key = jax.random.fold_in(key, number)
    return key if seed is None else jax.random.fold_in(key, seed)


@exported("keras.random")
class SeedGenerator:
    """A sequence of keys of its own, as `keras.random.SeedGenerator`.

    Args:
        seed: where the sequence starts; the next seed of the global sequence by default.
    """

    def __init__(self, seed: int | None = None, name: str | None = None):
        self.seed = make_default_seed() if seed is None else int(seed)
        self.name = name or "seed_generator"
        self._drawn = 0

    def next(self) -> jax.Array:
        """The next key."""
        self._drawn += 1
        return jax.random.fold_in(jax.random.key(self.seed), self._drawn)

    def get_config(self) -> dict:
        return {"seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict) -> "SeedGenerator":
        return cls(**config)
