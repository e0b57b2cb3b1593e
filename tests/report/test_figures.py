"""`History`, `confusion` and `top_losses`: what the figures show, and of which data."""

import doctest
import itertools
import math
import re
import types
from pathlib import Path

import matplotlib.pyplot
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import gyeol
from gyeol import layers, report
from gyeol.callbacks import CSVLogger
from gyeol.report import style
from gyeol.report.answers import is_logits
from gyeol.report.shown import Pictures, Rows, shown_of


@pytest.fixture(autouse=True)
def language(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "en")


def saying(outputs):
    """A model that says this of any rows."""
    return types.SimpleNamespace(predict=lambda x, verbose: outputs)


def said(figure):
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    assert matplotlib.pyplot.get_fignums() == []
    return [text.get_text() for text in style.texts(figure) if text.get_text()]


def images(figure):
    return [
        image.get_array() for axes in figure.axes for image in axes.images if axes.get_visible()
    ]


# History -----------------------------------------------------------------------------------------

EPOCHS = np.arange(16)
HISTORY = {
    "accuracy": list(1 - np.exp(-EPOCHS / 3)),
    "loss": list(np.exp(-EPOCHS / 4)),
    "val_accuracy": list(0.8 - np.exp(-EPOCHS / 3)),
    "val_loss": list(0.3 + np.exp(-EPOCHS / 2) + np.maximum(0, EPOCHS - 5) * 0.05),
}


def test_history_marks_the_best_epoch_and_where_over_fitting_begins():
    run = report.History(HISTORY)
    assert (run.best_epoch, run.start_of_overfitting) == (6, 6)
    texts = said(run.figure())
    assert "best epoch 6: 0.3821" in texts and "accuracy" in texts
    assert texts.count("over-fitting after epoch 6") == 2


def test_history_of_a_sound_training_marks_no_over_fitting():
    run = report.History({"loss": HISTORY["loss"], "val_loss": HISTORY["loss"]})
    assert run.best_epoch == 16 and run.start_of_overfitting is None
    assert not any("over-fitting" in text for text in said(run.figure()))


@pytest.mark.parametrize("separator", [",", ";"])
def test_history_from_a_fit_its_dict_and_its_table(tmp_path, separator):
    model = gyeol.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(16, 2))
    table = tmp_path / "history.csv"
    fitted = model.fit(
        x,
        x[:, :1],
        epochs=4,
        validation_split=0.25,
        validation_freq=2,
        verbose=0,
        callbacks=[CSVLogger(table, separator)],
    )
    of_fit = report.History(fitted)
    assert set(of_fit.values) == {"loss", "val_loss"} and len(of_fit.values["val_loss"]) == 2
    assert of_fit.best_epoch in (2, 4)
    assert report.History(fitted.history).values == of_fit.values
    assert report.History(model).values == of_fit.values
    for path in (table, str(table)):
        read = report.History(path).values
        assert read.keys() == of_fit.values.keys()
        for name, values in read.items():
            np.testing.assert_allclose(values, of_fit.values[name], rtol=1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "no epoch: give it after fit"),
        ({"loss": []}, "no epoch: give it after fit"),
        (3, "takes what fit returned.*got int"),
        (None, "got NoneType"),
        ({"loss": 0.3}, "got dict"),
    ],
)
def test_what_is_no_history(given, words):
    with pytest.raises(ValueError, match=words):
        report.History(given)


@pytest.mark.parametrize("content", [b"", b"loss\nhigh\n", b"\x89PNG\r\n\x1a\n\x00\x00\xff,\x00"])
def test_what_is_no_table(tmp_path, content):
    path = tmp_path / "history.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"history\.csv is no table of epochs"):
        report.History(path)


# Confusion ---------------------------------------------------------------------------------------

LABELS = np.array([0] * 6 + [1] * 3 + [2] * 1)
PREDICTED = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
PROBABILITIES = np.eye(3)[PREDICTED] * 0.7 + 0.1
X = np.zeros((10, 4))


