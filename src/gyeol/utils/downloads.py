"""`get_file`: a file from the network, fetched once and kept."""

import contextlib
import functools
import os
import shutil
import tarfile
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from gyeol import config
from gyeol.serialization import exported
from gyeol.text import tr, warn
from gyeol.utils.progbar import print_msg


@exported("keras.utils")
def get_file(
    fname: str | os.PathLike | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | Sequence[str] | None = "auto",
    cache_dir: str | os.PathLike | None = None,
    force_download: bool = False,
) -> str:
    """The path of a file, which is fetched if it is not there yet: whole, checked, or not at all.

    Args:
        fname: its name on disk; that in `origin` by default.
        origin: its address.
        untar: another way to say ``extract=True`` for a tar archive.
        md5_hash: another way to say `file_hash`.
        file_hash: the sha256 or md5 that the file must have.
        cache_subdir: the folder below `cache_dir`, or an absolute path.
        hash_algorithm: 'sha256', 'md5', or 'auto' to tell by the length.
        extract: whether to unpack the file; then the path of the folder is returned.
        archive_format: 'tar', 'zip', a list of them, or 'auto' for both.
        cache_dir: ``GYEOL_HOME`` by default; a file that Keras put into ``~/.keras`` is used too.
        force_download: whether to fetch it although it is there.

    Returns:
        The path of the file, or of the folder that it was unpacked into.

    Raises:
        ValueError: no origin, a file with another hash, or an archive that leads out of its folder.
        OSError: the file could not be fetched.
    """
    from gyeol.datasets.download import File, checksum, fetch, locked

    if origin is None:
        raise ValueError("get_file needs origin, the address of the file.")
    given = os.fspath(fname) if fname is not None else None
    name = given or os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name or os.sep in name:
        raise ValueError(
            f"fname is the name of a file without a folder; got {name!r}. "
            "cache_dir and cache_subdir say where it is."
        )
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    home = config.home() if cache_dir is None else Path(cache_dir).expanduser()
    folder = home / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = _folder_for(given, name) if extract or untar else None
    stored = name if unpacked is None or (given and "." in given) else f"{name}_archive"

    verify: Callable[[Path], object] = bool
    if file_hash is not None:
        sha = hash_algorithm == "sha256" or (hash_algorithm == "auto" and len(file_hash) == 64)
        verify = checksum("sha256" if sha else "md5", file_hash)
    target = folder / stored
    say = functools.partial(_say_waiting, stored)
    with locked(folder / f".{stored}.lock", say):
        if cache_dir is None and not target.exists():
            kept = Path.home() / ".keras" / cache_subdir / stored
            target = kept if kept.exists() else target
        fresh = force_download or not target.exists() or not _is_right(target, verify)
        if fresh:
            target = folder / stored
            print_msg(tr("Downloading data from {origin}", origin=origin))
            fetch(File(stored, (origin,), verify), folder)
        if unpacked is None:
            return str(target)
        goal = folder / unpacked
        if fresh or not goal.exists():
            _unpack(target, goal, "tar" if untar else archive_format)
        return str(goal)


def _say_waiting(name: str) -> None:
    print_msg(tr("Waiting for another process that fetches {name}...", name=name))


def _folder_for(given: str | None, name: str) -> str:
    return f"{name[: name.find('.')]}_extracted" if given and "." in given else name


def _is_right(path: Path, verify: Callable[[Path], object]) -> bool:
    try:
        verify(path)
    except ValueError as error:
        print_msg(tr("{path} is fetched again: {reason}.", path=path, reason=error))
        return False
    return True


def _unpack(archive: Path, goal: Path, formats: str | Sequence[str] | None) -> None:
    """Unpack an archive into a folder that appears when it is whole."""
    formats = ("tar", "zip") if formats == "auto" else formats or ()
    formats = (formats,) if isinstance(formats, str) else formats
    if "tar" in formats and tarfile.is_tarfile(archive):
        members = _tar_members
    elif "zip" in formats and zipfile.is_zipfile(archive):
        members = _zip_members
    else:
        raise ValueError(f"{archive} is no archive of the format {' or '.join(formats)}.")
    partial = goal.with_name(f".{goal.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        for name, content in members(archive):
            path = (partial / name).resolve()
            if not path.is_relative_to(partial.resolve()):
                raise ValueError(
                    tr(
                        "{archive} would write to {name!r}, outside of its folder. "
                        "Do not trust this file.",
                        archive=archive,
                        name=name,
                    )
                )
            if content is None:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with content, open(path, "wb") as out:
                shutil.copyfileobj(content, out)
        shutil.rmtree(goal, ignore_errors=True)
        os.replace(partial, goal)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _tar_members(path: Path) -> Iterator[tuple[str, BinaryIO | None]]:
    """Names and contents; a folder's content is None. Links are left out."""
    left_out = 0
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isdir():
                yield member.name, None
            elif member.isreg():
                yield member.name, archive.extractfile(member)
            else:
                left_out += 1
    if left_out:
        warn(tr("{count} links in {path} were left out.", count=left_out, path=path))


def _zip_members(path: Path) -> Iterator[tuple[str, BinaryIO | None]]:
    with contextlib.closing(zipfile.ZipFile(path)) as archive:
        for member in archive.infolist():
            yield member.filename, None if member.is_dir() else archive.open(member)
