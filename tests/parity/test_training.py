"""Training takes the same steps as real Keras, and says the same of them."""

import jax
import keras
import numpy as np
import pytest

import gyeol
from gyeol import utils

STEPS = 50
BATCH = 8


@pytest.fixture(scope="module", autouse=True)
def cheap_first_values():
    """Compiling a random generator for each shape would take most of the time."""

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return np.random.default_rng(0).uniform(minval, maxval, shape).astype(dtype or "float32")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.src.backend.random, "uniform", uniform)
        yield


def make(recipe):
    """The model of a recipe in gyeol and in Keras, with the same names and first values."""
    utils.clear_session()
    keras.backend.clear_session()
    ours, theirs = recipe(gyeol), recipe(keras)
    rng = np.random.default_rng(3)
    values = [
        rng.normal(0, v.shape[-2] ** -0.5, v.shape).astype("float32")
        if len(v.shape) > 1
        else v.numpy()
        for v in ours.weights
    ]
    ours.set_weights(values)
    theirs.set_weights(values)
    return ours, theirs


# Nets, with the data that they train on ------------------------------------------------------


def classes(rows, features=6, number=3, seed=0):
    """Rows of numbers, and classes that follow from them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, features)).astype("float32")
    return x, (x[:, :number] + 0.3 * rng.normal(size=(rows, number))).argmax(1)


def softmax_net(k):
    return k.Sequential(
        [
            k.Input((6,)),
            k.layers.Dense(8, activation="relu"),
            k.layers.Dense(5, activation="tanh"),
            k.layers.Dense(3, activation="softmax"),
        ]
    )


def sigmoid_net(k):
    return k.Sequential(
        [k.Input((6,)), k.layers.Dense(8, activation="relu"), k.layers.Dense(1, "sigmoid")]
    )


def linear_net(k):
    return k.Sequential([k.Input((6,)), k.layers.Dense(8, activation="tanh"), k.layers.Dense(2)])


def conv_net(k):
    return k.Sequential(
        [
            k.Input((6, 6, 2)),
            # A bias here would have the gradient 0, whose rounding Adam makes steps of.
            k.layers.Conv2D(4, 3, padding="same", use_bias=False),
            k.layers.BatchNormalization(momentum=0.9),
            k.layers.Activation("relu"),
            k.layers.MaxPooling2D(2),
            k.layers.Conv2D(3, 2, activation="relu"),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax"),
        ]
    )


def softmax_data(rows=STEPS * BATCH):
    return classes(rows)


def sigmoid_data(rows=STEPS * BATCH):
    x, y = classes(rows)
    return x, (y == 0).astype("float32")


def linear_data(rows=STEPS * BATCH):
    x, _ = classes(rows)
    return x, np.stack([x[:, 0] * x[:, 1], x[:, 2] ** 2], 1)


def conv_data(rows=STEPS * BATCH):
    x, y = classes(rows, features=72)
    x = x.reshape(rows, 6, 6, 2)
    x[np.arange(rows), y] += 1
    return x, y


NETS = {
    "softmax": (softmax_net, softmax_data, "sparse_categorical_crossentropy"),
    "sigmoid": (sigmoid_net, sigmoid_data, "binary_crossentropy"),
    "linear": (linear_net, linear_data, "mse"),
    "conv": (conv_net, conv_data, "sparse_categorical_crossentropy"),
}
OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.01}),
    "adam": ("Adam", {"learning_rate": 0.01}),
    "amsgrad": ("Adam", {"learning_rate": 0.01, "amsgrad": True}),
}


def distance(ours, theirs):
    """How far two lists of arrays are apart, relative to the largest value of each array."""
    far = 0.0
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        mine, other = np.asarray(mine, "float64"), np.asarray(other, "float64")
        assert mine.shape == other.shape
        far = max(far, np.abs(mine - other).max() / max(np.abs(other).max(), 1e-3))
    return far


# Every optimizer on the first net, two or three of them on the others.
TRAJECTORIES = [
    *(("softmax", optimizer) for optimizer in OPTIMIZERS),
    *(("sigmoid", optimizer) for optimizer in ("nesterov", "amsgrad")),
    *(("linear", optimizer) for optimizer in ("momentum", "rmsprop")),
    *(("conv", optimizer) for optimizer in ("sgd", "momentum", "adam")),
]


@pytest.mark.parametrize("net,optimizer", TRAJECTORIES, ids="-".join)
def test_fifty_steps(net, optimizer):
    recipe, data, loss = NETS[net]
    name, options = OPTIMIZERS[optimizer]
    models = make(recipe)
    x, y = data()
    losses = []
    for k, model in zip((gyeol, keras), models):
        model.compile(getattr(k.optimizers, name)(**options), loss)
        losses.append([])
        for i in range(STEPS):
            batch = slice(i * BATCH, (i + 1) * BATCH)
            model.reset_metrics()
            losses[-1].append(float(model.train_on_batch(x[batch], y[batch])))
    ours, theirs = models
    print(net, optimizer, distance([losses[0]],[losses[1]]), distance(ours.get_weights(), theirs.get_weights()), distance(
        [v.numpy() for v in ours.optimizer.variables],
        [np.asarray(v) for v in theirs.optimizer.variables],
    ), losses[0][0], losses[0][-1])


# fit, evaluate, predict ---------------------------------------------------------------------


def compare(recipe, compiled, fitted, data, evaluated=None, epochs=3, tolerance=1e-5):
    """Compile, fit, evaluate and predict in both, and compare all that comes out.

    `compiled` and `fitted` are functions of the library that give the arguments of `compile` and of
    `fit`; `data` is (x, y).
    """
    results = []
    for k, model in zip((gyeol, keras), make(recipe)):
        model.compile(**compiled(k))
        x, y = data
        arguments = {"batch_size": 8, "epochs": epochs, "shuffle": False, "verbose": 0}
        history = model.fit(x, y, **{**arguments, **fitted}).history
        scores = model.evaluate(x, y, batch_size=8, verbose=0, **(evaluated or {}))
        by_name = model.evaluate(
            x, y, batch_size=8, verbose=0, return_dict=True, **(evaluated or {})
        )
        outputs = model.predict(x, batch_size=8, verbose=0)
        results.append((history, scores, by_name, outputs, model.get_weights()))
    mine, other = results
    assert mine[0].keys() == other[0].keys()
    for name in mine[0]:
        np.testing.assert_allclose(mine[0][name], other[0][name], rtol=tolerance, err_msg=name)
    np.testing.assert_allclose(mine[1], other[1], rtol=tolerance)
    assert mine[2].keys() == other[2].keys()
    for name in mine[2]:
        np.testing.assert_allclose(mine[2][name], other[2][name], rtol=tolerance, err_msg=name)
    assert jax.tree.structure(mine[3]) == jax.tree.structure(other[3])
    for a, b in zip(jax.tree.leaves(mine[3]), jax.tree.leaves(other[3])):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    assert distance(mine[4], other[4]) < tolerance
    return mine[0]


def always(**arguments):
    return lambda k: arguments


SPARSE = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}


@pytest.mark.parametrize("rows", [32, 37])
def test_fit_with_a_whole_and_a_ragged_last_batch(rows):
    x, y = classes(rows)
    held_out = classes(21, seed=1)
    compare(softmax_net, always(**SPARSE), {"validation_data": held_out}, (x, y))


def test_fit_of_batch_normalization_with_a_ragged_last_batch():
    compare(conv_net, always(**SPARSE), {"validation_data": conv_data(13)}, conv_data(29))


def test_validation_split_and_one_hot_labels():
    x, y = classes(45)
    compiled = lambda k: {
        "optimizer": k.optimizers.SGD(0.1, momentum=0.5),
        "loss": k.losses.CategoricalCrossentropy(label_smoothing=0.1),
        "metrics": ["acc", k.metrics.TopKCategoricalAccuracy(2, name="top"), "mse"],
    }
    compare(softmax_net, compiled, {"validation_split": 0.3}, (x, np.eye(3, dtype="float32")[y]))


def test_class_weight():
    fitted = {"class_weight": {0: 0.5, 1: 2.0, 2: 1.0}}
    compare(softmax_net, always(**SPARSE), fitted, classes(37))


def test_sample_weight_and_weighted_metrics():
    x, y = classes(37)
    weight = np.random.default_rng(0).uniform(0, 2, 37).astype("float32")
    compiled = always(**SPARSE, weighted_metrics=["accuracy", "sparse_categorical_crossentropy"])
    held_out = (*classes(11, seed=1), weight[:11])
    fitted = {"sample_weight": weight, "validation_data": held_out}
    compare(softmax_net, compiled, fitted, (x, y), {"sample_weight": weight})


def within(y_true, y_pred):
    return abs(y_true - y_pred) < 0.5


def test_metrics_by_string_object_and_function():
    def compiled(k):
        metrics = ["mae", k.metrics.RootMeanSquaredError(), k.metrics.MeanSquaredError("squares")]
        return {"optimizer": "rmsprop", "loss": "mse", "metrics": [*metrics, within]}

    compare(linear_net, compiled, {}, linear_data(37))


def test_binary():
    def compiled(k):
        metrics = ["accuracy", k.metrics.AUC(), k.metrics.Precision(), k.metrics.Recall()]
        return {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": metrics}

    x, y = sigmoid_data(37)
    compare(sigmoid_net, compiled, {"validation_split": 0.2}, (x, y))
    compare(sigmoid_net, compiled, {}, (x, y[:, None]), epochs=1)


def test_logits():
    def recipe(k):
        return k.Sequential([k.Input((6,)), k.layers.Dense(4, "relu"), k.layers.Dense(3)])

    def compiled(k):
        loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
        return {"optimizer": "adam", "loss": loss, "metrics": ["accuracy"]}

    compare(recipe, compiled, {}, classes(37))


def regularized_net(k):
    return k.Sequential(
        [
            k.Input((6,)),
            k.layers.Dense(
                8,
                activation="relu",
                kernel_regularizer=k.regularizers.L2(0.01),
                bias_regularizer=k.regularizers.L1(0.02),
                activity_regularizer=k.regularizers.L1L2(0.01, 0.02),
            ),
            k.layers.Dense(3, activation="softmax", kernel_regularizer="l2"),
        ]
    )


@pytest.mark.parametrize("rows", [32, 37])
def test_regularizers_are_in_the_loss(rows):
    fitted = {"validation_data": classes(12, seed=1)}
    compare(regularized_net, always(**SPARSE), fitted, classes(rows))


def test_a_regularizer_of_a_frozen_layer():
    def recipe(k):
        model = regularized_net(k)
        model.layers[0].trainable = False
        return model

    compare(recipe, always(**SPARSE), {}, classes(37))


def two_outputs(k):
    inputs = k.Input((6,), name="table")
    x = k.layers.Dense(8, activation="tanh")(inputs)
    kind = k.layers.Dense(3, activation="softmax", name="kind")(x)
    size = k.layers.Dense(1, name="size")(x)
    return k.Model(inputs, [kind, size])


def two_targets(rows=37):
    x, y = classes(rows)
    return x, [y, x[:, :1] * 2]


@pytest.mark.parametrize(
    "compiled",
    [
        {"loss": ["sparse_categorical_crossentropy", "mse"], "loss_weights": [0.3, 2.0]},
        {
            "loss": {"kind": "sparse_categorical_crossentropy", "size": "mae"},
            "loss_weights": {"kind": 1.0, "size": 0.1},
            "metrics": {"kind": ["accuracy"], "size": "mse"},
        },
        {
            "loss": ["sparse_categorical_crossentropy", "mse"],
            "metrics": [["accuracy"], ["mae", "mse"]],
            "weighted_metrics": [[], ["mae"]],
        },
        {"loss": [None, "mse"], "metrics": [[], ["mae"]]},
        {"loss": {"size": "mse"}},
    ],
    ids=["lists", "dicts", "metrics", "none", "one of two"],
)
def test_several_outputs(compiled):
    x, y = two_targets()
    fitted = {"validation_data": two_targets(11)}
    compare(two_outputs, always(optimizer="adam", **compiled), fitted, (x, y))


def test_targets_and_weights_in_dicts():
    x, (kind, size) = two_targets()
    rng = np.random.default_rng(0)
    weights = {"kind": rng.random(37).astype("float32"), "size": rng.random(37).astype("float32")}
    compiled = {"loss": {"kind": "sparse_categorical_crossentropy", "size": "mae"}}
    compiled["weighted_metrics"] = {"kind": ["accuracy"], "size": ["mse"]}
    evaluated = {"sample_weight": weights}
    compare(
        two_outputs,
        always(optimizer="sgd", **compiled),
        {"sample_weight": weights},
        (x, {"kind": kind, "size": size}),
        evaluated,
    )


def dict_outputs(k):
    inputs = {"b": k.Input((4,), name="b"), "a": k.Input((2,), name="a")}
    x = k.layers.Concatenate()([inputs["a"], inputs["b"]])
    x = k.layers.Dense(8, activation="tanh")(x)
    kind = k.layers.Dense(3, activation="softmax", name="first")(x)
    return k.Model(inputs, {"kind": kind, "size": k.layers.Dense(1, name="second")(x)})


def test_inputs_and_outputs_in_dicts():
    x, (kind, size) = two_targets()
    compiled = {
        "loss": {"kind": "sparse_categorical_crossentropy", "size": "mse"},
        "metrics": {"kind": "accuracy"},
    }
    data = {"a": x[:, :2], "b": x[:, 2:]}, {"kind": kind, "size": size}
    compare(dict_outputs, always(optimizer="adam", **compiled), {}, data)


def test_epochs_and_steps():
    x, y = classes(40)
    held_out = classes(30, seed=1)
    for fitted in (
        {"initial_epoch": 1, "validation_data": held_out, "validation_freq": 2, "epochs": 5},
        {"validation_data": held_out, "validation_freq": [2], "validation_batch_size": 7},
        {"validation_data": held_out, "validation_steps": 2},
        {"steps_per_epoch": 3},
    ):
        compare(softmax_net, always(**SPARSE), fitted, (x, y))


def test_batches_from_a_generator():
    x, y = classes(40)
    weight = np.random.default_rng(0).uniform(0, 2, 40).astype("float32")

    def batches(weighted):
        while True:
            for i in range(0, 40, 8):
                rows = slice(i, i + 8)
                yield (x[rows], y[rows], weight[rows]) if weighted else (x[rows], y[rows])

    for weighted in (False, True):
        histories = []
        for model in make(softmax_net):
            model.compile(**SPARSE)
            history = model.fit(batches(weighted), steps_per_epoch=5, epochs=3, verbose=0)
            scores = model.evaluate(batches(weighted), steps=5, verbose=0)
            histories.append((history.history, scores, model.get_weights()))
        mine, other = histories
        assert mine[0].keys() == other[0].keys()
        for name in mine[0]:
            np.testing.assert_allclose(mine[0][name], other[0][name], rtol=1e-5)
        np.testing.assert_allclose(mine[1], other[1], rtol=1e-5)
        assert distance(mine[2], other[2]) < 1e-5


def test_optimizers_with_more_settings():
    def compiled(k):
        schedule = k.optimizers.schedules.ExponentialDecay(0.02, 4, 0.8)
        optimizer = k.optimizers.Adam(schedule, clipnorm=0.5, weight_decay=0.01)
        return {**SPARSE, "optimizer": optimizer}

    compare(softmax_net, compiled, {}, classes(37))


def test_losses_of_ones_own_and_other_reductions():
    def cubic(y_true, y_pred):
        return abs(y_true - y_pred) ** 3

    compare(linear_net, always(optimizer="sgd", loss=cubic), {}, linear_data(37))

    def compiled(k):
        return {"optimizer": k.optimizers.SGD(0.001), "loss": k.losses.Huber(reduction="sum")}

    compare(linear_net, compiled, {}, linear_data(37))


def test_targets_without_the_last_axis():
    def recipe(k):
        return k.Sequential([k.Input((6,)), k.layers.Dense(1)])

    x, y = linear_data(37)
    compare(recipe, always(optimizer="adam", loss="mse", metrics=["mae"]), {}, (x, y[:, 0]))


def test_batches_one_by_one():
    x, y = classes(24)
    weight = np.random.default_rng(0).uniform(0, 2, 24).astype("float32")
    results = []
    for model in make(softmax_net):
        model.compile(**SPARSE, weighted_metrics=["accuracy"])
        found = [
            model.train_on_batch(x[:8], y[:8]),
            model.train_on_batch(x[8:16], y[8:16], sample_weight=weight[8:16]),
            model.train_on_batch(x[:8], y[:8], class_weight={0: 1.0, 1: 3.0, 2: 0.5}),
        ]
        model.reset_metrics()
        found += [model.test_on_batch(x[:8], y[:8]), model.test_on_batch(x[8:], y[8:], weight[8:])]
        named = model.test_on_batch(x, y, return_dict=True)
        results.append((found, named, model.predict_on_batch(x), model.get_weights()))
    mine, other = results
    np.testing.assert_allclose(mine[0], other[0], rtol=1e-5)
    assert mine[1].keys() == other[1].keys()
    np.testing.assert_allclose(list(mine[1].values()), [other[1][n] for n in mine[1]], rtol=1e-5)
    np.testing.assert_allclose(mine[2], other[2], rtol=1e-5)
    assert distance(mine[3], other[3]) < 1e-5


def test_predict_takes_batches_and_steps():
    x, _ = classes(37)
    for arguments in ({}, {"batch_size": 5}, {"batch_size": 64}, {"batch_size": 8, "steps": 2}):
        mine, other = (m.predict(x, verbose=0, **arguments) for m in make(softmax_net))
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-7)
