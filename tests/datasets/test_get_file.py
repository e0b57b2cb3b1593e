"""`get_file` from servers that misbehave, and what it makes of a cache that is damaged."""

import functools
import hashlib
import os
import shutil
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gyeol import utils
from gyeol.datasets import download
from gyeol.datasets.download import DataSetError, UnreachableError

BODY = hashlib.shake_256(b"any bytes").digest(200_000)
SHA256, MD5 = hashlib.sha256(BODY).hexdigest(), hashlib.md5(BODY).hexdigest()
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"

get_file = functools.partial(utils.get_file, "data.bin")
HASHES = [{"file_hash": SHA256}, {"file_hash": MD5.upper()}, {"md5_hash": MD5}, {}]


@pytest.mark.parametrize("hashes", HASHES)
def test_a_good_file_arrives_and_is_kept(home, server, hashes):
    url = server.put("data", BODY, cut_after=90_000, headers={"ETag": '"one"'})
    for _ in range(2):
        path = get_file(url, **hashes)
        assert path == str(home / "data.bin") and Path(path).read_bytes() == BODY
    assert [wanted for _, wanted in server.requests] == [None, "bytes=90000-", "bytes=180000-"]
    assert sorted(path.name for path in home.iterdir()) == [".data.bin.lock", "data.bin"]


@pytest.mark.parametrize("hashes", HASHES)
@pytest.mark.parametrize(
    ("manners", "words"),
    [
        ({"body": PAGE}, "web page"),
        ({"body": PAGE, "content_type": "text/html"}, "web page"),
        ({"cut_after": 100_000, "ranges": False}, "cut after 100000 of 200000"),
        ({"headers": {"Content-Encoding": "gzip"}}, "encoded"),
        ({"status": 503}, "HTTP 503"),
        ({"endless": True, "length": False}, "more than the 900000 bytes"),
    ],
)
def test_what_is_not_the_file_is_never_given_out(home, server, monkeypatch, hashes, manners, words):
    usage = namedtuple("usage", "total used free")(0, 0, 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    url = server.put("data", **{"body": BODY, **manners})
    with pytest.raises(UnreachableError, match=words) as caught:
        get_file(url, **hashes)
    assert not (home / "data.bin").exists()
    assert str(caught.value).splitlines()[-1] == (
        f"Without a network, put the file from {url} here: {home / 'data.bin'}"
    )


def test_following_that_advice_helps(home):
    with pytest.raises(OSError, match="Without a network"):
        get_file("http://127.0.0.1:9/data", file_hash=SHA256)
    (home / "data.bin").write_bytes(BODY)
    assert get_file("http://127.0.0.1:9/data", file_hash=SHA256) == str(home / "data.bin")


@pytest.mark.parametrize("kind", ["cut", "empty", "bit", "link"])
def test_a_damaged_file_in_the_cache_is_told_and_fetched_again(home, server, capsys, kind):
    path = home / "data.bin"
    if kind == "link":
        path.symlink_to(home / "gone")
    else:
        damaged = {"cut": BODY[:-1], "empty": b"", "bit": b"?" + BODY[1:]}
        path.write_bytes(damaged[kind])
    before = os.lstat(path)
    with pytest.raises(OSError, match=r"data\.bin is fetched again: .*\n.*could not be fetched"):
        get_file("http://127.0.0.1:9/data", file_hash=SHA256)
    assert os.lstat(path).st_ino == before.st_ino, "without a network it stays"
    capsys.readouterr()
    assert Path(get_file(server.put("data", BODY), file_hash=SHA256)).read_bytes() == BODY
    assert f"{path} is fetched again: " in capsys.readouterr().out
    assert not path.is_symlink()
    # Without a hash, what is empty or leads nowhere is found all the same.
    if kind in ("empty", "link"):
        path.unlink()
        path.touch() if kind == "empty" else path.symlink_to(home / "gone")
        assert Path(get_file(f"{server.url}/data")).read_bytes() == BODY


def test_a_folder_in_its_place_is_told_and_kept(home, server):
    (home / "data.bin").mkdir()
    for hashes in HASHES:
        with pytest.raises(ValueError, match=r"data\.bin is a folder where a file is to be"):
            get_file(server.put("data", BODY), **hashes)
    assert (home / "data.bin").is_dir() and server.requests == []


def test_what_keras_left_is_used_when_it_is_right_and_never_written(home, server, tmp_path):
    keras = tmp_path / "user/.keras/datasets/data.bin"
    keras.parent.mkdir(parents=True)
    keras.write_bytes(BODY)
    url = server.put("data", BODY)
    assert get_file(url, file_hash=SHA256) == get_file(url) == str(keras)
    assert list(home.iterdir()) == [] and server.requests == []
    keras.write_bytes(BODY[:-1])
    assert get_file(url, file_hash=SHA256) == str(home / "data.bin")
    assert keras.read_bytes() == BODY[:-1]


def test_what_is_there_needs_no_right_to_write(home, server, monkeypatch):
    (home / "data.bin").write_bytes(BODY)

    def refuse(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(download, "locked", refuse)
    assert get_file("http://127.0.0.1:9/data", file_hash=SHA256) == str(home / "data.bin")
    with pytest.raises(DataSetError, match=r"Cannot write in .*Permission denied.*GYEOL_HOME"):
        get_file(server.put("data", BODY), force_download=True)


def test_several_at_once_fetch_once(home, server, capsys):
    url = server.put("data", BODY, pause=0.02)
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: get_file(url, file_hash=SHA256), range(4)))
    assert set(paths) == {str(home / "data.bin")} and len(server.requests) == 1
    assert capsys.readouterr().out.count("Downloading") == 1


def test_a_home_that_is_a_file(home, server):
    home.rmdir()
    home.write_text("")
    with pytest.raises(DataSetError, match="Cannot write in"):
        get_file(server.put("data", BODY))


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_hash": "abc"},
        {"file_hash": SHA256, "hash_algorithm": "md5"},
        {"file_hash": SHA256, "hash_algorithm": "sha1"},
        {"md5_hash": SHA256},
    ],
)
def test_a_hash_that_is_none_is_named(home, wrong):
    with pytest.raises(ValueError, match="md5 of 32 or a sha256 of 64 digits"):
        get_file("http://127.0.0.1:9/data", **wrong)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b"])
def test_a_name_is_no_path(name):
    with pytest.raises(ValueError, match="the name of a file without a folder"):
        utils.get_file(name, "http://127.0.0.1:9/")
