"""Training on a memory-mapped file: is the device busy, and does memory stay flat?

Usage: python -m benchmarks.streaming [--gigabytes 20] [--seconds 60] [--rounds 3] [--folder DIR]

A file of random pixels, 64x64x3 in uint8, is written to a temporary folder and removed afterwards.
A small convolutional network trains on it in full random order, and in turns on rows that are in
memory, the same number of steps. Before each turn on the file the system is told to forget what
it holds of it in memory, so that it is read from the disk.

Printed are the share of the time that passes inside compiled runs, the rows a second in both, and
the memory of the process through the turns on the file: what it holds itself (anonymous memory),
and all that is counted as its own, mapped pages of files included (resident memory). What the
system keeps of a file because there is room for it belongs to nobody and is not counted.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

import gyeol
from gyeol import layers
from gyeol.training import loop

_SHAPE = (64, 64, 3)
_CLASSES = 10
_BLOCK_ROWS = 4096
_IN_MEMORY = 20_000


def run(
    gigabytes: float = 20.0,
    seconds: float = 60.0,
    rounds: int = 3,
    folder: str | None = None,
    batch_size: int = 32,
) -> dict[str, Any]:
    """Measure, and remove the file.

    Args:
        gigabytes: the size of the file, in units of 1e9 bytes; a file of less than 1.1 is not
            streamed.
        seconds: how long a turn takes, about; never more than one pass over the file.
        rounds: how many turns on each.
        folder: where the file lies for the while; the system's temporary folder by default.
        batch_size: rows a step.

    Returns:
        Medians and the least and the most of the rounds; sizes in MB, the memory as it was through
        the turns on the file, in order.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "rows.bin"
        rows = int(gigabytes * 1e9 / np.prod(_SHAPE))
        begun = time.perf_counter()
        _write(path, rows)
        written = time.perf_counter() - begun
        x = np.memmap(path, np.uint8, "r", shape=(rows, *_SHAPE))
        y = np.random.default_rng(1).integers(0, _CLASSES, rows).astype(np.int32)
        held = min(_IN_MEMORY, rows)
        x_held, y_held = np.array(x[:held]), y[:held]
        model = _model()
        steps = 20
        for _ in range(2):  # the second one without compiling
            pace = _turn(model, x_held, y_held, batch_size, steps)
            steps = max(20, round(3 / pace["seconds"] * steps))
        steps = min(int(seconds / pace["seconds"] * pace["steps"]), rows // batch_size)
        _turn(model, x, y, batch_size, 20)
        turns: dict[str, list[dict]] = {"memory": [], "file": []}
        memory: list[tuple[int, int]] = []
        for _ in range(rounds):
            turns["memory"].append(_turn(model, x_held, y_held, batch_size, steps))
            _forget(path)
            with _Memory() as seen:
                turns["file"].append(_turn(model, x, y, batch_size, steps))
            memory += seen.sizes
        size = path.stat().st_size
    speeds = {name: [turn["rows_a_second"] for turn in found] for name, found in turns.items()}
    pairs = [file / held for file, held in zip(speeds["file"], speeds["memory"])]
    return {
        "file_bytes": size,
        "seconds_to_write": written,
        "rows": rows,
        "steps_a_turn": steps,
        "seconds_a_turn": [turn["seconds"] for turn in turns["file"]],
        "busy_file": _spread([turn["busy"] for turn in turns["file"]]),
        "busy_memory": _spread([turn["busy"] for turn in turns["memory"]]),
        "rows_a_second_file": _spread(speeds["file"]),
        "rows_a_second_memory": _spread(speeds["memory"]),
        "file_to_memory": _spread(pairs),
        "anonymous_mb": [anonymous for anonymous, _ in memory],
        "resident_mb": [resident for _, resident in memory],
    }


def _write(path: Path, rows: int) -> None:
    rng = np.random.default_rng(0)
    with open(path, "wb") as file:
        for first in range(0, rows, _BLOCK_ROWS):
            count = min(_BLOCK_ROWS, rows - first)
            file.write(rng.bytes(count * int(np.prod(_SHAPE))))
        file.flush()
        os.fsync(file.fileno())


def _forget(path: Path) -> None:
    if hasattr(os, "posix_fadvise"):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _model() -> gyeol.Sequential:
    model = gyeol.Sequential(
        [
            gyeol.Input(shape=_SHAPE),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.Conv2D(32, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(_CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def _turn(model: Any, x: Any, y: Any, batch_size: int, steps: int) -> dict[str, float]:
    """One epoch of so many steps: its seconds, rows a second, and the share in compiled runs."""
    inside = 0.0
    take = loop._Runner._take
    spans: list[float] = []

    def timed_take(*args: Any) -> Any:
        nonlocal inside
        begun = time.perf_counter()
        try:
            return take(*args)
        finally:
            inside += time.perf_counter() - begun

    class Clock(gyeol.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            spans.append(-time.perf_counter())

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            spans[-1] += time.perf_counter()

    loop._Runner._take = timed_take
    try:
        model.fit(
            x, y, batch_size=batch_size, steps_per_epoch=steps, verbose=0, callbacks=[Clock()]
        )
    finally:
        loop._Runner._take = take
    return {
        "steps": steps,
        "seconds": spans[0],
        "rows_a_second": steps * batch_size / spans[0],
        "busy": inside / spans[0],
    }


class _Memory:
    """The memory of this process, in MB, twice a second, where Linux tells it."""

    def __enter__(self) -> "_Memory":
        self.sizes: list[tuple[int, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        status = Path("/proc/self/status")
        while status.exists():
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            found = [int(lines[name].split()[0]) // 1000 for name in ("RssAnon", "VmRSS")]
            self.sizes.append((found[0], found[1]))
            if self._ended.wait(0.5):
                return


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def _through(sizes: list[int]) -> str:
    """Sizes at the beginning, in the middle and at the end of their time, and the largest."""
    if not sizes:
        return "not told by this system"
    tenth = max(len(sizes) // 10, 1)
    middle = len(sizes) // 2
    parts = sizes[:tenth], sizes[middle : middle + tenth], sizes[-tenth:]
    first, half, last = (round(statistics.median(part)) for part in parts)
    return f"{first} -> {half} -> {last} MB, at most {max(sizes)} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    options = parser.parse_args()
    found = run(options.gigabytes, options.seconds, options.rounds, options.folder)

    def shown(name: str, factor: float = 1.0) -> str:
        values = {key: factor * value for key, value in found[name].items()}
        return "{median:,.1f} ({least:,.1f} to {most:,.1f})".format(**values)

    print(
        f"{found['rows']:,} rows, {found['file_bytes'] / 1e9:.1f} GB; "
        f"{found['steps_a_turn']:,} steps a turn, "
        f"{statistics.median(found['seconds_a_turn']):.0f} s on the file"
    )
    print(f"inside compiled runs, file:   {shown('busy_file', 100)} %")
    print(f"inside compiled runs, memory: {shown('busy_memory', 100)} %")
    print(f"rows a second, file:          {shown('rows_a_second_file')}")
    print(f"rows a second, memory:        {shown('rows_a_second_memory')}")
    print(f"file to memory:               {shown('file_to_memory', 100)} %")
    print(f"anonymous memory:             {_through(found['anonymous_mb'])}")
    print(f"resident memory:              {_through(found['resident_mb'])}")


if __name__ == "__main__":
    main()
