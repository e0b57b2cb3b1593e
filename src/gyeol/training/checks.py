"""What is looked at on the host before anything is compiled: lengths, shapes, labels, numbers."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import numpy as np

from gyeol import losses, metrics
from gyeol.layers.embedding import Embedding
from gyeol.layers.preprocessing.normalization import Normalization
from gyeol.models import Model, Sequential
from gyeol.models.graph import graph_of
from gyeol.serialization import is_exported
from gyeol.text import shape_text, tr, warn
from gyeol.utils.threads import on_parts

_SPARSE = (losses.sparse_categorical_crossentropy,)
_CATEGORICAL = (losses.categorical_crossentropy, losses.categorical_focal_crossentropy)
_BINARY = (losses.binary_crossentropy, losses.binary_focal_crossentropy)
# These take class numbers beside vectors.
_OF_CLASSES = (losses.categorical_generalized_cross_entropy, losses.circle)
_is_lenient = False


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


def order(model: Any, x: Any, y: Any = None, of_fit: bool = False) -> None:
    """Raise if x holds several arrays for one input, or if x and y changed places.

    Args:
        model: the model.
        x, y: the data, or specs of it.
        of_fit: whether there could be a y.

    Raises:
        ValueError: it says what to write.
    """
    graph = graph_of(model)
    if not (isinstance(model, Sequential) or (graph is not None and len(graph.inputs) == 1)):
        return
    leaves, targets = jax.tree.leaves(x), jax.tree.leaves(y)
    if len(leaves) > 1 and not isinstance(x, Mapping):
        in_one = of_fit and y is None and len(leaves) <= 3
        raise ValueError(
            tr(
                "x is a list of {count} arrays, one for each input, and model {name!r} has one "
                "input.{hint}",
                count=len(leaves),
                name=model.name,
                hint=tr(" x and y are two arguments: fit(x, y).")
                if in_one
                else tr(" If they are samples, make them one array: np.stack(x)."),
            )
        )
    if graph is None or len(leaves) != 1 or len(targets) != 1:
        return
    if not _fits(graph, x) and _fits(graph, y):
        raise ValueError(
            tr(
                "x has shape {x} and y has shape {y}, which is what model {name!r} takes: have "
                "they changed places? Write fit(x, y).",
                x=shape_text(leaves[0].shape),
                y=shape_text(targets[0].shape),
                name=model.name,
            )
        )


def _fits(graph: Any, x: Any) -> bool:
    try:
        graph.check_inputs(x)
    except ValueError:
        return False
    return True


def batch(model: Any, data: tuple) -> None:
    """Check a batch of a stream.

    The first is checked as arrays are, too; from then on labels and indices are looked at.

    Raises:
        ValueError: what is wrong with it.
    """
    lengths(*data)
    for structure, name in zip(data, ("x", "y", "sample_weight")):
        finite(structure, name)
    x, y, _ = data
    objective = model._objective
    if objective is None or objective.built_for is None:
        return
    inputs(model, x)
    split = objective.split(y, objective.names, len(objective.names))
    for (name, _, output), target, loss in zip(objective.built_for, split, objective.losses):
        if target is not None and loss is not None:
            _values(name, np.asarray(target), (None, *output), loss)


def inputs(model: Any, x: Any) -> None:
    """Raise if the inputs are complex, or an index is beyond what an `Embedding` at an input has.

    Within a compiled program such an index would give NaN.

    Raises:
        ValueError: it names the layer and says the smallest and the largest index.
    """
    graph = graph_of(model)
    if graph is None:
        return
    matched = graph._matched(x)
    arrays = {id(tensor): value for value, tensor, _ in matched}
    for value, tensor, _ in matched:
        if value.dtype.kind == "c" and "complex" not in tensor.dtype:
            raise ValueError(_complex("x"))
    for node in graph._nodes:
        layer = node.operation
        if not isinstance(layer, Embedding) or id(node.input_tensors[0]) not in arrays:
            continue
        array = np.asarray(arrays[id(node.input_tensors[0])])
        if array.dtype.kind == "f" and (array != np.floor(array)).any():
            raise ValueError(
                tr(
                    "Layer {name!r} (Embedding) takes whole numbers, the indices of its rows; the "
                    "data has fractions, such as {example:g}.",
                    name=layer.name,
                    example=float(array[array != np.floor(array)][0]),
                )
            )
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


def _complex(name: str) -> str:
    return tr(
        "{name} holds complex numbers, and the model computes with real ones. Give it np.abs of "
        "them, or the real and imaginary parts side by side.",
        name=name,
    )


def finite(structure: Any, name: str) -> None:
    """Raise if there is a NaN or an infinity among numbers.

    Raises:
        ValueError: it says how many there are, and in which columns.
    """
    for leaf in jax.tree.leaves(structure):
        array = np.asarray(leaf)
        if array.dtype.kind in "iub" or (
            array.dtype.kind != "f" and array.dtype.name != "bfloat16"
        ):
            continue
        # A sum is finite unless a value is not, or the values are huge: cheap, and then looked
        # into.
        if all(map(math.isfinite, _sums(array))):
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


def _sums(array: np.ndarray) -> list[float]:
    """The sum of each part of an array."""

    def total(rows: slice) -> float:
        with np.errstate(all="ignore"):
            return float(array[rows].sum(dtype=np.float32))

    return on_parts(total, len(array), array.nbytes)


def targets(model: Any, y: Any, outputs: Any) -> None:
    """Check each target against its output and its loss.

    Args:
        model: the compiled model.
        y: the targets: arrays on the host.
        outputs: `jax.ShapeDtypeStruct` of the outputs.

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
            if jax.numpy.issubdtype(target.dtype, jax.numpy.complexfloating) and (
                not jax.numpy.issubdtype(output.dtype, jax.numpy.complexfloating)
            ):
                raise ValueError(_complex("y"))
            shape = (output.shape[0], *target.shape[1:])
            _target(name, shape, output.shape, loss, layer)
            _values(name, np.asarray(target), output.shape, loss)


