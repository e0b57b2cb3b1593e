"""Metrics: state, metrics of one's own, rows that do not count, names, errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.metrics

from gyeol import losses, metrics
from gyeol.variable import Variable

RNG = np.random.default_rng(0)


@pytest.fixture
def rng():
    return np.random.default_rng(1)


class Range(metrics.Metric):
    """A metric as a user writes it: variables as attributes, of either kind."""

    def __init__(self, name="range", **kwargs):
        super().__init__(name=name, **kwargs)
        self.low = self.add_weight(name="low", initializer="zeros")
        self.high = Variable(0.0, name="high")
        self.mean = metrics.Mean()
        self.pair = [Variable(1.0), Variable(2.0)]

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.low.assign(jnp.minimum(self.low.value, jnp.min(y_pred)))
        self.high.assign(jnp.maximum(self.high.value, jnp.max(y_pred)))
        self.mean.update_state(y_pred)

    def result(self):
        return {"low": self.low.value, "high": self.high.value, "mean": self.mean.result()}


class TestOnesOwn:
    def test_variables_and_metrics_that_are_attributes_are_state(self):
        metric = Range()
        names = [v.name for v in metric.variables]
        assert names == ["low", "high", "variable", "variable", "total", "count"]

    def test_update_result_reset(self):
        metric = Range()
        result = metric(None, np.float32([3.0, -2.0]))
        assert {k: float(v) for k, v in result.items()} == {"low": -2, "high": 3, "mean": 0.5}
        metric.reset_state()
        assert all(float(v.value) == 0 for v in metric.variables)

    def test_as_a_function_of_its_state(self):
        metric = Range()
        before = [v.value for v in metric.variables]

        @jax.jit
        def step(state, y_pred):
            state = metric.stateless_update_state(state, None, y_pred)
            return state, metric.stateless_result(state)

        state, result = step(before, np.float32([3.0, -2.0]))
        assert float(result["high"]) == 3
        assert all(a is b.value for a, b in zip(before, metric.variables))
        assert not np.any([np.asarray(v) for v in metric.stateless_reset_state()])
        assert float(state[1]) == 3

    def test_forgetting_super_init_is_named(self):
        class Bad(metrics.Metric):
            def __init__(self):
                self.add_weight(name="x")

        with pytest.raises(RuntimeError, match=r"Bad.__init__ must call super\(\)"):
            Bad()

    def test_a_function(self):
        metric = metrics.MeanMetricWrapper(lambda t, p: jnp.abs(t - p), name="mine")
        metric.update_state(np.zeros(3), np.float32([1, 2, 6]))
        assert float(metric.result()) == 3

    def test_a_function_of_one_number_with_weights(self):
        metric = metrics.MeanMetricWrapper(lambda t, p: jnp.mean(jnp.abs(t - p)))
        metric.update_state(np.zeros(3), np.float32([1, 2, 6]), np.float32([1, 1, 0]))
        metric.update_state(np.zeros(3), np.float32([5, 5, 5]), np.float32([1, 1, 1]))
        assert float(metric.result()) == pytest.approx((2 * 3 + 3 * 5) / 5)

    def test_whether_rows_count_apart(self):
        y = jax.ShapeDtypeStruct((8, 3), "float32")
        apart = metrics.MeanMetricWrapper(lambda t, p: jnp.abs(t - p).mean(-1))
        mixed = metrics.MeanMetricWrapper(lambda t, p: jnp.abs(t - p).mean())
        assert metrics.is_rowwise(apart, y, y)
        assert not metrics.is_rowwise(mixed, y, y)
        assert not metrics.is_rowwise(Range(), y, y)
        assert not metrics.is_rowwise(metrics.MeanMetricWrapper(losses.MeanSquaredError()), y, y)

    def test_config_of_a_wrapped_function(self):
        metric = metrics.MeanMetricWrapper(losses.huber, name="h", delta=0.5)
        read = metrics.MeanMetricWrapper.from_config(metric.get_config())
        assert read._fn is losses.huber and read._fn_kwargs == {"delta": 0.5}
        assert read._direction == "down"


def test_resetting_compiles_nothing():
    metric = metrics.AUC()
    metric.update_state([0, 1], [0.2, 0.7])
    with jax.log_compiles(), jax.transfer_guard("allow"):
        import logging

        records = []
        handler = logging.Handler()
        handler.emit = records.append
        logger = logging.getLogger("jax")
        logger.addHandler(handler)
        try:
            metric.reset_state()
        finally:
            logger.removeHandler(handler)
    assert [r for r in records if "ompil" in r.getMessage()] == []


@pytest.mark.parametrize("floatx", ["bfloat16", "float16"])
def test_sums_are_float32_where_the_float_type_is_short(floatx):
    metric = metrics.Mean(dtype=floatx)
    for _ in range(20):
        metric.update_state(np.ones(100))
    assert float(metric.count.value) == 2000
    assert {v.dtype for v in metric.variables} == {"float32"}
    assert metric.get_config()["dtype"] == floatx


def test_mean_of_nothing_is_zero():
    assert float(metrics.Mean().result()) == 0
    assert float(metrics.MeanSquaredError().result()) == 0


class TestAgainstScikitLearn:
    LABELS = RNG.integers(0, 2, 400)
    SCORES = np.clip(LABELS * 0.2 + RNG.uniform(0, 0.8, 400), 0, 1).astype("float32")

    def test_area_under_roc(self):
        metric = metrics.AUC(num_thresholds=2000)
        metric.update_state(self.LABELS, self.SCORES)
        expected = sklearn.metrics.roc_auc_score(self.LABELS, self.SCORES)
        assert float(metric.result()) == pytest.approx(expected, abs=1e-3)

    def test_precision_recall_f1(self):
        predicted = self.SCORES > 0.5
        for metric, function in [
            (metrics.Precision(), sklearn.metrics.precision_score),
            (metrics.Recall(), sklearn.metrics.recall_score),
        ]:
            metric.update_state(self.LABELS, self.SCORES)
            assert float(metric.result()) == pytest.approx(function(self.LABELS, predicted))
        metric = metrics.F1Score(threshold=0.5)
        metric.update_state(self.LABELS[:, None], self.SCORES[:, None])
        expected = sklearn.metrics.f1_score(self.LABELS, predicted)
        assert metric.result().tolist() == pytest.approx([expected])

    def test_r2(self, rng):
        y_true = rng.standard_normal((50, 2)).astype("float32")
        y_pred = y_true + rng.standard_normal((50, 2)).astype("float32")
        metric = metrics.R2Score()
        metric.update_state(y_true, y_pred)
        expected = sklearn.metrics.r2_score(y_true, y_pred)
        assert float(metric.result()) == pytest.approx(expected, abs=1e-5)


def test_ties():
    """Of equal scores the first counts as the highest; all of them are among the k highest."""
    y_pred = np.float32([[1, 1, 0]])
    assert metrics.sparse_categorical_accuracy([0], y_pred).tolist() == [1]
    assert metrics.sparse_categorical_accuracy([1], y_pred).tolist() == [0]
    assert metrics.sparse_top_k_categorical_accuracy([1], y_pred, k=1).tolist() == [1]
    assert metrics.binary_accuracy([0.0], [0.5]).tolist() == [1]


def test_many_classes_in_a_short_float_type():
    """bfloat16 cannot tell class 1000 from 1001."""
    y_pred = jax.nn.one_hot(jnp.asarray([1001]), 1100, dtype="bfloat16")
    assert metrics.sparse_categorical_accuracy([1000], y_pred).tolist() == [0]
    assert metrics.sparse_categorical_accuracy([1001], y_pred).tolist() == [1]


def test_ignored_class_does_not_count(rng):
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=0)
    y_true = np.asarray([[0, 1], [2, 0]])
    y_pred = jax.nn.softmax(rng.standard_normal((2, 2, 3)))
    metric.update_state(y_true, y_pred)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=0)
    assert float(metric.result()) == pytest.approx(float(loss(y_true, y_pred)))
    metric.reset_state()
    metric.update_state(y_true, y_pred, np.float32([1, 0]))
    assert float(metric.result()) == pytest.approx(float(-jnp.log(y_pred[0, 1, 1])), rel=1e-5)


def test_names():
    assert isinstance(metrics.get("sparse_categorical_accuracy"), metrics.SparseCategoricalAccuracy)
    assert metrics.get("mse").name == "mean_squared_error"
    assert metrics.get(None) is None
    assert [metrics.Precision().name[:9], metrics.get("auc").name[:3]] == ["precision", "auc"]


TEN = np.zeros((6, 10), "float32")


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: metrics.Accuracy()(np.zeros(6), TEN), r'shape \(6,\).*metrics=\["accuracy"\]'),
        (
            lambda: metrics.CategoricalAccuracy()(np.zeros(6), TEN),
            r"categorical_accuracy: .*\(6,\).*\(6, 10\).*use sparse_categorical_accuracy",
        ),
        (
            lambda: metrics.SparseCategoricalAccuracy()(TEN, TEN),
            r"sparse_categorical_accuracy: .*use categorical_accuracy",
        ),
        (
            lambda: metrics.TopKCategoricalAccuracy()(np.zeros((6, 1)), TEN),
            r"use sparse_top_k_categorical_accuracy",
        ),
        (lambda: metrics.get("acuracy"), "Did you mean 'accuracy'"),
        (lambda: metrics.Precision(thresholds=[0.5, 1.5]), r"0 to 1; got \[0.5, 1.5\]"),
        (lambda: metrics.AUC(curve="X"), "'ROC', 'PR' or 'PRGAIN'; got 'X'"),
        (lambda: metrics.AUC(summation_method="x"), "'minoring' or 'majoring'"),
        (lambda: metrics.AUC(num_thresholds=1), "2 to 1000000; got 1"),
        (lambda: metrics.AUC(num_labels=3), "multi_label=True"),
        (lambda: metrics.F1Score(average="x"), "'micro', 'macro' or 'weighted'; got 'x'"),
        (lambda: metrics.FBetaScore(beta=2), "float above 0; got 2"),
        (lambda: metrics.F1Score(threshold=2.0), "at most 1; got 2.0"),
        (lambda: metrics.F1Score()(np.zeros(3), np.zeros((3, 2))), r"\(3,\) and \(3, 2\)"),
        (lambda: metrics.R2Score(class_aggregation="x"), "variance_weighted_average"),
        (lambda: metrics.R2Score(num_regressors=-1), "0 or more; got -1"),
        (lambda: metrics.RecallAtPrecision(1.5), "precision must lie in 0 to 1; got 1.5"),
        (lambda: metrics.PrecisionAtRecall(0.5, num_thresholds=0), "1 to 1000000; got 0"),
    ],
)
def test_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()
