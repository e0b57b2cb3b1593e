"""Finds what keeps a training from learning by short trainings without it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import jax
import numpy as np

from gyeol.doctor.bench import Bench
from gyeol.doctor.facts import RECURRENT, Call, Facts, Output, target_of
from gyeol.doctor.finding import Finding
from gyeol.doctor.remedies import (
    REMEDIES,
    Trial,
    ends,
    narrow,
    noisy,
    passing,
    remedied,
    widened,
    with_hidden,
)
from gyeol.doctor.rules.rate import has_usual_rate
from gyeol.doctor.rules.registry import CAUSES, MULTIPLYING, SYMPTOMS, at_layer
from gyeol.doctor.trying import Tried, aside, compared
from gyeol.doctor.watching import WatchedFit
from gyeol.text import tr

# A training that has come this far from the loss of one answer for all rows is left alone.
_FAR_ENOUGH = 0.35
# From here on one change may still bring most of what is missing.
_HALF_WAY = 0.04
# A change has to bring so much of the way to a perfect score, and where little is missing, so much.
_TELLING, _MOST = 0.35, 0.75
# A program that scores this far of the way from chance to perfect is a good one.
_GOOD = 0.6
# Below this share of what one answer for all costs, rows may have been learned by heart.
_BY_HEART = 0.98
_FEW_ROWS = 5000
# No trial is begun after so long, and after so long where little is missing.
_SECONDS, _FEW_SECONDS = 20.0, 8.0
# What a rate that is too high, or inputs that are not scaled, lead to.
_SHOWN = frozenset(("dying_relu", "saturated_activation"))
_USUAL = frozenset(
    f"{kind}{form}" for kind in ("Glorot", "He", "Lecun") for form in ("Normal", "Uniform")
)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C came; `found` is what was found until then."""

    def __init__(self, found: list[Finding]):
        super().__init__()
        self.found = found


def by_experiment(fit: WatchedFit) -> list[Finding]:
    """The mistakes without which a training learns that did not; the one that matters most first.

    Asked of a training that is over, whose loss stayed near that of one answer for all rows, and of
    which no rule that speaks before the training knows why. The cure that helps names the fault, as
    in AUTOTRAINER (Zhang et al., 2021).

    Args:
        fit: the training; its model, data and random numbers stay as they are.

    Raises:
        Interrupted: Ctrl-C came.
    """
    facts = fit.facts
    if facts is None or not facts.is_over or facts.updates < 5 or facts.broken:
        return []
    if facts.reached is None or facts.reached < _FAR_ENOUGH:
        return []
    known_causes = CAUSES - {"double_softmax"}  # which gyeol's losses see through
    if any(f.rule in known_causes and f.severity != "note" for f in fit.at_first):
        return []
    if any((f.rule, f.severity) == ("best_weights_lost", "warning") for f in fit.findings):
        return []  # a callback ends it at once, or keeps its worst weights
    if facts.learning_rate is None and isinstance((fit.settings or {}).get("learning_rate"), float):
        return []  # a callback sets the rate, and trials are without callbacks
    if facts.decayed < 1e-3 and any(f.rule == "lr_too_low" for f in fit.findings):
        return []  # so small a rate is no use whatever else is changed
    best: dict[str, tuple[float, Finding]] = {}
    is_interrupted = False
    with aside():
        try:
            bench = Bench(fit, takes_all=True)
            asked = SYMPTOMS | {"wrong_loss"}  # which may be a slow one only
            symptoms = [f for f in fit.findings if f.rule in asked and f.rule in REMEDIES]
            _keep_helpful(best, bench, symptoms, _TELLING, _SECONDS)
            if facts.is_mostly_right() or facts.is_mostly_right("val_"):
                # It could be better, and is no mistake.
                best.update((r, (g, replace(f, severity="note"))) for r, (g, f) in best.items())
        except Exception:
            return []  # too few rows, for example; a trial's own failure is no finding either
        except KeyboardInterrupt:
            is_interrupted = True
    found = list(best.values())
    known = [finding.rule for finding in fit.findings]
    most = max((gain for gain, _ in found), default=0.0)
    stopped_early = 2 * len(facts.history["loss"]) <= facts.epochs
    if facts.updates < 50 and "too_few_updates" in known:
        # With so few steps any cure is that of having more of them, or longer ones.
        found = [pair for pair in found if pair[1].rule != "lr_too_low"]

    def order(pair: tuple[float, Finding]) -> tuple:
        gain, rule = pair[0], pair[1].rule
        # Of cures that bring as much: that of a reason before that of what it led to, that of the
        # data where the rate is a usual one, and one that a rule knows of, too.
        is_of_scale = rule in ("unscaled_input", "unscaled_target") and has_usual_rate(facts)
        leads = is_of_scale or rule in ("wrong_loss", "bad_init")
        if rule == "too_few_updates" and stopped_early and gain > most / 2:
            return (False, False, False, False, -gain)
        return (gain < most - 0.03, rule in _SHOWN, not leads, rule not in known, -gain)

    found.sort(key=order)
    told = [finding for _, finding in found]
    if is_interrupted:
        raise Interrupted(told)
    return told


