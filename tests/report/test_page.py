"""The page of a training: what it says, that it stands alone, and how it looks in a browser."""

import http.server
import json
import math
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pytest

import gyeol as keras
from gyeol import datasets, layers, random
from gyeol.cli import main
from gyeol.doctor.finding import Finding
from gyeol.doctor.trying import Tried
from gyeol.report.judged import ROWS, judged
from gyeol.report.page import page
from gyeol.report.page_training import Training
from gyeol.report.svg_curves import curves_svg

pytestmark = pytest.mark.usefixtures("english")
RNG = np.random.default_rng(0)
EVIL = "<script>alert('1')</script>&amp;\"'><img src=//x onerror=y>"
HISTORY = {
    "loss": [1.0, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05],
    "accuracy": [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97],
    "val_loss": [1.1, 0.7, 0.6, 0.7, 0.8, 0.9, 1.0],
    "val_accuracy": [0.5, 0.66, 0.7, 0.69, 0.7, 0.68, 0.7],
}
FINDINGS = [
    Finding(
        "unscaled_input", "warning", "line 3, x", "Its values are 0 to 255.", "Why.", "x / 255"
    ),
    Finding("overfitting", "note", "line 3, fit", EVIL, EVIL, EVIL),
]


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "en")


class Read(HTMLParser):
    """A page that was read: it fails on elements that are not closed in order."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        assert not self.open

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in ("meta", "link", "img", "br"):
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, name):
        return [attributes for element, attributes in self.elements if element == name]


def network(*ends, inputs=(8, 8)):
    model = keras.Sequential([keras.Input(inputs), *ends])
    return model


def digits():
    """A training on digits, of which the outputs are made up: 90 of 100 rows are right."""
    _, (x, y) = datasets.digits.load_data()
    x, y = x[:100], y[:100]
    said = np.where(np.arange(100) % 10 == 3, (y + 1) % 10, y)
    outputs = 0.7 * np.eye(10)[said] + 0.03
    outputs[:, 4] += 0.2 * RNG.random(100)
    outputs /= outputs.sum(axis=1, keepdims=True)
    model = network(
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(4, 3, activation="relu", name=EVIL.replace("/", "")),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    )
    return Training(
        model,
        HISTORY,
        x,
        y,
        outputs=outputs,
        class_names=[*"012345678", EVIL],
        settings={"epochs": 7, "note": EVIL},
    )


def values(width=1):
    model = network(layers.Dense(width), inputs=(3,))
    x = RNG.normal(size=(60, 3))
    y = x[:, :width]
    return Training(model, {"loss": [0.5]}, x, y, "validation", outputs=y + 0.1, title="values")


def written(tmp_path, *trainings, **more):
    return Read(page(tmp_path / "report.html", "A page", trainings, **more))


def test_what_it_says(tmp_path):
    read = written(tmp_path, digits(), findings=FINDINGS, command="gyeol train digits")
    text = read.text
    for words in (
        "Of 100 rows of the test data, 90 are right: 90.0 % (95 % interval 82.6 to 94.5 %).",
        "It was trained for 7 epochs; the best by validation loss is epoch 3.",
        "After epoch 3 it over-fits.",
        "Findings: warning 1, note 1.",
        "best epoch 3: 0.6",
        "over-fitting after epoch 3",
        "Instead: x / 255",
        "Scores by class",
        "Confusion matrix",
        "The most wrong",
        "The least sure",
        "says",
        "8 × 8 × 1",
        "parameters",
        "epochs 7",
        "gyeol train digits",
    ):
        assert words in text, words
    order = ["Findings", "Curves", "Scores by class", "Confusion matrix", "The most wrong"]
    order += ["The model", "Settings", "How to repeat it"]
    places = [text.index(f" {heading} ") for heading in order]
    assert places == sorted(places)


def test_it_stands_alone_and_everything_is_escaped(tmp_path):
    read = written(
        tmp_path, digits(), findings=FINDINGS, command=EVIL, versions={EVIL: EVIL}, script=EVIL
    )
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(source) < 1_500_000
    used = {name for name, _ in read.elements}
    assert not used & {"script", "iframe", "object", "embed", "base", "form", "video", "audio"}
    for name, attributes in read.elements:
        assert not [key for key in attributes if key.startswith("on")], (name, attributes)
        for key in ("src", "href", "action", "srcset", "poster", "xlink:href"):
            assert attributes.get(key, "data:").startswith("data:"), (name, attributes)
    style = source.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style
    policies = [m["content"] for m in read.all("meta") if "http-equiv" in m]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]
    # Each place of a text that a person gave shows it as it is.
    assert read.text.count(EVIL) > 8 and EVIL not in source


def test_it_can_be_read_aloud(tmp_path):
    read = written(tmp_path, digits(), findings=FINDINGS)
    assert read.all("html")[0]["lang"] == "en"
    assert len(read.all("h1")) == 1 and len(read.all("main")) == 1
    pictures = read.all("img")
    assert len(pictures) == 10 + 14 and all(picture["alt"] for picture in pictures)
    drawings = read.all("svg")
    assert len(drawings) == 3 and all(svg["aria-label"] for svg in drawings)
    assert all("scope" in head for head in read.all("th"))


def test_in_korean(tmp_path, monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "ko")
    read = written(tmp_path, digits(), values(), findings=FINDINGS)
    assert read.all("html")[0]["lang"] == "ko"
    words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<.*?>|gyeol|A page", "", read.text)))
    for english in ("The", "rows", "epoch", "class", "true", "says", "Settings", "training"):
        assert english not in words
    assert "테스트 데이터 100행 가운데 90행을 맞혔습니다" in read.text


# Odd trainings --------------------------------------------------------------------------------


def test_several_trainings(tmp_path):
    never = Training(network(layers.Dense(1)), title="line 9", reason="It was not trained.")
    read = written(tmp_path, digits(), values(), never, script="model.fit(x, y)")
    assert len(read.all("details")) == 4 and "3 trainings." in read.text
    assert "line 9 It was not trained." in read.text


def test_a_regression(tmp_path):
    read = written(tmp_path, values())
    text = read.text
    assert "On 60 rows of the validation data the error is 0.1 (root mean square;" in text
    assert "mean absolute error 0.1 0.1 0.1" in text and "It was trained for one epoch." in text
    assert len([c for c in read.all("circle") if c["class"] == "point"]) == 60
    assert "Confusion" not in text
    assert "predicted difference" in written(tmp_path, values(2)).text


def test_outputs_that_are_no_numbers(tmp_path):
    training = values()
    training.outputs[5] = math.nan
    text = written(tmp_path, training).text
    assert "On 60 rows of the validation data the outputs are no numbers (NaN)." in text
    assert "The most wrong" not in text


def test_several_labels(tmp_path):
    y = (RNG.random((40, 3)) > 0.5).astype(int)
    model = network(layers.Dense(3, activation="sigmoid"), inputs=(2,))
    x = RNG.normal(size=(40, 2))
    outputs = np.where(np.arange(40)[:, None] < 4, 1 - y, y) * 0.8 + 0.1
    text = written(tmp_path, Training(model, {}, x, y, outputs=outputs)).text
    assert "90.0 % of all labels are right" in text and "Scores by label" in text


def test_more_classes_than_a_matrix_shows(tmp_path):
    labels = np.arange(600) % 120
    said = np.where(labels == 7, 8, labels)
    model = network(layers.Dense(120, activation="softmax"), inputs=(2,))
    outputs = np.eye(120)[said] * 0.9 + 0.1 / 120
    read = written(
        tmp_path, Training(model, {}, RNG.normal(size=(600, 2)), labels, outputs=outputs)
    )
    assert "7 8 5 100.0 %" in read.text and "The 100 worst of 120 classes." in read.text
    assert len(read.all("table")) < 8


@pytest.mark.parametrize(
    ("x", "seen"),
    [
        (RNG.normal(size=(10, 40)), "columns that are not shown: 30"),
        (RNG.normal(size=(10, 9, 9, 3)), "row 3"),
        (RNG.normal(size=(10, 50, 2)), "row 3"),
        ({"a": RNG.normal(size=(10, 3)), "b": np.ones((10, 2))}, "what the model says"),
    ],
)
def test_kinds_of_rows(tmp_path, x, seen):
    y = np.arange(10) % 2
    outputs = np.full((10, 1), 0.4)
    model = network(layers.Dense(1, activation="sigmoid"), inputs=(2,))
    read = written(tmp_path, Training(model, {}, x, y, outputs=outputs))
    assert seen in read.text and "5 are right" in read.text


def test_narrow_pictures_are_no_series(tmp_path):
    model = network(layers.Dense(1, activation="sigmoid"), inputs=(2,))
    x, outputs = RNG.random((10, 20, 5, 1)), np.full((10, 1), 0.4)
    read = written(tmp_path, Training(model, {}, x, np.arange(10) % 2, outputs=outputs))
    assert read.all("img") and not [path for path in read.all("path") if path.get("class")]


@pytest.mark.parametrize(
    ("x", "y"), [(None, None), (np.ones((4, 9)), np.ones(4)), (np.ones((4, 2)), np.ones((3, 1)))]
)
def test_rows_that_cannot_be_judged(tmp_path, x, y):
    model = network(layers.Dense(1), inputs=(2,))
    text = written(tmp_path, Training(model, {"loss": [2.0, 1.0]}, x, y)).text
    assert "After the last epoch: loss 1." in text
    assert "no rows with targets" in text or "The model cannot be judged:" in text


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ({"loss": [1.0]}, "best epoch 1: 1"),
        ({"loss": [1.0, math.nan, math.inf]}, "no number from epoch 2 on"),
        ({"loss": [math.nan], "val_loss": [math.nan]}, "No value is a number."),
        ({"loss": [3, 2, 1, 1], "val_loss": [2, 1]}, "best epoch 4: 1"),
        ({"loss": [1e6, 1e3, 1.0]}, "logarithmic scale"),
        ({"loss": [0.0, 0.0]}, "best epoch 1: 0"),
        ({"loss": [-5e8, -6e8]}, "best epoch 2: -600,000,000"),
        ({"loss": list(range(1000, 0, -1))}, "best epoch 1000: 1"),
    ],
)
def test_curves_of_odd_histories(history, words):
    (figure,) = curves_svg(history, ["loss"])
    assert words in figure and "nan" not in figure.replace("nan<", "")
    inside = re.findall(r' (?:x|cx)="(-?[\d.]+)"', figure)
    assert all(0 <= float(x) <= 400 for x in inside)


def test_logs_that_are_no_numbers(tmp_path):
    history = {"loss": [np.float32(1.0)], "note": ["a"], "by": [np.ones(2)], "lr": [0.1]}
    read = written(tmp_path, Training(network(layers.Dense(1)), history))
    assert len(read.all("figcaption")) == 1 and "After the last epoch: loss 1, lr 0.1." in read.text


def test_judging_leaves_the_model_as_it_is():
    model = network(layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1), inputs=(3,))
    x = RNG.normal(size=(3 * ROWS, 3)).astype("float32")
    before, states = model.get_weights(), json.dumps(str(random.states()))
    (found,) = judged(model, x, x[:, 0])
    assert len(found.outputs) == ROWS and found.of == 3 * ROWS
    assert found.places[0] == 0 and found.places[-1] == 3 * ROWS - 1
    np.testing.assert_array_equal(found.y, x[found.places, 0])
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)
    assert json.dumps(str(random.states())) == states


def test_a_model_that_is_not_built_stays_so(tmp_path):
    model = keras.Sequential([layers.Dense(1)])
    assert (
        "seen no data" in written(tmp_path, Training(model, {}, np.ones((4, 2)), np.ones(4))).text
    )
    assert not model.built and "Nothing was trained." in written(tmp_path).text


def test_a_layer_that_fails_to_tell_its_shape(tmp_path):
    class Odd(layers.Layer):
        def call(self, x):
            return 2 * x

        def compute_output_shape(self, input_shape):
            raise KeyError("what?")

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.odd = Odd(name="an_odd_one")

        def call(self, x):
            return self.odd(x)

    model = Model()
    model(np.ones((2, 3)))
    assert "Odd an_odd_one ? 0" in written(tmp_path, Training(model)).text
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    assert "an_odd_one" in lines[0]


def test_a_remedy_that_was_tried(tmp_path):
    tried = Tried(0.51, 0.85, "accuracy", True, 0.09, 145)
    gone = Tried(0.51, 0.5, "accuracy", False, 0.09, 145, withdrawn=True)
    told = dict(zip(FINDINGS, (tried, gone)))
    read = written(tmp_path, values(), findings=FINDINGS, tried=told, together=["All together."])
    assert [b["style"] for b in read.all("i") if "width" in b.get("style", "")][:2] == [
        "width:51.0%",
        "width:85.0%",
    ]
    for words in ("as it stands 0.51 with the remedy 0.85", "withdrawn.", "All together."):
        assert words in read.text
    assert "Instead: x / 255" in read.text and "Instead: <script>" not in read.text


def test_it_is_written_whole_or_not_at_all(tmp_path):
    with pytest.raises(OSError, match="Make it first"):
        page(tmp_path / "none" / "report.html", "A page", [values()])
    assert not list(tmp_path.iterdir())


# Colours --------------------------------------------------------------------------------------

STYLE = resources.files("gyeol.report").joinpath("page.css").read_text(encoding="utf-8")
ON_PAPER = ["ink", "faint", "validation", "error", "warning", "note"]
UNDER_INK = ["over", "wash", *[f"right{n}" for n in range(4)], *[f"wrong{n}" for n in range(1, 5)]]
UNDER_INK += ["convolutional", "core", "pooling", "normalization", "regularization", "merging"]
UNDER_INK += ["recurrent", "attention", "other"]


def palette(scheme):
    """The colours by name; those of the dark go over those of the light."""
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.S)
    rules = re.findall(r"--([\w-]+): (#\w{6});", light + dark * (scheme == "dark"))
    return {name: [int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for name, c in rules}


def contrast(one, other):
    """WCAG 2.1's ratio."""

    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return np.dot(linear, [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme):
    colours = palette(scheme)
    pairs = [(ink, paper) for ink in ON_PAPER for paper in ("bg", "card")]
    pairs += [("ink", ground) for ground in UNDER_INK] + [("on-wrong5", "wrong5")]
    pairs += [("error", "over"), ("faint", "wash")]
    pairs += [("faint", kind) for kind in UNDER_INK[-9:]]
    low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert not {pair: ratio for pair, ratio in low.items() if ratio < 4.5}
    # Lines are to be told from the paper, and need less.
    assert min(contrast(colours["training"], colours[paper]) for paper in ("bg", "card")) >= 3


def test_every_colour_that_is_used_is_there():
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) - {"of"} <= set(palette("light"))
    assert len(palette("light")) == len(palette("dark"))


