"""`.keras`: three members in a zip file or a folder, read by their exact names, in memory."""

import datetime
import io
import json
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gyeol.files import write_folder_whole
from gyeol.text import tr

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_ASSETS = "assets"
# The version of Keras whose format this is.
KERAS_VERSION = "3.15.1"

# What a real file stays far below: Keras does not compress members, a config has some kilobytes,
# and its lists and dicts are some ten levels deep for each model within a model.
_LARGEST_CONFIG = 1 << 24
_DEEPEST_CONFIG = 200
_LARGEST_RATIO = 100
_SMALL = 1 << 20
# Where the head of a member says how long its name is, and what follows that.
_LENGTHS = 26
# What takes memory in a config is the number of its parts; a model of 10,000 layers has fewer.
_MOST_DICTS, _MOST_VALUES = 200_000, 1 << 20
_MOST_LINES = 1 << 20
# How much larger than the file its members may be together, and the list of them.
_MOST_UNPACKED, _LONGEST_LIST = 1 << 27, 1 << 22


class Content(NamedTuple):
    """What a `.keras` file holds; read from one, the weights are an open file."""

    config: dict[str, Any]
    weights: Any
    # Texts of layers; those of a file are read by `read_assets`, when it is known whose they are.
    assets: Mapping[str, str] = {}


def write_archive(file: BinaryIO, content: Content) -> None:
    """Write a `.keras` archive to an open file."""
    import zipfile

    with zipfile.ZipFile(file, "w") as archive:
        for name, data in _members(content).items():
            archive.writestr(name, data)


