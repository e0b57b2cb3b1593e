"""`plot_model`: what is in the picture, and that nothing in it lies over another thing."""

import inspect
import xml.etree.ElementTree as ElementTree

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import gyeol
from gyeol import layers
from gyeol.report.layout import Size, layout
from gyeol.report.model_plot import Dot
from gyeol.utils import model_to_dot, plot_model


def residual():
    x = inputs = layers.Input((8, 8, 3), name="image")
    y = layers.Conv2D(3, 3, padding="same", activation="relu", name="convolution")(x)
    x = layers.Add(name="sum")([x, y])
    return gyeol.Model(inputs, [layers.Flatten(name="flat")(x), x], name="block")


def nested():
    inner = residual()
    left, right = layers.Input((8, 8, 3), name="left"), layers.Input((8, 8, 3), name="right")
    flat, _ = inner(left)
    also, picture = inner(right)
    return gyeol.Model([left, right], [layers.Concatenate(name="join")([flat, also]), picture])


@settings(max_examples=15)
@given(
    nodes=st.lists(st.tuples(st.floats(1, 90), st.floats(1, 60)), min_size=1, max_size=14),
    links=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=24),
)
def test_boxes_lie_apart_and_lines_lead_on(nodes, links):
    sizes = {i: Size(*size) for i, size in enumerate(nodes)}
    edges = sorted({(a, b) for a, b in links if a < b < len(nodes)})
    plan = layout(sizes, edges, gap=5, row_gap=7)
    for a, b in edges:
        assert plan.ranks[a] < plan.ranks[b]
        assert len(plan.bends[a, b]) == plan.ranks[b] - plan.ranks[a] - 1
    # A long line takes room of its own in the rows that it passes.
    things = {(node, 0): (center, sizes[node]) for node, center in plan.centers.items()}
    for edge, bends in plan.bends.items():
        things.update(((edge, i), (bend, Size(0, 0))) for i, bend in enumerate(bends))
    placed = list(things.values())
    for i, ((x, y), size) in enumerate(placed):
        assert -1e-6 <= x - size.along / 2 <= x + size.along / 2 <= plan.size.along + 1e-6
        for (x2, y2), other in placed[:i]:
            if abs(y - y2) < (size.across + other.across) / 2 or y == y2:
                assert abs(x - x2) >= (size.along + other.along) / 2 + 5 - 1e-6


def test_a_chain_is_straight():
    sizes = {i: Size(10 + 7 * i, 5) for i in range(5)}
    edges = [(0, 1), (1, 2), (2, 3), (0, 4), (3, 4)]
    plan = layout(sizes, edges, 3, 4)
    assert plan.centers[1][0] == plan.centers[2][0] == plan.centers[3][0]
    assert len({along for along, _ in plan.bends[0, 4]}) == 1


@pytest.mark.parametrize(
    ("rankdir", "splines"), [("TB", "ortho"), ("LR", "curved"), ("BT", "line")]
)
def test_an_svg_holds_every_layer_once(tmp_path, rankdir, splines):
    path = tmp_path / "model.svg"
    show = {"show_shapes": True, "show_layer_names": True, "show_layer_activations": True}
    shown = plot_model(nested(), path, rankdir=rankdir, splines=splines, expand_nested=True, **show)
    assert shown is None
    texts = [node.text for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]
    texts = [text.strip() for text in texts]
    for name in ("left", "right", "image", "convolution", "sum", "flat", "join", "block"):
        assert texts.count(name) == 1, name
    assert texts.count("InputLayer") == 3
    assert "relu" in texts
    assert "(None, 192), (None, 192)" in texts
    # The same model gives the same file.
    first = path.read_bytes()
    plot_model(nested(), path, rankdir=rankdir, splines=splines, expand_nested=True, **show)
    assert path.read_bytes() == first


def size_of(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return image.size


def test_png_and_pdf(tmp_path):
    dense = [layers.Dense(2) for _ in range(3)]
    model = gyeol.Sequential([layers.Input((4,)), *dense])
    down, across, low = (tmp_path / name for name in ("down.png", "across.png", "no_ending"))
    plot_model(model, down)
    plot_model(model, across, rankdir="LR")
    plot_model(model, low, dpi=50)
    assert size_of(down)[1] > size_of(down)[0]
    assert size_of(across)[0] > size_of(across)[1]
    assert abs(size_of(down)[0] / 4 - size_of(low)[0]) <= 1
    plot_model(model, tmp_path / "model.pdf")
    assert (tmp_path / "model.pdf").read_bytes().startswith(b"%PDF")


def test_the_text_for_graphviz():
    dot = model_to_dot(residual(), show_shapes=True)
    assert isinstance(dot, Dot)
    text = dot.to_string()
    assert text == dot.source == str(dot) == dot.create(format="dot").decode()
    assert text.count("->") == 4
    assert r"{convolution (Conv2D)|in: (None, 8, 8, 3)|out: (None, 8, 8, 3)}" in text
    assert "cluster" not in text
    expanded = model_to_dot(nested(), expand_nested=True).source
    assert expanded.count("subgraph cluster_") == 1
    assert dot.create(prog="dot", format="svg").startswith(b"<?xml")


def test_a_layer_called_on_its_own_output_is_drawn_once_a_call():
    inputs, dense = layers.Input((2,)), layers.Dense(2, name="again")
    model = gyeol.Model(inputs, dense(dense(inputs)))
    assert model_to_dot(model).source.count("again") == 2


def test_a_subclass_is_one_box():
    class Own(gyeol.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    model = Own()
    with pytest.raises(ValueError, match="not built"):
        plot_model(model)
    model.build((None, 3))
    assert model_to_dot(model).source.count("label") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to_file": "a.gif"}, "drawn as .png, .svg or .pdf; got 'gif'"),
        ({"rankdir": "XX"}, "rankdir is one of"),
        ({"splines": "wild"}, "splines is one of"),
        ({"layer_range": ["a", "b"]}, "no argument 'layer_range'"),
    ],
)
def test_mistakes_are_named(options, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=words):
        plot_model(residual(), **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["plot_model", "model_to_dot"])
def test_signatures_are_keras(name):
    ours, theirs = (inspect.signature(getattr(u, name)) for u in (gyeol.utils, keras.utils))
    assert [(p.name, p.default) for p in ours.parameters.values()] == [
        (p.name, p.default) for p in theirs.parameters.values()
    ]
