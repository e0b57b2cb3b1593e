"""Embedding and Masking: rows by number, and which steps count."""

import numpy as np
import pytest

from gyeol import Sequential, layers
from gyeol.masking import get_mask

WORDS = np.array([[1, 2, 0], [3, 0, 0]])


def test_a_number_is_a_row():
    matrix = np.arange(8, dtype="float32").reshape(4, 2)
    for weights in (matrix, [matrix]):
        layer = layers.Embedding(4, 2, weights=weights)
        np.testing.assert_array_equal(layer(WORDS), matrix[WORDS])
    np.testing.assert_array_equal(layer(WORDS.astype("float32")), matrix[WORDS])


def test_zero_is_masked_only_if_asked():
    np.testing.assert_array_equal(
        get_mask(layers.Embedding(4, 2, mask_zero=True)(WORDS)), WORDS != 0
    )
    assert get_mask(layers.Embedding(4, 2)(WORDS)) is None


def test_masks_reach_the_layers_that_use_them():
    embedding, lstm = layers.Embedding(4, 2, mask_zero=True), layers.LSTM(3)
    model = Sequential([layers.Input((3,), dtype="int32"), embedding, layers.Dropout(0.1), lstm])
    expected = lstm(np.asarray(embedding(WORDS)), mask=WORDS != 0)
    np.testing.assert_allclose(model(WORDS), expected, rtol=1e-6)
    np.testing.assert_allclose(model.predict(WORDS, verbose=0), expected, rtol=1e-5)


def test_masking_hides_steps_of_one_value():
    x = np.array([[[9.0, 9.0], [9.0, 1.0], [2.0, 3.0]]], "float32")
    output = layers.Masking(9.0)(x)
    np.testing.assert_array_equal(output[0, 0], [0, 0])
    np.testing.assert_array_equal(output[0, 1:], x[0, 1:])
    np.testing.assert_array_equal(get_mask(output), [[False, True, True]])


@pytest.mark.parametrize("words", [[[4]], [[-1]]])
def test_a_number_out_of_range_is_named(words):
    with pytest.raises(ValueError, match=f"0 to 3; got {words[0][0]}"):
        layers.Embedding(4, 2)(np.array(words))


def test_what_is_not_supported_is_named():
    with pytest.raises(NotImplementedError, match="lora_rank=2"):
        layers.Embedding(4, 2, lora_rank=2)
    with pytest.raises(ValueError, match="input_dim"):
        layers.Embedding(0, 2)


def test_the_length_that_keras_2_took_builds_the_model():
    assert Sequential([layers.Embedding(4, 2, input_length=3)]).output_shape == (None, 3, 2)
