"""Rows that are other rows with a little changed."""

import math
from itertools import product
from typing import Any

import jax
import numpy as np

# So many rows are looked for among so many at most, of so many columns at least (in few of them
# rows lie near others by chance) and of so many values in all.
_LOOKED_FOR, _AMONG, _COLUMNS = 200, 20_000, 8
_VALUES = 1 << 24
_QUANTITIES = 4
# By so many pixels at most a picture was moved.
_MOVED = 2
# A copy is so much nearer than the 20th neighbour, and the 6th is not: on a smooth curve all are.
_NEAR, _FAR = 0.4, 0.7


def share_of_copies(x: Any, held: Any) -> float:
    """The share of held-out rows with one in the training data far nearer than all but a few.

    Between rows of many columns, the nearest and the 20th nearest are about as far: not so where
    one was made of the other, by a little noise or by drawing between two neighbours.

    Args:
        x: the training's rows, an array; 0 is returned of other structures.
        held: those held out.
    """
    leaves = [np.asarray(leaf) for leaf in (*jax.tree.leaves(x), *jax.tree.leaves(held))]
    if len(leaves) != 2 or any(leaf.dtype.kind not in "fiu" or leaf.ndim < 2 for leaf in leaves):
        return 0.0
    if leaves[0].shape[1:] != leaves[1].shape[1:] or not 100 <= len(leaves[0]) <= _AMONG:
        return 0.0
    if leaves[0].size > _VALUES:
        return 0.0
    if leaves[0].ndim == 3 and leaves[0].shape[2] <= _QUANTITIES:
        return 0.0  # a series comes near what it was before
    rows, others = (leaf.reshape(len(leaf), -1).astype(np.float64) for leaf in leaves)
    spreads = rows.std(axis=0)
    if (spreads > 0).sum() < _COLUMNS or len(others) < 20:
        return 0.0
    # Pixels that hardly ever change, and their noise, are not to count as much as others.
    units = np.maximum(spreads, 0.3 * np.median(spreads[spreads > 0]))
    step = max(1, len(others) // _LOOKED_FOR)
    rows, others = rows / units, others[::step][:_LOOKED_FOR] / units
    sizes, its_sizes = (np.square(a).sum(axis=1) for a in (rows, others))
    apart = its_sizes[:, None] + sizes - 2 * others @ rows.T
    nearest = np.sqrt(np.maximum(np.partition(apart, (0, 5, 19), axis=1), 0))
    first, sixth, last = (nearest[:, n] for n in (0, 5, 19))
    is_copy = (first > 1e-6 * last) & (first < _NEAR * last) & (sixth > _FAR * last)
    return float(is_copy.mean())


def share_of_moved(x: Any, held: Any) -> float:
    """The share of held-out pictures that are those of the training moved a little, or mirrored.

    Args:
        x: the training's pictures, an array; 0 is returned of other structures.
        held: those held out.
    """
    leaves = [np.asarray(leaf) for leaf in (*jax.tree.leaves(x), *jax.tree.leaves(held))]
    if len(leaves) != 2 or any(leaf.dtype.kind not in "fiu" for leaf in leaves):
        return 0.0
    if leaves[0].size > _VALUES or len(leaves[1]) < 20 or len(leaves[0]) < 100:
        return 0.0
    shape = _shape_of_picture(leaves[0].shape[1:])
    if shape != _shape_of_picture(leaves[1].shape[1:]) or min(shape[:2]) < 8:
        return 0.0
    step = max(1, len(leaves[1]) // _LOOKED_FOR)
    rows, others = (a.reshape(len(a), *shape) for a in (leaves[0], leaves[1][::step]))
    middle = _crop(others[:_LOOKED_FOR], 0, 0)
    # Of those of which little is left anything may be a copy.
    telling = [len(np.unique(picture)) > 8 for picture in middle]
    if np.mean(telling) < 0.5:
        return 0.0
    factors = np.random.default_rng(0).standard_normal(middle[0].size)
    wanted = middle[telling].reshape(sum(telling), -1) @ factors
    found = np.zeros(len(wanted), bool)
    moves = (range(-_MOVED, _MOVED + 1),) * 2
    for up, left in product(*moves):
        if up or left:
            found |= _are_among(wanted, _crop(rows, up, left), factors)
    for axis in (1, 2):
        found |= _are_among(wanted, _crop(np.flip(rows, axis), 0, 0), factors)
    return float(found.mean())


def _shape_of_picture(shape: tuple[int, ...]) -> tuple[int, int, int]:
    if len(shape) == 3 and shape[2] <= _QUANTITIES:
        return shape
    if len(shape) == 2:
        return (*shape, 1)
    side = math.isqrt(shape[0]) if len(shape) == 1 else 0
    return (side, side, 1) if side and side**2 == shape[0] else (0, 0, 0)


def _crop(pictures: np.ndarray, up: int, left: int) -> np.ndarray:
    """The middle of pictures, or what lies so far beside it."""
    height, width = pictures.shape[1:3]
    rows, columns = (slice(_MOVED + by, n - _MOVED + by) for n, by in ((height, up), (width, left)))
    return pictures[:, rows, columns].astype(np.float32).astype(np.float64)  # as a network has it


def _are_among(wanted: np.ndarray, pictures: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Which of these sums of pictures times factors those of other pictures are, too."""
    sums = np.sort(pictures.reshape(len(pictures), -1) @ factors)
    place = np.minimum(np.searchsorted(sums, wanted), len(sums) - 1)
    near = np.minimum(np.abs(sums[place] - wanted), np.abs(sums[np.maximum(place - 1, 0)] - wanted))
    return near < 1e-9 * np.maximum(np.abs(wanted), 1)
