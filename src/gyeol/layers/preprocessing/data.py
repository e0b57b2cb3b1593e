"""Data as `adapt` takes it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import jax
import numpy as np

from gyeol.layers.base import Layer
from gyeol.text import tr


def batches(data: Any, steps: int | None = None) -> Iterator[np.ndarray]:
    """The inputs in data, as NumPy arrays: one array, or batch after batch.

    Args:
        data: an array, a list of values, a frame or a tensor; or batches of such, alone or as the
            first of (inputs, targets): a list of arrays, a generator, a data set.
        steps: how many batches to take; all by default.
    """
    if is_array(data):
        yield as_numpy(data)
        return
    # What is no iterable is asked for batches by number, as Keras's PyDataset.
    each = data if isinstance(data, Iterable) else map(data.__getitem__, range(len(data)))
    for batch in islice(each, steps):
        yield as_numpy(batch[0] if isinstance(batch, (tuple, list)) else batch)


def numbers(layer: Layer, batch: np.ndarray) -> np.ndarray:
    """The batch in float64.

    Raises:
        ValueError: it holds something else than numbers.
    """
    try:
        return batch.astype("float64")
    except (TypeError, ValueError):
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) adapts to numbers; the data holds {example!r}.",
                name=layer.name,
                layer=type(layer).__name__,
                example=batch.ravel()[:1].tolist(),
            )
        ) from None


def is_array(data: Any) -> bool:
    """Whether data is one array rather than batches."""
    if isinstance(data, (list, tuple)):
        first = data
        while isinstance(first, (list, tuple)) and first:
            first = first[0]
        return getattr(first, "shape", ()) == ()
    if isinstance(data, (str, bytes, np.ndarray, jax.Array)) or hasattr(data, "to_numpy"):
        return True
    return hasattr(data, "shape") and not hasattr(data, "__next__")


def as_numpy(data: Any) -> np.ndarray:
    """An array of NumPy's of a list, a frame, or a tensor of any library."""
    if hasattr(data, "to_numpy"):
        return data.to_numpy()
    if hasattr(data, "detach"):
        return data.detach().cpu().numpy()
    return np.asarray(data)
