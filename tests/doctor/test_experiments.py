"""What keeps a training from learning is found by short trainings without it."""

import runpy

import jax
import numpy as np
import pytest

from gyeol import random
from gyeol.cli.doctor import _experiment
from gyeol.doctor.bench import Bench
from gyeol.doctor.experiments import by_experiment, by_holding_out, half_way
from gyeol.doctor.watching import watching

PROGRAM = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
x = rng.normal(size=(1200, 4)).astype("float32")
y = {target}
WIDE = layers.Dense(24, "relu")
NARROW = keras.constraints.MaxNorm(1e-4)
model = keras.Sequential([keras.Input((4,)), {hidden}, layers.Dense({end})])
model.compile(keras.optimizers.{optimizer}, {loss!r})
model.fit(x, y, epochs={epochs}, batch_size=20, verbose=0)
"""
RINGS = "(np.hypot(x[:, 0], x[:, 1]) > 1.2).astype('float32')"
TWO_WIDE = ", ".join(["layers.Dense(128, 'relu')"] * 2)
# A few rows lie so far out that all others are alike.
FAR_OUT = f"{RINGS}; x = np.where(rng.random((1200, 4)) < 0.004, 999, x); x /= x.max(axis=0)"
SLOWER = "keras.optimizers.schedules.ExponentialDecay(0.1, 900, 0.9)"
PENALIZED = "layers.Dense(24, 'relu', kernel_regularizer='l2')"
DEEP = ", ".join(["layers.Dense(24, 'tanh')"] * 4)
SOUND = {
    "target": RINGS,
    "hidden": "layers.Dense(24, 'relu')",
    "end": "1, 'sigmoid'",
    "optimizer": "Adam(0.01)",
    "loss": "binary_crossentropy",
    "epochs": 20,
}


def watched(tmp_path, **changes):
    path = tmp_path / "train.py"
    path.write_text(PROGRAM.format(**{**SOUND, **changes}))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (fit,) = seen.fits.values()
    return seen, fit


@pytest.mark.parametrize(
    "rule, changes",
    [
        ("lr_too_low", {"optimizer": "SGD(0.001)"}),
        ("lr_too_low", {"optimizer": "SGD(0.001)", "hidden": PENALIZED}),
        ("lr_too_high", {"optimizer": "Adam(0.1)", "hidden": DEEP}),
        ("capacity_too_small", {"hidden": "layers.Dense(2, 'relu')"}),
        ("too_few_updates", {"epochs": 1, "optimizer": "Adam(0.002)"}),
        ("unscaled_input", {"target": FAR_OUT}),
        ("lr_too_high", {"optimizer": f"Adam({SLOWER})", "hidden": DEEP}),
        ("excess_regularization", {"hidden": "layers.Dense(24, 'relu', kernel_constraint=NARROW)"}),
        (
            "lr_too_low",
            {"optimizer": "SGD(keras.optimizers.schedules.InverseTimeDecay(0.2, 1, 1.0))"},
        ),
        (
            "excess_dropout",
            {"hidden": "layers.Rescaling(0.3), layers.GaussianNoise(1.0), WIDE"},
        ),
    ],
)
def test_the_change_that_helps_most_is_named_with_what_it_brings(tmp_path, rule, changes):
    seen, fit = watched(tmp_path, **changes)
    found = by_experiment(fit)
    assert rule in [finding.rule for finding in found], (found, fit.facts.reached)
    evidence = next(finding.evidence for finding in found if finding.rule == rule)
    assert "accuracy 0." in evidence and "rows of its own" in evidence
    seen.settle(fit, found)
    assert seen.findings[0].rule == found[0].rule
    assert seen.findings[0].where.startswith(fit.place)


def test_what_was_found_before_an_interruption_is_told(tmp_path, monkeypatch):
    seen, _ = watched(tmp_path, optimizer="SGD(0.001)")
    scores, tried = Bench.scores, []

    def interrupted(self, trial):
        tried.append(trial)
        if len(tried) == 4:  # the program as it stands, and two rates, came before
            raise KeyboardInterrupt
        return scores(self, trial)

    monkeypatch.setattr(Bench, "scores", interrupted)
    states = random.states()
    with pytest.raises(KeyboardInterrupt):
        _experiment(seen, {})
    (first, *_) = seen.findings
    assert first.rule == "lr_too_low" and "rows of its own" in first.evidence
    assert str(random.states()) == str(states)


TRUTH = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32"), np.array([0, 1, 1, 0])
model = keras.Sequential([keras.Input((2,)), layers.Dense(16, "tanh"), layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.SGD({rate}), "mse")
model.fit(x, y, epochs=400, batch_size=1, verbose=0)
"""


