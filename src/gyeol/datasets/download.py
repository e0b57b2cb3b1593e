"""Fetching one file: mirrors in turn, parts resumed, checked before it has its name, locked."""

import contextlib
import hashlib
import http.client
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gyeol.text import tr

TIMEOUT = 30.0  # seconds that a server may be silent
PAUSE = 0.5  # seconds before a cut transfer is taken up again
_TRIES = 100  # of one address, as long as each brings bytes
_BLOCK = 1 << 16
_UNSAID = 1 << 26  # bytes taken at most from a server that does not say how many it has


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
        verify: raises a `ValueError` for a path that does not hold the right file.
        size: its bytes, or None where mirrors differ by a header line.
    """

    name: str
    urls: tuple[str, ...]
    verify: Callable[[Path], object]
    size: int | None = None


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
            os.replace(part, target)
            return target
    raise UnreachableError("; ".join(failures))


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
    restarted = False
    for _ in range(_TRIES):
        start = part.stat().st_size if part.exists() else 0
        if file.size is not None and start > file.size:
            part.unlink()
            start = 0
        if start == 0 or start != file.size:
            try:
                start = _receive(url, file, part, start)
            except DataSetError:
                raise
            except (OSError, http.client.HTTPException):
                # A refusal brings no bytes; a cut transfer does, and is worth taking up.
                if not part.exists() or part.stat().st_size <= start:
                    raise
                time.sleep(PAUSE)
                continue
        try:
            file.verify(part)
            return
        except ValueError as error:
            reason = _page_came() if _is_page(part) else error
            part.unlink()
            # A part from another day or address may be at fault: once more from the start.
            if start == 0 or restarted:
                raise reason from error
            restarted = True
    raise ConnectionError(tr("the connection was cut {tries} times", tries=_TRIES))


def _receive(url: str, file: File, part: Path, start: int) -> int:
    """Append what the server sends to `part`.

    Returns:
        The byte that the server began at: 0 when it does not resume.
    """
    headers = {"User-Agent": "gyeol", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not start:
            raise
        part.unlink()  # longer than the file there: it is a part of another one
        return _receive(url, file, part, 0)
    with response:
        if response.headers.get_content_type() == "text/html":
            raise _page_came()
        if response.status != 206 or not _resumes_at(response, start):
            start = 0
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else file.size
        if file.size not in (None, total):
            raise ValueError(tr("it offers {found} bytes, not {size}", found=total, size=file.size))
        received = _copy(response, part, start, total, file.name)
    if total is not None and received < total:
        raise ConnectionError(
            tr("cut after {received} of {total} bytes", received=received, total=total)
        )
    return start


def _page_came() -> ValueError:
    return ValueError(tr("a web page came instead of the file (a proxy or a sign-in page?)"))


def _resumes_at(response: http.client.HTTPResponse, start: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _copy(
    response: http.client.HTTPResponse, part: Path, start: int, total: int | None, name: str
) -> int:
    received = start
    most = _UNSAID if total is None else total
    progress = _Progress(name, start, total)
    try:
        with _writing(part), open(part, "ab" if start else "wb") as out:
            while received < most:
                # read1 gives what has come, so that a cut loses nothing.
                try:
                    block = response.read1(_BLOCK)
                except OSError as error:
                    raise _NetworkError(_reason(error)) from error
                if not block:
                    break
                out.write(block)
                received += len(block)
                progress.show(received)
            out.flush()
            os.fsync(out.fileno())
    except _NetworkError as error:
        raise ConnectionError(str(error)) from error
    finally:
        progress.close()
    return received


class _NetworkError(Exception):
    """An OSError of the connection, told apart from those of the disk."""


@contextlib.contextmanager
def _writing(part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A full disk needs its space back.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise cannot_write(part.parent, error) from error


def cannot_write(folder: Path, error: OSError) -> DataSetError:
    """What to say when a folder cannot hold a data set."""
    return DataSetError(
        tr(
            "Cannot write in {folder}: {reason}. Make room or give the right to write there, "
            "or set GYEOL_HOME to another folder.",
            folder=folder,
            reason=error.strerror or error,
        )
    )


def _is_page(path: Path) -> bool:
    with open(path, "rb") as file:
        head = file.read(256).lstrip().lower()
    return head.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<script"))


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
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
