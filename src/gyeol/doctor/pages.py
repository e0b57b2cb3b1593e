"""What was seen of a script, or of a model and its data, as the trainings of a page."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gyeol.doctor.finding import Finding
from gyeol.doctor.trying import Outcome, Tried, brought
from gyeol.doctor.watching import Watched, WatchedFit
from gyeol.report.page_training import Training
from gyeol.text import tr

# What of `fit` repeats a training.
_REPEATING = (
    *("batch_size", "epochs", "validation_split", "shuffle", "class_weight", "steps_per_epoch"),
    *("initial_epoch", "validation_steps", "validation_freq", "callbacks"),
)


def trainings_of(watched: Watched, script: str) -> list[Training]:
    """One for each line that called `fit`, in the order in which they did so first.

    Args:
        watched: what was seen.
        script: its text.
    """
    last = {id(fit.model): fit.place for fit in watched.fits.values()}
    return [_training(fit, script, last[id(fit.model)]) for fit in watched.fits.values()]


def _training(fit: WatchedFit, script: str, last: str) -> Training:
    reason = ""
    is_over = bool(fit.history) or (fit.facts is not None and fit.facts.is_over)
    if not is_over:
        reason = tr("It was not trained to its end.")
    elif last != fit.place:
        reason = tr("It was trained further in {place}; there are its scores.", place=last)
    number, lines = re.search(r"\d+", fit.place), script.splitlines()
    line = int(number[0]) if number else 0
    with fit.as_compiled():
        settings = settings_of(fit.model, fit.options, fit.settings)
    return Training(
        fit.model,
        fit.history,
        **_rows(fit.x, fit.y, fit.validation),
        title=" · ".join(filter(None, (fit.place, fit.model.name))),
        code=lines[line - 1].strip() if 0 < line <= len(lines) else "",
        settings=settings,
        reason=reason,
    )


def training_of(model: Any, x: Any, y: Any, validation: Any) -> Training:
    """A saved model, whose training nobody saw."""
    return Training(model, **_rows(x, y, validation), settings=settings_of(model, {}))


def tried_of(
    findings: Sequence[Finding], outcomes: Mapping[str, Outcome]
) -> tuple[dict[Finding, Tried], list[str]]:
    """What the remedy of each finding brought, and sentences on what they bring together.

    Args:
        findings: those of a script.
        outcomes: what `try_all` gave; empty if nothing was tried.
    """
    found = {finding: brought(outcomes, finding) for finding in findings}
    together = []
    for place, outcome in outcomes.items():
        if outcome.together is not None:
            names, numbers = ", ".join(outcome.together.beside), outcome.together.numbers
            words = tr("All that help together ({names}): {numbers}.", names=names, numbers=numbers)
            together.append(f"{place}: {words}" if place else words)
    return {finding: tried for finding, tried in found.items() if tried is not None}, together


def _rows(x: Any, y: Any, validation: Any) -> dict[str, Any]:
    """The rows to judge a model by: those for validation, or else those of the training."""
    data = "training"
    if isinstance(validation, (tuple, list)) and len(validation) > 1:
        x, y, *_ = validation
        data = "validation"
    return {"x": x, "y": y, "data": data, "feature_names": list(getattr(x, "columns", ()))}


def settings_of(
    model: Any, options: Mapping[str, Any], begun: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What was said to `compile` and to `fit`.

    Args:
        model: the model.
        options: the arguments of `fit`.
        begun: the optimizer's config at the beginning; as it is by default.
    """
    found: dict[str, Any] = {"model": model.name}
    if model.compiled and model.optimizer is not None:
        known = model.optimizer.get_config() if begun is None else begun
        rate = known.get("learning_rate")
        if isinstance(rate, Mapping):
            rate = rate.get("class_name", "")
        found["optimizer"] = type(model.optimizer).__name__
        found["learning_rate"] = rate
        found["loss"] = model.loss
        found["metrics"] = model._objective.given_metrics
    found.update({name: options[name] for name in _REPEATING if options.get(name) is not None})
    return {name: value for name, value in found.items() if value not in (None, [], ())}
