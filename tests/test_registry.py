"""One harness for every class that a model is made of: none that is in the table escapes it.

Each goes through JSON and gives the same afterwards, gives the same compiled as step by step, and
takes part in two steps of training. A class without a recipe here fails, with words.
"""

import inspect
import itertools
import json
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import (
    activations,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from gyeol.layers import Dense, Input, InputLayer
from gyeol.layers import operators as operators  # enters them into the table
from gyeol.models import Model
from gyeol.optimizers import schedules
from gyeol.serialization import deserialize, exported_objects, serialize
from gyeol.variable import Variable, filled

ROWS = 8
RNG = np.random.default_rng(0)

# What is built upon, and what a table of layers holds beside layers.
ABSTRACT = {
    "Constraint",
    "Initializer",
    "InputSpec",
    "Layer",
    "LearningRateSchedule",
    "Loss",
    "LossFunctionWrapper",
    "MeanMetricWrapper",
    "Metric",
    "Optimizer",
    "Regularizer",
    "Wrapper",
    # Cells, which a recipe of RNN holds.
    "GRUCell",
    "LSTMCell",
    "SimpleRNNCell",
    "StackedRNNCells",
    # On the host, never in a model: tests/layers/preprocessing has them.
    "HashedCrossing",
    "Hashing",
    "StringLookup",
    "TextVectorization",
}

# Layers: arguments, and the shapes of the inputs without the batch.
SEQUENCE, PICTURE, VOLUME = (6, 4), (6, 6, 4), (4, 4, 4, 2)
LAYERS = {
    "Activation": ({"activation": "tanh"}, [(4,)]),
    "ActivityRegularization": ({"l2": 0.1}, [(4,)]),
    "AdaptiveAveragePooling1D": ({"output_size": 3}, [SEQUENCE]),
    "AdaptiveAveragePooling2D": ({"output_size": 3}, [PICTURE]),
    "AdaptiveAveragePooling3D": ({"output_size": 3}, [VOLUME]),
    "AdaptiveMaxPooling1D": ({"output_size": 3}, [SEQUENCE]),
    "AdaptiveMaxPooling2D": ({"output_size": 3}, [PICTURE]),
    "AdaptiveMaxPooling3D": ({"output_size": 3}, [VOLUME]),
    "Add": ({}, [(4,), (4,)]),
    "AdditiveAttention": ({}, [SEQUENCE, (3, 4)]),
    "AlphaDropout": ({"rate": 0.5}, [(4,)]),
    "Attention": ({"use_scale": True}, [SEQUENCE, (3, 4)]),
    "Average": ({}, [(4,), (4,)]),
    "AveragePooling1D": ({}, [SEQUENCE]),
    "AveragePooling2D": ({}, [PICTURE]),
    "AveragePooling3D": ({}, [VOLUME]),
    "BatchNormalization": ({}, [PICTURE]),
    "Bidirectional": ({"layer": layers.GRU(2)}, [SEQUENCE]),
    "CategoryEncoding": ({"num_tokens": 5, "output_mode": "count"}, [(4,)]),
    "CenterCrop": ({"height": 3, "width": 4}, [PICTURE]),
    "Concatenate": ({}, [(4,), (3,)]),
    "Conv1D": ({"filters": 2, "kernel_size": 3, "padding": "causal"}, [SEQUENCE]),
    "Conv1DTranspose": ({"filters": 2, "kernel_size": 3}, [SEQUENCE]),
    "Conv2D": ({"filters": 2, "kernel_size": 3}, [PICTURE]),
    "Conv2DTranspose": ({"filters": 2, "kernel_size": 3, "strides": 2}, [PICTURE]),
    "Conv3D": ({"filters": 2, "kernel_size": 2}, [VOLUME]),
    "Conv3DTranspose": ({"filters": 2, "kernel_size": 2}, [VOLUME]),
    "Cropping1D": ({}, [SEQUENCE]),
    "Cropping2D": ({"cropping": 1}, [PICTURE]),
    "Cropping3D": ({}, [VOLUME]),
    "Dense": ({"units": 3}, [(4,)]),
    "DepthwiseConv1D": ({"kernel_size": 3}, [SEQUENCE]),
    "DepthwiseConv2D": ({"kernel_size": 3, "depth_multiplier": 2}, [PICTURE]),
    "Discretization": ({"bin_boundaries": [0.5, 2.5], "output_mode": "multi_hot"}, [(4,)]),
    "Dot": ({"axes": -1, "normalize": True}, [(2, 4), (3, 4)]),
    "Dropout": ({"rate": 0.5}, [(4,)]),
    "ELU": ({"alpha": 0.5}, [(4,)]),
    "EinsumDense": ({"equation": "abc,cd->abd", "output_shape": (None, 2)}, [SEQUENCE]),
    "Embedding": ({"input_dim": 9, "output_dim": 2}, [(4,)]),
    "Flatten": ({}, [PICTURE]),
    "GRU": ({"units": 2}, [SEQUENCE]),
    "GaussianDropout": ({"rate": 0.5}, [(4,)]),
    "GaussianNoise": ({"stddev": 0.5}, [(4,)]),
    "GlobalAveragePooling1D": ({}, [SEQUENCE]),
    "GlobalAveragePooling2D": ({}, [PICTURE]),
    "GlobalAveragePooling3D": ({}, [VOLUME]),
    "GlobalMaxPooling1D": ({}, [SEQUENCE]),
    "GlobalMaxPooling2D": ({}, [PICTURE]),
    "GlobalMaxPooling3D": ({}, [VOLUME]),
    "GroupNormalization": ({"groups": 2}, [PICTURE]),
    "GroupedQueryAttention": (
        {"head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1, "use_bias": False},
        [SEQUENCE, (3, 4)],
    ),
    "Identity": ({}, [(4,)]),
    "InputLayer": ({"shape": (4,)}, [(4,)]),
    "IntegerLookup": ({"vocabulary": [1, 3], "output_mode": "count"}, [(4,)]),
    "LSTM": ({"units": 2, "dropout": 0.5, "recurrent_dropout": 0.5}, [SEQUENCE]),
    "Lambda": ({"function": activations.tanh}, [(4,)]),
    "LayerNormalization": ({}, [(4,)]),
    "LeakyReLU": ({}, [(4,)]),
    "Masking": ({}, [SEQUENCE]),
    "MaxPooling1D": ({}, [SEQUENCE]),
    "MaxPooling2D": ({}, [PICTURE]),
    "MaxPooling3D": ({}, [VOLUME]),
    "Maximum": ({}, [(4,), (4,)]),
    "Minimum": ({}, [(4,), (4,)]),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 3, "use_bias": False}, [SEQUENCE, (3, 4)]),
    "Multiply": ({}, [(4,), (4,)]),
    "Normalization": ({}, [(4,)]),
    "PReLU": ({}, [(4,)]),
    "Permute": ({"dims": (2, 1)}, [SEQUENCE]),
    "RMSNormalization": ({}, [(4,)]),
    "RNN": ({"cell": [layers.LSTMCell(2), layers.SimpleRNNCell(3)]}, [SEQUENCE]),
    "RandomBrightness": ({"factor": 0.1, "value_range": (-9, 9)}, [PICTURE]),
    "RandomContrast": ({"factor": 0.1, "value_range": (-9, 9)}, [PICTURE]),
    "RandomCrop": ({"height": 4, "width": 3}, [PICTURE]),
    "RandomErasing": ({"scale": 0.1, "value_range": (-1, 1)}, [PICTURE]),
    "RandomFlip": ({}, [PICTURE]),
    "RandomGrayscale": ({}, [(6, 6, 3)]),
    "RandomHue": ({"factor": 0.1, "value_range": (-4, 4)}, [(6, 6, 3)]),
    "RandomInvert": ({"value_range": (0, 1)}, [PICTURE]),
    "RandomRotation": ({"factor": 0.1}, [PICTURE]),
    "RandomTranslation": ({"height_factor": 0.1, "width_factor": 0.2}, [PICTURE]),
    "RandomZoom": ({"height_factor": 0.1}, [PICTURE]),
    "ReLU": ({}, [(4,)]),
    "RepeatVector": ({"n": 3}, [(4,)]),
    "Rescaling": ({"scale": 0.5}, [(4,)]),
    "Reshape": ({"target_shape": (2, 2)}, [(4,)]),
    "Resizing": ({"height": 3, "width": 4}, [PICTURE]),
    "SeparableConv1D": ({"filters": 2, "kernel_size": 3}, [SEQUENCE]),
    "SeparableConv2D": ({"filters": 2, "kernel_size": 3}, [PICTURE]),
    "SimpleRNN": ({"units": 2}, [SEQUENCE]),
    "Softmax": ({}, [(4,)]),
    "SpatialDropout1D": ({"rate": 0.5}, [(6, 4)]),
    "SpatialDropout2D": ({"rate": 0.5}, [PICTURE]),
    "SpatialDropout3D": ({"rate": 0.5}, [(2, 2, 2, 4)]),
    "Subtract": ({}, [(4,), (4,)]),
    "TimeDistributed": ({"layer": layers.Dense(2)}, [SEQUENCE]),
    "UnitNormalization": ({}, [(4,)]),
    "UpSampling1D": ({}, [SEQUENCE]),
    "UpSampling2D": ({"interpolation": "bilinear"}, [PICTURE]),
    "UpSampling3D": ({}, [VOLUME]),
    "ZeroPadding1D": ({}, [SEQUENCE]),
    "ZeroPadding2D": ({}, [PICTURE]),
    "ZeroPadding3D": ({}, [VOLUME]),
}
# Layers that take whole numbers, so that nothing before them learns.
OF_WHOLE_NUMBERS = {"CategoryEncoding", "Discretization", "Embedding", "IntegerLookup"}
# Losses: arguments, and the kinds of labels and outputs.
LOSSES = {
    "BinaryCrossentropy": ({"label_smoothing": 0.1}, "binary", "sigmoid"),
    "BinaryFocalCrossentropy": ({"gamma": 1.5}, "binary", "sigmoid"),
    "CategoricalCrossentropy": ({"label_smoothing": 0.1}, "one_hot", "softmax"),
    "CategoricalFocalCrossentropy": ({}, "one_hot", "softmax"),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.4}, "class", "softmax"),
    "CategoricalHinge": ({}, "one_hot", "linear"),
    "Circle": ({}, "class", "unit"),
    "CosineSimilarity": ({}, "real", "linear"),
    "Dice": ({}, "binary", "sigmoid"),
    "Hinge": ({}, "binary", "linear"),
    "Huber": ({"delta": 0.5}, "real", "linear"),
    "KLDivergence": ({}, "distribution", "softmax"),
    "LogCosh": ({}, "real", "linear"),
    "MeanAbsoluteError": ({}, "real", "linear"),
    "MeanAbsolutePercentageError": ({}, "real", "linear"),
    "MeanSquaredError": ({"reduction": "sum"}, "real", "linear"),
    "MeanSquaredLogarithmicError": ({}, "distribution", "sigmoid"),
    "Poisson": ({}, "distribution", "softmax"),
    "SparseCategoricalCrossentropy": ({"ignore_class": 1}, "class", "softmax"),
    "SquaredHinge": ({}, "binary", "linear"),
    "Tversky": ({"alpha": 0.3}, "binary", "sigmoid"),
}
METRICS = {
    "AUC": ({"num_thresholds": 20}, "binary", "sigmoid"),
    "Accuracy": ({}, "binary", "linear"),
    "BinaryAccuracy": ({"threshold": 0.4}, "binary", "sigmoid"),
    "BinaryCrossentropy": ({}, "binary", "sigmoid"),
    "CategoricalAccuracy": ({}, "one_hot", "softmax"),
    "CategoricalCrossentropy": ({}, "one_hot", "softmax"),
    "CategoricalHinge": ({}, "one_hot", "linear"),
    "ConcordanceCorrelation": ({}, "real", "linear"),
    "CosineSimilarity": ({}, "real", "linear"),
    "F1Score": ({}, "one_hot", "softmax"),
    "FBetaScore": ({"beta": 2.0, "average": "macro"}, "one_hot", "softmax"),
    "FalseNegatives": ({}, "binary", "sigmoid"),
    "FalsePositives": ({}, "binary", "sigmoid"),
    "Hinge": ({}, "binary", "linear"),
    "KLDivergence": ({}, "distribution", "softmax"),
    "LogCoshError": ({}, "real", "linear"),
    "Mean": ({}, None, "linear"),
    "MeanAbsoluteError": ({}, "real", "linear"),
    "MeanAbsolutePercentageError": ({}, "real", "linear"),
    "MeanSquaredError": ({}, "real", "linear"),
    "MeanSquaredLogarithmicError": ({}, "distribution", "sigmoid"),
    "PearsonCorrelation": ({}, "real", "linear"),
    "Poisson": ({}, "distribution", "softmax"),
    "Precision": ({"top_k": 2}, "binary", "sigmoid"),
    "PrecisionAtRecall": ({"recall": 0.5}, "binary", "sigmoid"),
    "R2Score": ({}, "real", "linear"),
    "Recall": ({"class_id": 1}, "binary", "sigmoid"),
    "RecallAtPrecision": ({"precision": 0.5}, "binary", "sigmoid"),
    "RootMeanSquaredError": ({}, "real", "linear"),
    "SensitivityAtSpecificity": ({"specificity": 0.5}, "binary", "sigmoid"),
    "SparseCategoricalAccuracy": ({}, "class", "softmax"),
    "SparseCategoricalCrossentropy": ({}, "class", "softmax"),
    "SparseTopKCategoricalAccuracy": ({"k": 2}, "class", "softmax"),
    "SpecificityAtSensitivity": ({"sensitivity": 0.5}, "binary", "sigmoid"),
    "SquaredHinge": ({}, "binary", "linear"),
    "Sum": ({}, None, "linear"),
    "TopKCategoricalAccuracy": ({"k": 2}, "one_hot", "softmax"),
    "TrueNegatives": ({}, "binary", "sigmoid"),
    "TruePositives": ({}, "binary", "sigmoid"),
}
OPTIMIZERS = {
    "Adadelta": {"learning_rate": 0.01},
    "Adafactor": {"learning_rate": 0.01},
    "Adagrad": {"learning_rate": 0.01},
    "Adam": {"learning_rate": 0.01, "amsgrad": True},
    "AdamW": {"learning_rate": 0.01},
    "Adamax": {"learning_rate": 0.01},
    "Ftrl": {"learning_rate": 0.01},
    "Lamb": {"learning_rate": 0.01},
    "Lion": {"learning_rate": 0.01},
    "LossScaleOptimizer": {"inner_optimizer": optimizers.SGD(0.01), "initial_scale": 8.0},
    "Muon": {"learning_rate": 0.01},
    "Nadam": {"learning_rate": 0.01},
    "RMSprop": {"learning_rate": 0.01, "momentum": 0.5, "centered": True},
    "SGD": {"learning_rate": 0.01, "momentum": 0.5, "nesterov": True},
    "ScheduleFreeAdamW": {"learning_rate": 0.01},
}
SCHEDULES = {
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 3},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [1, 3], "values": [0.1, 0.05, 0.01]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 10},
}
INITIALIZERS = {
    "Constant": {"value": 0.5},
    "GlorotNormal": {"seed": 1},
    "GlorotUniform": {"seed": 1},
    "HeNormal": {"seed": 1},
    "HeUniform": {"seed": 1},
    "Identity": {"gain": 2.0},
    "LecunNormal": {"seed": 1},
    "LecunUniform": {"seed": 1},
    "Ones": {},
    "Orthogonal": {"seed": 1},
    "RandomNormal": {"seed": 1},
    "RandomUniform": {"seed": 1},
    "STFT": {"side": "imag"},
    "TruncatedNormal": {"seed": 1},
    "VarianceScaling": {"seed": 1, "mode": "fan_avg"},
    "Zeros": {},
}
REGULARIZERS = {
    "L1": {"l1": 0.1},
    "L1L2": {"l1": 0.1, "l2": 0.2},
    "L2": {"l2": 0.1},
    "OrthogonalRegularizer": {"factor": 0.1},
}
CONSTRAINTS = {
    "MaxNorm": {"max_value": 0.5},
    "MinMaxNorm": {"min_value": 0.2, "max_value": 0.5},
    "NonNeg": {},
    "UnitNorm": {},
}
RECIPES = {
    "keras.constraints": CONSTRAINTS,
    "keras.initializers": INITIALIZERS,
    "keras.layers": LAYERS,
    "keras.losses": LOSSES,
    "keras.metrics": METRICS,
    "keras.optimizers": OPTIMIZERS,
    "keras.optimizers.schedules": SCHEDULES,
    "keras.regularizers": REGULARIZERS,
}
# These enter what they hold into the table.
assert all((constraints, initializers, losses, metrics, operators, regularizers, schedules))


