"""Ctrl-C during `fit`: the model is whole, the callbacks have ended, then KeyboardInterrupt."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
import weakref
from typing import ClassVar

import jax
import numpy as np
import pytest

import gyeol as keras
from gyeol import layers

PROGRAM = """
    import signal
    # A program that was started in the background has Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import numpy as np
    import gyeol as keras
    from gyeol import layers

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print("epoch", epoch, flush=True)
        def on_train_end(self, logs=None):
            print("on_train_end", flush=True)
        {extra}

    rng = np.random.default_rng(0)
    x, y = rng.random((20000, 32), dtype=np.float32), rng.integers(0, 5, 20000)
    model = keras.Sequential([layers.Input((32,)), layers.Dense(64, activation="relu"),
                              layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = model.get_weights()
    try:
        model.fit({data}, epochs=100000, verbose=0, callbacks=[Watch()])
    except KeyboardInterrupt:
        after = model.get_weights()
        assert all(np.isfinite(w).all() for w in after)
        assert any((a != b).any() for a, b in zip(after, before))
        steps = int(model.optimizer.iterations)
        print("history", len(model.history.epoch) == len(model.history.history["loss"]))
        model.evaluate(x, y, verbose=0)
        model.fit(x, y, epochs=1, verbose=0)
        assert int(model.optimizer.iterations) == steps + 625
        print("usable", flush=True)
"""


def run(presses, data="x, y", extra="pass", pause=0.0):
    """Send the program Ctrl-C after its second epoch; what it wrote, and its exit code."""
    code = textwrap.dedent(PROGRAM).format(data=data, extra=extra)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("epoch 1"):
            break
    for number in range(presses):
        if number:
            time.sleep(pause)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return "".join(lines) + out, err, process.returncode


def test_ctrl_c_leaves_model_and_history():
    out, err, code = run(1)
    assert code == 0, err
    assert out.index("on_train_end") < out.index("history True") < out.index("usable")


def test_ctrl_c_while_the_data_is_slow():
    slow = "((time.sleep(0.05 if i > 6 else 0), (x[:32], y[:32]))[1] for i in range(10**9))"
    slow = f"__import__('builtins').__dict__.setdefault('time', __import__('time')) and {slow}"
    out, err, code = run(1, data=f"{slow}, steps_per_epoch=3")
    assert code == 0, err
    assert "usable" in out


def test_second_ctrl_c_is_at_once():
    wait = "epoch == 2 and __import__('time').sleep(30)"
    busy = f"on_epoch_begin = lambda self, epoch, logs=None: {wait}"
    begun = time.monotonic()
    out, err, _ = run(2, extra=busy, pause=0.5)
    assert time.monotonic() - begun < 25, (out, err)


@pytest.mark.parametrize("where", ["on_epoch_begin", "on_epoch_end", "on_train_batch_end"])
def test_callback_that_raises_leaves_the_last_good_state(where):
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 8), dtype=np.float32), rng.integers(0, 3, 64)

    def build():
        model = keras.Sequential(
            [layers.Input((8,)), layers.Dense(3, activation="softmax", kernel_initializer="ones")]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    class Breaks(keras.callbacks.Callback):
        def fail(self, number, logs=None):
            if number == 1:
                raise RuntimeError("broken")

    setattr(Breaks, where, Breaks.fail)
    model = build()
    with pytest.raises(RuntimeError, match="broken"):
        model.fit(x, y, epochs=5, batch_size=16, shuffle=False, verbose=0, callbacks=[Breaks()])
    steps = {"on_epoch_begin": 4, "on_epoch_end": 8, "on_train_batch_end": 2}[where]
    assert int(model.optimizer.iterations) == steps
    twin = build()
    for step in range(steps):
        rows = slice(16 * (step % 4), 16 * (step % 4) + 16)
        twin.train_on_batch(x[rows], y[rows])
    for ours, theirs in zip(model.get_weights(), twin.get_weights()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_generator_that_raises_leaves_the_last_good_state():
    rng = np.random.default_rng(0)

    def batches():
        for i in range(10):
            if i == 7:
                raise OSError("the disk is gone")
            yield rng.random((4, 8), dtype=np.float32), rng.integers(0, 3, 4)

    model = keras.Sequential([layers.Input((8,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(OSError, match="the disk is gone"):
        model.fit(batches(), verbose=0)
    assert int(model.optimizer.iterations) == 7
    assert all(np.isfinite(w).all() for w in model.get_weights())


def failing(where):
    """A `fit` that fails in its second epoch, at its sixth step of eight."""
    rng = np.random.default_rng(0)
    x, y = rng.random((16, 8), dtype=np.float32), rng.integers(0, 3, 16)
    steps = []

    class Reads(layers.Layer):
        def call(self, x):
            def read(value):
                steps.append(1)
                if where == "program" and len(steps) > 5:
                    raise OSError("the disk is gone")
                return value

            shape = jax.ShapeDtypeStruct(x.shape, x.dtype)
            return jax.lax.stop_gradient(jax.pure_callback(read, shape, x))

    class Fails(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if where == "callback" and int(self.model.optimizer.iterations) == 6:
                raise OSError("the disk is gone")

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            if where == "data" and len(self.epochs) == 1 and index == 1:
                raise OSError("the disk is gone")
            return x[index::4], y[index::4]

        epochs: ClassVar = []

        def on_epoch_end(self):
            self.epochs.append(1)

    head = [Reads()] if where == "program" else []
    model = keras.Sequential([layers.Input((8,)), *head, layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(Batches(), shuffle=False, epochs=3, verbose=0, callbacks=[Fails()])


@pytest.mark.parametrize(
    "where,words,step",
    [
        ("callback", "It came from the callback Fails, in on_train_batch_end.", 2),
        ("data", "It came from the data, after 1 batches of the epoch.", 1),
        ("program", "It came from the compiled program of the model.", 1),
    ],
)
def test_an_error_says_where_it_came_from_and_what_the_model_is(where, words, step):
    with pytest.raises(Exception, match="the disk is gone") as error:
        failing(where)
    notes = "\n".join(error.value.__notes__)
    assert words in notes
    assert f"The model is as it was after step {step} of epoch 2." in notes


def test_the_data_is_let_go():
    """What was trained on is not kept by the model."""
    x, y = np.zeros((64, 8), np.float32), np.zeros((64, 1), np.float32)
    model = keras.Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    freed = weakref.ref(x)
    model.fit(x, y, verbose=0, batch_size=64)
    del x
    gc.collect()
    assert freed() is None


@pytest.mark.parametrize("spoil", ["labels", "nan", "shape"])
def test_refused_fit_changes_nothing(spoil):
    rng = np.random.default_rng(0)
    x, y = rng.random((32, 8), dtype=np.float32), rng.integers(0, 3, 32)
    model = keras.Sequential([layers.Dense(4), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    bad_x, bad_y = {
        "labels": (x, y + 9),
        "nan": (np.where(x > 0.9, np.nan, x), y),
        "shape": (x.reshape(32, 2, 4), y),
    }[spoil]
    with pytest.raises(ValueError):
        model.fit(bad_x, bad_y, verbose=0)
    assert not model.built and model.history is None and not model.optimizer.built
    assert model.layers[0].variables == []
    model.fit(x[:, :6], y, verbose=0)
    assert model.layers[0].kernel.shape == (6, 4)
