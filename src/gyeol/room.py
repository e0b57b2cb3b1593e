"""How much a model from a file may ask for: it is counted before any of it is taken.

A file can name sizes and numbers that have nothing to do with its own length. While one is read,
what is made for it is bounded by what it holds. At other times nothing is.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gyeol.text import tr

_local = threading.local()

# A tensor, with one sample in the batch, may have this many values.
MOST_VALUES = 2**30
# What is made on the way, such as the weights of a resized picture: bytes, and steps of a loop that
# is traced one by one.
_MOST_BYTES = 2**26
_MOST_STEPS = 2**12


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Refuse, within the block, to make weights of more bytes than this in all."""
    before = getattr(_local, "left", math.inf)
    _local.left = size
    try:
        yield
    finally:
        _local.left = before


def is_bounded() -> bool:
    """Whether a file is being read."""
    return getattr(_local, "left", math.inf) < math.inf


def take(size: int) -> bool:
    """Count bytes that stay in use; whether there was room for them."""
    _local.left = getattr(_local, "left", math.inf) - size
    return _local.left >= 0


def check(size: float = 0, steps: float = 0) -> None:
    """Refuse what is made on the way, while a file is read, if it is too much.

    Args:
        size: its bytes.
        steps: the number of operations that it takes, one after the other.

    Raises:
        ValueError: a file is being read, and it is too much.
    """
    if is_bounded() and (size > _MOST_BYTES or steps > _MOST_STEPS):
        raise ValueError(tr("no memory holds what it asks for"))
