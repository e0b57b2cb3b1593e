"""Masks go from layer to layer, into the loss and into the metrics."""

import keras
import numpy as np
import pytest

import gyeol
from gyeol import layers, ops
from gyeol.masking import get_mask, set_mask
from gyeol.serialization import exported_objects

X = np.random.default_rng(0).normal(size=(6, 4, 3)).astype("float32")
X[:, 2:] = 0
Y = np.random.default_rng(1).normal(size=(6, 4, 1)).astype("float32")


class HideZeros(layers.Layer):
    def compute_mask(self, inputs, mask=None):
        return ops.any(inputs != 0, axis=-1)

    def call(self, inputs):
        return inputs + 1


class Seen(layers.Layer):
    """Notes the shape of the mask that it was given."""

    supports_masking = True

    def call(self, inputs, mask=None):
        self.seen = None if mask is None else mask.shape
        return inputs


def model():
    return gyeol.Sequential([gyeol.Input((4, 3)), HideZeros(), Seen(), layers.Dense(1)])


def test_mask_goes_on_with_the_output():
    masked = HideZeros()(X)
    assert np.array_equal(get_mask(masked), np.any(X != 0, axis=-1))
    assert np.array_equal(get_mask(layers.Dense(2)(masked)), np.any(X != 0, axis=-1))
    assert get_mask(X) is None


def test_mask_reaches_call_in_the_compiled_program():
    m = model()
    m.compile("sgd", "mse")
    m.fit(X, Y, batch_size=3, verbose=0)
    assert m.layers[1].seen == (3, 4)


def test_masked_steps_have_no_part_in_loss_and_metrics():
    m = model()
    m.compile("sgd", "mse", metrics=["mae"])
    difference = np.asarray(m(X)) - Y
    for batch_size in (6, 4):  # 4 leaves a smaller last batch, which is filled up
        loss, mae = m.evaluate(X, Y, batch_size=batch_size, verbose=0)
        np.testing.assert_allclose(loss, np.mean(difference[:, :2] ** 2), rtol=1e-5)
        np.testing.assert_allclose(mae, np.mean(np.abs(difference[:, :2])), rtol=1e-5)


def test_loss_of_masked_outputs_is_keras_s():
    y_pred, weight = ops.convert_to_tensor(Y * 2), np.arange(6, dtype="float32")[:, None]
    set_mask(y_pred, np.arange(24).reshape(6, 4) % 3 > 0)
    theirs_pred = keras.ops.convert_to_tensor(Y * 2)
    theirs_pred._keras_mask = keras.ops.convert_to_tensor(get_mask(y_pred))
    for extra in ((), (weight,)):
        ours = gyeol.losses.MeanSquaredError()(Y, y_pred, *extra)
        theirs = keras.losses.MeanSquaredError()(Y, theirs_pred, *extra)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
        ours, theirs = gyeol.metrics.MeanAbsoluteError(), keras.metrics.MeanAbsoluteError()
        ours.update_state(Y, y_pred, *extra)
        theirs.update_state(Y, theirs_pred, *extra)
        np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-6)


def test_a_mask_that_ends_is_named():
    class Plain(layers.Layer):
        def call(self, inputs):
            return inputs * 2

    with pytest.warns(UserWarning, match="'plain' .* does not know masks"):
        result = Plain(name="plain")(HideZeros()(X))
    assert get_mask(result) is None


def test_mask_argument_of_a_model():
    seen = Seen()
    inner = gyeol.Sequential([gyeol.Input((4, 3)), seen])
    inner(X, mask=np.ones((6, 4), bool))
    assert seen.seen == (6, 4)


ARGUMENTS = [{}, {"units": 2}, {"filters": 2, "kernel_size": 2}, {"rate": 0.5}, {"scale": 2.0}]


def test_same_layers_pass_masks_on_as_in_keras():
    compared, differ = 0, []
    for name, ours in exported_objects("keras.layers").items():
        theirs = getattr(keras.layers, name, None)
        if not isinstance(theirs, type) or name == "InputSpec":
            continue
        for arguments in ARGUMENTS:
            try:
                pair = ours(**arguments), theirs(**arguments)
            except (TypeError, ValueError, ImportError):
                continue  # other arguments
            compared += 1
            if bool(pair[0].supports_masking) != bool(pair[1].supports_masking):
                differ.append(name)
            break
    assert compared > 80 and not differ
