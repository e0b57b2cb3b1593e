"""Where data sets are found, how they are checked, and how one comes here when it is missing.

Looked for in this order: ``GYEOL_HOME/datasets/<name>.npz``, the original archives in that folder,
the same two in ``~/.keras/datasets`` (read, never written), the network. Every array that is given
out was compared with the published data.
"""

import contextlib
import functools
import hashlib
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gyeol import config
from gyeol.datasets.download import (
    DataSetError,
    File,
    UnreachableError,
    cannot_write,
    fetch,
    locked,
)
from gyeol.datasets.formats import Arrays, Layout, read_npz
from gyeol.files import write_whole
from gyeol.text import tr

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Source:
    """One way in which a data set is published.

    Args:
        files: all the files that it takes.
        read: makes the arrays out of the folder that holds the files.
        folder: where the files lie, below the data sets' folder.
    """

    files: tuple[File, ...]
    read: Callable[[Path], Arrays]
    folder: str = ""


@dataclass(frozen=True)
class DataSet:
    """What is known about a data set.

    Args:
        name: the module's name; ``<name>.npz`` holds its arrays on disk.
        title: what it is, in a few words.
        layout: name -> (shape, type) of its arrays.
        check: what is wrong with arrays of that layout, or None. A `ValueError` refuses them; a
            text lets them pass and is said to the user.
        class_names: by label.
        origin: who made it, and its licence.
        sources: where it comes from, the best first; none for one that ships with gyeol.
    """

    name: str
    title: str
    layout: Layout
    check: Callable[[Arrays], str | None]
    class_names: tuple[str, ...]
    origin: str
    sources: tuple[Source, ...] = field(default=(), repr=False)


def exact(**digests: str) -> Callable[[Arrays], None]:
    """A `DataSet.check` that wants the published arrays: the sha256 of each one's bytes."""

    def check(arrays: Arrays) -> None:
        for name, expected in digests.items():
            if hashlib.sha256(arrays[name]).hexdigest() != expected:
                raise ValueError(f"the values of {name} are not the published ones")

    return check


def folder() -> Path:
    """The folder that data sets are stored in: ``GYEOL_HOME/datasets``."""
    return config.home() / "datasets"


def split(arrays: Arrays) -> Split:
    """Keras's pair of pairs: ``(x_train, y_train), (x_test, y_test)``."""
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def locate(data: DataSet) -> Path | None:
    """The file or folder on this disk that `load` would try first, or None."""
    return next((place for place, _ in _candidates(data, _file_name(data))), None)


def load(data: DataSet, path: str | None = None) -> Arrays:
    """The checked arrays of a data set, fetched when no good copy is on this disk.

    Args:
        data: which one.
        path: a file of another name, below `folder()` unless it is absolute.

    Raises:
        DataSetError: there is no good copy and none could be fetched.
    """
    return _brought(data, path or _file_name(data))[1]


def bring(data: DataSet) -> Path:
    """The file or folder that holds a good copy, which is fetched when none is on this disk.

    Raises:
        DataSetError: as for `load`.
    """
    return _brought(data, _file_name(data))[0]


def _brought(data: DataSet, path: str) -> tuple[Path, Arrays]:
    found, damaged = _from_disk(data, path)
    if found is None:
        return _fetched(data, path, damaged)
    for words in damaged:
        _say_once(words)
    return found


def _file_name(data: DataSet) -> str:
    return f"{data.name}.npz"


def _candidates(data: DataSet, path: str) -> Iterator[tuple[Path, Callable[[], Arrays]]]:
    """What is on this disk, the best first, each with what reads it."""
    for home in (folder(), Path(os.path.expanduser("~"), ".keras", "datasets")):
        if os.path.lexists(home / path):  # a link that leads nowhere is to be told of
            yield home / path, functools.partial(read_npz, home / path, data.layout)
        for source in data.sources:
            place = home / source.folder
            files = [place / file.name for file in source.files]
            if home / path in files:  # it is published in the form that it is kept in
                continue
            if all(os.path.lexists(file) for file in files):
                shown = files[0] if len(files) == 1 else place
                yield shown, functools.partial(source.read, place)


def _from_disk(data: DataSet, path: str) -> tuple[tuple[Path, Arrays] | None, list[str]]:
    """The first good copy and its arrays, and what is wrong with the copies before it."""
    damaged = []
    for place, read in _candidates(data, path):
        try:
            arrays = read()
            note = data.check(arrays)
        except (OSError, ValueError) as error:
            damaged.append(
                tr("{file} is damaged or is something else: {reason}.", file=place, reason=error)
            )
            continue
        if note:
            _say_once(f"{place}: {note}")
        return (place, arrays), damaged
    return None, damaged


@functools.cache
def _say_once(words: str) -> None:
    print(words, file=sys.stderr)


def _fetched(data: DataSet, path: str, damaged: list[str]) -> tuple[Path, Arrays]:
    """The arrays from the network, stored as `path`. One process fetches, the others wait."""
    target = folder() / path
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with locked(folder() / f".{data.name}.lock", functools.partial(_say_waiting, data.name)):
            found, damaged = _from_disk(data, path)  # another process may have brought it
            if found is None:
                parts = folder() / f".{data.name}.parts"
                try:
                    arrays = _download(data, parts)
                finally:
                    with contextlib.suppress(OSError):
                        parts.rmdir()  # only if nothing has come
                _store(arrays, target, damaged)
                shutil.rmtree(parts, ignore_errors=True)
                found = target, arrays
            return found
    except DataSetError as error:
        raise DataSetError("\n".join([*damaged, str(error)])) from error
    except OSError as error:
        raise DataSetError("\n".join([*damaged, str(cannot_write(folder(), error))])) from error


def _say_waiting(name: str) -> None:
    print(tr("Waiting for another process that fetches {name}...", name=name), file=sys.stderr)


def _download(data: DataSet, parts: Path) -> Arrays:
    parts.mkdir(exist_ok=True)
    failures = []
    for source in data.sources:
        try:
            for file in source.files:
                if not _has_come(parts / file.name, file):
                    fetch(file, parts)
            arrays = source.read(parts)
            if note := data.check(arrays):
                raise ValueError(note)
        except UnreachableError as error:
            failures.append(str(error))
        except ValueError as error:
            failures.append(str(error))
            for file in source.files:
                (parts / file.name).unlink(missing_ok=True)
        else:
            return arrays
    source = data.sources[0]
    words = [
        tr("{name} could not be fetched: {reasons}.", name=data.name, reasons="; ".join(failures)),
        tr(
            "Without a network, put {files} from {address} into {folder}.",
            files=", ".join(file.name for file in source.files),
            address=source.files[0].urls[0].rpartition("/")[0] + "/",
            folder=folder() / source.folder,
        ),
    ]
    raise DataSetError("\n".join(words))


def _has_come(path: Path, file: File) -> bool:
    try:
        file.verify(path)
    except (OSError, ValueError):
        return False
    return True


def _store(arrays: Arrays, path: Path, damaged: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        # It may be someone's own work under our name: set aside, not overwritten.
        aside = _free_name(path.with_name(f"{path.name}.damaged"))
        path.rename(aside)
        damaged.append(tr("The old file is now {file}.", file=aside))
    with write_whole(path) as file:
        np.savez(file, **arrays)
    if damaged:
        damaged.append(tr("{file} was fetched again.", file=path))
    for words in damaged:
        _say_once(words)


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}{number or ''}") for number in itertools.count())
    return next(name for name in names if not os.path.lexists(name))
