"""Vocabularies and hashes. The numbers are those of real Keras 3.15.1 with TensorFlow 2.21."""

import json
import zipfile

import jax
import numpy as np
import pytest

import gyeol
from gyeol import layers, serialization
from gyeol.layers.preprocessing.hashes import farm_hash, sip_hash

WORDS = np.array([["a", "c", "d", "d"], ["d", "z", "b", "z"]])
NUMBERS = np.array([[12, 1138, 42, 42], [42, 7, 36, 0]])
TEXTS = ["Foo, bar!  b", "bar\tbaz don't", "Éa baz"]
VOCABULARY = ["a", "b", "c", "d"]


def listed(result):
    return np.asarray(result).tolist()


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, [[1, 3, 4, 4], [4, 0, 2, 0]]),
        ({"mask_token": "z"}, [[2, 4, 5, 5], [5, 0, 3, 0]]),
        ({"num_oov_indices": 3}, [[3, 5, 6, 6], [6, 1, 4, 1]]),
        ({"output_mode": "multi_hot"}, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
        ({"output_mode": "count"}, [[0, 1, 0, 1, 2], [2, 0, 1, 0, 1]]),
        ({"output_mode": "count", "mask_token": "z"}, [[0, 1, 0, 1, 2], [0, 0, 1, 0, 1]]),
        (
            {"output_mode": "count", "max_tokens": 7, "pad_to_max_tokens": True},
            [[0, 1, 0, 1, 2, 0, 0], [2, 0, 1, 0, 1, 0, 0]],
        ),
        (
            {"output_mode": "tf_idf", "idf_weights": [0.25, 0.75, 0.5, 0.5]},
            [[0, 0.25, 0, 0.5, 1.0], [1.0, 0, 0.75, 0, 0.5]],
        ),
    ],
)
def test_string_lookup(kwargs, expected):
    layer = layers.StringLookup(vocabulary=VOCABULARY, **kwargs)
    as_bytes = np.array([[word.encode() for word in row] for row in WORDS.tolist()])
    for given in (WORDS, WORDS.tolist(), WORDS.astype(object), as_bytes):
        assert listed(layer(given)) == expected


def test_one_hot_codes_of_words():
    layer = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
    assert listed(layer([["b"], ["q"]])) == [[0, 0, 1], [1, 0, 0]]
    assert listed(layer(["b", "q"])) == [[0, 0, 1], [1, 0, 0]]


def test_a_vocabulary_from_data():
    layer = layers.StringLookup()
    for data in (WORDS, WORDS.tolist(), iter(WORDS), [WORDS[:1], WORDS[1:]]):
        layer.adapt(data)
        assert layer.get_vocabulary() == ["[UNK]", "d", "z", "c", "b", "a"]
    assert layer.get_vocabulary(include_special_tokens=False) == ["d", "z", "c", "b", "a"]
    assert layer.vocabulary_size() == 6 == layer.get_config()["vocabulary_size"]
    short = layers.StringLookup(max_tokens=3, mask_token="c")
    short.adapt(WORDS)
    assert short.get_vocabulary() == ["c", "[UNK]", "d"]
    weighted = layers.StringLookup(output_mode="tf_idf")
    weighted.adapt(WORDS)
    expected = [
        [0, 1.0216513, 0, 0.6931472, 0, 0.6931472],
        [0, 0.5108256, 1.3862944, 0, 0.6931472, 0],
    ]
    np.testing.assert_allclose(weighted(WORDS), expected, rtol=1e-6)


def test_words_of_numbers():
    layer = layers.StringLookup(vocabulary=["a", "b"], invert=True, mask_token="")
    assert listed(layer(np.array([[0, 1], [2, 9]]))) == [["", "[UNK]"], ["a", "[UNK]"]]


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, [[1, 3, 4, 4], [4, 0, 2, 0]]),
        ({"mask_token": 0}, [[2, 4, 5, 5], [5, 1, 3, 0]]),
        ({"num_oov_indices": 2}, [[2, 4, 5, 5], [5, 1, 3, 0]]),
        ({"num_oov_indices": 2, "oov_method": "farmhash"}, [[2, 4, 5, 5], [5, 0, 3, 1]]),
        ({"output_mode": "multi_hot", "mask_token": 0}, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
        ({"output_mode": "count"}, [[0, 1, 0, 1, 2], [2, 0, 1, 0, 1]]),
    ],
)
def test_integer_lookup(kwargs, expected):
    layer = layers.IntegerLookup(vocabulary=[12, 36, 1138, 42], **kwargs)
    assert listed(layer(NUMBERS)) == expected
    if kwargs.get("oov_method") == "farmhash":
        with pytest.raises(TypeError, match="cannot be part of a compiled model"):
            jax.jit(layer)(NUMBERS)
    else:
        assert listed(jax.jit(layer)(NUMBERS)) == expected