def half_way(fit: WatchedFit) -> Finding | None:
    """The one change that brings most of what is missing to a training that went fairly well.

    It is a note: the program may be meant so.

    Args:
        fit: the training; its model, data and random numbers stay as they are.
    """
    facts = fit.facts
    if facts is None or not facts.is_over or facts.updates < 5 or facts.broken:
        return None
    if facts.reached is None or not _HALF_WAY < facts.reached < _FAR_ENOUGH:
        return None
    if any(finding.severity != "note" for finding in fit.findings):
        return None
    if facts.learning_rate is None and isinstance((fit.settings or {}).get("learning_rate"), float):
        return None
    best: dict[str, tuple[float, Finding]] = {}
    with aside():
        try:
            _keep_helpful(best, Bench(fit), [], _MOST, _FEW_SECONDS)
        except Exception:
            return None
    if not best:
        return None
    return replace(max(best.values(), key=lambda pair: pair[0])[1], severity="note")


def by_holding_out(fit: WatchedFit) -> Finding | None:
    """What shows in a training by leaving out some of its rows.

    It is trained once more on the others. If the loss of those that it has not seen is above that
    of one answer for all of them, it has learned its rows by heart; asked where there are no
    validation rows. If it is below, and that of the validation, or of `evaluate`, above, these are
    rows of another kind.

    Args:
        fit: the training; its model, data and random numbers stay as they are.
    """
    facts = fit.facts
    if facts is None or not facts.is_over or facts.reached is None or facts.broken:
        return None
    if not facts.reached <= _BY_HEART:  # it may be no number
        return None
    if facts.is_penalized or facts.weighted or len(facts.outputs) != 1:
        return None
    known = {finding.rule for finding in fit.findings}
    output, doubted = facts.outputs[0], _doubted(fit)
    has_others = facts.validation or "val_loss" in facts.history
    if doubted is None and (has_others or facts.rows > _FEW_ROWS or "overfitting" in known):
        return None
    with aside():
        try:
            losses = Bench(fit).losses()
        except Exception:
            return None
    if losses is None:
        return None
    loss, chance = losses[1], output.chance
    share, held = (facts.share(output, value) for value in losses)
    if doubted is not None and held is not None and held < (1 + facts.reached) / 2:
        where, scored = doubted
        return Finding(
            "preprocess_mismatch",
            "warning",
            where,
            tr(
                "Its loss is {scored:.3g}; that of a fifth of the training's rows, left out, is "
                "{held:.3g}, and one answer for all has {chance:.3g}.",
                scored=scored,
                held=loss,
                chance=chance,
            ),
            tr("Its rows, or their targets, were made otherwise than those of training."),
            tr("The same steps for both, with the numbers, words and codes of the training data"),
        )
    if has_others or "overfitting" in known:
        return None
    # Of a training that went otherwise nothing follows for this one.
    if loss < chance or share is None or share > (1 + facts.reached) / 2:
        return None
    evidence = tr(
        "Without a fifth of its rows its loss for them is {loss:.3g}, and one answer for all has "
        "{chance:.3g}.",
        loss=loss,
        chance=chance,
    )
    cause = tr("What is learned are the training rows themselves.")
    remedy = "fit(validation_split=0.1), EarlyStopping(patience=5, restore_best_weights=True)"
    return Finding("overfitting", "note", "fit", evidence, cause, remedy)


