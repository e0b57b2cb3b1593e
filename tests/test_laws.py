"""What must hold whatever the numbers are: symmetries, bits, and what a failure may leave."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import callbacks, layers, losses, optimizers, regularizers, utils
from gyeol.callbacks import Callback
from gyeol.layers import Dense, Input
from gyeol.models import Model, Sequential
from gyeol.training import program

SPARSE = "sparse_categorical_crossentropy"
RNG = np.random.default_rng(0)
X = RNG.normal(size=(37, 6)).astype("float32")
Y = RNG.integers(0, 3, 37)


def classifier(*between, units=3):
    model = Sequential(
        [Input((6,)), Dense(8, "relu"), *between, Dense(units, activation="softmax")]
    )
    model.compile("adam", SPARSE, metrics=["accuracy"])
    return model


def fresh(make=classifier, seed=0):
    """A model that a program begun with this seed would make."""
    utils.set_random_seed(seed)
    return make()


def weights_of(model):
    return [np.asarray(v.value) for v in [*model.variables, *model.optimizer.variables]]


def assert_same_bits(mine, other):
    assert len(mine) == len(other)
    for a, b in zip(mine, other):
        np.testing.assert_array_equal(a, b)


# Symmetries ---------------------------------------------------------------------------------

floats = st.floats(-50, 50, width=32)


@settings(max_examples=20)
@given(shift=floats, seed=st.integers(0, 2**31))
@pytest.mark.parametrize("loss", [SPARSE, "categorical_crossentropy"])
def test_shifting_logits_changes_nothing(loss, shift, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 5)
    y = labels if loss == SPARSE else np.eye(3, dtype="float32")[labels]
    logits = rng.normal(size=(5, 3)).astype("float32")
    function = getattr(losses, loss)

    def value(logits):
        return function(y, logits, from_logits=True).mean()

    mine, other = (jax.value_and_grad(value)(x) for x in (logits, logits + np.float32(shift)))
    # A logit of 50 carries a rounding of 4e-6.
    np.testing.assert_allclose(mine[0], other[0], rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(mine[1], other[1], rtol=1e-4, atol=2e-6)


def test_a_model_trains_the_same_from_shifted_logits():
    models = fresh(), fresh()
    models[1].layers[-1].bias.assign_add(30.0)
    for model in models:
        model.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    for a, b in zip(models[0].get_weights()[:-1], models[1].get_weights()[:-1]):
        # Logits around 30 carry a rounding of 2e-6, which Adam's division spreads.
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5)


def pictures(k=layers):
    return Sequential(
        [
            Input((5, 5, 2)),
            k.Conv2D(3, 3, activation="relu"),
            k.BatchNormalization(),
            k.MaxPooling2D(2),
            k.Flatten(),
            Dense(3, activation="softmax"),
        ]
    )


PICTURES = RNG.normal(size=(20, 5, 5, 2)).astype("float32")
PICTURE_MODEL = pictures()
PICTURE_MODEL.compile("sgd", SPARSE, metrics=["accuracy"])


@settings(max_examples=15)
@given(order=st.permutations(range(20)))
def test_permuting_a_batch_permutes_its_output(order):
    order, y = np.array(order), Y[:20]
    model = PICTURE_MODEL
    outputs = model.predict(PICTURES, verbose=0)
    assert_same_bits([model.predict(PICTURES[order], verbose=0)], [outputs[order]])
    straight = model.evaluate(PICTURES, y, verbose=0)
    permuted = model.evaluate(PICTURES[order], y[order], verbose=0)
    np.testing.assert_allclose(permuted, straight, rtol=1e-5)


@settings(max_examples=15)
@given(rows=st.integers(1, 20), batch_size=st.integers(1, 24))
def test_a_prediction_does_not_depend_on_its_batch(rows, batch_size):
    some = PICTURE_MODEL.predict(PICTURES[:rows], batch_size=batch_size, verbose=0)
    # Other sizes are other programs, whose sums may be taken in another order.
    np.testing.assert_allclose(
        some, PICTURE_MODEL.predict(PICTURES, verbose=0)[:rows], rtol=1e-5, atol=1e-6
    )
    assert some.shape == (rows, 3)


def test_pixels_as_bytes_train_as_their_floats():
    pixels = RNG.integers(0, 256, (37, 6), "uint8")
    results = []
    for x in (pixels, pixels.astype("float32")):
        model = fresh(lambda: classifier(layers.Rescaling(1 / 255)))
        results.append([model.fit(x, Y, verbose=0).history["loss"], *model.get_weights()])
    assert_same_bits(*results)


# Extremes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "BinaryFocalCrossentropy"])
@pytest.mark.parametrize("logit", [-1e30, -1e4, 0.0, 1e4, 1e30])
def test_extreme_logits(name, logit):
    loss = getattr(losses, name)(from_logits=True)
    value, gradient = jax.value_and_grad(lambda p: loss(np.array([[0.0, 1.0]]), p))(
        np.full((1, 2), logit, "float32")
    )
    assert np.isfinite(value) and np.isfinite(gradient).all()


def test_a_saturated_softmax_still_learns():
    # Computed from clipped probabilities, the gradient would be zero.
    model = Sequential([Input((1,)), Dense(2, activation="softmax", kernel_initializer="ones")])
    model.set_weights([np.array([[300.0, -300.0]], "float32"), np.zeros(2, "float32")])
    model.compile(optimizers.SGD(1.0), SPARSE)
    x, y = np.ones((4, 1), "float32"), np.ones(4, "int32")
    before = model.get_weights()[0]
    loss = model.fit(x, y, verbose=0).history["loss"][0]
    assert loss == pytest.approx(600.0, rel=1e-6)
    np.testing.assert_allclose(model.get_weights()[0] - before, [[-1.0, 1.0]], rtol=1e-5)


# Batches that are filled up -----------------------------------------------------------------


@pytest.mark.parametrize("rows", [5, 21])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_filled_up_batch_gives_what_the_exact_one_gives(rows, weighted):
    x, y = X[:rows], Y[:rows]
    weight = np.random.default_rng(rows).uniform(0, 2, rows).astype("float32")
    extra = {"sample_weight": weight} if weighted else {}
    whole, one_by_one = fresh(), fresh()
    history = whole.fit(x, y, batch_size=16, shuffle=False, verbose=0, **extra).history
    total = 0.0
    for i in range(0, rows, 16):
        piece = slice(i, i + 16)
        logs = one_by_one.train_on_batch(
            x[piece], y[piece], return_dict=True, **({n: w[piece] for n, w in extra.items()})
        )
        total += logs["loss"] * len(x[piece])
    np.testing.assert_allclose(history["loss"][0], total / rows, rtol=1e-5)
    for a, b in zip(whole.get_weights(), one_by_one.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_scores_do_not_depend_on_the_size_of_the_batch():
    model = fresh()
    scores = [model.evaluate(X, Y, batch_size=size, verbose=0) for size in (1, 5, 16, 37, 64)]
    for score in scores[1:]:
        np.testing.assert_allclose(score, scores[0], rtol=1e-5)


# Bits ---------------------------------------------------------------------------------------


class EveryBatch(Callback):
    """A look after every step, which makes every step a run of its own."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        assert batch == (self.seen - 1) % 5 and np.isfinite(logs["loss"])


