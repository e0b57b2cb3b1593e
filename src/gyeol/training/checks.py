"""What is looked at on the host before anything is compiled: lengths, shapes, labels, numbers."""

import math
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from gyeol import losses, metrics
from gyeol.layers.embedding import Embedding
from gyeol.models.graph import graph_of
from gyeol.text import shape_text, tr, warn

_SPARSE = (losses.sparse_categorical_crossentropy,)
_CATEGORICAL = (losses.categorical_crossentropy, losses.categorical_focal_crossentropy)
_BINARY = (losses.binary_crossentropy, losses.binary_focal_crossentropy)
# These take class numbers beside vectors.
_OF_CLASSES = (losses.categorical_generalized_cross_entropy, losses.circle)


def lengths(x: Any, y: Any, weight: Any) -> int:
    """The common number of rows.

    Raises:
        ValueError: there are none, or the numbers differ.
    """
    found = [
        (name, len(leaf))
        for name, structure in (("x", x), ("y", y), ("sample_weight", weight))
        for leaf in jax.tree.leaves(structure)
    ]
    if not found:
        raise ValueError(tr("There is no data: x is empty."))
    counts = {count for _, count in found}
    if len(counts) > 1:
        raise ValueError(
            tr(
                "The data has different numbers of rows: {found}.",
                found=", ".join(f"{name} {count:,}" for name, count in found),
            )
        )
    if counts == {0}:
        raise ValueError(tr("There is no data: x has 0 rows."))
    return counts.pop()


def indices(model: Any, x: Any) -> None:
    """Raise if an index is beyond what an `Embedding` at the model's input has.

    Within a compiled program such an index would give NaN.

    Raises:
        ValueError: it names the layer and says the smallest and the largest index.
    """
    graph = graph_of(model)
    if graph is None:
        return
    arrays = {id(tensor): value for value, tensor, _ in graph._matched(x)}
    for node in graph._nodes:
        layer = node.operation
        if not isinstance(layer, Embedding) or id(node.input_tensors[0]) not in arrays:
            continue
        array = np.asarray(arrays[id(node.input_tensors[0])])
        if array.size and not 0 <= array.min() <= array.max() < layer.input_dim:
            raise ValueError(
                tr(
                    "Layer {name!r} (Embedding) has input_dim={size}, so it takes indices from 0 "
                    "to {last}; the data has {least} to {most}.",
                    name=layer.name,
                    size=layer.input_dim,
                    last=layer.input_dim - 1,
                    least=array.min(),
                    most=array.max(),
                )
            )


def finite(structure: Any, name: str) -> None:
    """Raise if there is a NaN or an infinity among numbers.

    Raises:
        ValueError: it says how many there are, and in which columns.
    """
    for leaf in jax.tree.leaves(structure):
        array = np.asarray(leaf)
        if array.dtype.kind != "f" and array.dtype.name != "bfloat16":
            continue
        # A sum is finite unless a value is not, or the values are huge: cheap, and then looked
        # into.
        with np.errstate(all="ignore"):
            if math.isfinite(float(array.sum(dtype=np.float32))):
                continue
        bad = ~np.isfinite(array)
        if not bad.any():
            continue
        where = ""
        if array.ndim == 2:
            columns = np.flatnonzero(bad.any(axis=0))
            shown = ", ".join(map(str, columns[:5])) + (", ..." if len(columns) > 5 else "")
            where = tr(" in column {columns}", columns=shown)
        kind = "NaN" if np.isnan(array).any() else "inf"
        raise ValueError(
            tr(
                "{name} holds {count:,} values that are no numbers ({kind}){where}. "
                "Fill them in or leave those rows out; training on them gives NaN everywhere.",
                name=name,
                count=int(bad.sum()),
                kind=kind,
                where=where,
            )
        )


def targets(model: Any, y: Any, outputs: Any, values: bool) -> None:
    """Check each target against its output and its loss.

    Args:
        model: the compiled model.
        y: the targets: arrays on the host, or specs of them.
        outputs: `jax.ShapeDtypeStruct` of the outputs.
        values: whether `y` holds values to look at, and not only shapes.

    Raises:
        ValueError: targets that the loss cannot be computed from, with the loss or line that fits.
    """
    objective = model._objective
    leaves = jax.tree.leaves(outputs)
    split = objective.split(y, objective.names, len(leaves))
    last = _last_layers(model, len(leaves))
    for entries, target, output in zip(objective._by_output, split, leaves):
        for key, metric, _ in entries:
            if (
                type(metric) is metrics.Accuracy
                and target is not None
                and tuple(target.shape[1:]) != output.shape[1:]
            ):
                raise ValueError(
                    tr(
                        "The metric {key!r} is Accuracy(), which counts outputs that equal their "
                        "targets; outputs of shape {output} are no class numbers. "
                        "Write metrics=['accuracy'].",
                        key=key,
                        output=shape_text(output.shape),
                    )
                )
    if all(target is None for target in split) and any(
        loss is not None for loss in objective.losses
    ):
        raise ValueError(
            tr("The model is compiled with a loss, and the data has no targets: give y too.")
        )
    for name, target, output, loss, layer in zip(
        objective.names, split, leaves, objective.losses, last
    ):
        if target is not None and loss is not None:
            labels = np.asarray(target) if values else None
            shape = (output.shape[0], *target.shape[1:])
            _target(name, labels, shape, output.shape, loss, layer)


