"""The samples that a model is most wrong about."""

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gyeol.report.answers import is_logits, names_of, outputs_of
from gyeol.report.scores import (
    classes_of,
    largest_residuals,
    least_sure,
    most_wrong,
    regression_scores,
)
from gyeol.report.shown import Pictures, Rows, shown_of
from gyeol.report.style import (
    EDGE,
    FAINT,
    INK,
    WRONG,
    draw_table,
    new_figure,
    shortened,
    width_of,
    with_fonts,
    words,
)
from gyeol.text import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ACROSS = 6
_TABLE_COLUMNS = 8


@dataclass(frozen=True)
class _Worst:
    """The rows to show, the worst first, and what is said of each."""

    title: str
    rows: np.ndarray
    said: Callable[[int], str]
    true: Callable[[int], str]
    is_wrong: bool


def top_losses(
    model: Any,
    x: Any,
    y: Any,
    class_names: Sequence[str] | None = None,
    count: int = 12,
    feature_names: Sequence[str] = (),
) -> "Figure":
    """Draw the samples that a model is most wrong about, the worst first.

    Of classes these are the wrong ones whose right class got the least probability, or the least
    sure ones where none is wrong; of a regression those with the largest residuals.

    Args:
        model: a model with one output.
        x: its inputs, as arrays; predicted in batches. Pictures (n, height, width), with channels
            last or first or none, or made flat, are drawn as such; series (n, steps, features) of
            up to 7 features as lines; other rows as a table. Of several inputs the first picture
            is shown, or the first of all.
        y: class numbers, one-hot rows, or the values of a regression.
        class_names: by number; the numbers if None.
        count: how many samples at most.
        feature_names: of the columns of a table; those of a data frame if not given.

    Returns:
        A `matplotlib.figure.Figure`, to be shown or saved by ``figure.savefig(path)``.

    Raises:
        ValueError: there are no rows, outputs and targets do not match, or an argument is wrong.
    """
    if not isinstance(count, (int, np.integer)) or count < 1:
        raise ValueError(tr("count is a whole number of at least 1; got {given!r}.", given=count))
    outputs, y = outputs_of(model, x, y, "top_losses")
    found = classes_of(outputs, y, is_logits(model))
    if found is None:
        worst = _worst_values(outputs, y, count)
    else:
        worst = _worst_classes(*found, names_of(class_names, found[0].shape[1]), count)
    shown = shown_of(x, worst.rows, feature_names)
    draw = _draw_pictures if isinstance(shown, Pictures) else _draw_table
    return with_fonts(draw(shown, worst))


def _worst_classes(
    probabilities: np.ndarray, labels: np.ndarray, names: Sequence[str], count: int
) -> _Worst:
    predicted = probabilities.argmax(axis=1)
    wrong = int((predicted != labels).sum())
    names = [shortened(name, 16) for name in names]
    if wrong:
        title = words(
            "{wrong} of {all} are wrong ({percent} %); the most wrong first",
            wrong=wrong,
            all=len(labels),
            percent=f"{100 * wrong / len(labels):.1f}",
        )
        rows = most_wrong(probabilities, labels, count)
    else:
        title = words("All {all} are right; the least sure first", all=len(labels))
        rows = least_sure(probabilities, count)

    def answer(row: int, label: int) -> str:
        return f"{names[label]} ({_percent(probabilities[row, label])} %)"

    return _Worst(
        title,
        rows,
        lambda row: answer(row, predicted[row]),
        lambda row: answer(row, labels[row]),
        wrong > 0,
    )


def _percent(share: float) -> str:
    """As exact as it has to be: '45', '99.4', '100', '0.4', '<0.1'."""
    if share < 0.001:
        return "<0.1"
    is_near_an_end = share < 0.01 or 0.99 <= share < 0.9995
    return f"{100 * share:.{1 if is_near_an_end else 0}f}"