def with_dropout():
    return classifier(layers.Dropout(0.4))


def with_normalization():
    return classifier(layers.BatchNormalization(), layers.Dropout(0.4, seed=3))


def trained(make, seed=0, **arguments):
    model = fresh(make, seed)
    history = model.fit(X, Y, **{"batch_size": 8, "epochs": 3, "verbose": 0, **arguments}).history
    return model, history


@pytest.mark.parametrize("make", [with_dropout, with_normalization])
def test_chunked_runs_equal_stepwise_runs_bit_for_bit(make):
    model, history = trained(make)
    every = EveryBatch()
    stepwise, other = trained(make, callbacks=[every])
    assert every.seen == 15
    assert_same_bits(weights_of(model), weights_of(stepwise))
    assert history == other


def test_one_seed_one_result_and_another_seed_another():
    (one, history), (again, same), (other, different) = (
        trained(with_dropout, seed) for seed in (1, 1, 2)
    )
    assert_same_bits(weights_of(one), weights_of(again))
    assert history == same != different
    assert (one.get_weights()[0] != other.get_weights()[0]).any()


def test_each_step_has_a_mask_of_its_own():
    masks = []

    class Watching(layers.Layer):
        def call(self, inputs, training=False):
            jax.debug.callback(lambda x: masks.append(np.asarray(x) != 0), inputs)
            return inputs

    ones = np.ones((8, 6), "float32")
    model = Sequential([Input((6,)), layers.Dropout(0.5), Watching(), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.tile(ones, (4, 1)), np.ones(32), batch_size=8, epochs=2, verbose=0)
    jax.effects_barrier()
    trained_on = [mask for mask in masks if not mask.all()]
    assert len(trained_on) == 8
    assert len({mask.tobytes() for mask in trained_on}) == 8


def test_validation_changes_no_bit_of_training():
    alone, history = trained(with_normalization)
    beside, other = trained(with_normalization, validation_data=(X[:20], Y[:20]))
    assert_same_bits(weights_of(alone), weights_of(beside))
    assert history["loss"] == other["loss"]


def test_a_shuffle_takes_every_row_once():
    model = fresh()
    model.optimizer.learning_rate = 0.0
    history = model.fit(X, Y, batch_size=8, epochs=3, verbose=0).history["loss"]
    np.testing.assert_allclose(history, model.evaluate(X, Y, verbose=0)[0], rtol=1e-5)


# Programs that models share -----------------------------------------------------------------


def regression(*between, **compiled):
    model = Sequential([Input((6,)), Dense(6, name="in"), *between, Dense(1, name="out")])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compiled})
    return model


