"""Errors of someone at the command line, and what was probably meant."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from gyeol.text import tr


class UsageError(Exception):
    """What was asked cannot be done; the message is one line."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question with the nearest known name, or nothing.

    >>> did_you_mean("minst", ["digits", "mnist"])
    ' Did you mean mnist?'
    """
    close = difflib.get_close_matches(given.lower(), list(known), n=1, cutoff=0.6)
    return " " + tr("Did you mean {name}?", name=close[0]) if close else ""


def no_such_file(path: Path) -> UsageError:
    """The error for a path that is not there, with the nearest name beside it."""
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    hint = did_you_mean(path.name, names)
    return UsageError(tr("There is no {path}.", path=path) + hint)
