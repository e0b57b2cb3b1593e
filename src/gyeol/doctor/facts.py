"""What the doctor's rules look at: a model and its data in a few numbers, collected once."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import random
from gyeol.doctor import columns
from gyeol.doctor.copies import share_of_copies, share_of_moved
from gyeol.doctor.own_loss import chance_of, fault_of, is_inverted
from gyeol.layers.base import Layer, call_context
from gyeol.layers.core import Input as SymbolicInput
from gyeol.layers.operators import Operator
from gyeol.models.functional import Functional
from gyeol.models.graph import graph_of
from gyeol.serialization import is_exported
from gyeol.training import program
from gyeol.training.feed import as_arrays
from gyeol.training.stored import looked_at
from gyeol.variable import Variable

# So many rows, from all over the data, tell what it is like; of wide ones fewer, of so many values.
ROWS = 4096
_VALUES = 1 << 20
_TARGETS = 1 << 17
# The names of metrics that count right answers.
ACCURACIES = frozenset(
    ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")
)
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
# Of more values no row is given a code for later.
_MOST_CODED = 1 << 26
# Before so many steps no training has come to anything.
_ENOUGH_UPDATES = 50
# Of fewer pairs of rows that are the same nothing can be told.
_FEWEST_PAIRS = 20
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
    def dropout(self) -> float:
        """The share of its inputs that it leaves out in training."""
        if "Dropout" in self.kind:
            return float(getattr(self.layer, "rate", 0))
        return float(self.layer.dropout) if self.kind in RECURRENT else 0.0

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

    @cached_property
    def shares(self) -> dict[int, float]:
        """For each class its share of the rows; nothing where a row has not one class."""
        classes = classes_of(self.values, self.kind) if self.is_of_classes else np.zeros(0)
        labels, counts = np.unique(classes, return_counts=True)
        return {int(n): float(count / counts.sum()) for n, count in zip(labels, counts)}


# Of shares of classes; of one-hot rows they are the same.
_OF_SHARES = ("categorical_crossentropy", "kl_divergence")
# Of a difference between output and target.
_PER_VALUE = {
    "huber": lambda d: np.where(np.abs(d) < 1, np.square(d) / 2, np.abs(d) - 0.5),
    "log_cosh": lambda d: np.logaddexp(d, -d) - np.log(2),
}


@dataclass(frozen=True)
class Output:
    """One output of the model.

    Attributes:
        name: its name.
        layer: the name of the layer that computes it.
        kind: the name of that layer's class; None if the model has no graph.
        units: its last axis.
        rank: how many axes it has, that of the rows too.
        activation: as of a `Call`, of the last layer that changes values.
        loss: the name of the loss's function; None of the user's.
        from_logits: whether the loss was told that it gets logits.
        ignored: the class that the loss leaves out; None if there is no such.
        smoothing: how much the loss smooths the labels.
        metrics: the names of the metrics.
        target: its targets, if they were given.
        weights: of their rows, where these are known to have some.
        own_chance: `chance` of a loss of the user's, if that was asked and it is a distance.
        own_fault: what is wrong with such a loss, likewise; see `own_loss.fault_of`; 'inverted'
            if it costs the right probabilities more than the opposite.
    """

    name: str
    layer: str
    kind: str | None
    units: int
    rank: int
    activation: str | None
    loss: str | None
    from_logits: bool
    ignored: int | None
    smoothing: float
    metrics: tuple[str, ...]
    target: Target | None
    weights: np.ndarray | None = None
    own_chance: float | None = None
    own_fault: str | None = None

    @cached_property
    def chance(self) -> float | None:
        """The least loss of one answer for all rows; None if that is not known."""
        if self.own_chance is not None:
            return self.own_chance if self.weights is None else None
        if self.target is None or not self.target.values.size or self.smoothing:
            return None
        values = self.target.values.reshape(len(self.target.values), -1)
        if self.weights is not None:
            return self._weighted_chance(values, self.weights.reshape(-1, 1))
        if self.loss == "mean_squared_error":
            return float(values.var(axis=0).mean())
        if self.loss == "mean_absolute_error":
            return float(np.abs(values - np.median(values, axis=0)).mean())
        if self.loss in _PER_VALUE:
            answers = (values.mean(axis=0), np.median(values, axis=0))
            return min(float(_PER_VALUE[self.loss](values - answer).mean()) for answer in answers)
        if self.loss in ("hinge", "squared_hinge"):
            signs = 2 * values - 1 if values.min() == 0 else values
            power = 2 if self.loss == "squared_hinge" else 1
            answers = (-1.0, signs.mean(axis=0), 1.0)
            losses = [(np.maximum(1 - signs * a, 0) ** power).mean(axis=0) for a in answers]
            return float(np.min(losses, axis=0).mean())
        if self.loss == "poisson" and values.min() >= 0:
            means = np.maximum(values.mean(axis=0), 1e-12)
            return float((means - values * np.log(means)).mean())
        if self.loss == "mean_squared_logarithmic_error" and values.min() > -1:
            return float(np.log1p(values).var(axis=0).mean())
        if self.loss == "sparse_categorical_crossentropy":
            values = values if self.ignored is None else values[values != self.ignored]
            shares = np.unique(values, return_counts=True)[1] / values.size
            return float(-(shares * np.log(shares)).sum())
        if self.loss in _OF_SHARES and self.target.kind == "one_hot":
            shares = values.reshape(-1, self.target.values.shape[-1]).mean(axis=0)
            return float(-(shares * np.log(np.maximum(shares, 1e-12))).sum())
        if self.loss == "binary_crossentropy" and values.min() >= 0 and values.max() <= 1:
            shares = np.clip(values.mean(axis=0), 1e-12, 1 - 1e-12)
            return float(-(shares * np.log(shares) + (1 - shares) * np.log(1 - shares)).mean())
        return None

    @property
    def least(self) -> float:
        """The loss of outputs that are the targets: not 0 where these are shares or counts."""
        if self.loss == "poisson":
            counts = np.maximum(self.target.values, 1e-12)
            return float((counts - counts * np.log(counts)).mean())
        if self.loss != "binary_crossentropy" or self.target.kind != "unit":
            return 0.0
        shares = np.clip(self.target.values, 1e-12, 1 - 1e-12)
        return float(-(shares * np.log(shares) + (1 - shares) * np.log(1 - shares)).mean())

    def _weighted_chance(self, values: np.ndarray, weights: np.ndarray) -> float | None:
        """The same where rows count by weights; the loss is the mean over all rows."""
        kind = self.target.kind
        if len(weights) != len(values) or not weights.sum() > 0:
            return None
        if self.loss == "mean_squared_error":
            center = (weights * values).sum(axis=0) / weights.sum()
            return float((weights * np.square(values - center)).mean())
        if self.loss == "categorical_crossentropy" and kind == "one_hot":
            labels = values.argmax(axis=1)[:, None]
        elif self.loss == "sparse_categorical_crossentropy" or (
            self.loss == "binary_crossentropy" and kind == "binary"
        ):
            labels = values
        else:
            return None
        if labels.shape != weights.shape or labels.min() < 0 or self.ignored is not None:
            return None
        of_classes = np.bincount(labels[:, 0].astype(int), weights[:, 0])
        found = of_classes[of_classes > 0]
        return float(-(found * np.log(found / found.sum())).sum() / len(values))


@dataclass(frozen=True)
class Input:
    """One input of the model.

    Attributes:
        name: how a finding calls it.
        rows: some of its rows made flat, (rows, values), in float32.
        is_table: whether its values are columns, each with a meaning of its own.
        is_taken_as_it_is: whether it goes to weights as the numbers that it is: not scaled inside
            the model, no indices, no text.
        kinds: the layers that it comes to up to the first weights; None for code of the user's,
            empty where it is not known.
        has_columns: whether it is a table of measured columns: no picture made flat, no series, no
            text.
        constant: which of these have one value only.
        multiples: pairs of these of which the second is a multiple of the first.
        fitted: how they were scaled by these very rows; see `columns.fitted`.
    """

    name: str
    rows: np.ndarray
    is_table: bool
    is_taken_as_it_is: bool
    kinds: tuple[str | None, ...]
    has_columns: bool
    constant: tuple[int, ...]
    multiples: tuple[tuple[int, int], ...]
    fitted: str | None = None

    @cached_property
    def size(self) -> float:
        """The root of the mean square of all values."""
        # Not by a norm: its product has threads, which go on spinning in the way of the training.
        return float(np.sqrt(np.square(self.rows, dtype=np.float64).sum() / max(1, self.rows.size)))

    @cached_property
    def middle(self) -> float:
        """The mean of all values."""
        return float(self.rows.mean(dtype=np.float64))

    @cached_property
    def contrast(self) -> float:
        """The standard deviation of all values."""
        return float(self.rows.std(dtype=np.float64))

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
        agreeing: of the training data's rows that are the same, the share whose targets are, too.
        where: which rows they are.
        changed: the share of the rows that are one of the training's with a little changed, or
            moved, if that was asked; see `copies`.
        before: the share of the rows that an earlier training of the model had, and this one has
            not, while a script is watched.
    """

    count: int
    looked_for: int
    within: float
    chance: float = 0.0
    agreeing: float = 1.0
    where: str = "validation_data"
    changed: float = 0.0
    before: float = 0.0


