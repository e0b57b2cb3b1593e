"""Objects to JSON and back, from one table and from nothing else."""

import json

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import activations, initializers, layers, losses, optimizers, regularizers, serialization
from gyeol.serialization import (
    auto_name,
    custom_object_scope,
    deserialize,
    exported_objects,
    find,
    get_custom_objects,
    is_exported,
    register_keras_serializable,
    reset_names,
    serialize,
    to_snake_case,
)
from gyeol.variable import Variable


def through_json(obj, **kwargs):
    return deserialize(json.loads(json.dumps(serialize(obj))), **kwargs)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        # A dict with these two keys is an object's form.
        | st.dictionaries(st.text().filter(lambda key: key != "class_name"), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(value=plain)
def test_plain_values_come_back_as_they_are(value):
    assert through_json(value) == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="int8").reshape(2, 3),
        np.array([1.5, -0.0], "float32"),
        np.array([True, False]),
        np.zeros((2, 0), "float64"),
        jnp.ones(3),
        Variable([1.0, 2.0]),
    ],
    ids=lambda array: type(array).__name__,
)
def test_arrays_come_back_with_their_dtype(array):
    again = through_json(array)
    assert again.dtype == np.asarray(array).dtype
    np.testing.assert_array_equal(again, np.asarray(array))


def test_numbers_and_dtypes_of_numpy_become_plain():
    given_ = {"a": np.float32(0.5), "b": np.int64(3), "c": np.dtype("uint8"), "d": np.array(2.0)}
    assert json.dumps(serialize(given_)) == '{"a": 0.5, "b": 3, "c": "uint8", "d": 2.0}'
    assert through_json(slice(1, None, 2)) == slice(1, None, 2)
    assert through_json((1, (2, 3))) == [1, [2, 3]]


def test_an_object_is_written_under_keras_s_name():
    assert serialize(regularizers.L2(0.25)) == {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.25},
        "registered_name": None,
    }
    assert serialize(activations.relu) == {
        "module": "builtins",
        "class_name": "function",
        "config": "relu",
        "registered_name": "function",
    }
    for obj in (initializers.HeNormal(3), optimizers.Adam(0.5), losses.Huber(2.0)):
        again = through_json(obj)
        assert type(again) is type(obj) and again.get_config() == obj.get_config()
    assert through_json(losses.mean_squared_error) is losses.mean_squared_error


def test_objects_within_objects():
    layer = layers.Dense(3, "tanh", kernel_initializer=initializers.Constant(2.0), name="d")
    again = through_json({"layers": [layer, (layer,)]})["layers"]
    assert again[0].activation is activations.tanh and again[0].kernel_initializer.value == 2.0
    assert again[1][0].name == "d"


@register_keras_serializable(package="tests", name="Thrice")
class Threefold(layers.Layer):
    def call(self, inputs):
        return 3 * inputs


@register_keras_serializable("tests")
def cubed(x):
    return x**3


class Unregistered(layers.Layer):
    def call(self, inputs):
        return inputs


def test_registered_classes_and_functions_come_back():
    assert serialize(Threefold())["registered_name"] == "tests>Thrice"
    assert type(through_json(Threefold())) is Threefold
    assert through_json(cubed) is cubed
    assert through_json(layers.Activation(cubed)).activation is cubed
    assert get_custom_objects()["tests>cubed"] is cubed
    assert not is_exported(cubed) and is_exported(activations.relu)


def test_custom_objects_may_be_given_or_set_for_a_block():
    config = serialize(Unregistered())
    with pytest.raises(ValueError, match=r"'Unregistered'.*custom_objects="):
        deserialize(config)
    assert type(deserialize(config, custom_objects={"Unregistered": Unregistered})) is Unregistered
    with custom_object_scope({"Unregistered": Unregistered}):
        with custom_object_scope({"other": cubed}):
            assert type(deserialize(config)) is Unregistered
        assert find("other") is None
    with pytest.raises(ValueError):
        deserialize(config)


def test_code_is_not_run():
    with pytest.raises(TypeError, match="no get_config"):
        serialize(object())
    with pytest.raises(ValueError, match="code"):
        deserialize({"class_name": "__lambda__", "config": {"code": "x"}})


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": {"command": "true"}},
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": "builtins", "class_name": "function", "config": "serialize"},
        {"module": "gyeol.serialization", "class_name": "find", "config": {}},
        {"module": "keras.utils", "class_name": "get_file", "config": {}},
        {"module": "keras.activations", "class_name": "relu", "config": {}},
        {"module": None, "class_name": "Dense", "config": {"units": 1}},
        {"module": "keras.layers", "class_name": "Layers", "config": {}},
        {"module": 3, "class_name": "Dense", "config": {}},
        {"module": "keras.layers", "class_name": "Dense", "config": [1]},
    ],
    ids=str,
)
def test_names_that_are_not_in_the_table_are_refused(config):
    with pytest.raises(ValueError):
        deserialize({**config, "registered_name": None})


def test_names_of_instances():
    names = {
        "Dense": "dense",
        "Conv2D": "conv2d",
        "LeakyReLU": "leaky_re_lu",
        "GlobalAveragePooling2D": "global_average_pooling2d",
        "MyLayerV2": "my_layer_v2",
        "SGD": "sgd",
        "RMSprop": "rm_sprop",
    }
    assert {name: to_snake_case(name) for name in names} == names
    reset_names()
    assert [auto_name("Dense"), auto_name("Conv2D"), auto_name("Dense")] == [
        "dense",
        "conv2d",
        "dense_1",
    ]
    reset_names()
    assert auto_name("Dense") == "dense"


def test_the_table_holds_one_thing_under_each_name():
    assert exported_objects("keras.layers")["Dense"] is layers.Dense
    assert exported_objects("keras.layers")["MaxPool2D"] is layers.MaxPooling2D
    assert "Dense" not in exported_objects("keras.losses")
    assert serialization.exported_objects("os") == {}
