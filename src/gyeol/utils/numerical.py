"""Labels and rows as networks take them."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """One-hot rows for class numbers.

    Args:
        x: class numbers from 0, of any shape; a last axis of length 1 is dropped.
        num_classes: the number of classes; the largest number plus 1 by default.

    Returns:
        An array of zeros and ones with one more axis, of length `num_classes`: NumPy's in float64;
        for a `jax.Array`, a `jax.Array` in float32.

    Raises:
        ValueError: numbers that are negative, not whole, or not below `num_classes`, or text.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if isinstance(x, jax.core.Tracer):
        if num_classes is None:
            raise ValueError("to_categorical needs num_classes inside a compiled function.")
        return jax.nn.one_hot(_without_last_one(x), num_classes, dtype="float32")
    given = np.asarray(x)
    if given.dtype.kind not in "biuf":
        raise ValueError(
            f"to_categorical takes class numbers; got values of type {given.dtype}. "
            "Number the classes first: np.unique(labels, return_inverse=True)[1]."
        )
    if given.size == 0 and not num_classes:
        raise ValueError("to_categorical of no labels needs num_classes.")
    if not np.all(np.isfinite(given) & (given == np.floor(given))):
        raise ValueError("to_categorical takes whole numbers; some of x are not whole.")
    labels = _without_last_one(given).astype("int64")
    num_classes = num_classes or int(labels.max()) + 1
    if labels.size and (labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError(
            f"With {num_classes} classes, labels run from 0 to {num_classes - 1}; "
            f"these run from {labels.min()} to {labels.max()}."
        )
    rows = np.zeros((*labels.shape, num_classes))
    np.put_along_axis(rows, labels[..., None], 1.0, axis=-1)
    return jnp.asarray(rows, "float32") if isinstance(x, jax.Array) else rows


def _without_last_one(x: Any) -> Any:
    return x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Divide an array by its norm along an axis; a norm of zero counts as 1.

    Args:
        x: an array.
        axis: the axis along which the norm is taken.
        order: the order of the norm, 2 for L2.

    Returns:
        An array of the same kind; of shape (1, n) for a vector of n.

    >>> normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    numpy = jnp if isinstance(x, jax.Array) else np
    norm = numpy.atleast_1d(numpy.linalg.norm(numpy.asarray(x), order, axis))
    return x / numpy.expand_dims(numpy.where(norm == 0, 1, norm), axis)
