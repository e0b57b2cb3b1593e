"""The curves of a training run."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gyeol.report.style import FAINT, INK, TRAINING, VALIDATION, new_figure, save, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOT_CURVES = ("lr", "learning_rate")


def curves(history: Mapping[str, Sequence[float]], path: str | Path) -> Path:
    """Draw loss and metrics by epoch, training against validation, the best epoch marked.

    The best epoch is the one with the lowest validation loss, or training loss where nothing was
    validated.

    Args:
        history: one value an epoch for each name, such as ``fit(...).history``.
        path: the PNG to write.

    Returns:
        The path.

    Raises:
        ValueError: the history holds no epoch.
    """
    names = [name for name in history if not name.startswith("val_") and name not in _NOT_CURVES]
    names = sorted((name for name in names if len(history[name])), key=lambda name: name != "loss")
    if not names:
        raise ValueError("The history holds no epoch: draw the curves after fit().")
    best = best_epoch(history)
    figure = new_figure(max(5.0, 4.6 * len(names)), 3.7)
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for axes, name in zip(panels, names):
        _panel(axes, name, history, best)
    return save(figure, path)


def best_epoch(history: Mapping[str, Sequence[float]]) -> int | None:
    """The epoch, from 1, with the lowest ``val_loss``, else ``loss``; None without either.

    >>> best_epoch({"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.6, 0.7]})
    2
    """
    losses = list(history.get("loss", ()))
    values = _by_epoch(history.get("val_loss", ()), len(losses)) or _by_epoch(losses, len(losses))
    finite = [(value, epoch) for epoch, value in values.items() if math.isfinite(value)]
    return min(finite)[1] if finite else None


def _by_epoch(values: Sequence[float], epochs: int) -> dict[int, float]:
    # With validation_freq there are fewer values than epochs, one every so many epochs.
    every = max(1, epochs // max(1, len(values)))
    return {every * (index + 1): value for index, value in enumerate(values)}


def _panel(
    axes: "Axes", name: str, history: Mapping[str, Sequence[float]], best: int | None
) -> None:
    training = _by_epoch(history[name], len(history[name]))
    validation = _by_epoch(history.get(f"val_{name}", ()), len(training))
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
    axes.set_title(name, loc="left", fontsize=12, color=INK)
    axes.set_xlabel(words("epoch"), color=INK)
    axes.set_ylabel(name, color=INK)
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.margins(y=0.15)
    axes.grid(axis="y", color="#e6e8eb", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.legend(frameon=False, fontsize=9)