def regularized(factor):
    return Dense(6, kernel_regularizer=regularizers.L2(factor), name="kept")


def active(factor):
    return Dense(6, activity_regularizer=regularizers.L1(factor), name="kept")


def own_loss(factor):
    def mine(y_true, y_pred):
        return factor * jnp.square(y_true - y_pred)

    return mine


PAIRS = {
    "activation": lambda v: regression(layers.Activation(["relu", "tanh"][v], name="it")),
    "a name that is the activation's": lambda v: regression(
        layers.Activation(["relu", "tanh"][v], name=["relu", "tanh"][v])
    ),
    "slope": lambda v: regression(layers.LeakyReLU([0.1, 0.4][v])),
    "rate": lambda v: regression(layers.Dropout([0.2, 0.6][v], seed=1)),
    "momentum": lambda v: regression(layers.BatchNormalization(momentum=[0.5, 0.9][v])),
    "regularizer": lambda v: regression(regularized([0.1, 0.5][v])),
    "activity": lambda v: regression(active([0.1, 0.5][v])),
    "dtype": lambda v: regression(Dense(6, dtype=["float32", "mixed_bfloat16"][v], name="it")),
    "delta": lambda v: regression(loss=losses.Huber([0.1, 1.0][v])),
    "loss weight": lambda v: regression(loss_weights=[0.5, 2.0][v]),
    "a loss of one's own": lambda v: regression(loss=own_loss([1.0, 2.0][v])),
    "clipping": lambda v: regression(optimizer=optimizers.SGD(0.01, clipnorm=[0.1, 1.0][v])),
    "beta": lambda v: regression(optimizer=optimizers.Adam(0.01, beta_1=[0.5, 0.9][v])),
    "trainable": lambda v: regression(Dense(6, trainable=bool(v), name="it")),
}


@pytest.mark.parametrize("case", PAIRS)
def test_models_that_differ_do_not_share_what_differs(case):
    def result(which):
        model = fresh(lambda: PAIRS[case](which))
        history = model.fit(X, X.sum(1), batch_size=8, epochs=2, verbose=0).history["loss"]
        return [np.array(history), *model.get_weights()]

    program._shared.clear()
    expected = result(1)
    program._shared.clear()
    first = result(0)
    assert_same_bits(result(1), expected)
    assert any((a != b).any() for a, b in zip(first, expected))


