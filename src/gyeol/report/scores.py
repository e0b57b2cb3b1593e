"""The numbers of a report: scores with their intervals, and the rows that are worth a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gyeol.text import tr

# Of the normal distribution: 95 % lie within so many standard deviations.
_WITHIN_95 = 1.959963984540054


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others.

    Attributes:
        name: of the class.
        rows: how many are of it.
        precision: the share of right ones among what was taken for it; 0 where nothing was.
        recall: the share of its rows that were taken for it; 0 where it has none.
        f1: their harmonic mean.
        low, high: the 95 % interval of the recall.
    """

    name: str
    rows: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float


@dataclass(frozen=True)
class ValueScore:
    """A score of a regression, and its 95 % interval from `low` to `high`."""

    value: float
    low: float
    high: float


# Classes ----------------------------------------------------------------------------------------


def classes_of(
    outputs: Any, y: Any, is_logits: bool | None = None
) -> tuple[np.ndarray, np.ndarray] | None:
    """The probabilities of the classes and the right class of each row.

    Probabilities that do not sum to 1, as of several sigmoids, are divided by their sum, which is
    what Keras's categorical cross-entropy does.

    Args:
        outputs: what `predict` gave: (rows, classes), or (rows,) or (rows, 1) of class 1.
        y: class numbers (rows,) or (rows, 1), or one-hot rows (rows, classes).
        is_logits: whether the outputs are logits; told by their range if None.

    Returns:
        Probabilities (rows, classes) and labels (rows,); None if each row has not just one class
        (regression, several labels, classes of steps or pixels) or there are no rows.

    Raises:
        ValueError: there are not as many outputs as targets.

    >>> classes_of([[0.2], [0.9]], [0, 1])
    (array([[0.8, 0.2],
           [0.1, 0.9]]), array([0, 1]))
    >>> classes_of([[0.2], [0.9]], [0.5, 1.7]) is None
    True
    """
    outputs, y = _in_rows(outputs, y)
    width = max(2, outputs.shape[1])
    labels = _labels_of(y, width, one_hot=outputs.shape[1] > 1)
    if labels is None or not np.isfinite(outputs).all():
        return None
    return probabilities_of(outputs, is_logits), labels


def classes_of_parts(
    outputs: Any, y: Any, is_logits: bool | None = None
) -> tuple[np.ndarray, np.ndarray] | None:
    """The class said and the right one of each part of a row, where these have one: pixels, steps.

    Args:
        outputs: what `predict` gave: (rows, parts..., classes), or (rows, parts..., 1) of class 1,
            or (rows, height, width) of that.
        y: class numbers (rows, parts...) or (rows, parts..., 1), or one-hot like `outputs`.
        is_logits: as for `classes_of`.

    Returns:
        Two arrays (rows, parts) of class numbers; None if parts have no classes.

    >>> classes_of_parts([[[0.2], [0.9], [0.7]]], [[0, 1, 0]])
    (array([[0, 1, 1]]), array([[0, 1, 0]]))
    """
    outputs, y = np.asarray(outputs), np.asarray(y)
    forms = [(outputs, y if y.ndim == outputs.ndim else y[..., None])]
    if outputs.shape == y.shape and outputs.ndim > 2:
        forms.append((outputs[..., None], y[..., None]))
    said = np.nan_to_num(outputs)
    of_one_class = bool(is_logits or (said.min() >= 0 and said.max() <= 1)) if said.size else False
    for given, true in forms:
        classes = given.shape[-1]
        if given.ndim < 3 or given.shape[:-1] != true.shape[:-1]:
            continue
        if classes == 1 and not of_one_class:
            continue
        flat = np.nan_to_num(given).reshape(-1, classes), true.reshape(-1, true.shape[-1])
        if (found := classes_of(*flat, is_logits)) is not None:
            taken = found[0].argmax(axis=1)
            return taken.reshape(len(outputs), -1), found[1].reshape(len(outputs), -1)
    return None


