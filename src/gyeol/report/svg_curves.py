"""Curves of a training as SVG within a page."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from gyeol.report.epochs import best_epoch, by_epoch, start_of_overfitting
from gyeol.report.markup import Markup, tag
from gyeol.report.numbers import number_text
from gyeol.report.svg_axes import BOTTOM, LEFT, RIGHT, axes, round_ticks
from gyeol.text import tr

# In the drawing's own units, which are about CSS pixels.
_WIDTH, _HEIGHT = 400, 232
_TOP, _FLOOR = 26, _HEIGHT - BOTTOM
# Where the only epoch stands.
_ALONE_AT = 220
# A loss that falls by more than this is drawn on a logarithmic scale.
_WIDE = 100
# More epochs than this have no place of their own to point at.
_MOST_TOUCHED = 150
# About as wide as a letter is.
_LETTER = 6.4

# From an epoch, or a value, to its place in the drawing.
_Place = Callable[[float], float]


@dataclass(frozen=True)
class _Curve:
    """A curve: its class in the style sheet, what it is in words, and its values by epoch."""

    kind: str
    words: str
    values: dict[int, float]

    def finite(self) -> dict[int, float]:
        return {epoch: value for epoch, value in self.values.items() if math.isfinite(value)}


def curves_svg(history: Mapping[str, Sequence[float]], names: Sequence[str]) -> list[Markup]:
    """A figure for each name: training against validation by epoch.

    The best epoch is marked in each, and the part behind the start of over-fitting.

    Args:
        history: one value an epoch for each name, such as ``fit(...).history``.
        names: of the curves, without ``val_``.
    """
    best, over = best_epoch(history), start_of_overfitting(history)
    return [_figure(name, history, best, over) for name in names]


def _figure(
    name: str, history: Mapping[str, Sequence[float]], best: int | None, over: int | None
) -> Markup:
    epochs = len(history[name])
    curves = [
        _Curve("training", tr("training"), by_epoch(history[name], epochs)),
        _Curve("validation", tr("validation"), by_epoch(history.get(f"val_{name}", ()), epochs)),
    ]
    values = [value for curve in curves for value in curve.finite().values()]
    if not values:
        words = tr("No value is a number.")
        return tag("figure", tag("figcaption", name), tag("p", words, class_="small"))
    y, ticks, is_log = _scale(values)

    def x(epoch: float) -> float:
        wide = _WIDTH - LEFT - RIGHT
        return LEFT + (epoch - 1) / (epochs - 1) * wide if epochs > 1 else _ALONE_AT

    places = {epoch: x(epoch) for epoch in _epoch_ticks(epochs)}
    shown = curves[1] if curves[1].values else curves[0]
    at_best = shown.finite().get(best)
    marks = _marks(curves, best, at_best, over, epochs)
    pieces = [
        *([] if over is None else [_overfitted(x(over), x(epochs))]),
        *axes(y, ticks, places, tr("epoch"), _WIDTH, _FLOOR),
        *(piece for curve in curves for piece in _line(curve, x, y)),
        *([] if at_best is None else _best(x(best), y(at_best))),
        *_labels([(x(epoch), words, kind) for epoch, words, kind in marks]),
        *(piece for curve in curves for piece in _touched(curve, x, y)),
    ]
    ends = ", ".join(
        f"{curve.words} {number_text(curve.values[max(curve.values)])}"
        for curve in curves
        if curve.values
    )
    label = tr("{name} by epoch; at the end {values}", name=name, values=ends)
    svg = tag("svg", *pieces, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=label)
    note = tag("small", f" {tr('logarithmic scale')}") if is_log else Markup()
    return tag("figure", tag("figcaption", name, note), svg)


def _marks(
    curves: Sequence[_Curve], best: int | None, at_best: float | None, over: int | None, epochs: int
) -> list[tuple[int, str, str]]:
    """What is said above the curves: near which epoch, the words, and their class."""
    marks = []
    if at_best is not None:
        words = tr("best epoch {epoch}: {value}", epoch=best, value=number_text(at_best))
        marks.append((best, words, "best"))
    if over is not None and over < epochs:
        marks.append((epochs, tr("over-fitting after epoch {epoch}", epoch=over), "over"))
    broken = [epoch for curve in curves for epoch in curve.values.keys() - curve.finite().keys()]
    if broken:
        first = min(broken)
        marks.append((first, tr("no number from epoch {epoch} on", epoch=first), "broken"))
    return marks


def _line(curve: _Curve, x: _Place, y: _Place) -> list[Markup]:
    """A curve, in pieces where values are missing; single points as dots."""
    pieces = []
    for is_finite, run in groupby(curve.values.items(), lambda item: math.isfinite(item[1])):
        points = [(x(epoch), y(value)) for epoch, value in run] if is_finite else []
        if len(points) == 1:
            ((along, up),) = points
            pieces.append(
                tag("circle", cx=f"{along:.1f}", cy=f"{up:.1f}", r=3.5, class_=curve.kind)
            )
        elif points:
            path = "L".join(f"{along:.1f},{up:.1f}" for along, up in points)
            pieces.append(tag("path", d=f"M{path}", class_=curve.kind))
    return pieces


def _touched(curve: _Curve, x: _Place, y: _Place) -> list[Markup]:
    """The values, to be read by pointing at their places."""
    if len(curve.values) > _MOST_TOUCHED:
        return []
    pieces = []
    for epoch, value in curve.finite().items():
        title = tag("title", f"{curve.words}, {tr('epoch')} {epoch}: {number_text(value)}")
        place = {"cx": f"{x(epoch):.1f}", "cy": f"{y(value):.1f}"}
        pieces.append(tag("circle", title, r=7, class_="touch", **place))
    return pieces


def _overfitted(begin: float, end: float) -> Markup:
    return tag(
        "rect",
        x=f"{begin:.1f}",
        y=_TOP,
        width=f"{end - begin:.1f}",
        height=_FLOOR - _TOP,
        class_="over",
    )


def _best(x: float, y: float) -> list[Markup]:
    return [
        tag("path", d=f"M{x:.1f},{_TOP}V{_FLOOR}", class_="best"),
        tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=4.5, class_="best"),
    ]


def _labels(marks: Sequence[tuple[float, str, str]]) -> list[Markup]:
    """Words above the curves, near their places and beside each other, as far as there is room."""
    pieces, free = [], float(LEFT)
    ordered = sorted(marks)
    widths = [_width(words) for _, words, _ in ordered]
    for number, ((x, words, kind), width) in enumerate(zip(ordered, widths)):
        rest = sum(widths[number + 1 :]) + 14 * len(widths[number + 1 :])
        begin = max(free, min(x - width / 2, _WIDTH - RIGHT - rest - width))
        pieces.append(tag("text", words, x=f"{begin:.1f}", y=_TOP - 10, class_=kind))
        free = begin + width + 14
    return pieces


def _width(words: str) -> float:
    """About how wide a line of text is; letters of Korean are nearly twice as wide."""
    return sum(_LETTER if letter < "\u1100" else 1.75 * _LETTER for letter in words)


def _scale(values: Sequence[float]) -> tuple[_Place, list[float], bool]:
    """From a value to its height, the ticks, and whether it is logarithmic."""
    low, high = min(values), max(values)
    is_log = low > 0 and high / low > _WIDE
    if is_log:
        low, high = math.log10(low), math.log10(high)
        powers = range(math.floor(low), math.ceil(high) + 1)
        every = -(-len(powers) // 5)
        ticks = [10.0**power for power in powers if power % every == 0]
        low, high = min(low, math.log10(ticks[0])), max(high, math.log10(ticks[-1]))
    else:
        margin = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
        low, high = low - (margin if low - margin >= 0 or low < 0 else low), high + margin
        ticks = round_ticks(low, high)

    def place(value: float) -> float:
        at = math.log10(value) if is_log else value
        return _FLOOR - (at - low) / (high - low) * (_FLOOR - _TOP)

    return place, ticks, is_log


def _epoch_ticks(epochs: int) -> list[int]:
    step = next(s * 10**p for p in range(12) for s in (1, 2, 5) if s * 10**p * 6 >= epochs - 1)
    return [1, *(epoch for epoch in range(step, epochs + 1, step) if epoch > 1)]
