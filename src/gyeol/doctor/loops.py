"""Trainings that a script takes step by step, with `train_on_batch`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np

from gyeol.doctor.attendance import Attendance

# About so many rows are kept, and losses told.
_ROWS, _TOLD = 4096, 20


@dataclass
class Loop:
    """The steps that one model is trained by.

    Attributes:
        steps: how many there were.
        losses: what they gave.
        taken: of how many rows they were.
        kinds: the different ones among these.
        batches: rows that were there for the first time, up to a number.
        batch_size: of the first step.
    """

    steps: int = 0
    losses: list[float] = field(default_factory=list)
    taken: int = 0
    kinds: set[int] = field(default_factory=set)
    batches: list[tuple] = field(default_factory=list)
    batch_size: int = 0

    def take(self, x: Any, y: Any, loss: float) -> None:
        """Count a step on a batch."""
        self.steps += 1
        self.losses.append(loss)
        batch = jax.tree.map(np.asarray, (x, y))
        leaves = jax.tree.leaves(batch)
        rows = len(leaves[0])
        self.batch_size = self.batch_size or rows
        self.taken += rows
        before, new = len(self.kinds), []
        for row in range(rows):
            code = hash(tuple(leaf[row].tobytes() for leaf in leaves))
            if code not in self.kinds:
                self.kinds.add(code)
                new.append(row)
        if new and before < _ROWS:
            self.batches.append(jax.tree.map(lambda array: array[new], batch))

    @property
    def is_training(self) -> bool:
        """Whether it goes over the same rows again, as no game of two models does."""
        return self.steps >= 20 and self.taken >= 2 * len(self.kinds)

    @property
    def rows(self) -> tuple[Any, Any]:
        return jax.tree.map(lambda *parts: np.concatenate(parts), *self.batches)

    def look_back(self, one: Attendance, evaluate: Callable[..., float]) -> None:
        """Look at the training, which is over.

        Args:
            one: who looks.
            evaluate: gives the loss of rows.
        """
        x, y = self.rows
        size = {"rows": len(self.kinds), "batch_size": self.batch_size, "epochs": 0}
        one.before((x, y, None), None, None, **size)
        if one.facts is None:
            return
        one.facts = replace(one.facts, is_anew=True, updates_before=0)
        steps = max(1, self.steps * len(self.kinds) // self.taken)  # in which all rows may be had
        epochs = np.reshape(self.losses[: self.steps // steps * steps], (-1, steps)).mean(axis=1)
        told = [float(part.mean()) for part in np.array_split(epochs, min(_TOLD, len(epochs)))]
        one.after({"loss": [*told[:-1], float(evaluate(x, y))]}, self.steps)