@pytest.mark.parametrize("rate, told", [(1e-3, ["lr_too_low"]), (0.5, [])])
def test_a_table_of_truth_is_measured_by_its_own_rows(tmp_path, rate, told):
    path = tmp_path / "train.py"
    path.write_text(TRUTH.format(rate=rate))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (fit,) = seen.fits.values()
    found = by_experiment(fit)
    assert [finding.rule for finding in found][:1] == told, (found, fit.facts.reached)
    assert all("on the 4 rows themselves" in finding.evidence for finding in found)


WORDS = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
kinds, x = np.arange(60) % 4, rng.integers(0, 60, (1200, 12))
y = np.array([np.bincount(kinds[row], minlength=4).argmax() for row in x])
parts = [layers.Embedding(60, 1), layers.GlobalAveragePooling1D(), layers.Dense(4, "softmax")]
model = keras.Sequential(parts)
model.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy")
model.fit(x, y, epochs=20, batch_size=20, verbose=0)
"""
MEMORY = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x, y = rng.normal(0, 0.3, (1200, 60, 1)), rng.integers(0, 2, 1200)
x[:, 2, 0] += 4 * y - 2
first = layers.GRU(16)
model = keras.Sequential([first, layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
model.fit(x, y, epochs=20, verbose=0)
"""


LINEAR = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
x = np.random.default_rng(3).normal(size=(1200, 2)).astype("float32")
y = (np.hypot(x[:, 0], x[:, 1]) > 1.2).astype("float32")
model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(x, y, epochs=20, verbose=0)
"""
FUNCTIONAL = LINEAR.replace(
    'model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "sigmoid")])',
    'given = keras.Input((2,))\nmodel = keras.Model(given, layers.Dense(1, "sigmoid")(given))',
)


@pytest.mark.parametrize(
    "text, told",
    [(LINEAR, "capacity_too_small"), (WORDS, "capacity_too_small"), (MEMORY, "vanishing_gradient")],
)
def test_what_holds_back_linear_models_words_and_series(tmp_path, monkeypatch, text, told):
    for module in ("bench", "experiments"):  # as many steps as there are, on any machine
        monkeypatch.setattr(f"gyeol.doctor.{module}._SECONDS", 300.0)
    path = tmp_path / "train.py"
    path.write_text(text)
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (fit,) = seen.fits.values()
    found = by_experiment(fit)
    assert told in [finding.rule for finding in found], (found, fit.facts.reached)


def test_a_change_that_cannot_be_made_is_left_out(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(FUNCTIONAL.replace("Adam(0.01)", "SGD(1e-6)"))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (fit,) = seen.fits.values()
    assert by_experiment(fit) == []


def test_nothing_is_named_where_nothing_helps_and_nothing_changes(tmp_path):
    _, fit = watched(tmp_path, target="rng.integers(0, 2, 1200).astype('float32')")
    weights, states = fit.model.get_weights(), random.states()
    assert fit.facts.reached > 0.35 and by_experiment(fit) == []
    before = [*weights, *jax.tree.leaves(states)]
    after = [*fit.model.get_weights(), *jax.tree.leaves(random.states())]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_training_that_learns_is_left_alone(tmp_path, monkeypatch):
    _, fit = watched(tmp_path)
    monkeypatch.setattr("gyeol.doctor.experiments.Bench", None)
    assert fit.facts.reached < 0.35 and by_experiment(fit) == []


FAIR = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
x = np.random.default_rng(3).uniform(-1, 1, (1200, 3)).astype("float32")
y = np.stack([np.cos(2 * x[:, 0]) + x[:, 1], x[:, 1] * x[:, 2] - x[:, 0]], axis=1)
hidden = [layers.Dense({units}, "tanh") for _ in range(2)]
model = keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2)])
model.compile(keras.optimizers.Adam(0.01), "mse")
model.fit(x, y, epochs=40, verbose=0)
"""


def test_what_is_missing_to_a_fair_training_is_a_note(tmp_path):
    path = tmp_path / "train.py"
    for units, told in [(2, "capacity_too_small"), (32, None)]:
        path.write_text(FAIR.format(units=units))
        with watching(str(path)) as seen:
            runpy.run_path(str(path))
        (fit,) = seen.fits.values()
        assert fit.facts.reached < 0.35 and by_experiment(fit) == []
        found = half_way(fit)
        assert (found and (found.rule, found.severity)) == (told and (told, "note"))


