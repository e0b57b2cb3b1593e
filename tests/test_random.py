"""Keys follow from one seed, and in programs from (seed, epoch, step) alone."""

import jax
import numpy as np
import pytest

from gyeol import random, utils
from gyeol.random import SeedGenerator, next_key, stream


def numbers(key):
    return jax.random.key_data(key).tolist()


def drawn(count, seed=None):
    return [numbers(next_key(seed)) for _ in range(count)]


def test_one_seed_one_sequence():
    utils.set_random_seed(3)
    first = drawn(3)
    utils.set_random_seed(3)
    again = drawn(3)
    utils.set_random_seed(4)
    other = drawn(3)
    assert first == again
    assert len({str(key) for key in first + other}) == 6


def test_default_seeds_are_small_whole_numbers():
    random.set_seed(0)
    seeds = [random.make_default_seed() for _ in range(100)]
    assert len(set(seeds)) == 100 and all(0 <= seed < 2**31 for seed in seeds)


def test_an_int_always_gives_one_key_and_a_generator_its_next():
    assert drawn(2, seed=5)[0] == drawn(2, seed=5)[1]
    generator = SeedGenerator(5)
    keys = drawn(3, seed=generator)
    assert len({str(key) for key in keys}) == 3
    assert keys == drawn(3, seed=SeedGenerator(5))
    assert keys != drawn(3, seed=SeedGenerator(6))


def test_a_stream_depends_on_its_key_alone():
    def uses(key):
        with stream(key):
            return [numbers(next_key()), numbers(next_key(7)), numbers(next_key(SeedGenerator(7)))]

    utils.set_random_seed(0)
    first = uses(jax.random.key(1))
    drawn(5)
    assert first == uses(jax.random.key(1)) != uses(jax.random.key(2))
    assert len({str(key) for key in first}) == 3


def test_a_stream_draws_no_seed_of_the_sequence():
    utils.set_random_seed(0)
    expected = drawn(2)
    utils.set_random_seed(0)
    with stream(jax.random.key(0)):
        drawn(4)
    assert drawn(2) == expected


def test_streams_nest_and_end_with_an_error():
    with stream(jax.random.key(0)):
        outer = numbers(next_key())
        with pytest.raises(RuntimeError), stream(jax.random.key(0)):
            assert numbers(next_key()) == outer
            raise RuntimeError
        assert numbers(next_key()) != outer
    utils.set_random_seed(0)
    first = drawn(1)
    utils.set_random_seed(0)
    assert drawn(1) == first


def test_a_stream_works_under_a_trace():
    @jax.jit
    def mask(key):
        with stream(key):
            return jax.random.bernoulli(next_key(), 0.5, (100,))

    one, other = np.asarray(mask(jax.random.key(0))), np.asarray(mask(jax.random.key(1)))
    assert (one != other).any() and 20 < one.sum() < 80


def test_seed_generator_config():
    generator = SeedGenerator(9)
    again = SeedGenerator.from_config(generator.get_config())
    assert drawn(2, seed=generator) == drawn(2, seed=again)
