"""What a model says about rows, for the pictures that compare it with what they are."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from gyeol.losses import Loss
from gyeol.serialization import is_exported
from gyeol.text import tr
from gyeol.training.feed import as_arrays, is_arrays
from gyeol.training.stored import on_host


def outputs_of(model: Any, x: Any, y: Any, caller: str) -> tuple[np.ndarray, np.ndarray]:
    """A model's outputs for rows, batch by batch, and the targets.

    Args:
        model: a model with one output.
        x, y: arrays, (rows, ...), or structures of them, as for `fit`.
        caller: the function that errors speak of.

    Returns:
        The outputs in float64, (rows, ...), and the targets as they are.

    Raises:
        ValueError: it is no model, it has several outputs or says NaN, there are no rows, or x and
            y are no arrays.
    """
    if not hasattr(model, "predict"):
        raise ValueError(
            tr("{caller}() takes a model; got {given}.", caller=caller, given=type(model).__name__)
        )
    if y is None or not is_arrays(x):
        raise ValueError(
            tr(
                "{caller}() takes arrays, x and y; of batches give it some, put together.",
                caller=caller,
            )
        )
    if not all(len(array) for array in jax.tree.leaves(as_arrays(x, "x"))):
        raise ValueError(tr("{caller}() got no rows: x is empty.", caller=caller))
    outputs = jax.tree.leaves(model.predict(x, verbose=0))
    targets = jax.tree.leaves(on_host(as_arrays(y, "y")))
    if len(outputs) != 1 or len(targets) != 1:
        raise ValueError(
            tr(
                "{caller}() takes a model with one output and its targets; got {outputs} and "
                "{targets}. Write gyeol.Model(model.inputs, model.outputs[0]) and the targets of "
                "that one.",
                caller=caller,
                outputs=len(outputs),
                targets=len(targets),
            )
        )
    said = np.asarray(outputs[0]).astype(np.float64)
    broken = int((~np.isfinite(said.reshape(len(said), -1)).all(axis=1)).sum())
    if broken:
        raise ValueError(
            tr(
                "The model says no numbers (NaN or infinite) for {count} of {rows} rows; there is "
                "nothing to compare there. Look at its training: gyeol.report.History(history).",
                count=broken,
                rows=len(said),
            )
        )
    return said, np.asarray(targets[0])


def is_logits(model: Any) -> bool | None:
    """Whether a model's outputs are logits; None where that cannot be told.

    Its last activation tells, or else the loss that it was compiled with.

    Args:
        model: a model with one output.

    >>> import gyeol
    >>> model = gyeol.Sequential([gyeol.layers.Dense(2)])
    >>> model.compile(loss=gyeol.losses.CategoricalCrossentropy(from_logits=True))
    >>> is_logits(model)
    True
    """
    last = getattr(model, "layers", None) or [None]
    if getattr(getattr(last[-1], "activation", None), "__name__", "") in ("sigmoid", "softmax"):
        return False
    given = jax.tree.leaves(getattr(model, "loss", None))
    if len(given) != 1:
        return None
    loss = given[0]
    if isinstance(loss, str):
        return None if "hinge" in loss.lower() else False
    function = getattr(loss, "fn", None) or (type(loss) if isinstance(loss, Loss) else loss)
    # Hinges take scores, whose sign decides.
    if not is_exported(function) or "hinge" in function.__name__:
        return None
    return bool(getattr(loss, "_fn_kwargs", {}).get("from_logits"))


def names_of(class_names: Sequence[str] | None, classes: int) -> list[str]:
    """A name for each class; numbers if none were given.

    Args:
        class_names: by number, or None.
        classes: how many there are.

    Raises:
        ValueError: there are more names than classes, or fewer.

    >>> names_of(None, 3)
    ['0', '1', '2']
    """
    if class_names is None:
        return [str(label) for label in range(classes)]
    if len(class_names) != classes:
        raise ValueError(
            tr(
                "class_names has {given} names, and the model tells {classes} classes.",
                given=len(class_names),
                classes=classes,
            )
        )
    return [str(name) for name in class_names]
