"""Saves of every kind of file that fail or are killed: the old file or the new one, whole."""

import errno
import os
import random
import struct

import numpy as np
import pytest

import gyeol
from benchmarks.reliability import failed_saves
from gyeol import callbacks, layers, saving
from gyeol.callbacks.event_files import EventFile, _masked_checksum
from gyeol.files import _set_aside

NAMES = [
    *("model.keras", "folder", "whole.h5", "a.weights.h5", "model.onnx"),
    *("log.csv", "curves.png", "plot.png", "plot.svg"),
]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and signals are POSIX's")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_grows_too_large(tmp_path, name):
    kinds = {kind.name: kind for kind in failed_saves.KINDS}
    assert list(kinds) == NAMES
    assert failed_saves.failed(kinds[name], tmp_path, random.Random(0), is_disk=False) is None


def test_kills_and_full_disks():
    found = failed_saves.run(2, seed=0)
    assert found["failures"] == []
    assert found["old_or_new_file_whole"] == found["tried"] == 2


def test_damage_is_found(tmp_path):
    kind = failed_saves.KINDS[NAMES.index("a.weights.h5")]
    path = tmp_path / kind.name
    kind.save(1, str(path))
    assert failed_saves.fault(kind, tmp_path, [1], killed=False) is None
    assert "none of the states" in failed_saves.fault(kind, tmp_path, [2], killed=False)
    (tmp_path / "b").touch()
    assert "besides" in failed_saves.fault(kind, tmp_path, [1], killed=True)
    (tmp_path / "b").unlink()
    path.write_bytes(path.read_bytes()[:-5000])
    assert "cannot be loaded" in failed_saves.fault(kind, tmp_path, [1], killed=False)


@pytest.fixture
def model():
    model = gyeol.Sequential([layers.Input((4,)), layers.Dense(60), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_a_folder_that_was_set_aside_is_loaded(tmp_path, model):
    path = tmp_path / "m"
    model.save(path)
    for _ in range(2):
        path.rename(_set_aside(path))
        with pytest.raises(FileExistsError):
            model.save(path, overwrite=False)
        path.rename(_set_aside(path))
        read = saving.load_model(path)
        assert all(map(np.array_equal, read.get_weights(), model.get_weights()))
    assert os.listdir(tmp_path) == ["m"]


DATA = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")


def test_training_goes_on_after_a_checkpoint_that_found_no_room(tmp_path, model):
    path = tmp_path / "best.keras"
    best = callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True)
    model.fit(*DATA, verbose=0, callbacks=[best])
    before, value = path.read_bytes(), best.best
    with (
        pytest.raises(OSError, match=r"'.*best\.keras' was not written, and is as it was"),
        failed_saves.file_size_limit(1000),
    ):
        model.fit(*DATA, verbose=0, callbacks=[best])
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["best.keras"]
    assert best.best == value
    # What was trained is kept, and the next time there is room.
    assert model.evaluate(*DATA, verbose=0) < value
    model.fit(*DATA, verbose=0, callbacks=[best])
    assert best.best < value
    read = saving.load_model(path)
    assert all(map(np.array_equal, read.get_weights(), model.get_weights()))


def test_a_checkpoint_names_the_folder_that_cannot_be_made(tmp_path, model):
    (tmp_path / "a").touch()
    with pytest.raises(NotADirectoryError, match=r"/a/b' was not written: '.*/a' is no folder"):
        model.fit(
            *DATA,
            verbose=0,
            callbacks=[callbacks.ModelCheckpoint(tmp_path / "a" / "b" / "m.keras")],
        )


# Event files ---------------------------------------------------------------------------------


def records(path):
    """The whole records of an event file, and what is left at its end."""
    content, found = path.read_bytes(), []
    while len(content) >= 12:
        length, checksum = struct.unpack("<Q4s", content[:12])
        if checksum != _masked_checksum(content[:8]) or len(content) < length + 16:
            break
        found.append(content[12 : 12 + length])
        assert content[12 + length : 16 + length] == _masked_checksum(found[-1])
        content = content[16 + length :]
    return found, content


def test_events_wait_for_room(tmp_path):
    events = EventFile(tmp_path)
    events.scalar("loss", 1.0, 0)
    events.flush()
    size = events.path.stat().st_size
    for step, limit in enumerate((size, size + 1, size + 60), 1):
        events.scalar("loss", 1.0, step)
        with (
            pytest.raises(OSError, match="as it was: it is larger") as caught,
            failed_saves.file_size_limit(limit),
        ):
            events.flush()
        assert caught.value.errno == errno.EFBIG
        assert events.path.stat().st_size == size
    events.flush()
    found, rest = records(events.path)
    assert (len(found), rest) == (5, b"")


def test_events_are_read_up_to_where_they_were_cut(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventFile(tmp_path)
    for step in range(3):
        events.scalar("loss", 1.0, step)
    events.flush()
    whole = events.path.read_bytes()
    for cut in (1, 4, 20, 50):
        events.path.write_bytes(whole[:-cut])
        read = EventAccumulator(str(tmp_path))
        read.Reload()
        assert [event.step for event in read.Tensors("loss")] == [0, 1]
        assert len(records(events.path)[0]) == 3
