"""What callbacks share that watch one metric."""

import difflib
import math
import warnings
from collections.abc import Collection, Sequence
from numbers import Real
from typing import Any

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.text import tr

_HIGHER = ("acc", "auc", "precision", "recall", "f1", "iou", "similarity", "sensitivity")
_LOWER = ("loss", "error", "mse", "mae", "mape", "msle")


class MonitorCallback(Callback):
    """Watches one metric for improvement.

    Args:
        monitor: the metric's name in the logs.
        mode: 'min' or 'max' is better; 'auto' asks the metric.
        baseline: the value to improve upon first.
        min_delta: a smaller change is no improvement.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ):
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__} mode '{mode}' is unknown, fallback to auto mode.",
                stacklevel=3,
            )
            mode = "auto"
        if not isinstance(monitor, str):
            raise TypeError(
                tr(
                    "{callback}(monitor=...) takes the name of a metric, such as 'val_loss'; got "
                    "{given!r}.",
                    callback=type(self).__name__,
                    given=monitor,
                )
            )
        self.monitor = monitor
        self.mode = mode
        self.best = None if baseline is None else self._number("baseline", baseline)
        self.min_delta = abs(self._number("min_delta", min_delta))

    def _number(self, name: str, value: Any, least: float = -math.inf) -> Any:
        """The value, if it is a number of at least `least`.

        Raises:
            ValueError: it is not.
        """
        is_number = isinstance(value, (Real, np.number)) and not isinstance(value, bool)
        if not is_number or not value >= least:
            what = tr("a number of at least {least:g}", least=least)
            raise ValueError(
                tr(
                    "{callback}({name}=...) takes {what}; got {given!r}.",
                    callback=type(self).__name__,
                    name=name,
                    what=what if math.isfinite(least) else tr("a number"),
                    given=value,
                )
            )
        return value

    def check_monitor(self, available: Sequence[str]) -> None:
        """Raise if what is monitored will not be in the logs, or which way is better is unclear.

        Args:
            available: the names that will be in the logs of an epoch.

        Raises:
            ValueError: it is not among them, or 'auto' cannot tell 'min' from 'max'.
        """
        if log_name(self.monitor, available) is not None:
            self._higher_is_better()
            return
        close = difflib.get_close_matches(self.monitor, available, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        if self.monitor.startswith("val_") and not any(n.startswith("val_") for n in available):
            hint = (
                " There are no validation data: pass validation_data or validation_split to fit, "
                "or monitor a name without 'val_'."
            )
        raise ValueError(
            f"{type(self).__name__} monitors {self.monitor!r}, which this model does not report."
            f"{hint} It reports {', '.join(available)}."
        )

    def _monitored(self, logs: dict | None) -> float | None:
        name = log_name(self.monitor, logs or {})
        return None if name is None else logs[name]

    def _higher_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", ()):
            direction = getattr(metric, "_direction", None)
            if direction is not None and log_name(name, [metric.name]):
                return direction == "up"
        # The name tells for a metric that is a plain function, or one of several outputs.
        if any(word in name.lower() for word in _LOWER):
            return False
        if any(word in name.lower() for word in _HIGHER):
            return True
        raise ValueError(
            f"{type(self).__name__} cannot tell whether a higher or a lower {self.monitor!r} is "
            "better. Pass mode='max' or mode='min'."
        )

    def _is_improvement(self, value: float, reference: float | None) -> bool:
        if reference is None:
            return True
        if math.isnan(reference):
            return not math.isnan(value)
        if self._higher_is_better():
            return value - self.min_delta > reference
        return value + self.min_delta < reference


def log_name(name: str, available: Collection[str]) -> str | None:
    """The name among those available: itself, or 'acc' for 'accuracy' and the other way round."""
    if name.endswith("accuracy"):
        other = name.removesuffix("uracy")
    else:
        other = name + "uracy" if name.endswith("acc") else name
    return next((known for known in (name, other) if known in available), None)
