"""Legacy `.h5` files: what Keras 2 wrote, what comes back, what is refused."""

import gzip
import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import gyeol
from gyeol import layers, saving
from gyeol.callbacks import ModelCheckpoint

from .conftest import X, make_model, same, state

KERAS_2 = Path(__file__).parent / "keras2"


@pytest.fixture
def unpacked(tmp_path):
    """A file that Keras 2 wrote, and the arrays that belong to it."""

    def unpack(name):
        path = tmp_path / f"{name}.h5"
        path.write_bytes(gzip.decompress((KERAS_2 / f"{name}.h5.gz").read_bytes()))
        return path

    return unpack


def arrays(name):
    with np.load(KERAS_2 / f"{name}.npz") as file:
        grouped = {}
        for key in sorted(file):
            grouped.setdefault(key[:-1], []).append(file[key])
    return {key: values if len(values) > 1 else values[0] for key, values in grouped.items()}


def assert_close(ours, theirs, **tolerance):
    ours, theirs = ([a] if isinstance(a, np.ndarray) else a for a in (ours, theirs))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, **tolerance)


# Of Keras 2 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pictures", "graph"])
def test_models_of_keras_2(unpacked, name):
    """Predictions are Keras 2's, also after a further step with the state of its optimizer."""
    given, model = arrays(name), saving.load_model(unpacked(name))
    assert_close(model.predict(given["x"], verbose=0), given["before"], rtol=1e-5, atol=1e-6)
    model.train_on_batch(given["x"], given["y"])
    # A step divides by the square root of small numbers, which enlarges the rounding.
    assert_close(model.predict(given["x"], verbose=0), given["after"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "name, slots",
    [
        ("sequences", {"velocity": "_velocities", "momentum": "_momentums"}),
        ("separable", {"m": "_momentums", "v": "_velocities", "vhat": "_velocity_hats"}),
        ("attention", {"accumulator": "_accumulators"}),
    ],
)
def test_layers_and_optimizers_of_keras_2(unpacked, name, slots):
    path = unpacked(name)
    given, model = arrays(name), saving.load_model(path)
    assert_close(model.predict(given["x"], verbose=0), given["before"], rtol=1e-5, atol=1e-6)
    assert int(model.optimizer.iterations) == 2
    with h5py.File(path) as file:
        group = file["optimizer_weights"]
        for slot, attribute in slots.items():
            stored = [n for n in group.attrs["weight_names"] if slot in n[:-2].split("/")]
            ours = getattr(model.optimizer, attribute)
            assert len(ours) == len(stored) > 0
            assert same([v.numpy() for v in ours], [group[n][()] for n in stored])


def test_names_in_the_logs_are_those_of_keras_2(unpacked):
    given, model = arrays("graph"), saving.load_model(unpacked("graph"))
    logs = model.evaluate(given["x"], given["y"], verbose=0, return_dict=True)
    assert {"loss", "one_mae", "one_root_mean_squared_error"} <= set(logs)
    assert saving.load_model(unpacked("graph"), compile=False).optimizer is None


def test_json_of_keras_2():
    model = gyeol.models.model_from_json((KERAS_2 / "graph.json").read_text())
    assert model.input_names == ["a", "b"]
    assert [output.shape for output in model.outputs] == [(None, 1), (None, 2)]


def test_weights_of_keras_2(unpacked):
    given, model = arrays("pictures"), saving.load_model(unpacked("pictures"))
    weights = model.get_weights()
    for path in (unpacked("pictures-weights"), unpacked("pictures")):
        model.set_weights([w * 0 for w in weights])
        model.load_weights(path)
        assert same(model.get_weights(), weights)
    assert_close(model.predict(given["x"], verbose=0), given["before"], rtol=1e-4)


def test_forms_of_before_keras_2_3(tmp_path):
    """Sequential as a list, no InputLayer, `lr` and `decay`, metrics by name, numbered lists."""
    dense = {"units": 2, "activation": "relu", "kernel_initializer": "glorot_uniform"}
    layers_ = [
        {"class_name": "Dense", "config": {**dense, "name": "a", "batch_input_shape": [None, 3]}},
        {"class_name": "Dropout", "config": {"rate": 0.5, "name": "b"}},
        {"class_name": "Dense", "config": {**dense, "name": "c"}},
    ]
    training = {
        "optimizer_config": {
            "class_name": "Adam",
            "config": {"lr": 0.01, "beta_1": 0.8, "decay": 0.5, "epsilon": None},
        },
        "loss": "categorical_crossentropy",
        "metrics": ["acc"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    kernels = {"a": np.ones((3, 2), "f4"), "c": np.full((2, 2), 2, "f4")}
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["keras_version"] = b"2.1.6"
        config = {"class_name": "Sequential", "config": layers_}
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names0"] = [b"a", b"b"]
        group.attrs["layer_names1"] = [b"c"]
        group.create_group("b").attrs["weight_names"] = []
        for name, kernel in kernels.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
            inner[f"{name}/kernel:0"] = kernel
            inner[f"{name}/bias:0"] = np.zeros(2, "f4")
        slots = file.create_group("optimizer_weights")
        slots.attrs["weight_names"] = [b"training/Adam/Variable:0"]
        slots["training/Adam/Variable:0"] = np.zeros((3, 2), "f4")
    with pytest.warns(UserWarning, match="It begins anew"):
        model = saving.load_model(tmp_path / "m.h5")
    assert model.input_shape == (None, 3)
    np.testing.assert_array_equal(model.predict(np.ones((1, 3), "f4"), verbose=0), [[12, 12]])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    model.optimizer.iterations.assign(2)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.005)
    assert model.optimizer.beta_1 == 0.8
    logs = model.test_on_batch(np.ones((1, 3), "f4"), np.ones((1, 2), "f4"), return_dict=True)
    assert set(logs) == {"loss", "acc"}


# Back and forth --------------------------------------------------------------------------------


def test_what_is_written_comes_back(trained, tmp_path):
    for name in ("m.h5", "m.hdf5"):
        trained.save(tmp_path / name)
        read = saving.load_model(tmp_path / name)
        assert same(state(read), state(trained))
        assert read.get_config() == trained.get_config()
        np.testing.assert_array_equal(read(X), trained(X))
    trained.save(tmp_path / "plain", save_format="h5", include_optimizer=False)
    assert not saving.load_model(tmp_path / "plain").compiled


def test_functions_of_tensors_and_frozen_layers_come_back(tmp_path):
    a = gyeol.Input((4,))
    norm = layers.BatchNormalization()
    norm.trainable = False
    model = gyeol.Model(a, layers.Dense(2)(norm(a) * 2.0 + a))
    model.save(tmp_path / "m.h5")
    read = saving.load_model(tmp_path / "m.h5")
    assert len(read.trainable_variables) == 2
    np.testing.assert_array_equal(read(X), model(X))


def test_classes_of_ones_own(tmp_path):
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((), "ones", name="factor")

        def call(self, x):
            return x * self.factor

    def loss(y_true, y_pred):
        return (y_true - y_pred) ** 2

    model = gyeol.Sequential([gyeol.Input((4,)), Scale(), layers.Dense(2)])
    model.compile("sgd", loss)
    model.layers[0].factor.assign(3.0)
    model.save(tmp_path / "m.h5")
    read = saving.load_model(tmp_path / "m.h5", {"Scale": Scale, "loss": loss})
    np.testing.assert_array_equal(read(X), model(X))
    assert read.loss is loss
    with pytest.raises(ValueError, match="'Scale'"):
        saving.load_model(tmp_path / "m.h5")


def test_bfloat16(tmp_path):
    """It is written as float32, which Keras reads; the bare bytes that Keras writes are read."""
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(3, dtype="bfloat16", name="d")])
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        group = file["model_weights/d/d"]
        kernel = group["kernel"][()]
        assert kernel.dtype == "float32"
        np.testing.assert_array_equal(kernel, np.asarray(model.weights[0], "float32"))
        del group["kernel"]
        group["kernel"] = np.array(model.weights[0])
    again = saving.load_model(tmp_path / "m.h5")
    assert again.weights[0].dtype == "bfloat16"
    np.testing.assert_array_equal(np.array(again.weights[0]), np.array(model.weights[0]))


