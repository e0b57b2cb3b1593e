"""A table: a mistake that people make -> the words that the error must hold.

Each is made through the public interface, and leaves the model as it was.
"""

import warnings

import numpy as np
import pytest

import gyeol as keras
from gyeol import layers

RNG = np.random.default_rng(0)
X = RNG.random((40, 8), dtype=np.float32)
Y = RNG.integers(0, 3, 40)
PICTURES = RNG.random((20, 12, 12, 1), dtype=np.float32)


def classifier(units=3, activation="softmax", loss="sparse_categorical_crossentropy", **options):
    model = keras.Sequential(
        [
            layers.Input(shape=(8,)),
            layers.Dense(4, "relu"),
            layers.Dense(units, activation=activation),
        ]
    )
    model.compile(optimizer="sgd", loss=loss, **options)
    return model


def fitting(model, x=X, y=Y, **options):
    return lambda: model.fit(x, y, verbose=0, **options)


def with_nan():
    x = X.copy()
    x[3, 2] = x[5, 6] = np.nan
    return x


def conv_model(*rest, shape=(12, 12, 1)):
    model = keras.Sequential([layers.Input(shape=shape), layers.Conv2D(2, 3), *rest])
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    return model


MISTAKES = {
    "labels too large": (lambda: fitting(classifier(), y=Y + 3), ["3 to 5", "3 units", "0 to 2"]),
    "labels from 1": (lambda: fitting(classifier(), y=Y + 1), ["1 to 3", "begin at 1", "y - 1"]),
    "labels negative": (lambda: fitting(classifier(), y=Y - 1), ["-1 to 1", "0 to 2"]),
    "labels that are fractions": (
        lambda: fitting(classifier(), y=Y / 2),
        ["fractions", "class numbers"],
    ),
    "one-hot with the sparse loss": (
        lambda: fitting(classifier(), y=np.eye(3)[Y]),
        ["one-hot", "categorical_crossentropy", "argmax"],
    ),
    "integers with the one-hot loss": (
        lambda: fitting(classifier(loss="categorical_crossentropy")),
        ["class numbers", "sparse_categorical_crossentropy", "to_categorical"],
    ),
    "softmax over one unit": (
        lambda: fitting(classifier(units=1, loss="binary_crossentropy"), y=Y % 2),
        ["softmax over 1 unit", "sigmoid"],
    ),
    "softmax over one unit, sparse": (
        lambda: fitting(classifier(units=1), y=Y * 0),
        ["1 unit", "sigmoid", "binary_crossentropy"],
    ),
    "binary loss on ten classes": (
        lambda: fitting(classifier(loss="binary_crossentropy")),
        ["class numbers", "sparse_categorical_crossentropy"],
    ),
    "binary loss on other values": (
        lambda: fitting(classifier(units=1, activation="sigmoid", loss="binary_crossentropy")),
        ["0 to 2", "0 to 1"],
    ),
    "mse on class numbers": (
        lambda: fitting(classifier(loss="mse")),
        ["(batch,)", "(batch, 3)", "sparse_categorical_crossentropy"],
    ),
    "no targets": (lambda: fitting(classifier(), y=None), ["no targets", "give y"]),
    "NaN in x": (lambda: fitting(classifier(), x=with_nan()), ["2 values", "NaN", "column 2, 6"]),
    "inf in y": (
        lambda: fitting(
            classifier(units=1, activation=None, loss="mse"), y=np.where(Y == 1, np.inf, 0)
        ),
        ["y holds", "inf"],
    ),
    "lengths that differ": (
        lambda: fitting(classifier(), y=Y[:5]),
        ["x 40", "y 5"],
    ),
    "no rows": (lambda: fitting(classifier(), x=X[:0], y=Y[:0]), ["0 rows"]),
    "text labels": (
        lambda: fitting(classifier(), y=np.array(["cat", "dog"] * 20)),
        ["y holds text", "cat", "np.unique"],
    ),
    "a text column": (
        lambda: fitting(classifier(), x=np.array([[1.0, "a"]] * 40, dtype=object)),
        ["column 1", "'a'"],
    ),
    "ragged rows": (
        lambda: fitting(classifier(), x=[[1.0, 2.0], [1.0]], y=[0, 1]),
        ["different lengths"],
    ),
    "other features": (
        lambda: fitting(classifier(), x=X[:, :5]),
        ["(batch, 8)", "(batch, 5)"],
    ),
    "one row without a batch": (lambda: lambda: classifier().predict(X[0]), ["x[None]"]),
    "pictures without channels": (
        lambda: lambda: layers.Conv2D(2, 3)(PICTURES[..., 0]),
        ["Conv2D", "x[..., None]"],
    ),
    "pictures without channels, in a model": (
        lambda: lambda: keras.Sequential([layers.Input((12, 12)), layers.Conv2D(2, 3)]),
        ["Conv2D", "x[..., None]"],
    ),
    "Flatten forgotten": (
        lambda: fitting(conv_model(layers.Dense(3, "softmax")), x=PICTURES, y=Y[:20]),
        ["every place", "Flatten()", "GlobalAveragePooling2D()"],
    ),
    "monitor names no metric": (
        lambda: fitting(
            classifier(metrics=["accuracy"]),
            validation_split=0.2,
            callbacks=[keras.callbacks.EarlyStopping(monitor="val_los")],
        ),
        ["val_los", "val_loss"],
    ),
    "the class of a callback": (
        lambda: fitting(classifier(), callbacks=[keras.callbacks.EarlyStopping]),
        ["EarlyStopping()"],
    ),
    "the Accuracy class": (
        lambda: fitting(classifier(metrics=[keras.metrics.Accuracy()])),
        ["Accuracy", "'accuracy'"],
    ),
    "metrics where loss_weights stand": (
        lambda: lambda: classifier().compile("adam", "mse", ["accuracy"]),
        ["loss_weights", "metrics=['accuracy']"],
    ),
    "an unknown loss": (
        lambda: lambda: classifier(loss="sparse_categorical_crossentrop"),
        ["sparse_categorical_crossentropy"],
    ),
    "an unknown optimizer": (
        lambda: lambda: classifier().compile(optimizer="adamm", loss="mse"),
        ["adam"],
    ),
    "an unknown activation": (lambda: lambda: layers.Dense(3, "relux"), ["relu"]),
    "an unknown argument": (lambda: lambda: layers.Dense(3, unit=4), ["Dense", "'unit'"]),
    "no units": (lambda: lambda: layers.Dense(0), ["units", "positive"]),
    "fit before compile": (
        lambda: lambda: keras.Sequential([layers.Dense(1)]).fit(X, Y, verbose=0),
        ["compile("],
    ),
    "validation_split of 1": (
        lambda: fitting(classifier(), validation_split=1.0),
        ["validation_split", "between 0 and 1"],
    ),
    "validation twice": (
        lambda: fitting(classifier(), validation_split=0.2, validation_data=(X, Y)),
        ["validation_split", "validation_data"],
    ),
    "validation data without targets": (
        lambda: fitting(classifier(), validation_data=(X,)),
        ["validation_data", "y is missing"],
    ),
    "a batch size of 0": (lambda: fitting(classifier(), batch_size=0), ["batch_size", "0"]),
    "epochs of 1.5": (lambda: fitting(classifier(), epochs=1.5), ["epochs", "1.5"]),
    "a class, not a layer": (
        lambda: lambda: keras.Sequential([layers.Flatten]),
        ["parentheses"],
    ),
    "two layers of one name": (
        lambda: lambda: keras.Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")]),
        ["'a'", "another name"],
    ),
    "an input left out": (
        lambda: lambda: _model_without_an_input(),
        ["not among the model's inputs"],
    ),
    "inputs by a wrong name": (
        lambda: lambda: _named_model().predict({"first": X, "third": X}, verbose=0),
        ["'first', 'second'", "'third'"],
    ),
    "a window larger than the picture": (
        lambda: lambda: layers.Conv2D(2, 20)(PICTURES),
        ["conv2d", "(20, 12, 12, 1)"],
    ),
    "shapes that do not add": (
        lambda: lambda: layers.Add()([X, X[:, :5]]),
        ["Add", "(40, 8)"],
    ),
    "an empty generator": (
        lambda: lambda: classifier().fit(iter(()), verbose=0),
        ["empty"],
    ),
    "weights of another shape": (
        lambda: lambda: classifier().set_weights([np.zeros((2, 2))] * 4),
        ["(8, 4)", "(2, 2)"],
    ),
}