@contextlib.contextmanager
def as_keras_takes_them() -> Iterator[None]:
    """Within the block, refuse no targets that a loss can be computed from, whatever it says then.

    `gyeol doctor` runs a script to its end so, and names what is wrong.
    """
    global _is_lenient
    _is_lenient, before = True, _is_lenient
    try:
        yield
    finally:
        _is_lenient = before


def _target(name: str, shape: tuple, output: tuple, loss: Any, layer: Any) -> None:
    function = getattr(loss, "fn", None)
    options = getattr(loss, "_fn_kwargs", {})
    units = output[-1] if len(output) > 1 else 1
    if function in _SPARSE + _CATEGORICAL and options.get("axis", -1) not in (-1, len(output) - 1):
        return
    if function in _SPARSE:
        _sparse(name, shape, output, units)
    elif function in _CATEGORICAL:
        _categorical(name, shape, output, units)
    elif function in _BINARY:
        _binary(name, shape, output, units, layer)
    elif function in _OF_CLASSES:
        return
    elif getattr(losses, getattr(function, "__name__", ""), None) is function and function:
        _same_shape(name, shape, output, function.__name__)
    if function in _CATEGORICAL + _SPARSE and units == 1 and not _is_lenient:
        raise ValueError(
            tr(
                "Output {name!r} has 1 unit, and a softmax over one unit is always 1: nothing is "
                "learned. For two classes use Dense(1, activation='sigmoid') with "
                "loss='binary_crossentropy'.",
                name=name,
            )
        )


def _values(name: str, labels: np.ndarray, output: tuple, loss: Any) -> None:
    """Check the targets' values, whose shape has been checked."""
    function, options = getattr(loss, "fn", None), getattr(loss, "_fn_kwargs", {})
    if function in _SPARSE and options.get("axis", -1) in (-1, len(output) - 1):
        _class_numbers(name, labels, output[-1], options)
    elif function not in _BINARY or not labels.size or _is_lenient:
        return
    elif labels.min() < 0 or labels.max() > 1:
        raise ValueError(
            tr(
                "The targets of {name!r} run from {low:g} to {high:g}; binary_crossentropy "
                "takes 0 to 1.",
                name=name,
                low=float(labels.min()),
                high=float(labels.max()),
            )
        )


def _sparse(name: str, shape: tuple, output: tuple, units: int) -> None:
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


def _class_numbers(name: str, labels: np.ndarray, units: int, options: Any) -> None:
    ignored = options.get("ignore_class")
    if ignored is not None:
        labels = labels[labels != ignored]
    if labels.size == 0:
        return
    if labels.dtype.kind == "f" and (labels != np.floor(labels)).any() and not _is_lenient:
        raise ValueError(
            tr(
                "The targets of {name!r} are fractions, such as {example:g}; "
                "sparse_categorical_crossentropy takes class numbers 0, 1, 2, ...",
                name=name,
                example=float(labels[labels != np.floor(labels)][0]),
            )
        )
    low, high = int(labels.min()), int(labels.max())
    if (low < 0 or high >= units) and not _is_lenient:
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
    if shape == output[:-1] and units == 1 and _is_lenient:
        return
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


def _binary(name: str, shape: tuple, output: tuple, units: int, layer: Any) -> None:
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    if activation == "softmax" and units == 1 and not _is_lenient:
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
    if units == 1 and shape == (*output[:-1], 2):
        raise ValueError(
            tr(
                "The targets of {name!r} are one-hot, shape {shape}, and the output has 1 unit. "
                "Use y.argmax(-1), or a last layer of 2 units with activation='softmax' and "
                "loss='categorical_crossentropy'.",
                name=name,
                shape=shape_text(shape),
            )
        )
    _same_shape(name, shape, output, "binary_crossentropy")


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
        if not hint or _is_lenient:
            warn(
                tr(
                    "The targets of {name!r} have shape {shape}, and the output has shape "
                    "{output}: {loss} compares each value of one with several of the other. "
                    "Give the last layer as many units as the targets have columns.",
                    name=name,
                    shape=shape_text(shape),
                    output=shape_text(output),
                    loss=loss,
                )
            )
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


