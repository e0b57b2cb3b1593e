"""Predicted against true values, as SVG within a page."""

import numpy as np

from gyeol.report.markup import Markup, tag
from gyeol.report.svg_axes import BOTTOM, LEFT, RIGHT, axes, round_ticks
from gyeol.text import tr

# In the drawing's own units, which are about CSS pixels.
_SIDE = 340
_MOST_POINTS = 1000


def scatter_svg(true: np.ndarray, predicted: np.ndarray) -> Markup:
    """A figure of predicted against true values, some of them if there are many.

    Args:
        true, predicted: (values,), finite.
    """
    some = slice(None, None, max(1, -(-len(true) // _MOST_POINTS)))
    true, predicted = true[some], predicted[some]
    low, high = float(min(true.min(), predicted.min())), float(max(true.max(), predicted.max()))
    margin = (high - low) * 0.04 or 1.0
    low, high = low - margin, high + margin
    ticks = round_ticks(low, high)
    side = _SIDE - LEFT - RIGHT

    def x(value: float) -> float:
        return LEFT + (value - low) / (high - low) * side

    def y(value: float) -> float:
        return RIGHT + side - (value - low) / (high - low) * side

    pieces = [
        *axes(y, ticks, {tick: x(tick) for tick in ticks}, tr("true"), _SIDE, RIGHT + side),
        tag("path", d=f"M{x(low):.1f},{y(low):.1f}L{x(high):.1f},{y(high):.1f}", class_="best"),
        *(
            tag("circle", cx=f"{x(t):.1f}", cy=f"{y(p):.1f}", r=2.4, class_="point")
            for t, p in zip(true.tolist(), predicted.tolist())
        ),
    ]
    label = tr("{count} predicted values against the true ones", count=f"{len(true):,}")
    size = f"0 0 {_SIDE} {side + RIGHT + BOTTOM}"
    svg = tag("svg", *pieces, viewBox=size, role="img", aria_label=label)
    caption = tr("Predicted (upwards) against true; on the dotted line both are the same.")
    return tag("figure", svg, tag("figcaption", caption), class_="scatter")
