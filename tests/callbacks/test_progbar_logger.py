"""The progress of a run on the screen, against real Keras's."""

import io
import time
from contextlib import redirect_stdout

import keras
import pytest

from gyeol import callbacks


def printed(module, verbose, drive, **params):
    """What is printed for a run."""
    with redirect_stdout(io.StringIO()) as output:
        every = module.CallbackList(add_progbar=True, verbose=verbose, **params)
        drive(every)
    return output.getvalue()


def fit(every):
    every.on_train_begin()
    for epoch in range(2):
        every.on_epoch_begin(epoch)
        for batch in range(3):
            every.on_train_batch_begin(batch)
            every.on_train_batch_end(batch, {"loss": 0.5})
        every.on_test_begin()
        every.on_test_batch_end(0, {"loss": 0.75})
        every.on_test_end({"loss": 0.75})
        every.on_epoch_end(epoch, {"val_loss": 0.75, "loss": 0.25, "accuracy": 1e-4})
    every.on_train_end()


def evaluate(every):
    every.on_test_begin()
    every.on_test_batch_end(2, {"loss": 0.75})
    every.on_test_end({"loss": 0.75, "accuracy": 0.5})


def predict(every):
    every.on_predict_begin()
    every.on_predict_batch_end(2, {"outputs": [1.0]})
    every.on_predict_end()


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.0)


@pytest.mark.parametrize("verbose", [0, 2])
@pytest.mark.parametrize("drive", [fit, evaluate, predict])
@pytest.mark.parametrize("epochs", [1, 2])
def test_the_lines_are_those_of_keras(verbose, drive, epochs):
    params = {"epochs": epochs, "steps": 3}
    ours = printed(callbacks, verbose, drive, **params)
    assert ours == printed(keras.callbacks, verbose, drive, **params)
    assert bool(ours) == bool(verbose)


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_a_log_gets_a_heading_and_one_line_an_epoch(verbose):
    line = "3/3 ━━━━━━━━━━━━━━━━━━━━ 0s 0s/step - "
    values = "accuracy: 1.0000e-04 - loss: 0.2500 - val_loss: 0.7500"
    expected = ["Epoch 1/2", line + values, "Epoch 2/2", line + values]
    with redirect_stdout(io.StringIO()) as output:
        every = callbacks.CallbackList(add_progbar=True, verbose=verbose, epochs=2, steps=3)
        every.on_train_begin()
        for epoch in range(2):
            every.on_epoch_begin(epoch)
            every.on_chunk_end(2, {"loss": 0.5, "accuracy": 0.5})
            every.on_chunk_end(3, {"loss": 0.5, "accuracy": 0.5})
            every.on_test_begin()
            every.on_test_chunk_end(1, {"loss": 0.75})
            every.on_test_end({"loss": 0.75})
            every.on_epoch_end(epoch, {"val_loss": 0.75, "loss": 0.25, "accuracy": 1e-4})
    assert output.getvalue().splitlines() == expected


def test_evaluate_and_predict_show_runs_of_steps():
    with redirect_stdout(io.StringIO()) as output:
        every = callbacks.CallbackList(add_progbar=True, verbose=1, epochs=1, steps=None)
        every.on_test_begin()
        every.on_test_chunk_end(7, {"loss": 0.5})
        every.on_test_end({"loss": 0.5})
        every = callbacks.CallbackList(add_progbar=True, verbose=1, epochs=1, steps=None)
        every.on_predict_begin()
        every.on_predict_chunk_end(9)
        every.on_predict_end()
    assert output.getvalue().splitlines() == [
        "7/7 ━━━━━━━━━━━━━━━━━━━━ 0s 0s/step - loss: 0.5000",
        "9/9 ━━━━━━━━━━━━━━━━━━━━ 0s 0s/step",
    ]


def test_the_heading_is_in_the_users_language(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "ko")
    monkeypatch.setattr(
        "gyeol.text.ko.KOREAN", {"Epoch {epoch}/{epochs}": "에포크 {epoch}/{epochs}"}
    )
    with redirect_stdout(io.StringIO()) as output:
        callbacks.CallbackList(add_progbar=True, verbose=1, epochs=2, steps=3).on_epoch_begin(0)
    assert output.getvalue() == "에포크 1/2\n"
