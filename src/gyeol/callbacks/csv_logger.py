"""`CSVLogger`."""

import csv
import io
import os
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported


@exported("keras.callbacks")
class CSVLogger(Callback):
    """Writes the metrics of every epoch to a table, one whole line at a time.

    Args:
        filename: the file.
        separator: what stands between two values.
        append: whether to go on at the end of a file that exists, not to start it anew.
    """

    def __init__(self, filename: str | os.PathLike, separator: str = ",", append: bool = False):
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.keys = None
        before = self._before() if self.append else ""
        header = next(csv.reader(before.splitlines()[:1], delimiter=self.sep), None)
        self._needs_header = header is None
        if header:
            self.keys = header[1:]
        if not self.append:
            open(self.filename, "w").close()
        elif before and not before.endswith("\n"):
            # A run was cut off in the middle of a line.
            self._write("\r\n")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            # Validation may come only every few epochs: keep columns for it.
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
        if self._needs_header:
            self._write(self._line(["epoch", *self.keys]))
            self._needs_header = False
        missing = [key for key in logs if key not in self.keys]
        if missing:
            warnings.warn(
                f"{self.filename} has no column for {', '.join(missing)}; it is left out.",
                stacklevel=2,
            )
        cells = [_cell(logs.get(key, "NA")) for key in self.keys]
        self._write(self._line([epoch, *cells]))

    def _before(self) -> str:
        if not os.path.exists(self.filename):
            return ""
        with open(self.filename, newline="", encoding="utf-8") as file:
            return file.read()

    def _line(self, row: list[Any]) -> str:
        line = io.StringIO()
        csv.writer(line, delimiter=self.sep).writerow(row)
        return line.getvalue()

    def _write(self, text: str) -> None:
        with open(self.filename, "a", newline="", encoding="utf-8") as file:
            file.write(text)


def _cell(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value) > 0:
        return f'"[{", ".join(map(str, value))}]"'
    return value
