"""Fetching from servers that cut, stall, lie, forget, and from none at all."""

import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys

import pytest

from gyeol.datasets import download
from gyeol.datasets.download import DataSetError, File, UnreachableError, checksum, fetch

BODY = hashlib.shake_256(b"any bytes").digest(200_000)
ETAG = {"headers": {"ETag": '"one"'}}
OTHER = hashlib.shake_256(b"a newer version").digest(200_000)
HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


def file_at(*urls, size: int | None = 200_000):
    return File("data.bin", urls, checksum("sha256", hashlib.sha256(BODY).hexdigest()), size)


def unchecked(*urls, **options):
    """A file of which nobody knows the hash."""
    return File("data.bin", urls, None, **options)


def ranges_of(server):
    return [int(wanted[6:-1]) if wanted else 0 for _, wanted in server.requests]


def test_a_good_file_arrives_and_nothing_else(server, tmp_path):
    path = fetch(file_at(server.put("a", BODY)), tmp_path)
    assert path == tmp_path / "data.bin" and path.read_bytes() == BODY
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.bin"]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_connection_cut_at_every_tenth_is_taken_up_again(server, tmp_path, tenths, known):
    url = server.put("a", BODY, cut_after=tenths * len(BODY) // 10, **ETAG)
    assert fetch((file_at if known else unchecked)(url), tmp_path).read_bytes() == BODY
    starts = ranges_of(server)
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


@pytest.mark.parametrize("verify", [None, file_at().verify])
@pytest.mark.parametrize(
    "manners",
    [{"endless": True, "length": False}, {"endless": True, "length": 1 << 60}, {"chunked": True}],
)
def test_an_endless_answer_is_stopped(server, tmp_path, verify, manners):
    file = File("data.bin", (server.put("a", BODY, **manners),), verify, most=150_000)
    with pytest.raises(UnreachableError, match="more than the 150000 bytes"):
        fetch(file, tmp_path)
    assert not list(tmp_path.iterdir())
    # Where the size is known, no more than that is taken.
    if manners.get("endless"):
        with pytest.raises(UnreachableError, match=r"sha256|offers"):
            fetch(file_at(file.urls[0]), tmp_path)
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
        ({"status": 403}, "HTTP 403"),
        ({"status": 500}, "HTTP 500"),
        ({"status": 206}, "a piece where the whole was asked for"),
        ({"status": 302, "headers": {"Location": "/bad"}}, "HTTP 302 .*infinite loop"),
        ({"length": 1000}, "offers 1000 bytes, not 200000"),
        ({"length": 300_000}, "offers 300000 bytes, not 200000"),
        ({"headers": {"Content-Encoding": "gzip"}}, r"encoded \(gzip\), unasked"),
        ({"headers": {"Content-Encoding": "br"}}, r"encoded \(br\), unasked"),
        ({"chunked": True, "cut_after": 0}, "connection was cut"),
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


def test_a_part_that_does_not_go_on_from_where_it_is_said_to_is_not_joined(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY[:150_000])
    assert fetch(file_at(server.put("a", BODY, off=10)), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == [150_000, 0]


def test_a_server_that_gives_pieces_of_a_range_is_asked_for_each(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY[:50_000])
    assert fetch(file_at(server.put("a", BODY, piece=60_000)), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == [50_000, 110_000, 170_000]


def test_a_file_that_changes_between_two_parts_is_not_a_mixture(server, tmp_path):
    url = server.put("a", OTHER, cut_after=70_000, then=server.page(BODY))
    assert fetch(file_at(url), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == [0, 70_000, 0], "the sha256 tells"


@pytest.mark.parametrize(
    ("first", "then", "ranges", "expected"),
    [
        (ETAG, ETAG, [0, 70_000], BODY),
        (ETAG, {"headers": {"ETag": '"two"'}}, [0, 70_000], OTHER),  # answers with the whole
        (ETAG, {}, [0, 70_000], OTHER),
        ({}, {}, [0, 0], OTHER),
        ({"headers": {"ETag": 'W/"one"'}}, {"headers": {"ETag": 'W/"one"'}}, [0, 0], OTHER),
    ],
)
def test_without_a_hash_only_a_strong_etag_joins_parts(
    server, tmp_path, first, then, ranges, expected
):
    url = server.put("a", BODY, cut_after=70_000, **first, then=server.page(expected, **then))
    assert fetch(unchecked(url), tmp_path).read_bytes() == expected
    assert ranges_of(server) == ranges
    assert [path.name for path in tmp_path.iterdir()] == ["data.bin"]


def test_without_a_hash_a_server_that_ignores_the_etag_is_found_out(server, tmp_path):
    (tmp_path / "data.bin.part").write_bytes(BODY[:70_000])
    url = server.put("a", OTHER, headers={"ETag": '"two"'}, heeds_etag=False)
    (tmp_path / "data.bin.part.etag").write_text(f'{url}\n"one"')
    assert fetch(unchecked(url), tmp_path).read_bytes() == OTHER
    assert ranges_of(server) == [70_000, 0]


@pytest.mark.parametrize("etag", [None, 'elsewhere\n"one"', ""])
def test_without_a_hash_a_part_of_unknown_origin_is_dropped(server, tmp_path, etag):
    (tmp_path / "data.bin.part").write_bytes(OTHER[:70_000])
    if etag is not None:
        (tmp_path / "data.bin.part.etag").write_text(etag)
    assert fetch(unchecked(server.put("a", BODY, **ETAG)), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == [0]


@pytest.mark.parametrize("kind", [file_at, unchecked])
def test_a_server_that_never_resumes_and_cuts_at_every_tenth_is_given_up(server, tmp_path, kind):
    for tenth in range(10):
        server.requests.clear()
        url = server.put("a", BODY, ranges=False, cut_after=tenth * len(BODY) // 10)
        with pytest.raises(UnreachableError, match=r"cut after \d+ of 200000 bytes"):
            fetch(kind(url), tmp_path)
        assert len(server.requests) <= 2 and not (tmp_path / "data.bin").exists()


@pytest.mark.parametrize("manners", [{"chunked": True, "cut_after": 120_000}, {"length": 300_000}])
def test_without_a_hash_a_cut_is_told_by_the_server_s_own_length(server, tmp_path, manners):
    with pytest.raises(UnreachableError, match=r"cut after|was cut"):
        fetch(unchecked(server.put("a", BODY, ranges=False, **manners)), tmp_path)
    assert not (tmp_path / "data.bin").exists()


PAGES = [
    HTML,
    b"\xef\xbb\xbf\r\n<HTML><body>",
    b'<?xml version="1.0"?><!DOCTYPE x><html xmlns="">',
    b"<script>location='/login'</script>",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_no_file_whatever_it_is_called(server, tmp_path, page):
    for pause in (0, 0.002):  # at once, and in bits of a few bytes
        with pytest.raises(UnreachableError, match="web page"):
            fetch(unchecked(server.put("a", page, pause=pause)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_is_a_file_where_its_name_says_so(server, tmp_path):
    for kind in ("text/html", "application/octet-stream"):
        file = File("a.html", (server.put("a", HTML, content_type=kind),), None)
        assert fetch(file, tmp_path).read_bytes() == HTML


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream"])
def test_a_sign_in_page_in_the_middle_does_not_cost_the_part(server, tmp_path, kind):
    (tmp_path / "data.bin.part").write_bytes(BODY[:150_000])
    url = server.put("a", HTML, content_type=kind, ranges=False, length=False)
    with pytest.raises(UnreachableError, match="web page"):
        fetch(file_at(url), tmp_path)
    assert (tmp_path / "data.bin.part").read_bytes() == BODY[:150_000]


def test_a_gz_file_that_the_server_calls_encoded_is_taken_as_it_is(server, tmp_path):
    encoded = {"headers": {"Content-Encoding": "x-gzip"}}
    assert fetch(unchecked(server.put("a.tgz", BODY, **encoded)), tmp_path).read_bytes() == BODY


def test_a_redirect_is_followed_and_resumed(server, tmp_path):
    server.put("there", BODY, cut_after=120_000)
    url = server.put("here", status=302, headers={"Location": "/there"})
    assert fetch(file_at(url), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == [0, 0, 120_000, 120_000]


@pytest.fixture
def secure(tmp_path_factory, server, monkeypatch):
    """The server's address over TLS, with a certificate that is trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert"
    named = ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *made.split(), *named], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert"))
    return server.over_tls(context)


def test_https_is_never_left_for_http(server, secure, tmp_path, monkeypatch):
    plain = server.put("file", BODY)
    assert fetch(file_at(f"{secure}/file"), tmp_path).read_bytes() == BODY
    server.put("near", status=302, headers={"Location": "/file"})
    assert fetch(file_at(f"{secure}/near"), tmp_path).read_bytes() == BODY
    server.put("far", status=302, headers={"Location": plain})
    for kind in (file_at, unchecked):
        with pytest.raises(UnreachableError, match=f"leads from https to {plain}"):
            fetch(kind(f"{secure}/far"), tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(file_at(f"{secure}/file"), tmp_path)


def test_proxy_variables_are_honoured(server, tmp_path, monkeypatch):
    server.put("http://gyeol.invalid/a", BODY)
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("https_proxy", server.url)
    assert fetch(file_at("http://gyeol.invalid/a"), tmp_path).read_bytes() == BODY
    with pytest.raises(UnreachableError, match="403"):
        fetch(file_at("https://gyeol.invalid/a"), tmp_path)
    assert [path for path, _ in server.requests] == ["http://gyeol.invalid/a", "gyeol.invalid:443"]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert fetch(file_at(server.put("direct", BODY)), tmp_path).read_bytes() == BODY


def test_a_name_that_is_not_known(tmp_path, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnreachableError, match="Name or service not known"):
        fetch(file_at("https://gyeol.invalid/a"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_the_part_and_no_file(server, tmp_path, monkeypatch):
    def interrupt(self, received):
        if received > 100_000:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(download._Progress, "show", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(file_at(server.put("a", BODY)), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["data.bin.part"]
    had = (tmp_path / "data.bin.part").stat().st_size
    assert had > 100_000 and fetch(file_at(server.put("a", BODY)), tmp_path).read_bytes() == BODY
    assert ranges_of(server) == ([0] if had == len(BODY) else [0, had])


def test_a_folder_in_the_file_s_place_is_told_and_kept(server, tmp_path):
    (tmp_path / "data.bin").mkdir()
    with pytest.raises(DataSetError, match="Cannot write"):
        fetch(file_at(server.put("a", BODY)), tmp_path)
    assert (tmp_path / "data.bin").is_dir()


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


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own with room for 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_nothing_but_words(server, small_disk):
    for kind in (file_at, unchecked):
        with pytest.raises(DataSetError, match=r"Cannot write in .*disk: No space left") as caught:
            fetch(kind(server.put("a", BODY, **ETAG)), small_disk)
        assert type(caught.value) is DataSetError
        assert not list(small_disk.iterdir())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(DataSetError, match="Read-only file system"):
        fetch(file_at(server.put("a", BODY)), small_disk)


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
