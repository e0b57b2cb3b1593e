"""The rules for what a training shows: each speaks in a `fit` with its mistake, and only there."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import gyeol as keras
from gyeol.doctor import attendance
from gyeol.initializers import Constant, RandomNormal
from gyeol.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D, SimpleRNN
from gyeol.optimizers import SGD, Adam
from gyeol.regularizers import L2

RNG = np.random.default_rng(0)
X = RNG.normal(size=(240, 6)).astype("float32")
REAL = (X[:, 0] - X[:, 1]) * X[:, 2]
REAL /= REAL.std()
NOISE = RNG.normal(size=240).astype("float32")


def trained(hidden, optimizer, epochs=12, y=REAL, batch_size=20, held=None):
    """What is found in a training with the hidden layers and the optimizer that these make."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([Input((6,)), *hidden(), Dense(1)])
    model.compile(optimizer(), "mse")
    kept = 240 - (held or 0)
    validation = (X[kept:], y[kept:]) if held else None
    return model.fit(
        X[:kept],
        y[:kept],
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation,
        verbose=0,
    ).findings


def wide():
    return [Dense(32, "relu")]


def dense(units, activation="relu", layers=1, **options):
    return lambda: [Dense(units, activation, **options) for _ in range(layers)]


def sgd(rate):
    return lambda: SGD(rate)


def adam(rate=1e-3):
    return lambda: Adam(rate)


# A rule -> the arguments of `trained` with its mistake, and without it.
TRAININGS = {
    "exploding_gradient": ((wide, sgd(50.0)), (wide, sgd(0.05))),
    "dying_relu": ((dense(32, bias_initializer=Constant(-50.0)), adam()), (wide, adam())),
    "saturated_activation": (
        (dense(16, "tanh", kernel_initializer=RandomNormal(stddev=30.0)), adam()),
        (dense(16, "tanh"), adam(0.01)),
    ),
    "vanishing_gradient": ((dense(8, "sigmoid", 8), sgd(0.01)), (dense(8, layers=3), sgd(0.1))),
    "excess_regularization": (
        (dense(32, kernel_regularizer=L2(30.0)), adam(0.02), 25),
        (dense(32, kernel_regularizer=L2(1e-3)), adam(0.02), 25),
    ),
    "capacity_too_small": ((dense(1), adam(0.02), 25), (wide, adam(0.02), 25)),
    "lr_too_high": ((dense(16, "tanh", 3), adam(1.0)), (dense(16, "tanh", 3), adam())),
    "lr_too_low": ((wide, adam(1e-5)), (wide, adam())),
    "too_few_updates": ((wide, adam(), 3, REAL, 120), (wide, adam())),
    "overfitting": (
        (dense(128, layers=2), adam(0.003), 40, NOISE, 20, 120),
        (wide, adam(), 20, REAL, 20, 60),
    ),
}


def test_steps_in_time_that_nothing_is_learned_from(monkeypatch):
    monkeypatch.setattr(attendance, "watcher", lambda one: None)
    series = RNG.normal(size=(240, 40, 1)).astype("float32")
    y = (series[:, 0, 0] > 0).astype("float32")
    for activation, speaks in (("sigmoid", True), ("tanh", False)):
        keras.utils.set_random_seed(1)
        rnn = [SimpleRNN(8, activation, return_sequences=True), SimpleRNN(8, activation)]
        model = keras.Sequential([Input((40, 1)), *rnn, Dense(1, "sigmoid")])
        model.compile(Adam(1e-3), "binary_crossentropy")
        findings = model.fit(series, y, epochs=8, batch_size=24, verbose=0).findings
        assert ("vanishing_gradient" in [f.rule for f in findings]) == speaks, findings


def test_a_schedule_that_is_through_long_before_the_training():
    for steps, speaks in ((2, True), (40, False)):
        decay = keras.optimizers.schedules.ExponentialDecay(0.01, steps, 0.5)
        findings = trained(wide, lambda decay=decay: Adam(decay), 25)
        assert ("lr_too_low" in [f.rule for f in findings]) == speaks, findings


def test_dropout_that_keeps_the_training_loss_far_above_the_validations():
    for rate, speaks in ((0.6, True), (0.1, False)):
        findings = trained(
            lambda rate=rate: [Dense(64, "relu"), Dropout(rate), Dense(64, "relu"), Dropout(rate)],
            adam(0.005),
            40,
            X[:, 0] - X[:, 1],
            20,
            80,
        )
        assert ("excess_dropout" in [f.rule for f in findings]) == speaks, findings


def test_a_callback_that_leaves_nothing_of_the_rate():
    for factor, speaks in ((0.1, True), (0.9, False)):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([Input((6,)), *wide(), Dense(1)])
        model.compile(Adam(0.01), "mse")
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor, patience=0, min_delta=1.0)
        findings = model.fit(X, REAL, epochs=20, callbacks=[slower], verbose=0).findings
        assert ("lr_too_low" in [f.rule for f in findings]) == speaks, findings


@pytest.mark.parametrize("name", TRAININGS)
def test_it_speaks_in_a_training_with_its_mistake(name):
    findings = {finding.rule: finding for finding in trained(*TRAININGS[name][0])}
    assert name in findings, findings
    assert all(findings[name].as_dict().values())


@pytest.mark.parametrize("name", TRAININGS)
def test_nothing_is_said_of_a_sound_training(name):
    assert trained(*TRAININGS[name][1]) == []


def test_filters_that_are_too_few_beside_a_linear_model(monkeypatch):
    monkeypatch.setattr(attendance, "watcher", lambda one: None)
    digits = load_digits()
    x, y = digits.images[:900, :, :, None] / 16, digits.target[:900]
    for filters, speaks in ((1, True), (16, False)):
        keras.utils.set_random_seed(1)
        convolved = [Conv2D(filters, 3, activation="relu"), MaxPooling2D(3), Flatten()]
        model = keras.Sequential([Input((8, 8, 1)), *convolved, Dense(10, "softmax")])
        model.compile(Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
        findings = model.fit(x, y, epochs=15, validation_split=0.2, verbose=0).findings
        assert ("capacity_too_small" in [f.rule for f in findings]) == speaks, findings
