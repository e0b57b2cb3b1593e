"""Random numbers: one seed, from which every key follows, and `keras.random`'s distributions.

Eager code draws seeds in sequence from the seed that `gyeol.utils.set_random_seed` sets. A compiled
program draws none: it opens a `stream` on a key that it derived from (seed, epoch, step), and each
use within takes the next number of the stream. The mask of a dropout layer at step 4711 therefore
does not depend on how the run got there.
"""

import math
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.random import define_prng_impl
from jax.typing import ArrayLike

from gyeol import config
from gyeol.ops import fused
from gyeol.ops.lowering import is_for_cpu
from gyeol.ops.table import available, convert_to_tensor, unboxed
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


def states() -> dict[str, Any]:
    """Where the random numbers of this process stand: Python's, NumPy's and gyeol's."""
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "gyeol": _seeds.bit_generator.state,
    }


def set_states(states: dict[str, Any]) -> None:
    """Go on with the random numbers from where `states` was asked."""
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    _seeds.bit_generator.state = states["gyeol"]


# Keys -----------------------------------------------------------------------------------------

# Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
# the generator of JAX's keys. On a CPU, JAX writes it as a loop over the rounds, which goes through
# memory in each; written out, XLA makes one vector loop of it. The numbers are the same, and those
# of the kernel for it, which runs once where XLA would compute them anew for the gradient.
_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def _threefry(
    key: Any, x: Any, y: Any, cut: Callable[[Any], Any] = lambda word: word
) -> tuple[Any, Any]:
    """The hash of the words (x, y) under a key of two words.

    Args:
        key, x, y: arrays of uint32, or integers of the host.
        cut: takes an integer modulo 2**32, which arrays are by themselves.
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ _PARITY)
    x, y = cut(x + keys[0]), cut(y + keys[1])
    for i in range(5):
        for r in _ROTATIONS[i % 2]:
            x = cut(x + y)
            y = x ^ (cut(y << r) | (y >> (32 - r)))
        x = cut(x + keys[(i + 1) % 3])
        y = cut(y + (keys[(i + 2) % 3] + (i + 1)))
    return x, y


def _seeded(seed: jax.Array) -> jax.Array:
    return jax.random.key_data(jax.random.key(seed, impl="threefry2x32"))


def _folded(key: jax.Array, number: jax.Array) -> jax.Array:
    return jnp.stack(_threefry(key, np.uint32(0), number.astype(np.uint32)))


def _hashed_places(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    places = lax.iota(np.uint32, math.prod(shape)).reshape(shape)
    return _threefry(key, jnp.zeros(shape, np.uint32), places)


def _split(key: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    return jnp.stack(_hashed_places(key, shape), -1)


def _bits(key: jax.Array, width: int, shape: tuple[int, ...]) -> jax.Array:
    if width == 64 or math.prod(shape) > 2**32:
        key = jax.random.wrap_key_data(key, impl="threefry2x32")
        return jax.random.bits(key, shape, f"uint{width}")
    words = fused.random_bits(key, shape)
    if words is None:
        one, other = _hashed_places(key, shape)
        words = one ^ other
    return words.astype(f"uint{width}")


_written_out = define_prng_impl(
    key_shape=(2,),
    seed=_seeded,
    split=_split,
    random_bits=_bits,
    fold_in=_folded,
    name="gyeol_threefry2x32",
    tag="gfry",
)


def quick(key: jax.Array) -> jax.Array:
    """A key that gives the same numbers as this one, on a CPU several times faster in programs."""
    usual = jax.config.jax_threefry_partitionable and is_for_cpu()
    if not usual or str(key.dtype) != "key<fry>":
        return key
    return jax.random.wrap_key_data(jax.random.key_data(key), impl=_written_out)


def key_from(seed: int, *numbers: int) -> jax.Array:
    """`jax.random.key(seed)`, with the numbers folded in one after the other.

    It is computed on the host, since whoever has numbers has no need of a compiled program.
    """
    if jax.config.jax_default_prng_impl != "threefry2x32" or not 0 <= seed < 2**32:
        key = jax.random.key(seed)
        for number in numbers:
            key = jax.random.fold_in(key, number)
        return key
    words = 0, seed
    for number in numbers:
        words = _threefry(words, 0, number & 0xFFFFFFFF, lambda word: word & 0xFFFFFFFF)
    return jax.random.wrap_key_data(np.array(words, np.uint32), impl="threefry2x32")


@contextmanager
def stream(key: jax.Array | None) -> Iterator[None]:
    """Let every `next_key` within the block derive from this key, in order of use.

    None stands for any key: it is for code that draws nothing, or whose numbers nobody sees.
    """
    before = getattr(_local, "stream", None)
    _local.stream = [key, 0]
    try:
        yield
    finally:
        _local.stream = before


def next_key(seed: "int | SeedGenerator | jax.Array | None" = None) -> jax.Array:
    """A fresh key: of the open stream, or in eager code of the sequence of seeds.

    Args:
        seed: a layer's own seed, mixed into the key of the stream. In eager code an int always
            gives the same key, a `SeedGenerator` its next. A key of JAX's is taken as it is.
    """
    if isinstance(seed, jax.Array):
        return seed
    open_stream = getattr(_local, "stream", None)
    if isinstance(seed, SeedGenerator):
        if open_stream is None:
            return seed.next()
        seed = seed.seed
    if open_stream is None:
        return jax.random.key(make_default_seed() if seed is None else seed)
    first, number = open_stream
    open_stream[1] = number + 1
    key = jax.random.fold_in(quick(key_from(0) if first is None else first), number)
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


# What the distributions below take as `seed`.
Seed = int | SeedGenerator | jax.Array | None


def _key(seed: Seed) -> jax.Array:
    # A number stands for the same draws each time, in a program as well: so a layer's `call` may
    # draw a fixed projection. (The seed of a dropout layer is not one of these.)
    return jax.random.key(seed) if isinstance(seed, int) else next_key(seed)


def _float(dtype: Any, function: str) -> np.dtype:
    dtype = available(dtype or config.floatx())
    if not jnp.issubdtype(dtype, jnp.floating):
        raise ValueError(f"gyeol.random.{function} draws floats; got dtype={dtype.name!r}.")
    return dtype


def _sizes(shape: Sequence[int] | int) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def normal(
    shape: Sequence[int],
    mean: ArrayLike = 0.0,
    stddev: ArrayLike = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> jax.Array:
    """Numbers of a normal distribution.

    Args:
        shape: the shape of the result.
        mean, stddev: the distribution's mean and standard deviation.
        dtype: a float dtype; the float type of `gyeol.config` by default.
        seed: an int, which gives the same numbers each time; a `SeedGenerator`, which moves on; or
            a key of JAX's. By default other numbers each time, which follow from
            `gyeol.utils.set_random_seed`.

    >>> normal((2, 3)).shape
    (2, 3)
    """
    dtype = _float(dtype, "normal")
    numbers = jax.random.normal(_key(seed), _sizes(shape), dtype)
    return (numbers * unboxed(stddev) + unboxed(mean)).astype(dtype)


def truncated_normal(
    shape: Sequence[int],
    mean: ArrayLike = 0.0,
    stddev: ArrayLike = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> jax.Array:
    """Numbers of a normal distribution, none further than two of its `stddev` from its mean.

    Args:
        shape, mean, stddev, dtype, seed: as for `normal`; `stddev` is that of the distribution
            before it is cut.
    """
    dtype = _float(dtype, "truncated_normal")
    numbers = jax.random.truncated_normal(_key(seed), -2.0, 2.0, _sizes(shape), dtype)
    return (numbers * unboxed(stddev) + unboxed(mean)).astype(dtype)


def uniform(
    shape: Sequence[int],
    minval: ArrayLike = 0.0,
    maxval: ArrayLike = 1.0,
    dtype: Any = None,
    seed: Seed = None,
) -> jax.Array:
    """Numbers from `minval` up to and without `maxval`, all alike likely.

    Args:
        shape: the shape of the result.
        minval, maxval: the bounds.
        dtype: a float dtype; the float type of `gyeol.config` by default. For whole numbers there
            is `randint`.
        seed: as for `normal`.
    """
    dtype = _float(dtype, "uniform")
    bounds = unboxed(minval), unboxed(maxval)
    return jax.random.uniform(_key(seed), _sizes(shape), dtype, *bounds)


def randint(
    shape: Sequence[int],
    minval: ArrayLike,
    maxval: ArrayLike,
    dtype: Any = "int32",
    seed: Seed = None,
) -> jax.Array:
    """Whole numbers from `minval` up to and without `maxval`, all alike likely.

    Args:
        shape: the shape of the result.
        minval, maxval: the bounds.
        dtype: an integer dtype.
        seed: as for `normal`.
    """
    dtype = available(dtype)
    if not jnp.issubdtype(dtype, jnp.integer):
        raise ValueError(f"gyeol.random.randint draws whole numbers; got dtype={dtype.name!r}.")
    bounds = unboxed(minval), unboxed(maxval)
    return jax.random.randint(_key(seed), _sizes(shape), *bounds, dtype)


def categorical(
    logits: ArrayLike, num_samples: int, dtype: Any = "int32", seed: Seed = None
) -> jax.Array:
    """Class numbers, drawn with the probabilities ``softmax(logits)`` of each row.

    Args:
        logits: (batch, classes).
        num_samples: how many are drawn for each row.
        dtype: an integer dtype.
        seed: as for `normal`.

    Returns:
        (batch, num_samples).

    Raises:
        ValueError: logits without two axes.
    """
    logits = convert_to_tensor(logits)
    if logits.ndim != 2:
        raise ValueError(
            f"gyeol.random.categorical takes logits of shape (batch, classes); got {logits.shape}."
        )
    shape = (logits.shape[0], num_samples)
    drawn = jax.random.categorical(_key(seed), logits[:, None, :], axis=-1, shape=shape)
    return drawn.astype(available(dtype))


def gamma(
    shape: Sequence[int], alpha: ArrayLike, dtype: Any = None, seed: Seed = None
) -> jax.Array:
    """Numbers of a gamma distribution with shape `alpha` and scale 1.

    Args:
        shape: the shape of the result.
        alpha: a positive number, or an array that broadcasts to `shape`.
        dtype, seed: as for `normal`.
    """
    dtype = _float(dtype, "gamma")
    return jax.random.gamma(_key(seed), convert_to_tensor(alpha, dtype), _sizes(shape), dtype)


def beta(
    shape: Sequence[int],
    alpha: ArrayLike,
    beta: ArrayLike,
    dtype: Any = None,
    seed: Seed = None,
) -> jax.Array:
    """Numbers of a beta distribution, between 0 and 1.

    Args:
        shape: the shape of the result.
        alpha, beta: positive numbers, or arrays that broadcast to `shape`. The mean is
            ``alpha / (alpha + beta)``.
        dtype, seed: as for `normal`.
    """
    dtype = _float(dtype, "beta")
    parameters = convert_to_tensor(alpha, dtype), convert_to_tensor(beta, dtype)
    return jax.random.beta(_key(seed), *parameters, _sizes(shape), dtype)


def binomial(
    shape: Sequence[int],
    counts: ArrayLike,
    probabilities: ArrayLike,
    dtype: Any = None,
    seed: Seed = None,
) -> jax.Array:
    """How many of `counts` trials succeed.

    Args:
        shape: the shape of the result.
        counts, probabilities: the number of trials and the probability of each, or arrays that
            broadcast to `shape`.
        dtype, seed: as for `normal`.
    """
    dtype = _float(dtype, "binomial")
    parameters = convert_to_tensor(counts), convert_to_tensor(probabilities)
    return jax.random.binomial(_key(seed), *parameters, shape=_sizes(shape), dtype=dtype)


def dropout(
    inputs: ArrayLike,
    rate: float,
    noise_shape: Sequence[int | None] | None = None,
    seed: Seed = None,
) -> jax.Array:
    """A share of the elements set to 0, the others divided by the share that is left.

    Args:
        inputs: the array.
        rate: the share, from 0 to 1.
        noise_shape: a shape that broadcasts to that of `inputs`: along its axes of length 1,
            elements are set to 0 together. None in it means the length of `inputs`.
        seed: as for `normal`.
    """
    inputs = convert_to_tensor(inputs)
    if rate == 0.0:
        return inputs
    if rate == 1.0:
        return jnp.zeros_like(inputs)
    wanted = inputs.shape if noise_shape is None else noise_shape
    sizes = [given if size is None else size for size, given in zip(wanted, inputs.shape)]
    kept = jax.random.bernoulli(_key(seed), 1.0 - rate, sizes)
    return jnp.where(kept, inputs / (1.0 - rate), 0.0).astype(inputs.dtype)


def shuffle(x: ArrayLike, axis: int = 0, seed: Seed = None) -> jax.Array:
    """The elements in a random order along an axis, an order of its own for each line.

    Args:
        x: the array.
        axis: the axis.
        seed: as for `normal`.
    """
    return jax.random.permutation(_key(seed), convert_to_tensor(x), axis, independent=True)
