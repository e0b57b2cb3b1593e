"""A file, or a folder, is written whole or not at all.

What is new is written beside the old under a name that nothing reads, brought to the disk, and then
takes the old one's place in one step of the file system.
"""

import errno
import functools
import io
import itertools
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from gyeol.text import tr

# Some file systems have nothing to sync, and say so with one of these.
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)
_ABANDONED = 24 * 3600  # seconds; asked only where there are no locks
_SWAPS = 100  # tries against other processes that put a folder at the same place
_LONGEST_NAME = 240  # bytes; most file systems take 255


@contextmanager
def write_whole(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """A binary file, to write and to read, that takes its place at `path` when the block ends.

    Until then the old file, if there is one, stays as it was; the new bytes are on the disk before
    the name points at them. After an error nothing of the new file is left. What a killed process
    left is removed by the next that writes the same file.

    Args:
        path: where the file is to be. A link stays a link: the file that it leads to is replaced,
            and the new one has its permissions. A pipe or a device is written to as it is.

    Raises:
        OSError: the file cannot be written; in a line: why, and what to do. The class and `errno`
            are the system's.
    """
    path = os.fsdecode(path)
    with _in_words(path):
        target, before = _place(path)
    if before is not None and not stat.S_ISREG(before.st_mode):
        yield from _written_at_once(path)
        return
    with _in_words(path):
        claim = _Claim(target)
    raw = _Raw(claim.handle, "r+b", closefd=False)
    file = io.BufferedRandom(raw, 1 << 16)
    try:
        _take_permissions(claim.handle, before)
        yield file
        file.flush()
        if raw.failure is not None:  # and whoever wrote did not care
            raise raw.failure
        with _in_words(path):
            _sync(claim.handle)
            claim.move_to(target)
    except Exception as error:
        if raw.failure is None:
            raise
        # Libraries in between may have made something else of what the disk said.
        raise cannot_write(path, raw.failure) from error
    finally:
        with suppress(OSError):  # what a full disk did not take is tried once more here
            file.close()
        claim.end()
    _sync_folder(target.parent)


def check_writable(path: str | os.PathLike) -> None:
    """Refuse a path that no file can be written to, before there is something to write.

    Raises:
        OSError: as of `write_whole`.
    """
    path = os.fsdecode(path)
    with _in_words(path):
        target, before = _place(path)
        if before is None or stat.S_ISREG(before.st_mode):
            _Claim(target).end()


def append_whole(path: str | os.PathLike, content: bytes) -> None:
    """Add to the end of a file: all of it or, after an error, nothing.

    It is not waited for until it is on the disk: this is for logs, to which little is added often,
    and whose readers pass over an end that a power cut tore.

    Args:
        path: the file; it is made when it is not there.
        content: what to add.

    Raises:
        OSError: as of `write_whole`.
    """
    with _in_words(os.fsdecode(path)), open(path, "ab", buffering=0) as file:
        before = file.tell()
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(file.fileno(), rest) :]
        except BaseException:
            with suppress(OSError):
                file.truncate(before)
            raise


def make_folder(path: str | os.PathLike) -> None:
    """Make a folder, and those above it, if it is not there.

    Raises:
        OSError: as of `write_whole`.
    """
    with _in_words(os.fsdecode(path)):
        os.makedirs(path, exist_ok=True)


def write_folder_whole(path: str | os.PathLike, members: Mapping[str, bytes]) -> None:
    """Write a folder of files that takes the place of the one at `path` when it is whole.

    Where the system can swap two folders (Linux), there is one at `path` at every moment. Elsewhere
    the old one is set aside under another name first; if the process is killed at that moment,
    `mend_folder` brings it back.

    Args:
        path: where the folder is to be; all that is in the old one is replaced.
        members: the content of each file by its name, with '/' for folders within.

    Raises:
        OSError: as of `write_whole`.
    """
    path = os.fsdecode(path)
    with _in_words(path):
        target, before = Path(os.path.realpath(path)), _stat(path)
        claim = _Claim(target)  # whose holder alone uses these two folders
        new, gone = (claim.path.with_name(claim.path.name + end) for end in (".new", ".gone"))
        try:
            if before is not None and not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            _remove_folders(new, gone)
            new.mkdir()
            for name, content in members.items():
                _write_member(new / name, content)
            if before is not None:
                new.chmod(stat.S_IMODE(before.st_mode))
            _sync_folder(new)
            _put_in_place(new, target, gone)
            _sync_folder(target.parent)
        finally:
            _remove_folders(new, gone)
            claim.end()


