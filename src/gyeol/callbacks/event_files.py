"""TensorBoard's event files, without TensorFlow: records of protocol buffers, put together here.

The layout is that of TensorFlow's ``event.proto``, ``summary.proto``, ``tensor.proto`` and
``graph.proto``; each record has its length and two checksums around it (TFRecord).
"""

import functools
import io
import itertools
import os
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from gyeol.files import append_whole, make_folder

_FLOAT, _DOUBLE, _STRING = 1, 2, 7  # types of a TensorProto
_SCALAR, _TENSOR, _BLOBS = 1, 2, 3  # what a plugin's data is
_BUCKETS = 30
_numbers = itertools.count()


class EventFile:
    """The events of one run, appended to a file of its own.

    This is a log, not a file that is replaced: what is added goes to its end at `flush`, all of it
    or, when the disk is full, nothing for the time being. A reader takes every whole record, and
    passes over one that was cut off at the end, since each has its length and checksums; a run that
    is taken up again writes to a file of its own.

    Args:
        folder: the run's folder; it is made when it is needed.
    """

    def __init__(self, folder: str | os.PathLike):
        # TensorBoard knows its files by this name.
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}"
        self.path = Path(folder) / f"{name}.{next(_numbers)}.v2"
        self._waiting = [_event(0, _bytes(3, b"brain.Event:2"))]

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Add a number."""
        tensor = _tensor(_FLOAT, (), _bytes(4, struct.pack("<f", value)))
        self._add(tag, tensor, "scalars", _SCALAR, step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """Add how often values occur, in 30 intervals."""
        table = _histogram(np.asarray(values, "float64").ravel())
        tensor = _tensor(_DOUBLE, table.shape, _bytes(4, table.astype("<f8").tobytes()))
        self._add(tag, tensor, "histograms", _TENSOR, step)

    def images(self, tag: str, images: np.ndarray, step: int, most: int = 3) -> None:
        """Add pictures.

        Args:
            tag: their name.
            images: (pictures, height, width, channels) with values from 0 to 1.
            step: the step.
            most: how many of them are kept.
        """
        height, width = images.shape[1:3]
        parts = [str(width).encode(), str(height).encode(), *map(_png, images[:most])]
        tensor = _tensor(_STRING, (len(parts),), b"".join(_bytes(8, part) for part in parts))
        self._add(tag, tensor, "images", _BLOBS, step)

    def keras_model(self, tag: str, config: str) -> None:
        """Add a model's config as JSON, which the Graphs tab shows as the conceptual graph."""
        tensor = _tensor(_STRING, (), _bytes(8, config.encode()))
        self._add(tag, tensor, "graph_keras_model", 0, 0, content=b"1")

    def graph(self, nodes: Iterable["bytes"]) -> None:
        """Add a graph of what `graph_node` gives, which the Graphs tab shows."""
        versions = _bytes(4, _number(1, 1087))
        graph = b"".join(_bytes(1, node) for node in nodes) + versions
        self._waiting.append(_event(0, _bytes(4, graph)))

    def flush(self) -> None:
        """Append what was added to the file.

        Raises:
            OSError: the file cannot be written.
        """
        if not self._waiting:
            return
        make_folder(self.path.parent)
        append_whole(self.path, b"".join(map(_record, self._waiting)))
        self._waiting = []

    def _add(
        self, tag: str, tensor: bytes, plugin: str, kind: int, step: int, content: bytes = b""
    ) -> None:
        about = _bytes(1, _bytes(1, plugin.encode()) + (_bytes(2, content) if content else b""))
        about += _number(4, kind) if kind else b""
        value = _bytes(1, tag.encode()) + _bytes(8, tensor) + _bytes(9, about)
        self._waiting.append(_event(step, _bytes(5, _bytes(1, value))))


def graph_node(
    name: str, kind: str, inputs: Sequence[str], shapes: Sequence[Sequence[int | None]]
) -> bytes:
    """A node of a graph.

    Args:
        name: its name; what stands before a '/' is drawn as a frame.
        kind: what it does.
        inputs: the names of the nodes before it.
        shapes: the shapes of what it gives.
    """
    node = _bytes(1, name.encode()) + _bytes(2, kind.encode())
    node += b"".join(_bytes(3, source.encode()) for source in inputs)
    values = b"".join(_bytes(7, _shape(shape)) for shape in shapes)
    entry = _bytes(1, b"_output_shapes") + _bytes(2, _bytes(1, values))
    return node + _bytes(5, entry)


# Protocol buffers ---------------------------------------------------------------------------


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers take ten bytes
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _event(step: int, content: bytes) -> bytes:
    return _varint(1 << 3 | 1) + struct.pack("<d", time.time()) + _number(2, step) + content


def _shape(shape: Sequence[int | None]) -> bytes:
    sizes = (-1 if size is None else size for size in shape)
    return b"".join(_bytes(2, _number(1, size)) for size in sizes)


def _tensor(kind: int, shape: Sequence[int], content: bytes) -> bytes:
    return _number(1, kind) + _bytes(2, _shape(shape)) + content


def _histogram(values: np.ndarray) -> np.ndarray:
    """Rows (from, to, how many), as TensorBoard's own histograms; NaN and infinity left out."""
    values = values[np.isfinite(values)]
    if values.size == 0:
        return np.zeros((0, 3))
    if values.min() == values.max():
        table = np.full((_BUCKETS, 3), values[0])
        table[:, 2] = 0
        table[-1, 2] = values.size
        return table
    counts, edges = np.histogram(values, _BUCKETS)
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    pixels = np.clip(np.nan_to_num(np.asarray(image, "float32")) * 255.5, 0, 255).astype("uint8")
    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(buffer, "png")
    return buffer.getvalue()


# Records ------------------------------------------------------------------------------------


def _record(event: bytes) -> bytes:
    length = struct.pack("<Q", len(event))
    return length + _masked_checksum(length) + event + _masked_checksum(event)


def _masked_checksum(content: bytes) -> bytes:
    checksum = _crc32c(content)
    return struct.pack("<I", ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@functools.cache
def _crc_table() -> list[int]:
    # Castagnoli's polynomial, the bits in reverse (RFC 3720, appendix B.4).
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


def _crc32c(content: bytes) -> int:
    """The checksum CRC-32C.

    >>> hex(_crc32c(b"123456789"))
    '0xe3069283'
    """
    table, checksum = _crc_table(), 0xFFFFFFFF
    for byte in content:
        checksum = table[(checksum ^ byte) & 255] ^ checksum >> 8
    return checksum ^ 0xFFFFFFFF