def test_integers_of_64_bits():
    layer = layers.IntegerLookup(vocabulary=[2**40, 2**40 + 1])
    assert listed(layer(np.array([2**40 + 1, 0]))) == [2, 0]
    with pytest.raises(ValueError, match="32 bits"):
        jax.jit(layer)(NUMBERS)


def test_inverse_of_integer_lookup():
    layer = layers.IntegerLookup(vocabulary=[12, 36], invert=True)
    numbers = np.array([[0, 1], [2, 9]])
    assert listed(layer(numbers)) == listed(jax.jit(layer)(numbers)) == [[-1, 12], [36, -1]]


@pytest.mark.parametrize(
    ("kwargs", "vocabulary", "expected"),
    [
        ({}, "baz bar Éa foo dont b", [[5, 3, 7], [3, 2, 6], [4, 2, 0]]),
        ({"output_sequence_length": 2}, "baz bar Éa foo dont b", [[5, 3], [3, 2], [4, 2]]),
        (
            {"ngrams": (2,)},
            "Éa_baz foo_bar baz_dont bar_baz bar_b",
            [[3, 6], [5, 4], [2, 0]],
        ),
        ({"standardize": None}, "baz Éa don't bar! bar b Foo,", [[8, 5, 7], [6, 2, 4], [3, 2, 0]]),
        (
            {"output_mode": "count", "max_tokens": 4, "pad_to_max_tokens": True},
            "baz bar Éa",
            [[2, 0, 1, 0], [1, 1, 1, 0], [0, 1, 0, 1]],
        ),
    ],
)
def test_text_vectorization(kwargs, vocabulary, expected):
    layer = layers.TextVectorization(**kwargs)
    layer.adapt(TEXTS)
    tokens = [token.replace("_", " ") for token in vocabulary.split()]
    assert layer.get_vocabulary(include_special_tokens=False) == tokens
    assert listed(layer(TEXTS)) == listed(layer(np.array(TEXTS)[:, None])) == expected
    assert listed(layer(TEXTS[0]))[:2] == expected[0][:2]


def test_functions_that_clean_and_split_texts():
    layer = layers.TextVectorization(
        standardize=np.char.upper, split=lambda texts: [text.split(",") for text in texts]
    )
    layer.adapt(["a,b", "b,c d"])
    assert layer.get_vocabulary() == ["", "[UNK]", "B", "C D", "A"]
    assert listed(layer(["c d,x"])) == [[3, 1]]


def test_hashing():
    words = [["A"], ["B"], [""], ["C"], ["D"]]
    assert listed(layers.Hashing(3)(words)) == [[1], [0], [2], [1], [1]]
    assert listed(layers.Hashing(3, salt=133)(words)) == [[0], [0], [2], [2], [1]]
    assert listed(layers.Hashing(3, mask_value="")(words)) == [[1], [1], [0], [2], [2]]
    assert listed(layers.Hashing(7)(np.array([[1, 2], [300, -4]]))) == [[5, 5], [3, 3]]
    vectors = layers.Hashing(3, output_mode="count")([["A", "B", "A"]])
    assert listed(vectors) == [[1, 2, 0]] and vectors.dtype == "float32"
    crossed = layers.HashedCrossing(5)(
        [np.array(list("ABABA")), np.array([101, 101, 101, 102, 102])]
    )
    assert listed(crossed) == [1, 4, 1, 1, 3]


def test_hashes_of_any_length():
    # tf.strings.to_hash_bucket_fast and _strong with key=[133, 137], into 2**62 + 57 buckets.
    expected = {
        0: (1936946117179621341, 316627932347062939),
        3: (3225035365289182191, 770082848780504605),
        7: (1123016345076934235, 1277312011139479492),
        16: (4301628150755241200, 3660289278706797266),
        32: (764915578794662492, 1206138552996149832),
        64: (2325104078259550431, 2271713433259176344),
        65: (1750252573709625707, 3677305558520617983),
        128: (2861393397590574089, 1370012127360645936),
        129: (3220739459477131696, 3060605113735271355),
        200: (1800212452726993940, 2085660039391853543),
    }
    for length, (fast, strong) in expected.items():
        data = bytes(i * 7 % 256 for i in range(length))
        assert farm_hash(data) % (2**62 + 57) == fast
        assert sip_hash(data, (133, 137)) % (2**62 + 57) == strong


