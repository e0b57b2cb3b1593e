"""Whole models in `.keras` files: what comes back, what is refused, what a failure leaves."""

import functools
import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import gyeol
from gyeol import layers, saving

from .conftest import X, make_model, same, state


def test_load_gives_back_what_was_saved(trained, tmp_path):
    trained.save(tmp_path / "m.keras")
    read = gyeol.models.load_model(tmp_path / "m.keras")
    assert same(state(read), state(trained))
    assert json.dumps(read.get_config()) == json.dumps(trained.get_config())
    assert read.get_compile_config() == trained.get_compile_config()
    np.testing.assert_array_equal(read(X), trained(X))


def test_saving_twice_gives_the_same_members(trained, tmp_path):
    files = []
    for name in ("a.keras", "b.keras"):
        trained.save(tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            files.append([archive.read(n) for n in ("config.json", "model.weights.h5")])
    assert files[0] == files[1]


def test_without_compile(keras_file):
    model = saving.load_model(keras_file, compile=False)
    assert not model.compiled
    assert model.optimizer is None


def test_metrics_go_on_by_name(keras_file):
    read = saving.load_model(keras_file)
    logs = read.evaluate(X, np.zeros((8, 3), "float32"), verbose=0, return_dict=True)
    assert set(logs) == {"loss", "mae"}


def test_a_shared_layer_stays_one(tmp_path):
    """Two models within a model share a layer; Keras itself cannot read its own file of this."""
    shared = layers.Dense(4, name="shared")
    a, b, c = (gyeol.Input((4,)) for _ in range(3))
    one, two = gyeol.Model(a, shared(a), name="one"), gyeol.Model(b, shared(b), name="two")
    model = gyeol.Model(c, shared(two(one(c))))
    model.save(tmp_path / "m.keras")
    read = saving.load_model(tmp_path / "m.keras")
    assert len(read.weights) == 2
    assert read.get_layer("one").get_layer("shared") is read.get_layer("shared")
    np.testing.assert_array_equal(read(X), model(X))


def test_frozen_layers_stay_frozen(tmp_path):
    model = make_model()
    model.get_layer("first").trainable = False
    model.compile("adam", "mse")
    model.train_on_batch(X, np.zeros((8, 3), "float32"))
    model.save(tmp_path / "m.keras")
    read = saving.load_model(tmp_path / "m.keras")
    assert len(read.trainable_variables) == len(model.trainable_variables) == 4
    assert same(state(read), state(model))


# Classes and functions of one's own ------------------------------------------------------------


class Plain(gyeol.Model):
    """As many write it: no keyword arguments, no get_config."""

    def __init__(self, units, activation=None):
        super().__init__()
        self.dense = layers.Dense(units, activation)

    def call(self, x):
        return self.dense(x)


class Around(gyeol.Model):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x):
        return self.inner(x)


def double(x):
    return 2 * x


def test_a_model_without_get_config(tmp_path):
    model = Plain(3, activation=double)
    model.build((None, 4))
    model.trainable = False
    model.save(tmp_path / "m.keras")
    read = saving.load_model(tmp_path / "m.keras", {"Plain": Plain, "double": double})
    assert (read.name, read.trainable) == (model.name, False)
    np.testing.assert_array_equal(read(X), model(X))


def test_a_layer_among_the_arguments(tmp_path):
    model = Around(layers.Dense(2), name="around")
    model.build((None, 4))
    model.save(tmp_path / "m.keras")
    with saving.custom_object_scope({"Around": Around}):
        read = saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(read(X), model(X))


def test_a_class_that_was_not_passed_is_named(tmp_path):
    model = Around(layers.Dense(2))
    model.build((None, 4))
    model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match=r"m\.keras.*'Around'.*custom_objects=\{'Around': Around"):
        saving.load_model(tmp_path / "m.keras")


def test_registered_names_do_not_hide_gyeol_s_own(tmp_path):
    """A user's registered `Dense` is not the `Dense` of a file of others."""

    class Dense(layers.Dense):
        pass

    saving.register_keras_serializable("mine", "Dense")(Dense)
    try:
        model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(2), Dense(2)])
        model.save(tmp_path / "m.keras")
        read = saving.load_model(tmp_path / "m.keras")
        assert [type(layer) for layer in read.layers] == [layers.Dense, Dense]
    finally:
        del saving.get_custom_objects()["mine>Dense"]


