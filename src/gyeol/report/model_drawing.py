"""A model's boxes placed in rows and drawn as a picture."""

import functools
import io
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gyeol.report.layout import Layout, Point, Size, layout
from gyeol.report.model_boxes import Box, BoxGraph
from gyeol.report.style import FAINT, INK, hangul_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {
    "convolutional": "#d6e4f5",
    "core": "#e4def2",
    "pooling": "#d8ecdf",
    "normalization": "#f7ead0",
    "regularization": "#f5e0dc",
    "merging": "#fadfc2",
    "recurrent": "#d2ecec",
    "attention": "#e9d9ee",
    "other": "#e9ebee",
    "input": "#ffffff",
    "frame": "#f7f8fa",
}

# In points, of which 72 are an inch.
_TITLE, _TEXT = 9.5, 8.0
PADDING, LINE, HEAD = 7.0, 12.5, 20.0
_GAP, _ROW_GAP, MARGIN = 22.0, 24.0, 10.0
_MOST_PIXELS = 30_000


@dataclass
class PlacedGraph:
    """A graph with the places of its boxes, along and across the rows."""

    graph: BoxGraph
    plan: Layout
    inner: dict[Box, "PlacedGraph"]
    ports: dict[tuple[str, int], float]


def picture(graph: BoxGraph, rankdir: str, dpi: int, splines: str, format: str) -> bytes:
    """A graph as the content of a file.

    Args:
        graph: the boxes.
        rankdir: 'TB', 'LR', 'BT' or 'RL', as for `plot_model`.
        dpi: pixels an inch, of a PNG.
        splines: the kind of lines, as for `plot_model`.
        format: 'png', 'svg' or 'pdf'.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sideways = rankdir in ("LR", "RL")
    placed = place(graph, sideways)
    along, across = placed.plan.size
    width, height = (across, along) if sideways else (along, across)
    width, height = width + 2 * MARGIN, height + 2 * MARGIN
    figure = Figure(figsize=(width / 72, height / 72), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")

    def point(along: float, across: float) -> Point:
        if rankdir in ("BT", "RL"):
            across = placed.plan.size.across - across
        x, y = (across, along) if sideways else (along, across)
        return x + MARGIN, y + MARGIN

    Drawing(axes, sideways, point, splines).graph(placed, (0.0, 0.0))
    buffer = io.BytesIO()
    dpi = min(dpi, int(_MOST_PIXELS * 72 / max(width, height)))
    # Text stays text in an SVG, and without a date the same model gives the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gyeol"}):
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format)
        figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def place(
    graph: BoxGraph, sideways: bool, entered: bool = False, left_by: Collection[int] = ()
) -> PlacedGraph:
    """Place a graph in rows.

    Args:
        graph: the boxes.
        sideways: whether rows are columns.
        entered: whether it is in a frame, with a place for each line that enters.
        left_by: the outputs of a frame whose lines leave it, with a place for each.
    """
    sizes: dict = {}
    inner: dict[Box, PlacedGraph] = {}
    for box in graph.boxes:
        if box.inner is not None:
            used = {output for source, output, _, _ in graph.edges if source is box}
            if left_by and box in graph.outputs:
                used.update(range(len(box.inner.outputs)))
            inner[box] = place(box.inner, sideways, True, used)
    entries = [("in", i) for i in range(len(graph.inputs))] if entered else []
    exits = [("out", i) for i in range(len(graph.outputs)) if i in left_by]
    sizes.update((port, Size(0.0, 0.0)) for port in entries)
    for box in graph.boxes:
        width, height = size_of(box, inner.get(box), sideways)
        sizes[box] = Size(height, width) if sideways else Size(width, height)
    sizes.update((port, Size(0.0, 0.0)) for port in exits)
    edges = list(dict.fromkeys((source, target) for source, _, target, _ in graph.edges))
    edges += [(port, graph.inputs[port[1]]) for port in entries]
    edges += [(graph.outputs[port[1]], port) for port in exits]
    plan = layout(sizes, edges, _GAP, _ROW_GAP, entries, exits)
    ports = {port: plan.centers[port][0] for port in (*entries, *exits)}
    return PlacedGraph(graph, plan, inner, ports)


def _extent(box: Box) -> tuple[float, float]:
    title = _length(box.title, _TITLE, bold=True)
    if box.name:
        title += 6 + _length(box.name, _TEXT)
    label = max((_length(name, _TEXT) for name, _ in box.lines), default=0.0)
    value = max((_length(value, _TEXT) for _, value in box.lines), default=0.0)
    width = max(title, label + 7 + value if box.lines else 0.0, 56.0)
    height = HEAD + (len(box.lines) * LINE + 5 if box.lines else 0.0)
    return width + 2 * PADDING, height


def _families(text: str) -> list[str]:
    korean = None if text.isascii() else hangul_font()
    return ["DejaVu Sans", *([korean] if korean else [])]


@functools.cache
def _length(text: str, size: float, bold: bool = False) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    weight = "bold" if bold else "normal"
    font = FontProperties(family=_families(text), weight=weight)
    return TextPath((0, 0), text, size=size, prop=font).get_extents().width if text else 0.0


class Drawing:
    """Draws a placed graph.

    Args:
        axes: where, in points from the upper left.
        sideways: whether rows are columns.
        point: from (along, across) to (x, y).
        splines: the kind of lines.
    """

    def __init__(self, axes: "Axes", sideways: bool, point: Any, splines: str):
        self.axes = axes
        self.sideways = sideways
        self.point = point
        self.splines = splines

    def graph(self, placed: PlacedGraph, origin: Point) -> None:
        """Draw a graph whose corner is at `origin`, (along, across)."""
        for box, (along, across) in placed.plan.centers.items():
            if isinstance(box, Box):
                self.box(box, placed, (origin[0] + along, origin[1] + across))
        self.lines(placed, origin)

    def box(self, box: Box, placed: PlacedGraph, center: Point) -> None:
        """Draw a box, and what is within it."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        width, height = size_of(box, placed.inner.get(box), self.sideways)
        x, y = self.point(*center)
        left, top = x - width / 2, y - height / 2
        frame = FancyBboxPatch(
            (left, top),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=4",
            facecolor="white" if box.lines and not box.inner else _COLOURS[box.kind],
            edgecolor=FAINT if box.inner else INK,
            linewidth=0.8,
            linestyle=(0, (4, 2)) if box.inner else "solid",
            zorder=1 if box.inner else 3,
        )
        self.axes.add_patch(frame)
        if box.lines and box.inner is None:
            head = Rectangle(
                (left, top), width, HEAD, facecolor=_COLOURS[box.kind], lw=0, zorder=2.9
            )
            frame.set_facecolor("none")
            self.axes.add_patch(Rectangle((left, top), width, height, fc="white", lw=0, zorder=2.8))
            self.axes.add_patch(head)
            for part in self.axes.patches[-2:]:
                part.set_clip_path(frame)
            edge = ([left, left + width], [top + HEAD] * 2)
            self.axes.plot(*edge, color=INK, lw=0.5, zorder=4)
        title, name = _length(box.title, _TITLE, bold=True), _length(box.name, _TEXT)
        begin = x - (title + (6 + name if name else 0)) / 2
        if box.inner is not None:
            begin = left + PADDING
        row = top + HEAD / 2
        self.text(begin, row, box.title, _TITLE, INK, "bold")
        self.text(begin + title + 6, row, box.name, _TEXT, FAINT)
        if box.inner is not None:
            self.graph(placed.inner[box], self.corner(box, placed, center))
            return
        indent = max((_length(label, _TEXT) for label, _ in box.lines), default=0.0) + 7
        for number, (label, value) in enumerate(box.lines):
            row = top + HEAD + 2.5 + LINE * (number + 0.5)
            self.text(left + PADDING, row, label, _TEXT, FAINT)
            self.text(left + PADDING + indent, row, value, _TEXT, INK)

    def text(
        self, x: float, y: float, words: str, size: float, colour: str, weight: str = "normal"
    ) -> None:
        """Write a line of text, begun at x, with its middle at y."""
        self.axes.text(
            x,
            y,
            words.replace("$", r"\$"),
            fontsize=size,
            color=colour,
            fontweight=weight,
            fontfamily=_families(words),
            va="center_baseline",
            zorder=5,
        )

    def corner(self, box: Box, placed: PlacedGraph, center: Point) -> Point:
        """Where the graph within a frame begins, (along, across)."""
        inner = placed.inner[box]
        _, height = size_of(box, inner, self.sideways)
        along, across = inner.plan.size
        if self.sideways:
            return center[0] - height / 2 + HEAD, center[1] - across / 2
        # The heading is above, whichever way the rows go.
        flipped = self.point(0, 0)[1] > self.point(0, 1)[1]
        begin = PADDING if flipped else HEAD
        return center[0] - along / 2, center[1] - height / 2 + begin

    def lines(self, placed: PlacedGraph, origin: Point) -> None:
        """Draw the lines of a graph."""
        plan, graph = placed.plan, placed.graph
        wanted = list(graph.edges)
        for side, i in placed.ports:
            if side == "in":
                wanted.append((("in", i), 0, graph.inputs[i], i))
            else:
                wanted.append((graph.outputs[i], i, ("out", i), 0))
        routes = []
        for source, output, target, entry in wanted:
            begin = self.end(source, output, placed, entering=False)
            end = self.end(target, entry, placed, entering=True)
            stops = [begin]
            for (along, _), rank in zip(
                plan.bends[source, target], range(plan.ranks[source] + 1, plan.ranks[target])
            ):
                stops += [(along, plan.rows[rank][0]), (along, plan.rows[rank][1])]
            routes.append((source, target, [*stops, end]))
        tracks = _tracks(routes, plan)
        for (_, target, stops), track in zip(routes, tracks):
            moved = [(origin[0] + a, origin[1] + c) for a, c in stops]
            arrow = isinstance(target, Box) and target.inner is None
            self.line(moved, [origin[1] + across for across in track], arrow)

    def end(self, end: Any, number: int, placed: PlacedGraph, entering: bool) -> Point:
        """Where a line meets a box, a port, or a box in a frame's place."""
        along, across = placed.plan.centers[end]
        if not isinstance(end, Box):
            return along, across
        inner = placed.inner.get(end)
        width, height = size_of(end, inner, self.sideways)
        if inner is None:
            half = (width if self.sideways else height) / 2
            return along, across - half if entering else across + half
        corner = self.corner(end, placed, (along, across))
        port = inner.ports["in" if entering else "out", number]
        return corner[0] + port, corner[1] + (0.0 if entering else inner.plan.size.across)

    def line(self, stops: list[Point], track: list[float], arrow: bool) -> None:
        """Draw a line by its stops: rows are passed straight, and changed along the tracks."""
        from matplotlib.patches import PathPatch, Polygon
        from matplotlib.path import Path as Curve

        points, codes = [stops[0]], [Curve.MOVETO]
        for number, (begin, end) in enumerate(pairwise(stops)):
            if number % 2 or abs(begin[0] - end[0]) < 0.5 or self.splines in ("line", "polyline"):
                points.append(end)
                codes.append(Curve.LINETO)
            elif self.splines in ("curved", "spline"):
                middle = (begin[1] + end[1]) / 2
                points += [(begin[0], middle), (end[0], middle), end]
                codes += [Curve.CURVE4] * 3
            else:
                level = track[number // 2]
                side = 1 if end[0] > begin[0] else -1
                bend = min(5.0, abs(end[0] - begin[0]) / 2, level - begin[1], end[1] - level)
                points += [(begin[0], level - bend), (begin[0], level)]
                points += [(begin[0] + side * bend, level), (end[0] - side * bend, level)]
                points += [(end[0], level), (end[0], level + bend), end]
                codes += [Curve.LINETO, Curve.CURVE3, Curve.CURVE3, Curve.LINETO]
                codes += [Curve.CURVE3, Curve.CURVE3, Curve.LINETO]
        curve = Curve([self.point(*point) for point in points], codes)
        patch = PathPatch(curve, fill=False, edgecolor=INK, lw=1.0, capstyle="butt", zorder=2)
        self.axes.add_patch(patch)
        if arrow:
            along, across = stops[-1]
            corners = [(along, across), (along - 2.6, across - 5.5), (along + 2.6, across - 5.5)]
            shape = [self.point(*corner) for corner in corners]
            self.axes.add_patch(Polygon(shape, facecolor=INK, lw=0, zorder=4))


def size_of(box: Box, inner: PlacedGraph | None, sideways: bool) -> tuple[float, float]:
    """Width and height of a box; of a frame with what is within it."""
    width, height = _extent(box)
    if inner is None:
        return width, height
    along, across = inner.plan.size
    within = (across, along) if sideways else (along, across)
    if sideways:
        return max(width, within[0] + 2 * PADDING), within[1] + 2 * HEAD
    # A line that enters in the middle passes the heading by.
    return max(2 * width, within[0] + 2 * PADDING), HEAD + within[1] + PADDING


def _tracks(routes: list, plan: Layout) -> list[list[float]]:
    """For each line the levels, across, at which it changes its place between two rows.

    Lines out of one box, or into one, share a level; others have levels of their own.
    """
    gaps: dict[int, list[tuple[int, int, Any, Any]]] = {}
    for number, (source, target, stops) in enumerate(routes):
        for turn in range(len(stops) // 2):
            begin, end = stops[2 * turn], stops[2 * turn + 1]
            if abs(begin[0] - end[0]) >= 0.5:
                gap = plan.ranks[source] + turn
                gaps.setdefault(gap, []).append((number, turn, source, target))
    levels = [[0.0] * (len(stops) // 2) for _, _, stops in routes]
    for gap, crossing in gaps.items():
        leaving = [source for _, _, source, _ in crossing]
        single = {
            target
            for _, _, _, target in crossing
            if all(leaving.count(s) == 1 for _, _, s, t in crossing if t == target)
        }
        keys = [target if target in single else source for _, _, source, target in crossing]
        order = list(dict.fromkeys(keys))
        begin, end = plan.rows[gap][1], plan.rows[gap + 1][0]
        for (number, turn, _, _), key in zip(crossing, keys):
            share = (order.index(key) + 1) / (len(order) + 1)
            levels[number][turn] = begin + (end - begin) * share
    return levels