def classes(where):
    """The classes of a table by their own names, each once."""
    found = {o.__name__: o for o in exported_objects(where).values() if isinstance(o, type)}
    return {name: cls for name, cls in sorted(found.items()) if name not in ABSTRACT}


@pytest.mark.parametrize("where", RECIPES)
def test_every_class_has_a_recipe(where):
    missing = sorted(set(classes(where)) - set(RECIPES[where]))
    assert not missing, (
        f"{', '.join(missing)} of {where} would go untested: "
        "add a recipe for it to tests/test_registry.py, or name it as abstract there."
    )
    gone = sorted(set(RECIPES[where]) - set(classes(where)))
    assert not gone, f"There are recipes for {', '.join(gone)}, which {where} does not have."


def made(where, name):
    recipe = RECIPES[where][name]
    return classes(where)[name](**(recipe[0] if isinstance(recipe, tuple) else recipe))


def read_back(obj):
    """The object that a file would give, with everything about it compared."""
    config = json.loads(json.dumps(serialize(obj)))
    again = deserialize(config)
    assert type(again) is type(obj)
    assert json.loads(json.dumps(serialize(again))) == config
    return again


def drawn(kind, rows=ROWS, size=3):
    real = RNG.normal(size=(rows, size)).astype("float32")
    exponents = np.exp(real)
    labels = RNG.integers(0, size, rows)
    return {
        None: None,
        "real": real,
        "linear": real,
        "binary": (real > 0).astype("float32"),
        "sigmoid": 1 / (1 + 1 / exponents),
        "distribution": exponents / exponents.sum(1, keepdims=True),
        "softmax": exponents / exponents.sum(1, keepdims=True),
        "unit": real / np.linalg.norm(real, axis=1, keepdims=True),
        "class": labels,
        "one_hot": np.eye(size, dtype="float32")[labels],
    }[kind]


