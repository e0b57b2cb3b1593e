"""Rules for the learning rate, which shows before a training and in it."""

import numpy as np

from gyeol.doctor.facts import Facts
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import rule
from gyeol.text import tr

# Learning rates that are hardly ever right, by the optimizer.
_RATES = {
    "SGD": (1e-5, 1.0),
    "Adam": (3e-6, 0.1),
    "AdamW": (3e-6, 0.1),
    "Nadam": (3e-6, 0.1),
    "Adamax": (3e-6, 0.2),
    "RMSprop": (3e-6, 0.1),
}
# What is usual, where that is not 0.001.
_USUAL = {"SGD": 0.01, "Adagrad": 0.05, "Adadelta": 1.0, "Ftrl": 0.05}


@rule
def lr_too_high(facts: Facts) -> Finding | None:
    """A learning rate far above what the optimizer usually takes, or that came to nothing.

    Steps jump over the valley: the loss rises or becomes NaN, units of relu die. In a training it
    shows as a loss no better than that of one answer for all rows, with weights several times as
    far from where they began as they were large.
    """
    rate, bounds = facts.learning_rate, _RATES.get(facts.optimizer or "")
    cause = tr("Steps that are too long make the loss jump, or NaN.")
    if rate is not None and bounds is not None and rate > 1.001 * bounds[1]:
        evidence = tr(
            "{optimizer} has the learning rate {rate:g}; at most {most:g} is usual.",
            optimizer=facts.optimizer,
            rate=rate,
            most=bounds[1],
        )
        return _of_rate(facts, "lr_too_high", evidence, cause, 0.01)
    if not facts.is_over or not facts.is_stuck or (facts.moved or 0) < 2:
        return None
    if any(inside is not None and inside.is_fading for inside in (facts.first, facts.last)):
        return None  # the weights went astray, without a gradient to go by
    evidence = tr(
        "The weights went {moved:.1f} times their own size, and the loss is {loss:.3g}, no better "
        "than one answer for all rows.",
        moved=facts.moved,
        loss=facts.history["loss"][-1],
    )
    return _of_rate(facts, "lr_too_high", evidence, cause, 0.1)


@rule
def lr_too_low(facts: Facts) -> Finding | None:
    """A learning rate far below what the optimizer usually takes, or that hardly moves the weights.

    The loss falls smoothly but barely: after hundreds of steps the network is what it was.
    """
    rate, bounds = facts.learning_rate, _RATES.get(facts.optimizer or "")
    cause = tr("The weights hardly move, so the loss hardly falls.")
    if rate is not None and bounds is not None and rate < 0.999 * bounds[0]:
        evidence = tr(
            "{optimizer} has the learning rate {rate:g}; at least {least:g} is usual.",
            optimizer=facts.optimizer,
            rate=rate,
            least=bounds[0],
        )
        return _of_rate(facts, "lr_too_low", evidence, cause, 1000)
    is_there = facts.reached is not None and facts.reached < 0.05
    if facts.is_over and facts.updates >= 50 and facts.decayed < 1e-3 and not is_there:
        return Finding(
            "lr_too_low",
            "warning",
            "compile(optimizer=...)",
            tr(
                "Half of the {updates} steps, or fewer, leave {share:.1g} of the learning rate.",
                updates=facts.updates,
                share=facts.decayed,
            ),
            cause,
            tr("A decay over all of the steps, decay_steps={updates}", updates=facts.updates),
        )
    losses = list(facts.history.get("loss", ()))
    if not facts.is_over or facts.updates < 30 or len(losses) < 2 or facts.moved is None:
        return None
    if not facts.is_anew:
        return None  # trained weights are there already
    if facts.updates < 100 and has_usual_rate(facts):
        return None  # steps are what is missing
    least = 0.1 if facts.updates < 100 else 0.05
    falls = np.mean(np.diff(losses) < 0)
    # Rows drawn at random give losses that differ by more than so short steps bring.
    is_slow = rate is not None and rate < _USUAL.get(facts.optimizer or "", 0.001) / 30
    if falls < 0.8 and not (is_slow and facts.moved < 0.01):
        return None
    if facts.moved > least or facts.reached is None or facts.reached < 0.65:
        return None
    evidence = tr(
        "In {updates} steps the weights moved by {moved:.1%} of their size, and the loss fell from "
        "{first:.3g} to {last:.3g}.",
        updates=facts.updates,
        moved=facts.moved,
        first=losses[0],
        last=losses[-1],
    )
    return _of_rate(facts, "lr_too_low", evidence, cause, 10)


def has_usual_rate(facts: Facts) -> bool:
    """Whether the rate is within three times of what is usual for the optimizer."""
    usual, rate = _USUAL.get(facts.optimizer or "", 0.001), facts.learning_rate
    return rate is not None and usual / 3 <= rate <= 3 * usual


def _of_rate(facts: Facts, name: str, evidence: str, cause: str, factor: float) -> Finding:
    """A finding with another rate: the usual one if it lies that way, else so many times this."""
    usual, rate = _USUAL.get(facts.optimizer or "", 0.001), facts.learning_rate
    wanted = usual
    if rate is not None and not (usual > 2 * rate if factor > 1 else usual < rate / 2):
        wanted = float(f"{rate * factor:.1g}")
    remedy = f"{facts.optimizer}({wanted:g})"
    return Finding(name, "warning", "compile(optimizer=...)", evidence, cause, remedy)
