"""`KerasTensor` and `Node`: what a functional model is made of before it has data."""

from typing import Any, NamedTuple

import jax

from gyeol.serialization import auto_name


class History(NamedTuple):
    """Where a symbolic tensor comes from."""

    operation: Any
    node_index: int
    tensor_index: int


class KerasTensor:
    """A tensor with a shape and a dtype and no values yet.

    Args:
        shape: the shape; None where a size is open, as the batch's is.
        dtype: the name of its dtype.
        name: a name of its own.
    """

    __array_ufunc__ = None  # `array * tensor` is the tensor's to answer

    def __init__(
        self, shape: tuple[int | None, ...], dtype: str = "float32", name: str | None = None
    ):
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name or auto_name("keras_tensor")
        self._keras_history: History | None = None

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def __bool__(self) -> bool:
        raise TypeError("A symbolic tensor has no value yet, so it is neither true nor false.")

    def __len__(self) -> int:
        raise TypeError("A symbolic tensor has no length; use its shape.")

    def __iter__(self) -> Any:
        raise TypeError("A symbolic tensor cannot be walked over.")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f"{self!r} is symbolic: it has no values. Use a layer on it, or give the model data."
        )


class Node:
    """One call of a layer in a graph: the layer, what it was called on, what came out.

    Args:
        operation: the layer.
        args, kwargs: the arguments of the call, with symbolic tensors in them.
        outputs: the symbolic tensors that the call gives, in any structure.
    """

    def __init__(self, operation: Any, args: tuple, kwargs: dict[str, Any], outputs: Any):
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.outputs = jax.tree.leaves(outputs)
        self.input_tensors = symbolic_leaves((args, kwargs))
        operation._inbound_nodes.append(self)
        index = len(operation._inbound_nodes) - 1
        for number, tensor in enumerate(self.outputs):
            tensor._keras_history = History(operation, index, number)

    @property
    def is_input(self) -> bool:
        return not self.input_tensors

    @property
    def parent_nodes(self) -> list["Node"]:
        """The nodes whose outputs this node takes, each once, in order."""
        nodes = [node_of(tensor) for tensor in self.input_tensors]
        return list(dict.fromkeys(nodes))


def node_of(tensor: KerasTensor) -> Node:
    """The node that a symbolic tensor comes out of."""
    operation, node_index, _ = tensor._keras_history
    return operation._inbound_nodes[node_index]


def symbolic_leaves(structure: Any) -> list[KerasTensor]:
    """The symbolic tensors in a structure, in order."""
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, KerasTensor)]
