"""`gyeol doctor` on a saved model and its data."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import gyeol as keras
from gyeol import doctor
from gyeol.cli import main

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
    (tmp_path / "script.py").write_text("")
    for arguments, words in [
        ([], "Say which model"),
        ([files[0], str(tmp_path / "dat.npz")], "There is no"),
        ([files[0], str(tmp_path / "other.npz")], "holds a; it needs x and y"),
        ([files[0], str(tmp_path / "torn.npz")], "no .npz file that can be read"),
        ([str(tmp_path / "script.py"), files[1]], "not yet at scripts"),
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