def assert_same(mine, other):
    for a, b in zip(jax.tree.leaves(mine), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-6)
        assert np.isfinite(np.asarray(a)).all()


def two_steps(model, x, y, **compiled):
    """Train on two batches; everything stays finite."""
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compiled})
    history = model.fit(x, y, batch_size=ROWS, epochs=1, verbose=0).history
    assert all(np.isfinite(values).all() for values in history.values()), history
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    return history


# Layers -------------------------------------------------------------------------------------


def layer_inputs(name):
    inputs = [RNG.normal(size=(2 * ROWS, *shape)) for shape in LAYERS[name][1]]
    if name in OF_WHOLE_NUMBERS:
        inputs = [np.floor(np.abs(x)) for x in inputs]
    return [x.astype("float32") for x in inputs]


def call_arguments(layer, inputs):
    """What `layer` is called on: one by one where it names them, else a list of several."""
    if "value" in inspect.signature(layer.call).parameters:
        return inputs
    return [inputs if len(inputs) > 1 else inputs[0]]


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    layer = made("keras.layers", name)
    shapes = LAYERS[name][1]
    inputs = layer_inputs(name)
    tensors = [Input(shape) for shape in shapes]
    if isinstance(layer, InputLayer):
        tensors = outputs = [layer.output]
    else:
        outputs = layer(*call_arguments(layer, tensors))
    read_back(layer)
    x = call_arguments(layer, inputs)

    def call(state, x):
        return layer.stateless_call(*state, *x, training=False)[0]

    state = tuple(
        [v.value for v in variables]
        for variables in (layer.trainable_variables, layer.non_trainable_variables)
    )
    eager = call(state, x)
    assert_same(jax.jit(call)(state, x), eager)
    assert eager.shape[1:] == jax.tree.leaves(outputs)[0].shape[1:]

    model = Model(tensors, outputs)
    again = read_back(model)
    again.set_weights(model.get_weights())
    assert_same(again(inputs, training=False), model(inputs, training=False))


