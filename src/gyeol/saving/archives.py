"""`.keras`: three members in a zip file or a folder, read by their exact names, in memory."""

import datetime
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gyeol.files import write_whole
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


class Content(NamedTuple):
    """What a `.keras` file holds."""

    config: dict[str, Any]
    weights: bytes
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
    target = Path(os.path.realpath(path))
    members = _members(content)
    known = {_CONFIG, _METADATA, _WEIGHTS, _ASSETS}
    if target.exists() and not (target.is_dir() and set(os.listdir(target)) <= known):
        raise FileExistsError(
            tr("{path!r} exists and is no folder of a model. Give another name.", path=path)
        )
    new, old = (target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp") for _ in range(2))
    new.mkdir()
    try:
        for name, data in members.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            with write_whole(new / name) as file:
                file.write(data)
        if target.exists():
            # No folder can take the place of one that is not empty.
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read_archive(path: str | os.PathLike) -> Content:
    """The content of a `.keras` file, with every size checked before it is believed.

    Raises:
        ValueError: the file is damaged, or is not as Keras writes it.
    """
    with _opened(path) as archive:
        config = _read(archive, _CONFIG, _LARGEST_CONFIG)
        weights = _read(archive, _WEIGHTS)
    return Content(parsed_config(config), weights)


def read_assets(path: str | os.PathLike, names: Iterable[str]) -> dict[str, str]:
    """Those of the named texts that a `.keras` file or folder has.

    Raises:
        ValueError: the file is damaged.
    """
    if os.path.isdir(path):
        folder = os.path.realpath(path)
        places = {name: os.path.join(folder, *name.split("/")) for name in names}
        return {
            name: Path(place).read_text(encoding="utf-8")
            for name, place in places.items()
            # No link on the way leads elsewhere.
            if os.path.isfile(place) and os.path.realpath(place) == place
        }
    with _opened(path) as archive:
        there = set(archive.namelist())
        return {name: _read(archive, name).decode() for name in names if name in there}


@contextmanager
def _opened(path: str | os.PathLike) -> Iterator[Any]:
    """A zip file, with what is wrong with it in words."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise ValueError(
            tr("it is damaged, or no '.keras' file ({reason})", reason=error)
        ) from None


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
    return Content(config, Path(path, _WEIGHTS).read_bytes())


def _read(archive: Any, name: str, most: int | None = None) -> bytes:
    import zipfile

    members = [info for info in archive.infolist() if info.filename == name]
    if len(members) != 1:
        raise ValueError(
            tr(
                "it has {count} members named {name!r} instead of one",
                count=len(members),
                name=name,
            )
        )
    (info,) = members
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
        raise ValueError(tr("its {name!r} is packed in a way that Keras never uses", name=name))
    if (most is not None and info.file_size > most) or (
        info.file_size > max(_SMALL, _LARGEST_RATIO * info.compress_size)
    ):
        raise ValueError(
            tr(
                "its {name!r} is said to hold {size} bytes, too many",
                name=name,
                size=info.file_size,
            )
        )
    with archive.open(info) as member:
        # One byte more than announced would show that the size was a lie.
        data = member.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise ValueError(tr("its {name!r} is cut short", name=name))
    return data


def parsed_config(text: str | bytes) -> dict[str, Any]:
    """The config of a model from its JSON, not too long and not nested too deeply.

    Raises:
        ValueError: it is none.
    """
    if len(text) > _LARGEST_CONFIG:
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
