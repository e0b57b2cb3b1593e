"""Functions of `ops` on symbolic tensors make the graph, and the file, that Keras makes."""

import importlib
import inspect

import keras
import numpy as np
import pytest

import gyeol
from gyeol import ops
from gyeol.layers import operators
from gyeol.ops import symbolic

X = np.random.default_rng(0).uniform(0.1, 1, (4, 3, 5)).astype("float32")

# Each takes the ops module of either library and a tensor of shape (batch, 3, 5).
CASES = {
    "arithmetic": lambda ops, x: (2 - x) / (x + 1) ** 2 @ ops.transpose(x, (0, 2, 1)),
    "comparison": lambda ops, x: ops.cast((x > 0.5) & ~(x < 0.7), "float32"),
    "reduction": lambda ops, x: ops.max(x, axis=1) + ops.mean(x, axis=[1], keepdims=True)[:, 0],
    "variance": lambda ops, x: ops.var(x, axis=-1, keepdims=True) + ops.std(x, -1, True),
    "reshape": lambda ops, x: ops.reshape(x, (-1, 15)),
    "expand_dims": lambda ops, x: ops.squeeze(ops.expand_dims(x, axis=-1), axis=-1),
    "concatenate": lambda ops, x: ops.concatenate([x, ops.square(x)], axis=-1),
    "stack": lambda ops, x: ops.stack([x, ops.sqrt(x)], axis=1),
    "split": lambda ops, x: ops.split(x, [2], axis=-1)[1],
    "where": lambda ops, x: ops.where(x > 0.5, x, ops.zeros_like(x)),
    "clip": lambda ops, x: ops.clip(x, 0.2, 0.6),
    "take": lambda ops, x: ops.take(x, [2, 0], axis=1),
    "index": lambda ops, x: x[:, 1:, -1],
    "activation": lambda ops, x: ops.softmax(ops.leaky_relu(x - 0.5, negative_slope=0.1), axis=1),
    "einsum": lambda ops, x: ops.einsum("bij,bkj->bik", x, x),
    "one_hot": lambda ops, x: ops.one_hot(ops.argmax(x, axis=-1), 5),
    "pad": lambda ops, x: ops.pad(x, [[0, 0], [1, 1], [0, 2]], constant_values=3.0),
    "normalize": lambda ops, x: ops.normalize(x, axis=1, order=1),
    "logsumexp": lambda ops, x: ops.logsumexp(x, axis=1, keepdims=True),
    "stop_gradient": lambda ops, x: x - ops.stop_gradient(x) + ops.repeat(x, 2, axis=1)[:, ::2],
    "minimum": lambda ops, x: ops.maximum(0.3, ops.minimum(x, 0.8)),
    "resize": lambda ops, x: ops.image.resize(x[..., None], (6, 2))[..., 0],
    "tile": lambda ops, x: ops.flip(ops.tile(x, [1, 2, 1]), axis=1),
}


@pytest.mark.parametrize("name", CASES)
def test_graph_of_operations_is_keras_s(name):
    case = CASES[name]
    ours_in, theirs_in = gyeol.Input((3, 5)), keras.Input((3, 5))
    ours = gyeol.Model(ours_in, case(ops, ours_in))
    theirs = keras.Model(theirs_in, case(keras.ops, theirs_in))
    assert ours.output_shape == theirs.output_shape
    assert ours.layers == [ours.operations[0]]
    wanted = np.asarray(case(keras.ops, X))
    np.testing.assert_allclose(ours(X), wanted, rtol=1e-5, atol=1e-6)
    read_by_keras = keras.Model.from_config(ours.get_config())
    read_by_us = gyeol.Model.from_config(theirs.get_config())
    np.testing.assert_allclose(read_by_keras(X), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(read_by_us(X), wanted, rtol=1e-5, atol=1e-6)


OPERATIONS = {
    name: module for module, names in symbolic.FUNCTIONS.items() for name in names.split()
}


@pytest.mark.parametrize("name", [name for name in OPERATIONS if operators.function_named(name)])
def test_operation_has_keras_s_class_and_tensors(name):
    module = importlib.import_module(f"keras.src.ops.{OPERATIONS[name]}")
    theirs = getattr(module, operators._CLASSES[name].__name__)
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    called_with = [
        p.name for p in inspect.signature(theirs.call).parameters.values() if p.kind not in many
    ]
    ours = [
        p.name
        for p in inspect.signature(operators.function_named(name)).parameters.values()
        if p.kind not in many and symbolic.takes_tensor(name, p.name)
    ]
    assert ours == called_with[1:]
