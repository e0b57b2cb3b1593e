"""Examines each model of a running script where it is trained."""

import functools
import inspect
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
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
from gyeol.training.program import has_loss_of_its_own

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

    @property
    def is_free(self) -> bool:
        """Whether no layer was frozen, and no method of a subclass makes the loss."""
        return False not in self._flags and not has_loss_of_its_own(self.model)

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


class _Watch:
    """Stands in for the methods by which a script trains and uses models.

    Args:
        script: the path of the script.

    Attributes:
        seen: what was seen so far.
        streams: those that pass now, by `id` of the iterable.
    """

    _METHODS = ("fit", "train_on_batch", "evaluate", "predict")

    def __init__(self, script: str):
        self.seen = Watched()
        self.streams: dict[int, Stream] = {}
        self._script = os.path.abspath(script)
        self._own = {name: getattr(Model, name) for name in self._METHODS}
        self._signature = inspect.signature(Model.fit)
        self._last: WeakKeyDictionary[Any, WatchedFit] = WeakKeyDictionary()
        self._attended_by: WeakKeyDictionary[Any, attendance.Attendance] = WeakKeyDictionary()
        self._loops: WeakKeyDictionary[Any, Loop] = WeakKeyDictionary()
        # Rows that were predicted one by one, and what a model was given while a loop trained it.
        self._singles: WeakKeyDictionary[Any, list[np.ndarray]] = WeakKeyDictionary()
        self._uses: WeakKeyDictionary[Any, deque[tuple]] = WeakKeyDictionary()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within the block the methods are those of the watch."""
        watched = {"fit": self._fit, "train_on_batch": self._step}
        for name, method in self._own.items():
            setattr(Model, name, _method(method, watched.get(name, partial(self._use, name))))
        attendance.watcher = self._attended
        try:
            with kept(self.streams), checks.as_keras_takes_them():
                yield
        finally:
            for name, method in self._own.items():
                setattr(Model, name, method)
            attendance.watcher = None

    def _attended(self, one: attendance.Attendance) -> None:
        if (this := self._last.get(one.model)) is None:
            return
        this.findings = one.findings
        self._attended_by[one.model] = one
        if this.streams:
            one.passed = this.take

    def _fit(self, model: Any, *args: Any, **kwargs: Any) -> Any:
        place = _line_in(self._script)
        this, fit = None, self._own["fit"]
        with suppress(Exception):  # what is wrong `fit` says better
            given = self._signature.bind(model, *args, **kwargs).arguments
            this = _begun(place, model, dict(given))
        if this is None:
            return fit(model, *args, **kwargs)
        here = {id(stream.batches): stream for stream in this.streams.values()}
        self.streams.update(here)
        if (before := self._last.get(model)) is not None:
            before.goes_on()
        self.seen.fits[place] = self._last[model] = this
        try:
            history = fit(model, *args, **kwargs)
            one = self._attended_by[model]
            this.history, this.facts, this.at_first = history.history, one.facts, one.at_first
            return history
        except ValueError:
            self._explain(this, *this.take(0))
            raise
        finally:
            this.streams = {}
            for key in here:
                self.streams.pop(key, None)
            self.seen.add(place, this.findings)

    def _step(self, model: Any, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        if model not in self._loops:
            self._loops[model] = Loop()
            with suppress(Exception):
                place, weights = _line_in(self._script), model.get_weights()
                self._last[model] = WatchedFit(place, model, weights, None, None, None, {}, True)
                self._attended_by[model] = attendance.Attendance(model)
                make_ready(model, x, y)
                self._attended_by[model].before_loop(x, y)
        try:
            found = self._own["train_on_batch"](model, x, y, *args, **kwargs)
        except ValueError:
            if (this := self._last.get(model)) is not None:
                self._explain(this, x, y, None)
            raise
        with suppress(Exception):
            loss = found["loss"] if isinstance(found, dict) else jax.tree.leaves(found)[0]
            self._loops[model].take(x, y, float(loss))
        return found

    def _explain(self, this: WatchedFit, x: Any, y: Any, held: Any) -> None:
        """Find why a training refuses its data, as far as a rule knows."""
        with suppress(Exception):
            if this.model.compiled and x is not None and y is not None:
                this.findings += examine(this.model, x, y, held)
        self.seen.add(this.place, this.findings)

    def _use(self, by: str, model: Any, *args: Any, **kwargs: Any) -> Any:
        rows = args[0] if args else kwargs.get("x")
        stream = Stream(rows) if _is_stream(rows) else None
        if stream is not None:
            self.streams[id(rows)] = stream
        try:
            found = self._own[by](model, *args, **kwargs)
        finally:
            self.streams.pop(id(rows), None)
        with suppress(Exception):  # it is the script that has to go on
            self._keep(model, rows, stream, by, found)
        return found

    def _keep(self, model: Any, rows: Any, stream: Stream | None, by: str, found: Any) -> None:
        """Keep what is seen in rows that a model was given by 'evaluate' or 'predict'."""
        if (this := self._last.get(model)) is None:
            return
        count = (*getattr(rows, "shape", ()), 0)[0]
        if by == "predict" and 0 < count < _FEW:
            _compare(model, rows, by)
        if count == 1 and len(self._singles.setdefault(model, [])) < _MOST_ROWS:
            self._singles[model].append(np.asarray(rows))
        if stream is not None and (passed := stream.inputs()) is not None:
            attendance.used(model, passed, by)
        if model in self._loops and count != 1 and stream is None:
            uses = self._uses.setdefault(model, deque(maxlen=_MOST_USES))
            uses.append((rows, by, _logs(model, found) if by == "evaluate" else None))
        if this.facts is not None:
            this.facts = attendance.facts_of(model) or this.facts
        self.seen.add(this.place, this.findings)

    def look_back(self) -> None:
        """Look at what shows when the script is over: loops, and rows predicted one by one."""
        trained = [(model, loop) for model, loop in self._loops.items() if loop.is_training]
        # Where two models are trained in turn, neither is to win.
        for model, loop in trained if len(self._loops) == 1 else ():
            this, one = self._last[model], self._attended_by[model]
            if this.history or not this.is_stream:
                continue  # there was a `fit`, too
            this.x, this.y = loop.rows
            loop.look_back(one, partial(self._loss_of, model))
            for rows, by, logs in self._uses.get(model, ()):
                with suppress(Exception):
                    _compare(model, rows, by, logs)
            this.facts, this.at_first = one.facts, one.at_first
            self.seen.fits[this.place] = this
            self.seen.add(this.place, this.findings)
        for model, rows in self._singles.items():
            if len({row.shape for row in rows}) == 1:
                _compare(model, np.concatenate(rows), "predict")

    def _loss_of(self, model: Any, x: Any, y: Any) -> float:
        return jax.tree.leaves(self._own["evaluate"](model, x, y, verbose=0))[0]


def _method(method: Callable, watched: Callable) -> Callable:
    """A method of `Model` that is called instead, and looks like it."""

    @functools.wraps(method)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        return watched(self, *args, **kwargs)

    return called


@contextmanager
def watching(script: str) -> Iterator[Watched]:
    """Within the block, what is found in each `fit`, and in what follows it, is kept.

    Args:
        script: the path of the script; findings say at which of its lines `fit` was called.

    Yields:
        What was seen so far.
    """
    watch = _Watch(script)
    with watch.in_place():
        yield watch.seen
        with suppress(Exception):
            watch.look_back()


def _compare(model: Any, rows: Any, by: str, logs: Any = None) -> None:
    if by == "predict" and len(rows) < _FEW:
        attendance.used_few(model, rows)
    else:
        attendance.used(model, rows, by, logs)


def _logs(model: Any, found: Any) -> Any:
    """What `evaluate` gave, by name."""
    if isinstance(found, dict):
        return found
    return dict(zip(model.metrics_names, jax.tree.leaves(found)))


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
