"""What a remedy comes to: the changes of a training that each rule's finding asks for."""

from dataclasses import replace

import numpy as np
import pytest

import gyeol as keras
from gyeol.doctor import examine
from gyeol.doctor.facts import collect
from gyeol.doctor.finding import Finding
from gyeol.doctor.remedies import CONTRADICTIONS, HONESTY, REMEDIES, Trial, narrow, remedied
from gyeol.doctor.rules import RULES, spoken
from gyeol.layers import (
    Activation,
    Add,
    Dense,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    Input,
    ReLU,
    Softmax,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4)).astype("float32")
REAL = X[:, 0] - X[:, 1]
BINARY = (REAL > 0).astype("float32")
CLASSES = RNG.integers(0, 3, 120)
SPARSE = "sparse_categorical_crossentropy"
WIDE = keras.initializers.RandomNormal(stddev=30.0)


def trial_of(layers, loss, y, x=X, optimizer="adam"):
    model = keras.Sequential([Input(x.shape[1:]), *layers])
    model.compile(optimizer, loss)
    examine(model, x, y)  # settles what belongs to which output
    return Trial(collect(model, x, y), updates=40, best=30)


def dense(units, activation=None, name=None, **options):
    return Dense(units, activation, name=name, **options)


def ends(units=1, activation=None):
    return [dense(8, "relu", "hidden"), dense(units, activation, "last")]


# Rule -> a program with the mistake, and the changes that its remedy makes.
OF_RULES = {
    "softmax_one_unit": (
        (ends(1, "softmax"), "mse", BINARY),
        {"layers": {"last": {"activation": "sigmoid"}}, "losses": {0: "binary_crossentropy"}},
    ),
    "from_logits_mismatch": (
        (ends(3), SPARSE, CLASSES),
        {"layers": {"last": {"activation": "softmax"}}},
    ),
    "double_softmax": (
        ([*ends(3, "softmax"), Softmax(name="again")], SPARSE, CLASSES),
        {"layers": {"again": {"activation": "linear"}}},
    ),
    "wrong_last_activation": (
        ([*ends(), Activation("relu", name="end")], "mse", REAL),
        {"layers": {"end": {"activation": "linear"}}},
    ),
    "wrong_loss": (
        (ends(1, "sigmoid"), "mse", BINARY),
        {"losses": {0: "binary_crossentropy"}},
    ),
    "missing_activation": (
        (
            [dense(8, name="a"), Dropout(0.1), dense(8, name="b"), Flatten(), dense(1, name="c")],
            "mse",
            REAL,
        ),
        {"layers": {"a": {"activation": "relu"}, "b": {"activation": "relu"}}},
    ),
    "bad_init": (
        (
            [
                dense(8, "tanh", "a", kernel_initializer=WIDE),
                dense(8, "tanh", "b", kernel_initializer=WIDE),
                dense(1, name="c"),
            ],
            "mse",
            REAL,
        ),
        {
            "layers": {
                "a": {"kernel_initializer": "glorot_uniform"},
                "b": {"kernel_initializer": "glorot_uniform"},
            }
        },
    ),
    "excess_dropout": (
        ([Dropout(0.9, name="p"), Dropout(0.5, name="q"), *ends()], "mse", REAL),
        {"layers": {"p": {"rate": 0.0}, "q": {"rate": 0.3}}},
    ),
    "unscaled_input": ((ends(), "mse", REAL, 900 * X), {"inputs": {0: "standard"}}),
    "unscaled_target": ((ends(), "mse", 900 * REAL), {"targets": {0: "standard"}}),
}


@pytest.mark.parametrize("rule", OF_RULES)
def test_the_remedy_of_a_rule_that_speaks(rule):
    program, changes = OF_RULES[rule]
    trial = trial_of(*program)
    finding = next(finding for finding in spoken(trial.facts) if finding.rule == rule)
    cured = remedied(trial, finding)
    assert {name: getattr(cured, name) for name in changes} == changes
    assert {n: v for n, v in vars(cured).items() if n not in changes} == {
        n: v for n, v in vars(trial).items() if n not in changes
    }
    assert remedied(cured, finding) is None  # there is nothing left to do


def said(rule, remedy="", where="fit"):
    return Finding(rule, "warning", where, "", "", remedy)