def test_a_layer_exchanged_is_another_program():
    model = Sequential([Input((6,)), Dense(4), layers.Activation("relu")])
    for name in ("tanh", "sigmoid", "linear", "softplus"):
        model.predict(X, verbose=0)
        model.pop()
        model.add(layers.Activation(name))
        np.testing.assert_allclose(
            model.predict(X, verbose=0), np.asarray(model(X)), rtol=1e-5, atol=1e-6
        )


# Failures -----------------------------------------------------------------------------------


def snapshot(model):
    """Everything about a model that a failure must leave."""
    history = model.history
    return {
        "bits": [np.asarray(v.value).tobytes() for v in model.variables],
        "slots": [np.asarray(v.value).tobytes() for v in model.optimizer.variables],
        "slots built": model.optimizer.built,
        "config": json.dumps(model.get_config(), default=str),
        "compiled": json.dumps(model.get_compile_config(), default=str),
        "built": [layer.built for layer in model._flatten_layers()],
        "layers": [layer.name for layer in model.layers],
        "history": history and (id(history), json.dumps(history.history), list(history.epoch)),
    }


class Raising(Callback):
    def __init__(self, where):
        super().__init__()
        setattr(self, where, self.fail)

    def fail(self, *_, **__):
        raise RuntimeError("no more")


def raising_batches():
    raise RuntimeError("no more")
    yield


def with_value(array, value):
    array = array.astype("float32")
    array[5] = value
    return array


FAILURES = {
    "labels out of range": lambda m: m.fit(X, Y + 1, verbose=0),
    "labels that are negative": lambda m: m.fit(X, Y - 1, verbose=0),
    "labels of another shape": lambda m: m.fit(X, np.eye(3)[Y][:, None], verbose=0),
    "inputs of another shape": lambda m: m.fit(X[:, None, :, None, None], Y, verbose=0),
    "another number of rows": lambda m: m.fit(X, Y[:-1], verbose=0),
    "NaN in the inputs": lambda m: m.fit(with_value(X, np.nan), Y, verbose=0),
    "infinity in the inputs": lambda m: m.fit(with_value(X, np.inf), Y, verbose=0),
    "NaN in the labels": lambda m: m.fit(X, with_value(Y, np.nan), verbose=0),
    "text": lambda m: m.fit(X.astype(str), Y, verbose=0),
    "no data": lambda m: m.fit(X[:0], Y[:0], verbose=0),
    "a split of everything": lambda m: m.fit(X, Y, validation_split=0.999, verbose=0),
    "validation of another shape": lambda m: m.fit(
        X, Y, validation_data=(X[:, :3, None], Y), verbose=0
    ),
    "validation labels out of range": lambda m: m.fit(X, Y, validation_data=(X, Y + 1), verbose=0),
    "no such monitor": lambda m: m.fit(
        X, Y, verbose=0, callbacks=[callbacks.EarlyStopping(monitor="val_acc")]
    ),
    "batches of none": lambda m: m.fit(X, Y, batch_size=0, verbose=0),
    "a generator of nothing": lambda m: m.fit(iter(()), verbose=0),
    "a generator that raises": lambda m: m.fit(raising_batches(), verbose=0),
    "evaluate": lambda m: m.evaluate(X, Y + 1, verbose=0),
    "train_on_batch": lambda m: m.train_on_batch(X, Y + 1),
}


CALLBACKS = {
    "a callback at the beginning": lambda m: m.fit(
        X, Y, callbacks=[Raising("on_train_begin")], verbose=0
    ),
    "a callback before the first epoch": lambda m: m.fit(
        X, Y, callbacks=[Raising("on_epoch_begin")], verbose=0
    ),
    "a callback before the first batch": lambda m: m.fit(
        X, Y, callbacks=[Raising("on_train_batch_begin")], verbose=0
    ),
}


