"""Training takes the same steps as real Keras, and says the same of them."""

import keras
import numpy as np
import pytest

import gyeol
from gyeol import utils

STEPS = 50
BATCH = 8


def make(recipe):
    """The model of a recipe in gyeol and in Keras, with the same names and first values."""
    utils.clear_session(free_memory=False)
    keras.backend.clear_session(free_memory=False)
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


# Every optimizer on the first net, one or two of them on the others.
TRAJECTORIES = [
    *(f"softmax {optimizer}" for optimizer in OPTIMIZERS),
    "sigmoid nesterov",
    "linear rmsprop",
    "conv momentum",
    "conv adam",
]


@pytest.mark.parametrize("case", TRAJECTORIES)
def test_fifty_steps(case):
    net, optimizer = case.split()
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
            losses[-1].append(float(model.train_on_batch(x[batch], y[batch])))
    ours, theirs = models
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
    # After 50 steps float32's 6e-8 has grown to 7e-7 at most.
    assert distance(ours.get_weights(), theirs.get_weights()) < 5e-6
    assert distance(*(model.optimizer.variables for model in models)) < 5e-6


# fit, evaluate, predict ---------------------------------------------------------------------


def always(**arguments):
    return lambda k: arguments


def assert_same_logs(mine, other):
    assert mine.keys() == other.keys()
    for name in mine:
        np.testing.assert_allclose(mine[name], other[name], rtol=1e-5, atol=1e-7, err_msg=name)


def compare(recipe, compiled, data, fitted=None, evaluated=None):
    """Compile, fit and evaluate in both, and compare all that comes out.

    `compiled` is a function of the library that gives the arguments of `compile`; `data` is (x, y);
    `fitted` and `evaluated` are further arguments of `fit` and `evaluate`.
    """
    models = make(recipe)
    results = []
    for k, model in zip((gyeol, keras), models):
        model.compile(**compiled(k))
        # Shuffled in another order, training would take another way.
        same = {"batch_size": 8, "verbose": 0}
        fit = {"epochs": 3, "shuffle": False, **same, **(fitted or {})}
        history = model.fit(*data, **fit).history
        scores = model.evaluate(*data, **same, **(evaluated or {}))
        by_name = model.evaluate(*data, return_dict=True, **same, **(evaluated or {}))
        results.append((history, scores, by_name, model.get_weights()))
    mine, other = results
    assert_same_logs(mine[0], other[0])
    np.testing.assert_allclose(mine[1], other[1], rtol=1e-5, atol=1e-7)
    assert_same_logs(mine[2], other[2])
    assert distance(mine[3], other[3]) < 1e-5
    return models


SPARSE = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
# 37 rows are four batches and five rows more, and so are five, 13 and 21 rows of other data.
ROWS = 37


def test_fit_with_a_ragged_last_batch_and_predict():
    fitted = {"validation_data": classes(13, seed=1)}
    ours, theirs = compare(softmax_net, always(**SPARSE), classes(ROWS), fitted)
    x, _ = classes(ROWS, seed=2)
    for arguments in ({"batch_size": 8}, {"batch_size": 64}, {"batch_size": 8, "steps": 2}):
        mine, other = (model.predict(x, verbose=0, **arguments) for model in (ours, theirs))
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_batch_normalization_with_a_ragged_last_batch():
    def recipe(k):
        normalization = k.layers.BatchNormalization(momentum=0.8)
        last = k.layers.Dense(3, activation="softmax")
        return k.Sequential([k.Input((6,)), k.layers.Dense(5, use_bias=False), normalization, last])

    fitted = {"validation_data": classes(13, seed=1)}
    compare(recipe, always(**SPARSE), classes(ROWS), fitted)


def test_validation_split_one_hot_labels_and_class_weight():
    def compiled(k):
        top = k.metrics.TopKCategoricalAccuracy(2, name="top")
        return {
            "optimizer": k.optimizers.SGD(0.1, momentum=0.5),
            "loss": k.losses.CategoricalCrossentropy(label_smoothing=0.1),
            "metrics": ["acc", top, "mse"],
        }

    x, y = classes(53)
    one_hot = np.eye(3, dtype="float32")[y]
    fitted = {"validation_split": 0.3, "class_weight": {0: 0.5, 1: 2.0, 2: 1.0}}
    compare(softmax_net, compiled, (x, one_hot), fitted)


