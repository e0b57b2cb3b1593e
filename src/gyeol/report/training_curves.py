"""The curves of a training run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gyeol.report.epochs import best_epoch, by_epoch, curve_names, start_of_overfitting
from gyeol.report.style import (
    FAINT,
    GRID,
    INK,
    TRAINING,
    VALIDATION,
    WRONG,
    new_figure,
    save,
    with_fonts,
    words,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def curves(history: Mapping[str, Sequence[float]], path: str | Path) -> Path:
    """Draw loss and metrics by epoch, training against validation, with what to see in them.

    Marked are the best epoch, that with the lowest validation loss, or training loss where nothing
    was validated; and in which epochs the model over-fits, if it plainly does.

    Args:
        history: one value an epoch for each name, such as ``fit(...).history``.
        path: the PNG to write.

    Returns:
        The path.

    Raises:
        ValueError: the history holds no epoch.
    """
    return save(figure_of(history), path)


def figure_of(history: Mapping[str, Sequence[float]]) -> "Figure":
    """The picture of `curves`, to be shown or saved.

    Args:
        history: one value an epoch for each name.

    Raises:
        ValueError: the history holds no epoch.
    """
    names = curve_names(history)
    if not names:
        raise ValueError("The history holds no epoch: draw the curves after fit().")
    marks = best_epoch(history), start_of_overfitting(history)
    figure = new_figure(max(5.0, 4.6 * len(names)), 3.7)
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for axes, name in zip(panels, names):
        _panel(axes, name, history, *marks)
    return with_fonts(figure)


def _panel(
    axes: "Axes",
    name: str,
    history: Mapping[str, Sequence[float]],
    best: int | None,
    overfits: int | None,
) -> None:
    training = by_epoch(history[name], len(history[name]))
    validation = by_epoch(history.get(f"val_{name}", ()), len(training))
    point = "o" if len(training) == 1 else None
    for values, colour, label in (
        (training, TRAINING, words("training")),
        (validation, VALIDATION, words("validation")),
    ):
        if values:
            axes.plot(
                values.keys(), values.values(), color=colour, lw=1.8, marker=point, label=label
            )
    shown = validation or training
    if best in shown:
        axes.axvline(best, color=FAINT, lw=1, ls=(0, (4, 3)), zorder=0)
        axes.plot(best, shown[best], "o", ms=7, mfc="white", mec=INK, mew=1.6)
        marked = words("best epoch {epoch}: {value}", epoch=best, value=f"{shown[best]:.4g}")
        axes.set_title(marked, loc="right", fontsize=9, color=INK)
    if overfits is not None:
        marked = words("over-fitting after epoch {epoch}", epoch=overfits)
        axes.axvspan(overfits, len(training), color=WRONG, alpha=0.09, lw=0, zorder=0, label=marked)
    axes.set_title(name, loc="left", fontsize=12, color=INK)
    axes.set_xlabel(words("epoch"), color=INK)
    axes.set_ylabel(name, color=INK)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.margins(y=0.15)
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.legend(frameon=False, fontsize=9)
