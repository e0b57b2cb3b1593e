"""Remedies are trained beside the program as it stands, which stays as it is."""

import json
import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

import gyeol as keras
from gyeol import random
from gyeol.cli import main
from gyeol.doctor import examine
from gyeol.doctor.bench import Bench
from gyeol.doctor.facts import Output, target_of
from gyeol.doctor.finding import Finding
from gyeol.doctor.measure import measure_of
from gyeol.doctor.trying import Outcome, Tried, _judged, as_dict, told, try_remedies
from gyeol.doctor.watching import WatchedFit
from gyeol.layers import Dense, Input, Lambda, Layer, Normalization

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 4)).astype("float32")
REAL = X[:, 0] - X[:, 1]
BINARY = (REAL > 0).astype("float32")


def said(rule, remedy="", where="fit", severity="warning"):
    return Finding(rule, severity, where, "", "", remedy)


def fitted(model, x, y, *findings, epochs=8, **options):
    """A `fit` as it is seen while a script is watched."""
    keras.utils.set_random_seed(0)
    weights = model.get_weights()
    history = model.fit(x, y, epochs=epochs, verbose=0, **options).history
    options = {"epochs": epochs, **options}
    return WatchedFit(
        "line 1", model, weights, x, y, None, options, False, None, list(findings), history
    )


def network(last=None, loss="mse", hidden="relu", rate=0.05):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [Input((4,)), Dense(8, hidden, name="hidden"), Dense(1, last, name="last")]
    )
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["mae"])
    return model


def state(model):
    return [v.numpy().copy() for v in (*model.variables, *model.optimizer.variables)]


UNSCALED = said("unscaled_target", "(y - y_train.mean()) / y_train.std()", "y")


@pytest.fixture(scope="module")
def regression():
    """Targets far from 1, trained with a remedy that cures and two that do not."""
    fit = fitted(
        network(),
        X,
        1000 * REAL + 5000,
        UNSCALED,
        said("lr_too_high", "Adam(0.0499)"),
        said("misleading_metric", "metrics=['mae']"),
    )
    before, numbers = state(fit.model), str(random.states())
    outcome = try_remedies(fit)
    after = state(fit.model)
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    assert str(random.states()) == numbers
    return outcome


def test_a_remedy_that_helps_is_told_from_one_that_does_not(regression):
    assert set(regression.tried) == {"unscaled_target", "lr_too_high"}
    cured, other = regression.tried["unscaled_target"], regression.tried["lr_too_high"]
    assert cured.helps and not cured.withdrawn and cured.measure == "R^2" and cured.rows == 32
    assert cured.before < 0 and cured.after > 0.9  # in the program's own units
    assert not other.helps and other.withdrawn and other.after < 0
    assert regression.together is None


def test_nothing_is_printed_and_it_is_the_same_each_time(capsys, regression):
    fit = fitted(network(), X, 1000 * REAL + 5000, UNSCALED)
    capsys.readouterr()
    one = try_remedies(fit).tried["unscaled_target"]
    assert one == try_remedies(fit).tried["unscaled_target"]
    assert capsys.readouterr() == ("", "")
    assert (one.before, one.after) == pytest.approx(
        (regression.tried["unscaled_target"].before, regression.tried["unscaled_target"].after)
    )


def test_one_that_helps_beside_another_only():
    still = fitted(
        network("softmax", rate=1e-6),
        X,
        BINARY,
        said("lr_too_low", "Adam(0.05)"),
        said(
            "softmax_one_unit",
            "Dense(1, activation='sigmoid'), loss='binary_crossentropy'",
            "layer 'last'",
            "error",
        ),
        said("unscaled_input", "A Normalization() adapted to x", "x"),  # it is scaled
    )
    outcome = try_remedies(still)
    assert outcome.together.helps and outcome.together.after > 0.9
    assert set(outcome.together.beside) == {"lr_too_low", "softmax_one_unit"}
    rate, unit = outcome.tried["lr_too_low"], outcome.tried["softmax_one_unit"]
    assert rate.helps and rate.beside == ("softmax_one_unit", "unscaled_input") and unit.helps
    assert not outcome.tried["unscaled_input"].helps


def test_a_contradiction_is_cured_with_another_rate_where_it_learned_nothing():
    unit = said(
        "softmax_one_unit",
        "Dense(1, activation='sigmoid'), loss='binary_crossentropy'",
        "layer 'last'",
        "error",
    )
    still = fitted(network("softmax", rate=1e-3), X, BINARY, unit)
    tried = try_remedies(still).tried["softmax_one_unit"]
    assert tried.helps and tried.after > 0.9
    assert tried.beside in (("Adam(0.01)",), ("Adam(0.1)",))


