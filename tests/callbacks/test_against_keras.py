"""Decisions of callbacks, on drawn logs, against those of real Keras's callbacks."""

import inspect
import io
from contextlib import redirect_stdout

import keras
import numpy as np
import pytest
from fake_training import FakeModel, run
from hypothesis import given
from hypothesis import strategies as st

from gyeol import callbacks
from gyeol.optimizers import SGD

values = st.sampled_from([0.0, 0.1, 0.5, 0.5004, 0.9, 1.0, 1.5])
sequences = st.lists(values, min_size=1, max_size=25)
modes = st.sampled_from(["auto", "min", "max"])


def run_both(name, arguments, epochs_logs):
    """From gyeol and from Keras: the callback, its model, the history and what was printed."""
    ends = []
    for module, optimizer, callback_list in (
        (callbacks, SGD(0.5), callbacks.CallbackList),
        (keras.callbacks, keras.optimizers.SGD(0.5), keras.callbacks.CallbackList),
    ):
        callback = getattr(module, name)(**arguments)
        history = module.History()
        with redirect_stdout(io.StringIO()) as printed:
            model, _ = run([callback, history], epochs_logs, FakeModel(optimizer), callback_list)
        ends.append((callback, model, history, printed.getvalue()))
    return ends


@given(
    losses=sequences,
    arguments=st.fixed_dictionaries(
        {
            "min_delta": st.sampled_from([0, 0.1, -0.1]),
            "patience": st.integers(0, 4),
            "mode": modes,
            "baseline": st.sampled_from([None, 0.5]),
            "restore_best_weights": st.booleans(),
            "start_from_epoch": st.integers(0, 3),
        }
    ),
)
def test_early_stopping(losses, arguments):
    (ours, model, _, said), (theirs, other, _, expected) = run_both(
        "EarlyStopping", {"verbose": 1, **arguments}, [{"val_loss": loss} for loss in losses]
    )
    assert ours.stopped_epoch == theirs.stopped_epoch
    assert ours.best_epoch == theirs.best_epoch
    assert model.stop_training == other.stop_training
    # The fake model hands out the array that it goes on writing to: only a copy tells the epoch.
    if arguments["restore_best_weights"] and len(losses) > arguments["start_from_epoch"]:
        assert model.weights[0][0] == ours.best_epoch
    assert said == expected


@given(
    losses=sequences,
    arguments=st.fixed_dictionaries(
        {
            "factor": st.sampled_from([0.1, 0.5]),
            "patience": st.integers(1, 4),
            "mode": modes,
            "min_delta": st.sampled_from([1e-4, 0.1]),
            "cooldown": st.integers(0, 2),
            "min_lr": st.sampled_from([0.0, 0.01, 0.1]),
        }
    ),
)
def test_reduce_lr_on_plateau(losses, arguments):
    (_, model, history, said), (_, other, expected, expected_said) = run_both(
        "ReduceLROnPlateau", {"verbose": 1, **arguments}, [{"val_loss": loss} for loss in losses]
    )
    assert history.history == expected.history
    assert float(model.optimizer.learning_rate) == float(other.optimizer.learning_rate)
    assert said == expected_said


@given(
    losses=sequences,
    arguments=st.fixed_dictionaries(
        {
            "save_best_only": st.booleans(),
            "mode": modes,
            "initial_value_threshold": st.sampled_from([None, 0.5]),
            "filepath": st.sampled_from(["m.keras", "{epoch:02d}-{val_loss:.2f}.keras"]),
        }
    ),
)
def test_model_checkpoint(losses, arguments):
    (_, model, _, said), (_, other, _, expected) = run_both(
        "ModelCheckpoint", {"verbose": 1, **arguments}, [{"val_loss": loss} for loss in losses]
    )
    assert model.saved == other.saved
    assert said == expected


@given(batches=st.lists(st.integers(1, 7), min_size=1, max_size=4), frequency=st.integers(1, 5))
def test_model_checkpoint_by_batches(batches, frequency):
    saved = []
    for module in (callbacks, keras.callbacks):
        model = FakeModel()
        every = module.CallbackList(
            module.ModelCheckpoint("{epoch}-{batch}.keras", save_freq=frequency), model=model
        )
        every.on_train_begin()
        for epoch, count in enumerate(batches):
            every.on_epoch_begin(epoch)
            for batch in range(count):
                every.on_train_batch_end(batch, {"loss": 1.0})
            every.on_epoch_end(epoch, {"loss": 1.0})
        every.on_train_end()
        saved.append(model.saved)
    assert saved[0] == saved[1]


def test_learning_rate_scheduler():
    for schedule in (lambda epoch, rate: rate * 0.5, lambda epoch: 0.1 * epoch):
        (_, _, history, said), (_, _, expected, expected_said) = run_both(
            "LearningRateScheduler",
            {"schedule": schedule, "verbose": 1},
            [{"loss": 1.0}] * 3,
        )
        assert history.history == expected.history
        assert said == expected_said != ""


@pytest.mark.parametrize("arguments", [{}, {"separator": ";"}, {"append": True}])
@pytest.mark.parametrize(
    "logs",
    [
        [{"loss": 0.5, "accuracy": 1 / 3}, {"loss": 0.25, "accuracy": 0.5}],
        [{"loss": 0.5}, {"loss": 0.25, "val_loss": 1e-9}],
        [{"loss": 0.5, "val_loss": 0.75}, {"loss": np.float32(0.1)}],
        [{"name": "a,b", "loss": float("nan"), "list": [1.5, 2.5]}],
        [{}],
    ],
)
def test_csv_logger_writes_the_same_bytes(tmp_path, arguments, logs):
    files = []
    for module in (callbacks, keras.callbacks):
        path = tmp_path / f"{len(files)}.csv"
        for _ in range(2):
            run(module.CSVLogger(str(path), **arguments), logs, callback_list=module.CallbackList)
        files.append(path.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_terminate_on_nan(capsys, bad):
    texts = []
    for module in (callbacks, keras.callbacks):
        callback, model = module.TerminateOnNaN(), FakeModel()
        callback.set_model(model)
        callback.on_train_batch_end(3, {"loss": 1.0})
        assert not model.stop_training
        callback.on_train_batch_end(4, {"loss": bad})
        assert model.stop_training
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != ""


names = [name for name in callbacks.__all__ if name != "Callback"]


@pytest.mark.parametrize("name", names)
def test_signatures(name):
    ours = inspect.signature(getattr(callbacks, name)).parameters.values()
    theirs = inspect.signature(getattr(keras.callbacks, name)).parameters.values()
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


def test_callback_has_every_hook_of_keras():
    assert {n for n in dir(keras.callbacks.Callback) if n[0] != "_"} <= set(dir(callbacks.Callback))
