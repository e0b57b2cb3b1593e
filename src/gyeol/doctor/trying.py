"""Proves remedies: trains a watched program again, as it stands and with each of them."""

import contextlib
import io
import math
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gyeol import config, random
from gyeol.doctor.bench import Bench
from gyeol.doctor.finding import Finding
from gyeol.doctor.measure import shown
from gyeol.doctor.remedies import CONTRADICTIONS, HONESTY, Trial, remedied
from gyeol.doctor.watching import Watched, WatchedFit
from gyeol.text import tr

# After so long no trial is begun any more.
_SECONDS_IN_ALL = 60.0
# A row's score below this counts as this.
_FLOOR = -10.0
# A gain of a smaller share of what is missing is none, however sure.
_GAIN = 0.02
# A higher score than this leaves little to ask for.
_NEAR = 0.9
# With less than this share of the program's steps a trial that shows no gain tells nothing.
_TELLING = 0.5


@dataclass(frozen=True)
class Tried:
    """What a remedy brought.

    Attributes:
        before: the measure without it; NaN where `fit` refuses that, or its outputs are no numbers.
        after: with it.
        measure: its name: 'accuracy', 'balanced accuracy', 'F1', 'R^2', or 'mean' of several.
        helps: whether there is a gain that is more than chance.
        margin: twice the standard error of the gain, where a row's score is at least -10.
        rows: on how many rows it was measured.
        share: of the steps that the program takes, how many there was time for.
        beside: the rules whose remedies were there before and after, since it helps beside them;
            or the optimizer with another rate.
        withdrawn: whether it is no remedy any more.
        is_held_out: whether none of the rows was trained on.
    """

    before: float
    after: float
    measure: str
    helps: bool
    margin: float
    rows: int
    share: float = 1.0
    beside: tuple[str, ...] = ()
    withdrawn: bool = False
    is_held_out: bool = True

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which has no NaN."""
        numbers = {"before": self.before, "after": self.after, "margin": self.margin}
        return {
            **{key: round(n, 4) if np.isfinite(n) else None for key, n in numbers.items()},
            "measure": self.measure,
            "rows": self.rows,
            "beside": list(self.beside),
            "helps": self.helps,
            "withdrawn": self.withdrawn,
        }

    @property
    def numbers(self) -> str:
        """What was measured, for a person."""
        if not np.isfinite(self.after) and not np.isfinite(self.before):
            return tr(
                "no outputs that are numbers with it either, on {rows} rows of its own",
                rows=self.rows,
            )
        if not np.isfinite(self.after):
            return tr(
                "{measure} {before} without it, and outputs that are no numbers with it, on {rows} "
                "rows of its own",
                measure=shown(self.measure),
                before=_shown(self.before),
                rows=self.rows,
            )
        if not self.is_held_out:
            return tr(
                "{measure} {before} -> {after} on the {rows} rows themselves",
                measure=shown(self.measure),
                before=_shown(self.before),
                after=_shown(self.after),
                rows=self.rows,
            )
        return tr(
            "{measure} {before} -> {after} (+-{margin:.2g}) on {rows} rows of its own",
            measure=shown(self.measure),
            before=_shown(self.before),
            after=_shown(self.after),
            margin=self.margin,
            rows=self.rows,
        )

    def __str__(self) -> str:
        numbers = self.numbers
        if self.helps and self.beside:
            names = ", ".join(self.beside)
            return tr("Tried together with {names}: {numbers}.", names=names, numbers=numbers)
        if self.helps:
            return tr("Tried: {numbers}.", numbers=numbers)
        if self.withdrawn:
            return tr("Tried: {numbers}: no gain, so the remedy is withdrawn.", numbers=numbers)
        if self.share < _TELLING:
            return tr(
                "Tried for {share:.0%} of the steps: {numbers}: no gain so far.",
                share=self.share,
                numbers=numbers,
            )
        if self.after > self.before:
            return tr("Tried: {numbers}: no sure gain by itself.", numbers=numbers)
        return tr("Tried: {numbers}: no gain by itself.", numbers=numbers)


@dataclass(frozen=True)
class Outcome:
    """What was tried of one `fit`.

    Attributes:
        tried: for the rules whose remedies could be tried, what they brought.
        together: what those brought together that help, named by its `beside`; None if fewer than
            two do.
        is_interrupted: whether Ctrl-C ended the trials: then nothing is withdrawn.
    """

    tried: Mapping[str, Tried]
    together: Tried | None = None
    is_interrupted: bool = False


def _shown(score: float) -> str:
    return f"{score:.3g}" if np.isfinite(score) else tr("nothing")


def try_all(watched: Watched, outcomes: dict[str, Outcome]) -> None:
    """`try_remedies` of each line of a script that called `fit`, within a minute in all.

    Args:
        watched: the script.
        outcomes: takes what is found, by line.

    Raises:
        KeyboardInterrupt: Ctrl-C came; what was tried until then is in `outcomes`.
    """
    until = time.monotonic() + _SECONDS_IN_ALL
    for place, fit in watched.fits.items():
        outcomes[place] = try_remedies(fit, until)
        if outcomes[place].is_interrupted:
            raise KeyboardInterrupt


def told(findings: Sequence[Finding], outcomes: Mapping[str, Outcome]) -> list[str]:
    """A script's findings for a person, each with what its remedy brought, and what all bring.

    Args:
        findings: they say at which line they are.
        outcomes: what `try_all` gave.
    """
    paragraphs, withdrawn = [], []
    for finding in findings:
        tried = brought(outcomes, finding)
        if tried is not None and tried.withdrawn:
            withdrawn.append(f"{finding.rule} ({finding.where})")
            finding = replace(finding, remedy="")
        lines = [str(finding)]
        if tried is not None:
            lines.append(str(tried))
        elif finding.rule in HONESTY:
            words = tr("Not tried: it is about what a score says, and not about a higher one.")
            lines.append(words)
        elif finding.remedy:
            lines.append(tr("Not tried."))
        paragraphs.append("\n  ".join(lines))
    for place, outcome in outcomes.items():
        if outcome.together is not None:
            names, numbers = ", ".join(outcome.together.beside), outcome.together.numbers
            words = tr("All that help together ({names}): {numbers}.", names=names, numbers=numbers)
            paragraphs.append(f"{place}: {words}" if place else words)
    if withdrawn:
        names = ", ".join(withdrawn)
        words = tr("Remedies withdrawn: {count}: {names}.", count=len(withdrawn), names=names)
        paragraphs.append(words)
    return paragraphs


def as_dict(findings: Sequence[Finding], outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """The same for JSON."""
    entries = []
    for finding in findings:
        tried = brought(outcomes, finding)
        entries.append(finding.as_dict() | ({} if tried is None else {"tried": tried.as_dict()}))
    together = [
        {"where": place, **outcome.together.as_dict()}
        for place, outcome in outcomes.items()
        if outcome.together is not None
    ]
    return {"findings": entries, "together": together}


def brought(outcomes: Mapping[str, Outcome], finding: Finding) -> Tried | None:
    """What the remedy of a script's finding brought; None if it was not tried."""
    for place, outcome in outcomes.items():
        if not place or finding.where.startswith(f"{place}, "):
            return outcome.tried.get(finding.rule)
    return None


