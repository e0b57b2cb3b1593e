"""The table that `Model.summary` prints, line for line as Keras's."""

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gyeol.layers.base import Layer
from gyeol.models.functional import Functional
from gyeol.symbolic import node_of
from gyeol.variable import Variable

_NUMBER, _NAME, _OPEN = "color(34)", "color(33)", "color(45)"


def print_summary(
    model: Any,
    line_length: int | None,
    positions: Sequence[float] | None,
    print_fn: Callable[[str], Any] | None,
    expand_nested: bool,
    show_trainable: bool,
    layer_range: Sequence[str] | None,
) -> None:
    """Print the table; see `Model.summary`."""
    from rich.console import Console
    from rich.table import Column, Table

    layers = _within(listed_layers(model), layer_range)
    connected = isinstance(model, Functional) and not _is_a_chain(model)
    header = ["Layer (type)", "Output Shape", "Param #"]
    width, ends = 88, [0.45, 0.80, 1.0]
    if connected:
        header.append("Connected to")
        width, ends = 108, [0.3, 0.56, 0.74, 1.0]
    ends = list(positions or ends)
    if show_trainable:
        header.append("Trainable")
        width, ends = width + 12, [0.9 * end for end in ends] + [1.0]
    width = line_length or min(width, shutil.get_terminal_size().columns - 4)
    starts = [0] + [int(end * width) for end in ends[:-1]]
    widths = [int(end * width) - start for start, end in zip(starts, ends)]
    if min(widths) < 4:
        raise ValueError("The console is too narrow to print a summary; give line_length.")
    sides = {"Param #": "right", "Trainable": "center"}
    columns = [
        Column(name, justify=sides.get(name, "left"), width=size)
        for name, size in zip(header, widths)
    ]
    table = Table(*columns, width=width, show_lines=True)
    for layer, depth in _listed(layers, expand_nested):
        table.add_row(*_row(layer, depth, model if connected else None, show_trainable))

    console = Console(highlight=False, **({"force_terminal": False} if print_fn else {}))
    with console.capture() if print_fn else _Nothing() as captured:
        console.print(f'[bold]Model: "{_escape(model.name)}"[/]')
        console.print(table)
        for what, variables in _counted(model):
            count = sum(v.size for v in variables)
            console.print(
                f"[bold] {what}: [/][{_NUMBER}]{count:,}[/] ({readable_size(memory(variables))})"
            )
    if print_fn:
        print_fn(captured.get())


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _counted(model: Any) -> Iterable[tuple[str, list[Variable]]]:
    trained, rest = model.trainable_variables, model.non_trainable_variables
    slots = model.optimizer.variables if model.optimizer and model.optimizer.built else []
    yield "Total params", trained + rest + slots
    yield "Trainable params", trained
    yield "Non-trainable params", rest
    if slots:
        yield "Optimizer params", slots


def memory(variables: Iterable[Variable]) -> float:
    """Bytes that variables take."""
    return float(sum(v.size * v.value.dtype.itemsize for v in variables))


def readable_size(size: float) -> str:
    """Bytes in words.

    >>> readable_size(1024 * 1.5)
    '1.50 KB'
    """
    for unit in ("B", "KB", "MB", "GB", "TB", "PB"):
        if size < 1024 or unit == "PB":
            break
        size /= 1024
    return f"{size:.2f} {unit}"


def _listed(layers: Sequence[Layer], nested: bool, depth: int = 0) -> Iterable[tuple[Layer, int]]:
    for layer in layers:
        yield layer, depth
        if nested and hasattr(layer, "layers"):
            yield from _listed(listed_layers(layer), nested, depth + 1)


def _row(layer: Layer, depth: int, graph: Functional | None, trainable: bool) -> list[str]:
    prefix = "   " * depth + "└ " if depth else ""
    name = f"{prefix}{_escape(layer.name)} ([{_NAME}]{_escape(type(layer).__name__)}[/])"
    params = (
        f"[{_NUMBER}]{layer.count_params():,}[/]" if layer.built else f"[{_NUMBER}]0[/] (unbuilt)"
    )
    row = [name, _output_shape(layer), params]
    if graph is not None:
        row.append(_connections(layer, graph))
    if trainable:
        sign = "[bold][color(34)]Y[/][/]" if layer.trainable else "[bold][color(9)]N[/][/]"
        row.append(sign if layer.variables else "[bold]-[/]")
    return row


def _output_shape(layer: Layer) -> str:
    def shown(shape: Sequence[int | None]) -> str:
        sizes = (f"[{_OPEN if size is None else _NUMBER}]{size}[/]" for size in shape)
        return f"({', '.join(sizes)})"

    shapes = [shown(shape) for shape in output_shapes(layer)]
    return f"[{', '.join(shapes)}]" if len(shapes) > 1 else "".join(shapes) or "?"


def output_shapes(layer: Layer) -> list[tuple[int | None, ...]]:
    """The shapes of a layer's outputs at its last call; none where they cannot be told."""
    if layer._inbound_nodes:
        return [tensor.shape for tensor in layer._inbound_nodes[-1].outputs]
    built_for = layer.get_build_config() or {}
    if "input_shape" in built_for:
        try:
            return [tuple(layer.compute_output_shape(built_for["input_shape"]))]
        except Exception:  # a layer of the user's that tells none
            return []
    return []


def _connections(layer: Layer, graph: Functional) -> str:
    names = []
    for node in layer._inbound_nodes:
        if node in graph._nodes:
            for tensor in node.input_tensors:
                source, node_index, tensor_index = tensor._keras_history
                names.append(
                    f"{_escape(source.name)}"
                    f"\\[[{_NUMBER}]{node_index}[/]]\\[[{_NUMBER}]{tensor_index}[/]]"
                )
    return ", ".join(names) or "-"


def _is_a_chain(model: Functional) -> bool:
    calls = [node for node in model._nodes if not node.is_input]
    sources = [node_of(tensor) for node in calls for tensor in node.input_tensors]
    return (
        len(model.inputs) == 1
        and all(len(node.input_tensors) == 1 for node in calls)
        and len(set(sources)) == len(sources)
        and len({id(node.operation) for node in model._nodes}) == len(model._nodes)
    )


def _within(layers: list[Layer], layer_range: Sequence[str] | None) -> list[Layer]:
    if layer_range is None:
        return layers
    places = [
        [i for i, layer in enumerate(layers) if re.match(pattern, layer.name)]
        for pattern in layer_range
    ]
    if len(places) != 2 or not all(places):
        raise ValueError(f"layer_range takes two names of layers; got {layer_range!r}.")
    low, high = sorted((min(places[0]), max(places[1])))
    return layers[low : high + 1]


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def listed_layers(model: Any) -> list[Layer]:
    """The layers of a model in the order of its summary, with the operations between them."""
    return getattr(model, "operations", model.layers)
