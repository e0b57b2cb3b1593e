"""The order of calls, what forces a stop after each batch, and what is refused."""

import numpy as np
import pytest
from fake_training import FakeModel, run

from gyeol.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
    TerminateOnNaN,
)


class Recorder(Callback):
    """Notes every call."""

    def __init__(self):
        self.calls = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda *arguments: self.calls.append((name, *arguments))
        return super().__getattribute__(name)


HOOKS = [name for name in dir(Callback) if name.startswith("on_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_reaches_every_callback_with_one_dict(hook):
    first, second = Recorder(), Recorder()
    position = () if hook.split("_")[1] in ("train", "test", "predict") else (3,)
    if "batch" in hook or "chunk" in hook:
        position = (3,)
    getattr(CallbackList([first, second]), hook)(*position, {"b": np.float32(0.5), "a": 1})
    assert first.calls == second.calls == [(hook, *position, {"a": 1.0, "b": 0.5})]
    logs = first.calls[0][-1]
    assert logs is second.calls[0][-1]
    assert list(logs) == ["a", "b"]
    assert type(logs["b"]) is float


def test_the_old_names_of_the_batch_hooks_are_called():
    seen = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch))

    every = CallbackList(Old())
    every.on_train_batch_begin(0)
    every.on_train_batch_end(0)
    assert seen == [("begin", 0), ("end", 0)]


def test_a_callback_without_a_default_for_logs_works(capsys):
    class PrintDot(Callback):
        def on_epoch_end(self, epoch, logs):
            if epoch % 100 == 0:
                print("")
            print(".", end="")

    run([PrintDot()], [{"loss": 1.0}] * 3)
    assert capsys.readouterr().out == "\n..."


def test_a_callback_that_does_not_call_super_init_has_model_and_params():
    class Own(Callback):
        def __init__(self):
            self.mine = 1

    own = Own()
    model, _ = run(own, [], verbose=0, epochs=2, steps=5)
    assert own.model is model
    assert own.params == {"verbose": 0, "epochs": 2, "steps": 5}


def hook_of(name):
    def hook(self, batch, logs=None):
        pass

    return type("Own", (Callback,), {name: hook})()


@pytest.mark.parametrize("kind", ["train", "test", "predict"])
@pytest.mark.parametrize("end", ["begin", "end"])
def test_a_batch_hook_of_ones_own_is_noticed(kind, end):
    name = f"on_{kind}_batch_{end}"
    for callback in (hook_of(name), LambdaCallback(**{name: lambda batch, logs: None})):
        every = CallbackList([History(), callback])
        for other in ("train", "test", "predict"):
            assert getattr(every, f"overrides_{other}_batch_hooks") == (other == kind)


@pytest.mark.parametrize("name", ["on_batch_begin", "on_batch_end"])
def test_a_batch_hook_under_its_old_name_is_noticed(name):
    assert CallbackList(hook_of(name)).overrides_train_batch_hooks
    assert CallbackList(LambdaCallback(**{name: print})).overrides_train_batch_hooks


def test_no_callback_of_gyeols_stops_the_run_after_each_batch(tmp_path):
    callbacks = [
        CSVLogger(tmp_path / "log.csv"),
        EarlyStopping(),
        History(),
        LambdaCallback(on_epoch_end=print),
        LearningRateScheduler(print),
        ModelCheckpoint("model.keras"),
        ProgbarLogger(),
        ReduceLROnPlateau(),
        TerminateOnNaN(),
    ]
    every = CallbackList(callbacks)
    assert not every.overrides_train_batch_hooks
    assert not every.overrides_test_batch_hooks
    assert not every.overrides_predict_batch_hooks
    assert CallbackList(ModelCheckpoint("m.keras", save_freq=5)).overrides_train_batch_hooks


def test_a_subclass_of_gyeols_with_a_batch_hook_is_noticed():
    class Own(ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)

    assert CallbackList(Own("m.keras")).overrides_train_batch_hooks


def test_history_and_progress_are_added_once():
    every = CallbackList([], add_history=True, add_progbar=True)
    assert [type(c) for c in every.callbacks] == [History, ProgbarLogger]
    own = [ProgbarLogger(), History()]
    assert CallbackList(own, add_history=True, add_progbar=True).callbacks == own


