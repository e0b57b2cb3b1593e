"""Reading the files that data sets come in: npz, IDX, CIFAR's tar, CSV.

Every reader knows the shapes that it must find, so that a damaged or malicious file can neither
fill the memory nor pass for something else. Nothing is extracted, nothing is unpickled. What is
wrong with a file is raised as a `ValueError` that says so.
"""

import gzip
import struct
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

Arrays = dict[str, np.ndarray]
# What a data set's arrays must be: name -> (shape, type).
Layout = Mapping[str, tuple[tuple[int, ...], str]]

_WINDOW = 1 << 22  # bytes read at a time
# Those of which zipfile unpacks no more than it is asked for.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_npz(path: Path, layout: Layout) -> Arrays:
    """The arrays of an ``.npz`` file, which must be those of `layout`; others are not read."""
    with _reading(path), zipfile.ZipFile(path) as archive:
        return {
            name: _npy(archive, name, shape, np.dtype(dtype))
            for name, (shape, dtype) in layout.items()
        }


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The uint8 array of a gzipped IDX file (the format of MNIST), which must have this shape."""
    # Two zeros, 8 for "unsigned byte", the number of axes, then each length, big-endian.
    expected = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    with _reading(path), gzip.open(path) as file:
        header = file.read(len(expected))
        if header != expected:
            raise ValueError(f"its header is {header.hex()}, not {expected.hex()}")
        return _filled(file, np.empty(shape, np.uint8))


def read_cifar_tar(path: Path, layout: Layout) -> Arrays:
    """The pictures and labels of CIFAR-10's binary archive, ``cifar-10-binary.tar.gz``.

    A member holds records of one label byte and 3 x 32 x 32 colour planes; five members are for
    training, one for testing.
    """
    training, testing = layout["x_train"][0][0] // 5, layout["x_test"][0][0]
    wanted = {f"data_batch_{number}.bin": training for number in range(1, 6)}
    wanted["test_batch.bin"] = testing
    found: dict[str, np.ndarray] = {}
    with (
        _reading(path),
        gzip.open(path) as stream,
        tarfile.open(fileobj=Measured(stream), mode="r:") as archive,
    ):
        for member in archive:
            name = member.name.rpartition("/")[2]
            if name not in wanted or not member.isfile() or name in found:
                continue
            records = np.empty((wanted[name], 1 + 3 * 32 * 32), np.uint8)
            if member.size != records.nbytes:
                raise ValueError(f"{name} has {member.size} bytes, not {records.nbytes}")
            found[name] = _filled(archive.extractfile(member), records)
            if len(found) == len(wanted):
                break
        if missing := wanted.keys() - found.keys():
            raise ValueError(f"it holds no {', '.join(sorted(missing))}")
    arrays = {}
    for part, names in (("train", list(wanted)[:5]), ("test", ["test_batch.bin"])):
        records = np.concatenate([found[name] for name in names])
        planes = records[:, 1:].reshape(-1, 3, 32, 32)
        arrays[f"x_{part}"] = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
        arrays[f"y_{part}"] = records[:, :1].copy()
    return arrays


def read_csv(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """The numbers of a CSV as float64, which must have this shape, without a line of names."""
    with _reading(path), open(path, encoding="utf-8-sig") as file:
        text = file.read(64 * shape[0] * shape[1])  # far above any honest length
        rows = [line.split(",") for line in text.splitlines() if line.strip()]
        if rows and not _is_number(rows[0][0]):
            del rows[0]
        widths = {len(row) for row in rows}
        if len(rows) != shape[0] or widths != {shape[1]}:
            columns = " or ".join(map(str, sorted(widths))) or "no"
            raise ValueError(
                f"it holds {len(rows)} rows of {columns} columns, not {shape[0]} of {shape[1]}"
            )
        return np.array(rows, np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:  # bytes from outside can fail in any way a library knows
        raise ValueError(str(error) or type(error).__name__) from error


class Measured:
    """A stream for `tarfile`, which reads names and attributes as long as the archive says.

    Args:
        stream: a binary file.
    """

    def __init__(self, stream: IO[bytes]):
        self.stream, self.seek, self.tell = stream, stream.seek, stream.tell

    def read(self, size: int) -> bytes:
        if size > _WINDOW:
            raise ValueError(f"it has a header of {size} bytes")
        return self.stream.read(size)


def _npy(
    archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], dtype: np.dtype
) -> np.ndarray:
    if f"{name}.npy" not in archive.namelist():
        raise ValueError(f"it holds no {name}")
    if (method := archive.getinfo(f"{name}.npy").compress_type) not in METHODS:
        raise ValueError(f"{name} is compressed by method {method}, not stored or deflated")
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        if version != (1, 0):
            raise ValueError(f"{name} has the npy version {version}, not (1, 0)")
        found_shape, fortran, found_dtype = np.lib.format.read_array_header_1_0(member)
        if (found_shape, found_dtype) != (shape, dtype) or fortran:
            raise ValueError(f"{name} is {found_dtype}{found_shape}, not {dtype}{shape}")
        return _filled(member, np.empty(shape, dtype))


def _filled(file: IO[bytes], array: np.ndarray) -> np.ndarray:
    """The array with the bytes of the file, which must end with it."""
    space = memoryview(array.reshape(-1)).cast("B")
    filled = 0
    while filled < len(space):
        count = file.readinto(space[filled : filled + _WINDOW])
        if not count:
            raise ValueError(f"it ends after {filled} of {len(space)} bytes")
        filled += count
    # Asking past the end also makes zip and gzip compare their checksums.
    if file.read(1):
        raise ValueError(f"it goes on after its {len(space)} bytes")
    return array
