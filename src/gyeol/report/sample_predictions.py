"""What a model says about samples, beside what they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gyeol.report.style import FAINT, INK, WRONG, new_figure, save, words

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
    said = _Said(predicted, confidence, true, [str(name) for name in class_names])
    draw = _draw_table if x.ndim == 2 else _draw_pictures
    return save(draw(said, np.asarray(x), feature_names), path)


def decided(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class and its probability for each row of a model's output, (n, classes) or (n, 1).

    Outputs that are not probabilities are taken as logits.

    >>> decided(np.array([[0.1, 0.9], [0.8, 0.2]]))
    (array([1, 0]), array([0.9, 0.8]))
    >>> decided(np.array([[0.25]]))
    (array([0]), array([0.75]))
    """
    probabilities = as_probabilities(outputs)
    predicted = probabilities.argmax(axis=1)
    return predicted, probabilities[np.arange(len(predicted)), predicted]


def as_probabilities(outputs: np.ndarray) -> np.ndarray:
    """(n, classes) probabilities out of a model's outputs: of each class, of class 1, or logits."""
    outputs = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
    in_range = outputs.min() >= 0 and outputs.max() <= 1
    if outputs.shape[1] == 1:
        if not in_range:
            outputs = 1 / (1 + np.exp(-np.clip(outputs, -500, 500)))
        return np.concatenate([1 - outputs, outputs], axis=1)
    if in_range and np.allclose(outputs.sum(axis=1), 1, atol=1e-2):
        return outputs
    exponents = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


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
        return self.class_names[label] if label < len(self.class_names) else str(label)

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


def _evenly(count: int, wanted: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, wanted)).astype(int))


def _draw_pictures(said: _Said, x: np.ndarray, _: Sequence[str]) -> "Figure":
    samples = _evenly(len(x), _COLUMNS * _SAMPLE_ROWS)
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
        spine.set(color=WRONG if wrong else "#d0d4da", linewidth=2.5 if wrong else 0.8)


def _draw_table(said: _Said, x: np.ndarray, feature_names: Sequence[str]) -> "Figure":
    figure = new_figure(12, 4.6)
    figure.suptitle(said.title(), fontsize=11, color=INK)
    left, right = figure.subfigures(1, 2, width_ratios=[1, 2.4])
    _draw_confusion(left.subplots(), said)
    _draw_rows(right.subplots(), said, x, feature_names)
    return figure


def _draw_confusion(axes: "Axes", said: _Said) -> None:
    size = max(len(said.class_names), said.true.max() + 1, said.predicted.max() + 1)
    counts = np.zeros((size, size), int)
    np.add.at(counts, (said.true, said.predicted), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for true, predicted in np.ndindex(counts.shape):
        axes.text(
            predicted,
            true,
            counts[true, predicted],
            ha="center",
            va="center",
            color="white" if shares[true, predicted] > 0.5 else INK,
        )
    names = [said.name(label) for label in range(size)]
    axes.set_xticks(range(size), names, fontsize=9)
    axes.set_yticks(range(size), names, fontsize=9, rotation=90, va="center")
    axes.set_xlabel(words("predicted"), color=INK)
    axes.set_ylabel(words("true"), color=INK)


def _draw_rows(axes: "Axes", said: _Said, x: np.ndarray, feature_names: Sequence[str]) -> None:
    shown = _evenly(len(x), _TABLE_ROWS)
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
    axes.axis("off")
    table = axes.table(
        cells,
        colLabels=[*heads, words("predicted"), words("true")],
        loc="upper center",
        cellLoc="right",
        edges="horizontal",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.auto_set_column_width(range(columns + 2))
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#d0d4da")
        if row == 0:
            cell.get_text().set(color=FAINT, rotation=0)
        elif said.wrong[shown[row - 1]]:
            cell.get_text().set_color(WRONG)
        else:
            cell.get_text().set_color(INK)
    axes.set_title(words("Some rows"), loc="left", fontsize=10, color=INK)
