"""What gyeol says to a person, in English and Korean.

A message is written in English where it is raised or printed, as a template: ``tr("Labels run
from {low} to {high}.", low=0, high=9)``. `ko.py` holds the Korean of each template. The language is
`gyeol.config.language()`: ``GYEOL_LANG`` if it is set, else the locale.
"""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from gyeol import config

_OURS = str(Path(__file__).parents[1])


def tr(message: str, **fields: object) -> str:
    """The message in the user's language, with its fields filled in.

    A template without a translation is said in English.

    >>> tr("{given} is not a batch size.", given=0)
    '0 is not a batch size.'
    """
    if config.language() == "ko":
        from gyeol.text.ko import KOREAN

        message = KOREAN.get(message, message)
    return message.format(**fields) if fields else message


def warn(message: str) -> None:
    """Warn a person, at the line of theirs that led here, past gyeol's frames and JAX's."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_inner(frame.f_code.co_filename):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


def _is_inner(filename: str) -> bool:
    return filename.startswith(_OURS) or "jax" in Path(filename).parts


def shape_text(shape: Sequence[int | None]) -> str:
    """A shape as messages show it: the first axis is the batch, whatever its size.

    >>> shape_text((None, 28, 28)), shape_text((32,))
    ('(batch, 28, 28)', '(batch,)')
    """
    sizes = ["batch", *map(str, shape[1:])]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