def _doubted(fit: WatchedFit) -> tuple[str, float] | None:
    """Which other rows came to no more than one answer for all, and their loss; None without.

    Those of the validation, at their best, or of `evaluate`, after a training that learned.
    """
    facts, output = fit.facts, fit.facts.outputs[0]
    if facts.reached >= 0.8 or any(f.rule == "preprocess_mismatch" for f in fit.findings):
        return None
    is_of_classes = output.target is not None and output.target.is_of_classes
    # Real numbers of other rows, of a series that grows for example, may lie farther apart.
    least, prefix = 1.0 if is_of_classes else 3.0, ""
    where, loss = tr("x of {method}", method="evaluate"), facts.scored
    if "val_loss" in facts.history:
        where, loss, prefix = "validation_data", min(facts.losses(output, "val_")), "val_"
        least = max(least, _chance_of_validation(fit, output) / (output.chance or np.inf))
    share = None if loss is None else facts.share(output, loss)
    if share is None or share < least or facts.is_mostly_right(prefix):
        return None
    return where, loss


def _chance_of_validation(fit: WatchedFit, output: Output) -> float:
    """The least loss of one answer for all validation rows; infinite if that is not known."""
    try:
        target = target_of(np.asarray(jax.tree.leaves(fit.validation[1])[0]), output.units)
    except (TypeError, IndexError, ValueError):
        return np.inf
    return replace(output, target=target).chance or np.inf


def _keep_helpful(
    best: dict[str, tuple[float, Finding]],
    bench: Bench,
    symptoms: list[Finding],
    telling: float,
    seconds: float,
) -> None:
    """Put into `best` each mistake whose cure helps clearly, with what it brings."""
    until = time.monotonic() + seconds
    base = bench.scores(bench.trial)
    known = ((f, remedied(bench.trial, f)) for f in symptoms)
    for finding, trial in chain(known, _candidates(bench.trial), _of_the_settings(bench)):
        if trial is None or (trial.layers and not bench.has_graph):
            continue
        if time.monotonic() > until:
            break
        try:
            tried = compared(base, bench.scores(trial), bench)
        except ValueError:
            continue  # a layer of this model cannot be changed so
        gain, missing = tried.after - tried.before, 1 - tried.before
        if not tried.helps or gain < max(telling * missing, 1.5 * tried.margin):
            continue
        evidence = tr("With {remedy}: {numbers}.", remedy=finding.remedy, numbers=tried.numbers)
        if _is_good(tried, bench.trial.facts):
            finding = replace(finding, severity="note")  # it could be better, and is no mistake
        if finding.rule not in best or gain > best[finding.rule][0]:
            best[finding.rule] = gain, replace(finding, evidence=evidence)


def _is_good(tried: Tried, facts: Facts) -> bool:
    """Whether a program stands most of the way from one answer for all to a perfect score."""
    target, chance = facts.outputs[0].target, 0.0
    if target is not None and target.shares and "accuracy" in tried.measure:
        shares = target.shares.values()
        chance = max(shares) if tried.measure == "accuracy" else 1 / len(shares)
    return tried.before > chance + _GOOD * (1 - chance)


