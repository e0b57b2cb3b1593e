"""What the doctor's rules look at: a model and its data in a few numbers, collected once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import numpy as np

from gyeol.layers.base import Layer
from gyeol.models.graph import graph_of
from gyeol.serialization import is_exported
from gyeol.training.feed import as_arrays
from gyeol.training.stored import looked_at

# So many rows, from all over the data, tell what it is like.
ROWS = 4096
# With more columns than these, a table is taken for a picture made flat.
_MOST_COLUMNS = 64


@dataclass(frozen=True)
class Call:
    """One call of a layer in the model's graph.

    Attributes:
        layer: the layer.
        kind: the name of its class.
        activation: the name of its activation, 'linear' if it has none; None of code of the user's.
        units: the last axis of its output.
        before: the places of the calls whose outputs it takes.
    """

    layer: Layer
    kind: str
    activation: str | None
    units: int | None
    before: tuple[int, ...]

    @property
    def kernel(self) -> np.ndarray | None:
        """The layer's weights, if it multiplies by some."""
        found = getattr(self.layer, "kernel", None)
        return None if found is None else np.asarray(found)


@dataclass(frozen=True)
class Target:
    """The targets of one output.

    Attributes:
        values: of some rows, in float64.
        kind: 'binary' (0 and 1), 'one_hot', 'multi_label' (rows of 0 and 1), 'classes' (few whole
            numbers), 'unit' (other numbers from 0 to 1) or 'real'.
    """

    values: np.ndarray
    kind: str

    @property
    def is_of_classes(self) -> bool:
        return self.kind in ("binary", "one_hot", "classes")


@dataclass(frozen=True)
class Output:
    """One output of the model.

    Attributes:
        name: its name.
        layer: the name of the layer that computes it.
        kind: the name of that layer's class; None if the model has no graph.
        units: its last axis.
        activation: as of a `Call`, of the last layer that changes values.
        loss: the name of the loss's function; None of the user's.
        from_logits: whether the loss was told that it gets logits.
        metrics: the names of the metrics.
        target: its targets, if they were given.
    """

    name: str
    layer: str
    kind: str | None
    units: int
    activation: str | None
    loss: str | None
    from_logits: bool
    metrics: tuple[str, ...]
    target: Target | None


@dataclass(frozen=True)
class Input:
    """One input of the model.

    Attributes:
        name: how a finding calls it.
        rows: some of its rows made flat, (rows, values), in float32.
        is_table: whether its values are columns, each with a meaning of its own.
        is_taken_as_it_is: whether it goes to weights as the numbers that it is: not scaled inside
            the model, no indices, no text.
    """

    name: str
    rows: np.ndarray
    is_table: bool
    is_taken_as_it_is: bool

    @cached_property
    def means(self) -> np.ndarray:
        return self.rows.mean(axis=0, dtype=np.float64)

    @cached_property
    def spreads(self) -> np.ndarray:
        """The standard deviations."""
        return self.rows.std(axis=0, dtype=np.float64)

    @cached_property
    def sizes(self) -> np.ndarray:
        """The roots of the mean squares."""
        return np.hypot(self.means, self.spreads)


@dataclass(frozen=True)
class Overlap:
    """Rows of the validation data that stand in the training data too.

    Attributes:
        count: how many.
        looked_for: of how many.
        within: the share of the training data's rows that stand in it before.
        chance: the share that would, if the columns had nothing to do with each other.
    """

    count: int
    looked_for: int
    within: float
    chance: float = 0.0


@dataclass(frozen=True)
class Facts:
    """All that the rules look at.

    Attributes:
        calls: the calls of layers, each after those whose outputs it takes; none of a model
            without a graph.
        outputs: the outputs.
        inputs: the inputs.
        validation: the validation data's inputs.
        overlap: of the validation data with the training data.
        optimizer: the name of the optimizer's class.
        learning_rate: None of a schedule.
        selecting: the callbacks that choose by the validation data.
        is_tested_on_validation: whether the rows that the program reports on are those.
        history: what `fit` gave for each epoch, by name.
        updates: how many steps it took.
    """

    calls: tuple[Call, ...]
    outputs: tuple[Output, ...]
    inputs: tuple[Input, ...] = ()
    validation: tuple[Input, ...] = ()
    overlap: Overlap = Overlap(0, 0, 0.0)
    optimizer: str | None = None
    learning_rate: float | None = None
    selecting: tuple[str, ...] = ()
    is_tested_on_validation: bool = False
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    updates: int = 0


