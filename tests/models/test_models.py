"""Models: how they are put together, built, called and refused."""

import numpy as np
import pytest

import gyeol
from gyeol import layers
from gyeol.layers import Dense, Dropout, Input
from gyeol.models import Model, Sequential

RNG = np.random.default_rng(0)
X = RNG.random((6, 4), dtype=np.float32)


def small():
    return Sequential([Input((4,)), Dense(3, name="first"), Dense(2, name="second")])


def state(model):
    return (
        [layer.name for layer in model._layers],
        model.built,
        [v.numpy().tolist() for v in model.weights],
    )


# Sequential ---------------------------------------------------------------------------------


def test_ways_to_say_the_input_shape():
    models = [
        Sequential([Input((4,)), Dense(3)]),
        Sequential([Dense(3, input_shape=(4,))]),
        Sequential([Dense(3, input_dim=4)]),
        Sequential([Dense(3, batch_input_shape=(None, 4))]),
        Sequential([layers.InputLayer(shape=(4,)), Dense(3)]),
        Sequential(Input((4,))),
        Sequential(),
    ]
    models[-2].add(Dense(3))
    models[-1].add(Input((4,)))
    models[-1].add(Dense(3))
    for model in models:
        assert model.built and len(model.layers) == 1
        assert (model.input_shape, model.output_shape) == ((None, 4), (None, 3))
        assert model(X).shape == (6, 3)
    assert Sequential([Dense(3, input_shape=(4,), batch_size=2)]).input_shape == (2, 4)


def test_a_model_without_a_shape_is_built_by_its_first_data():
    for use in (lambda m: m(X), lambda m: m.predict(X, verbose=0), lambda m: m.build((None, 4))):
        model = Sequential([Dense(3), Dropout(0.5), Dense(2)])
        assert not model.built and model.weights == []
        with pytest.raises(AttributeError, match="not built"):
            _ = model.input_shape
        use(model)
        assert model.built and model.output_shape == (None, 2)
        assert model.count_params() == 4 * 3 + 3 + 3 * 2 + 2
        # Another size of batch is not another shape.
        assert model(X[:1]).shape == (1, 2)


def test_a_model_built_by_two_batches_keeps_its_weights():
    model = Sequential([Dense(3)])
    first = np.asarray(model(X))
    np.testing.assert_array_equal(np.asarray(model(X)), first)
    np.testing.assert_allclose(np.asarray(model(X[:2])), first[:2], rtol=1e-6)
    assert len(model.weights) == 2


def test_add_and_pop_keep_what_is_learned():
    model = small()
    kernel = model.layers[0].kernel
    last = model.pop()
    assert last.name == "second" and model.output_shape == (None, 3)
    model.add(Dense(5))
    assert model.layers[0].kernel is kernel and model.output_shape == (None, 5)
    assert model(X).shape == (6, 5)
    while model.layers:
        model.pop()
    with pytest.raises(ValueError, match="no layer to take away"):
        model.pop()


WRONG_ADDITIONS = {
    "no layer": (lambda: 3, "takes layers; got 3"),
    "a class": (lambda: Dense, "parentheses"),
    "a second input": (lambda: Input((3,)), "comes first"),
    "a name that is taken": (lambda: Dense(1, name="first"), "'first' already"),
    "a layer that does not fit": (lambda: layers.Conv2D(2, 3, name="conv"), "'conv'"),
}


@pytest.mark.parametrize("case", WRONG_ADDITIONS)
def test_a_refused_layer_leaves_the_model_as_it_was(case):
    make, words = WRONG_ADDITIONS[case]
    model = small()
    before, output = state(model), np.asarray(model(X))
    with pytest.raises(ValueError, match=words):
        model.add(make())
    assert state(model) == before
    np.testing.assert_array_equal(np.asarray(model(X)), output)


def test_a_model_without_layers_says_so():
    with pytest.raises(ValueError, match="no layers yet"):
        Sequential().build((None, 4))
    with pytest.raises(ValueError, match=r"\(None, 784\)"):
        Sequential([Dense(2)]).build()


# Graphs -------------------------------------------------------------------------------------


