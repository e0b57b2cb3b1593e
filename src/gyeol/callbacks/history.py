"""`History`: what `fit` returns."""

from typing import Any

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported


@exported("keras.callbacks")
class History(Callback):
    """Keeps the metrics of every epoch. Each `fit` has one and returns it.

    Attributes:
        history: name -> the values, one an epoch.
        epoch: the epochs' numbers.
    """

    def __init__(self):
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self
