"""The numbers of a report, against scikit-learn and SciPy where these have them."""

import math

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from gyeol.report import scores

SHARE = st.floats(0, 1, allow_subnormal=False)


@st.composite
def answers(draw):
    """Labels and predicted classes, where classes may be without any row."""
    classes = draw(st.integers(2, 6))
    rows = draw(st.integers(1, 40))
    label = st.integers(0, classes - 1)
    of_rows = st.lists(label, min_size=rows, max_size=rows)
    return classes, np.array(draw(of_rows)), np.array(draw(of_rows))


@settings(max_examples=40)
@given(answers())
def test_classes_as_scikit_learn_counts_them(given_):
    classes, labels, predicted = given_
    matrix = scores.confusion_matrix(labels, predicted, classes)
    known = list(range(classes))
    np.testing.assert_array_equal(
        matrix, sklearn.metrics.confusion_matrix(labels, predicted, labels=known)
    )
    found = scores.class_scores(matrix, ["first"])
    expected = sklearn.metrics.precision_recall_fscore_support(
        labels, predicted, labels=known, zero_division=0
    )
    ours = [(score.precision, score.recall, score.f1, score.rows) for score in found]
    np.testing.assert_allclose(np.array(ours).T, expected, atol=1e-12)
    assert [score.name for score in found] == ["first", *map(str, known[1:])]
    assert all(0 <= score.low <= score.recall <= score.high <= 1 for score in found)


@settings(max_examples=60)
@given(st.integers(1, 5000), SHARE)
def test_the_interval_is_wilsons(rows, share):
    right = round(share * rows)
    expected = scipy.stats.binomtest(right, rows).proportion_ci(method="wilson")
    np.testing.assert_allclose(scores.interval(right, rows), expected, atol=1e-12)


def test_of_no_rows_nothing_is_known():
    assert scores.interval(0, 0) == (0.0, 1.0)


# Which class, and how likely ----------------------------------------------------------------------

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.5, 0.25, 0.25]])
LABELS = np.array([0, 2, 0, 1])
LOGITS = np.log(PROBABILITIES) + [[3], [-2], [0.5], [40]]


@pytest.mark.parametrize(
    "y",
    [
        LABELS,
        LABELS[:, None],
        LABELS.astype("float32"),
        LABELS.astype("uint8"),
        LABELS.tolist(),
        np.eye(3)[LABELS],
        np.eye(3, dtype=bool)[LABELS],
    ],
)
@pytest.mark.parametrize(
    ("outputs", "is_logits"),
    [
        (PROBABILITIES, None),
        (PROBABILITIES, False),
        (PROBABILITIES, True),  # a softmax whose loss was told from_logits=True by mistake
        (PROBABILITIES.astype("float32")[:, None, None], None),
        (LOGITS, None),
        (LOGITS, True),
        (3 * PROBABILITIES / PROBABILITIES.max() / 3, False),  # sigmoids, which sum to what they do
    ],
)
def test_every_form_of_classes_is_the_same(outputs, is_logits, y):
    probabilities, labels = scores.classes_of(outputs, y, is_logits)
    np.testing.assert_allclose(probabilities, PROBABILITIES, atol=1e-6)
    assert labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
@pytest.mark.parametrize(
    ("outputs", "is_logits", "of_one"),
    [
        ([0.2, 0.9, 0.5, 1.0], None, [0.2, 0.9, 0.5, 1]),
        ([0.2, 0.9, 0.5, 1.0], True, 1 / (1 + np.exp([-0.2, -0.9, -0.5, -1]))),
        ([-800, 0, 2, 900], None, [0, 0.5, 1 / (1 + np.exp(-2)), 1]),
        ([-0.3, 0.2, 0.6, 1.4], False, [0, 0.2, 0.6, 1]),  # a linear unit under mse
    ],
)
def test_one_unit_gives_the_probability_of_class_1(outputs, is_logits, of_one, shape):
    probabilities, labels = scores.classes_of(
        np.reshape(outputs, shape), np.array([0, 1, 1, 0]), is_logits
    )
    np.testing.assert_allclose(probabilities[:, 1], of_one, atol=1e-12)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert labels.tolist() == [0, 1, 1, 0]


def test_a_softmax_stays_one_though_rounding_takes_it_over_1():
    outputs = np.array([[1.0000001, 0.0], [0.0, 1.0000001]], "float32")
    probabilities, _ = scores.classes_of(outputs, [0, 1])
    np.testing.assert_allclose(probabilities, np.eye(2), atol=1e-6)


def test_logits_become_probabilities():
    logits = np.array([[1.0, 3.0, -2.0], [0.0, 0.0, 0.0]])
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(scores.probabilities_of(logits), expected)
    np.testing.assert_allclose(scores.probabilities_of(logits + 1000), expected)
    np.testing.assert_allclose(scores.probabilities_of(expected), expected)
    np.testing.assert_allclose(
        scores.probabilities_of(np.array([[-800.0], [0.0]]))[:, 1], [0, 0.5], atol=1e-99
    )


