"""The pictures are written, say what they must, and change nothing global."""

import io
import math
from pathlib import Path

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest
from PIL import Image

from gyeol import report
from gyeol.report import style
from gyeol.report.sample_predictions import decided

HISTORY = {
    "accuracy": [0.5, 0.7, 0.8, 0.85],
    "loss": [1.0, 0.6, 0.4, 0.3],
    "val_accuracy": [0.5, 0.66, 0.7, 0.69],
    "val_loss": [1.1, 0.7, 0.65, 0.8],
    "learning_rate": [0.01, 0.01, 0.01, 0.001],
}
NAMES = ("zero", "one", "two")


@pytest.fixture(autouse=True)
def language(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "en")


@pytest.fixture
def texts(monkeypatch):
    """What each saved picture says."""
    said = []
    save = style.save

    def listen(figure, path):
        said.append([text.get_text() for text in style.texts(figure) if text.get_text()])
        return save(figure, path)

    monkeypatch.setattr("gyeol.report.training_curves.save", listen)
    monkeypatch.setattr("gyeol.report.sample_predictions.save", listen)
    return said


def is_wrong_colour(pixels):
    return (np.abs(pixels.astype(int) - (0xC6, 0x28, 0x28)).max(axis=-1) < 12).sum()


def pixels_of(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def test_curves(tmp_path, texts):
    path = report.curves(HISTORY, tmp_path / "curves.png")
    assert path == tmp_path / "curves.png" and pixels_of(path).std() > 5
    said = texts[0]
    for wanted in ("loss", "accuracy", "epoch", "training", "validation"):
        assert wanted in said
    assert "best epoch 3: 0.65" in said and "best epoch 3: 0.7" in said
    assert "learning_rate" not in said


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [1.0]},
        {"loss": [1.0, math.nan, math.inf]},
        {"loss": [math.nan], "val_loss": [math.nan]},
        {"loss": [3, 2, 1, 1], "val_loss": [2, 1]},  # validation_freq=2
        {"accuracy": [0.1, 0.2]},
        {name: [0.1, 0.2] for name in ("loss", "a", "b", "c", "d")},
    ],
)
def test_curves_of_odd_histories(tmp_path, history):
    assert pixels_of(report.curves(history, tmp_path / "curves.png")).std() > 1


def test_curves_of_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"no epoch: draw the curves after fit"):
        report.curves({"loss": []}, tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())


PROBABILITIES = np.eye(3)[np.arange(40) % 3] * 0.8 + 0.2 / 3


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 3)])
def test_predictions_mark_the_wrong_ones(tmp_path, texts, shape):
    x = np.random.default_rng(0).integers(0, 256, (40, *shape), np.uint8)
    y = (np.arange(40) % 3).astype(np.uint8)
    clean = report.predictions(PROBABILITIES, x, y, NAMES, tmp_path / "clean.png")
    y[[0, 5]] = 2, 0
    marked = report.predictions(PROBABILITIES, x, y[:, None], NAMES, tmp_path / "marked.png")
    assert is_wrong_colour(pixels_of(clean)) < 50 < 500 < is_wrong_colour(pixels_of(marked))
    first, second = texts
    assert "40 of 40 right (100.0 %); wrong ones are marked ✗" in first
    assert "38 of 40 right (95.0 %); wrong ones are marked ✗" in second
    assert not any(text.startswith("✗") for text in first)
    assert "zero (87 %)" in first and "✗ zero (87 %)\nis two" in second


def test_predictions_of_a_table(tmp_path, texts):
    x = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
    ones = np.linspace(0, 1, 40)[:, None]
    y = (np.arange(40) >= 18).astype(np.uint8)
    path = report.predictions(
        ones, x, y, ("no", "yes"), tmp_path / "table.png", feature_names=("height", "age")
    )
    assert is_wrong_colour(pixels_of(path)) > 50
    said = texts[0]
    assert "38 of 40 right (95.0 %); wrong ones are marked ✗" in said
    for wanted in ("height", "age", "predicted", "true", "18", "20", "2"):
        assert wanted in said
    assert any(text.startswith("✗ no (5") for text in said)


def test_predictions_asks_a_model(tmp_path, texts):
    class Model:
        def predict(self, x, verbose):
            assert verbose == 0
            return PROBABILITIES[: len(x)]

    x = np.zeros((3, 8, 8))
    report.predictions(Model(), x, np.eye(3), NAMES, tmp_path / "p.png")
    assert "3 of 3 right (100.0 %); wrong ones are marked ✗" in texts[0]


def test_labels_beyond_the_names_are_numbers(tmp_path, texts):
    report.predictions(PROBABILITIES[:3], np.zeros((3, 8, 8)), np.arange(3), (), tmp_path / "p.png")
    assert "2 (87 %)" in texts[0]


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 2, 3), (3, 3, 2)])
def test_predictions_of_unequal_lengths(tmp_path, counts):
    samples, labels, answers = counts
    with pytest.raises(ValueError, match=f"{samples} samples, {labels} labels, {answers} pred"):
        report.predictions(
            PROBABILITIES[:answers], np.zeros((samples, 8, 8)), np.zeros(labels), NAMES, "p.png"
        )


def test_half_a_probability_is_not_yet_class_1():
    assert decided(np.array([[0.5], [0.51]]))[0].tolist() == [0, 1]


def test_nothing_global_changes(tmp_path):
    before = matplotlib.rcParams.copy()
    backend = matplotlib.get_backend()
    report.curves(HISTORY, tmp_path / "curves.png")
    report.predictions(
        PROBABILITIES, np.zeros((40, 8, 8)), np.arange(40) % 3, NAMES, tmp_path / "p.png"
    )
    assert matplotlib.rcParams == before and matplotlib.get_backend() == backend
    assert matplotlib.pyplot.get_fignums() == []


def test_a_failed_picture_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "curves.png"
    path.write_bytes(b"the old picture")

    def fail(self, file, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    with pytest.raises(OSError, match="No space"):
        report.curves(HISTORY, path)
    assert path.read_bytes() == b"the old picture"
    assert [entry.name for entry in tmp_path.iterdir()] == ["curves.png"]


@pytest.mark.parametrize("font", [None, "DejaVu Sans"])
def test_korean_only_where_a_font_draws_it(tmp_path, monkeypatch, texts, font):
    monkeypatch.setenv("GYEOL_LANG", "ko")
    monkeypatch.setattr("gyeol.text.ko.KOREAN", {"epoch": "회차"})
    monkeypatch.setattr(style, "hangul_font", lambda: font)
    assert style.words("epoch") == ("epoch" if font is None else "회차")
    if font is None:
        report.curves(HISTORY, tmp_path / "curves.png")  # would warn of missing letters
        assert "epoch" in texts[0]


def test_a_font_that_was_installed_since_is_found(tmp_path, monkeypatch):
    from matplotlib import font_manager

    known = font_manager.fontManager.ttflist
    dejavu = [font for font in known if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", dejavu[:1])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(tmp_path / "Other.ttf")])
    assert style.hangul_font.__wrapped__() is None
    path = tmp_path / "NanumGothic.ttf"
    path.write_bytes(Path(dejavu[0].fname).read_bytes())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(path)])
    assert style.hangul_font.__wrapped__() == "DejaVu Sans"
    assert font_manager.fontManager.ttflist[-1].fname == str(path)


def test_figures_go_to_any_path_type(tmp_path):
    assert report.curves(HISTORY, str(tmp_path / "c.png")) == tmp_path / "c.png"
    with Image.open(io.BytesIO((tmp_path / "c.png").read_bytes())) as image:
        assert image.size[0] > 900