def test_of_a_program_that_cannot_be_trained_as_it_stands():
    y = BINARY + (X[:, 2] > 0)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Input((4,)), Dense(16, "relu"), Dense(2, "softmax", name="last")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    refused = examine(model, X, y)
    assert [finding.rule for finding in refused] == ["output_units"]
    fit = WatchedFit(
        "", model, model.get_weights(), X, y, None, {"epochs": 9}, False, None, refused
    )
    tried = try_remedies(fit).tried["output_units"]
    assert np.isnan(tried.before) and tried.after > 0.7 and tried.helps
    assert tried.numbers.startswith("accuracy nothing -> 0.")


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = Dense(8, "relu"), Dense(1)

    def call(self, x):
        return self.last(self.hidden(x))


def squares(y, out):
    return keras.ops.mean(keras.ops.square(y - out), axis=-1)


class OfArrays(Own):
    """One that makes no graph of symbolic inputs."""

    def call(self, x):
        return self.last(jnp.tanh(self.hidden(x)))


def test_of_a_model_without_a_graph_what_leaves_the_model_as_it_is():
    model = OfArrays()
    model.compile("adam", squares)
    wider = said("capacity_too_small", "Dense(16)", f"layer {model.hidden.name!r}")
    fit = fitted(model, X, REAL, wider, said("too_few_updates"), epochs=2)
    tried = try_remedies(fit).tried
    assert tried.keys() == {"too_few_updates"} and tried["too_few_updates"].helps


class Dropping(Own):
    def __init__(self):
        super().__init__()
        self.drop, self.last = keras.layers.Dropout(0.9), Dense(1, "sigmoid")

    def call(self, x, training=False):
        return self.last(self.drop(self.hidden(x), training=training)) + 0 * self.drop.rate


def test_a_model_in_code_is_tried_by_the_graph_that_it_makes():
    model = Dropping()
    model.compile(keras.optimizers.Adam(0.02), "mse")
    last = said("wrong_last_activation", "activation='linear'", f"layer {model.last.name!r}")
    dropout = said("excess_dropout", "One Dropout", "the dropout layers")
    fit = fitted(model, X, REAL, last, dropout, epochs=30)
    before = state(model)
    outcome = try_remedies(fit)
    assert outcome.tried["wrong_last_activation"].helps and outcome.together.after > 0.5
    assert outcome.tried["excess_dropout"].helps
    for one, other in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_graph_of_a_model_in_code_begins_as_the_program_did():
    model = Dropping()  # whose weights stand in another order than in its graph
    model.compile("adam", "mse")
    model.build((None, 4))
    bench = Bench(fitted(model, X, REAL), traces=True)
    graph, begun = bench._model, bench._begun
    assert graph is not model and bench.has_graph
    by_name = dict(zip((v.path for v in model.weights), bench._fit.weights))
    for variable, first in zip(graph.weights, begun, strict=True):
        np.testing.assert_array_equal(first, by_name[variable.path])


def test_a_model_in_code_with_a_frozen_layer_stays_as_it_is():
    model = Own()
    model.compile("adam", "mse")
    model.build((None, 4))
    model.hidden.trainable = False
    assert not Bench(fitted(model, X, REAL), traces=True).has_graph


