"""Fashion-MNIST: 70,000 pictures of clothes, 28x28."""

from gyeol.datasets.download import File, checksum
from gyeol.datasets.mnist import IDX_NAMES, LAYOUT, read_idx_files
from gyeol.datasets.store import DataSet, Source, Split, exact, load, split

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_MIRRORS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)


def _idx_file(name: str, size: int, sha256: str) -> File:
    return File(name, tuple(mirror + name for mirror in _MIRRORS), checksum("sha256", sha256), size)


DATA = DataSet(
    name="fashion_mnist",
    title="clothes, 28x28 grey",
    layout=LAYOUT,
    check=exact(
        x_train="2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
        y_train="657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
        x_test="c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        y_test="3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ),
    class_names=CLASS_NAMES,
    origin="H. Xiao, K. Rasul, R. Vollgraf, Zalando (2017); MIT",
    sources=(
        Source(
            files=(
                _idx_file(
                    IDX_NAMES["x_train"],
                    26421880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                ),
                _idx_file(
                    IDX_NAMES["y_train"],
                    29515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                ),
                _idx_file(
                    IDX_NAMES["x_test"],
                    4422102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                ),
                _idx_file(
                    IDX_NAMES["y_test"],
                    5148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                ),
            ),
            read=read_idx_files,
            folder="fashion-mnist",  # where Keras leaves them too
        ),
    ),
)


def load_data() -> Split:
    """60,000 training and 10,000 test pictures of clothes, with their labels.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, all uint8: pictures (n, 28, 28) with values from 0
        (ground) to 255, labels (n,) from 0 to 9, named in `CLASS_NAMES`.

    Raises:
        DataSetError: there is no good copy on this disk and none could be fetched.

    Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms", 2017. Licence: MIT, copyright Zalando SE.
    """
    return split(load(DATA))