def try_remedies(fit: WatchedFit, until: float = math.inf) -> Outcome:
    """Train a program's model as it stands and with the remedies of what was found in its `fit`.

    Its model, data and random numbers stay as they are; nothing is printed. A remedy is tried
    alone and, where that brings nothing, beside those that help; at last all that help together.

    Args:
        fit: one that is over.
        until: when no trial is begun any more, on `time.monotonic`.
    """
    found = [finding for finding in fit.findings if finding.rule not in HONESTY]
    if not found or fit.x is None or fit.y is None or fit.objective is None:
        return Outcome({})
    with aside():
        try:
            trials = _Trials(Bench(fit, traces=True), found, until)
            outcome = trials.outcome()
        except Exception:
            # What code of the user's does in a trial is not the end of a report.
            return Outcome({})
        except KeyboardInterrupt:
            return Outcome({}, is_interrupted=True)
    if trials.is_interrupted:
        return replace(outcome, is_interrupted=True)
    return replace(outcome, tried={r: _judged(r, tried) for r, tried in outcome.tried.items()})


def _judged(rule: str, tried: Tried) -> Tried:
    had_its_chance = tried.share >= _TELLING and rule not in CONTRADICTIONS
    has_gain = tried.after - tried.before > _GAIN * (1 - tried.before)  # sure or not
    return replace(tried, withdrawn=had_its_chance and not has_gain and not tried.helps)


