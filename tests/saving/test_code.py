"""Python lambdas in files: their code is written as Keras writes it, and run only when asked."""

import base64
import json
import marshal
import sys
import types

import numpy as np
import pytest

import gyeol
from gyeol import layers, saving

X = np.array([[1.0, -2.0]], "float32")
OFFSET = 3.0
# `lambda x: max(abs(x) * 2, x + 1)` as other versions of Python marshal it.
OTHERS = {
    (3, 10): (
        "4wEAAAAAAAAAAAAAAAEAAAAEAAAAQwAAAHMWAAAAdAB0AXwAgwFkARQAfABkAhcAgwJTACkDTukCAAAA6QEA"
        "AAApAtoDbWF42gNhYnMpAdoBeKkAcgYAAADaCDxzdHJpbmc+2gg8bGFtYmRhPgMAAABzAgAAABYA"
    ),
    (3, 12): (
        "4wEAAAAAAAAAAAAAAAUAAAADAAAA8zgAAACXAHQBAAAAAAAAAAB0AwAAAAAAAAAAfACrAQAAAAAAAGQBegUA"
        "AHwAZAJ6AAAAqwIAAAAAAABTACkDTukCAAAA6QEAAAApAtoDbWF42gNhYnMpAdoBeHMBAAAAIPoIPHN0cmlu"
        "Zz76CDxsYW1iZGE+cggAAAADAAAAcxkAAACAAIxDlAOQQZMGmBGRCphBoAGZRdMMIoAA8wAAAAA="
    ),
    (3, 13): (
        "4wEAAAAAAAAAAAAAAAUAAAADAAAA8zgAAACVAFsBAAAAAAAAAABbAwAAAAAAAAAAVQA1AQAAAAAAAFMBLQUA"
        "AFUAUwItAAAANQIAAAAAAAAkACkDTukCAAAA6QEAAAApAtoDbWF42gNhYnMpAdoBeHMBAAAAINoIPHN0cmlu"
        "Zz76CDxsYW1iZGE+cggAAAADAAAAcxcAAACAAIxDlAOQQZMGmBGRCphBoAGZRdQMIvMAAAAA"
    ),
}


def of(function, **settings):
    return gyeol.Sequential([gyeol.Input((2,)), layers.Lambda(function, name="mine", **settings)])


def shifted(by):
    return lambda x, factor=2.0: factor * x + by


def no_code_runs(*_):
    raise AssertionError("code of a file was run")


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m"])
def test_code_runs_only_where_the_call_says_so(tmp_path, name, monkeypatch):
    model, path = of(shifted(by=0.5)), tmp_path / name
    with pytest.warns(UserWarning, match=f"{name}.*safe_mode=False.*this version of Python"):
        model.save(path)
    read = saving.load_model(path, safe_mode=False)
    assert read(X).tolist() == model(X).tolist() == [[2.5, -3.5]]
    monkeypatch.setattr(marshal, "loads", no_code_runs)
    with pytest.raises(ValueError, match=rf"{name}.*'mine'.*which is code.*safe_mode=False"):
        saving.load_model(path)
    assert saving.load_model(path, {"mine": gyeol.ops.negative})(X).tolist() == [[-1.0, 2.0]]


def test_code_in_json():
    model = of(lambda x: x**2)
    with pytest.raises(ValueError, match="which is code"):
        saving.model_from_json(model.to_json())
    assert saving.model_from_json(model.to_json(), safe_mode=False)(X).tolist() == [[1.0, 4.0]]


def test_what_the_loading_call_says_holds_within():
    class Loads(layers.Layer):
        @classmethod
        def from_config(cls, config):
            return saving.deserialize_keras_object(config["inner"], safe_mode=config["safe_mode"])

    inner = json.loads(json.dumps(saving.serialize_keras_object(layers.Lambda(lambda x: x))))
    for within, outermost in ((True, False), (False, True)):
        config = {"class_name": "Loads", "config": {"inner": inner, "safe_mode": within}}
        if outermost:
            with pytest.raises(ValueError, match="which is code"):
                saving.deserialize_keras_object(config, {"Loads": Loads}, safe_mode=outermost)
        else:
            saving.deserialize_keras_object(config, {"Loads": Loads}, safe_mode=outermost)


def test_there_is_no_switch_for_all_files():
    with pytest.raises(RuntimeError, match="safe_mode=False"):
        gyeol.config.enable_unsafe_deserialization()
    config = json.loads(json.dumps(layers.Lambda(lambda x: x).get_config()))
    for safe_mode in (None, True):
        with pytest.raises(ValueError, match="which is code"):
            layers.Lambda.from_config(config, safe_mode=safe_mode)
    assert layers.Lambda.from_config(config, safe_mode=False)(X).tolist() == X.tolist()
    with pytest.raises(ValueError, match="which is code"):
        layers.Lambda.from_config(config)


