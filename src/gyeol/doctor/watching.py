"""Examines each model of a running script where it is trained."""

import functools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
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


@contextmanager
def watching(script: str) -> Iterator[list[Finding]]:
    """Within the block, `fit` examines its model and its data before it trains.

    Args:
        script: the path of the script; findings say at which of its lines `fit` was called.

    Yields:
        The findings so far, each mistake of a line once.
    """
    found: list[Finding] = []
    fit, evaluate = Model.fit, Model.evaluate
    held: WeakKeyDictionary[Any, tuple[str, Any, tuple[str, ...]]] = WeakKeyDictionary()

    def add(place: str, findings: list[Finding]) -> None:
        for finding in findings:
            told = replace(finding, where=f"{place}, {finding.where}" if place else finding.where)
            if told not in found:
                found.append(told)

    @functools.wraps(fit)
    def examined(self: Any, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        place = _line_in(os.path.abspath(script))
        selecting = _selecting(kwargs.get("callbacks"))
        add(place, _findings(self, x, y, kwargs))
        if isinstance(data := kwargs.get("validation_data"), (tuple, list)) and data:
            held[self] = place, data[0], selecting
        before = int(self.optimizer.iterations) if self.compiled else 0
        history = fit(self, x, y, *args, **kwargs)
        trained = Facts(
            (),
            (),
            selecting=selecting,
            history=history.history,
            updates=int(self.optimizer.iterations) - before,
        )
        add(place, spoken(trained))
        return history

    @functools.wraps(evaluate)
    def tested(self: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        place, rows, selecting = held.get(self, ("", None, ()))
        if rows is not None and _are_same(rows, x):
            facts = Facts((), (), selecting=selecting, is_tested_on_validation=True)
            add(place, spoken(facts))
        return evaluate(self, x, *args, **kwargs)

    Model.fit, Model.evaluate = examined, tested
    try:
        yield found
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


def _findings(model: Any, x: Any, y: Any, options: dict[str, Any]) -> list[Finding]:
    if not getattr(model, "compiled", False):
        return []  # `fit` says so
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
        return []  # `fit` refuses such data, or it cannot be looked at without taking from it
    if x is None or y is None:
        return []
    return examine(model, x, y, held)


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
