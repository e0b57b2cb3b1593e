"""Run a program written for gyeol in real Keras on its JAX backend.

    python benchmarks/real_keras.py examples/mnist_one_hot.py --seed 1 --out pictures

The program is the same but for its import lines and one idiom that Keras 3 no longer takes: a bare
string for `metrics`. Its data sets are gyeol's, so that both libraries see the same arrays.
"""

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras

from gyeol import datasets

CHANGES = {
    "import gyeol as keras": "import keras",
    "from gyeol import": "from keras import",
    'metrics="accuracy"': 'metrics=["accuracy"]',
}


def main() -> None:
    program = sys.argv[1]
    for name in ("mnist", "fashion_mnist", "cifar10", "pima_diabetes"):
        setattr(keras.datasets, name, getattr(datasets, name))
    source = Path(program).read_text(encoding="utf-8")
    for ours, theirs in CHANGES.items():
        source = source.replace(ours, theirs)
    sys.argv = sys.argv[1:]
    exec(compile(source, program, "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main()
