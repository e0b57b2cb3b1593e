"""Where a data set is looked for, what is done about a bad copy, and who fetches it."""

import gzip
import hashlib
import io
import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reliability import downloads
from gyeol.datasets import download, store
from gyeol.datasets.download import DataSetError, File, checksum
from gyeol.datasets.formats import read_idx, read_npz
from gyeol.datasets.store import DataSet, Source, exact, load, locate

ARRAYS = {
    "x_train": np.random.default_rng(0).integers(0, 256, (500, 8, 8), np.uint8),
    "y_train": np.arange(500).astype(np.uint8),
}
LAYOUT = {name: (array.shape, "uint8") for name, array in ARRAYS.items()}


def gzipped_idx(array):
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


BODIES = {f"{name}.gz": gzipped_idx(array) for name, array in ARRAYS.items()}


def read(folder):
    return {name: read_idx(folder / f"{name}.gz", LAYOUT[name][0]) for name in ARRAYS}


def small(*addresses, check=None):
    """A data set of two gzipped files below each of the addresses."""
    files = tuple(
        File(
            name,
            tuple(f"{address}/{name}" for address in addresses),
            checksum("md5", hashlib.md5(body).hexdigest()),
            len(body),
        )
        for name, body in BODIES.items()
    )
    digests = {name: hashlib.sha256(array).hexdigest() for name, array in ARRAYS.items()}
    return DataSet(
        name="small",
        title="",
        layout=LAYOUT,
        check=check or exact(**digests),
        class_names=(),
        origin="",
        sources=(Source(files, read, "small-files"),),
    )


@pytest.fixture
def web(server):
    for name, body in BODIES.items():
        server.put(name, body)
    return server


def assert_good(arrays):
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)


def write_archives(folder):
    (folder / "small-files").mkdir(parents=True)
    for name, body in BODIES.items():
        (folder / "small-files" / name).write_bytes(body)


def test_a_missing_set_is_fetched_once_and_kept(home, web, capsys):
    data = small(web.url)
    assert locate(data) is None
    assert_good(load(data))
    assert_good(load(data))
    assert len(web.requests) == len(BODIES)
    assert locate(data) == home / "small.npz"
    assert sorted(path.name for path in home.iterdir()) == [".small.lock", "small.npz"]
    assert capsys.readouterr() == ("", "")


def test_the_home_folder_is_made(home, web):
    home.rmdir()
    home.parent.rmdir()
    assert_good(load(small(web.url)))


def test_archives_in_the_home_are_read_and_left_alone(home):
    write_archives(home)
    data = small()
    assert_good(load(data))
    assert locate(data) == home / "small-files"
    assert [path.name for path in home.iterdir()] == ["small-files"]


def test_keras_folder_is_read_and_never_written(home, tmp_path):
    keras = tmp_path / "user" / ".keras" / "datasets"
    write_archives(keras)
    assert_good(load(small()))
    np.savez(keras / "small.npz", **ARRAYS)
    os.remove(keras / "small-files" / "x_train.gz")
    assert_good(load(small()))
    assert locate(small()) == keras / "small.npz"
    assert sorted(path.name for path in keras.iterdir()) == ["small-files", "small.npz"]
    assert list(home.iterdir()) == []


def test_a_path_of_ones_own(home, web, tmp_path):
    data = small(web.url)
    assert_good(load(data, "below/other.npz"))
    assert (home / "below" / "other.npz").exists()
    assert_good(load(data, str(tmp_path / "elsewhere.npz")))
    assert (tmp_path / "elsewhere.npz").exists()


def test_a_damaged_copy_is_told_set_aside_and_fetched_again(home, web, capsys):
    data = small(web.url)
    load(data)
    good = (home / "small.npz").read_bytes()
    bad = good[:-300] + b"?" + good[-299:]
    (home / "small.npz").write_bytes(bad)
    assert_good(load(data))
    said = capsys.readouterr().err
    assert str(home / "small.npz") in said and "damaged" in said and "fetched again" in said
    assert (home / "small.npz.damaged").read_bytes() == bad
    assert read_npz(home / "small.npz", LAYOUT)
    assert_good(load(data))
    assert capsys.readouterr().err == ""


