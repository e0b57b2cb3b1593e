"""`BackupAndRestore`: a training that was cut off ends with the bits of one that was not."""

import contextlib
import json
import random
import signal
import threading
from collections import deque

import h5py
import numpy as np
import pytest

import gyeol
from gyeol import layers
from gyeol.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
    SwapEMAWeights,
    backup_and_restore,
)
from gyeol.utils import PyDataset, set_random_seed
from gyeol.utils.dataset import Dataset

rng = np.random.default_rng(0)
X, Y = rng.random((32, 4), dtype="float32"), rng.random((32, 1), dtype="float32")


FILES = ["latest.weights.h5", "previous.weights.h5"]


@pytest.fixture(autouse=True)
def every_state(monkeypatch, request):
    """Write each state at once: these epochs take too little time for it to be worth its while."""
    monkeypatch.setattr(backup_and_restore, "_FIRST", 0)
    if "as_it_is" not in request.keywords:
        monkeypatch.setattr(BackupAndRestore, "_save_if_due", BackupAndRestore.save_now)
        monkeypatch.setattr(backup_and_restore, "_SHARE", 1e9)


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


def options():
    return {"x": X, "y": Y, "batch_size": 8, "validation_data": (X, Y)}


def assert_same(one, other):
    pairs = zip(
        one.variables + one.optimizer.variables, other.variables + other.optimizer.variables
    )
    for mine, yours in pairs:
        np.testing.assert_array_equal(mine.numpy(), yours.numpy(), err_msg=mine.path)