def test_rows_that_are_learned_by_heart_are_told_from_others(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PROGRAM", PROGRAM.replace("1200", "120"))
    easy = "(x[:, 0] > 0).astype('float32')"
    noise = "rng.integers(0, 2, 120).astype('float32')"
    for target, speaks in [(noise, True), (easy, False)]:
        _, fit = watched(tmp_path, target=target, hidden=TWO_WIDE, epochs=150)
        assert fit.facts.reached < 0.15
        found = by_holding_out(fit)
        assert found is None if not speaks else found.rule == "overfitting"


def test_rows_that_are_evaluated_are_told_from_those_that_are_learned_by_heart(tmp_path):
    path = tmp_path / "train.py"
    program = PROGRAM.format(**SOUND) + "model.evaluate({rows}, y[:200], verbose=0)\n"
    for rows, told in [
        ("x[:200, ::-1]", "preprocess_mismatch"),
        ("x[:200]", None),
    ]:
        path.write_text(
            program.replace("model.fit(x, y", "model.fit(x[200:], y[200:]").format(rows=rows)
        )
        with watching(str(path)) as seen:
            runpy.run_path(str(path))
        (fit,) = seen.fits.values()
        found = by_holding_out(fit)
        assert (found and found.rule) == told, (fit.facts.scored, fit.facts.reached)


@pytest.mark.parametrize("rows, told", [("-x[900:]", "preprocess_mismatch"), ("x[900:]", None)])
def test_validation_rows_of_another_kind(tmp_path, rows, told):
    path = tmp_path / "train.py"
    sound = PROGRAM.format(**{**SOUND, "target": "(x[:, 0] > 0.3).astype('float32')"})
    held = f"validation_data=({rows}, y[900:]), "
    path.write_text(sound.replace("model.fit(x, y, ", f"model.fit(x[:900], y[:900], {held}"))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    found = by_holding_out(*seen.fits.values())
    assert (found and (found.rule, found.where)) == (told and (told, "validation_data"))


FROZEN = """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
x = np.random.default_rng(3).normal(size=(1200, 4)).astype("float32")
y = (np.hypot(x[:, 0], x[:, 1]) > 1.2).astype("float32")
first = layers.Dense(24, "relu")
small = keras.initializers.RandomNormal(0.0, 0.01)
second = layers.Dense(9, "tanh", trainable={trainable}, kernel_initializer=small)
inputs = keras.Input((4,))
third = layers.Dense(9, "tanh")
model = keras.Model(inputs, layers.Dense(1, "sigmoid")(third(second({given}))))
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
model.fit(x, y, epochs=30, batch_size=20, verbose=0)
"""


@pytest.mark.parametrize(
    "trainable, given, told",
    [
        (False, "inputs", "trainable=True"),
        (True, "first(inputs)", None),
    ],
)
def test_layers_that_are_frozen_as_they_were_drawn(tmp_path, trainable, given, told):
    path = tmp_path / "train.py"
    path.write_text(FROZEN.format(trainable=trainable, given=given))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    found = by_experiment(*seen.fits.values())
    assert [f.rule for f in found if told and told in f.evidence] == ["capacity_too_small"] * bool(
        told
    )


def test_a_layer_is_tried_before_the_only_one_of_any_graph(tmp_path):
    path = tmp_path / "train.py"
    skipped = "layers.Dense(1, 'sigmoid')(inputs)"
    text = FROZEN.format(trainable=True, given="first(inputs)")
    written = 'layers.Dense(1, "sigmoid")(third(second(first(inputs))))'
    path.write_text(text.replace(written, skipped))
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (finding, *_) = by_experiment(*seen.fits.values())
    assert finding.rule == "capacity_too_small" and "before it" in finding.evidence


def test_of_several_outputs_the_one_that_learned_nothing_counts(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(
        """
import numpy as np, gyeol as keras
from gyeol import layers
keras.utils.set_random_seed(3)
x = np.random.default_rng(3).normal(size=(1200, 4)).astype("float32")
given = keras.Input((4,))
hidden = layers.Dense(24, "relu")(given)
narrow = layers.Dense(24, "relu")(layers.Dense(1, "relu")(hidden))
outputs = [layers.Dense(1, name="sum")(hidden), layers.Dense(1, "sigmoid", name="ring")(narrow)]
model = keras.Model(given, outputs)
model.compile("sgd", ["mse", "binary_crossentropy"])
y = [x.sum(axis=1), (np.hypot(x[:, 0], x[:, 1]) > 1.2).astype("float32")]
model.fit(x, y, epochs=30, batch_size=20, verbose=0)
"""
    )
    with watching(str(path)) as seen:
        runpy.run_path(str(path))
    (fit,) = seen.fits.values()
    assert fit.facts.reached > 0.9
    assert fit.history["sum_loss"][-1] < 0.01
    told = [finding for finding in seen.findings if finding.rule == "chance_level"]
    assert seen.findings[0].rule == "capacity_too_small", seen.findings
    assert [finding.where for finding in told] == ["line 13, layer 'ring'"], seen.findings
