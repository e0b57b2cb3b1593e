"""Rows that stay where they are, in a file or in memory, until a training comes to them."""

import contextlib
import math
import mmap
import os
import weakref
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from gyeol.text import tr
from gyeol.utils.threads import in_order, on_parts

# Arrays on a disk of more bytes than this stay there; smaller ones are read once and whole.
_LARGE = 1 << 30
# A disk is quicker when it is asked for several places at the same time.
_THREADS = 8
# What is looked at before a training: blocks all over the rows.
_BLOCKS, _BLOCK_BYTES = 16, 1 << 20


class Stored:
    """An array of which only the rows that are asked for are read.

    Args:
        source: an array in memory or mapped to it, or an object that gives arrays for slices, such
            as a dataset of h5py or zarr.
        name: how an error calls it.
    """

    def __init__(self, source: Any, name: str = "x"):
        self.shape = tuple(source.shape)
        self.dtype = np.dtype(source.dtype)
        self.name = name
        self._source = source
        self._file = _File.behind(source) if isinstance(source, np.ndarray) else None
        self._first = 0

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> "Stored":
        """Some of the rows, which follow each other; nothing is read."""
        first, last, _ = rows.indices(len(self))
        part = object.__new__(Stored)
        part.__dict__.update(self.__dict__)
        part.shape = (max(last - first, 0), *self.shape[1:])
        part._first = self._first + first
        return part

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        found = self.read(np.arange(len(self)))
        return found if dtype is None else found.astype(dtype)

    def read(self, rows: np.ndarray, length: int | None = None) -> np.ndarray:
        """Rows by their numbers, which rise.

        Args:
            rows: the numbers.
            length: how many rows the result has; zeros follow those that were asked for.

        Raises:
            OSError: a disk that does not read.
            ValueError: the file has become shorter.
        """
        out = aligned((len(rows) if length is None else length, *self.shape[1:]), self.dtype)
        out[len(rows) :] = 0
        rows = rows + self._first
        if self._file is None and isinstance(self._source, np.ndarray):
            out[: len(rows)] = self._source[rows]
            return out
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
        ends = np.append(starts[1:], len(rows))
        runs = list(zip(rows[starts].tolist(), starts.tolist(), ends.tolist()))
        if self._file is None:
            for row, begin, end in runs:
                out[begin:end] = self._source[row : row + end - begin]
            return out
        size = out[:1].nbytes
        data = memoryview(out.reshape(-1).view(np.uint8))

        def read(some: list[tuple[int, int, int]]) -> None:
            for row, begin, end in some:
                self._file.read(data[begin * size : end * size], row * size)

        share = max(64, -(-len(runs) // _THREADS))
        shares = [runs[i : i + share] for i in range(0, len(runs), share)]
        if len(shares) <= 1:
            read(runs)
        else:
            for _ in in_order(read, shares, _THREADS, _THREADS):
                pass
        return out

    def sample(self) -> np.ndarray:
        """Blocks of rows from the first to the last, for a look at what they hold."""
        rows = min(max(1, _BLOCK_BYTES * len(self) // max(self.nbytes, 1)), len(self))
        starts = np.linspace(0, len(self) - rows, _BLOCKS).astype(np.int64)
        return self.read(np.unique(starts[:, None] + np.arange(rows)))


class _File:
    """The file that an array is mapped from, read without the mapping.

    A page of a mapping counts as memory of the process, and one that cannot be read, because the
    file was cut short or the disk fails, ends the process.
    """

    def __init__(self, path: str, number: int, offset: int):
        self.path = path
        self._offset = offset
        self._number = number
        weakref.finalize(self, os.close, number)

    @staticmethod
    def behind(array: np.ndarray) -> "_File | None":
        """The file whose bytes are those of the array, where the system tells."""
        if not (is_mapped(array) and array.flags.c_contiguous and array.nbytes):
            return None
        begin = array.ctypes.data
        with contextlib.suppress(OSError), open("/proc/self/maps", errors="replace") as maps:
            for line in maps:
                span, access, offset, _, inode, *path = line.split(maxsplit=5)
                first, last = (int(place, 16) for place in span.split("-"))
                # In a private mapping ("p") there may be changes that the file does not have.
                if first <= begin and begin + array.nbytes <= last and access[3] == "s" and path:
                    name = path[0].rstrip("\n")
                    number = os.open(name, os.O_RDONLY)
                    found = _File(name, number, int(offset, 16) + begin - first)
                    # Another file may have taken the place of the one that was mapped.
                    return found if os.fstat(number).st_ino == int(inode) else None
        return None

    def read(self, into: memoryview, place: int) -> None:
        """Fill a buffer with the array's bytes from a place on."""
        while into:
            count = os.preadv(self._number, [into], self._offset + place)
            if not count:
                raise ValueError(
                    tr(
                        "{path} has become shorter since it was opened: it ends before byte "
                        "{place:,} of the array in it.",
                        path=self.path,
                        place=place + len(into),
                    )
                )
            into, place = into[count:], place + count


def is_mapped(array: Any) -> bool:
    """Whether the values of an array are in a file that is mapped to memory."""
    while isinstance(array, (np.ndarray, memoryview)):
        array = array.obj if isinstance(array, memoryview) else array.base
    return isinstance(array, mmap.mmap)


def is_large_on_disk(value: Any) -> bool:
    """Whether data is an array on a disk, mapped or behind slices, that is to stay there."""
    if isinstance(value, np.ndarray):
        return value.nbytes > _LARGE and is_mapped(value)
    # h5py, zarr and their like say by `chunks` how they keep their values.
    if not (hasattr(value, "chunks") and hasattr(value, "shape") and hasattr(value, "dtype")):
        return False
    return math.prod(value.shape) * np.dtype(value.dtype).itemsize > _LARGE


def is_stored(structure: Any) -> bool:
    """Whether there is a `Stored` among the arrays of a structure."""
    return any(isinstance(leaf, Stored) for leaf in jax.tree.leaves(structure))


def looked_at(structure: Any) -> Any:
    """Arrays for checks: a sample of each that is `Stored`, and the others as they are."""
    return jax.tree.map(lambda a: a.sample() if isinstance(a, Stored) else a, structure)


def on_host(structure: Any) -> Any:
    """Arrays in memory: those that are `Stored`, read, and the others as they are."""
    return jax.tree.map(lambda a: np.asarray(a) if isinstance(a, Stored) else a, structure)


def aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An empty array where XLA wants one to begin, so that it can use its memory as it is."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + 64, np.uint8)
    first = -memory.__array_interface__["data"][0] % 64
    return memory[first : first + size].view(dtype).reshape(shape)


def filled_up(array: Any, rows: int) -> Any:
    """The array, with zeros as the rows at its end that it lacks."""
    if len(array) == rows:
        return array
    filled = aligned((rows, *array.shape[1:]), array.dtype)
    filled[: len(array)] = array
    filled[len(array) :] = 0
    return filled


def on_device(array: Any) -> jax.Array:
    """An array on the device; on a CPU in its own memory if it can be, else copied once.

    A mapped file is copied: whoever cuts it short would end the process in the middle of a program.
    """
    if isinstance(array, jax.Array):
        return array
    dtype = jax.dtypes.canonicalize_dtype(array.dtype)
    fits = array.flags.c_contiguous and array.ctypes.data % 64 == 0 and not is_mapped(array)
    if dtype != array.dtype or (jax.default_backend() == "cpu" and not fits):
        array = copied(array, dtype)
    return jax.device_put(array)


def copied(array: np.ndarray, dtype: Any, over: str = "ignore") -> np.ndarray:
    """A copy in another dtype, where XLA can use its memory as it is.

    Args:
        array: the array, of one axis at least.
        dtype: that of the copy.
        over: what is done where a number is too large for it: 'ignore' or 'raise'.
    """
    copy = aligned(array.shape, dtype)

    def fill(rows: slice) -> None:
        with np.errstate(over=over):
            np.copyto(copy[rows], array[rows], casting="unsafe")

    on_parts(fill, len(array), array.nbytes)
    return copy


def on_this_device(function: Callable) -> Callable:
    """The function for another thread, with the default device of this one."""
    device = jax.config.jax_default_device

    def run(*args: Any) -> Any:
        with jax.default_device(device):
            return function(*args)

    return run


def fit_on_device(arrays: Any) -> bool:
    """Whether there is room for arrays on the device, and as much again for all else."""
    device = jax.local_devices()[0]
    copied = [leaf for leaf in jax.tree.leaves(arrays) if not isinstance(leaf, jax.Array)]
    size = sum(leaf.nbytes for leaf in copied)
    if size <= _LARGE:
        return True
    stats = device.memory_stats()
    if stats and "bytes_limit" in stats:
        return 2 * size <= stats["bytes_limit"] - stats.get("bytes_in_use", 0)
    with contextlib.suppress(OSError), open("/proc/meminfo") as lines:
        free = next((line for line in lines if line.startswith("MemAvailable")), None)
        return free is None or 2 * size <= int(free.split()[1]) * 1024
    return True