def test_sample_weight_and_weighted_metrics():
    weight = np.random.default_rng(0).uniform(0, 2, ROWS).astype("float32")
    compiled = always(**SPARSE, weighted_metrics=["sparse_categorical_crossentropy"])
    held_out = (*classes(13, seed=1), weight[:13])
    fitted = {"sample_weight": weight, "validation_data": held_out}
    compare(softmax_net, compiled, classes(ROWS), fitted, {"sample_weight": weight})


def test_names_that_are_taken():
    histories = []
    for model in make(softmax_net):
        metrics = ["accuracy", SPARSE["loss"], SPARSE["loss"]]
        model.compile("sgd", SPARSE["loss"], metrics=metrics, weighted_metrics=["accuracy"])
        histories.append(model.fit(*classes(8), batch_size=8, verbose=0).history)
    assert_same_logs(*histories)


def within(y_true, y_pred):
    return abs(y_true - y_pred) < 0.5


def cubic(y_true, y_pred):
    return abs(y_true - y_pred) ** 3


def test_metrics_by_string_object_and_function_and_a_loss_of_ones_own():
    def compiled(k):
        metrics = ["mae", k.metrics.RootMeanSquaredError(), k.metrics.MeanSquaredError("squares")]
        return {"optimizer": "rmsprop", "loss": cubic, "metrics": [*metrics, within]}

    compare(linear_net, compiled, linear_data(ROWS))


def test_binary_targets_without_the_last_axis():
    def compiled(k):
        metrics = ["accuracy", k.metrics.Precision()]
        return {"optimizer": "adam", "loss": "binary_crossentropy", "metrics": metrics}

    compare(sigmoid_net, compiled, sigmoid_data(ROWS))


def test_logits_schedule_clipping_and_decay():
    def recipe(k):
        return k.Sequential([k.Input((6,)), k.layers.Dense(4, "relu"), k.layers.Dense(3)])

    def compiled(k):
        schedule = k.optimizers.schedules.ExponentialDecay(0.02, 4, 0.8)
        return {
            "optimizer": k.optimizers.Adam(schedule, clipnorm=0.5, weight_decay=0.01),
            "loss": k.losses.SparseCategoricalCrossentropy(from_logits=True),
            "metrics": ["accuracy"],
        }

    compare(recipe, compiled, classes(ROWS))


def test_regularizers_are_in_the_loss():
    def recipe(k):
        class Penalized(k.layers.Layer):
            def call(self, inputs):
                self.add_loss(0.1 * (inputs**2).mean())
                return inputs

        regularized = k.layers.Dense(
            8,
            activation="relu",
            kernel_regularizer=k.regularizers.L2(0.01),
            bias_regularizer=k.regularizers.L1(0.02),
            activity_regularizer=k.regularizers.L1L2(0.01, 0.02),
        )
        frozen = k.layers.Dense(4, kernel_regularizer="l2", trainable=False)
        within = k.Sequential([frozen, Penalized()])
        last = k.layers.Dense(3, activation="softmax", kernel_regularizer="l2")
        return k.Sequential([k.Input((6,)), regularized, within, last])

    fitted = {"validation_data": classes(13, seed=1)}
    compare(recipe, always(**SPARSE), classes(ROWS), fitted)


def two_outputs(k):
    inputs = k.Input((6,), name="table")
    x = k.layers.Dense(8, activation="tanh")(inputs)
    kind = k.layers.Dense(3, activation="softmax", name="kind")(x)
    size = k.layers.Dense(1, name="size")(x)
    return k.Model(inputs, [kind, size])


def two_targets(rows=ROWS):
    x, y = classes(rows)
    return x, [y, x[:, :1] * 2]


def test_several_outputs_in_lists():
    compiled = always(
        optimizer="adam",
        loss=["sparse_categorical_crossentropy", "mse"],
        loss_weights=[0.3, 2.0],
        metrics=[["accuracy"], ["mae", "mse"]],
        weighted_metrics=[[], ["mae"]],
    )
    rng = np.random.default_rng(0)
    weights = [rng.uniform(0, 2, ROWS).astype("float32") for _ in range(2)]
    fitted = {"validation_data": two_targets(13), "sample_weight": weights}
    compare(two_outputs, compiled, two_targets(), fitted)


