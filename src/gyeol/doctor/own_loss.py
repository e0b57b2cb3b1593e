"""What a loss of the user's measures, told by what it gives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gyeol import random


def chance_of(loss: Callable[[Any, Any], Any], targets: np.ndarray, units: int) -> float | None:
    """The least loss of one answer for all rows, where a loss is a distance to real numbers.

    It is one if outputs that are the targets cost nothing, others on both sides cost something, and
    ten times as large ones more: squared errors, their root, absolute errors, and mixtures.

    Args:
        loss: of (targets, outputs).
        targets: (rows, ...).
        units: of the output.

    Returns:
        None of any other loss, and of one that sums over the rows.
    """
    values = np.asarray(targets, np.float32).reshape(len(targets), -1)
    if len(values) < 4 or values.shape[1] != units or not np.isfinite(values).all():
        return None
    states = random.states()

    def cost(wanted: np.ndarray, given: np.ndarray) -> float:
        return float(np.asarray(loss(wanted, given)).mean())

    try:
        least, above, below = (cost(values, values + step) for step in (0, 1, -1))
        larger, half = cost(10 * values, 10 * values + 10), values[: len(values) // 2]
        if not abs(least) < 1e-3 * min(above, below) or not larger > 5 * above:
            return None
        if abs(cost(half, half + 1) - above) > 0.2 * above:
            return None
        answers = (values.mean(axis=0), np.median(values, axis=0))
        return min(cost(values, np.broadcast_to(answer, values.shape)) for answer in answers)
    except Exception:
        return None  # it takes what these are not
    finally:
        random.set_states(states)


def fault_of(loss: Callable[[Any, Any], Any], targets: np.ndarray, units: int) -> str | None:
    """What is wrong with a loss of real numbers, whatever it measures.

    Args:
        loss, targets, units: as for `chance_of`.

    Returns:
        'mixed' if outputs that are the targets cost nothing row by row, and something together:
        shapes that were broadcast compare each row with all others. 'endless' if it falls in
        proportion as all outputs rise or fall. Else None.
    """
    values = np.asarray(targets, np.float32).reshape(len(targets), -1)[:256]
    if len(values) < 4 or values.shape[1] != units or not np.isfinite(values).all():
        return None
    states, scale = random.states(), max(float(values.std()), 1e-6)

    def cost(wanted: np.ndarray, given: np.ndarray) -> float:
        return float(np.asarray(loss(wanted, given)).mean())

    try:
        whole, rows = cost(values, values), [values[n : n + 1] for n in range(4)]
        if all(abs(cost(row, row)) < 1e-6 * scale for row in rows) and whole > 0.1 * min(
            scale, scale**2
        ):
            return "mixed"
        for step in (scale, -scale):
            near, far = (cost(values, values + by * step) - whole for by in (10, 1000))
            if far < 50 * near < 0:
                return "endless"
    except Exception:
        return None  # it takes what these are not
    finally:
        random.set_states(states)
    return None


def is_inverted(loss: Callable[[Any, Any], Any], targets: np.ndarray, units: int) -> bool:
    """Whether a loss of probabilities costs the right ones more than the opposite.

    Args:
        loss: of (targets, outputs).
        targets: (rows, ..., units) of 0 and 1, or class numbers (rows,) or (rows, 1).
        units: of the output.
    """
    given = np.asarray(targets, np.float32)[:256]
    right = given.reshape(-1, 1) if given.ndim == 1 and units == 1 else given
    if units > 1 and given.size == len(given):
        classes = given.ravel().astype(int)
        if classes.min() < 0 or classes.max() >= units:
            return False
        right = np.eye(units, dtype=np.float32)[classes]
    if right.shape[-1] != units or not (right.reshape(-1, units).std(axis=0) > 0).any():
        return False
    wrong = np.roll(right, 1, axis=-1) if units > 1 else 1 - right
    states = random.states()
    try:
        one, other = (
            float(np.asarray(loss(given.reshape(right.shape[: given.ndim]), p)).mean())
            for p in (0.02 + 0.96 * right, 0.02 + 0.96 * wrong)
        )
    except Exception:
        return False  # it takes what these are not
    finally:
        random.set_states(states)
    return one > other + 1e-3 * abs(other)