def _target(
    name: str, labels: np.ndarray | None, shape: tuple, output: tuple, loss: Any, layer: Any
) -> None:
    function = getattr(loss, "fn", None)
    options = getattr(loss, "_fn_kwargs", {})
    units = output[-1] if len(output) > 1 else 1
    if function in _SPARSE + _CATEGORICAL and options.get("axis", -1) not in (-1, len(output) - 1):
        return
    if function in _SPARSE:
        _sparse(name, labels, shape, output, units, options)
    elif function in _CATEGORICAL:
        _categorical(name, shape, output, units)
    elif function in _BINARY:
        _binary(name, labels, shape, output, units, layer)
    elif function in _OF_CLASSES:
        return
    elif getattr(losses, getattr(function, "__name__", ""), None) is function and function:
        _same_shape(name, shape, output, function.__name__)
    if function in _CATEGORICAL + _SPARSE and units == 1:
        raise ValueError(
            tr(
                "Output {name!r} has 1 unit, and a softmax over one unit is always 1: nothing is "
                "learned. For two classes use Dense(1, activation='sigmoid') with "
                "loss='binary_crossentropy'.",
                name=name,
            )
        )


def _sparse(
    name: str, labels: np.ndarray | None, shape: tuple, output: tuple, units: int, options: Any
) -> None:
    if len(output) > 2 and len(shape) in (1, 2) and len(shape) < len(output) - 1:
        raise ValueError(_not_flat(name, output))
    if shape == output and units > 1:
        raise ValueError(
            tr(
                "The targets of {name!r} are one-hot, shape {shape}; "
                "sparse_categorical_crossentropy takes class numbers. "
                "Use loss='categorical_crossentropy', or y.argmax(-1).",
                name=name,
                shape=shape_text(shape),
            )
        )
    if shape not in (output[:-1], (*output[:-1], 1)):
        raise ValueError(_mismatch(name, shape, output, "sparse_categorical_crossentropy"))
    if labels is None:
        return
    ignored = options.get("ignore_class")
    if ignored is not None:
        labels = labels[labels != ignored]
    if labels.size == 0:
        return
    if labels.dtype.kind == "f" and (labels != np.floor(labels)).any():
        raise ValueError(
            tr(
                "The targets of {name!r} are fractions, such as {example:g}; "
                "sparse_categorical_crossentropy takes class numbers 0, 1, 2, ...",
                name=name,
                example=float(labels[labels != np.floor(labels)][0]),
            )
        )
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= units:
        hint = ""
        if low == 1 and high == units:
            hint = tr(" Do your classes begin at 1? Use y - 1.")
        elif low >= 0:
            hint = tr(" Give the last layer {units} units.", units=high + 1)
        raise ValueError(
            tr(
                "The targets of {name!r} run from {low} to {high}, and the output has "
                "{units} units: "
                "class numbers must be 0 to {last}.{hint}",
                name=name,
                low=low,
                high=high,
                units=units,
                last=units - 1,
                hint=hint,
            )
        )


def _categorical(name: str, shape: tuple, output: tuple, units: int) -> None:
    if shape == output:
        return
    if len(output) > 2 and len(shape) < len(output):
        raise ValueError(_not_flat(name, output))
    if shape in (output[:-1], (*output[:-1], 1)):
        raise ValueError(
            tr(
                "The targets of {name!r} are class numbers, shape {shape}; "
                "categorical_crossentropy "
                "takes one-hot rows of {units}. Use loss='sparse_categorical_crossentropy', or "
                "to_categorical(y, {units}).",
                name=name,
                shape=shape_text(shape),
                units=units,
            )
        )
    raise ValueError(_mismatch(name, shape, output, "categorical_crossentropy"))


def _binary(
    name: str, labels: np.ndarray | None, shape: tuple, output: tuple, units: int, layer: Any
) -> None:
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    if activation == "softmax" and units == 1:
        raise ValueError(
            tr(
                "Output {name!r} is a softmax over 1 unit, which is always 1: nothing is learned. "
                "Use activation='sigmoid'.",
                name=name,
            )
        )
    if shape in (output[:-1], (*output[:-1], 1)) and units > 1:
        raise ValueError(
            tr(
                "The targets of {name!r} are class numbers, shape {shape}, and the output "
                "has {units} "
                "units; binary_crossentropy compares value by value. "
                "Use loss='sparse_categorical_crossentropy'.",
                name=name,
                shape=shape_text(shape),
                units=units,
            )
        )
    _same_shape(name, shape, output, "binary_crossentropy")
    if labels is not None and labels.size and (labels.min() < 0 or labels.max() > 1):
        raise ValueError(
            tr(
                "The targets of {name!r} run from {low:g} to {high:g}; binary_crossentropy "
                "takes 0 to 1.",
                name=name,
                low=float(labels.min()),
                high=float(labels.max()),
            )
        )


