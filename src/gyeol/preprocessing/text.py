"""Texts as numbers, as Keras 2 did it."""

import hashlib
import json
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from gyeol.text import tr

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_COUNTS = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def text_to_word_sequence(
    input_text: str, filters: str = _FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """The words of a text.

    Args:
        input_text: the text.
        filters: letters that count as gaps.
        lower: whether in lower case.
        split: what stands between words.

    >>> text_to_word_sequence("Hello, world!")
    ['hello', 'world']
    """
    text = input_text.lower() if lower else input_text
    text = text.translate(str.maketrans(dict.fromkeys(filters, split)))
    return [word for word in text.split(split) if word]


def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[str], int] | str | None = None,
    filters: str = _FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """A number from 1 to n - 1 for each word; different words may have the same.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: Python's `hash`, which differs from run to run, by default; 'md5'; or a
            function.
        filters, lower, split: as for `text_to_word_sequence`.
        analyzer: what finds the words in place of it.
    """
    if hash_function == "md5":

        def hashed(word: str) -> int:
            return int(hashlib.md5(word.encode()).hexdigest(), 16)
    else:
        hashed = hash_function or hash
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [hashed(word) % (n - 1) + 1 for word in words]


def one_hot(
    input_text: str,
    n: int,
    filters: str = _FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], list[str]] | None = None,
) -> list[int]:
    """`hashing_trick` with Python's `hash`."""
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


class Tokenizer:
    """Numbers for words, the most frequent first.

    Args:
        num_words: only the `num_words` - 1 most frequent words have one.
        filters, lower, split: as for `text_to_word_sequence`.
        char_level: whether letters take the place of words.
        oov_token: stands for unknown words, and is number 1.
        analyzer: finds the words in place of `text_to_word_sequence`.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the cat", "the dog"])
    >>> tokenizer.texts_to_sequences(["the dog runs"])
    [[1, 3]]
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = _FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], list[str]] | None = None,
        **kwargs: Any,
    ):
        num_words = kwargs.pop("nb_words", num_words)
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(f"Tokenizer has no argument {', '.join(map(repr, kwargs))}.")
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text: Any) -> Sequence[str]:
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if self.analyzer is not None:
            return self.analyzer(text)
        if not isinstance(text, str):
            raise ValueError(
                tr("A Tokenizer takes texts, or lists of words; got {given!r}.", given=text)
            )
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of texts, and number them."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        # Words of one count keep the order in which they were met.
        ranked = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        known = [*([] if self.oov_token is None else [self.oov_token]), *ranked]
        self.word_index = dict(zip(known, range(1, len(known) + 1)))
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Iterable[Iterable[int]]) -> None:
        """Count in how many sequences each number occurs."""
        for sequence in sequences:
            self.document_count += 1
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Texts as lists of numbers."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """`texts_to_sequences`, one after another."""
        for text in texts:
            numbers = (self._kept(self.word_index.get(word)) for word in self._words(text))
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Lists of numbers as texts."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """`sequences_to_texts`, one after another."""
        for sequence in sequences:
            known = (number if number in self.index_word else None for number in sequence)
            kept = map(self._kept, known)
            yield " ".join(self.index_word[number] for number in kept if number is not None)

    def _kept(self, number: int | None) -> int | None:
        """The number itself; that of unknown words, or None, if it is not among `num_words`."""
        if number is None or (self.num_words and number >= self.num_words):
            return self.word_index.get(self.oov_token)
        return number

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """Texts as rows with a column for each word; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> np.ndarray:
        """Lists of numbers as rows with a column for each number.

        Args:
            sequences: the lists.
            mode: 'binary', 'count', 'freq' for the share of the text, or 'tfidf'.
        """
        if mode not in ("binary", "count", "freq", "tfidf"):
            raise ValueError(f"mode is 'binary', 'count', 'freq' or 'tfidf'; got {mode!r}.")
        if not (self.num_words or self.word_index) or (mode == "tfidf" and not self.document_count):
            raise ValueError(
                tr("The Tokenizer knows no words yet: call fit_on_texts(texts) first.")
            )
        size = self.num_words or len(self.word_index) + 1
        counts = np.zeros((len(sequences), size))
        for row, sequence in zip(counts, sequences):
            np.add.at(row, [number for number in sequence if number < size], 1)
        if mode == "count":
            return counts
        if mode == "binary":
            return (counts > 0).astype("float64")
        if mode == "freq":
            return counts / np.maximum([[len(sequence)] for sequence in sequences], 1)
        found = 1 + np.log(np.maximum(counts, 1))
        documents = np.array([self.index_docs.get(number, 0) for number in range(size)])
        return np.where(counts, found * np.log(1 + self.document_count / (1 + documents)), 0)

    def get_config(self) -> dict[str, Any]:
        settings = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        plain = {name: getattr(self, name) for name in (*settings, "document_count")}
        return {**plain, **{name: json.dumps(getattr(self, name)) for name in _COUNTS}}

    def to_json(self, **kwargs: Any) -> str:
        """The tokenizer as JSON, which `tokenizer_from_json` reads."""
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `Tokenizer.to_json` wrote."""
    config = json.loads(json_string)["config"]
    counts = {name: json.loads(config.pop(name)) for name in _COUNTS}
    for name in ("index_docs", "index_word"):
        counts[name] = {int(number): value for number, value in counts[name].items()}
    tokenizer = Tokenizer(**config)
    vars(tokenizer).update(counts)
    return tokenizer