class _Trials:
    """The trials of one training: each remedy alone, then what helps or may help beside others."""

    def __init__(self, bench: Bench, findings: Sequence[Finding], until: float):
        self._bench, self._until = bench, until
        self.is_interrupted = False
        self._findings = {finding.rule: finding for finding in reversed(findings)}
        self._rules = list(dict.fromkeys(finding.rule for finding in findings))

    def outcome(self) -> Outcome:
        found = self._joined()
        tried = dict(found.tried)
        for rule in CONTRADICTIONS.intersection(tried):
            if not tried[rule].helps and tried[rule].after < _NEAR:
                tried[rule] = self._at_other_rates(rule) or tried[rule]
        return replace(found, tried=tried)

    def _joined(self) -> Outcome:
        stands = self._bench.trial
        cured = {rule: remedied(stands, self._findings[rule]) for rule in self._rules}
        if not any(cured.values()):
            return Outcome({})
        base = self._scores(stands)
        alone = {rule: self._scores(trial) for rule, trial in cured.items()}
        alone = {rule: scores for rule, scores in alone.items() if scores is not None}
        if base is None and alone:  # `fit` refuses it
            base = np.full_like(next(iter(alone.values())), np.nan)
        tried = {rule: compared(base, scores, self._bench) for rule, scores in alone.items()}
        # In the order of the report: what is a cause comes before what follows from it.
        helping = [rule for rule in tried if tried[rule].helps]
        if not helping:
            return self._of_all(base, tried)
        most = max(helping, key=lambda rule: tried[rule].after)
        for first in dict.fromkeys((helping[0], most)):
            joined, beside, reached = self._chain(first, cured[first], alone[first], tried)
            if reached.mean() >= alone[most].mean():
                break
        tried |= beside
        if len(joined) < 2:
            return Outcome(tried)
        return Outcome(tried, replace(compared(base, reached, self._bench), beside=joined))

    def _chain(
        self, first: str, best: Trial, reached: np.ndarray, tried: Mapping[str, Tried]
    ) -> tuple[tuple[str, ...], dict[str, Tried], np.ndarray]:
        """One remedy, and each other joined where it helps beside, or helps and takes nothing away.

        Returns:
            The rules that are joined, what those brought that do not help alone, and the scores.
        """
        joined, beside = (first,), {}
        others = sorted((rule for rule in tried if rule != first), key=lambda r: not tried[r].helps)
        for rule in others:
            if reached.mean() > 1 - _GAIN:
                break  # there is nothing left to gain
            more = remedied(best, self._findings[rule])
            if (scores := self._scores(more)) is None:
                continue
            gain = compared(reached, scores, self._bench)
            if gain.helps and not tried[rule].helps:
                beside[rule] = replace(gain, beside=joined)
            if gain.helps or (tried[rule].helps and gain.after >= gain.before):
                joined, best, reached = (*joined, rule), more, scores
        return joined, beside, reached

    def _at_other_rates(self, rule: str) -> Tried | None:
        """What a remedy brings at another learning rate; None if it helps at none.

        What could learn nothing so far may have a rate that nobody could judge.
        """
        stands = self._bench.trial
        name, rate = stands.facts.optimizer, stands.facts.learning_rate
        for factor in (10, 100, 0.1) if rate is not None else ():
            wanted = float(f"{rate * factor:.2g}")
            trial = replace(stands, optimizer={"learning_rate": wanted})
            with_it = self._scores(remedied(trial, self._findings[rule]))
            if with_it is None or with_it.mean() < _NEAR:
                continue
            without = self._scores(trial)
            if without is not None and (gain := compared(without, with_it, self._bench)).helps:
                return replace(gain, beside=(f"{name}({wanted:g})",))
        return None

    def _of_all(self, base: np.ndarray, tried: Mapping[str, Tried]) -> Outcome:
        """All remedies together, none of which helps alone; and which of them that takes."""
        scores = self._scores(self._with(tried)) if len(tried) > 1 else None
        if scores is None or not compared(base, scores, self._bench).helps:
            return Outcome(tried)
        found = dict(tried)
        for rule in tried:
            others = tuple(name for name in tried if name != rule)
            without = self._scores(self._with(others))
            if without is None and time.monotonic() > self._until:
                break  # nobody knows what they bring without it
            gain = compared(base if without is None else without, scores, self._bench)
            if gain.helps:
                found[rule] = replace(gain, beside=others)
        needed = tuple(rule for rule in found if found[rule].helps)
        if len(needed) < 2:
            return Outcome(found)
        if len(needed) < len(found) and (fewer := self._scores(self._with(needed))) is not None:
            scores = fewer
        return Outcome(found, replace(compared(base, scores, self._bench), beside=needed))

    def _with(self, rules: Iterable[str]) -> Trial:
        trial = self._bench.trial
        for rule in rules:
            trial = remedied(trial, self._findings[rule]) or trial
        return trial

    def _scores(self, trial: Trial | None) -> np.ndarray | None:
        """The scores of a trial; None if it cannot be made, or no time is left."""
        if trial is None or time.monotonic() > self._until:
            return None
        try:
            return self._bench.scores(trial)
        except Exception:
            return None
        except KeyboardInterrupt:
            # What is known already is told; the trials that would follow are not begun.
            self.is_interrupted, self._until = True, -math.inf
            return None


def compared(before: np.ndarray, after: np.ndarray, bench: Bench) -> Tried:
    """Two trials by the scores of the same rows, (seeds, rows), from the same beginnings."""
    # A row that is far off would hide what all the others say.
    one, other = (np.clip(np.nan_to_num(a, nan=_FLOOR), _FLOOR, 1) for a in (before, after))
    gains = other - one
    by_row, by_seed = gains.mean(axis=0), gains.mean(axis=1)
    # One row more might have gone otherwise, even where all of them went one way.
    of_rows = ((by_row.var() + 1 / len(by_row)) / len(by_row)) ** 0.5 if bench.holds_out else 0.0
    least = max(2 * of_rows, _GAIN * (1 - one.mean()))
    helps = by_row.mean() > least and by_seed.min() > 0
    return Tried(
        float(before.mean()),
        float(after.mean()),
        bench.measure,
        bool(helps),
        2 * float(np.hypot(of_rows, np.ptp(by_seed) / 2)),
        before.shape[1],
        bench.share,
        is_held_out=bench.holds_out,
    )


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """Within the block nothing is printed; random numbers go on afterwards as if it were not."""
    states, doctor = random.states(), config.doctor()
    config.set_doctor("off")
    silence = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        config.set_doctor(doctor)
        random.set_states(states)
