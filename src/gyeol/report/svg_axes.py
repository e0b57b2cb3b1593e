"""The axes of a plot as SVG: lines, ticks at round numbers, and what stands beside them."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from gyeol.report.markup import Markup, tag

# Around a plot, in the drawing's own units, which are about CSS pixels.
LEFT, RIGHT, BOTTOM = 52, 10, 32
_MOST_TICKS = 5


def axes(
    y: Callable[[float], float],
    ticks: Sequence[float],
    places: Mapping[float, float],
    name: str,
    width: int,
    floor: int,
) -> list[Markup]:
    """Lines across at the ticks, and the numbers at both axes.

    Args:
        y: from a value to its height in the drawing.
        ticks: the values on the upright axis.
        places: those on the other, each with its place in the drawing.
        name: of the other axis.
        width: of the drawing.
        floor: the height of the lower axis in it.

    Returns:
        Its elements.
    """
    lines = "".join(f"M{LEFT},{y(tick):.1f}H{width - RIGHT}" for tick in ticks)
    pieces = [tag("path", d=lines, class_="grid")]
    pieces += [
        tag("text", _tick_text(tick, ticks), x=LEFT - 7, y=f"{y(tick) + 4:.1f}", class_="end")
        for tick in ticks
    ]
    pieces += [
        tag("text", _tick_text(tick, list(places)), x=f"{x:.1f}", y=floor + 15, class_="middle")
        for tick, x in places.items()
    ]
    middle = (LEFT + width - RIGHT) / 2
    return [*pieces, tag("text", name, x=f"{middle:.1f}", y=floor + 29, class_="middle")]


def _tick_text(value: float, ticks: Sequence[float]) -> str:
    if abs(value) >= 1e5 or 0 < abs(value) < 1e-3:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    steps = [abs(b - a) for a, b in pairwise(ticks)]
    step = min(steps, default=abs(value)) or 1.0
    digits = next(n for n in range(12) if abs(round(step, n) - step) < 1e-6 * step or n == 11)
    return f"{value:.{digits}f}"


def round_ticks(low: float, high: float) -> list[float]:
    """A few round numbers from `low` to `high`.

    Args:
        low, high: the ends of the axis, `low` below `high`.

    >>> round_ticks(0.1, 1.0)
    [0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
    """
    rough = (high - low) / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first = math.ceil(low / step)
    ticks = [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
    # Rounding may take the outer ones beyond the ends.
    return [tick for tick in ticks if low <= tick <= high]
