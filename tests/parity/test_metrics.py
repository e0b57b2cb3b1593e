"""Metrics give Keras's results over several batches, and have its configs and variables."""

import functools
import json

import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol import metrics

# class, arguments, labels, outputs
CASES = [
    ("Accuracy", {}, "class", "class"),
    ("BinaryAccuracy", {}, "binary", "probability"),
    ("BinaryAccuracy", {"threshold": 0.3}, "binary", "probability"),
    ("CategoricalAccuracy", {}, "one_hot", "tied"),
    ("SparseCategoricalAccuracy", {}, "class", "tied"),
    ("SparseCategoricalAccuracy", {}, "class_column", "probability"),
    ("TopKCategoricalAccuracy", {"k": 2}, "one_hot", "tied"),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "class", "tied"),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "class", "classes"),
    ("MeanSquaredError", {}, "real", "real"),
    ("RootMeanSquaredError", {}, "real", "real"),
    ("MeanAbsoluteError", {}, "real", "real"),
    ("MeanAbsolutePercentageError", {}, "real", "real"),
    ("MeanSquaredLogarithmicError", {}, "probability", "probability"),
    ("CosineSimilarity", {}, "real", "real"),
    ("CosineSimilarity", {"axis": 1}, "real", "real"),
    ("PearsonCorrelation", {}, "real", "real"),
    ("ConcordanceCorrelation", {}, "real", "real"),
    ("LogCoshError", {}, "real", "real"),
    ("Poisson", {}, "probability", "probability"),
    ("KLDivergence", {}, "probability", "probability"),
    ("Hinge", {}, "binary", "real"),
    ("SquaredHinge", {}, "binary", "real"),
    ("CategoricalHinge", {}, "one_hot", "real"),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, "binary", "probability"),
    ("BinaryCrossentropy", {"from_logits": True}, "binary", "real"),
    ("CategoricalCrossentropy", {}, "one_hot", "probability"),
    ("SparseCategoricalCrossentropy", {}, "class", "probability"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "probability"),
    ("R2Score", {}, "real", "real"),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, "real", "real"),
    ("R2Score", {"class_aggregation": None}, "real", "real"),
    ("R2Score", {"num_regressors": 3}, "real", "real"),
    ("F1Score", {}, "one_hot", "probability"),
    ("F1Score", {"average": "micro"}, "one_hot", "probability"),
    ("F1Score", {"average": "macro", "threshold": 0.4}, "binary", "probability"),
    ("FBetaScore", {"average": "weighted", "beta": 2.0}, "one_hot", "probability"),
    ("TruePositives", {}, "binary", "grid"),
    ("TrueNegatives", {"thresholds": [0.2, 0.7]}, "binary", "grid"),
    ("FalsePositives", {"thresholds": [0.0, 0.5, 1.0]}, "binary", "grid"),
    ("FalseNegatives", {"thresholds": 0.25}, "binary", "grid"),
    ("Precision", {}, "binary", "grid"),
    ("Precision", {"thresholds": [0.1, 0.5, 0.9]}, "binary", "grid"),
    ("Precision", {"top_k": 2}, "binary", "probability"),
    ("Precision", {"top_k": 2, "class_id": 1}, "binary", "probability"),
    ("Recall", {}, "binary", "grid"),
    ("Recall", {"class_id": 2}, "binary", "grid"),
    ("Recall", {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}, "binary", "grid"),
    ("SensitivityAtSpecificity", {"specificity": 0.5}, "binary", "probability"),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6}, "binary", "probability"),
    ("PrecisionAtRecall", {"recall": 0.4, "num_thresholds": 7}, "binary", "grid"),
    ("RecallAtPrecision", {"precision": 0.5, "num_thresholds": 1}, "binary", "probability"),
    ("AUC", {}, "binary", "probability"),
    ("AUC", {}, "binary", "grid"),
    ("AUC", {"curve": "PR"}, "binary", "probability"),
    ("AUC", {"curve": "PR", "summation_method": "majoring"}, "binary", "grid"),
    ("AUC", {"curve": "PRGAIN", "num_thresholds": 20}, "binary", "probability"),
    ("AUC", {"summation_method": "minoring", "num_thresholds": 2}, "binary", "grid"),
    ("AUC", {"thresholds": [0.3, 0.5, 0.6]}, "binary", "grid"),
    ("AUC", {"multi_label": True, "num_thresholds": 11}, "binary", "grid"),
    (
        "AUC",
        {"multi_label": True, "num_labels": 4, "label_weights": [0.1, 0.2, 0.3, 0.4]},
        "binary",
        "probability",
    ),
    ("AUC", {"curve": "PR", "multi_label": True}, "binary", "probability"),
    ("AUC", {"from_logits": True, "label_weights": [0.1, 0.2, 0.3, 0.4]}, "binary", "real"),
]
ids = [f"{case[0]}{i}" for i, case in enumerate(CASES)]