# Masking is followed by a layer that knows no masks.
@pytest.mark.filterwarnings("ignore:.*does not know masks")
@pytest.mark.filterwarnings("ignore:.*Normalization. has seen no data")
def test_every_layer_trains():
    # One program for all: each is on a way of its own from the inputs to an output.
    inputs, outputs, trained = [], [], {}
    for name, (_, shapes) in LAYERS.items():
        tensors = [Input(shape) for shape in shapes]
        layer = made("keras.layers", name)
        # One, two and three dimensions are the same code, of which one trains for all.
        if trained.setdefault(re.sub("[123]D", "", name), name) != name:
            continue
        if isinstance(layer, InputLayer):
            tensors, x = [layer.output], layer.output
        else:
            # Something to learn on both sides of the layer.
            before = [
                tensor if name in OF_WHOLE_NUMBERS else Dense(tensor.shape[-1])(tensor)
                for tensor in tensors
            ]
            x = layer(*call_arguments(layer, before))
        outputs.append(Dense(1, name=name)(layers.Flatten()(x)))
        inputs += tensors
    model = Model(inputs, outputs)
    x = [x for name in trained.values() for x in layer_inputs(name)]
    start = [v.numpy() for v in model.trainable_variables]
    two_steps(model, x, [np.ones((2 * ROWS, 1), "float32") for _ in outputs])
    for variable, value in zip(model.trainable_variables, start):
        assert (variable.numpy() != value).any(), f"{variable.path} has not moved"


