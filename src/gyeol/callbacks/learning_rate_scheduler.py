"""`LearningRateScheduler`."""

import inspect
from collections.abc import Callable

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
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        optimizer = self.model.optimizer
        if _takes_two(self.schedule):
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        else:
            rate = self.schedule(epoch)
        if isinstance(rate, (str, bool)) or np.ndim(rate) != 0 or rate is None:
            raise ValueError(
                f"schedule of LearningRateScheduler must return a number; it returned {rate!r}."
            )
        optimizer.learning_rate = float(rate)
        if self.verbose > 0:
            message = "\nEpoch {epoch}: LearningRateScheduler setting learning rate to {rate}."
            print_msg(tr(message, epoch=epoch + 1, rate=rate))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_two(schedule: Callable[..., float]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except (TypeError, ValueError):
        return False
    return True
