"""Operations of JAX as nodes of ONNX, one function for each."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gyeol.saving.onnx_graph import (
    Call,
    Graph,
    Open,
    Tensor,
    constant,
    info_of,
    rule,
    size_of,
    type_of,
)
from gyeol.text import tr


def _elementwise(graph: Graph, call: Call, emit: Callable[..., str]) -> list[Tensor]:
    """What takes each element by itself, which broadcasts: tensors stay as they are held."""
    shapes = [t.held_shape for t in call.inputs]
    shape = call.shapes[0]
    shapes = [held if len(held) == len(shape) else (1,) * len(shape) for held in shapes]
    held = tuple(next((size for size in along if size != 1), 1) for along in zip(*shapes))
    name = emit(*[graph.held(t) for t in call.inputs])
    return [Tensor(shape, call.dtypes[0], name, held=held)]


def _simple(name: str, kind: str) -> None:
    def translate(graph: Graph, call: Call) -> list[Tensor]:
        return _elementwise(graph, call, lambda *inputs: graph.node(kind, inputs))

    rule(name)(translate)


_KINDS = """
add=Add add_any=Add sub=Sub mul=Mul div=Div max=Max min=Min pow=Pow eq=Equal lt=Less le=LessOrEqual
gt=Greater ge=GreaterOrEqual and=And or=Or xor=Xor not=Not neg=Neg exp=Exp log=Log tanh=Tanh
logistic=Sigmoid sqrt=Sqrt abs=Abs sign=Sign floor=Floor ceil=Ceil erf=Erf sin=Sin cos=Cos tan=Tan
asin=Asin acos=Acos atan=Atan sinh=Sinh cosh=Cosh asinh=Asinh acosh=Acosh atanh=Atanh
copy=Identity copy_p=Identity stop_gradient=Identity reduce_precision=Identity
"""
for _entry in _KINDS.split():
    _simple(*_entry.split("="))


def _composed(name: str, emit: Callable[..., str]) -> None:
    """An elementwise operation of several nodes: ``emit(graph, one, *inputs)``, one being 1."""

    def translate(graph: Graph, call: Call) -> list[Tensor]:
        one = np.ones((), call.inputs[0].dtype)
        return _elementwise(graph, call, lambda *inputs: emit(graph, one, *inputs))

    rule(name)(translate)


_composed("ne", lambda g, _, a, b: g.node("Not", [g.node("Equal", [a, b])]))
_composed("rsqrt", lambda g, _, a: g.node("Reciprocal", [g.node("Sqrt", [a])]))
_composed("log1p", lambda g, one, a: g.node("Log", [g.node("Add", [a, one])]))
_composed("expm1", lambda g, one, a: g.node("Sub", [g.node("Exp", [a]), one]))
_composed("erfc", lambda g, one, a: g.node("Sub", [one, g.node("Erf", [a])]))
_composed("square", lambda g, _, a: g.node("Mul", [a, a]))
_composed("clamp", lambda g, _, low, a, high: g.node("Min", [g.node("Max", [a, low]), high]))
_composed("rem", lambda g, _, a, b: g.node("Mod", [a, b], fmod=1))


@rule("is_finite")
def _is_finite(graph: Graph, call: Call) -> Any:
    # Infinity and NaN less themselves are NaN, which equals nothing.
    def emit(a: str) -> str:
        rest = graph.node("Sub", [a, a])
        return graph.node("Equal", [rest, rest])

    return _elementwise(graph, call, emit)


@rule("round")
def _round(graph: Graph, call: Call) -> Any:
    if int(call.params["rounding_method"]) != 1:
        raise NotImplementedError(_no_node(call))
    return _elementwise(graph, call, lambda a: graph.node("Round", [a]))


@rule("integer_pow")
def _integer_pow(graph: Graph, call: Call) -> Any:
    power = np.asarray(call.params["y"], call.inputs[0].dtype)
    return _elementwise(graph, call, lambda a: graph.node("Pow", [a, power]))


@rule("convert_element_type")
def _convert(graph: Graph, call: Call) -> Any:
    kind = type_of(call.dtypes[0])
    return _elementwise(graph, call, lambda a: graph.node("Cast", [a], to=kind))


@rule("select_n")
def _select(graph: Graph, call: Call) -> Any:
    if len(call.inputs) != 3 or call.inputs[0].dtype != np.bool_:
        raise NotImplementedError(_no_node(call))

    def emit(which: str, no: str, yes: str) -> str:
        if call.dtypes[0] != np.bool_:
            return graph.node("Where", [which, yes, no])
        rest = graph.node("And", [graph.node("Not", [which]), no])
        return graph.node("Or", [graph.node("And", [which, yes]), rest])

    return _elementwise(graph, call, emit)


@rule("broadcast_in_dim")
def _broadcast(graph: Graph, call: Call) -> Any:
    tensor, shape, axes = call.inputs[0], call.shapes[0], call.params["broadcast_dimensions"]
    held: list[Any] = [1] * len(shape)
    for axis, size in zip(axes, tensor.held_shape):
        held[axis] = size
    if tensor.value is not None:
        value = tensor.value.reshape(held)
        return [Tensor(shape, tensor.dtype, value=value, held=tuple(held))]
    name = tensor.name
    if tuple(held) != tensor.held_shape:
        name = graph.reshaped(name, held)
    return [Tensor(shape, tensor.dtype, name, held=tuple(held))]


@rule("reshape", "squeeze", "expand_dims")
def _reshape(graph: Graph, call: Call) -> Any:
    return graph.reshaped(graph.whole(call.inputs[0]), call.shapes[0])


@rule("transpose")
def _transpose(graph: Graph, call: Call) -> Any:
    return graph.transposed(graph.whole(call.inputs[0]), call.params["permutation"])


@rule("concatenate")
def _concatenate(graph: Graph, call: Call) -> Any:
    return graph.node("Concat", list(map(graph.whole, call.inputs)), axis=call.params["dimension"])


@rule("split")
def _split(graph: Graph, call: Call) -> Any:
    axis, start, parts = call.params["axis"], 0, []
    name = graph.whole(call.inputs[0])
    for size, shape, dtype in zip(call.params["sizes"], call.shapes, call.dtypes):
        part = graph.node("Slice", [name, [start], [start + size], [axis]])
        parts.append(Tensor(shape, dtype, part))
        start += size
    return parts


@rule("slice")
def _slice(graph: Graph, call: Call) -> Any:
    starts, limits = call.sizes("start_indices"), call.sizes("limit_indices")
    steps = call.params["strides"] or (1,) * len(starts)
    axes = [
        axis
        for axis, size in enumerate(call.inputs[0].shape)
        if (starts[axis], limits[axis], steps[axis]) != (0, size, 1)
    ]
    bounds = [graph.sizes([along[axis] for axis in axes]) for along in (starts, limits)]
    return graph.node(
        "Slice", [graph.whole(call.inputs[0]), *bounds, axes, [steps[axis] for axis in axes]]
    )


@rule("rev")
def _rev(graph: Graph, call: Call) -> Any:
    axes = list(call.params["dimensions"])
    ends = [np.iinfo(np.int64).min] * len(axes)
    backwards = [-1] * len(axes)
    return graph.node("Slice", [graph.whole(call.inputs[0]), backwards, ends, axes, backwards])


@rule("dynamic_slice")
def _dynamic_slice(graph: Graph, call: Call) -> Any:
    tensor, *places = call.inputs
    name = graph.whole(tensor)
    for axis, (place, size) in enumerate(zip(places, call.sizes("slice_sizes"))):
        if size == tensor.shape[axis]:
            continue
        if isinstance(size, Open) or isinstance(tensor.shape[axis], Open):
            raise NotImplementedError(tr("The model takes a part of the batch."))
        # JAX moves a part that would reach beyond the end.
        start = graph.node("Cast", [graph.held(place)], to=type_of(np.int64))
        last = np.int64(tensor.shape[axis] - size)
        start = graph.node("Max", [graph.node("Min", [start, last]), np.int64(0)])
        start = graph.node("Reshape", [start, [1]])
        name = graph.node("Slice", [name, start, graph.node("Add", [start, [size]]), [axis]])
    return name if name != graph.whole(tensor) else graph.node("Identity", [name])


@rule("pad")
def _pad(graph: Graph, call: Call) -> Any:
    tensor, filler = call.inputs
    low, high, inner = zip(*call.params["padding_config"])
    if any(inner):
        raise NotImplementedError(_no_node(call))
    name = graph.whole(tensor)
    return graph.node("Pad", [name, [*low, *high], graph.held(filler)])


@rule("iota")
def _iota(graph: Graph, call: Call) -> Any:
    shape, axis = call.shapes[0], call.params["dimension"]
    length = graph.node("Squeeze", [graph.sizes([shape[axis]])])
    numbers = graph.node("Range", [np.int64(0), length, np.int64(1)])
    held = [size if n == axis else 1 for n, size in enumerate(shape)]
    name = graph.node("Cast", [graph.reshaped(numbers, held)], to=type_of(call.dtypes[0]))
    return [Tensor(shape, call.dtypes[0], name, held=tuple(held))]


def _reduction(names: str, kind: str) -> None:
    def translate(graph: Graph, call: Call) -> str:
        name, axes = graph.whole(call.inputs[0]), list(call.params["axes"])
        if call.dtypes[0] != np.bool_:
            return graph.node(kind, [name, axes], keepdims=0)
        name = graph.node("Cast", [name], to=type_of(np.int32))
        return graph.node(
            "Cast", [graph.node(kind, [name, axes], keepdims=0)], to=type_of(np.bool_)
        )

    rule(*names.split())(translate)


_reduction("reduce_sum", "ReduceSum")
_reduction("reduce_max reduce_or", "ReduceMax")
_reduction("reduce_min reduce_and", "ReduceMin")
_reduction("reduce_prod", "ReduceProd")


@rule("argmax", "argmin")
def _arg(graph: Graph, call: Call) -> Any:
    (axis,) = call.params["axes"]
    kind = {"argmax": "ArgMax", "argmin": "ArgMin"}[call.name]
    name = graph.node(kind, [graph.whole(call.inputs[0])], axis=axis, keepdims=0)
    return graph.node("Cast", [name], to=type_of(call.dtypes[0]))


@rule("cumsum")
def _cumsum(graph: Graph, call: Call) -> Any:
    axis, name = np.int64(call.params["axis"]), graph.whole(call.inputs[0])
    return graph.node("CumSum", [name, axis], reverse=int(call.params["reverse"]))


@rule("dot_general")
def _dot(graph: Graph, call: Call) -> Any:
    (left_sums, right_sums), (left_rows, right_rows) = call.params["dimension_numbers"]
    left, right = call.inputs
    names = [graph.whole(left), graph.whole(right)]
    rank = len(left.shape)
    plain = not left_rows and len(left_sums) == 1 and len(right.shape) == 2
    if plain and left_sums[0] == rank - 1 and right_sums[0] == 0:
        return graph.node("MatMul", names)
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    first = [next(letters) for _ in left.shape]
    second = [next(letters) for _ in right.shape]
    for mine, other in zip((*left_sums, *left_rows), (*right_sums, *right_rows)):
        second[other] = first[mine]
    rows = [first[axis] for axis in left_rows]
    summed = {first[axis] for axis in left_sums}
    rest = [letter for letter in (*first, *second) if letter not in summed and letter not in rows]
    equation = f"{''.join(first)},{''.join(second)}->{''.join([*rows, *rest])}"
    return graph.node("Einsum", names, equation=equation)


@rule("gather")
def _gather(graph: Graph, call: Call) -> Any:
    tensor, places = call.inputs
    numbers = call.params["dimension_numbers"]
    sizes = call.sizes("slice_sizes")
    taken = numbers.start_index_map
    whole = all(sizes[n] in (1, tensor.shape[n]) for n in range(len(sizes)))
    if (
        len(taken) != 1
        or sizes[taken[0]] != 1
        or not whole
        or any(size != tensor.shape[n] for n, size in enumerate(sizes) if n not in taken)
        or getattr(numbers, "operand_batching_dims", ())
    ):
        raise NotImplementedError(_no_node(call))
    (axis,) = taken
    index = graph.reshaped(graph.whole(places), places.shape[:-1])
    last = np.asarray(_fixed(tensor.shape[axis]) - 1, places.dtype)
    zero = np.zeros((), places.dtype)
    index = graph.node("Max", [graph.node("Min", [index, last]), zero])
    name = graph.node("Gather", [graph.whole(tensor), index], axis=axis)
    # The result has the axes before, those of the places, those after; where JAX has them is told.
    count, rank = len(places.shape) - 1, len(tensor.shape)
    kept = axis in numbers.collapsed_slice_dims
    if not kept:
        name = graph.node("Unsqueeze", [name, [axis + count]])
    offsets = list(numbers.offset_dims)
    before = list(range(axis))
    after = list(range(axis + count, rank + count - kept))
    total = len(call.shapes[0])
    order = [0] * total
    for place, source in zip(offsets, [*before, *after]):
        order[place] = source
    rows = [place for place in range(total) if place not in offsets]
    for place, source in zip(rows, range(axis, axis + count)):
        order[place] = source
    return graph.transposed(name, order)


def _no_node(call: Call) -> str:
    return tr(
        "The model uses {operation!r} in a way that ONNX has no node for.", operation=call.name
    )


def _fixed(size: int | Open) -> int:
    if isinstance(size, Open):
        raise NotImplementedError(tr("The model takes a part of the batch."))
    return size


# Convolution and pooling -----------------------------------------------------------------------


@rule("conv_general_dilated")
def _convolution(graph: Graph, call: Call) -> Any:
    p = call.params
    numbers = p["dimension_numbers"]
    if p["batch_group_count"] != 1:
        raise NotImplementedError(_no_node(call))
    inputs = graph.transposed(graph.whole(call.inputs[0]), numbers.lhs_spec)
    kernel, order = call.inputs[1], numbers.rhs_spec
    window = [_fixed(kernel.shape[axis]) for axis in order[2:]]
    settings = {"dilations": list(p["rhs_dilation"]), "group": p["feature_group_count"]}
    low, high = zip(*p["padding"])
    if all(step == 1 for step in p["lhs_dilation"]):
        name = graph.node(
            "Conv",
            [inputs, _kernel(graph, kernel, order)],
            strides=list(p["window_strides"]),
            pads=[*low, *high],
            kernel_shape=window,
            **settings,
        )
    else:
        name = _transposed_convolution(graph, call, inputs, window, low, high, settings)
    return graph.transposed(name, np.argsort(numbers.out_spec))


def _kernel(graph: Graph, kernel: Tensor, order: Sequence[int]) -> str:
    if kernel.value is not None:
        return graph.constant(np.broadcast_to(kernel.value, kernel.shape).transpose(order))
    return graph.transposed(graph.whole(kernel), order)


def _transposed_convolution(
    graph: Graph,
    call: Call,
    inputs: str,
    window: Sequence[int],
    low: Sequence[int],
    high: Sequence[int],
    settings: dict[str, Any],
) -> str:
    """JAX spreads the inputs and pads them; ONNX adds up flipped kernels and cuts the edges."""
    p, kernel = call.params, call.inputs[1]
    if kernel.value is None or any(step != 1 for step in p["window_strides"]):
        raise NotImplementedError(_no_node(call))
    groups = settings["group"]
    value = np.broadcast_to(kernel.value, kernel.shape).transpose(p["dimension_numbers"].rhs_spec)
    value = np.flip(value, range(2, value.ndim))
    value = value.reshape(groups, -1, *value.shape[1:]).swapaxes(1, 2)
    value = value.reshape(-1, *value.shape[2:])
    spans = [(size - 1) * step + 1 for size, step in zip(window, settings["dilations"])]
    starts = [span - 1 - pad for span, pad in zip(spans, low)]
    ends = [span - 1 - pad for span, pad in zip(spans, high)]
    name = graph.node(
        "ConvTranspose",
        [inputs, np.ascontiguousarray(value)],
        strides=list(p["lhs_dilation"]),
        pads=[max(pad, 0) for pad in (*starts, *ends)],
        kernel_shape=list(window),
        **settings,
    )
    if min(*starts, *ends) >= 0:
        return name
    more = [[0, 0, *(max(-pad, 0) for pad in pads)] for pads in (starts, ends)]
    return graph.node("Pad", [name, [*more[0], *more[1]], np.zeros((), call.dtypes[0])])


@rule("reduce_window_max", "reduce_window_sum", "reduce_window_min")
def _pooling(graph: Graph, call: Call) -> Any:
    p, shape = call.params, call.inputs[0].shape
    settings = list(
        zip(p["window_dimensions"], p["window_strides"], p["padding"], p["window_dilation"])
    )
    still = [n for n, along in enumerate(settings) if along == (1, 1, (0, 0), 1)]
    if len(still) < 2 or any(step != 1 for step in p["base_dilation"]) or len(shape) > 5:
        raise NotImplementedError(_no_node(call))
    spatial = [n for n in range(len(shape)) if n not in (still[0], still[-1])]
    order = [still[0], still[-1], *spatial]
    windows, strides, pads, dilations = zip(*(settings[n] for n in spatial))
    low, high = zip(*pads)
    name = graph.transposed(graph.whole(call.inputs[0]), order)
    if call.name == "reduce_window_min":
        name = graph.node("Neg", [name])
    settings = {"kernel_shape": list(windows), "strides": list(strides), "pads": [*low, *high]}
    if call.name == "reduce_window_sum":
        if any(step != 1 for step in dilations):
            raise NotImplementedError(_no_node(call))
        name = graph.node("AveragePool", [name], count_include_pad=1, **settings)
        name = graph.node("Mul", [name, np.asarray(math.prod(windows), call.dtypes[0])])
    else:
        name = graph.node("MaxPool", [name], dilations=list(dilations), **settings)
        if call.name == "reduce_window_min":
            name = graph.node("Neg", [name])
    return graph.transposed(name, np.argsort(order))


# Loops -----------------------------------------------------------------------------------------


@rule("scan")
def _scan(graph: Graph, call: Call) -> Any:
    import onnx

    p, count = call.params, call.params["num_consts"]
    carried = p["num_carry"]
    constants, states, rows = (
        call.inputs[:count],
        call.inputs[count : count + carried],
        call.inputs[count + carried :],
    )
    # What the body takes from outside is seen there by its name.
    constants = [
        t if t.value is not None else t._replace(name=graph.whole(t), held=None) for t in constants
    ]
    if not rows:
        rows = [constant(np.zeros(_fixed(size_of(p["length"], call.others["length"])), np.int32))]
    body = Graph(graph.shared)

    def inner(tensor: Tensor, shape: tuple) -> Tensor:
        return Tensor(shape, tensor.dtype, body.free_name())

    taken = [inner(t, t.shape) for t in states] + [inner(t, t.shape[1:]) for t in rows]
    wanted = len(call.inputs) - count
    results = body.run(p["jaxpr"], call.others["jaxpr"], [*constants, *taken[:wanted]])
    outputs = []
    for result in results:
        name = body.node("Identity", [body.whole(result)])
        outputs.append(info_of(name, result))
    names = [graph.free_name() for _ in results]
    way = [int(p["reverse"])]
    ways = {"input": way * len(rows), "output": way * (len(results) - carried)}
    graph.nodes.append(
        onnx.helper.make_node(
            "Scan",
            [graph.whole(t) for t in (*states, *rows)],
            names,
            body=onnx.helper.make_graph(
                body.nodes, f"step_{names[0]}", [info_of(t.name, t) for t in taken], outputs
            ),
            num_scan_inputs=len(rows),
            **{f"scan_{side}_directions": way for side, way in ways.items() if way},
        )
    )
    return [Tensor(*each) for each in zip(call.shapes, call.dtypes, names)]
