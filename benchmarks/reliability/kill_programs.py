"""The programs that `kills` kills: small trainings that hold all that a checkpoint has to keep.

Each runs in a folder of its own and names its files relative to it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gyeol import callbacks, layers, optimizers
from gyeol.models import Sequential
from gyeol.utils import PyDataset, set_random_seed


@dataclass
class Job:
    """A training.

    Args:
        model: compiled.
        data: what `fit` takes beside the callbacks.
        callbacks: those to be used beside `BackupAndRestore`.
        save_freq: of `BackupAndRestore`.
    """

    model: Any
    data: dict[str, Any]
    callbacks: list[Any] = field(default_factory=list)
    save_freq: str | int = "epoch"


def _rows(count: int = 200, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(count, *(shape or (12,)))).astype("float32")
    return x, np.asarray(x.reshape(count, -1)[:, :3].argmax(1), "int32")


def _dense(optimizer: Any = "adam", dropout: float = 0.3) -> Sequential:
    model = Sequential(
        [
            layers.Input((12,)),
            layers.Dense(16, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def dense() -> Job:
    """Arrays in a new order each epoch, with a smaller last batch, and dropout."""
    x, y = _rows()
    return Job(_dense(), {"x": x, "y": y, "epochs": 200})


def convolution() -> Job:
    """The callbacks with the most to remember, and checkpoints that fall within epochs."""
    x, _ = _rows(240, 6, 6, 2)
    y = np.digitize(x[..., 0].mean((1, 2)), [-0.07, 0.07])
    model = Sequential(
        [
            layers.Input((6, 6, 2)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(momentum=0.8),
            layers.Flatten(),
            layers.GaussianNoise(0.1),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return Job(
        model,
        {"x": x, "y": y, "validation_split": 0.3, "epochs": 60},
        [
            callbacks.EarlyStopping(patience=14, restore_best_weights=True),
            callbacks.ReduceLROnPlateau(patience=3, factor=0.5, cooldown=1),
            callbacks.ModelCheckpoint("best.keras", save_best_only=True),
            callbacks.CSVLogger("log.csv"),
        ],
        save_freq=7,
    )


def whole_epochs() -> Job:
    """Checkpoints at the ends of epochs, and files that are written there."""
    x, y = _rows(300)
    files = callbacks.ModelCheckpoint("last.weights.h5", save_weights_only=True)
    log = callbacks.CSVLogger("log.csv")
    data = {"x": x, "y": y, "epochs": 40, "validation_split": 0.2}
    return Job(_dense("rmsprop"), data, [files, log])


class _LossOfEachBatch(callbacks.Callback):
    """A callback of a user's own, which is called after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []
        self.highest = np.zeros(2)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.losses.append(logs["loss"])
        self.highest = np.maximum(self.highest, [logs["loss"], batch])


def every_step() -> Job:
    """Callbacks that are called after every step, and change the rate of learning."""
    x, y = _rows(100)
    rate = callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.98)
    files = callbacks.ModelCheckpoint("{epoch}.weights.h5", save_weights_only=True, save_freq=27)
    data = {"x": x, "y": y, "batch_size": 10, "epochs": 50}
    return Job(_dense(), data, [_LossOfEachBatch(), rate, files], save_freq=7)


class _Batches(PyDataset):
    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.x, self.y = _rows(160)
        self.indices = np.arange(160)

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.indices[16 * index : 16 * (index + 1)]
        return self.x[chosen], self.y[chosen]

    def on_epoch_end(self) -> None:
        np.random.shuffle(self.indices)


class _RandomBatches(_Batches):
    """Batches with noise from NumPy's and Python's global generators and from one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(5)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        x, y = super().__getitem__(index)
        x = x * random.uniform(0.9, 1.1) + np.random.normal(scale=0.1, size=x.shape)
        return (x * self.rng.choice([-1, 1], (len(x), 1))).astype("float32"), y


def data_set() -> Job:
    """A `PyDataset` that shuffles and draws at random, and so does the one for validation."""
    data = {"x": _RandomBatches(), "validation_data": _RandomBatches(), "epochs": 80}
    return Job(_dense(), data)


def data_set_inside_epochs() -> Job:
    """The same with checkpoints within epochs, while batches are made ahead."""
    return Job(_dense(), {"x": _RandomBatches(), "epochs": 120, "shuffle": False}, save_freq=7)


def data_set_of_workers() -> Job:
    """A `PyDataset` that shuffles, and whose batches two threads make."""
    return Job(_dense(), {"x": _Batches(workers=2), "epochs": 120}, save_freq=13)


def parts_of_a_pass() -> Job:
    """Epochs shorter than the data."""
    x, y = _rows(192)
    return Job(_dense(), {"x": x, "y": y, "batch_size": 16, "steps_per_epoch": 8, "epochs": 70})


def batches() -> Job:
    """A list of batches, in epochs that are not whole passes over it."""
    x, y = _rows(192)
    made = [(x[i : i + 16], y[i : i + 16]) for i in range(0, 192, 16)]
    model = _dense(optimizers.Adam(0.01, gradient_accumulation_steps=3))
    return Job(model, {"x": made, "steps_per_epoch": 7, "epochs": 150}, save_freq=10)


def generator() -> Job:
    """A generator that gives the same batches each time that it is made."""
    x, y = _rows(192)

    def forever() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng(2)
        while True:
            chosen = rng.integers(192, size=16)
            yield x[chosen], y[chosen]

    return Job(_dense(), {"x": forever(), "steps_per_epoch": 7, "epochs": 100}, save_freq=10)


def averaged() -> Job:
    """Weights that are exchanged for their moving average at the end of each epoch."""
    x, y = _rows()
    model = _dense(optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9))
    files = callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True)
    data = {"x": x, "y": y, "validation_split": 0.2, "epochs": 50}
    return Job(model, data, [callbacks.SwapEMAWeights(swap_on_epoch=True), files], save_freq=9)


def half_precision() -> Job:
    """Weights in float32, computation in float16, a loss that is scaled as needed."""
    x, y = _rows()
    model = Sequential(
        [
            layers.Input((12,)),
            layers.Dense(16, activation="relu", dtype="mixed_float16"),
            layers.BatchNormalization(dtype="mixed_float16"),
            layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )
    optimizer = optimizers.LossScaleOptimizer(optimizers.Adam(), dynamic_growth_steps=20)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return Job(model, {"x": x, "y": y, "epochs": 150})


def schedule() -> Job:
    """A rate of learning that follows the number of the step."""
    x, y = _rows()
    rate = optimizers.schedules.CosineDecay(0.05, 500)
    model = _dense(optimizers.AdamW(rate, weight_decay=0.01))
    return Job(model, {"x": x, "y": y, "class_weight": {0: 1.0, 1: 2.0, 2: 0.5}, "epochs": 100})


JOBS: dict[str, Callable[[], Job]] = {
    job.__name__: job
    for job in (
        dense,
        convolution,
        whole_epochs,
        every_step,
        data_set,
        data_set_inside_epochs,
        data_set_of_workers,
        parts_of_a_pass,
        batches,
        generator,
        averaged,
        half_precision,
        schedule,
    )
}


def made(name: str) -> Job:
    """The training of that name, with the same first weights and random numbers each time."""
    set_random_seed(3)
    return JOBS[name]()
