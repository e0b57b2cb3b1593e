"""`predict` and `model(x)` by cached executables: few of them, and every change is seen."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gyeol as keras
from gyeol import layers
from gyeol.layers import Dense, Input
from gyeol.training import program
from gyeol.variable import filled

X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")


@pytest.fixture
def compiled():
    """How many programs were compiled since the test began, not counting those of before."""
    program._shared.clear()
    before = program.compilations
    return lambda: program.compilations - before


def small(**options):
    return keras.Sequential([Input((4,)), Dense(5, "relu", **options), Dense(3, "softmax")])


def one_by_one(model, x):
    """What the layers give that are called in turn, by no program."""
    return jax.tree.map(np.asarray, model.call(jax.tree.map(jnp.asarray, x)))


def check(model, x):
    """`predict`, `predict_on_batch` and calls agree with the layers called in turn."""
    wanted = one_by_one(model, x)
    for _ in range(2):
        for found in (model.predict(x, verbose=0), model.predict_on_batch(x), model(x)):
            jax.tree.map(
                lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), found, wanted
            )


# How many are compiled ----------------------------------------------------------------------


def test_few_executables_serve_all_sizes_of_batches(compiled):
    model = small()
    wanted = one_by_one(model, X)
    for call in (lambda x: model.predict(x, verbose=0), model.predict_on_batch, model):
        for rows in range(1, 41):
            np.testing.assert_allclose(call(X[:rows]), wanted[:rows], rtol=1e-5, atol=1e-6)
        assert compiled() == 7  # of 1, 2, 4, 8, 16, 32 and 64 rows


def test_rows_that_others_depend_on_are_not_filled_up(compiled):
    inputs = Input((4,))
    model = keras.Model(inputs, inputs - keras.ops.mean(inputs, axis=0, keepdims=True))
    for rows in (3, 5, 3):
        check(model, X[:rows])
    assert compiled() == 2


def test_larger_batches_are_filled_up_by_an_eighth_at_most(compiled):
    model = small()
    many = np.tile(X, (20, 1))
    for rows in (257, 270, 280, 288):
        wanted = one_by_one(model, many[:rows])
        np.testing.assert_allclose(model.predict_on_batch(many[:rows]), wanted, rtol=1e-5)
    assert compiled() == 1


def test_models_of_one_structure_share_one_executable(compiled):
    for _ in range(10):
        model = small()
        check(model, X[:2])
    assert compiled() == 1


def test_no_layer_of_the_second_model_of_a_kind_is_traced(monkeypatch):
    def train():
        model = small(kernel_regularizer="l2")
        model.compile("sgd", "mse", metrics=["mae"])
        model.fit(X, X[:, :3], epochs=1, verbose=0)

    def refused(self, inputs):
        raise AssertionError("traced")

    train()
    monkeypatch.setattr(Dense, "call", refused)
    train()


def test_layers_of_one_class_and_other_settings_have_shapes_of_their_own():
    for units in (2, 3):
        for function in (None, "relu", lambda x, n=units: x[..., :n] if n == 2 else x[..., :1]):
            model = keras.Sequential([Input((4,)), Dense(5, function), layers.RepeatVector(units)])
            expected = jax.eval_shape(model.call, jnp.zeros((7, 4)))
            assert model.output_shape[1:] == expected.shape[1:]
            assert program.output_specs(model, X).shape == model(X).shape


@pytest.mark.parametrize("rows", [255, 256, 1025, 2500])
def test_many_rows_come_back_in_their_order(rows):
    model, x = small(), np.random.default_rng(1).normal(size=(rows, 4)).astype("float32")
    found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found, one_by_one(model, x), rtol=1e-5, atol=1e-6)
    parts = model.predict(x, batch_size=300, callbacks=[keras.callbacks.Callback()], verbose=0)
    np.testing.assert_allclose(parts, found, rtol=1e-5, atol=1e-6)


def test_what_a_callback_writes_compiles_nothing(compiled):
    class Writes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.1 / (epoch + 1)
            self.model.layers[0].kernel.assign(self.model.layers[0].kernel * 0.5)
            seen.append(self.model.predict(X[:4], verbose=0))

    seen = []
    model = small()
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((40, 3)), epochs=4, verbose=0, callbacks=[Writes()])
    assert compiled() == 2
    assert len({each.tobytes() for each in seen}) == 4


def test_a_call_and_a_second_evaluation_take_few_steps_of_python():
    def calls(function):
        function()
        count = 0

        def counted(frame, event, argument):
            nonlocal count
            count += event == "call"

        sys.setprofile(counted)
        try:
            function()
        finally:
            sys.setprofile(None)
        return count

    few, many = small(), keras.Sequential([Input((4,)), *(Dense(4) for _ in range(12))])
    for model in (few, many):
        model.compile("sgd", "mse")
        width = model.output_shape[-1]
        # As many whatever the number of layers.
        assert calls(lambda m=model: m.predict(X[:3], verbose=0)) < 60
        assert calls(lambda m=model: m.predict_on_batch(X[:3])) < 60
        assert calls(lambda m=model: m(X[:3])) < 100
        y = np.zeros((40, width), "float32")
        assert calls(lambda m=model, y=y: m.evaluate(X, y, verbose=0)) < 4000


# Whatever changes is seen -------------------------------------------------------------------


def scaled():
    """A model with a layer of each kind that the changes below are made to."""
    inner = keras.Sequential([Input((5,)), Dense(5, name="deep")], name="inner")
    return keras.Sequential(
        [
            Input((4,)),
            layers.Normalization(name="normalization", mean=0.0, variance=1.0),
            Dense(5, "relu", name="first"),
            inner,
            layers.Rescaling(2.0, name="rescaling"),
            layers.BatchNormalization(name="batch"),
            layers.LeakyReLU(0.1, name="leaky"),
            Dense(3, name="last", bias_initializer="ones"),
        ]
    )


def replace_kernel(model):
    layer = model.get_layer("first")
    layer.kernel = keras.Variable(np.ones((4, 5)))


def share(model):
    other = keras.Sequential([Input((4,)), model.get_layer("first")])
    other.set_weights([w * 2 for w in other.get_weights()])
    other.layers[0].activation = keras.activations.tanh


def train(model):
    model.compile("sgd", "mse")
    model.fit(X, np.ones((40, 3)), verbose=0)


CHANGES = {
    "weights": lambda m: m.set_weights([w + 0.5 for w in m.get_weights()]),
    "a variable": lambda m: m.get_layer("last").bias.assign([1.0, 2.0, 3.0]),
    "a variable's place": replace_kernel,
    "an activation": lambda m: setattr(m.get_layer("last"), "activation", keras.ops.sigmoid),
    "a function of the user's": lambda m: setattr(m.get_layer("last"), "activation", lambda x: -x),
    "a setting": lambda m: setattr(m.get_layer("leaky"), "negative_slope", 0.9),
    "a scale": lambda m: setattr(m.get_layer("rescaling"), "scale", -1.0),
    "a statistic": lambda m: m.get_layer("batch").moving_mean.assign(np.ones(5)),
    "a layer within": lambda m: setattr(
        m.get_layer("inner").layers[0], "activation", keras.activations.tanh
    ),
    "no bias": lambda m: setattr(m.get_layer("last"), "bias", None),
    "a shared layer": share,
    "one layer less": lambda m: m.pop(),
    "one layer more": lambda m: m.add(Dense(2)),
    "the layers within": lambda m: (
        m.get_layer("inner").layers[0].set_weights([np.eye(5), np.ones(5)])
    ),
    "training": train,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen_by_the_next_call(change):
    model = scaled()
    check(model, X[:3])
    before = one_by_one(model, X[:3])
    change(model)
    after = one_by_one(model, X[:3])
    assert before.shape != after.shape or not np.allclose(before, after)
    check(model, X[:3])


def test_weights_from_a_file_are_seen(tmp_path):
    model, other = small(), small()
    other.save_weights(tmp_path / "its.weights.h5")
    check(model, X[:3])
    model.load_weights(tmp_path / "its.weights.h5")
    np.testing.assert_array_equal(model(X[:3]), other(X[:3]))
    check(model, X[:3])


def test_a_dtype_policy_is_seen():
    model = small()
    check(model, X[:3])
    for layer in model.layers:
        layer.dtype_policy = "mixed_bfloat16"
    assert model(X[:3]).dtype == model.predict(X[:3], verbose=0).dtype == "bfloat16"


def test_freezing_is_seen_by_the_next_training():
    model = small()
    model.compile("sgd", "mse")
    check(model, X[:3])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, np.ones((40, 3)), verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights())]
    assert changed == [False, False, True, True]
    check(model, X[:3])


def test_what_is_adapted_is_seen():
    layer = layers.Normalization()
    model = keras.Sequential([Input((4,)), layer, layers.Discretization([-1.0, 1.0])])
    layer.adapt(X)
    check(model, X[:3])
    layer.adapt(X * 5 + 1)
    check(model, X[:3])
    model.layers[-1].bin_boundaries[0] = 0.5  # in place
    check(model, X[:3])


class Blocks(keras.Model):
    """A model of the user's, with layers in a list and a factor that is nobody's business."""

    def __init__(self):
        super().__init__()
        self.blocks = [Dense(4)]
        self.calls = 0
        self.more = {"factor": 1.0}

    def call(self, inputs):
        self.calls += 1
        for block in self.blocks:
            inputs = block(inputs)
        return inputs * self.more["factor"]


def test_a_model_of_the_users_is_called_layer_by_layer():
    model = Blocks()
    first = np.asarray(model(X[:3]))
    calls = model.calls
    model.more["factor"] = 3.0
    np.testing.assert_allclose(model(X[:3]), 3 * first, rtol=1e-6)
    assert model.calls == calls + 1


def test_a_list_of_layers_that_is_changed_in_place_is_seen():
    model = Blocks()
    assert model.predict(X[:3], verbose=0).shape == (3, 4)
    extra = Dense(2)
    extra.build((None, 4))
    model.blocks.append(extra)
    assert model.predict(X[:3], verbose=0).shape == model.predict_on_batch(X[:3]).shape == (3, 2)
    model.blocks[0] = Dense(4, kernel_initializer="zeros")
    model.blocks[0].build((None, 4))
    assert not model.predict(X[:3], verbose=0).any()


# What is left to the layers -----------------------------------------------------------------


def test_dropout_draws_anew_at_every_call():
    model = keras.Sequential([Input((4,)), layers.Dropout(0.5)])
    ones = np.ones((8, 4), "float32")
    np.testing.assert_array_equal(model(ones), ones)
    first, second = (np.asarray(model(ones, training=True)) for _ in range(2))
    assert set(np.unique(first)) == {0.0, 2.0} and not np.array_equal(first, second)
    # The seeds come in one order, whatever was predicted between.
    found = []
    for between in (lambda: None, lambda: (model(ones), model.predict(ones, verbose=0))):
        keras.utils.set_random_seed(1)
        between()
        found.append(np.asarray(model(ones, training=True)))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("nested", [False, True])
def test_dropout_that_is_always_on_draws_anew(nested):
    inputs = Input((4,))
    model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    if nested:
        model = keras.Model(inputs, model(inputs))
    ones = np.ones((8, 4), "float32")
    model.predict(ones, verbose=0)
    assert not np.array_equal(model(ones), model(ones))


def test_layers_whose_phase_is_training_by_default():
    flip = keras.Sequential([Input((8, 8, 1)), layers.RandomFlip()])
    pictures = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    flip.predict(pictures, verbose=0)
    assert len({np.asarray(flip(pictures)).tobytes() for _ in range(6)}) > 1
    np.testing.assert_array_equal(flip(pictures, training=False), pictures)


def test_what_a_call_adds_to_the_loss_is_there():
    model = small(activity_regularizer="l2")
    model.predict(X, verbose=0)
    for rows in (3, 5):
        model(X[:rows])
        hidden = np.maximum(X[:rows] @ model.layers[0].get_weights()[0], 0)
        assert float(sum(model.losses)) == pytest.approx(
            0.01 * float((hidden**2).sum()) / rows, rel=1e-4
        )
    plain = small()
    plain(X[:3])
    plain.layers[0].add_loss(1.0)
    assert len(plain.losses) == 1
    plain(X[:3])
    assert plain.losses == []


def test_states_go_on_from_call_to_call():
    model = keras.Sequential(
        [Input(batch_shape=(2, 3, 4)), layers.SimpleRNN(3, stateful=True), Dense(2)]
    )
    x = X[:6].reshape(2, 3, 4)
    first, second = np.asarray(model(x)), model.predict(x, verbose=0)
    assert not np.allclose(first, second)
    third = np.asarray(model(x))
    model.layers[0].reset_states()
    found = [model.predict(x, verbose=0), model.predict_on_batch(x), np.asarray(model(x))]
    for one, other in zip(found, (first, second, third)):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_mask_of_an_output_is_there():
    model = keras.Sequential(
        [Input((5,)), layers.Embedding(7, 3, mask_zero=True), layers.LSTM(2, return_sequences=True)]
    )
    x = np.array([[1, 2, 0, 0, 0], [1, 2, 3, 4, 0], [6, 0, 0, 0, 0]])
    outputs = model(x)
    np.testing.assert_array_equal(outputs._keras_mask, x != 0)
    check(model, x)
    masked = jnp.asarray(X[:2, :3, None])
    masked._keras_mask = jnp.asarray([[True, False, False], [True, True, True]])
    other = keras.Sequential([Input((3, 1)), layers.LSTM(2)])
    assert not np.allclose(other(masked), other(X[:2, :3, None]))


def test_indices_beyond_an_embedding_are_refused_each_time():
    model = keras.Sequential([Input((2,)), layers.Embedding(5, 2)])
    good, bad = np.array([[0, 4]]), np.array([[0, 5]])
    for call in (model, model.predict_on_batch, lambda x: model.predict(x, verbose=0)):
        for _ in range(2):
            assert call(good).shape == (1, 2, 2)
            with pytest.raises(ValueError, match=r"embedding.*0 to 4"):
                call(bad)


# Within other programs ----------------------------------------------------------------------


def test_a_call_within_a_trace_is_part_of_it():
    model = small()
    check(model, X[:3])
    wanted = one_by_one(model, X[:3])
    given = jnp.asarray(X[:3])
    np.testing.assert_allclose(jax.jit(model)(given), wanted, rtol=1e-5)
    np.testing.assert_allclose(jax.jit(lambda a: model(X[:3]) + a)(0.0), wanted, rtol=1e-5)
    mapped = jax.vmap(lambda row: model(row[None])[0])(given)
    np.testing.assert_allclose(mapped, wanted, rtol=1e-5)

    def loss(values, x):
        with filled(model.trainable_variables, values):
            return (model(x) ** 2).sum()

    values = [v.value for v in model.trainable_variables]
    for x in (given, X[:3]):
        found = jax.grad(loss)(values, x)
        step = [jnp.zeros_like(v).at[0].add(1e-2) for v in values]
        both = [loss([v + sign * s for v, s in zip(values, step)], x) for sign in (1.0, -1.0)]
        slope = sum(float((g * s).sum()) for g, s in zip(found, step))
        assert slope == pytest.approx(float(both[0] - both[1]) / 2, rel=2e-2, abs=1e-5)


def test_a_model_within_a_layer_of_the_users_is_part_of_it():
    class Twice(layers.Layer):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def call(self, inputs):
            return 2 * self.model(inputs)

    model = small()
    np.testing.assert_allclose(Twice(model)(X[:3]), 2 * one_by_one(model, X[:3]), rtol=1e-5)


def test_a_call_on_symbols_makes_a_graph():
    model = small()
    check(model, X[:3])
    inputs = Input((4,))
    check(keras.Model(inputs, model(inputs) + 1.0), X[:3])


def test_jax_is_heeded_where_it_looks_at_each_operation():
    model = small()
    check(model, X[:3])
    model.set_weights([w * np.nan for w in model.get_weights()])
    with jax.debug_nans(True), pytest.raises(FloatingPointError):
        model(X[:3])
    assert np.isnan(model(X[:3])).all()


# What goes in and comes out -----------------------------------------------------------------


def test_several_inputs_and_outputs_in_structures():
    a, b = Input((4,), name="a"), Input((2,), name="b")
    c = Dense(3, name="c")(layers.Concatenate()([a, b]))
    for model in (
        keras.Model([a, b], [c, c * 2]),
        keras.Model({"a": a, "b": b}, {"one": c, "two": (c, c + a[:, :3])}),
    ):
        x = [X[:5], X[:5, :2]] if isinstance(model.input, list) else {"b": X[:5, :2], "a": X[:5]}
        check(model, x)


def test_numbers_of_every_dtype_are_taken():
    model = small()
    for dtype in ("float64", "float16", "int64", "int32", "uint8", "bool"):
        given = (X[:3] * 3).astype(dtype)
        check(model, given)
        assert model(jnp.asarray(given)).dtype == "float32"
    wide = np.asfortranarray(X[:3])[:, ::-1]
    check(model, wide)


def test_the_prediction_is_the_callers_own():
    model = keras.Sequential([Input((4,)), layers.Activation("linear")])
    given = X[:4].copy()
    for _ in range(2):
        for rows in (3, 4):
            for found in (model.predict(given[:rows], verbose=0), model.predict_on_batch(given)):
                found[:] = 7
        np.testing.assert_array_equal(model(given), X[:4])
    np.testing.assert_array_equal(given, X[:4])


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 5)), np.zeros(4), np.zeros((0, 4)), np.array([["a"] * 4])]
)
def test_wrong_inputs_are_refused_as_before(wrong):
    calls = (
        lambda model: model(wrong),
        lambda model: model.predict_on_batch(wrong),
        lambda model: model.predict(wrong, verbose=0),
    )
    for call in calls:
        fresh, used = small(), small()
        check(used, X[:4])
        said = []
        for model in (fresh, used):
            try:
                said.append(call(model).shape)
            except (TypeError, ValueError) as error:
                said.append(str(error).replace(model.name, "it"))
        assert said[0] == said[1]


def test_the_bound_on_steps_is_heeded():
    model = small()
    check(model, X)
    keras.config.set_max_steps_per_epoch(2)
    try:
        assert len(model.predict(X, batch_size=3, verbose=0)) == 6
    finally:
        keras.config.set_max_steps_per_epoch(None)
    assert len(model.predict(X, batch_size=3, steps=3, verbose=0)) == 9
    assert len(model.predict(X, batch_size=3, verbose=0)) == 40
    for wrong in (0, 1.5, "3"):
        with pytest.raises((TypeError, ValueError), match="batch_size"):
            model.predict(X, batch_size=wrong, verbose=0)
