"""The kernel for random bits, against JAX's own."""

import jax
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import kernels, random
from gyeol.ops.lowering import kernels_wanted


def drawn(key, count):
    data = jax.random.key_data(key)
    return kernels.call("random_bits", [((count,), "uint32")], (data,))[0]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 15, 64, 65, 1000, 40_001]))
def test_they_are_those_of_jax(seed, count):
    key = jax.random.fold_in(jax.random.key(seed), 7)
    np.testing.assert_array_equal(drawn(key, count), jax.random.bits(key, (count,), "uint32"))


def test_each_instruction_set_gives_the_same(instruction_set):
    key = jax.random.key(11)
    found = jax.jit(lambda key: drawn(key, 20_000))(key)
    np.testing.assert_array_equal(found, jax.random.bits(key, (20_000,), "uint32"))


def test_a_program_draws_by_it_what_jax_draws():
    key = jax.random.key(5)

    def draws(key):
        keys = jax.random.split(key, 3)
        several = jax.vmap(lambda key: jax.random.bits(key, (600,), "uint16"))(keys)
        return jax.random.normal(key, (40, 25)), jax.random.bernoulli(key, 0.3, (2000,)), several

    with kernels_wanted():
        lowered = jax.jit(lambda key: draws(random.quick(key))).lower(key)
    assert "gyeol_random_bits" in lowered.as_text()
    for mine, expected in zip(lowered.compile()(key), jax.jit(draws)(key)):
        np.testing.assert_array_equal(mine, expected)
