"""A table: a mistake that learners make -> the words that gyeol must answer with.

Each is made through the public interface. The answer comes from gyeol, in one to three lines that
show nothing of JAX. The model, its optimizer, its history and every file in the folder are then as
they were, and the model works where it worked before.
"""

import datetime
import os
import traceback
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gyeol as keras
from gyeol import callbacks, layers, ops, optimizers, regularizers, utils
from gyeol.preprocessing.image import ImageDataGenerator
from gyeol.preprocessing.sequence import TimeseriesGenerator
from gyeol.preprocessing.text import Tokenizer

pytestmark = pytest.mark.usefixtures("in_a_folder_of_files")

RNG = np.random.default_rng(0)
X = RNG.random((40, 8), dtype=np.float32)
Y = RNG.integers(0, 3, 40)
ONE_HOT = np.eye(3, dtype=np.float32)[Y]
PICTURES = RNG.random((20, 12, 12, 1), dtype=np.float32)
WORDS = RNG.integers(0, 5, (20, 3))
SPARSE = "sparse_categorical_crossentropy"


# Models on which the mistakes are made, each with data that it takes ----------------------------

# Compiling takes nearly all of the time: models without a y are not trained after the mistake.


def compiled(model, loss, x, y, **options):
    model.compile(optimizer="sgd", loss=loss, **options)
    model.good = x, y
    return model


def classifier(loss=SPARSE, y=Y, **options):
    hidden, scores = (
        layers.Dense(4, "relu", name="hidden"),
        layers.Dense(3, "softmax", name="scores"),
    )
    model = keras.Sequential([layers.Input((8,)), hidden, scores], name="flowers")
    return compiled(model, loss, X, y, **options)


def compiled_wrongly(**options):
    """A classifier that can predict, and is not trained afterwards."""
    return lambda: classifier(**{"y": None, **options})


def regression():
    model = keras.Sequential([layers.Input((8,)), layers.Dense(1, name="price")])
    return compiled(model, "mse", X, None)


def binary(activation="sigmoid"):
    model = keras.Sequential([layers.Input((8,)), layers.Dense(1, activation, name="ill")])
    return compiled(model, "binary_crossentropy", X, None)


def pictures():
    edges, scores = layers.Conv2D(2, 3, name="edges"), layers.Dense(3, "softmax", name="scores")
    inner = [layers.Input((12, 12, 1)), edges, layers.Flatten(), scores]
    return compiled(keras.Sequential(inner, name="photos"), SPARSE, PICTURES, None)


def unflattened():
    inner = [layers.Input((12, 12)), layers.Dense(3, "softmax", name="scores")]
    return compiled(keras.Sequential(inner), SPARSE, PICTURES[..., 0], None)


def reader():
    words = layers.Embedding(5, 2, name="words")
    inner = [layers.Input((3,), dtype="int32"), words, layers.Flatten(), layers.Dense(1)]
    return compiled(keras.Sequential(inner), "mse", WORDS, Y[:20, None])


SIZES = [X[:, :1], X[:, 1:2]]


def two_by_two(loss="mse", y=SIZES, **options):
    first, second = layers.Input((8,), name="first"), layers.Input((2,), name="second")
    both = layers.Concatenate()([first, second])
    outputs = [layers.Dense(1, name="size")(both), layers.Dense(1, name="weight")(both)]
    model = keras.Model([first, second], outputs, name="boxes")
    return compiled(model, loss, [X, X[:, :2]], y, **options)


def unbuilt():
    model = keras.Sequential([layers.Dense(4), layers.Dense(3, "softmax")], name="young")
    return compiled(model, SPARSE, X, Y)


def scheduled():
    model = classifier(y=None)
    rate = optimizers.schedules.ExponentialDecay(0.1, 1, 0.9)
    model.compile(optimizers.SGD(rate), SPARSE)
    return model


def with_an_optimizer_of_another():
    other, model = regression(), classifier(y=None)
    other.optimizer.build(other.trainable_variables)
    model.compile(other.optimizer, SPARSE)
    return model


# The ways to make a mistake ---------------------------------------------------------------------


def fit(x=X, y=Y, **options):
    return lambda model: model.fit(x, y, verbose=0, **options)


def evaluate(x=X, y=Y, **options):
    return lambda model: model.evaluate(x, y, verbose=0, **options)


def predict(x, **options):
    return lambda model: model.predict(x, verbose=0, **options)


def stream(*batches, then=None, **options):
    """`fit` on a generator of these batches, which may then raise."""

    def generator():
        yield from batches
        if then is not None:
            raise then

    return lambda model: model.fit(generator(), verbose=0, **options)


def watched(make, **options):
    """`fit` with a callback, made there."""
    return lambda model: model.fit(X, Y, verbose=0, callbacks=[make()], **options)


def making(make):
    """Something made, on no model."""
    return lambda _: make()


def stacked(*inner, shape=(8,)):
    return lambda _: keras.Sequential([layers.Input(shape), *(make() for make in inner)])


def with_value(value):
    x = X.astype(np.float64)
    x[3, 2] = value
    return x


def frame(**columns):
    return pd.DataFrame(X, columns=[f"c{i}" for i in range(8)]).assign(**columns)


