"""What an object keeps in its attributes: what changed since training began, and back again.

A training that is taken up again needs the counters of callbacks and the order of a data set. Both
are found here without the help of their authors: as plain values, arrays and random generators
among the attributes. What is not of these kinds is an object's own affair: it may define
`state_dict()` and `load_state_dict(state)`.
"""

import random
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, NamedTuple

import jax
import numpy as np

from gyeol.serialization import is_exported
from gyeol.text import tr, warn

# A larger array is data. It is looked at in places only, and never copied.
_LARGEST = 16 << 20
_DEEPEST = 20
_SCALARS = (type(None), bool, int, float, str)
_GENERATORS = (random.Random, np.random.RandomState, np.random.Generator)
# What a callback is given by `fit` is not its state.
_GIVEN = frozenset(("model", "params", "_model", "_params"))


class _NotPlainError(Exception):
    """A value that only its own class understands."""


class Kept(NamedTuple):
    """A value as it was when `keep` was given it."""

    encoded: Any
    arrays: list[Any]

    def is_still(self, now: "Kept") -> bool:
        """Whether what was kept later is the same."""
        return _mark(*self) == _mark(*now)


class Watched:
    """The state of an object, seen from now on.

    Args:
        obj: a callback or a data set.
    """

    def __init__(self, obj: Any):
        self.obj = obj
        self.name = type(obj).__name__
        self._before: dict[str, tuple[Any, Any]] = {}
        self._said = False
        if not hasattr(obj, "state_dict"):
            for name, value in self._attributes():
                plain = _tried(value)
                if plain is not None:
                    encoded, found = plain
                    small = sum(array.nbytes for array in found) < 1 << 16
                    first = (encoded, _copied(found)) if small else None
                    self._before[name] = _mark(encoded, found), first

    def state(self) -> Kept:
        """The attributes that are not as they were."""
        if hasattr(self.obj, "state_dict"):
            return keep(self.obj.state_dict())
        changed = {}
        for name, value in self._attributes():
            plain = _tried(value)
            if plain is None:
                continue
            before = self._before.get(name, (None, None))[0]
            if before == _mark(*plain) and not isinstance(value, _GENERATORS):
                continue
            if any(array.nbytes > _LARGEST for array in plain[1]):
                self._say_too_large(name)
                continue
            changed[name] = value
        return keep(changed)

    def restore(self, state: Any) -> None:
        """Put back what `state` gave, decoded; other attributes become what they were at first."""
        if hasattr(self.obj, "load_state_dict"):
            self.obj.load_state_dict(state)
            return
        for name, (mark, first) in self._before.items():
            if name in state or first is None or not hasattr(self.obj, name):
                continue
            now = _tried(getattr(self.obj, name))
            if now is None or mark != _mark(*now):
                _put(self.obj, name, decode(*first))
        for name, value in state.items():
            if not self._is_given(name, value):
                _put(self.obj, name, value)

    def _attributes(self) -> list[tuple[str, Any]]:
        attributes = getattr(self.obj, "__dict__", {})
        return [item for item in attributes.items() if not self._is_given(*item)]

    def _is_given(self, name: str, value: Any) -> bool:
        """Whether an attribute is what the program said, and not state.

        A file must not tell a callback where to write, so texts that are settings are never taken
        from one.
        """
        if name in _GIVEN or not isinstance(value, str):
            return name in _GIVEN
        kind = type(self.obj)
        return is_exported(kind) or name in signature(kind.__init__).parameters

    def _say_too_large(self, name: str) -> None:
        if not self._said:
            self._said = True
            warn(
                tr(
                    "{name}.{attribute} changes during training and is too large for a checkpoint, "
                    "so a resumed run will differ. Define state_dict() and load_state_dict(state).",
                    name=self.name,
                    attribute=name,
                )
            )


def keep(value: Any) -> Kept:
    """A value as it is now, whatever becomes of it, for `encode`.

    Raises:
        TypeError: `encode` cannot write it.
    """
    arrays: list[Any] = []
    encoded = encode(value, arrays)
    return Kept(encoded, _copied(arrays))


def encode(value: Any, arrays: list[Any]) -> Any:
    """A value as JSON, with its arrays put into a list and named by their places there.

    Args:
        value: None, a bool, number, string, list, tuple, set, dict, deque, array, a random
            generator of Python or NumPy, or what `keep` gave, in any depth.
        arrays: where the arrays go, not copied.

    Raises:
        TypeError: something else.
    """
    try:
        return _encode(value, arrays, 0)
    except _NotPlainError as error:
        raise TypeError(
            tr("State can hold numbers, texts, arrays, lists and dicts; got {given}.", given=error)
        ) from None