def test_a_cut_training_ends_with_the_same_bits(tmp_path, capsys):
    whole = new_model()
    expected = whole.fit(**options(), epochs=5, verbose=0)
    for place in (Cut(1), Cut(3, "end")):
        with pytest.raises(RuntimeError, match="cut"):
            new_model().fit(
                **options(), epochs=5, verbose=0, callbacks=[BackupAndRestore(tmp_path), place]
            )
    # A new process: other weights, another state of the random numbers.
    resumed = new_model()
    set_random_seed(77)
    resumed.set_weights([w + 1 for w in resumed.get_weights()])
    history = resumed.fit(**options(), epochs=5, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
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
    assert sorted(path.name for path in folder.iterdir()) == FILES
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


# Inside an epoch ---------------------------------------------------------------------------------


class Stepwise(Callback):
    """Makes every step a run of its own, and ends the program after so many of them."""

    def __init__(self, last=None):
        self.steps, self.last = 0, last
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        self.seen.append(logs["loss"])
        if self.steps == self.last:
            raise RuntimeError("cut")


class Shuffled(PyDataset):
    """Shuffles its rows after each epoch, and adds noise: as data sets in notes do."""

    def __init__(self, **options):
        super().__init__(**options)
        self.rows = np.arange(32)
        self.rng = np.random.default_rng(3)
        self.made = 0

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.made += 1
        rows = self.rows[index * 8 :][:8]
        noise = np.random.random((8, 4)) + self.rng.random((8, 4)) + random.random()
        return (X[rows] + noise / 10).astype("float32"), Y[rows]

    def on_epoch_end(self):
        np.random.shuffle(self.rows)


class Cursor:
    """An iterable of one's own that goes on where the walk before it ended."""

    def __init__(self):
        self.place = {"row": 0}

    def __iter__(self):
        for _ in range(4):
            self.place["row"] = (self.place["row"] + 5) % 24
            yield X[self.place["row"] :][:8], Y[self.place["row"] :][:8]


def data(kind):
    if kind in ("arrays", "batch shuffle", "part epochs"):
        more = {
            "arrays": {"batch_size": 7, "validation_split": 0.25},
            "batch shuffle": {"shuffle": "batch", "batch_size": 8},
            "part epochs": {"steps_per_epoch": 3, "batch_size": 8},
        }
        return {"x": X, "y": Y, **more[kind]}
    if kind == "list":
        return {"x": list(zip(np.split(X, 4), np.split(Y, 4)))}
    if kind == "generator":
        batches = ((X[i % 4 :: 4] + np.random.random(), Y[i % 4 :: 4]) for i in range(99))
        return {"x": batches, "steps_per_epoch": 3}
    if kind == "tf.data":
        chain = Dataset.from_tensor_slices((X, Y)).shuffle(32).batch(8).shuffle(2, seed=1)
        return {"x": chain, "validation_data": chain.take(2)}
    if kind == "tf.data, part epochs":
        chain = Dataset.from_tensor_slices((X, Y)).shuffle(32).batch(8)
        return {"x": chain, "steps_per_epoch": 3}
    if kind == "cursor":
        return {"x": Cursor()}
    dataset = Shuffled(workers=1)
    more = {"steps_per_epoch": 3} if "part epochs" in kind else {}
    return {"x": dataset, "validation_data": Shuffled(), **more}


KINDS = [
    "arrays",
    "batch shuffle",
    "part epochs",
    "list",
    "generator",
    "tf.data",
    "tf.data, part epochs",
    "cursor",
    "shuffled",
    "shuffled, part epochs",
]


@pytest.mark.filterwarnings("ignore:x is an? ")
@pytest.mark.parametrize("kind", KINDS)
def test_a_training_cut_anywhere_ends_with_the_same_bits(tmp_path, kind):
    def begin(seed):
        set_random_seed(seed)
        random.seed(seed)
        return {"epochs": 3, "verbose": 0, **data(kind)}

    watch = Stepwise()
    whole = new_model()
    expected = whole.fit(**begin(5), callbacks=[watch])
    total = watch.steps
    for save_freq in ("epoch", 2) if kind in ("arrays", "shuffled") else (2,):
        # Two cuts, of which the second comes in the part that was taken up.
        for cut in (3, 2, total):
            model, last = new_model(), Stepwise(None if cut == total else cut)
            backup = BackupAndRestore(tmp_path / str(save_freq), save_freq=save_freq)
            try:
                history = model.fit(**begin(5), callbacks=[last, backup])
            except RuntimeError:
                continue
        assert_same(model, whole)
        assert history.history == expected.history
        assert last.seen == watch.seen
        assert not (tmp_path / str(save_freq)).exists()


def test_batches_are_not_made_again_without_need(tmp_path):
    class Counted(Batches):
        made = 0

        def __getitem__(self, index):
            Counted.made += 1
            return super().__getitem__(index)

    for cut in (3, None):
        Counted.made = 0
        stop, backup = Stepwise(cut), BackupAndRestore(tmp_path, save_freq=1)
        with contextlib.suppress(RuntimeError):
            new_model().fit(Counted(), epochs=1, verbose=0, callbacks=[stop, backup])
    assert Counted.made <= 4  # one to know the shapes, and those that were left


def test_batches_are_counted_across_epochs_and_validations(tmp_path, monkeypatch):
    places = []
    write = BackupAndRestore._write

    def noted(self, checkpoint):
        places.append((self.model._run.epoch, self.model._run.step))
        return write(self, checkpoint)

    monkeypatch.setattr(BackupAndRestore, "_write", noted)
    callbacks = [BackupAndRestore(tmp_path, save_freq=6), Stepwise()]
    new_model().fit(**options(), epochs=5, verbose=0, callbacks=callbacks)
    assert places == [(1, 2), (2, 4), (4, 2)]


def test_a_callback_that_fails_before_it_is_heard(tmp_path):
    class Fails(Callback):
        def on_train_begin(self, logs=None):
            raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path), Fails()])


# What else there is to keep ----------------------------------------------------------------------


def callbacks(folder):
    return [
        ReduceLROnPlateau("loss", patience=1, min_delta=9, factor=0.5),
        EarlyStopping("loss", min_delta=9, patience=3, restore_best_weights=True),
        ModelCheckpoint(
            folder / "best.weights.h5", "loss", save_best_only=True, save_weights_only=True
        ),
        CSVLogger(folder / "log.csv"),
    ]


@pytest.mark.parametrize("cut", [(1, "begin"), (2, "end"), (3, "begin")])
def test_the_state_of_callbacks(tmp_path, cut):
    whole, folder = new_model(), tmp_path / "whole"
    folder.mkdir()
    watched = callbacks(folder)
    expected = whole.fit(X, Y, epochs=9, verbose=0, callbacks=watched)
    assert len(expected.epoch) == 4 and float(whole.optimizer.learning_rate) < 2e-4
    folder = tmp_path / "cut"
    folder.mkdir()
    for place in (Cut(*cut), Cut(99)):
        model, ours = new_model(), callbacks(folder)
        with contextlib.suppress(RuntimeError):
            history = model.fit(
                X,
                Y,
                epochs=9,
                verbose=0,
                callbacks=[*ours, BackupAndRestore(tmp_path / "b"), place],
            )
    assert_same(model, whole)
    assert history.history == expected.history
    for one, other in zip(ours, watched):
        for name in ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter"):
            assert getattr(one, name, None) == getattr(other, name, None), name
    assert (folder / "log.csv").read_bytes() == (tmp_path / "whole/log.csv").read_bytes()


