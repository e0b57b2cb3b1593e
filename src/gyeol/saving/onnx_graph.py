"""What an ONNX file is made of: sizes, tensors, and a graph of nodes that a trace is run into."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gyeol.text import tr

# The sizes of the batch that a model is traced at.
BATCHES = (29, 31)


# Sizes and values ------------------------------------------------------------------------------


class Open(NamedTuple):
    """A size of ``slope * batch + offset``."""

    slope: int
    offset: int


def size_of(first: int, second: int) -> int | Open:
    if first == second:
        return int(first)
    slope, rest = divmod(second - first, BATCHES[1] - BATCHES[0])
    if rest:
        raise NotImplementedError(tr("The model does not treat a batch's rows alike."))
    return Open(slope, first - slope * BATCHES[0])


def sizes_of(first: Sequence[int], second: Sequence[int]) -> tuple[int | Open, ...]:
    return tuple(map(size_of, first, second))


def shape_of(first: Any, second: Any) -> tuple[int | Open, ...]:
    return sizes_of(first.shape, second.shape)


class Tensor(NamedTuple):
    """A value in the graph: under a name, or known now.

    It may be held with size 1 where the shape has more, as long as what takes it broadcasts.
    """

    shape: tuple[int | Open, ...]
    dtype: np.dtype
    name: str = ""
    value: np.ndarray | None = None
    held: tuple[int | Open, ...] | None = None

    @property
    def held_shape(self) -> tuple[int | Open, ...]:
        return self.shape if self.held is None else self.held


def constant(value: Any) -> Tensor:
    value = np.asarray(value)
    return Tensor(value.shape, value.dtype, value=value)


def info_of(name: str, tensor: Tensor) -> Any:
    import onnx

    shape = [
        size if isinstance(size, int) else ("batch" if size == (1, 0) else None)
        for size in tensor.shape
    ]
    return onnx.helper.make_tensor_value_info(name, type_of(tensor.dtype), shape)


def type_of(dtype: Any) -> int:
    import onnx

    return onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


# The graph -------------------------------------------------------------------------------------


class Shared:
    """What the graph and those within it have in common."""

    def __init__(self) -> None:
        self.constants: dict[tuple, tuple[str, np.ndarray]] = {}
        self.count = 0
        self.batch = ""


class Graph:
    """Nodes in order; `run` adds those of a trace."""

    def __init__(self, shared: Shared | None = None):
        self.shared = shared or Shared()
        self.nodes: list[Any] = []

    def node(
        self, kind: str, inputs: Sequence[Any], output: str | None = None, **attributes: Any
    ) -> str:
        """Add a node; the name of its output."""
        import onnx

        outputs = [output or self.free_name()]
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        self.nodes.append(onnx.helper.make_node(kind, names, outputs, **attributes))
        return outputs[0]

    def free_name(self) -> str:
        self.shared.count += 1
        return f"/{self.shared.count}"  # layers' names have no such sign

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        value = np.asarray(value)
        key = (value.dtype, value.shape, value.tobytes())
        name = f"/c{len(self.shared.constants)}"
        return self.shared.constants.setdefault(key, (name, value))[0]

    def initializers(self) -> list[Any]:
        """The constants that nodes take."""
        import onnx

        taken = set(_taken(self.nodes))
        return [
            onnx.helper.make_tensor(name, type_of(value.dtype), value.shape, value.tobytes(), True)
            for name, value in self.shared.constants.values()
            if name in taken
        ]

    def used(self) -> list[Any]:
        """The nodes, without the one for the size of the batch where nothing asks for it."""
        taken = set(_taken(self.nodes))
        unused = self.shared.batch and self.shared.batch not in taken
        return [n for n in self.nodes if not (unused and n.output[0] == self.shared.batch)]

    def sizes(self, sizes: Sequence[int | Open]) -> str:
        """The name of a 1-D tensor of sizes."""
        if all(isinstance(size, int) for size in sizes):
            return self.constant(np.array(sizes, np.int64))
        return self.node("Concat", [self.size_of(size) for size in sizes], axis=0)

    def size_of(self, size: int | Open) -> str:
        if isinstance(size, int):
            return self.constant(np.array([size], np.int64))
        name = self.shared.batch
        if size.slope != 1:
            name = self.node("Mul", [name, np.array([size.slope], np.int64)])
        if size.offset:
            name = self.node("Add", [name, np.array([size.offset], np.int64)])
        return name

    def held(self, tensor: Tensor) -> str:
        """The name of a tensor, as it is held."""
        return self.constant(tensor.value) if tensor.value is not None else tensor.name

    def whole(self, tensor: Tensor) -> str:
        """The name of a tensor in its whole shape."""
        name = self.held(tensor)
        if tensor.held_shape == tensor.shape:
            return name
        if tensor.dtype == np.bool_:  # of which runtimes expand none
            name = self.node("Cast", [name], to=type_of(np.uint8))
            name = self.node("Expand", [name, self.sizes(tensor.shape)])
            return self.node("Cast", [name], to=type_of(np.bool_))
        return self.node("Expand", [name, self.sizes(tensor.shape)])

    def reshaped(self, name: str, shape: Sequence[int | Open]) -> str:
        """The node's output in another shape."""
        unknown = [n for n, size in enumerate(shape) if isinstance(size, Open)]
        if len(unknown) == 1 and 0 not in shape:
            shape = [-1 if n in unknown else size for n, size in enumerate(shape)]
        return self.node("Reshape", [name, self.sizes(shape)])

    def transposed(self, name: str, order: Sequence[int]) -> str:
        """The node's output with its axes in another order; two such nodes in a row are one."""
        order = tuple(map(int, order))
        before = next((n for n in reversed(self.nodes) if n.output[0] == name), None)
        if before is not None and before.op_type == "Transpose":
            name, earlier = before.input[0], before.attribute[0].ints
            order = tuple(earlier[axis] for axis in order)
        return (
            name
            if order == tuple(range(len(order)))
            else self.node("Transpose", [name], perm=list(order))
        )

    # Running a trace --------------------------------------------------------------------------

    def run(self, first: Any, second: Any, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Add the nodes of a trace, given at two sizes of the batch."""
        known: dict[Any, Tensor] = {}
        pairs = zip(_consts(first), _consts(second))
        known.update(
            (variable, constant(value))
            for variable, (value, _) in zip(_open_jaxpr(first).constvars, pairs)
        )
        first, second = _open_jaxpr(first), _open_jaxpr(second)
        known.update(zip(first.invars, inputs))

        def value_of(one: Any, other: Any) -> Tensor:
            if not hasattr(one, "val"):
                return known[one]
            if not np.array_equal(one.val, other.val, equal_nan=True):
                raise NotImplementedError(tr("The model's output depends on the batch's size."))
            return constant(np.asarray(one.val, one.aval.dtype))

        if len(first.eqns) != len(second.eqns):
            raise NotImplementedError(tr("The model does not treat a batch's rows alike."))
        for one, other in zip(first.eqns, second.eqns):
            call = Call(
                one.primitive.name,
                one.params,
                other.params,
                [value_of(a, b) for a, b in zip(one.invars, other.invars)],
                [shape_of(a.aval, b.aval) for a, b in zip(one.outvars, other.outvars)],
                [_dtype(a.aval) for a in one.outvars],
            )
            results = self._folded(one, call) or self._translated(call)
            known.update(zip(one.outvars, results))
        return [value_of(a, b) for a, b in zip(first.outvars, second.outvars)]

    def _folded(self, eqn: Any, call: "Call") -> list[Tensor] | None:
        """The results, if they can be known now and take no more room than what they come from."""
        sizes = [size for shape in call.shapes for size in shape]
        if any(t.value is None for t in call.inputs) or not all(isinstance(s, int) for s in sizes):
            return None
        if _inner(call.params) is not None or call.name == "broadcast_in_dim":
            return None
        wholes = [np.broadcast_to(t.value, t.shape) for t in call.inputs]
        results = eqn.primitive.bind(*map(jnp.asarray, wholes), **eqn.params)
        results = results if eqn.primitive.multiple_results else [results]
        return [constant(result) for result in results]

    def _translated(self, call: "Call") -> list[Tensor]:
        if call.name in RULES:
            results = RULES[call.name](self, call)
            if isinstance(results, str):
                return [Tensor(call.shapes[0], call.dtypes[0], results)]
            return results
        inner = _inner(call.params)
        if inner is not None:
            return self.run(call.params[inner], call.others[inner], call.inputs)
        raise NotImplementedError(
            tr(
                "The model computes {operation!r}, which gyeol does not translate to ONNX.",
                operation=call.name,
            )
        )


class Call(NamedTuple):
    """An operation of the trace: its settings at either size, what it takes, what it gives."""

    name: str
    params: Mapping[str, Any]
    others: Mapping[str, Any]
    inputs: list[Tensor]
    shapes: list[tuple[int | Open, ...]]
    dtypes: list[np.dtype]

    def sizes(self, key: str) -> tuple[int | Open, ...]:
        return sizes_of(self.params[key], self.others[key])


def _inner(params: Mapping[str, Any]) -> str | None:
    keys = ("jaxpr", "call_jaxpr", "fun_jaxpr")
    return next((key for key in keys if hasattr(params.get(key), "eqns")), None)


def _open_jaxpr(jaxpr: Any) -> Any:
    return getattr(jaxpr, "jaxpr", jaxpr)


def _consts(jaxpr: Any) -> Sequence[Any]:
    return getattr(jaxpr, "consts", ())


def _dtype(aval: Any) -> np.dtype:
    if jnp.issubdtype(aval.dtype, jax.dtypes.prng_key):
        return np.dtype(np.uint32)
    return np.dtype(aval.dtype)


def _taken(nodes: Sequence[Any]) -> Iterator[str]:
    for node in nodes:
        yield from node.input
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _taken(attribute.g.node)
                yield from (output.name for output in attribute.g.output)


Rule = Callable[[Graph, Call], Any]
RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Enter a translation of these operations of JAX.

    It adds nodes and returns the name of their output, or a list of tensors.
    """

    def enter(translate: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, translate))
        return translate

    return enter
