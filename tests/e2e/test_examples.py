"""Each example, on a part of its data, in a process and a folder of its own."""

import io
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gyeol
from gyeol.datasets import cifar10, download

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "datasets"

# data set, words of the output, files, the least accuracy (far below what the part of the data
# gives, above what guessing gives).
EXAMPLES = {
    "mnist_deep_dense": (
        "mnist",
        ["pictures: (4000, 28, 28) (1000, 28, 28)", "401,920", "val_acc: "],
        ["accuracy.png", "first_picture.png"],
        0.6,
    ),
    "fashion_mnist_conv": (
        "fashion_mnist",
        ["320 ", "18,496", "313,700", "1,010", "validation: (400, 28, 28, 1)"],
        ["best-cnn-model.keras", "loss.png", "prediction.png"],
        0.4,
    ),
    "mnist_tutorial": (
        "mnist",
        ["untrained: [", "a batch:   (1, 28, 28)", "32/32 - "],
        ["scaled_picture.png", "single_prediction.png"],
        0.6,
    ),
    "pima_diabetes": (
        "pima",
        ["training: (614, 8)  test: (154, 8)", "\n\n.\nran 2 epochs"],
        ["loss.png"],
        0.5,
    ),
    "mnist_one_hot": (
        "mnist",
        ["as a one-hot vector: [0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]", "50,890"],
        ["curves.png"],
        0.6,
    ),
    "cifar10_conv": (
        "cifar10",
        ["training: (2000, 32, 32, 3) (2000, 1)", "56,320", "122,570", "16/16 - "],
        ["accuracy.png", "pictures.png"],
        0.13,
    ),
    "cifar10_vision_transformer": (
        "cifar10",
        ["41,482", "among the first three"],
        ["accuracy.png"],
        0.05,  # so little data shows that it runs, and no more
    ),
    "mnist_denoising_autoencoder": ("mnist", ["28,353"], ["denoised.png"], 0.2),
    "mnist_distillation": ("mnist", ["student alone: 0."], ["accuracy.png"], 0.6),
    # Its pairs need more steps than a test has: this shows that it runs.
    "mnist_siamese": ("mnist", ["training: 3200 pairs", "5,324"], ["pairs.png"], 0.3),
    "pima_wide_and_deep": (
        "pima",
        ["wide_and_deep  accuracy 0.", "first patient: 0."],
        ["comparison.png", "wide_and_deep.keras"],
        0.5,
    ),
}
# Of the others, the compilation takes longer than what they compute.
MUCH_TO_COMPUTE = (
    *("fashion_mnist_conv", "cifar10_conv", "cifar10_vision_transformer"),
    *("mnist_denoising_autoencoder", "mnist_distillation"),
)


def unpack_cifar10(folder, count=2000):
    """What unpack.py unpacks, with only the first pictures, which are all that --quick looks at."""
    arrays, places = {}, {}
    for part, rows in (("train", 50000), ("test", 10000)):
        arrays[f"x_{part}"] = np.zeros((rows, 32, 32, 3), "uint8")
        arrays[f"y_{part}"] = np.zeros((rows, 1), "uint8")
        places[part] = iter(np.argsort(np.random.default_rng(10).permutation(rows)))
    with tarfile.open(SHARED / "cifar10-jpeg.tar.xz") as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            part, kind, _ = member.name.split("/")
            place = next(places[part])
            arrays[f"y_{part}"][place] = cifar10.CLASS_NAMES.index(kind)
            if place < count:
                with Image.open(io.BytesIO(archive.extractfile(member).read())) as image:
                    arrays[f"x_{part}"][place] = image
    folder.mkdir()
    np.savez(folder / "cifar10.npz", **arrays)


@pytest.fixture(scope="session")
def home_with(tmp_path_factory):
    """A function: a GYEOL_HOME that holds the data set of that name, shared by a run's workers."""
    if not (SHARED / "unpack.py").exists():
        pytest.skip("needs the real data sets in ../shared/datasets")
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = tmp_path_factory.getbasetemp()

    def unpacked(name):
        home = (base.parent if run_id else base) / f"examples-{run_id}-{name}"
        home.mkdir(exist_ok=True)
        with download.locked(home / "lock", lambda: None):
            if not (home / "datasets").exists():
                if name == "cifar10":
                    unpack_cifar10(home / "parts")
                else:
                    command = [sys.executable, str(SHARED / "unpack.py"), str(home / "parts"), name]
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                (home / "parts").rename(home / "datasets")
        return home

    return unpacked


@pytest.fixture
def run_example(home_with, tmp_path):
    """A function: run an example with --quick; its output and its errors."""

    def run(name, *arguments, launcher=()):
        done = subprocess.run(
            [sys.executable, *launcher, str(ROOT / "examples" / f"{name}.py"), "--quick"]
            + [str(argument) for argument in arguments],
            cwd=tmp_path,
            env={
                **os.environ,
                "GYEOL_HOME": str(home_with(EXAMPLES[name][0])),
                "PYTHONPATH": str(Path(gyeol.__file__).parents[1]),
                "PYTHONIOENCODING": "utf-8",
                "JAX_DISABLE_MOST_OPTIMIZATIONS": str(name not in MUCH_TO_COMPUTE),
            },
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, done.stderr

    return run


def accuracy_of(out):
    """What the last line says."""
    found = re.fullmatch(r"(?:test accuracy|noise taken away): (\d\.\d{4})", out.splitlines()[-1])
    assert found, out[-500:]
    return float(found[1])


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_learns_says_so_and_leaves_its_pictures(run_example, tmp_path, name):
    _, words, files, least = EXAMPLES[name]
    out, err = run_example(name)
    assert accuracy_of(out) > least
    for word in words:
        assert word in out
    folder = tmp_path / "runs" / name
    assert sorted(path.name for path in folder.iterdir()) == files
    for picture in folder.glob("*.png"):
        with Image.open(picture) as image:
            assert min(image.size) > 300
    # Only the program that says from_logits=True of a softmax output is told something, once.
    warnings = [line for line in err.splitlines() if "Warning" in line]
    assert len(warnings) == (name == "cifar10_conv")
    assert all("from_logits" in line for line in warnings)


def test_arguments_are_heeded(run_example, tmp_path):
    out, _ = run_example("pima_diabetes", "--epochs", 4, "--seed", 3, "--out", tmp_path / "here")
    assert "\n\n...\nran 4 epochs" in out
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["loss.png"]
    again, _ = run_example("pima_diabetes", "--epochs", 4, "--seed", 3, "--out", tmp_path / "here")
    assert again == out


def test_example_is_a_program_of_real_keras(run_example, tmp_path):
    launcher = [str(ROOT / "benchmarks" / "real_keras.py")]
    out, _ = run_example("pima_diabetes", launcher=launcher)
    assert "\n\n.\nran 2 epochs" in out
    assert accuracy_of(out) > 0.5
