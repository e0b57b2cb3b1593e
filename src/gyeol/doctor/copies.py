"""Rows that are other rows with a little changed."""

from typing import Any

import jax
import numpy as np

# So many rows are looked for among so many at most, of so many columns at least (in few of them
# rows lie near others by chance) and of so many values in all.
_LOOKED_FOR, _AMONG, _COLUMNS = 200, 20_000, 8
_VALUES = 1 << 24
_QUANTITIES = 4
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
