"""`CSVLogger`."""

import csv
import io
import os
import time
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.files import check_writable, write_whole
from gyeol.serialization import exported

# The file is written whole and waited for until it is on the disk: a millisecond on a fast disk,
# twenty on a slow one, and more for a long table. Where epochs take as little, that would be most
# of the time; so the next write waits for this many times what the last one took. Rows that a kill
# takes are then those of the last moment, and a checkpoint has them.
_PAUSE = 100


@exported("keras.callbacks")
class CSVLogger(Callback):
    """Writes the metrics of every epoch to a table.

    The file is replaced as a whole at the end of an epoch, so it never ends within a row. Where
    epochs take milliseconds, it is replaced a few times a second, and when training ends. A
    training that `BackupAndRestore` takes up again has each row once.

    Args:
        filename: the file.
        separator: what stands between two values.
        append: whether to go on at the end of a file that exists, not to start it anew.

    Raises:
        OSError: when training begins or an epoch ends: the file cannot be written.
    """

    def __init__(self, filename: str | os.PathLike, separator: str = ",", append: bool = False):
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self._text = ""
        self._is_written = True
        self._next = 0.0

    def on_train_begin(self, logs: dict | None = None) -> None:
        check_writable(self.filename)
        self._take(self._before() if self.append else "")
        self._next = 0.0

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            # Validation may come only every few epochs: keep columns for it.
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
            self._text += self._line(["epoch", *self.keys])
        missing = [key for key in logs if key not in self.keys]
        if missing:
            warnings.warn(
                f"{self.filename} has no column for {', '.join(missing)}; it is left out.",
                stacklevel=2,
            )
        cells = [_cell(logs.get(key, "NA")) for key in self.keys]
        self._text += self._line([epoch, *cells])
        self._is_written = False
        if time.monotonic() >= self._next:
            self._write()

    def on_train_end(self, logs: dict | None = None) -> None:
        if not self._is_written:
            self._write()

    def state_dict(self) -> dict[str, str]:
        """The table so far, for a checkpoint."""
        return {"text": self._text}

    def load_state_dict(self, state: Mapping[str, str]) -> None:
        """Go on after the table of a checkpoint; rows that the file has beyond it are dropped."""
        self._take(state["text"])
        if self._text:
            self._write()

    def _take(self, text: str) -> None:
        if text and not text.endswith("\n"):
            # Another program was cut off in the middle of a line.
            text += "\r\n"
        header = next(csv.reader(text.splitlines()[:1], delimiter=self.sep), None)
        self.keys = header[1:] if header else None
        self._text, self._is_written = text, True

    def _before(self) -> str:
        if not os.path.exists(self.filename):
            return ""
        with open(self.filename, newline="", encoding="utf-8") as file:
            return file.read()

    def _line(self, row: list[Any]) -> str:
        line = io.StringIO()
        csv.writer(line, delimiter=self.sep).writerow(row)
        return line.getvalue()

    def _write(self) -> None:
        began = time.monotonic()
        with write_whole(self.filename) as file:
            file.write(self._text.encode("utf-8"))
        ended = time.monotonic()
        self._next, self._is_written = ended + _PAUSE * (ended - began), True


def _cell(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value) > 0:
        return f'"[{", ".join(map(str, value))}]"'
    return value