def test_a_stop_that_was_not_carried_out(tmp_path):
    """Killed between the last epoch's end and the callbacks' on_train_end."""

    class Killed(Callback):
        comes_last = True

        def on_epoch_end(self, epoch, logs=None):
            if self.model.stop_training:
                raise RuntimeError("cut")

    def stop():
        return EarlyStopping("loss", min_delta=9, patience=1, restore_best_weights=True)

    whole = new_model()
    expected = whole.fit(X, Y, epochs=9, verbose=0, callbacks=[stop()])
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(
            X, Y, epochs=9, verbose=0, callbacks=[BackupAndRestore(tmp_path), Killed(), stop()]
        )
    model = new_model()
    history = model.fit(X, Y, epochs=9, verbose=0, callbacks=[stop(), BackupAndRestore(tmp_path)])
    assert_same(model, whole)
    assert history.history == expected.history


def test_attributes_of_ones_own(tmp_path):
    class Own(Callback):
        def __init__(self):
            self.counts, self.recent, self.rng = {"epochs": 0}, deque(maxlen=2), random.Random(0)
            self.table, self.flag, self.open = np.zeros(3), False, threading.Lock()

        def on_epoch_begin(self, epoch, logs=None):
            self.flag = not self.flag

        def on_epoch_end(self, epoch, logs=None):
            self.counts["epochs"] += 1
            self.recent.append((epoch, self.rng.random()))
            self.table[epoch % 3] += np.float32(logs["loss"])

        def state(self):
            return self.counts, self.recent, self.rng.random(), self.table.tolist(), self.flag

    class ByItself(Callback):
        def __init__(self):
            self.inner = Stepwise()  # nothing that could be found from outside

        def on_epoch_end(self, epoch, logs=None):
            self.inner.steps += 1

        def state_dict(self):
            return {"steps": self.inner.steps}

        def load_state_dict(self, state):
            self.inner.steps = state["steps"]

    whole = [Own(), ByItself()]
    new_model().fit(X, Y, epochs=4, verbose=0, callbacks=whole)
    for cut in (Cut(2), Cut(99)):
        ours = [Own(), ByItself()]
        with contextlib.suppress(RuntimeError):
            every = [*ours, BackupAndRestore(tmp_path), cut]
            new_model().fit(X, Y, epochs=4, verbose=0, callbacks=every)
    assert ours[0].state() == whole[0].state()
    assert ours[1].inner.steps == whole[1].inner.steps == 4


def test_average_weights_and_states_of_recurrent_layers(tmp_path):
    def build():
        set_random_seed(1)
        model = gyeol.Sequential(
            [
                layers.Input((4, 1), batch_size=8),
                layers.SimpleRNN(3, stateful=True),
                layers.Dense(1),
            ]
        )
        model.compile(gyeol.optimizers.SGD(0.01, use_ema=True), "mse")
        return model

    def fit(model, *callbacks):
        swap = SwapEMAWeights(swap_on_epoch=True)
        every = [swap, *callbacks]
        return model.fit(X[..., None], Y, batch_size=8, epochs=4, verbose=0, callbacks=every)

    whole = build()
    expected = fit(whole)
    for cut in (Cut(1), Cut(2, "end"), Cut(99)):
        model = build()
        with contextlib.suppress(RuntimeError):
            history = fit(model, BackupAndRestore(tmp_path), cut)
    assert_same(model, whole)
    assert history.history == expected.history
    for mine, yours in zip(model.layers[0].states, whole.layers[0].states):
        np.testing.assert_array_equal(mine.numpy(), yours.numpy())