def _worst_values(outputs: np.ndarray, y: np.ndarray, count: int) -> _Worst:
    rmse, mae, r2 = regression_scores(outputs, y)
    title = words(
        "RMSE {rmse} ({low} to {high}), MAE {mae}, R² {r2}\nThe largest errors first",
        rmse=f"{rmse.value:.4g}",
        low=f"{rmse.low:.4g}",
        high=f"{rmse.high:.4g}",
        mae=f"{mae.value:.4g}",
        r2=f"{r2.value:.3f}",
    )
    rows = largest_residuals(outputs, y, count)
    return _Worst(
        title, rows, lambda row: _in_short(outputs[row]), lambda row: _in_short(y[row]), True
    )


def _in_short(values: np.ndarray) -> str:
    flat = np.ravel(values)
    if len(flat) == 1:
        return f"{flat[0]:.4g}"
    return ", ".join(f"{value:.2g}" for value in flat[:3]) + (", …" if len(flat) > 3 else "")


def _draw_pictures(shown: Pictures, worst: _Worst) -> "Figure":
    across = min(_ACROSS, len(worst.rows))
    down = math.ceil(len(worst.rows) / across)
    figure = new_figure(max(1.7 * across, 5.5), 2.15 * down + 0.5)
    figure.suptitle(worst.title, fontsize=11, color=INK)
    grid = figure.subplots(down, across, squeeze=False).ravel()
    for axes in grid[len(worst.rows) :]:
        axes.set_visible(False)
    for number, (axes, row) in enumerate(zip(grid, worst.rows)):
        shown.draw(axes, number)
        axes.set_title(worst.said(row), fontsize=8, color=WRONG if worst.is_wrong else INK, pad=3)
        true = words("true: {name}", name=worst.true(row))
        axes.set_xlabel(f"{true}\n" + words("row {row}", row=row), fontsize=8, color=INK)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set(color=EDGE, linewidth=0.8)
    return figure


def _draw_table(shown: Rows, worst: _Worst) -> "Figure":
    columns = _telling(shown.values)
    names = [shown.names[column] for column in columns]
    heads = [words("row"), *names, words("predicted"), words("true")]
    heads = [textwrap.fill(shortened(head, 36), 12) for head in heads]
    cells = [
        [str(row), *map(_cell, values[columns]), worst.said(row), worst.true(row)]
        for row, values in zip(worst.rows, shown.values)
    ]
    lines = max(head.count("\n") + 1 for head in heads)
    widths = [
        max(width_of(line) for text in column for line in text.split("\n")) + 2.5
        for column in zip(heads, *cells)
    ]
    height = 0.26 * (len(cells) + 0.6 * lines + 0.4)
    figure = new_figure(max(0.068 * sum(widths) + 0.2, 5.5), height + 0.65)
    figure.suptitle(worst.title, fontsize=11, color=INK)
    axes = figure.subplots()
    if len(columns) < len(shown.names):
        more = len(shown.names) - len(columns)
        left_out = words("columns that are not shown: {count}", count=more)
        axes.set_title(left_out, loc="right", fontsize=8, color=FAINT)
    shares = [width / sum(widths) for width in widths]
    table = draw_table(axes, cells, heads, colWidths=shares, bbox=(0, 0, 1, 1))
    for (row, column), cell in table.get_celld().items():
        cell.set_height((0.6 * lines + 0.4) if row == 0 else 1)
        is_wrong = worst.is_wrong and column == len(heads) - 2
        cell.get_text().set_color(FAINT if row == 0 else WRONG if is_wrong else INK)
    return figure


def _telling(values: np.ndarray) -> np.ndarray:
    """The first columns; of many, the first in which these rows differ."""
    columns = np.arange(values.shape[1])
    if len(columns) > _TABLE_COLUMNS:
        differing = np.flatnonzero((values != values[:1]).any(axis=0))
        columns = differing if len(differing) else columns
    return columns[:_TABLE_COLUMNS]


def _cell(value: Any) -> str:
    return (
        f"{value:.4g}" if isinstance(value, (int, float, np.number)) else shortened(str(value), 16)
    )
