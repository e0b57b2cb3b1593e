"""What is seen in the values of the epochs: the best one, and where over-fitting began."""

import math

import numpy as np
import pytest

from gyeol.report.epochs import best_epoch, start_of_overfitting

EPOCHS = np.arange(40)
FALLING = np.exp(-EPOCHS / 6)


def history(validation, training=FALLING):
    return {"loss": list(training[: len(validation)]), "val_loss": list(validation)}


RISING = 0.3 + np.exp(-EPOCHS / 3) + np.maximum(0, EPOCHS - 9) * 0.02


def test_best_epoch():
    assert best_epoch({"loss": [1.0, 0.6, 0.4], "val_loss": [1.1, 0.6, 0.7]}) == 2
    assert best_epoch({"loss": [3, 1, 2]}) == 2
    assert best_epoch({"loss": [3, 2, 1, 1], "val_loss": [2, 1]}) == 4
    assert best_epoch({"loss": [math.nan, 5, 6]}) == 2
    assert best_epoch({"loss": [math.nan]}) is None
    assert best_epoch({"accuracy": [1]}) is None


def test_over_fitting_begins_where_the_validation_loss_turns():
    assert start_of_overfitting(history(RISING)) in range(9, 14)
    noisy = RISING + np.random.default_rng(0).normal(size=40) * 0.01
    assert start_of_overfitting(history(noisy)) in range(9, 15)


def test_a_plateau_before_the_rise_is_no_over_fitting_yet():
    validation = np.concatenate(
        [np.linspace(1, 0.5, 8), np.full(12, 0.5), 0.5 + 0.03 * EPOCHS[:15]]
    )
    assert start_of_overfitting(history(validation)) in range(20, 23)


@pytest.mark.parametrize("spike", [4, 20, 30])
def test_one_epoch_that_stands_out_does_not_count(spike):
    validation = 0.3 + np.exp(-EPOCHS / 3)
    validation[spike] += 2
    assert start_of_overfitting(history(validation)) is None
    validation = RISING.copy()
    validation[spike] += 2
    assert start_of_overfitting(history(validation)) in range(9, 15)


def test_it_is_the_same_on_any_scale():
    for scale in (1e-6, 1e6):
        scaled = history(RISING * scale, FALLING * scale)
        assert start_of_overfitting(scaled) == start_of_overfitting(history(RISING))


def test_noise_is_no_over_fitting():
    random = np.random.default_rng(0)
    for epochs in (6, 12, 40):
        for _ in range(60):
            validation = 0.4 + FALLING[:epochs] + random.normal(size=epochs) * 0.02
            assert start_of_overfitting(history(validation)) is None


def test_with_validation_every_other_epoch():
    found = start_of_overfitting({"loss": FALLING, "val_loss": RISING[1::2]})
    assert found in range(9, 16) and found % 2 == 0


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"loss": [1.0, 0.5, 0.4, 0.3, 0.2]},
        history(RISING[:12]),  # too early to say
        history(RISING[:2]),
        history(0.3 + np.exp(-EPOCHS / 3)),
        history(RISING, np.full(40, 0.5)),  # the training loss does not fall
        history(RISING, FALLING[::-1]),  # it diverges
        history(np.append(RISING[:-1], np.nan)),
        {"loss": [math.nan] * 6, "val_loss": [math.nan] * 6},
        {"val_loss": list(RISING)},
    ],
)
def test_where_nothing_is_plain(given_):
    assert start_of_overfitting(given_) is None
