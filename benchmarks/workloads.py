"""What is measured: networks and data, described once and in no library's words.

The workers of all the peers import this module, so it needs NumPy and nothing else.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

FLOAT = 4  # bytes


@dataclass(frozen=True)
class Network:
    """A network and the data that it learns.

    Args:
        title: for the page.
        data: the data set's name.
        shape: of one sample.
        layers: ('flatten',), ('dense', units, activation), ('dropout', rate),
            ('conv', filters, activation, padding) with windows of 3 x 3, ('pool',) of 2 x 2,
            ('residual', filters, stride), ('average',) over height and width. The last one's
            activation, softmax or sigmoid, says which cross-entropy is the loss.
        one_hot: whether the labels are rows of 0 and 1.
        scaled: whether pixels are floats from 0 to 1, and not bytes.
    """

    title: str
    data: str
    shape: tuple[int, ...]
    layers: tuple[tuple, ...]
    one_hot: bool = False
    scaled: bool = True

    @property
    def is_binary(self) -> bool:
        return self.layers[-1][-1] == "sigmoid"


def _dense(*units: int) -> tuple[tuple, ...]:
    return *[("dense", n, "relu") for n in units], ("dense", 10, "softmax")


NETWORKS = {
    "mnist_one_hot": Network("dense 784-64-10, one-hot", "mnist", (784,), _dense(64), one_hot=True),
    "mnist_tutorial": Network(
        "dense 784-128-10, dropout",
        "mnist",
        (28, 28),
        (("flatten",), ("dense", 128, "relu"), ("dropout", 0.2), ("dense", 10, "softmax")),
    ),
    "mnist_deep_dense": Network(
        "dense 784-512-256-128-64-10, bytes",
        "mnist",
        (28, 28),
        (("flatten",), *_dense(512, 256, 128, 64)),
        scaled=False,
    ),
    "fashion_mnist_conv": Network(
        "conv 32-64 on 28x28, dense 100",
        "fashion_mnist",
        (28, 28, 1),
        (
            ("conv", 32, "relu", "same"),
            ("pool",),
            ("conv", 64, "relu", "same"),
            ("pool",),
            ("flatten",),
            ("dense", 100, "relu"),
            ("dropout", 0.4),
            ("dense", 10, "softmax"),
        ),
    ),
    "cifar10_conv": Network(
        "conv 32-64-64 on 32x32x3, dense 64",
        "cifar10",
        (32, 32, 3),
        (
            ("conv", 32, "relu", "valid"),
            ("pool",),
            ("conv", 64, "relu", "valid"),
            ("pool",),
            ("conv", 64, "relu", "valid"),
            ("flatten",),
            *_dense(64),
        ),
    ),
    "cifar10_residual": Network(
        "residual, 4 blocks of 16-16-32-64 on 32x32x3",
        "cifar10",
        (32, 32, 3),
        (
            ("conv", 16, "relu", "same"),
            ("residual", 16, 1),
            ("residual", 16, 1),
            ("residual", 32, 2),
            ("residual", 64, 2),
            ("average",),
            ("dense", 10, "softmax"),
        ),
    ),
    "pima_diabetes": Network(
        "dense 8-128-128-1 on the Pima table",
        "pima_diabetes",
        (8,),
        (
            ("dense", 128, "linear"),
            ("dense", 128, "relu"),
            ("dropout", 0.2),
            ("dense", 1, "sigmoid"),
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """One row of the tables.

    Args:
        kind: 'train', 'predict' or 'evaluate' in long-lived workers, in turns; 'process' for a
            process of its own each time.
        network: a key of `NETWORKS`.
        batch: rows a step; for 'predict' and 'evaluate' None, each peer's best.
        count: steps an epoch, or rows of one call.
        repeat: epochs or calls a turn.
        job: what a process does, a function of `worker.JOBS`.
        quick: (count, repeat) of a quick run, or None to leave the row out of it.
        goal: how many times the best peer's speed gyeol is to reach, if that is set.
        title: what stands before the network's own title.
        on: the devices that it is measured on.
        without: the peers that it is not measured with.
    """

    kind: str
    network: str
    batch: int | None = None
    count: int = 1
    repeat: int = 1
    job: str = ""
    quick: tuple[int, int] | None = None
    goal: float | None = None
    title: str = ""
    on: tuple[str, ...] = ("cpu", "gpu")
    without: tuple[str, ...] = ()


def _train(network: str, batch: int, count: int, repeat: int, **more) -> Row:
    return Row("train", network, batch, count, repeat, **more)


# Steps an epoch are multiples of 32 where that can be, for the peers' 32 steps an execution.
ROWS = {
    "mnist_one_hot-32": _train("mnist_one_hot", 32, 960, 1, quick=(320, 1), goal=4),
    "mnist_tutorial-32": _train("mnist_tutorial", 32, 960, 1, quick=(320, 1)),
    "mnist_deep_dense-32": _train("mnist_deep_dense", 32, 320, 1, quick=(96, 1), goal=2.5),
    "fashion_mnist_conv-32": _train("fashion_mnist_conv", 32, 64, 1, quick=(32, 1), goal=2.5),
    "cifar10_conv-32": _train("cifar10_conv", 32, 64, 1, quick=(32, 1), goal=2.5),
    "cifar10_residual-32": _train("cifar10_residual", 32, 32, 1, quick=(8, 1)),
    # A whole epoch of the table: 15 batches and a smaller one, or one and a smaller one.
    "pima_diabetes-32": _train("pima_diabetes", 32, 16, 25, quick=(16, 10)),
    "mnist_one_hot-256": _train("mnist_one_hot", 256, 160, 1, quick=(64, 1)),
    "mnist_tutorial-256": _train("mnist_tutorial", 256, 160, 1),
    "mnist_deep_dense-256": _train("mnist_deep_dense", 256, 64, 1),
    "fashion_mnist_conv-256": _train("fashion_mnist_conv", 256, 16, 1),
    "cifar10_conv-256": _train("cifar10_conv", 256, 16, 1, quick=(8, 1)),
    "cifar10_residual-256": _train("cifar10_residual", 256, 4, 1),
    "pima_diabetes-256": _train("pima_diabetes", 256, 2, 50),
    "predict-dense-1": Row("predict", "mnist_tutorial", None, 1, 20, quick=(1, 10)),
    "predict-dense-32": Row("predict", "mnist_tutorial", None, 32, 20, quick=(32, 10)),
    "predict-dense-10000": Row("predict", "mnist_tutorial", None, 10_000, 1, quick=(10_000, 1)),
    "predict-conv-1": Row("predict", "cifar10_conv", None, 1, 20),
    "predict-conv-10000": Row("predict", "cifar10_conv", None, 10_000, 1),
    "evaluate-dense-10000": Row("evaluate", "mnist_tutorial", None, 10_000, 1, quick=(10_000, 1)),
    "evaluate-conv-10000": Row("evaluate", "cifar10_conv", None, 10_000, 1),
    "start-dense": Row(
        "process",
        "mnist_one_hot",
        32,
        job="first_step",
        quick=(1, 1),
        title="process start to the end of the first step: ",
    ),
    "start-conv": Row(
        "process",
        "cifar10_conv",
        32,
        job="first_step",
        title="process start to the end of the first step: ",
    ),
    "pima-process": Row(
        "process",
        "pima_diabetes",
        32,
        100,
        job="epochs",
        quick=(20, 1),
        goal=3,
        title="100 epochs with validation, whole process: ",
    ),
    "kfold": Row(
        "process",
        "pima_diabetes",
        32,
        10,
        job="folds",
        goal=10,
        # It compiles each of the ten models for longer than they train.
        without=("PyTorch, compiled",),
        title="k-fold, 10 fresh models of 10 epochs, whole process: ",
    ),
    "kfold-fold": Row(
        "process",
        "pima_diabetes",
        32,
        10,
        job="fold",
        goal=10,
        without=("PyTorch, compiled",),
        title="k-fold, a fold on average over 10 fresh models of 10 epochs, library loaded: ",
    ),
    "memory-dense": Row(
        "process",
        "mnist_tutorial",
        32,
        1504,
        job="memory",
        quick=(320, 1),
        title="peak memory of a fit: ",
    ),
    "memory-conv": Row(
        "process", "cifar10_conv", 32, 96, job="memory", title="peak memory of a fit: "
    ),
    "cifar10-accuracy": Row(
        "process",
        "cifar10_conv",
        128,
        40,
        job="accuracy",
        title="seconds to a test accuracy of 0.68 on CIFAR-10, plain Adam: ",
        on=("gpu",),
    ),
}
ACCURACY = 0.68
FOLDS = 10


def random_arrays(network: Network, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and labels of the right shape and dtype, where the data set is not on the disk."""
    rng = np.random.default_rng(0)
    if network.data == "pima_diabetes":
        return rng.normal(size=(rows, 8)).astype("float32"), rng.integers(0, 2, rows)
    return (
        rng.integers(0, 256, (rows, *network.shape), dtype=np.uint8),
        rng.integers(0, 10, rows, dtype=np.uint8),
    )