def test_vocabularies_in_files(tmp_path):
    """A vocabulary learned from data is an asset of the file, as in Keras's."""
    data = np.array([[3, 3, 5], [7, 7, 7]])
    inputs = layers.Input((3,), dtype="int32")
    lookup = layers.IntegerLookup(output_mode="tf_idf", name="look")
    lookup.adapt(data)
    model = gyeol.Model(inputs, layers.Dense(2)(lookup(inputs)))
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert archive.read("assets/layers/integer_lookup/vocabulary.txt") == b"-1\n7\n3\n5"
    read = gyeol.models.load_model(tmp_path / "model.keras")
    assert read.get_layer("look").get_vocabulary() == [-1, 7, 3, 5]
    np.testing.assert_array_equal(read(data), model(data))

    model.save(tmp_path / "folder", zipped=False)
    read = gyeol.models.load_model(tmp_path / "folder")
    np.testing.assert_array_equal(read(data), model(data))

    # One given is in the config, and a folder of assets is as `save_assets` writes it.
    given = layers.StringLookup(vocabulary=["x", "y"])
    assert given.assets() == {} and given.get_config()["vocabulary"] == ["x", "y"]
    text = layers.TextVectorization()
    text.adapt(TEXTS)
    text.save_assets(tmp_path)
    assert (tmp_path / "vocabulary.txt").read_text("utf-8").startswith("\n[UNK]\nbaz\nbar\nÉa")
    again = layers.TextVectorization.from_config(json.loads(json.dumps(text.get_config())))
    again.load_assets(tmp_path)
    assert again.get_vocabulary() == text.get_vocabulary()


def test_a_config_opens_no_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("x\ny\n", encoding="utf-8")
    assert layers.StringLookup(vocabulary=str(path)).get_vocabulary() == ["[UNK]", "x", "y"]
    for name in ("StringLookup", "TextVectorization"):
        config = serialization.serialize(getattr(layers, name)())
        config["config"]["vocabulary"] = str(path)
        with pytest.raises(ValueError, match="names a file"):
            serialization.deserialize(config)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: layers.StringLookup()(WORDS), ["string_lookup", "no vocabulary", "adapt"]),
        (lambda: layers.StringLookup(vocabulary=["a", "a"]), ["StringLookup", "once", "'a'"]),
        (lambda: layers.StringLookup(vocabulary=["a"], max_tokens=1), ["max_tokens", "1"]),
        (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), ["max_tokens=2", "3"]),
        (
            lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(WORDS),
            ["'c'", "num_oov_indices=1"],
        ),
        (lambda: layers.StringLookup(vocabulary=["a"])(np.ones((2, 2))), ["takes text", "1.0"]),
        (lambda: layers.StringLookup(vocabulary=["a"]).adapt(WORDS), ["was given its vocabulary"]),
        (lambda: layers.StringLookup(output_mode="hot"), ["output_mode", "'multi_hot'", "'hot'"]),
        (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), ["idf_weights"]),
        (lambda: layers.StringLookup(invert=True, output_mode="count"), ["invert", "'int'"]),
        (lambda: layers.TextVectorization(split="words"), ["split", "'whitespace'", "'words'"]),
        (
            lambda: layers.TextVectorization(vocabulary=["a"])(WORDS),
            ["text_vectorization", "(2, 4)", "split=None"],
        ),
        (lambda: layers.Hashing(3, salt="x"), ["Hashing", "salt", "'x'"]),
        (lambda: layers.HashedCrossing(3)([WORDS]), ["at least two", "(2, 4)"]),
        (lambda: layers.CategoryEncoding(), ["num_tokens", "IntegerLookup"]),
        (lambda: layers.Discretization(), ["bin_boundaries", "num_bins"]),
        (lambda: layers.Discretization(num_bins=3)(NUMBERS), ["discretization", "adapt"]),
        (lambda: layers.Discretization([1.0]).adapt(NUMBERS), ["bin_boundaries", "num_bins"]),
    ],
)
def test_messages(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert not [word for word in words if word not in str(error.value)], str(error.value)


def test_text_cannot_be_part_of_a_model():
    with pytest.raises(TypeError, match="Apply it to the data beforehand"):
        layers.StringLookup(vocabulary=["a"])(layers.Input((1,)))
