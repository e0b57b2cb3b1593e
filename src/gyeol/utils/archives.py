"""Archives of files, unpacked whole into a folder, or not at all."""

import bz2
import contextlib
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gyeol.datasets.download import cannot_write
from gyeol.datasets.formats import METHODS, Measured
from gyeol.text import tr, warn

# What honest archives stay below, and small archives that fill a disk do not.
MOST_MEMBERS = 2_000_000
MOST_BYTES = 1 << 30
MOST_GROWTH = 200  # times the archive's own size, where that is more than MOST_BYTES

_STREAMS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
_BLOCK = 1 << 20
# What names lead to that clash with each other.
_BAD_NAMES = (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError)


@dataclass
class _Member:
    name: str
    content: IO[bytes] | None = None  # None for a folder
    same_as: str | None = None  # for a hard link: the earlier member
    leads_to: str | None = None  # for a symbolic link


def unpack(archive: Path, goal: Path, formats: str | Sequence[str] | None) -> None:
    """Unpack a tar or zip archive into a folder, which appears when it is whole.

    Args:
        archive: the file. Tar archives may be compressed by gzip, bzip2 or xz.
        goal: the folder to make; one that is there gives way.
        formats: 'tar', 'zip', a sequence of them, or 'auto' for both.

    Raises:
        ValueError: no such archive, a damaged one, or one that would write outside of `goal`, lead
            out of it by a link, holds a device or a name twice, has more than `MOST_MEMBERS`
            members, or unpacks to more than `MOST_BYTES` and `MOST_GROWTH` times its own size.
        DataSetError: the disk cannot hold it.
    """
    formats = ("tar", "zip") if formats == "auto" else formats or ()
    formats = (formats,) if isinstance(formats, str) else formats
    if "tar" in formats and _is_tar(archive):
        members = _tar_members(archive)
    elif "zip" in formats and zipfile.is_zipfile(archive):
        members = _zip_members(archive)
    else:
        raise ValueError(f"{archive} is no archive of the format {' or '.join(formats)}.")
    if goal.exists() and not goal.is_dir():
        raise ValueError(
            tr("{path} is a file where a folder is to be; give another fname.", path=goal)
        )
    partial, former = (goal.with_name(f".{goal.name}.{end}") for end in ("partial", "former"))
    try:
        for left_over in (partial, former):
            shutil.rmtree(left_over, ignore_errors=True)
        partial.mkdir()
        left_out = _write(members, partial, max(MOST_BYTES, MOST_GROWTH * archive.stat().st_size))
        if hasattr(os, "sync"):
            os.sync()  # one call for all the files, before the folder has its name
        if goal.exists():
            os.replace(goal, former)  # a folder half removed would pass for a whole one
        os.replace(partial, goal)
    except Exception as error:  # bytes from outside can fail in any way a library knows
        if isinstance(error, OSError) and error.errno and not isinstance(error, _BAD_NAMES):
            raise cannot_write(goal.parent, error) from error
        raise ValueError(
            tr(
                "{archive} cannot be unpacked: {reason}. Nothing of it was kept. If the file is "
                "damaged, force_download=True fetches it again.",
                archive=archive,
                reason=str(error) or type(error).__name__,
            )
        ) from error
    finally:
        for left_over in (partial, former):
            shutil.rmtree(left_over, ignore_errors=True)
    if left_out:
        warn(tr("{count} links in {path} were left out.", count=left_out, path=archive))


def _write(members: Iterator[_Member], folder: Path, most: int) -> int:
    """Write the members below `folder`.

    Returns:
        How many links lead to nothing in the archive, or to another link, and were left out.
    """
    links, written = [], 0
    for count, member in enumerate(members, 1):
        if count > MOST_MEMBERS:
            raise ValueError(f"it has more than {MOST_MEMBERS} members")
        path = _within(folder, folder / member.name, member.name)
        if member.leads_to is not None:
            links.append((path, _within(folder, path.parent / member.leads_to, member.leads_to)))
            continue
        content = member.content
        if member.same_as is not None:
            content = _within(folder, folder / member.same_as, member.same_as).open("rb")
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with content, open(path, "xb") as out:
            while block := content.read(_BLOCK):
                written += len(block)
                if written > most:
                    raise ValueError(f"it unpacks to more than {most} bytes")
                out.write(block)
    # Links come last, and lead to what is no link: nothing is written or found through one.
    good = [(path, target) for path, target in links if target.exists()]
    for path, _ in good:
        path.parent.mkdir(parents=True, exist_ok=True)
    for path, target in good:
        os.symlink(os.path.relpath(target, path.parent), path, target.is_dir())
    return len(links) - len(good)


def _within(folder: Path, path: Path, name: str) -> Path:
    path = Path(os.path.normpath(path))
    if not path.is_relative_to(folder):
        raise ValueError(
            tr("it leads to {name!r}, outside of its folder; do not trust it", name=name)
        )
    return path


@contextlib.contextmanager
def _opened_tar(path: Path) -> Iterator[tarfile.TarFile]:
    with open(path, "rb") as file:
        head = file.read(6)
    opener = next((opener for magic, opener in _STREAMS if head.startswith(magic)), open)
    with opener(path, "rb") as stream, tarfile.open(fileobj=Measured(stream), mode="r:") as archive:
        yield archive


def _is_tar(path: Path) -> bool:
    try:
        with _opened_tar(path):
            return True
    except Exception:
        return False


def _tar_members(path: Path) -> Iterator[_Member]:
    with _opened_tar(path) as archive:
        while (member := archive.next()) is not None:
            if member.isdir():
                yield _Member(member.name)
            elif member.isreg():
                yield _Member(member.name, archive.extractfile(member))
            elif member.islnk():
                yield _Member(member.name, same_as=member.linkname)
            elif member.issym():
                yield _Member(member.name, leads_to=member.linkname)
            else:
                raise ValueError(f"{member.name!r} is a device")
            archive.members.clear()  # which else grow with the archive


def _zip_members(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.compress_type not in METHODS:
                raise ValueError(f"{member.filename!r} is neither stored nor deflated")
            yield _Member(member.filename, None if member.is_dir() else archive.open(member))
