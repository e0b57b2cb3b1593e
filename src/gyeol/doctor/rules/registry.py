"""The table of rules, and what several of them need."""

from collections.abc import Callable

from gyeol.doctor.facts import Facts, Output
from gyeol.doctor.finding import Finding
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
MULTIPLYING = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def rule(function: Rule) -> Rule:
    """Enter a function in the table of rules."""
    RULES[function.__name__] = function
    return function


def spoken(facts: Facts) -> list[Finding]:
    """What the rules find, in their order."""
    return [finding for rule in RULES.values() if (finding := rule(facts))]


def first(facts: Facts, look: Callable[[Output], Finding | None]) -> Finding | None:
    """What is found at the first output at which something is."""
    return next((found for output in facts.outputs if (found := look(output))), None)


def at_output(output: Output) -> str:
    return tr("layer {name!r}", name=output.layer)