def _encode(value: Any, arrays: list[Any], depth: int) -> Any:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if depth > _DEEPEST:
        raise _NotPlainError(kind.__name__)

    def items(values: Any) -> list[Any]:
        return [_encode(item, arrays, depth + 1) for item in values]

    if kind is list:
        return items(value)
    if isinstance(value, dict):
        return {"dict": [items(pair) for pair in value.items()]}
    if kind is Kept:
        first = len(arrays)
        arrays += value.arrays
        return {"kept": value.encoded, "first": first}
    if kind is tuple:
        return {"tuple": items(value)}
    if kind is set:
        return {"set": items(sorted(value, key=repr))}
    if kind is deque:
        return {"deque": items(value), "most": value.maxlen}
    if isinstance(value, (np.ndarray, np.generic, jax.Array)) and _is_of_numbers(value):
        arrays.append(value)
        return {"scalar" if isinstance(value, np.generic) else "array": len(arrays) - 1}
    if kind is random.Random:
        return {"random": items(value.getstate())}
    if kind is np.random.RandomState:
        return {"random_state": items(value.get_state())}
    if kind is np.random.Generator:
        state = value.bit_generator.state
        return {"generator": _encode(state, arrays, depth + 1)}
    raise _NotPlainError(kind.__name__)


def decode(encoded: Any, arrays: Sequence[Any]) -> Any:
    """What `encode` was given.

    Raises:
        ValueError: something that `encode` never writes.
    """
    if isinstance(encoded, list):
        return [decode(item, arrays) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    kind = next(iter(encoded), "")
    if kind not in _DECODED:
        raise ValueError(tr("its state holds {kind!r}, which is no kind of value", kind=kind))
    return _DECODED[kind](encoded, arrays)


def _random(encoded: dict, arrays: Sequence[Any]) -> random.Random:
    generator = random.Random()
    version, numbers, gauss = decode(encoded["random"], arrays)
    generator.setstate((version, tuple(numbers), gauss))
    return generator


def _random_state(encoded: dict, arrays: Sequence[Any]) -> np.random.RandomState:
    generator = np.random.RandomState()
    generator.set_state(tuple(decode(encoded["random_state"], arrays)))
    return generator


_BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def _generator(encoded: dict, arrays: Sequence[Any]) -> np.random.Generator:
    state = decode(encoded["generator"], arrays)
    name = state.get("bit_generator")
    if name not in _BIT_GENERATORS:
        raise ValueError(tr("its state holds {kind!r}, which is no kind of value", kind=name))
    generator = np.random.Generator(getattr(np.random, name)())
    generator.bit_generator.state = state
    return generator


_DECODED: dict[str, Callable[[dict, Sequence[Any]], Any]] = {
    "dict": lambda e, a: {decode(key, a): decode(value, a) for key, value in e["dict"]},
    "tuple": lambda e, a: tuple(decode(e["tuple"], a)),
    "set": lambda e, a: set(decode(e["set"], a)),
    "deque": lambda e, a: deque(decode(e["deque"], a), e["most"]),
    "kept": lambda e, a: decode(e["kept"], a[e["first"] :]),
    "array": lambda e, a: np.array(a[e["array"]]),
    "scalar": lambda e, a: np.asarray(a[e["scalar"]])[()],
    "random": _random,
    "random_state": _random_state,
    "generator": _generator,
}


def _is_of_numbers(array: Any) -> bool:
    return array.dtype.kind in "biuf" or array.dtype.name == "bfloat16"


def _tried(value: Any) -> tuple[Any, list[Any]] | None:
    """The encoded form of an attribute and its arrays; None if it has none."""
    if type(value) is list and len(value) > 1000 and set(map(type, value)) <= set(_SCALARS):
        return value, []  # as `encode` would give, and quicker
    arrays: list[Any] = []
    try:
        return _encode(value, arrays, 0), arrays
    except _NotPlainError:
        return None


def _mark(encoded: Any, arrays: Sequence[Any]) -> Any:
    """What differs, as good as always, where a value differs; within this process."""
    return hash(repr(encoded)), [(a.shape, a.dtype.str, _looked_at(a)) for a in arrays]


def _looked_at(array: Any) -> int:
    """A checksum of an array; of a large one's first rows and of elements all over it."""
    array = np.asarray(array)
    if array.nbytes > _LARGEST:
        flat = array.reshape(-1) if array.flags.c_contiguous else array[:16]
        array = np.concatenate([flat[:: max(1, len(flat) // 4096)].ravel(), array[:4].ravel()])
    return zlib.crc32(np.ascontiguousarray(array).view(np.uint8).data)


def _copied(arrays: Sequence[Any]) -> list[Any]:
    return [array if isinstance(array, jax.Array) else array.copy() for array in arrays]


def _put(obj: Any, name: str, value: Any) -> None:
    """Set an attribute; in place where it is of a kind that others may hold too."""
    old = getattr(obj, name, None)
    if isinstance(old, random.Random) and isinstance(value, random.Random):
        old.setstate(value.getstate())
    elif isinstance(old, np.random.RandomState) and isinstance(value, np.random.RandomState):
        old.set_state(value.get_state())
    elif isinstance(old, np.random.Generator) and isinstance(value, np.random.Generator):
        old.bit_generator.state = value.bit_generator.state
    elif isinstance(old, list) and isinstance(value, list):
        old[:] = value
    elif isinstance(old, dict) and isinstance(value, dict):
        old.clear()
        old.update(value)
    else:
        setattr(obj, name, value)
