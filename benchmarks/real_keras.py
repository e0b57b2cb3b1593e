"""Run a program written for gyeol in real Keras on its JAX backend.

    python benchmarks/real_keras.py examples/mnist_one_hot.py --seed 1 --out /tmp/pictures

The program is the same but for its import lines and one idiom that Keras 3 no longer takes: a bare
string for `metrics`. The data come from the same files, in ``GYEOL_HOME/datasets``.
"""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

DATASETS = Path(os.environ.get("GYEOL_HOME") or Path.home() / ".gyeol") / "datasets"

CHANGES = {
    "import gyeol as keras": "import keras",
    "from gyeol import": "from keras import",
    'metrics="accuracy"': 'metrics=["accuracy"]',
}


def from_npz(name: str) -> SimpleNamespace:
    """A stand-in for one of Keras's data set modules that reads ``<name>.npz``."""

    def load_data() -> tuple:
        with np.load(DATASETS / f"{name}.npz") as file:
            return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])

    return SimpleNamespace(load_data=load_data)


def load_pima() -> tuple:
    """The Pima table, shuffled and divided as `keras.datasets.boston_housing` does it."""
    table = np.loadtxt(DATASETS / "pima-indians-diabetes.csv", delimiter=",", skiprows=1)
    np.random.RandomState(seed=113).shuffle(table)
    x, y = table[:, :-1].astype("float32"), table[:, -1].astype("int64")
    cut = int(len(x) * 0.8)
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def main() -> None:
    program = sys.argv[1]
    for name in ("mnist", "fashion_mnist", "cifar10"):
        setattr(keras.datasets, name, from_npz(name))
    keras.datasets.pima_diabetes = SimpleNamespace(load_data=load_pima)
    source = Path(program).read_text(encoding="utf-8")
    for ours, theirs in CHANGES.items():
        source = source.replace(ours, theirs)
    sys.argv = sys.argv[1:]
    exec(compile(source, program, "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main()
