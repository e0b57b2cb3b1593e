"""Lambda: a function as a layer, and files that hold its name, or its code if it has none."""

import json

import numpy as np
import pytest

import gyeol
from gyeol import Model, layers
from gyeol.masking import get_mask
from gyeol.saving import register_keras_serializable
from gyeol.serialization import deserialize, serialize

X = np.array([[1.0, -2.0]], "float32")


@register_keras_serializable("tests")
def scaled(x, factor=1.0):
    return factor * x


@register_keras_serializable("tests")
def everything(x, mask):
    return np.ones(len(x), bool)


def test_the_function_is_given_what_it_takes():
    assert layers.Lambda(scaled, arguments={"factor": 3.0})(X).tolist() == [[3.0, -6.0]]
    phase = layers.Lambda(lambda x, training: x + 1.0 * training)
    assert phase(X, training=True).tolist() == [[2.0, -1.0]]
    assert phase(X, training=False).tolist() == X.tolist()


def test_masks():
    mask = np.array([True])
    seen = layers.Lambda(lambda x, mask: x * mask[:, None], mask=lambda x, mask: ~mask)
    output = seen(X, mask=np.array([False]))
    assert output.tolist() == [[0.0, 0.0]] and get_mask(output).tolist() == [True]
    assert get_mask(layers.Lambda(lambda x: x, mask=mask)(X)).tolist() == [True]


def model_of(function):
    inputs = layers.Input((2,))
    return Model(inputs, layers.Lambda(function, name="mine")(inputs))


def test_a_registered_function_is_saved_by_name(tmp_path):
    model = model_of(scaled)
    model.save(tmp_path / "model.keras")
    again = gyeol.saving.load_model(tmp_path / "model.keras")
    assert again.layers[-1].function is scaled
    assert again.layers[-1].get_config()["function"]["config"] == "tests>scaled"


def code(layer="mine"):
    """As Keras writes a lambda."""
    stored = {"class_name": "__lambda__", "config": {"code": "4wEA", "defaults": None}}
    return {**layers.Lambda(scaled, name=layer).get_config(), "function": stored}


@pytest.mark.parametrize(
    "safe_mode,words",
    [(True, r"'mine'.*custom_objects=\{'mine': function\}"), (False, "another version of Python")],
)
def test_a_function_of_one_s_own_takes_the_place_of_code(safe_mode, words):
    config = {"module": "keras.layers", "class_name": "Lambda", "config": code()}
    with pytest.raises(ValueError, match=words):
        deserialize(config, safe_mode=safe_mode)
    layer = deserialize(config, custom_objects={"mine": scaled}, safe_mode=safe_mode)
    assert layer.function is scaled


def test_what_keras_2_wrote():
    config = {
        "name": "mine",
        "function": "tests>scaled",
        "function_type": "function",
        "module": "builtins",
        "output_shape": None,
        "output_shape_type": "raw",
        "output_shape_module": None,
        "arguments": {},
    }
    assert layers.Lambda.from_config(config).function is scaled
    stored = {**config, "function": ["4wEA", None, None], "function_type": "lambda"}
    with pytest.raises(ValueError, match="which is code"):
        layers.Lambda.from_config(stored)


def test_other_settings_go_through_json():
    layer = layers.Lambda(scaled, output_shape=(2,), mask=everything, arguments={"factor": 2.0})
    config = json.loads(json.dumps(serialize(layer)))
    again = deserialize(config)
    assert json.loads(json.dumps(serialize(again))) == config
    assert again.mask is everything and again(X).tolist() == [[2.0, -4.0]]


def test_functions_of_one_name_are_told_apart():
    outputs = []
    for factor in (2.0, 3.0):

        def function(x, factor=factor):
            return factor * x

        outputs.append(model_of(function).predict(X, verbose=0).tolist())
    assert outputs == [[[2.0, -4.0]], [[3.0, -6.0]]]


def test_a_thing_that_is_no_function_is_named():
    with pytest.raises(ValueError, match="takes a function; got 3"):
        layers.Lambda(3)
