"""The sequences and texts of Keras 2."""

import random

import keras.src.legacy.preprocessing.sequence as theirs_sequence
import keras.src.legacy.preprocessing.text as theirs_text
import numpy as np
import pytest

from gyeol.preprocessing import sequence, text

TEXTS = ["The cat sat on the mat.", "The dog, too!", "", "Cats and dogs\tand the cat"]


@pytest.mark.parametrize(
    "settings",
    [
        {"length": 3, "batch_size": 4},
        {"length": 4, "sampling_rate": 2, "stride": 3, "reverse": True, "batch_size": 2},
        {"length": 2, "start_index": 3, "end_index": 12, "shuffle": True, "batch_size": 5},
    ],
)
def test_windows_are_keras(settings):
    data, targets = np.arange(40.0).reshape(20, 2), np.arange(20)
    modules = (sequence, theirs_sequence)
    ours, theirs = (m.TimeseriesGenerator(data, targets, **settings) for m in modules)
    assert len(ours) == len(theirs)
    for i in range(len(ours)):
        batches = []
        for windows in (ours, theirs):
            np.random.seed(i)
            batches.append(windows[i])
        for mine, yours in zip(*batches):
            np.testing.assert_array_equal(mine, yours)
    with pytest.raises(ValueError, match="20 entries and targets has 3"):
        sequence.TimeseriesGenerator(data, targets[:3], 2)
    with pytest.raises(ValueError, match="No window"):
        sequence.TimeseriesGenerator(data, targets, 20)


def test_pairs_are_keras():
    table = sequence.make_sampling_table(30)
    np.testing.assert_allclose(table, theirs_sequence.make_sampling_table(30))
    words = [3, 0, 5, 7, 3, 29]
    for settings in ({}, {"categorical": True, "negative_samples": 0.5}, {"shuffle": False}):
        results = []
        for module in (sequence, theirs_sequence):
            random.seed(1)
            results.append(module.skipgrams(words, 30, 2, seed=4, **settings))
        assert results[0] == tuple(results[1])


@pytest.mark.parametrize(
    "settings",
    [{}, {"num_words": 4, "oov_token": "?"}, {"char_level": True}, {"lower": False, "split": "\t"}],
)
def test_tokenizers_are_keras(settings):
    ours, theirs = (module.Tokenizer(**settings) for module in (text, theirs_text))
    for tokenizer in (ours, theirs):
        tokenizer.fit_on_texts(TEXTS)
    new = [*TEXTS, "the unknown cat"]
    assert ours.word_index == theirs.word_index
    numbers = ours.texts_to_sequences(new)
    assert numbers == theirs.texts_to_sequences(new)
    assert ours.sequences_to_texts(numbers) == theirs.sequences_to_texts(numbers)
    for mode in ("binary", "count", "freq", "tfidf"):
        matrices = [t.texts_to_matrix(new, mode) for t in (ours, theirs)]
        np.testing.assert_allclose(*matrices, err_msg=mode)
    # Each reads what the other wrote.
    back = text.tokenizer_from_json(theirs.to_json())
    assert back.texts_to_sequences(new) == numbers
    assert theirs_text.tokenizer_from_json(ours.to_json()).texts_to_sequences(new) == numbers


def test_words_and_hashes_are_keras():
    for given in TEXTS:
        assert text.text_to_word_sequence(given) == theirs_text.text_to_word_sequence(given)
        for name in (None, "md5"):
            ours, theirs = (m.hashing_trick(given, 50, name) for m in (text, theirs_text))
            assert ours == theirs
        assert text.one_hot(given, 9) == theirs_text.one_hot(given, 9)


def test_an_empty_tokenizer_says_what_to_do():
    with pytest.raises(ValueError, match="fit_on_texts"):
        text.Tokenizer().texts_to_matrix(["a"])
    with pytest.raises(ValueError, match="mode is"):
        text.Tokenizer(num_words=3).texts_to_matrix(["a"], "sum")
