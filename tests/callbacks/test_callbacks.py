"""What gyeol's callbacks do beyond Keras's (`test_against_keras.py` has the rest)."""

import json
import math
import os
from types import SimpleNamespace

import numpy as np
import pytest
from fake_training import FakeModel, run

from gyeol.callbacks import (
    CallbackList,
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)


class TestMonitor:
    @pytest.mark.parametrize("monitor, key", [("val_acc", "val_accuracy"), ("accuracy", "acc")])
    def test_acc_and_accuracy_are_one(self, monitor, key):
        callback = EarlyStopping(monitor=monitor, patience=1)
        run(callback, [{key: 0.5}, {key: 0.6}, {key: 0.1}, {key: 0.1}])
        assert callback.stopped_epoch == 2
        assert callback.best == 0.6

    def test_the_metric_says_which_way_is_better(self):
        model = FakeModel()
        model.metrics = [SimpleNamespace(name="regret", _direction="up")]
        callback = EarlyStopping(monitor="val_regret")
        run(callback, [{"val_regret": 0.1}, {"val_regret": 0.2}, {"val_regret": 0.3}], model)
        assert callback.best == 0.3

    def test_a_metric_that_does_not_say_is_judged_by_its_name(self):
        model = FakeModel()
        model.metrics = [SimpleNamespace(name="my_accuracy", _direction=None)]
        callback = EarlyStopping(monitor="my_accuracy")
        run(callback, [{"my_accuracy": 0.1}, {"my_accuracy": 0.2}], model)
        assert callback.best == 0.2

    @pytest.mark.parametrize("name", ["out_loss", "my_error", "mae"])
    def test_names_that_tell_that_lower_is_better(self, name):
        callback = EarlyStopping(monitor=name)
        run(callback, [{name: 0.2}, {name: 0.1}])
        assert callback.best == 0.1

    def test_a_number_is_better_than_none_at_all(self):
        nan = math.nan
        callback = EarlyStopping(patience=2)
        model, _ = run(callback, [{"val_loss": v} for v in (nan, 0.5, 0.4)])
        assert (callback.best, model.stop_training) == (0.4, False)
        callback = EarlyStopping(patience=2)
        run(callback, [{"val_loss": nan}] * 5)
        assert callback.stopped_epoch == 2

    def test_an_unknown_mode_is_auto_with_a_warning(self):
        with pytest.warns(UserWarning, match="mode 'least' is unknown"):
            assert EarlyStopping(mode="least").mode == "auto"

    @pytest.mark.parametrize("make", [EarlyStopping, ReduceLROnPlateau])
    def test_a_value_that_is_missing_is_a_warning(self, make):
        with pytest.warns(UserWarning, match="`val_loss` which is not available"):
            run(make(), [{"loss": 1.0}])


def test_early_stopping_gives_back_a_copy_of_the_best_weights(capsys):
    callback = EarlyStopping(patience=1, restore_best_weights=True, verbose=1)
    model, _ = run(callback, [{"val_loss": v} for v in (0.5, 0.1, 0.2, 0.3)])
    assert model.weights[0][0] == 1
    said = capsys.readouterr().out
    assert said == (
        "Epoch 3: early stopping\nRestoring model weights from the end of the best epoch: 2.\n"
    )


def test_callbacks_begin_anew_with_each_fit():
    callback = EarlyStopping(patience=1)
    run(callback, [{"val_loss": v} for v in (0.1, 0.2)])
    model, _ = run(callback, [{"val_loss": v} for v in (0.5, 0.4, 0.3)])
    assert (callback.best, model.stop_training) == (0.3, False)