class Signal(Callback):
    """What the system sends to end a program, at some moment."""

    def __init__(self, hook, time, number):
        setattr(self, hook, self.send)
        self.left, self.number = time, number

    def send(self, *place):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(self.number)

    def state_dict(self):
        return {}

    def on_test_begin(self, logs=None):
        pass

    def on_test_batch_end(self, batch, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        pass


@pytest.mark.parametrize(
    "kind,number",
    [("arrays", signal.SIGINT), ("arrays", signal.SIGTERM), ("shuffled", signal.SIGTERM)],
)
@pytest.mark.parametrize(
    "hook,time", [("on_test_begin", 3), ("on_test_batch_end", 10), ("on_epoch_end", 4)]
)
def test_a_signal_writes_the_state_first(tmp_path, hook, time, kind, number):
    """Also within a validation, and in the last epoch."""

    def given():
        random.seed(5)
        set_random_seed(5)
        return {"epochs": 4, "verbose": 0, **(options() if kind == "arrays" else data(kind))}

    whole = new_model()
    expected = whole.fit(**given())
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises((KeyboardInterrupt, SystemExit)) as ending:
            new_model().fit(
                **given(), callbacks=[BackupAndRestore(tmp_path), Signal(hook, time, number)]
            )
    finally:
        signal.signal(signal.SIGINT, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if number == signal.SIGTERM:
        assert ending.value.code == 143
    left = []
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: left.append(batch))
    model = new_model()
    history = model.fit(**given(), callbacks=[BackupAndRestore(tmp_path), watch])
    assert_same(model, whole)
    assert history.history == expected.history
    assert len(left) == {"on_test_begin": 4, "on_test_batch_end": 4, "on_epoch_end": 0}[hook]


# What differs ------------------------------------------------------------------------------------


def change(what):
    model, options = new_model(), {"x": X, "y": Y, "batch_size": 8, "validation_data": (X, Y)}
    if what == "x":
        options["x"] = X + (np.arange(4) == 2)
    elif what == "y":
        options["y"] = Y[:, 0]
    elif what == "validation_data":
        options["validation_data"] = (X[::-1], Y)
    elif what == "batch_size":
        options["batch_size"] = 16
    elif what == "optimizer":
        model.compile(gyeol.optimizers.Adam(beta_1=0.8), "mse", metrics=["mae"])
    elif what == "loss":
        model.compile("adam", "mae", metrics=["mae"])
    elif what == "trainable":
        model.layers[0].trainable = False
        model.compile("adam", "mse", metrics=["mae"])
    elif what == "Dense":
        model = gyeol.Sequential([layers.Input((4,)), layers.Dense(2), layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
    elif what == "shuffle":
        options["shuffle"] = False
    return model, options


WORDS = {
    "x": "x .*holds other values",
    "y": r"y was float32 \(32, 1\) and is float32 \(32,\)",
    "validation_data": "validation_data .*holds other values",
    "batch_size": "batch_size was 8 and is 16",
    "optimizer": "optimizer has beta_1, which was 0.9 and is 0.8",
    "loss": "loss was .* and is ",
    "trainable": "trainable variables was",
    "Dense": "layer 1 of the model has activation, which was relu and is linear",
    "shuffle": "shuffle was true and is false",
}


def test_a_machine_that_rounds_in_another_way_is_told_of(tmp_path, monkeypatch):
    model, options = change("nothing")
    with pytest.raises(RuntimeError, match="cut"):
        model.fit(**options, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    monkeypatch.setattr("gyeol.ops.lowering.arithmetic", lambda: "plain, 96 threads")
    model, options = change("nothing")
    with pytest.warns(UserWarning, match="this process computes with plain, 96 threads"):
        history = model.fit(**options, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert len(history.epoch) == 3


@pytest.mark.parametrize("what", WORDS)
def test_another_training_is_refused_and_what_differs_is_named(tmp_path, what):
    model, options = change("nothing")
    with pytest.raises(RuntimeError, match="cut"):
        model.fit(**options, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    model, options = change(what)
    weights = model.get_weights()
    with pytest.raises(ValueError, match=WORDS[what]) as error:
        model.fit(**options, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert "belongs to another training" in str(error.value)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    for now, then in zip(model.get_weights(), weights):
        np.testing.assert_array_equal(now, then)


def test_other_versions_are_refused(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    monkeypatch.setattr(gyeol, "__version__", "9.9")
    with pytest.raises(ValueError, match=r"gyeol was .* and is 9.9"):
        new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path)])


def test_more_epochs_and_another_rate_are_allowed(tmp_path):
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    model = new_model()
    model.optimizer.learning_rate = 0.5
    history = model.fit(X, Y, epochs=5, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert history.epoch == [0, 1, 2, 3, 4]
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_an_iterator_that_gives_less_is_named(tmp_path):
    def batches(count):
        return ((X[:8], Y[:8]) for _ in range(count))

    options = {"epochs": 5, "steps_per_epoch": 3, "verbose": 0}
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(batches(99), **options, callbacks=[BackupAndRestore(tmp_path), Cut(3)])
    with (
        pytest.warns(UserWarning, match="first 9 batches are passed over"),
        pytest.raises(ValueError, match=r"fewer batches .* 5 are missing"),
    ):
        new_model().fit(batches(4), **options, callbacks=[BackupAndRestore(tmp_path)])


# A file of a stranger ----------------------------------------------------------------------------


def forged(path, change):
    """Change the state in a checkpoint, and leave no checksum that would tell."""
    with h5py.File(path, "r+") as file:
        group = file["training"]
        content = json.loads(group["state"][()].tobytes())
        change(content)
        text = np.frombuffer(json.dumps(content).encode(), "uint8")
        del group["state"]
        group["state"] = text


def entries(content):
    """The state's entries by name."""
    return {pair[0]: pair for pair in content["state"]["dict"]}


def set_entry(name, value):
    return lambda content: entries(content)[name].__setitem__(1, value)


CHANGES = {
    "epoch": set_entry("epoch", "x"),
    "seed": set_entry("seed", [1]),
    "logs": set_entry("logs", None),
    "an unknown kind": set_entry("history", {"class_name": "Lambda"}),
    "an array that is not there": set_entry("others", [{"array": 99}]),
    "other shapes": set_entry("others", []),
    "random": set_entry("random", {"dict": []}),
    "places": set_entry("places", [{"dict": []}, {"dict": []}]),
    "another generator": lambda c: c["state"]["dict"].append(["g", {"generator": {"dict": []}}]),
    "depth": set_entry("logs", json.loads("[" * 150 + "]" * 150)),
    "no state": lambda c: c.pop("state"),
    "state is a list": lambda c: c.__setitem__("state", []),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_forged_state_is_refused_and_nothing_changes(tmp_path, what):
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    forged(tmp_path / "latest.weights.h5", CHANGES[what])
    model = new_model()
    weights = model.get_weights()
    with pytest.raises(ValueError, match="cannot be taken up") as error:
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert "\n" not in str(error.value)
    for now, then in zip(model.get_weights(), weights):
        np.testing.assert_array_equal(now, then)


def test_a_file_does_not_say_where_to_write(tmp_path):
    folder = tmp_path / "backup"
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[BackupAndRestore(folder), Cut(1)])

    class Writes(Callback):
        def __init__(self, path):
            self.path = path

    elsewhere = str(tmp_path / "elsewhere.weights.h5")
    state = {"dict": [["filepath", elsewhere], ["backup_dir", elsewhere], ["path", elsewhere]]}
    forged(
        folder / "latest.weights.h5",
        set_entry("callbacks", {"dict": [["ModelCheckpoint 1", state], ["Writes 1", state]]}),
    )
    here = str(tmp_path / "here.weights.h5")
    saved, writes = ModelCheckpoint(here, save_weights_only=True), Writes(str(tmp_path))
    new_model().fit(X, Y, epochs=3, verbose=0, callbacks=[saved, writes, BackupAndRestore(folder)])
    assert saved.filepath == here and writes.path == str(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["here.weights.h5"]


# The thread --------------------------------------------------------------------------------------


@pytest.mark.as_it_is
def test_a_state_that_cannot_be_written_does_not_end_the_training(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.warns(UserWarning, match="was not written"):
        history = new_model().fit(
            X, Y, epochs=2, verbose=0, callbacks=[BackupAndRestore(tmp_path / "file" / "backup")]
        )
    assert history.epoch == [0, 1]


@pytest.mark.as_it_is
def test_no_thread_is_left(tmp_path):
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(X, Y, epochs=2, verbose=0, callbacks=[BackupAndRestore(tmp_path), Cut(1)])
    assert "BackupAndRestore" not in {thread.name for thread in threading.enumerate()}
    assert (tmp_path / "latest.weights.h5").exists()
