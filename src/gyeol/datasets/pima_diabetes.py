"""The Pima Indians diabetes table: 768 women, eight measurements, diabetes within five years."""

from pathlib import Path

import numpy as np

from gyeol.datasets.download import File
from gyeol.datasets.formats import Arrays, Layout, read_csv
from gyeol.datasets.store import DataSet, Source, Split, exact, load

CLASS_NAMES = ("no diabetes", "diabetes")
FEATURE_NAMES = (
    "Pregnancies",
    "Glucose",
    "BloodPressure",
    "SkinThickness",
    "Insulin",
    "BMI",
    "DiabetesPedigreeFunction",
    "Age",
)

_FILE = "pima-indians-diabetes.csv"
_LAYOUT: Layout = {"x": ((768, 8), "float32"), "y": ((768,), "uint8")}
_check = exact(
    x="fb3ab7be11aad36aaccc4e79e7fe28d8dc9020dde25c989e221fe91102ef09ba",
    y="47f027f9cd0be2d16358279b35804c9609e20e167534125ce6ee85bf957d5fa7",
)


def _read_table(path: Path) -> Arrays:
    table = read_csv(path, (768, 9))
    return {"x": table[:, :8].astype("float32"), "y": table[:, 8].astype("uint8")}


def _read(folder: Path) -> Arrays:
    return _read_table(folder / _FILE)


def _verify(path: Path) -> None:
    # Mirrors differ in the line of names and in line ends, so the values are compared.
    _check(_read_table(path))


DATA = DataSet(
    name="pima_diabetes",
    title="768 women, 8 measurements, diabetes or not",
    layout=_LAYOUT,
    check=_check,
    class_names=CLASS_NAMES,
    origin="US National Institute of Diabetes and Digestive and Kidney Diseases (1990); CC0",
    sources=(
        Source(
            files=(
                File(
                    _FILE,
                    (
                        "https://raw.githubusercontent.com/jbrownlee/Datasets/master/pima-indians-diabetes.csv",
                        "https://raw.githubusercontent.com/plotly/datasets/master/diabetes.csv",
                    ),
                    _verify,
                ),
            ),
            read=_read,
        ),
    ),
)


def load_data(path: str = "pima_diabetes.npz", test_split: float = 0.2, seed: int = 113) -> Split:
    """768 rows of eight measurements, and whether the woman had diabetes within five years.

    A zero in Glucose, BloodPressure, SkinThickness, Insulin or BMI means that it was not measured.

    Args:
        path: the file that keeps them, in ``GYEOL_HOME/datasets`` unless it is absolute. The CSV
            ``pima-indians-diabetes.csv`` is read there too.
        test_split: the share of the rows that is held out, from 0 to below 1.
        seed: of the shuffle before the split.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: float32 (n, 8) with the columns of
        `FEATURE_NAMES`, uint8 (n,) of 0 and 1.

    Raises:
        ValueError: `test_split` is not a share.
        DataSetError: there is no good copy on this disk and none could be fetched.

    Source: J. W. Smith and others, "Using the ADAP learning algorithm to forecast the onset of
    diabetes mellitus", 1988.
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"test_split must be from 0 to below 1; got {test_split!r}.")
    arrays = load(DATA, path)
    order = np.random.default_rng(seed).permutation(len(arrays["x"]))
    x, y = arrays["x"][order], arrays["y"][order]
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])
