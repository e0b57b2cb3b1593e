"""A model's graph as boxes and lines, and what the boxes say of their layers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gyeol.models import Functional, Sequential
from gyeol.symbolic import node_of

# What kind of layer a box is, by the module that the layer is defined in.
_KINDS = {
    "convolutional": "convolutional",
    "core": "core",
    "pooling": "pooling",
    "normalization": "normalization",
    "regularization": "regularization",
    "merging": "merging",
    "recurrent": "recurrent",
    "rnn": "recurrent",
    "attention": "attention",
}


@dataclass(frozen=True)
class Show:
    """What boxes say."""

    shapes: bool
    dtype: bool
    names: bool
    activations: bool
    trainable: bool


@dataclass(eq=False)
class Box:
    """A layer, or a model with its own graph in a frame.

    Attributes:
        title: the layer's class.
        name: the layer's, or '' if it is not said.
        lines: what else is said, each with a label.
        kind: of layer, such as 'convolutional'; also 'input', 'frame' or 'other'.
        inner: the graph in a frame.
    """

    title: str
    name: str
    lines: list[tuple[str, str]]
    kind: str
    inner: "BoxGraph | None" = None


@dataclass(eq=False)
class BoxGraph:
    """Boxes, each after those that lead to it, and lines from output to input.

    An edge says which output of a frame it leaves, and which input it enters.
    """

    boxes: list[Box] = field(default_factory=list)
    edges: list[tuple[Box, int, Box, int]] = field(default_factory=list)
    inputs: list[Box] = field(default_factory=list)
    outputs: list[Box] = field(default_factory=list)


def box_graph(model: Any, show: Show, nested: bool) -> BoxGraph:
    """The boxes of a model, and the lines between them.

    Args:
        model: a built model.
        show: what the boxes say.
        nested: whether models within it are frames with boxes of their own.
    """
    if isinstance(model, Sequential):
        boxes = [_box(layer, show, nested) for layer in model.layers]
        edges = [(a, 0, b, 0) for a, b in pairwise(boxes)]
        return BoxGraph(boxes, edges, boxes[:1], boxes[-1:])
    if not isinstance(model, Functional):
        box = _box(model, show, nested=False)
        return BoxGraph([box], [], [box], [box])
    # One box a layer, also if it is called several times; only where that would lead in a circle
    # there is one a call.
    return _of_calls(model, show, nested, by_layer=True) or _of_calls(model, show, nested, False)


def _of_calls(model: Functional, show: Show, nested: bool, by_layer: bool) -> Any:
    graph, boxes = BoxGraph(), {}
    for node in model._nodes:
        key = node.operation if by_layer else node
        if key not in boxes:
            boxes[key] = _box(node.operation, show, nested)
            graph.boxes.append(boxes[key])

    def end(tensor: Any) -> tuple[Box, int]:
        source = node_of(tensor)
        return boxes[source.operation if by_layer else source], tensor._keras_history.tensor_index

    leads: dict[Box, set[Box]] = {box: set() for box in graph.boxes}
    for node in model._nodes:
        target = boxes[node.operation if by_layer else node]
        for number, tensor in enumerate(node.input_tensors):
            edge = (*end(tensor), target, number)
            if target.inner is None:
                edge = (*edge[:3], 0)
            if edge not in graph.edges:
                graph.edges.append(edge)
                leads[target].add(edge[0])
    ordered: list[Box] = []
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


def _box(layer: Any, show: Show, nested: bool) -> Box:
    title = type(layer).__name__
    inner = None
    if nested and isinstance(layer, (Functional, Sequential)):
        inner = box_graph(layer, show, nested)
    kind = _KINDS.get(type(layer).__module__.rpartition(".")[2], "other")
    if title == "InputLayer":
        kind = "input"
    name = layer.name if show.names else ""
    return Box(title, name, list(_lines(layer, title, show)), "frame" if inner else kind, inner)


def _lines(layer: Any, title: str, show: Show) -> Iterator[tuple[str, str]]:
    activation = getattr(layer, "activation", None)
    if show.activations and activation is not None:
        yield "activation", getattr(activation, "__name__", type(activation).__name__)
    node = layer._inbound_nodes[-1] if getattr(layer, "_inbound_nodes", None) else None
    if show.shapes:
        if title != "InputLayer":
            yield "in", _shapes(node.input_tensors) if node else "?"
        yield "out", _shapes(node.outputs) if node else "?"
    if show.dtype:
        dtypes = {tensor.dtype: None for tensor in node.outputs} if node else {"?": None}
        yield "dtype", ", ".join(dtypes)
    if show.trainable and layer.variables:
        yield "trainable", "yes" if layer.trainable else "no"


def _shapes(tensors: Any) -> str:
    return ", ".join(str(tensor.shape) for tensor in tensors)
