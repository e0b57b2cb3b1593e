"""Examines each model of a running script where it is trained."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import jax
import numpy as np

from gyeol import random
from gyeol.doctor import attendance
from gyeol.doctor.examination import examine
from gyeol.doctor.facts import Facts
from gyeol.doctor.finding import SEVERITIES, Finding
from gyeol.models.model import Model
from gyeol.text import tr
from gyeol.training.feed import is_arrays, iter_anew, unpack

# So many batches of a stream are looked at.
_BATCHES = 8


@dataclass
class WatchedFit:
    """One `fit` of a script.

    Attributes:
        place: the script's line that called it, such as 'line 12'; '' if none did.
        model: the model, trained since.
        weights: what its weights were before.
        x, y: the training rows as arrays; of a stream some of them, and None if it gives none.
        validation: (x, y) likewise; None without.
        options: the other arguments of `fit`, by name.
        is_stream: whether the rows come as an iterable of batches.
        facts: what the doctor knows of it.
        findings: what was found in it, without the place.
        history: a list for each name, one value an epoch; empty until it is over.
        at_first: what was found before its first step.
        held_name: what the script calls the validation rows, if that says that they are a test.
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
    held_name: str = ""


class Watched:
    """What was seen of a script.

    Attributes:
        findings: each mistake of a line once, saying the line.
        fits: for each line that called `fit`, the last time that it did.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.fits: dict[str, WatchedFit] = {}

    def settle(self, fit: WatchedFit, found: list[Finding]) -> None:
        """Put what was found out about a fit by experiment before what seemed so."""
        rules = {finding.rule for finding in found}
        fit.findings[:] = [*found, *(f for f in fit.findings if f.rule not in rules)]
        here = [f for f in self.findings if _is_of(f, fit.place)]
        self.findings = [f for f in self.findings if f not in here]
        told = [_placed(fit.place, finding) for finding in found]
        others = [f for f in here if f.rule not in rules]
        # What was proved leads, and is as grave as what follows from it.
        gravest = min((f.severity for f in others), key=SEVERITIES.index, default="warning")
        if SEVERITIES.index(gravest) < SEVERITIES.index(told[0].severity):
            told[0] = replace(told[0], severity=gravest)
        self.findings += [*told, *others]

    def add(self, place: str, findings: list[Finding]) -> None:
        """Take findings of a line."""
        for finding in findings:
            told = _placed(place, finding)
            if told not in self.findings:
                self.findings.append(told)


def _placed(place: str, finding: Finding) -> Finding:
    return replace(finding, where=f"{place}, {finding.where}") if place else finding


def _is_of(finding: Finding, place: str) -> bool:
    return not place or finding.where.startswith(f"{place}, ")


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
    last: WeakKeyDictionary[Any, WatchedFit] = WeakKeyDictionary()
    attended_by: WeakKeyDictionary[Any, attendance.Attendance] = WeakKeyDictionary()

    def attended(one: attendance.Attendance) -> None:
        this = last[one.model]
        this.findings = one.findings
        attended_by[one.model] = one
        one.held_name = this.held_name
        if this.is_stream:
            one.sample = (this.x, this.y, this.validation)

    @functools.wraps(fit)
    def watched_fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = dict(signature.bind(self, *args, **kwargs).arguments)
        options = {name: given[name] for name in given if name not in ("self", "x", "y")}
        is_stream = given.get("x") is not None and not is_arrays(given["x"])
        place = _line_in(os.path.abspath(script))
        this = WatchedFit(place, self, self.get_weights(), *_seen(given), options, is_stream)
        this.held_name = _test_name(os.path.abspath(script), given.get("validation_data"))
        watched.fits[place] = last[self] = this
        try:
            history = fit(self, *args, **kwargs)
            this.history = history.history
            this.facts, this.at_first = attended_by[self].facts, attended_by[self].at_first
            return history
        except ValueError:
            if self.compiled and this.x is not None and this.y is not None:
                # What `fit` refuses a rule may explain.
                this.findings += examine(self, this.x, this.y, this.validation)
            raise
        finally:
            watched.add(place, this.findings)

    def watched_use(method: Callable) -> Callable:
        @functools.wraps(method)
        def used(self: Any, *args: Any, **kwargs: Any) -> Any:
            found = method(self, *args, **kwargs)
            if (this := last.get(self)) is not None:
                watched.add(this.place, this.findings)
            return found

        return used

    Model.fit, attendance.watcher = watched_fit, attended
    Model.evaluate, Model.predict = map(watched_use, (evaluate, predict))
    try:
        yield watched
    finally:
        Model.fit, Model.evaluate, Model.predict = fit, evaluate, predict
        attendance.watcher = None


def _seen(options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Training rows and validation rows as arrays, as far as they can be looked at."""
    x, y, held = (options.get(name) for name in ("x", "y", "validation_data"))
    try:
        if not is_arrays(x):
            x, y = _first_rows(x)
        if held is not None and not isinstance(held, (tuple, list)):
            held = _first_rows(held)
        share = options.get("validation_split")
        if share and held is None and y is not None:
            kept = int(len(jax.tree.leaves(x)[0]) * (1 - share))
            held = (_rows(x, kept, None), _rows(y, kept, None))
            x, y = _rows(x, 0, kept), _rows(y, 0, kept)
    except (TypeError, ValueError, IndexError, AttributeError):
        # `fit` refuses it, or it can be walked over only once.
        return None, None, None
    return x, y, held


def _rows(structure: Any, first: int, last: int | None) -> Any:
    return jax.tree.map(lambda array: array[first:last], structure)


def _first_rows(batches: Any) -> tuple[Any, Any]:
    """Inputs and targets of the first batches of a data set that can be walked over again."""
    if not iter_anew(batches):
        return None, None
    before = random.states()
    try:
        if hasattr(batches, "__getitem__") and hasattr(batches, "__len__"):
            taken = [unpack(batches[n]) for n in range(min(len(batches), _BATCHES))]
        else:
            taken = [unpack(batch) for batch in islice(iter(batches), _BATCHES)]
    finally:
        random.set_states(before)
    if not taken or any(y is None for _, y, _ in taken):
        return None, None
    pairs = [jax.tree.map(np.asarray, (x, y)) for x, y, _ in taken]
    return jax.tree.map(lambda *parts: np.concatenate(parts), *pairs)


def _test_name(script: str, held: Any) -> str:
    """A name with 'test' in it that the script has for validation rows; '' if it has none."""
    frame = _frame_in(script)
    if frame is None or not isinstance(held, (tuple, list)) or not len(held):
        return ""
    names = {**frame.f_globals, **frame.f_locals}.items()
    return next((name for name, it in names if it is held[0] and "test" in name.lower()), "")


def _line_in(script: str) -> str:
    """The innermost line of the script that is being run, such as 'line 12'."""
    frame = _frame_in(script)
    return "" if frame is None else tr("line {number}", number=frame.f_lineno)


def _frame_in(script: str) -> FrameType | None:
    frame = sys._getframe(1)
    while frame is not None and os.path.abspath(frame.f_code.co_filename) != script:
        frame = frame.f_back
    return frame
