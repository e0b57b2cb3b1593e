"""`plot_model`: a model's graph as a picture, and `model_to_dot`: as text for graphviz."""

import functools
import io
import json
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gyeol.files import write_whole
from gyeol.models import Functional, Sequential
from gyeol.report.layout import Layout, Point, Size, layout
from gyeol.report.style import FAINT, INK, hangul_font
from gyeol.serialization import exported
from gyeol.symbolic import node_of
from gyeol.text import tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colour of a box says what kind of layer it is: by the module that the layer is defined in.
_COLOURS = {
    "convolutional": "#d6e4f5",
    "core": "#e4def2",
    "pooling": "#d8ecdf",
    "normalization": "#f7ead0",
    "regularization": "#f5e0dc",
    "merging": "#fadfc2",
    "recurrent": "#d2ecec",
    "rnn": "#d2ecec",
    "attention": "#e9d9ee",
}
_OTHER, _INPUT, _FRAME = "#e9ebee", "#ffffff", "#f7f8fa"

# In points, of which 72 are an inch.
_TITLE, _TEXT = 9.5, 8.0
_PADDING, _LINE, _HEAD = 7.0, 12.5, 20.0
_GAP, _ROW_GAP, _MARGIN = 22.0, 24.0, 10.0
_MOST_PIXELS = 30_000