def test_lists_of_lists_and_single_callbacks_are_taken():
    a, b = History(), EarlyStopping()
    assert CallbackList([a, [b]]).callbacks == [a, b]
    assert CallbackList(a).callbacks == [a]
    assert CallbackList(None).callbacks == []


def test_what_is_no_callback_is_refused():
    with pytest.raises(TypeError, match=r"Write EarlyStopping\(\)"):
        CallbackList([EarlyStopping])
    with pytest.raises(TypeError, match="got 'early'"):
        CallbackList(["early"])


def test_history_keeps_every_epoch():
    logs = [{"loss": 1.0, "accuracy": 0.1}, {"loss": 0.5, "accuracy": 0.2, "val_loss": 0.7}]
    model, _ = run([History()], logs)
    assert model.history.history == {"accuracy": [0.1, 0.2], "loss": [1.0, 0.5], "val_loss": [0.7]}
    assert model.history.epoch == [0, 1]


def test_what_a_callback_adds_to_the_logs_reaches_those_after_it():
    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_f1"] = 0.5

    model, _ = run([Adds(), LearningRateScheduler(lambda epoch: 0.25), History()], [{"loss": 1.0}])
    assert model.history.history == {"loss": [1.0], "val_f1": [0.5], "learning_rate": [0.25]}


class TestCheckMonitors:
    available = ["accuracy", "loss", "val_accuracy", "val_loss"]

    def check(self, *callbacks, available=None):
        CallbackList(callbacks, model=FakeModel()).check_monitors(available or self.available)

    def test_names_that_are_there_pass(self):
        self.check(
            EarlyStopping(),
            EarlyStopping(monitor="val_acc"),
            ReduceLROnPlateau(monitor="loss"),
            ModelCheckpoint("{epoch:02d}-{val_acc:.2f}.keras", save_best_only=True),
        )

    @pytest.mark.parametrize("make", [EarlyStopping, ReduceLROnPlateau])
    def test_a_wrong_name_is_an_error_that_names_what_is_there(self, make):
        with pytest.raises(ValueError) as error:
            self.check(make(monitor="val_los"))
        message = str(error.value)
        assert make.__name__ in message
        assert "Did you mean 'val_loss'?" in message
        assert "accuracy, loss, val_accuracy, val_loss" in message

    def test_validation_that_is_missing_is_named(self):
        with pytest.raises(ValueError, match="pass validation_data or validation_split to fit"):
            self.check(EarlyStopping(), available=["accuracy", "loss"])

    def test_a_checkpoint_monitors_only_to_find_the_best(self):
        self.check(ModelCheckpoint("m.keras"), available=["loss"])
        with pytest.raises(ValueError, match="ModelCheckpoint monitors 'val_loss'"):
            self.check(ModelCheckpoint("m.keras", save_best_only=True), available=["loss"])

    def test_the_fields_of_a_filepath_are_checked(self):
        with pytest.raises(ValueError, match="names 'val_f1'"):
            self.check(ModelCheckpoint("{epoch}-{val_f1:.2f}.keras"))

    def test_a_direction_that_nobody_knows_is_an_error(self):
        with pytest.raises(ValueError, match="Pass mode='max' or mode='min'"):
            self.check(EarlyStopping(monitor="score"), available=["score"])
        self.check(EarlyStopping(monitor="score", mode="max"), available=["score"])

    def test_names_that_a_users_callback_may_add_are_let_through(self):
        class Adds(Callback):
            def on_epoch_end(self, epoch, logs=None):
                logs["val_f1"] = 0.5

        for adds in (Adds(), LambdaCallback(on_epoch_end=lambda e, logs: logs.update(val_f1=1))):
            self.check(adds, EarlyStopping(monitor="val_f1"))
            with pytest.raises(ValueError, match="val_f1"):
                self.check(EarlyStopping(monitor="val_f1"), adds)


def test_a_lambda_callback_refuses_a_hook_that_there_is_not():
    with pytest.raises(TypeError, match=r"'on_epoch_ends'\. Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)
    assert LambdaCallback(tag=5).tag == 5