class Canary:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def npz_of(**members):
    """The bytes of an npz: arrays, or bytes for what is no array."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            method = zipfile.ZIP_STORED
            if not isinstance(content, bytes):
                array, content = content, io.BytesIO()
                np.save(content, array)
                content = content.getvalue()
            elif len(content) > 10_000_000:
                method = zipfile.ZIP_BZIP2 if name.startswith("bz") else zipfile.ZIP_DEFLATED
            archive.writestr(f"{name.removeprefix('bz_')}.npy", content, method)
    return out.getvalue()


def flipped(name):
    """The good file with one bit changed in the middle of one array's bytes."""
    whole = bytearray(npz_of(**ARRAYS))
    at = whole.index(ARRAYS[name].tobytes()) + ARRAYS[name].nbytes // 2
    whole[at] ^= 1
    return bytes(whole)


def bomb(prefix):
    saved = io.BytesIO()
    np.save(saved, ARRAYS["x_train"])
    return npz_of(
        y_train=ARRAYS["y_train"], **{f"{prefix}x_train": saved.getvalue() + bytes(2**24)}
    )


def canary(path):
    saved = io.BytesIO()
    np.save(saved, np.array([Canary(path)] * 500, object), allow_pickle=True)
    return npz_of(x_train=ARRAYS["x_train"], y_train=saved.getvalue())


DAMAGED = {
    "cut at the start": lambda path: npz_of(**ARRAYS)[:20],
    "cut in the middle": lambda path: npz_of(**ARRAYS)[:20_000],
    "cut at the end": lambda path: npz_of(**ARRAYS)[:-10],
    "a bit in x_train": lambda path: flipped("x_train"),
    "a bit in y_train": lambda path: flipped("y_train"),
    "other names": lambda path: npz_of(x=ARRAYS["x_train"], y=ARRAYS["y_train"]),
    "pickled objects": canary,
    "a pickle": lambda path: pickle.dumps(Canary(path)),
    "a deflated bomb": lambda path: bomb(""),
    "a bzip2 bomb": lambda path: bomb("bz_"),
    "empty": lambda path: b"",
    "a web page": lambda path: b"<html>Please sign in</html>",
    "a folder": None,
    "a link to nothing": None,
}


def put_damaged(kind, path, canary):
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "a folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine")
    elif kind == "a link to nothing":
        path.symlink_to(path.parent / "gone")
    else:
        path.write_bytes(DAMAGED[kind](canary))


def look(path):
    """What lies at a path, to be compared later."""
    if path.is_symlink():
        return os.readlink(path)
    return sorted(os.listdir(path)) if path.is_dir() else path.read_bytes()


@pytest.mark.parametrize("kind", DAMAGED)
def test_every_kind_of_damage_is_found_told_and_repaired(home, web, tmp_path, capsys, kind):
    places = {"home": home / "small.npz", "keras": tmp_path / "user/.keras/datasets/small.npz"}
    for path in places.values():
        put_damaged(kind, path, tmp_path / "canary")
    before = look(places["home"])
    # Without a network: words, and everything is where it was.
    with pytest.raises(DataSetError) as caught:
        load(small("http://127.0.0.1:9"))
    for path in places.values():
        assert f"{path} is damaged or is something else: " in str(caught.value)
    assert look(places["home"]) == before and "put x_train.gz, y_train.gz from" in str(caught.value)
    # With one: repaired, and the old one set aside; Keras's folder is not touched.
    kept = look(places["keras"])
    assert_good(load(small(web.url)))
    said = capsys.readouterr().err
    assert f"{places['home']} is damaged" in said and "was fetched again" in said
    assert f"The old file is now {places['home']}.damaged" in said
    assert look(home / "small.npz.damaged") == before and look(places["keras"]) == kept
    assert_good(load(small()))
    assert capsys.readouterr().err == ""
    assert not (tmp_path / "canary").exists()


def test_what_was_set_aside_before_is_not_overwritten(home, web, capsys):
    for content in (b"first", b"second", b"third"):
        (home / "small.npz").write_bytes(content)
        assert_good(load(small(web.url)))
    names = ("small.npz.damaged", "small.npz.damaged1", "small.npz.damaged2")
    assert [(home / name).read_bytes() for name in names] == [b"first", b"second", b"third"]


def test_a_set_that_is_published_as_it_is_kept(home, server, capsys):
    body = npz_of(**ARRAYS)
    url = server.put("small.npz", body)
    verify = checksum("sha256", hashlib.sha256(body).hexdigest())
    source = Source(
        (File("small.npz", (url,), verify, len(body)),),
        lambda folder: read_npz(folder / "small.npz", LAYOUT),
    )
    (home / "small.npz").write_bytes(body[:-1])
    data = replace(small(), sources=(source,))
    del server.pages["small.npz"]
    with pytest.raises(DataSetError) as caught:
        load(data)
    assert str(caught.value).count(" is damaged or ") == 1
    server.put("small.npz", body)
    assert_good(load(data))
    assert locate(data) == home / "small.npz"
    assert capsys.readouterr().err.count(" is damaged or ") == 1


