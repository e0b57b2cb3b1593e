"""`LearningRateScheduler`."""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of every epoch.

    Args:
        schedule: a function of the epoch (from 0) and the rate now, or of the epoch alone, that
            returns the new rate.
        verbose: 1 says so.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        if not (_takes(schedule, 0) or _takes(schedule, 0, 0.0)):
            raise TypeError(
                tr(
                    "LearningRateScheduler(schedule=...) takes a function of the epoch, or of the "
                    "epoch and the rate, such as lambda epoch: 0.1 / (1 + epoch); got {given!r}.",
                    given=schedule,
                )
            )
        self.schedule = schedule
        self.verbose = verbose

    def check_monitor(self, available: Sequence[str]) -> None:
        """Raise if the model's optimizer takes its rate from elsewhere."""
        self.model.optimizer.check_learning_rate_can_be_set(type(self).__name__)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        optimizer = self.model.optimizer
        if _takes(self.schedule, 0, 0.0):
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        else:
            rate = self.schedule(epoch)
        if isinstance(rate, (str, bool)) or np.ndim(rate) != 0 or rate is None:
            raise ValueError(
                f"schedule of LearningRateScheduler must return a number; it returned {rate!r}."
            )
        if not 0 <= float(rate) < math.inf:
            raise ValueError(
                tr(
                    "schedule of LearningRateScheduler returned {rate} for epoch {epoch}; a "
                    "learning rate is a finite number of at least 0.",
                    rate=rate,
                    epoch=epoch,
                )
            )
        optimizer.learning_rate = float(rate)
        if self.verbose > 0:
            message = "\nEpoch {epoch}: LearningRateScheduler setting learning rate to {rate}."
            print_msg(tr(message, epoch=epoch + 1, rate=rate))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes(schedule: Any, *args: float) -> bool:
    """Whether it can be called with these; of one that does not tell, with one."""
    if not callable(schedule):
        return False
    try:
        signature = inspect.signature(schedule)
    except ValueError:
        return len(args) == 1
    try:
        signature.bind(*args)
    except TypeError:
        return False
    return True
