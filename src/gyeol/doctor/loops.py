"""Trainings that a script takes step by step, with `train_on_batch`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np

from gyeol.doctor.attendance import Attendance

# So many batches are kept, and losses told.
_BATCHES, _TOLD = 64, 20


@dataclass
class Loop:
    """The steps that one model is trained by.

    Attributes:
        steps: how many there were.
        losses: what they gave.
        batches: the different ones, in their order, up to a number.
        kinds: how many different ones there were.
    """

    steps: int = 0
    losses: list[float] = field(default_factory=list)
    batches: list[tuple] = field(default_factory=list)
    kinds: set[int] = field(default_factory=set)

    def take(self, x: Any, y: Any, loss: float) -> None:
        """Count a step on a batch."""
        self.steps += 1
        self.losses.append(loss)
        batch = jax.tree.map(np.asarray, (x, y))
        code = hash(tuple(leaf.tobytes() for leaf in jax.tree.leaves(batch)))
        if code not in self.kinds and len(self.kinds) < _BATCHES:
            self.batches.append(jax.tree.map(np.array, batch))
        self.kinds.add(code)

    @property
    def is_training(self) -> bool:
        """Whether it goes over the same rows again, as no game of two models does."""
        return self.steps >= 20 and self.steps >= 2 * len(self.kinds)

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
        rows, size = (len(jax.tree.leaves(of)[0]) for of in (x, self.batches[0]))
        one.before((x, y, None), None, None, rows=rows, batch_size=size, epochs=0)
        if one.facts is None:
            return
        one.facts = replace(one.facts, is_anew=True, updates_before=0)
        whole = self.steps // len(self.kinds) * len(self.kinds)
        epochs = np.reshape(self.losses[:whole], (-1, len(self.kinds))).mean(axis=1)
        told = [float(part.mean()) for part in np.array_split(epochs, min(_TOLD, len(epochs)))]
        one.after({"loss": [*told[:-1], float(evaluate(x, y))]}, self.steps)
