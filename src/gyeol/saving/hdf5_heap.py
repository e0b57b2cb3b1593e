"""Where the newer form of HDF5 keeps many links, or many attributes: a heap, and a tree into it.

Keras's files have neither today; h5py writes them when it is asked for its latest format.
"""

import struct
from collections.abc import Iterator
from functools import cached_property

from gyeol.saving.hdf5_file import NOWHERE, Reader, damaged, foreign

_DEEPEST = 8


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _width(largest: int) -> int:
    """How many bytes hold a number."""
    return max((largest.bit_length() + 7) // 8, 1)


class Heap:
    """A fractal heap: blocks whose sizes double from row to row.

    Args:
        reader: the file.
        place: where the heap's header is.
    """

    def __init__(self, reader: Reader, place: int):
        self._reader, self._place = reader, place
        header = struct.unpack("<4sBHHBIQQQQQQQQQQQQHQQHHQH", reader.checked(place, 142, b"FRHP"))
        _, version, _, filters, flags, largest_item, _, self._huge_tree = header[:8]
        self._row, self._first, largest, bits, _, self._root, self._rows = header[18:]
        powers = (self._row, self._first, largest)
        if version != 0 or filters or not all(n and n & (n - 1) == 0 for n in powers):
            raise foreign("fractal heap")
        self._has_checksums = bool(flags & 2)
        self._offset_width = (bits + 7) // 8
        self._length_width = _width(min(largest, largest_item))
        # Rows whose blocks hold items; those of later rows hold blocks.
        self._direct_rows = (largest // self._first).bit_length() + 1
        self._blocks: dict[int, bytes] = {}

    def item(self, key: bytes) -> bytes:
        """What a key of the tree stands for."""
        kind = key[0] >> 4 & 3
        if kind == 0:
            offset = _number(key[1 : 1 + self._offset_width])
            length = _number(key[1 + self._offset_width :][: self._length_width])
            return self._managed(offset, length)
        if kind == 1:
            place, length = self._huge.get(_number(key[1:]), (NOWHERE, 0))
            return self._reader.bytes_at(place, length)
        if kind == 2:
            return key[1 : 2 + (key[0] & 15)]
        raise damaged(self._place)

    @cached_property
    def _huge(self) -> dict[int, tuple[int, int]]:
        found = (struct.unpack("<QQQ", r) for r in records(self._reader, self._huge_tree, 1))
        return {key: (place, length) for place, length, key in found}

    def _managed(self, offset: int, length: int) -> bytes:
        place, rows, begin, size = self._root, self._rows, 0, self._first
        for _ in range(_DEEPEST):
            if rows == 0:
                break
            place, rows, begin, size = self._within(place, rows, begin, offset)
        inside = self._block(place, size)[offset - begin :][:length]
        if rows or len(inside) != length:
            raise damaged(self._place)
        self._reader.spend(length)
        return inside

    def _within(self, place: int, rows: int, begin: int, offset: int) -> tuple[int, int, int, int]:
        """The block, within a block of blocks, that has an offset: its place, rows, begin, size."""
        head = 13 + self._offset_width
        if rows > 64:
            raise damaged(place)
        if place not in self._blocks:
            self._blocks[place] = self._reader.checked(place, head + 8 * rows * self._row, b"FHIB")
        for row in range(rows):
            size = self._first << max(row - 1, 0)
            if offset < begin + size * self._row:
                column = (offset - begin) // size
                at = head + 8 * (row * self._row + column)
                inner = _number(self._blocks[place][at : at + 8])
                inner_rows = 0
                if row >= self._direct_rows:
                    inner_rows = (size // (self._first * self._row)).bit_length()
                return inner, inner_rows, begin + column * size, size
            begin += size * self._row
        raise damaged(place)

    def _block(self, place: int, size: int) -> bytes:
        if place not in self._blocks:
            self._blocks[place] = self._reader.bytes_at(place, size)
        if not self._blocks[place].startswith(b"FHDB"):
            raise damaged(place)
        return self._blocks[place]


def records(reader: Reader, place: int, form: int) -> Iterator[bytes]:
    """The records of a tree of version 2.

    Args:
        reader: the file.
        place: where the tree's header is.
        form: the number of what the records are.
    """
    header = struct.unpack("<4sBBIHHBBQHQ", reader.checked(place, 34, b"BTHD"))
    _, version, kind, node, size, depth, _, _, root, count, _ = header
    sizes = {1: 24, 5: 11, 8: 17}
    if version != 0 or kind != form or size != sizes[form] or depth > _DEEPEST or node < 64:
        raise damaged(place)
    if root == NOWHERE:
        return
    # For each level: the widths of the two counts beside the address of a node below.
    most = all_below = (node - 10) // size
    widths = [(0, 0)]
    for level in range(1, depth + 1):
        one, both = _width(most), _width(all_below) if level > 1 else 0
        widths.append((one, both))
        most = (node - 10 - 8 - one - both) // (size + 8 + one + both)
        all_below = (all_below + 1) * most + all_below
    waiting = [(root, count, depth)]
    while waiting:
        place, count, level = waiting.pop()
        one, both = widths[level]
        step = 8 + one + both if level else 0
        length = 6 + count * size + ((count + 1) * step)
        if length > node - 4:
            raise damaged(place)
        data = reader.checked(place, length, b"BTIN" if level else b"BTLF")
        yield from (data[6 + i * size :][:size] for i in range(count))
        for at in range(6 + count * size, length if level else 0, step or 1):
            child = _number(data[at : at + 8])
            waiting.append((child, _number(data[at + 8 : at + 8 + one]), level - 1))
