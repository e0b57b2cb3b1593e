"""Budgets: compilations for a fit, frames and files between `fit` and the first matrix product."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gyeol as keras
from gyeol import layers
from gyeol.training import program

RNG = np.random.default_rng(0)
X = RNG.random((100, 8), dtype=np.float32)
Y = RNG.integers(0, 3, 100)


def dense(units=5, activation="relu", metrics=("accuracy",), normalize=False):
    inner = [layers.BatchNormalization()] if normalize else []
    model = keras.Sequential(
        [
            layers.Input(shape=(8,)),
            layers.Dense(units, activation=activation),
            *inner,
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


@pytest.fixture
def compiled(monkeypatch):
    """The number of programs compiled since the test began, with nothing shared from before."""
    monkeypatch.setattr(program, "_shared", program.OrderedDict())
    before = program.compilations
    return lambda: program.compilations - before


@pytest.mark.parametrize("rows", [96, 100])
def test_fit_compiles_one_program(compiled, rows):
    dense().fit(X[:rows], Y[:rows], epochs=3, verbose=0)
    assert compiled() == 1


def test_fit_with_validation_compiles_two(compiled):
    dense().fit(X, Y, epochs=3, validation_split=0.3, verbose=0)
    assert compiled() == 2


def test_ragged_batch_of_a_model_that_mixes_rows_compiles_one_more(compiled):
    dense(normalize=True).fit(X, Y, epochs=3, verbose=0)
    assert compiled() == 2


def test_second_fit_compiles_nothing(compiled):
    model = dense()
    model.fit(X, Y, verbose=0)
    before = compiled()
    model.fit(X, Y, epochs=2, verbose=0)
    assert compiled() == before


def test_models_of_one_structure_share_programs(compiled):
    for _ in range(3):
        dense(units=6).fit(X, Y, validation_split=0.3, verbose=0)
    assert compiled() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"units": 7},
        {"activation": "tanh"},
        {"metrics": ()},
        {"activation": lambda x: x * x},
    ],
)
def test_models_of_other_structure_do_not(compiled, change):
    dense().fit(X[:96], Y[:96], verbose=0)
    dense(**change).fit(X[:96], Y[:96], verbose=0)
    assert compiled() == 2


def test_learning_rate_and_weights_change_without_a_new_program(compiled):
    model = dense()
    model.fit(X, Y, verbose=0)
    before = compiled()
    model.optimizer.learning_rate = 0.5
    model.set_weights([w + 1 for w in model.get_weights()])
    model.fit(X, Y, verbose=0)
    assert compiled() == before
    assert float(model.optimizer.learning_rate) == 0.5


def test_learning_rate_of_a_shared_program_is_each_models_own(compiled):
    fast, slow = dense(), dense()
    slow.set_weights(fast.get_weights())
    fast.optimizer.learning_rate = 0.1
    slow.optimizer.learning_rate = 0.0
    start = slow.get_weights()
    fast.fit(X, Y, verbose=0)
    slow.fit(X, Y, verbose=0)
    assert compiled() == 1
    assert all(np.array_equal(a, b) for a, b in zip(slow.get_weights(), start))
    assert not np.array_equal(fast.get_weights()[0], start[0])


def test_frozen_layer_is_not_trained_by_a_shared_program():
    first, second = dense(), dense()
    first.fit(X, Y, verbose=0)
    second.layers[0].trainable = False
    second.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = second.get_weights()
    second.fit(X, Y, verbose=0)
    after = second.get_weights()
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_few_frames_from_fit_to_the_first_product():
    """At most 10 frames of gyeol's in 8 files, without JAX's own that trace the program."""
    model = dense()
    model.fit(X, Y, epochs=0, verbose=0)
    folder = Path(keras.__file__).parent.as_posix() + "/"
    found = []

    def trace(frame, event, argument):
        if event != "call" or found or frame.f_code.co_name != "call":
            return
        files, frames, inside = set(), 0, False
        while frame is not None:
            name = frame.f_code.co_filename.replace("\\", "/")
            if name.startswith(folder):
                frames += 1
                files.add(name)
            if frame.f_code.co_name == "fit" and name.endswith("models/model.py"):
                inside = True
                break
            frame = frame.f_back
        names = {file.removeprefix(folder) for file in files}
        # The first call of a layer within the program that is about to run.
        if inside and "training/program.py" in names and "layers/core.py" in names:
            found.append((frames, names))

    program._shared.clear()
    model._programs.clear()
    sys.setprofile(trace)
    try:
        model.fit(X, Y, verbose=0)
    finally:
        sys.setprofile(None)
    frames, files = found[0]
    # Two nested models (Sequential and its graph) and a layer are entered by __call__, _call, call.
    assert len(files) <= 8, files
    assert frames <= 20, frames


def test_python_work_does_not_grow_with_the_number_of_batches():
    def calls(rows):
        model = dense(units=4)
        x, y = np.tile(X, (rows // 100, 1)), np.tile(Y, rows // 100)
        model.fit(x, y, epochs=1, verbose=0)
        count = 0

        def counted(frame, event, argument):
            nonlocal count
            count += event == "call"

        class Watch(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch == 1:
                    sys.setprofile(counted)

            def on_epoch_end(self, epoch, logs=None):
                sys.setprofile(None)

        model.fit(x, y, epochs=2, verbose=0, callbacks=[Watch()])
        return count

    few, many = calls(400), calls(6400)
    # A run more may be launched when the machine is slow; each costs some hundred calls.
    assert many < 3 * few


def test_import_brings_in_nothing_heavy():
    code = (
        "import sys, gyeol; gyeol.Sequential; gyeol.layers; gyeol.callbacks; gyeol.datasets;"
        "print([m for m in ('matplotlib', 'h5py', 'rich', 'PIL', 'typer', 'keras', 'tensorflow',"
        " 'torch', 'pandas', 'scipy.stats') if m in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"
    assert output.stderr == ""


def test_gyeol_alone_does_not_import_jax():
    code = "import sys, gyeol; print('jax' in sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "False"


def test_a_first_fit_compiles_its_program_alone_and_the_next_process_finds_it(tmp_path):
    code = """