def unbuilt():
    model = Sequential([Dense(8, "relu"), Dense(3, activation="softmax")])
    model.compile("adam", SPARSE, metrics=["accuracy"])
    return model


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("state", ["unbuilt", "new", "trained"])
def test_a_fit_that_is_refused_leaves_the_model_as_it_was(failure, state):
    model = fresh(unbuilt if state == "unbuilt" else classifier)
    if state == "trained":
        model.fit(X, Y, verbose=0)
    before = snapshot(model)
    with pytest.raises((ValueError, RuntimeError)):
        FAILURES[failure](model)
    assert snapshot(model) == before


@pytest.mark.parametrize("failure", CALLBACKS)
@pytest.mark.parametrize("state", ["new", "trained"])
def test_a_callback_that_raises_before_the_first_step_leaves_what_was_learned(failure, state):
    model = fresh()
    if state == "trained":
        model.fit(X, Y, verbose=0)
    else:
        model.optimizer.build(model.trainable_variables)
    before = snapshot(model)
    with pytest.raises(RuntimeError):
        CALLBACKS[failure](model)
    assert snapshot(model) == before


def test_after_a_failure_training_is_as_if_nothing_had_been():
    model, expected = fresh(unbuilt), fresh(unbuilt)
    for failure in FAILURES.values():
        with pytest.raises((ValueError, RuntimeError)):
            failure(model)
    histories = []
    for which in (model, expected):
        utils.set_random_seed(1)
        histories.append(which.fit(X, Y, batch_size=8, epochs=3, verbose=0).history)
    assert histories[0] == histories[1]
    assert_same_bits(weights_of(model), weights_of(expected))


@settings(max_examples=6)
@given(good=st.integers(1, 7))
def test_a_generator_that_raises_midway_leaves_whole_steps(good):
    batches = [(X[i : i + 4], Y[i : i + 4]) for i in range(0, 32, 4)]

    def source():
        yield from batches[:good]
        raise RuntimeError("no more")

    model, expected = fresh(), fresh()
    with pytest.raises(RuntimeError, match="no more"):
        model.fit(source(), steps_per_epoch=20, verbose=0)
    done = int(model.optimizer.iterations)
    assert 0 <= done <= good
    if done:
        utils.set_random_seed(0)
        expected.fit(iter(batches[:done]), steps_per_epoch=done, verbose=0)
    else:
        expected.optimizer.build(expected.trainable_variables)
    assert_same_bits(weights_of(model), weights_of(expected))


@pytest.mark.parametrize("where", ["on_train_batch_end", "on_epoch_end", "on_train_end"])
def test_a_callback_that_raises_midway_leaves_whole_steps(where):
    model, expected = fresh(), fresh()
    with pytest.raises(RuntimeError, match="no more"):
        model.fit(X, Y, batch_size=8, shuffle=False, callbacks=[Raising(where)], verbose=0)
    rows = 8 if where == "on_train_batch_end" else 37
    expected.fit(X[:rows], Y[:rows], batch_size=8, shuffle=False, verbose=0)
    for a, b in zip(weights_of(model), weights_of(expected)):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_a_layer_frozen_after_compile_is_named_and_trains_until_the_next():
    model = fresh()
    model.layers[0].trainable = False
    kernel = model.layers[0].kernel.numpy()
    with pytest.warns(UserWarning, match=r"compile\(\)"):
        model.fit(X, Y, verbose=0)
    assert (model.layers[0].kernel.numpy() != kernel).any()
    kernel = model.layers[0].kernel.numpy()
    model.compile("adam", SPARSE)
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), kernel)


def test_two_models_of_shared_layers_fail_apart():
    inputs = Input((6,))
    shared = Dense(4, name="shared")
    one = Model(inputs, Dense(3, activation="softmax")(shared(inputs)))
    other = Model(inputs, Dense(1)(shared(inputs)))
    one.compile("sgd", SPARSE)
    other.compile("sgd", "mse")
    other.fit(X, X[:, 0], verbose=0)
    before = snapshot(one), snapshot(other)
    with pytest.raises(ValueError):
        one.fit(X, Y + 1, verbose=0)
    assert (snapshot(one), snapshot(other)) == before
