"""What somebody probably meant."""

import difflib
from collections.abc import Iterable

from gyeol.text import tr


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question with the nearest known name, or nothing.

    >>> did_you_mean("evaulate", ["evaluate", "fit"])
    ' Did you mean evaluate?'
    """
    close = difflib.get_close_matches(given, list(known), n=1, cutoff=0.6)
    return " " + tr("Did you mean {name}?", name=close[0]) if close else ""