def cells(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize(
    ("normalize", "expected", "words"),
    [
        (None, "4 2 0 0 2 1 0 0 1", None),
        ("true", "66.7 33.3 0.0 0.0 66.7 33.3 0.0 0.0 100.0", "percent of the true class"),
        ("pred", "100.0 50.0 0.0 0.0 50.0 50.0 0.0 0.0 50.0", "percent of the predicted class"),
        ("all", "40.0 20.0 0.0 0.0 20.0 10.0 0.0 0.0 10.0", "percent of all"),
    ],
)
def test_confusion_counts(normalize, expected, words):
    figure = report.confusion(saying(PROBABILITIES), X, LABELS, ["cat", "dog", "결"], normalize)
    assert cells(figure) == expected.split()
    texts = said(figure)
    title = texts[-1] if "right" in texts[-1] else next(text for text in texts if "right" in text)
    lines = title.split("\n")
    assert lines[:3] == [
        "7 of 10 right (70.0 %)",
        "cat taken for dog: 2 of 6",
        "dog taken for 결: 1 of 3",
    ]
    assert lines[3:] == ([] if words is None else [f"In the cells: {words}"])
    for text in ("cat", "dog", "결", "true", "predicted"):
        assert text in texts


def test_confusion_is_blue_where_right_and_red_where_wrong():
    (colours,) = images(report.confusion(saying(PROBABILITIES), X, LABELS))
    red, blue = colours[..., 0], colours[..., 2]
    assert all(blue[i, i] > red[i, i] for i in range(3))
    assert red[0, 1] > blue[0, 1] and red[1, 2] > blue[1, 2]
    assert (colours[1, 0] == 1).all()


@pytest.mark.parametrize("classes", [2, 30, 100])
def test_confusion_is_readable_with_any_number_of_classes(classes):
    random = np.random.default_rng(0)
    y = random.integers(classes, size=4 * classes)
    outputs = random.random((len(y), classes)) + np.eye(classes)[y] * 0.95
    figure = report.confusion(
        saying(outputs / outputs.sum(axis=1, keepdims=True)), y[:, None], y[:, None]
    )
    figure.draw_without_rendering()
    axes = figure.axes[0]
    across = axes.get_window_extent().width / classes / figure.dpi * 72
    texts = [text for text in axes.texts if text.get_text() != "0"]
    shown = sum(int(text.get_text()) for text in texts)
    assert shown == len(y) and len(texts) < classes * classes + 1
    for text in texts:
        extent = text.get_window_extent()
        assert text.get_fontsize() >= 5 and extent.width / figure.dpi * 72 < across
    labels = [label for label in axes.get_xticklabels() if label.get_text()]
    assert len(labels) == classes
    edges = [label.get_window_extent() for label in labels]
    assert all(left.x1 <= right.x0 for left, right in itertools.pairwise(edges))


def test_confusion_of_one_unit_is_of_two_classes():
    figure = report.confusion(saying(np.array([[0.2], [0.9], [0.6]])), X[:3], [0, 1, 0])
    assert cells(figure) == ["1", "1", "0", "1"]


def test_confusion_of_real_models_knows_their_logits():
    x = np.array([[0.2], [0.9], [-3.0]], "float32")
    one = gyeol.Sequential([layers.Input((1,)), layers.Dense(1, kernel_initializer="ones")])
    # Logits of 0.2 and 0.9 are both of class 1, and as probabilities they would not be.
    one.compile("sgd", gyeol.losses.BinaryCrossentropy(from_logits=True))
    assert cells(report.confusion(one, x[:2], [1, 1])) == ["0", "0", "0", "2"]
    one.compile("sgd", "mse")
    assert cells(report.confusion(one, x, [0, 1, 0])) == ["2", "0", "0", "1"]


@pytest.mark.parametrize(
    ("activation", "loss", "expected"),
    [
        (None, gyeol.losses.BinaryCrossentropy(from_logits=True), True),
        (None, gyeol.losses.BinaryCrossentropy(), False),
        (None, "mse", False),
        (None, "hinge", None),
        (None, gyeol.losses.Hinge(), None),
        (None, lambda y, p: p, None),
        ("sigmoid", gyeol.losses.BinaryCrossentropy(from_logits=True), False),
        ("sigmoid", "hinge", False),
    ],
)
def test_what_the_loss_tells_of_the_outputs(activation, loss, expected):
    model = gyeol.Sequential([layers.Input((1,)), layers.Dense(1, activation)])
    assert is_logits(model) is (False if activation else None)
    model.compile("sgd", loss)
    assert is_logits(model) is expected


def test_confusion_of_korean_names_in_korean(monkeypatch, tmp_path):
    if style.hangul_font() is None:
        pytest.skip("no font with Korean letters")
    monkeypatch.setenv("GYEOL_LANG", "ko")
    figure = report.confusion(saying(PROBABILITIES), X, LABELS, ["고양이", "개", "비행기"])
    assert {"예측", "실제", "비행기"} <= set(said(figure))
    figure.savefig(tmp_path / "confusion.png")  # would warn of missing letters


@pytest.mark.parametrize("draw", [report.confusion, report.top_losses])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no model", X, LABELS), r"takes a model; got str"),
        ((saying(PROBABILITIES), X, None), "takes arrays, x and y; of batches"),
        ((saying(PROBABILITIES), iter([X]), LABELS), "takes arrays, x and y; of batches"),
        ((saying(PROBABILITIES), X[:0], LABELS[:0]), "got no rows: x is empty"),
        ((saying(PROBABILITIES), X, LABELS[:4]), "10 rows and 4 targets"),
        ((saying([X, X]), X, LABELS), r"one output .*got 2 and 1. Write gyeol.Model\("),
        ((saying(PROBABILITIES * [1, 1, np.nan]), X, LABELS), "NaN or infinite.* 10 of 10 rows"),
        ((saying(PROBABILITIES), X, LABELS, ["one"]), "1 names, and the model tells 3 classes"),
    ],
)
def test_mistakes_are_named(draw, arguments, words):
    with pytest.raises(ValueError, match=words):
        draw(*arguments)