def _candidates(trial: Trial) -> Iterator[tuple[Finding, Trial | None]]:
    """What may be wrong, without its evidence, and a trial without that."""
    facts = trial.facts
    recurrent = [call for call in facts.calls if call.kind in RECURRENT]
    if others := [c for c in recurrent if c.kind != "LSTM" and not c.layer.return_state]:
        changed = trial
        for call in others:
            changed = changed.with_layer(call.layer.name, class_name="LSTM")
        cause = tr("What comes early in a row is not learned from.")
        remedy = tr("LSTM in place of {kind}, with its own activation", kind=others[0].kind)
        yield Finding("vanishing_gradient", "warning", _at(others[0]), "", cause, remedy), changed
    for rule, where, cause, remedy in _of_the_rate(facts):
        yield _pair(trial, rule, where, cause, remedy)
    hidden = [call for call in facts.calls if call.layer.name not in ends(facts)]
    weighted = [call for call in hidden if call.kind in MULTIPLYING]
    if few := narrow(facts):
        finding = Finding(
            "capacity_too_small",
            "warning",
            _at(few[0]),
            "",
            tr("All that the network knows of a row has to pass through them."),
            tr("64 units in the narrow layers (16 filters)"),
        )
        yield finding, widened(trial)
    elif (deeper := with_hidden(trial)) is not None:
        cause = tr("Without a layer before it, it tells sums of the inputs apart, and no more.")
        remedy = tr("{layer} before it", layer="Dense(64, activation='relu')")
        where = at_layer(next(iter(deeper.layers)))
        yield Finding("capacity_too_small", "warning", where, "", cause, remedy), deeper
    if facts.updates < 3000:
        steps = max(5 * trial.updates, 300)
        cause = tr("After so few steps the weights are nearly what they were at first.")
        remedy = tr("more epochs, {steps} steps in all", steps=steps)
        finding = Finding("too_few_updates", "warning", "fit", "", cause, remedy)
        yield finding, replace(trial, updates=steps)
    if any(given.is_taken_as_it_is and _is_uneven(given.rows) for given in facts.inputs):
        cause = tr("The first layer's sums become as large: activations saturate, steps jump.")
        remedy = tr("A Normalization() adapted to {name} as the first layer", name="x")
        yield _pair(trial, "unscaled_input", "x", cause, remedy)
    if any(given.is_taken_as_it_is and _has_outliers(given.rows) for given in facts.inputs):
        cause = tr("A few values far out leave hardly any differences between all the others.")
        remedy = "np.clip(x, *np.percentile(x_train, (1, 99), axis=0)), and scaled then"
        yield _pair(trial, "unscaled_input", "x", cause, remedy)
    target = facts.outputs[0].target
    if target is not None and target.kind == "real" and _is_uneven(target.values):
        cause = tr("First outputs are about 1: the way to the targets takes very many steps.")
        remedy = "(y - y_train.mean()) / y_train.std()"
        yield _pair(trial, "unscaled_target", "y", cause, remedy)
    if any(call.dropout for call in facts.calls):
        cause = tr("Too little is left in training to learn from.")
        remedy = tr("One Dropout of 0.2 to 0.5 before the last layer")
        yield _pair(trial, "excess_dropout", tr("the dropout layers"), cause, remedy)
    if noise := noisy(facts):
        cause = tr("What is learned of one row hardly holds of it the next time.")
        remedy = tr("Less noise, and none that makes another answer of a row")
        finding = Finding("excess_dropout", "warning", _at(noise[0]), "", cause, remedy)
        yield finding, passing(trial, noise)
    cause = tr("It holds the weights back more than the error pulls at them.")
    remedy = tr("a hundredth of the penalty, such as L2(1e-4), and no constraint")
    yield _pair(trial, "excess_regularization", "compile", cause, remedy)
    if odd := [call for call in weighted if not _is_usual(call)]:
        changed = trial
        for call in odd:
            changed = changed.with_layer(call.layer.name, kernel_initializer="glorot_uniform")
        cause = tr("Sums grow or shrink from layer to layer, and gradients with them.")
        remedy = "kernel_initializer='glorot_uniform'"
        yield Finding("bad_init", "warning", _at(odd[0]), "", cause, remedy), changed
    shares = [call for call in weighted if call.activation == "softmax"]
    bent = [call for call in weighted if call.activation in ("sigmoid", "tanh", "softmax")]
    if len(bent) > 2 or shares:
        cause = tr("The first layers stay as they began.")
        remedy = tr("relu instead of sigmoid or tanh, kernel_initializer='he_normal', fewer layers")
        yield _pair(trial, "vanishing_gradient", _at(bent[0]), cause, remedy)
    if recurrent:
        cause = tr("Over many steps in time gradients grow, and so do the steps that follow them.")
        where = _at(recurrent[0])
        finding = Finding("exploding_gradient", "warning", where, "", cause, "clipnorm=0.5")
        yield finding, replace(trial, optimizer={**trial.optimizer, "clipnorm": 0.5})