def draw(rng, kind, shape):
    if kind == "real":
        return rng.standard_normal(shape).astype("float32")
    if kind == "probability":
        return rng.uniform(0.01, 0.99, shape).astype("float32")
    if kind == "grid":  # many outputs that equal a threshold
        return (rng.integers(0, 21, shape) / 20).astype("float32")
    if kind == "tied":
        return rng.integers(0, 3, shape).astype("float32")
    if kind == "binary":
        return rng.integers(0, 2, shape)
    if kind == "one_hot":
        return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], shape[:-1])]
    if kind == "classes":
        return np.argsort(rng.random(shape), axis=-1)
    labels = rng.integers(0, shape[-1], shape[:-1])
    return labels[..., None] if kind == "class_column" else labels


def both(name, kwargs):
    return [getattr(library, name)(**kwargs) for library in (metrics, keras.metrics)]


@functools.cache
def compiled(library, case):
    """A metric, its update and its result, the state an argument as while training."""
    name, kwargs, labels, outputs = CASES[case]
    metric = getattr(library, name)(**kwargs)
    if library is metrics:
        metric.build((8, 4), (8, 4))
    else:  # Keras makes some variables at the first update only.
        rng = np.random.default_rng(0)
        metric.update_state(draw(rng, labels, (8, 4)), draw(rng, outputs, (8, 4)))
        metric.reset_state()
    result = metric.stateless_result
    if name != "R2Score":  # Keras's asks for its value.
        result = jax.jit(result)
    return metric, jax.jit(metric.stateless_update_state), result


@pytest.mark.parametrize("case", range(len(CASES)), ids=ids)
@settings(max_examples=3)
@given(seed=st.integers(0, 2**31), weighted=st.booleans())
def test_result_over_batches(case, seed, weighted):
    *_, labels, outputs = CASES[case]
    rng = np.random.default_rng(seed)
    ours, update, result = compiled(metrics, case)
    theirs, keras_update, keras_result = compiled(keras.metrics, case)
    state, keras_state = ([v.value for v in metric.variables] for metric in (ours, theirs))
    for _ in range(2):
        y_true, y_pred = draw(rng, labels, (8, 4)), draw(rng, outputs, (8, 4))
        weight = np.float32(rng.uniform(0.1, 2, 8) if weighted else np.ones(8))
        state = update(state, y_true, y_pred, weight)
        keras_state = keras_update(keras_state, y_true, y_pred, weight)
    # float32 sums over 16 rows; an area adds up 200 differences.
    np.testing.assert_allclose(result(state), keras_result(keras_state), rtol=2e-5, atol=2e-6)
    for value, their in zip(state, keras_state, strict=True):
        np.testing.assert_allclose(value, their, rtol=1e-5, atol=1e-5)
    for our, their in zip(ours.variables, theirs.variables):
        assert (our.name, our.dtype, our.shape) == (their.name, their.dtype, their.shape)
        assert our.path.split("/")[1:] == their.path.split("/")[1:]
        assert not np.any(our.value)


@pytest.mark.parametrize("case", range(len(CASES)), ids=ids)
def test_rows_of_weight_zero_do_not_count(case):
    _, _, labels, outputs = CASES[case]
    rng = np.random.default_rng(2)
    metric, update, _ = compiled(metrics, case)
    weight = np.float32([1, 1, 2, 1, 1, 0, 0, 0])
    before = [v.value for v in metric.variables]
    y_true, y_pred = draw(rng, labels, (8, 4)), draw(rng, outputs, (8, 4))
    state = update(before, y_true, y_pred, weight)
    y_true[5:], y_pred[5:] = draw(rng, labels, (3, 4)), draw(rng, outputs, (3, 4))
    for value, other in zip(state, update(before, y_true, y_pred, weight)):
        np.testing.assert_array_equal(value, other)
    ones, none = (update(before, y_true, y_pred, w) for w in (np.ones(8, "float32"), None))
    for value, other in zip(ones, none):
        np.testing.assert_allclose(value, other, rtol=1e-6)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**31),
    name=st.sampled_from(["MeanSquaredError", "BinaryAccuracy", "RootMeanSquaredError"]),
    shapes=st.sampled_from(
        [
            ((8,), (8,), (8,)),
            ((8,), (8, 1), (8,)),
            ((8, 1), (8, 1), (8, 1)),
            ((8, 1), (8,), None),
            ((8, 3, 2), (8, 3, 2), (8,)),
            ((8, 3, 2), (8, 3, 2), (8, 3)),
            ((8, 3), (8, 3), ()),
        ]
    ),
)
def test_shapes_of_weights(seed, name, shapes):
    if shapes[0] == (8,) and shapes[1] == (8,) and name == "MeanSquaredError":
        return  # One number for the batch: Keras cannot weigh its rows.
    rng = np.random.default_rng(seed)
    ours, theirs = both(name, {})
    y_true, y_pred = draw(rng, "probability", shapes[0]).round(), draw(rng, "grid", shapes[1])
    weight = None if shapes[2] is None else np.float32(rng.uniform(0, 2, shapes[2]))
    ours.update_state(y_true, y_pred, weight)
    theirs.update_state(y_true, y_pred, weight)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-5)


