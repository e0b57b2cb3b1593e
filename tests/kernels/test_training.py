"""Whole programs with the kernels and without them."""

import os
import subprocess
import sys

import numpy as np
import pytest

import gyeol
from gyeol import kernels
from gyeol.ops import lowering

layers = gyeol.layers


def image_network():
    return gyeol.Sequential(
        [
            gyeol.Input((9, 9, 3)),
            layers.Conv2D(6, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(),
            layers.Conv2D(5, 3, strides=2, use_bias=False),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(7, activation="relu"),
            layers.Dense(4, activation="softmax"),
        ]
    )


def sequence_network():
    return gyeol.Sequential(
        [
            gyeol.Input((12, 3)),
            layers.Conv1D(4, 3, activation="relu", padding="causal", dilation_rate=2),
            layers.GlobalMaxPooling1D(),
            layers.Dense(4, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("skips", [False, True])
def test_a_convolution_that_is_wanted_before_its_pooling_too_is_computed_once(skips, monkeypatch):
    inputs = gyeol.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, activation="relu", padding="same")(inputs)
    y = layers.UpSampling2D()(layers.MaxPooling2D()(x))
    model = gyeol.Model(inputs, layers.Concatenate()([x, y]) if skips else y)
    called, call = [], kernels.call
    monkeypatch.setattr(kernels, "call", lambda name, *a: called.append(name) or call(name, *a))
    model.predict(np.ones((4, 8, 8, 2), "float32"), verbose=0)
    # Where it is wanted for the pooling alone, the compiler leaves out the first.
    assert called == ["conv_forward", "max_pool_forward" if skips else "conv_pool_forward"]


def trained(build, optimizer):
    gyeol.utils.set_random_seed(3)
    model = build()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, *model.input_shape[1:])).astype("float32")
    y = rng.integers(0, 4, 40)
    history = model.fit(x, y, batch_size=8, epochs=2, verbose=0, validation_data=(x, y)).history
    return model.get_weights(), model.predict(x, verbose=0), history


@pytest.mark.parametrize("build", [image_network, sequence_network])
def test_training_is_the_same_to_rounding(build, monkeypatch):
    weights, outputs, history = trained(build, gyeol.optimizers.SGD(0.05, momentum=0.9))
    calls = []
    monkeypatch.setattr(lowering, "has_kernels", lambda *arrays: calls.append(arrays) or False)
    for module in ("fused", "pool"):
        monkeypatch.setattr(f"gyeol.ops.{module}.has_kernels", lowering.has_kernels, raising=False)
    monkeypatch.setattr("gyeol.training.program._shared", {})
    plain_weights, plain_outputs, plain_history = trained(
        build, gyeol.optimizers.SGD(0.05, momentum=0.9)
    )
    assert calls
    for one, other in zip(weights, plain_weights):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-6)
    np.testing.assert_allclose(outputs, plain_outputs, rtol=1e-4, atol=2e-6)
    for name, values in history.items():
        np.testing.assert_allclose(values, plain_history[name], rtol=1e-5)


def test_the_same_bits_each_time():
    one, other = (trained(image_network, "adam") for _ in range(2))
    for first, second in zip(one[0], other[0]):
        assert (first == second).all()


def test_without_kernels_everything_works():
    """As on a machine where no compiler was."""
    code = (
        "import numpy as np, gyeol; from gyeol import kernels\n"
        "assert kernels.library() is None and kernels.description() is None\n"
        "m = gyeol.Sequential([gyeol.layers.Conv1D(2, 3, activation='relu'),"
        " gyeol.layers.Flatten(), gyeol.layers.Dense(2)])\n"
        "m.compile('adam', 'mse')\n"
        "print(m.fit(np.ones((8, 5, 1)), np.ones((8, 2)), verbose=0).history['loss'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "GYEOL_KERNELS": "off"},
    )
    assert done.returncode == 0, done.stderr


def test_info_says_what_is_in_use():
    assert kernels.description().split(",")[0] in ("plain", "avx2", "avx512")
