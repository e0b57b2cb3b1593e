"""`ModelCheckpoint`."""

import os
import re
import string
import warnings
from collections.abc import Sequence

import numpy as np

from gyeol.callbacks.monitor import MonitorCallback, log_name
from gyeol.files import make_folder
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, as training goes on.

    Args:
        filepath: where to; it may hold fields such as '{epoch:02d}' or '{val_loss:.2f}'. It ends in
            '.keras' or, as in Keras 2, in '.h5' or in nothing (a folder); with save_weights_only in
            '.weights.h5' or '.h5'.
        monitor: the metric's name in the logs.
        verbose: 1 says so.
        save_best_only: whether to save only when the metric is better than ever before.
        save_weights_only: whether to save the weights alone.
        mode: 'min' or 'max' is better; 'auto' asks the metric.
        save_freq: 'epoch', or a number of batches.
        initial_value_threshold: the value to improve upon first.

    Raises:
        ValueError: another ending, or another save_freq.
        OSError: at a save: the file cannot be written. The one that was there is as it was.
    """

    def __init__(
        self,
        filepath: str | os.PathLike,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._current_epoch = 0
        self._batches_since_saving = 0
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                f"save_freq must be 'epoch' or a number of batches; got {save_freq!r}."
            )
        ending = os.path.splitext(re.sub("{[^}]*}", "x", self.filepath))[1]
        self._is_folder = not ending
        if save_weights_only and ending not in (".h5", ".hdf5"):
            raise ValueError(
                "The filepath of a ModelCheckpoint that saves the weights must end in .weights.h5; "
                f"got {self.filepath!r}."
            )
        if not save_weights_only and ending not in (".keras", ".h5", ".hdf5", ""):
            raise ValueError(
                "The filepath of a ModelCheckpoint that saves the model must end in .keras; "
                f"got {self.filepath!r}."
            )

    def check_monitor(self, available: Sequence[str]) -> None:
        if self.save_best_only:
            super().check_monitor(available)
        if self.save_freq != "epoch":
            return
        known = ["epoch", "batch", "learning_rate", *available]
        try:
            for _, field, _, _ in string.Formatter().parse(self.filepath):
                if field and log_name(field, known) is None:
                    break
            else:
                self._path(0, None, dict.fromkeys(["learning_rate", *available], 0.5))
                return
        except (ValueError, IndexError) as error:
            raise ValueError(
                tr(
                    "The filepath of ModelCheckpoint, {path!r}, cannot be filled in: {problem}. "
                    "Write such as 'model-{{epoch:02d}}-{{loss:.2f}}.keras'.",
                    path=self.filepath,
                    problem=error,
                )
            ) from None
        raise ValueError(
            f"The filepath of ModelCheckpoint, {self.filepath!r}, names {field!r}. "
            f"It can name {', '.join(known)}."
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._current_epoch = epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self.save_freq == "epoch":
            self._save_model(epoch, None, logs or {})

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches_since_saving += 1
        if self._batches_since_saving >= self.save_freq:
            self._batches_since_saving = 0
            self._save_model(self._current_epoch, batch, logs or {})

    on_train_batch_end.wanted_by = lambda self: self.save_freq != "epoch"

    def _save_model(self, epoch: int, batch: int | None, logs: dict) -> None:
        path, best = self._path(epoch, batch, logs), self.best
        if not self._is_due(epoch, logs, path):
            return
        try:
            self._write(path)
        except BaseException:
            self.best = best  # the file holds what was best before
            raise
        if self.verbose > 0:
            message = "\nEpoch {epoch}: finished saving model to {path}"
            print_msg(tr(message, epoch=epoch + 1, path=path))

    def _write(self, path: str) -> None:
        make_folder(os.path.dirname(path) or ".")
        if os.path.isdir(path) and not self._is_folder:
            raise IsADirectoryError(
                f"ModelCheckpoint cannot save to {path!r}: that is a folder. Name a file."
            )
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        elif self._is_folder:
            self.model.save(path, overwrite=True, zipped=False)
        else:
            self.model.save(path, overwrite=True)

    def _is_due(self, epoch: int, logs: dict, path: str) -> bool:
        place = {"epoch": epoch + 1, "path": path, "monitor": self.monitor}
        if not self.save_best_only:
            return self._say("\nEpoch {epoch}: saving model to {path}", **place)
        value = self._monitored(logs)
        if value is None:
            warnings.warn(f"Can save best model only with {self.monitor} available.", stacklevel=2)
            return True
        if np.ndim(value) > 0:
            warnings.warn(
                "Can save best model only when `monitor` is a scalar value. "
                f"Received: {value}. Falling back to `save_best_only=False`.",
                stacklevel=2,
            )
            return True
        place["best"] = "None" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(value, self.best):
            return not self._say("\nEpoch {epoch}: {monitor} did not improve from {best}", **place)
        self.best = value
        return self._say(
            "\nEpoch {epoch}: {monitor} improved from {best} to {value}, saving model to {path}",
            value=f"{value:.5f}",
            **place,
        )

    def _say(self, message: str, **fields: object) -> bool:
        if self.verbose > 0:
            print_msg(tr(message, **fields))
        return True

    def _path(self, epoch: int, batch: int | None, logs: dict) -> str:
        fields = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        for _, field, _, _ in string.Formatter().parse(self.filepath):
            name = field and log_name(field, fields)
            if name:
                fields[field] = fields[name]
        try:
            return self.filepath.format(**fields)
        except KeyError as error:
            raise KeyError(
                f"The filepath of ModelCheckpoint, {self.filepath!r}, names {error}. "
                f"It can name {', '.join(fields)}."
            ) from None
