"""A model on a page: its graph, and a table of its layers."""

from typing import Any

from gyeol.models.graph import graph_of
from gyeol.models.summary import listed_layers, output_shapes
from gyeol.report.markup import Markup, scrolling, table, tag
from gyeol.report.svg_model import model_svg
from gyeol.text import tr

# A graph of more layers than this, or code of the user's, is told by the table of layers alone.
_MOST_DRAWN = 400


def model_section(model: Any, heading: str) -> list[Markup]:
    """The part of the page with the model; none where it is not built.

    Args:
        model: the model.
        heading: the element of its heading, such as 'h2'.
    """
    if not getattr(model, "built", False):
        return []
    layers = listed_layers(model)
    rows = [
        tag(
            "tr",
            tag("th", type(layer).__name__, tag("small", f" {layer.name}"), scope="row"),
            tag("td", _shape_of(layer), class_="number"),
            tag("td", f"{layer.count_params():,}" if layer.built else "?", class_="number"),
        )
        for layer in layers
    ]
    heads = [
        tag("th", tr("layer"), scope="col"),
        tag("th", tr("output"), scope="col", class_="number"),
        tag("th", tr("parameters"), scope="col", class_="number"),
    ]
    trained = sum(variable.size for variable in model.trainable_variables)
    total = tr(
        "{count} parameters, {trained} of them trained.",
        count=f"{model.count_params():,}",
        trained=f"{trained:,}",
    )
    label = tr("The model")
    parts = [scrolling(table(heads, rows, "wide"), label), tag("p", total, class_="small")]
    drawn = []
    if graph_of(model) is not None and len(layers) <= _MOST_DRAWN:
        drawing = model_svg(model, tr("The graph of the model {name}", name=model.name))
        drawn = [scrolling(drawing, label, "drawing scroll")]
    return [
        tag(heading, label),
        tag("div", *drawn, tag("div", *parts, class_="layers"), class_="model"),
    ]


def _shape_of(layer: Any) -> str:
    """Of a row of its output."""
    shapes = output_shapes(layer)
    if not shapes:
        return "?"
    return ", ".join(" × ".join(map(str, shape[1:])) or "1" for shape in shapes)
