"""What a trained model says about rows that it is judged by."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from gyeol import config, random
from gyeol.report.answers import is_logits
from gyeol.report.rows import evenly_spread, taken
from gyeol.report.scores import classes_of, classes_of_parts, paired
from gyeol.training.feed import as_arrays

# At most so many rows are predicted for a page.
ROWS = 4096
# More than so many outputs that are 0 or 1 are taken for a picture rather than for labels.
_MOST_LABELS = 100


@dataclass(frozen=True)
class Judged:
    """One output of a model for some rows, and what it should have been.

    Attributes:
        name: of the output.
        x: the rows' inputs, an array or a structure of them.
        places: which rows of the data they are.
        of: how many rows the data has.
        outputs: what the model said, in float64.
        y: the targets.
        classes: probabilities (rows, classes) and labels (rows,); None if rows have not one class.
        parts: the class said and the right one of each pixel or step, (rows, parts); None if these
            have none.
    """

    name: str
    x: Any
    places: np.ndarray
    of: int
    outputs: np.ndarray
    y: np.ndarray
    classes: tuple[np.ndarray, np.ndarray] | None
    parts: tuple[np.ndarray, np.ndarray] | None

    @property
    def has_labels(self) -> bool:
        """Whether each row may have several labels, each with an output of its own."""
        y, outputs = self.y, self.outputs
        return (
            self.classes is None
            and y.ndim == 2
            and y.shape == outputs.shape
            and y.shape[1] <= _MOST_LABELS
            and bool(((y == 0) | (y == 1)).all() and ((outputs >= 0) & (outputs <= 1)).all())
        )


def judged(model: Any, x: Any, y: Any, outputs: Any = None) -> list[Judged]:
    """Let a model predict some of the rows, evenly spread; it stays as it is.

    Args:
        model: a built model.
        x, y: arrays, or structures of them, as for `fit`.
        outputs: what `predict(x)` gave, if that is known.

    Returns:
        One for each output that has targets.

    Raises:
        ValueError: the model does not take these rows, or there is no score for such outputs.
    """
    x, y = as_arrays(x, "x"), as_arrays(y, "y")
    count = len(jax.tree.leaves(x)[0])
    if outputs is None:
        places = evenly_spread(count, ROWS)
        x, y = (jax.tree.map(lambda array: taken(array, places), rows) for rows in (x, y))
        with _unchanged(model):
            outputs = model.predict(x, verbose=0)
    else:
        places = np.arange(count)
    leaves = jax.tree.leaves(outputs)
    names, targets = [str(number) for number in range(len(leaves))], jax.tree.leaves(y)
    objective = getattr(model, "_objective", None)
    if objective is not None and len(objective.names) == len(leaves) > 1:
        names, targets = objective.names, objective.split(y, objective.names, len(leaves))
    logits = is_logits(model) if len(leaves) == 1 else None
    found = []
    for name, leaf, target in zip(names, leaves, targets):
        if target is None:
            continue
        leaf, target = np.asarray(leaf).astype(np.float64), np.asarray(target)
        is_numbers = target.dtype.kind in "biuf"
        classes = classes_of(leaf, target, logits) if is_numbers else None
        parts = classes_of_parts(leaf, target, logits) if is_numbers and not classes else None
        if classes is None and parts is None:
            paired(leaf, target)
        found.append(Judged(name, x, places, count, leaf, target, classes, parts))
    return found


@contextmanager
def _unchanged(model: Any) -> Iterator[None]:
    """Give the model and gyeol's random numbers back the states that they had.

    The doctor, who looks at what models are given, is not to look at this.
    """
    states, doctor = random.states(), config.doctor()
    config.set_doctor("off")
    before = [(variable, variable.value) for variable in model.variables]
    try:
        yield
    finally:
        config.set_doctor(doctor)
        random.set_states(states)
        for variable, value in before:
            if variable.value is not value:
                variable.assign(value)
