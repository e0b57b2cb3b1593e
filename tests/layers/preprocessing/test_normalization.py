"""`Normalization`: data in any form give one mean and variance."""

import numpy as np
import pytest

from gyeol import layers

DATA = np.random.default_rng(0).normal([3.0, -1.0], [2.0, 0.1], (50, 2))


class Indexed:
    """Batches that are asked for by number."""

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return np.array_split(DATA, 3)[i], np.zeros(1)


class Frame:
    def to_numpy(self):
        return DATA


@pytest.mark.parametrize(
    "data",
    [
        DATA,
        DATA.astype("float32"),
        DATA.tolist(),
        np.array_split(DATA, 7),
        [(batch, np.ones(len(batch))) for batch in np.array_split(DATA, 3)],
        (batch for batch in np.array_split(DATA, 50)),
        Indexed(),
        Frame(),
    ],
    ids=lambda data: type(data).__name__,
)
def test_data_in_any_form(data):
    layer = layers.Normalization()
    layer.adapt(data)
    np.testing.assert_allclose(layer.adapt_mean.numpy(), DATA.mean(0), rtol=1e-6)
    np.testing.assert_allclose(layer.adapt_variance.numpy(), DATA.var(0), rtol=1e-5)
    normalized = np.asarray(layer(DATA))
    np.testing.assert_allclose(normalized.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(normalized.std(0), 1, rtol=1e-5)
    layer.invert = True
    np.testing.assert_allclose(layer(normalized), DATA, rtol=1e-4, atol=1e-5)


def test_a_column_of_numbers_has_one_mean():
    layer = layers.Normalization(axis=None, input_shape=(1,))
    layer.adapt(DATA[:, 0])
    result = np.asarray(layer(DATA[:, :1]))
    assert result.shape == (50, 1)
    np.testing.assert_allclose([result.mean(), result.std()], [0, 1], atol=1e-5)
    assert [weight.shape for weight in layer.weights] == [(), (), ()]


def test_a_place_without_variance_gives_no_infinity():
    layer = layers.Normalization()
    layer.adapt(np.full((4, 1), 7.0))
    np.testing.assert_array_equal(layer(np.full((2, 1), 7.0)), np.zeros((2, 1)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.Normalization(mean=1.0), ["mean", "variance", "None"]),
        (lambda: layers.Normalization(mean=[[1.0]], variance=[[1.0]]), ["at most 1", "(1, 1)"]),
        (lambda: layers.Normalization(axis=3)(DATA), ["axis", "(3,)"]),
        (lambda: layers.Normalization(mean=1.0, variance=2.0).adapt(DATA), ["was given its mean"]),
        (lambda: layers.Normalization().adapt(iter(())), ["no data"]),
    ],
)
def test_messages(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert not [word for word in words if word not in str(error.value)], str(error.value)


def test_data_of_another_width_are_refused():
    layer = layers.Normalization()
    layer.build((None, 3))
    with pytest.raises(ValueError, match="built for another shape"):
        layer.adapt(DATA)
