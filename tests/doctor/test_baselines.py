"""Simple models reach what scikit-learn's do, and the rules that compare a training with them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import LogisticRegression, Ridge

import gyeol as keras
from gyeol import doctor, layers
from gyeol.doctor import attendance
from gyeol.doctor.baselines import baseline, logistic_regression, ridge_regression
from gyeol.doctor.facts import collect
from gyeol.layers import Conv2D, Dense, Dropout, Flatten

SPARSE = "sparse_categorical_crossentropy"


def with_ones(rows):
    return np.column_stack([rows, np.ones(len(rows))])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 5), st.integers(1, 12), st.integers(40, 300))
def test_logistic_regression_is_scikit_learns(seed, classes, width, rows):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, width))
    logits = x @ rng.normal(size=(width, classes)) * rng.gamma(2) + rng.normal(size=classes)
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    labels[:classes] = range(classes)
    weights = logistic_regression(with_ones(x), np.eye(classes)[labels], most=2000)
    # Two classes have two rows of weights here and one difference there: a penalty half as large.
    peer = LogisticRegression(C=2.0 if classes == 2 else 1.0, tol=1e-9, max_iter=5000).fit(
        x, labels
    )
    shares = np.exp(with_ones(x) @ weights)
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares, peer.predict_proba(x), atol=0.02)


def test_logistic_regression_comes_near_it_in_few_steps():
    x, labels = load_digits(return_X_y=True)
    x = (x - x.mean(0)) / (x.std(0) + 1e-9)
    weights = logistic_regression(with_ones(x[::2]), np.eye(10)[labels[::2]])
    peer = LogisticRegression(max_iter=2000).fit(x[::2], labels[::2])
    right = (with_ones(x[1::2]) @ weights).argmax(axis=1) == labels[1::2]
    assert right.mean() == pytest.approx(peer.score(x[1::2], labels[1::2]), abs=0.01)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 3))
def test_ridge_regression_is_scikit_learns(seed, width, outputs):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, width))
    y = x @ rng.normal(size=(width, outputs)) + rng.normal(size=(60, outputs)) + 100
    found = with_ones(x) @ ridge_regression(with_ones(x), y)
    expected = Ridge(alpha=1.0).fit(x, y).predict(x)
    np.testing.assert_allclose(found, expected.reshape(found.shape), atol=1e-4)


def facts_of(x, y, history, before=(), units=1, last="sigmoid", loss="binary_crossentropy", **more):
    metrics = more.pop("metrics", ["accuracy"])
    model = keras.Sequential([keras.Input(x.shape[1:]), *before, Dense(units, last)])
    model.compile("adam", loss, metrics=metrics)
    doctor.examine(model, x[:32], y[:32])  # makes it ready
    held = more.pop("held", None)
    facts = collect(model, x, y, held)
    facts = replace(facts, history=history, is_over=True, updates=500, rows=len(x), **more)
    return replace(facts, baseline=baseline(facts, x, y, held))


def cancer():
    x, y = load_breast_cancer(return_X_y=True)
    return (x[:369], y[:369]), (x[369:], y[369:])


def test_of_classes_it_is_the_accuracy_on_the_validation_rows():
    (x, y), held = cancer()
    simple = facts_of(x, y, {"val_accuracy": [0.6]}, held=held).baseline
    assert (simple.quantity, simple.kind, simple.rows) == ("val_accuracy", "accuracy", 200)
    mean, spread = x.mean(0), x.std(0)
    peer = LogisticRegression(C=2.0, max_iter=1000).fit((x - mean) / spread, y)
    assert simple.linear == pytest.approx(peer.score((held[0] - mean) / spread, held[1]), abs=0.011)
    assert simple.chance == max(np.mean(held[1]), 1 - np.mean(held[1]))
    assert simple.error == pytest.approx(np.sqrt(simple.linear * (1 - simple.linear) / 200))
    for form in (np.eye(2)[y], y[:, None], y.astype("float32")):
        its = np.eye(2)[held[1]] if form.shape[1:] == (2,) else held[1].reshape(-1, *form.shape[1:])
        loss = "categorical_crossentropy" if form.shape[1:] == (2,) else "binary_crossentropy"
        facts = facts_of(
            x, form, {"val_accuracy": [0.6]}, units=its.size // 200, loss=loss, held=(held[0], its)
        )
        assert facts.baseline == simple


@pytest.mark.parametrize("metric, kind", [("mse", "squared"), ("mae", "absolute")])
def test_of_numbers_it_is_the_error(metric, kind):
    x, y = load_diabetes(return_X_y=True)
    y = y / 100
    held = (x[300:], y[300:])
    options = {"last": None, "loss": metric, "held": held, "metrics": None}
    simple = facts_of(x[:300], y[:300], {"val_loss": [9.0]}, **options).baseline
    assert (simple.quantity, simple.kind) == ("val_loss", kind)
    measure = np.square if kind == "squared" else np.abs
    middle = (np.mean if kind == "squared" else np.median)(y[:300])
    assert simple.chance == pytest.approx(measure(held[1] - middle).mean())
    mean, spread = x[:300].mean(0), x[:300].std(0)
    peer = Ridge().fit((x[:300] - mean) / spread, y[:300]).predict((held[0] - mean) / spread)
    assert simple.linear == pytest.approx(measure(held[1] - peer).mean(), rel=1e-3)


def test_without_validation_rows_a_fifth_is_kept_for_it():
    (x, y), _ = cancer()
    simple = facts_of(x, y, {"accuracy": [0.6]}).baseline
    assert (simple.quantity, simple.rows) == ("accuracy", 74)
    assert simple.linear > 0.9


def test_pictures_are_brought_to_their_principal_components():
    x, y = load_digits(return_X_y=True)
    wide = np.kron(x.reshape(-1, 8, 8), np.ones((3, 3)))[..., None].astype("uint8")
    facts = facts_of(
        wide[:1200],
        y[:1200],
        {"val_accuracy": [0.1]},
        [Conv2D(4, 3, activation="relu"), Flatten()],
        10,
        "softmax",
        SPARSE,
        held=(wide[1200:], y[1200:]),
    )
    peer = LogisticRegression(max_iter=2000).fit(x[:1200] / 16, y[:1200])
    assert facts.baseline.linear == pytest.approx(peer.score(x[1200:] / 16, y[1200:]), abs=0.04)


def test_what_it_is_not_made_for():
    (x, y), held = cancer()
    history = {"val_accuracy": [0.6]}
    words = [layers.Embedding(5000, 2), layers.GlobalAveragePooling1D()]
    for options in (
        {"before": words},
        {"weighted": True},
        {"metrics": None},
        {"before": [layers.Lambda(lambda x: x)]},
        {"loss": keras.losses.BinaryCrossentropy(from_logits=True), "last": None},
    ):
        assert facts_of(x, y, history, held=held, **options).baseline is None
    assert facts_of(x, y, {"loss": [0.7]}, held=held).baseline is None
    assert facts_of(x[:20], y[:20], history, held=held).baseline is None
    assert baseline(facts_of(x, y, history, held=held), [x, x], y, held) is None


def test_of_a_series_it_is_that_of_all_its_numbers():
    (x, y), (x_held, y_held) = cancer()
    given = {"held": (x_held[..., None], y_held), "before": [layers.LSTM(2)]}
    found = facts_of(x[..., None], y, {"val_accuracy": [0.6]}, **given).baseline
    assert found == facts_of(x, y, {"val_accuracy": [0.6]}, held=(x_held, y_held)).baseline


def test_columns_that_are_constant_in_the_training_rows_do_no_harm():
    (x, y), (x_held, y_held) = cancer()
    plain = facts_of(x, y, {"val_accuracy": [0.6]}, held=(x_held, y_held)).baseline
    x, x_held = np.column_stack([x, x[:, 0] * 0 + 0.1]), np.column_stack([x_held, x_held[:, 0]])
    assert facts_of(x, y, {"val_accuracy": [0.6]}, held=(x_held, y_held)).baseline == plain


def spoken(name, facts):
    finding = doctor.RULES[name](facts)
    assert finding is None or all(finding.as_dict().values())
    return finding


@pytest.mark.parametrize(
    "accuracy, speaks", [([0.6, 0.7, 0.68], True), ([0.6, 0.93], False), ([0.6, np.nan], False)]
)
def test_a_linear_model_that_is_clearly_better_is_named(accuracy, speaks):
    (x, y), held = cancer()
    facts = facts_of(x, y, {"val_accuracy": accuracy}, held=held)
    finding = spoken("baseline_wins", facts)
    assert (finding is not None) == speaks
    if speaks:
        assert finding.severity == "warning" and "70.0%" in finding.evidence
        assert spoken("baseline_wins", replace(facts, updates=50)) is None
        assert spoken("baseline_wins", replace(facts, is_over=False)) is None


@pytest.mark.parametrize("loss, speaks", [(0.58, True), (0.33, False)])
def test_so_is_one_for_numbers(loss, speaks):
    x, y = load_diabetes(return_X_y=True)
    held, options = (x[300:], y[300:] / 100), {"last": None, "loss": "mse", "metrics": None}
    facts = facts_of(x[:300], y[:300] / 100, {"val_loss": [9.0, loss]}, held=held, **options)
    assert (spoken("baseline_wins", facts) is not None) == speaks
    penalized = [Dense(4, kernel_regularizer="l2")]
    facts = facts_of(
        x[:300], y[:300] / 100, {"val_loss": [9.0, loss]}, penalized, held=held, **options
    )
    assert facts.baseline is None  # its loss holds more than the error


def test_training_under_dropout_is_not_compared():
    (x, y), _ = cancer()
    assert spoken("baseline_wins", facts_of(x, y, {"accuracy": [0.6]})) is not None
    assert spoken("baseline_wins", facts_of(x, y, {"accuracy": [0.6]}, [Dropout(0.5)])) is None


CHANCE = 0.687  # the cross-entropy of the shares of the two classes in the rows


@pytest.mark.parametrize(
    "history, speaks",
    [
        ({"loss": [0.7, CHANCE], "accuracy": [0.6, 0.59]}, True),
        ({"loss": [0.7, 0.98 * CHANCE]}, False),
        ({"loss": [0.7, 0.98 * CHANCE], "accuracy": [0.6, 0.59], "val_accuracy": [0.6]}, True),
        ({"loss": [0.9, 0.8], "accuracy": [0.6, 0.8]}, False),  # sure, and often right
        ({"loss": [0.7, CHANCE], "val_loss": [0.5, 0.4], "accuracy": [0.6, 0.6]}, False),
        ({"loss": [CHANCE]}, False),  # in the first epoch it began
        ({"loss": [0.7, 0.3], "accuracy": [0.6, 0.9]}, False),
    ],
)
def test_a_training_that_came_to_nothing_is_named(history, speaks):
    (x, y), held = cancer()
    shares = np.bincount(y) / len(y)
    assert pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-3) == CHANCE
    held = held if "val_accuracy" in history else None
    facts = facts_of(x, y, history, held=held)
    finding = spoken("chance_level", facts)
    assert (finding is not None) == speaks
    assert finding is None or finding.severity == "warning"
    for unsure in ({"linear": 0.6, "chance": 0.58}, {"linear": 0.5, "chance": 0.5}):
        if speaks and facts.baseline:
            simple = replace(facts.baseline, error=0.02, **unsure)
            finding = spoken("chance_level", replace(facts, baseline=simple))
            assert finding is None or finding.severity == "note"
    assert spoken("chance_level", replace(facts, updates=50)) is None
    assert spoken("chance_level", replace(facts, weighted=True)) is None


@pytest.mark.parametrize("rate, told", [(1e-30, ["chance_level", "baseline_wins"]), (0.01, [])])
def test_they_are_asked_after_a_fit_that_is_watched(rate, told, monkeypatch):
    (x, y), held = cancer()
    scale = layers.Normalization()
    scale.adapt(x)
    model = keras.Sequential(
        [
            keras.Input((30,)),
            scale,
            Dense(8, "relu"),
            Dense(1, "sigmoid", kernel_initializer="zeros"),
        ]
    )
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    watched = []
    monkeypatch.setattr(attendance, "watcher", watched.append)
    model.fit(x, y, validation_data=held, epochs=2, batch_size=7, verbose=0)
    found = [finding.rule for finding in watched[0].findings]
    assert [rule for rule in ("chance_level", "baseline_wins") if rule in found] == told
