"""HDF5 files as h5py writes them, read without HDF5's own library.

That library trusts what a file says: of ten thousand files with a few bytes changed it crashed at
three and never returned from ten. This reader knows what Keras and h5py write and nothing else:
groups, hard links, attributes, and arrays whose bytes lie in the file in one piece. It looks at no
byte outside of the file, at none more than a few times, and opens no other file.

Source of the format: "HDF5 File Format Specification Version 3.0", The HDF Group, 2019.
"""

import math
import struct
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from gyeol.text import tr

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOWHERE = 2**64 - 1
# Bytes of the structure of a file, without its arrays: a model of 50,000 variables has less.
_MOST_STRUCTURE = 40_000_000
_MOST_MESSAGES = 65535
_DEEPEST_TREE = 16
_LARGEST_RANK = 32

_SPACE, _LINKS, _TYPE, _LINK, _EXTERNAL = 0x01, 0x02, 0x03, 0x06, 0x07
_LAYOUT, _FILTERS, _ATTRIBUTE = 0x08, 0x0B, 0x0C
_CONTINUED, _SYMBOLS, _ATTRIBUTES = 0x10, 0x11, 0x15
_IS_SHARED, _FAILS_IF_UNKNOWN = 0x02, 0x80

# Keras's booleans: an enumeration of a byte. Names are padded to eight bytes, or are not.
_BOOLEANS = (b"FALSE\0\0\0TRUE\0\0\0\0\0\1", b"FALSE\0TRUE\0\0\1")
# Where sign, exponent and mantissa lie in the floats of IEEE 754, and the bias of the exponent.
_FLOATS = {
    2: (15, 10, 5, 0, 10, 15),
    4: (31, 23, 8, 0, 23, 127),
    8: (63, 52, 11, 0, 52, 1023),
}


def damaged(place: int) -> ValueError:
    """What to raise where the structure of a file is broken."""
    return ValueError(tr("it is damaged: no structure of HDF5 at byte {place}", place=place))


def foreign(what: str) -> ValueError:
    """What to raise at a form of HDF5 that Keras never writes; `what` is HDF5's own word for it."""
    return ValueError(tr("it is an HDF5 file as Keras never writes it ({what})", what=what))


def decoded(data: bytes) -> str:
    """The text that bytes of the structure stand for."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError(tr("it is damaged: a text in it is none")) from None


def read_hdf5(file: BinaryIO) -> "Group":
    """The root group of an HDF5 file, which stays open as long as anything is read from it.

    Args:
        file: the file, open for reading bytes.

    Raises:
        ValueError: it is damaged, or is no HDF5 file as Keras writes them.
    """
    return Reader(file).root


def _root_address(reader: "Reader") -> int:
    start = reader.bytes_at(0, 12)
    if not start.startswith(SIGNATURE):
        raise ValueError(tr("it is no HDF5 file"))
    version = start[8]
    if version in (0, 1):
        sizes = reader.bytes_at(13, 2)
        begin = 24 if version == 0 else 28
        base, _, end, _, _, root = reader.unpack("<6Q", begin)
    elif version in (2, 3):
        sizes = start[9:11]
        base, _, end, root = struct.unpack("<4Q", reader.checked(0, 44, SIGNATURE)[12:])
    else:
        raise foreign(f"superblock version {version}")
    if sizes != b"\x08\x08" or base != 0:
        raise foreign("size of offsets")
    if end > reader.size:
        raise ValueError(
            tr("it is cut short: {size} bytes of {whole}", size=reader.size, whole=end)
        )
    return root


class Reader:
    """The bytes of a file, within its bounds, and the objects that were found in it."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.size = file.seek(0, 2)
        # Whatever points where, the structure is read once; hostile files would have it read often.
        self._room = min(8 * self.size + 65536, _MOST_STRUCTURE)
        self._objects: dict[int, Group | Array] = {}
        self._texts: dict[int, dict[int, bytes]] = {}

    @cached_property
    def root(self) -> "Group":
        root = self.object_at(_root_address(self))
        if not isinstance(root, Group):
            raise damaged(0)
        return root

    def spend(self, size: int) -> None:
        """Count what is read, and refuse a file that would have its parts read again and again."""
        self._room -= size
        if self._room < 0:
            raise ValueError(tr("its structure is larger than that of any model"))

    def bytes_at(self, place: int, size: int) -> bytes:
        """Bytes of the structure."""
        self.spend(size)
        if place + size > self.size:
            raise damaged(place)
        self._file.seek(place)
        data = self._file.read(size)
        if len(data) != size:
            raise damaged(place)
        return data

    def checked(self, place: int, size: int, signature: bytes) -> bytes:
        """Bytes of the structure that begin with a signature and end before their checksum."""
        self.spend(3 * size)  # the time of the checksum
        data = self.bytes_at(place, size + 4)
        if not data.startswith(signature) or _checksum(data[:-4]) != _number(data[-4:]):
            raise damaged(place)
        return data[:-4]

    def unpack(self, form: str, place: int) -> tuple:
        return struct.unpack(form, self.bytes_at(place, struct.calcsize(form)))

    def fill(self, array: np.ndarray, place: int) -> None:
        """Read an array, whose size has been looked at."""
        self._file.seek(place)
        if self._file.readinto(array.reshape(-1).view(np.uint8)) != array.nbytes:
            raise damaged(place)

    def object_at(self, place: int) -> "Group | Array":
        if place not in self._objects:
            found = _Messages(self, place)
            if _SYMBOLS in found or _LINKS in found:
                self._objects[place] = Group(self, found)
            elif {_SPACE, _TYPE, _LAYOUT} <= found.keys():
                self._objects[place] = Array(self, found)
            else:
                raise damaged(place)
        return self._objects[place]

    def text_at(self, place: int, number: int) -> bytes:
        """A text of variable length, from the global heap at a place."""
        if place not in self._texts:
            self._texts[place] = dict(_heap_texts(self, place))
        if number not in self._texts[place]:
            raise damaged(place)
        return self._texts[place][number]