def test_names_from_around_are_passed_in(tmp_path):
    model = of(lambda x: x + OFFSET)
    with pytest.warns(UserWarning, match="It uses OFFSET"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match=r"the name 'OFFSET'.*custom_objects=\{'OFFSET': OFFSET\}"):
        saving.load_model(tmp_path / "m.keras", safe_mode=False)
    read = saving.load_model(tmp_path / "m.keras", {"OFFSET": 5.0}, safe_mode=False)
    assert read(X).tolist() == [[6.0, 3.0]]


def test_a_lambda_as_activation_and_as_loss(tmp_path):
    model = gyeol.Sequential([gyeol.Input((2,)), layers.Dense(1, lambda x: 2 * x)])
    model.compile("sgd", loss=lambda y, p: (y - p) ** 2)
    with pytest.warns(UserWarning, match="code"):
        model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="which is code"):
        saving.load_model(tmp_path / "m.keras")
    read = saving.load_model(tmp_path / "m.keras", safe_mode=False)
    np.testing.assert_array_equal(read(X), model(X))
    assert float(read.loss(1.0, 3.0)) == 4.0


def test_masks_and_shapes_as_lambdas():
    model = of(lambda x: x, mask=lambda inputs, mask: mask, output_shape=lambda shape: shape)
    read = saving.model_from_json(model.to_json(), safe_mode=False)
    assert read.layers[0].mask(1, 2) == read.layers[0]._output_shape(2) == 2
    with pytest.raises(ValueError, match="which is code"):
        saving.model_from_json(model.to_json(), {"mine": gyeol.ops.negative})


def test_a_clone_needs_no_code():
    model = of(lambda x: x + OFFSET)
    clone = gyeol.models.clone_model(model)
    assert clone.layers[0].function is model.layers[0].function


def test_lambdas_that_differ_share_no_program():
    outputs = [of(shifted(by)).predict(X, verbose=0).tolist() for by in (0.0, 1.0)]
    assert outputs == [[[2.0, -4.0]], [[3.0, -3.0]]]


def of_cpython_before(code):
    """Code whose first instruction is not there in this version."""
    return code.replace(co_code=bytes([255, 0]) + code.co_code[2:])


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "4wEAAAA=",
        "no base64",
        3,
        base64.b64encode(marshal.dumps("text")).decode(),
        base64.b64encode(marshal.dumps(of_cpython_before((lambda x: x).__code__))).decode(),
        *(code for version, code in OTHERS.items() if version != sys.version_info[:2]),
    ],
)
def test_code_of_another_python(stored):
    value = {"class_name": "__lambda__", "config": {"value": [stored, None, None]}}
    config = {"name": "mine", "function": value, "arguments": {}}
    with pytest.raises(ValueError, match="another version of Python"):
        layers.Lambda.from_config(config, safe_mode=False)


def test_code_without_what_it_needs():
    code = base64.b64encode(marshal.dumps(shifted(1.0).__code__)).decode()
    for value in ([code, None, None], [code, None], "x", {"value": 3}, {"code": code}):
        config = {"class_name": "__lambda__", "config": value}
        with pytest.raises(ValueError, match="lacks values"):
            saving.deserialize_keras_object(config, safe_mode=False)
    with pytest.raises(TypeError, match=r"after '\*'.*: factor"):
        of(lambda x, *, factor=2.0: factor * x).to_json()


def test_what_keras_2_wrote_as_code():
    code = base64.encodebytes(marshal.dumps((lambda x: x + 1).__code__)).decode()
    old = {
        "name": "mine",
        "function": [code, None, None],
        "function_type": "lambda",
        "module": "__main__",
        "output_shape": [code, None, None],
        "output_shape_type": "lambda",
        "output_shape_module": "__main__",
        "arguments": {},
    }
    entry = {"class_name": "Lambda", "config": {**old, "batch_input_shape": [None, 2]}}
    text = json.dumps({"class_name": "Sequential", "config": [entry], "keras_version": "2.2.4"})
    with pytest.raises(ValueError, match="which is code"):
        saving.model_from_json(text)
    read = saving.model_from_json(text, safe_mode=False)
    assert read(X).tolist() == [[2.0, -1.0]]
    assert isinstance(read.layers[0]._output_shape, types.FunctionType)
