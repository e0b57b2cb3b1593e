"""The kernels of dense layers against the definition in JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gyeol.ops import fused
from gyeol.ops.lowering import kernels_wanted


def arrays(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]


def assert_close(ours, theirs, terms=1):
    """Equal to float32 rounding, for sums of so many terms of about 1."""
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=1.2e-6 * terms**0.5)


@pytest.mark.usefixtures("instruction_set")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.integers(1, 70),
    inputs=st.integers(1, 300),
    outputs=st.integers(1, 150),
    relu=st.booleans(),
    seed=st.integers(0, 99),
)
def test_product_and_gradients_are_those_of_the_definition(rows, inputs, outputs, relu, seed):
    x, w, b, g = arrays(seed, (rows, inputs), (inputs, outputs), (outputs,), (rows, outputs))

    def plain(x, w, b):
        return fused.dense(x, w, b, relu)

    expected, pull = jax.vjp(plain, x, w, b)
    with kernels_wanted():
        result, its_pull = jax.vjp(plain, x, w, b)
        assert_close(result, expected, inputs)
        # Where rounding leaves one side of relu for the other, the gradient may differ.
        g = jnp.where(jnp.abs(expected) < 1e-4, 0, g)
        assert_close(its_pull(g), pull(g), max(rows, outputs))


def test_a_layer_without_bias_and_of_more_axes():
    x, w = arrays(0, (3, 4, 5), (5, 7))
    with kernels_wanted():
        result = fused.dense(x, w, None, relu=False)
    assert_close(result, x @ w, 5)


def test_nan_and_infinity_go_through():
    x = jnp.asarray([[1.0, np.nan], [np.inf, 1.0]], jnp.float32)
    with kernels_wanted():
        result = fused.dense(x, jnp.ones((2, 3), jnp.float32), None, relu=True)
    assert np.isnan(result[0]).all() and np.isposinf(result[1]).all()


def test_the_same_bits_each_time():
    x, w, b, g = arrays(1, (64, 700), (700, 130), (130,), (64, 130))
    with kernels_wanted():
        first = jax.vjp(lambda *a: fused.dense(*a, True), x, w, b)
        for _ in range(20):
            again = jax.vjp(lambda *a: fused.dense(*a, True), x, w, b)
            assert (again[0] == first[0]).all()
            for one, other in zip(again[1](g), first[1](g)):
                assert (one == other).all()


def test_a_gradient_of_a_gradient():
    x, w, b = arrays(2, (6, 5), (5, 4), (4,))

    def penalty(x, w, b):
        of_inputs = jax.grad(lambda x: jnp.square(fused.dense(x, w, b, True)).sum())(x)
        return jnp.square(of_inputs).sum()

    expected = jax.grad(penalty, (0, 1, 2))(x, w, b)
    with kernels_wanted():
        assert_close(jax.grad(penalty, (0, 1, 2))(x, w, b), expected, 300)


def test_many_samples_by_vmap():
    x, w, b = arrays(3, (4, 6, 5), (5, 4), (4,))
    with kernels_wanted():
        result = jax.vmap(lambda x: fused.dense(x, w, b, True))(x)
    assert_close(result, jax.nn.relu(x @ w + b), 5)
