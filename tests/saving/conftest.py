"""A small trained model, and tools to make bad files of a good one."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

import gyeol
from gyeol import layers

collect_ignore = ["keras2/make.py"]  # it is for Keras 2


def make_model(units=3):
    model = gyeol.Sequential(
        [
            gyeol.Input((4,)),
            layers.Dense(5, "relu", name="first"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5),
            layers.Dense(units, name="last"),
        ],
        name="small",
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


@pytest.fixture(scope="module")
def trained():
    model = make_model()
    model.train_on_batch(X, np.zeros((8, 3), "float32"))
    return model


@pytest.fixture
def model(trained, tmp_path):
    """The trained model, in an object of its own."""
    trained.save(tmp_path / "trained.keras")
    return gyeol.models.load_model(tmp_path / "trained.keras")


@pytest.fixture
def keras_file(trained, tmp_path):
    path = tmp_path / "good.keras"
    trained.save(path)
    return path


@pytest.fixture
def weights_file(trained, tmp_path):
    path = tmp_path / "good.weights.h5"
    trained.save_weights(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(path, contents, compression=zipfile.ZIP_STORED):
    """Write a zip file of (name, bytes) pairs."""
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in contents:
            file.writestr(name, data)
    return path


def with_config(path, change):
    """Write the file again with its config changed."""
    contents = members(path)
    config = json.loads(contents["config.json"])
    contents["config.json"] = json.dumps(change(config) or config)
    return archive(path, contents.items())


def with_weights(path, change):
    """Write the file again with its open HDF5 file changed."""
    contents = members(path) if path.suffix == ".keras" else {"": path.read_bytes()}
    name = "model.weights.h5" if path.suffix == ".keras" else ""
    buffer = io.BytesIO(contents[name])
    with h5py.File(buffer, "r+") as file:
        change(file)
    contents[name] = buffer.getvalue()
    if not name:
        path.write_bytes(contents[name])
        return path
    return archive(path, contents.items())


def state(model):
    """Every value of a model and its optimizer."""
    return [np.array(v.value) for v in model.variables + model.optimizer.variables]


def same(before, after):
    return len(before) == len(after) and all(map(np.array_equal, before, after))
