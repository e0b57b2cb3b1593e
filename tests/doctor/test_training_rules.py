"""The rules for what a training shows: each speaks in a `fit` with its mistake, and only there."""

import numpy as np
import pytest

import gyeol as keras
from gyeol.initializers import Constant, RandomNormal
from gyeol.layers import Dense, Input
from gyeol.optimizers import SGD, Adam

RNG = np.random.default_rng(0)
X = RNG.normal(size=(240, 6)).astype("float32")
REAL = (X[:, 0] - X[:, 1]) * X[:, 2]
REAL /= REAL.std()
NOISE = RNG.normal(size=240).astype("float32")


def trained(hidden, optimizer, epochs=12, y=REAL, batch_size=20, held=None):
    """What is found in a training of a network with these hidden layers."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([Input((6,)), *hidden, Dense(1)])
    model.compile(optimizer, "mse")
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


def wide(**options):
    return [Dense(32, "relu", **options)]


# A rule -> the arguments of `trained` with its mistake, and without it.
TRAININGS = {
    "exploding_gradient": ((wide(), SGD(50.0)), (wide(), SGD(0.05))),
    "dying_relu": ((wide(bias_initializer=Constant(-50.0)), Adam(1e-3)), (wide(), Adam(1e-3))),
    "saturated_activation": (
        ([Dense(16, "tanh", kernel_initializer=RandomNormal(stddev=30.0))], Adam(1e-3)),
        ([Dense(16, "tanh")], Adam(0.01)),
    ),
    "vanishing_gradient": (
        ([Dense(8, "sigmoid") for _ in range(8)], SGD(0.01)),
        ([Dense(8, "relu") for _ in range(3)], SGD(0.1)),
    ),
    "capacity_too_small": (([Dense(1, "relu")], Adam(0.02), 25), (wide(), Adam(0.02), 25)),
    "lr_too_high": (
        ([Dense(16, "tanh") for _ in range(3)], Adam(1.0)),
        ([Dense(16, "tanh") for _ in range(3)], Adam(1e-3)),
    ),
    "lr_too_low": ((wide(), Adam(1e-5)), (wide(), Adam(1e-3))),
    "too_few_updates": ((wide(), Adam(1e-3), 3, REAL, 120), (wide(), Adam(1e-3))),
    "overfitting": (
        ([Dense(128, "relu"), Dense(128, "relu")], Adam(0.003), 40, NOISE, 20, 120),
        (wide(), Adam(1e-3), 20, REAL, 20, 60),
    ),
}


@pytest.mark.parametrize("name", TRAININGS)
def test_it_speaks_in_a_training_with_its_mistake(name):
    findings = {finding.rule: finding for finding in trained(*TRAININGS[name][0])}
    assert name in findings, findings
    assert all(findings[name].as_dict().values())


@pytest.mark.parametrize("name", TRAININGS)
def test_nothing_is_said_of_a_sound_training(name):
    assert trained(*TRAININGS[name][1]) == []
