"""Errors of someone at the command line, and what was probably meant."""

from pathlib import Path

from gyeol.suggestions import did_you_mean
from gyeol.text import tr


class UsageError(Exception):
    """What was asked cannot be done; the message is one line."""


class Stopped(Exception):
    """A run was cut off; the message says in one line how to go on.

    Args:
        message: the line.
        code: what the command leaves with.
    """

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


def no_such_file(path: Path) -> UsageError:
    """The error for a path that is not there, with the nearest name beside it."""
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    hint = did_you_mean(path.name.lower(), names)
    return UsageError(tr("There is no {path}.", path=path) + hint)
