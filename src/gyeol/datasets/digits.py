"""The UCI optical digits: 1,797 handwritten digits, 8x8. They ship with gyeol."""

from pathlib import Path

from gyeol.datasets.download import DataSetError
from gyeol.datasets.formats import Layout, read_npz
from gyeol.datasets.store import DataSet, Split, exact, split
from gyeol.text import tr

CLASS_NAMES = tuple("0123456789")
FILE = Path(__file__).with_name("digits.npz")

_LAYOUT: Layout = {
    "x_train": ((1437, 8, 8), "uint8"),
    "y_train": ((1437,), "uint8"),
    "x_test": ((360, 8, 8), "uint8"),
    "y_test": ((360,), "uint8"),
}

DATA = DataSet(
    name="digits",
    title="handwritten digits, 8x8 grey",
    layout=_LAYOUT,
    check=exact(
        x_train="5760f944f9d4583320655eb3932bdbb8a1d7ecccece1d5e8ac73699a93fdf434",
        y_train="33fe81a53fa12d9cd119c74adab9b6b08a7d070ee62e736390c5cf89f00886b1",
        x_test="3cc232bd25364446c8646cd9434a26e35ea92e20045d395b2fdd2232a75c9b8f",
        y_test="70ee2850bb25b543ca4112717fd4396c3fb90bcb54d8015bd3f9c7c900966072",
    ),
    class_names=CLASS_NAMES,
    origin="E. Alpaydin, C. Kaynak, UCI Machine Learning Repository (1998); CC BY 4.0",
)


def load_data() -> Split:
    """1,437 training and 360 test pictures of handwritten digits, 8x8, with their labels.

    The split is scikit-learn's ``train_test_split(images, labels, test_size=360, random_state=0,
    stratify=labels)`` on its ``load_digits()``.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, all uint8: pictures (n, 8, 8) with values from 0
        (ground) to 16 (ink), labels (n,) from 0 to 9.

    Raises:
        DataSetError: the file that came with gyeol is gone or damaged.

    Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998, doi 10.24432/C50P49. Licence: CC BY 4.0.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_train.shape, int(x_train.max())
    ((1437, 8, 8), (1437,), 16)
    """
    try:
        arrays = read_npz(FILE, DATA.layout)
        DATA.check(arrays)
    except (OSError, ValueError) as error:
        raise DataSetError(
            tr("{file} is damaged: {reason}. Install gyeol anew.", file=FILE, reason=error)
        ) from error
    return split(arrays)
