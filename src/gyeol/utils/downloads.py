"""`get_file`: a file from the network, fetched once and kept."""

import functools
import os
import shutil
import urllib.parse
from collections.abc import Callable, Sequence
from pathlib import Path

from gyeol import config
from gyeol.serialization import exported
from gyeol.text import tr
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

    With a hash, no other bytes are ever given out. Without one they are those that the server sent
    for this address: a transfer that was cut short of the length that the server told, a web page
    that came instead, and a part of an older file are found; a lying server, or one that tells no
    length and breaks off, is not, and neither is an http address that was tampered with. Redirects
    from https to http are refused. An archive is unpacked whole or not at all; nothing of it
    lies, or leads by a link, outside of its folder, and one that unpacks to more than 1 GiB and 200
    times its own size is refused.

    Args:
        fname: its name on disk; that in `origin` by default.
        origin: its address.
        untar: another way to say ``extract=True`` for a tar archive.
        md5_hash: another way to say `file_hash`.
        file_hash: the sha256 or md5 that the file must have.
        cache_subdir: the folder below `cache_dir`, or an absolute path.
        hash_algorithm: 'sha256', 'md5', or 'auto' to tell by the length.
        extract: whether to unpack the file; then the path of the folder is returned. A folder that
            is there already is taken as it is.
        archive_format: 'tar', 'zip', a list of them, or 'auto' for both.
        cache_dir: ``GYEOL_HOME`` by default; a file that Keras put into ``~/.keras`` is used too.
        force_download: whether to fetch, and to unpack, it although it is there.

    Returns:
        The path of the file, or of the folder that it was unpacked into.

    Raises:
        ValueError: no origin, a hash that is none, or an archive that is damaged or leads out of
            its folder.
        OSError: the file could not be fetched with that hash, or not be stored. The message says
            where to put it by hand.
    """
    from gyeol.datasets.download import DataSetError, cannot_write, locked

    if origin is None:
        raise ValueError("get_file needs origin, the address of the file.")
    given = os.fspath(fname) if fname is not None else None
    name = given or os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name or os.path.basename(name) != name or name in (".", ".."):
        raise ValueError(
            f"fname is the name of a file without a folder; got {name!r}. "
            "cache_dir and cache_subdir say where it is."
        )
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    verify = _check_of(file_hash, hash_algorithm)
    home = config.home() if cache_dir is None else Path(cache_dir).expanduser()
    folder = home / cache_subdir
    goal = folder / _folder_for(given, name) if extract or untar else None
    stored = name if goal is None or (given and "." in given) else f"{name}_archive"
    places = [folder / stored]
    if cache_dir is None:
        places.append(Path(os.path.expanduser("~"), ".keras", cache_subdir, stored))

    kept = None if force_download else _kept(places, verify)[0]
    if kept is None or (goal is not None and not goal.is_dir()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            say = functools.partial(_say_waiting, stored)
            with locked(folder / f".{stored}.lock", say):
                # Another process may have brought it while this one waited.
                kept, faults = (None, []) if force_download else _kept(places, verify)
                came = kept is None
                if kept is None:
                    kept = _fetched(origin, places[0], verify, faults)
                if goal is not None and (came or not goal.is_dir()):
                    from gyeol.utils.archives import unpack

                    unpack(kept, goal, "tar" if untar else archive_format)
        except DataSetError:
            raise
        except OSError as error:
            raise cannot_write(folder, error) from error
    return str(goal or kept)


def _check_of(file_hash: str | None, algorithm: str) -> Callable[[Path], None] | None:
    from gyeol.datasets.download import checksum

    if file_hash is None:
        return None
    lengths = {"md5": 32, "sha256": 64}
    if algorithm == "auto":
        algorithm = next((name for name in lengths if lengths[name] == len(file_hash)), algorithm)
    if lengths.get(algorithm) != len(file_hash):
        raise ValueError(
            f"file_hash is an md5 of 32 or a sha256 of 64 digits; got {file_hash!r} with "
            f"hash_algorithm={algorithm!r}."
        )
    return checksum(algorithm, file_hash.lower())


def _kept(
    places: Sequence[Path], verify: Callable[[Path], object] | None
) -> tuple[Path | None, list[str]]:
    """The first place that holds a good file, and what is wrong with those before it."""
    faults = []
    for place in places:
        if not os.path.lexists(place):
            continue
        try:
            if not place.is_file() or (verify is None and not place.stat().st_size):
                raise ValueError(tr("it is empty or no file"))
            if verify is not None:
                verify(place)
        except (OSError, ValueError) as error:
            faults.append(tr("{path} is fetched again: {reason}.", path=place, reason=error))
        else:
            return place, faults
    return None, faults


def _fetched(
    origin: str, target: Path, verify: Callable[[Path], object] | None, faults: Sequence[str]
) -> Path:
    from gyeol.datasets.download import File, UnreachableError, fetch

    if target.is_dir():
        raise ValueError(tr("{path} is a folder where a file is to be.", path=target))
    for words in faults:
        print_msg(words)
    print_msg(tr("Downloading data from {origin}", origin=origin))
    # A server without an end leaves a tenth of what is free on the disk.
    part = target.with_name(f"{target.name}.part")
    had = part.stat().st_size if part.exists() else 0
    most = had + shutil.disk_usage(target.parent).free * 9 // 10
    try:
        return fetch(File(target.name, (origin,), verify, most=most), target.parent)
    except UnreachableError as error:
        words = [
            *faults,
            tr("{name} could not be fetched: {reasons}.", name=target.name, reasons=error),
            tr(
                "Without a network, put the file from {origin} here: {path}",
                origin=origin,
                path=target,
            ),
        ]
        raise UnreachableError("\n".join(words)) from error


def _say_waiting(name: str) -> None:
    print_msg(tr("Waiting for another process that fetches {name}...", name=name))


def _folder_for(given: str | None, name: str) -> str:
    return f"{name[: name.find('.')]}_extracted" if given and "." in given else name
