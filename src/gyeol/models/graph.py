"""The graph of a functional model: its nodes in an order to run them, its layers by depth."""

from collections.abc import Sequence
from typing import Any

from gyeol.symbolic import KerasTensor, Node, node_of
from gyeol.text import tr


def graph_of(model: Any) -> Any:
    """The functional graph of a functional or sequential model; None where there is none."""
    graph = getattr(model, "_graph", None) or model
    return graph if hasattr(graph, "_nodes") else None


def nodes_in_order(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> list[Node]:
    """The nodes between inputs and outputs, each after those it depends on.

    Raises:
        ValueError: an output that does not come from the inputs alone.
    """
    given = {id(tensor) for tensor in inputs}
    ordered: dict[Node, None] = {}
    pending: list[tuple[Node, bool]] = [(node_of(t), False) for t in reversed(outputs)]
    while pending:
        node, parents_done = pending.pop()
        if node in ordered or (
            not node.is_input and all(id(tensor) in given for tensor in node.outputs)
        ):
            continue
        if parents_done:
            ordered[node] = None
            continue
        if node.is_input and not any(id(tensor) in given for tensor in node.outputs):
            raise ValueError(
                tr(
                    "The outputs depend on input {name!r}, which is not among the model's inputs. "
                    "Add it: Model(inputs=[..., {name}], outputs=...).",
                    name=node.operation.name,
                )
            )
        pending.append((node, True))
        pending.extend((node_of(t), False) for t in reversed(node.input_tensors))
    return list(ordered)


def layers_by_depth(
    inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor], nodes: Sequence[Node]
) -> list[Any]:
    """The layers in Keras's order, in which weights are listed and files are written.

    It goes by decreasing distance from the outputs, then as layers are met on the way back.
    """
    met: dict[Any, int] = {}
    pending = [node_of(tensor) for tensor in reversed(outputs)]
    in_graph, seen = set(nodes), set()
    while pending:
        node = pending.pop()
        if node in seen or node not in in_graph:
            continue
        seen.add(node)
        met.setdefault(node.operation, len(met))
        pending.extend(node_of(tensor) for tensor in reversed(node.input_tensors))

    node_depths: dict[Node, int] = {}
    depths: dict[Any, int] = {}
    for node in reversed(nodes):
        depth = max(node_depths.setdefault(node, 0), depths.get(node.operation, 0))
        depths[node.operation] = node_depths[node] = depth
        for parent in node.parent_nodes:
            if parent in in_graph:
                node_depths[parent] = max(depth + 1, node_depths.get(parent, 0))
    for tensor in inputs:
        layer = node_of(tensor).operation
        if layer not in depths:
            depths[layer], met[layer] = 0, -1
    return sorted(depths, key=lambda layer: (-depths[layer], met[layer]))
