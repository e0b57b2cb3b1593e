"""Masks: which time steps of a sequence count, carried beside the array that they belong to.

An array keeps its mask as an attribute. A tracer takes no attributes, so while a model runs its
masks are in a table of this thread, which is gone with the run.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax

_local = threading.local()


@contextmanager
def masks_kept() -> Iterator[None]:
    """Keep the masks of tracers until the outermost of such blocks ends."""
    before = getattr(_local, "table", None)
    if before is None:
        _local.table = {}
    try:
        yield
    finally:
        _local.table = before


def set_mask(x: Any, mask: Any) -> None:
    """Give an array a mask.

    Args:
        x: the array, (batch, time, ...).
        mask: True where a step counts, (batch, time); None for no mask.
    """
    try:
        x._keras_mask = mask
    except AttributeError:
        table = getattr(_local, "table", None)
        if table is not None:
            # The array is kept, so that its id is not given to another.
            table[id(x)] = (x, mask)


def get_mask(x: Any) -> Any:
    """The mask of an array; None if it has none."""
    table = getattr(_local, "table", None)
    if table and id(x) in table:
        return table[id(x)][1]
    return getattr(x, "_keras_mask", None)


def masks_of(structure: Any) -> Any:
    """The masks of the arrays in a structure, in the same structure; None where there is none."""
    if isinstance(structure, (list, tuple)):
        return [masks_of(item) for item in structure]
    if isinstance(structure, dict):
        return {name: masks_of(item) for name, item in structure.items()}
    return get_mask(structure)


def has_mask(structure: Any) -> bool:
    """Whether any array of the structure has a mask."""
    return any(get_mask(leaf) is not None for leaf in jax.tree.leaves(structure))