class TestModelCheckpoint:
    def test_fields_may_be_named_by_the_other_name_of_accuracy(self):
        model, _ = run(ModelCheckpoint("{epoch}-{val_acc:.1f}.keras"), [{"val_accuracy": 0.25}])
        assert model.saved == ["1-0.2.keras"]

    def test_folders_are_made(self, tmp_path):
        run(ModelCheckpoint(tmp_path / "a" / "b" / "m.keras"), [{"loss": 1.0}])
        assert (tmp_path / "a" / "b").is_dir()

    def test_a_folder_is_not_overwritten(self, tmp_path):
        (tmp_path / "m.keras").mkdir()
        with pytest.raises(IsADirectoryError, match="that is a folder"):
            run(ModelCheckpoint(tmp_path / "m.keras"), [{"loss": 1.0}])

    def test_a_save_that_failed_is_not_the_best(self, tmp_path):
        model, callback = FakeModel(), ModelCheckpoint("m.keras", save_best_only=True)

        def save(path, overwrite):
            raise OSError(28, "no room")

        run(callback, [{"val_loss": 0.5}], model)
        model.save = save
        with pytest.raises(OSError, match="no room"):
            run(callback, [{"val_loss": 0.25}], model)
        assert callback.best == 0.5

    def test_weights_alone(self):
        calls = []
        model = FakeModel()
        model.save_weights = lambda path, overwrite: calls.append((path, overwrite))
        run(ModelCheckpoint("m.weights.h5", save_weights_only=True), [{"loss": 1.0}], model)
        assert calls == [("m.weights.h5", True)]
        assert model.saved == []

    @pytest.mark.parametrize(
        "arguments, words",
        [
            ({"filepath": "m.txt"}, "must end in .keras; got 'm.txt'"),
            ({"filepath": "{epoch}.pb"}, "must end in .keras; got '{epoch}.pb'"),
            ({"filepath": "m.keras", "save_weights_only": True}, "must end in .weights.h5"),
            ({"filepath": "m.keras", "save_freq": "batch"}, "save_freq must be 'epoch'"),
        ],
    )
    def test_wrong_arguments_are_named(self, arguments, words):
        with pytest.raises(ValueError, match=words):
            ModelCheckpoint(**arguments)

    def test_a_field_that_is_not_in_the_logs(self):
        with pytest.raises(KeyError, match="val_f1"):
            run(ModelCheckpoint("{val_f1}.keras"), [{"loss": 1.0}])

    def test_the_best_cannot_be_told_without_the_metric(self):
        with pytest.warns(UserWarning, match="Can save best model only with val_loss available"):
            model, _ = run(ModelCheckpoint("m.keras", save_best_only=True), [{"loss": 1.0}])
        assert model.saved == ["m.keras"]


class TestTerminateOnNaN:
    def test_it_looks_when_a_run_of_steps_ends(self, capsys):
        model = FakeModel()
        every = CallbackList(TerminateOnNaN(), model=model)
        every.on_chunk_end(100, {"loss": 1.0})
        assert not model.stop_training
        every.on_chunk_end(200, {"loss": math.nan})
        every.on_chunk_end(300, {"loss": math.nan})
        assert model.stop_training
        assert capsys.readouterr().out == "Batch 199: Invalid loss, terminating training\n"

    def test_it_may_raise(self):
        every = CallbackList(TerminateOnNaN(raise_error=True), model=FakeModel())
        with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 9"):
            every.on_chunk_end(10, {"loss": math.inf})


