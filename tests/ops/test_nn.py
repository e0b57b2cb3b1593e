"""ops.nn: one-hot codes, normalization, cross-entropies and attention."""

import numpy as np

from gyeol import activations, ops


def test_one_hot_of_labels_out_of_range_is_zero():
    assert ops.one_hot([1, -1, 2], 2).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_one_hot_puts_its_axis_where_it_is_told():
    assert ops.one_hot([[0, 1, 2]], 4).shape == (1, 3, 4)
    assert ops.one_hot([[0, 1, 2]], 4, axis=0).shape == (4, 1, 3)


def test_normalizing_by_its_own_moments_gives_mean_0_and_variance_1():
    x = np.random.default_rng(0).normal(3.0, 2.0, (64, 5, 4)).astype("float32")
    mean, variance = ops.moments(x, (0, 1))
    normal = ops.batch_normalization(x, mean, variance, axis=-1, epsilon=0.0)
    np.testing.assert_allclose(ops.mean(normal, (0, 1)), np.zeros(4), atol=1e-5)
    np.testing.assert_allclose(ops.var(normal, (0, 1)), np.ones(4), rtol=1e-4)


def test_batch_normalization_is_its_formula_along_any_axis():
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype("float32")
    mean, variance, offset, scale = np.random.default_rng(1).uniform(1, 2, (4, 4)).astype("float32")
    column = (slice(None), None)
    expected = (x - mean[column]) / np.sqrt(variance[column] + 1e-3)
    expected = expected * scale[column] + offset[column]
    result = ops.batch_normalization(x, mean, variance, 1, offset, scale)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def test_layer_and_rms_normalization_compute_in_32_bits():
    # The squares of 300 are no float16, so its variance must not be computed in it.
    x = np.float16([[300.0, -300.0, 300.0, -300.0]])
    expected = [[1.0, -1.0, 1.0, -1.0]]
    for normalized in (ops.layer_normalization(x), ops.rms_normalization(x)):
        assert normalized.dtype == "float16"
        np.testing.assert_allclose(normalized, expected, rtol=1e-3)


def test_crossentropies_know_the_logits_behind_probabilities():
    logits = np.float32([[200.0, 0.0], [0.0, 200.0]])
    with activations.logits_recorded():
        probabilities = activations.softmax(logits)
        one_hot = ops.categorical_crossentropy([[0.0, 1.0]] * 2, probabilities)
        numbers = ops.sparse_categorical_crossentropy([1, 1], probabilities)
        binary = ops.binary_crossentropy([[1.0, 1.0]] * 2, activations.sigmoid(-logits))
    assert one_hot.tolist() == numbers.tolist() == [200.0, 0.0]
    np.testing.assert_allclose(binary, [[200.0, np.log(2)], [np.log(2), 200.0]], rtol=1e-6)


def test_attention_goes_only_where_it_may():
    value = np.float32([[[[1.0]], [[2.0]], [[4.0]]]])
    alike = np.zeros((1, 3, 1, 1), "float32")
    causal = ops.dot_product_attention(alike, alike, value, is_causal=True)
    np.testing.assert_allclose(causal[0, :, 0, 0], [1.0, 1.5, 7 / 3], rtol=1e-6)
    masked = ops.dot_product_attention(alike, alike, value, mask=np.array([[[True, False, True]]]))
    np.testing.assert_allclose(masked[0, :, 0, 0], [2.5, 2.5, 2.5], rtol=1e-6)
