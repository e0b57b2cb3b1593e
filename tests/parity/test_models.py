"""Models have Keras's structure, summary, order of weights and configs."""

import functools
import json
import re
import warnings

import jax
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


def built_for_a_batch(k):
    model = k.Sequential([k.layers.Flatten(), k.layers.Dense(3)])
    model.build((5, 3, 4))
    return model


def numbered(k):
    first = added_and_popped(k)
    return k.Model(first.inputs[0], k.layers.Dense(2)(first.outputs[0]))


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
    in_dicts,
    added_and_popped,
    deferred,
    built_for_a_batch,
    numbered,
    calls_of_layers_twice,
    training_given,
]


@functools.cache
def made(recipe):
    """As `make`, the same models again for tests that change nothing but weights."""
    return make(recipe)


def make(recipe):
    """The model of a recipe in gyeol and in Keras, with automatic names from the start."""
    utils.clear_session(free_memory=False)
    keras.backend.clear_session(free_memory=False)
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


def without_masks(config):
    """A config without ``mask=None`` in calls, which Keras notes now and then."""
    if isinstance(config, list):
        return [without_masks(item) for item in config]
    if not isinstance(config, dict):
        return config
    return {
        name: without_masks(value)
        for name, value in config.items()
        if not (name == "mask" and value is None)
    }


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


def assert_same_predictions(ours, theirs):
    data = data_for(ours)
    data = data[0] if len(data) == 1 else data
    if isinstance(getattr(ours, "input", None), dict):
        data = dict(zip(ours.input_names, data))

    def arguments(model):
        boxes = (model.trainable_variables, model.non_trainable_variables)
        return *([variable.value for variable in group] for group in boxes), data

    with warnings.catch_warnings():
        # Keras warns where a list of one input is given as an array.
        warnings.simplefilter("ignore")
        # Both in one compiled program, which takes less time than operation by operation.
        both = jax.jit(lambda a, b: (ours.stateless_call(*a)[0], theirs.stateless_call(*b)[0]))
        mine, other = both(arguments(ours), arguments(theirs))
    assert jax.tree.structure(mine) == jax.tree.structure(other)
    for a, b in zip(jax.tree.leaves(mine), jax.tree.leaves(other)):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("recipe", GRAPHS)
def test_structure(recipe):
    ours, theirs = made(recipe)
    assert ours.name == theirs.name
    names = [[(layer.name, type(layer).__name__) for layer in m.layers] for m in (ours, theirs)]
    assert names[0] == names[1]
    for attribute in ("weights", "trainable_weights", "non_trainable_weights"):
        assert described(getattr(ours, attribute)) == described(getattr(theirs, attribute))
    assert ours.count_params() == theirs.count_params()
    assert (ours.input_shape, ours.output_shape) == (theirs.input_shape, theirs.output_shape)
    assert [t.name for t in ours.inputs] == [t.name for t in theirs.inputs]
    assert [t.shape for t in ours.outputs] == [t.shape for t in theirs.outputs]
    if hasattr(theirs, "output_names"):
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
    ours, theirs = made(recipe)
    assert printed(ours, **kwargs).splitlines() == printed(theirs, **kwargs).splitlines()


# Frozen models predict what the others do, and a dropout that is always on no two times the same.
@pytest.mark.parametrize(
    "recipe", [g for g in GRAPHS if g is not training_given and "frozen" not in g.__name__]
)
def test_predictions(recipe):
    ours, theirs = made(recipe)
    share_weights(ours, theirs)
    assert_same_predictions(ours, theirs)


@pytest.mark.parametrize("recipe", GRAPHS)
def test_config_goes_both_ways(recipe):
    ours, theirs = made(recipe)
    mine = plain(serialization.serialize(ours))
    other = plain(keras.saving.serialize_keras_object(theirs))
    assert without_masks(mine) == without_masks(other)
    read = serialization.deserialize(other)
    written = keras.saving.deserialize_keras_object(mine)
    assert plain(read.get_config()) == plain(ours.get_config())
    assert described(read.weights) == described(written.weights) == described(ours.weights)
    if recipe is not training_given:
        share_weights(read, written)
        assert_same_predictions(read, written)


class WithBuild:
    """Makes, from gyeol or Keras, a layer and a model with code of their own."""

    def __init__(self, k):
        class Scale(k.layers.Layer):
            def __init__(self, factor=2.0, **kwargs):
                super().__init__(**kwargs)
                self.factor = factor

            def build(self, input_shape):
                self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")
                self.seen = self.add_weight(initializer="zeros", trainable=False, name="seen")
                self.inner = k.layers.Dense(input_shape[-1], name="inner")

            def call(self, inputs, training=False):
                if training:
                    self.seen.assign_add(1.0)
                return self.inner(inputs) * self.scale * self.factor

        class Net(k.Model):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.hidden = [k.layers.Dense(3, activation="tanh"), k.layers.Dense(4)]
                self.parts = {"scale": Scale(name="scale")}
                self.dropout = k.layers.Dropout(0.3)
                self.last = k.layers.Dense(2)

            def call(self, inputs, training=False):
                x = inputs
                for layer in self.hidden:
                    x = layer(x)
                x = self.parts["scale"](self.dropout(x, training=training), training=training)
                return self.last(x)

        self.Scale, self.Net = Scale, Net