@pytest.mark.parametrize(
    "name",
    [
        "Absolute",
        "Add",
        "FloorDivide",
        "GetItem",
        "Greater",
        "LogicalNot",
        "Matmul",
        "Mod",
    ]
    + ["Multiply", "Negative", "Power", "Subtract", "TrueDivide"],
)
def test_operator(name):
    a, b = Input((3, 3)), Input((3, 3))
    results = {
        "Absolute": lambda: abs(a),
        "Add": lambda: a + b,
        "TrueDivide": lambda: a / b,
        "FloorDivide": lambda: a // b,
        "GetItem": lambda: a[:, 1:, 0],
        "Greater": lambda: a > b,
        "LogicalNot": lambda: ~(a < b),
        "Matmul": lambda: a @ b,
        "Mod": lambda: a % b,
        "Multiply": lambda: a * 2,
        "Negative": lambda: -a,
        "Power": lambda: a**2,
        "Subtract": lambda: 1 - b,
    }
    output = results[name]()
    assert type(output._keras_history.operation).__name__ == name
    model = Model([a, b], output)
    again = read_back(model)
    x = [RNG.uniform(1, 2, (4, 3, 3)).astype("float32") for _ in range(2)]
    assert_same(again(x), model(x))
    assert_same(model.predict(x, verbose=0), model(x))