def test_rows_that_are_no_numbers_stay_so():
    found = scores.probabilities_of([[np.nan, 1.0], [0.0, 1.0]])
    assert np.isnan(found[0]).all() and np.isnan(scores.probabilities_of([np.nan])).all()


def test_units_that_are_all_0_say_nothing():
    probabilities, _ = scores.classes_of(np.zeros((2, 4)), [0, 3])
    assert (probabilities == 0.25).all()


@pytest.mark.parametrize(
    ("outputs", "y"),
    [
        (np.zeros((3, 1)), [0.5, 1.0, 0.0]),  # a regression
        (np.zeros((3, 1)), [0, 1, 2]),
        (np.zeros((3, 2)), [0, 1, 2]),  # a class without an output
        (np.zeros((3, 2)), [0, 1, -1]),
        (np.zeros((3, 2)), [[1, 1], [0, 1], [0, 0]]),  # several labels
        (np.zeros((3, 2)), [[0.2, 0.8]] * 3),
        (np.zeros((3, 1)), [[0, 1]] * 3),
        (np.zeros((3, 5, 4)), np.zeros((3, 5))),  # a class for each step
        (np.full((3, 2), np.nan), [0, 1, 0]),
        (np.zeros((3, 2)), [0, 1, np.nan]),
        (np.zeros((0, 2)), np.zeros(0)),
    ],
)
def test_what_is_no_classification(outputs, y):
    assert scores.classes_of(outputs, y) is None


def test_mistakes_are_named():
    with pytest.raises(ValueError, match=r"There are 3 rows and 2 targets"):
        scores.classes_of(np.zeros((3, 2)), [0, 1])
    with pytest.raises(ValueError, match=r"of numbers, and .*cat.* was given; give class numbers"):
        scores.classes_of(np.zeros((2, 2)), ["cat", "dog"])
    with pytest.raises(ValueError, match=r"shape \(3, 2\) have no scores against .*\(3, 1\)"):
        scores.regression_scores(np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(ValueError, match="at least one row"):
        scores.regression_scores([], [])


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 50), st.integers(2, 5), st.integers(1, 60))
def test_the_most_wrong_rows(seed, rows, classes, count):
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(classes), rows)
    labels = random.integers(classes, size=rows)
    found = scores.most_wrong(probabilities, labels, count)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    losses = -np.log(probabilities[np.arange(rows), labels])
    assert len(found) == min(count, len(wrong)) == len(set(found))
    assert set(found) <= set(wrong)
    assert losses[found].tolist() == sorted(losses[wrong], reverse=True)[: len(found)]


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 50), st.integers(2, 5), st.integers(1, 60))
def test_the_least_sure_rows(seed, rows, classes, count):
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(classes), rows)
    margins = np.array([np.diff(sorted(row)[-2:])[0] for row in probabilities])
    found = scores.least_sure(probabilities, count)
    assert margins[found].tolist() == sorted(margins)[:count]


# Values ------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(2, 60), st.integers(1, 3), st.floats(-9, 9))
def test_values_as_scikit_learn_scores_them(seed, rows, columns, shift):
    random = np.random.default_rng(seed)
    y = random.normal(size=(rows, columns)) + shift
    outputs = (y + random.normal(size=y.shape)).astype("float32")
    rmse, mae, r2 = scores.regression_scores(outputs, y)
    expected = (
        math.sqrt(sklearn.metrics.mean_squared_error(y, outputs)),
        sklearn.metrics.mean_absolute_error(y, outputs),
        sklearn.metrics.r2_score(y, outputs, multioutput="variance_weighted"),
    )
    np.testing.assert_allclose([rmse.value, mae.value, r2.value], expected, rtol=1e-9)
    assert scores.regression_scores(outputs, y) == (rmse, mae, r2)


def test_the_intervals_are_as_wide_as_chance_is():
    random = np.random.default_rng(0)
    y = random.normal(size=(500, 1))
    errors = random.normal(size=(500, 1))
    rmse, mae, r2 = scores.regression_scores(y + errors, y)
    expected = np.abs(errors).mean() + np.abs(errors).std() / math.sqrt(500) * np.array([-2, 2])
    np.testing.assert_allclose([mae.low, mae.high], expected, rtol=0.03)
    expected = rmse.value * (1 + np.array([-2, 2]) / math.sqrt(2 * 500))
    np.testing.assert_allclose([rmse.low, rmse.high], expected, rtol=0.03)
    assert r2.low < r2.value < r2.high


def test_of_targets_that_are_all_the_same_there_is_no_r2():
    rmse, _, r2 = scores.regression_scores([1.0, 3.0], [2, 2])
    assert rmse.value == 1 and math.isnan(r2.value) and math.isnan(r2.high)


def test_the_largest_residuals():
    y = np.zeros((5, 2))
    outputs = np.array([[0, 1], [-9, 0], [0, 0], [3, 3], [0.5, 0]])
    assert scores.largest_residuals(outputs, y, 3).tolist() == [1, 3, 0]
