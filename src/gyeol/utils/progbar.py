"""The progress line, and printing where the output's encoding is narrow."""

import math
import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence

import numpy as np

_BOLD, _GREEN, _WHITE, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


def print_msg(message: str, line_break: bool = True) -> None:
    """Print to the standard output at once; what its encoding cannot carry becomes '?'."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    message = message.encode(encoding, "replace").decode(encoding)
    sys.stdout.write(message + "\n" * line_break)
    sys.stdout.flush()


class Progbar:
    """A progress bar with the numbers of the run behind it.

    On a terminal and in a notebook it is drawn again and again in its place, in colour. Anywhere
    else it is one plain line, printed at the end.

    Args:
        target: the number of steps to come; None if unknown.
        width: the bar's width in characters.
        verbose: 0 shows nothing, 1 the bar, 2 one line at the end without a bar.
        interval: the least time between two drawings, in seconds.
        stateful_metrics: names of values to show as they are; all others are averaged over steps.
        stateless_metrics: names of values to average; all others are shown as they are.
        unit_name: what a step is called.

    Raises:
        ValueError: both stateful_metrics and stateless_metrics are given.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Give only one of stateful_metrics and stateless_metrics to Progbar.")
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = None if stateful_metrics is None else set(stateful_metrics)
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._on_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
        self._redraws = (
            self._on_terminal or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
        )
        self._seen_so_far = 0
        self._sums: dict[str, list[float]] = {}  # name -> [sum, count]
        self._start = time.time()
        self._last_drawn = 0.0
        self._first: tuple[int, float] | None = None  # steps and time at the first update
        self._drawn_width = 0

    def update(
        self,
        current: int,
        values: Sequence[tuple[str, float]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Show a new state.

        Args:
            current: the number of steps done.
            values: names and values of the last step.
            finalize: whether this is the last update; by default it is when `current` reaches the
                target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._add_value(name, value, current, finalize)
        self._seen_so_far = current
        now = time.time()
        if self._first is None and current:
            self._first = (current, now)
        if self.verbose == 1:
            if finalize or (self._redraws and now - self._last_drawn >= self.interval):
                self._draw(current, now, finalize)
                self._last_drawn = now
        elif self.verbose == 2 and finalize and self.target:
            count = f"{current:{len(str(self.target))}d}/{self.target}"
            info = f" - {now - self._start:.0f}s - {self._duration(current, now)}"
            print_msg(count + info + self._metrics())

    def add(self, n: int, values: Sequence[tuple[str, float]] | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def _add_value(self, name: str, value: float, current: int, finalize: bool) -> None:
        if self.stateless_metrics is not None:
            averaged = name in self.stateless_metrics
        else:
            averaged = name not in (self.stateful_metrics or ())
        value = float(np.mean(value))
        if not averaged or finalize:
            self._sums[name] = [value, 1]
        else:
            steps = max(current - self._seen_so_far, 1)
            total = self._sums.setdefault(name, [0.0, 0])
            total[0] += value * steps
            total[1] += steps

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        bold, plain = (_BOLD, _PLAIN) if self._redraws else ("", "")
        if self.target:
            count = f"{current:{len(str(self.target))}d}/{self.target}"
            line = f"{bold}{count}{plain} {self._bar(current)}"
            width = len(count) + 1 + self.width
        else:
            line = f"{current:7d}/Unknown"
            width = len(line)
        seconds = now - self._start
        if self.target and not finalize:
            clock = _remaining(self._seconds_per_step(current, now) * (self.target - current))
        else:
            clock = f"{seconds:.0f}s"
        tail = f" {self._duration(current, now)}{self._metrics()}"
        if self._on_terminal and not finalize:
            # A line that wraps cannot be drawn over.
            room = shutil.get_terminal_size().columns - 1 - width - 1 - len(clock)
            tail = tail[: max(room, 0)]
        line += f" {bold}{clock}{plain}{tail}"
        width += 1 + len(clock) + len(tail)
        if self._redraws:
            line = "\r" + line + " " * (self._drawn_width - width)
        self._drawn_width = width
        print_msg(line, line_break=finalize)

    def _bar(self, current: int) -> str:
        done = min(int(self.width * current / self.target), self.width)
        left = self.width - done
        try:
            "━".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
            full, empty = "━" * done, "━" * left
        except UnicodeEncodeError:
            full, empty = "=" * done, "-" * left
        if not self._redraws:
            return full + empty
        return (f"{_GREEN}{full}{_PLAIN}" if done else "") + f"{_WHITE}{empty}{_PLAIN}"

    def _metrics(self) -> str:
        text = ""
        for name, (total, count) in self._sums.items():
            mean = total / count
            text += f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}"
        return text

    def _duration(self, current: int, now: float) -> str:
        seconds = self._seconds_per_step(current, now)
        if seconds >= 1 or seconds == 0:
            return f"{seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f"{seconds * 1e3:.0f}ms/{self.unit_name}"
        return f"{seconds * 1e6:.0f}us/{self.unit_name}"

    def _seconds_per_step(self, current: int, now: float) -> float:
        if not current:
            return 0.0
        steps, then = self._first or (0, self._start)
        # The first update includes compilation. Leave it out once as much again has been done.
        if current >= 2 * steps:
            return (now - then) / (current - steps)
        return (now - self._start) / current


def _remaining(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    if seconds > 3600:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if seconds > 60 else f"{math.floor(seconds)}s"