def _members(content: Content) -> dict[str, bytes]:
    metadata = {
        "keras_version": KERAS_VERSION,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    return {
        _METADATA: json.dumps(metadata).encode(),
        _CONFIG: json.dumps(content.config).encode(),
        _WEIGHTS: content.weights,
        **{name: text.encode() for name, text in content.assets.items()},
    }


def write_folder(path: str, content: Content) -> None:
    """Write what a `.keras` archive holds into a folder, which takes its place when it is whole.

    Raises:
        FileExistsError: there is a file, or a folder with something else in it.
    """
    target = Path(path)
    members = _members(content)
    known = {_CONFIG, _METADATA, _WEIGHTS, _ASSETS}
    if target.exists() and not (target.is_dir() and set(os.listdir(target)) <= known):
        raise FileExistsError(
            tr("{path!r} exists and is no folder of a model. Give another name.", path=path)
        )
    write_folder_whole(path, members)


def read_archive(path: str | os.PathLike) -> Content:
    """The content of a `.keras` file, with every size checked before it is believed.

    Raises:
        ValueError: the file is damaged, or is not as Keras writes it.
    """
    with _opened(path) as archive:
        config = archive.read(_CONFIG, _LARGEST_CONFIG)
        stored = archive.stored(_WEIGHTS)
        weights = _Stretch(path, *stored) if stored else io.BytesIO(archive.read(_WEIGHTS))
    return Content(parsed_config(config), weights)


def read_assets(path: str | os.PathLike, names: Iterable[str]) -> dict[str, str]:
    """Those of the named texts that a `.keras` file or folder has.

    Raises:
        ValueError: the file is damaged.
    """
    if os.path.isdir(path):
        folder = os.path.realpath(path)
        places = {name: os.path.join(folder, *name.split("/")) for name in names}
        texts = {
            name: Path(place).read_bytes()
            for name, place in places.items()
            # No link on the way leads elsewhere.
            if os.path.isfile(place) and os.path.realpath(place) == place
        }
    else:
        with _opened(path) as archive:
            texts = {name: archive.read(name) for name in names if name in archive}
    if sum(text.count(b"\n") for text in texts.values()) > _MOST_LINES:
        raise ValueError(tr("its vocabularies have more than {most} lines", most=_MOST_LINES))
    return {name: text.decode() for name, text in texts.items()}


@contextmanager
def _opened(path: str | os.PathLike) -> Iterator["_Archive"]:
    """A zip file, with what is wrong with it in words."""
    import zipfile
    import zlib

    try:
        with open(path, "rb") as file:
            _check_list(file)
            with zipfile.ZipFile(file) as archive:
                yield _Archive(archive, os.path.getsize(path) + _MOST_UNPACKED)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise ValueError(
            tr("it is damaged, or no '.keras' file ({reason})", reason=error)
        ) from None


def _check_list(file: BinaryIO) -> None:
    """Refuse a zip file whose list of members is long: it is held in memory many times over."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65536 - 22 - 20 - 56))
    end = file.read()
    is_plain = end[-22:-18] == b"PK\5\6" and end[-2:] == b"\0\0"
    at = len(end) - 22 if is_plain else end.rfind(b"PK\5\6")
    length = int.from_bytes(end[at + 12 : at + 16], "little")
    if length == 0xFFFFFFFF:  # the files beyond four gigabytes have it in another place
        length = int.from_bytes(end[at - 36 : at - 28], "little")
    if at >= 0 and length > _LONGEST_LIST:
        raise ValueError(tr("its list of members is too long"))


class _Archive:
    """An open zip file, of which no more is unpacked than there is room for."""

    def __init__(self, archive: Any, room: int):
        self._archive, self._room = archive, room
        self._names = set(archive.namelist())

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str, most: int | None = None) -> bytes:
        """The member of that name, if there is just one and its size is as it says."""
        info = self._member(name, most)
        with self._archive.open(info) as member:
            # One byte more than announced would show that the size was a lie.
            data = member.read(info.file_size + 1)
        if len(data) != info.file_size:
            raise ValueError(tr("its {name!r} is cut short", name=name))
        return data

    def stored(self, name: str) -> tuple[int, int] | None:
        """Where a member begins in the file, and its size; None if it is compressed."""
        import zipfile

        info = self._member(name)
        if info.compress_type != zipfile.ZIP_STORED:
            return None
        self._room += info.file_size  # none of it is held in memory
        with self._archive.open(info) as member:
            while member.read(_SMALL):
                pass  # which compares the checksum at the end
        file = self._archive.fp
        file.seek(info.header_offset + _LENGTHS)
        lengths = struct.unpack("<2H", file.read(4))
        if info.compress_size != info.file_size:
            raise ValueError(tr("its {name!r} is cut short", name=name))
        return info.header_offset + _LENGTHS + 4 + sum(lengths), info.file_size

    def _member(self, name: str, most: int | None = None) -> Any:
        import zipfile

        members = [info for info in self._archive.infolist() if info.filename == name]
        if len(members) != 1:
            raise ValueError(
                tr(
                    "it has {count} members named {name!r} instead of one",
                    count=len(members),
                    name=name,
                )
            )
        (info,) = members
        known = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if not known or info.flag_bits & 1:
            raise ValueError(tr("its {name!r} is packed in a way that Keras never uses", name=name))
        self._room -= info.file_size
        if (
            (most is not None and info.file_size > most)
            or info.file_size > max(_SMALL, _LARGEST_RATIO * info.compress_size)
            or self._room < 0
        ):
            raise ValueError(
                tr(
                    "its {name!r} is said to hold {size} bytes, too many",
                    name=name,
                    size=info.file_size,
                )
            )
        return info


class _Stretch(io.RawIOBase):
    """A stretch of a file, as a file."""

    def __init__(self, path: str | os.PathLike, start: int, size: int):
        self._file = open(path, "rb")  # noqa: SIM115 - it is closed with this one
        self._start, self._size, self._place = start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._place = max((0, self._place, self._size)[whence] + offset, 0)
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        room = memoryview(buffer).cast("B")[: max(self._size - self._place, 0)]
        self._file.seek(self._start + self._place)
        count = self._file.readinto(room)
        self._place += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def read_folder(path: str | os.PathLike) -> Content:
    """The content of a folder as `write_folder` and Keras's ``zipped=False`` make it.

    Raises:
        ValueError: a member is missing, or no plain file.
    """
    if os.path.exists(os.path.join(path, "saved_model.pb")):
        raise ValueError(tr("it is a SavedModel of TensorFlow, which only TensorFlow can run"))
    for name in (_CONFIG, _WEIGHTS):
        place = os.path.join(path, name)
        if os.path.islink(place) or not os.path.isfile(place):
            raise ValueError(tr("it is a folder without the file {name!r}", name=name))
        if name == _CONFIG and os.path.getsize(place) > _LARGEST_CONFIG:
            raise ValueError(tr("its config is too long"))
    config = parsed_config(Path(path, _CONFIG).read_bytes())
    return Content(config, open(os.path.join(path, _WEIGHTS), "rb"))


def parsed_config(text: str | bytes) -> dict[str, Any]:
    """The config of a model from its JSON, not too long and not nested too deeply.

    Raises:
        ValueError: it is none.
    """
    if len(text) > _LARGEST_CONFIG:
        raise ValueError(tr("its config is too long"))
    dicts, lists, commas = (
        text.count(mark if isinstance(text, str) else mark.encode()) for mark in "{[,"
    )
    if dicts > _MOST_DICTS or lists + commas > _MOST_VALUES:
        raise ValueError(tr("its config is too long"))
    config = json.loads(text)
    if not isinstance(config, dict):
        raise ValueError(tr("its config is not that of a model"))
    level, depth = [config], 0
    while level:
        depth += 1
        if depth > _DEEPEST_CONFIG:
            raise ValueError(tr("its config is nested too deeply"))
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return config