def test_damaged_archives_of_the_user_are_told_and_left(home, web, capsys):
    write_archives(home)
    bad = home / "small-files" / "y_train.gz"
    bad.write_bytes(bad.read_bytes()[:-5])
    assert_good(load(small(web.url)))
    assert f"{home / 'small-files'} is damaged" in capsys.readouterr().err
    assert bad.read_bytes() == BODIES["y_train.gz"][:-5]


def test_a_damaged_archive_of_an_earlier_download_is_fetched_again(home, web):
    (home / ".small.parts").mkdir()
    (home / ".small.parts" / "x_train.gz").write_bytes(BODIES["x_train.gz"][:-1] + b"?")
    (home / ".small.parts" / "y_train.gz").write_bytes(BODIES["y_train.gz"])
    assert_good(load(small(web.url)))
    assert [path for path, _ in web.requests] == ["x_train.gz"]


def test_other_values_are_refused_even_when_the_file_is_well_formed(home, web, capsys):
    np.savez(home / "small.npz", **{**ARRAYS, "y_train": ARRAYS["y_train"][::-1]})
    assert_good(load(small(web.url)))
    assert "the values of y_train are not the published ones" in capsys.readouterr().err


def test_a_good_copy_further_down_serves_while_the_damaged_one_is_told(home, capsys):
    (home / "small.npz").write_bytes(b"PK\3\4 not really")
    write_archives(home)
    assert_good(load(small()))
    assert f"{home / 'small.npz'} is damaged" in capsys.readouterr().err
    assert store.bring(small()) == home / "small-files"


def test_a_damaged_copy_without_a_network_says_what_to_do(home):
    (home / "small.npz").write_bytes(b"")
    with pytest.raises(DataSetError) as caught:
        load(small("http://127.0.0.1:9"))
    damaged, fetched, remedy = str(caught.value).splitlines()
    assert damaged.startswith(f"{home / 'small.npz'} is damaged or is something else:")
    assert fetched.startswith("small could not be fetched: http://127.0.0.1:9/x_train.gz: ")
    assert remedy == (
        "Without a network, put x_train.gz, y_train.gz from http://127.0.0.1:9/ "
        f"into {home / 'small-files'}."
    )
    assert (home / "small.npz").read_bytes() == b""


def test_following_that_advice_helps(home):
    with pytest.raises(DataSetError, match=r"put x_train\.gz"):
        load(small("http://127.0.0.1:9"))
    write_archives(home)
    assert_good(load(small("http://127.0.0.1:9")))