def test_only_layers_between_inputs_and_outputs_belong_to_a_model():
    inputs = Input((4,))
    x = Dense(3, name="used")(inputs)
    Dense(9, name="beside")(x)
    model = Model(inputs, Dense(2, name="last")(x))
    assert [layer.name for layer in model.layers[1:]] == ["used", "last"]
    assert len(model.weights) == 4


def test_an_input_may_be_an_output():
    inputs = Input((4,))
    model = Model(inputs, [inputs, Dense(2)(inputs)])
    same, other = model(X)
    np.testing.assert_array_equal(np.asarray(same), X)
    assert other.shape == (6, 2)


def test_a_long_chain_is_no_deep_recursion():
    x = inputs = Input((2,))
    for _ in range(400):
        x = layers.ReLU()(x)
    assert len(Model(inputs, x).layers) == 401


def test_wrong_graphs():
    inputs, other = Input((4,), name="table"), Input((4,), name="other")
    x = Dense(3, name="same")(inputs)
    with pytest.raises(ValueError, match=r"depend on input 'other'.*inputs=\[\.\.\., other\]"):
        Model(inputs, layers.Add()([inputs, other]))
    with pytest.raises(ValueError, match="'same' stand for several layers"):
        Model(inputs, Dense(3, name="same")(x))
    with pytest.raises(ValueError, match=r"inputs=.*symbolic tensors.*got ndarray"):
        Model(X, x)
    with pytest.raises(ValueError, match=r"outputs=.*got nothing"):
        Model(inputs, [])
    with pytest.raises(TypeError, match=r"Model\(inputs, outputs\)"):
        Model(X)
    with pytest.raises(TypeError, match="symbolic"):
        list(x)


def two_inputs(structure=list):
    left, right = Input((2,), name="left"), Input((3,), name="right")
    both = layers.Concatenate()([left, right])
    inputs = {"left": left, "right": right} if structure is dict else structure([left, right])
    return Model(inputs, Dense(1, kernel_initializer="ones")(both))


LEFT, RIGHT = np.ones((5, 2), "float32"), np.full((5, 3), 2, "float32")


@pytest.mark.parametrize("structure", [list, tuple, dict])
@pytest.mark.parametrize(
    "data",
    [
        [LEFT, RIGHT],
        (LEFT, RIGHT),
        {"left": LEFT, "right": RIGHT},
        {"right": RIGHT, "left": LEFT},
    ],
    ids=["list", "tuple", "dict", "dict in another order"],
)
def test_several_inputs_in_any_structure(structure, data):
    if structure is dict and not isinstance(data, dict):
        data = list(data)
    model = two_inputs(structure)
    assert np.asarray(model(data)).ravel().tolist() == [8.0] * 5
    assert model.predict(data, verbose=0).ravel().tolist() == [8.0] * 5


@pytest.mark.parametrize(
    "data,words",
    [
        ([LEFT], "2 inputs; the data has 1"),
        ([LEFT, RIGHT, RIGHT], "2 inputs; the data has 3"),
        ({"left": LEFT, "wrong": RIGHT}, "'left', 'right'.*'wrong'"),
        ([RIGHT, LEFT], "expects inputs of shape"),
    ],
)
def test_inputs_that_do_not_fit(data, words):
    model = two_inputs()
    for use in (model, lambda x: model.predict(x, verbose=0)):
        with pytest.raises(ValueError, match=words):
            use(data)


@pytest.mark.parametrize(
    "shape,words",
    [((4,), r"x\[None\]"), ((6, 3), r"shape \(batch, 4\); got \(batch, 3\)")],
)
def test_shapes_that_do_not_fit(shape, words):
    model = small()
    for use in (model, lambda x: model.predict(x, verbose=0), model.predict_on_batch):
        with pytest.raises(ValueError, match=words):
            use(np.ones(shape, "float32"))


def test_a_last_axis_of_one_comes_and_goes():
    model = Sequential([Input((4, 4, 1)), layers.Flatten(), Dense(1)])
    assert model(np.ones((2, 4, 4))).shape == (2, 1)
    model = Sequential([Input((4, 4)), layers.Flatten(), Dense(1)])
    assert model(np.ones((2, 4, 4, 1))).shape == (2, 1)