class _Object:
    def __init__(self, reader: Reader, messages: "_Messages"):
        self._reader, self._messages = reader, messages
        self.name = ""  # the path that led here first

    @property
    def file(self) -> "Group":
        """The root group."""
        return self._reader.root

    @cached_property
    def attrs(self) -> "Attributes":
        """The attributes: numbers as arrays, texts as `str` or as a list of them."""
        return Attributes(self._reader, self._messages)


class Group(_Object, Mapping):
    """A group: arrays and groups by name. A link that leads elsewhere is an error when followed."""

    @cached_property
    def _links(self) -> dict[str, int | None]:
        links: dict[str, int | None] = {}
        for name, address in _links_of(self._reader, self._messages):
            if name in links:
                raise damaged(self._messages.place)
            links[name] = address
        return links

    def __getitem__(self, name: str) -> "Group | Array":
        address = self._links[name]
        if address is None:
            raise ValueError(tr("the file has a link there instead of data"))
        found = self._reader.object_at(address)
        found.name = found.name or f"{self.name}/{name}"
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._links

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)


class Array(_Object):
    """An array in a file: its shape and dtype, and its values when they are asked for.

    The shape is None for an array without any, the dtype for values that are not numbers.
    """

    def __init__(self, reader: Reader, messages: "_Messages"):
        super().__init__(reader, messages)
        self.shape = _shape_of(messages[_SPACE][0])
        kind = _kind_of(messages[_TYPE][0])
        self.dtype = None if kind is None else kind.dtype
        self.nbytes = 0 if self.shape is None or kind is None else kind.size * math.prod(self.shape)

    @cached_property
    def _stored(self) -> bytes | int | None:
        """The bytes themselves, or where they lie; None unless all lie in the file in one piece."""
        layout = self._messages[_LAYOUT][0]
        if _FILTERS in self._messages or _EXTERNAL in self._messages or len(layout) < 4:
            return None
        version, kind = layout[:2]
        if version in (3, 4, 5) and kind == 0:
            data = layout[4 : 4 + _number(layout[2:4])]
            return data if len(data) == self.nbytes else None
        if version in (3, 4, 5) and kind == 1 and len(layout) >= 18:
            place, size = struct.unpack_from("<QQ", layout, 2)
            if size == self.nbytes and (place + size <= self._reader.size or size == 0):
                return place
        return None

    @property
    def is_plain(self) -> bool:
        """Whether it holds numbers, and all of its bytes lie in the file in one piece."""
        return self.dtype is not None and self.shape is not None and self._stored is not None

    def read(self) -> np.ndarray:
        """The values, in an array of its own.

        Raises:
            ValueError: the array is not plain.
        """
        if not self.is_plain:
            raise foreign("array")
        if isinstance(self._stored, bytes):
            return _values(self._stored, self.dtype).reshape(self.shape)
        is_bool = self.dtype == np.bool_
        array = np.empty(self.shape, np.uint8 if is_bool else self.dtype)
        if array.size:
            self._reader.fill(array, self._stored)
        return array != 0 if is_bool else array


