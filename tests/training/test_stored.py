"""Arrays that stay on the disk: the same training as with arrays in memory, read piece by piece."""

import errno
import os
import sys
import threading
from types import SimpleNamespace

import h5py
import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gyeol
from gyeol import layers
from gyeol.callbacks import BackupAndRestore, LambdaCallback, backup_and_restore
from gyeol.training import feed as feeds
from gyeol.training import fingerprint, stored
from gyeol.training.feed import ArrayFeed, as_array
from gyeol.training.stored import (
    Stored,
    aligned,
    fit_on_device,
    is_mapped,
    on_device,
    on_this_device,
)

ROWS = 203
rng = np.random.default_rng(0)
X = rng.random((ROWS, 6), dtype=np.float32)
Y = rng.integers(0, 3, ROWS)
WEIGHT = rng.random(ROWS, dtype=np.float32)

read_from_files = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere the system does not tell the file"
)


@pytest.fixture
def small(monkeypatch):
    """Arrays of some bytes are large ones here, and chunks hold a few steps."""
    monkeypatch.setattr(stored, "_LARGE", 100)
    monkeypatch.setattr(feeds, "_READ_BYTES", 1500)
    monkeypatch.setattr(stored, "_BLOCKS", 2)
    monkeypatch.setattr(stored, "_BLOCK_BYTES", 96)


@pytest.fixture
def saved(tmp_path):
    """Writes an array to a file, and gives it back mapped."""

    def save(array, name="rows"):
        np.save(tmp_path / f"{name}.npy", array)
        return np.load(tmp_path / f"{name}.npy", mmap_mode="r")

    return save


def new_model():
    gyeol.utils.set_random_seed(3)
    model = gyeol.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(4, "relu"),
            layers.Dropout(0.2),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def assert_same(one, other):
    for mine, yours in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), yours.numpy(), err_msg=mine.path)


# Reading ------------------------------------------------------------------------------------


def source(kind, array, folder):
    np.save(folder / "a.npy", array)
    mapped = np.load(folder / "a.npy", mmap_mode="r")
    if kind == "part of a file":
        np.save(folder / "b.npy", np.concatenate([array[:5] + 1, array, array[:5] + 2]))
        return np.load(folder / "b.npy", mmap_mode="r")[5:-5]
    if kind == "every other column":
        np.save(folder / "b.npy", np.repeat(array, 2, axis=1))
        return np.load(folder / "b.npy", mmap_mode="r")[:, ::2]
    if kind == "changed in memory":
        np.save(folder / "b.npy", array + 1)
        mapped = np.load(folder / "b.npy", mmap_mode="c")
        mapped[:] = array
    if kind == "other bytes":
        np.save(folder / "b.npy", array.astype(">f4"))
        return np.load(folder / "b.npy", mmap_mode="r")
    if kind == "h5py":
        with h5py.File(folder / "a.h5", "w") as file:
            file.create_dataset("x", data=array, chunks=(7, 2))
        return h5py.File(folder / "a.h5")["x"]
    return array if kind == "memory" else mapped


@pytest.mark.parametrize(
    "kind",
    [
        "file",
        "part of a file",
        "every other column",
        "changed in memory",
        "other bytes",
        "h5py",
        "memory",
    ],
)
def test_rows_are_those_of_the_array(kind, tmp_path):
    rows_there = Stored(source(kind, X, tmp_path))
    form = rows_there.shape, len(rows_there), rows_there.ndim, rows_there.nbytes
    assert form == (X.shape, ROWS, 2, X.nbytes)

    @settings(max_examples=15)
    @given(st.sets(st.integers(0, 99), max_size=60), st.integers(0, ROWS - 100))
    def check(rows, first):
        rows = np.array(sorted(rows), int)
        part = rows_there[first : first + 100]
        np.testing.assert_array_equal(part.read(rows), X[first:][rows])
        padded = part.read(rows, len(rows) + 3)
        assert len(padded) == len(rows) + 3
        assert not padded[len(rows) :].any()

    check()
    np.testing.assert_array_equal(rows_there, X)
    # Many rows that do not follow each other are read by several threads.
    np.testing.assert_array_equal(rows_there.read(np.arange(0, ROWS, 2)), X[::2])
    np.testing.assert_array_equal(rows_there[4:4], X[4:4])


