"""Rules that compare what a training reached with simple models."""

import numpy as np

from gyeol.doctor.facts import ACCURACIES, Facts, Output
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import (
    at_output,
    beats,
    best_of,
    first,
    is_harder_in_training,
    rule,
)
from gyeol.text import tr

# After fewer steps nothing can be said.
_UPDATES = 100


@rule
def chance_level(facts: Facts) -> Finding | None:
    """A training that came to no more than one answer for all rows.

    The network has learned the most frequent class or the mean, and nothing of the rows. Where a
    linear model finds something in them, less than a thirtieth of the way counts too. Source:
    UMLAUT (Schoop et al., 2021).
    """
    if not facts.is_over or facts.updates < _UPDATES or facts.reached is None:
        return None
    wins = facts.baseline is not None and beats(facts, facts.baseline)

    def look(output: Output) -> Finding | None:
        losses, held = facts.losses(output), facts.losses(output, "val_")
        if len(losses) < 2 or not np.isfinite(losses).all():
            return None
        target, chance, least = output.target, output.chance, output.least
        if (target.is_of_classes and not target.shares) or target.values.ndim > 2:
            return None  # of a series, whose end may be masked
        share = (min(losses[-3:] + held[-3:]) - least) / (chance - least)
        if share < (0.97 if wins else 0.999) or _is_above_majority(facts, output):
            return None
        if not held and is_harder_in_training(facts):
            return None
        return Finding(
            "chance_level",
            "warning" if _can_be_learned(facts) else "note",
            at_output(output),
            tr(
                "After {updates} steps the loss is {loss:.3g}; one answer for all has "
                "{chance:.3g}.",
                updates=facts.updates,
                loss=losses[-1],
                chance=chance,
            ),
            tr("It has learned how often each answer is, and nothing of the rows."),
            tr(
                "Another learning rate, a tenth or ten times; scaled inputs; labels in the rows' "
                "order"
            ),
        )

    return first(facts, look)


def _can_be_learned(facts: Facts) -> bool:
    """Whether it is known that there is something to find, or nothing speaks against it.

    Rows of which hardly anything can be told, and noise within the network, look alike.
    """
    simple = facts.baseline
    if simple is None:
        return not is_harder_in_training(facts)
    return abs(simple.linear - simple.chance) > 2 * simple.error


def _is_above_majority(facts: Facts, output: Output) -> bool:
    """Whether the accuracy is better than the most frequent class's share, by more than chance."""
    if not output.target.shares:
        return False
    majority, rows = max(output.target.shares.values()), max(facts.rows, len(output.target.values))
    edge = majority + 2 * np.sqrt(majority * (1 - majority) / rows) + 0.005
    prefix = "" if len(facts.outputs) == 1 else f"{output.name}_"
    named = [prefix + name for name in output.metrics if name in ACCURACIES]
    return any(facts.history[name][-1] > edge for name in named if name in facts.history)


@rule
def baseline_wins(facts: Facts) -> Finding | None:
    """Logistic or ridge regression that is clearly better than the network.

    It takes milliseconds, and all that it finds a network can find too: something holds it back.
    Clearly: by 2.5 standard errors of the difference, by 3 points of accuracy or 15 % of the
    squared error, and by half of what the linear model finds beyond one answer for all rows.
    """
    simple = facts.baseline
    if simple is None or not facts.is_over or facts.updates < _UPDATES or not beats(facts, simple):
        return None
    form = "{:.1%}" if simple.kind == "accuracy" else "{:.3g}"
    return Finding(
        "baseline_wins",
        "warning",
        at_output(facts.outputs[0]),
        tr(
            "The best {quantity} is {reached}; a linear model's is {linear}, one answer's for all "
            "rows {chance}.",
            quantity=simple.quantity,
            reached=form.format(best_of(facts, simple)),
            linear=form.format(simple.linear),
            chance=form.format(simple.chance),
        ),
        tr("All that a linear model finds a network can find too: something holds it back."),
        tr("Scaled inputs, another learning rate, more steps; else the linear model"),
    )
