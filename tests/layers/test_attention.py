"""Attention: what each step sees."""

import numpy as np
import pytest

from gyeol import layers
from gyeol.masking import get_mask, set_mask

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4)).astype("float32")
CHANGED = X + np.where(np.arange(5)[:, None] > 2, 1, 0).astype("float32")
LAYERS = {
    "MultiHeadAttention": (lambda: layers.MultiHeadAttention(2, 3), False),
    "with dropout": (lambda: layers.MultiHeadAttention(2, 3, dropout=0.5), False),
    "GroupQueryAttention": (lambda: layers.GroupQueryAttention(3, 4, 2), False),
    "Attention": (lambda: layers.Attention(), True),
    "AdditiveAttention": (lambda: layers.AdditiveAttention(), True),
}


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_not_seen_changes_nothing(name):
    make, takes_a_list = LAYERS[name]
    layer = make()
    # The rows of X, and the same with other values after the third step.
    x = np.concatenate([X, CHANGED])
    query = np.concatenate([X, X])
    seen = np.array([[True, True, True, False, False]] * 4)
    if takes_a_list:
        masked = layer([query, x], mask=[None, seen])
        causal = layer([x, x], use_causal_mask=True)
    else:
        masked = layer(query, x, value_mask=seen)
        causal = layer(x, x, use_causal_mask=True)
    np.testing.assert_allclose(masked[2:], masked[:2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(causal[2:, :3], causal[:2, :3], rtol=1e-5, atol=1e-6)
    assert not np.allclose(causal[2:, 3:], causal[:2, 3:])


def test_weights_sum_to_one_within_the_window():
    layer = layers.MultiHeadAttention(2, 3, sliding_window=2)
    _, weights = layer(X, X, return_attention_scores=True)
    near = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) < 2
    np.testing.assert_allclose(weights.sum(-1), np.ones((2, 2, 5)), rtol=1e-6)
    assert not np.asarray(weights)[..., ~near].any() and np.asarray(weights)[..., near].all()


def test_dropout_is_of_training_alone():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    plain = layer(X, X)
    np.testing.assert_array_equal(plain, layer(X, X))
    assert not np.allclose(plain, layer(X, X, training=True))


def test_the_mask_of_the_query_passes_on():
    x = layers.ReLU()(X)
    mask = np.array([[True, True, True, True, False]] * 2)
    set_mask(x, mask)
    np.testing.assert_array_equal(get_mask(layers.MultiHeadAttention(2, 3)(x, x)), mask)
    np.testing.assert_array_equal(get_mask(layers.Attention()([x, x])), mask)


def test_the_parts_are_at_hand():
    layer = layers.MultiHeadAttention(2, 3, value_dim=5)
    assert layer(X, X).shape == X.shape
    assert layer.query_dense.kernel.shape == (4, 2, 3)
    assert layer.value_dense.kernel.shape == (4, 2, 5)
    assert layer.output_dense.kernel.shape == (2, 5, 4)


@pytest.mark.parametrize(
    "make,words",
    [
        (lambda: layers.MultiHeadAttention(0, 3), "num_heads"),
        (lambda: layers.MultiHeadAttention(2, 3, value_dim=0), "value_dim"),
        (lambda: layers.MultiHeadAttention(2, 3)(X, X, X[:, 1:]), "one length"),
        (lambda: layers.GroupQueryAttention(3, 4, 3), "multiple"),
        (lambda: layers.Attention()(X), "is called on a list"),
        (lambda: layers.Attention(score_mode="sum"), "'dot' or 'concat'"),
        (lambda: layers.EinsumDense("ab,bc", 3)(X), "equation"),
        (lambda: layers.EinsumDense("abc,cd->abd", (None, None))(X), "axis 'd'"),
        (lambda: layers.EinsumDense("abc,cd->abd", (4, 2))(X), "size 5 on axis 'b'"),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()