def _in_rows(outputs: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as (rows, values) in float64."""
    arrays = []
    for given in (outputs, y):
        array = np.atleast_1d(np.asarray(given))
        if array.dtype.kind in "OSUT":
            raise ValueError(
                tr(
                    "Scores are of numbers, and {value!r} was given; give class numbers or one-hot "
                    "rows.",
                    value=array.flat[0] if array.size else given,
                )
            )
        values = array.size // max(1, len(array))
        arrays.append(array.reshape(len(array), values).astype(np.float64))
    if len(arrays[0]) != len(arrays[1]):
        raise ValueError(
            tr(
                "There are {outputs} rows and {targets} targets; give a target for each row.",
                outputs=len(arrays[0]),
                targets=len(arrays[1]),
            )
        )
    return arrays[0], arrays[1]


def _labels_of(y: np.ndarray, classes: int, one_hot: bool) -> np.ndarray | None:
    """The class numbers in (rows, values), or None if there is not one for each row."""
    if not y.size:
        return None
    if y.shape[1] == 1:
        labels = y[:, 0]
    elif one_hot and y.shape[1] == classes:
        if not (((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()):
            return None
        labels = y.argmax(axis=1)
    else:
        return None
    is_class = (labels == np.round(labels)) & (labels >= 0) & (labels < classes)
    return labels.astype(int) if is_class.all() else None


def probabilities_of(outputs: Any, is_logits: bool | None = None) -> np.ndarray:
    """The probability of each class out of what a model says.

    Args:
        outputs: (rows, classes), or (rows,) or (rows, 1) of class 1; at least one row.
        is_logits: whether they are logits; told by their range if None.

    Returns:
        (rows, classes) in float64; each row sums to 1, or is NaN where the outputs are.

    >>> probabilities_of([[0.0, 0.0]], is_logits=True)
    array([[0.5, 0.5]])
    """
    outputs = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
    # Rounding may take a softmax a little over 1.
    within = outputs.min() > -1e-3 and outputs.max() < 1 + 1e-3
    sums = outputs.sum(axis=1, keepdims=True)
    if outputs.shape[1] == 1:
        if is_logits or (is_logits is None and not within):
            # The sigmoid, of which no exponential overflows.
            outputs = np.exp(np.minimum(outputs, 0)) / (1 + np.exp(-np.abs(outputs)))
        # Told to be no logits, such as a linear unit under mse: 0.5 parts the classes.
        outputs = np.clip(outputs, 0, 1)
        return np.concatenate([1 - outputs, outputs], axis=1)
    # A softmax whose loss was told from_logits=True by mistake stays one.
    if not within or (is_logits and not np.allclose(sums, 1, atol=1e-2)):
        outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    outputs = np.clip(outputs, 0, 1)
    sums = outputs.sum(axis=1, keepdims=True)
    return np.where(sums == 0, 1 / outputs.shape[1], outputs / np.where(sums == 0, 1, sums))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was taken for each: counts (classes, classes) by [true, predicted].

    Args:
        labels: the right class of each row, (rows,).
        predicted: what each was taken for, (rows,).
        classes: how many there are.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    places = np.asarray(labels) * classes + np.asarray(predicted)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def confusions(matrix: np.ndarray, count: int) -> list[tuple[int, int, int]]:
    """The classes taken for others, the most frequent confusions first.

    Args:
        matrix: counts by [true, predicted].
        count: how many confusions at most.

    Returns:
        For each the true class, the predicted one, and how many rows, at least 1.

    >>> confusions(np.array([[8, 2, 0], [0, 5, 0], [3, 0, 1]]), 5)
    [(2, 0, 3), (0, 1, 2)]
    """
    wrong = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")[:count]
    places = zip(*(places.tolist() for places in np.unravel_index(order, wrong.shape)))
    return [(true, taken, int(wrong[true, taken])) for true, taken in places if wrong[true, taken]]


def name_of(label: int, names: Sequence[str]) -> str:
    """What a class is called: its number if it has no name.

    Args:
        label: the class, from 0.
        names: by number.

    >>> name_of(1, ["cat", "dog"]), name_of(2, ["cat", "dog"])
    ('dog', '2')
    """
    return str(names[label]) if label < len(names) else str(label)


def class_scores(matrix: np.ndarray, names: Sequence[str]) -> list[ClassScore]:
    """The scores of each class.

    Args:
        matrix: counts by [true, predicted].
        names: of the classes, by number; those without one are called by it.

    >>> class_scores(np.array([[8, 2], [0, 5]]), ["no", "yes"])[0].recall
    0.8
    """
    scores = []
    for label in range(len(matrix)):
        right = int(matrix[label, label])
        rows, taken = int(matrix[label].sum()), int(matrix[:, label].sum())
        low, high = interval(right, rows)
        scores.append(
            ClassScore(
                name_of(label, names),
                rows,
                right / max(1, taken),
                right / max(1, rows),
                2 * right / max(1, taken + rows),
                low,
                high,
            )
        )
    return scores


def interval(right: int, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share, `right` of `rows` (Wilson, 1927); 0 to 1 of no rows.

    Args:
        right: how many are right.
        rows: of how many.

    Returns:
        Both ends, between which the share itself lies.

    >>> low, high = interval(8, 10)
    >>> f"{low:.3f} {high:.3f}"
    '0.490 0.943'
    """
    if not rows:
        return 0.0, 1.0
    share, square = right / rows, _WITHIN_95**2 / rows
    middle = (share + square / 2) / (1 + square)
    half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    # At the ends rounding would leave the share outside.
    return float(min(max(0.0, middle - half), share)), float(max(min(1.0, middle + half), share))


def most_wrong(probabilities: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """The rows taken for another class, those first that gave the right one the least probability.

    That is the order of their cross-entropy, -log p.

    Args:
        probabilities: (rows, classes).
        labels: the right class of each row, (rows,).
        count: how many rows at most.

    >>> most_wrong(np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]), np.array([1, 0, 1]), 5)
    array([0, 1])
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(probabilities[wrong, labels[wrong]], kind="stable")
    return wrong[order[:count]]


def least_sure(probabilities: np.ndarray, count: int) -> np.ndarray:
    """The rows whose two likeliest classes lie closest, by margin (Scheffer et al., 2001).

    Args:
        probabilities: (rows, classes).
        count: how many rows at most.

    >>> least_sure(np.array([[0.9, 0.1], [0.45, 0.55]]), 1)
    array([1])
    """
    highest = np.sort(probabilities, axis=1)
    return np.argsort(highest[:, -1] - highest[:, -2], kind="stable")[:count]


# Values -----------------------------------------------------------------------------------------


def paired(outputs: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """The outputs and targets of a regression, value by value.

    Args:
        outputs: (rows, ...) numbers.
        y: as many for each row.

    Returns:
        Both as (rows, values) in float64.

    Raises:
        ValueError: they differ in number, are no numbers, or there are none.

    >>> paired([1, 2], [[3], [4]])[1]
    array([[3.],
           [4.]])
    """
    outputs, y = _in_rows(outputs, y)
    if outputs.shape[1] != y.shape[1] or not y.size:
        raise ValueError(
            tr(
                "Outputs of shape {outputs} have no scores against targets of shape {targets}: "
                "classes are whole numbers from 0, below the number of outputs; other targets have "
                "the shape of the outputs, with at least one row.",
                outputs=outputs.shape,
                targets=y.shape,
            )
        )
    return outputs, y


def regression_scores(outputs: Any, y: Any) -> tuple[ValueScore, ValueScore, ValueScore]:
    """The scores of a regression: root mean square error, mean absolute error and R².

    All values of a row count alike; R² is 1 less the squared errors over the squared distances of
    each target to its mean. Intervals are percentiles of a bootstrap over the rows with a fixed
    seed (Efron, 1979).

    Args:
        outputs: (rows, values) or (rows,).
        y: the targets, likewise.

    Returns:
        The three scores. R² is NaN where the targets are all the same.

    Raises:
        ValueError: outputs and targets differ in number.

    >>> [score.value for score in regression_scores([1.0, 3.0], [1.0, 2.0])]
    [0.7071067811865476, 0.5, -1.0]
    """
    outputs, y = paired(outputs, y)
    errors = outputs - y
    # Every score is made of means over rows, so rows are drawn as these few numbers.
    y = y - y.mean(axis=0)
    parts = np.concatenate(
        [
            np.square(errors).mean(axis=1, keepdims=True),
            np.abs(errors).mean(axis=1, keepdims=True),
            np.square(y).mean(axis=1, keepdims=True),
            y,
        ],
        axis=1,
    )
    random = np.random.default_rng(0)
    rows = len(parts)
    draws = int(np.clip(20_000_000 // max(1, parts.size), 100, 1000))
    means = np.empty((draws, parts.shape[1]))
    for draw in range(draws):
        often = np.bincount(random.integers(rows, size=rows), minlength=rows)
        means[draw] = often / rows @ parts
    values, drawn = _three(parts.mean(axis=0)[None])[:, 0], _three(means)
    rmse, mae, r2 = (_with_interval(value, row) for value, row in zip(values, drawn))
    return rmse, mae, r2


def _three(means: np.ndarray) -> np.ndarray:
    """RMSE, MAE and R², (3, draws), of means over rows."""
    spread = means[:, 2] - np.square(means[:, 3:]).mean(axis=1)
    # A draw of one row many times has no spread but for rounding.
    spread = np.where(spread > 1e-12 * means[:, 2], spread, np.nan)
    return np.stack([np.sqrt(means[:, 0]), means[:, 1], 1 - means[:, 0] / spread])


def _with_interval(value: float, drawn: np.ndarray) -> ValueScore:
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, (2.5, 97.5)) if drawn.size else (np.nan, np.nan)
    return ValueScore(float(value), float(low), float(high))


def share_right(said: np.ndarray, true: np.ndarray) -> ValueScore:
    """The share of parts that are right; parts of a row are alike, so rows are drawn.

    The interval is of percentiles of a bootstrap with a fixed seed (Efron, 1979).

    Args:
        said, true: class numbers (rows, parts).

    >>> share_right(np.array([[0, 1], [1, 1]]), np.array([[0, 1], [1, 0]])).value
    0.75
    """
    by_row = (said == true).mean(axis=1)
    drawn = np.random.default_rng(0).integers(len(by_row), size=(1000, len(by_row)))
    return _with_interval(by_row.mean(), by_row[drawn].mean(axis=1))


def largest_residuals(outputs: Any, y: Any, count: int) -> np.ndarray:
    """The rows whose outputs are the farthest from their targets, the farthest first.

    Args:
        outputs: (rows, ...) numbers.
        y: the targets, as many for each row.
        count: how many rows at most.

    Raises:
        ValueError: outputs and targets differ in number, or there are none.

    >>> largest_residuals([1.0, 5.0, 2.0], [1.0, 2.0, 3.0], 2)
    array([1, 2])
    """
    outputs, y = paired(outputs, y)
    return np.argsort(-np.abs(outputs - y).mean(axis=1), kind="stable")[:count]