def collect(model: Any, x: Any = None, y: Any = None, validation_data: Any = None) -> Facts:
    """The facts of a model that is built and compiled, and of its data.

    Args:
        model: the model.
        x, y: arrays, or structures of them, as for `fit`; None if there are none.
        validation_data: (x, y), likewise.
    """
    calls, places = _calls_of(model)
    x, y = looked_at(as_arrays(x, "x")), looked_at(as_arrays(y, "y"))
    held = None
    if isinstance(validation_data, (tuple, list)) and len(validation_data) > 1:
        held = looked_at(as_arrays(validation_data[0], "x"))
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    return Facts(
        calls,
        _outputs_of(model, calls, places, y),
        _inputs_of(model, calls, places, x, "x"),
        _inputs_of(model, calls, places, held, "validation_data"),
        _overlap(x, held),
        type(optimizer).__name__ if optimizer is not None else None,
        float(np.asarray(rate))
        if np.ndim(rate) == 0 and rate is not None and not callable(rate)
        else None,
    )


# The graph ------------------------------------------------------------------------------------

# They pass on the values that they are given, in other places or fewer.
PASSING = frozenset(
    ("Activation", "ActivityRegularization", "Dropout", "AlphaDropout", "GaussianDropout")
    + ("GaussianNoise", "Identity", "Flatten", "Permute", "RepeatVector", "Reshape")
    + tuple(
        f"{kind}{n}D"
        for kind in ("Cropping", "SpatialDropout", "UpSampling", "ZeroPadding")
        for n in (1, 2, 3)
    )
)
# Behind them values have a scale of their own, or were no numbers before.
_SCALING = frozenset(
    ("BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization")
    + ("Normalization", "UnitNormalization", "Rescaling", "CategoryEncoding", "Discretization")
    + ("Embedding", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization")
)
_ACTIVATIONS = {
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ReLU": "relu",
    "Softmax": "softmax",
}


def _calls_of(model: Any) -> tuple[tuple[Call, ...], dict[int, int]]:
    """The calls in a graph, those of graphs within in line, and the place of each tensor's."""
    graph = graph_of(model)
    if graph is None:
        return (), {}
    calls: list[Call] = []
    places: dict[int, int] = {}
    for node in graph._nodes:
        before = tuple(places[id(tensor)] for tensor in node.input_tensors)
        inner, of_inner = _calls_of(node.operation)
        if inner:
            first = len(calls)
            for call in inner:
                taken = tuple(place + first for place in call.before) or before
                calls.append(Call(call.layer, call.kind, call.activation, call.units, taken))
            for tensor, own in zip(node.outputs, graph_of(node.operation).outputs):
                places[id(tensor)] = first + of_inner[id(own)]
            continue
        layer, kind = node.operation, type(node.operation).__name__
        shape = node.outputs[0].shape
        calls.append(Call(layer, kind, _activation_of(layer), shape[-1] if shape else None, before))
        places.update((id(tensor), len(calls) - 1) for tensor in node.outputs)
    return tuple(calls), places


def _activation_of(layer: Layer) -> str | None:
    kind = type(layer).__name__
    if kind in _ACTIVATIONS:
        return _ACTIVATIONS[kind]
    if not is_exported(type(layer)) or kind in ("Lambda", "Operator"):
        return None
    function = getattr(layer, "activation", None)
    if function is None:
        return "linear"
    return function.__name__ if is_exported(function) else None


def last_change(calls: Sequence[Call], place: int) -> Call:
    """The call that gives the values at a place, behind layers that only pass them on."""
    call = calls[place]
    while call.kind in PASSING and call.activation == "linear" and len(call.before) == 1:
        call = calls[call.before[0]]
    return call


# The data -------------------------------------------------------------------------------------


def _outputs_of(model: Any, calls: Sequence[Call], places: dict, y: Any) -> tuple[Output, ...]:
    objective, graph = model._objective, graph_of(model)
    targets = objective.split(y, objective.names, len(objective.names))
    found = []
    for number, (name, loss, target) in enumerate(zip(objective.names, objective.losses, targets)):
        if graph is None:
            call, units = None, (objective.built_for[number][2] or (1,))[-1]
        else:
            tensor = graph.outputs[number]
            call, units = last_change(calls, places[id(tensor)]), tensor.shape[-1]
        function = getattr(loss, "fn", None) or type(loss)
        options = getattr(loss, "_fn_kwargs", {})
        found.append(
            Output(
                name,
                call.layer.name if call is not None else name,
                call.kind if call is not None else None,
                units or 1,
                call.activation if call is not None else None,
                function.__name__ if loss is not None and is_exported(function) else None,
                bool(options.get("from_logits")),
                tuple(metric.name for _, metric, _ in objective._by_output[number]),
                None if target is None else target_of(np.asarray(target), units),
            )
        )
    return tuple(found)


def target_of(values: np.ndarray, units: int | None) -> Target:
    """The targets of an output of so many units, and their kind."""
    array = _some(values).astype(np.float64)
    flat = array.reshape(len(array), -1)
    is_whole = bool((flat == np.round(flat)).all())
    within = flat.size > 0 and flat.min() >= 0 and flat.max() <= 1
    if is_whole and within and flat.shape[1] == 1:
        kind = "binary"
    elif is_whole and within:
        sums = array.reshape(-1, array.shape[-1]).sum(axis=1)
        kind = "one_hot" if (sums == 1).all() else "multi_label"
    elif is_whole and len(np.unique(flat)) <= max(20, (units or 0) + 1):
        kind = "classes"
    else:
        kind = "unit" if within else "real"
    return Target(array, kind)


def _inputs_of(
    model: Any, calls: Sequence[Call], places: dict, x: Any, name: str
) -> tuple[Input, ...]:
    leaves, graph = jax.tree.leaves(x), graph_of(model)
    tensors = [None] * len(leaves) if graph is None else graph.inputs
    found = []
    for number, (leaf, tensor) in enumerate(zip(leaves, tensors)):
        array = np.asarray(leaf)
        is_numbers = array.dtype.kind in "fiub" and array.ndim > 1
        rows = _some(array) if is_numbers else np.zeros((0, 1))
        kinds = () if tensor is None else _until_weights(calls, places[id(tensor)])
        plain = all(kind is not None for kind in kinds) and not _SCALING & set(kinds)
        found.append(
            Input(
                name if len(leaves) == 1 else f"{name}[{number}]",
                rows.reshape(len(rows), math.prod(rows.shape[1:])).astype(np.float32),
                array.ndim == 2 and array.shape[1] <= _MOST_COLUMNS,
                is_numbers and bool(kinds) and plain,
            )
        )
    return tuple(found)


def _until_weights(calls: Sequence[Call], place: int) -> list[str | None]:
    """What an input comes to up to the first weights; None for code of the user's."""
    kinds: list[str | None] = []
    reached = {place}
    for number, call in enumerate(calls):
        if reached.isdisjoint(call.before):
            continue
        kinds.append(None if call.activation is None else call.kind)
        if not call.layer.weights:
            reached.add(number)
    return kinds


def _overlap(x: Any, held: Any) -> Overlap:
    """How many rows of held-out data stand in the training data, and in how many it repeats itself.

    Rows are told apart by the values that differ most, and then by all of them.
    """
    of_x, of_held = jax.tree.leaves(x), jax.tree.leaves(held)
    one, other = map(np.asarray, of_x), map(np.asarray, of_held)
    pairs = list(zip(one, other))
    if len(of_x) != len(of_held) or not pairs:
        return Overlap(0, 0, 0.0)
    if any(a.shape[1:] != b.shape[1:] or a.dtype.kind not in "fiub" for a, b in pairs):
        return Overlap(0, 0, 0.0)
    flat = [[array.reshape(len(array), -1) for array in pair] for pair in pairs]
    telling = [np.sort(np.argsort(_some(a).std(axis=0))[-8:]) for a, _ in flat]
    short = [
        np.concatenate([pair[n][:, columns] for pair, columns in zip(flat, telling)], axis=1)
        for n in (0, 1)
    ]
    known: dict[bytes, int] = {}
    for place, row in enumerate(short[0].astype(np.float32)):
        known.setdefault(row.tobytes(), place)
    own = 1 - len(known) / len(short[0])
    count, step = 0, max(1, -(-len(short[1]) // ROWS))
    looked_for = range(0, len(short[1]), step)
    for place in looked_for:
        twin = known.get(short[1][place].astype(np.float32).tobytes())
        count += twin is not None and all(
            np.array_equal(a[twin], b[place].astype(a.dtype)) for a, b in flat
        )
    alike = 1.0  # how likely two rows are the same
    for array, _ in flat if count else ():
        for column in _some(array).T:
            counts = np.unique(column, return_counts=True)[1]
            alike *= float(np.square(counts / counts.sum()).sum())
    chance = 1 - (1 - alike) ** len(short[0])
    return Overlap(count, len(looked_for), own, chance)


def _some(array: np.ndarray) -> np.ndarray:
    return array[:: max(1, -(-len(array) // ROWS))]
