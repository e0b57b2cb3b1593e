"""`plot_model`: a model's graph as a picture, and `model_to_dot`: as text for graphviz."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gyeol.files import write_whole
from gyeol.report.model_boxes import Box, BoxGraph, Show, box_graph
from gyeol.report.model_drawing import picture
from gyeol.serialization import exported
from gyeol.text import tr


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
    show = Show(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    return Dot(box_graph(model, show, expand_nested), rankdir, dpi, splines)


# As text ------------------------------------------------------------------------------------


class Dot:
    """A model's graph, as text for graphviz and as a picture drawn by gyeol itself."""

    def __init__(self, graph: BoxGraph, rankdir: str, dpi: int, splines: str):
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
        return picture(self._graph, self.rankdir, self.dpi, self.splines, format)

    def write(self, path: str | os.PathLike, prog: Any = None, format: str = "dot") -> bool:
        """Write `create` of that format to a file."""
        content = self.create(prog, format)
        with write_whole(path) as file:
            file.write(content)
        return True


def _statements(graph: BoxGraph, names: dict[Box, str], indent: str) -> Iterator[str]:
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


def _leaf(box: Box, number: int, entering: bool = True) -> Box:
    """The box within a frame where a line ends."""
    while box.inner is not None:
        ends = box.inner.inputs if entering else box.inner.outputs
        box, number = ends[min(number, len(ends) - 1)], 0
    return box


def _heading(box: Box) -> str:
    return f"{box.name} ({box.title})" if box.name else box.title


def _label(box: Box) -> str:
    rows = [_heading(box), *(f"{name}: {value}" for name, value in box.lines)]
    return "{" + "|".join(_escaped(row) for row in rows) + "}"


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "{}|<>" else letter for letter in text)