def test_losses_have_their_full_names_in_files(tmp_path):
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert json.loads(file.attrs["training_config"])["loss"] == "mean_squared_error"


def test_a_great_many_layers(tmp_path):
    """Names that do not fit into one attribute go into several."""
    names = [f"{number:04}" + "x" * 1000 for number in range(70)]
    model = gyeol.Sequential([gyeol.Input((1,)), *(layers.Dense(1, name=name) for name in names)])
    model.save_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5") as file:
        assert "layer_names1" in file.attrs
    weights = model.get_weights()
    model.set_weights([w * 0 for w in weights])
    model.load_weights(tmp_path / "w.h5")
    assert same(model.get_weights(), weights)


def test_checkpoints_as_in_old_programs(tmp_path, recwarn):
    model = make_model()
    for path, arguments in (
        ("best-cnn-model.h5", {"save_best_only": True, "monitor": "loss"}),
        ("w.{epoch:02d}.hdf5", {"save_weights_only": True}),
        ("folder-{epoch:.1f}", {}),
    ):
        callback = ModelCheckpoint(str(tmp_path / path), **arguments)
        model.fit(X, np.zeros((8, 3), "float32"), epochs=2, verbose=0, callbacks=[callback])
    assert {p.name for p in tmp_path.iterdir()} == {
        "best-cnn-model.h5",
        "folder-1.0",
        "folder-2.0",
        "w.01.hdf5",
        "w.02.hdf5",
    }
    assert same(state(saving.load_model(tmp_path / "folder-2.0")), state(model))
    assert not recwarn


