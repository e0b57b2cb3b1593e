"""What the doctor costs in a `fit`: `python -m benchmarks.doctor.cost`.

The same trainings with it and without it, in turns in one process, every program compiled before:
first a fit of one step, which is nearly all checks before the training, then longer ones.
"""

import time

import numpy as np

import gyeol as keras
from gyeol import config, layers

TURNS = 15


def trainings():
    """Name, model, data and epochs of each training."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(768, 8)).astype("float32")
    ill = (table[:, 0] + rng.normal(size=768) > 0).astype("float32")
    digits = rng.integers(0, 10, 60000)
    images = rng.random((60000, 28, 28, 1), dtype=np.float32)
    images += rng.random((10, 28, 28, 1), dtype=np.float32)[digits]

    def small():
        return [layers.Dense(64, "relu"), layers.Dense(32, "relu"), layers.Dense(1, "sigmoid")]

    def dense():
        return [layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]

    def conv():
        return [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), *dense()]

    yield "table, 1 step", small(), table[:32], ill[:32], 1
    yield "table, 30 epochs", small(), table, ill, 30
    yield "dense, 60,000 images, 1 epoch", dense(), images, digits, 1
    yield "dense, 60,000 images, 5 epochs", dense(), images, digits, 5
    yield "conv, 10,000 images, 1 epoch", conv(), images[:10000], digits[:10000], 1


def main() -> None:
    for name, inner, x, y, epochs in trainings():
        loss = "binary_crossentropy" if y.dtype == "float32" else "sparse_categorical_crossentropy"
        model = keras.Sequential([keras.Input(x.shape[1:]), *inner])
        model.compile("adam", loss, metrics=["accuracy"])
        model.fit(x[:32], y[:32], verbose=0)
        states = [*model.weights, *model.optimizer.variables]
        start = [variable.numpy() for variable in states]
        ratios, extra = [], []
        for turn in range(TURNS + 1):
            seconds = {}
            for mode in ("off", "warn") if turn % 2 else ("warn", "off"):
                config.set_doctor(mode)
                for variable, value in zip(states, start):
                    variable.assign(value)
                begun = time.perf_counter()
                model.fit(x, y, epochs=epochs, verbose=0)
                seconds[mode] = time.perf_counter() - begun
            if turn:  # in the first one programs are compiled
                ratios.append(seconds["warn"] / seconds["off"])
                extra.append(1000 * (seconds["warn"] - seconds["off"]))
        low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
        print(
            f"{name}: {middle:.3f} times as long ({low:.3f} to {high:.3f}), "
            f"{np.median(extra):.1f} ms more"
        )


if __name__ == "__main__":
    main()
