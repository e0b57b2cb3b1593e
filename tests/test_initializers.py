"""Initializers: seeds, dtypes, names, errors."""

import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import initializers
from gyeol.random import SeedGenerator, set_seed

RANDOM = [
    initializers.RandomNormal,
    initializers.RandomUniform,
    initializers.TruncatedNormal,
    initializers.GlorotUniform,
    initializers.HeNormal,
    initializers.Orthogonal,
]


@pytest.mark.parametrize("cls", RANDOM)
def test_a_seed_gives_the_same_values_at_each_call(cls):
    first = cls(seed=5)
    np.testing.assert_array_equal(first((4, 6)), first((4, 6)))
    np.testing.assert_array_equal(first((4, 6)), cls(seed=5)((4, 6)))
    assert not np.array_equal(first((4, 6)), cls(seed=6)((4, 6)))


@pytest.mark.parametrize("cls", RANDOM)
def test_without_a_seed_the_global_seed_decides(cls):
    set_seed(1)
    a, b = cls(), cls()
    set_seed(1)
    c = cls()
    assert not np.array_equal(a((4, 6)), b((4, 6)))
    np.testing.assert_array_equal(a((4, 6)), c((4, 6)))
    np.testing.assert_array_equal(a((4, 6)), a((4, 6)))
    assert a.get_config()["seed"] is None


def test_a_seed_generator_gives_other_values_each_time():
    initializer = initializers.RandomNormal(seed=SeedGenerator(3))
    first, second = initializer((5,)), initializer((5,))
    assert not np.array_equal(first, second)
    again = initializers.RandomNormal(seed=SeedGenerator(3))
    np.testing.assert_array_equal(again((5,)), first)


@pytest.mark.parametrize("cls", [*RANDOM, initializers.Zeros, initializers.Ones])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", None])
def test_dtype_and_shape(cls, dtype):
    value = cls()((3, 4), dtype)
    assert isinstance(value, np.ndarray)
    assert value.shape == (3, 4) and value.dtype == jnp.dtype(dtype or "float32")


def test_integers():
    assert initializers.Zeros()((2,), "int32").dtype == "int32"
    drawn = initializers.RandomUniform(0, 10, seed=0)((1000,), "int32")
    assert drawn.dtype == "int32" and set(drawn.tolist()) == set(range(10))


def test_uniform_stays_in_its_bounds():
    drawn = initializers.RandomUniform(-0.3, 0.7, seed=1)((10000,))
    assert drawn.min() >= -0.3 and drawn.max() < 0.7
    assert drawn.min() < -0.29 and drawn.max() > 0.69


def test_truncated_normal_stays_within_two_deviations():
    drawn = initializers.TruncatedNormal(1.0, 0.5, seed=1)((10000,))
    assert abs(drawn - 1).max() <= 1.0
    assert abs(drawn - 1).max() > 0.98


@pytest.mark.parametrize("shape", [(6, 6), (8, 3), (3, 8), (3, 3, 2, 5)])
def test_orthogonal(shape):
    matrix = initializers.Orthogonal(gain=2.0, seed=0)(shape).reshape(-1, shape[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_names_classes_arrays_and_functions():
    assert isinstance(initializers.get("glorot_uniform"), initializers.GlorotUniform)
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    assert initializers.get(None) is None
    config = {"class_name": "he_normal", "config": {"seed": 3}}
    assert initializers.get(config).get_config()["seed"] == 3
    function = initializers.get(lambda shape, dtype=None: np.ones(shape))
    assert function((2,)).tolist() == [1, 1]
    array = initializers.get(np.arange(3))
    assert array((3,), "float32").tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"shape \(3,\); the weight has shape \(4,\)"):
        array((4,))


def test_clone():
    first = initializers.HeNormal(seed=4)
    np.testing.assert_array_equal(first.clone()((3, 3)), first((3, 3)))


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: initializers.get("glorot_unifrm"), "glorot_uniform"),
        (lambda: initializers.VarianceScaling(scale=0), "scale must be above 0; got 0"),
        (lambda: initializers.VarianceScaling(mode="fan"), "'fan_in', 'fan_out' or 'fan_avg'"),
        (lambda: initializers.VarianceScaling(distribution="x"), "'untruncated_normal'"),
        (lambda: initializers.RandomNormal(seed="1"), "seed must be an int"),
        (lambda: initializers.Identity()((2, 2, 2)), r"got shape \(2, 2, 2\)"),
        (lambda: initializers.Orthogonal()((2,)), "at least two axes"),
    ],
)
def test_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