@dataclass(frozen=True)
class Baseline:
    """What simple models reach, measured as a training measures the network.

    Attributes:
        quantity: the name in the history of what is compared, such as 'val_accuracy'.
        kind: what that is: 'accuracy', or the error 'squared' or 'absolute'.
        chance: of one answer for all rows.
        linear: of logistic or ridge regression.
        error: the standard error of `linear`.
        rows: on how many rows, that neither was fitted to.
    """

    quantity: str
    kind: str
    chance: float
    linear: float
    error: float
    rows: int


class Selection(NamedTuple):
    """A callback that chooses by the validation data.

    Attributes:
        callback: the name of its class.
        monitor: what it goes by.
        keeps_best: whether the weights of the best epoch are kept by it.
        mode: 'min' or 'max' if it was told which is better, else 'auto'.
    """

    callback: str
    monitor: str
    keeps_best: bool
    mode: str = "auto"


@dataclass(frozen=True)
class LayerState:
    """The outputs of one call of a layer for the rows of a batch.

    Attributes:
        name, kind, activation: as of a `Call`.
        dead: the share of units that are 0 for every row.
        saturated: the share of outputs at a limit of the activation; 0 if it has none.
        is_finite: whether all are numbers.
    """

    name: str
    kind: str
    activation: str | None
    dead: float
    saturated: float
    is_finite: bool