import jax, numpy as np, gyeol as keras
from gyeol import layers
events = []
jax.monitoring.register_event_listener(lambda event, **about: events.append(event))
model = keras.Sequential([layers.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(),
                          layers.BatchNormalization(), layers.Dropout(0.5),
                          layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(np.zeros((32, 8, 8, 1)), np.zeros(32), verbose=0)
wanted = events.count("/jax/compilation_cache/compile_requests_use_cache")
print(wanted, wanted - events.count("/jax/compilation_cache/cache_hits"))
print(history.history)
"""
    environment = {**os.environ, "GYEOL_HOME": str(tmp_path)}

    def run():
        return subprocess.run(
            [sys.executable, "-c", f"import gyeol; gyeol.utils.set_random_seed(1){code}"],
            check=True,
            env=environment,
            capture_output=True,
            text=True,
        ).stdout.splitlines()

    first, second = run(), run()
    assert first[0] == "1 1"
    assert second[0] == "1 0"
    assert first[1] == second[1]
    assert len(list((tmp_path / "xla").iterdir())) == 1


def test_an_epoch_of_a_small_model_takes_little_python():
    model, calls = dense(), []

    class Count(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            calls.append(0)

    def counted(frame, event, argument):
        if calls:
            calls[-1] += event == "call"

    sys.setprofile(counted)
    try:
        model.fit(X, Y, epochs=6, verbose=0, callbacks=[Count()])
    finally:
        sys.setprofile(None)
    # The first epochs compile, and learn how long a step takes.
    assert max(calls[3:5]) < 600


def test_folds_of_nearly_one_size_share_their_programs(compiled):
    for left_out in (10, 11):
        model = dense()
        model.fit(X[left_out:], Y[left_out:], verbose=0)
        model.evaluate(X[:left_out], Y[:left_out], verbose=0)
    assert compiled() == 2