@read_from_files
@pytest.mark.parametrize("kind", ["file", "part of a file", "other bytes"])
def test_a_mapped_file_is_read_and_its_mapping_is_not(kind, tmp_path):
    assert Stored(source(kind, X, tmp_path))._file is not None
    assert Stored(source("changed in memory", X, tmp_path))._file is None


def test_a_file_in_the_place_of_the_one_that_was_mapped_is_not_read(saved, tmp_path):
    mapped = saved(X)
    np.save(tmp_path / "other.npy", X + 1)
    os.replace(tmp_path / "other.npy", tmp_path / "rows.npy")
    np.testing.assert_array_equal(Stored(mapped), X)


def test_a_sample_is_of_the_first_rows_the_last_and_some_between(monkeypatch):
    monkeypatch.setattr(stored, "_BLOCKS", 3)
    monkeypatch.setattr(stored, "_BLOCK_BYTES", 2 * X[0].nbytes)
    np.testing.assert_array_equal(Stored(X).sample(), X[[0, 1, 100, 101, 201, 202]])
    np.testing.assert_array_equal(Stored(X[:1]).sample(), X[:1])


def test_only_large_arrays_stay_on_the_disk(saved, tmp_path, monkeypatch):
    mapped, hdf5 = saved(X), source("h5py", X, tmp_path)
    assert isinstance(as_array(hdf5, "x"), np.ndarray)
    monkeypatch.setattr(stored, "_LARGE", X.nbytes - 1)
    for on_disk in (mapped, hdf5, mapped[:], np.asarray(mapped)):
        assert isinstance(as_array(on_disk, "x"), Stored)
    for in_memory in (X, np.array(mapped), mapped + 1, mapped.astype("float64"), mapped[:9]):
        assert isinstance(as_array(in_memory, "x"), np.ndarray)


# Onto the device ----------------------------------------------------------------------------


def test_memory_is_used_as_it_is_where_xla_can(saved):
    here = aligned(X.shape, np.float32)
    here[:] = X
    assert on_device(here).unsafe_buffer_pointer() == here.ctypes.data
    shifted = aligned((X.size + 1,), np.float16)[1:].reshape(X.shape)
    shifted[:] = X
    for other in (np.pad(here, 1)[1:-1, 1:-1], here[:, ::2], saved(X), Y, shifted):
        copied = on_device(other)
        assert copied.dtype == jax.dtypes.canonicalize_dtype(other.dtype)
        np.testing.assert_array_equal(copied, other)
        assert not np.shares_memory(np.asarray(copied), other)
    assert on_device(copied) is copied
    assert is_mapped(saved(X)) and not is_mapped(here)


def test_a_thread_puts_arrays_where_this_one_would():
    # A scope such as `gyeol.device` holds in the thread that entered it.
    seen = []
    with jax.default_device(jax.devices("cpu")[0]):
        look = on_this_device(lambda: seen.append(jax.config.jax_default_device))
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [jax.devices("cpu")[0]]


def test_an_array_larger_than_the_memory_does_not_fit(monkeypatch):
    terabytes = np.broadcast_to(np.float32(0), (10**12, 1))
    assert not fit_on_device((terabytes, None, None))
    assert fit_on_device((X, Y, None))
    device = SimpleNamespace(memory_stats=lambda: {"bytes_limit": 400, "bytes_in_use": 100})
    monkeypatch.setattr(jax, "local_devices", lambda: [device])
    monkeypatch.setattr(stored, "_LARGE", 10)
    assert fit_on_device(np.zeros(150, np.uint8))
    assert not fit_on_device(np.zeros(151, np.uint8))


def test_numbers_too_large_for_the_dtype_are_said_of_any_order_of_bytes():
    for dtype in (">f8", "<f8"):
        assert as_array(X.astype(dtype), "x").dtype == np.float32
        with pytest.raises(ValueError, match="as large as 1e\\+300"):
            as_array(np.full(3, 1e300, dtype), "x")


# The feed -----------------------------------------------------------------------------------


def rows_of(parts):
    """The batches of parts: the number of the step, and the rows."""
    batches = []
    for part in parts:
        x, order = np.asarray(part.data[0])[:, 0], np.asarray(part.order)
        for step in range(part.steps):
            begin = (part.first + step) * part.batch_size
            index = order[begin : min(begin + part.batch_size, part.rows)]
            batches.append((part.first_step + step, x[index].astype(int).tolist()))
    return batches


