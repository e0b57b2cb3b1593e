"""What a model says about samples, beside what they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gyeol.report.confusion_plot import draw_matrix
from gyeol.report.rows import evenly_spread
from gyeol.report.scores import confusion_matrix, name_of, probabilities_of
from gyeol.report.style import (
    EDGE,
    FAINT,
    INK,
    WRONG,
    draw_table,
    new_figure,
    save,
    with_fonts,
    words,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS, _SAMPLE_ROWS = 8, 3
_TABLE_ROWS = 14
_CROSS = "✗"


def predictions(
    model_or_probabilities: Any,
    x: np.ndarray,
    y: np.ndarray,
    class_names: Sequence[str],
    path: str | Path,
    feature_names: Sequence[str] = (),
) -> Path:
    """Draw samples with predicted and true class, the wrong ones marked.

    Pictures come as a grid of evenly spaced samples and, below it, the most confident mistakes;
    rows of a table come as a confusion matrix and some rows.

    Args:
        model_or_probabilities: a model, or what its `predict(x)` gave: (n, classes), or (n, 1) for
            the probability of class 1.
        x: pictures (n, height, width) or (n, height, width, channels), or rows (n, features).
        y: labels: whole numbers (n,) or (n, 1), or one-hot (n, classes).
        class_names: by label.
        path: the PNG to write.
        feature_names: of the columns of a table.

    Returns:
        The path.

    Raises:
        ValueError: there are no samples, or not as many labels and predictions as samples.
    """
    if hasattr(model_or_probabilities, "predict"):
        probabilities = np.asarray(model_or_probabilities.predict(x, verbose=0))
    else:
        probabilities = np.asarray(model_or_probabilities)
    if not len(x) or not len(x) == len(y) == len(probabilities):
        raise ValueError(
            f"predictions() needs as many labels and predictions as samples, and at least one; "
            f"got {len(x)} samples, {len(y)} labels, {len(probabilities)} predictions."
        )
    predicted, confidence = decided(probabilities)
    true = np.argmax(y, axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else np.reshape(y, -1)
    true = true.astype(int)
    said = _Said(predicted, confidence, true, class_names)
    draw = _draw_table if x.ndim == 2 else _draw_pictures
    return save(with_fonts(draw(said, np.asarray(x), feature_names)), path)


def decided(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class and its probability for each row of a model's output, (n, classes) or (n, 1).

    Outputs that are not probabilities are taken as logits.

    Args:
        outputs: what `predict` gave.

    Returns:
        Classes (n,) and probabilities (n,).

    >>> decided(np.array([[0.1, 0.9], [0.8, 0.2]]))
    (array([1, 0]), array([0.9, 0.8]))
    >>> decided(np.array([[0.25]]))
    (array([0]), array([0.75]))
    """
    probabilities = probabilities_of(outputs)
    predicted = probabilities.argmax(axis=1)
    return predicted, probabilities[np.arange(len(predicted)), predicted]


class _Said:
    """Predicted and true classes, with the words for them."""

    def __init__(
        self,
        predicted: np.ndarray,
        confidence: np.ndarray,
        true: np.ndarray,
        class_names: Sequence[str],
    ):
        self.predicted, self.confidence, self.true = predicted, confidence, true
        self.class_names = class_names
        self.wrong = predicted != true

    def name(self, label: int) -> str:
        return name_of(label, self.class_names)

    def answer(self, index: int) -> str:
        return f"{self.name(self.predicted[index])} ({100 * self.confidence[index]:.0f} %)"

    def title(self) -> str:
        right = int((~self.wrong).sum())
        return words(
            "{right} of {all} right ({percent} %); wrong ones are marked {cross}",
            right=right,
            all=len(self.true),
            percent=f"{100 * right / len(self.true):.1f}",
            cross=_CROSS,
        )


