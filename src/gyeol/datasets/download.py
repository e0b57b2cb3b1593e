"""Fetching one file: mirrors in turn, parts resumed, checked before it has its name, locked."""

import contextlib
import hashlib
import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from gyeol.files import write_whole
from gyeol.text import tr

TIMEOUT = 30.0  # seconds that a server may be silent
PAUSE = 0.5  # seconds before a cut transfer is taken up again
_TRIES = 100  # of one address, as long as each gets further than those before
_BLOCK = 1 << 16
_HEAD = 1024  # bytes by which a web page is known
_PAGE_NAMES = (".html", ".htm", ".xhtml", ".xml", ".svg")


class DataSetError(OSError):
    """A data set that could not be fetched, read or stored. The message says what to do."""


class UnreachableError(DataSetError):
    """No address gave the file."""


@dataclass(frozen=True)
class File:
    """A file in public places.

    Args:
        name: what the file is called on disk.
        urls: its addresses, the best first; every one serves the same bytes.
        verify: raises a `ValueError` for a path that does not hold the right file; None where
            nobody can tell. Then a part is gone on with only if the server says, by a strong ETag,
            that its file is still the same.
        size: its bytes, or None where they are not known before.
        most: bytes that are taken at most where `size` is None.
    """

    name: str
    urls: tuple[str, ...]
    verify: Callable[[Path], object] | None
    size: int | None = None
    most: int = 1 << 26


def checksum(algorithm: str, expected: str) -> Callable[[Path], None]:
    """A `File.verify` that compares a digest ('sha256' or 'md5') of the whole file."""

    def verify(path: Path) -> None:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
        if found != expected:
            raise ValueError(f"its {algorithm} is {found[:12]}..., not {expected[:12]}...")

    return verify


def fetch(file: File, folder: Path) -> Path:
    """Download `file` into `folder`: whole, checked, or not at all.

    What a cut transfer left in ``<name>.part`` is taken up again, by the next call too.

    Args:
        file: what to fetch.
        folder: where to; it must exist.

    Returns:
        The path of the file.

    Raises:
        UnreachableError: no address gave the file.
        DataSetError: the folder cannot hold it.
    """
    target, part = folder / file.name, folder / f"{file.name}.part"
    failures = []
    for url in file.urls:
        try:
            _fetch_from(url, file, part)
        except DataSetError:
            raise
        except (OSError, ValueError, http.client.HTTPException) as error:
            failures.append(f"{url}: {_reason(error)}")
        else:
            _give_name(part, target)
            return target
    raise UnreachableError("; ".join(failures))


