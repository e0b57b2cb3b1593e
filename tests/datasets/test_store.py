"""Where a data set is looked for, what is done about a bad copy, and who fetches it."""

import gzip
import hashlib
import os
import signal
import struct
import subprocess
import sys
import time

import numpy as np
import pytest

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


def test_other_values_are_refused_even_when_the_file_is_well_formed(home, web, capsys):
    np.savez(home / "small.npz", **{**ARRAYS, "y_train": ARRAYS["y_train"][::-1]})
    assert_good(load(small(web.url)))
    assert "the values of y_train are not the published ones" in capsys.readouterr().err


def test_a_good_copy_further_down_serves_while_the_damaged_one_is_told(home, capsys):
    (home / "small.npz").write_bytes(b"PK\3\4 not really")
    write_archives(home)
    assert_good(load(small()))
    assert f"{home / 'small.npz'} is damaged" in capsys.readouterr().err


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


def test_left_overs_of_a_killed_store_are_cleared(home, web):
    (home / ".small.npz.0123abcd.tmp").write_bytes(b"half")
    load(small(web.url))
    assert not list(home.glob("*.tmp")) and not list(home.glob(".*.tmp"))


# The same data set, in a process of its own: this file is imported and loads.
PROCESS = """
import sys
sys.path.insert(0, {folder!r})
import test_store
{before}
test_store.assert_good(test_store.load(test_store.small({url!r})))
print("good")
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


def test_two_processes_at_once_fetch_once(home, web, environment):
    for page in web.pages.values():
        page.pause = 0.08
    both = [start(web.url, environment) for _ in range(2)]
    said = [process.communicate(timeout=30) for process in both]
    assert [out for out, _ in said] == ["good\n", "good\n"]
    assert sorted(err for _, err in said) == [
        "",
        "Waiting for another process that fetches small...\n",
    ]
    assert len(web.requests) == len(BODIES)


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


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_while_storing_leaves_nothing_half(home, web, environment):
    # Room for each archive, none for the arrays.
    before = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (32400, 32400))"
    out, err = start(web.url, environment, before).communicate(timeout=30)
    assert out == "" and "Cannot write in" in err and "File too large" in err
    assert not list(home.glob("*.npz")) and not list(home.glob(".*.tmp"))
    web.requests.clear()
    assert_good(load(small(web.url)))
    assert web.requests == [], "the archives had come and are still there"


def test_the_real_registry_is_https_with_checks():
    from gyeol import datasets

    for name in datasets.names():
        data = datasets.describe(name)
        assert data.name == name and data.title and data.origin
        for source in data.sources:
            for file in source.files:
                assert file.urls and all(url.startswith("https://") for url in file.urls)
    assert download.TIMEOUT > 10 and store.folder().name == "datasets"
