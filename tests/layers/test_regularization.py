"""Noise is drawn in training only, with the moments that it promises."""

import jax
import numpy as np
import pytest

from gyeol import layers, random
from gyeol.layers import AlphaDropout, Dropout, GaussianDropout, GaussianNoise

LARGE = np.random.default_rng(0).normal(size=(100, 200)).astype("float32")
NOISY = [Dropout(0.3), GaussianNoise(0.3), GaussianDropout(0.3), AlphaDropout(0.3)]


@pytest.mark.parametrize("layer", NOISY, ids=lambda layer: type(layer).__name__)
def test_noise_leaves_the_mean_and_comes_in_training_only(layer):
    ones = np.ones_like(LARGE)
    x = LARGE if isinstance(layer, AlphaDropout) else ones
    y = np.asarray(layer(x, training=True))
    # The standard error of the mean of 20,000 values of variance near 1 is 0.007.
    assert abs(y.mean() - x.mean()) < 0.03
    expected = {
        "Dropout": 0.3 / 0.7,
        "GaussianNoise": 0.09,
        "GaussianDropout": 0.3 / 0.7,
        "AlphaDropout": 1.0,
    }
    assert y.var() == pytest.approx(expected[type(layer).__name__], rel=0.05)
    assert (np.asarray(layer(x, training=True)) != y).any()
    np.testing.assert_array_equal(layer(x), x)
    assert layer.supports_masking


def test_a_key_of_a_program_decides_the_noise():
    @jax.jit
    def draw(key):
        with random.stream(key):
            return [layer(LARGE[:2], training=True) for layer in NOISY]

    for first, same, other in zip(*(draw(jax.random.key(key)) for key in (1, 1, 2))):
        np.testing.assert_array_equal(first, same)
        assert (first != other).any()


def test_a_seed_of_its_own_begins_the_same_sequence():
    first, second = (GaussianNoise(0.5, seed=3) for _ in range(2))
    for _ in range(2):
        np.testing.assert_array_equal(first(LARGE, training=True), second(LARGE, training=True))


@pytest.mark.parametrize(
    "name, shape, axes",
    [
        ("SpatialDropout1D", (8, 5, 16), (1,)),
        ("SpatialDropout2D", (8, 3, 2, 16), (1, 2)),
        ("SpatialDropout3D", (8, 2, 2, 2, 16), (1, 2, 3)),
    ],
)
def test_whole_channels_are_dropped(name, shape, axes):
    y = np.asarray(getattr(layers, name)(0.5)(np.ones(shape, "float32"), training=True))
    kept = y.mean(axes)
    assert set(np.unique(kept)) == {0.0, 2.0}
    assert 0.25 < (kept > 0).mean() < 0.75
    with pytest.raises(ValueError, match=f"expects {len(shape)} axes"):
        getattr(layers, name)(0.5)(np.ones((2, 3)))


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: GaussianNoise(1.5), ["GaussianNoise(stddev=...)", "0 to 1", "1.5"]),
        (lambda: AlphaDropout(-0.1), ["AlphaDropout(rate=...)", "-0.1"]),
        (lambda: layers.SpatialDropout1D(2), ["SpatialDropout1D(rate=...)", "2"]),
        (lambda: GaussianDropout(1.0), ["GaussianDropout(rate=...)", "less than 1"]),
        (lambda: layers.SpatialDropout2D(0.5, "channels"), ["data_format", "'channels'"]),
    ],
)
def test_messages(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert all(word in str(error.value) for word in words)
