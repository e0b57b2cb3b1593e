"""What `BackupAndRestore` costs at its default frequency: `fit` with it and without, in turns.

Usage: python -m benchmarks.reliability checkpoint_cost --count 7
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import gyeol
from gyeol import layers
from gyeol.callbacks import BackupAndRestore
from gyeol.saving import checkpoints


def dense() -> tuple[gyeol.Model, dict[str, Any]]:
    """784-64-10, batch 32: the epochs of the notes' first network."""
    return _classifier([layers.Dense(64, "relu")], (784,), rows=60_000, epochs=20)


def convolutional() -> tuple[gyeol.Model, dict[str, Any]]:
    """Two convolutions on 28 x 28, about 320,000 parameters."""
    body = [
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(100, "relu"),
    ]
    return _classifier(body, (28, 28, 1), rows=4000, epochs=6)


def table() -> tuple[gyeol.Model, dict[str, Any]]:
    """A table of 768 rows: epochs of milliseconds."""
    return _classifier([layers.Dense(16, "relu")], (8,), rows=768, epochs=1000)


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Time `count` rounds of each case.

    Returns:
        For each case: how much longer a fit takes, in percent (median, least and most: the noise
        of a machine is larger than the cost); the work itself, which is what the training thread
        spends and the CPU time of the writing thread, in percent of the time of the fit; and how
        many states were written.
    """
    figures: dict[str, Any] = {"rounds": count}
    for case in (dense, convolutional, table):
        costs, work, written = _costs(case, count)
        spread = f"({min(costs):.1f} to {max(costs):.1f})"
        name = case.__name__
        figures[f"{name}: longer by %"] = f"{statistics.median(costs):.2f} {spread}"
        figures[f"{name}: work, % of the time"] = round(statistics.median(work), 2)
        figures[f"{name}: states written per fit"] = round(written / count, 1)
        print(f"{name}: {costs} {work}", flush=True)
    return figures


def _costs(case: Callable, count: int) -> tuple[list[float], list[float], int]:
    model, options = case()
    write, take, describe = checkpoints.write, BackupAndRestore._taken, BackupAndRestore._describe
    written, spent = [0], [0.0]

    def counted(*args: Any) -> None:
        written[0] += 1
        before = time.thread_time()
        write(*args)
        spent[0] += time.thread_time() - before

    def timed(function: Callable, clock: Callable[[], float]) -> Callable:
        def run(self: BackupAndRestore) -> Any:
            before = clock()
            found = function(self)
            spent[0] += clock() - before
            return found

        return run

    checkpoints.write = counted
    BackupAndRestore._taken = timed(take, time.perf_counter)
    BackupAndRestore._describe = timed(describe, time.thread_time)
    try:
        model.fit(**options)  # compiles, and warms up
        with tempfile.TemporaryDirectory() as folder:
            model.fit(**options, callbacks=[BackupAndRestore(folder + "/first")])
            written[0] = 0
            costs, work = [], []
            for turn in range(count):
                seconds = {}
                for with_it in (True, False) if turn % 2 else (False, True):
                    callbacks = [BackupAndRestore(f"{folder}/{turn}")] if with_it else []
                    spent[0], begun = 0.0, time.perf_counter()
                    model.fit(**options, callbacks=callbacks)
                    seconds[with_it] = time.perf_counter() - begun
                    if with_it:
                        work.append(round(100 * spent[0] / seconds[True], 2))
                costs.append(round(100 * (seconds[True] / seconds[False] - 1), 2))
    finally:
        checkpoints.write = write
        BackupAndRestore._taken, BackupAndRestore._describe = take, describe
    return costs, work, written[0]


def _classifier(
    body: list[Any], shape: tuple[int, ...], rows: int, epochs: int
) -> tuple[gyeol.Model, dict[str, Any]]:
    rng = np.random.default_rng(0)
    model = gyeol.Sequential([layers.Input(shape), *body, layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    data = {"x": rng.random((rows, *shape), dtype="float32"), "y": rng.integers(0, 10, rows)}
    return model, {**data, "epochs": epochs, "verbose": 0}
