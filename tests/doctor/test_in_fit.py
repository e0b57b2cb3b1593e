"""The doctor in every `fit`: what it says, when, and that the training is the same without it."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import gyeol as keras
from gyeol import config
from gyeol.doctor import RULES, attendance
from gyeol.doctor.facts import Facts, Selection
from gyeol.layers import Dense, Input

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 4)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


@pytest.fixture(autouse=True)
def the_usual_mode(monkeypatch):
    monkeypatch.setattr(config, "_doctor", None)
    monkeypatch.delenv("GYEOL_DOCTOR", raising=False)


def network(*hidden, optimizer="adam", last=None, loss="mse", **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([Input((4,)), *hidden, Dense(1, last)])
    model.compile(optimizer, loss, **options)
    return model


def test_it_says_a_mistake_once_before_the_first_step_and_trains(capsys):
    for _ in range(3):
        history = network().fit(900 * X, Y, epochs=0, verbose=0)
        assert [finding.rule for finding in history.findings] == ["unscaled_input"]
    said = capsys.readouterr().err
    assert re.fullmatch(
        r"gyeol: warning, unscaled_input, x\n  Its? .+\n  Instead: A Normalization\(\) .+\n"
        r"|gyeol: warning, unscaled_input, x\n  Column .+\n  Instead: A Normalization\(\) .+\n",
        said,
    ), said


def test_healthy_programs_hear_nothing(capsys):
    history = network(Dense(8, "relu")).fit(X, Y, validation_split=0.2, verbose=0)
    assert history.findings == [] and capsys.readouterr().err == ""


def test_of_many_mistakes_the_three_gravest_are_said(capsys):
    bad = Dense(8, kernel_initializer=keras.initializers.RandomNormal(stddev=50.0))
    model = network(bad, optimizer=keras.optimizers.Adam(9.0), last="relu")
    history = model.fit(900 * X, 900 * Y, epochs=0, verbose=0)
    assert len(history.findings) > 3
    heads = re.findall(r"^gyeol: (\w+), (\w+)", capsys.readouterr().err, re.M)
    assert heads == [(f.severity, f.rule) for f in history.findings][:3]
    assert heads[0][0] == "error"


def test_it_can_be_switched_off(capsys, monkeypatch):
    config.set_doctor("off")
    assert network().fit(900 * X, Y, epochs=0, verbose=0).findings == []
    config.set_doctor("warn")
    monkeypatch.setenv("GYEOL_DOCTOR", "off")
    assert network().fit(900 * X, Y, epochs=0, verbose=0).findings
    monkeypatch.setattr(config, "_doctor", None)
    capsys.readouterr()
    assert network().fit(900 * X, Y, epochs=0, verbose=0).findings == []
    assert capsys.readouterr().err == ""


def test_a_mode_that_there_is_not_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="'off', 'warn' or 'error'; got 'loud'"):
        config.set_doctor("loud")
    monkeypatch.setenv("GYEOL_DOCTOR", "loud")
    with pytest.raises(ValueError, match="GYEOL_DOCTOR"):
        network().fit(X, Y, epochs=0, verbose=0)


def test_as_an_error_nothing_is_trained_and_the_model_is_as_it_was():
    config.set_doctor("error")
    model = network()
    before = model.get_weights()
    with pytest.raises(ValueError, match="unscaled_input") as raised:
        model.fit(900 * X, Y, verbose=0)
    assert "set_doctor('warn')" in str(raised.value)
    assert not model.optimizer.built and model.history is None
    for one, other in zip(before, model.get_weights()):
        np.testing.assert_array_equal(one, other)
    assert model.fit(X, Y, epochs=0, verbose=0).findings == []


def test_as_an_error_a_training_that_breaks_ends_there():
    config.set_doctor("error")
    batches = [(X[:32], Y[:32]), (np.full((32, 4), 3e38, "float32"), Y[32:64]), (X[64:], Y[64:])]
    model = network(Dense(8, "relu"), optimizer="sgd")
    with pytest.raises(ValueError, match="exploding_gradient"):
        model.fit(batches, epochs=9, verbose=0)
    assert int(model.optimizer.iterations) <= 3


def test_a_loss_that_breaks_is_said_with_its_step_and_layer(capsys):
    # The seventh batch of 8 rows is the one that no weights survive.
    x = X.copy()
    x[48:56] = 3e38
    model = network(Dense(8, name="first"), optimizer="sgd")
    history = model.fit(x, Y, batch_size=8, shuffle=False, epochs=2, verbose=0)
    finding = next(f for f in history.findings if f.rule == "exploding_gradient")
    assert "step 7 of epoch 1" in finding.evidence and finding.where == "layer 'first'"
    assert finding.severity == "error" and "exploding_gradient" in capsys.readouterr().err


def test_the_root_leads_what_follows_from_it():
    model = network(Dense(8, "relu"), optimizer=keras.optimizers.SGD(0.1))
    history = model.fit(1e4 * X, Y, epochs=3, verbose=0)
    assert [(f.rule, f.severity) for f in history.findings[:2]] == [
        ("unscaled_input", "error"),
        ("exploding_gradient", "error"),
    ]


def test_training_gives_the_same_bits_with_and_without_it():
    results = []
    for mode in ("off", "warn"):
        config.set_doctor(mode)
        # Stuck from the start, so that the doctor looks into the network too.
        keras.utils.set_random_seed(0)
        dead = Dense(8, "relu", bias_initializer=keras.initializers.Constant(-90.0))
        model = network(dead, keras.layers.Dropout(0.3), last="tanh")
        history = model.fit(X, Y, batch_size=8, epochs=30, verbose=0)
        results.append((history.history["loss"], model.get_weights()))
        assert ("dying_relu" in [f.rule for f in history.findings]) == (mode == "warn")
    assert results[0][0] == results[1][0]
    for one, other in zip(results[0][1], results[1][1]):
        np.testing.assert_array_equal(one, other)


def test_weights_that_were_trained_are_no_first_weights():
    large = keras.initializers.RandomNormal(stddev=50.0)
    model = network(Dense(8, "relu", kernel_initializer=large), optimizer="sgd")
    assert "bad_init" in [f.rule for f in model.fit(X, Y, epochs=0, verbose=0).findings]
    model.optimizer.iterations.assign(1)
    assert model.fit(X, Y, epochs=0, verbose=0).findings == []


def test_rows_that_steered_the_training_are_no_test(capsys):
    held = X[:32] + 0.1
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    model = network()
    model.fit(X, Y, validation_data=(held, Y[:32]), callbacks=[stop], verbose=0)
    assert capsys.readouterr().err == ""
    model.evaluate(X[:40], Y[:40], verbose=0)
    assert capsys.readouterr().err == ""
    model.evaluate(held, Y[:32], verbose=0)
    model.evaluate(held, Y[:32], verbose=0)
    assert [f.rule for f in model.history.findings] == ["test_as_validation"]
    # Others may be evaluated yet; `gyeol doctor`, which sees the end, says it.
    assert capsys.readouterr().err == ""


def test_rows_that_are_called_a_test_and_steer_the_training(capsys):
    x_test = X[:32] + 0.1
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    network().fit(X, Y, validation_data=(x_test, Y[:32]), callbacks=[stop], verbose=0)
    said = capsys.readouterr().err
    assert said.startswith("gyeol: warning, test_as_validation, validation_data\n")
    assert "It is called x_test, and EarlyStopping chose by it." in said


def test_rows_on_another_scale_are_named_where_they_are_predicted(capsys):
    model = network(Dense(8, "relu"))
    model.fit(X, Y, verbose=0)
    model.predict(X[:40] + 1, verbose=0)
    assert capsys.readouterr().err == ""
    model.predict(9 * X[:40], verbose=0)  # what lies beyond the data is worth a question
    assert capsys.readouterr().err == ""
    model.history.findings.clear()
    model.predict(300 * X[:40], verbose=0)
    said = capsys.readouterr().err
    assert said.startswith("gyeol: error, preprocess_mismatch, x of predict")


def test_rows_may_be_no_test_where_others_are_evaluated():
    held, test = X[:32] + 0.1, X[:32] - 0.1
    for first, second in ((held, test), (test, held)):
        model = network()
        stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
        model.fit(X, Y, validation_data=(held, Y[:32]), callbacks=[stop], verbose=0)
        model.evaluate(first, Y[:32], verbose=0)
        model.evaluate(second, Y[:32], verbose=0)
        told = [(f.rule, f.severity) for f in model.history.findings]
        assert told == [("test_as_validation", "note")]


def test_a_rate_that_a_callback_may_set_is_not_judged():
    def schedule(epoch):
        return 1e-3

    class Own(keras.callbacks.Callback):
        pass

    for callbacks, rules in (
        ([], ["lr_too_low"]),
        ([keras.callbacks.CSVLogger(os.devnull)], ["lr_too_low"]),
        ([keras.callbacks.LearningRateScheduler(schedule)], []),
        ([Own()], []),
    ):
        model = network()
        model.compile(keras.optimizers.Adam(1e-8), model.loss)
        history = model.fit(X, Y, callbacks=callbacks, verbose=0)
        assert [f.rule for f in history.findings] == rules


def test_models_and_data_of_every_make_are_looked_at():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = Dense(1)

        def call(self, inputs):
            return self.inner(inputs)

    own = Own()
    own.compile("adam", "mse")
    assert own.fit(X, Y, verbose=0).findings == []
    batches = [(900 * X[:32], Y[:32]), (900 * X[32:], Y[32:])]
    assert [f.rule for f in network().fit(batches, verbose=0).findings] == ["unscaled_input"]
    found = network().fit((batch for batch in batches), steps_per_epoch=2, verbose=0).findings
    assert [f.rule for f in found] == ["unscaled_input"]


def test_a_failure_of_its_own_ends_no_training(monkeypatch):
    monkeypatch.setattr(attendance, "collect", lambda *args: 1 / 0)
    with pytest.warns(UserWarning, match="could not look at this training: ZeroDivisionError"):
        history = network().fit(X, Y, verbose=0)
    assert len(history.history["loss"]) == 1 and history.findings == []


def test_it_speaks_korean_in_yellow_where_somebody_looks(tmp_path):
    """On a terminal, of a program that changes nothing but its import."""
    path = tmp_path / "train.py"
    path.write_text(
        "import numpy as np, gyeol as keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\n"
        "model.fit(900 * np.random.normal(size=(64, 4)), np.zeros(64), verbose=0)\n"
    )
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    env = {**os.environ, "GYEOL_LANG": "ko", "PYTHONIOENCODING": "utf-8"}
    env.pop("NO_COLOR", None)
    done = subprocess.run([sys.executable, str(path)], stderr=slave, env=env, check=False)
    os.close(slave)
    said = os.read(master, 1 << 16).decode()
    os.close(master)
    assert done.returncode == 0 and said.startswith("\x1b[33mgyeol: 경고, unscaled_input"), said


def test_findings_go_into_json():
    found = network().fit(900 * X, Y, epochs=0, verbose=0).findings
    assert json.loads(json.dumps([finding.as_dict() for finding in found]))[0]["rule"]


def test_weights_of_another_epoch_than_the_best_are_named():
    held = (X[64:], RNG.normal(size=(32, 1)))
    names = []
    for restore in (False, True):
        stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=restore)
        model = network(Dense(32, "relu"), optimizer=keras.optimizers.Adam(0.02))
        history = model.fit(
            X[:64], Y[:64], epochs=60, validation_data=held, callbacks=[stop], verbose=0
        )
        assert len(history.epoch) < 60
        names.append([finding.rule for finding in history.findings])
    assert names == [["best_weights_lost"], []]
    facts = Facts(
        (),
        (),
        is_over=True,
        history={"val_loss": [3.0, 1.0, 2.0], "val_accuracy": [0.5, 0.6, 0.7]},
        selecting=(
            Selection("EarlyStopping", "val_loss", True),
            Selection("ModelCheckpoint", "val_accuracy", True),
        ),
    )
    finding = RULES["best_weights_lost"](facts)
    assert "EarlyStopping('val_loss') 2, ModelCheckpoint('val_accuracy') 3" in finding.evidence


def test_tables_that_were_scaled_each_by_its_own_rows():
    def standard(rows):
        return (rows - rows.mean(axis=0)) / rows.std(axis=0)

    def unit(rows):
        return (rows - rows.min(axis=0)) / np.ptp(rows, axis=0)

    table, later = RNG.normal(5, 2, (96, 4)), RNG.normal(4, 1, (40, 4))
    for scaled in (standard, unit, lambda rows: 2 * unit(rows) - 1):
        x = scaled(table)
        for rows, speaks in [
            (scaled(later), True),
            (x, False),
            (x[:40], False),
            (later / 9, False),
        ]:
            model = network(Dense(8, "relu"))
            model.fit(x, Y, validation_split=0.2, verbose=0)
            model.predict(rows, verbose=0)
            rules = [f.rule for f in model.history.findings if f.severity != "note"]
            assert rules == ["preprocess_mismatch"] * speaks, scaled