@exported("keras.utils")
def plot_model(
    model: Any,
    to_file: str | os.PathLike = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draw the graph of a model; graphviz is not needed.

    Args:
        model: a built model.
        to_file: where to; it ends in .png, .svg or .pdf.
        show_shapes: whether boxes say the shapes of inputs and outputs.
        show_dtype: whether they say the dtype of the output.
        show_layer_names: whether they say the layers' names.
        rankdir: 'TB' from top to bottom, 'LR' from left to right; 'BT' and 'RL' the other way.
        expand_nested: whether models within the model are drawn as frames with their layers.
        dpi: pixels an inch, of a PNG.
        show_layer_activations: whether boxes say the activation.
        show_trainable: whether they say if the layer is trained.
        splines: 'ortho' for lines with right angles, 'curved' or 'spline' for curves, 'line' or
            'polyline' for straight ones.

    Returns:
        In a notebook the picture, to be shown; else None.

    Raises:
        ValueError: the model is not built, or an argument is none of the above.
    """
    dot = model_to_dot(
        model,
        show_shapes=show_shapes,
        show_dtype=show_dtype,
        show_layer_names=show_layer_names,
        rankdir=rankdir,
        expand_nested=expand_nested,
        dpi=dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
        splines=splines,
        **kwargs,
    )
    path = Path(to_file)
    ending = path.suffix[1:].lower() or "png"
    content = dot.create(format=ending)
    with write_whole(path) as file:
        file.write(content)
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        return None
    from IPython import display

    return {"png": display.Image, "svg": display.SVG}.get(ending, lambda data: None)(data=content)


@exported("keras.utils")
def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> "Dot":
    """The graph of a model as text in graphviz's language.

    Args:
        model: a built model.
        subgraph: must be False.
        show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
            show_layer_activations, show_trainable, splines: as for `plot_model`.

    Returns:
        A `Dot`, with the text as `source`; its `create(format='svg')` draws the picture.
    """
    if kwargs:
        raise ValueError(f"There is no argument {', '.join(map(repr, kwargs))}.")
    if subgraph:
        raise NotImplementedError("model_to_dot makes no subgraphs; leave subgraph=True out.")
    for name, given, choices in (
        ("rankdir", rankdir, ("TB", "LR", "BT", "RL")),
        ("splines", splines, ("ortho", "curved", "spline", "line", "polyline")),
    ):
        if given not in choices:
            raise ValueError(f"{name} is one of {', '.join(map(repr, choices))}; got {given!r}.")
    if not model.built:
        raise ValueError(
            tr(
                "Model {name!r} is not built yet, so it has no graph to draw. Begin it with "
                "Input(shape=...), or call it on data.",
                name=model.name,
            )
        )
    show = _Show(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    return Dot(_graph(model, show, expand_nested), rankdir, dpi, splines)


@dataclass(frozen=True)
class _Show:
    """What boxes say."""

    shapes: bool
    dtype: bool
    names: bool
    activations: bool
    trainable: bool


# The graph ----------------------------------------------------------------------------------


@dataclass(eq=False)
class _Box:
    """A layer, or a model with its own graph in a frame."""

    title: str
    name: str
    lines: list[tuple[str, str]]
    colour: str
    inner: "_Graph | None" = None


@dataclass(eq=False)
class _Graph:
    """Boxes, each after those that lead to it, and lines from output to input.

    An edge says which output of a frame it leaves, and which input it enters.
    """

    boxes: list[_Box] = field(default_factory=list)
    edges: list[tuple[_Box, int, _Box, int]] = field(default_factory=list)
    inputs: list[_Box] = field(default_factory=list)
    outputs: list[_Box] = field(default_factory=list)


def _graph(model: Any, show: _Show, nested: bool) -> _Graph:
    if isinstance(model, Sequential):
        boxes = [_box(layer, show, nested) for layer in model.layers]
        edges = [(a, 0, b, 0) for a, b in pairwise(boxes)]
        return _Graph(boxes, edges, boxes[:1], boxes[-1:])
    if not isinstance(model, Functional):
        box = _box(model, show, nested=False)
        return _Graph([box], [], [box], [box])
    # One box a layer, also if it is called several times; only where that would lead in a circle
    # there is one a call.
    return _of_calls(model, show, nested, by_layer=True) or _of_calls(model, show, nested, False)


def _of_calls(model: Functional, show: _Show, nested: bool, by_layer: bool) -> Any:
    graph, boxes = _Graph(), {}
    for node in model._nodes:
        key = node.operation if by_layer else node
        if key not in boxes:
            boxes[key] = _box(node.operation, show, nested)
            graph.boxes.append(boxes[key])

    def end(tensor: Any) -> tuple[_Box, int]:
        source = node_of(tensor)
        return boxes[source.operation if by_layer else source], tensor._keras_history.tensor_index

    leads: dict[_Box, set[_Box]] = {box: set() for box in graph.boxes}
    for node in model._nodes:
        target = boxes[node.operation if by_layer else node]
        for number, tensor in enumerate(node.input_tensors):
            edge = (*end(tensor), target, number)
            if target.inner is None:
                edge = (*edge[:3], 0)
            if edge not in graph.edges:
                graph.edges.append(edge)
                leads[target].add(edge[0])
    ordered: list[_Box] = []
    waiting = list(graph.boxes)
    while waiting:
        ready = [box for box in waiting if leads[box] <= set(ordered)]
        if not ready:
            return None
        ordered += ready
        waiting = [box for box in waiting if box not in ready]
    graph.boxes = ordered
    graph.inputs = [end(tensor)[0] for tensor in model.inputs]
    graph.outputs = [end(tensor)[0] for tensor in model.outputs]
    return graph


def _box(layer: Any, show: _Show, nested: bool) -> _Box:
    kind = type(layer).__name__
    inner = None
    if nested and isinstance(layer, (Functional, Sequential)):
        inner = _graph(layer, show, nested)
    colour = _COLOURS.get(type(layer).__module__.rpartition(".")[2], _OTHER)
    if kind == "InputLayer":
        colour = _INPUT
    name = layer.name if show.names else ""
    return _Box(kind, name, list(_lines(layer, kind, show)), _FRAME if inner else colour, inner)


def _lines(layer: Any, kind: str, show: _Show) -> Iterator[tuple[str, str]]:
    activation = getattr(layer, "activation", None)
    if show.activations and activation is not None:
        yield "activation", getattr(activation, "__name__", type(activation).__name__)
    node = layer._inbound_nodes[-1] if getattr(layer, "_inbound_nodes", None) else None
    if show.shapes:
        if kind != "InputLayer":
            yield "in", _shapes(node.input_tensors) if node else "?"
        yield "out", _shapes(node.outputs) if node else "?"
    if show.dtype:
        dtypes = {tensor.dtype: None for tensor in node.outputs} if node else {"?": None}
        yield "dtype", ", ".join(dtypes)
    if show.trainable and layer.variables:
        yield "trainable", "yes" if layer.trainable else "no"


def _shapes(tensors: Any) -> str:
    return ", ".join(str(tensor.shape) for tensor in tensors)


# As text ------------------------------------------------------------------------------------


class Dot:
    """A model's graph, as text for graphviz and as a picture drawn by gyeol itself."""

    def __init__(self, graph: _Graph, rankdir: str, dpi: int, splines: str):
        self._graph = graph
        self.rankdir = rankdir
        self.dpi = dpi
        self.splines = splines

    @property
    def source(self) -> str:
        """The text."""
        lines = [
            "digraph G {",
            f"  graph [rankdir={self.rankdir}, dpi={self.dpi}, splines={self.splines}];",
            '  node [shape=record, fontname="Helvetica"];',
            *_statements(self._graph, {}, "  "),
            "}",
        ]
        return "\n".join(lines) + "\n"

    def to_string(self) -> str:
        """The text, as `pydot.Dot` gives it."""
        return self.source

    __str__ = to_string

    def create(self, prog: Any = None, format: str = "png") -> bytes:
        """The picture in a format: 'png', 'svg', 'pdf', or 'dot' for the text.

        Args:
            prog: taken for pydot's sake.
            format: the format.
        """
        if format in ("dot", "gv", "raw"):
            return self.source.encode()
        if format not in ("png", "svg", "pdf"):
            raise ValueError(
                tr("A model is drawn as .png, .svg or .pdf; got {format!r}.", format=format)
            )
        return _drawn(self._graph, self.rankdir, self.dpi, self.splines, format)

    def write(self, path: str | os.PathLike, prog: Any = None, format: str = "dot") -> bool:
        """Write `create` of that format to a file."""
        content = self.create(prog, format)
        with write_whole(path) as file:
            file.write(content)
        return True


def _statements(graph: _Graph, names: dict[_Box, str], indent: str) -> Iterator[str]:
    for box in graph.boxes:
        names[box] = f"n{len(names)}"
        label = json.dumps(_label(box), ensure_ascii=False).replace("\\\\", "\\")
        if box.inner is None:
            yield f"{indent}{names[box]} [label={label}];"
            continue
        yield f"{indent}subgraph cluster_{names[box]} {{"
        yield f"{indent}  label={json.dumps(_heading(box), ensure_ascii=False)};"
        yield from _statements(box.inner, names, indent + "  ")
        yield f"{indent}}}"
    for source, output, target, entry in graph.edges:
        yield f"{indent}{names[_leaf(source, output, False)]} -> {names[_leaf(target, entry)]};"


def _leaf(box: _Box, number: int, entering: bool = True) -> _Box:
    """The box within a frame where a line ends."""
    while box.inner is not None:
        ends = box.inner.inputs if entering else box.inner.outputs
        box, number = ends[min(number, len(ends) - 1)], 0
    return box


def _heading(box: _Box) -> str:
    return f"{box.name} ({box.title})" if box.name else box.title


def _label(box: _Box) -> str:
    rows = [_heading(box), *(f"{name}: {value}" for name, value in box.lines)]
    return "{" + "|".join(_escaped(row) for row in rows) + "}"


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "{}|<>" else letter for letter in text)


