"""ONNX: a model's inference as a graph that other programs run.

The model is traced by JAX at two sizes of the batch. What differs between the two traces is the
batch's doing, so it is computed from the batch at hand; everything else is fixed. Each operation of
the trace becomes one of ONNX or a few, and what does not depend on the inputs is computed here.
"""

import os
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import random
from gyeol.files import write_whole
from gyeol.layers.base import InputSpec, call_context
from gyeol.models import Model
from gyeol.ops.lowering import plainly
from gyeol.saving import onnx_rules as onnx_rules  # enters them into the table
from gyeol.saving.onnx_graph import BATCHES, Graph, Tensor, constant, info_of, shape_of
from gyeol.symbolic import KerasTensor, node_of
from gyeol.text import tr
from gyeol.variable import filled

# Axes of reductions have been an input of the node, as written here, since this version.
_OPSET = 18


def export(
    model: Model,
    filepath: str | os.PathLike,
    format: str = "tf_saved_model",
    verbose: bool | None = None,
    input_signature: Any = None,
    **kwargs: Any,
) -> None:
    """Write a model's inference to a file for other programs to run, whole or not at all.

    Args:
        model: a built model.
        filepath: the file.
        format: 'onnx', the one format that gyeol writes.
        verbose: whether to say where the file is.
        input_signature: the shape and dtype of each input, in the structure of the inputs: an
            `InputSpec`, an array, a symbolic tensor or a `jax.ShapeDtypeStruct`, with None for an
            open size of the batch; those of the model by default.
        **kwargs: `opset_version`, an int from 18 on.

    Raises:
        NotImplementedError: another format, or an operation that has no translation.
        ValueError: an input has an open size that is not that of the batch.
        ImportError: the package onnx is missing.
    """
    if format != "onnx":
        raise NotImplementedError(
            tr(
                "gyeol exports to format='onnx'; {given!r} is one of what docs/compatibility.md "
                "lists as left out.",
                given=format,
            )
        )
    opset = kwargs.pop("opset_version", None) or _OPSET
    if kwargs or opset < _OPSET:
        raise ValueError(
            tr(
                "export to ONNX takes opset_version, {least} or more; got {given}.",
                least=_OPSET,
                given=kwargs or opset,
            )
        )
    try:
        import onnx
    except ImportError:
        raise ImportError(
            tr("Export to ONNX needs the package onnx: pip install 'gyeol[onnx]'.")
        ) from None
    graph = _graph_of(model, _signature(model, input_signature))
    proto = onnx.helper.make_model(
        graph, producer_name="gyeol", opset_imports=[onnx.helper.make_opsetid("", opset)]
    )
    # What older programs read too.
    proto.ir_version = min(proto.ir_version, 10)
    onnx.checker.check_model(proto)
    with write_whole(filepath) as file:
        file.write(proto.SerializeToString())
    if verbose:
        print(tr("Saved the model to {path!r}.", path=os.fspath(filepath)))


def _signature(model: Model, given: Any) -> Any:
    """The inputs as symbolic tensors, in the structure that the model is called with."""
    if given is None:
        given = getattr(model, "input", None) if hasattr(model, "inputs") else None
    if given is None and (model._build_shapes or {}).get("input_shape"):
        given = KerasTensor(model._build_shapes["input_shape"], model.compute_dtype)
    if given is None:
        raise ValueError(
            tr(
                "Model {name!r} does not say what its inputs are: give export an input_signature.",
                name=model.name,
            )
        )
    if isinstance(given, list) and len(given) == 1:
        given = given[0]

    def tensor(leaf: Any) -> KerasTensor:
        if leaf.shape is None or any(size is None for size in leaf.shape[1:]):
            raise ValueError(
                tr(
                    "Only the size of the batch may be open in an ONNX file; {shape} has another. "
                    "Give export an input_signature with sizes.",
                    shape=leaf.shape,
                )
            )
        return leaf if isinstance(leaf, KerasTensor) else _renamed(leaf)

    def _renamed(leaf: Any) -> KerasTensor:
        return KerasTensor(tuple(leaf.shape), jnp.dtype(leaf.dtype or "float32").name)

    return jax.tree.map(tensor, given, is_leaf=lambda leaf: isinstance(leaf, InputSpec))


def _graph_of(model: Model, signature: Any) -> Any:
    import onnx

    tensors, structure = jax.tree.flatten(signature)
    variables = model.variables

    key = jax.random.key(0)

    def run(values: list, inputs: list) -> list:
        with filled(variables, values), call_context(False), random.stream(key), plainly():
            return jax.tree.leaves(model(jax.tree.unflatten(structure, inputs)))

    def traced(batch: int) -> Any:
        shapes = [(batch if t.shape[0] is None else t.shape[0], *t.shape[1:]) for t in tensors]
        inputs = [jax.ShapeDtypeStruct(s, t.dtype) for s, t in zip(shapes, tensors)]
        return jax.make_jaxpr(run)([v._value for v in variables], inputs)

    first, second = (traced(batch) for batch in BATCHES)
    graph = Graph()
    names = _input_names(tensors)
    constants = [constant(variable.numpy()) for variable in variables]
    inputs = [
        Tensor(shape_of(a.aval, b.aval), np.dtype(a.aval.dtype), name)
        for name, a, b in zip(
            names,
            first.jaxpr.invars[len(constants) :],
            second.jaxpr.invars[len(constants) :],
        )
    ]
    for tensor, symbol in zip(inputs, tensors):
        if symbol.shape[0] is None:
            graph.shared.batch = graph.node("Shape", [tensor.name], start=0, end=1)
            break
    outputs = graph.run(first, second, [*constants, *inputs])
    output_names = getattr(model, "output_names", None)
    if output_names is None or len(output_names) != len(outputs):
        output_names = [f"output_{number}" for number in range(len(outputs))]
    results = []
    for name, output in zip(_distinct(output_names, names), outputs):
        graph.node("Identity", [graph.whole(output)], output=name)
        results.append(info_of(name, output))
    return onnx.helper.make_graph(
        graph.used(),
        model.name,
        [info_of(tensor.name, tensor) for tensor in inputs],
        results,
        graph.initializers(),
    )


def _input_names(tensors: Sequence[KerasTensor]) -> list[str]:
    names = [node_of(t).operation.name if t._keras_history else "input" for t in tensors]
    return _distinct(names, ())


def _distinct(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    found = list(taken)
    for name in names:
        free, number = name, 0
        while free in found:
            number += 1
            free = f"{name}_{number}"
        found.append(free)
    return found[len(taken) :]
