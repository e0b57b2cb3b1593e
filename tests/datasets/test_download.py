"""Fetching from servers that cut, stall, lie, forget, and from none at all."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest

from gyeol.datasets import download
from gyeol.datasets.download import DataSetError, File, UnreachableError, checksum, fetch

BODY = hashlib.shake_256(b"any bytes").digest(200_000)
HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


def file_at(*urls, size: int | None = 200_000):
    return File("data.bin", urls, checksum("sha256", hashlib.sha256(BODY).hexdigest()), size)


def test_a_good_file_arrives_and_nothing_else(server, tmp_path):
    path = fetch(file_at(server.put("a", BODY)), tmp_path)
    assert path == tmp_path / "data.bin" and path.read_bytes() == BODY
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.bin"]


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_connection_cut_at_every_tenth_is_taken_up_again(server, tmp_path, tenths):
    url = server.put("a", BODY, cut_after=tenths * len(BODY) // 10)
    assert fetch(file_at(url), tmp_path).read_bytes() == BODY
    starts = [int(wanted[6:-1]) if wanted else 0 for _, wanted in server.requests]
    assert starts == sorted(set(starts)), "each request goes on where the last was cut"
    assert len(starts) == -(-10 // tenths)


def test_a_part_left_by_an_earlier_run_is_taken_up_again(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY[:150_000])
    fetch(file_at(server.put("a", BODY)), tmp_path)
    assert server.requests == [("a", "bytes=150000-")]


def test_a_complete_part_is_only_checked(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY)
    assert fetch(file_at(server.put("a", BODY)), tmp_path).read_bytes() == BODY
    assert server.requests == []


@pytest.mark.parametrize("part", [BODY[:9][::-1], b"x" * len(BODY), b"x" * (len(BODY) + 5)])
def test_a_part_of_something_else_is_dropped(server, tmp_path, part):
    (tmp_path / "data.bin.part").write_bytes(part)
    assert fetch(file_at(server.put("a", BODY)), tmp_path).read_bytes() == BODY


def test_a_part_longer_than_a_file_of_unknown_size_is_dropped(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY + b"more")
    path = fetch(file_at(server.put("a", BODY), size=None), tmp_path)
    assert path.read_bytes() == BODY
    assert [wanted for _, wanted in server.requests] == [f"bytes={len(BODY) + 4}-", None]


def test_a_server_without_ranges_starts_over(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY[:1000])
    path = fetch(file_at(server.put("a", BODY, ranges=False)), tmp_path)
    assert path.read_bytes() == BODY


def test_a_server_without_ranges_that_always_cuts_is_given_up(server, tmp_path):
    bad = server.put("bad", BODY, ranges=False, cut_after=20_000)
    good = server.put("good", BODY)
    assert fetch(file_at(bad, good), tmp_path).read_bytes() == BODY
    assert [path for path, _ in server.requests] == ["bad", "bad", "good"]


def test_a_server_that_does_not_tell_the_length(server, tmp_path):
    path = fetch(file_at(server.put("a", BODY, length=False), size=None), tmp_path)
    assert path.read_bytes() == BODY


def test_a_cut_that_hides_behind_a_missing_length(server, tmp_path):
    url = server.put("a", BODY, length=False, cut_after=120_000)
    assert fetch(file_at(url), tmp_path).read_bytes() == BODY


def test_an_endless_answer_is_stopped(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_UNSAID", 50_000)
    url = server.put("a", BODY, length=False)
    with pytest.raises(UnreachableError, match="sha256"):
        fetch(file_at(url, size=None), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        ({"status": 404}, "404"),
        ({"status": 503}, "503"),
        ({"body": BODY[:-1] + b"?"}, "sha256"),
        ({"body": BODY[:-1]}, "offers 199999 bytes, not 200000"),
        ({"body": HTML, "content_type": "text/html; charset=utf-8"}, "web page"),
        ({"body": HTML + b" " * (len(BODY) - len(HTML))}, "web page"),
        ({"cut_after": 0}, "cut after 0 of 200000"),
    ],
)
def test_mirrors_are_asked_in_turn_and_every_refusal_is_told(server, tmp_path, manners, words):
    bad = server.put("bad", **{"body": BODY, **manners})
    assert fetch(file_at(bad, server.put("good", BODY)), tmp_path).read_bytes() == BODY
    (tmp_path / "data.bin").unlink()
    with pytest.raises(UnreachableError, match=words) as caught:
        fetch(file_at(bad, f"{server.url}/absent"), tmp_path)
    assert bad in str(caught.value) and "absent: HTTP 404" in str(caught.value)
    assert not (tmp_path / "data.bin").exists()


def test_no_network_at_all(tmp_path):
    with pytest.raises(UnreachableError, match="refused"):
        fetch(file_at("http://127.0.0.1:9/a"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_silent_server_is_left_for_the_next(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.3)
    stalled = server.put("stalled", BODY, stall_after=20_000, ranges=False)
    assert fetch(file_at(stalled, server.put("good", BODY)), tmp_path).read_bytes() == BODY


def test_a_slow_server_is_waited_for(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.5)
    assert fetch(file_at(server.put("a", BODY, pause=0.1)), tmp_path).read_bytes() == BODY
    assert len(server.requests) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_leaves_nothing(server, tmp_path, environment):
    code = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from pathlib import Path
from gyeol.datasets.download import DataSetError, UnreachableError, File, fetch
try:
    fetch(File("data.bin", ({server.put("a", BODY)!r},) * 2, print, {len(BODY)}), Path(sys.argv[1]))
except DataSetError as error:
    print(type(error) is DataSetError, error)
"""
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=environment, capture_output=True, text=True
    )
    assert result.stdout.startswith(f"True Cannot write in {tmp_path}: File too large.")
    assert "GYEOL_HOME" in result.stdout
    assert not list(tmp_path.glob("data*"))
    assert len(server.requests) == 1, "another mirror cannot help"


def test_a_folder_that_cannot_be_written(server, tmp_path):
    folder = tmp_path / "a file"
    folder.write_text("not a folder")
    with pytest.raises(DataSetError, match=r"Cannot write in .*a file: Not a directory"):
        fetch(file_at(server.put("a", BODY)), folder)


def test_progress_is_one_line_on_a_terminal_and_silent_elsewhere(
    server, tmp_path, capsys, monkeypatch
):
    url = server.put("a", BODY)
    fetch(file_at(url), tmp_path)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch(file_at(url), tmp_path)
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "data.bin 100% 0.2/0.2 MB" in err


LOCKER = """
import sys, time
from pathlib import Path
from gyeol.datasets.download import locked
with locked(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def start_locker(path, seconds, environment):
    return subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path), str(seconds)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_lock_of_a_killed_holder_is_free(tmp_path, environment):
    path = tmp_path / "lock"
    with start_locker(path, 60, environment) as first:
        assert first.stdout.readline() == "held\n"
        with start_locker(path, 0, environment) as second:
            assert second.stdout.readline() == "waiting\n"
            os.kill(first.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            assert second.stdout.readline() == "held\n"
            assert second.wait(10) == 0
