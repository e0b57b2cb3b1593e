"""Pooling of ops: values, gradients at ties, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import ops
from gyeol.variable import Variable

NUMBERS = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)


def test_the_stride_is_the_window_by_default():
    assert ops.max_pool(NUMBERS, 2).ravel().tolist() == [5, 7, 13, 15]
    assert ops.average_pool(NUMBERS, (2, 4)).ravel().tolist() == [3.5, 11.5]


def test_padding_counts_neither_as_largest_nor_in_the_mean():
    negative = -1 - NUMBERS[:, :3, :3]
    assert ops.max_pool(negative, 2, padding="same").ravel().tolist() == [-1, -3, -9, -11]
    assert ops.average_pool(negative, 2, padding="same").ravel().tolist() == [-3.5, -5, -9.5, -11]


def test_whole_numbers_pool_to_whole_numbers_and_average_to_floats():
    pixels = np.full((1, 3, 3, 1), 255, "uint8")
    assert ops.max_pool(pixels, 2, padding="same").dtype == "uint8"
    assert ops.max_pool(-pixels.astype("int32"), 2, padding="same").max() == -255
    assert ops.average_pool(pixels.astype("int32"), 2).dtype == "float32"


@pytest.mark.parametrize("size", [2, 3])
def test_truths_and_small_whole_numbers(size):
    seen = NUMBERS > 12
    assert ops.max_pool(seen, size, 1).dtype == bool
    assert ops.max_pool(seen, size, 1).sum() == {2: 3, 3: 2}[size]
    np.testing.assert_allclose(ops.average_pool(seen, 4), 3 / 16)
    # The sum of 9 such pixels does not fit in their dtype; their mean does.
    pixels = np.full((1, 4, 4, 1), 250, "uint8")
    assert np.unique(ops.average_pool(pixels, size, padding="same")).tolist() == [250]


@pytest.mark.parametrize("length, number", [(7, 3), (7, 7), (5, 2), (2, 5), (6, 1)])
def test_adaptive_windows_cover_the_axis_evenly(length, number):
    inputs = np.random.default_rng(0).normal(size=(2, length, 3)).astype("float32")
    windows = [
        inputs[:, int(np.floor(i * length / number)) : int(np.ceil((i + 1) * length / number))]
        for i in range(number)
    ]
    largest = np.stack([window.max(1) for window in windows], 1)
    means = np.stack([window.mean(1) for window in windows], 1)
    np.testing.assert_array_equal(ops.adaptive_max_pool(inputs, number), largest)
    np.testing.assert_allclose(ops.adaptive_average_pool(inputs, number), means, rtol=1e-5)
    moved = ops.adaptive_max_pool(inputs.swapaxes(1, 2), number, "channels_first")
    np.testing.assert_array_equal(moved, largest.swapaxes(1, 2))


@pytest.mark.parametrize("size", [3, 9])
def test_the_first_of_equals_gets_the_whole_gradient(size):
    gradient = jax.grad(lambda x: ops.max_pool(x, size).sum())(jnp.zeros((1, 9, 9, 1)))
    expected = np.zeros((9, 9))
    expected[::size, ::size] = 1
    assert np.array_equal(gradient[0, :, :, 0], expected)


@pytest.mark.parametrize("pool", [ops.max_pool, ops.average_pool])
@pytest.mark.parametrize("size", [2, 9])
def test_nan_is_not_hidden(pool, size):
    inputs = np.zeros((1, 18, 1), "float32")
    inputs[0, 5] = np.nan
    pooled = np.asarray(pool(inputs, size)).ravel()
    assert np.flatnonzero(np.isnan(pooled)).tolist() == [5 // size]


def test_channels_first_is_channels_last_with_the_axes_moved():
    inputs = np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype("float32")
    for pool in (ops.max_pool, ops.average_pool):
        moved = pool(np.moveaxis(inputs, -1, 1), (3, 2), 2, "same", "channels_first")
        assert np.array_equal(np.moveaxis(moved, 1, -1), pool(inputs, (3, 2), 2, "same"))


def test_take_variables_also_inside_a_program():
    variable = Variable(NUMBERS)
    for pool in (ops.max_pool, ops.average_pool):
        assert np.array_equal(jax.jit(lambda pool=pool: pool(variable, 2))(), pool(NUMBERS, 2))


@pytest.mark.parametrize(
    "shape, arguments, words",
    [
        ((4, 4), {"pool_size": 2}, ["rank 3, 4 or 5", "(4, 4)"]),
        ((1, 4, 4, 1), {"pool_size": 5}, ["(5, 5)", "(1, 4, 4, 1)", "padding='same'"]),
        ((1, 4, 4, 1), {"pool_size": 0}, ["pool_size", "positive", "0"]),
        ((1, 4, 4, 1), {"pool_size": (2, 2, 2)}, ["pool_size", "2 of them"]),
        ((1, 4, 4, 1), {"pool_size": 2, "strides": 0}, ["strides", "positive"]),
        ((1, 4, 4, 1), {"pool_size": 2, "padding": "both"}, ["'valid' or 'same'", "'both'"]),
    ],
)
@pytest.mark.parametrize("pool", [ops.max_pool, ops.average_pool])
def test_mistakes_are_named(pool, shape, arguments, words):
    with pytest.raises(ValueError) as error:
        pool(np.ones(shape), **arguments)
    assert all(word in str(error.value) for word in words), str(error.value)