def mend_folder(path: str | os.PathLike) -> None:
    """Bring back the folder that a killed `write_folder_whole` had set aside."""
    target = Path(os.path.realpath(path))
    if not target.exists() and _set_aside(target).is_dir():
        with suppress(OSError):  # another process was quicker
            os.rename(_set_aside(target), target)


def cannot_write(path: str, error: OSError) -> OSError:
    """The error of the same class and `errno` that says in a line what happened and what to do.

    Args:
        path: the file or folder that was to be written.
        error: what the system said.
    """
    folder = os.path.dirname(os.path.realpath(path))
    reasons = {
        errno.ENOSPC: tr("the disk is full. Make room on it, or write to another one."),
        errno.EDQUOT: tr("your share of the disk is used up. Remove files, or write elsewhere."),
        errno.EROFS: tr("the disk can only be read. Write to another one."),
        errno.EFBIG: tr(
            "it is larger than a file may be here. Raise the limit (ulimit -f), or write to "
            "another disk."
        ),
        errno.ENAMETOOLONG: tr("its name is too long. Give it a shorter one."),
        errno.ENOENT: tr("there is no folder {folder!r}. Make it first.", folder=folder),
        errno.ENOTDIR: tr("{folder!r} is no folder.", folder=folder),
        errno.EISDIR: tr("that is a folder. Name a file."),
        errno.EEXIST: tr("there is a file of that name. Give another name."),
        errno.EIO: tr("the disk is faulty. Write to another one."),
    }
    reasons[errno.EACCES] = reasons[errno.EPERM] = tr(
        "it, or the folder {folder!r}, is write-protected. Change that, or write elsewhere.",
        folder=folder,
    )
    reason = reasons.get(error.errno) or f"{error.strerror or error}."
    if os.path.lexists(path):
        words = tr("{path!r} was not written, and is as it was: {reason}", path=path, reason=reason)
    else:
        words = tr("{path!r} was not written: {reason}", path=path, reason=reason)
    worded = type(OSError(error.errno, ""))(words)
    # Given to the constructor, it would stand before the words.
    worded.errno = error.errno
    return worded


