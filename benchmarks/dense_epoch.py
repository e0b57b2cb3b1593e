"""One epoch of the dense network 784-64-10, batch 32: gyeol beside Keras on JAX, in turns.

Usage: python benchmarks/dense_epoch.py [--rounds 7] [--rows 60000]

Both train in this one process on the same random rows, in turns: each turn is a fit of three
epochs, of which the last two are timed, from `on_epoch_begin` to `on_epoch_end`. Printed are the
median seconds and gyeol's share of Keras's time, round by round; Keras once as it comes and once
with 32 steps an execution. Beside it: how much of gyeol's epochs passes outside of compiled runs.
"""

import argparse
import os
import statistics
import time

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

import gyeol
from gyeol.training import loop


def build(library, **compile_options):
    model = library.Sequential(
        [
            library.Input(shape=(784,)),
            library.layers.Dense(64, activation="relu"),
            library.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **compile_options,
    )
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=int, default=60_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    x = rng.random((options.rows, 784), dtype=np.float32)
    y = rng.integers(0, 10, options.rows)

    inside = [0.0]
    take = loop._Runner._take

    def timed_take(*args):
        begun = time.perf_counter()
        try:
            return take(*args)
        finally:
            inside[0] += time.perf_counter() - begun

    loop._Runner._take = timed_take

    def timed_epochs(library, model) -> tuple[float, float]:
        """Seconds of an epoch, and the share of them outside of compiled runs."""
        spans: list[tuple[float, float]] = []

        class Clock(library.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                inside[0] = 0.0
                self.begun = time.perf_counter()

            def on_epoch_end(self, epoch, logs=None):
                spans.append((time.perf_counter() - self.begun, inside[0]))

        model.fit(x, y, batch_size=32, epochs=3, verbose=0, callbacks=[Clock()])
        spent = statistics.mean(span for span, _ in spans[1:])
        return spent, 1 - statistics.mean(within for _, within in spans[1:]) / spent

    models = {
        "gyeol": (gyeol, build(gyeol)),
        "Keras/JAX": (keras, build(keras)),
        "Keras/JAX, 32 steps an execution": (keras, build(keras, steps_per_execution=32)),
    }
    times: dict[str, list[float]] = {name: [] for name in models}
    python: list[float] = []
    for library, model in models.values():
        timed_epochs(library, model)
    for _ in range(options.rounds):
        for name, (library, model) in models.items():
            spent, outside = timed_epochs(library, model)
            times[name].append(spent)
            if name == "gyeol":
                python.append(outside)
    steps = -(-options.rows // 32)
    for name, spent in times.items():
        shares = [ours / theirs for ours, theirs in zip(times["gyeol"], spent)]
        print(
            f"{name:34} {statistics.median(spent):7.3f} s an epoch "
            f"({1e3 * statistics.median(spent) / steps:.3f} ms a step); gyeol takes "
            f"{statistics.median(shares):.2f} of it ({min(shares):.2f} to {max(shares):.2f})"
        )
    print(
        f"outside of compiled runs: {100 * statistics.median(python):.1f} % of gyeol's epochs "
        f"({100 * min(python):.1f} to {100 * max(python):.1f})"
    )


if __name__ == "__main__":
    main()
