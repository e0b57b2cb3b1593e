"""The doctor's part in a `fit`: it looks before the first step, and at what the steps show."""

import contextlib
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary, ref

import jax
import numpy as np

from gyeol import config, random
from gyeol.callbacks.lambda_callback import LambdaCallback
from gyeol.callbacks.learning_rate_scheduler import LearningRateScheduler
from gyeol.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from gyeol.doctor.baselines import baseline
from gyeol.doctor.columns import fitted
from gyeol.doctor.copies import share_of_copies, share_of_moved
from gyeol.doctor.facts import (
    Breakdown,
    Facts,
    Input,
    Overlap,
    Probe,
    Selection,
    codes_of,
    collect,
    fitted_together,
    inputs_of,
    overlap,
)
from gyeol.doctor.finding import Finding, gravest_first
from gyeol.doctor.probe import probe
from gyeol.doctor.rules import AFTER, BEFORE, RULES, root_first, spoken
from gyeol.optimizers.schedules import LearningRateSchedule
from gyeol.serialization import is_exported
from gyeol.text import tr, warn
from gyeol.training.feed import Part, is_arrays
from gyeol.training.stored import looked_at

# At most so many findings are said of a fit.
MOST_SAID = 3
# With more than this of the loss of one answer for all rows left, a loss that may be slow is.
_POOR = 0.3
# So many rows show what goes on inside of a model.
_ROWS_OF_A_PROBE = 256
# The first epoch with so many updates behind it is looked at before the fit is over.
_UPDATES_THAT_TELL = 300
# Weights of a model that are larger than this together are not kept to see how far they moved.
_MOST_BYTES = 1 << 26

# Who is given each `Attendance` instead of a person, while a script is watched: then it looks as
# deep as it can, says nothing itself, and raises nothing.
watcher: Callable[["Attendance"], None] | None = None
# What was said in this process; a loop over folds or settings would say it again and again.
_said: set[tuple] = set()
# Of so many trainings of a model before the last one it is remembered what rows they had.
_MOST_FOLDS = 20
# How many rows of `evaluate` and `predict` are worth a look.
_FEWEST_ROWS = 20


@dataclass
class _Trained:
    """What is remembered of a model's last `fit`.

    Attributes:
        rows, targets: its data, for as long as somebody has them.
        inputs: what they were like.
        validated: the rows that it was validated on, for as long as somebody has them.
        by: what chose by them.
        findings: those of the `fit`.
        is_tested: whether it was evaluated on rows that are neither.
        doubt: the finding that what it was steered by was evaluated as the test.
        folds: while a script is watched, for each `fit` so far the codes of its rows.
        facts: all that is known of it, while a script is watched.
    """

    rows: Callable[[], Any]
    targets: Callable[[], Any]
    inputs: tuple[Input, ...]
    validated: Callable[[], Any]
    by: tuple[Selection, ...]
    findings: list[Finding]
    is_tested: bool = False
    doubt: Finding | None = None
    folds: tuple[np.ndarray, ...] = ()
    facts: Facts | None = None


_trained: WeakKeyDictionary[Any, _Trained] = WeakKeyDictionary()