SIZES = {"mnist": 60_000, "fashion_mnist": 60_000, "cifar10": 50_000, "pima_diabetes": 614}


def prepared(network: Network, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The arrays as the source documents hand them to `fit`."""
    x = x.reshape(len(x), *network.shape)
    if network.data != "pima_diabetes" and network.scaled:
        x = x.astype("float32") / np.float32(255)
    elif network.data == "pima_diabetes":
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = y.reshape(-1)
    if network.is_binary:
        y = y.astype("float32")
    elif network.one_hot:
        y = np.eye(10, dtype="float32")[y]
    else:
        y = y.astype("int32")
    return np.ascontiguousarray(x), y


def load(folder: str | Path, name: str, rows: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A network's arrays, which the parent wrote for all peers; repeated if there are too few."""
    x, y = (np.load(Path(folder) / f"{name}-{part}.npy") for part in "xy")
    if not rows or rows == len(x):
        return x, y
    if rows < len(x):
        return x[:rows], y[:rows]
    times = -(-rows // len(x))
    return tuple(np.concatenate([part] * times)[:rows] for part in (x, y))


class Product(NamedTuple):
    """A layer's matrix product: of a (rows, inner) by an (inner, columns) matrix, for a sample."""

    rows: int
    inner: int
    columns: int
    has_input_gradient: bool


class Cost(NamedTuple):
    """What a training step takes at the least.

    Args:
        flops: of the matrix products: forward, gradients of inputs and of weights.
        bytes: read and written: the batch once; each layer's outputs written and read forward and
            backward, and their gradients the same; weights read forward and for the gradient of
            inputs; Adam's reading of weights, gradients and two moments and its writing of three.
        held: bytes that the step touches, each counted once.
        parameters: how many there are.
    """

    flops: int
    bytes: int
    held: int
    parameters: int


def shapes(network: Network) -> tuple[list[Product], int, int]:
    """The matrix products of a sample, the numbers of outputs of all layers, and of parameters."""
    products: list[Product] = []
    shape, outputs, parameters = network.shape, 0, 0

    def conv(shape, filters, window, stride=1, same=True):
        nonlocal outputs, parameters
        height, width = (-(-n // stride) if same else n - window + 1 for n in shape[:2])
        inner = window * window * shape[2]
        products.append(Product(height * width, inner, filters, bool(products)))
        parameters += (inner + 1) * filters
        outputs += height * width * filters
        return height, width, filters

    for kind, *about in network.layers:
        if kind == "flatten":
            shape = (math.prod(shape),)
        elif kind == "dense":
            products.append(Product(1, shape[0], about[0], bool(products)))
            parameters += (shape[0] + 1) * about[0]
            outputs += about[0]
            shape = (about[0],)
        elif kind == "conv":
            shape = conv(shape, about[0], 3, same=about[2] == "same")
        elif kind == "pool":
            shape = (shape[0] // 2, shape[1] // 2, shape[2])
            outputs += math.prod(shape)
        elif kind == "residual":
            filters, stride = about
            before = shape
            shape = conv(conv(before, filters, 3, stride), filters, 3)
            outputs += 2 * math.prod(shape)  # of the two normalizations
            parameters += 4 * filters
            if stride != 1 or before[2] != filters:
                conv(before, filters, 1, stride)
            outputs += math.prod(shape)
        elif kind == "average":
            shape = (shape[2],)
            outputs += shape[0]
    return products, outputs, parameters


def cost(network: Network, batch: int) -> Cost:
    """The arithmetic and the traffic of one step of training with Adam."""
    products, outputs, parameters = shapes(network)
    flops = sum(
        2 * p.rows * p.inner * p.columns * (2 + p.has_input_gradient) * batch for p in products
    )
    batch_bytes = batch * math.prod(network.shape) * (FLOAT if network.scaled else 1)
    # Outputs: written, read by the next layer, read backward; gradients: written, read twice.
    activations = 6 * outputs * batch * FLOAT
    weights = (2 + 1 + 7) * parameters * FLOAT
    held = batch_bytes + 2 * outputs * batch * FLOAT + 4 * parameters * FLOAT
    return Cost(flops, batch_bytes + activations + weights, held, parameters)
