"""`ReduceLROnPlateau`."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from gyeol.callbacks.monitor import MonitorCallback
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class ReduceLROnPlateau(MonitorCallback):
    """Lowers the learning rate when a metric has stopped improving.

    Args:
        monitor: the metric's name in the logs.
        factor: the new rate is the old one times this, below 1.
        patience: after so many epochs without improvement.
        verbose: 1 says so.
        mode: 'min' or 'max' is better; 'auto' asks the metric.
        min_delta: a smaller change is no improvement.
        cooldown: so many epochs are not counted after a change.
        min_lr: the rate does not fall below this.

    Raises:
        ValueError: a factor of 1 or more.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ):
        # The old name of min_delta.
        min_delta = kwargs.pop("epsilon", min_delta)
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau has no argument {', '.join(map(repr, kwargs))}.")
        super().__init__(monitor, mode, min_delta=min_delta)
        self.factor = self._number("factor", factor, 0)
        if factor >= 1.0:
            raise ValueError(f"factor of ReduceLROnPlateau must be below 1; got {factor}.")
        self.patience = self._number("patience", patience, 0)
        self.verbose = verbose
        self.cooldown = self._number("cooldown", cooldown, 0)
        self.min_lr = self._number("min_lr", min_lr, 0)
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def check_monitor(self, available: Sequence[str]) -> None:
        super().check_monitor(available)
        self.model.optimizer.check_learning_rate_can_be_set(type(self).__name__)

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._reset()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = self._monitored(logs)
        if current is None:
            warnings.warn(
                f"Learning rate reduction is conditioned on metric `{self.monitor}` which is not "
                f"available. Available metrics are: {','.join(logs)}.",
                stacklevel=2,
            )
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        rate = float(optimizer.learning_rate)
        # The rate is kept in float32: compare in float32, or it never equals the least one.
        if rate <= np.float32(self.min_lr):
            return
        rate = max(rate * self.factor, self.min_lr)
        optimizer.learning_rate = rate
        if self.verbose > 0:
            message = "\nEpoch {epoch}: ReduceLROnPlateau reducing learning rate to {rate}."
            print_msg(tr(message, epoch=epoch + 1, rate=rate))
        self.cooldown_counter = self.cooldown
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Whether the last change is so recent that epochs are not counted."""
        return self.cooldown_counter > 0
