"""The table of rules, and what several of them need."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from gyeol.doctor.facts import Baseline, Facts, Output
from gyeol.doctor.finding import SEVERITIES, Finding, gravest_first
from gyeol.text import tr

Rule = Callable[[Facts], Finding | None]
RULES: dict[str, Rule] = {}

CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
OF_DISTANCE = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "huber",
    "log_cosh",
)


# What can bring a training to nothing, and is seen before it.
CAUSES = frozenset(
    ("softmax_one_unit", "from_logits_mismatch", "wrong_last_activation", "wrong_loss", "bad_init")
    + ("missing_activation", "lr_too_high", "lr_too_low", "output_units", "double_softmax")
    + ("unscaled_input", "unscaled_target", "label_encoding", "misleading_metric")
)
# What follows from such a mistake as well as from others.
SYMPTOMS = frozenset(
    ("exploding_gradient", "dying_relu", "vanishing_gradient", "saturated_activation")
    + ("too_few_updates", "capacity_too_small", "chance_level", "baseline_wins")
)
# Between which values an activation stays.
RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "exponential": (0.0, np.inf),
}
MULTIPLYING = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def rule(function: Rule) -> Rule:
    """Enter a function in the table of rules."""
    RULES[function.__name__] = function
    return function


def spoken(facts: Facts, rules: Iterable[Rule] | None = None) -> list[Finding]:
    """What rules find, all if none are named, in their order."""
    asked = RULES.values() if rules is None else rules
    return [finding for rule in asked if (finding := rule(facts))]


def root_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings in the order of a report: the gravest first, but what explains others before them.

    A mistake that was seen before the training, and that can bring one to nothing, leads what shows
    in the training, and is then as grave.
    """
    symptoms = [f for f in findings if f.rule in SYMPTOMS]
    found = gravest_first(findings)
    gravest = next((f.severity for f in found if f in symptoms), "note")
    root = next((f for f in found if f.rule in CAUSES and f.severity != "note"), None)
    if root is None or gravest == "note":
        return found
    if SEVERITIES.index(gravest) < SEVERITIES.index(root.severity):
        root = replace(root, severity=gravest)
    return [root, *(f for f in found if not f.is_as(root))]


def first(facts: Facts, look: Callable[[Output], Finding | None]) -> Finding | None:
    """What is found at the first output at which something is."""
    return next((found for output in facts.outputs if (found := look(output))), None)


def is_distance(output: Output) -> bool:
    """Whether the loss is a distance to the targets, of gyeol's or, if it was asked, one's own."""
    return output.loss in OF_DISTANCE or output.own_chance is not None


def is_of_no_probabilities(output: Output) -> bool:
    """Whether cross-entropy of one unit, or of each by itself, is given other than 0 to 1."""
    target = output.target
    is_of_one = output.units == 1 and output.loss in CATEGORICAL[:1]
    if target is None or not (output.loss in BINARY or is_of_one):
        return False
    values = target.values
    is_outside = values.size and (values.min() < 0 or values.max() > 1)
    return bool(is_outside and len(np.unique(values)) > 2)


def begins_at_1(output: Output) -> bool:
    """Whether classes are numbered from 1, under a loss that counts from 0."""
    target = output.target
    if output.loss != CATEGORICAL[1] or output.units < 2 or target is None:
        return False
    values = target.values
    return bool(values.size and values.min() == 1 and values.max() == output.units)


def at_layer(name: str) -> str:
    return tr("layer {name!r}", name=name)


def at_output(output: Output) -> str:
    return at_layer(output.layer)


def best_of(facts: Facts, simple: Baseline) -> float:
    """What a training reached at its best, of what is compared with simple models."""
    values = facts.history[simple.quantity]
    return float(np.max(values) if simple.kind == "accuracy" else np.min(values))


def beats(facts: Facts, simple: Baseline) -> bool:
    """Whether a linear model is clearly better than the network; see `baseline_wins`."""
    if not np.isfinite(facts.history[simple.quantity]).all():
        return False
    if not simple.quantity.startswith("val_") and is_harder_in_training(facts):
        return False
    reached, linear = best_of(facts, simple), simple.linear
    is_accuracy = simple.kind == "accuracy"
    if is_accuracy:
        its_error = np.sqrt(reached * (1 - reached) / simple.rows)
    else:
        its_error = simple.error * reached / max(linear, 1e-300)
    more = 1 if is_accuracy else -1
    ahead, found = more * (linear - reached), more * (linear - simple.chance)
    least = {"accuracy": 0.03, "squared": 0.15 * reached, "absolute": 0.08 * reached}[simple.kind]
    is_clear = ahead >= 2.5 * np.hypot(simple.error, its_error)
    return bool(is_clear and ahead >= max(least, found / 2) and found > 0)


def is_harder_in_training(facts: Facts) -> bool:
    """Whether the network does worse on training rows, as it is given them, than on others."""
    return any(
        "Dropout" in c.kind or c.kind.startswith(("Gaussian", "Random")) for c in facts.calls
    )