def test_mistakes_of_one_of_them_are_named():
    with pytest.raises(ValueError, match=r"None, 'true', 'pred', 'all'; got 'rows'"):
        report.confusion(saying(PROBABILITIES), X, LABELS, normalize="rows")
    with pytest.raises(ValueError, match=r"one class each.*y of shape \(batch, 3\).*top_losses"):
        report.confusion(saying(PROBABILITIES), X, PROBABILITIES)
    with pytest.raises(ValueError, match=r"y of shape \(batch,\), from 1 to 3, for outputs"):
        report.confusion(saying(PROBABILITIES), X, LABELS + 1)
    for count in (0, 2.5):
        with pytest.raises(ValueError, match=f"count is a whole number.*{count}"):
            report.top_losses(saying(PROBABILITIES), X, LABELS, count=count)


# Top losses --------------------------------------------------------------------------------------

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (10, 12, 9, 3), np.uint8)
PIXELS[0, 0, 0] = 0, 255, 255


def wrong_first():
    """Of ten rows, 7, 2 and 4 are wrong, in this order."""
    outputs = np.tile([0.8, 0.1, 0.1], (10, 1))
    outputs[7], outputs[2], outputs[4] = [0.04, 0.95, 0.01], [0.1, 0.3, 0.6], [0.35, 0.25, 0.4]
    return outputs


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (PIXELS, PIXELS / 255),
        (np.moveaxis(PIXELS, -1, 1), PIXELS / 255),
        ((PIXELS / 255).astype("float32"), PIXELS / 255),
        (PIXELS / 127.5 - 1, PIXELS / 255),
        (PIXELS / 255 * 40 - 7, PIXELS / 255),
        (PIXELS[..., 0], PIXELS[..., 0]),
        (PIXELS[..., :1], PIXELS[..., 0]),
        (PIXELS[:, None, :, :, 0], PIXELS[..., 0]),
        ([np.zeros((10, 2)), PIXELS[..., 0]], PIXELS[..., 0]),
        ({"a": PIXELS[..., 0], "b": np.zeros(10)}, PIXELS[..., 0]),
    ],
)
def test_the_most_wrong_pictures(x, expected):
    figure = report.top_losses(saying(wrong_first()), x, np.zeros(10), ["cat", "dog", "bird"])
    shown = images(figure)
    assert len(shown) == 3
    for image, row in zip(shown, (7, 2, 4)):
        np.testing.assert_allclose(image, expected[row], atol=1e-6)
    texts = said(figure)
    assert "3 of 10 are wrong (30.0 %); the most wrong first" in texts
    titles = [axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert titles == ["dog (95 %)", "bird (60 %)", "bird (40 %)"]
    labels = [axes.get_xlabel() for axes in figure.axes if axes.get_visible()]
    assert labels == [
        "true: cat (4 %)\nrow 7",
        "true: cat (10 %)\nrow 2",
        "true: cat (35 %)\nrow 4",
    ]


def test_pictures_that_were_made_flat_are_pictures_again():
    smooth = np.add.outer(np.arange(10), np.add.outer(np.arange(12) ** 2, np.arange(12)))
    flat = (smooth / smooth.max()).reshape(10, 144)
    (image,) = images(report.top_losses(saying(wrong_first()), flat, np.zeros(10), count=1))
    np.testing.assert_allclose(image, flat[7].reshape(12, 12))
    assert isinstance(shown_of(RANDOM.normal(size=(50, 144)), [0]), Rows)
    assert isinstance(shown_of(RANDOM.integers(0, 9, (50, 63)), [0]), Rows)
    words = np.sort(RANDOM.integers(0, 5000, (50, 100)), axis=1)
    assert isinstance(shown_of(words, [0]), Rows)


def test_grey_pictures_are_as_bright_as_their_values_are_high():
    picture = np.zeros((4, 8, 8))
    picture[1, 2, 3] = 16
    shown = shown_of(picture, [1])
    assert isinstance(shown, Pictures) and (shown.low, shown.high) == (0, 16)


def test_series_are_lines():
    x = RANDOM.normal(size=(10, 30, 2))
    figure = report.top_losses(saying(wrong_first()), x, np.zeros(10), count=2)
    lines = figure.axes[0].lines
    assert len(lines) == 2 and not images(figure)
    np.testing.assert_allclose(lines[1].get_ydata(), x[7, :, 1])


def test_the_most_wrong_rows_of_a_data_frame():
    frame = pd.DataFrame({"age": np.arange(10.0), "glucose": np.arange(10) + 100.25})
    figure = report.top_losses(saying(wrong_first()), frame, pd.Series(np.zeros(10)))
    table = figure.axes[0].tables[0].get_celld()
    rows = [[table[row, column].get_text().get_text() for column in range(5)] for row in range(4)]
    assert rows == [
        ["row", "age", "glucose", "predicted", "true"],
        ["7", "7", "107.2", "1 (95 %)", "0 (4 %)"],
        ["2", "2", "102.2", "2 (60 %)", "0 (10 %)"],
        ["4", "4", "104.2", "2 (40 %)", "0 (35 %)"],
    ]


def test_a_wide_table_says_what_it_leaves_out():
    names = [f"a long feature name {number}" for number in range(30)]
    x = RANDOM.normal(size=(10, 30))
    x[:, :2] = 0
    figure = report.top_losses(saying(wrong_first()), x, np.zeros(10), feature_names=names)
    texts = said(figure)
    assert "columns that are not shown: 22" in texts
    shown = [number for number in range(30) if f"a long\nfeature name\n{number}" in texts]
    assert shown == list(range(2, 10))  # the first ones in which these rows differ


@pytest.mark.parametrize(
    ("share", "wrong", "right"),
    [
        (1e-9, "100", "<0.1"),
        (0.004, "99.6", "0.4"),
        (0.0123, "99", "1"),
        (0.3, "70", "30"),
        (0.0, "100", "<0.1"),
    ],
)
def test_probabilities_in_percent(share, wrong, right):
    figure = report.top_losses(saying(np.array([[share]])), X[:1], [1])
    texts = said(figure)
    assert f"0 ({wrong} %)" in texts and f"1 ({right} %)" in texts


def test_where_none_is_wrong_the_least_sure_come_first():
    outputs = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    texts = said(report.top_losses(saying(outputs), X[:3], np.eye(2)[[0, 0, 1]], count=2))
    assert "All 3 are right; the least sure first" in texts
    assert texts.index("0 (60 %)") < texts.index("1 (80 %)") and "0 (90 %)" not in texts


def test_the_largest_residuals_of_a_regression():
    outputs = np.array([[1.0], [5.5], [2.0], [0.0]])
    figure = report.top_losses(saying(outputs), X[:4], [1.5, 2.5, 1.0, 0.25], count=2)
    table = figure.axes[0].tables[0].get_celld()
    columns = max(column for _, column in table) + 1
    rows = [[table[row, c].get_text().get_text() for c in range(columns)] for row in (1, 2)]
    assert [(row[0], *row[-2:]) for row in rows] == [("1", "5.5", "2.5"), ("2", "2", "1")]
    rmse = math.sqrt((0.25 + 9 + 1 + 0.0625) / 4)
    title = next(text for text in said(figure) if "RMSE" in text)
    assert re.fullmatch(
        rf"RMSE {rmse:.4g} \(\S+ to \S+\), MAE 1.188, R² \S+\nThe largest errors first", title
    )


def test_a_convolutional_model_with_channels_first():
    x = RANDOM.normal(size=(70, 1, 6, 5)).astype("float32")
    model = gyeol.Sequential(
        [
            layers.Input((1, 6, 5)),
            layers.Permute((2, 3, 1)),
            layers.Conv2D(2, 3),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    model.compile("sgd", gyeol.losses.SparseCategoricalCrossentropy(from_logits=True))
    y = np.asarray(model(x)).argmin(axis=1)
    before = [np.asarray(weight) for weight in model.weights]
    figure = report.top_losses(model, x, y, count=4)
    assert "70 of 70 are wrong (100.0 %); the most wrong first" in said(figure)
    exponents = np.exp(np.asarray(model(x), np.float64))
    right = (exponents / exponents.sum(axis=1, keepdims=True))[np.arange(70), y]
    np.testing.assert_allclose(images(figure), x[np.argsort(right)[:4], 0], rtol=1e-6)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.weights))


def test_the_page_about_them_is_true():
    page = Path(__file__).parents[2] / "docs" / "report.md"
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0