# Losses and metrics -------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    loss = made("keras.losses", name)
    _, labels, outputs = LOSSES[name]
    y_true, y_pred = drawn(labels), drawn(outputs)
    weight = RNG.uniform(0.5, 1, ROWS).astype("float32")
    for extra in ((), (weight,)):
        assert_same(jax.jit(loss)(y_true, y_pred, *extra), loss(y_true, y_pred, *extra))
        assert_same(read_back(loss)(y_true, y_pred, *extra), loss(y_true, y_pred, *extra))


EXTREMES = {
    "sigmoid": list(itertools.product([0.0, 1.0, 1e-30, 0.5], repeat=3)),
    "softmax": [*itertools.permutations([0.0, 0.0, 1.0]), *itertools.permutations([0.5, 0.5, 0.0])],
    "unit": list(itertools.permutations([0.0, 0.0, 1.0])),
    "linear": list(itertools.product([-1e4, 1e4, 0.0, 1e-30, -1e-30], repeat=3)),
}
LABELS = {
    "binary": [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]],
    "one_hot": [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
    "distribution": [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]],
    "real": [[0.0, 1.0, -1.0], [0.0, 0.0, 0.0]],
    "class": [0, 2],
}


@pytest.mark.parametrize("name", LOSSES)
def test_extreme_outputs_give_finite_losses_and_gradients(name):
    _, labels, outputs = LOSSES[name]
    rows = np.array(EXTREMES[outputs], "float32")
    if name == "CategoricalGeneralizedCrossEntropy":
        rows += np.float32(1e-30)  # (1 - p**q) / q has an infinite slope at p = 0
    batches = np.stack([rows, rows[::-1]], 1)
    loss, y_true = made("keras.losses", name), np.array(LABELS[labels])
    both = jax.jit(jax.vmap(jax.value_and_grad(lambda y_pred: loss(y_true, y_pred))))
    values, gradients = both(batches)
    finite = np.isfinite(values) & np.isfinite(gradients).all((1, 2))
    assert finite.all(), batches[np.flatnonzero(~finite)[0]]