# As a picture -------------------------------------------------------------------------------


@dataclass
class _Placed:
    """A graph with the places of its boxes, along and across the rows."""

    graph: _Graph
    plan: Layout
    inner: dict[_Box, "_Placed"]
    ports: dict[tuple[str, int], float]


def _drawn(graph: _Graph, rankdir: str, dpi: int, splines: str, format: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sideways = rankdir in ("LR", "RL")
    placed = _place(graph, sideways)
    along, across = placed.plan.size
    width, height = (across, along) if sideways else (along, across)
    width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
    figure = Figure(figsize=(width / 72, height / 72), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")

    def point(along: float, across: float) -> Point:
        if rankdir in ("BT", "RL"):
            across = placed.plan.size.across - across
        x, y = (across, along) if sideways else (along, across)
        return x + _MARGIN, y + _MARGIN

    _Drawing(axes, sideways, point, splines).graph(placed, (0.0, 0.0))
    buffer = io.BytesIO()
    dpi = min(dpi, int(_MOST_PIXELS * 72 / max(width, height)))
    # Text stays text in an SVG, and without a date the same model gives the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gyeol"}):
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format)
        figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def _place(
    graph: _Graph, sideways: bool, entered: bool = False, left_by: Collection[int] = ()
) -> _Placed:
    """Place a graph; in a frame, with the ends of the lines that enter it, and that leave it."""
    sizes: dict = {}
    inner: dict[_Box, _Placed] = {}
    for box in graph.boxes:
        if box.inner is not None:
            used = {output for source, output, _, _ in graph.edges if source is box}
            if left_by and box in graph.outputs:
                used.update(range(len(box.inner.outputs)))
            inner[box] = _place(box.inner, sideways, True, used)
    entries = [("in", i) for i in range(len(graph.inputs))] if entered else []
    exits = [("out", i) for i in range(len(graph.outputs)) if i in left_by]
    sizes.update((port, Size(0.0, 0.0)) for port in entries)
    for box in graph.boxes:
        width, height = _size_of(box, inner.get(box), sideways)
        sizes[box] = Size(height, width) if sideways else Size(width, height)
    sizes.update((port, Size(0.0, 0.0)) for port in exits)
    edges = list(dict.fromkeys((source, target) for source, _, target, _ in graph.edges))
    edges += [(port, graph.inputs[port[1]]) for port in entries]
    edges += [(graph.outputs[port[1]], port) for port in exits]
    plan = layout(sizes, edges, _GAP, _ROW_GAP, entries, exits)
    ports = {port: plan.centers[port][0] for port in (*entries, *exits)}
    return _Placed(graph, plan, inner, ports)


def _extent(box: _Box) -> tuple[float, float]:
    title = _length(box.title, _TITLE, bold=True)
    if box.name:
        title += 6 + _length(box.name, _TEXT)
    label = max((_length(name, _TEXT) for name, _ in box.lines), default=0.0)
    value = max((_length(value, _TEXT) for _, value in box.lines), default=0.0)
    width = max(title, label + 7 + value if box.lines else 0.0, 56.0)
    height = _HEAD + (len(box.lines) * _LINE + 5 if box.lines else 0.0)
    return width + 2 * _PADDING, height


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


class _Drawing:
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

    def graph(self, placed: _Placed, origin: Point) -> None:
        """Draw a graph whose corner is at `origin`, (along, across)."""
        for box, (along, across) in placed.plan.centers.items():
            if isinstance(box, _Box):
                self.box(box, placed, (origin[0] + along, origin[1] + across))
        self.lines(placed, origin)

    def box(self, box: _Box, placed: _Placed, center: Point) -> None:
        """Draw a box, and what is within it."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        width, height = _size_of(box, placed.inner.get(box), self.sideways)
        x, y = self.point(*center)
        left, top = x - width / 2, y - height / 2
        frame = FancyBboxPatch(
            (left, top),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=4",
            facecolor="white" if box.lines and not box.inner else box.colour,
            edgecolor=FAINT if box.inner else INK,
            linewidth=0.8,
            linestyle=(0, (4, 2)) if box.inner else "solid",
            zorder=1 if box.inner else 3,
        )
        self.axes.add_patch(frame)
        if box.lines and box.inner is None:
            head = Rectangle((left, top), width, _HEAD, facecolor=box.colour, lw=0, zorder=2.9)
            frame.set_facecolor("none")
            self.axes.add_patch(Rectangle((left, top), width, height, fc="white", lw=0, zorder=2.8))
            self.axes.add_patch(head)
            for part in self.axes.patches[-2:]:
                part.set_clip_path(frame)
            edge = ([left, left + width], [top + _HEAD] * 2)
            self.axes.plot(*edge, color=INK, lw=0.5, zorder=4)
        title, name = _length(box.title, _TITLE, bold=True), _length(box.name, _TEXT)
        begin = x - (title + (6 + name if name else 0)) / 2
        if box.inner is not None:
            begin = left + _PADDING
        row = top + _HEAD / 2
        self.text(begin, row, box.title, _TITLE, INK, "bold")
        self.text(begin + title + 6, row, box.name, _TEXT, FAINT)
        if box.inner is not None:
            self.graph(placed.inner[box], self.corner(box, placed, center))
            return
        indent = max((_length(label, _TEXT) for label, _ in box.lines), default=0.0) + 7
        for number, (label, value) in enumerate(box.lines):
            row = top + _HEAD + 2.5 + _LINE * (number + 0.5)
            self.text(left + _PADDING, row, label, _TEXT, FAINT)
            self.text(left + _PADDING + indent, row, value, _TEXT, INK)

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

    def corner(self, box: _Box, placed: _Placed, center: Point) -> Point:
        """Where the graph within a frame begins, (along, across)."""
        inner = placed.inner[box]
        _, height = _size_of(box, inner, self.sideways)
        along, across = inner.plan.size
        if self.sideways:
            return center[0] - height / 2 + _HEAD, center[1] - across / 2
        # The heading is above, whichever way the rows go.
        flipped = self.point(0, 0)[1] > self.point(0, 1)[1]
        begin = _PADDING if flipped else _HEAD
        return center[0] - along / 2, center[1] - height / 2 + begin

    def lines(self, placed: _Placed, origin: Point) -> None:
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
            arrow = isinstance(target, _Box) and target.inner is None
            self.line(moved, [origin[1] + across for across in track], arrow)

    def end(self, end: Any, number: int, placed: _Placed, entering: bool) -> Point:
        """Where a line meets a box, a port, or a box in a frame's place."""
        along, across = placed.plan.centers[end]
        if not isinstance(end, _Box):
            return along, across
        inner = placed.inner.get(end)
        width, height = _size_of(end, inner, self.sideways)
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


def _size_of(box: _Box, inner: _Placed | None, sideways: bool) -> tuple[float, float]:
    """Width and height of a box; of a frame with what is within it."""
    width, height = _extent(box)
    if inner is None:
        return width, height
    along, across = inner.plan.size
    within = (across, along) if sideways else (along, across)
    if sideways:
        return max(width, within[0] + 2 * _PADDING), within[1] + 2 * _HEAD
    # A line that enters in the middle passes the heading by.
    return max(2 * width, within[0] + 2 * _PADDING), _HEAD + within[1] + _PADDING


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