def _model_without_an_input():
    a, b = layers.Input((2,)), layers.Input((2,))
    return keras.Model(a, layers.Add()([a, b]))


def _named_model():
    a, b = layers.Input((8,), name="first"), layers.Input((8,), name="second")
    return keras.Model([a, b], layers.Add()([a, b]))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_named(mistake):
    make, words = MISTAKES[mistake]
    run = make()
    with pytest.raises((ValueError, TypeError, RuntimeError)) as raised:
        run()
    message = str(raised.value)
    for word in words:
        assert word in message, message
    assert len(message.splitlines()) <= 3
    assert "jax" not in message.lower()


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if "fit" not in name])
def test_mistake_ends_in_gyeol_and_not_in_jax(mistake):
    make, _ = MISTAKES[mistake]
    with pytest.raises((ValueError, TypeError, RuntimeError)) as raised:
        make()()
    last = raised.traceback[-1].path.as_posix()
    assert "/jax/" not in last


def test_from_logits_on_a_softmax_is_named_and_the_real_logits_are_used():
    told = classifier(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    right = classifier()
    told.set_weights(right.get_weights())
    with pytest.warns(UserWarning, match="from_logits") as warned:
        loss = told.evaluate(X, Y, verbose=0)
    assert warned[0].filename == __file__
    assert loss == pytest.approx(right.evaluate(X, Y, verbose=0), rel=1e-6)


def test_layer_frozen_after_compile_is_named():
    model = classifier()
    model.layers[0].trainable = False
    with pytest.warns(UserWarning, match=r"compile\(\)"):
        model.fit(X, Y, verbose=0)


def test_second_fit_is_said_once(capsys):
    model = classifier()
    for _ in range(3):
        model.fit(X, Y, epochs=2, verbose=2)
    assert capsys.readouterr().err.count("trained for 2 epochs before") == 1


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_healthy_fit_is_silent(activation, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if activation == "softmax":
            classifier(metrics=["accuracy"]).fit(X, Y, verbose=0)
        else:
            model = classifier(1, "sigmoid", "binary_crossentropy", metrics=["accuracy"])
            model.fit(X, Y % 2, verbose=0)
    said = capsys.readouterr()
    assert said.out == said.err == ""


def test_messages_exist_in_korean(monkeypatch):
    monkeypatch.setenv("GYEOL_LANG", "ko")
    with pytest.raises(ValueError, match=r"[가-힣]"):
        classifier().fit(X, Y + 3, verbose=0)


def test_index_beyond_an_embedding_is_named():
    model = keras.Sequential(
        [keras.Input((3,), dtype="int32"), layers.Embedding(5, 2, name="words"), layers.Flatten()]
    )
    model.compile("adam", "mse")
    x, y = np.array([[0, 1, 5]]), np.zeros((1, 6))
    message = "'words' .Embedding. has input_dim=5.* from 0 to 4; the data has 0 to 5"
    for call in (lambda: model.fit(x, y, verbose=0), lambda: model.predict(x, verbose=0)):
        with pytest.raises(ValueError, match=message):
            call()
    assert np.isfinite(model.predict(x - 1 + np.array([1, 0, 0]), verbose=0)).all()