def _of_the_settings(bench: Bench) -> Iterator[tuple[Finding, Trial]]:
    if (bench.settings.get("weight_decay") or 0) > 0.1:
        cause = tr("It holds the weights back more than the error pulls at them.")
        remedy = f"{bench.trial.facts.optimizer}(weight_decay=0.004)"
        finding = Finding(
            "excess_regularization", "warning", "compile(optimizer=...)", "", cause, remedy
        )
        yield finding, replace(bench.trial, optimizer={"weight_decay": 0.004})
    if (name := bench.frozen()) is not None:
        cause = tr("It is frozen with the weights that it was drawn with, and learns nothing.")
        where = at_layer(name)
        finding = Finding("capacity_too_small", "warning", where, "", cause, "trainable=True")
        yield finding, replace(bench.trial, thaws=True)


def _pair(
    trial: Trial, rule: str, where: str, cause: str, remedy: str
) -> tuple[Finding, Trial | None]:
    """A mistake whose remedy can be tried as it is written."""
    finding = Finding(rule, "warning", where, "", cause, remedy)
    return finding, remedied(trial, finding)


def _of_the_rate(facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    low = tr("The weights hardly move, so the loss hardly falls.")
    if facts.highest_rate is not None and facts.decayed < 0.1:
        remedy = tr(
            "{optimizer}({rate:g}), without the schedule",
            optimizer=facts.optimizer,
            rate=facts.highest_rate,
        )
        yield "lr_too_low", "compile(optimizer=...)", low, remedy
    rate = facts.highest_rate if facts.learning_rate is None else facts.learning_rate
    if rate is None:
        return
    high = tr("Steps that are too long make the loss jump, or NaN.")
    most = 1.0 if facts.optimizer == "SGD" else 0.1
    for factor in (10, 100, 0.1, 0.01):
        rule, cause = ("lr_too_low", low) if factor > 1 else ("lr_too_high", high)
        if 1e-5 <= (wanted := float(f"{rate * factor:.2g}")) <= most:
            yield rule, "compile(optimizer=...)", cause, f"{facts.optimizer}({wanted:g})"


def _at(call: Call) -> str:
    return at_layer(call.layer.name)


def _is_usual(call: Call) -> bool:
    return type(call.layer.kernel_initializer).__name__ in _USUAL


def _has_outliers(rows: np.ndarray) -> bool:
    """Whether 98 of 100 values of a column of a table lie within a twentieth of its range."""
    if len(rows) < 50 or rows.shape[1] > 64:
        return False
    low, high = np.percentile(rows, (1, 99), axis=0)
    return bool(((high > low) & (high - low < 0.05 * np.ptp(rows, axis=0))).any())


def _is_uneven(values: np.ndarray) -> bool:
    """Whether values are farther from 0, or columns from each other, than 3 times 1."""
    if not values.size:
        return False
    columns = values.reshape(len(values), -1)
    spreads = columns.std(axis=0, dtype=np.float64)
    kept = spreads[spreads > 0]
    is_large = bool(np.sqrt(np.square(columns, dtype=np.float64).mean()) > 3)
    return is_large or (kept.size > 1 and kept.max() > 10 * kept.min())
