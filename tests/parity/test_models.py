"""Models have Keras's structure, summary, order of weights and configs."""

import json
import warnings

import keras
import numpy as np
import pytest

import gyeol
from gyeol import serialization, utils


def document_deep(k):
    sizes = [512, 256, 128, 64]
    return k.Sequential(
        [
            k.Input(shape=(784,)),
            *(k.layers.Dense(size, activation="relu") for size in sizes),
            k.layers.Dense(10, activation="softmax"),
        ]
    )


def document_fashion(k):
    model = k.Sequential()
    model.add(k.Input(shape=(28, 28, 1)))
    model.add(k.layers.Conv2D(32, 3, activation="relu", padding="same"))
    model.add(k.layers.MaxPooling2D(pool_size=2, padding="same"))
    model.add(k.layers.Dropout(0.3))
    model.add(k.layers.Conv2D(64, 3, activation="relu", padding="same"))
    model.add(k.layers.MaxPooling2D(2))
    model.add(k.layers.Dropout(0.3))
    model.add(k.layers.Flatten())
    model.add(k.layers.Dense(100, activation="relu"))
    model.add(k.layers.Dropout(0.3))
    model.add(k.layers.Dense(10, activation="softmax"))
    return model


def document_cifar(k):
    model = k.Sequential(name="cifar")
    model.add(k.layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
    model.add(k.layers.MaxPooling2D((2, 2)))
    model.add(k.layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(k.layers.MaxPooling2D((2, 2)))
    model.add(k.layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(k.layers.Flatten())
    model.add(k.layers.Dense(64, activation="relu"))
    model.add(k.layers.Dense(10))
    return model


def tutorial(k):
    return k.Sequential(
        [
            k.layers.Flatten(input_shape=(28, 28)),
            k.layers.Dense(128, activation="relu"),
            k.layers.Dense(10),
        ]
    )


def pima(k):
    return k.Sequential(
        [
            k.layers.Dense(12, input_dim=8, activation="relu"),
            k.layers.Dense(8, activation="relu"),
            k.layers.Dense(1, activation="sigmoid"),
        ]
    )


def normalized(k):
    return k.Sequential(
        [
            k.Input((8, 8, 3), batch_size=4),
            k.layers.Rescaling(1 / 255),
            k.layers.ZeroPadding2D(1),
            k.layers.Conv2D(4, 3, use_bias=False),
            k.layers.BatchNormalization(),
            k.layers.ReLU(),
            k.layers.AveragePooling2D(2),
            k.layers.GlobalAveragePooling2D(),
            k.layers.Reshape((2, 2)),
            k.layers.Flatten(),
            k.layers.Dense(3),
            k.layers.LeakyReLU(),
            k.layers.Softmax(),
        ]
    )


def residual(k):
    inputs = k.Input((6, 6, 4), name="picture")
    x = k.layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = k.layers.Conv2D(4, 3, padding="same")(x)
    x = k.layers.Add()([inputs, x])
    x = k.layers.Activation("relu")(x)
    y = k.layers.Conv2D(2, 1)(x)
    x = k.layers.Concatenate()([x, y])
    x = k.layers.GlobalMaxPooling2D()(x)
    return k.Model(inputs, k.layers.Dense(2)(x), name="residual")


def several(k):
    left, right = k.Input((4,), name="left"), k.Input((4,), name="right")
    shared = k.layers.Dense(3, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    both = k.layers.Concatenate(name="both")([a, b])
    first = k.layers.Dense(2, name="first")(both)
    second = k.layers.Dense(1, activation="sigmoid", name="second")(k.layers.Dropout(0.2)(a))
    return k.Model(inputs=[left, right], outputs=[first, second])


def nested(k):
    inner_inputs = k.Input((5,))
    x = k.layers.Dense(4, activation="relu")(inner_inputs)
    inner = k.Model(inner_inputs, k.layers.BatchNormalization()(x), name="inner")
    tail = k.Sequential([k.layers.Dense(3), k.layers.ReLU()], name="tail")
    inputs = k.Input((5,))
    return k.Model(inputs, k.layers.Dense(2)(tail(inner(inputs))), name="outer")


def nested_sequential(k):
    inner = k.Sequential([k.Input((4,)), k.layers.Dense(3), k.layers.Dense(4)], name="inner")
    return k.Sequential([inner, k.layers.Dense(2)])


def twice_the_same_model(k):
    inner = k.Sequential([k.Input((4,)), k.layers.Dense(4)], name="inner")
    left, right = k.Input((4,)), k.Input((4,))
    return k.Model([left, right], k.layers.Add()([inner(left), inner(right)]))


def frozen(k):
    model = document_fashion(k)
    model.layers[0].trainable = False
    model.layers[-1].trainable = False
    return model


def frozen_normalization(k):
    model = normalized(k)
    model.trainable = False
    model.layers[-3].trainable = True
    return model


def frozen_inner(k):
    model = nested(k)
    model.get_layer("inner").trainable = False
    return model


def from_the_middle(k):
    base = document_cifar(k)
    return k.Model(base.inputs, base.layers[-2].output, name="features")


def between_two_layers(k):
    base = several(k)
    middle = base.get_layer("both").output
    return k.Model(middle, base.get_layer("first").output)


def in_dicts(k):
    inputs = {"b": k.Input((3,), name="b"), "a": k.Input((2,), name="a")}
    both = k.layers.Concatenate()([inputs["a"], inputs["b"]])
    x = k.layers.Dense(4)(both)
    return k.Model(
        inputs, {"z": k.layers.Dense(2, name="z")(x), "y": k.layers.Dense(1, name="y")(x)}
    )


def added_and_popped(k):
    model = k.Sequential([k.Input((4,)), k.layers.Dense(3), k.layers.Dense(2)])
    model.pop()
    model.add(k.layers.Dense(5))
    model.add(k.layers.Softmax())
    return model


def deferred(k):
    model = k.Sequential([k.layers.Dense(3), k.layers.Dropout(0.1), k.layers.Dense(2)])
    model.build((None, 4))
    return model


def built_by_a_call(k):
    model = k.Sequential([k.layers.Flatten(), k.layers.Dense(3)])
    model(np.zeros((2, 3, 4), "float32"))
    return model


def calls_of_layers_twice(k):
    layer = k.layers.Dense(4, name="again")
    inputs = k.Input((4,))
    return k.Model(inputs, layer(k.layers.ReLU()(layer(inputs))))


def training_given(k):
    inputs = k.Input((4,))
    x = k.layers.BatchNormalization()(inputs, training=False)
    x = k.layers.Dropout(0.5)(x, training=True)
    return k.Model(inputs, k.layers.Dense(2)(x))


GRAPHS = [
    document_deep,
    document_fashion,
    document_cifar,
    tutorial,
    pima,
    normalized,
    residual,
    several,
    nested,
    nested_sequential,
    twice_the_same_model,
    frozen,
    frozen_normalization,
    frozen_inner,
    from_the_middle,
    between_two_layers,
    in_dicts,
    added_and_popped,
    deferred,
    built_by_a_call,
    calls_of_layers_twice,
    training_given,
]


def make(recipe):
    """The model of a recipe in gyeol and in Keras, with automatic names from the start."""
    utils.clear_session()
    keras.backend.clear_session()
    ours = recipe(gyeol)
    with warnings.catch_warnings():
        # Keras warns of `input_shape=`; gyeol must not.
        warnings.simplefilter("ignore")
        return ours, recipe(keras)


def printed(model, **kwargs):
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text), **kwargs)
    return "\n".join(lines)


def plain(config):
    return json.loads(json.dumps(config))


def described(variables):
    return [(v.name, tuple(v.shape), v.dtype) for v in variables]


def share_weights(ours, theirs):
    rng = np.random.default_rng(0)
    values = [rng.uniform(0.1, 0.9, v.shape).astype(v.dtype) for v in theirs.weights]
    ours.set_weights(values)
    theirs.set_weights(values)


def data_for(model, rows=3):
    rng = np.random.default_rng(1)
    return [
        rng.normal(size=(tensor.shape[0] or rows, *tensor.shape[1:])).astype("float32")
        for tensor in model.inputs
    ]


def predictions(model, data):
    outputs = model(data if len(data) > 1 else data[0])
    if isinstance(outputs, dict):
        return {name: np.asarray(value) for name, value in outputs.items()}
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(output) for output in outputs]


def assert_same_predictions(ours, theirs):
    data = data_for(ours)
    if isinstance(getattr(ours, "input", None), dict):
        data = [dict(zip(ours.input_names, data))]
    mine, other = predictions(ours, data), predictions(theirs, data)
    if isinstance(other, dict):
        assert list(mine) == list(other)
        mine, other = list(mine.values()), list(other.values())
    assert len(mine) == len(other)
    for a, b in zip(mine, other):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("recipe", GRAPHS)
def test_structure(recipe):
    ours, theirs = make(recipe)
    assert ours.name == theirs.name
    names = [[(layer.name, type(layer).__name__) for layer in m.layers] for m in (ours, theirs)]
    assert names[0] == names[1]
    for attribute in ("weights", "trainable_weights", "non_trainable_weights"):
        assert described(getattr(ours, attribute)) == described(getattr(theirs, attribute))
    assert ours.count_params() == theirs.count_params()
    assert (ours.input_shape, ours.output_shape) == (theirs.input_shape, theirs.output_shape)
    assert [t.name for t in ours.inputs] == [t.name for t in theirs.inputs]
    assert [t.shape for t in ours.outputs] == [t.shape for t in theirs.outputs]
    assert ours.output_names == theirs.output_names
    for mine, other in zip(ours.layers, theirs.layers):
        assert ours.get_layer(mine.name) is mine
        assert mine.output.shape == other.output.shape
        assert mine.count_params() == other.count_params()
        assert mine.trainable == other.trainable


@pytest.mark.parametrize(
    "kwargs",
    [{}, {"expand_nested": True}, {"show_trainable": True}, {"line_length": 70}],
    ids=lambda kwargs: next(iter(kwargs), "plain"),
)
@pytest.mark.parametrize("recipe", GRAPHS)
def test_summary(recipe, kwargs, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    ours, theirs = make(recipe)
    assert printed(ours, **kwargs).splitlines() == printed(theirs, **kwargs).splitlines()


@pytest.mark.parametrize("recipe", GRAPHS)
def test_predictions(recipe):
    ours, theirs = make(recipe)
    if recipe is training_given:
        pytest.skip("its dropout is always on")
    share_weights(ours, theirs)
    assert_same_predictions(ours, theirs)


@pytest.mark.parametrize("recipe", GRAPHS)
def test_config_goes_both_ways(recipe):
    ours, theirs = make(recipe)
    assert plain(ours.get_config()) == plain(theirs.get_config())
    mine, other = serialization.serialize(ours), keras.saving.serialize_keras_object(theirs)
    assert plain(mine) == plain(other)
    read = serialization.deserialize(plain(other))
    written = keras.saving.deserialize_keras_object(plain(mine))
    assert plain(read.get_config()) == plain(ours.get_config())
    assert plain(written.get_config()) == plain(theirs.get_config())
    assert described(read.weights) == described(written.weights) == described(ours.weights)
    if recipe is not training_given:
        share_weights(read, written)
        assert_same_predictions(read, written)
