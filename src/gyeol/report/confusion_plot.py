"""Which classes a model takes for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gyeol.report.answers import is_logits, names_of, outputs_of
from gyeol.report.scores import classes_of, confusion_matrix, confusions
from gyeol.report.style import GRID, INK, new_figure, shortened, width_of, with_fonts, words
from gyeol.text import shape_text, tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NORMALIZED = (None, "true", "pred", "all")
_WORST = 5
# Shares up to this one are told apart by colour among the wrong ones.
_FULLY_RED = 0.5
# Points of a letter.
_SMALLEST = 5


def confusion(
    model: Any,
    x: Any,
    y: Any,
    class_names: Sequence[str] | None = None,
    normalize: str | None = None,
) -> "Figure":
    """Draw how often each class was taken for each.

    What is right is blue, what is wrong is red, the darker the larger its share of the true class.
    Above stand how many are right and what is confused most often.

    Args:
        model: a model with one output.
        x: its inputs, as arrays; predicted in batches.
        y: class numbers, or one-hot rows.
        class_names: by number; the numbers if None.
        normalize: what the numbers in the cells are: counts if None, or percent of the true class
            ('true'), of the predicted one ('pred') or of all rows ('all').

    Returns:
        A `matplotlib.figure.Figure`, to be shown or saved by ``figure.savefig(path)``.

    Raises:
        ValueError: each row has not just one class, there are no rows, or an argument is wrong.
    """
    if normalize not in _NORMALIZED:
        raise ValueError(
            tr(
                "normalize is one of {known}; got {given!r}.",
                known=", ".join(map(repr, _NORMALIZED)),
                given=normalize,
            )
        )
    outputs, y = outputs_of(model, x, y, "confusion")
    found = classes_of(outputs, y, is_logits(model))
    if found is None:
        raise ValueError(
            tr(
                "confusion() takes rows of one class each: y as class numbers below the number of "
                "outputs, or one-hot. Got y of shape {targets}, from {low:g} to {high:g}, for "
                "outputs of shape {outputs}. Of a regression, top_losses() shows the largest "
                "errors.",
                targets=shape_text(y.shape),
                low=y.min(),
                high=y.max(),
                outputs=shape_text(outputs.shape),
            )
        )
    probabilities, labels = found
    names = names_of(class_names, probabilities.shape[1])
    matrix = confusion_matrix(labels, probabilities.argmax(axis=1), len(names))
    return with_fonts(_drawn(matrix, names, normalize))


def _drawn(matrix: np.ndarray, names: Sequence[str], normalize: str | None) -> "Figure":
    names = [shortened(name, 18) for name in names]
    cells = _in_cells(matrix, normalize)
    longest = max(len(text) for row in cells for text in row)
    # Inches a cell: two classes need no poster, and of a hundred each number is to be read.
    per_letter = 0.62 * longest + 0.9
    cell = max(min(6 / len(names), 0.95), _SMALLEST * per_letter / 72)
    letters = float(np.clip(72 * cell / per_letter, _SMALLEST, 13))
    beside = float(np.clip(36 * cell, 6, 10))
    of_names = 0.65 * beside / 72 * max(map(width_of, names))
    is_upright = of_names < 0.9 * cell
    lines = _said(matrix, names, normalize)
    height = cell * len(names) + (0.2 if is_upright else of_names) + 0.2 * len(lines) + 0.55
    figure = new_figure(max(cell * len(names) + of_names + 0.5, 4.6), height)
    figure.suptitle("\n".join(lines), fontsize=11, color=INK, x=0.01, ha="left")
    axes = figure.subplots()
    draw_matrix(axes, matrix, cells, letters)
    axes.set_xticks(range(len(names)), names, rotation=0 if is_upright else 90)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(labelsize=beside)
    return figure


def _said(matrix: np.ndarray, names: Sequence[str], normalize: str | None) -> list[str]:
    """How many are right, what the cells are, and what is confused most often."""
    right, rows = int(np.trace(matrix)), int(matrix.sum())
    said = [
        words(
            "{right} of {all} right ({percent} %)",
            right=right,
            all=rows,
            percent=f"{100 * right / rows:.1f}",
        )
    ]
    for true, predicted, count in confusions(matrix, _WORST):
        said.append(
            words(
                "{true} taken for {predicted}: {count} of {rows}",
                true=names[true],
                predicted=names[predicted],
                count=count,
                rows=matrix[true].sum(),
            )
        )
    if normalize == "true":
        said.append(words("In the cells: percent of the true class"))
    elif normalize == "pred":
        said.append(words("In the cells: percent of the predicted class"))
    elif normalize == "all":
        said.append(words("In the cells: percent of all"))
    return said


def _in_cells(matrix: np.ndarray, normalize: str | None) -> list[list[str]]:
    """What the cells say: counts, or percent."""
    if normalize is None:
        return [[str(count) for count in row] for row in matrix]
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    percent = 100 * matrix / np.maximum(matrix.sum(axis=axis, keepdims=True), 1)
    return [[f"{value:.1f}" for value in row] for row in percent]


def draw_matrix(
    axes: "Axes",
    matrix: np.ndarray,
    cells: Sequence[Sequence[str]] | None = None,
    letters: float = 11,
) -> None:
    """Draw a confusion matrix, [true, predicted], without the classes' names.

    Args:
        axes: where.
        matrix: counts.
        cells: what its cells say; the counts if None.
        letters: their size in points.
    """
    from matplotlib import colormaps

    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    is_right = np.eye(len(matrix), dtype=bool)
    # Most classes are confused in a few percent of their rows: a root lets these be seen.
    red = colormaps["Reds"](0.75 * np.sqrt(np.minimum(shares / _FULLY_RED, 1)))
    blue = colormaps["Blues"](0.8 * shares)
    colours = np.where(is_right[..., None], blue, red)
    colours[matrix == 0] = 1
    axes.imshow(colours, aspect="auto")
    is_dark = np.where(is_right, shares > 0.55, shares > 0.5 * _FULLY_RED)
    # In a large matrix zeros would hide what is there.
    shown = np.ndindex(matrix.shape) if len(matrix) <= 5 else np.argwhere(matrix)
    for true, predicted in shown:
        axes.text(
            predicted,
            true,
            matrix[true, predicted] if cells is None else cells[true][predicted],
            ha="center",
            va="center",
            fontsize=letters,
            color="white" if is_dark[true, predicted] else INK,
        ).set_in_layout(False)
    axes.set_xlabel(words("predicted"), color=INK)
    axes.set_ylabel(words("true"), color=INK)
    # Lines between the cells, so that a row can be followed.
    edges = np.arange(len(matrix) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(which="minor", color=GRID, lw=0.6)
    axes.tick_params(which="both", length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