def test_a_phase_given_in_the_graph_is_kept():
    """As in tf.keras; Keras 3 forgets it in `fit` and `predict`."""
    inputs = Input((64,))
    always = Model(inputs, Dropout(0.5)(inputs, training=True))
    never = Model(inputs, Dropout(0.5)(inputs, training=False))
    x = np.ones((2, 64), "float32")
    for training in (None, True, False):
        assert (np.asarray(always(x, training=training)) == 0).any()
        assert (np.asarray(never(x, training=training)) == x).all()
    assert (always.predict(x, verbose=0) == 0).any()


def test_a_frozen_model_within_another_normalizes_as_in_inference():
    inner = Sequential([Input((4,)), layers.BatchNormalization()], name="inner")
    inner.trainable = False
    model = Sequential([Input((4,)), inner, Dense(1)])
    model.compile("sgd", "mse")
    before = inner.get_weights()
    model.fit(X * 9, X[:, 0], verbose=0)
    for now, then in zip(inner.get_weights(), before):
        np.testing.assert_array_equal(now, then)


def test_layers_shared_by_two_models_learn_together():
    inputs = Input((4,))
    shared = Dense(3)
    x = shared(inputs)
    classifier, features = Model(inputs, Dense(2)(x)), Model(inputs, x)
    before = features.predict(X, verbose=0)
    classifier.compile("sgd", "mse")
    classifier.fit(X, np.ones((6, 2)), verbose=0)
    after = features.predict(X, verbose=0)
    assert np.abs(after - before).max() > 1e-4
    # Rounding is relative to the summands, of size 1, and not to what is left of them.
    np.testing.assert_allclose(after, np.asarray(shared(X)), rtol=1e-5, atol=1e-6)


# Subclasses ---------------------------------------------------------------------------------


class TwoTowers(Model):
    """Takes two inputs as arguments of their own."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.towers = {"a": Dense(units), "b": Dense(units)}
        self.last = Dense(1)

    def call(self, inputs, training=False):
        a, b = inputs
        return self.last(self.towers["a"](a) + self.towers["b"](b))


def test_a_subclass_trains_evaluates_and_predicts():
    model = TwoTowers()
    model.compile("adam", "mse")
    data = [X[:, :2], X[:, 2:]]
    history = model.fit(data, X.sum(1), epochs=30, verbose=0)
    assert model.built and len(model.weights) == 6
    assert history.history["loss"][-1] < history.history["loss"][0]
    loss = model.evaluate(data, X.sum(1), verbose=0)
    predicted = model.predict(data, verbose=0)
    np.testing.assert_allclose(loss, np.mean((predicted[:, 0] - X.sum(1)) ** 2), rtol=1e-5)
    assert [layer.name for layer in model.layers] == [
        layer.name for layer in (*model.towers.values(), model.last)
    ]


def test_build_by_a_shape_makes_the_weights():
    model = TwoTowers()
    model.build([(None, 2), (None, 2)])
    assert model.count_params() == 2 * (2 * 3 + 3) + 4

    class Built(Model):
        def build(self, input_shape):
            self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

        def call(self, inputs):
            return inputs * self.scale

    model = Built()
    model.build((None, 4))
    assert model.built and model.weights == [model.scale]
    np.testing.assert_array_equal(np.asarray(model(X)), X)


def test_a_subclass_of_sequential_and_of_a_graph():
    class Mine(Sequential):
        def double(self, x):
            return 2 * np.asarray(self(x))

    model = Mine([Input((4,)), Dense(2)])
    np.testing.assert_array_equal(model.double(X), 2 * np.asarray(model(X)))

    class Graph(Model):
        def __init__(self, units=2):
            inputs = Input((4,))
            super().__init__(inputs=inputs, outputs=Dense(units)(inputs))
            self.units = units

    model = Graph(units=3)
    assert model.output_shape == (None, 3) and model.count_params() == 15 and model.units == 3


def test_reserved_words_of_a_model():
    assert not small().compiled and small().loss is None and small().metrics == []
    model = small()
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.compiled and model.loss == "mse"
    with pytest.raises(RuntimeError, match="not compiled"):
        small().fit(X, X)


def test_gyeol_names_what_keras_names():
    assert gyeol.Model is gyeol.models.Model is Model
    assert gyeol.Sequential is gyeol.models.Sequential
    assert gyeol.Input is gyeol.layers.Input
    x = Input((1,))
    assert type(Model(x, Dense(1)(x))) is gyeol.models.Functional