class Broken(Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def get_config(self):
        return {}

    def call(self, x):
        return x * self.factor


def test_what_cannot_be_made_again_is_not_tried():
    model = keras.Sequential([Input((4,)), Broken(2), Dense(1)])
    model.compile("sgd", "mse")
    assert try_remedies(fitted(model, X, REAL, UNSCALED, epochs=1)) == Outcome({})
    few = fitted(network(), X[:20], REAL[:20], UNSCALED, epochs=1)
    assert try_remedies(few) == Outcome({})


def test_trials_begin_with_what_the_program_began_with():
    adapted = Normalization()
    adapted.adapt(300 * X + 70)
    keras.utils.set_random_seed(0)
    same = Lambda(lambda x: keras.ops.abs(keras.ops.exp(x * 0)) * x)  # takes a name from here
    model = keras.Sequential([Input((4,)), adapted, same, Dense(1, name="last")])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    taught = [np.float32([[1], [-1], [0], [0]]), np.ones(1)]
    model.get_layer("last").set_weights(taught)
    fit = fitted(model, 300 * X + 70, REAL + 1, said("lr_too_low", "Adam(1e-9)"), epochs=1)
    tried = try_remedies(fit).tried["lr_too_low"]
    assert tried.after == pytest.approx(1, abs=1e-2)  # with such a rate nothing is learned


# What is measured -----------------------------------------------------------------------------


def measure(y, units, loss, *rules):
    output = Output(
        "out", "out", "Dense", units, 2, None, loss, False, None, False, (), target_of(y, units)
    )
    return measure_of(output, y, [said(rule) for rule in rules])


def score(y, out, units, loss, form=None, from_logits=False, rules=()):
    found = measure(y, units, loss, *rules)
    read = found.coding(y, form, from_logits).read(np.asarray(out, float))
    return found.name, found.score(found.truth(y), read).mean()


def test_classes_are_read_from_units_from_one_unit_and_from_logits():
    y = np.array([0, 1, 1, 0])
    assert score(y, [[0.2], [0.7], [0.4], [0.1]], 1, "binary_crossentropy") == ("accuracy", 0.75)
    logits = [[-1.0], [0.2], [0.3], [0.1]]
    assert score(y, logits, 1, "binary_crossentropy", from_logits=True) == ("accuracy", 0.75)
    signs = 2 * y - 1
    assert score(signs, [[-0.2], [0.1], [0.3], [0.1]], 1, "hinge") == ("accuracy", 0.75)
    two = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6]]
    assert score(y, two, 2, "sparse_categorical_crossentropy") == ("accuracy", 0.75)
    hot = np.eye(2)[y]
    assert score(hot, two, 2, "categorical_crossentropy") == ("accuracy", 0.75)
    assert score(y + 1, two, 2, "mean_squared_error", "index", rules=["label_encoding"])[1] == 0.75
    # A class that is none of them is wrong, and so is a row whose class has no column.
    ten = np.eye(10)[[0, 1, 7, 0]]
    assert score(y, ten, 10, "sparse_categorical_crossentropy") == ("accuracy", 0.75)
    hot[3] = 0
    assert score(hot, two, 2, "categorical_crossentropy") == ("accuracy", 0.75)


def test_a_rare_class_counts_as_much_as_another():
    y = np.array([0] * 18 + [1] * 2)
    assert score(y, np.zeros((20, 1)), 1, "binary_crossentropy") == ("balanced accuracy", 0.5)


def test_several_labels_and_real_targets():
    y = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 0]])
    out = [[0.9, 0.2, 0.1], [0.1, 0.1, 0.1], [0.9, 0.1, 0.8]]
    name, value = score(y, out, 3, "binary_crossentropy")
    assert name == "F1" and value == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    y = np.array([10.0, 20.0, 60.5])
    assert score(y, y[:, None], 1, "mean_squared_error") == ("R^2", 1)
    assert score(y, np.full((3, 1), y.mean()), 1, "mean_squared_error") == ("R^2", 0)
    scaled = (y[:, None] - y.mean()) / y.std()
    assert score(y, scaled, 1, "mean_squared_error", "standard")[1] == pytest.approx(1)


# What is told ---------------------------------------------------------------------------------


def tried(before, after, helps=False, **fields):
    return Tried(before, after, "accuracy", helps, 0.08, 154, **fields)


def test_what_is_told():
    findings = [said(rule, "x / 255", "line 3, x") for rule in ("a", "b", "c", "data_leak")]
    findings.append(said("a", "x / 255", "line 30, x"))
    outcomes = {
        "line 3": Outcome(
            {
                "a": tried(0.51, 0.97, True),
                "b": tried(0.97, np.nan, withdrawn=True),
                "c": tried(0.5, 0.5, share=0.1),
            },
            tried(0.51, 0.98, True, beside=("a", "d")),
        ),
        "line 30": Outcome({}),
    }
    lines = [paragraph.split("\n  ") for paragraph in told(findings, outcomes)]
    assert lines[0][-2:] == [
        "Instead: x / 255",
        "Tried: accuracy 0.51 -> 0.97 (+-0.08) on 154 rows of its own.",
    ]
    assert "Instead" not in "".join(lines[1]) and "no gain, so the remedy" in lines[1][-1]
    assert lines[2][-1].startswith("Tried for 10% of the steps") and len(lines[2]) == 4
    assert "what a score says" in lines[3][-1] and lines[4][-1] == "Not tried."
    assert lines[5][0].startswith("line 3: All that help together (a, d): accuracy 0.51 -> 0.98")
    assert lines[6] == ["Remedies withdrawn: 1: b (line 3, x)."]
    report = json.loads(json.dumps(as_dict(findings, outcomes), allow_nan=False))
    assert report["findings"][0]["tried"]["before"] == 0.51
    assert report["findings"][1]["tried"]["after"] is None
    assert "tried" not in report["findings"][3] and report["together"][0]["where"] == "line 3"


