"""The progress line, against real Keras's on a terminal, and where the output is none."""

import io
import os
import re
import sys
import time

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gyeol.utils import Progbar


class Output(io.TextIOWrapper):
    """A standard output: a terminal or not, of some encoding."""

    def __init__(self, terminal, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def text(self):
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


class Clock:
    """A time that passes only when told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def shown(cls, updates, terminal=True, encoding="utf-8", seconds=0.25, **arguments):
    """What the bar printed, with the given seconds between two updates."""
    clock, output = Clock(), Output(terminal, encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", clock)
        patch.setattr(sys, "stdout", output)
        patch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((300, 24)))
        patch.delitem(sys.modules, "ipykernel", raising=False)
        bar = cls(**arguments)
        for update in updates:
            clock.now += seconds
            bar.update(*update)
    return output.text()


def plain(text):
    return re.sub("\x1b\\[[0-9]+m|\b", "", text)


metrics = st.dictionaries(
    st.sampled_from(["accuracy", "loss", "val_loss"]),
    st.sampled_from([0.0, 1e-5, 0.001, 0.5, -0.25, 12345.678]),
).map(lambda d: list(d.items()))


@given(
    target=st.integers(1, 1200),
    seconds=st.sampled_from([3e-5, 0.004, 0.06, 0.75, 4.0]),
    values=st.lists(metrics, min_size=1, max_size=5),
    averaged=st.booleans(),
)
def test_a_terminal_shows_what_keras_shows(target, seconds, values, averaged):
    steps = [*range(1, len(values)), target] if target >= len(values) else [target]
    updates = [(step, value) for step, value in zip(steps, values)]
    arguments = {"target": target, "seconds": seconds}
    if not averaged:
        arguments["stateless_metrics"] = ()
    ours = shown(Progbar, updates, **arguments)
    theirs = shown(keras.utils.Progbar, updates, **arguments)
    assert plain(ours) == plain(theirs)
    assert ours.count("\x1b[32m") == theirs.count("\x1b[32m")


@given(steps=st.lists(st.integers(2, 50), max_size=5, unique=True).map(sorted), values=metrics)
def test_an_unknown_number_of_steps(steps, values):
    updates = [(step, values) for step in [1, *steps]]
    updates[-1] = (*updates[-1], True)
    assert plain(shown(Progbar, updates, target=None)) == plain(
        shown(keras.utils.Progbar, updates, target=None)
    )


@given(target=st.integers(2, 2000), seconds=st.sampled_from([3e-5, 0.06, 4.0]))
def test_verbose_2_is_keras_line(target, seconds):
    updates = [(1, [("loss", 1.5)]), (target, [("loss", 0.25), ("val_loss", 1e-4)])]
    arguments = {"target": target, "seconds": seconds, "verbose": 2, "terminal": False}
    assert shown(Progbar, updates, **arguments) == shown(keras.utils.Progbar, updates, **arguments)


def test_verbose_0_is_silent():
    assert shown(Progbar, [(5, []), (10, [])], target=10, verbose=0) == ""


def test_a_log_gets_one_plain_line():
    updates = [(step, [("loss", 1.0 / step)]) for step in (1, 4, 7, 10)]
    text = shown(Progbar, updates, terminal=False, target=10, stateless_metrics=())
    assert text == "10/10 ━━━━━━━━━━━━━━━━━━━━ 1s 83ms/step - loss: 0.1000\n"


def test_a_narrow_encoding_gets_ascii():
    arguments = {"target": 4, "encoding": "cp1252"}
    text = plain(shown(Progbar, [(1, []), (4, [])], **arguments))
    assert "1/4 =====--------------- 0s" in text
    assert "4/4 ==================== 0s" in text
    text = shown(Progbar, [(4, [("손실", 1.0)])], terminal=False, **arguments)
    assert text == "4/4 ==================== 0s 62ms/step - ??: 1.0000\n"


def test_a_line_longer_than_the_terminal_is_cut_until_the_end(monkeypatch):
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((50, 24)))
    output = Output(terminal=True)
    monkeypatch.setattr(sys, "stdout", output)
    values = [("a_metric_with_a_long_name", 0.5), ("loss", 0.5)]
    bar = Progbar(10, interval=0)
    bar.update(5, values)
    (line,) = plain(output.text()).split("\r")[1:]
    assert len(line) == 49
    bar.update(10, values)
    assert output.text().endswith("loss: 0.5000\n")


def test_drawing_waits_for_the_interval():
    updates = [(step, []) for step in range(1, 11)]
    assert shown(Progbar, updates, target=20, seconds=0.01).count("/20") == 2
    assert shown(Progbar, updates, target=20, seconds=0.1).count("/20") == 10


def test_compilation_in_the_first_run_of_steps_is_not_counted():
    updates = [(100, []), (200, []), (1000, [])]
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        output = Output(terminal=False)
        patch.setattr(time, "time", clock)
        patch.setattr(sys, "stdout", output)
        bar = Progbar(1000)
        for seconds, update in zip((5.0, 0.2, 1.6), updates):
            clock.now += seconds
            bar.update(*update)
    assert output.text() == "1000/1000 ━━━━━━━━━━━━━━━━━━━━ 7s 2ms/step\n"


def test_add_counts_on():
    output = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        bar = Progbar(4)
        bar.add(2, [("loss", 1.0)])
        bar.add(2, [("loss", 0.5)])
    assert output.getvalue().startswith("4/4 ")


def test_metrics_are_either_all_but_some_averaged_or_only_some():
    with pytest.raises(ValueError, match="only one of"):
        Progbar(4, stateful_metrics=["a"], stateless_metrics=["b"])
