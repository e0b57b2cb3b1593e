"""The command line from end to end, on the digits that ship with gyeol."""

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gyeol
from gyeol import cli, datasets, report
from gyeol.cli.predict import prepared
from gyeol.datasets import digits, store
from gyeol.datasets.download import DataSetError

SOURCES = str(Path(gyeol.__file__).parents[1])
PIMA = Path(__file__).parents[2].parent / "shared" / "datasets" / "pima-indians-diabetes.csv"
FILES = [
    "config.json",
    "curves.png",
    "history.csv",
    "model.keras",
    "predictions.png",
    "report.html",
]


@pytest.fixture
def gyeol_run(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder: its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GYEOL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GYEOL_DEBUG", raising=False)

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of one whole `gyeol train digits`, and what it said."""
    folder = tmp_path_factory.mktemp("trained")
    result = subprocess.run(
        [sys.executable, "-c", "from gyeol.cli import main; main()", "train", "digits"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return folder / "runs" / "digits-1", result.stdout


def accuracy_said(out):
    return float(out.partition("accuracy ")[2].partition(",")[0])


def test_train_digits_leaves_a_good_model_and_all_about_it(trained):
    folder, said = trained
    assert sorted(path.name for path in folder.iterdir()) == FILES
    for name in ("curves.png", "predictions.png"):
        with Image.open(folder / name) as image:
            assert image.format == "PNG" and min(image.size) > 300
    with open(folder / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert len(rows) == config["epochs"] and rows[0]["epoch"] == "1"
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} < set(rows[0])
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert config["dataset"] == "digits" and config["seed"] == 0
    assert config["class_names"] == list("0123456789")
    assert config["versions"]["gyeol"] == gyeol.__version__
    assert config["test"]["accuracy"] >= 0.97
    for words in (
        "Total params",
        "Epoch 1/",
        "Of 360 test samples, ",
        "runs/digits-1",
        "curves.png",
    ):
        assert words in said.replace(os.sep, "/")
    assert accuracy_said(said) == round(config["test"]["accuracy"], 4)


def test_evaluate_a_run_and_a_file(trained, gyeol_run):
    folder, said = trained
    for arguments in ([folder], [folder, "digits"], [folder / "model.keras", "digits"]):
        code, out, err = gyeol_run("evaluate", *arguments)
        assert (code, err) == (0, "") and accuracy_said(out) == accuracy_said(said)


def test_evaluate_a_file_alone(trained, gyeol_run, tmp_path):
    folder, said = trained
    (tmp_path / "alone.keras").write_bytes((folder / "model.keras").read_bytes())
    assert accuracy_said(gyeol_run("evaluate", "alone.keras", "digits")[1]) == accuracy_said(said)
    code, _, err = gyeol_run("evaluate", "alone.keras")
    assert code == 2 and err == "gyeol: Which data set? Say it after alone.keras.\n"


def test_summary(trained, gyeol_run):
    folder, _ = trained
    code, out, err = gyeol_run("summary", folder)
    assert (code, err) == (0, "")
    for words in ("conv2d", "Total params", "gyeol train digits --model conv", "accuracy 0.9"):
        assert words in out


def write_pictures(folder, count=12):
    """Test digits as they are, and as black ink somewhere on a sheet of white paper."""
    _, (x, y) = digits.load_data()
    plain, sheets = [], []
    for index in range(count):
        picture = Image.fromarray((x[index] * 15.9).astype(np.uint8))
        plain.append(folder / f"plain{index}.png")
        picture.save(plain[-1])
        sheet = Image.new("RGB", (300, 220), (250, 248, 240))
        ink = Image.fromarray(
            255 - np.asarray(picture.resize((120, 120), Image.Resampling.BICUBIC))
        )
        sheet.paste(ink.convert("RGB").point(lambda value: value * 245 // 255), (30 + index, 60))
        sheets.append(folder / f"sheet{index}.jpg")
        sheet.save(sheets[-1])
    return plain, sheets, y[:count]


def test_predict_pictures(trained, gyeol_run, tmp_path):
    plain, sheets, labels = write_pictures(tmp_path)
    code, out, err = gyeol_run("predict", trained[0], *plain)
    lines = out.splitlines()
    assert (code, err) == (0, "") and len(lines) == len(plain), "nothing had to be done to them"
    right = 0
    for path, line, label in zip(plain, lines, labels):
        name, _, answers = line.rpartition(": ")
        assert name == str(path) and answers.count(" %)") == 3
        right += answers.startswith(f"{label} (")
    assert right >= len(plain) - 1

    code, out, err = gyeol_run("predict", trained[0], *sheets)
    lines = out.splitlines()
    assert (code, err) == (0, "") and len(lines) == 2 * len(sheets)
    assert set(lines[1::2]) == {
        "  Inverted, as its ground is light. Cut to what is drawn. Resized from 300x220 to 8x8."
    }
    right = sum(f": {label} (" in line for line, label in zip(lines[::2], labels))
    assert right >= len(sheets) - 3


def test_predict_takes_any_kind_of_picture(trained, gyeol_run, tmp_path):
    grey = np.full((40, 30), 128, np.uint8)
    Image.fromarray(grey).save(tmp_path / "flat.png")
    glass = np.zeros((40, 30, 4), np.uint8)
    glass[5:35, 12:18] = 0, 0, 0, 255
    Image.fromarray(glass).save(tmp_path / "transparent.png")
    Image.fromarray(glass[..., 0]).convert("P").save(tmp_path / "palette.gif")
    Image.fromarray(grey > 0).save(tmp_path / "bits.png")
    names = ("flat.png", "transparent.png", "palette.gif", "bits.png")
    code, out, err = gyeol_run("predict", trained[0], *names)
    assert (code, err) == (0, "")
    flat, transparent = out.splitlines()[1:4:2]
    assert flat.startswith("  Its ground is neither light nor dark")
    assert transparent.startswith("  Inverted"), "behind glass lies white paper"


def test_pictures_become_inputs(tmp_path):
    path = tmp_path / "picture.png"
    grey = np.zeros((4, 6), np.uint16)
    grey[1:3, 2] = 40000
    Image.fromarray(grey).save(path)
    values, notes = prepared(path, (4, 6), 16)
    np.testing.assert_allclose(values, grey / 65535 * 16, atol=16 / 255)
    assert values.dtype == np.float32 and notes == []
    assert prepared(path, (4, 6, 1), 1.0)[0].shape == (4, 6, 1)

    colour = np.random.default_rng(0).integers(0, 256, (5, 5, 3), np.uint8)
    Image.fromarray(colour).save(path)
    np.testing.assert_array_equal(prepared(path, (5, 5, 3), 255)[0], colour)
    wide, notes = prepared(path, (10, 20, 3), 255)
    assert wide.shape == (10, 20, 3) and notes == ["Resized from 5x5 to 20x10."]


def test_the_command_in_config_repeats_the_run(gyeol_run):
    code, out, _ = gyeol_run(
        "train", "digits", "--model", "dense", "--epochs", 2, "--batch-size", 50, "--lr", 0.002,
        "--seed", 7, "--out", "first run",
    )  # fmt: skip
    assert code == 0
    config = json.loads(Path("first run/config.json").read_text(encoding="utf-8"))
    assert (config["epochs"], config["batch_size"], config["learning_rate"]) == (2, 50, 0.002)
    assert config["command"] in out
    before = Path("first run/history.csv").read_bytes()
    code, out, _ = gyeol_run(*shlex.split(config["command"])[1:])
    assert code == 0 and "The run in first run will be replaced." in out
    assert Path("first run/history.csv").read_bytes() == before
    assert sorted(os.listdir("first run")) == FILES
    gyeol_run("train", "digits", "--model", "dense", "--epochs", 2, "--seed", 8, "--out", "other")
    assert Path("other/history.csv").read_bytes() != before


SHORT = ("train", "digits", "--model", "dense", "--epochs", "2")


@pytest.fixture
def cut_off(monkeypatch):
    """Let the next run be interrupted while its last files are written."""

    def cut(error=None):
        def fail(*_):
            raise error or KeyboardInterrupt

        monkeypatch.setattr(report, "curves", fail)

    yield cut
    monkeypatch.undo()


def run_files(folder):
    """What a run leaves, less the date in the model and the time that it took."""
    folder = Path(folder)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    content = {name: (folder / name).read_bytes() for name in FILES if name != "model.keras"}
    # Further on are the layers, whose automatic names go up within a process.
    content["report.html"], model, _ = content["report.html"].partition(b"<h2>The model")
    assert model
    content["config.json"] = json.loads(content["config.json"])
    assert content["config.json"].pop("seconds") > 0
    model = gyeol.models.load_model(folder / "model.keras")
    variables = model.variables + model.optimizer.variables
    return {**content, "model.keras": [variable.numpy().tobytes() for variable in variables]}


def test_a_run_that_was_cut_off_is_finished(gyeol_run, cut_off, monkeypatch):
    assert gyeol_run(*SHORT, "--seed", 3, "--out", "q")[0] == 0
    whole = run_files("q")
    assert whole["config.json"]["finished"] is True
    shutil.rmtree("q")

    monkeypatch.setattr("gyeol.cli.clock.time", Clockwork())
    curves = report.curves
    cut_off()
    code, _, err = gyeol_run(*SHORT, "--seed", 3, "--out", "q")
    assert code == 130
    assert err == "gyeol: Interrupted. Go on with: gyeol train digits --out q --resume\n"
    config = json.loads(Path("q/config.json").read_text(encoding="utf-8"))
    assert config["finished"] is False and config["epochs"] == 2 and config["seed"] == 3
    for command in (["evaluate", "q"], ["summary", "q"], ["predict", "q", "picture.png"]):
        code, out, err = gyeol_run(*command)
        assert (code, out) == (2, "")
        assert err == (
            "gyeol: The run in q is not finished. Finish it with: "
            "gyeol train digits --out q --resume\n"
        )
    for options, words in (
        (("--lr", 0.01, "--epochs", 1), "begun with --epochs 2, --lr 0.001, not --epochs 1, --lr "),
        (("--model", "conv"), "begun with --model dense, not --model conv."),
        (("--seed", 0), "begun with --seed 3, not --seed 0."),
    ):
        code, out, err = gyeol_run("train", "digits", "--out", "q", "--resume", *options)
        assert (code, out) == (2, "") and words in err and err.count("\n") == 1
    code, _, err = gyeol_run("train", "mnist", "--out", "q", "--resume")
    assert code == 2 and "begun with gyeol train digits, not gyeol train mnist" in err

    monkeypatch.setattr(report, "curves", curves)
    code, out, err = gyeol_run("train", "digits", "--out", "q", "--resume")
    assert (code, err) == (0, "") and out.startswith("Going on with the run in q.\n")
    assert "Epoch 2/2" not in out
    assert json.loads(Path("q/config.json").read_text(encoding="utf-8"))["seconds"] >= 3000
    assert run_files("q") == whole
    stamps = {path: path.stat().st_mtime_ns for path in Path("q").iterdir()}
    code, out, err = gyeol_run("train", "digits", "--out", "q", "--resume")
    assert (code, out, err) == (0, "The run in q is done.\n", "")
    assert stamps == {path: path.stat().st_mtime_ns for path in Path("q").iterdir()}


class Clockwork:
    """A clock that moves by 1000 seconds each time that somebody looks at it."""

    now = 0

    def monotonic(self):
        self.now += 1000
        return self.now


def test_more_epochs_and_the_last_unfinished_run(gyeol_run, cut_off, monkeypatch):
    code, out, _ = gyeol_run(*SHORT, "--resume")
    assert code == 0 and "There is no run to go on with: training begins anew.\n" in out
    assert sorted(os.listdir("runs")) == ["digits-1"]
    curves = report.curves
    cut_off(SystemExit(143))
    for _ in range(2):
        code, _, err = gyeol_run(*SHORT)
    assert code == 143
    command = "gyeol train digits --out runs/digits-3 --resume"
    assert err.replace(os.sep, "/") == f"gyeol: Terminated. Go on with: {command}\n"
    monkeypatch.setattr(report, "curves", curves)
    code, out, _ = gyeol_run("train", "digits", "--resume", "--epochs", 3)
    assert code == 0 and "Epoch 3/3" in out and "Epoch 2/3" not in out
    assert sorted(os.listdir("runs/digits-3")) == FILES
    config = json.loads(Path("runs/digits-3/config.json").read_text(encoding="utf-8"))
    assert config["epochs"] == 3 and "--epochs 3" in config["command"]
    with open("runs/digits-3/history.csv", newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3"]

    code, out, _ = gyeol_run(*SHORT, "--seed", 1, "--out", "runs/digits-2")
    assert code == 0 and "Epoch 1/2" in out
    assert out.startswith("The unfinished run in runs/digits-2 is given up: training begins anew.")
    assert sorted(os.listdir("runs/digits-2")) == FILES
    config = Path("runs/digits-2/config.json")
    config.write_text(config.read_text().replace('"epochs": 2', '"epochs": "two"'))
    code, out, err = gyeol_run("train", "digits", "--out", "runs/digits-2", "--resume")
    assert (code, out) == (1, "") and "is damaged: epochs cannot be read from it." in err


def test_runs_are_numbered(gyeol_run):
    for _ in range(2):
        assert gyeol_run("train", "digits", "--model", "dense", "--epochs", 1)[0] == 0
    assert sorted(os.listdir("runs")) == ["digits-1", "digits-2"]


@pytest.mark.skipif(not PIMA.exists(), reason=f"needs {PIMA}")
def test_a_table(gyeol_run, tmp_path):
    (tmp_path / "home" / "datasets").mkdir(parents=True)
    (tmp_path / "home" / "datasets" / PIMA.name).write_bytes(PIMA.read_bytes())
    code, out, _ = gyeol_run("train", "pima")
    assert code == 0 and accuracy_said(out) > 0.7
    config = json.loads(Path("runs/pima_diabetes-1/config.json").read_text(encoding="utf-8"))
    assert config["feature_names"][1] == "Glucose" and config["class_names"][1] == "diabetes"
    assert accuracy_said(gyeol_run("evaluate", "runs/pima_diabetes-1")[1]) == accuracy_said(out)
    Image.new("L", (8, 8)).save("picture.png")
    code, _, err = gyeol_run("predict", "runs/pima_diabetes-1", "picture.png")
    assert code == 2 and err.startswith("gyeol: runs/pima_diabetes-1 takes no pictures")


MISTAKES = [
    (["trian", "digits"], 2, "Did you mean 'train'?"),
    (["train"], 2, "Missing argument"),
    (["train", "minst"], 2, "There is no data set minst. Did you mean mnist?"),
    (["train", "imagenet"], 2, "There are: digits, mnist, fashion_mnist, cifar10, pima_diabetes."),
    (["train", "digits", "--model", "cnov"], 2, "digits has no model cnov. It has: conv, dense."),
    (["train", "pima", "--model", "conv"], 2, "pima_diabetes has no model conv. It has: dense."),
    (["train", "digits", "--epochs", "0"], 2, "--epochs"),
    (["train", "digits", "--epochs", "many"], 2, "--epochs"),
    (["train", "digits", "--batch-size", "-1"], 2, "--batch-size"),
    (["train", "digits", "--lr", "0"], 2, "--lr must be above 0"),
    (["train", "digits", "--lr", "nan"], 2, "--lr must be above 0"),
    (["train", "digits", "--out", "a-file.txt"], 2, "--out a-file.txt is a file"),
    (["train", "digits", "--epoch", "1"], 2, "--epochs"),
    (["evaluate", "runs/digit", "digits"], 2, "There is no runs/digit. Did you mean digits?"),
    (["evaluate", "runs/digits", "digit"], 2, "Did you mean digits?"),
    (["evaluate", "runs", "digits"], 2, "runs is not a run: it holds no model.keras."),
    (["summary", "runs/absent"], 2, "There is no runs/absent."),
    (["summary", "a-file.txt"], 1, "a-file.txt"),
    (["summary", "runs/digits"], 1, "model.keras"),
    (["evaluate", "runs/broken", "digits"], 1, "config.json is damaged"),
    (["evaluate", "runs/list", "digits"], 1, "config.json is damaged: it holds no settings"),
    (["predict", "runs/digits", "picure.png"], 2, "no picure.png. Did you mean picture.png?"),
    (["predict", "runs/digits"], 2, "Missing argument"),
    (["datasets", "fetch"], 2, "Missing argument"),
    (["datasets", "fetch", "cifar"], 2, "There is no data set cifar. Did you mean cifar10?"),
    (["datasets", "ftech"], 2, "fetch"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "words"), MISTAKES)
def test_mistakes_get_one_line(gyeol_run, tmp_path, arguments, code, words):
    (tmp_path / "a-file.txt").write_text("not a model")
    Image.new("L", (8, 8)).save(tmp_path / "picture.png")
    for name, config in (("digits", "{}"), ("broken", "{"), ("list", "[]")):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "model.keras").write_bytes(b"PK\3\4 cut")
        (tmp_path / "runs" / name / "config.json").write_text(config)
    found, out, err = gyeol_run(*arguments)
    err = err.replace(os.sep, "/")
    assert found == code and out == "" and words in err
    assert err.startswith("gyeol: ") and err.count("\n") == 1 and "Traceback" not in err
    assert sorted(os.listdir("runs")) == ["broken", "digits", "list"]


def test_a_picture_that_is_none(trained, gyeol_run, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    code, out, err = gyeol_run("predict", trained[0], "bad.png")
    assert (code, out, err) == (1, "", "gyeol: bad.png is not a picture that can be read.\n")


def test_a_data_set_of_another_shape(trained, gyeol_run, monkeypatch):
    x, y = np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8)
    monkeypatch.setattr(datasets.mnist, "load_data", lambda: ((x, y), (x, y)))
    code, _, err = gyeol_run("evaluate", trained[0], "mnist")
    assert code == 1 and err == "gyeol: The model takes 8x8; mnist has 28x28.\n"


def test_a_data_set_that_cannot_be_had(gyeol_run, monkeypatch):
    def fail(*_):
        raise DataSetError("mnist could not be fetched: ...\nPut it there.")

    monkeypatch.setattr(datasets.mnist, "load_data", fail)
    monkeypatch.setattr(store, "bring", fail)
    expected = (1, "", "gyeol: mnist could not be fetched: ...\nPut it there.\n")
    assert gyeol_run("train", "mnist") == expected
    assert gyeol_run("datasets", "fetch", "mnist") == expected
    assert not Path("runs/mnist-1").exists()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "gyeol: Interrupted.\n"),
        (ValueError("The loss is bad."), 1, "gyeol: The loss is bad.\n"),
        (KeyError("x"), 1, "gyeol: a fault in gyeol: KeyError: 'x'. GYEOL_DEBUG=1 shows where.\n"),
    ],
)
def test_what_goes_wrong_inside(gyeol_run, monkeypatch, error, code, words):
    def fail():
        raise error

    monkeypatch.setattr(digits, "load_data", fail)
    assert gyeol_run("train", "digits") == (code, "", words)
    assert os.listdir("runs") == [], "no empty folder stays"
    monkeypatch.setenv("GYEOL_DEBUG", "1")
    found, _, err = gyeol_run("train", "digits", "--out", "kept")
    assert found == code and ("Traceback" in err) == (code == 1)


def test_datasets(gyeol_run, tmp_path):
    code, out, err = gyeol_run("datasets")
    assert (code, err) == (0, "")
    for name in datasets.names():
        assert f"\n{name} " in f"\n{out}"
    assert "ships with gyeol" in out and "gyeol datasets fetch mnist" in out
    assert str(tmp_path / "home" / "datasets") in out
    code, out, err = gyeol_run("datasets", "fetch", "digits")
    assert (code, out, err) == (0, f"digits: {digits.FILE}\n", "")


def run_apart(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", "from gyeol.cli import main; main()", *arguments],
        env={**os.environ, "PYTHONPATH": SOURCES, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_help_is_there_at_once():
    seconds = []
    for _ in range(5):
        before = os.times()
        result = run_apart("--help")
        after = os.times()
        used = after.children_user - before.children_user
        seconds.append(used + after.children_system - before.children_system)
    assert result.returncode == 0
    for command in ("train", "evaluate", "predict", "summary", "datasets"):
        assert f"\n  {command} " in result.stdout
    # Time of the processor, the least of five: the machine may have other work.
    assert min(seconds) < 0.3
    assert run_apart().stdout == result.stdout


def test_help_imports_nothing_heavy():
    code = "import sys, gyeol.cli; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    command = [sys.executable, "-c", code]
    modules = subprocess.run(command, env=environment, capture_output=True, text=True).stdout
    assert "typer" in modules.split()
    heavy = {"jax", "numpy", "matplotlib", "rich", "PIL", "h5py"}
    assert not heavy & set(modules.split())


def test_korean():
    result = run_apart("--help", GYEOL_LANG="ko")
    assert "학습" in result.stdout
    result = run_apart("train", "minst", GYEOL_LANG="ko")
    assert result.returncode == 2 and "mnist" in result.stderr and "데이터" in result.stderr


def test_a_terminal_without_hangul_gets_no_traceback():
    result = run_apart("train", "minst", GYEOL_LANG="ko", PYTHONIOENCODING="ascii")
    assert result.returncode == 2 and "Traceback" not in result.stderr
    assert "mnist" in result.stderr