def many_outputs(recipes):
    """A model with an output of the fitting kind for each recipe, and targets for it."""
    inputs = Input((4,))
    outputs = []
    for name, (_, _, kind) in recipes.items():
        x = Dense(3, activation="linear" if kind == "unit" else kind, name=name)(inputs)
        outputs.append(x)
    x = RNG.normal(size=(2 * ROWS, 4)).astype("float32")
    return Model(inputs, outputs), x, [drawn(r[1], 2 * ROWS) for r in recipes.values()]


def test_every_loss_trains():
    # One program for all: each output has its loss, and the sum is trained.
    model, x, y = many_outputs(LOSSES)
    history = two_steps(model, x, y, loss=[made("keras.losses", name) for name in LOSSES])
    assert set(history) == {"loss", *(f"{name}_loss" for name in LOSSES)}
    for layer in model.layers[1:]:
        assert np.abs(layer.bias.numpy()).max() > 0, f"{layer.name} has not moved"


@pytest.mark.parametrize("name", METRICS)
def test_metric(name):
    metric = made("keras.metrics", name)
    again = read_back(metric)
    _, labels, outputs = METRICS[name]
    batches = [
        tuple(value for value in (drawn(labels), drawn(outputs)) if value is not None)
        for _ in range(2)
    ]
    for batch in batches:
        metric.update_state(*batch)
        again.update_state(*batch)
    result = metric.result()
    assert_same(again.result(), result)

    def run(state, batches):
        with filled(again.variables, state):
            for batch in batches:
                again.update_state(*batch)
            return again.result()

    again.reset_state()
    assert_same(jax.jit(run)([v.value for v in again.variables], batches), result)
    metric.reset_state()
    for batch in batches:
        metric.update_state(*batch)
    assert_same(metric.result(), result)


def test_every_metric_goes_along_with_training():
    recipes = {name: recipe for name, recipe in METRICS.items() if recipe[1] is not None}
    model, x, y = many_outputs(recipes)
    fitting = {"class": "sparse_categorical_crossentropy"}
    history = two_steps(
        model,
        x,
        y,
        loss=[fitting.get(labels, "mse") for _, labels, _ in recipes.values()],
        metrics=[[made("keras.metrics", name)] for name in recipes],
    )
    assert len(history) == 1 + 2 * len(recipes)


# Optimizers and schedules -------------------------------------------------------------------


