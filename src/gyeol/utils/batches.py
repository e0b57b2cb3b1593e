"""What a batch holds, and where a symbolic tensor comes from."""

from typing import Any

from gyeol.serialization import exported
from gyeol.symbolic import KerasTensor, node_of


@exported("keras.utils")
def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Inputs, targets and weights as `fit` takes them from an iterable.

    >>> pack_x_y_sample_weight(1, 2)
    (1, 2)
    """
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


@exported("keras.utils")
def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of what an iterable gives; None for what it lacks.

    Raises:
        ValueError: a tuple of more than three.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            f"A batch is x, (x, y) or (x, y, sample_weight); got a tuple of {len(data)}."
        )
    return (*data, *(None,) * (3 - len(data)))


@exported("keras.utils")
def is_keras_tensor(x: Any) -> bool:
    """Whether something is a symbolic tensor."""
    return isinstance(x, KerasTensor)


@exported("keras.utils")
def get_source_inputs(tensor: Any) -> list[Any]:
    """The symbolic inputs that a symbolic tensor is computed from, each once."""
    sources: dict[int, Any] = {}
    pending, seen = [tensor], set()
    while pending:
        node = node_of(pending.pop())
        if node in seen:
            continue
        seen.add(node)
        if node.is_input:
            sources.update((id(output), output) for output in node.outputs)
        pending.extend(reversed(node.input_tensors))
    return list(sources.values())