def _give_name(part: Path, target: Path) -> None:
    try:
        with open(part, "r+b") as file:
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError as error:
        raise cannot_write(part.parent, error) from error
    _etag_file(part).unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path, say_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock on `path` between processes; the system frees it when its holder dies.

    Args:
        path: a small file for the lock alone. It stays there: removing it would let two in.
        say_waiting: called once when another process holds the lock.
    """
    with open(path, "a+b") as handle:
        waited = False
        while not _try_lock(handle):
            if not waited:
                say_waiting()
                waited = True
            time.sleep(0.1)
        yield


def _try_lock(handle: BinaryIO) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _fetch_from(url: str, file: File, part: Path) -> None:
    """Fill `part` from one address and check it."""
    restarted, furthest = False, 0
    for _ in range(_TRIES):
        start = _left_over(url, file, part)
        if start == 0 or start != file.size:
            try:
                start = _receive(url, file, part, start)
            except DataSetError:
                raise
            except (OSError, http.client.HTTPException):
                # A refusal brings no bytes; a cut transfer does, and is worth taking up.
                size = part.stat().st_size if part.exists() else 0
                if size <= max(start, furthest):
                    raise
                furthest = size
                time.sleep(PAUSE)
                continue
        try:
            if file.verify is not None:
                file.verify(part)
            return
        except ValueError:
            _drop(part)
            # A part from another day or address may be at fault: once more from the start.
            if start == 0 or restarted:
                raise
        restarted, furthest = True, 0
    raise ConnectionError(tr("the connection was cut {tries} times", tries=_TRIES))


def _left_over(url: str, file: File, part: Path) -> int:
    """How many bytes of an earlier transfer can be gone on with. Others are dropped."""
    start = part.stat().st_size if part.exists() else 0
    too_long = file.size is not None and start > file.size
    if too_long or (start and file.verify is None and not _etag(url, part)):
        _drop(part)
        return 0
    return start


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    _etag_file(part).unlink(missing_ok=True)


def _etag_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _etag(url: str, part: Path) -> str:
    """The strong ETag of the file at `url` that `part` is a part of; empty if none is known."""
    with contextlib.suppress(OSError, ValueError):
        address, _, etag = _etag_file(part).read_text("utf-8").partition("\n")
        return etag if address == url else ""
    return ""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects are followed, but not from https to what anyone on the way can change."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str):
        if req.type == "https" and not newurl.startswith("https:"):
            fp.close()
            raise ValueError(tr("it leads from https to {address}", address=newurl))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _receive(url: str, file: File, part: Path, start: int) -> int:
    """Append what the server sends to `part`.

    Returns:
        The byte that the server began at: 0 when it does not resume.
    """
    # What is compressed on the way has another length and another hash.
    headers = {"User-Agent": "gyeol", "Accept-Encoding": "identity"}
    etag = _etag(url, part) if start and file.verify is None else ""
    if start:
        headers["Range"] = f"bytes={start}-"
    if etag:
        headers["If-Range"] = etag
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416 or not start:
            raise
        response = None  # the part is longer than the file there: it is of another one
    if response is not None:
        with response:
            _refuse_what_is_no_file(response, url, file)
            if response.status != 206 or _resumes_at(response, start, etag):
                return _take(response, url, file, part, start if response.status == 206 else 0)
    if not start:
        raise ValueError(tr("it sent a piece where the whole was asked for"))
    _drop(part)
    return _receive(url, file, part, 0)


def _refuse_what_is_no_file(response: Any, url: str, file: File) -> None:
    if response.headers.get_content_type() == "text/html" and not _may_be_page(file):
        raise _page_came()
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    names = (file.name, urllib.parse.urlsplit(url).path)
    # Servers call a file encoded with gzip that is one ending in .gz, as it is.
    gzip_itself = any(name.endswith((".gz", ".tgz")) for name in names)
    if encoding != "identity" and not (encoding in ("gzip", "x-gzip") and gzip_itself):
        raise ValueError(tr("it came encoded ({encoding}), unasked", encoding=encoding))


def _resumes_at(response: Any, start: int, etag: str) -> bool:
    said = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    goes_on = said and int(said[1]) == start and (said[2] == "*" or int(said[2]) > start)
    same = not etag or response.headers.get("ETag", etag) == etag
    return bool(start and goes_on and same)


def _take(response: Any, url: str, file: File, part: Path, start: int) -> int:
    total = _whole_length(response, start) or file.size
    if file.size not in (None, total):
        raise ValueError(tr("it offers {found} bytes, not {size}", found=total, size=file.size))
    if file.size is None and (total or 0) > file.most:
        raise _too_long(file)
    received = _copy(response, url, file, part, start, total)
    if total is not None and received < total:
        raise _cut(received, total)
    if total is None and received >= file.most:
        _drop(part)
        raise _too_long(file)
    return start


def _whole_length(response: Any, start: int) -> int | None:
    """The bytes of the whole file, as far as the server says."""
    said = re.fullmatch(r"bytes \d+-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if start and said:
        return int(said[1])
    length = response.headers.get("Content-Length", "")
    chunked = response.headers.get("Transfer-Encoding", "").lower() == "chunked"
    return start + int(length) if length.isdecimal() and not chunked else None


def _copy(response: Any, url: str, file: File, part: Path, start: int, total: int | None) -> int:
    received = start
    end = file.most if total is None else total
    progress = _Progress(file.name, start, total)
    block = response.read1(min(_BLOCK, end - start))
    while 0 < len(block) < _HEAD and (more := response.read1(_HEAD - len(block))):
        block += more
    # An old part gives way only to bytes of the file.
    if not start and not _may_be_page(file) and _begins_page(block[:_HEAD]):
        raise _page_came()
    if not block and total:
        raise _cut(0, total)
    try:
        with _writing(part), _opened(response, url, file, part, start) as out:
            while block:
                out.write(block)
                received += len(block)
                progress.show(received)
                # read1 gives what has come, so that a cut loses nothing.
                try:
                    block = response.read1(min(_BLOCK, end - received))
                except OSError as error:
                    raise _NetworkError(_reason(error)) from error
    except _NetworkError as error:
        raise ConnectionError(str(error)) from error
    finally:
        progress.close()
    return received


def _opened(response: Any, url: str, file: File, part: Path, start: int) -> IO[bytes]:
    if start:
        return open(part, "ab")
    _drop(part)
    etag = response.headers.get("ETag", "")
    if file.verify is None and etag.startswith('"'):
        with write_whole(_etag_file(part)) as out:
            out.write(f"{url}\n{etag}".encode())
    return open(part, "wb")


def _page_came() -> ValueError:
    return ValueError(tr("a web page came instead of the file (a proxy or a sign-in page?)"))


def _cut(received: int, total: int) -> ConnectionError:
    return ConnectionError(
        tr("cut after {received} of {total} bytes", received=received, total=total)
    )


def _too_long(file: File) -> ValueError:
    return ValueError(tr("it has more than the {most} bytes that are taken", most=file.most))


class _NetworkError(Exception):
    """An OSError of the connection, told apart from those of the disk."""


@contextlib.contextmanager
def _writing(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A full disk needs its space back.
        with contextlib.suppress(OSError):
            _drop(part)
        raise cannot_write(part.parent, error) from error


def cannot_write(folder: Path, error: OSError) -> DataSetError:
    """What to say when a folder cannot hold a data set."""
    return DataSetError(
        tr(
            "Cannot write in {folder}: {reason}. Make room or give the right to write there, "
            "or set GYEOL_HOME to another folder.",
            folder=folder,
            reason=os.strerror(error.errno) if error.errno else error,
        )
    )


def _begins_page(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    signs = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta")
    return head.startswith(signs) or (head.startswith(b"<?xml") and b"<html" in head)


def _may_be_page(file: File) -> bool:
    return file.name.lower().endswith(_PAGE_NAMES)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {' '.join(str(error.reason).split())}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    if isinstance(error, http.client.IncompleteRead):
        return tr("the connection was cut")
    return str(error) or type(error).__name__


class _Progress:
    """One line on a terminal's standard error, rewritten in place; silent elsewhere."""

    def __init__(self, name: str, start: int, total: int | None):
        self.name, self.start, self.total = name, start, total
        self.began = time.monotonic()
        self.shown = 0.0
        self.silent = not sys.stderr.isatty()

    def show(self, received: int) -> None:
        now = time.monotonic()
        if self.silent or (now - self.shown < 0.2 and received != self.total):
            return
        self.shown = now
        speed = (received - self.start) / max(now - self.began, 1e-3) / 1e6
        of_total = f"/{self.total / 1e6:.1f}" if self.total else ""
        percent = f" {100 * received // self.total:3d}%" if self.total else ""
        line = f"{self.name}{percent} {received / 1e6:.1f}{of_total} MB {speed:.1f} MB/s"
        print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.shown:
            print(file=sys.stderr)