def _draw_pictures(said: _Said, x: np.ndarray, _: Sequence[str]) -> "Figure":
    samples = evenly_spread(len(x), _COLUMNS * _SAMPLE_ROWS)
    mistakes = np.flatnonzero(said.wrong)
    mistakes = mistakes[np.argsort(-said.confidence[mistakes], kind="stable")][:_COLUMNS]
    blocks = [(said.title(), samples)]
    if len(mistakes):
        blocks.append((words("The most confident mistakes of all"), mistakes))
    rows = [-(-len(indices) // _COLUMNS) for _, indices in blocks]
    figure = new_figure(1.25 * _COLUMNS, 1.7 * sum(rows) + 0.55 * len(rows))
    parts = np.ravel(figure.subfigures(len(blocks), 1, height_ratios=rows))
    for part, (title, indices), height in zip(parts, blocks, rows):
        part.suptitle(title, fontsize=11, color=INK)
        grid = part.subplots(height, _COLUMNS, squeeze=False).ravel()
        for axes in grid[len(indices) :]:
            axes.set_visible(False)
        for axes, index in zip(grid, indices):
            _draw_picture(axes, said, x, index)
    return figure


def _draw_picture(axes: "Axes", said: _Said, x: np.ndarray, index: int) -> None:
    picture = x[index]
    grey = picture.ndim == 2 or picture.shape[-1] == 1
    if grey:
        axes.imshow(picture.reshape(picture.shape[:2]), cmap="gray_r", vmin=x.min(), vmax=x.max())
    else:
        scale = 255 if x.max() > 1 else 1
        axes.imshow(np.clip(picture[..., :3] / scale, 0, 1))
    wrong = said.wrong[index]
    label = said.answer(index)
    if wrong:
        label = f"{_CROSS} {label}\n" + words("is {name}", name=said.name(said.true[index]))
    axes.set_xlabel(label, fontsize=7.5, color=WRONG if wrong else INK)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=WRONG if wrong else EDGE, linewidth=2.5 if wrong else 0.8)


def _draw_table(said: _Said, x: np.ndarray, feature_names: Sequence[str]) -> "Figure":
    figure = new_figure(12, 4.6)
    figure.suptitle(said.title(), fontsize=11, color=INK)
    left, right = figure.subfigures(1, 2, width_ratios=[1, 2.4])
    _draw_confusion(left.subplots(), said)
    _draw_rows(right.subplots(), said, x, feature_names)
    return figure


def _draw_confusion(axes: "Axes", said: _Said) -> None:
    size = max(len(said.class_names), said.true.max() + 1, said.predicted.max() + 1)
    names = [said.name(label) for label in range(size)]
    draw_matrix(axes, confusion_matrix(said.true, said.predicted, size))
    axes.set_xticks(range(size), names, fontsize=9)
    axes.set_yticks(range(size), names, fontsize=9, rotation=90, va="center")


def _draw_rows(axes: "Axes", said: _Said, x: np.ndarray, feature_names: Sequence[str]) -> None:
    shown = evenly_spread(len(x), _TABLE_ROWS)
    columns = min(x.shape[1], 8)
    heads = [str(name) for name in feature_names[:columns]] or [
        str(column) for column in range(columns)
    ]
    cells = [
        [f"{value:.4g}" for value in x[index, :columns]]
        + [
            f"{_CROSS} {said.answer(index)}" if said.wrong[index] else said.answer(index),
            said.name(said.true[index]),
        ]
        for index in shown
    ]
    heads += [words("predicted"), words("true")]
    table = draw_table(axes, cells, heads, loc="upper center")
    table.auto_set_column_width(range(columns + 2))
    for (row, _), cell in table.get_celld().items():
        is_wrong = row > 0 and said.wrong[shown[row - 1]]
        cell.get_text().set_color(FAINT if row == 0 else WRONG if is_wrong else INK)
    axes.set_title(words("Some rows"), loc="left", fontsize=10, color=INK)