@settings(max_examples=40)
@given(
    rows=st.integers(1, 60),
    batch_size=st.integers(1, 20),
    shuffle=st.sampled_from([False, True, "batch"]),
    fill=st.booleans(),
    steps=st.none() | st.integers(1, 12),
    chunk=st.integers(1, 400),
    number=st.integers(0, 3),
    data=st.data(),
)
def test_an_epoch_has_the_batches_of_arrays(
    rows, batch_size, shuffle, fill, steps, chunk, number, data
):
    x = np.arange(rows, dtype=np.float32)[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds, "_READ_BYTES", chunk)
        settings_ = batch_size, shuffle, fill, 5, steps
        here = ArrayFeed((x, None, None), *settings_)
        there = ArrayFeed((Stored(x), None, None), *settings_)
        assert there.steps == here.steps
        expected = rows_of(here.epoch(number))
        assert rows_of(there.epoch(number)) == expected
        # A run that is resumed needs the batches from its step on, and may get some before it.
        step = data.draw(st.integers(0, here.steps))
        for feed in (here, there):
            found = rows_of(feed.epoch(number, step))
            assert [batch for batch in found if batch[0] >= step] == expected[step:]


def test_what_comes_before_a_step_is_not_read(monkeypatch):
    monkeypatch.setattr(feeds, "_READ_BYTES", 40)
    feed = ArrayFeed((Stored(np.zeros((1000, 1), np.float32)), None, None), 10)
    assert next(feed.epoch(0, 57)).first_step == 57


# fit, evaluate and predict ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "options"),
    [
        ("float32", {"validation_split": 0.2}),
        ("uint8", {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "shuffle": "batch"}),
        ("float64", {"sample_weight": WEIGHT, "steps_per_epoch": 5}),
    ],
)
def test_training_on_a_file_has_the_bits_of_training_in_memory(dtype, options, saved, small):
    x = (50 * X).astype(dtype)
    here = new_model()
    expected = here.fit(x, Y, epochs=2, verbose=0, **options)
    if "sample_weight" in options:
        options["sample_weight"] = saved(WEIGHT, "weights")
    there = new_model()
    found = there.fit(saved(x), saved(Y, "labels"), epochs=2, verbose=0, **options)
    assert_same(here, there)
    assert found.history == expected.history
    assert there.evaluate(saved(x), saved(Y, "labels"), verbose=0) == here.evaluate(x, Y, verbose=0)
    np.testing.assert_array_equal(there.predict(saved(x), verbose=0), here.predict(x, verbose=0))


def test_a_last_batch_of_its_own_and_several_inputs(saved, small, tmp_path):
    def two_inputs():
        gyeol.utils.set_random_seed(3)
        a, b = layers.Input((6,)), layers.Input((6,))
        x = layers.BatchNormalization()(layers.Concatenate()([a, b]))
        model = gyeol.Model([a, b], layers.Dense(3, "softmax")(x))
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    here = two_inputs()
    here.fit([X, X + 1], Y, verbose=0)
    there = two_inputs()
    there.fit([saved(X), source("h5py", X + 1, tmp_path)], Y, verbose=0)
    assert_same(here, there)


def test_arrays_that_the_device_has_no_room_for_stay_in_memory(monkeypatch, small):
    here = new_model()
    here.fit(X, Y, verbose=0)
    there = new_model()
    monkeypatch.setattr(feeds, "fit_on_device", lambda data: False)
    there.fit(X, Y, verbose=0)
    assert_same(here, there)


@read_from_files
def test_little_is_read_before_the_first_step(saved, small, monkeypatch):
    taken = []
    read = stored._File.read
    monkeypatch.setattr(
        stored._File,
        "read",
        lambda self, into, place: (taken.append(into.nbytes), read(self, into, place)),
    )
    mapped = saved(rng.random((20_000, 6), dtype=np.float32))
    before = LambdaCallback(on_train_batch_begin=lambda batch, logs: taken.append("step"))
    new_model().fit(mapped, np.zeros(20_000, int), steps_per_epoch=1, verbose=0, callbacks=[before])
    assert 0 < sum(taken[: taken.index("step")]) < mapped.nbytes / 50


def test_a_file_is_described_as_the_array_in_memory_is(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "_BLOCK", 400)
    monkeypatch.setattr(fingerprint, "_READ_WHOLE", 2000)
    described = fingerprint._described(X)
    assert fingerprint._described(Stored(saved(X))) == described
    assert fingerprint._described(source("h5py", X, tmp_path)) == described
    assert fingerprint._described(Stored(saved(X + 1))) != described


