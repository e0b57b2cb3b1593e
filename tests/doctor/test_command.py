"""`gyeol doctor` on a saved model and its data."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gyeol as keras
from gyeol import doctor
from gyeol.cli import main
from gyeol.cli.doctor import _code_of

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"
RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4)).astype("float32")


def saved(folder, x, last="linear", **arrays):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, last)])
    model.compile("adam", "mse")
    model.save(folder / "model.keras")
    np.savez(folder / "data.npz", x=x, y=X[:, 0], **arrays)
    return [str(folder / "model.keras"), str(folder / "data.npz")]


def run(*arguments):
    with pytest.raises(SystemExit) as left:
        main(["doctor", *arguments])
    return left.value.code


def test_healthy_and_not(tmp_path, capsys):
    assert run(*saved(tmp_path, X)) == 0
    assert capsys.readouterr().out == "Nothing was found.\n"
    files = saved(tmp_path, 900 * X, x_val=X[:40], y_val=X[:40, 0])
    assert run(*files) == 1
    told = capsys.readouterr().out
    assert told.startswith("error, preprocess_mismatch, validation_data\n  Its inputs are of size")
    assert "\n\nwarning, unscaled_input, x\n" in told and "\n  Instead: A Normalization()" in told
    assert run("--json", *files) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    keys = ["rule", "severity", "where", "evidence", "cause", "remedy"]
    assert [list(finding) for finding in findings] == [keys, keys]
    assert [finding["rule"] for finding in findings] == ["preprocess_mismatch", "unscaled_input"]


def test_what_cannot_be_looked_at(tmp_path, capsys):
    files = saved(tmp_path, X)
    np.savez(tmp_path / "other.npz", a=X)
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 and no more")
    for arguments, words in [
        ([], "Say what to look at"),
        ([files[0]], "Say which data too"),
        ([files[0], str(tmp_path / "dat.npz")], "There is no"),
        ([str(tmp_path / "script.py")], "There is no"),
        ([files[0], str(tmp_path / "other.npz")], "holds a; it needs x and y"),
        ([files[0], str(tmp_path / "torn.npz")], "no .npz file that can be read"),
    ]:
        assert run(*arguments) == 2
        said = capsys.readouterr().err
        assert words in said and said.count("\n") == 1, said


def test_the_rules_are_those_of_the_page(capsys):
    assert run("--rules") == 0
    told = capsys.readouterr().out
    assert re.findall(r"^(\w+): .+$", told, re.M) == list(doctor.RULES)
    assert re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.M) == list(
        doctor.RULES
    )


SCRIPT = """
import sys
import numpy as np
from tensorflow import keras

x = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
y = x[:, 0] - x[:, 1]
keras.utils.set_random_seed(0)

def network(last):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation=last)])
    model.compile("adam", "mse", metrics=["accuracy"] if last is None else ["mae"])
    return model


for _ in range(2):
    network(None).fit(900 * x, y, validation_split=0.2, epochs=1, verbose=0)
network("relu").fit([(x[:32], y[:32]), (x[32:], y[32:])], verbose=0)
best = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
model = network("tanh")
model.fit(x, y / 10, validation_data=(x + 1, y / 10), callbacks=[best], verbose=0)
model.evaluate(x, y, verbose=0)
model.evaluate(x + 1, y, verbose=0)
network(None).fit(((x, y) for _ in range(3)), steps_per_epoch=3, verbose=0)
print("RESULT", *sys.argv[1:])
"""


def test_a_script_is_run_and_its_models_are_told_apart_by_line(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    command = [sys.executable, "-m", "gyeol", "doctor"]
    done = subprocess.run([*command, str(path), "--depth", "3"], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("RESULT --depth 3\n")
    heads = re.findall(r"^(?:error|warning|note), .*", done.stdout, re.M)
    assert heads == [
        "error, wrong_last_activation, line 18, layer 'dense_2'",
        "warning, unscaled_input, line 17, x",
        "warning, test_as_validation, line 21, validation_data",
        "note, misleading_metric, line 17, compile(metrics=...)",
        "note, too_few_updates, line 17, fit",
        "note, too_few_updates, line 18, fit",
        "note, too_few_updates, line 21, fit",
        "note, misleading_metric, line 24, compile(metrics=...)",
        "note, too_few_updates, line 24, fit",
    ]
    done = subprocess.run([*command, "--json", str(path)], capture_output=True, text=True)
    assert done.returncode == 1 and "RESULT" in done.stderr
    assert len(json.loads(done.stdout)["findings"]) == 9


def test_a_script_that_fails_is_told_apart(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT.replace("print(", "raise KeyError("))
    command = [sys.executable, "-m", "gyeol", "doctor", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and "KeyError" in done.stderr and "unscaled_input" in done.stdout


@pytest.mark.parametrize(
    "end, code, said",
    [
        ("sys.exit('no data')", 2, "no data\n"),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt\ngyeol: Interrupted.\n"),
    ],
)
def test_how_a_script_ends(tmp_path, end, code, said):
    path = tmp_path / "train.py"
    path.write_text(f"import sys\n{end}\n")
    command = [sys.executable, "-m", "gyeol", "doctor", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.endswith(said) and (code == 130 or done.stderr == said)


def test_which_ends_are_sound(capsys):
    for end, code in [(None, 0), (0, 0), (False, 0), (1, 2), (130, 130), ("", 2), (0.0, 2)]:
        assert _code_of(SystemExit(end)) == code, end
    assert capsys.readouterr() == ("", "\n0.0\n")  # as Python says them


STEERED = """
import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(0)
x_train = rng.normal(size=(200, 5)).astype("float32")
x_test = np.concatenate([x_train[:30], rng.normal(size=(30, 5)).astype("float32")])
model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True)
held = {held}
model.fit(x_train, x_train[:, 0], validation_data=(held, held[:, 0]), callbacks=[stop], verbose=0)
model.{use}
"""


def test_what_a_script_calls_its_rows_and_what_it_tests_on(tmp_path):
    path = tmp_path / "train.py"
    leak, steered = ("data_leak", "validation_data"), ("test_as_validation", "validation_data")
    for held, use, wanted in [
        ("x_test[30:]", "evaluate(x_test, x_test[:, 0])", [("data_leak", "x of evaluate")]),
        ("x_test", "predict(x_test)", [leak, steered]),
        ("x_train[:9] + 1", "predict(x_test)", [("data_leak", "x of predict")]),
        ("x_train[:9] + 1", "predict(x_test[30:])", []),
        ("x_train[:9] + 1", "predict(np.concatenate([x_train, x_test]))", []),
        ("x_test[30:]", "evaluate(np.concatenate([x_train, held]), np.zeros(230))", []),
    ]:
        path.write_text(STEERED.format(held=held, use=use))
        done = subprocess.run(
            [sys.executable, "-m", "gyeol", "doctor", str(path), "--json"],
            capture_output=True,
            text=True,
        )
        places = [
            (f["rule"], f["where"].split(", ")[-1]) for f in json.loads(done.stdout)["findings"]
        ]
        assert [
            place for place in places if place[0] in ("data_leak", "test_as_validation")
        ] == wanted
