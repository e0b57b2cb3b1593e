"""Examines each model of a running script where it is trained."""

import functools
import inspect
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import jax
import numpy as np

from gyeol.doctor import attendance
from gyeol.doctor.examination import examine, make_ready
from gyeol.doctor.facts import Facts
from gyeol.doctor.finding import SEVERITIES, Finding
from gyeol.doctor.loops import Loop
from gyeol.doctor.streams import Stream, kept
from gyeol.models.model import Model
from gyeol.text import tr
from gyeol.training import checks
from gyeol.training.feed import is_arrays

# So many rows at most are kept of those that are predicted one by one.
_MOST_ROWS = 1000
# Fewer are too few to be compared with the training's but for where they lie.
_FEW = 20
# And of a model that is trained step by step the last uses, until its training is over.
_MOST_USES = 4
# What of `fit` may be an iterable of batches.
_STREAMED = ("x", "validation_data")


@dataclass
class WatchedFit:
    """One `fit` of a script.

    Attributes:
        place: the script's line that called it, such as 'line 12'; '' if none did.
        model: the model, trained since.
        weights: what its weights were before.
        x, y: the training rows as arrays; of a stream the first that passed, or None before that.
        validation: (x, y) likewise; None without.
        options: the other arguments of `fit`, by name.
        is_stream: whether the rows come as an iterable of batches.
        facts: what the doctor knows of it.
        findings: what was found in it, without the place.
        history: a list for each name, one value an epoch; empty until it is over.
        at_first: what was found before its first step.
        streams: of 'x' and 'validation_data' those that come as iterables of batches.
        optimizer, objective: what the model was compiled with; None if it was not.
        settings: the optimizer's config at the beginning; None if it has none.
    """

    place: str
    model: Any
    weights: list[np.ndarray]
    x: Any
    y: Any
    validation: Any
    options: dict[str, Any]
    is_stream: bool
    facts: Facts | None = None
    findings: list[Finding] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)
    at_first: tuple[Finding, ...] = ()
    streams: dict[str, Stream] = field(default_factory=dict)
    optimizer: Any = field(init=False)
    objective: Any = field(init=False)
    settings: dict[str, Any] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.optimizer, self.objective = self.model.optimizer, self.model._objective
        self._flags = [layer._trainable for layer in self.model._flatten_layers()]
        with suppress(Exception):  # an optimizer of the user's may have no config
            self.settings = self.optimizer.get_config()

    @contextmanager
    def as_compiled(self) -> Iterator[None]:
        """Within the block the model is compiled as it was then; a script may do so again."""
        now = self.model.optimizer, self.model._objective
        self.model.optimizer, self.model._objective = self.optimizer, self.objective
        try:
            yield
        finally:
            self.model.optimizer, self.model._objective = now

    def freeze(self, made: Any) -> None:
        """Let a model of the same layers have those frozen that were frozen then."""
        layers = made._flatten_layers()
        if len(layers) == len(self._flags):
            for layer, flag in zip(layers, self._flags):
                layer._trainable = flag

    def take(self, updates: int) -> tuple[Any, Any, Any]:
        """The rows, with what passed of streams in so many steps of the training."""
        if (stream := self.streams.get("x")) is not None:
            self.x, self.y = stream.rows(updates)
        if (stream := self.streams.get("validation_data")) is not None:
            held = stream.rows(self.options.get("validation_steps"))
            self.validation = None if held[1] is None else held
        return self.x, self.y, self.validation

    def goes_on(self) -> None:
        """Take back what a training is said to want that goes on in another `fit`."""
        if self.facts is not None and self.facts.updates < 100:
            short = ("too_few_updates", "lr_too_low", "unusual_batch_size")
            self.findings[:] = [f for f in self.findings if f.rule not in short]


class Watched:
    """What was seen of a script.

    Attributes:
        findings: each mistake of a line once, saying the line.
        fits: for each line that called `fit`, the last time that it did.
    """

    def __init__(self) -> None:
        self.fits: dict[str, WatchedFit] = {}
        self._found: list[tuple[str, list[Finding]]] = []

    @property
    def findings(self) -> list[Finding]:
        told = (_placed(place, f) for place, findings in self._found for f in findings)
        return list(dict.fromkeys(told))

    def settle(self, fit: WatchedFit, found: list[Finding]) -> None:
        """Put what was found out about a fit by experiment before what seemed so."""
        rules = {finding.rule for finding in found}
        here = [findings for place, findings in self._found if place == fit.place]
        for findings in here:
            findings[:] = [f for f in findings if f.rule not in rules]
        # What was proved leads, and is as grave as what follows from it.
        told = [f.severity for findings in (found, *here) for f in findings]
        gravest = min(told, key=SEVERITIES.index)
        fit.findings[:0] = [replace(found[0], severity=gravest), *found[1:]]
        self._found.sort(key=lambda pair: pair[1] is not fit.findings)

    def note(self, fit: WatchedFit, finding: Finding) -> None:
        """Put a note on a fit behind what is graver, and behind what may be the reason of it."""
        before = [
            place
            for place, known in enumerate(fit.findings, 1)
            if known.severity != "note" or known.rule in ("data_leak", "preprocess_mismatch")
        ]
        fit.findings.insert(max(before, default=0), finding)

    def add(self, place: str, findings: list[Finding]) -> None:
        """Take the findings of a `fit` at a line, as they are now and will be."""
        if not any(findings is known for _, known in self._found):
            self._found.append((place, findings))