def _same_shape(name: str, shape: tuple, output: tuple, loss: str) -> None:
    fitting = (output, output[:-1] if output[-1:] == (1,) else output)
    if shape in fitting or (shape[-1:] == (1,) and shape[:-1] == output):
        return
    if len(output) > 2 and len(shape) < len(output):
        raise ValueError(_not_flat(name, output))
    hint = ""
    if shape in (output[:-1], (*output[:-1], 1)):
        hint = tr(
            " For class numbers use loss='sparse_categorical_crossentropy'; for one value a row, "
            "a last layer of 1 unit."
        )
    try:
        np.broadcast_shapes(shape, output)
        # Shapes that broadcast are legal for these losses in Keras, and seldom meant.
        if not hint:
            return
    except ValueError:
        pass
    raise ValueError(_mismatch(name, shape, output, loss) + hint)


def _mismatch(name: str, shape: tuple, output: tuple, loss: str) -> str:
    return tr(
        "The targets of {name!r} have shape {shape}, and the output has shape {output}: "
        "{loss} cannot compare them.",
        name=name,
        shape=shape_text(shape),
        output=shape_text(output),
        loss=loss,
    )


def _not_flat(name: str, output: tuple) -> str:
    return tr(
        "Output {name!r} has shape {output}: one vector for every place, where the targets "
        "have one "
        "value a row. Put Flatten() or GlobalAveragePooling2D() before the last layer.",
        name=name,
        output=shape_text(output),
    )


def _last_layers(model: Any, count: int) -> list[Any]:
    """The layer behind each output, where the model's graph tells."""
    try:
        return [tensor._keras_history.operation for tensor in model.outputs]
    except AttributeError:
        return [None] * count


def output_activation(model: Any, y: Any) -> None:
    """Warn when the last layer does not give what the loss takes."""
    objective = model._objective
    for name, loss, layer in zip(
        objective.names, objective.losses, _last_layers(model, len(objective.names))
    ):
        function = getattr(loss, "fn", None)
        if function not in _SPARSE + _CATEGORICAL + _BINARY:
            continue
        options = getattr(loss, "_fn_kwargs", {})
        activation = getattr(getattr(layer, "activation", None), "__name__", None)
        if activation == "linear" and not options.get("from_logits"):
            kind = {True: "BinaryCrossentropy"}.get(function in _BINARY) or (
                "SparseCategoricalCrossentropy"
                if function in _SPARSE
                else "CategoricalCrossentropy"
            )
            fitting = "sigmoid" if function in _BINARY else "softmax"
            warn(
                tr(
                    "Output {name!r} is linear, and {loss} takes probabilities: the loss "
                    "will hardly "
                    "fall. Write activation={fitting!r} in the last layer, or "
                    "loss={kind}(from_logits=True).",
                    name=name,
                    loss=function.__name__,
                    fitting=fitting,
                    kind=kind,
                ),
            )


def still_trained(model: Any) -> None:
    """Warn when layers were frozen or thawed after `compile`."""
    now = {id(v) for v in model.trainable_variables}
    then = {id(v) for v in model._trained}
    if now == then:
        return
    changed = now ^ then
    names = [
        layer.name
        for layer in model._flatten_layers()
        if any(id(v) in changed for v in layer._own_variables)
    ]
    warn(
        tr(
            "`trainable` of {names} was changed after compile(), which takes effect only at "
            "the next "
            "compile(). Call compile() again before fit().",
            names=", ".join(names),
        ),
    )


def class_weights(y: Any, weight: Any, class_weight: Mapping[int, float]) -> np.ndarray:
    """The sample weights that class weights make of labels.

    Raises:
        ValueError: sample weights too, several targets, or a class without a weight.
    """
    leaves = jax.tree.leaves(y)
    if len(leaves) != 1:
        raise ValueError(tr("class_weight takes a model with one output; use sample_weight."))
    labels = np.asarray(leaves[0])
    if labels.ndim > 1:
        labels = labels.argmax(-1) if labels.shape[-1] > 1 else labels[..., 0]
    labels = np.round(labels).astype(np.int64)
    weights = np.ones(labels.shape, np.float32)
    for label, factor in class_weight.items():
        weights[labels == int(label)] = factor
    if weight is not None:
        weights = weights * np.asarray(weight)
    return weights