def test_mirrors_and_resumed_parts_of_several_files(home, web):
    for name, body in BODIES.items():
        web.put(f"bad/{name}", body[:-1] + b"?")
        web.put(f"cut/{name}", body, cut_after=1 + len(body) // 10)
    assert_good(load(small(f"{web.url}/bad", f"{web.url}/cut")))
    assert {path.split("/")[0] for path, _ in web.requests} == {"bad", "cut"}


def test_what_has_come_before_a_failure_is_not_fetched_again(home, web):
    page = web.pages.pop("y_train.gz")
    with pytest.raises(DataSetError, match="404"):
        load(small(web.url))
    assert not (home / "small.npz").exists()
    web.pages["y_train.gz"] = page
    web.requests.clear()
    assert_good(load(small(web.url)))
    assert [path for path, _ in web.requests] == ["y_train.gz"]


def test_arrays_are_checked_after_the_download_too(home, web):
    wrong = exact(x_train="0" * 64)
    with pytest.raises(DataSetError, match="the values of x_train are not the published"):
        load(small(web.url, check=wrong))
    assert not (home / "small.npz").exists()
    assert not list(home.rglob("*.gz"))


def test_a_note_about_a_copy_is_said_once_and_refuses_a_download(home, web, capsys):
    np.savez(home / "small.npz", **ARRAYS)
    data = small(web.url, check=lambda arrays: "not quite the original.")
    assert_good(load(data))
    assert_good(load(data))
    assert capsys.readouterr().err == f"{home / 'small.npz'}: not quite the original.\n"
    (home / "small.npz").unlink()
    with pytest.raises(DataSetError, match="not quite the original"):
        load(data)


def test_a_home_that_cannot_be_written(home, web):
    home.rmdir()
    home.write_text("a file where the folder should be")
    with pytest.raises(DataSetError, match=r"Cannot write in .*GYEOL_HOME"):
        load(small(web.url))


def test_a_read_only_disk(home, web):
    np.savez(home / "small.npz", **ARRAYS)
    disk = home.parent
    command = ["mount", "--bind", "-r", str(disk), str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    try:
        assert_good(load(small(web.url)))
        with pytest.raises(DataSetError, match="Read-only file system") as caught:
            load(small(web.url), "other.npz")
        assert "set GYEOL_HOME to another folder" in str(caught.value)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_home(home, web):
    np.savez(home / "small.npz", **ARRAYS)
    home.chmod(0o500)
    try:
        assert_good(load(small(web.url)))
        home.chmod(0o700)
        (home / "small.npz").unlink()
        home.chmod(0o500)
        with pytest.raises(DataSetError, match="Permission denied"):
            load(small(web.url))
    finally:
        home.chmod(0o700)


# The same data set, in a process of its own: this file is imported and loads.
PROCESS = """
import os, sys
sys.path.insert(0, {folder!r})
import test_store
{before}
test_store.assert_good(test_store.load(test_store.small({url!r})))
os.write(1, b"good\\n")  # in one piece, also where several write
"""


def start(url, environment, before=""):
    folder = os.path.dirname(__file__)
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS.format(folder=folder, url=url, before=before)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("count", [2, 10])
def test_processes_at_once_fetch_once(home, web, environment, count):
    for page in web.pages.values():
        page.pause = 0.03
    forks = f"any(os.fork() == 0 for _ in range({count - 1}))"
    out, err = start(web.url, environment, forks).communicate(timeout=60)
    assert out == "good\n" * count
    assert 1 <= err.count("Waiting for another process that fetches small...") < count
    assert len(web.requests) == len(BODIES)
    assert sorted(path.name for path in home.iterdir()) == [".small.lock", "small.npz"]


def test_a_killed_process_leaves_a_part_that_the_next_takes_up(home, web, environment):
    web.pages["x_train.gz"].stall_after = 20_000
    process = start(web.url, environment)
    part = home / ".small.parts" / "x_train.gz.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.communicate()
    had = part.stat().st_size
    assert had > 0
    web.pages["x_train.gz"].stall_after = None
    web.requests.clear()
    assert_good(load(small(web.url)))
    assert web.requests == [("x_train.gz", f"bytes={had}-"), ("y_train.gz", None)]
    assert not part.exists()


def test_the_holder_of_the_lock_is_killed_and_the_one_that_waits_goes_on(home, web, environment):
    web.pages["x_train.gz"].stall_after = 20_000
    holder = start(web.url, environment)
    part = home / ".small.parts" / "x_train.gz.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    waiter = start(web.url, environment)
    assert waiter.stderr.readline().startswith("Waiting for another process")
    web.pages["x_train.gz"].stall_after = None
    os.kill(holder.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    holder.communicate()
    assert waiter.communicate(timeout=30)[0] == "good\n"
    (path, wanted), *others = web.requests[1:]
    assert path == "x_train.gz" and 0 < int(wanted[6:-1]) <= 20_000
    assert others == [("y_train.gz", None)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_at_random_moments():
    figures = downloads.run(30, seed=1)
    assert figures["tried"] == figures["right_data_or_named_error"] == 30, figures["failures"]
    assert figures["wrong_data"] == 0 and figures["killed"] >= 10


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_while_storing_leaves_nothing_half(home, web, environment):
    # Room for each archive, none for the arrays.
    before = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (32400, 32400))"
    out, err = start(web.url, environment, before).communicate(timeout=30)
    assert out == "" and f"Cannot write in {home}: File too large." in err
    assert not list(home.glob("*.npz")) and not list(home.glob(".*.tmp"))
    web.requests.clear()
    assert_good(load(small(web.url)))
    assert web.requests == [], "the archives had come and are still there"


def test_the_real_registry_is_https_with_checks(tmp_path):
    from gyeol import datasets

    for name in datasets.names():
        data = datasets.describe(name)
        assert data.name == name and data.title and data.origin
        for source in data.sources:
            for file in source.files:
                assert file.urls and all(url.startswith("https://") for url in file.urls)
                path = tmp_path / file.name
                path.write_bytes(b"something else")
                # The mirrors of the table of pima differ by a line; its values are compared.
                with pytest.raises(
                    ValueError, match="rows" if name == "pima_diabetes" else "sha256"
                ):
                    file.verify(path)
                assert file.size or name == "pima_diabetes"
    assert download.TIMEOUT > 10 and store.folder().name == "datasets"
