"""What is seen in the values of the epochs: the best one, and where over-fitting began."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

# `ReduceLROnPlateau` and others log them beside the metrics.
_NOT_CURVES = ("lr", "learning_rate")


def curve_names(history: Mapping[str, Sequence[float]]) -> list[str]:
    """What has a curve: the loss first, then the metrics in their order, without ``val_``.

    >>> curve_names({"accuracy": [0.5], "loss": [1.0], "val_loss": [1.1], "lr": [0.1], "auc": []})
    ['loss', 'accuracy']
    """
    names = [name for name in history if not name.startswith("val_") and name not in _NOT_CURVES]
    return sorted((name for name in names if len(history[name])), key=lambda name: name != "loss")


def best_epoch(history: Mapping[str, Sequence[float]]) -> int | None:
    """The epoch, from 1, with the lowest ``val_loss``, else ``loss``; None if neither is finite.

    Args:
        history: one value an epoch for each name, such as ``fit(...).history``.

    >>> best_epoch({"loss": [0.9, 0.5, 0.4], "val_loss": [1.0, 0.6, 0.7]})
    2
    """
    losses = list(history.get("loss", ()))
    values = by_epoch(history.get("val_loss", ()), len(losses)) or by_epoch(losses, len(losses))
    finite = [(value, epoch) for epoch, value in values.items() if math.isfinite(value)]
    return min(finite)[1] if finite else None


def by_epoch(values: Sequence[float], epochs: int) -> dict[int, float]:
    """The epoch of each value, from 1.

    With `validation_freq` there are fewer values than epochs, one every so many epochs.

    Args:
        values: in the order of the epochs.
        epochs: how many there were.

    >>> by_epoch([0.9, 0.7], 4)
    {2: 0.9, 4: 0.7}
    """
    every = max(1, epochs // max(1, len(values)))
    return {every * (index + 1): value for index, value in enumerate(values)}


def start_of_overfitting(history: Mapping[str, Sequence[float]]) -> int | None:
    """The last epoch at which the validation loss was still about its lowest, before it rose.

    After it, `val_loss` stays above its lowest and `loss` goes on falling, both by more than the
    curves jitter and wander, which is told by their third differences; single epochs that stand
    out do not count (running medians of three).

    Args:
        history: one value an epoch for each name, such as ``fit(...).history``.

    Returns:
        The epoch, from 1; None where nothing of that kind is plain, or less than 3 epochs after it.

    >>> start_of_overfitting({
    ...     "loss": [1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05],
    ...     "val_loss": [1.1, 0.7, 0.6, 0.7, 0.8, 0.9, 1.0],
    ... })
    3
    """
    losses = list(history.get("loss", ()))
    validation = by_epoch(history.get("val_loss", ()), len(losses))
    epochs = np.array(list(validation), int)
    best = best_epoch(history)
    if best not in validation or len(epochs) < 4 or len(losses) < epochs[-1]:
        return None
    values, trained = np.array([*validation.values()]), np.array(losses)[epochs - 1]
    if not np.isfinite([*values, *trained]).all():
        return None
    smooth, lowest = _smoothed(values), values.min()
    jitter = max(_jitter(values), _wander(values[epochs >= best]))
    after = values[epochs > best]
    low, middle = np.quantile(after[len(after) // 4 :], (0.1, 0.5)) if len(after) >= 8 else (0, 0)
    if low > 1.1 * lowest > 0 and middle > 1.25 * lowest:
        jitter = min(jitter, 0.03 * lowest)  # however it wanders, it does so far above
    near = (smooth <= lowest + max(2 * jitter, 0.01 * abs(lowest))) | (epochs == best)
    start = int(np.flatnonzero(near)[-1])
    if len(epochs) - start <= 3:
        return None
    rise = np.median(smooth[start + 1 :]) - smooth.min()
    fall = _smoothed(trained)[start] - np.median(trained[start + 1 :])
    has_risen = rise > max(4 * jitter, 0.03 * abs(lowest))
    return int(epochs[start]) if has_risen and fall > 2 * _jitter(trained) else None


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Running medians of three."""
    padded = np.pad(values, 1, mode="edge")
    return np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0)


def _jitter(values: np.ndarray, apart: int = 1) -> float:
    """The standard deviation of what is no smooth curve, by third differences.

    As Gasser et al. (1986) by second ones, which a bend in so few epochs is large in.
    """
    bends = values
    for _ in range(3):
        bends = bends[apart:] - bends[:-apart]
    return 1.4826 * float(np.median(np.abs(bends))) / np.sqrt(20)


def _wander(values: np.ndarray) -> float:
    """The same between epochs that lie apart: a curve may go far in small steps."""
    far = [_jitter(values, apart) for apart in (2, 4, 8) if len(values) >= 4 * apart]
    return max(far, default=0.0)
