"""What the remedies of the rules come to: changes of a training, by which they can be tried."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gyeol.doctor.facts import RECURRENT, Call, Facts
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import MULTIPLYING
from gyeol.layers import Dense
from gyeol.serialization import serialize

# So many steps are "some hundreds".
_ENOUGH_UPDATES = 500
# So many units, or fewer, are few.
_NARROW, _FEW_FILTERS = 8, 4


@dataclass(frozen=True)
class Trial:
    """A training of a program's model on its data, with or without changes.

    Attributes:
        facts: of the program as it stands.
        updates: how many steps it takes.
        best: after how many of the program's steps its validation loss was lowest, if known.
        layers: for the names of layers, changes of their configs.
        losses: for the numbers of outputs, another loss.
        optimizer: changes of the optimizer's config.
        inputs: for the numbers of inputs, 'standard', 'unit' (divided by 255) or 'clipped' (what
            lies beyond all but a hundredth brought back to it, and then 'standard').
        targets: for the numbers of outputs, 'standard', 'index' (the classes' numbers from 0) or
            'one_hot' (with a column for the class that had none).
        balances: whether classes are weighted by how rare they are.
        thaws: whether layers are trained that are frozen.
    """

    facts: Facts
    updates: int
    best: int | None = None
    layers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    losses: Mapping[int, str] = field(default_factory=dict)
    optimizer: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[int, str] = field(default_factory=dict)
    targets: Mapping[int, str] = field(default_factory=dict)
    balances: bool = False
    thaws: bool = False

    def with_layer(self, name: str, **config: Any) -> "Trial":
        """The trial with a change of one layer more."""
        return replace(self, layers={**self.layers, name: {**self.layers.get(name, {}), **config}})


Remedy = Callable[[Trial, Finding], "Trial | None"]


def remedied(trial: Trial, finding: Finding) -> Trial | None:
    """The trial with a finding's remedy; None where it cannot be tried.

    Args:
        trial: a trial, which may have others already.
        finding: one without the line of a script in `where`.
    """
    remedy = REMEDIES.get(finding.rule)
    cured = None if remedy is None else remedy(trial, finding)
    return None if cured == trial else cured


# What is written ------------------------------------------------------------------------------


def _as_written(trial: Trial, finding: Finding) -> Trial | None:
    """Units, activation, loss and form of the targets that stand in the remedy.

    A change of units is one of the layer that is named, or of the last one that has some.
    """
    number = _output_of(trial.facts, finding)
    of_layer = _named(trial.facts, finding)
    last = trial.facts.outputs[number].layer if of_layer is None else of_layer.layer.name
    text = finding.remedy
    if units := re.search(r"Dense\((\d+)", text):
        if (call := _last_of_units(trial.facts, last)) is None:
            return None
        key, now = width(call)
        if now != int(units[1]):
            trial = trial.with_layer(call.layer.name, **{key: int(units[1])})
    if activation := re.search(r"activation='(\w+)'", text):
        trial = trial.with_layer(last, activation=activation[1])
    if loss := re.search(r"loss='(\w+)'", text):
        trial = replace(trial, losses={**trial.losses, number: loss[1]})
    forms = (("np.unique", "index"), ("y - 1", "index"), ("(y == ", "index"))
    forms += (("to_categorical", "one_hot"),)
    for words, form in forms:
        if words in text:
            trial = replace(trial, targets={**trial.targets, number: form})
    return trial


def _one_softmax(trial: Trial, finding: Finding) -> Trial | None:
    """The second softmax left out; a loss with from_logits=True takes the logits here anyway."""
    call = _named(trial.facts, finding)
    if call is None or call.kind not in ("Activation", "Softmax"):
        return None
    return trial.with_layer(call.layer.name, activation="linear")


def _rate(trial: Trial, finding: Finding) -> Trial | None:
    """The rate that is written; of a schedule that leaves none, its highest from first to last."""
    written = re.search(r"\((?:learning_rate=)?([\d.e+-]+)", finding.remedy)
    rate = trial.facts.highest_rate if trial.facts.learning_rate is None else None
    if written is None and rate is None:
        return None
    wanted = float(written[1]) if written is not None else rate
    return replace(trial, optimizer={**trial.optimizer, "learning_rate": wanted})


def _initializer(trial: Trial, finding: Finding) -> Trial | None:
    """Another initializer in the layer that is named, and in those with the one that it has."""
    written = re.search(r"((?:kernel|bias|embeddings)_initializer)='(\w+)'", finding.remedy)
    call = _named(trial.facts, finding)
    if written is None or call is None:
        return None
    setting, wanted = written.groups()
    bad = call.layer.get_config().get(setting)
    for other in trial.facts.calls:
        if bad is not None and other.layer.get_config().get(setting) == bad:
            trial = trial.with_layer(other.layer.name, **{setting: wanted})
    return trial


# The model ------------------------------------------------------------------------------------


def _activations(trial: Trial, finding: Finding) -> Trial:
    """relu in every layer that is linear and hands on to weights, not in the named one alone."""
    calls, last = trial.facts.calls, ends(trial.facts)
    for call in calls:
        is_linear = call.kind in MULTIPLYING and call.activation == "linear"
        if is_linear and call.layer.name not in last and _reaches_weights(calls, call):
            trial = trial.with_layer(call.layer.name, activation="relu")
    return trial


def _relu(trial: Trial, finding: Finding) -> Trial:
    return _hidden(trial, ("sigmoid", "tanh", "softsign", "hard_sigmoid", "softmax"), "relu")


def _leaky_relu(trial: Trial, finding: Finding) -> Trial:
    return _hidden(trial, ("relu",), "leaky_relu")


def _hidden(trial: Trial, found: tuple[str, ...], wanted: str) -> Trial:
    """Another activation, and He's initializer, in hidden layers."""
    last = ends(trial.facts)
    for call in trial.facts.calls:
        name = call.layer.name
        if name in last or call.kind not in (*MULTIPLYING, "Activation", "ReLU"):
            continue
        if call.activation in found:
            trial = trial.with_layer(name, activation=wanted)
        if call.kind in MULTIPLYING:
            trial = trial.with_layer(name, kernel_initializer="he_normal")
    return trial


def _wider(trial: Trial, finding: Finding) -> Trial | None:
    """As many units as the remedy says, or more in each narrow layer."""
    if "trainable" in finding.remedy:
        return replace(trial, thaws=True)
    if (deeper := with_hidden(trial)) is not None:
        return deeper
    if "Dense(" in finding.remedy:
        return _as_written(trial, finding)
    return widened(trial)


def with_hidden(trial: Trial) -> Trial | None:
    """The trial with a layer before the only one with weights; None where there are others."""
    weighted = [call for call in trial.facts.calls if call.layer.trainable_weights]
    if len(weighted) != 1 or weighted[0].kind != "Dense" or len(trial.facts.outputs) != 1:
        return None
    if weighted[0].layer.name not in ends(trial.facts):
        return None
    return trial.with_layer(weighted[0].layer.name, before=serialize(Dense(64, activation="relu")))


def widened(trial: Trial) -> Trial:
    """The trial with 64 units in each narrow layer within the network, or 16 filters."""
    for call in narrow(trial.facts):
        units = 16 if "Conv" in call.kind else 64
        trial = trial.with_layer(call.layer.name, **{width(call)[0]: units})
    return trial


def narrow(facts: Facts) -> list[Call]:
    """The layers of few units that all that a network knows of a row has to pass through."""
    last = ends(facts)
    hidden = [call for call in facts.calls if call.layer.name not in last]
    kinds = (MULTIPLYING, RECURRENT, ("Embedding",))
    wide = [call for kind in kinds for call in hidden if call.kind in kind]
    wide = [call for call in wide if not _goes_to_a_sum(facts.calls, call)]
    few = {"Dense": _NARROW, **dict.fromkeys(RECURRENT, _NARROW)}
    return [call for call in wide if width(call)[1] <= few.get(call.kind, _FEW_FILTERS)]


def _goes_to_a_sum(calls: Sequence[Call], start: Call) -> bool:
    """Whether other numbers are added to these: it is as wide as they are."""
    reached = {next(place for place, call in enumerate(calls) if call is start)}
    for place, call in enumerate(calls):
        if not reached.isdisjoint(call.before):
            if call.kind in ("Add", "Subtract", "Average"):
                return True
            if not call.layer.weights and call.kind != "Dot":
                reached.add(place)
    return False


def _one_dropout(trial: Trial, finding: Finding) -> Trial | None:
    if (named := _named(trial.facts, finding)) is not None:
        return passing(trial, [named])
    layers = [call for call in trial.facts.calls if call.dropout]
    for place, call in enumerate(reversed(layers)):
        key = "rate" if "Dropout" in call.kind else "dropout"
        trial = trial.with_layer(call.layer.name, **{key: 0.0 if place else 0.3})
    return trial


def noisy(facts: Facts) -> list[Call]:
    """The layers that put noise on what they are given in training, or turn and shift it."""
    kinds = ("GaussianNoise", "Random")
    return [c for c in facts.calls if c.kind.startswith(kinds) and c.kind != "RandomCrop"]


def passing(trial: Trial, calls: Iterable[Call]) -> Trial:
    """The trial with layers that pass on what they are given in place of these."""
    for call in calls:
        trial = trial.with_layer(call.layer.name, class_name="Identity")
    return trial


def _free(trial: Trial, finding: Finding) -> Trial:
    """No penalty on weights or outputs, and no constraint of weights, in any layer."""
    for call in trial.facts.calls:
        settings = call.layer.get_config()
        held = [key for key in settings if key.endswith(("_regularizer", "_constraint"))]
        if any(settings[key] is not None for key in held):
            trial = trial.with_layer(call.layer.name, **dict.fromkeys(held))
    return trial


# The data -------------------------------------------------------------------------------------


def _scaled_inputs(trial: Trial, finding: Finding) -> Trial:
    """Every input scaled that goes to weights as it is: one left out hides what this helps."""
    how = "unit" if "255" in finding.remedy else "standard"
    how = "clipped" if "np.clip" in finding.remedy else how
    taken = [n for n, given in enumerate(trial.facts.inputs) if given.is_taken_as_it_is]
    return replace(trial, inputs={**dict.fromkeys(taken, how), **trial.inputs})


def _scaled_targets(trial: Trial, finding: Finding) -> Trial:
    outputs = enumerate(trial.facts.outputs)
    numbers = [n for n, out in outputs if out.target and out.target.kind in ("real", "classes")]
    return replace(trial, targets={**dict.fromkeys(numbers, "standard"), **trial.targets})


def _balanced(trial: Trial, finding: Finding) -> Trial:
    return replace(trial, balances=True)


# The training ---------------------------------------------------------------------------------


def _shorter_steps(trial: Trial, finding: Finding) -> Trial | None:
    rate = trial.optimizer.get("learning_rate", trial.facts.learning_rate)
    if rate is None:
        return replace(trial, optimizer={**trial.optimizer, "clipnorm": 1.0})
    tenth = float(f"{rate / 10:.3g}")
    return replace(trial, optimizer={**trial.optimizer, "learning_rate": tenth, "clipnorm": 1.0})


def _more_updates(trial: Trial, finding: Finding) -> Trial:
    """As many steps as the remedy says, or some hundreds."""
    if written := re.search(r"\d{2,}", finding.remedy):
        return replace(trial, updates=int(written[0]))
    return replace(trial, updates=max(_ENOUGH_UPDATES, 2 * trial.updates))


def _stopped(trial: Trial, finding: Finding) -> Trial | None:
    return None if trial.best is None else replace(trial, updates=min(trial.best, trial.updates))


# Where a rule is missing, its remedy is none that a training shows.
REMEDIES: dict[str, Remedy] = {
    "softmax_one_unit": _as_written,
    "from_logits_mismatch": _as_written,
    "double_softmax": _one_softmax,
    "output_units": _as_written,
    "wrong_last_activation": _as_written,
    "wrong_loss": _as_written,
    "label_encoding": _as_written,
    "capacity_too_small": _wider,
    "missing_activation": _activations,
    "bad_init": _initializer,
    "lr_too_high": _rate,
    "lr_too_low": _rate,
    "excess_dropout": _one_dropout,
    "excess_regularization": _free,
    "unscaled_input": _scaled_inputs,
    "unscaled_target": _scaled_targets,
    "class_imbalance": _balanced,
    "exploding_gradient": _shorter_steps,
    "dying_relu": _leaky_relu,
    "vanishing_gradient": _relu,
    "saturated_activation": _relu,  # where inputs are at fault, `unscaled_input` says so
    "too_few_updates": _more_updates,
    "overfitting": _stopped,
    "best_weights_lost": _stopped,
}
# They are about what a score says; a higher one would prove nothing.
HONESTY = frozenset(("data_leak", "test_as_validation", "misleading_metric", "preprocess_mismatch"))
# Model and targets contradict each other there, whatever the score is for now.
CONTRADICTIONS = frozenset(
    ("softmax_one_unit", "from_logits_mismatch", "wrong_last_activation", "label_encoding")
    + ("output_units",)
)


# The graph ------------------------------------------------------------------------------------


def _named(facts: Facts, finding: Finding) -> Call | None:
    """The last call of the layer that a finding names."""
    names = re.findall(r"'([^']+)'", finding.where)
    found = [call for call in facts.calls if call.layer.name in names]
    return found[-1] if found else None


def _output_of(facts: Facts, finding: Finding) -> int:
    """The number of the output that a finding is of; the first if it does not say."""
    names = re.findall(r"'([^']+)'", finding.where)
    return next((n for n, output in enumerate(facts.outputs) if output.layer in names), 0)


def _last_of_units(facts: Facts, name: str) -> Call | None:
    """The call with a number of units at or before the last one of a layer."""
    places = [n for n, call in enumerate(facts.calls) if call.layer.name == name]
    while places:
        call = facts.calls[places[-1]]
        if hasattr(call.layer, "units") or hasattr(call.layer, "filters"):
            return call
        places = list(call.before)
    return None


def width(call: Call) -> tuple[str, int]:
    """What a layer calls the number of its units, and that number."""
    key = next(key for key in ("units", "filters", "output_dim") if hasattr(call.layer, key))
    return key, getattr(call.layer, key)


def ends(facts: Facts) -> set[str]:
    """The names of the layers that give the outputs, with the weights before them."""
    found = {output.layer for output in facts.outputs}
    last = (_last_of_units(facts, name) for name in list(found))
    return found | {call.layer.name for call in last if call is not None}


def _reaches_weights(calls: Iterable[Call], start: Call) -> bool:
    """Whether nothing but linear steps lie between a call and the next weights, or the output."""
    calls = list(calls)
    reached = {calls.index(start)}
    for place, call in enumerate(calls):
        if reached.isdisjoint(call.before):
            continue
        if call.kernel is not None:
            return True
        if call.activation == "linear" and len(call.before) == 1:
            reached.add(place)
    return False
