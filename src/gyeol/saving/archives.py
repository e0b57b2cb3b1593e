"""`.keras` files as zip archives: three members, read by their exact names and in memory."""

import datetime
import json
import os
from typing import Any, BinaryIO, NamedTuple

from gyeol.text import tr

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
# The version of Keras whose format this is.
_KERAS_VERSION = "3.15.1"

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


def write_archive(file: BinaryIO, content: Content) -> None:
    """Write a `.keras` archive to an open file."""
    import zipfile

    metadata = {
        "keras_version": _KERAS_VERSION,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_METADATA, json.dumps(metadata))
        archive.writestr(_CONFIG, json.dumps(content.config))
        archive.writestr(_WEIGHTS, content.weights)


def read_archive(path: str | os.PathLike) -> Content:
    """The content of a `.keras` file, with every size checked before it is believed.

    Raises:
        ValueError: the file is damaged, or is not as Keras writes it.
    """
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            config = _read(archive, _CONFIG, _LARGEST_CONFIG)
            weights = _read(archive, _WEIGHTS)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise ValueError(
            tr("it is damaged, or no '.keras' file ({reason})", reason=error)
        ) from None
    return Content(_parsed(config), weights)


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


def _parsed(text: bytes) -> dict[str, Any]:
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