class Rows(utils.PyDataset):
    """A data set that says that it has more batches than it has."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return X[:8], [Y[:8], Y[8:16]][index]


def own_layer(**methods):
    return type("Own", (layers.Layer,), methods)()


class Careless(layers.Layer):
    def __init__(self):
        self.inner = layers.Dense(1)

    def call(self, x):
        return self.inner(x)


class CarelessModel(keras.Model):
    def __init__(self):
        self.inner = layers.Dense(1)


def adapted(layer, data):
    layer.adapt(data)
    return layer


# mistake: (the model, or None; what is done to it; words of the answer; what is raised if no
# ValueError)
LABELS = {
    "too large": (classifier, fit(y=Y + 3), ["'scores'", "3 to 5", "3 units", "6 units"]),
    "too large, in evaluate": (classifier, evaluate(y=Y + 3), ["'scores'", "3 to 5", "0 to 2"]),
    "too large, in train_on_batch": (
        classifier,
        lambda model: model.train_on_batch(X, Y + 3),
        ["3 to 5", "0 to 2"],
    ),
    "too large, in validation data": (
        classifier,
        fit(validation_data=(X, Y + 3)),
        ["In the validation data", "3 to 5"],
    ),
    "too large, in the first batch of a generator": (
        classifier,
        stream((X, Y + 3)),
        ["'scores'", "3 to 5"],
    ),
    "from 1": (classifier, fit(y=Y + 1), ["1 to 3", "begin at 1", "y - 1"]),
    "negative": (classifier, fit(y=Y - 1), ["-1 to 1", "0 to 2"]),
    "fractions": (classifier, fit(y=Y / 2), ["fractions", "0.5", "class numbers"]),
    "of shape (n, 1, 1)": (classifier, fit(y=Y[:, None, None]), ["(batch, 1, 1)", "(batch, 3)"]),
    "NaN": (classifier, fit(y=np.where(Y == 1, np.nan, Y)), ["y holds", "NaN", "leave those rows"]),
    "missing, as None": (classifier, fit(y=[None, 1] * 20), ["y holds 20 values", "NaN"]),
    "text": (classifier, fit(y=np.array(["cat", "dog"] * 20)), ["y holds text", "'cat'", "unique"]),
    "text in a series": (
        classifier,
        fit(y=pd.Series(["cat", "dog"] * 20, name="species")),
        ["column 'species'", "'cat'", "np.unique"],
    ),
    "dates": (classifier, fit(y=np.arange(40).astype("datetime64[D]")), ["y holds", "1970, 1, 1"]),
    "complex": (regression, fit(y=X[:, :1] * 1j), ["y holds complex", "np.abs"]),
    "one-hot for the sparse loss": (
        classifier,
        fit(y=ONE_HOT),
        ["one-hot", "categorical_crossentropy", "argmax(-1)"],
    ),
    "class numbers for the one-hot loss": (
        compiled_wrongly(loss="categorical_crossentropy"),
        fit(),
        ["class numbers", SPARSE, "to_categorical"],
    ),
    "one-hot of another width": (
        compiled_wrongly(loss="categorical_crossentropy"),
        fit(y=np.eye(4)[Y]),
        ["(batch, 4)", "(batch, 3)", "'scores'"],
    ),
    "three classes for a binary loss": (binary, fit(), ["'ill'", "0 to 2", "takes 0 to 1"]),
    "-1 and 1 for a binary loss": (binary, fit(y=Y % 2 * 2 - 1), ["-1 to 1", "takes 0 to 1"]),
    "one-hot for a single unit": (
        binary,
        fit(y=np.eye(2)[Y % 2]),
        ["one-hot", "1 unit", "argmax(-1)", "2 units"],
    ),
    "class numbers for a binary loss of three units": (
        compiled_wrongly(loss="binary_crossentropy"),
        fit(),
        ["class numbers", "3 units", SPARSE],
    ),
    "class numbers for mse": (
        compiled_wrongly(loss="mse"),
        fit(),
        ["(batch,)", "(batch, 3)", SPARSE, "1 unit"],
    ),
    "softmax over one unit": (
        lambda: binary("softmax"),
        fit(y=Y % 2),
        ["'ill'", "softmax over 1 unit", "sigmoid"],
    ),
    "one value for each picture, no Flatten": (
        unflattened,
        fit(PICTURES[..., 0], Y[:20]),
        ["'scores'", "(batch, 12, 3)", "Flatten()", "GlobalAveragePooling2D()"],
    ),
    "left out": (classifier, fit(y=None), ["no targets", "give y"]),
    "left out of evaluate": (classifier, evaluate(y=None), ["no targets", "give y"]),
    "a single number": (classifier, fit(y=3), ["y is a single value"]),
    "fewer than rows": (classifier, fit(y=Y[:5]), ["x 40", "y 5", "rows"]),
    "fewer than rows in evaluate": (classifier, evaluate(y=Y[:5]), ["x 40", "y 5"]),
    "one for two outputs": (
        two_by_two,
        fit([X, X[:, :2]], X[:, :1]),
        ["2 outputs", "1 targets"],
    ),
    "of an unknown name": (
        two_by_two,
        fit([X, X[:, :2]], {"size": X[:, :1], "height": X[:, 1:2]}),
        ["'height'", "'size', 'weight'"],
    ),
}

DATA = {
    "x and y swapped": (classifier, fit(Y, X), ["x has shape (batch,)", "(batch, 8)", "fit(x, y)"]),
    "fit((x, y))": (classifier, fit((X, Y), None), ["2 arrays", "one input", "fit(x, y)"]),
    "fit((x, y)) on a model not built": (unbuilt, fit((X, Y), None), ["one input", "fit(x, y)"]),
    "a list of samples": (classifier, predict(list(X[:3])), ["3 arrays", "'flowers'", "np.stack"]),
    "fit()": (classifier, lambda model: model.fit(), ["arrays or an iterable", "None"]),
    "NaN": (classifier, fit(with_value(np.nan)), ["x holds 1", "NaN", "column 2"]),
    "NaN in evaluate": (classifier, evaluate(with_value(np.nan)), ["x holds 1", "column 2"]),
    "NaN in validation data": (
        classifier,
        fit(validation_data=(with_value(np.nan), Y)),
        ["In the validation data", "x holds 1", "column 2"],
    ),
    "NaN in a generator": (classifier, stream((with_value(np.nan), Y)), ["x holds 1", "NaN"]),
    "infinity": (classifier, fit(with_value(-np.inf)), ["x holds 1", "inf", "column 2"]),
    "beyond float32": (classifier, fit(with_value(1e300)), ["1e+300", "float32", "log1p"]),
    "no rows": (classifier, fit(X[:0], Y[:0]), ["0 rows"]),
    "no rows in predict": (classifier, predict(X[:0]), ["0 rows"]),
    "empty lists": (classifier, fit([], []), ["no data"]),
    "an empty dict": (classifier, fit({}, Y), ["inputs are named", "[]"]),
    "ragged lists": (classifier, fit([[1.0, 2.0], [1.0]], [0, 1]), ["x has rows of different"]),
    "an object array of arrays": (
        classifier,
        fit(np.array([np.ones(2), np.ones(3)], object), [0, 1]),
        ["x holds text or objects", "array([1., 1.])"],
    ),
    "a column of text": (
        classifier,
        fit(np.array([[1.0, "a"]] * 40, object)),
        ["x (column 1)", "'a'", "Encode it"],
    ),
    "a frame with text": (classifier, fit(frame(c3="Seoul")), ["x (column 'c3')", "'Seoul'"]),
    "a frame with dates": (
        classifier,
        fit(frame(c3=pd.Timestamp("2020-01-01"))),
        ["x (column 'c3')", "2020, 1, 1"],
    ),
    "a frame with categories": (
        classifier,
        fit(frame(c3=pd.Categorical(["a", "b"] * 20))),
        ["x (column 'c3')", "'a'", "Encode it"],
    ),
    "a frame with missing values": (
        classifier,
        fit(frame(c3=[None] + [1.0] * 39)),
        ["x holds 1", "NaN", "column 3"],
    ),
    "dates": (
        classifier,
        fit(np.array([[datetime.date(2020, 1, 1)] * 8] * 40)),
        ["x (column 0)", "datetime.date(2020, 1, 1)"],
    ),
    "numbers as text": (classifier, fit(X.astype(str)), ["x (column 0) holds text", "'0."]),
    "complex": (classifier, fit(X.astype(complex)), ["x holds complex", "real and imaginary"]),
    "complex in predict": (classifier, predict(X.astype(complex)), ["x holds complex"]),
    "the name of a file": (classifier, fit("data.csv"), ["'data.csv'", "Read the file", "loadtxt"]),
    "the name of a picture": (classifier, predict("photo.png"), ["'photo.png'", "Read the file"]),
    "a number": (classifier, fit(3.0), ["arrays or an iterable", "float"]),
    "a set": (classifier, fit({1, 2}), ["arrays or an iterable", "set"]),
    "a layer": (classifier, predict(layers.Dense), ["arrays or an iterable"]),
    "None": (classifier, predict(None), ["arrays or an iterable", "None"]),
    "an Input": (classifier, lambda m: m.predict(layers.Input((8,))), ["symbolic"], TypeError),
    "other features": (classifier, fit(X[:, :5]), ["'flowers'", "(batch, 8)", "(batch, 5)"]),
    "other features in evaluate": (classifier, evaluate(X[:, :5]), ["(batch, 8)", "(batch, 5)"]),
    "other features in predict": (classifier, predict(X[:, :5]), ["(batch, 8)", "(batch, 5)"]),
    "other features in a call": (classifier, lambda m: m(X[:, :5]), ["(batch, 8)", "(batch, 5)"]),
    "other features in predict_on_batch": (
        classifier,
        lambda model: model.predict_on_batch(X[:, :5]),
        ["(batch, 8)", "(batch, 5)"],
    ),
    "other features in validation data": (
        classifier,
        fit(validation_data=(X[:, :5], Y)),
        ["In the validation data", "(batch, 5)"],
    ),
    "one sample": (classifier, predict(X[0]), ["(8,)", "x[None]"]),
    "one sample in a call": (classifier, lambda model: model(X[0]), ["(8,)", "x[None]"]),
    "one picture": (pictures, predict(PICTURES[0]), ["(12, 12, 1)", "x[None]"]),
    "channels first": (
        pictures,
        predict(np.zeros((2, 3, 12, 12), np.float32)),
        ["'photos'", "Channels first?", "np.moveaxis(x, 1, -1)"],
    ),
    "pictures in colour": (
        pictures,
        predict(np.zeros((2, 12, 12, 3), np.float32)),
        ["(batch, 12, 12, 1)", "(batch, 12, 12, 3)"],
    ),
    "pictures made flat": (
        pictures,
        predict(np.zeros((2, 144), np.float32)),
        ["(batch, 12, 12, 1)", "x.reshape((-1, 12, 12, 1))"],
    ),
    "pictures of another size": (
        pictures,
        predict(np.zeros((2, 28, 28, 1), np.float32)),
        ["(batch, 12, 12, 1)", "(batch, 28, 28, 1)"],
    ),
    "an index too large": (reader, fit(WORDS + 3, Y[:20]), ["'words'", "0 to 4", "3 to 7"]),
    "an index too large in evaluate": (
        reader,
        evaluate(WORDS + 3, Y[:20]),
        ["'words'", "input_dim=5", "3 to 7"],
    ),
    "an index too large in predict": (reader, predict(WORDS + 3), ["'words'", "0 to 4", "3 to 7"]),
    "an index too large in a call": (reader, lambda m: m(WORDS + 3), ["'words'", "0 to 4"]),
    "an index too large in train_on_batch": (
        reader,
        lambda model: model.train_on_batch(WORDS + 3, Y[:20]),
        ["'words'", "3 to 7"],
    ),
    "an index too large in predict_on_batch": (
        reader,
        lambda model: model.predict_on_batch(WORDS + 3),
        ["'words'", "3 to 7"],
    ),
    "an index too large in a generator": (reader, stream((WORDS + 3, Y[:20])), ["'words'"]),
    "an index too large in predict on a generator": (
        reader,
        lambda model: model.predict(iter([WORDS, WORDS + 3]), verbose=0),
        ["'words'", "3 to 7"],
    ),
    "a negative index": (reader, predict(WORDS - 1), ["'words'", "0 to 4", "-1 to 3"]),
    "a fraction as an index": (reader, predict(WORDS + 0.5), ["'words'", "whole numbers", ".5"]),
    "one of two inputs": (two_by_two, fit(X, SIZES), ["2 inputs", "has 1"]),
    "inputs in the wrong order": (
        two_by_two,
        fit([X[:, :2], X], SIZES),
        ["'boxes'", "(batch, 8)", "(batch, 2)"],
    ),
    "an input of an unknown name": (
        two_by_two,
        fit({"first": X, "third": X[:, :2]}, SIZES),
        ["'first', 'second'", "'third'"],
    ),
    "inputs of different lengths": (two_by_two, fit([X, X[:5, :2]], SIZES), ["x 40", "x 5"]),
    "sample_weight of another length": (
        classifier,
        fit(sample_weight=np.ones(5)),
        ["sample_weight 5", "x 40"],
    ),
    "sample_weight of another shape": (
        classifier,
        fit(sample_weight=np.ones((40, 7))),
        ["sample_weight", "(batch, 7)", "(batch,)", "'scores'"],
    ),
    "sample_weight NaN": (
        classifier,
        fit(sample_weight=np.full(40, np.nan)),
        ["sample_weight holds 40", "NaN"],
    ),
    "sample_weight text": (classifier, fit(sample_weight=["a"] * 40), ["sample_weight holds text"]),
    "sample_weight of three for two outputs": (
        two_by_two,
        fit([X, X[:, :2]], SIZES, sample_weight=[np.ones(40)] * 3),
        ["sample_weight", "3", "'size', 'weight'"],
    ),
}

ARGUMENTS = {
    "epochs negative": (classifier, fit(epochs=-1), ["epochs", "-1"]),
    "epochs a fraction": (classifier, fit(epochs=1.5), ["epochs", "whole number", "1.5"]),
    "epochs text": (classifier, fit(epochs="10"), ["epochs", "'10'"]),
    "batch_size 0": (classifier, fit(batch_size=0), ["batch_size", "at least 1", "0"]),
    "batch_size text": (classifier, fit(batch_size="32"), ["batch_size", "'32'"]),
    "batch_size negative in predict": (classifier, predict(X, batch_size=-1), ["batch_size", "-1"]),
    "batch_size a fraction in evaluate": (
        classifier,
        evaluate(batch_size=0.5),
        ["batch_size", "0.5"],
    ),
    "steps_per_epoch 0": (classifier, fit(steps_per_epoch=0), ["steps_per_epoch", "at least 1"]),
    "initial_epoch negative": (classifier, fit(initial_epoch=-1), ["initial_epoch", "-1"]),
    "validation_split 1": (classifier, fit(validation_split=1), ["validation_split", "between 0"]),
    "validation_split negative": (classifier, fit(validation_split=-0.1), ["-0.1", "between 0"]),
    "validation_split in percent": (
        classifier,
        fit(validation_split=20),
        ["between 0 and 1", "20"],
    ),
    "validation_split text": (classifier, fit(validation_split="0.2"), ["between 0", "'0.2'"]),
    "validation_split of one row": (
        classifier,
        fit(X[:1], Y[:1], validation_split=0.5),
        ["0.5 of 1 rows", "empty"],
    ),
    "validation_split of a generator": (
        classifier,
        lambda model: model.fit([(X, Y)], validation_split=0.2, verbose=0),
        ["validation_split", "arrays"],
    ),
    "validation_split and validation_data": (
        classifier,
        fit(validation_split=0.2, validation_data=(X, Y)),
        ["validation_split", "validation_data", "not both"],
    ),
    "validation_data without y": (
        classifier,
        fit(validation_data=(X,)),
        ["(x, y)", "y is missing"],
    ),
    "validation_data only x": (
        classifier,
        fit(validation_data=X),
        ["In the validation data", "no targets"],
    ),
    "validation_data of different lengths": (
        classifier,
        fit(validation_data=(X, Y[:5])),
        ["In the validation data", "x 40", "y 5"],
    ),
    "validation_data a number": (classifier, fit(validation_data=3), ["validation data", "int"]),
    "validation_freq 0": (
        classifier,
        fit(validation_data=(X, Y), validation_freq=0),
        ["validation_freq", "at least 1"],
    ),
    "validation_freq text": (
        classifier,
        fit(validation_data=(X, Y), validation_freq="2"),
        ["validation_freq", "'2'"],
    ),
    "verbose 3": (classifier, lambda model: model.fit(X, Y, verbose=3), ["verbose", "3"]),
    "class_weight of a class there is not": (
        classifier,
        fit(class_weight={7: 2.0}),
        ["class 7", "3 outputs", "0 to 2"],
    ),
    "class_weight by name": (classifier, fit(class_weight={"cat": 2.0}), ["numbers", "'cat'"]),
    "class_weight a list": (
        classifier,
        fit(class_weight=[1.0, 2.0, 3.0]),
        ["a dict", "dict(enumerate(class_weight))"],
        TypeError,
    ),
    "class_weight 'balanced'": (
        classifier,
        fit(class_weight="balanced"),
        ["a dict", "'balanced'"],
        TypeError,
    ),
    "class_weight negative": (classifier, fit(class_weight={0: -1.0}), ["class 0", "-1.0"]),
    "class_weight NaN": (classifier, fit(class_weight={0: float("nan")}), ["class 0", "nan"]),
    "class_weight for two outputs": (
        two_by_two,
        fit([X, X[:, :2]], SIZES, class_weight={0: 1.0}),
        ["one output", "sample_weight"],
    ),
    "y beside a generator": (classifier, fit([(X, Y)], Y), ["y goes with arrays", "iterable"]),
    "batch_size beside a generator": (
        classifier,
        lambda model: model.fit([(X, Y)], batch_size=4, verbose=0),
        ["batch_size goes with arrays"],
    ),
    "an empty generator": (classifier, stream(), ["The data is empty"]),
    "an empty generator in predict": (classifier, predict(iter(())), ["The data is empty"]),
    "an empty generator in evaluate": (classifier, evaluate(iter(()), None), ["data is empty"]),
    "a generator not called": (
        classifier,
        lambda model: model.fit(with_value, verbose=0),
        ["iterable of batches", "function"],
    ),
    "a generator of four things": (classifier, stream((X, Y, Y, Y)), ["(x, y)", "a tuple of 4"]),
    "a generator of x alone": (classifier, stream(X), ["no targets", "give y"]),
    "a generator of different lengths": (classifier, stream((X, Y[:4])), ["x 40", "y 4"]),
    "a generator of None": (classifier, stream(None), ["no data"]),
    "a generator of wrong names": (
        classifier,
        stream({"x": X, "y": Y}),
        ["inputs are named", "'x', 'y'"],
    ),
    "an unknown argument of evaluate": (
        classifier,
        evaluate(epochs=3),
        ["evaluate", "'epochs'"],
        TypeError,
    ),
}

COMPILE = {
    "fit without it": (
        None,
        lambda _: keras.Sequential([layers.Dense(1)]).fit(X, Y),
        ["compile("],
        RuntimeError,
    ),
    "evaluate without it": (
        None,
        lambda _: keras.Sequential([layers.Dense(1)]).evaluate(X, Y),
        ["compile("],
        RuntimeError,
    ),
    "no loss": (compiled_wrongly(loss=None), fit(), ["no loss", "loss='mse'"]),
    "no optimizer": (classifier, lambda m: m.compile(None, "mse"), ["optimizer", "None"]),
    "loss misspelt": (
        classifier,
        lambda model: model.compile("sgd", SPARSE[:-1]),
        [f"Did you mean '{SPARSE}'"],
    ),
    "optimizer misspelt": (classifier, lambda m: m.compile("adamm", "mse"), ["mean 'adam'"]),
    "metric misspelt": (
        classifier,
        lambda model: model.compile("sgd", "mse", metrics=["acuracy"]),
        ["'acuracy'", "Did you mean 'accuracy'"],
    ),
    "loss and optimizer swapped": (classifier, lambda m: m.compile("mse", "adam"), ["no loss 'ad"]),
    "a rate in place of the optimizer": (
        classifier,
        lambda model: model.compile(0.01, "mse"),
        ["optimizer", "0.01"],
    ),
    "a number as loss": (classifier, lambda model: model.compile("sgd", 3), ["3 is no loss"]),
    "metrics in the place of loss_weights": (
        classifier,
        lambda model: model.compile("sgd", "mse", ["accuracy"]),
        ["loss_weights", "metrics=['accuracy']"],
    ),
    "two losses for one output": (
        compiled_wrongly(loss=["mse", "mse"]),
        fit(y=ONE_HOT),
        ["loss=", "2 entries", "1 outputs"],
    ),
    "a loss for an unknown output": (
        lambda: two_by_two({"size": "mse", "heigth": "mse"}, None),
        fit([X, X[:, :2]], SIZES),
        ["'heigth'", "'size', 'weight'"],
    ),
    "metrics for an unknown output": (
        lambda: two_by_two(y=None, metrics={"heigth": "mae"}),
        fit([X, X[:, :2]], SIZES),
        ["metrics", "'heigth'", "'size', 'weight'"],
    ),
    "one metric for two outputs": (
        lambda: two_by_two(y=None, metrics=["mae"]),
        fit([X, X[:, :2]], SIZES),
        ["metrics", "1 entries", "2 outputs"],
    ),
    "three loss_weights for two outputs": (
        lambda: two_by_two(y=None, loss_weights=[1.0, 2.0, 3.0]),
        fit([X, X[:, :2]], SIZES),
        ["loss_weights", "3 entries", "2 outputs"],
    ),
    "Accuracy()": (
        compiled_wrongly(metrics=[keras.metrics.Accuracy()]),
        fit(),
        ["Accuracy()", "metrics=['accuracy']"],
    ),
    "categorical_accuracy of class numbers": (
        compiled_wrongly(metrics=["categorical_accuracy"]),
        fit(),
        ["'categorical_accuracy'", "sparse_categorical_accuracy"],
    ),
    "a loss of wrong shapes": (
        compiled_wrongly(loss=lambda y, p: ops.zeros((3, 5)) @ p),
        fit(),
        ["The loss", "product", "5 and 3"],
    ),
    "a loss without return": (compiled_wrongly(loss=lambda y, p: None), fit(), ["return", "None"]),
    "a loss of one argument": (compiled_wrongly(loss=lambda y: y), fit(), ["The loss", "2 were"]),
    "a loss by NumPy": (
        compiled_wrongly(loss=lambda y, p: np.mean(np.array(p))),
        fit(),
        ["The loss", "NumPy", "gyeol.ops"],
    ),
    "a loss with an if": (
        compiled_wrongly(loss=lambda y, p: ops.mean(p) if p[0, 0] > 0 else ops.mean(y)),
        fit(),
        ["The loss", "if", "gyeol.ops.where"],
    ),
    "a rate below 0": (None, making(lambda: optimizers.Adam(-1)), ["learning_rate of Adam", "-1"]),
    "a rate that is NaN": (None, making(lambda: optimizers.SGD(float("nan"))), ["SGD", "nan"]),
    "a rate as text": (None, making(lambda: optimizers.Adam("0.1")), ["learning_rate", "'0.1'"]),
    "a rate set to text": (
        classifier,
        lambda model: setattr(model.optimizer, "learning_rate", "fast"),
        ["learning_rate of SGD", "'fast'"],
    ),
    "a rate set below 0": (
        classifier,
        lambda model: setattr(model.optimizer, "learning_rate", -1),
        ["learning_rate of SGD", "-1"],
    ),
    "lr=": (None, making(lambda: optimizers.Adam(lr=0.1)), ["learning_rate=0.1"]),
    "momentum 2": (None, making(lambda: optimizers.SGD(momentum=2)), ["momentum of SGD", "2"]),
    "beta_1 negative": (None, making(lambda: optimizers.Adam(beta_1=-1)), ["beta_1 of Adam", "-1"]),
    "rho 2": (None, making(lambda: optimizers.RMSprop(rho=2)), ["rho of RMSprop", "2"]),
    "epsilon negative": (None, making(lambda: optimizers.Adam(epsilon=-1)), ["epsilon of Adam"]),
    "weight_decay negative": (
        None,
        making(lambda: optimizers.AdamW(weight_decay=-1)),
        ["weight_decay of AdamW", "-1"],
    ),
    "clipnorm negative": (None, making(lambda: optimizers.Adam(clipnorm=-1)), ["clipnorm of Adam"]),
    "two ways to clip": (
        None,
        making(lambda: optimizers.Adam(clipnorm=1, clipvalue=1)),
        ["clipnorm=1", "clipvalue=1", "only one"],
    ),
    "a schedule over 0 steps": (
        None,
        making(lambda: optimizers.schedules.ExponentialDecay(0.1, 0, 0.9)),
        ["decay_steps", "0"],
    ),
    "an optimizer of another model": (
        with_an_optimizer_of_another,
        fit(),
        ["other variables", "new optimizer"],
    ),
}

LAYERS = {
    "units 0": (None, making(lambda: layers.Dense(0)), ["Dense(units=...)", "positive", "0"]),
    "units negative": (None, making(lambda: layers.Dense(-1)), ["Dense(units=...)", "-1"]),
    "units a fraction": (None, making(lambda: layers.Dense(1.5)), ["Dense(units=...)", "1.5"]),
    "units text": (None, making(lambda: layers.Dense("10")), ["Dense(units=...)", "'10'"]),
    "units True": (None, making(lambda: layers.Dense(True)), ["Dense(units=...)", "True"]),
    "an unknown argument": (
        None,
        making(lambda: layers.Dense(3, unit=4)),
        ["Dense", "'unit'"],
        TypeError,
    ),
    "activation misspelt": (
        None,
        making(lambda: layers.Dense(3, "rleu")),
        ["'rleu'", "Did you mean 'relu'"],
    ),
    "a number as activation": (None, making(lambda: layers.Dense(3, 4)), ["4 is no activation"]),
    "initializer misspelt": (
        None,
        making(lambda: layers.Dense(3, kernel_initializer="he_norml")),
        ["'he_norml'", "Did you mean"],
    ),
    "a number as regularizer": (
        None,
        making(lambda: layers.Dense(3, kernel_regularizer=0.01)),
        ["0.01 is no regularizer"],
    ),
    "a negative regularizer": (None, making(lambda: regularizers.L2(-1)), ["l2", "0 or more"]),
    "dtype misspelt": (None, making(lambda: layers.Dense(3, dtype="flaot32")), ["'flaot32'"]),
    "a name with a slash": (None, making(lambda: layers.Dense(3, name="a/b")), ["name", "'a/b'"]),
    "dropout 1.5": (None, making(lambda: layers.Dropout(1.5)), ["Dropout(rate=...)", "0 to 1"]),
    "dropout in percent": (None, making(lambda: layers.Dropout(50)), ["Dropout(rate=...)", "50"]),
    "dropout text": (None, making(lambda: layers.Dropout("0.5")), ["Dropout(rate=...)", "'0.5'"]),
    "dropout of a recurrent layer text": (
        None,
        making(lambda: layers.LSTM(3, dropout="0.5")),
        ["LSTM", "dropout", "'0.5'"],
    ),
    "filters as a float": (None, making(lambda: layers.Conv2D(32.0, 3)), ["filters", "32.0"]),
    "kernel_size 0": (None, making(lambda: layers.Conv2D(2, 0)), ["Conv2D(kernel_size=...)", "0"]),
    "kernel_size of three numbers": (
        None,
        making(lambda: layers.Conv2D(2, (3, 3, 3))),
        ["kernel_size", "2 of them", "(3, 3, 3)"],
    ),
    "strides 0": (None, making(lambda: layers.Conv2D(2, 3, strides=0)), ["Conv2D(strides=...)"]),
    "padding misspelt": (
        None,
        making(lambda: layers.Conv2D(2, 3, padding="smae")),
        ["Conv2D(padding=...)", "'same'", "'smae'"],
    ),
    "data_format misspelt": (
        None,
        making(lambda: layers.Conv2D(2, 3, data_format="channel_last")),
        ["data_format", "'channels_last'", "'channel_last'"],
    ),
    "strides with dilation": (
        None,
        making(lambda: layers.Conv2D(2, 3, strides=2, dilation_rate=2)),
        ["not both", "strides=(2, 2)"],
    ),
    "groups that do not divide": (
        None,
        making(lambda: layers.Conv2D(3, 3, groups=2)),
        ["filters=3", "groups=2", "multiple"],
    ),
    "pool_size 0": (None, making(lambda: layers.MaxPooling2D(0)), ["MaxPooling2D(pool_size=...)"]),
    "pool_size text": (None, making(lambda: layers.MaxPooling2D("2")), ["pool_size", "'2'"]),
    "a window larger than the picture": (
        None,
        stacked(lambda: layers.Conv2D(2, 20, name="wide"), shape=(12, 12, 1)),
        ["'wide'", "(20, 20)", "(batch, 12, 12, 1)", "padding='same'"],
    ),
    "a pool larger than the picture": (
        None,
        stacked(lambda: layers.MaxPooling2D(20, name="wide"), shape=(12, 12, 1)),
        ["'wide'", "(20, 20)", "smaller pool_size"],
    ),
    "pooled too often": (
        None,
        stacked(*[lambda: layers.MaxPooling2D(2)] * 4, shape=(12, 12, 1)),
        ["MaxPooling2D", "(batch, 1, 1, 1)", "(2, 2)"],
    ),
    "Conv2D on pictures without channels": (
        None,
        stacked(lambda: layers.Conv2D(2, 3), shape=(12, 12)),
        ["Conv2D", "4 axes and got 3", "x[..., None]"],
    ),
    "Conv2D after Flatten": (
        None,
        stacked(layers.Flatten, lambda: layers.Conv2D(2, 3), shape=(12, 12, 1)),
        ["Conv2D", "4 axes and got 2", "before Flatten()"],
    ),
    "Conv1D on a table": (
        None,
        stacked(lambda: layers.Conv1D(2, 3), shape=(12,)),
        ["Conv1D", "3 axes and got 2", "x[..., None]"],
    ),
    "LSTM on a table": (
        None,
        stacked(lambda: layers.LSTM(2), shape=(12,)),
        ["LSTM", "3 axes and got 2", "time and features"],
    ),
    "LSTM after LSTM": (
        None,
        stacked(lambda: layers.LSTM(2), lambda: layers.LSTM(2), shape=(5, 2)),
        ["LSTM", "return_sequences=True"],
    ),
    "GRU called on a table": (None, making(lambda: layers.GRU(2)(X)), ["GRU", "3 axes and got 2"]),
    "TimeDistributed on a table": (
        None,
        making(lambda: layers.TimeDistributed(layers.Dense(2))(X)),
        ["TimeDistributed", "(batch, time, ...)"],
    ),
    "TimeDistributed of a function": (
        None,
        making(lambda: layers.TimeDistributed(ops.relu)),
        ["TimeDistributed takes a layer"],
    ),
    "Bidirectional of Dense": (
        None,
        making(lambda: layers.Bidirectional(layers.Dense(2))),
        ["Bidirectional", "LSTM(32)", "Dense"],
    ),
    "merge_mode misspelt": (
        None,
        making(lambda: layers.Bidirectional(layers.LSTM(2), merge_mode="add")),
        ["merge_mode", "'sum'", "'add'"],
    ),
    "RNN of Dense": (None, making(lambda: layers.RNN(layers.Dense(2))), ["cell", "state_size"]),
    "Dense called on another size": (
        None,
        making(lambda: [inner(x) for inner in [layers.Dense(3)] for x in (X, X[:, :5])]),
        ["Dense", "size 8", "got 5"],
    ),
    "Dense on one sample": (
        None,
        making(lambda: layers.Dense(3)(X[0])),
        ["Dense", "at least 2 axes and got 1"],
    ),
    "Dense on text": (None, making(lambda: layers.Dense(3)("text")), ["Dense", "an array", "str"]),
    "Dense on an array of text": (
        None,
        making(lambda: layers.Dense(3)(np.array([["a"]]))),
        ["Dense", "takes numbers", "'a'"],
        TypeError,
    ),
    "Dense on None": (None, making(lambda: layers.Dense(3)(None)), ["Dense", "an array", "None"]),
    "Dense on a layer": (
        None,
        making(lambda: layers.Dense(3)(layers.Dense(4))),
        ["Dense", "output of another layer", "got Dense"],
    ),
    "Dense on two inputs": (
        None,
        making(lambda: layers.Dense(3)([X, X])),
        ["Dense", "one input; got 2", "Concatenate()"],
    ),
    "Dense on ragged lists": (
        None,
        making(lambda: layers.Dense(3)([[1.0, 2.0], [1.0]])),
        ["Dense", "different lengths"],
    ),
    "Dense on an open size": (
        None,
        stacked(lambda: layers.Dense(3), shape=(None,)),
        ["Dense", "(None, None)", "open"],
    ),
    "Reshape to another size": (
        None,
        stacked(lambda: layers.Reshape((3, 3))),
        ["Reshape", "(batch, 8)", "8 values", "(3, 3)"],
    ),
    "Reshape with the batch": (
        None,
        making(lambda: layers.Reshape((40, 4, 2))(X)),
        ["Reshape", "(40, 4, 2)", "the batch is left out"],
    ),
    "Reshape to text": (None, making(lambda: layers.Reshape("3x3")), ["target_shape", "'3x3'"]),
    "Permute from 0": (None, making(lambda: layers.Permute((0, 1))), ["dims", "(0, 1)"]),
    "Concatenate of misfitting shapes": (
        None,
        making(lambda: layers.Concatenate(1)([layers.Input((3, 4)), layers.Input((3, 5))])),
        ["Concatenate", "axis 1", "(batch, 3, 4)", "(batch, 3, 5)"],
    ),
    "Concatenate of one array": (
        None,
        making(lambda: layers.Concatenate()(X)),
        ["Concatenate", "[a, b]", "(40, 8)"],
    ),
    "Concatenate on an axis there is not": (
        None,
        making(lambda: layers.Concatenate(axis=5)([X, X])),
        ["Concatenate", "axis=5", "2 axes"],
    ),
    "Add of misfitting shapes": (
        None,
        making(lambda: layers.Add()([layers.Input((3,)), layers.Input((4,))])),
        ["Add", "(batch, 3)", "(batch, 4)"],
    ),
    "Add of one": (None, making(lambda: layers.Add()([X])), ["Add", "at least 2 inputs; got 1"]),
    "Subtract of three": (
        None,
        making(lambda: layers.Subtract()([X, X, X])),
        ["Subtract", "2 inputs; got 3"],
    ),
    "symbolic sum of misfitting shapes": (
        None,
        making(lambda: layers.Input((3,)) + layers.Input((4,))),
        ["(batch, 3)", "(batch, 4)"],
    ),
    "symbolic product of misfitting shapes": (
        None,
        making(lambda: ops.matmul(layers.Input((3,)), np.ones((4, 4), np.float32))),
        ["product", "3 and 4"],
    ),
    "attention with one argument": (
        None,
        making(lambda: layers.MultiHeadAttention(2, 4)(PICTURES[..., 0])),
        ["MultiHeadAttention", "layer(query, value)", "layer(x, x)"],
    ),
    "an index beyond an Embedding": (
        None,
        making(lambda: layers.Embedding(3, 2)(np.array([[7]]))),
        ["Embedding", "0 to 2", "7"],
    ),
    "a fraction to an Embedding": (
        None,
        making(lambda: layers.Embedding(3, 2)(np.array([[0.5]]))),
        ["Embedding", "whole numbers", "0.5"],
    ),
    "momentum of BatchNormalization": (
        None,
        making(lambda: layers.BatchNormalization(momentum=2)),
        ["BatchNormalization(momentum=...)", "0 to 1", "2"],
    ),
    "groups that do not divide the channels": (
        None,
        making(lambda: layers.GroupNormalization(3)(X)),
        ["GroupNormalization", "8 channels", "3 groups"],
    ),
    "Cropping2D of more than there is": (
        None,
        making(lambda: layers.Cropping2D(8)(PICTURES)),
        ["Cropping2D", "(20, 12, 12, 1)", "leaves nothing"],
    ),
    "a Lambda of a number": (None, making(lambda: layers.Lambda(3)), ["Lambda", "function", "3"]),
    "an attribute before the layer is built": (
        None,
        making(lambda: layers.Dense(1, name="first").kernel),
        ["'first'", "'kernel'", "build(input_shape)"],
        AttributeError,
    ),
    "the output of a layer never called": (
        None,
        making(lambda: layers.Dense(1, name="first").output),
        ["'first'", "never called", "output"],
        AttributeError,
    ),
    "parameters of a layer not built": (
        None,
        making(lambda: layers.Dense(1, name="first").count_params()),
        ["first", "not built yet"],
    ),
    "built twice": (
        None,
        making(lambda: [d.build(s) for d in [layers.Dense(1)] for s in [(None, 3), (None, 4)]]),
        ["Dense", "built already", "(None, 3)"],
    ),
    "a layer of one's own without super().__init__()": (
        None,
        making(lambda: Careless()(X)),
        ["Careless", "super().__init__()"],
        AttributeError,
    ),
    "a layer of one's own without call": (
        None,
        making(lambda: own_layer()(X)),
        ["Own", "call()"],
        NotImplementedError,
    ),
    "a layer of one's own with NumPy": (
        None,
        stacked(lambda: own_layer(call=lambda self, x: np.asarray(x) * 2)),
        ["Own", "NumPy", "gyeol.ops"],
    ),
    "a layer of one's own with an if": (
        None,
        stacked(lambda: own_layer(call=lambda self, x: x if x[0, 0] > 0 else -x)),
        ["Own", "if", "gyeol.ops.where"],
    ),
    "a layer of one's own with wrong shapes": (
        None,
        stacked(lambda: own_layer(call=lambda self, x: x @ ops.ones((3, 3)))),
        ["Own", "product", "8 and 3"],
    ),
    "a weight of an open size": (
        None,
        making(lambda: layers.Layer(name="any").add_weight((None, 3))),
        ["'any'", "(None, 3)", "known"],
    ),
}

MODELS = {
    "two layers of one name": (
        None,
        making(lambda: keras.Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")])),
        ["'a'", "another name"],
    ),
    "two inputs of one name": (
        None,
        making(
            lambda: keras.Model(
                two := [layers.Input((2,), name="a"), layers.Input((2,), name="a")],
                layers.Add()(two),
            )
        ),
        ["'a'", "differ"],
    ),
    "an input left out": (
        None,
        making(
            lambda: keras.Model(
                a := layers.Input((2,)), layers.Add()([a, layers.Input((2,), name="b")])
            )
        ),
        ["'b'", "not among", "inputs=[..., b]"],
    ),
    "no way from inputs to outputs": (
        None,
        making(
            lambda: keras.Model(layers.Input((2,)), layers.Dense(1)(layers.Input((2,), name="b")))
        ),
        ["'b'", "not among the model's inputs"],
    ),
    "a layer as output": (
        None,
        making(lambda: keras.Model(layers.Input((2,)), layers.Dense(1))),
        ["outputs", "symbolic", "Dense"],
    ),
    "arrays as inputs and outputs": (
        None,
        making(lambda: keras.Model(X, Y)),
        ["Model(inputs, outputs)", "ndarray"],
        TypeError,
    ),
    "Model of a list of layers": (
        None,
        making(lambda: keras.Model([layers.Dense(1), layers.Dense(2)])),
        ["symbolic", "list"],
        TypeError,
    ),
    "Sequential(a, b)": (
        None,
        making(lambda: keras.Sequential(layers.Dense(1), layers.Dense(2))),
        ["one list", "Sequential([a, b])"],
    ),
    "a class in Sequential": (
        None,
        making(lambda: keras.Sequential([layers.Flatten])),
        ["Flatten", "parentheses"],
    ),
    "add a class": (classifier, lambda m: m.add(layers.Dense), ["Dense", "parentheses"]),
    "add a function": (classifier, lambda model: model.add(np.tanh), ["takes layers", "tanh"]),
    "add a name": (classifier, lambda model: model.add("relu"), ["takes layers", "'relu'"]),
    "add data": (classifier, lambda model: model.add(X), ["takes layers", "ndarray"]),
    "add a second Input": (
        classifier,
        lambda model: model.add(layers.Input((3,))),
        ["Input comes first", "once"],
    ),
    "add a layer that does not fit": (
        classifier,
        lambda model: model.add(layers.Conv2D(2, 3, name="late")),
        ["'late'", "4 axes and got 2"],
    ),
    "add a layer built for another size": (
        classifier,
        lambda model: [model.add(d) for d in [layers.Dense(2)] if d(X) is not None],
        ["size 8", "got 3"],
    ),
    "add a name there is": (
        classifier,
        lambda model: model.add(layers.Dense(1, name="hidden")),
        ["'hidden'", "another name"],
    ),
    "add the model to itself": (classifier, lambda m: m.add(m), ["'flowers'", "of itself"]),
    "the model on its own output": (
        classifier,
        lambda model: model(model.output),
        ["'flowers'", "(batch, 8)", "(batch, 3)"],
    ),
    "pop of nothing": (None, making(lambda: keras.Sequential().pop()), ["no layer"]),
    "build of nothing": (None, making(lambda: keras.Sequential().build((None, 3))), ["no layers"]),
    "build without a shape": (unbuilt, lambda model: model.build(), ["shape", "(None, 784)"]),
    "build for a number": (unbuilt, lambda model: model.build(8), ["(None, 784)", "8"]),
    "fit of nothing": (
        lambda: compiled(keras.Sequential(), "mse", None, None),
        fit(),
        ["no layers yet"],
    ),
    "the output of a model not built": (
        unbuilt,
        lambda model: model.output,
        ["not built yet", "output", "Input(shape=...)"],
        AttributeError,
    ),
    "a layer that there is not": (
        classifier,
        lambda model: model.get_layer("hiden"),
        ["'hiden'", "hidden, scores"],
    ),
    "a layer by an index too large": (
        classifier,
        lambda model: model.get_layer(index=9),
        ["2 layers", "9"],
    ),
    "Input without a shape": (None, making(layers.Input), ["Input(shape=(28, 28))"]),
    "Input of text": (None, making(lambda: layers.Input("28x28")), ["one sample", "'28x28'"]),
    "Input of data": (None, making(lambda: layers.Input(X)), ["x.shape[1:]", "ndarray"]),
    "Input of a fraction": (None, making(lambda: layers.Input((28.0,))), ["whole", "28.0"]),
    "Input of a negative size": (None, making(lambda: layers.Input((-1,))), ["whole", "-1"]),
    "Input of sizes not in a tuple": (
        None,
        making(lambda: layers.Input(28, 28, 1)),
        ["one tuple", "Input(shape=(28, 28, 1))"],
    ),
    "NumPy on a symbolic tensor": (
        None,
        making(lambda: np.mean(layers.Input((3,)))),
        ["symbolic", "no values"],
        TypeError,
    ),
    "if on a symbolic tensor": (
        None,
        making(lambda: 1 if layers.Input((3,)) else 0),
        ["symbolic", "no value yet"],
        TypeError,
    ),
    "for on a symbolic tensor": (
        None,
        making(lambda: list(layers.Input((3,)))),
        ["symbolic", "walked"],
        TypeError,
    ),
    "a subclass without super().__init__()": (
        None,
        making(lambda: CarelessModel().compile("sgd", "mse")),
        ["CarelessModel", "super().__init__()"],
        AttributeError,
    ),
    "a subclass without call": (
        None,
        making(lambda: compiled(type("Own", (keras.Model,), {})(), "mse", X, Y).fit(X, Y)),
        ["Own", "call()"],
        NotImplementedError,
    ),
    "a train_step of one's own": (
        None,
        making(lambda: type("Own", (keras.Model,), {"train_step": print})().compile("sgd", "mse")),
        ["Own", "train_step()", "compute_loss()"],
        NotImplementedError,
    ),
    "set_weights of another number": (
        classifier,
        lambda model: model.set_weights([np.zeros((8, 4))]),
        ["flowers has 4 weights", "got 1"],
    ),
    "set_weights of another shape": (
        classifier,
        lambda model: model.set_weights([*model.get_weights()[:3], np.zeros(7)]),
        ["scores/bias", "(3,)", "(7,)"],
    ),
    "set_weights of text": (
        classifier,
        lambda model: model.set_weights([np.full((8, 4), "a"), *model.get_weights()[1:]]),
        ["hidden/kernel", "numbers"],
    ),
    "assign another shape": (
        classifier,
        lambda model: model.layers[0].kernel.assign(np.zeros((3, 3))),
        ["hidden/kernel", "(8, 4)", "(3, 3)"],
    ),
}

FILES = {
    "save with an unknown ending": (
        classifier,
        lambda model: model.save("model.txt"),
        ["'.keras'", "'.h5'", "'model.txt'"],
    ),
    "save in a folder there is not": (
        classifier,
        lambda model: model.save("nowhere/model.keras"),
        ["nowhere", "no folder"],
        FileNotFoundError,
    ),
    "save_weights in a folder there is not": (
        classifier,
        lambda model: model.save_weights("nowhere/model.weights.h5"),
        ["nowhere", "no folder"],
        FileNotFoundError,
    ),
    "save_weights with another ending": (
        classifier,
        lambda model: model.save_weights("model.weights"),
        ["'.weights.h5'", "'model.weights'"],
    ),
    "save over a folder": (
        classifier,
        lambda model: model.save("folder.keras"),
        ["'folder.keras'", "folder"],
        IsADirectoryError,
    ),
    "save over a file, overwrite=False": (
        classifier,
        lambda model: model.save("old.keras", overwrite=False),
        ["'old.keras' exists", "overwrite=True"],
        FileExistsError,
    ),
    "save_weights of a model not built": (
        unbuilt,
        lambda model: model.save_weights("model.weights.h5"),
        ["'young'", "not built yet", "no weights"],
    ),
    "load what is not there": (
        None,
        making(lambda: keras.models.load_model("missing.keras")),
        ["'missing.keras'", "no file"],
        FileNotFoundError,
    ),
    "load a file of text": (
        None,
        making(lambda: keras.models.load_model("notes.keras")),
        ["'notes.keras' cannot be loaded"],
    ),
    "load an empty file": (
        None,
        making(lambda: keras.models.load_model("empty.keras")),
        ["'empty.keras' cannot be loaded"],
    ),
    "load half a file": (
        None,
        making(lambda: keras.models.load_model("half.keras")),
        ["'half.keras' cannot be loaded"],
    ),
    "load weights as a model": (
        None,
        making(lambda: keras.models.load_model("old.weights.h5")),
        ["weights alone", "load_weights"],
    ),
    "load_weights of what is not there": (
        classifier,
        lambda model: model.load_weights("missing.weights.h5"),
        ["'missing.weights.h5'", "no file"],
        FileNotFoundError,
    ),
    "load_weights of another architecture": (
        classifier,
        lambda model: model.load_weights("other.weights.h5"),
        ["does not fit", "'hidden'", "(8, 4)", "(8, 7)"],
    ),
    "load_weights of half a file": (
        classifier,
        lambda model: model.load_weights("half.weights.h5"),
        ["'half.weights.h5' cannot be loaded"],
    ),
    "load_weights into a model not built": (
        unbuilt,
        lambda model: model.load_weights("old.weights.h5"),
        ["'young'", "not built yet"],
    ),
    "a model from what is no JSON": (
        None,
        making(lambda: keras.models.model_from_json("not json")),
        ["JSON"],
    ),
}

CALLBACKS = {
    "a class": (
        classifier,
        watched(lambda: callbacks.EarlyStopping),
        ["EarlyStopping()"],
        TypeError,
    ),
    "a name": (classifier, watched(lambda: "early_stopping"), ["'early_stopping'"], TypeError),
    "a function": (classifier, watched(lambda: print), ["Callback", "print"], TypeError),
    "val_loss without validation": (
        classifier,
        watched(callbacks.EarlyStopping),
        ["EarlyStopping", "'val_loss'", "no validation data", "validation_split"],
    ),
    "monitor misspelt": (
        classifier,
        watched(lambda: callbacks.EarlyStopping("val_los"), validation_split=0.2),
        ["'val_los'", "Did you mean 'val_loss'"],
    ),
    "monitor of a metric not compiled": (
        classifier,
        watched(lambda: callbacks.ReduceLROnPlateau("accuracy")),
        ["ReduceLROnPlateau", "'accuracy'", "reports loss"],
    ),
    "patience in the place of monitor": (
        None,
        making(lambda: callbacks.EarlyStopping(5)),
        ["EarlyStopping(monitor=...)", "'val_loss'", "5"],
        TypeError,
    ),
    "patience negative": (
        None,
        making(lambda: callbacks.EarlyStopping(patience=-1)),
        ["EarlyStopping(patience=...)", "-1"],
    ),
    "patience text": (
        None,
        making(lambda: callbacks.EarlyStopping(patience="3")),
        ["EarlyStopping(patience=...)", "'3'"],
    ),
    "min_delta text": (None, making(lambda: callbacks.EarlyStopping(min_delta="x")), ["min_delta"]),
    "factor negative": (
        None,
        making(lambda: callbacks.ReduceLROnPlateau(factor=-1)),
        ["ReduceLROnPlateau(factor=...)", "-1"],
    ),
    "factor 1": (None, making(lambda: callbacks.ReduceLROnPlateau(factor=1)), ["below 1", "got 1"]),
    "ReduceLROnPlateau beside a schedule": (
        scheduled,
        watched(lambda: callbacks.ReduceLROnPlateau("loss", patience=0)),
        ["ReduceLROnPlateau", "SGD", "ExponentialDecay"],
        TypeError,
    ),
    "LearningRateScheduler beside a schedule": (
        scheduled,
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch: 0.1)),
        ["LearningRateScheduler", "SGD", "ExponentialDecay"],
        TypeError,
    ),
    "LearningRateScheduler of a number": (
        None,
        making(lambda: callbacks.LearningRateScheduler(0.1)),
        ["function of the epoch", "0.1"],
        TypeError,
    ),
    "LearningRateScheduler of three arguments": (
        None,
        making(lambda: callbacks.LearningRateScheduler(lambda a, b, c: 0.1)),
        ["function of the epoch"],
        TypeError,
    ),
    "LambdaCallback of an unknown hook": (
        None,
        making(lambda: callbacks.LambdaCallback(on_epoch_ends=print)),
        ["'on_epoch_ends'", "'on_epoch_end'"],
        TypeError,
    ),
    "LambdaCallback of a number": (
        None,
        making(lambda: callbacks.LambdaCallback(on_epoch_end=3)),
        ["on_epoch_end", "(epoch, logs)", "3"],
        TypeError,
    ),
    "LambdaCallback of too few arguments": (
        None,
        making(lambda: callbacks.LambdaCallback(on_epoch_end=lambda epoch: 0)),
        ["on_epoch_end", "(epoch, logs)"],
        TypeError,
    ),
    "ModelCheckpoint of another ending": (
        None,
        making(lambda: callbacks.ModelCheckpoint("best.txt")),
        [".keras", "'best.txt'"],
    ),
    "ModelCheckpoint of weights, another ending": (
        None,
        making(lambda: callbacks.ModelCheckpoint("best.keras", save_weights_only=True)),
        [".weights.h5", "'best.keras'"],
    ),
    "ModelCheckpoint names no metric": (
        classifier,
        watched(lambda: callbacks.ModelCheckpoint("best-{val_los:.2f}.keras")),
        ["'val_los'", "epoch", "loss"],
    ),
    "ModelCheckpoint of a wrong format": (
        classifier,
        watched(lambda: callbacks.ModelCheckpoint("best-{loss:02d}.keras")),
        ["'best-{loss:02d}.keras'", "{epoch:02d}"],
    ),
    "ModelCheckpoint with a brace left open": (
        classifier,
        watched(lambda: callbacks.ModelCheckpoint("best-{epoch.keras")),
        ["'best-{epoch.keras'", "{epoch:02d}"],
    ),
    "ModelCheckpoint every 0 batches": (
        None,
        making(lambda: callbacks.ModelCheckpoint("best.keras", save_freq=0)),
        ["save_freq", "0"],
    ),
}

PREPROCESSING = {
    "Normalization adapted to another size": (
        None,
        making(lambda: adapted(layers.Normalization(), X)(X[:, :5])),
        ["Normalization", "size 8", "got 5"],
    ),
    "Normalization adapted to nothing": (
        None,
        making(lambda: layers.Normalization().adapt(X[:0])),
        ["no data to adapt to"],
    ),
    "Normalization adapted to text": (
        None,
        making(lambda: layers.Normalization().adapt(np.array([["a"]]))),
        ["Normalization", "numbers", "'a'"],
    ),
    "Normalization adapted to NaN": (
        None,
        making(lambda: layers.Normalization().adapt(with_value(np.nan))),
        ["NaN", "1 of them"],
    ),
    "Normalization with a mean alone": (
        None,
        making(lambda: layers.Normalization(mean=1.0)),
        ["both mean and variance"],
    ),
    "Rescaling by text": (
        None,
        making(lambda: layers.Rescaling("1/255")),
        ["Rescaling(scale=...)", "1 / 255", "'1/255'"],
    ),
    "StringLookup without a vocabulary": (
        None,
        making(lambda: layers.StringLookup()(["a", "b"])),
        ["StringLookup", "no vocabulary", "adapt(data)"],
    ),
    "StringLookup of numbers": (
        None,
        making(lambda: layers.StringLookup(vocabulary=["a"])([1, 2])),
        ["StringLookup", "takes text", "1"],
    ),
    "StringLookup with a token twice": (
        None,
        making(lambda: layers.StringLookup(vocabulary=["a", "a"])),
        ["StringLookup", "once", "'a'"],
    ),
    "StringLookup of a file there is not": (
        None,
        making(lambda: layers.StringLookup(vocabulary="missing.txt")),
        ["'missing.txt'", "no such file"],
        FileNotFoundError,
    ),
    "output_mode misspelt": (
        None,
        making(lambda: layers.StringLookup(output_mode="onehot")),
        ["output_mode", "'one_hot'", "'onehot'"],
    ),
    "TextVectorization of numbers": (
        None,
        making(lambda: adapted(layers.TextVectorization(), ["a b"])(X)),
        ["TextVectorization", "takes text"],
    ),
    "TextVectorization without a vocabulary": (
        None,
        making(lambda: layers.TextVectorization()(["a b"])),
        ["TextVectorization", "no vocabulary", "adapt(data)"],
    ),
    "TextVectorization adapted to nothing": (
        None,
        making(lambda: layers.TextVectorization().adapt([])),
        ["no data to adapt to"],
    ),
    "text into a model": (
        None,
        making(lambda: layers.Input((1,), dtype="string")),
        ["text", "TextVectorization to the data first"],
        NotImplementedError,
    ),
    "Discretization by text": (
        None,
        making(lambda: layers.Discretization(bin_boundaries=["a"])),
        ["bin_boundaries", "numbers", "'a'"],
    ),
    "RandomFlip misspelt": (
        None,
        making(lambda: layers.RandomFlip("sideways")),
        ["RandomFlip(mode=...)", "'horizontal'", "'sideways'"],
    ),
    "RandomRotation by text": (
        None,
        making(lambda: layers.RandomRotation("90")),
        ["RandomRotation(factor=...)", "-1 to 1", "'90'"],
    ),
    "RandomRotation in degrees": (
        None,
        making(lambda: layers.RandomRotation(90)),
        ["-1 to 1", "90"],
    ),
    "Resizing to 0": (None, making(lambda: layers.Resizing(0, 10)), ["Resizing(height=...)", "0"]),
    "to_categorical of a class too large": (
        None,
        making(lambda: utils.to_categorical([0, 5], 3)),
        ["3 classes", "0 to 2", "0 to 5"],
    ),
    "to_categorical of text": (
        None,
        making(lambda: utils.to_categorical(["a"])),
        ["class numbers", "np.unique"],
    ),
    "pad_sequences of one sequence": (
        None,
        making(lambda: utils.pad_sequences([1, 2])),
        ["list of sequences", "1"],
    ),
    "TimeseriesGenerator of different lengths": (
        None,
        making(lambda: TimeseriesGenerator(X, Y[:5], 2)),
        ["40", "5"],
    ),
    "TimeseriesGenerator of long windows": (
        None,
        making(lambda: TimeseriesGenerator(X, Y, 100)),
        ["length 100"],
    ),
    "ImageDataGenerator on pictures without channels": (
        None,
        making(lambda: ImageDataGenerator().flow(PICTURES[..., 0], Y[:20])),
        ["four axes", "(20, 12, 12)"],
    ),
    "ImageDataGenerator on different lengths": (
        None,
        making(lambda: ImageDataGenerator().flow(PICTURES, Y)),
        ["20 pictures", "40"],
    ),
    "flow_from_directory of a folder there is not": (
        None,
        making(lambda: ImageDataGenerator().flow_from_directory("missing")),
        ["no folder missing"],
        FileNotFoundError,
    ),
    "Tokenizer without texts": (
        None,
        making(lambda: Tokenizer().texts_to_matrix(["a"])),
        ["fit_on_texts"],
    ),
    "Tokenizer of numbers": (
        None,
        making(lambda: Tokenizer().fit_on_texts([1, 2])),
        ["Tokenizer takes texts", "1"],
    ),
}

MISTAKES = {
    f"{part}: {name}": entry
    for part, table in {
        "labels": LABELS,
        "data": DATA,
        "arguments": ARGUMENTS,
        "compile": COMPILE,
        "layers": LAYERS,
        "models": MODELS,
        "files": FILES,
        "callbacks": CALLBACKS,
        "preprocessing": PREPROCESSING,
    }.items()
    for name, entry in table.items()
}

# What comes to light only when training begins or goes on: the model keeps what it has learned.
ON_THE_WAY = {
    "AUC of class numbers": (
        compiled_wrongly(metrics=[keras.metrics.AUC(name="area")]),
        fit(),
        ["metric 'area'", "(batch,)", "(batch, 3)"],
    ),
    "LearningRateScheduler that returns text": (
        classifier,
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch: "fast")),
        ["must return a number", "'fast'"],
    ),
    "LearningRateScheduler that returns None": (
        classifier,
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch: None)),
        ["must return a number", "None"],
    ),
    "LearningRateScheduler that returns less than 0": (
        classifier,
        watched(lambda: callbacks.LearningRateScheduler(lambda epoch: -0.1)),
        ["-0.1", "epoch 0", "at least 0"],
    ),
    "CSVLogger in a folder there is not": (
        classifier,
        watched(lambda: callbacks.CSVLogger("nowhere/log.csv")),
        ["nowhere", "folder"],
        FileNotFoundError,
    ),
    "labels too large in the second batch": (
        classifier,
        stream((X, Y), (X, Y + 3)),
        ["'scores'", "3 to 5"],
    ),
    "NaN in the second batch": (
        classifier,
        stream((X, Y), (with_value(np.nan), Y)),
        ["x holds 1", "column 2"],
    ),
    "other features in the second batch": (
        classifier,
        stream((X, Y), (X[:, :5], Y)),
        ["(batch, 8)", "(batch, 5)"],
    ),
    "an index too large in the second batch": (
        reader,
        stream((WORDS, Y[:20]), (WORDS + 3, Y[:20])),
        ["'words'", "3 to 7"],
    ),
    "validation data that can be walked over once": (
        classifier,
        lambda model: model.fit(X, Y, epochs=2, validation_data=iter([(X, Y)]), verbose=0),
        ["validation data gave no batch", "once"],
    ),
}

# Errors of Python's own, or of the user's own code, pass as they are.
NOT_OURS = {
    "an argument of fit misspelt": (classifier, fit(nb_epoch=3), ["'nb_epoch'"], TypeError),
    "an argument of a callback misspelt": (
        None,
        making(lambda: callbacks.EarlyStopping(patient=3)),
        ["'patient'"],
        TypeError,
    ),
    "units left out": (None, making(lambda: layers.Dense()), ["Dense", "'units'"], TypeError),
    "a method of Keras 1": (
        classifier,
        lambda model: model.predict_classes(X),
        ["predict_classes"],
        AttributeError,
    ),
    "a generator that raises": (classifier, stream(then=KeyError("row 7")), ["row 7"], KeyError),
    "an index error in a data set": (
        classifier,
        lambda model: model.fit(Rows(), shuffle=False, verbose=0),
        ["out of range"],
        IndexError,
    ),
    "a callback that raises": (
        classifier,
        watched(lambda: callbacks.LambdaCallback(on_train_begin=lambda logs: 1 / 0)),
        ["division"],
        ZeroDivisionError,
    ),
}


# The harness ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder_of_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    model, other = classifier(), keras.Sequential([layers.Input((8,)), layers.Dense(7)])
    model.save(folder / "old.keras")
    model.save_weights(folder / "old.weights.h5")
    other.save_weights(folder / "other.weights.h5")
    for name in ("{}.keras", "{}.weights.h5"):
        whole = (folder / name.format("old")).read_bytes()
        (folder / name.format("half")).write_bytes(whole[: len(whole) // 2])
    (folder / "notes.keras").write_text("Buy milk.")
    (folder / "empty.keras").touch()
    (folder / "folder.keras").mkdir()
    return folder


@pytest.fixture
def in_a_folder_of_files(folder_of_files, monkeypatch):
    monkeypatch.chdir(folder_of_files)
    before = files_here()
    yield
    assert files_here() == before


def files_here():
    return {str(p): p.read_bytes() if p.is_file() else None for p in Path(".").rglob("*")}


def bits(variables):
    return [(variable.path, np.asarray(variable.value).tobytes()) for variable in variables]


def state_of(model):
    """All of a model that a mistake must leave as it was."""
    parts, optimizer = model._flatten_layers(), model.optimizer
    return {
        "weights": bits(model.variables),
        "optimizer": (id(optimizer), optimizer.built, bits(optimizer.variables)),
        "layers": [(id(part), part.name, part.built, part.trainable) for part in parts],
        "compiled": (id(model._objective), model.compiled, model.loss),
        "metrics": [(metric.name, bits(metric.variables)) for metric in model.metrics],
        "history": (id(model.history), model.history and dict(model.history.history)),
        "stops": model.stop_training,
    }


def answer_to(do, model, kind):
    """What a mistake is answered with, which must be of exactly that kind."""
    with pytest.raises(Exception) as raised:
        do(model)
    assert type(raised.value) is kind, repr(raised.value)
    return raised.value


def assert_is_in_words(error, words):
    message = str(error)
    for word in words:
        assert word in message, message
    assert 1 <= len(message.splitlines()) <= 3, message
    shown = "".join(traceback.format_exception_only(error))
    for strange in ("jax", "jnp.", "tracer", "traced", "dot_general", "XlaRuntime", "float32["):
        assert strange not in shown.lower(), shown
    chain = error
    while chain is not None:
        files = [frame.filename for frame in traceback.extract_tb(chain.__traceback__)]
        # A model that is called runs through JAX, whose frames are not in a traceback that it left.
        assert chain is error or not any("/jax/" in file for file in files)
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)


def raised_by_gyeol(error):
    last = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return Path(keras.__file__).parent in last.parents


def assert_works(model, before):
    """The model predicts the same bits as before, and trains, if it could."""
    x, y = model.good
    if before is not None:
        np.testing.assert_array_equal(model.predict(x, verbose=0)[0], before[0])
    if y is not None:
        model.fit(x, y, verbose=0)
        assert all(np.isfinite(weight).all() for weight in model.get_weights())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_in_words_and_changes_nothing(mistake):
    make, do, words, kind = (*MISTAKES[mistake], ValueError)[:4]
    model = make and make()
    predicted = None
    if model is not None:
        if model.built:
            predicted = model.predict(model.good[0], verbose=0)
        before = state_of(model)
    error = answer_to(do, model, kind)
    assert_is_in_words(error, words)
    assert raised_by_gyeol(error)
    if model is not None:
        assert state_of(model) == before
        if model.layers:
            assert_works(model, predicted)


@pytest.mark.parametrize("mistake", ON_THE_WAY)
def test_mistake_on_the_way_is_answered_in_words_and_the_model_is_whole(mistake):
    make, do, words, kind = (*ON_THE_WAY[mistake], ValueError)[:4]
    model = make()
    error = answer_to(do, model, kind)
    assert_is_in_words(error, words)
    assert raised_by_gyeol(error)
    assert_works(model, None)


@pytest.mark.parametrize("mistake", NOT_OURS)
def test_error_that_is_not_ours_passes_and_the_model_is_whole(mistake):
    make, do, words, kind = NOT_OURS[mistake]
    model = make and make()
    error = answer_to(do, model, kind)
    assert_is_in_words(error, words)
    if model is not None:
        assert_works(model, None)


def test_table_is_long_enough_and_says_each_mistake_once():
    assert len(MISTAKES) >= 80
    assert len({id(entry) for entry in MISTAKES.values()}) == len(MISTAKES)


# What is only suspicious: a warning, and the call goes on ---------------------------------------


def unadapted():
    inner = [layers.Input((8,)), layers.Normalization(name="norm"), layers.Dense(1)]
    return compiled(keras.Sequential(inner), "mse", X, X[:, :1])


def frozen_late():
    model = classifier()
    model.layers[0].trainable = False
    return model


SUSPICIOUS = {
    "a layer frozen after compile": (frozen_late, fit(), ["hidden", "compile()"]),
    "softmax with from_logits=True": (
        lambda: classifier(keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        fit(),
        ["from_logits"],
    ),
    "a Normalization that has seen no data": (
        unadapted,
        fit(y=X[:, :1]),
        ["'norm'", "no data", "adapt(x_train)"],
    ),
    "weights below 0": (
        classifier,
        fit(sample_weight=-np.ones(40)),
        ["40 weights below 0"],
    ),
    "three targets for one output": (
        regression,
        evaluate(y=ONE_HOT),
        ["'price'", "(batch, 3)", "(batch, 1)", "as many units"],
    ),
    "fewer batches than steps": (
        classifier,
        stream((X, Y), steps_per_epoch=5),
        ["after 1 steps", "5"],
    ),
    "dropout of a recurrent layer beyond 1": (
        None,
        making(lambda: layers.LSTM(3, dropout=20)),
        ["dropout", "0 to 1", "20"],
    ),
    "mode misspelt": (
        None,
        making(lambda: callbacks.EarlyStopping(mode="low")),
        ["'low'", "auto"],
    ),
}


@pytest.mark.parametrize("mistake", SUSPICIOUS)
def test_what_is_suspicious_is_warned_of_once(mistake):
    make, do, words = SUSPICIOUS[mistake]
    model = make and make()
    with pytest.warns(UserWarning) as told:
        do(model)
    (warning,) = told
    for word in words:
        assert word in str(warning.message), warning.message
    assert os.path.samefile(warning.filename, __file__), "a warning points at the user's line"


def test_pixels_of_255_are_said_once(capfd):
    inner = [layers.Input((12, 12, 1)), layers.Flatten(), layers.Dense(1)]
    model = compiled(keras.Sequential(inner), "mse", None, None)
    for _ in range(2):
        model.fit((PICTURES * 255).astype(np.uint8), Y[:20, None], verbose=2)
    told = capfd.readouterr().err
    assert told.count("values run from 0 to 25") == told.count("Rescaling(1 / 255)") == 1


def test_columns_of_different_scales_are_said(capfd):
    x = X * np.where(np.arange(8) == 4, 1000, 1)
    classifier().fit(x, Y, verbose=2)
    told = capfd.readouterr().err
    assert "Column 4 has values of about" in told and "Normalization()" in told


def test_linear_outputs_for_a_cross_entropy_are_named(capfd):
    binary(None).fit(X, Y % 2, verbose=0)
    told = capfd.readouterr().err
    for word in ("from_logits_mismatch", "It is linear", "'sigmoid'", "from_logits=True"):
        assert word in told


def test_one_class_and_a_batch_larger_than_the_data_are_legal():
    history = classifier().fit(X, Y * 0, batch_size=1000, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize("make", [classifier, two_by_two])
def test_healthy_run_is_silent(make, capfd):
    model = make()
    x, y = model.good
    model.fit(x, y, verbose=0)
    model.predict(x, verbose=0)
    assert capfd.readouterr() == ("", "")