def test_remedies_of_what_shows_in_a_training():
    tower = [dense(8, "sigmoid", "a"), dense(8, name="b"), ReLU(name="r"), dense(1, name="c")]
    trial = trial_of(tower, "mse", REAL)
    he = {"kernel_initializer": "he_normal"}
    assert remedied(trial, said("vanishing_gradient")).layers == {
        "a": {"activation": "relu", **he},
        "b": he,
    }
    assert remedied(trial, said("dying_relu")).layers == {
        "a": he,
        "b": he,
        "r": {"activation": "leaky_relu"},
    }
    assert remedied(trial, said("saturated_activation")).layers["a"]["activation"] == "relu"
    wider = said("capacity_too_small", "Dense(16, activation='relu')", "layer 'a'")
    assert remedied(trial, wider).layers == {"a": {"units": 16, "activation": "relu"}}
    assert remedied(trial, said("capacity_too_small")).layers == {
        "a": {"units": 64},
        "b": {"units": 64},
    }
    shorter = remedied(trial, said("exploding_gradient"))
    assert shorter.optimizer == {"learning_rate": 0.0001, "clipnorm": 1.0}
    assert remedied(trial, said("too_few_updates")).updates == 500
    assert remedied(trial, said("too_few_updates", "epochs for 900 steps")).updates == 900
    assert remedied(trial, said("overfitting")).updates == 30
    assert remedied(trial, said("lr_too_low", "SGD(0.01)")).optimizer == {"learning_rate": 0.01}
    assert remedied(trial, said("lr_too_low", "a longer decay")) is None
    scheduled = replace(trial, facts=replace(trial.facts, learning_rate=None, highest_rate=0.5))
    cured = remedied(scheduled, said("lr_too_low", "a longer decay"))
    assert cured.optimizer == {"learning_rate": 0.5}
    assert remedied(trial, said("class_imbalance")).balances


def test_classes_that_are_numbered_otherwise():
    trial = trial_of(ends(1, "sigmoid"), "mse", CLASSES)
    written = "Dense(3, activation='softmax'), loss='sparse_categorical_crossentropy'"
    cured = remedied(trial, said("output_units", written, "layer 'last'"))
    assert cured.layers == {"last": {"units": 3, "activation": "softmax"}}
    assert cured.losses == {0: SPARSE} and cured.targets == {}
    cured = remedied(trial, said("label_encoding", f"np.unique(y), {written}", "y"))
    assert cured.targets == {0: "index"}
    assert remedied(trial, said("label_encoding", "(y == 2).astype", "y")).targets == {0: "index"}
    cured = remedied(trial, said("output_units", "keras.utils.to_categorical(y), Dense(4)", "y"))
    assert cured.targets == {0: "one_hot"} and cured.layers == {"last": {"units": 4}}


def test_of_several_outputs_the_one_that_is_named():
    inputs = Input((4,))
    hidden = dense(8, "relu", "hidden")(inputs)
    model = keras.Model(inputs, [dense(3, None, "one")(hidden), dense(3, None, "other")(hidden)])
    model.compile("adam", SPARSE)
    examine(model, X, [CLASSES, CLASSES])
    trial = Trial(collect(model, X, [CLASSES, CLASSES]), updates=40)
    finding = said("wrong_loss", "activation='softmax', loss='mse'", "layer 'other'")
    cured = remedied(trial, finding)
    assert cured.layers == {"other": {"activation": "softmax"}} and cured.losses == {1: "mse"}


def test_what_cannot_be_tried():
    trial = trial_of([dense(8, "relu"), dense(1)], "mse", REAL)
    for rule in HONESTY:
        assert remedied(trial, said(rule)) is None
    assert remedied(trial, said("chance_level", "Another learning rate")) is None
    assert remedied(trial, said("lr_too_low", "another rate")) is None
    assert remedied(trial, said("double_softmax", where="layer 'nowhere'")) is None
    assert remedied(Trial(trial.facts, updates=40), said("overfitting")) is None
    assert not HONESTY & REMEDIES.keys()


def test_what_is_added_to_is_as_wide_as_that():
    user = Input((1,), dtype="int32")
    flat = [Flatten()(Embedding(9, n)(user)) for n in (2, 2, 1)]
    score = Add()([Dot(axes=1)(flat[:2]), flat[2]])
    model = keras.Model(user, score)
    model.compile("sgd", "mse")
    x = np.arange(9)[:, None]
    examine(model, x, x[:, 0])
    found = narrow(collect(model, x, x[:, 0]))
    assert [call.units for call in found] == [2, 2]


def test_the_table_names_rules():
    assert REMEDIES.keys() | HONESTY <= RULES.keys()
    assert REMEDIES.keys() >= CONTRADICTIONS
