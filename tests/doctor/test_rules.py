"""Each rule speaks where its mistake is, and is silent where there is none."""

from dataclasses import replace

import numpy as np
import pytest

import gyeol as keras
from gyeol import doctor, layers
from gyeol.doctor.facts import Facts, Selection, collect
from gyeol.initializers import Constant
from gyeol.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 6)).astype("float32")
REAL = X[:, 0] - X[:, 1]
BINARY = (REAL > 0).astype("float32")
CLASSES = RNG.integers(0, 3, 200)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
LABELS = (X[:, :3] > 0).astype("float32")
INK = (RNG.random((200, 8, 8, 1)) ** 6).astype("float32")
PICTURED = [Conv2D(4, 3, activation="relu"), Flatten(), Dense(1)]
PIXELS = RNG.integers(0, 256, (200, 8, 8, 1)).astype("float32")
FIFTY = np.arange(200) % 50
LARGE = keras.initializers.RandomNormal(stddev=5)
SPARSE = "sparse_categorical_crossentropy"


def found(layers_in, loss, y, x=X, optimizer="adam", metrics=None, validation_data=None):
    """The findings of a `fit` that is asked for no epoch, or of `examine` where it is refused."""
    model = keras.Sequential([Input(x.shape[1:]), *layers_in])
    model.compile(optimizer, loss, metrics=metrics)
    examined = doctor.examine(model, x, y, validation_data)
    try:
        history = model.fit(x, y, epochs=0, validation_data=validation_data, verbose=0)
    except ValueError:
        return examined
    assert history.findings == examined
    return examined


def recurrent(first):
    return layers.LSTM(8, recurrent_initializer=first)


def dense(units=1, last=None, hidden="relu", **options):
    return [Dense(16, hidden, **options), Dense(units, last)]


