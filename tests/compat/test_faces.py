"""The faces: what they resolve, what they refuse, and that they are taken back wholly."""

import subprocess
import sys

import jax.numpy as jnp
import keras as real_keras
import numpy as np
import pytest

import gyeol
from gyeol import layers, optimizers
from gyeol.compat import faces, install, uninstall
from gyeol.compat.usage import usage
from gyeol.models import Model


def test_everything_is_taken_back():
    before = {name: module for name, module in sys.modules.items() if name.startswith("keras")}
    path, fit, init = list(sys.meta_path), Model.fit, layers.Dense.__init__
    with faces():
        import keras

        assert keras is not real_keras and keras.layers.Dense is layers.Dense
        assert hasattr(jnp.ones(2), "numpy")
    import keras

    assert keras is real_keras
    assert {n: m for n, m in sys.modules.items() if n.startswith("keras")} == before
    assert sys.meta_path == path and Model.fit is fit and layers.Dense.__init__ is init
    assert not hasattr(jnp.ones(2), "numpy") and not hasattr(Model, "predict_classes")
    assert repr(jnp.ones(2)).startswith("Array(")
    with pytest.raises(TypeError, match="output_dim"):
        layers.Dense(3, output_dim=3)


def test_they_are_taken_back_after_an_error():
    with pytest.raises(ZeroDivisionError), faces():
        1 / 0  # noqa: B018
    import keras

    assert keras is real_keras
    install()
    install()
    uninstall()
    uninstall()
    assert sys.modules["keras"] is real_keras


def test_import_gyeol_imports_nothing_of_it():
    code = "import sys, gyeol, gyeol.layers; sys.exit('gyeol.compat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize(
    "statement",
    [
        "from keras.layers import Conv2D as found",
        "from keras.layers.convolutional import Conv2D as found",
        "from keras.layers.convolutional.conv2d import Conv2D as found",
        "from keras.src.layers.convolutional.conv2d import Conv2D as found",
        "from tensorflow.keras.layers import Conv2D as found",
        "from tensorflow.python.keras.layers import Conv2D as found",
        "from tensorflow.python.keras.layers.convolutional import Conv2D as found",
        "from tensorflow.compat.v1.keras.layers import Conv2D as found",
        "from tf_keras.layers import Conv2D as found",
        "import tensorflow as tf; found = tf.keras.layers.Conv2D",
        "import tensorflow.compat.v1 as tf; found = tf.keras.layers.Conv2D",
        "import tensorflow.keras as keras; found = keras.layers.Conv2D",
        "from tensorflow import keras; found = keras.layers.Conv2D",
        "from keras.layers import *; found = Conv2D",
    ],
)
def test_one_class_by_many_paths(statement):
    space = {}
    with faces():
        if "convolutional.conv2d" in statement and "src" not in statement:
            with pytest.raises(ImportError, match=r"docs/compatibility\.md"):
                exec(statement, space)
            return
        exec(statement, space)
    assert space["found"] is layers.Conv2D


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("from keras.layers import Dens", "Did you mean Dense"),
        ("import keras; keras.layers.Dens", "Did you mean Dense"),
        ("import tensorflow as tf; tf.reduce_men", "Did you mean reduce_mean"),
        ("import tensorflow as tf; tf.keras.applications", "docs/compatibility.md"),
        ("from tensorflow.keras.applications import VGG16", "docs/compatibility.md"),
        ("from keras.applications.vgg16 import VGG16", "docs/compatibility.md"),
        ("import tensorflow.contrib", "docs/compatibility.md"),
        ("from keras.datasets import minst", "Did you mean mnist"),
        ("import tensorflow as tf; tf.Session()", "docs/compatibility.md"),
        ("import tensorflow as tf; tf.lookup()", "StringLookup"),
        ("import tensorflow as tf; tf.lookup.StaticHashTable", "no tf.lookup"),
        ("from keras import backend as K; K.gradients(1, 2)", "docs/compatibility.md"),
        ("from keras.layers import Dense; Dense(3, activaton='relu')", "activation"),
        ("from keras.optimizers import Adam; Adam(learning_rat=1)", "learning_rate"),
        ("from keras.layers import Dense; Dense(3, dropout=0.5)", "dropout"),
        ("from keras.layers import BatchNormalization; BatchNormalization(mode=2)", "mode"),
    ],
)
def test_what_is_not_there_is_named(statement, words):
    with (
        faces(),
        pytest.raises(
            (AttributeError, ImportError, TypeError, NotImplementedError, ValueError)
        ) as error,
    ):
        exec(statement, {})
    assert words in str(error.value)


def test_calls_with_typing_errors_say_what_was_meant():
    with faces():
        model = gyeol.Sequential([layers.Dense(1, input_shape=(2,))])
        with pytest.raises(TypeError, match="Did you mean optimizer"):
            model.compile(optimize="adam")
        with pytest.raises(TypeError, match="Did you mean batch_size"):
            model.predict(np.ones((1, 2)), bath_size=1)
        model.compile("sgd", "mse")
        with pytest.raises(TypeError, match="Did you mean epochs"):
            model.fit(np.ones((1, 2)), np.ones(1), epoch=1)


def test_translations_are_recorded():
    usage.begin()
    with faces():
        from keras.layers import Convolution2D
        from keras.optimizers import adam

        Convolution2D(4, 3, 3, border_mode="same")
        optimizer = adam(lr=0.5)
    assert isinstance(optimizer, optimizers.Adam)
    assert ("Conv2D(border_mode=)", "padding=") in usage.translations
    assert ("Adam(lr=)", "learning_rate=") in usage.translations
    assert "keras.layers.Convolution2D" in usage.names


def test_a_notebook_loads_and_unloads_them():
    gyeol.load_ipython_extension(None)
    try:
        import tensorflow as tf

        assert tf.keras.layers.Dense is layers.Dense
    finally:
        gyeol.unload_ipython_extension(None)
    assert "tensorflow" not in sys.modules