class Attendance:
    """Looks at one `fit`.

    Args:
        model: the compiled model.

    Attributes:
        findings: what was found so far, the gravest first.
        at_first: what was found before the first step.
        facts: what they are from; None before the data is there.
        passed: gives (x, y, validation data), with what passed of streams in so many steps; None
            where the first batch of a stream is all that is looked at.
    """

    def __init__(self, model: Any):
        self.model = model
        self.findings: list[Finding] = []
        self.at_first: tuple[Finding, ...] = ()
        self.facts: Facts | None = None
        self.passed: Callable[[int], tuple] | None = None
        self._begun: list[tuple[Any, Any]] = []
        self._first: tuple[list[Finding], Probe | None] = ([], None)
        self._data: tuple = ()
        self._taken = 0
        self._rates: list[float] = []
        self._has_plateaus = False  # on which the rate is lowered: it follows the loss
        self.is_thorough = watcher is not None
        if watcher is not None:
            watcher(self)

    def before(self, data: tuple, validation: Any, callbacks: Any, **numbers: Any) -> None:
        """Look at the model and its data, before the first step.

        Args:
            data: (x, y, sample_weight), arrays; of a stream its first batch.
            validation: what `fit` was given as validation data, or split off.
            callbacks: those that were given.
            **numbers: more fields of `Facts`.

        Raises:
            ValueError: there is a finding, and `config.doctor()` is 'error'.
        """
        with _going_on():
            x, y, weight = map(looked_at, data)
            self._batch = _some_rows((x, y, weight))
            self.begin()
            held = validation if _is_pair(validation) else None
            self._data = (x, y, held) if self.is_thorough else ()
            facts = collect(self.model, x, y, held, weight, self.is_thorough)
            steering = {
                "selecting": selecting(callbacks),
                "validation_name": _test_name(validation),
            }
            self._has_plateaus = any(isinstance(c, ReduceLROnPlateau) for c in _listed(callbacks))
            if _may_set_rate(callbacks):
                steering["learning_rate"] = None
            facts = replace(facts, **steering, **numbers)
            folds: tuple[np.ndarray, ...] = ()
            if self.is_thorough:
                then = _trained.get(self.model)
                folds = (*(then.folds[-_MOST_FOLDS:] if then is not None else ()), codes_of(x))
                known = _known_before(folds, held and held[0])
                facts = replace(facts, overlap=replace(facts.overlap, before=known))
            together = fitted_together(x, held and held[0])
            inputs = (replace(given, fitted=given.fitted or together) for given in facts.inputs)
            _trained[self.model] = _Trained(
                _weakly(x),
                _weakly(y),
                tuple(replace(given, rows=_some_rows(given.rows)) for given in inputs),
                _weakly(held and held[0]),
                facts.selecting,
                self.findings,
                folds=folds,
            )
            if self.is_thorough:
                facts = replace(facts, first=self._first[1] or self._probe_quietly())
            self.facts = facts
            self.findings += gravest_first([*self._first[0], *spoken(facts, BEFORE)])
            self.at_first = tuple(self.findings)
        self._say(self.findings)

    def begin(self) -> None:
        """Remember the weights of now as those of the beginning, if none are remembered."""
        self._begun = self._begun or self._weights()

    def before_loop(self, x: Any, y: Any) -> None:
        """Look at the first weights of a model that a script trains step by step.

        What else there is to see shows when the loop is over: `before` is called then.
        """
        self.begin()
        self._batch = _some_rows((x, y, None))
        facts = collect(self.model, x, y, None, None, is_thorough=True)
        self._first = spoken(facts, [RULES["bad_init"]]), self._probe_quietly()

    def after_epoch(self, steps: int, logs: dict[str, Any]) -> None:
        """Look at an epoch of so many steps, once enough have been taken to tell."""
        self._taken += steps
        if self.is_thorough and (rate := self._rate()) is not None:
            self._rates.append(rate)
        if self.facts is None or self.facts.updates or self._taken < _UPDATES_THAT_TELL:
            return
        history = {name: [value] for name, value in logs.items()}
        self._look_again()
        self.facts = replace(self.facts, history=history, updates=self._taken)
        if self.facts.is_stuck:
            self._look_back()

    def after(self, history: dict[str, list[Any]], steps: int = 0) -> None:
        """Look at a training that is over, of so many steps more than its epochs had."""
        self._taken += steps
        self._look_again()
        if self.facts is None or self.facts.broken or not self._taken:
            return
        self.facts = replace(self.facts, history=history, updates=self._taken, is_over=True)
        with _going_on():
            highest, decayed = self._decayed()
            self.facts = replace(self.facts, highest_rate=highest, decayed=decayed)
        if self.is_thorough:
            with _going_on():
                self.facts = replace(self.facts, baseline=baseline(self.facts, *self._data))
        self._look_back()
        if self.is_thorough and self.model in _trained:
            _trained[self.model].facts = self.facts

    def broke(
        self, run: Callable, args: tuple, part: Part, first: int, steps: int, epoch: int
    ) -> None:
        """Find the step at which a loss ceased to be a number, and the layer.

        The steps are taken again, fewer and fewer of them; a compiled run gives the same each time.

        Args:
            run: the compiled program.
            args: its arguments: the state before the steps, the data, the order, numbers, the key.
            part: the part of the epoch that it is of.
            first, steps: which steps of the part.
            epoch: which epoch, from 0.
        """
        if self.facts is None or self.facts.broken is not None:
            return
        state, data, order, numbers, *key = args

        def after(count: int) -> tuple:
            taken = np.array([numbers[0], count, *numbers[2:]], np.int32)
            return run(state, data, order, taken, *key)

        whole, broken = 0, steps
        while broken - whole > 1:
            middle = (whole + broken) // 2
            if np.isfinite(after(middle)[1]["loss"]):
                whole = middle
            else:
                broken = middle
        if whole:
            state = after(whole)[0]
        rows = np.asarray(order)[(int(numbers[0]) + whole) * part.batch_size :]
        batch = jax.tree.map(lambda a: np.asarray(a)[rows[: part.batch_size]], data)
        inside = self._probe(batch, state)
        names = [layer.name for layer in inside.layers if not layer.is_finite] if inside else []
        step = part.first_step + first + whole
        self.facts = replace(
            self.facts,
            broken=Breakdown(epoch + 1, step + 1, next(iter(names), None)),
            updates=self._taken + step + 1,
        )
        self._look_back(inside)

    def _look_again(self) -> None:
        """Look at the data anew where it is a stream, of which there was one batch at first."""
        if self.facts is None or self.passed is None or not self._taken:
            return
        with _going_on():
            x, y, held = self.passed(self._taken)
            if x is None:
                return
            self._data = (x, y, held if _is_pair(held) else None)
            seen = collect(self.model, *self._data, is_thorough=self.is_thorough)
            names = ("inputs", "outputs", "validation", "overlap")
            self.facts = replace(self.facts, **{name: getattr(seen, name) for name in names})
            trained = _trained[self.model]
            trained.rows, trained.targets = _weakly(x), _weakly(y)
            trained.inputs = tuple(replace(x, rows=_some_rows(x.rows)) for x in seen.inputs)
            trained.validated = _weakly(held and held[0])
            # The weights are no first ones any more: what was said of them stays.
            of_data = [rule for rule in BEFORE if rule is not RULES["bad_init"]]
            again = [f for f in self.at_first if f.rule == "bad_init"] + spoken(self.facts, of_data)
            told = [*self.at_first, *again]
            later = [f for f in self.findings if not any(f.is_as(other) for other in told)]
            self.at_first = tuple(gravest_first(again))
            self.findings[:] = root_first([*self.at_first, *later]) if later else self.at_first

    def _look_back(self, inside: Probe | None = None) -> None:
        """Run the rules for a training, and say what they find and was not found before."""
        new: list[Finding] = []
        with _going_on():
            facts = replace(self.facts, moved=self._moved(), penalty=self._penalty())
            if inside is None and (self.is_thorough or facts.is_stuck):
                inside = self._probe()
            self.facts = replace(facts, last=inside)
            known = {finding.rule for finding in self.findings}
            new = [finding for finding in spoken(self.facts, AFTER) if finding.rule not in known]
            if (self.facts.reached or 0) > _POOR:
                slow = [f for f in self.findings if (f.rule, f.severity) == ("wrong_loss", "note")]
                self.findings[:] = [f for f in self.findings if f not in slow]
                new += [replace(finding, severity="warning") for finding in slow]
            self.findings[:] = root_first([*self.findings, *new])
        self._say([finding for finding in self.findings if finding in new])

    def _say(self, findings: list[Finding]) -> None:
        if self.is_thorough:
            return
        # Of from_logits=True on probabilities the loss warns itself.
        heard = [f for f in findings if f.severity != "note" and f.rule != "double_softmax"]
        if heard and config.doctor() == "error":
            advice = tr("gyeol.config.set_doctor('warn') trains all the same.")
            raise ValueError("\n".join([*map(str, heard), advice]))
        say(self.model, heard)

    def _probe_quietly(self) -> Probe | None:
        """As `_probe`; a layer of the user's may draw numbers when it is traced."""
        states = random.states()
        inside = self._probe()
        random.set_states(states)
        return inside

    def _probe(self, batch: tuple | None = None, state: Any = None) -> Probe | None:
        try:
            return probe(self.model, self._batch if batch is None else batch, state)
        except Exception:
            # A layer of the user's may do what cannot be looked into; its training goes on.
            return None

    def _weights(self) -> list[tuple[Any, Any]]:
        """The variables to multiply by, and their values, which are never written over."""
        kernels = [v for v in self.model._trained if len(v.shape) > 1]
        if sum(4 * math.prod(v.shape) for v in kernels) > _MOST_BYTES:
            return []
        return [(v, v.value) for v in kernels]

    def _decayed(self) -> tuple[float | None, float]:
        """As `Facts.highest_rate` and `Facts.decayed`."""
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        schedule = getattr(optimizer, "_learning_rate", None)
        if isinstance(schedule, LearningRateSchedule):
            before, half = self.facts.updates_before, self._taken // 2
            rates = [float(schedule(before + half * n // 8)) for n in range(9)]
        else:  # callbacks that set it tell it, those of gyeol
            told = self._rates or list(self.facts.history.get("learning_rate", ()))
            rates = told[: len(told) // (4 if self._has_plateaus else 2) + 1]
        if not rates or max(rates) <= 0:
            return None, 1.0
        return float(max(rates)), float(rates[-1] / max(rates))

    def _rate(self) -> float | None:
        """The learning rate of now, that callbacks of the user's may have set."""
        rate = getattr(self.model.optimizer, "learning_rate", None)
        return None if rate is None or np.ndim(rate) else float(rate)

    def _penalty(self) -> float | None:
        """What the regularizers of weights add to the loss now; None where it matters little."""
        without = replace(self.facts, penalty=0.0)
        if not self.is_thorough and (without.reached or 0) <= _POOR:
            return None  # each sum over a kernel is compiled
        return sum((float(w.regularizer(w.value)) for w in self.facts.regularized), 0.0)

    def _moved(self) -> float | None:
        """How far the weights have come, as a share of their size; of the median layer."""
        shares = []
        for variable, before in self._begun:
            one, other = np.asarray(before, np.float32), np.asarray(variable.value, np.float32)
            if size := _squared(one):
                shares.append(float(np.sqrt(_squared(other - one) / size)))
        return float(np.median(shares)) if shares else None


@contextlib.contextmanager
def _going_on() -> Iterator[None]:
    """Let the training go on where the doctor fails: say so, and no more."""
    try:
        yield
    except Exception as error:
        warn(tr("The doctor could not look at this training: {error!r}", error=error))


def attend(model: Any) -> Attendance | None:
    """Who looks at the `fit` of a model; None if nobody is to."""
    if watcher is None and config.doctor() == "off":
        return None
    return Attendance(model)


def used(model: Any, x: Any, by: str, logs: Mapping[str, float] | None = None) -> None:
    """Look at rows that a trained model is given by 'evaluate' or 'predict'.

    Were they those that the training was steered by, and are they on the scale of those it had?

    Args:
        model: the model.
        x: the rows.
        by: 'evaluate' or 'predict'.
        logs: the loss and the metrics of `evaluate`, by name.
    """
    then = _trained.get(model)
    if then is None or (watcher is None and config.doctor() == "off"):
        return
    leaves = jax.tree.leaves(x)
    if not all(hasattr(leaf, "shape") and leaf.shape[:1] >= (_FEWEST_ROWS,) for leaf in leaves):
        return
    is_steering = by == "evaluate" and _are_same(then.validated(), leaves)
    if by == "evaluate" and not is_steering and not then.is_tested and _are_others(then, leaves):
        then.is_tested = True
        if then.facts is not None and logs is not None:
            facts = then.facts = replace(then.facts, scores=logs)
            rules = [RULES[name] for name in ("overfitting", "preprocess_mismatch")]
            known = [finding.rule for finding in then.findings]
            then.findings.extend(f for f in spoken(facts, rules) if f.rule not in known)
        # Rows of its own may be the test, and the others were looked at beside them.
        then.findings[:] = [
            replace(f, severity="note") if f is then.doubt else f for f in then.findings
        ]
    shared = Overlap(0, 0, 0.0)
    # All rows of the training may well be predicted; a score on them says something else.
    is_looked_for = watcher is not None and len(leaves) == 1 and (rows := then.rows()) is not None
    if is_looked_for and (by == "evaluate" or len(leaves[0]) < len(rows)):
        shared = _shared(then, rows, leaves[0], tr("x of {method}", method=by))
    is_own_scale = _are_scaled_apart(then.inputs, leaves)
    is_shared = shared.count > 0 or shared.changed > 0 or shared.before > 0
    says_nothing = not is_steering and not is_shared and len(leaves) == 1
    is_at_hand = watcher is None and says_nothing and not is_own_scale
    if is_at_hand and _is_as_large(leaves[0], then.inputs):
        return
    with _going_on():
        facts = Facts(
            (),
            (),
            inputs=then.inputs,
            validation=tuple(
                given if is_own_scale else replace(given, fitted=None)
                for given in inputs_of(
                    model, x if is_own_scale else _some_rows(x), tr("x of {method}", method=by)
                )
            ),
            overlap=shared,
            selecting=then.by,
            is_tested_on_validation=is_steering,
            is_scored=by == "evaluate",
        )
        rules = [RULES[n] for n in ("data_leak", "test_as_validation", "preprocess_mismatch")]
        known = {finding.rule for finding in then.findings}
        new = [finding for finding in spoken(facts, rules) if finding.rule not in known]
        if then.is_tested:
            new = [
                replace(f, severity="note") if f.rule == "test_as_validation" else f for f in new
            ]
        then.findings.extend(new)
        if is_steering:
            then.doubt = next((f for f in new if f.rule == "test_as_validation"), None)
        if watcher is None:
            # Of rows that steered a training others may still be evaluated.
            heard = [f for f in new if f.severity != "note" and f is not then.doubt]
            say(model, heard)


def used_few(model: Any, x: Any) -> None:
    """Look at rows for `predict` that are too few to be compared, but for where they lie."""
    then = _trained.get(model)
    if then is not None and "preprocess_mismatch" not in {f.rule for f in then.findings}:
        others = inputs_of(model, x, tr("x of {method}", method="predict"))
        facts = Facts((), (), inputs=then.inputs, validation=others)
        then.findings.extend(spoken(facts, [RULES["preprocess_mismatch"]]))


def facts_of(model: Any) -> Facts | None:
    """All that is known of a model's last `fit`, and of what it was evaluated on since."""
    return _trained[model].facts if model in _trained else None


def say(model: Any, findings: list[Finding]) -> None:
    """Say the gravest findings on standard error, each once in a process."""
    form = tuple(type(layer).__name__ for layer in model._flatten_layers())
    for finding in findings[:MOST_SAID]:
        # Automatic names of layers have numbers that go up from model to model.
        key = finding.rule, re.sub(r"\d+", "", finding.where), form
        if key in _said:
            continue
        _said.add(key)
        text = tr("gyeol: {finding}", finding=finding)
        is_coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        print(f"\x1b[33m{text}\x1b[0m" if is_coloured else text, file=sys.stderr, flush=True)


def _test_name(held: Any) -> str:
    """A name with 'test' in it that whoever calls `fit` has for validation rows; '' without."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "gyeol":
        frame = frame.f_back
    if frame is None or not _is_pair(held):
        return ""
    names = {**frame.f_globals, **frame.f_locals}.items()
    return next((name for name, it in names if it is held[0] and "test" in name.lower()), "")


def _may_set_rate(callbacks: Any) -> bool:
    """Whether a schedule is among the callbacks, or code of the user's."""
    return any(
        isinstance(callback, (LambdaCallback, LearningRateScheduler))
        or (callback is not None and not is_exported(type(callback)))
        for callback in _listed(callbacks)
    )


def _listed(callbacks: Any) -> Sequence[Any]:
    return callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]


def selecting(callbacks: Any) -> tuple[Selection, ...]:
    """The callbacks that choose by what they monitor of the validation data."""
    chosen = []
    for callback in _listed(callbacks):
        name, monitor = type(callback).__name__, str(getattr(callback, "monitor", ""))
        if not monitor.startswith("val_"):
            continue
        mode = str(getattr(callback, "mode", "auto"))
        if name == "EarlyStopping":
            chosen.append(Selection(name, monitor, bool(callback.restore_best_weights), mode))
        elif name == "ReduceLROnPlateau" or getattr(callback, "save_best_only", False):
            chosen.append(Selection(name, monitor, name != "ReduceLROnPlateau", mode))
    return tuple(chosen)


def _squared(array: np.ndarray) -> float:
    """The sum of squares; of weights that went astray it does not fit into 32 bits."""
    with np.errstate(over="ignore"):
        found = float(np.square(array).sum())
    return found if np.isfinite(found) else float(np.square(array, dtype=np.float64).sum())


def _weakly(rows: Any) -> Callable[[], Any]:
    """The one array that rows are, which is not kept alive for this; None if there is no such."""
    leaves = jax.tree.leaves(rows)
    if len(leaves) == 1 and isinstance(leaves[0], (np.ndarray, jax.Array)):
        return ref(leaves[0])
    return lambda: None


def _are_same(rows: Any, leaves: list[Any]) -> bool:
    if rows is None or len(leaves) != 1 or leaves[0].shape != rows.shape:
        return False
    return leaves[0] is rows or np.array_equal(np.asarray(leaves[0]), np.asarray(rows))


def _are_others(then: _Trained, leaves: list[Any]) -> bool:
    """Whether these are no rows of the training, where that matters."""
    rows = then.rows()
    is_asked = then.facts is not None or then.validated() is not None
    if not is_asked or rows is None or len(leaves) != 1:
        return False
    with contextlib.suppress(TypeError, ValueError):
        found = overlap(rows, leaves[0][:_FEWEST_ROWS])
        return found.looked_for > 2 * found.count
    return False


def _shared(then: _Trained, rows: Any, array: Any, where: str) -> Overlap:
    """How many rows of an array the training had; none of one that is but what `fit` was given."""
    with contextlib.suppress(TypeError, ValueError):
        found = replace(overlap(rows, array, then.targets()), where=where)
        given, held = found.count, then.validated()
        if held is not None and len(array) == len(rows) + len(held):
            given += overlap(held, array).count
        if given < 0.98 * found.looked_for:
            changed = max(share_of_copies(rows, array), share_of_moved(rows, array))
            known = _known_before(then.folds, array)
            return replace(found, changed=changed, before=known)
    return Overlap(0, 0, 0.0)


def _known_before(folds: tuple[np.ndarray, ...], held: Any) -> float:
    """The share of held-out rows that another fold had in training, and the last one has not."""
    if held is None or len(folds) < 2:
        return 0.0
    codes, last = codes_of(held), folds[-1]
    # Tasks that are learned in turn have no rows in common, and folds most of them.
    before = [f for f in folds[:-1] if len(f) and 0.3 < np.isin(last, f).mean() < 0.999]
    if not len(codes) or not before:
        return 0.0
    is_old = np.isin(codes, np.concatenate(before)) & ~np.isin(codes, last)
    return float(is_old.mean())


def _are_scaled_apart(inputs: tuple[Input, ...], leaves: list[Any]) -> bool:
    """Whether each of two tables was scaled by its own rows."""
    if len(inputs) != 1 or len(leaves) != 1 or inputs[0].fitted is None:
        return False
    rows = np.asarray(leaves[0])
    flat = rows.reshape(len(rows), -1)
    if flat.shape[1:] != inputs[0].rows.shape[1:] or fitted(rows) is None:
        return False
    shared = overlap(flat, inputs[0].rows)
    return 2 * shared.count < shared.looked_for  # else the training's rows are among them


def _is_as_large(array: Any, inputs: tuple[Input, ...]) -> bool:
    """Whether a few of the rows are of the size of the training's, at a glance."""
    if len(inputs) != 1 or not hasattr(array, "dtype") or array.dtype.kind not in "fiu":
        return False
    some = np.asarray(_some_rows(array, 32), np.float32)
    size, its_size = np.square(inputs[0].rows[:32]).mean(), np.square(some).mean()
    return bool(size < 2 * its_size and its_size < 2 * size)


def _is_pair(validation: Any) -> bool:
    is_pair = isinstance(validation, (tuple, list)) and len(validation) > 1
    return is_pair and is_arrays(validation[0])


def _some_rows(data: Any, most: int = _ROWS_OF_A_PROBE) -> Any:
    """Rows from all over the data."""
    rows = len(jax.tree.leaves(data)[0])
    step = max(1, rows // most)
    return jax.tree.map(lambda a: np.asarray(a[::step][: min(rows, most)]), data)