IN_TIME = [layers.Reshape((2, 3)), layers.TimeDistributed(Dense(1, "softmax"))]
# A rule -> the arguments of `found` with the mistake, and some without.
CASES = {
    "softmax_one_unit": (
        [
            (dense(1, "softmax"), "mse", BINARY),
            (dense(1, "softmax"), SPARSE, CLASSES * 0),
            (IN_TIME, "binary_crossentropy", LABELS[:, :2, None]),
        ],
        [
            (dense(1, "sigmoid"), "binary_crossentropy", BINARY),
            (dense(3, "softmax"), SPARSE, CLASSES),
        ],
    ),
    "from_logits_mismatch": (
        [(dense(3), SPARSE, CLASSES), (dense(1), "binary_crossentropy", BINARY)],
        [(dense(3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES)],
    ),
    "double_softmax": (
        [
            (dense(3, "softmax"), keras.losses.CategoricalCrossentropy(from_logits=True), ONE_HOT),
            ([*dense(3, "softmax"), Activation("softmax")], SPARSE, CLASSES),
        ],
        [([*dense(3), Activation("softmax")], SPARSE, CLASSES)],
    ),
    "output_units": (
        [
            (dense(10, "softmax"), SPARSE, CLASSES),
            (dense(2, "softmax"), "categorical_crossentropy", ONE_HOT[:, 1:]),
            (dense(2, "softmax"), SPARSE, CLASSES),
            (dense(1, "sigmoid"), "mse", CLASSES),
            (dense(1), "mse", np.stack([REAL, -REAL], axis=1)),
            (dense(1, "sigmoid"), "binary_crossentropy", LABELS),
        ],
        [
            (dense(4, "softmax"), SPARSE, CLASSES),
            (
                [Dense(6, "relu"), layers.Reshape((6, 1)), Dense(1)],
                "mse",
                np.stack([REAL] * 6, axis=1),
            ),
            (dense(3, "softmax"), SPARSE, CLASSES),
            (
                dense(3, "softmax"),
                keras.losses.SparseCategoricalCrossentropy(ignore_class=255),
                np.where(BINARY, CLASSES, 255),
            ),
        ],
    ),
    "wrong_last_activation": (
        [
            (dense(3, "sigmoid"), "categorical_crossentropy", ONE_HOT),
            (dense(3, "relu"), SPARSE, CLASSES),
            (dense(1), "poisson", CLASSES + 0.0),
            (dense(3, "softmax"), "categorical_crossentropy", LABELS),
            ([*dense(3, "tanh"), Activation("softmax")], SPARSE, CLASSES),
            (dense(3, "softmax"), "binary_crossentropy", LABELS),
            (dense(1, "tanh"), "binary_crossentropy", BINARY),
            (dense(1, "relu"), "mse", REAL),
            ([*dense(1, "sigmoid"), Flatten()], "mae", 3 * REAL),
            (dense(1, "sigmoid"), "hinge", 2 * BINARY - 1),
            (dense(1, "relu"), "squared_hinge", BINARY),
            ([*dense(3), layers.Softmax(axis=0)], SPARSE, CLASSES),
            # Pixels of few kinds are no classes.
            ([Flatten(), *dense(64, "sigmoid")], "mse", 16 * (INK > 0.1).reshape(200, -1), INK),
        ],
        [
            ([*dense(3), layers.Softmax(axis=1)], SPARSE, CLASSES),
            (dense(3, "sigmoid"), "binary_crossentropy", LABELS),
            (dense(1, "tanh"), "mse", np.tanh(REAL)),
            (dense(1, "tanh"), "hinge", 2 * BINARY - 1),
            (dense(1), "squared_hinge", BINARY),
            (dense(1, "exponential"), "poisson", CLASSES + 0.0),
            (dense(1, "relu"), "mse", abs(REAL)),
            (dense(1), "mse", REAL),
        ],
    ),
    "wrong_loss": (
        [
            (dense(1, "sigmoid"), "categorical_crossentropy", BINARY),
            (dense(1, "sigmoid"), SPARSE, BINARY),
            (dense(3, "softmax"), "mse", ONE_HOT),
            (dense(3, "sigmoid"), "mae", ONE_HOT),
            (dense(1, "sigmoid"), "mae", BINARY),
            (dense(3, "sigmoid"), "mae", LABELS),
            (dense(1, "sigmoid"), "kl_divergence", BINARY),
            (dense(1), "cosine_similarity", REAL),
            (dense(3, "softmax"), "binary_crossentropy", ONE_HOT),
            (dense(3, "softmax"), "categorical_crossentropy", CLASSES),
            (dense(3, "softmax"), SPARSE, ONE_HOT),
            (dense(3, "softmax"), "mse", CLASSES),
            (dense(1), "mape", np.where(BINARY, 0.001, 3 + REAL)),
            (dense(1), "mape", REAL),
            (dense(1), "msle", REAL),
            (dense(3, "softmax"), keras.losses.CategoricalCrossentropy(False, 0.9), ONE_HOT),
        ],
        [
            (dense(1), "mape", 9 + REAL),
            (dense(1), "msle", np.exp(REAL)),
            (dense(3, "softmax"), keras.losses.CategoricalCrossentropy(False, 0.1), ONE_HOT),
            (dense(3, "softmax"), "categorical_crossentropy", ONE_HOT),
            (dense(2, "softmax"), "binary_crossentropy", np.stack([BINARY, 1 - BINARY], 1)),
            (dense(6, "sigmoid"), "binary_crossentropy", RNG.random((200, 6))),
            (dense(1), "mse", REAL),
            (dense(3, "softmax"), "kl_divergence", ONE_HOT),
            (dense(3, "sigmoid"), "binary_crossentropy", ONE_HOT),
        ],
    ),
    "missing_activation": (
        [
            (dense(1, hidden=None), "mse", REAL),
            (dense(1, hidden=lambda x: x), "mse", REAL),
            ([Dense(9), Dropout(0.1), BatchNormalization(), *dense(1)], "mse", REAL),
        ],
        [
            (dense(1), "mse", REAL),
            ([Dense(9), layers.ReLU(), *dense(1)], "mse", REAL),
            (dense(1, hidden=lambda x: keras.ops.maximum(x, 0.0)), "mse", REAL),
            ([Dense(16, "relu"), Dense(4), *dense(1)], "mse", REAL),  # a bottleneck
            ([Dense(16, "relu"), Dense(2), Dense(3, "softmax")], SPARSE, CLASSES),  # for a picture
        ],
    ),
    "bad_init": (
        [
            (dense(1, kernel_initializer=LARGE), "mse", REAL),
            (dense(1, kernel_initializer="ones"), "mse", REAL),
            (dense(1, bias_initializer=Constant(-20)), "mse", REAL),
            ([Dense(1, "sigmoid", bias_initializer=Constant(30))], "binary_crossentropy", BINARY),
            (
                [layers.Embedding(3, 4, embeddings_initializer=Constant(30)), Flatten(), Dense(1)],
                "mse",
                REAL,
                np.stack([CLASSES] * 2, axis=1),
            ),
            ([layers.Reshape((6, 1)), recurrent(LARGE), Dense(1)], "mse", REAL),
        ],
        [
            ([layers.Reshape((6, 1)), recurrent("orthogonal"), Dense(1)], "mse", REAL),
            (dense(1, kernel_initializer="he_normal"), "mse", REAL),
            (dense(1, kernel_initializer="orthogonal"), "mse", REAL),
            (dense(1, kernel_initializer=LARGE, trainable=False), "mse", REAL),  # random features
            (dense(1, hidden=keras.ops.sin, kernel_initializer=LARGE), "mse", REAL),
            (
                [Dense(9, kernel_initializer=LARGE), layers.Lambda(keras.ops.sin), Dense(1)],
                "mse",
                REAL,
            ),
        ],
    ),
    "excess_dropout": (
        [
            ([Dropout(0.7), Dense(16, "relu"), Dropout(0.7), Dense(1)], "mse", REAL),
            ([layers.Reshape((6, 1)), layers.LSTM(8, dropout=0.95), Dense(1)], "mse", REAL),
            ([*dense(3, "softmax"), Dropout(0.2)], SPARSE, CLASSES),
        ],
        [
            (
                [Dense(64, "relu"), Dropout(0.5), Dense(16, "relu"), Dropout(0.5), Dense(1)],
                "mse",
                REAL,
            )
        ],
    ),
    "lr_too_high": (
        [(dense(1), "mse", REAL, X, keras.optimizers.Adam(0.5))],
        [
            (dense(1), "mse", REAL, X, keras.optimizers.SGD(0.5, momentum=0.9)),
            (dense(1), "mse", REAL, X, keras.optimizers.Adam(0.05)),
        ],
    ),
    "lr_too_low": (
        [(dense(1), "mse", REAL, X, keras.optimizers.RMSprop(1e-7))],
        [(dense(1), "mse", REAL, X, keras.optimizers.Adam(1e-5))],
    ),
    "unscaled_target": (
        [(dense(1), "mse", 5e4 * REAL), (dense(1), "mae", REAL + 1900)],
        [
            (dense(1), "mse", REAL),
            (dense(3, "softmax"), SPARSE, CLASSES),
            (dense(1), "mse", 9 * REAL),
            ([Dense(16, "relu"), Dense(1, bias_initializer=Constant(1900))], "mae", REAL + 1900),
        ],
    ),
    "unscaled_input": (
        [
            (dense(1), "mse", REAL, X * np.float32([1, 1, 1, 1, 1, 900])),
            ([Conv2D(4, 3, activation="relu"), Flatten(), Dense(1)], "mse", REAL, PIXELS),
            # Divided before the model, and in it; and what another table has.
            ([layers.Rescaling(1 / 255), Flatten(), *dense(1)], "mse", REAL, PIXELS / 255),
            ([Flatten(), *dense(1)], "mse", REAL, PIXELS / 255**2),
            (
                [layers.Normalization(mean=X.mean(0), variance=X.var(0)), Dense(1)],
                "mse",
                REAL,
                90 * X,
            ),
        ],
        [
            (
                [layers.Normalization(mean=X.mean(0) * 90, variance=X.var(0) * 8100), Dense(1)],
                "mse",
                REAL,
                90 * X,
            ),
            (dense(1), "mse", REAL),
            ([BatchNormalization(), *dense(1)], "mse", REAL, 500 * X),
            ([layers.Rescaling(1 / 255), Flatten(), *dense(1)], "mse", REAL, PIXELS),
            ([Flatten(), *dense(1)], "mse", REAL, PIXELS / 255),
        ],
    ),
    "label_encoding": (
        [(dense(1, "sigmoid"), "binary_crossentropy", CLASSES / 2, X, "adam", ["accuracy"])],
        [
            (dense(1, "sigmoid"), "binary_crossentropy", BINARY),
            (dense(1, "sigmoid"), "binary_crossentropy", RNG.random(200)),
            (dense(3, "sigmoid"), "binary_crossentropy", 0.05 + 0.9 * LABELS),
        ],
    ),
    "preprocess_mismatch": (
        [
            (dense(1), "mse", REAL, X, "adam", None, (255 * X[:50] + 1, REAL[:50])),
            (PICTURED, "mse", REAL, INK, "adam", None, (1 - INK[:50], REAL[:50])),
        ],
        [
            (dense(1), "mse", REAL, X, "adam", None, (X[:50] * 1.5 + 1, REAL[:50])),
            (PICTURED, "mse", REAL, INK, "adam", None, (0.8 * INK[:50, ::-1], REAL[:50])),
        ],
    ),
    "data_leak": (
        [
            (dense(1), "mse", REAL, X, "adam", None, (X[:50], REAL[:50])),
            # Copied four times, and split then.
            (dense(1), "mse", REAL[FIFTY], X[FIFTY], "adam", None, (X[:50], REAL[:50])),
        ],
        [
            # Hours of a day come again, and what is measured in them is another.
            (dense(1), "mse", REAL, X[FIFTY], "adam", None, (X[:50], REAL[:50])),
            (dense(1), "mse", REAL, X, "adam", None, (X[:50] + 1, REAL[:50])),
            # Rows of zeros and ones come again by themselves.
            (dense(1), "mse", REAL, X > 1, "adam", None, (X[:50] > 1, REAL[:50])),
        ],
    ),
    "test_as_validation": ([], []),  # of scripts: see below, and test_command.py
    "misleading_metric": (
        [
            (dense(1), "mse", REAL, X, "adam", ["accuracy"]),
            (dense(3, "sigmoid"), "binary_crossentropy", LABELS, X, "adam", ["accuracy"]),
            (
                dense(3, "softmax"),
                "categorical_crossentropy",
                ONE_HOT,
                X,
                "adam",
                ["binary_accuracy"],
            ),
        ],
        [
            (dense(1), "mse", REAL, X, "adam", ["mae"]),
            (dense(3, "sigmoid"), "binary_crossentropy", LABELS, X, "adam", ["binary_accuracy"]),
            # Each step of a series has a label of its own.
            (
                [layers.Reshape((6, 1)), Dense(1, "sigmoid")],
                "binary_crossentropy",
                (X > 0)[..., None],
                X,
                "adam",
                ["accuracy"],
            ),
            (dense(3, "softmax"), "categorical_crossentropy", ONE_HOT, X, "adam", ["accuracy"]),
        ],
    ),
    "constant_column": (
        [(dense(1), "mse", REAL, np.insert(X, 2, 7, axis=1))],
        [(dense(1), "mse", REAL)],
    ),
    "duplicate_column": (
        [(dense(1), "mse", REAL, np.insert(X, 2, 2.54 * X[:, 4], axis=1))],
        [(dense(1), "mse", REAL)],
    ),
    "missing_as_zero": (
        [(dense(1), "mse", REAL, np.insert(X, 2, (X[:, 4] + 6) * (X[:, 5] < 1), axis=1))],
        [(dense(1), "mse", REAL, np.insert(X, 2, X[:, 4] * (X[:, 5] < 1), axis=1))],
    ),
    "class_imbalance": (
        [(dense(1, "sigmoid"), "binary_crossentropy", REAL > 2, X, "adam", ["accuracy"])],
        [(dense(1, "sigmoid"), "binary_crossentropy", REAL > 0, X, "adam", ["accuracy"])],
    ),
    "unusual_batch_size": ([], []),  # more of these in test_data_rules.py
    "exploding_gradient": ([], []),  # these are of a training: see TRAININGS
    "dying_relu": ([], []),
    "saturated_activation": ([], []),
    "vanishing_gradient": ([], []),
    "excess_regularization": ([], []),
    "capacity_too_small": ([], []),
    "too_few_updates": ([], []),
    "overfitting": ([], []),
    "best_weights_lost": ([], []),
    "chance_level": ([], []),  # these in test_baselines.py
    "baseline_wins": ([], []),
}


def test_every_rule_has_its_cases_and_a_docstring():
    assert list(CASES) == list(doctor.RULES)
    assert all(rule.__doc__ for rule in doctor.RULES.values())


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("name", CASES)
def test_it_speaks_where_the_mistake_is(name):
    for case in CASES[name][0]:
        findings = {finding.rule: finding for finding in found(*case)}
        assert name in findings, findings
        told = findings[name].as_dict()
        assert all(told.values()) and told["severity"] in ("error", "warning", "note")


@pytest.mark.parametrize("name", CASES)
def test_all_rules_are_silent_where_there_is_none(name):
    for case in CASES[name][1]:
        assert [f for f in found(*case) if f.severity != "note" or f.rule == name] == []


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_dropout_beside_shortcuts_leaves_what_they_carry():
    inputs = h = Input((6,))
    for _ in range(9):
        h = layers.add([h, Dropout(0.4)(Dense(6, "relu")(h))])
    model = keras.Model(inputs, Dense(1)(h))
    model.compile("adam", "mse")
    assert doctor.examine(model, X, REAL) == []


def test_even_shares_that_nobody_counts_as_classes_are_a_note():
    for metric, severity in (("accuracy", "error"), ("mae", "note")):
        args = dense(1, "sigmoid"), "binary_crossentropy", CLASSES / 2, X, "adam", [metric]
        assert [f.severity for f in found(*args)][:1] == [severity]


def test_the_gravest_come_first_and_nothing_is_trained():
    model = keras.Sequential([Input((6,)), *dense(1, "softmax", hidden=None)])
    model.compile(keras.optimizers.Adam(0.9), "mse", metrics=["accuracy"])
    before = model.get_weights()
    findings = doctor.examine(model, 300 * X, BINARY)
    order = [doctor.finding.SEVERITIES.index(finding.severity) for finding in findings]
    assert findings[0].rule == "softmax_one_unit" and len(findings) == 4 and order == sorted(order)
    for one, other in zip(before, model.get_weights()):
        np.testing.assert_array_equal(one, other)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_what_fit_would_refuse_is_a_finding():
    (finding,) = found(dense(3), "mse", RNG.normal(size=(200, 4)))
    assert finding.rule == "refused" and "(batch, 4)" in finding.evidence
    (finding,) = found(dense(3, "softmax"), "categorical_crossentropy", np.eye(4)[CLASSES])
    assert finding.rule == "output_units" and "Dense(4" in finding.remedy


def test_softmax_of_independent_labels_under_any_loss():
    labels = RNG.random((200, 3)) < 0.5
    for loss in ("categorical_crossentropy", "binary_crossentropy", "mse"):
        assert "wrong_last_activation" in [f.rule for f in found(dense(3, "softmax"), loss, labels)]
    shares = RNG.dirichlet(np.ones(3), 200)
    for y in (ONE_HOT, shares):
        assert "wrong_last_activation" not in [f.rule for f in found(dense(3, "softmax"), "mse", y)]


def test_classes_of_each_step_are_numbers():
    steps = RNG.normal(size=(100, 7, 6)).astype("float32")
    model = keras.Sequential([Input((7, 6)), Dense(3, "softmax")])
    model.compile("adam", SPARSE)
    for y in (RNG.integers(0, 3, (100, 7)), np.eye(7, dtype=int)[RNG.integers(0, 7, 100)]):
        rules = [finding.rule for finding in doctor.examine(model, steps, y)]
        assert not {"wrong_loss", "output_units"}.intersection(rules)


def test_a_model_that_is_not_compiled_is_refused():
    with pytest.raises(RuntimeError, match="compile"):
        doctor.examine(keras.Sequential([Input((6,)), Dense(1)]), X, REAL)


def test_of_a_model_in_code_its_layers_are_known_and_nothing_changes():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.narrow, self.last = Dense(16), Dense(9), Dense(3)
            self.calls = self.add_weight((), "zeros", trainable=False)
            self.cut = Dropout(0.5)

        def call(self, x, training=None):
            self.calls.assign_add(1.0)
            h = self.cut(self.narrow(self.hidden(x)), training=training)
            return self.last(keras.ops.relu(h)) + np.float32(np.random.random() * 0)

    model = Own()
    model.compile("adam", SPARSE)
    model.evaluate(X, CLASSES, verbose=0)
    calls, drawn = float(model.calls.numpy()), np.random.get_state()[1]
    facts = collect(model, X, CLASSES)
    assert [call.layer.name for call in facts.calls if call.kind == "Dense"] == [
        layer.name for layer in (model.hidden, model.narrow, model.last)
    ]
    assert doctor.RULES["missing_activation"](facts).where == f"layer {model.hidden.name!r}"
    assert float(model.calls.numpy()) == calls
    assert (np.random.get_state()[1] == drawn).all()


def test_models_of_every_make_are_looked_at():
    inputs = Input((6,))
    hidden = keras.Sequential([Input((6,)), Dense(8), Dense(8, "relu")])(inputs)
    model = keras.Model(inputs, [Dense(1, name="one")(hidden), Dense(3, "softmax")(hidden)])
    model.compile("adam", ["mse", SPARSE])
    rules = [finding.rule for finding in doctor.examine(model, X, [1e5 * REAL, CLASSES])]
    assert rules == ["missing_activation", "unscaled_target"]

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = Dense(1)

        def call(self, inputs):
            return self.inner(inputs)

    own = Own()
    own.compile("adam", "mse")
    assert doctor.examine(own, X, REAL) == []


def test_it_says_so_in_korean(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "ko")
    (finding,) = found(dense(1, hidden=None), "mse", REAL)
    assert "활성화 함수가 없는데" in finding.evidence


FALLING = [1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3]


@pytest.mark.parametrize(
    "name, history, updates, options, speaks",
    [
        ("exploding_gradient", {"loss": [1.0, float("nan")]}, 500, {}, True),
        ("exploding_gradient", {"loss": [1.0, 9.0, 2.0]}, 500, {}, False),
        ("too_few_updates", {"loss": [0.7, 0.69, 0.68]}, 35, {}, True),
        ("too_few_updates", {"loss": [0.7, 0.69, 0.68]}, 900, {}, False),
        ("too_few_updates", {"loss": [0.7, 0.3, 0.05]}, 35, {}, False),
        ("too_few_updates", {"loss": [0.7, 0.5, 0.6]}, 35, {}, False),
        ("too_few_updates", {"loss": [0.7, 0.3, 0.29, 0.285]}, 35, {}, False),
        ("too_few_updates", {"loss": [0.7, 0.69, 0.68]}, 35, {"updates_before": 900}, False),
        (
            "overfitting",
            {"loss": FALLING, "val_loss": [1, 0.9, 0.8, 0.82, 0.88, 0.95, 1.05, 1.15]},
            9,
            {},
            True,
        ),
        ("overfitting", {"loss": FALLING, "val_loss": FALLING}, 900, {}, False),
        (
            "overfitting",
            {"loss": FALLING, "val_loss": [1, 0.9, 0.8, 0.82, 0.88, 0.95, 1.05, 1.15]},
            900,
            {"selecting": (Selection("EarlyStopping", "val_loss", True),)},
            False,
        ),
    ],
)
def test_a_training_that_is_over(name, history, updates, options, speaks):
    facts = Facts((), (), history=history, updates=updates, **options)
    finding = doctor.RULES[name](facts)
    assert (finding is not None) == speaks
    assert finding is None or all(finding.as_dict().values())


def test_what_one_answer_for_all_costs_where_rows_have_weights():
    weight = (1 + CLASSES).astype("float32")
    one_hot = "categorical_crossentropy"
    for units, last, loss, y in [
        (1, None, "mse", REAL),
        (1, "sigmoid", "binary_crossentropy", BINARY),
        (3, "softmax", SPARSE, CLASSES),
        (3, "softmax", one_hot, ONE_HOT),
    ]:
        answer = np.average(ONE_HOT if units == 3 else y, axis=0, weights=weight)
        model = keras.Sequential([Input((6,)), Dense(units, last, kernel_initializer="zeros")])
        logits = answer if last is None else np.log(answer)
        model.layers[-1].bias.assign(
            np.log(answer / (1 - answer)).reshape(1) if last == "sigmoid" else logits.reshape(units)
        )
        model.compile("sgd", loss)
        costs = model.evaluate(X, y, sample_weight=weight, verbose=0, batch_size=200)
        facts = collect(model, X, y, weight=weight)
        assert facts.outputs[0].chance == pytest.approx(costs, rel=1e-5)
    assert replace(facts, weighted=True, history={"loss": [0.6 * costs]}).reached == pytest.approx(
        0.6, rel=1e-5
    )


@pytest.mark.parametrize(
    "loss, y",
    [
        ("hinge", BINARY),
        ("squared_hinge", BINARY),
        ("hinge", np.where(CLASSES > 0, 1.0, -1.0)),
        ("squared_hinge", np.where(CLASSES > 0, 1.0, -1.0)),
        ("poisson", CLASSES + 0.0),
        ("mse", REAL),
        ("mae", REAL),
    ],
)
def test_no_answer_for_all_costs_less_than_chance_and_none_less_than_the_least(loss, y):
    model = keras.Sequential([Input((6,)), Dense(1)])
    model.compile("sgd", loss)
    model.evaluate(X, y, verbose=0)
    output = collect(model, X, y).outputs[0]
    function = keras.losses.get(loss)
    low = 1e-3 if loss == "poisson" else min(-1.0, y.min())
    answers = np.linspace(low, max(1.0, y.max()), 2001)
    every = [float(function(y[:, None], np.full((len(y), 1), a)).mean()) for a in answers]
    assert output.chance == pytest.approx(min(every), abs=2e-3)
    best = np.maximum(y, 1e-12)[:, None] if loss == "poisson" else np.sign(y - 0.5)[:, None]
    if "hinge" in loss or loss == "poisson":
        assert output.least == pytest.approx(float(function(y[:, None], best).mean()), abs=1e-4)


def rmse(wanted, given):
    return keras.ops.sqrt(keras.ops.mean(keras.ops.square(wanted - given)))


def relative(wanted, given):
    return keras.ops.mean(keras.ops.abs(wanted - given) / (keras.ops.abs(wanted) + 0.1))


def summed(wanted, given):
    return keras.ops.sum(keras.ops.square(wanted - given))


def likelihood(wanted, given):
    return keras.ops.mean(keras.ops.exp(given) - wanted * given)


@pytest.mark.parametrize("loss", [rmse, relative, summed, likelihood])
def test_a_loss_of_the_users_is_known_for_a_distance_by_what_it_gives(loss):
    model = keras.Sequential([Input((6,)), Dense(1, "sigmoid")])
    model.compile("sgd", loss)
    model.evaluate(X, REAL, verbose=0)
    (output,) = collect(model, X, REAL, is_thorough=True).outputs
    assert (output.chance == pytest.approx(REAL.std(), rel=1e-3)) == (loss is rmse)
    told = [finding.rule for finding in doctor.examine(model, X, REAL)]
    assert ("wrong_last_activation" in told) == (loss is rmse)
    assert collect(model, X, REAL).outputs[0].own_chance is None  # in `fit` it is not called


def crossed(wanted, given):
    return keras.ops.mean(keras.ops.square(keras.ops.squeeze(wanted) - given))


def signed(wanted, given):
    return keras.ops.mean(wanted - given)


def pinball(wanted, given):
    return keras.ops.mean(keras.ops.maximum(0.9 * (wanted - given), 0.1 * (given - wanted)))


def correlation(wanted, given):
    one, other = wanted - keras.ops.mean(wanted), given - keras.ops.mean(given)
    size = keras.ops.sqrt(keras.ops.mean(one**2) * keras.ops.mean(other**2))
    return -keras.ops.mean(one * other) / (size + 1e-9)


def critic(wanted, given):
    return -keras.ops.mean(wanted * given)


@pytest.mark.parametrize(
    "loss, fault",
    [(crossed, "mixed"), (signed, "endless"), (critic, "endless")]
    + [(fine, None) for fine in (rmse, relative, summed, likelihood, pinball, correlation)],
)
def test_a_loss_of_the_users_that_no_training_makes_good_outputs_of(loss, fault):
    targets = REAL + 3
    model = keras.Sequential([Input((6,)), Dense(1)])
    model.compile("sgd", loss)
    model.evaluate(X, targets, verbose=0)
    assert collect(model, X, targets, is_thorough=True).outputs[0].own_fault == fault
    told = [finding.rule for finding in doctor.examine(model, X, targets)]
    assert ("wrong_loss" in told) == (fault is not None)
    signs = np.sign(X[:, 0])  # of a game's critic
    assert collect(model, X, signs, is_thorough=True).outputs[0].own_fault is None