class TestCSVLogger:
    def test_a_line_that_was_cut_off_does_not_swallow_the_next(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_bytes(b"epoch,loss\r\n0,0.5\r\n1,0.2")
        run(CSVLogger(path, append=True), [{"loss": 0.125}])
        assert path.read_bytes() == b"epoch,loss\r\n0,0.5\r\n1,0.2\r\n0,0.125\r\n"

    def test_what_is_in_the_file_stays_whatever_it_is(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_bytes(b"\r\nmine\r\n")
        run(CSVLogger(path, append=True), [{"loss": 0.125}])
        assert path.read_bytes() == b"\r\nmine\r\nepoch,loss,val_loss\r\n0,0.125,NA\r\n"

    def test_appended_values_go_to_the_columns_of_the_file(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_bytes(b"epoch,loss,accuracy\r\n")
        with pytest.warns(UserWarning, match="no column for f1; it is left out"):
            run(CSVLogger(path, append=True), [{"accuracy": 0.5, "f1": 1.0, "loss": 0.25}])
        assert path.read_bytes() == b"epoch,loss,accuracy\r\n0,0.25,0.5\r\n"

    def test_each_epoch_is_on_the_disk_at_once(self, tmp_path):
        path = tmp_path / "log.csv"
        every = CallbackList(CSVLogger(path))
        every.on_train_begin()
        every.on_epoch_end(0, {"loss": 0.5})
        assert path.read_bytes() == b"epoch,loss,val_loss\r\n0,0.5,NA\r\n"

    def test_short_epochs_do_not_wait_for_the_disk(self, tmp_path):
        path, times = tmp_path / "log.csv", []
        logger = CSVLogger(path)
        logger.on_train_begin()
        for epoch in range(1000):
            logger.on_epoch_end(epoch, {"loss": 0.5})
            times.append(os.stat(path).st_ino)
        assert 1 <= len(set(times)) < 100
        logger.on_train_end()
        assert len(path.read_text().splitlines()) == 1001

    def test_the_old_table_is_there_until_the_first_row(self, tmp_path):
        path = tmp_path / "log.csv"
        path.write_bytes(b"old")
        logger = CSVLogger(path)
        logger.on_train_begin()
        assert path.read_bytes() == b"old"
        logger.on_train_end()
        assert path.read_bytes() == b"old"
        logger.on_epoch_end(0, {"loss": 0.5})
        assert path.read_bytes() == b"epoch,loss,val_loss\r\n0,0.5,NA\r\n"

    def test_a_file_that_cannot_be_written_is_told_before_training(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"nowhere'\. Make it first"):
            CSVLogger(tmp_path / "nowhere" / "log.csv").on_train_begin()

    @pytest.mark.parametrize("append", [False, True])
    @pytest.mark.parametrize("before", ["", "epoch,loss,val_loss\r\n7,0.5,NA\r\n"])
    @pytest.mark.parametrize("beyond", range(3))
    def test_a_resumed_run_has_every_row_once(self, tmp_path, append, before, beyond):
        path = tmp_path / "log.csv"
        path.write_bytes(before.encode())
        logger = CSVLogger(path, append=append)
        logger.on_train_begin()
        state = logger.state_dict()
        for epoch in range(3 + beyond):
            logger._next = 0.0  # it is on the disk
            logger.on_epoch_end(epoch, {"loss": epoch / 4})
            state = logger.state_dict() if epoch < 3 else state
        # The run was killed, and goes on from a checkpoint of the third epoch.
        logger = CSVLogger(path, append=append)
        logger.on_train_begin()
        logger.load_state_dict(json.loads(json.dumps(state)))
        rows = [f"{epoch},{epoch / 4},NA\r\n" for epoch in range(5)]
        start = before if append and before else "epoch,loss,val_loss\r\n"
        assert path.read_bytes().decode() == start + "".join(rows[:3])
        for epoch in (3, 4):
            logger.on_epoch_end(epoch, {"loss": epoch / 4})
        logger.on_train_end()
        assert path.read_bytes().decode() == start + "".join(rows)


class TestLearningRates:
    def test_a_schedule_with_a_default_gets_the_rate(self):
        model, _ = run(LearningRateScheduler(lambda epoch, rate=9.0: rate / 2), [{}, {}])
        assert float(model.optimizer.learning_rate) == 0.125

    def test_an_error_within_the_schedule_is_not_hidden(self):
        def schedule(epoch, rate):
            return rate + "0.1"

        with pytest.raises(TypeError, match="unsupported operand"):
            run(LearningRateScheduler(schedule), [{}])

    @pytest.mark.parametrize("wrong", [None, "0.1", [0.1], True])
    def test_a_schedule_must_return_a_number(self, wrong):
        with pytest.raises(ValueError, match="must return a number; it returned"):
            run(LearningRateScheduler(lambda epoch: wrong), [{}])

    def test_numpy_numbers_and_whole_numbers_are_numbers(self):
        for rate in (np.float32(0.25), 1, np.array(0.125)):
            model, _ = run(LearningRateScheduler({0: rate}.get), [{}])
            assert float(model.optimizer.learning_rate) == rate

    def test_reduce_lr_checks_its_arguments(self):
        with pytest.raises(ValueError, match=r"below 1; got 1\.5"):
            ReduceLROnPlateau(factor=1.5)
        with pytest.raises(TypeError, match="no argument 'patienc'"):
            ReduceLROnPlateau(patienc=5)
        assert ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5
