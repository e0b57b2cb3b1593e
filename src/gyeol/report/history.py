"""`History`: a training run, and what is to be seen in its curves."""

import contextlib
import csv
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gyeol.report.epochs import best_epoch, start_of_overfitting
from gyeol.report.training_curves import figure_of
from gyeol.text import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class History:
    """A training run: the values of each epoch, the best one, and where over-fitting began.

    Args:
        history: what `fit` returned, its `.history`, or the path of a `history.csv` or of another
            table of `CSVLogger`.

    Attributes:
        values: name -> one value an epoch.
        best_epoch: that with the lowest validation loss, from 1, or training loss where nothing was
            validated; None if no loss is a number.
        start_of_overfitting: the epoch, from 1, after which the validation loss stays above its
            lowest while the training loss falls; None where that is not plain.

    Raises:
        ValueError: there is no epoch in it, or it is none of these.
        OSError: the file cannot be read.

    >>> run = History({"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.6, 0.7]})
    >>> run.best_epoch, run.start_of_overfitting
    (2, None)
    """

    def __init__(self, history: Any):
        if isinstance(history, (str, os.PathLike)):
            self.values = _from_table(Path(history))
        else:
            self.values = _from_fit(history)
        self.best_epoch = best_epoch(self.values)
        self.start_of_overfitting = start_of_overfitting(self.values)

    def figure(self) -> "Figure":
        """Loss and metrics by epoch, with the best epoch and the start of over-fitting marked."""
        return figure_of(self.values)


def _from_fit(given: Any) -> dict[str, list[float]]:
    # A model has the callback, and the callback the values.
    values = given
    while not isinstance(values, Mapping) and hasattr(values, "history"):
        values = values.history
    if not isinstance(values, Mapping) or not all(hasattr(v, "__len__") for v in values.values()):
        raise ValueError(
            tr(
                "History takes what fit returned, its .history, or the path of a history.csv; "
                "got {given}.",
                given=type(given).__name__,
            )
        )
    if not any(len(column) for column in values.values()):
        raise ValueError(tr("The history holds no epoch: give it after fit()."))
    return {name: [float(value) for value in column] for name, column in values.items()}


def _from_table(path: Path) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    text = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    # CSVLogger begins with this column, and another sign may part the columns.
    separator = text[0][len("epoch")] if text and re.match("epoch[^a-zA-Z_]", text[0]) else ","
    with contextlib.suppress(csv.Error):
        for row in csv.DictReader(text, delimiter=separator):
            for name, cell in row.items():
                number = _number(cell)
                if name not in ("epoch", None) and number is not None:
                    values.setdefault(name, []).append(number)
    if not values:
        raise ValueError(
            tr("{path} is no table of epochs, such as CSVLogger writes.", path=str(path))
        )
    return values


def _number(cell: Any) -> float | None:
    """A cell's number; None where nothing was measured in that epoch."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None
