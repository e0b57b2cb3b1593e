"""Initializers draw from Keras's distributions and have its configs."""

import json

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import initializers

CLASSES = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "STFT",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
]
RANDOM = [n for n in CLASSES if n not in ("Constant", "Identity", "Ones", "STFT", "Zeros")]


@pytest.mark.parametrize("name", CLASSES)
def test_config(name):
    ours, theirs = getattr(initializers, name)(), getattr(keras.initializers, name)()
    written = keras.initializers.serialize(theirs)
    assert initializers.serialize(ours) == written
    read = initializers.deserialize(json.loads(json.dumps(written)))
    assert initializers.serialize(read) == written
    assert type(keras.initializers.deserialize(initializers.serialize(ours))) is type(theirs)


@pytest.mark.parametrize(
    "name",
    [n for n in dir(keras.initializers) if not n.startswith("_")],
)
def test_every_name_of_keras_exists(name):
    assert callable(getattr(initializers, name))


@pytest.mark.parametrize(
    "name", ["normal", "uniform", "one", "zero", "he_normal", "OrthogonalInitializer"]
)
def test_string_names(name):
    ours, theirs = initializers.get(name), keras.initializers.get(name)
    assert type(ours).__name__ == type(theirs).__name__
    assert ours.get_config() == theirs.get_config()


@settings(max_examples=40)
@given(
    shape=st.lists(st.integers(1, 9), min_size=0, max_size=5),
    axes=st.sampled_from([(None, None), ([0], [-1]), ([0, 1], [2]), ([0], None)]),
)
def test_fans(shape, axes):
    from keras.src.initializers.random_initializers import compute_fans

    if axes[1] is not None and len(shape) < 3:
        axes = (None, None)
    assert initializers.compute_fans(shape, *axes) == compute_fans(shape, *axes)


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 40, 60)])
@pytest.mark.parametrize("name", RANDOM)
def test_moments_and_bounds(name, shape):
    ours = np.asarray(getattr(initializers, name)(seed=3)(shape), "float64")
    theirs = np.asarray(getattr(keras.initializers, name)(seed=3)(shape), "float64")
    assert ours.shape == theirs.shape
    # Over 20,000 values: the standard error of a mean is 0.7 % of the deviation, that of a
    # deviation 0.5 %. Five of them, for two samples.
    spread = theirs.std()
    assert abs(ours.mean() - theirs.mean()) < 0.05 * spread
    assert abs(ours.std() / spread - 1) < 0.035
    if "Uniform" in name or "Truncated" in name:
        assert abs(ours).max() <= abs(theirs).max() * 1.01
        assert abs(ours).max() >= abs(theirs).max() * 0.99


@settings(max_examples=20)
@given(
    scale=st.floats(0.1, 4),
    mode=st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
    distribution=st.sampled_from(["normal", "truncated_normal", "untruncated_normal", "uniform"]),
    seed=st.integers(0, 2**31),
)
def test_variance_scaling(scale, mode, distribution, seed):
    kwargs = {"scale": scale, "mode": mode, "distribution": distribution, "seed": seed}
    ours, theirs = (m.VarianceScaling(**kwargs) for m in (initializers, keras.initializers))
    assert ours.get_config() == theirs.get_config()
    a, b = ours((200, 100)), np.asarray(theirs((200, 100)))
    assert abs(a.std() / b.std() - 1) < 0.035


def test_constants():
    for ours, theirs, shape in [
        (initializers.Zeros(), keras.initializers.Zeros(), (2, 3)),
        (initializers.Ones(), keras.initializers.Ones(), ()),
        (initializers.Constant(2.5), keras.initializers.Constant(2.5), (4,)),
        (initializers.Constant([1.0, 2.0]), keras.initializers.Constant([1.0, 2.0]), (3, 2)),
        (initializers.Identity(3.0), keras.initializers.Identity(3.0), (3, 5)),
    ]:
        np.testing.assert_array_equal(ours(shape), np.asarray(theirs(shape)))


@settings(max_examples=8)
@given(
    side=st.sampled_from(["real", "imag"]),
    window=st.sampled_from(["hann", "hamming", "boxcar", None]),
    scaling=st.sampled_from(["density", "spectrum", None]),
    periodic=st.booleans(),
    length=st.integers(3, 20),
    bands=st.integers(2, 9),
)
def test_stft(length, bands, **options):
    ours, theirs = initializers.STFT(**options), keras.initializers.STFT(**options)
    shape = (length, 1, bands)
    # Keras computes the angles, up to a few dozen, in float32.
    np.testing.assert_allclose(ours(shape), theirs(shape), rtol=1e-5, atol=1e-5)
    assert ours.get_config() == theirs.get_config()


def test_stft_refuses_in_words():
    with pytest.raises(ValueError, match="'real' or 'imag'"):
        initializers.STFT("both")
    with pytest.raises(ValueError, match="no_such_window"):
        initializers.STFT(window="no_such_window")
    with pytest.raises(ValueError, match="length is 4"):
        initializers.STFT(window=[1.0, 2.0])((4, 1, 3))