def test_custom_objects_by_hand(tmp_path):
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(2, double)])
    model.save(tmp_path / "m.keras")
    saving.get_custom_objects()["double"] = double
    try:
        assert saving.load_model(tmp_path / "m.keras").layers[0].activation is double
    finally:
        del saving.get_custom_objects()["double"]


def test_what_has_no_config_is_refused_before_anything_is_written(tmp_path):
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(2, functools.partial(double))])
    with pytest.raises(TypeError, match="partial has no get_config"):
        model.save(tmp_path / "m.keras")
    assert os.listdir(tmp_path) == []


# Refusals --------------------------------------------------------------------------------------


def test_other_endings_are_refused(trained, tmp_path):
    for name in ("m.zip", "m.keras.bak"):
        with pytest.raises(ValueError, match=r"ends in '\.keras' or '\.h5'"):
            trained.save(tmp_path / name)
    with pytest.raises(ValueError, match="is a folder"):
        saving.save_model(trained, tmp_path / "m.keras", zipped=False)
    with pytest.raises(ValueError, match="save_format"):
        trained.save(tmp_path / "m", save_format="zip")
    with pytest.raises(TypeError, match="signatures"):
        trained.save(tmp_path / "m.keras", signatures=None)
    assert os.listdir(tmp_path) == []


def test_an_unbuilt_model_is_refused(tmp_path):
    model = gyeol.Sequential([layers.Dense(2)], name="later")
    with pytest.raises(ValueError, match=r"'later' is not built"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match=r"'later' is not built"):
        model.save_weights(tmp_path / "m.weights.h5")
    assert os.listdir(tmp_path) == []


def test_overwrite(trained, tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        trained.save(path, overwrite=False)
    assert path.read_bytes() == b"mine"
    trained.save(path)
    assert same(state(saving.load_model(path)), state(trained))


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.keras"):
        saving.load_model(tmp_path / "none.keras")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=r"folder without the file 'config\.json'"):
        saving.load_model(tmp_path / "folder")
    (tmp_path / "folder" / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ValueError, match="SavedModel of TensorFlow"):
        saving.load_model(tmp_path / "folder")


def test_a_failed_save_leaves_the_old_file(trained, keras_file, monkeypatch):
    before = keras_file.read_bytes()

    def fill_the_disk(archive, name, data):
        archive.fp.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        trained.save(keras_file)
    assert keras_file.read_bytes() == before
    assert os.listdir(keras_file.parent) == [keras_file.name]


# Folders ---------------------------------------------------------------------------------------


def test_a_name_without_an_ending_is_a_folder(trained, tmp_path):
    for arguments in ({}, {"zipped": False}, {"save_format": "tf"}):
        trained.save(tmp_path / "model", **arguments)
        assert sorted(os.listdir(tmp_path / "model")) == [
            "config.json",
            "metadata.json",
            "model.weights.h5",
        ]
        assert same(state(saving.load_model(tmp_path / "model")), state(trained))
    assert os.listdir(tmp_path) == ["model"]


def test_a_folder_of_something_else_is_not_replaced(trained, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "plain").write_text("x")
    for name in ("mine", "plain"):
        with pytest.raises(FileExistsError, match="no folder of a model"):
            trained.save(tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "x"
    assert sorted(os.listdir(tmp_path)) == ["mine", "plain"]


def test_a_failed_save_leaves_the_old_folder(trained, tmp_path, monkeypatch):
    trained.save(tmp_path / "model")
    before = {p.name: p.read_bytes() for p in (tmp_path / "model").iterdir()}

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk is full"):
        trained.save(tmp_path / "model")
    monkeypatch.undo()
    assert before == {p.name: p.read_bytes() for p in (tmp_path / "model").iterdir()}
    assert os.listdir(tmp_path) == ["model"]


# JSON ------------------------------------------------------------------------------------------


def test_json_gives_the_structure_back(trained):
    read = gyeol.models.model_from_json(trained.to_json(indent=1))
    assert read.get_config() == trained.get_config()
    assert read.get_compile_config() == trained.get_compile_config()
    for text in ("{", "[]", "1", '{"class_name": "Dense", "config": {"units": 2}}'):
        with pytest.raises(ValueError):
            gyeol.models.model_from_json(text)


def test_the_heavy_libraries_are_not_imported_early():
    code = (
        "import sys, gyeol, gyeol.saving, gyeol.models\n"
        "sys.exit(any(name in sys.modules for name in ('h5py', 'keras', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
