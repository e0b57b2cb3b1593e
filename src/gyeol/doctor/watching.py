"""Examines each model of a running script where it is trained."""

import functools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import jax
import numpy as np

from gyeol import random
from gyeol.doctor.examination import examine
from gyeol.doctor.facts import Facts
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules import spoken
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
        findings: what was found in it, without the place.
        history: a list for each name, one value an epoch; empty until it is over.
    """

    place: str
    model: Any
    weights: list[np.ndarray]
    x: Any
    y: Any
    validation: Any
    options: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)


class Watched:
    """What was seen of a script.

    Attributes:
        findings: each mistake of a line once, saying the line.
        fits: for each line that called `fit`, the last time that it did.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.fits: dict[str, WatchedFit] = {}

    def add(self, place: str, findings: list[Finding]) -> None:
        """Take findings of a line."""
        for finding in findings:
            told = replace(finding, where=f"{place}, {finding.where}" if place else finding.where)
            if told not in self.findings:
                self.findings.append(told)


@contextmanager
def watching(script: str) -> Iterator[Watched]:
    """Within the block, `fit` examines its model and its data before it trains.

    Args:
        script: the path of the script; findings say at which of its lines `fit` was called.

    Yields:
        What was seen so far.
    """
    watched = Watched()
    fit, evaluate = Model.fit, Model.evaluate
    held: WeakKeyDictionary[Any, tuple[str, Any, tuple[str, ...]]] = WeakKeyDictionary()

    @functools.wraps(fit)
    def examined(self: Any, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        place = _line_in(os.path.abspath(script))
        selecting = _selecting(kwargs.get("callbacks"))
        seen = _seen(self, x, y, kwargs)
        watched.fits[place] = this = WatchedFit(place, self, self.get_weights(), *seen, kwargs)
        if self.compiled and this.x is not None and this.y is not None:
            this.findings += examine(self, this.x, this.y, this.validation)
            watched.add(place, this.findings)
        if isinstance(data := kwargs.get("validation_data"), (tuple, list)) and data:
            held[self] = place, data[0], selecting
        before = int(self.optimizer.iterations) if self.compiled else 0
        history = fit(self, x, y, *args, **kwargs)
        this.history = history.history
        trained = Facts(
            (),
            (),
            selecting=selecting,
            history=history.history,
            updates=int(self.optimizer.iterations) - before,
        )
        found = spoken(trained)
        this.findings += found
        watched.add(place, found)
        return history

    @functools.wraps(evaluate)
    def tested(self: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        place, rows, selecting = held.get(self, ("", None, ()))
        if rows is not None and _are_same(rows, x):
            facts = Facts((), (), selecting=selecting, is_tested_on_validation=True)
            watched.add(place, spoken(facts))
        return evaluate(self, x, *args, **kwargs)

    Model.fit, Model.evaluate = examined, tested
    try:
        yield watched
    finally:
        Model.fit, Model.evaluate = fit, evaluate


def _selecting(callbacks: Any) -> tuple[str, ...]:
    """The names of the callbacks that choose by what they monitor of the validation data."""
    chosen = []
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        name = type(callback).__name__
        keeps_best = getattr(callback, "save_best_only", True)
        monitors = str(getattr(callback, "monitor", "")).startswith("val_")
        if name in ("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau") and monitors:
            chosen += [name] * bool(keeps_best)
    return tuple(chosen)


def _are_same(one: Any, other: Any) -> bool:
    pairs = jax.tree.leaves(one), jax.tree.leaves(other)
    return len(pairs[0]) == len(pairs[1]) and all(
        a is b or (np.shape(a) == np.shape(b) and np.array_equal(a, b)) for a, b in zip(*pairs)
    )


def _seen(model: Any, x: Any, y: Any, options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Training rows and validation rows as arrays, as far as they can be looked at."""
    held = options.get("validation_data")
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
        return (
            None,
            None,
            None,
        )  # `fit` refuses it, or it can be walked over only once
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


def _line_in(script: str) -> str:
    """The innermost line of the script that is being run, such as 'line 12'."""
    frame = sys._getframe(1)
    while frame is not None:
        if os.path.abspath(frame.f_code.co_filename) == script:
            return tr("line {number}", number=frame.f_lineno)
        frame = frame.f_back
    return ""