class _Raw(io.FileIO):
    """A file that remembers how writing to it failed."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return os.write(self.fileno(), data)
        except OSError as error:
            self.failure = error
            raise


@contextmanager
def _in_words(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error


def _place(path: str) -> tuple[Path, os.stat_result | None]:
    """Where a file is to be, and what is there; an error if that is to stay."""
    target, before = Path(os.path.realpath(path)), _stat(path)
    if before is not None and stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if before is not None and stat.S_ISREG(before.st_mode):
        # The folder alone would allow to replace what is write-protected.
        os.close(os.open(target, os.O_WRONLY))
    return target, before


def _written_at_once(path: str) -> Iterator[BinaryIO]:
    file = io.BytesIO()
    yield file
    with _in_words(path), open(path, "wb") as out:
        out.write(file.getvalue())


def _stat(path: str | Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _take_permissions(handle: int, before: os.stat_result | None) -> None:
    """Give a new file the owner and the mode of the one that it replaces, as far as one may."""
    if before is None or os.name == "nt":
        return
    now = os.fstat(handle)
    with suppress(OSError):
        if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
            os.fchown(handle, before.st_uid, before.st_gid)
    with suppress(OSError):
        os.fchmod(handle, stat.S_IMODE(before.st_mode))


# Names beside the target ---------------------------------------------------------------------


def _beside(target: Path, ending: str) -> Path:
    """A hidden name beside the target, cut where the system would find it too long."""
    name = target.name
    while len(os.fsencode(name + ending)) > _LONGEST_NAME:
        name = name[:-1]
    return target.with_name(f".{name}{ending}")


def _set_aside(target: Path) -> Path:
    return _beside(target, ".gyeol.old")


class _Claim:
    """A new file beside the target, open and locked.

    The lock tells other processes that its owner lives. The names are numbered, not drawn, so that
    what killed processes leave is found without looking through the folder, and does not pile up.

    Args:
        target: what it will take the place of.
    """

    def __init__(self, target: Path):
        for number in itertools.count():
            self.path = _beside(target, f".gyeol.{number}.tmp" if number else ".gyeol.tmp")
            while not os.path.lexists(self.path) or _removed_if_abandoned(self.path):
                with suppress(FileExistsError):
                    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                    self.handle = os.open(self.path, flags, 0o666)
                    self._is_open = True
                    # Before it had the lock, another process may have taken it for abandoned.
                    if _locked(self.handle) is not False and _is_at(self.handle, self.path):
                        return
                    self._close()

    def move_to(self, target: Path) -> None:
        if os.name == "nt":  # which renames no open file
            self._close()
        os.replace(self.path, target)

    def end(self) -> None:
        """Remove the file, unless it was moved, and let the name go."""
        if os.name == "nt":  # which removes no open file
            self._close()
        with suppress(OSError):
            if _is_at(self.handle, self.path):
                os.unlink(self.path)
        self._close()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self.handle)


def _locked(handle: int) -> bool | None:
    """Lock a file until it is closed, also by the end of the process.

    Returns:
        False: another holds it. None: there are no locks here.
    """
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _is_at(handle: int, path: Path) -> bool:
    if os.name == "nt":  # no name goes while its file is open
        return True
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False


def _removed_if_abandoned(path: Path) -> bool:
    """Remove what a killed process left at a name; whether the name may be free now."""
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        is_ours = _locked(handle)
        if is_ours is None:
            is_ours = time.time() - os.fstat(handle).st_mtime > _ABANDONED
        # Only the holder of its lock removes or renames it, so it is still there after this.
        if is_ours and _is_at(handle, path) and os.name != "nt":
            os.unlink(path)
    except OSError:
        return False
    finally:
        os.close(handle)
    if is_ours and os.name == "nt":
        try:
            os.unlink(path)
        except OSError:  # it is open: its owner lives
            return False
    return is_ours


# Folders -------------------------------------------------------------------------------------


def _write_member(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        _sync(file.fileno())
    _sync_folder(path.parent)


def _put_in_place(new: Path, target: Path, gone: Path) -> None:
    """Let a whole folder take the target's place; what was there goes to `new` or `gone`."""
    old = _set_aside(target)
    for tries in itertools.count(1):
        try:
            if not target.exists():
                os.rename(new, target)
            elif not _exchange(new, target):
                if old.exists():
                    os.rename(old, gone)
                    _remove_folders(gone)
                os.rename(target, old)
                try:
                    os.rename(new, target)
                except BaseException:
                    mend_folder(target)
                    raise
            break
        except OSError as error:
            # Another process put or took one here in between.
            others = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)
            if error.errno not in others or tries == _SWAPS or not new.exists():
                raise
    with suppress(OSError):  # as a rule there is none
        os.rename(old, gone)


@functools.cache
def _swap() -> Callable[[bytes, bytes], int] | None:
    """Linux's call that exchanges two names in one step; Python has no name for it."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return lambda one, other: renameat2(here, one, here, other, exchange)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    swap = _swap()
    return swap is not None and swap(os.fsencode(one), os.fsencode(other)) == 0


def _remove_folders(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(handle: int) -> None:
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows opens no folders
        return
    # What was written is in its place by now; where a folder cannot be synced, none is lost.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
