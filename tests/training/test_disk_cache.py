"""The store of compiled programs: whole files with a checksum, and no error for a training."""

import subprocess
import sys
import threading

import pytest

from gyeol.training import disk_cache
from gyeol.training.disk_cache import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home" / "xla")


def only_file(store):
    (path,) = store._path.iterdir()
    return path


def test_what_was_put_is_got_by_every_store_of_the_folder(store):
    assert store.get("a") is None
    store.put("a", b"one")
    store.put("b", b"")
    assert store.get("a") == Store(store._path).get("a") == b"one"
    assert store.get("b") == b""
    store.put("a", b"two")
    assert store.get("a") == b"two"


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "longer", "removed", "a folder"])
def test_a_damaged_file_is_not_there_and_is_written_anew(store, damage):
    store.put("a", bytes(range(200)))
    path = only_file(store)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    left = {"cut": content[:100], "flipped": content, "emptied": b"", "longer": content + b"x"}
    if damage in left:
        path.write_bytes(left[damage])
    elif damage == "a folder":
        path.mkdir()
    assert store.get("a") is None
    if damage == "a folder":
        path.rmdir()
    store.put("a", b"new")
    assert store.get("a") == b"new"


def test_where_no_file_can_be_there_is_no_cache_and_no_error(tmp_path):
    (tmp_path / "xla").write_text("a file")
    store = Store(tmp_path / "xla")
    store.put("a", b"one")
    assert store.get("a") is None


def test_a_disk_that_takes_no_file(store, monkeypatch):
    def fail(path):
        raise PermissionError("write-protected")

    monkeypatch.setattr(disk_cache.files, "write_whole", fail)
    store.put("a", b"one")
    assert store.get("a") is None


def test_another_machine_does_not_get_it(store, monkeypatch):
    store.put("a", b"one")
    monkeypatch.setattr(disk_cache, "_machine", lambda: "other")
    assert store.get("a") is None


def test_the_oldest_make_room(store, monkeypatch):
    monkeypatch.setattr(disk_cache, "_MOST", 4)
    for number in range(6):
        store.put(str(number), b"x")
    kept = [number for number in range(6) if store.get(str(number))]
    assert len(list(store._path.iterdir())) == 4
    assert kept[-3:] == [3, 4, 5]


def test_several_writers_and_readers_at_once(store):
    value, wrong = bytes(100_000), []

    def work(number):
        for _ in range(5):
            store.put("a", value)
            if store.get("a") not in (value, None):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert store.get("a") == value
    assert only_file(store)


def test_a_cache_that_the_user_has_chosen_is_left_alone(tmp_path):
    code = f"""
import jax
from jax._src import compilation_cache
jax.config.update("jax_compilation_cache_dir", {str(tmp_path)!r})
from gyeol.training import disk_cache
disk_cache.use()
print(jax.config.jax_compilation_cache_dir == {str(tmp_path)!r}, compilation_cache._cache)
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["True", "None"]
