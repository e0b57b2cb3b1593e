"""Weights in `.weights.h5` files: what comes back, and that a failure changes nothing."""

import h5py
import numpy as np
import pytest

import gyeol
from gyeol import layers, saving

from .conftest import X, make_model, same, state, with_weights


def test_weights_come_back(trained, weights_file, keras_file):
    for path in (weights_file, keras_file):
        model = make_model()
        model.load_weights(path)
        assert same(model.get_weights(), trained.get_weights())


def test_the_optimizer_is_read_once_it_has_begun(trained, weights_file):
    model = make_model()
    model.optimizer.learning_rate = 0.5
    model.load_weights(weights_file)
    assert not model.optimizer.built
    assert float(model.optimizer.learning_rate) == 0.5
    model.train_on_batch(X, np.ones((8, 3), "float32"))
    model.load_weights(weights_file)
    assert same(state(model), state(trained))


def test_an_optimizer_of_another_kind_begins_anew(weights_file, trained):
    model = make_model()
    model.compile("sgd", "mse")
    model.train_on_batch(X, np.ones((8, 3), "float32"))
    with pytest.warns(UserWarning, match=r"optimizer 'sgd.*' was not read"):
        model.load_weights(weights_file)
    assert same(model.get_weights(), trained.get_weights())
    assert int(model.optimizer.iterations) == 1


def test_steps_counted_in_64_bits(trained, keras_file):
    """As Keras does on its TensorFlow backend."""

    def widen(file):
        steps = file["optimizer/vars/0"][()]
        del file["optimizer/vars/0"]
        file["optimizer/vars/0"] = np.int64(steps)

    model = saving.load_model(with_weights(keras_file, widen))
    assert same(state(model), state(trained))
    assert model.optimizer.iterations.dtype == "int32"


def test_values_in_another_byte_order(trained, keras_file):
    def swap(file):
        kernel = file["layers/dense/vars/0"][()]
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = kernel.astype(">f4")

    assert same(state(saving.load_model(with_weights(keras_file, swap))), state(trained))


def test_a_layer_that_does_not_fit_is_named_and_nothing_changes(weights_file):
    model = make_model(units=2)
    model.train_on_batch(X, np.ones((8, 2), "float32"))
    before = state(model)
    with pytest.raises(ValueError) as caught:
        model.load_weights(weights_file)
    for word in ("good.weights.h5", "'last'", "layers/dense_1", "(5, 2)", "(5, 3)"):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert same(before, state(model))


def test_skip_mismatch_reads_the_rest(trained, weights_file):
    model = make_model(units=2)
    last = model.get_layer("last").get_weights()
    with pytest.warns(UserWarning, match="'last'"):
        model.load_weights(weights_file, skip_mismatch=True)
    assert same(model.get_layer("last").get_weights(), last)
    for name in ("first", "norm"):
        ours, theirs = model.get_layer(name), trained.get_layer(name)
        assert same(ours.get_weights(), theirs.get_weights())


def test_another_number_of_variables(weights_file):
    model = gyeol.Sequential([gyeol.Input((4,)), layers.Dense(5, use_bias=False)])
    with pytest.raises(ValueError, match="1 variables, the file has 2"):
        model.load_weights(weights_file)


def test_endings(trained, tmp_path):
    for name in ("w.keras", "w"):
        with pytest.raises(ValueError, match=r"\.weights\.h5"):
            trained.save_weights(tmp_path / name)
    with pytest.raises(ValueError, match=r"\.weights\.h5"):
        trained.load_weights(tmp_path / "w")
    with pytest.raises(FileNotFoundError, match="no file"):
        trained.load_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match="by_name"):
        trained.load_weights(tmp_path / "w.weights.h5", by_name=True)
    with pytest.raises(NotImplementedError, match="one file"):
        trained.save_weights(tmp_path / "w.weights.h5", max_shard_size=1)


def test_refusals(weights_file, trained):
    with pytest.raises(FileExistsError, match="overwrite"):
        trained.save_weights(weights_file, overwrite=False)
    with pytest.raises(ValueError, match="not built"):
        gyeol.Sequential([layers.Dense(2)]).load_weights(weights_file)


class Table(layers.Layer):
    """Writes its variables under names of its own."""

    def build(self, input_shape):
        self.rows = self.add_weight((input_shape[-1],), "ones")
        self.other = self.add_weight((), "ones")

    def call(self, x):
        return x * self.rows + self.other

    def save_own_variables(self, store):
        store["rows"] = self.rows.value
        store["other"] = self.other

    def load_own_variables(self, store):
        assert set(store) == {"rows", "other"}
        self.rows.assign(store["rows"])
        self.other.assign(store["other"])


def table():
    return gyeol.Sequential([gyeol.Input((4,)), layers.Dense(4), Table()])


def test_layers_that_store_themselves(tmp_path):
    model, path = table(), tmp_path / "m.weights.h5"
    model.set_weights([w + 1 for w in model.get_weights()])
    model.save_weights(path)
    with h5py.File(path) as file:
        assert set(file["layers/table/vars"]) == {"rows", "other"}
    read = table()
    read.load_weights(path)
    assert same(read.get_weights(), model.get_weights())


def test_a_layer_that_fails_to_load_undoes_the_others(tmp_path):
    model, path = table(), tmp_path / "m.weights.h5"
    model.save_weights(path)

    def drop(file):
        del file["layers/table/vars/other"]
        file["layers/table/vars/more"] = 1.0

    with_weights(path, drop)
    model.set_weights([w + 1 for w in model.get_weights()])
    before = model.get_weights()
    with pytest.raises(ValueError, match="cannot be loaded"):
        model.load_weights(path)
    assert same(before, model.get_weights())


def test_objects_under_another_of_their_paths(tmp_path):
    """Early versions of Keras 3 looked at private attributes first."""

    class Net(gyeol.Model):
        def __init__(self):
            super().__init__()
            self._hidden = gyeol.Sequential([layers.Dense(3), layers.Dense(4)])

        def call(self, x):
            return self._hidden(x)

    model, path = Net(), tmp_path / "m.weights.h5"
    model.build((None, 4))
    model.save_weights(path)
    with_weights(path, lambda file: file.move("layers/sequential", "_hidden"))
    read = Net()
    read.build((None, 4))
    read.load_weights(path)
    assert same(read.get_weights(), model.get_weights())


def test_layers_where_no_path_leads_are_not_lost_in_silence(tmp_path):
    class Hidden(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.parts = {layers.Dense(2, name="in_a_set")}

        def call(self, x):
            for part in self.parts:
                x = part(x)
            return x

    model = gyeol.Sequential([gyeol.Input((4,)), Hidden()])
    with pytest.raises(ValueError, match="'in_a_set' cannot be saved"):
        model.save_weights(tmp_path / "m.weights.h5")
    assert list(tmp_path.iterdir()) == []