def _placed(place: str, finding: Finding) -> Finding:
    return replace(finding, where=f"{place}, {finding.where}") if place else finding


@contextmanager
def watching(script: str) -> Iterator[Watched]:
    """Within the block, what is found in each `fit`, and in what follows it, is kept.

    Args:
        script: the path of the script; findings say at which of its lines `fit` was called.

    Yields:
        What was seen so far.
    """
    watched = Watched()
    fit, evaluate, predict = Model.fit, Model.evaluate, Model.predict
    signature = inspect.signature(fit)
    streams: dict[int, Stream] = {}
    singles: WeakKeyDictionary[Any, list[np.ndarray]] = WeakKeyDictionary()
    used: WeakKeyDictionary[Any, deque[tuple]] = WeakKeyDictionary()
    last: WeakKeyDictionary[Any, WatchedFit] = WeakKeyDictionary()
    attended_by: WeakKeyDictionary[Any, attendance.Attendance] = WeakKeyDictionary()

    def attended(one: attendance.Attendance) -> None:
        if (this := last.get(one.model)) is None:
            return
        this.findings = one.findings
        attended_by[one.model] = one
        if this.streams:
            one.passed = this.take

    def explain(this: WatchedFit, x: Any, y: Any, held: Any) -> None:
        """Why a training refuses its data, as far as a rule knows."""
        with suppress(Exception):
            if this.model.compiled and x is not None and y is not None:
                this.findings += examine(this.model, x, y, held)
        watched.add(this.place, this.findings)

    @functools.wraps(fit)
    def watched_fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        place = _line_in(os.path.abspath(script))
        this = None
        with suppress(Exception):  # what is wrong `fit` says better
            this = _begun(place, self, dict(signature.bind(self, *args, **kwargs).arguments))
        if this is None:
            return fit(self, *args, **kwargs)
        here = {id(stream.batches): stream for stream in this.streams.values()}
        streams.update(here)
        if (before := last.get(self)) is not None:
            before.goes_on()
        watched.fits[place] = last[self] = this
        try:
            history = fit(self, *args, **kwargs)
            this.history = history.history
            this.facts, this.at_first = attended_by[self].facts, attended_by[self].at_first
            return history
        except ValueError:
            explain(this, *this.take(0))
            raise
        finally:
            this.streams = {}
            for key in here:
                streams.pop(key, None)
            watched.add(place, this.findings)

    def compare(model: Any, rows: Any, by: str, logs: Any = None) -> None:
        if by == "predict" and len(rows) < _FEW:
            attendance.used_few(model, rows)
        else:
            attendance.used(model, rows, by, logs)

    def keep(model: Any, rows: Any, stream: Stream | None, by: str, logs: Any) -> None:
        """What is seen in rows that a model was given by 'evaluate' or 'predict'."""
        if (this := last.get(model)) is None:
            return
        count = (*getattr(rows, "shape", ()), 0)[0]
        is_one = count == 1
        if by == "predict" and 0 < count < _FEW:
            compare(model, rows, by)
        if is_one and len(singles.setdefault(model, [])) < _MOST_ROWS:
            singles[model].append(np.asarray(rows))
        if stream is not None and (passed := stream.inputs()) is not None:
            attendance.used(model, passed, by)
        if model in loops and not is_one and stream is None:
            used.setdefault(model, deque(maxlen=_MOST_USES)).append((rows, by, logs))
        if this.facts is not None:
            this.facts = attendance.facts_of(model) or this.facts
        watched.add(this.place, this.findings)

    def watched_use(method: Callable) -> Callable:
        @functools.wraps(method)
        def watched_method(self: Any, *args: Any, **kwargs: Any) -> Any:
            rows = args[0] if args else kwargs.get("x")
            stream = Stream(rows) if _is_stream(rows) else None
            if stream is not None:
                streams[id(rows)] = stream
            try:
                found = method(self, *args, **kwargs)
            finally:
                streams.pop(id(rows), None)
            with suppress(Exception):  # it is the script that has to go on
                keep(self, rows, stream, method.__name__, _named(self, found, method.__name__))
            return found

        return watched_method

    loops: WeakKeyDictionary[Any, Loop] = WeakKeyDictionary()
    step = Model.train_on_batch

    @functools.wraps(step)
    def watched_step(self: Any, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        if self not in loops:
            loops[self] = Loop()
            with suppress(Exception):
                place = _line_in(os.path.abspath(script))
                last[self] = WatchedFit(place, self, self.get_weights(), None, None, None, {}, True)
                attended_by[self] = attendance.Attendance(self)
                make_ready(self, x, y)
                attended_by[self].before_loop(x, y)
        try:
            found = step(self, x, y, *args, **kwargs)
        except ValueError:
            explain(last[self], x, y, None)
            raise
        with suppress(Exception):
            loss = found["loss"] if isinstance(found, dict) else jax.tree.leaves(found)[0]
            loops[self].take(x, y, float(loss))
        return found

    def look_back() -> None:
        trained = [(model, loop) for model, loop in loops.items() if loop.is_training]
        # Where two models are trained in turn, neither is to win.
        for model, loop in trained if len(loops) == 1 else ():
            this, one = last[model], attended_by[model]
            if this.history or not this.is_stream:
                continue  # there was a `fit`, too
            this.x, this.y = loop.rows
            loop.look_back(one, lambda x, y, m=model: _loss_of(evaluate, m, x, y))
            for later in used.get(model, ()):  # what a `fit` would have been there before
                with suppress(Exception):
                    compare(model, *later)
            this.facts, this.at_first = one.facts, one.at_first
            watched.fits[this.place] = this
            watched.add(this.place, this.findings)
        for model, rows in singles.items():
            if len({row.shape for row in rows}) == 1:
                compare(model, np.concatenate(rows), "predict")

    Model.fit, attendance.watcher = watched_fit, attended
    Model.evaluate, Model.predict = map(watched_use, (evaluate, predict))
    Model.train_on_batch = watched_step
    try:
        with kept(streams), checks.as_keras_takes_them():
            yield watched
        with suppress(Exception):
            look_back()
    finally:
        Model.fit, Model.evaluate, Model.predict = fit, evaluate, predict
        Model.train_on_batch = step
        attendance.watcher = None


def _named(model: Any, found: Any, by: str) -> Any:
    """What `evaluate` gave, by name; None of `predict`."""
    if by == "predict" or isinstance(found, dict):
        return None if by == "predict" else found
    return dict(zip(model.metrics_names, jax.tree.leaves(found)))


def _loss_of(evaluate: Callable, model: Any, x: Any, y: Any) -> float:
    return jax.tree.leaves(evaluate(model, x, y, verbose=0))[0]


def _begun(place: str, model: Any, given: dict[str, Any]) -> WatchedFit:
    """A `fit` with these arguments that is about to begin."""
    options = {name: given[name] for name in given if name not in ("self", "x", "y")}
    streams = {name: Stream(given[name]) for name in _STREAMED if _is_stream(given.get(name))}
    this = WatchedFit(place, model, model.get_weights(), *_seen(given), options, "x" in streams)
    this.streams = streams
    return this


def _seen(options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Training rows and validation rows as arrays, as far as they can be looked at."""
    x, y, held = (options.get(name) for name in ("x", "y", "validation_data"))
    try:
        if _is_stream(x):
            x = y = None
        if _is_stream(held):
            held = None
        share = options.get("validation_split")
        if share and held is None and y is not None:
            first = int(len(jax.tree.leaves(x)[0]) * (1 - share))
            held = (_rows(x, first, None), _rows(y, first, None))
            x, y = _rows(x, 0, first), _rows(y, 0, first)
    except Exception:  # `fit` refuses it, in its own words
        return None, None, None
    return x, y, held


def _is_stream(data: Any) -> bool:
    try:
        return data is not None and not isinstance(data, tuple) and not is_arrays(data)
    except ValueError:  # it is neither that nor arrays
        return False


def _rows(structure: Any, first: int, last: int | None) -> Any:
    return jax.tree.map(lambda array: array[first:last], structure)


def _line_in(script: str) -> str:
    """The innermost line of the script that is being run, such as 'line 12'."""
    frame = _frame_in(script)
    return "" if frame is None else tr("line {number}", number=frame.f_lineno)


def _frame_in(script: str) -> FrameType | None:
    frame = sys._getframe(1)
    while frame is not None and os.path.abspath(frame.f_code.co_filename) != script:
        frame = frame.f_back
    return frame