# Weights by name and by order ------------------------------------------------------------------


def test_by_name_and_with_other_shapes(trained, tmp_path):
    path = tmp_path / "w.h5"
    trained.save_weights(path)
    other = gyeol.Sequential(
        [gyeol.Input((4,)), layers.Dense(5, name="first"), layers.Dense(7, name="last")]
    )
    last = other.get_layer("last").get_weights()
    with pytest.raises(ValueError, match="2 layers with weights, the file 3"):
        other.load_weights(path)
    with pytest.raises(ValueError, match=r"'last'.*\(5, 7\).*\(5, 3\)"):
        other.load_weights(path, by_name=True)
    with pytest.warns(UserWarning, match="'last'"):
        other.load_weights(path, by_name=True, skip_mismatch=True)
    assert same(other.get_layer("first").get_weights(), trained.get_layer("first").get_weights())
    assert same(other.get_layer("last").get_weights(), last)


# Bad files -------------------------------------------------------------------------------------


def bad(change):
    def written(path, model):
        model.save(path)
        with h5py.File(path, "r+") as file:
            change(file)

    return written


def with_layer(entry):
    def change(file):
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1] = entry
        file.attrs["model_config"] = json.dumps(config)

    return bad(change)


KERNEL = "model_weights/first/first/kernel"


@bad
def linked_array(file):
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("/etc/hostname", "x")


@bad
def linked_group(file):
    del file["model_weights/first"]
    file["model_weights/first"] = h5py.SoftLink("/model_weights/last")


@bad
def huge_array(file):
    del file[KERNEL]
    file.create_dataset(KERNEL, (10**6, 10**6), "f4", chunks=(1000, 1000))


@bad
def other_shape(file):
    del file[KERNEL]
    file[KERNEL] = np.zeros((4, 6), "f4")


@bad
def missing_array(file):
    del file[KERNEL]


@bad
def names_of_numbers(file):
    file["model_weights"].attrs["layer_names"] = [1.0, 2.0]


@bad
def config_of_numbers(file):
    file.attrs["model_config"] = 3


@bad
def no_config(file):
    del file.attrs["model_config"]


@bad
def deep_config(file):
    file.attrs["model_config"] = '{"a":' * 5000 + "1" + "}" * 5000


BAD = {
    "linked_array": linked_array,
    "linked_group": linked_group,
    "huge_array": huge_array,
    "other_shape": other_shape,
    "missing_array": missing_array,
    "names_of_numbers": names_of_numbers,
    "config_of_numbers": config_of_numbers,
    "no_config": no_config,
    "deep_config": deep_config,
    "os_system": with_layer({"class_name": "os.system", "config": {"command": "x"}}),
    "module": with_layer({"module": "os", "class_name": "system", "config": {}}),
    "lambda": with_layer(
        {"class_name": "Lambda", "config": {"function": ["4wAAAA==", None, None], "name": "l"}}
    ),
    "tf": with_layer({"class_name": "TFOpLambda", "config": {"function": "io.read_file"}}),
    "huge_layer": with_layer({"class_name": "Dense", "config": {"units": 10**9, "name": "first"}}),
    "no_layer": with_layer({"class_name": "Dense"}),
    "a_list": with_layer([[["Dense"]]]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files(name, trained, tmp_path):
    path = tmp_path / "bad.h5"
    BAD[name](path, trained)
    with pytest.raises(ValueError) as caught:
        saving.load_model(path)
    assert "bad.h5" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", [linked_array, huge_array, other_shape, missing_array])
def test_bad_weights_change_nothing(change, trained, model, tmp_path):
    path = tmp_path / "bad.h5"
    change(path, trained)
    model.set_weights([w + 1 for w in model.get_weights()])
    before = state(model)
    with pytest.raises(ValueError, match=r"bad\.h5"):
        model.load_weights(path)
    assert same(before, state(model))


@pytest.mark.parametrize("ending", ["h5", "keras"])
def test_one_metric_without_a_list_is_read_by_keras(tmp_path, ending):
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(3, "softmax")])
    model.compile("adam", "categorical_crossentropy", metrics="accuracy")
    model.train_on_batch(np.ones((2, 4)), np.eye(3)[:2])
    model.save(tmp_path / f"m.{ending}")
    theirs = keras.models.load_model(tmp_path / f"m.{ending}")
    x = np.ones((2, 4), "float32")
    np.testing.assert_allclose(theirs(x), model(x), rtol=1e-6)
    assert "accuracy" in theirs.test_on_batch(x, np.eye(3)[:2], return_dict=True)