class Attributes(Mapping):
    """The attributes of a group or an array, each read when it is asked for."""

    def __init__(self, reader: Reader, messages: "_Messages"):
        self._reader, self._parts = reader, {}
        for body in [*messages.get(_ATTRIBUTE, ()), *_dense(reader, messages, _ATTRIBUTES)]:
            name, *parts = _attribute_parts(body, messages.place)
            if name in self._parts:
                raise damaged(messages.place)
            self._parts[name] = parts

    def __getitem__(self, name: str) -> Any:
        """The value of an attribute.

        Raises:
            ValueError: it is of a kind that Keras never writes.
        """
        kind, shape, data = self._parts[name]
        kind, shape = _kind_of(kind), _shape_of(shape)
        if kind is None or (kind.dtype is None and not kind.is_text):
            raise foreign(f"attribute {name!r}")
        count = 0 if shape is None else math.prod(shape)
        if count * kind.size > len(data):
            raise foreign(f"attribute {name!r}")
        if kind.dtype is not None:
            values = _values(data[: count * kind.size], kind.dtype)
            return values if shape is None else values.reshape(shape)
        texts = [self._text(data[i * kind.size :][: kind.size], kind) for i in range(count)]
        return texts[0] if shape == () else texts

    def _text(self, data: bytes, kind: "_Kind") -> str:
        if kind.is_variable:
            size, place, number = struct.unpack("<IQI", data)
            data = self._reader.text_at(place, number)[:size] if size else b""
            self._reader.spend(len(data))
        return decoded(data.rstrip(b"\0"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


# What objects are made of ------------------------------------------------------------------------


class _Messages(dict[int, list[bytes]]):
    """The parts of an object, by their type."""

    def __init__(self, reader: Reader, place: int):
        self.place = place
        start = reader.bytes_at(place, 4)
        if start == b"OHDR":
            parts = _parts_of_new_header(reader, place)
        elif start[0] == 1:
            parts = _parts_of_old_header(reader, place)
        else:
            raise damaged(place)
        for count, (kind, flags, body) in enumerate(parts):
            if count > _MOST_MESSAGES:
                raise damaged(place)
            if flags & _IS_SHARED and kind in (_SPACE, _TYPE, _LINK, _LAYOUT, _FILTERS, _ATTRIBUTE):
                raise foreign("shared message")
            if flags & _FAILS_IF_UNKNOWN and kind > 0x18:
                raise foreign(f"message {kind:#x}")
            self.setdefault(kind, []).append(body)


def _parts_of_old_header(reader: Reader, place: int) -> Iterator[tuple[int, int, bytes]]:
    (size,) = reader.unpack("<I", place + 8)
    blocks = [(place + 16, size)]
    for begin, size in blocks:
        data, at = reader.bytes_at(begin, size), 0
        while at + 8 <= size:
            kind, length, flags = struct.unpack_from("<HHB", data, at)
            body = data[at + 8 : at + 8 + length]
            at += 8 + length
            if len(body) != length:
                raise damaged(begin + at)
            if kind == _CONTINUED:
                blocks.append(_extent(body, begin))
            yield kind, flags, body


def _parts_of_new_header(reader: Reader, place: int) -> Iterator[tuple[int, int, bytes]]:
    version, flags = reader.bytes_at(place + 4, 2)
    if version != 2:
        raise damaged(place)
    prefix = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    size = _number(reader.bytes_at(place + prefix, width))
    head = 6 if flags & 4 else 4
    # Each block: where it begins, its length without the checksum, where its parts begin in it.
    blocks = [(place, prefix + width + size, prefix + width, b"OHDR")]
    for begin, size, at, signature in blocks:
        data = reader.checked(begin, size, signature)
        while at + head <= size:
            kind, length, part_flags = struct.unpack_from("<BHB", data, at)
            body = data[at + head : at + head + length]
            at += head + length
            if len(body) != length:
                raise damaged(begin + at)
            if kind == _CONTINUED:
                begin_of_next, size_of_next = _extent(body, begin)
                blocks.append((begin_of_next, size_of_next - 4, 4, b"OCHK"))
            yield kind, part_flags, body


def _extent(body: bytes, place: int) -> tuple[int, int]:
    if len(body) < 16:
        raise damaged(place)
    begin, size = struct.unpack_from("<QQ", body)
    if size < 8:
        raise damaged(place)
    return begin, size


def _shape_of(body: bytes) -> tuple[int, ...] | None:
    if len(body) < 4 or body[1] > _LARGEST_RANK or body[0] not in (1, 2):
        raise foreign("dataspace")
    version, rank, _, kind = body[:4]
    begin = 8 if version == 1 else 4
    if len(body) < begin + 8 * rank:
        raise foreign("dataspace")
    if version == 2 and kind == 2:
        return None
    return struct.unpack_from(f"<{rank}Q", body, begin)


class _Kind(NamedTuple):
    """What the values of an array or attribute are."""

    size: int
    dtype: np.dtype | None = None
    is_text: bool = False
    is_variable: bool = False


def _kind_of(body: bytes) -> _Kind | None:
    if len(body) < 8:
        raise foreign("datatype")
    version, number = divmod(body[0], 16)
    (size,) = struct.unpack_from("<I", body, 4)
    if not 1 <= version <= 5 or size == 0:
        raise foreign("datatype")
    bits, rest = body[1], body[8:]
    order = "<>"[bits & 1]
    if number == 0 and size in (1, 2, 4, 8) and rest[:4] == struct.pack("<HH", 0, 8 * size):
        return _Kind(size, np.dtype(f"{order}{'ui'[bits >> 3 & 1]}{size}"))
    if number == 1 and size in _FLOATS:
        sign, exponent, width, mantissa, digits, bias = _FLOATS[size]
        wanted = struct.pack("<HHBBBBI", 0, 8 * size, exponent, width, mantissa, digits, bias)
        if rest[:12] == wanted and body[2] == sign and bits & 0x70 == 0x20:
            return _Kind(size, np.dtype(f"{order}f{size}"))
    if number == 3:
        return _Kind(size, is_text=True)
    if number == 5 and size == 2:
        return _Kind(size, np.dtype("V2"))
    if (
        number == 8
        and size == 1
        and rest[:1]
        and rest[0] & 15 == 0
        and rest[12:].startswith(_BOOLEANS)
    ):
        return _Kind(size, np.dtype(bool))
    if number == 9 and size == 16 and bits & 15 == 1:
        return _Kind(size, is_text=True, is_variable=True)
    return None


def _values(data: bytes, dtype: np.dtype) -> np.ndarray:
    if dtype == np.bool_:
        return np.frombuffer(data, np.uint8) != 0
    return np.frombuffer(data, dtype).copy()


def _attribute_parts(body: bytes, place: int) -> tuple[str, bytes, bytes, bytes]:
    """The name of an attribute, its type, its shape, its value."""
    if len(body) < 9 or body[0] not in (1, 2, 3) or (body[0] > 1 and body[1]):
        raise foreign("attribute")
    version = body[0]
    sizes = struct.unpack_from("<3H", body, 2)
    at, parts = (9 if version == 3 else 8), []
    for size in sizes:
        parts.append(body[at : at + size])
        if len(parts[-1]) != size:
            raise damaged(place)
        at += -(-size // 8) * 8 if version == 1 else size
    name, kind, shape = parts
    return decoded(name.rstrip(b"\0")), kind, shape, body[at:]


def _heap_texts(reader: Reader, place: int) -> Iterator[tuple[int, bytes]]:
    """The texts of a global heap by their numbers."""
    signature, version, size = reader.unpack("<4sB3xQ", place)
    if signature != b"GCOL" or version != 1 or size < 16:
        raise damaged(place)
    data, at = reader.bytes_at(place + 16, size - 16), 0
    while at + 16 <= len(data):
        number, length = struct.unpack_from("<H6xQ", data, at)
        if number == 0:  # what is free comes last
            return
        at += 16
        if at + length > len(data):
            raise damaged(place)
        yield number, data[at : at + length]
        at += -(-length // 8) * 8


# Links -----------------------------------------------------------------------------------------


def _links_of(reader: Reader, messages: _Messages) -> Iterator[tuple[str, int | None]]:
    """The links of a group: names and addresses of objects, None for one that leads elsewhere."""
    for body in messages.get(_SYMBOLS, ()):
        yield from _symbols(reader, *_extent_of_symbols(body, messages.place))
    for body in [*messages.get(_LINK, ()), *_dense(reader, messages, _LINKS)]:
        yield _parsed_link(body, messages.place)


def _extent_of_symbols(body: bytes, place: int) -> tuple[int, int]:
    if len(body) < 16:
        raise damaged(place)
    return struct.unpack_from("<QQ", body)


def _symbols(reader: Reader, tree: int, heap: int) -> Iterator[tuple[str, int | None]]:
    """The links of a group of the older form: a tree of tables, whose names are in a heap."""
    signature, version, size, _, place = reader.unpack("<4sB3xQQQ", heap)
    if signature != b"HEAP" or version != 0:
        raise damaged(heap)
    names = reader.bytes_at(place, size)
    for table in _leaves(reader, tree):
        signature, version, count = reader.unpack("<4sBxH", table)
        if signature != b"SNOD" or version != 1:
            raise damaged(table)
        for begin, address, kind in struct.iter_unpack(
            "<QQI20x", reader.bytes_at(table + 8, 40 * count)
        ):
            end = names.find(b"\0", begin) if begin < size else -1
            if end < 0:
                raise damaged(table)
            reader.spend(end - begin)
            yield decoded(names[begin:end]), None if kind == 2 else address


def _leaves(reader: Reader, tree: int) -> Iterator[int]:
    """The addresses of the tables in a tree of them, in order."""
    waiting: list[tuple[int, int | None]] = [(tree, None)]
    while waiting:
        place, wanted = waiting.pop()
        signature, kind, level, count = reader.unpack("<4sBBH", place)
        if signature != b"TREE" or kind != 0 or level > _DEEPEST_TREE:
            raise damaged(place)
        if wanted is not None and level != wanted:
            raise damaged(place)
        # Keys and addresses take turns; a key ends them.
        numbers = reader.unpack(f"<{2 * count}Q", place + 24)
        if level == 0:
            yield from numbers[1::2]
        else:
            waiting += [(child, level - 1) for child in reversed(numbers[1::2])]


def _parsed_link(body: bytes, place: int) -> tuple[str, int | None]:
    if len(body) < 3 or body[0] != 1:
        raise damaged(place)
    flags, at, kind = body[1], 2, 0
    if flags & 0x08:
        kind, at = body[at], at + 1
    at += (8 if flags & 0x04 else 0) + (1 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    length = _number(body[at : at + width])
    at += width
    name = body[at : at + length]
    if len(name) != length or (kind == 0 and len(body) < at + length + 8):
        raise damaged(place)
    return decoded(name), _number(body[at + length : at + length + 8]) if kind == 0 else None


# What many links, or many attributes, are kept in by the newer form of groups -------------------


def _dense(reader: Reader, messages: _Messages, kind: int) -> Iterator[bytes]:
    """The links or attributes that lie outside of an object: a tree of their places in a heap."""
    for body in messages.get(kind, ()):
        width = 2 if kind == _ATTRIBUTES else 8
        at = 2 + (width if len(body) > 1 and body[1] & 1 else 0)
        if len(body) < at + 16:
            raise damaged(messages.place)
        heap, tree = struct.unpack_from("<QQ", body, at)
        if heap != NOWHERE:
            from gyeol.saving.hdf5_heap import Heap, records

            stored = Heap(reader, heap)
            begin, end, form = (4, 11, 5) if kind == _LINKS else (0, 8, 8)
            for record in records(reader, tree, form):
                yield stored.item(record[begin:end])


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _checksum(data: bytes) -> int:
    """Jenkins's lookup3 (2006), which HDF5 has at the end of the parts of its newer form."""
    most = 0xFFFFFFFF
    a = b = c = (0xDEADBEEF + len(data)) & most
    whole = max(len(data) - 1, 0) // 12 * 12
    for x, y, z in struct.iter_unpack("<3I", data[:whole]):
        a, b, c = a + x & most, b + y & most, c + z & most
        a = (a - c ^ (c << 4 | c >> 28)) & most
        c = c + b & most
        b = (b - a ^ (a << 6 | a >> 26)) & most
        a = a + c & most
        c = (c - b ^ (b << 8 | b >> 24)) & most
        b = b + a & most
        a = (a - c ^ (c << 16 | c >> 16)) & most
        c = c + b & most
        b = (b - a ^ (a << 19 | a >> 13)) & most
        a = a + c & most
        c = (c - b ^ (b << 4 | b >> 28)) & most
        b = b + a & most
    if not data:
        return c
    x, y, z = struct.unpack("<3I", data[whole:].ljust(12, b"\0"))
    a, b, c = a + x & most, b + y & most, c + z & most
    c = (c ^ b) - (b << 14 | b >> 18) & most
    a = (a ^ c) - (c << 11 | c >> 21) & most
    b = (b ^ a) - (a << 25 | a >> 7) & most
    c = (c ^ b) - (b << 16 | b >> 16) & most
    a = (a ^ c) - (c << 4 | c >> 28) & most
    b = (b ^ a) - (a << 14 | a >> 18) & most
    return (c ^ b) - (b << 24 | b >> 8) & most
