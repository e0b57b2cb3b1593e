"""Losses give Keras's values, gradients, reductions and configs."""

import functools
import json

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import losses

# class, arguments, labels, outputs
CASES = [
    ("MeanSquaredError", {}, "real", "real"),
    ("MeanAbsoluteError", {}, "real", "real"),
    ("MeanAbsolutePercentageError", {}, "real", "real"),
    ("MeanSquaredLogarithmicError", {}, "positive", "real"),
    ("Huber", {"delta": 0.7}, "real", "real"),
    ("LogCosh", {}, "real", "real"),
    ("Poisson", {}, "positive", "positive"),
    ("KLDivergence", {}, "distribution", "distribution"),
    ("Hinge", {}, "binary", "real"),
    ("Hinge", {}, "sign", "real"),
    ("SquaredHinge", {}, "sign", "real"),
    ("CategoricalHinge", {}, "one_hot", "real"),
    ("CosineSimilarity", {}, "real", "real"),
    ("CosineSimilarity", {"axis": 1}, "real", "real"),
    ("BinaryCrossentropy", {}, "binary", "probability"),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, "binary", "probability"),
    ("BinaryCrossentropy", {"from_logits": True}, "binary", "real"),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
    ("BinaryFocalCrossentropy", {}, "binary", "probability"),
    ("BinaryFocalCrossentropy", {"from_logits": True, "gamma": 3.0}, "binary", "real"),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.3, "label_smoothing": 0.1},
        "binary",
        "probability",
    ),
    ("CategoricalCrossentropy", {}, "one_hot", "distribution"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, "one_hot", "distribution"),
    ("CategoricalCrossentropy", {"from_logits": True}, "distribution", "real"),
    ("CategoricalCrossentropy", {"from_logits": True, "axis": 1}, "distribution", "real"),
    ("CategoricalFocalCrossentropy", {}, "one_hot", "distribution"),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "gamma": 1.5}, "one_hot", "real"),
    ("SparseCategoricalCrossentropy", {}, "class", "distribution"),
    ("SparseCategoricalCrossentropy", {}, "class_column", "distribution"),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "class", "real"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "distribution"),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1, "from_logits": True}, "class", "real"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.3}, "class", "distribution"),
    ("Dice", {}, "binary", "probability"),
    ("Dice", {"axis": [1, 2]}, "binary", "probability"),
    ("Tversky", {"alpha": 0.3, "beta": 0.7, "axis": [1, 2]}, "binary", "probability"),
]
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]
ids = [f"{case[0]}{i}" for i, case in enumerate(CASES)]


def draw(rng, kind, shape):
    real = rng.standard_normal(shape)
    if kind == "real":
        drawn = real * 2
    elif kind == "positive":
        drawn = np.abs(real) + 0.01
    elif kind == "probability":
        drawn = rng.uniform(0.001, 0.999, shape)
    elif kind == "distribution":
        drawn = np.exp(real) / np.exp(real).sum(-1, keepdims=True)
    elif kind == "binary":
        return rng.integers(0, 2, shape)
    elif kind == "sign":
        return rng.integers(0, 2, shape) * 2 - 1
    elif kind == "one_hot":
        drawn = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    elif kind.startswith("class"):
        labels = rng.integers(0, shape[-1], shape[:-1])
        return labels[..., None] if kind == "class_column" else labels
    return drawn.astype("float32")


@functools.cache
def value_and_gradient(library, name, kwargs, weighted):
    loss = getattr(library, name)(**json.loads(kwargs))

    def both(y_true, y_pred, weight, cotangent):
        def value(y_pred):
            y = loss(y_true, y_pred, weight if weighted else None)
            return jnp.sum(y * cotangent[:1].reshape([1] * y.ndim)), y

        (_, y), gradient = jax.value_and_grad(value, has_aux=True)(y_pred)
        return y, gradient

    return jax.jit(both)


