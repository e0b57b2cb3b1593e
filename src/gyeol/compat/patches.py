"""Changes to classes, modules and tables that can be taken back wholly."""

import functools
from collections.abc import Callable
from typing import Any

_ABSENT = object()


class Patches:
    """Attributes set on classes and modules, and what was there before.

    >>> class Word:
    ...     text = "old"
    >>> patches = Patches()
    >>> patches.set(Word, "text", "new")
    >>> patches.undo()
    >>> Word.text
    'old'
    """

    def __init__(self) -> None:
        self._undone_by: list[Callable[[], Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until `undo`."""
        before = vars(owner).get(name, _ABSENT)
        undo = functools.partial(delattr, owner, name)
        if before is not _ABSENT:
            undo = functools.partial(setattr, owner, name, before)
        setattr(owner, name, value)
        self._undone_by.append(undo)

    def put(self, table: dict, key: Any, value: Any) -> None:
        """Set an entry of a table, which has none, until `undo`."""
        table[key] = value
        self._undone_by.append(functools.partial(table.pop, key))

    def undo(self) -> None:
        """Put back everything, the last change first."""
        while self._undone_by:
            self._undone_by.pop()()
