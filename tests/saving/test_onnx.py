"""ONNX files: what onnxruntime computes from them is what the model gives, for any batch."""

import sys

import jax
import numpy as np
import pytest

import gyeol
from gyeol import layers, ops

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


PICTURE = (9, 8, 4)
ROW, SEQUENCE = (5,), (7, 4)


def check(model, path, rows=3, dtype="float32", **arguments):
    """Export and run for two sizes of the batch; the types of the nodes."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 0.5, w.shape).astype(w.dtype) for w in model.get_weights()])
    model.export(path, format="onnx", **arguments)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    shapes = [(rows, *each.shape[1:]) for each in session.get_inputs()]
    inputs = [rng.normal(size=shape) for shape in shapes]
    inputs = [np.asarray(x if dtype == "float32" else x * 3 % 8, dtype) for x in inputs]
    outputs = jax.tree.leaves(model(inputs if len(inputs) > 1 else inputs[0]))
    for size in (rows, 1):
        feed = {each.name: x[:size] for each, x in zip(session.get_inputs(), inputs)}
        for ours, theirs in zip(session.run(None, feed), outputs, strict=True):
            # The sums are in another order, and exponentials are approximated in another way.
            np.testing.assert_allclose(ours, theirs[:size], rtol=2e-5, atol=1e-6)
    return [node.op_type for node in onnx.load(path).graph.node]


def branches(shape, *makers, dtype="float32"):
    """A model of several outputs, each of a layer or a chain of layers on the one input."""
    tensor = gyeol.Input(shape, dtype=dtype, name="x")
    outputs = []
    for layer in makers:
        output = tensor
        for part in layer if isinstance(layer, list) else [layer]:
            output = part(output)
        outputs.append(output)
    return gyeol.Model(tensor, outputs)


def test_a_network_of_the_usual_kind(tmp_path):
    model = gyeol.Sequential(
        [
            gyeol.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(6, "relu"),
            layers.Dense(3, "softmax"),
        ]
    )
    kinds = check(model, tmp_path / "m.onnx")
    assert kinds.count("Conv") == kinds.count("MaxPool") == 1
    assert kinds.count("MatMul") == 2
    graph = onnx.load(tmp_path / "m.onnx").graph
    (given,), (result,) = graph.input, graph.output
    assert result.name == model.output_names[0]
    assert given.type.tensor_type.shape.dim[0].dim_param == "batch"


def test_convolutions(tmp_path):
    check(
        branches(
            PICTURE,
            layers.Conv2D(6, 3, strides=(2, 1), padding="same", groups=2),
            layers.Conv2D(3, 2, dilation_rate=2, data_format="channels_first"),
            layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
            layers.SeparableConv2D(5, 3, strides=2),
            layers.Conv2DTranspose(5, 3, strides=2, padding="same"),
            layers.Conv2DTranspose(3, 2, strides=3),
            [layers.Reshape((9, 32)), layers.Conv1D(3, 2, padding="causal")],
        ),
        tmp_path / "m.onnx",
    )


def test_pooling_and_shapes(tmp_path):
    kinds = check(
        branches(
            PICTURE,
            layers.MaxPooling2D(2, padding="same"),
            layers.AveragePooling2D(3, 2, padding="same"),
            layers.GlobalMaxPooling2D(),
            layers.GlobalAveragePooling2D(keepdims=True),
            [layers.ZeroPadding2D(1), layers.Cropping2D(((2, 0), (1, 1)))],
            layers.UpSampling2D(2),
            [layers.Permute((2, 3, 1)), layers.Reshape((-1, 9))],
            [layers.Flatten(), layers.RepeatVector(2)],
        ),
        tmp_path / "m.onnx",
    )
    assert {"MaxPool", "AveragePool"} <= set(kinds)


def test_activations_and_normalization(tmp_path):
    names = ["elu", "selu", "gelu", "softplus", "mish", "hard_sigmoid", "log_softmax", "softsign"]
    check(
        branches(
            ROW,
            *map(layers.Activation, names),
            layers.ReLU(6.0, 0.1, 0.2),
            layers.PReLU(),
            layers.LayerNormalization(),
            layers.UnitNormalization(),
            layers.Rescaling(2.0, 0.5),
        ),
        tmp_path / "m.onnx",
    )


def test_graphs(tmp_path):
    a, b = gyeol.Input(ROW, name="a"), gyeol.Input(ROW, name="b")
    shared = layers.Dense(5, "tanh")
    x, y = shared(a), shared(b)
    joined = layers.Concatenate()([x * 2.0, y - a, x[:, 1:3]])
    outputs = [layers.Add()([x, y]), joined, layers.Maximum()([x, b])]
    check(gyeol.Model([a, b], outputs), tmp_path / "m.onnx")


def test_sequences(tmp_path):
    kinds = check(
        branches(
            SEQUENCE,
            [layers.LSTM(3, return_sequences=True), layers.TimeDistributed(layers.Dense(2))],
            layers.GRU(3, go_backwards=True),
            layers.Bidirectional(layers.SimpleRNN(2)),
        ),
        tmp_path / "m.onnx",
    )
    assert "Scan" in kinds


def test_tokens_and_attention(tmp_path):
    tokens = gyeol.Input((6,), dtype="int32")
    x = layers.Embedding(8, 4, mask_zero=True)(tokens)
    x = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    model = gyeol.Model(tokens, [layers.LSTM(3)(x), layers.Dense(1, "sigmoid")(x)])
    check(model, tmp_path / "m.onnx", dtype="int32")


class Own(gyeol.Model):
    """A model of a user's, whose code is traced like any other."""

    def __init__(self, function):
        super().__init__()
        self.dense = layers.Dense(3)
        self.function = function

    def call(self, x):
        return self.function(self.dense(x))


def test_models_of_ones_own(tmp_path):
    model = Own(lambda x: x / ops.sum(x, axis=-1, keepdims=True))
    model(np.ones((2, 4), "float32"))
    check(model, tmp_path / "m.onnx")
    check(model, tmp_path / "m.onnx", input_signature=gyeol.layers.InputSpec(shape=(None, 4)))
    model.export(tmp_path / "m.onnx", format="onnx", input_signature=np.ones((2, 4), "float32"))
    shape = onnx.load(tmp_path / "m.onnx").graph.input[0].type.tensor_type.shape
    assert [d.dim_value for d in shape.dim] == [2, 4]


def test_what_has_no_translation_is_named(tmp_path):
    model = Own(lambda x: ops.sort(x))
    model.build((None, 4))
    with pytest.raises(NotImplementedError, match="'sort'"):
        model.export(tmp_path / "m.onnx", format="onnx")
    for given in ("tf_saved_model", "litert"):
        with pytest.raises(NotImplementedError, match=r"docs/compatibility\.md"):
            model.export(tmp_path / "m", format=given)
    with pytest.raises(ValueError, match="opset_version"):
        model.export(tmp_path / "m.onnx", format="onnx", opset_version=9)
    open_ = gyeol.Sequential([gyeol.Input((None, 3)), layers.Dense(2)])
    with pytest.raises(ValueError, match="Only the size of the batch"):
        open_.export(tmp_path / "m.onnx", format="onnx")
    with pytest.raises(ValueError, match="input_signature"):
        Own(lambda x: x).export(tmp_path / "m.onnx", format="onnx")
    assert list(tmp_path.iterdir()) == []


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    model = gyeol.Sequential([gyeol.Input((3,)), layers.Dense(2)])
    with pytest.raises(ImportError, match=r"gyeol\[onnx\]"):
        model.export(tmp_path / "m.onnx", format="onnx")
