"""MNIST: 70,000 handwritten digits, 28x28."""

from pathlib import Path

from gyeol.datasets.download import File, checksum
from gyeol.datasets.formats import Arrays, Layout, read_idx, read_npz
from gyeol.datasets.store import DataSet, Source, Split, exact, load, split

CLASS_NAMES = tuple("0123456789")

LAYOUT: Layout = {
    "x_train": ((60000, 28, 28), "uint8"),
    "y_train": ((60000,), "uint8"),
    "x_test": ((10000, 28, 28), "uint8"),
    "y_test": ((10000,), "uint8"),
}
IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}


def read_idx_files(folder: Path, layout: Layout = LAYOUT) -> Arrays:
    """The arrays of the four gzipped IDX files that MNIST and Fashion-MNIST were published as."""
    return {name: read_idx(folder / IDX_NAMES[name], shape) for name, (shape, _) in layout.items()}


def _read_published_npz(folder: Path) -> Arrays:
    return read_npz(folder / "mnist.npz", LAYOUT)


_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def _idx_file(name: str, size: int, sha256: str) -> File:
    urls = tuple(mirror + name for mirror in _MIRRORS)
    return File(name, urls, checksum("sha256", sha256), size)


DATA = DataSet(
    name="mnist",
    title="handwritten digits, 28x28 grey",
    layout=LAYOUT,
    check=exact(
        x_train="741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        y_train="1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        x_test="6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        y_test="ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
    class_names=CLASS_NAMES,
    origin="Y. LeCun, C. Cortes, C. Burges (1998); CC BY-SA 3.0",
    sources=(
        Source(
            files=(
                File(
                    "mnist.npz",
                    (
                        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
                        "https://s3.amazonaws.com/img-datasets/mnist.npz",
                    ),
                    checksum(
                        "sha256",
                        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                    ),
                    11490434,
                ),
            ),
            read=_read_published_npz,
        ),
        Source(
            files=(
                _idx_file(
                    IDX_NAMES["x_train"],
                    9912422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                ),
                _idx_file(
                    IDX_NAMES["y_train"],
                    28881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                ),
                _idx_file(
                    IDX_NAMES["x_test"],
                    1648877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                ),
                _idx_file(
                    IDX_NAMES["y_test"],
                    4542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                ),
            ),
            read=read_idx_files,
            folder="mnist",
        ),
    ),
)


def load_data(path: str = "mnist.npz") -> Split:
    """60,000 training and 10,000 test pictures of handwritten digits, with their labels.

    Args:
        path: the file that keeps them, in ``GYEOL_HOME/datasets`` unless it is absolute.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, all uint8: pictures (n, 28, 28) with values from 0
        (ground) to 255 (ink), labels (n,) from 0 to 9.

    Raises:
        DataSetError: there is no good copy on this disk and none could be fetched.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", 1998. Licence: CC BY-SA 3.0.
    """
    return split(load(DATA, path))