def compare(name, kwargs, y_true, y_pred, weight, cotangent):
    results = [
        value_and_gradient(library, name, json.dumps(kwargs), weight is not None)(
            y_true, y_pred, weight, cotangent
        )
        for library in (losses, keras.losses)
    ]
    for ours, theirs in zip(*results):
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
        # The absolute part: sums of terms of order 1 that cancel.
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("case", CASES, ids=ids)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**31))
def test_value_and_gradient(case, seed):
    name, kwargs, labels, outputs = case
    dims = (6,) if "Generalized" in name else (2, 6)
    rng = np.random.default_rng(seed)
    y_true, y_pred = draw(rng, labels, (5, *dims)), draw(rng, outputs, (5, *dims))
    compare(name, kwargs, y_true, y_pred, None, np.float32(rng.uniform(1, 2, 1)))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    reduction=st.sampled_from(REDUCTIONS),
    shapes=st.sampled_from(
        [
            # labels, outputs, weights
            ((5, 3), (5, 3), None),
            ((5, 3), (5, 3), (5,)),
            ((5, 3), (5, 3), (5, 1)),
            ((5,), (5, 1), (5,)),
            ((5, 1), (5,), (5,)),
            ((5, 1), (5, 1), (5, 1)),
            ((5, 4, 3), (5, 4, 3), (5, 4)),
            ((5, 4, 3), (5, 4, 3), (5, 1)),
            ((5, 4), (5, 4, 1), (5,)),
            ((5,), (5,), None),
            ((5,), (5,), (5,)),
        ]
    ),
)
def test_reductions_and_shapes(seed, reduction, shapes):
    rng = np.random.default_rng(seed)
    y_true, y_pred = (rng.standard_normal(shape).astype("float32") for shape in shapes[:2])
    weight = None if shapes[2] is None else rng.uniform(0, 2, shapes[2]).astype("float32")
    kwargs = {"reduction": reduction}
    compare("MeanSquaredError", kwargs, y_true, y_pred, weight, np.ones(1, "float32"))


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**31),
    reduction=st.sampled_from(REDUCTIONS),
    weight_shape=st.sampled_from([None, (5, 4), (5, 1)]),
    ignored=st.sampled_from([0, 2, -1]),
)
def test_ignored_class_with_weights(seed, reduction, weight_shape, ignored):
    rng = np.random.default_rng(seed)
    y_true, y_pred = draw(rng, "class", (5, 4, 3)), draw(rng, "real", (5, 4, 3))
    y_true[rng.random(y_true.shape) < 0.3] = ignored
    weight = None if weight_shape is None else rng.uniform(0, 2, weight_shape).astype("float32")
    kwargs = {"reduction": reduction, "ignore_class": ignored, "from_logits": True}
    name = "SparseCategoricalCrossentropy"
    compare(name, kwargs, y_true, y_pred, weight, np.ones(1, "float32"))


def test_everything_ignored_is_zero():
    for library in (losses, keras.losses):
        loss = library.SparseCategoricalCrossentropy(ignore_class=0)
        assert float(loss(np.zeros(4), np.full((4, 3), 1 / 3, "float32"))) == 0


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31), remove_diagonal=st.booleans())
def test_circle(seed, remove_diagonal):
    rng = np.random.default_rng(seed)
    y_pred = draw(rng, "real", (8, 4))
    y_pred /= np.linalg.norm(y_pred, axis=1, keepdims=True)
    y_true = np.arange(8) % 3
    kwargs = {"gamma": 4.0, "remove_diagonal": remove_diagonal}
    # Where two embeddings are one, Keras's distance of 0 or 1e-8 is a matter of rounding.
    compare("Circle", kwargs, y_true, y_pred, None, np.ones(1, "float32"))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_functions(case):
    """The function as Keras exports it, on lists and arrays, without the class around it."""
    name, kwargs, labels, outputs = case
    if name in ("Dice", "Tversky") and "axis" in kwargs:
        kwargs = {**kwargs, "axis": [1]}
    function = getattr(losses, name)(**kwargs).fn.__name__
    rng = np.random.default_rng(0)
    shape = (5, 4)
    y_true, y_pred = draw(rng, labels, shape), draw(rng, outputs, shape)
    if kwargs.get("axis") == 1 and "axis" in kwargs:
        kwargs = {**kwargs, "axis": -1}
    ours = getattr(losses, function)(y_true, y_pred, **kwargs)
    # Some of Keras's functions take arrays only, in the outputs' dtype.
    theirs = getattr(keras.losses, function)(jnp.asarray(y_true), jnp.asarray(y_pred), **kwargs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_config(case):
    name, kwargs, *_ = case
    for arguments in ({}, {"reduction": "sum", "name": "mine"}):
        ours, theirs = (getattr(m, name)(**arguments) for m in (losses, keras.losses))
        assert losses.serialize(ours) == keras.losses.serialize(theirs)
    ours, theirs = (getattr(m, name)(**kwargs) for m in (losses, keras.losses))
    read = losses.deserialize(json.loads(json.dumps(keras.losses.serialize(theirs))))
    assert type(read) is type(ours)
    again = losses.deserialize(json.loads(json.dumps(losses.serialize(ours))))
    assert again._fn_kwargs == ours._fn_kwargs
    if name != "CategoricalGeneralizedCrossEntropy":  # Keras cannot read its own.
        written = keras.losses.deserialize(losses.serialize(ours))
        assert written._fn_kwargs == theirs._fn_kwargs


@pytest.mark.parametrize(
    "name",
    sorted(set(keras.src.losses.ALL_OBJECTS_DICT) - {"CTC", "ctc", "Loss", "LossFunctionWrapper"}),
)
def test_names(name):
    ours, theirs = losses.get(name), keras.losses.get(name)
    assert getattr(ours, "__name__", None) == getattr(theirs, "__name__", None)
    assert type(ours).__name__ == type(theirs).__name__
    if not isinstance(ours, losses.Loss):
        assert losses.serialize(ours) == keras.losses.serialize(theirs)
        assert losses.get(keras.losses.serialize(theirs)) is ours


@pytest.mark.parametrize(
    "labels,outputs",
    [((8,), (8, 1)), ((8, 1), (8, 1)), ((8,), (8, 5)), ((8, 1), (8, 5)), ((8, 5),) * 2],
)
def test_crossentropy_by_shape(labels, outputs):
    from keras.src.trainers.compile_utils import get_loss

    theirs = get_loss("crossentropy", np.zeros(labels), np.zeros(outputs))
    assert losses.resolve_crossentropy(labels, outputs).__name__ == theirs.fn.__name__