def small_model():
    inputs = Input((4,))
    model = Model(inputs, Dense(1, kernel_initializer="ones")(inputs))
    x = RNG.normal(size=(2 * ROWS, 4)).astype("float32")
    return model, x, x.sum(1) * 2


def eager_and_compiled(make):
    """Three updates of one variable, one by one and in one compiled program."""
    start = np.array([1.0, -2.0, 3.0], "float32")
    grads = RNG.normal(size=(3, 3)).astype("float32")
    eager, box = make(), Variable(start)
    for gradient in grads:
        eager.apply([jnp.asarray(gradient)], [box])
    compiled, other = make(), Variable(start)
    compiled.build([other])

    @jax.jit
    def run(values, slots):
        for gradient in grads:
            values, slots = compiled.stateless_apply(slots, [jnp.asarray(gradient)], values)
        return values, slots

    values, slots = run([other.value], [v.value for v in compiled.variables])
    assert_same(values, [box.value])
    assert_same(slots, [v.value for v in eager.variables])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer(name):
    optimizer = made("keras.optimizers", name)
    again = read_back(optimizer)
    eager_and_compiled(lambda: type(again).from_config(again.get_config()))
    weights = []
    for one in (optimizer, again):
        model, x, y = small_model()
        two_steps(model, np.ones_like(x), np.ones_like(y) * 9, optimizer=one)
        weights.append(model.get_weights())
    assert_same(*weights)
    assert int(optimizer.iterations) == 2 and np.abs(weights[0][1]).max() > 0


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule(name):
    schedule = made("keras.optimizers.schedules", name)
    again = read_back(schedule)
    steps = jnp.arange(12)
    rates = jnp.stack([schedule(step) for step in steps])
    assert_same(jax.jit(lambda steps: jnp.stack([schedule(s) for s in steps]))(steps), rates)
    assert_same([again(step) for step in steps], list(rates))
    eager_and_compiled(lambda: optimizers.SGD(made("keras.optimizers.schedules", name)))


# What weights begin with, and what holds them -------------------------------------------------


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializer(name):
    initializer = made("keras.initializers", name)
    shape = (4, 1, 3) if name == "STFT" else (4, 3)
    value = np.asarray(initializer(shape, dtype="float32"))
    assert value.shape == shape and value.dtype == "float32" and np.isfinite(value).all()
    np.testing.assert_array_equal(np.asarray(read_back(initializer)(shape)), value)
    inside = jax.jit(lambda: jnp.asarray(initializer(shape)))()
    np.testing.assert_array_equal(np.asarray(inside), value)
    weight = layers.Layer().add_weight(shape, initializer)
    np.testing.assert_array_equal(weight.numpy(), value)


@pytest.mark.parametrize("where", ["keras.regularizers", "keras.constraints"])
def test_regularizers_and_constraints(where):
    for name in RECIPES[where]:
        function = made(where, name)
        kernel = RNG.normal(size=(4, 3)).astype("float32")
        value = function(jnp.asarray(kernel))
        assert_same(jax.jit(function)(kernel), value)
        assert_same(read_back(function)(jnp.asarray(kernel)), value)


def test_every_regularizer_and_constraint_trains():
    inputs = Input((4,))
    outputs = [Dense(3, kernel_regularizer=made("keras.regularizers", n)) for n in REGULARIZERS]
    outputs += [Dense(3, kernel_constraint=made("keras.constraints", n)) for n in CONSTRAINTS]
    model = Model(inputs, [layer(inputs) for layer in outputs])
    x = RNG.normal(size=(2 * ROWS, 4)).astype("float32")
    zeros = [np.zeros((2 * ROWS, 3), "float32") for _ in outputs]
    before = float(sum(layer.kernel.regularizer(layer.kernel.value) for layer in outputs[:4]))
    history = two_steps(model, x, zeros)
    parts = sum(values[0] for name, values in history.items() if name != "loss")
    assert 0 < history["loss"][0] - parts <= before * 1.001
    for layer in outputs[4:]:
        kept = layer.kernel.constraint(layer.kernel.value)
        np.testing.assert_allclose(layer.kernel.numpy(), kept, rtol=1e-4, atol=1e-5)
