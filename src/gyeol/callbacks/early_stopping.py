"""`EarlyStopping`."""

import warnings

import numpy as np

from gyeol.callbacks.monitor import MonitorCallback
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class EarlyStopping(MonitorCallback):
    """Ends training when a metric has stopped improving.

    Args:
        monitor: the metric's name in the logs.
        min_delta: a smaller change is no improvement.
        patience: so many epochs without improvement end training.
        verbose: 1 says so.
        mode: 'min' or 'max' is better; 'auto' asks the metric.
        baseline: training also ends if it does not get better than this.
        restore_best_weights: whether the model gets back the weights of its best epoch.
        start_from_epoch: earlier epochs are not looked at.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = self._number("patience", patience, 0)
        self.verbose = verbose
        self.baseline = None if baseline is None else self._number("baseline", baseline)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = self._number("start_from_epoch", start_from_epoch, 0)
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_weights: list[np.ndarray] | None = None
        self.best_epoch = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._reset()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self.best_epoch = epoch
            if self.restore_best_weights:
                self.best_weights = [np.array(weight) for weight in self.model.get_weights()]
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print_msg(tr("Epoch {epoch}: early stopping", epoch=self.stopped_epoch + 1))
        if self.best_weights is not None:
            if self.verbose > 0:
                message = "Restoring model weights from the end of the best epoch: {epoch}."
                print_msg(tr(message, epoch=self.best_epoch + 1))
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: dict | None) -> float | None:
        """The value in the logs; None with a warning if it is not there."""
        value = self._monitored(logs)
        if value is None:
            warnings.warn(
                f"Early stopping conditioned on metric `{self.monitor}` which is not available. "
                f"Available metrics are: {','.join(logs or ())}",
                stacklevel=2,
            )
        return value