@settings(max_examples=30)
@given(
    values=st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=6),
    weighted=st.booleans(),
    name=st.sampled_from(["Mean", "Sum"]),
)
def test_mean_and_sum(values, weighted, name):
    weight = np.arange(len(values), dtype="float32") if weighted else None
    ours, theirs = both(name, {})
    for part in (np.float32(values), np.float32(values)[::-1]):
        ours.update_state(part, weight)
        theirs.update_state(part, weight)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-5, atol=1e-5)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**31),
    shapes=st.sampled_from(
        [
            ("sparse", (6,), (6, 3)),
            ("sparse", (6, 1), (6, 3)),
            ("sparse", (6, 2), (6, 2, 3)),
            ("sparse", (6, 1), (6, 1, 3)),
            ("sparse", (6, 2, 1), (6, 2, 3)),
            ("categorical", (6, 3), (6, 3)),
            ("categorical", (6, 2, 3), (6, 2, 3)),
            ("binary", (6,), (6, 1)),
            ("binary", (6, 1), (6, 1)),
            ("binary", (6, 4), (6, 4)),
        ]
    ),
)
def test_accuracy_functions(seed, shapes):
    kind, labels, outputs = shapes
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 3 if kind == "sparse" else 2, labels)
    y_pred = rng.integers(0, 4, outputs).astype("float32") / 4
    names = {
        "sparse": ["sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"],
        "categorical": ["categorical_accuracy", "top_k_categorical_accuracy"],
        "binary": ["binary_accuracy"],
    }[kind]
    for name in names:
        kwargs = {"k": 2} if "top_k" in name else {}
        ours = getattr(metrics, name)(y_true, y_pred, **kwargs)
        theirs = getattr(keras.metrics, name)(y_true, y_pred, **kwargs)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "labels,outputs",
    [((8,), (8, 1)), ((8, 1), (8, 1)), ((8,), (8, 5)), ((8, 1), (8, 5)), ((8, 5), (8, 5))]
    + [((8, 4), (8, 4, 5)), ((8, 4, 1), (8, 4, 5)), ((8,), (8,)), ((8, 4, 5), (8, 4, 5))],
)
def test_what_accuracy_stands_for(labels, outputs):
    from keras.src.trainers.compile_utils import get_metric

    theirs = get_metric("accuracy", np.zeros(labels), np.zeros(outputs))
    assert metrics.resolve_accuracy(labels, outputs).__name__ == theirs._fn.__name__


@pytest.mark.parametrize("case", CASES + [("Mean", {}, "", ""), ("Sum", {}, "", "")])
def test_config(case):
    name, kwargs, *_ = case
    kwargs = {**kwargs, "name": "mine"}
    ours, theirs = both(name, kwargs)
    written = keras.metrics.serialize(theirs)
    if name == "CosineSimilarity" and "axis" in kwargs:
        written["config"]["axis"] = 1  # Keras forgets it.
    if kwargs.get("label_weights"):
        # Keras writes an array of its own.
        written["config"]["label_weights"] = ours.get_config()["label_weights"]
        assert ours.get_config()["label_weights"] == pytest.approx(kwargs["label_weights"])
    assert metrics.serialize(ours) == written
    read = metrics.deserialize(json.loads(json.dumps(written)))
    assert read.get_config() == ours.get_config()
    assert type(keras.metrics.deserialize(metrics.serialize(ours))) is type(theirs)


NOT_YET = {"BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"}


@pytest.mark.parametrize("name", sorted(keras.src.metrics.ALL_OBJECTS_DICT))
def test_names(name):
    cls = keras.src.metrics.ALL_OBJECTS_DICT[name]
    if cls.__name__ in NOT_YET:
        with pytest.raises(ValueError, match=name):
            metrics.get(name)
    elif cls.__name__ in ("Metric", "MeanMetricWrapper") or "At" in cls.__name__:
        assert getattr(metrics, cls.__name__).__name__ == cls.__name__
    else:
        ours, theirs = metrics.get(name), cls()
        assert type(ours).__name__ == cls.__name__
        assert ours._direction == getattr(theirs, "_direction", None)
