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


# Each distribution: how it is drawn, its mean, its standard deviation, and its bounds.
DISTRIBUTIONS = {
    "normal": (lambda **kw: random.normal((4000,), 3.0, 2.0, **kw), 3.0, 2.0, (-np.inf, np.inf)),
    "truncated_normal": (
        lambda **kw: random.truncated_normal((4000,), 1.0, 0.5, **kw),
        *(1.0, 0.5 * 0.8796, (0.0, 2.0)),
    ),
    "uniform": (lambda **kw: random.uniform((4000,), -1.0, 5.0, **kw), 2.0, 3**0.5, (-1.0, 5.0)),
    "randint": (lambda **kw: random.randint((4000,), 2, 6, **kw), 3.5, 1.25**0.5, (2, 5)),
    "gamma": (lambda **kw: random.gamma((4000,), 4.0, **kw), 4.0, 2.0, (0.0, np.inf)),
    "beta": (lambda **kw: random.beta((4000,), 2.0, 2.0, **kw), 0.5, 0.05**0.5, (0.0, 1.0)),
    "binomial": (
        lambda **kw: random.binomial((4000,), 10.0, 0.3, **kw),
        *(3.0, 2.1**0.5, (0.0, 10.0)),
    ),
    "categorical": (
        lambda **kw: random.categorical(np.log([[0.5, 0.25, 0.25]]), 4000, **kw),
        *(0.75, 0.6875**0.5, (0, 2)),
    ),
    "dropout": (lambda **kw: random.dropout(np.ones(4000), 0.2, **kw), 1.0, 0.5, (0.0, 1.25)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_distribution_and_its_seeds(name):
    draw, mean, deviation, (low, high) = DISTRIBUTIONS[name]
    numbers_ = np.asarray(draw(seed=1), "float64")
    # The mean of 4,000 strays by more than five standard errors in one of two million draws.
    assert abs(numbers_.mean() - mean) < 5 * deviation / 4000**0.5
    assert abs(numbers_.std() - deviation) < 0.1 * deviation
    assert low <= numbers_.min() and numbers_.max() <= high

    again, other = np.asarray(draw(seed=1)), np.asarray(draw(seed=2))
    np.testing.assert_array_equal(again, numbers_)
    assert (other != numbers_).any()
    generator = SeedGenerator(3)
    first, second = (np.asarray(draw(seed=generator)) for _ in range(2))
    assert (first != second).any()
    np.testing.assert_array_equal(draw(seed=SeedGenerator(3)), first)
    random.set_seed(0)
    unseeded = np.asarray(draw()), np.asarray(draw())
    assert (unseeded[0] != unseeded[1]).any()
    random.set_seed(0)
    np.testing.assert_array_equal(draw(), unseeded[0])


def test_in_a_program_the_stream_decides_and_a_number_stays_what_it_is():
    @jax.jit
    def drawn(key):
        with stream(key):
            generator = SeedGenerator(7)
            return (
                random.normal((3,)),
                random.normal((3,), seed=generator),
                random.normal((3,), seed=7),
            )

    one, other = drawn(jax.random.key(0)), drawn(jax.random.key(1))
    assert (one[0] != other[0]).all() and (one[1] != other[1]).all() and (one[0] != one[1]).all()
    np.testing.assert_array_equal(one[2], other[2])
    np.testing.assert_array_equal(one[2], random.normal((3,), seed=7))


def test_the_dtypes_of_draws(monkeypatch):
    assert random.normal((2,)).dtype == "float32"
    assert random.uniform((2,), dtype="float16").dtype == "float16"
    assert random.randint((2,), 0, 9, dtype="uint8").dtype == "uint8"
    assert random.categorical([[0.0, 1.0]], 2, dtype="int16").dtype == "int16"
    monkeypatch.setattr("gyeol.config._floatx", "bfloat16")
    assert random.normal((2,)).dtype == random.uniform((2,)).dtype == "bfloat16"


def test_draws_that_cannot_be():
    with pytest.raises(ValueError, match="dtype='int32'"):
        random.normal((2,), dtype="int32")
    with pytest.raises(ValueError, match="whole numbers"):
        random.randint((2,), 0, 5, dtype="float32")
    with pytest.raises(ValueError, match=r"\(batch, classes\)"):
        random.categorical([0.0, 1.0], 3)


def test_shuffle_keeps_what_it_shuffles():
    x = np.arange(24).reshape(2, 3, 4)
    shuffled = np.asarray(random.shuffle(x, axis=2, seed=1))
    np.testing.assert_array_equal(np.sort(shuffled, axis=2), x)
    assert len({tuple(row - row.min()) for row in shuffled.reshape(6, 4)}) > 1


def test_dropout_of_all_and_of_none_and_along_an_axis():
    x = np.ones((50, 4), "float16")
    np.testing.assert_array_equal(random.dropout(x, 0.0), x)
    assert not np.asarray(random.dropout(x, 1.0)).any()
    rows = np.asarray(random.dropout(x, 0.5, noise_shape=(None, 1), seed=0))
    assert rows.dtype == "float16" and set(rows[:, 0]) == {0.0, 2.0}
    np.testing.assert_array_equal(rows, rows[:, :1] * x)


SEEDS = (0, 5, 2**31 - 2)
DRAWS = {
    "uniform": lambda key: jax.random.uniform(key, (3, 5)),
    "one": lambda key: jax.random.normal(key),
    "none": lambda key: jax.random.uniform(key, (0, 3)),
    "half": lambda key: jax.random.normal(key, (7,), "bfloat16"),
    "bytes": lambda key: jax.random.bits(key, (3,), "uint8"),
    "kept": lambda key: jax.random.bernoulli(key, 0.8, (4, 3)),
    "order": lambda key: jax.random.permutation(key, 10),
    "keys": lambda key: jax.random.key_data(jax.random.split(key, (2, 3))),
    "key": lambda key: jax.random.key_data(jax.random.fold_in(key, 2**31)),
}


@pytest.mark.parametrize("draw", DRAWS)
def test_quick_keys_give_the_numbers_of_jax(draw):
    for seed in SEEDS:
        key = jax.random.key(seed)
        assert random.quick(key).dtype != key.dtype
        mine, expected = DRAWS[draw](random.quick(key)), DRAWS[draw](key)
        assert mine.dtype == expected.dtype
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(expected))


def test_keys_of_another_kind_stay_as_they_are():
    key = jax.random.key(0, impl="rbg")
    assert random.quick(key) is key
    quick = random.quick(jax.random.key(0))
    assert random.quick(quick) is quick


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_from_numbers_are_those_of_jax(seed):
    expected = jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), 7), 2**32 - 1)
    found = random.key_from(seed, 7, 2**32 - 1)
    assert found.dtype == expected.dtype
    assert numbers(found) == numbers(expected)


def test_another_kind_of_keys_by_default():
    with jax.default_prng_impl("rbg"):
        assert numbers(random.key_from(3, 4)) == numbers(jax.random.fold_in(jax.random.key(3), 4))


def test_a_stream_of_any_key_gives_keys():
    with stream(None):
        first, second = drawn(2)
    assert first != second
