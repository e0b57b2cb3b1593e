"""A model's graph as SVG within a page, in the page's colours."""

from typing import Any

from gyeol.report.layout import Point
from gyeol.report.markup import Markup, joined, tag
from gyeol.report.model_boxes import Box, BoxGraph, Show, box_graph
from gyeol.report.model_drawing import (
    HEAD,
    LINE,
    MARGIN,
    PADDING,
    Drawing,
    PlacedGraph,
    place,
    size_of,
)

# CSS pixels for a point of the drawing.
_SCALE = 1.3


def model_svg(model: Any, label: str) -> Markup:
    """Draw the graph of a built model, from top to bottom.

    Args:
        model: the model.
        label: what the drawing is, for those who do not see it.
    """
    graph = _without_inputs(box_graph(model, Show(True, False, True, True, False), nested=True))
    placed = place(graph, sideways=False)
    drawing = _Inline()
    drawing.graph(placed, (0.0, 0.0))
    width, height = (extent + 2 * MARGIN for extent in placed.plan.size)
    return tag(
        "svg",
        *drawing.pieces,
        viewBox=f"0 0 {width:.1f} {height:.1f}",
        width=round(width * _SCALE),
        height=round(height * _SCALE),
        role="img",
        aria_label=label,
    )


def _without_inputs(graph: BoxGraph) -> BoxGraph:
    """Leave out what the box above says already, and activations that are none."""
    for box in graph.boxes:
        box.lines = [
            line for line in box.lines if line[0] != "in" and line[1] not in ("linear", "?")
        ]
        if box.inner is not None:
            box.lines = []
            _without_inputs(box.inner)
    return graph


class _Inline(Drawing):
    """Collects the drawing as elements of SVG.

    Attributes:
        pieces: the elements, each over those before it.
    """

    def __init__(self) -> None:
        super().__init__(None, False, lambda along, across: (along + MARGIN, across + MARGIN), "")
        self.pieces: list[Markup] = []

    def box(self, box: Box, placed: PlacedGraph, center: Point) -> None:
        width, height = size_of(box, placed.inner.get(box), False)
        x, y = self.point(*center)
        left, top = x - width / 2, y - height / 2
        size = {"x": f"{left:.1f}", "y": f"{top:.1f}", "width": f"{width:.1f}", "rx": 4}
        heading = joined(box.title, tag("tspan", box.name, class_="faint", dx=6))
        if box.inner is not None:
            self.pieces.append(tag("rect", class_="frame", height=f"{height:.1f}", **size))
            self._say(left + PADDING, top + HEAD / 2, heading, "title")
            self.graph(placed.inner[box], self.corner(box, placed, center))
            return
        self.pieces.append(tag("rect", class_=f"box {box.kind}", height=f"{height:.1f}", **size))
        self._say(x, top + HEAD / 2, heading, "title middle")
        for number, (label, value) in enumerate(box.lines):
            row = top + HEAD + 2.5 + LINE * (number + 0.5)
            text = joined(tag("tspan", label, class_="faint"), tag("tspan", value, dx=5))
            self._say(left + PADDING, row, text)

    def _say(self, x: float, y: float, text: str, kind: str | None = None) -> None:
        self.pieces.append(tag("text", text, x=f"{x:.1f}", y=f"{y + 3:.1f}", class_=kind))

    def line(self, stops: list[Point], track: list[float], arrow: bool) -> None:
        moves = [f"M{self._at(stops[0])}"]
        for number, end in enumerate(stops[1:]):
            begin = stops[number]
            if number % 2 == 0 and abs(begin[0] - end[0]) >= 0.5:
                level = track[number // 2]
                moves += [f"L{self._at((begin[0], level))}", f"L{self._at((end[0], level))}"]
            moves.append(f"L{self._at(end)}")
        self.pieces.append(tag("path", d="".join(moves), class_="line"))
        if arrow:
            along, across = stops[-1]
            corners = (along, across), (along - 2.6, across - 5.5), (along + 2.6, across - 5.5)
            self.pieces.append(
                tag("polygon", points=" ".join(map(self._at, corners)), class_="arrow")
            )

    def _at(self, point: Point) -> str:
        x, y = self.point(*point)
        return f"{x:.1f},{y:.1f}"