def still_trained(model: Any) -> None:
    """Warn when layers were frozen or thawed after `compile`.

    Raises:
        ValueError: layers were added, taken away or replaced, or the optimizer is another model's.
    """
    model._require_same_layers()
    model.optimizer.check_known(model._trained)
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


def some_loss(model: Any) -> None:
    """Raise if there is nothing to learn: no loss, and nothing that adds to one.

    Raises:
        ValueError: there is none.
    """
    layers = model._flatten_layers()
    if (
        any(loss is not None for loss in model._objective.losses)
        or type(model).compute_loss is not Model.compute_loss
        or not all(is_exported(type(layer)) for layer in layers)
        or any(layer.activity_regularizer is not None for layer in layers)
        or any(variable.regularizer is not None for variable in model.trainable_variables)
    ):
        return
    raise ValueError(
        tr(
            "compile() was given no loss, so there is nothing to learn. "
            "Write compile(optimizer=..., loss='mse'), or the loss that fits y."
        )
    )


def adapted(model: Any) -> None:
    """Warn of a `Normalization` that has seen no data, and so changes nothing."""
    for layer in model._flatten_layers():
        if isinstance(layer, Normalization) and layer.built and layer.input_mean is None:
            mean, variance = np.asarray(layer.adapt_mean.value), np.asarray(layer.adapt_variance)
            if not mean.any() and (variance == 1).all():
                warn(
                    tr(
                        "Layer {name!r} (Normalization) has seen no data, so it changes nothing. "
                        "Call its adapt(x_train) before fit().",
                        name=layer.name,
                    )
                )


# Layers that bring their inputs to a scale of their own, or take class numbers and the like.
def weights(model: Any, given: Any, outputs: Any) -> None:
    """Check sample weights against the outputs; warn of those below 0.

    Args:
        model: the compiled model.
        given: the weights: arrays on the host.
        outputs: `jax.ShapeDtypeStruct` of the outputs.

    Raises:
        ValueError: weights that do not fit.
    """
    objective = model._objective
    split = objective.weights_per_output(given)
    for name, weight, output, loss in zip(
        objective.names, split, jax.tree.leaves(outputs), objective.losses
    ):
        if weight is None:
            continue
        wanted, shape = output.shape[:-1] or (1,), weight.shape
        if shape[-1:] == (1,) and len(shape) > len(wanted):
            shape = shape[:-1]
        fits = len(shape) <= len(wanted) and all(
            size in (1, full) for size, full in zip(shape[1:], wanted[1:])
        )
        if not fits and is_exported(getattr(loss, "fn", None)):
            raise ValueError(
                tr(
                    "sample_weight of {name!r} has shape {shape}; give one weight for each row, "
                    "shape {wanted}.",
                    name=name,
                    shape=shape_text(weight.shape),
                    wanted=shape_text(wanted),
                )
            )
        if number := int((np.asarray(weight) < 0).sum()):
            warn(
                tr(
                    "sample_weight holds {number:,} weights below 0: training drives the model "
                    "away from the targets of those rows.",
                    number=number,
                )
            )


def class_weight(model: Any, given: Any) -> None:
    """Raise if `class_weight` is not a dict of a weight for each class of the model.

    Raises:
        TypeError: it is no dict.
        ValueError: a class that the model does not have, or a weight that is none.
    """
    if given is None:
        return
    if not isinstance(given, Mapping):
        hint = tr(" Write dict(enumerate(class_weight)).") if hasattr(given, "__len__") else ""
        raise TypeError(
            tr(
                "class_weight takes a dict of a weight for each class, such as {example}; got "
                "{given!r}.{hint}",
                example="{0: 1.0, 1: 5.0}",
                given=given,
                hint="" if isinstance(given, str) else hint,
            )
        )
    graph = graph_of(model)
    shapes = [tensor.shape for tensor in graph.outputs] if graph is not None else []
    units = shapes[0][-1] if len(shapes) == 1 and len(shapes[0]) > 1 else None
    for label, factor in given.items():
        if not _is_number(label) or int(label) != label:
            raise ValueError(
                tr(
                    "class_weight names the classes by their numbers in y, 0, 1, 2, ...; got "
                    "{label!r}.",
                    label=label,
                )
            )
        if units is not None and units > 1 and not 0 <= label < units:
            raise ValueError(
                tr(
                    "class_weight names class {label}, and the model has {units} outputs: classes "
                    "0 to {last}.",
                    label=label,
                    units=units,
                    last=units - 1,
                )
            )
        if not _is_number(factor) or not 0 <= factor < math.inf:
            raise ValueError(
                tr(
                    "class_weight of class {label} is a number of at least 0; got {factor!r}.",
                    label=label,
                    factor=factor,
                )
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def class_weights(y: Any, weight: Any, class_weight: Mapping[int, float]) -> np.ndarray:
    """The sample weights that class weights make of labels.

    Raises:
        ValueError: several targets.
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
