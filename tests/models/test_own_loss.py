"""Losses and metrics that a model or a layer adds by itself."""

import keras
import numpy as np
import pytest

import gyeol
from gyeol import layers, metrics, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 4)).astype("float32")
Y = RNG.normal(size=(10, 2)).astype("float32")


def test_compute_loss_of_a_subclass_is_trained_on():
    class Doubled(gyeol.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, kernel_regularizer="l2")

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.add_loss(0.5 * ops.mean(outputs**2))
            return outputs

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return 2 * super().compute_loss(x, y, y_pred, sample_weight, training)

    model = Doubled()
    model.compile(gyeol.optimizers.SGD(0.0), "mse")
    logs = model.fit(X, Y, batch_size=4, verbose=0).history
    outputs = np.asarray(model(X))
    kernel = model.dense.kernel.numpy()

    def loss(rows):
        mse = np.mean((outputs[rows] - Y[rows]) ** 2)
        return 2 * (mse + 0.5 * np.mean(outputs[rows] ** 2) + 0.01 * np.sum(kernel**2))

    evaluated = model.evaluate(X, Y, batch_size=4, verbose=0)
    parts = [loss(slice(0, 4)), loss(slice(4, 8)), loss(slice(8, 10))]
    np.testing.assert_allclose(evaluated, np.average(parts, weights=[4, 4, 2]), rtol=1e-5)
    assert len(logs["loss"]) == 1
    np.testing.assert_allclose(
        [float(part) for part in model.losses],
        [0.5 * np.mean(outputs**2), 0.01 * np.sum(kernel**2)],
        rtol=1e-5,
    )


def test_metric_of_a_model_is_in_the_logs_and_reset_each_epoch():
    class Watched(gyeol.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self.size = metrics.Mean(name="size")

        def call(self, inputs):
            outputs = self.dense(inputs)
            self.size.update_state(ops.abs(outputs))
            return outputs

    model = Watched()
    model.compile(gyeol.optimizers.SGD(0.0), "mse")
    history = model.fit(X, Y, batch_size=4, epochs=2, validation_data=(X, Y), verbose=0).history
    size = np.mean(np.abs(np.asarray(model(X))))
    for name in ("size", "val_size"):
        np.testing.assert_allclose(history[name], [size, size], rtol=1e-5)
    model.predict(X, verbose=0)
    np.testing.assert_allclose(model.get_metrics_result()["size"], size, rtol=1e-5)


def test_training_step_of_one_s_own_is_refused_in_words():
    class Own(gyeol.Model):
        def train_step(self, data):
            return {}

    with pytest.raises(NotImplementedError, match=r"train_step\(\) of its own.*compute_loss"):
        Own().compile("adam", "mse")


def test_layer_is_built_once():
    dense = layers.Dense(2)
    dense.build((None, 3))
    with pytest.raises(ValueError, match="is built already"):
        dense.build((None, 4))
    assert len(dense.weights) == 2


def paths(library):
    library.utils.clear_session()
    inputs = library.Input((4,))
    sequential = library.Sequential([inputs, library.layers.Dense(3)])

    class Outer(library.Model):
        def __init__(self):
            super().__init__()
            self.first = library.layers.Dense(2)
            self.second = library.Sequential([library.layers.Dense(2)])

        def call(self, inputs):
            return self.second(self.first(inputs))

    outer = Outer()
    outer(np.zeros((1, 3), "float32"))
    functional = library.Model(inputs, library.layers.Dense(2)(sequential(inputs)))
    models = (sequential, outer, functional)
    return [variable.path for model in models for variable in model.variables]


def test_paths_of_variables_are_keras_s():
    assert paths(gyeol) == paths(keras)
