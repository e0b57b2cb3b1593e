"""Sequences of different lengths as one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gyeol.serialization import exported


@exported("keras.preprocessing.sequence")
@exported("keras.utils")
def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences as the rows of an array, the short ones filled up and the long ones cut.

    Args:
        sequences: a list of sequences; their entries may be numbers or arrays of one shape.
        maxlen: the length of the rows; that of the longest sequence by default.
        dtype: the dtype of the result; `object` for text.
        padding: 'pre' or 'post': where short sequences are filled up.
        truncating: 'pre' or 'post': where long ones are cut.
        value: what fills.

    Returns:
        An array of shape (sequences, maxlen, ...).

    Raises:
        ValueError: something that is no sequence, or entries of different shapes.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
    array([[0, 1],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"{name} is 'pre' or 'post'; got {given!r}.")
    if not hasattr(sequences, "__len__"):
        raise ValueError("pad_sequences takes a list of sequences.")
    for item in sequences:
        if not hasattr(item, "__len__"):
            raise ValueError(f"pad_sequences takes a list of sequences; {item!r} is none.")
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(f"{value!r} does not go into an array of {dtype}. Give dtype=object.")
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    shape = next((np.asarray(item).shape[1:] for item in sequences if len(item)), ())
    rows = np.full((len(sequences), maxlen, *shape), value, dtype)
    for number, (row, item) in enumerate(zip(rows, sequences)):
        if not len(item) or not maxlen:
            continue
        kept = np.asarray(item[-maxlen:] if truncating == "pre" else item[:maxlen], dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"Sequence {number} has entries of shape {kept.shape[1:]}, others of {shape}."
            )
        if padding == "pre":
            row[-len(kept) :] = kept
        else:
            row[: len(kept)] = kept
    return rows
