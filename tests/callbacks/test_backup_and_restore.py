"""`BackupAndRestore`: a training that was cut off ends with the bits of one that was not."""

import numpy as np
import pytest

import gyeol
from gyeol import layers
from gyeol.callbacks import BackupAndRestore, Callback, EarlyStopping
from gyeol.utils import PyDataset, set_random_seed

rng = np.random.default_rng(0)
X, Y = rng.random((32, 4), dtype="float32"), rng.random((32, 1), dtype="float32")


class Batches(PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return X[index * 8 :][:8], Y[index * 8 :][:8]


class Cut(Callback):
    """Ends the program, as it were, when an epoch begins or ends."""

    def __init__(self, epoch, at="begin"):
        self.epoch, self.at = epoch, at

    def on_epoch_begin(self, epoch, logs=None):
        if self.at == "begin" and epoch == self.epoch:
            raise RuntimeError("cut")

    def on_epoch_end(self, epoch, logs=None):
        if self.at == "end" and epoch == self.epoch:
            raise RuntimeError("cut")


def new_model():
    set_random_seed(0)
    layers_ = [layers.Input((4,)), layers.Dense(3, "relu"), layers.Dropout(0.3), layers.Dense(1)]
    model = gyeol.Sequential([*layers_[:2], layers.BatchNormalization(), *layers_[2:]])
    model.compile("adam", "mse", metrics=["mae"])
    return model


def options(kind):
    if kind == "batches":
        return {"x": Batches()}
    steps = {"steps_per_epoch": 3} if kind == "part epochs" else {}
    return {"x": X, "y": Y, "batch_size": 8, "validation_data": (X, Y), **steps}


def assert_same(one, other):
    pairs = zip(
        one.variables + one.optimizer.variables, other.variables + other.optimizer.variables
    )
    for mine, yours in pairs:
        np.testing.assert_array_equal(mine.numpy(), yours.numpy(), err_msg=mine.path)


@pytest.mark.parametrize("kind", ["arrays", "part epochs", "batches"])
def test_a_cut_training_ends_with_the_same_bits(tmp_path, kind, capsys):
    whole = new_model()
    expected = whole.fit(**options(kind), epochs=5, verbose=0)
    for place in (Cut(1), Cut(3, "end")):
        with pytest.raises(RuntimeError, match="cut"):
            new_model().fit(
                **options(kind), epochs=5, verbose=0, callbacks=[BackupAndRestore(tmp_path), place]
            )
    # A new process: other weights, another state of the random numbers.
    resumed = new_model()
    set_random_seed(77)
    resumed.set_weights([w + 1 for w in resumed.get_weights()])
    history = resumed.fit(
        **options(kind), epochs=5, verbose=0, callbacks=[BackupAndRestore(tmp_path)]
    )
    assert "Training goes on after epoch 3" in capsys.readouterr().out
    assert_same(resumed, whole)
    assert history.history == expected.history
    assert history.epoch == expected.epoch
    assert not tmp_path.exists()


def test_ctrl_c_keeps_the_state_and_an_end_removes_it(tmp_path):
    folder = tmp_path / "backup"

    class Interrupted(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    model = new_model()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=4, verbose=0, callbacks=[BackupAndRestore(folder), Interrupted()])
    assert [path.name for path in folder.iterdir()] == ["latest.weights.h5"]
    other = new_model()
    other.load_weights(folder / "latest.weights.h5")
    for mine, yours in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(mine, yours)
    (folder / "own.txt").write_text("kept")
    model.fit(X, Y, epochs=4, verbose=0, callbacks=[BackupAndRestore(folder)])
    assert [path.name for path in folder.iterdir()] == ["own.txt"]


def test_a_stopped_training_is_done(tmp_path):
    stop = EarlyStopping("loss", baseline=-1, patience=0)
    callbacks = [BackupAndRestore(tmp_path / "a"), stop]
    new_model().fit(X, Y, epochs=9, verbose=0, callbacks=callbacks)
    assert not (tmp_path / "a").exists()
    kept = BackupAndRestore(tmp_path / "b", delete_checkpoint=False)
    first = new_model()
    history = first.fit(X, Y, epochs=2, verbose=0, callbacks=[kept])
    # What is done is not done again, and a longer training goes on from it.
    again = new_model()
    same = again.fit(X, Y, epochs=2, verbose=0, callbacks=[kept])
    assert same.history == history.history
    assert_same(first, again)
    assert again.fit(X, Y, epochs=3, verbose=0, callbacks=[kept]).epoch == [0, 1, 2]


def test_it_is_called_last(tmp_path):
    """What other callbacks do at the end of an epoch is saved with it."""

    class Slower(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.5 ** (epoch + 1)

    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(
            X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Slower(), Cut(2)]
        )
    model = new_model()
    with pytest.raises(RuntimeError, match="cut"):
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(2)])
    assert float(model.optimizer.learning_rate) == 0.25


def test_batches_count_until_the_end_of_their_epoch(tmp_path):
    saved = []

    class Watch(Callback):
        comes_last = True

        def on_epoch_end(self, epoch, logs=None):
            saved.append(
                (tmp_path / "latest.weights.h5").stat().st_mtime_ns
                if (tmp_path / "latest.weights.h5").exists()
                else 0
            )

    callbacks = [BackupAndRestore(tmp_path, save_freq=6), Watch()]
    new_model().fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=callbacks)
    assert saved[0] == 0
    assert 0 < saved[1] == saved[2] < saved[3]


def test_a_damaged_file_is_named_and_the_one_before_it_used(tmp_path):
    backup = BackupAndRestore(tmp_path, double_checkpoint=True)
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=4, verbose=0, callbacks=[backup, Cut(3)])
    latest = tmp_path / "latest.weights.h5"
    latest.write_bytes(latest.read_bytes()[:200])
    with pytest.warns(UserWarning, match="The state before it is used"):
        history = new_model().fit(X, Y, epochs=4, verbose=0, callbacks=[backup, Cut(9)])
    assert history.epoch == [0, 1, 2, 3]
    latest.parent.mkdir(exist_ok=True)
    latest.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"cannot be taken up.*Remove it to begin anew"):
        new_model().fit(X, Y, epochs=4, verbose=0, callbacks=[BackupAndRestore(tmp_path)])


def test_mistakes_are_named(tmp_path):
    with pytest.raises(ValueError, match="backup_dir"):
        BackupAndRestore("")
    with pytest.raises(ValueError, match="save_freq"):
        BackupAndRestore(tmp_path, save_freq="batch")
