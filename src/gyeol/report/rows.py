"""Which rows of the data are looked at, and getting them from where they lie."""

from typing import Any

import numpy as np

from gyeol.training.stored import Stored


def evenly_spread(count: int, most: int) -> np.ndarray:
    """The numbers of at most so many rows, from the first to the last.

    Args:
        count: how many rows there are, at least 1.
        most: how many are wanted.

    >>> evenly_spread(100, 4), evenly_spread(3, 4)
    (array([ 0, 33, 66, 99]), array([0, 1, 2]))
    """
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def taken(array: Any, rows: np.ndarray) -> np.ndarray:
    """Some rows of an array, which may lie on a disk or a device.

    Args:
        array: (all rows, ...), of NumPy, of JAX or `Stored`.
        rows: their numbers, (rows,).

    Returns:
        Them in memory, (rows, ...), with a dtype of NumPy's own: bfloat16 becomes float32.
    """
    if isinstance(array, Stored):
        found = np.stack([np.asarray(array[row : row + 1])[0] for row in rows])
    else:
        found = np.asarray(array)[rows]
    return found if found.dtype.kind in "fiubOSUT" else found.astype(np.float32)