def test_several_outputs_in_dicts_and_a_loss_that_is_a_sum():
    def compiled(k):
        huber = k.losses.Huber(reduction="sum")
        return {
            "optimizer": "adam",
            "loss": {"size": huber, "kind": "sparse_categorical_crossentropy"},
            "loss_weights": {"kind": 1.0, "size": 0.1},
            "metrics": {"kind": ["accuracy"], "size": "mse"},
        }

    x, (kind, size) = two_targets()
    compare(two_outputs, compiled, (x, {"size": size, "kind": kind}))


def test_an_output_without_a_loss():
    compiled = always(optimizer="adam", loss=[None, "mse"], metrics=[[], ["mae"]])
    compare(two_outputs, compiled, two_targets())


def test_inputs_and_outputs_in_dicts():
    def recipe(k):
        inputs = {"b": k.Input((4,), name="b"), "a": k.Input((2,), name="a")}
        x = k.layers.Concatenate()([inputs["a"], inputs["b"]])
        x = k.layers.Dense(8, activation="tanh")(x)
        kind = k.layers.Dense(3, activation="softmax", name="first")(x)
        return k.Model(inputs, {"kind": kind, "size": k.layers.Dense(1, name="second")(x)})

    compiled = always(
        optimizer="adam",
        loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
        metrics={"kind": "accuracy"},
    )
    x, (kind, size) = two_targets()
    data = {"a": x[:, :2], "b": x[:, 2:]}, {"kind": kind, "size": size}
    models = compare(recipe, compiled, data)
    mine, other = (model.predict(data[0], batch_size=8, verbose=0) for model in models)
    assert mine.keys() == other.keys()
    for name in mine:
        np.testing.assert_allclose(mine[name], other[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "fitted",
    [
        {
            "initial_epoch": 1,
            "epochs": 5,
            "validation_freq": 2,
            "class_weight": {0: 0.5, 1: 2.0, 2: 1.0},
        },
        {"validation_freq": [2], "validation_batch_size": 5, "validation_steps": 2},
    ],
)
def test_epochs_and_validations(fitted):
    held_out = {"validation_data": classes(21, seed=1)}
    compare(softmax_net, always(**SPARSE), classes(ROWS), {**fitted, **held_out})


def test_batches_from_a_generator():
    x, y = classes(40)
    weight = np.random.default_rng(0).uniform(0, 2, 40).astype("float32")

    def batches():
        while True:
            for i in range(0, 40, 8):
                rows = slice(i, i + 8)
                yield x[rows], y[rows], weight[rows]

    results = []
    for model in make(softmax_net):
        model.compile(**SPARSE)
        arguments = {"steps_per_epoch": 5, "epochs": 3, "shuffle": False, "verbose": 0}
        history = model.fit(batches(), **arguments).history
        scores = model.evaluate(batches(), steps=5, verbose=0, return_dict=True)
        results.append((history, scores, model.get_weights()))
    mine, other = results
    assert_same_logs(mine[0], other[0])
    assert_same_logs(mine[1], other[1])
    assert distance(mine[2], other[2]) < 1e-5


def test_batches_one_by_one():
    x, y = classes(24)
    weight = np.random.default_rng(0).uniform(0, 2, 24).astype("float32")
    results = []
    for model in make(softmax_net):
        model.compile(**SPARSE)
        found = [
            model.train_on_batch(x[:8], y[:8]),
            model.train_on_batch(x[8:16], y[8:16], sample_weight=weight[8:16]),
            model.train_on_batch(x[:8], y[:8], class_weight={0: 1.0, 1: 3.0, 2: 0.5}),
        ]
        found.append(model.test_on_batch(x[:8], y[:8]))
        found.append(model.test_on_batch(x[8:16], y[8:16], weight[8:16]))
        named = model.test_on_batch(x[:8], y[:8], return_dict=True)
        results.append((found, named, model.predict_on_batch(x[:8]), model.get_weights()))
    mine, other = results
    np.testing.assert_allclose(mine[0], other[0], rtol=1e-5)
    assert_same_logs(mine[1], other[1])
    np.testing.assert_allclose(mine[2], other[2], rtol=1e-5)
    assert distance(mine[3], other[3]) < 1e-5