def test_a_sentence_says_which_way_it_went():
    for outcome, english, korean in [
        (tried(-4.8, np.nan), "no numbers with it, on 154 rows of its own: no gain", "수가 아님"),
        (tried(-4.8, -np.inf, withdrawn=True), "no numbers with it, on 154 rows", "거둡니다"),
        (tried(np.nan, np.nan), "Tried: no outputs that are numbers with it either, on", "으로도"),
        (tried(-4.8, -9.1), "-4.8 -> -9.1 (+-0.08) on 154 rows of its own: no gain", "않았습니다"),
        (tried(0.5, 0.51), "0.5 -> 0.51 (+-0.08) on 154 rows of its own: no sure gain", "확실히"),
        (tried(np.nan, 0.5, True), "accuracy nothing -> 0.5 (+-0.08) on 154", "없음 -> 0.5"),
    ]:
        assert english in str(outcome)
        assert "nothing" not in str(outcome) or np.isnan(outcome.before)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GYEOL_LANG", "ko")
            assert korean in str(outcome)


def test_what_is_withdrawn():
    for rule, outcome, is_withdrawn in [
        ("lr_too_low", tried(0.6, 0.6), True),
        ("lr_too_low", tried(0.6, 0.66), False),  # perhaps a gain
        ("lr_too_low", tried(0.6, 0.5, share=0.3), False),  # there was no time
        ("lr_too_low", tried(0.6, 0.9, True), False),
        ("softmax_one_unit", tried(0.6, 0.6), False),
        ("lr_too_low", tried(np.nan, np.nan), True),
    ]:
        assert _judged(rule, outcome).withdrawn == is_withdrawn, outcome


SCRIPT = """
import jax.numpy as jnp
import numpy as np
import keras

keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(160, 4)).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.05), "mse")
model.fit(x, 1000 * (x[:, 0] - x[:, 1]) + 5000, epochs=6, verbose=0)
"""


def test_the_command(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    command = [sys.executable, "-m", "gyeol", "doctor", "--json", "--try", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    found = {f["rule"]: f for f in json.loads(done.stdout)["findings"]}["unscaled_target"]
    assert list(found)[:6] == ["rule", "severity", "where", "evidence", "cause", "remedy"]
    assert found["tried"]["measure"] == "R^2" and found["tried"]["helps"] is True


INTERRUPTED = """
import os, signal, sys
from gyeol.doctor import bench

scores, made = bench.Bench.scores, []


def interrupted(self, trial):
    made.append(trial)
    if len(made) == int(sys.argv[1]):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.kill(os.getpid(), signal.SIGINT)
    return scores(self, trial)


bench.Bench.scores = interrupted
"""


def test_an_interruption_leaves_what_was_found_until_then(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT.replace("fit(x,", "fit(100 * x,") + INTERRUPTED)
    page = tmp_path / "report.html"
    command = [sys.executable, "-m", "gyeol", "doctor", "--json", "--try", "--html", str(page)]
    done = subprocess.run([*command, path, "3"], capture_output=True, text=True)
    assert done.returncode == 130 and done.stderr.endswith("gyeol: Interrupted.\n"), done.stderr
    found = json.loads(done.stdout)["findings"]
    assert {"unscaled_target", "unscaled_input"} <= {finding["rule"] for finding in found}
    # After the program as it stands one remedy was tried; it might have helped beside another.
    (outcome,) = [finding["tried"] for finding in found if "tried" in finding]
    assert not outcome["helps"] and not outcome["withdrawn"]
    assert "It was interrupted." in page.read_text(encoding="utf-8")


def test_a_saved_model_is_no_program_to_try(tmp_path, capsys):
    (tmp_path / "model.keras").write_bytes(b"")
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--try", str(tmp_path / "model.keras"), "data.npz"])
    assert left.value.code == 2 and "--try takes a script" in capsys.readouterr().err
