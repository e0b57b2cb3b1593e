"""Bidirectional and TimeDistributed: how outputs merge, which steps are one batch."""

import json

import numpy as np
import pytest

from gyeol import layers
from gyeol.masking import get_mask
from gyeol.serialization import serialize

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4)).astype("float32")


def test_bidirectional_is_its_two_layers():
    layer = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=None)
    forward, backward = layer(X)
    np.testing.assert_allclose(forward, layer.forward_layer(X), rtol=1e-6)
    np.testing.assert_allclose(backward, layer.backward_layer(X)[:, ::-1], rtol=1e-6)
    assert layer.forward_layer.name.startswith("forward_gru")
    assert layer.backward_layer.go_backwards and not layer.forward_layer.go_backwards


def test_the_two_layers_begin_with_weights_of_their_own():
    layer = layers.Bidirectional(layers.SimpleRNN(2))
    layer.build(X.shape)
    assert (layer.forward_layer.get_weights()[0] != layer.backward_layer.get_weights()[0]).any()
    values = [np.full_like(w, i) for i, w in enumerate(layer.get_weights())]
    given = layers.Bidirectional(layers.SimpleRNN(2), weights=values)
    given.build(X.shape)
    for a, b in zip(given.get_weights(), values):
        np.testing.assert_array_equal(a, b)


def test_masked_outputs_are_zero_and_the_mask_passes_on():
    mask = np.array([[True, True, False]] * 2)
    output = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True))(X, mask=mask)
    np.testing.assert_array_equal(output[:, 2], np.zeros((2, 4)))
    np.testing.assert_array_equal(get_mask(output), mask)


def test_a_cell_that_is_not_registered_may_be_wrapped():
    class Mine(layers.SimpleRNNCell):
        pass

    layer = layers.Bidirectional(layers.RNN(Mine(2)))
    assert layer(X).shape == (2, 4)
    assert type(layer.backward_layer.cell) is Mine


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: layers.Bidirectional("lstm"), "takes a layer; got 'lstm'"),
        (lambda: layers.Bidirectional(layers.LSTM(2), merge_mode="max"), "got 'max'"),
        (
            lambda: layers.Bidirectional(layers.LSTM(2), backward_layer=layers.LSTM(2)),
            "go_backwards=True",
        ),
        (
            lambda: layers.Bidirectional(
                layers.LSTM(2),
                backward_layer=layers.LSTM(2, go_backwards=True, return_sequences=True),
            ),
            "same return_sequences",
        ),
        (lambda: layers.TimeDistributed(3), "takes a layer; got 3"),
        (lambda: layers.TimeDistributed(layers.Dense(2))(X[:, 0]), "three axes"),
        (
            lambda: layers.TimeDistributed(layers.Dense(2))(X, mask=np.ones((2, 2), bool)),
            r"\(2, 3\); got \(2, 2\)",
        ),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


class Counted(layers.Layer):
    shapes = ()

    def call(self, inputs):
        Counted.shapes += (inputs.shape,)
        return inputs - inputs.mean(0)


def test_steps_are_one_batch_unless_rows_may_mix():
    layer = layers.TimeDistributed(layers.Dense(2))
    expected = np.stack([layer.layer(X[:, i]) for i in range(3)], 1)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5)
    output = layers.TimeDistributed(Counted())(X)
    assert Counted.shapes == ((2, 4),) * 3
    np.testing.assert_allclose(output, X - X.mean(0), rtol=1e-5, atol=1e-6)


def test_time_distributed_passes_the_mask_on():
    mask = np.array([[True, True, False]] * 2)
    np.testing.assert_array_equal(
        get_mask(layers.TimeDistributed(layers.Dense(2))(X, mask=mask)), mask
    )


def test_a_wrapper_of_ones_own():
    class Twice(layers.Wrapper):
        def call(self, inputs):
            return 2 * self.layer(inputs)

    layer = Twice(layers.Dense(2))
    np.testing.assert_allclose(layer(X), 2 * np.asarray(layer.layer(X)), rtol=1e-6)
    again = Twice.from_config(json.loads(json.dumps(serialize(layer)["config"])))
    assert again.layer.units == 2