def test_subclassed_model():
    utils.clear_session(free_memory=False)
    keras.backend.clear_session(free_memory=False)
    ours, theirs = WithBuild(gyeol).Net(name="net"), WithBuild(keras).Net(name="net")
    for model in (ours, theirs):
        assert not model.built and model.weights == []
        with pytest.raises(ValueError):
            model.count_params()
    x = np.random.default_rng(0).normal(size=(5, 6)).astype("float32")
    ours(x), theirs(x)
    assert described(ours.weights) == described(theirs.weights)
    assert described(ours.trainable_weights) == described(theirs.trainable_weights)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert ours.count_params() == theirs.count_params()
    share_weights(ours, theirs)
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5, atol=1e-5)
    ours(x, training=True), theirs(x, training=True)
    assert float(ours.parts["scale"].seen) == float(theirs.parts["scale"].seen) > 1


def test_summary_of_a_subclassed_model(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    texts = []
    for k in (gyeol, keras):
        utils.clear_session(free_memory=False)
        keras.backend.clear_session(free_memory=False)
        model = WithBuild(k).Net(name="net")
        before = printed(model)
        model(np.zeros((5, 6), "float32"))
        texts.append((before, printed(model)))
    (before, after), (their_before, their_after) = texts
    assert before.splitlines() == their_before.splitlines()
    # Keras writes down the 5 of the batch at hand, which binds nothing, and does not know the
    # shape that a layer without `compute_output_shape` gives.
    their_after = re.sub(r"\(5, (\d)\)   ", r"(None, \1)", their_after)
    their_after = re.sub(r"(scale \(Scale\) +│ )\?        ", r"\1(None, 4)", their_after)
    assert after.splitlines() == their_after.splitlines()


def test_layer_of_ones_own_in_a_graph(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")

    def recipe(k):
        inputs = k.Input((4,))
        return k.Model(inputs, k.layers.Dense(2)(WithBuild(k).Scale(3.0)(inputs)))

    ours, theirs = make(recipe)
    assert described(ours.weights) == described(theirs.weights)
    for kwargs in ({}, {"expand_nested": True}, {"show_trainable": True}):
        assert printed(ours, **kwargs).splitlines() == printed(theirs, **kwargs).splitlines()
    share_weights(ours, theirs)
    assert_same_predictions(ours, theirs)


def test_unbuilt_summary(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    ours, theirs = make(lambda k: k.Sequential([k.layers.Dense(3), k.layers.Dropout(0.5)]))
    for kwargs in ({}, {"show_trainable": True}):
        assert printed(ours, **kwargs).splitlines() == printed(theirs, **kwargs).splitlines()
    ours, theirs = make(lambda k: k.Sequential())
    assert printed(ours).splitlines() == printed(theirs).splitlines()


@pytest.mark.parametrize("recipe,optimizer", [(tutorial, "sgd"), (several, "adam")])
def test_summary_after_fit_counts_the_optimizer(recipe, optimizer, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    ours, theirs = make(recipe)
    rng = np.random.default_rng(0)
    texts = []
    for model in (ours, theirs):
        model.compile(optimizer, "mse")
        x = data_for(model, rows=8)
        y = [rng.random((8, *t.shape[1:])).astype("float32") for t in model.outputs]
        model.fit(x[0] if len(x) == 1 else x, y[0] if len(y) == 1 else y, verbose=0)
        texts.append(printed(model))
    assert texts[0].splitlines() == texts[1].splitlines()
    assert "Optimizer params" in texts[0]


def test_layer_range(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    ours, theirs = make(document_fashion)
    for layer_range in (["conv2d", "dropout"], ["flatten", "dense_1"]):
        mine, other = (printed(model, layer_range=layer_range) for model in (ours, theirs))
        assert mine.splitlines() == other.splitlines()


def test_document_counts():
    """The numbers of parameters in the source documents."""
    deep, _ = make(document_deep)
    assert deep.layers[0].count_params() == 401_920
    fashion, _ = make(document_fashion)
    counts = [layer.count_params() for layer in fashion.layers if layer.weights]
    assert counts == [320, 18_496, 313_700, 1_010]
    cifar, _ = make(document_cifar)
    assert cifar.count_params() == 122_570


def test_a_model_between_two_layers():
    def recipe(k):
        base = several(k)
        return k.Model(base.get_layer("both").output, base.get_layer("first").output)

    ours, theirs = make(recipe)
    # Keras calls the new input 'keras_tensor_2CLONE'; gyeol 'input_layer', as any other.
    assert [layer.name for layer in ours.layers[1:]] == [layer.name for layer in theirs.layers[1:]]
    assert described(ours.weights) == described(theirs.weights)
    share_weights(ours, theirs)
    assert_same_predictions(ours, theirs)


def test_a_model_built_by_a_call_takes_any_batch():
    def recipe(k):
        model = k.Sequential([k.layers.Flatten(), k.layers.Dense(3)])
        model(np.zeros((2, 3, 4), "float32"))
        return model

    ours, theirs = make(recipe)
    # Keras writes down the 2 of the batch at hand, which binds nothing.
    assert (ours.input_shape, theirs.input_shape) == ((None, 3, 4), (2, 3, 4))
    share_weights(ours, theirs)
    assert_same_predictions(ours, theirs)


def test_a_shared_model_shares_its_weights():
    for k in (gyeol, keras):
        model = twice_the_same_model(k)
        assert len(model.weights) == 2
        kernel = model.get_layer("inner").layers[0].kernel
        assert kernel is model.weights[0]


def test_get_layer_and_pop_refuse_like_keras():
    ours, theirs = make(tutorial)
    for model in (ours, theirs):
        assert model.get_layer(index=0) is model.layers[0]
        for wrong in ({"name": "nothing"}, {"index": 9}, {}, {"name": "dense", "index": 1}):
            with pytest.raises(ValueError):
                model.get_layer(**wrong)
        last = model.layers[-1]
        popped = model.pop()
        assert popped is last or popped is None
        assert len(model.layers) == 2 and model.output_shape == (None, 128)