# Resuming -----------------------------------------------------------------------------------


def test_a_cut_training_ends_with_the_same_bits(saved, small, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_and_restore, "_FIRST", 0)
    monkeypatch.setattr(BackupAndRestore, "_save_if_due", BackupAndRestore.save_now)
    mapped, labels = saved(X), saved(Y, "labels")
    options = {"epochs": 2, "verbose": 0, "batch_size": 16}
    whole = new_model()
    whole.fit(mapped, labels, **options)

    steps = []

    def cut(batch, logs):
        steps.append(batch)
        if len(steps) == 13 + 9:
            raise RuntimeError("cut")

    kept = [BackupAndRestore(tmp_path / "kept", save_freq=4)]
    with pytest.raises(RuntimeError, match="cut"):
        new_model().fit(
            mapped, labels, **options, callbacks=[*kept, LambdaCallback(on_train_batch_begin=cut)]
        )
    resumed = new_model()
    resumed.set_weights([w + 1 for w in resumed.get_weights()])
    gyeol.utils.set_random_seed(77)
    seen = LambdaCallback(on_train_batch_begin=lambda batch, logs: steps.append((batch,)))
    resumed.fit(mapped, labels, **options, callbacks=[*kept, seen])
    assert 0 < sum(isinstance(step, tuple) for step in steps) < 13
    assert_same(resumed, whole)


# Faults -------------------------------------------------------------------------------------


@read_from_files
def test_a_file_cut_short_while_training_is_an_error(saved, small, tmp_path):
    mapped = saved(X)

    def cut(epoch, logs):
        os.truncate(tmp_path / "rows.npy", 128 + 500)

    model = new_model()
    with pytest.raises(ValueError, match=r"rows\.npy has become shorter") as caught:
        model.fit(mapped, Y, epochs=3, verbose=0, callbacks=[LambdaCallback(on_epoch_end=cut)])
    notes = " ".join(caught.value.__notes__)
    assert "steps 1 to " in notes
    assert "The model is as it was after epoch 1." in notes
    assert int(model.optimizer.iterations) == 7


@read_from_files
def test_a_disk_that_does_not_read_is_an_error(saved, small, monkeypatch):
    mapped = saved(X)
    preadv = os.preadv

    def fail(number, into, place):
        if place > 128 + X.nbytes // 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return preadv(number, into, place)

    model = new_model()
    model.fit(mapped, Y, verbose=0, steps_per_epoch=2, shuffle=False)
    monkeypatch.setattr(os, "preadv", fail)
    monkeypatch.setattr(stored, "_BLOCKS", 1)
    with pytest.raises(OSError, match="Input/output error"):
        model.fit(mapped, Y, verbose=0, shuffle=False)
    assert 2 < int(model.optimizer.iterations) < 7


@pytest.mark.parametrize(
    ("wrong", "message"),
    [("x", r"x holds 1 values that are no numbers \(NaN\) in column 4"), ("y", "class numbers")],
)
def test_what_is_wrong_in_a_later_chunk_is_said_when_it_is_read(wrong, message, saved, small):
    x, y = X.copy(), Y.copy()
    x[150, 4], y[150] = (np.nan, y[150]) if wrong == "x" else (x[150, 4], 3)
    y = saved(y, "labels")
    model = new_model()
    with pytest.raises(ValueError, match=message) as caught:
        model.fit(saved(x), y, shuffle=False, batch_size=16, verbose=0)
    assert "steps 10 to " in caught.value.__notes__[0] or "steps 9 to " in caught.value.__notes__[0]
    assert 0 < int(model.optimizer.iterations) < 10


def test_what_is_wrong_at_first_is_said_before_training(saved, small):
    model = new_model()
    with pytest.raises(ValueError, match="no numbers"):
        model.fit(saved(np.where(np.arange(ROWS) == 0, np.nan, X.T).T), Y, verbose=0)
    with pytest.raises(ValueError, match="holds text"):
        model.fit(saved(np.full((ROWS, 6), "word")), Y, verbose=0)
    with pytest.raises(ValueError, match="different numbers of rows"):
        model.fit(saved(X), Y[:-1], verbose=0)
    assert not model.optimizer.built