@dataclass(frozen=True)
class Probe:
    """What one batch shows inside of a model.

    Attributes:
        rows: of how many rows.
        layers: the calls of layers within the model, in their order.
        gradients: for each layer that multiplies by weights, in the model's order, the root of the
            mean square of their gradient.
        of_steps: of a series before recurrent layers the same for the input of each step in time.
    """

    rows: int
    layers: tuple[LayerState, ...]
    gradients: Mapping[str, float]
    of_steps: tuple[float, ...] = ()

    @property
    def fades_in_time(self) -> bool:
        """Whether the gradient of the first third of the steps is nothing beside the largest."""
        early = self.of_steps[: len(self.of_steps) // 3]
        is_there = any(layer.kind in RECURRENT for layer in self.layers)
        return is_there and bool(early) and max(early) < 1e-6 * max(self.of_steps)

    @property
    def is_fading(self) -> bool:
        """Whether the first layer's gradient is a thousand times smaller than the last one's."""
        sizes = list(self.gradients.values())
        return len(sizes) > 3 and bool(sizes[-1] > 0 and sizes[0] < 1e-3 * sizes[-1])


@dataclass(frozen=True)
class Breakdown:
    """Where a loss ceased to be a number.

    Attributes:
        epoch, step: counted from 1.
        layer: the first layer whose outputs were no numbers there; None if those of all were.
    """

    epoch: int
    step: int
    layer: str | None


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
        learning_rate: None of a schedule, or where a callback may set another.
        highest_rate: the highest learning rate of a schedule; None of any other.
        decayed: what a schedule leaves of its highest rate after half of the steps.
        is_anew: whether the model was not trained before.
        updates_before: how many steps the optimizer had taken before.
        selecting: the callbacks that choose by the validation data.
        validation_name: what a program calls the validation rows, if it says that they are a test.
        is_tested_on_validation: whether the rows that the program reports on are those.
        is_scored: whether the rows of `validation` have targets to be compared with.
        history: what `fit` gave for each epoch, by name.
        weighted: whether rows or classes have weights.
        rows, batch_size, epochs: of the training; 0 if unknown.
        updates: how many steps it took.
        is_over: whether it is over.
        scores: what `evaluate` gave since, by name, for rows that were not trained on.
        moved: how far the weights have come since its beginning, as a share of their size.
        penalty: what the regularizers of weights add to the loss at its end; None if not known.
        broken: where its loss ceased to be a number.
        first: what a batch shows inside of the model at the beginning, if that was looked at.
        last: likewise at the end, or before the loss broke.
        baseline: what simple models reach, if that was asked.
    """

    calls: tuple[Call, ...]
    outputs: tuple[Output, ...]
    inputs: tuple[Input, ...] = ()
    validation: tuple[Input, ...] = ()
    overlap: Overlap = Overlap(0, 0, 0.0)
    optimizer: str | None = None
    learning_rate: float | None = None
    highest_rate: float | None = None
    decayed: float = 1.0
    is_anew: bool = True
    updates_before: int = 0
    selecting: tuple[Selection, ...] = ()
    validation_name: str = ""
    is_tested_on_validation: bool = False
    is_scored: bool = True
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    weighted: bool = False
    rows: int = 0
    batch_size: int = 0
    epochs: int = 0
    updates: int = 0
    is_over: bool = False
    scores: Mapping[str, float] = field(default_factory=dict)
    moved: float | None = None
    penalty: float | None = None
    broken: Breakdown | None = None
    first: Probe | None = None
    last: Probe | None = None
    baseline: Baseline | None = None

    @property
    def scored(self) -> float | None:
        """The loss that `evaluate` gave."""
        return self.scores.get("loss")

    def is_mostly_right(self, prefix: str = "") -> bool:
        """Whether an accuracy of `evaluate`, or in validation, is nearer to 1 than to chance.

        A network that is too sure has a large loss from a few wrong answers.
        """
        if len(self.outputs) != 1:
            return False
        output = self.outputs[0]
        if output.target is None or not output.target.shares:
            return False
        least = (1 + max(output.target.shares.values())) / 2
        for name in ACCURACIES.intersection(output.metrics):
            told = self.history.get(prefix + name, ()) if prefix else (self.scores.get(name, 0.0),)
            if len(told) and max(told) > least:
                return True
        return False

    @property
    def reached(self) -> float | None:
        """The last training loss, as a share of the least that one answer for all rows costs.

        Of several outputs it is the largest.
        """
        shares = [self._reached_at(output) for output in self.outputs]
        known = [share for share in shares if share is not None]
        return max(known) if known and len(known) == len(shares) else None

    def _reached_at(self, output: Output) -> float | None:
        losses = self.losses(output)
        return self.share(output, losses[-1]) if losses else None

    def share(self, output: Output, loss: float) -> float | None:
        """A loss without a penalty, as a share of the least that one answer for all rows costs."""
        chance = output.chance
        if not chance or self.is_more_than_known or self._is_masked(output):
            return None
        if (self.weighted and output.weights is None) or chance <= output.least:
            return None
        return (float(loss) - output.least) / (chance - output.least)

    def losses(self, output: Output, prefix: str = "") -> list[float]:
        """The history of an output's loss, less the penalty; of other rows with the prefix 'val_'.

        The history of one of several is without a penalty.
        """
        if len(self.outputs) > 1:
            return list(self.history.get(f"{prefix}{output.name}_loss", ()))
        return [loss - (self.penalty or 0.0) for loss in self.history.get(prefix + "loss", ())]

    @property
    def is_penalized(self) -> bool:
        """Whether the loss holds more than the outputs' error, as far as layers are known."""
        return self.is_more_than_known or bool(self.regularized)

    @cached_property
    def is_more_than_known(self) -> bool:
        """Whether the loss holds more than the outputs' error and a penalty that is known."""
        if self.regularized and self.penalty is None:
            return True
        return any(_adds_to_loss(call.layer) for call in self.calls)

    @cached_property
    def regularized(self) -> tuple[Variable, ...]:
        """The weights that have a penalty."""
        layers = {id(call.layer): call.layer for call in self.calls}.values()
        return tuple(w for layer in layers for w in layer.weights if w.regularizer is not None)

    def _is_masked(self, output: Output) -> bool:
        """Whether some of the targets may not count."""
        masks = (c.kind == "Masking" or getattr(c.layer, "mask_zero", False) for c in self.calls)
        return any(masks) and output.target is not None and output.target.values.ndim > 1

    @property
    def is_stuck(self) -> bool:
        """Whether the training has come to nothing so far."""
        losses = list(self.history.get("loss", ()))
        if self.updates < _ENOUGH_UPDATES or not losses or not np.isfinite(losses).all():
            return False
        if self.reached is not None:
            return self.reached > 0.95
        return len(losses) > 2 and losses[-1] > 0.95 * losses[0]


def collect(
    model: Any,
    x: Any = None,
    y: Any = None,
    validation_data: Any = None,
    weight: Any = None,
    is_thorough: bool = False,
) -> Facts:
    """The facts of a model that is built and compiled, and of its data.

    Args:
        model: the model.
        x, y: arrays, or structures of them, as for `fit`; None if there are none.
        validation_data: (x, y), likewise.
        weight: of the rows, an array; None if they have none.
        is_thorough: whether a loss of the user's is called, to see what it measures.
    """
    x, y = looked_at(as_arrays(x, "x")), looked_at(as_arrays(y, "y"))
    graph = graph_in(model, x)
    calls, places = _calls_of(graph)
    held = None
    if isinstance(validation_data, (tuple, list)) and len(validation_data) > 1:
        held = looked_at(as_arrays(validation_data[0], "x"))
    shared = overlap(x, held, y)
    if is_thorough:
        shared = replace(shared, changed=max(share_of_copies(x, held), share_of_moved(x, held)))
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    rate = getattr(optimizer, "_learning_rate", None)
    taken = 0 if optimizer is None else int(optimizer.iterations)
    return Facts(
        calls,
        _outputs_of(model, graph, calls, places, y, weight, is_thorough),
        _inputs_of(graph, calls, places, x, "x"),
        _inputs_of(graph, calls, places, held, "validation_data"),
        shared,
        type(optimizer).__name__ if optimizer is not None else None,
        float(np.asarray(rate))
        if np.ndim(rate) == 0 and rate is not None and not callable(rate)
        else None,
        is_anew=not (taken or model._epochs_done),
        updates_before=taken,
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
# What columns with a meaning each go to.
_OF_COLUMNS = frozenset(
    ("Dense", "Concatenate", "Normalization", "BatchNormalization", "LayerNormalization")
    + ("Rescaling", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "Flatten")
    + ("Activation", "Identity", "ActivityRegularization")
)
_ACTIVATIONS = {
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ReLU": "relu",
    "Softmax": "softmax",
}
_SOME = np.array([[-3.0, -1.0, -0.2, 0.0, 0.2, 1.0, 3.0]], np.float32)
_BY_WHAT_THEY_GIVE = {
    "linear": _SOME,
    "relu": np.maximum(_SOME, 0),
    "sigmoid": 1 / (1 + np.exp(-_SOME)),
    "tanh": np.tanh(_SOME),
    "softmax": np.exp(_SOME) / np.exp(_SOME).sum(),
}
# Functions of gyeol.ops of the same names, and of other modules.
_FUNCTIONS = frozenset(
    ("celu", "elu", "exp", "gelu", "hard_sigmoid", "leaky_relu", "log_softmax", "relu", "relu6")
    + ("selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "sin", "cos", "tanh")
)


def graph_in(model: Any, x: Any, **options: Any) -> Any:
    """The graph of a model; of one in code that which its `call` makes of symbolic inputs.

    None where the code cannot be called so. The model, and random numbers, stay as they are.

    Args:
        model: the model.
        x: inputs for it.
        **options: more arguments of its `call`.
    """
    if (found := graph_of(model)) is not None or x is None:
        return found
    boxes, before = program.Boxes(model, "test"), random.states()
    try:
        with boxes.filled(boxes.read()), call_context(False, []):
            inputs = jax.tree.map(lambda a: SymbolicInput(a.shape[1:], dtype=a.dtype.name), x)
            return Functional(inputs, model.call(inputs, **options))
    except Exception:
        return None
    finally:
        random.set_states(before)


def _calls_of(graph: Any) -> tuple[tuple[Call, ...], dict[int, int]]:
    """The calls in a graph, those of graphs within in line, and the place of each tensor's."""
    if graph is None:
        return (), {}
    calls: list[Call] = []
    places: dict[int, int] = {}
    for node in graph._nodes:
        before = tuple(places[id(tensor)] for tensor in node.input_tensors)
        inner, of_inner = _calls_of(graph_of(node.operation))
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
        calls.append(Call(layer, kind, activation_of(layer), shape[-1] if shape else None, before))
        places.update((id(tensor), len(calls) - 1) for tensor in node.outputs)
    return tuple(calls), places


def activation_of(layer: Layer) -> str | None:
    kind = type(layer).__name__
    if kind == "TimeDistributed" and is_exported(type(layer)):
        return activation_of(layer.layer)
    if isinstance(layer, Operator) and layer.function in _FUNCTIONS:
        return layer.function
    if kind in _ACTIVATIONS:
        return _ACTIVATIONS[kind]
    if not is_exported(type(layer)) or kind in ("Lambda", "Operator"):
        return None
    function = getattr(layer, "activation", None)
    if function is None:
        return "linear"
    if is_exported(function):
        return function.__name__
    # `keras.backend`, `keras.ops` and JAX have functions of the same names.
    name, module = (getattr(function, of, "") for of in ("__name__", "__module__"))
    if name in _FUNCTIONS and module.split(".")[0] in ("gyeol", "jax"):
        return name
    return _behaves_as(function)


@lru_cache(maxsize=256)
def _behaves_as(function: Callable[[Any], Any]) -> str | None:
    """The name of the activation that gives what a function of the user's gives; None if none."""
    states = random.states()
    try:
        found = np.asarray(function(jnp.asarray(_SOME)), np.float64)
    except Exception:
        return None  # it is for other shapes
    finally:
        random.set_states(states)
    if found.shape != _SOME.shape:
        return None
    alike = (name for name, of in _BY_WHAT_THEY_GIVE.items() if np.allclose(found, of, atol=1e-5))
    return next(alike, None)


def _adds_to_loss(layer: Layer) -> bool:
    """Whether a call of the layer may add to the loss; the penalties of weights are none."""
    return any(
        inner.activity_regularizer is not None
        or any(
            "add_loss" in getattr(getattr(method, "__code__", None), "co_names", ())
            for kind in type(inner).__mro__
            if not is_exported(kind) and issubclass(kind, Layer) and kind is not Layer
            for method in vars(kind).values()
        )
        for inner in layer._flatten_layers()
    )


def last_change(calls: Sequence[Call], place: int) -> Call:
    """The call that gives the values at a place, behind layers that only pass them on."""
    call = calls[place]
    while call.kind in PASSING and call.activation == "linear" and len(call.before) == 1:
        call = calls[call.before[0]]
    return call


# The data -------------------------------------------------------------------------------------


def _outputs_of(
    model: Any,
    graph: Any,
    calls: Sequence[Call],
    places: dict,
    y: Any,
    weight: Any,
    is_thorough: bool,
) -> tuple[Output, ...]:
    objective = model._objective
    targets = objective.split(y, objective.names, len(objective.names))
    found = []
    for number, (name, loss, target) in enumerate(zip(objective.names, objective.losses, targets)):
        if graph is None:
            call, shape = None, objective.built_for[number][2]
        else:
            tensor = graph.outputs[number]
            call, shape = last_change(calls, places[id(tensor)]), tensor.shape
        units = (shape or (1,))[-1]
        known = None if target is None else target_of(np.asarray(target), units)
        weights = None
        if known is not None and np.shape(weight) == (len(target),):
            weights = _at_most(np.asarray(weight, np.float64), _rows_of_targets(np.asarray(target)))
        function = getattr(loss, "fn", None) or type(loss)
        options = getattr(loss, "_fn_kwargs", {})
        is_own = loss is not None and not is_exported(function)
        own_chance = own_fault = None
        if is_own and is_thorough and known is not None:
            own_chance = chance_of(loss, known.values, units)
            own_fault = fault_of(loss, known.values, units) if known.kind == "real" else None
            is_share = call is not None and call.activation in ("sigmoid", "softmax")
            if is_share and known.kind in ("binary", "one_hot", "multi_label", "classes"):
                own_fault = "inverted" if is_inverted(loss, known.values, units) else None
        found.append(
            Output(
                name,
                call.layer.name if call is not None else name,
                call.kind if call is not None else None,
                units or 1,
                len(shape or ()),
                call.activation if call is not None else None,
                function.__name__ if loss is not None and not is_own else None,
                bool(options.get("from_logits")),
                options.get("ignore_class"),
                float(options.get("label_smoothing") or 0),
                tuple(metric.name for _, metric, _ in objective._by_output[number]),
                known,
                weights,
                own_chance,
                own_fault,
            )
        )
    return tuple(found)


def target_of(values: np.ndarray, units: int | None) -> Target:
    """The targets of an output of so many units, and their kind."""
    array = _at_most(values, _rows_of_targets(values)).astype(np.float64)
    flat = array.reshape(len(array), -1)
    is_whole = bool((flat == np.round(flat)).all())
    within = flat.size > 0 and flat.min() >= 0 and flat.max() <= 1
    is_wide = array.ndim > 1 and array.shape[-1] == units and units > 1  # a number for each unit
    if is_whole and within and flat.shape[1] == 1:
        kind = "binary"
    elif is_whole and within:
        sums = array.reshape(-1, array.shape[-1]).sum(axis=1)
        kind = "one_hot" if (sums == 1).all() else "multi_label"
    elif is_whole and not is_wide and _has_at_most(flat, max(20, (units or 0) + 1)):
        kind = "classes"
    else:
        kind = "unit" if within else "real"
    return Target(array, kind)


def _rows_of_targets(values: np.ndarray) -> int:
    """Of so many rows shares of classes, and what chance reaches, are exact where it is cheap."""
    return max(len(_some(values)), _TARGETS // _width(values))


def classes_of(values: np.ndarray, kind: str) -> np.ndarray:
    """The class of each row of such targets; nothing where rows have more or less than one."""
    if kind == "one_hot":
        return values.argmax(axis=1) if values.ndim == 2 else np.zeros(0)
    return values.ravel() if values.size == len(values) else np.zeros(0)


def _has_at_most(values: np.ndarray, count: int) -> bool:
    """Whether there are no more different values than so many."""
    few = values.ravel()[: 16 * count]
    return len(np.unique(few)) <= count and len(np.unique(values)) <= count


def inputs_of(model: Any, x: Any, name: str) -> tuple[Input, ...]:
    """The inputs that some rows are, under a name."""
    x = looked_at(as_arrays(x, "x"))
    graph = graph_in(model, x)
    return _inputs_of(graph, *_calls_of(graph), x, name)


def _inputs_of(
    graph: Any, calls: Sequence[Call], places: dict, x: Any, name: str
) -> tuple[Input, ...]:
    leaves = jax.tree.leaves(x)
    tensors = [None] * len(leaves) if graph is None else graph.inputs
    found = []
    for number, (leaf, tensor) in enumerate(zip(leaves, tensors)):
        array = np.asarray(leaf)
        array = array[:, None] if array.ndim == 1 else array
        is_numbers = array.dtype.kind in "fiub" and array.ndim > 1
        rows = _some(array) if is_numbers else np.zeros((0, 1))
        rows = rows.reshape(len(rows), math.prod(rows.shape[1:])).astype(np.float32)
        kinds = () if tensor is None else tuple(_until_weights(calls, places[id(tensor)]))
        plain = all(kind is not None for kind in kinds) and not _SCALING & set(kinds)
        is_table = array.ndim == 2 and array.shape[1] <= _MOST_COLUMNS
        has_columns = is_table and _are_columns(rows, kinds)
        found.append(
            Input(
                name if len(leaves) == 1 else f"{name}[{number}]",
                rows,
                is_table,
                is_numbers and bool(kinds) and plain,
                kinds,
                has_columns,
                columns.constant(rows, array) if has_columns else (),
                columns.multiples(rows, array) if has_columns else (),
                columns.fitted(array) if has_columns or array.ndim == 3 else None,
            )
        )
    return tuple(found)


def _are_columns(rows: np.ndarray, kinds: Sequence[str | None]) -> bool:
    """Whether the values of a table's rows are measured quantities, for layers of such kinds."""
    if len(rows) < 20 or not kinds or not _OF_COLUMNS.issuperset(kinds):
        return False
    # Pixels begin at one value, the background's, and are as many as a square has.
    lows, width = rows.min(axis=0), rows.shape[1]
    return width > 0 and not (is_square(width) and (lows == lows[0]).mean() > 0.9)


def is_square(values: int) -> bool:
    """Whether so many values may be a square picture, of one colour or of three."""
    return any(
        values % colours == 0
        and (pixels := values // colours) >= 25
        and math.isqrt(pixels) ** 2 == pixels
        for colours in (1, 3)
    )


def _until_weights(calls: Sequence[Call], place: int) -> list[str | None]:
    """What an input comes to up to the first weights; None for code of the user's before them."""
    kinds: list[str | None] = []
    reached = {place}
    for number, call in enumerate(calls):
        if reached.isdisjoint(call.before):
            continue
        # What a user's activation does comes behind a layer's weights.
        is_known = call.layer.weights and is_exported(type(call.layer))
        if call.kind != "InputLayer":  # of a model within
            kinds.append(call.kind if is_known or call.activation is not None else None)
        if not call.layer.weights:
            reached.add(number)
    return kinds


def fitted_together(x: Any, held: Any) -> str | None:
    """How a table was scaled of which these are two parts; see `Input.fitted`."""
    parts = [np.asarray(leaf) for leaf in (*jax.tree.leaves(x), *jax.tree.leaves(held))]
    if len(parts) != 2 or any(part.ndim not in (2, 3) for part in parts):
        return None
    if parts[0].shape[1:] != parts[1].shape[1:] or parts[0].shape[-1] > _MOST_COLUMNS:
        return None
    return columns.fitted(np.concatenate(parts))


def overlap(x: Any, held: Any, y: Any = None) -> Overlap:
    """How many rows of held-out data stand in the training data, and in how many it repeats itself.

    Rows are told apart by the values that differ most, and then by all of them.
    """
    of_x, of_held = jax.tree.leaves(x), jax.tree.leaves(held)
    pairs = list(zip(map(np.asarray, of_x), map(np.asarray, of_held)))
    if len(of_x) != len(of_held) or not pairs:
        return Overlap(0, 0, 0.0)
    if any(a.shape[1:] != b.shape[1:] or a.dtype.kind not in "fiub" for a, b in pairs):
        return Overlap(0, 0, 0.0)
    ones = [array.reshape(len(array), -1) for array, _ in pairs]
    others = [_at_most(array.reshape(len(array), -1), ROWS) for _, array in pairs]
    telling = [
        np.sort(np.argsort(_some(array).std(axis=0, dtype=np.float32))[-8:]) for array in ones
    ]
    short, its_short = (
        _codes([array[:, columns] for array, columns in zip(arrays, telling)])
        for arrays in (ones, others)
    )
    rows = _members(short, its_short)
    its_rows = _members(its_short, short[rows])
    count = _found_in([a[rows] for a in ones], [a[its_rows] for a in others])
    if not count:
        return Overlap(0, len(others[0]), 0.0)
    within = 1 - len(np.unique(short)) / len(short)
    return Overlap(count, len(others[0]), within, _chance(ones), _agreeing(short, y))


def _agreeing(codes: np.ndarray, y: Any) -> float:
    """In how many pairs of rows with the same code the targets are the same, too."""
    targets = [np.asarray(leaf).reshape(len(leaf), -1) for leaf in jax.tree.leaves(y)]
    is_known = all(len(array) == len(codes) and array.dtype.kind in "fiub" for array in targets)
    if not targets or not is_known:
        return 1.0
    order = np.argsort(codes, kind="stable")
    ones, others = order[:-1], order[1:]
    pairs = codes[ones] == codes[others]
    if pairs.sum() < _FEWEST_PAIRS:
        return 1.0
    return float(
        np.mean([(t[ones[pairs]] == t[others[pairs]]).all(axis=1).mean() for t in targets])
    )


def _found_in(ones: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> int:
    """How many rows of the others are among the ones."""
    codes, its_codes = _codes(ones), _codes(others)
    hits = _members(its_codes, codes)
    if not len(hits):
        return 0
    order = np.argsort(codes)
    twins = order[np.searchsorted(codes, its_codes[hits], sorter=order)]
    same = [(_bits(a[twins]) == _bits(b[hits])).all(axis=1) for a, b in zip(ones, others)]
    return int(np.all(same, axis=0).sum())


def codes_of(x: Any) -> np.ndarray:
    """A number for each row of an input, the same for the same values; none of a huge one."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(x)]
    is_huge = sum(leaf.size for leaf in leaves) > _MOST_CODED
    if is_huge or any(leaf.dtype.kind not in "fiub" for leaf in leaves):
        return np.zeros(0, np.uint64)
    return _codes([leaf.reshape(len(leaf), -1) for leaf in leaves])


def _bits(array: np.ndarray) -> np.ndarray:
    """The bits of values in float32, in which they reach a network; those of -0.0 are of 0.0."""
    return (np.ascontiguousarray(array, np.float32) + np.float32(0)).view(np.uint32)


def _codes(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """A number of 64 bits for each row, the same for the same values.

    Multilinear hashing (Dietzfelbinger et al., 1997): rows that differ rarely have the same number.
    """
    generator = np.random.default_rng(0)
    codes = np.zeros(len(arrays[0]), np.uint64)
    for array in arrays:
        factors = generator.integers(1 << 63, size=array.shape[1], dtype=np.uint64) * 2 + 1
        codes += np.einsum("ij,j->i", _bits(array), factors, dtype=np.uint64)
    return codes


def _members(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The places of the codes that are among others."""
    seen = np.zeros(1 << 16, bool)
    seen[others >> 48] = True
    likely = np.flatnonzero(seen[codes >> 48])
    return likely[np.isin(codes[likely], others)]


def _chance(arrays: Sequence[np.ndarray]) -> float:
    """How likely a row stands in such data, if its columns had nothing to do with each other."""
    rows, alike = len(arrays[0]), 1.0  # `alike`: how likely two rows are the same
    for array in arrays:
        for column in _some(array).T:
            counts = np.unique(column, return_counts=True)[1]
            alike *= float(np.square(counts / counts.sum()).sum())
            if alike * rows < 1e-9:
                return 0.0
    return 1 - (1 - alike) ** rows


def _some(array: np.ndarray) -> np.ndarray:
    """Rows from all over an array: enough of them, and not too many values."""
    return _at_most(array, min(ROWS, max(32, _VALUES // _width(array))))


def _width(array: np.ndarray) -> int:
    return max(1, math.prod(array.shape[1:]))


def _at_most(array: np.ndarray, rows: int) -> np.ndarray:
    return array[:: max(1, -(-len(array) // rows))]
