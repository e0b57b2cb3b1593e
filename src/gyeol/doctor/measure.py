"""One measure for trainings whose losses, outputs or scales of targets differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gyeol.doctor.facts import Output
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import BINARY, CATEGORICAL
from gyeol.text import tr

# With a class below this share of what each would have, accuracy is that of the others.
_RARE = 0.5
# Rules whose remedy says that targets which are whole numbers are classes.
_OF_CLASSES = ("output_units", "label_encoding", "softmax_one_unit", "wrong_loss")


@dataclass(frozen=True)
class Coding:
    """How the targets of an output are written for the training, and read from its outputs.

    Attributes:
        write: from targets as the program has them to those that are trained on.
        read: from the model's outputs to what `Measure.score` takes.
    """

    write: Callable[[np.ndarray], np.ndarray]
    read: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Measure:
    """What is measured of one output: a score for each row, whose mean is the measure.

    Attributes:
        kind: 'classes', 'labels' (several of which may hold) or 'real'.
        name: 'accuracy', 'balanced accuracy', 'F1' or 'R^2'.
        classes: the numbers of the classes, if they are numbers.
    """

    kind: str
    name: str
    classes: np.ndarray | None = None

    def truth(self, y: np.ndarray) -> np.ndarray:
        """Targets in the form in which outputs are read: classes by number from 0."""
        if self.kind != "classes":
            return np.asarray(y, np.float64)
        if self.classes is not None:
            return np.searchsorted(self.classes, y)
        # A row without a 1 is of the class that has no column.
        return np.where(y.sum(axis=-1) > 0, y.argmax(axis=-1), y.shape[-1])

    def score(self, truth: np.ndarray, read: np.ndarray) -> np.ndarray:
        """The score of each row, of (rows, ...) each."""
        rows = len(truth)
        truth, read = truth.reshape(rows, -1), read.reshape(rows, -1)
        if self.kind == "real":
            spread = np.square(truth - truth.mean(axis=0)).sum(axis=1).mean()
            return 1 - np.square(truth - read).sum(axis=1) / max(spread, 1e-30)
        if self.kind == "labels":
            both, either = (truth * read).sum(axis=1), (truth + read).sum(axis=1)
            return np.where(either > 0, 2 * both / np.maximum(either, 1), 1.0)
        right = (truth == read).mean(axis=1)
        if self.name == "balanced accuracy":
            found, places, counts = np.unique(truth, return_inverse=True, return_counts=True)
            right = right * (rows / (len(found) * counts))[places.reshape(-1)]
        return right

    def coding(self, y: np.ndarray, form: str | None, from_logits: bool) -> Coding:
        """How targets are written in a trial.

        Args:
            y: the targets of the rows to train on.
            form: of `Trial.targets`; None as they are.
            from_logits: whether the outputs are no probabilities yet, though the loss wants some.
        """
        if self.kind == "real":
            return _real(y, form)
        if self.kind == "labels":
            return Coding(_same, lambda out: out > (0.0 if from_logits else 0.5))
        if form == "index" and self.classes is not None:
            return Coding(self.truth, lambda out: _picked(out, np.arange(len(self.classes))))
        if form == "one_hot":
            count = y.shape[-1] + 1 if self.classes is None else len(self.classes)
            return Coding(lambda y: np.eye(count, dtype=np.float32)[self.truth(y)], _picked)
        if self.classes is None:
            return Coding(_same, _picked)
        return Coding(_same, lambda out: _picked(out, self.classes, from_logits))


def measure_of(output: Output, y: np.ndarray, findings: Sequence[Finding]) -> Measure:
    """What to measure an output by.

    Args:
        output: the output.
        y: all of its targets.
        findings: what was found; that numbers are classes may be one of them.
    """
    kind, columns = output.target.kind, output.units
    rules = {finding.rule for finding in findings}
    values = np.unique(y) if kind in ("binary", "classes", "unit") else np.zeros(0)
    is_coded = 1 < len(values) <= 20 and bool(rules.intersection(_OF_CLASSES))
    is_classes = kind == "classes" and (
        columns > 1 or output.loss in (*BINARY, *CATEGORICAL) or len(values) == 2 or is_coded
    )
    if kind == "binary" or is_classes or (kind == "unit" and "label_encoding" in rules):
        return Measure("classes", _accuracy(np.searchsorted(values, y)), values)
    if kind == "one_hot" and y.shape[-1] > 1:
        return Measure("classes", _accuracy(y.argmax(axis=-1)))
    if kind in ("one_hot", "multi_label"):
        exclusive = output.loss in CATEGORICAL and y.sum(axis=-1).max() <= 1
        return Measure("classes", "accuracy") if exclusive else Measure("labels", "F1")
    return Measure("real", "R^2")


def shown(name: str) -> str:
    """The name of a measure for a person."""
    names = {
        "accuracy": tr("accuracy"),
        "balanced accuracy": tr("balanced accuracy"),
        "F1": "F1",
        "R^2": "R^2",
        "mean": tr("mean of the outputs' scores"),
    }
    return names[name]


def _accuracy(classes: np.ndarray) -> str:
    counts = np.unique(classes, return_counts=True)[1]
    is_rare = counts.min() < _RARE * len(classes) / len(counts)
    return "balanced accuracy" if classes[0].size == 1 and is_rare else "accuracy"


def _real(y: np.ndarray, form: str | None) -> Coding:
    if form != "standard":
        return Coding(_same, _same)
    mean = y.mean(axis=0, dtype=np.float64)
    spread = y.std(axis=0, dtype=np.float64)
    spread = np.where(spread > 0, spread, 1.0)
    return Coding(
        lambda y: ((y - mean) / spread).astype(np.float32),
        lambda out: out.reshape(len(out), *np.shape(mean)) * spread + mean,
    )


def _same(values: np.ndarray) -> np.ndarray:
    return values


def _picked(
    out: np.ndarray, classes: np.ndarray | None = None, from_logits: bool = False
) -> np.ndarray:
    """The number of the class that outputs say; -1 where there is none such.

    Of one unit it is the class whose number is nearest, as 0.5 lies between 0 and 1.
    """
    if out.shape[-1] > 1 or classes is None:
        best = out.argmax(axis=-1)
        if classes is None:
            return best
        place = np.minimum(np.searchsorted(classes, best), len(classes) - 1)
        return np.where(classes[place] == best, place, -1)
    value = out[..., 0]
    if from_logits:
        value = (value > 0).astype(np.float64)
    return np.abs(value[..., None] - classes).argmin(axis=-1)
