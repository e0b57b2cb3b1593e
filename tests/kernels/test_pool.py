"""The pooling kernels against the pooling in JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import kernels
from gyeol.ops import average_pool, max_pool
from gyeol.ops.conv import padding_and_places

pytestmark = pytest.mark.skipif(kernels.library() is None, reason="built without a compiler")


def pooled(kind, inputs, gradient, window, strides, padding):
    """What the kernels give: the result, and the gradient of the inputs."""
    pads, places = padding_and_places(inputs.shape[1:3], window, strides, padding, (1, 1))
    numbers = [*window, *strides, pads[0][0], pads[1][0]]
    shape = (inputs.shape[0], *places, inputs.shape[3])
    results = [(shape, np.float32), (shape, np.uint8)][: 2 if kind == "max" else 1]
    result, *known = kernels.call(f"{kind}_pool_forward", results, [inputs], numbers)
    back = [(inputs.shape, np.float32)]
    return result, kernels.call(f"{kind}_pool_backward", back, [*known, gradient], numbers)[0]


@st.composite
def cases(draw):
    window = draw(st.sampled_from([(2, 2), (1, 3), (3, 2), (3, 3)]))
    strides = draw(st.sampled_from([window, (2, 2), (1, 2), (3, 1)]))
    shape = (draw(st.integers(1, 3)), draw(st.integers(3, 8)), draw(st.integers(3, 8)))
    channels = draw(st.sampled_from([1, 5, 16, 23]))
    # Few different numbers, so that there are equals; some windows hold nothing but -inf.
    values = draw(st.sampled_from([[-1.0, 0.0, 1.0], [0.5, -np.inf], [-np.inf], [1.0, np.nan]]))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    inputs = generator.choice(np.float32(values), (*shape, channels))
    return jnp.asarray(inputs), window, strides, draw(st.sampled_from(["valid", "same"]))


@settings(max_examples=8, deadline=None)
@given(cases())
def test_the_largest_and_its_gradient_are_those_of_jax(case):
    inputs, *windows = case
    expected, back = jax.vjp(lambda x: max_pool(x, *windows, "channels_last"), inputs)
    gradient = jnp.asarray(np.random.default_rng(0).normal(size=expected.shape), jnp.float32)
    result, of_inputs = pooled("max", inputs, gradient, *windows)
    np.testing.assert_array_equal(result, expected)
    np.testing.assert_allclose(of_inputs, back(gradient)[0], rtol=1e-6, atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(cases())
def test_the_mean_and_its_gradient_are_those_of_jax(case):
    inputs, *windows = case
    inputs = jnp.asarray(np.random.default_rng(1).normal(size=inputs.shape), jnp.float32)
    expected, back = jax.vjp(lambda x: average_pool(x, *windows, "channels_last"), inputs)
    gradient = jnp.asarray(np.random.default_rng(0).normal(size=expected.shape), jnp.float32)
    result, of_inputs = pooled("average", inputs, gradient, *windows)
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(of_inputs, back(gradient)[0], rtol=1e-6, atol=1e-6)


def test_each_instruction_set_gives_the_same(instruction_set):
    inputs = np.random.default_rng(2).integers(-2, 3, (5, 29, 31, 37)).astype(np.float32)
    gradient = jnp.ones((5, 14, 15, 37), jnp.float32)
    result, of_inputs = pooled("max", jnp.asarray(inputs), gradient, (2, 2), (2, 2), "valid")
    blocks = inputs[:, :28, :30].reshape(5, 14, 2, 15, 2, 37).transpose(0, 1, 3, 5, 2, 4)
    blocks = blocks.reshape(5, 14, 15, 37, 4)
    np.testing.assert_array_equal(result, blocks.max(-1))
    first = np.eye(4, dtype=np.float32)[blocks.argmax(-1)].reshape(5, 14, 15, 37, 2, 2)
    expected = np.zeros_like(inputs)
    expected[:, :28, :30] = first.transpose(0, 1, 4, 2, 5, 3).reshape(5, 28, 30, 37)
    np.testing.assert_array_equal(of_inputs, expected)