# In a browser ---------------------------------------------------------------------------------

WIDER = "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, svg, pre') && e"
WIDER += ".getBoundingClientRect().right > innerWidth + 1).length"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_a_browser(tmp_path, monkeypatch, browser, language):
    monkeypatch.setenv("GYEOL_LANG", language)
    path = page(
        tmp_path / "report.html",
        "A page",
        [digits(), values()],
        FINDINGS,
        command="gyeol doctor --html report.html script.py " + "x" * 300,
        versions={"gyeol": "1"},
        script="word " * 100,
    )
    for width, scheme in ((1100, "light"), (360, "dark"), (360, "light")):
        asked, complaints = browser.open(path, width, scheme)
        assert complaints == []
        assert {a for a in asked if not a.startswith("data:")} == {path.as_uri()}
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value("innerWidth") == width and browser.value(WIDER) == 0
        loaded = "[...document.images].every(i => i.complete && i.naturalWidth)"
        assert browser.value(loaded) and browser.value("document.images.length") == 24
        pixels = browser.screenshot()
        assert pixels.shape[1] == width and len(pixels) > 3000
        assert (np.median(pixels) < 60) == (scheme == "dark")
        # Every part of it has something on it.
        for part in np.array_split(pixels[: len(pixels) * 9 // 10], 8):
            assert part.std() > 4 and len(np.unique(part @ [1, 256, 65536])) > 20


def test_a_page_that_asks_for_something_would_be_seen(tmp_path, browser):
    """What the test above relies on: the policy forbids, and requests are heard."""
    heard = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        path = page(tmp_path / "report.html", "A page", [values()])
        picture = f'<img src="http://127.0.0.1:{server.server_port}/seen.png">'
        with_one = path.read_text(encoding="utf-8").replace("<main>", f"<main>{picture}")
        path.write_text(with_one, encoding="utf-8")
        _, complaints = browser.open(path, 800, "light")
        assert "Content Security Policy" in " ".join(complaints) and heard == []
        path.write_text(with_one.replace("http-equiv", "data-not"), encoding="utf-8")
        asked, _ = browser.open(path, 800, "light")
        assert any(a.endswith("/seen.png") for a in asked) and heard == ["/seen.png"]
    finally:
        server.shutdown()
        server.server_close()


def test_classes_of_pixels_are_no_regression(tmp_path):
    y = np.zeros((20, 8, 8), int)
    y[:, :, 4:] = RNG.integers(1, 3, (20, 1, 1))
    said = np.where(np.arange(20)[:, None, None] < 5, 0, y)  # a quarter sees nothing
    model = network(layers.Dense(1))
    hot, logits = np.eye(3)[y], 9.0 * np.eye(3)[said]
    ink, sure = (y > 0).astype("float32"), np.where(said > 0, 0.9, 0.1)
    for outputs, targets in [
        (logits, y),
        (logits, y[..., None]),
        (np.eye(3)[said], hot),
        (sure[..., None], ink),
        (sure[..., None], ink[..., None]),
        (sure, ink),
        (logits.reshape(20, 64, 3), y.reshape(20, 64)),
    ]:
        training = Training(model, HISTORY, ink, targets, outputs=outputs)
        page(tmp_path / "page.html", "unet", [training], [])
        text = Read(tmp_path / "page.html").text
        assert "Of 1,280 pixels or steps in 20 rows of the test data, 87.5" in text, outputs.shape
        assert "R²" not in text and "Errors" not in text
        # Of class 0 all is found, and 640 of the 800 that were taken for it are it.
        assert "1.000 0.800 0.889 640" in text
        assert text.count("50.0 %") >= 5  # the rows whose other half is not seen
    colours, broken = RNG.random((20, 8, 8, 3)), np.where(logits > 0, np.nan, logits)
    for outputs, targets, words in [
        (colours, colours / 2, "R²"),
        (9 * sure - 3, ink, "R²"),
        (broken, y, "the outputs are no numbers (NaN)"),
    ]:
        training = Training(model, {}, ink, targets, outputs=outputs)
        page(tmp_path / "page.html", "other", [training], [])
        assert words in Read(tmp_path / "page.html").text


# The command ----------------------------------------------------------------------------------

SCRIPT = """
import os
import numpy as np
from tensorflow import keras

# </pre><script>
x = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(900 * x, x[:, 0] > 0, epochs=2, verbose=0)
model.fit(900 * x, x[:, 0] > 0, validation_split=0.25, epochs=1, verbose=0)
other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
other.compile("adam", "mse")
os.chdir("/")
other.fit(x[:, :3], x[:, 0], verbose=0)
"""


def test_the_page_of_a_script(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "gyeol", "doctor", "--lang", "ko", "--html", "seen.html"]
    given = ["train.py", "--", "--json", "a b"]
    done = subprocess.run([*command, *given], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2 and "seen.html" in done.stdout, done.stderr
    read = Read(tmp_path / "seen.html")
    assert "스크립트가 오류로 끝났습니다." in read.text and "# </pre><script>" in read.text
    assert "11번째 줄에서 더 학습했으며, 점수는 그곳에 있습니다." in read.text
    assert "검증 데이터 30행 가운데" in read.text and "unscaled_input" in read.text
    assert "model.fit(900 * x, x[:, 0] > 0, epochs=2, verbose=0)" in read.text
    assert "gyeol doctor --lang ko --html seen.html train.py -- --json 'a b'" in read.text


def test_the_page_of_a_model(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = network(layers.Dense(1), inputs=(3,))
    model.compile("adam", "mse")
    model.save("model.keras")
    x = RNG.normal(size=(30, 3))
    np.savez("data.npz", x=x, y=x[:, 0])
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--html", "seen.html", "model.keras", "data.npz"])
    assert left.value.code == 0 and "The page is in" in capsys.readouterr().out
    assert "On 30 rows of the training data the error is" in Read(tmp_path / "seen.html").text
    for options, words in [
        (["--html", "no/seen.html"], "Make it first"),
        (["--lang", "fr"], "--lang is en or ko; got fr."),
    ]:
        with pytest.raises(SystemExit) as left:
            main(["doctor", *options, "model.keras", "data.npz"])
        assert left.value.code == 2 and words in capsys.readouterr().err
