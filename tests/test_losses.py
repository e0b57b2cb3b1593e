"""Losses: logits behind probabilities, filled-up batches, functions of one's own, errors."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import activations, losses

RNG = np.random.default_rng(0)
LOGITS = (RNG.standard_normal((6, 4)) * 3).astype("float32")
ONE_HOT = np.eye(4, dtype="float32")[[0, 1, 2, 3, 0, 1]]
CROSS_ENTROPIES = [
    (losses.CategoricalCrossentropy, ONE_HOT, activations.softmax),
    (losses.SparseCategoricalCrossentropy, ONE_HOT.argmax(1), activations.softmax),
    (losses.BinaryCrossentropy, ONE_HOT, activations.sigmoid),
    (losses.CategoricalFocalCrossentropy, ONE_HOT, activations.softmax),
    (losses.BinaryFocalCrossentropy, ONE_HOT, activations.sigmoid),
]


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize("cls,labels,activation", CROSS_ENTROPIES)
def test_inside_the_scope_the_logits_are_used(cls, labels, activation):
    """Where the probabilities round to 0 and 1, the gradient does not vanish."""
    labels = np.roll(labels, 1, axis=0)  # wrong for sure
    logits = jnp.asarray(ONE_HOT * 200.0 - 100.0)

    def from_probabilities(logits, recorded):
        if not recorded:
            return cls()(labels, activation(logits))
        with activations.logits_recorded():
            return cls()(labels, activation(logits))

    value, gradient = jax.value_and_grad(from_probabilities)(logits, True)
    expected, wanted = jax.value_and_grad(lambda x: cls(from_logits=True)(labels, x))(logits)
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-6)
    assert np.abs(gradient).max() > 1e-2
    assert np.abs(jax.grad(from_probabilities)(logits, False)).max() < 1e-6


@pytest.mark.parametrize("cls,labels,activation", CROSS_ENTROPIES)
def test_from_logits_on_probabilities_warns_and_uses_the_real_logits(cls, labels, activation):
    with activations.logits_recorded():
        y_pred = activation(LOGITS)
        with pytest.warns(UserWarning, match=r"from_logits=True.*Write from_logits=False"):
            value = cls(from_logits=True)(labels, y_pred)
    np.testing.assert_allclose(value, cls(from_logits=True)(labels, LOGITS), rtol=1e-6)


@pytest.mark.parametrize("cls,labels,activation", CROSS_ENTROPIES)
def test_a_healthy_loss_says_nothing(cls, labels, activation):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with activations.logits_recorded():
            a = cls()(labels, activation(LOGITS))
            b = cls(from_logits=True)(labels, jnp.asarray(LOGITS))
        c = cls()(labels, activation(LOGITS))
    np.testing.assert_allclose([a, b], [c, c], rtol=1e-5)


def test_the_logits_of_another_activation_or_axis_are_not_used():
    with activations.logits_recorded():
        x = jnp.asarray(LOGITS)
        inside = [
            losses.binary_crossentropy(ONE_HOT, activations.softmax(x)),
            losses.categorical_crossentropy(ONE_HOT, activations.sigmoid(x)),
            losses.categorical_crossentropy(ONE_HOT, activations.softmax(x, axis=0)),
        ]
    outside = [
        losses.binary_crossentropy(ONE_HOT, activations.softmax(x)),
        losses.categorical_crossentropy(ONE_HOT, activations.sigmoid(x)),
        losses.categorical_crossentropy(ONE_HOT, activations.softmax(x, axis=0)),
    ]
    np.testing.assert_array_equal(inside, outside)


def test_logits_survive_a_cast_and_a_squeeze(rng):
    labels = rng.integers(0, 2, (3, 5))
    logits = jnp.full((3, 5, 1), 300.0, "bfloat16")
    with activations.logits_recorded():
        value = losses.BinaryCrossentropy()(labels, activations.sigmoid(logits))
    np.testing.assert_allclose(value, 300 * (1 - labels.mean()), rtol=1e-6)
    with activations.logits_recorded():
        y_pred = activations.softmax(jnp.asarray(ONE_HOT * 200, "bfloat16"))
        value = losses.CategoricalCrossentropy()(np.roll(ONE_HOT, 1, axis=0), y_pred)
    np.testing.assert_allclose(value, 200, rtol=1e-6)


@pytest.mark.parametrize("from_logits", [True, False])
def test_shifting_logits_changes_nothing(from_logits):
    def loss(x):
        return losses.categorical_crossentropy(
            ONE_HOT, x if from_logits else activations.softmax(x), from_logits=from_logits
        )

    np.testing.assert_allclose(loss(jnp.asarray(LOGITS) + 8), loss(jnp.asarray(LOGITS)), rtol=1e-5)


def test_extreme_logits_stay_finite():
    x = jnp.asarray([[1e4, -1e4], [-1e4, 1e4]])
    y = jnp.eye(2)
    for function in (losses.binary_crossentropy, losses.categorical_crossentropy):
        value, gradient = jax.value_and_grad(lambda x, f=function: f(y, x, True).sum())(x)
        assert np.isfinite(value) and np.isfinite(gradient).all()


def test_binary_cross_entropy_of_a_logit_of_zero():
    gradient = jax.grad(lambda x: losses.binary_crossentropy([1.0], x, True))(jnp.zeros(1))
    assert gradient.tolist() == [-0.5]


ROWS = 5
MEAN = "sum_over_batch_size"
FILLED = [
    # class, labels, reduction, places in a row, whether rows have weights
    (losses.MeanSquaredError, "real", MEAN, (), False),
    (losses.MeanSquaredError, "real", MEAN, (3,), True),
    (losses.MeanSquaredError, "real", "sum", (3,), False),
    (losses.MeanSquaredError, "real", "mean", (3,), False),
    (losses.MeanSquaredError, "real", "mean_with_sample_weight", (), False),
    (losses.MeanSquaredError, "real", "mean_with_sample_weight", (), True),
    (losses.BinaryCrossentropy, "binary", MEAN, (), True),
    (losses.CosineSimilarity, "real", MEAN, (), False),
    (losses.Hinge, "binary", MEAN, (), False),
    (losses.SparseCategoricalCrossentropy, "class", MEAN, (), True),
    (losses.SparseCategoricalCrossentropy, "class", MEAN, (3,), False),
]


@pytest.mark.parametrize("cls,labels,reduction,places,weighted", FILLED)
def test_a_filled_up_batch_is_worth_its_real_rows(cls, labels, reduction, places, weighted):
    rng = np.random.default_rng(1)
    y_pred = rng.uniform(0.1, 0.9, (8, *places, 4)).astype("float32")
    y_pred[ROWS:] = y_pred[0]
    y_true = {
        "real": rng.standard_normal(y_pred.shape),
        "binary": rng.integers(0, 2, y_pred.shape),
        "class": rng.integers(0, 4, y_pred.shape[:-1]),
    }[labels].astype("float32")
    y_true[ROWS:] = y_true[1]
    weight = rng.uniform(0, 2, 8).astype("float32") if weighted else None
    loss = cls(reduction=reduction)

    def short(y_pred):
        return loss(y_true[:ROWS], y_pred[:ROWS], None if weight is None else weight[:ROWS])

    @jax.jit
    def padded(y_pred, count):
        return loss(y_true, y_pred, weight, count=count)

    np.testing.assert_allclose(padded(y_pred, ROWS), short(y_pred), rtol=1e-5)
    gradient = jax.jit(jax.grad(padded))(y_pred, ROWS)
    np.testing.assert_allclose(gradient, jax.jit(jax.grad(short))(y_pred), rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(padded(y_pred, 8), loss(y_true, y_pred, weight), rtol=1e-5)


def test_weights_of_zero_in_filled_rows_change_nothing(rng):
    y_true, y_pred = rng.standard_normal((2, 8, 3)).astype("float32")
    weight = np.float32([1, 1, 1, 1, 1, 0, 0, 0])
    loss = losses.MeanSquaredError()
    expected = loss(y_true[:5], y_pred[:5])
    np.testing.assert_allclose(loss(y_true, y_pred, weight, count=5), expected, rtol=1e-6)


def test_masks_and_filled_rows(rng):
    y_true, y_pred = rng.standard_normal((2, 6, 3, 2)).astype("float32")
    mask = rng.integers(0, 2, (6, 3)).astype(bool)
    loss = losses.MeanSquaredError()
    values = np.square(y_true - y_pred).mean(-1)
    np.testing.assert_allclose(loss(y_true, y_pred, mask=mask), values[mask].mean(), rtol=1e-6)
    expected = values[:4][mask[:4]].mean()
    np.testing.assert_allclose(loss(y_true, y_pred, mask=mask, count=4), expected, rtol=1e-6)
    weight = np.arange(6, dtype="float32")
    expected = (values * mask * weight[:, None]).sum() / mask.sum()
    np.testing.assert_allclose(loss(y_true, y_pred, weight, mask=mask), expected, rtol=1e-6)


def test_ignored_class_and_filled_rows(rng):
    y_true = np.asarray([[0, 1], [2, 0], [1, 1], [0, 0]])
    y_pred = activations.softmax(rng.standard_normal((4, 2, 3)))
    loss = losses.SparseCategoricalCrossentropy(ignore_class=0)
    expected = loss(y_true[:3], y_pred[:3])
    np.testing.assert_allclose(loss(y_true, y_pred, count=3), expected, rtol=1e-6)


def test_one_weight_for_a_row_of_several_values(rng):
    """As tf.keras does it; Keras 3 fails or, with as many places as rows, mixes the two up."""
    y_true, y_pred = rng.standard_normal((2, 4, 4, 2)).astype("float32")
    weight = np.float32([1, 2, 0, 3])
    values = np.square(y_true - y_pred).mean(-1) * weight[:, None]
    loss = losses.MeanSquaredError()
    np.testing.assert_allclose(loss(y_true, y_pred, weight), values.mean(), rtol=1e-6)


class TestIsRowwise:
    Y = jax.ShapeDtypeStruct((8, 3), "float32")

    @pytest.mark.parametrize(
        "loss,expected",
        [
            (losses.MeanSquaredError(), True),
            (losses.MeanSquaredError(reduction="sum"), True),
            (losses.MeanSquaredError(reduction=None), False),
            (losses.Dice(), False),
            (losses.Dice(axis=[1]), True),
            (losses.CosineSimilarity(axis=0), False),
            (lambda t, p: jnp.square(t - p), True),
            (lambda t, p: jnp.square(t - p).mean(), False),
            (lambda t, p: jnp.square(t - p).mean(0), False),
            (lambda t, p: jnp.square(t - p).mean(1), True),
            # Of the right shape, but a row has a part in the others.
            (lambda t, p: jnp.square(p - p.mean(0)).mean(1), False),
            (lambda t, p: jnp.square(t - p).mean(1) / jnp.abs(p).max(), False),
        ],
    )
    def test_cases(self, loss, expected):
        assert losses.is_rowwise(loss, self.Y, self.Y) is expected

    def test_circle_compares_rows(self):
        labels = jax.ShapeDtypeStruct((8,), "int32")
        assert not losses.is_rowwise(losses.Circle(), labels, self.Y)

    def test_one_output_of_rank_one(self):
        y = jax.ShapeDtypeStruct((8,), "float32")
        assert not losses.is_rowwise(losses.mean_squared_error, y, y)
        column = jax.ShapeDtypeStruct((8, 1), "float32")
        assert losses.is_rowwise(losses.mean_squared_error, y, column)

    def test_class_numbers(self):
        labels = jax.ShapeDtypeStruct((8,), "int32")
        assert losses.is_rowwise(losses.sparse_categorical_crossentropy, labels, self.Y)

    def test_a_class_of_ones_own(self):
        class Mine(losses.Loss):
            def call(self, y_true, y_pred):
                return jnp.sum(jnp.abs(y_true - y_pred), axis=-1)

        assert losses.is_rowwise(Mine(), self.Y, self.Y)


class TestOnesOwn:
    def test_a_function_for_each_row(self):
        loss = losses.LossFunctionWrapper(lambda t, p: jnp.abs(t - p).sum(-1), name="mine")
        assert loss.name == "mine"
        value = loss(np.zeros((2, 3)), np.float32([[1, 2, 3], [4, 5, 6]]), [1.0, 0.0])
        assert float(value) == 3

    def test_a_function_that_gives_one_number(self):
        loss = losses.LossFunctionWrapper(lambda t, p: jnp.abs(t - p).mean())
        assert float(loss(np.zeros((2, 3)), np.float32([[1, 2, 3], [4, 5, 6]]))) == 3.5

    def test_arguments_go_into_the_config_and_back(self):
        loss = losses.LossFunctionWrapper(losses.huber, delta=0.5)
        read = losses.LossFunctionWrapper.from_config(loss.get_config())
        assert read.fn is losses.huber and read._fn_kwargs == {"delta": 0.5}

    def test_a_class(self):
        class Mine(losses.Loss):
            def call(self, y_true, y_pred):
                assert y_true.dtype == y_pred.dtype == jnp.float32
                return jnp.max(jnp.abs(y_true - y_pred), axis=-1)

        assert float(Mine()(np.zeros((2, 2), "int64"), [[1, 2], [3, 4]])) == 3.0

    def test_outputs_in_a_structure(self):
        class Mine(losses.Loss):
            def call(self, y_true, y_pred):
                return y_pred["a"] - y_true["a"] + y_pred["b"]

        y_pred = {"a": np.float32([2, 3]), "b": np.float32([1, 1])}
        assert float(Mine()({"a": np.float32([1, 1])}, y_pred)) == 2.5

    def test_names(self):
        with pytest.raises(ValueError, match="Did you mean 'mse'"):
            losses.get("mes")

        def mine(y_true, y_pred):
            return y_pred

        assert losses.get(mine) is mine
        assert losses.get(None) is None
        assert isinstance(losses.get(losses.Huber), losses.Huber)
        assert losses.get("logcosh") is losses.log_cosh


@pytest.mark.parametrize(
    "call,words",
    [
        (
            lambda: losses.categorical_crossentropy(np.zeros(6), LOGITS),
            r"shape \(6,\).*shape \(6, 4\).*sparse_categorical_crossentropy",
        ),
        (
            lambda: losses.BinaryCrossentropy()(np.zeros(6), LOGITS),
            r"shape \(6,\).*shape \(6, 4\).*sparse_categorical_crossentropy",
        ),
        (
            lambda: losses.SparseCategoricalCrossentropy()(ONE_HOT, LOGITS),
            r"needs class numbers of shape \(6,\).*\(6, 4\).*categorical_crossentropy",
        ),
        (
            lambda: losses.MeanSquaredError()(np.zeros(6), LOGITS),
            r"mean_squared_error: the labels have shape \(6,\)",
        ),
        (lambda: losses.MeanSquaredError()(np.zeros((6, 3)), LOGITS), r"shape \(6, 3\)"),
        (lambda: losses.MeanSquaredError(reduction="avg"), "reduction must be one of"),
        (
            lambda: losses.MeanSquaredError()(LOGITS, LOGITS, np.ones(5)),
            r"sample_weight has shape \(5,\).*values of shape \(6,\)",
        ),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=2), "between 0 and 1; got 2"),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_gradients_of_cosine_at_zero_are_numbers():
    gradient = jax.grad(lambda p: losses.cosine_similarity(jnp.ones((2, 3)), p).sum())
    assert np.isfinite(gradient(jnp.zeros((2, 3)))).all()


def test_huber_far_out_has_a_gradient():
    gradient = jax.grad(lambda p: losses.huber(jnp.zeros(1), p))(jnp.float32([1e30]))
    assert gradient.tolist() == [1.0]
