"""Vocabularies: `StringLookup`, `IntegerLookup` and, for whole texts, `TextVectorization`."""

import hashlib
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import config, room
from gyeol.files import write_whole
from gyeol.layers.base import Layer
from gyeol.layers.core import positive_int, refuse_unsupported
from gyeol.layers.preprocessing.categories import (
    HostLayer,
    as_texts,
    check_output_mode,
    check_salt,
    encoded,
    hash_bins,
)
from gyeol.layers.preprocessing.data import as_numpy, batches, is_array
from gyeol.serialization import deserialize, exported
from gyeol.text import tr

_VOCABULARY_FILE = "vocabulary.txt"


class _IndexLookup(HostLayer):
    """A vocabulary, and the numbers of its tokens: what both kinds of lookup are.

    Number 0 is that of `mask_token`, if there is one and the output is numbers; then come
    `num_oov_indices` numbers for tokens that the vocabulary has not, then the vocabulary.
    """

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        sparse: bool,
        oov_method: str,
        salt: int | Sequence[int] | None,
        name: str | None,
        **kwargs: Any,
    ):
        # As in Keras: the dtype is that of the tokens, and nothing is trained.
        kwargs = {k: v for k, v in kwargs.items() if k not in ("dtype", "trainable")}
        size = kwargs.pop("vocabulary_size", None)
        has_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        super().__init__(name=name, **kwargs)
        refuse_unsupported(self, sparse=sparse)
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(self._says(tr("max_tokens is above 1"), max_tokens))
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(self._says(tr("pad_to_max_tokens needs max_tokens"), max_tokens))
        if num_oov_indices < 0:
            raise ValueError(self._says(tr("num_oov_indices is 0 or more"), num_oov_indices))
        room.check(16 * num_oov_indices)
        if oov_method not in ("floormod", "farmhash"):
            raise ValueError(self._says(tr("oov_method is 'floormod' or 'farmhash'"), oov_method))
        known = ("int", "one_hot", "multi_hot", "count", "tf_idf")
        self.output_mode = check_output_mode(self, output_mode, known)
        if invert and self.output_mode != "int":
            raise ValueError(self._says(tr("invert=True needs output_mode='int'"), output_mode))
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = invert
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = check_salt(self, salt)
        # A vocabulary from a file is no part of the config: a model's file has it as an asset.
        self.input_vocabulary = None if isinstance(vocabulary, (str, Path)) else vocabulary
        self.input_idf_weights = idf_weights
        self._is_fixed = has_vocabulary
        # Within a TextVectorization it is that layer which a person knows.
        self._known_as = self.name, type(self).__name__
        self._size: int | None = size
        self._tokens: list = []
        self._idf: np.ndarray | None = None
        self._key: str | None = None
        self.built = True
        self.reset_state()
        if idf_weights is not None:
            self._idf = np.asarray(idf_weights, config.floatx())
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _says(self, rule: str, given: Any) -> str:
        return tr(
            "{layer}: {rule}; got {given!r}.", layer=type(self).__name__, rule=rule, given=given
        )

    # The vocabulary -----------------------------------------------------------------------------

    def _specials(self) -> list:
        """What stands before the vocabulary."""
        is_masked = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * is_masked + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list:
        """The tokens, each at the place that is its number.

        Args:
            include_special_tokens: whether those that stand for masked and unknown tokens are
                listed too.
        """
        return (self._specials() if include_special_tokens else []) + list(self._tokens)

    def vocabulary_size(self) -> int:
        """The number of tokens, with those for masked and unknown ones."""
        return len(self._specials()) + len(self._tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, most frequent first as a rule, in place of what `adapt` finds.

        Args:
            vocabulary: the tokens, with or without those for masked and unknown ones in front; or
                the path of a file with a token on each line.
            idf_weights: a weight for each token, for output_mode='tf_idf'.

        Raises:
            ValueError: no tokens, one that occurs twice or is not allowed, or too many.
        """
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            raise ValueError(
                self._says(
                    tr("idf_weights go with output_mode='tf_idf', and only with that"),
                    self.output_mode,
                )
            )
        if isinstance(vocabulary, (str, Path)):
            if not Path(vocabulary).is_file():
                message = tr("there is no such file of tokens; a vocabulary itself is a list")
                raise FileNotFoundError(self._says(message, str(vocabulary)))
            vocabulary = Path(vocabulary).read_text(encoding="utf-8").splitlines()
        given = self._as_tokens(vocabulary)
        specials = self._specials()
        has_specials = given[: len(specials)] == specials
        tokens = given[len(specials) :] if has_specials else given
        twice = [token for token, times in Counter(tokens).items() if times > 1]
        if not tokens or twice:
            problem = tr("the vocabulary has tokens, each once")
            raise ValueError(self._says(problem, twice[:5]))
        reserved = [self.mask_token] + ([self.oov_token] if self.invert else [])
        if any(token is not None and token in tokens for token in reserved):
            problem = tr("the tokens for masked and unknown ones come first or not at all")
            raise ValueError(self._says(problem, given[:5]))
        if self.max_tokens is not None and len(specials) + len(tokens) > self.max_tokens:
            problem = tr(
                "the vocabulary has at most max_tokens={most} tokens", most=self.max_tokens
            )
            raise ValueError(self._says(problem, len(specials) + len(tokens)))
        self._take(tokens)
        if idf_weights is not None:
            weights = np.asarray(idf_weights, config.floatx())
            if weights.shape != (len(given),):
                problem = tr("idf_weights has a number for each token")
                raise ValueError(self._says(problem, weights.shape))
            self._set_idf(weights if has_specials else self._with_specials(weights))

    def _take(self, tokens: list) -> None:
        self._tokens, self._key = tokens, None
        self._size = self.vocabulary_size()
        first = len(self._specials())
        self._numbers = {token: number for number, token in enumerate(tokens, first)}
        if self.mask_token is not None:
            self._numbers[self.mask_token] = 0 if self.output_mode == "int" else -1

    def _with_specials(self, weights: np.ndarray) -> np.ndarray:
        # How rare unknown tokens are is not known: the mean is as good as anything.
        return np.concatenate([np.full(len(self._specials()), weights.mean()), weights])

    def _set_idf(self, weights: np.ndarray) -> None:
        missing = self._depth() - len(weights)
        self._idf, self._key = np.pad(weights, (0, max(missing, 0))).astype(config.floatx()), None

    def _depth(self) -> int:
        """The length of the vectors."""
        depth = self.max_tokens if self.pad_to_max_tokens else self._size
        if depth is None:
            raise ValueError(self._has_no_vocabulary())
        return depth

    def _has_no_vocabulary(self) -> str:
        name, layer = self._known_as
        return tr(
            "Layer {name!r} ({layer}) has no vocabulary yet. Give it one, or call adapt(data).",
            name=name,
            layer=layer,
        )

    def _as_tokens(self, values: Any) -> list:
        """Tokens as a list of strings or of whole numbers."""
        raise NotImplementedError

    # Learning it ------------------------------------------------------------------------------

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Make the tokens in data the vocabulary, the most frequent first.

        Args:
            data: an array or a list of tokens, where each row is a document; or batches of such.
            steps: how many batches to take; all by default.
        """
        self.reset_state()
        for batch in batches(data, steps):
            # In one row of data each token is a document; a row that is a batch is one document.
            self.update_state(batch[:, None] if batch.ndim == 1 and is_array(data) else batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen."""
        self._counts: Counter = Counter()
        self._documents: Counter = Counter()
        self._document_count = 0

    def update_state(self, data: Any) -> None:
        """Take account of more data: a row is a document."""
        values = as_numpy(data)
        rows = values.reshape(-1, values.shape[-1] if values.ndim else 1)
        self.count_documents(self._as_tokens(row) for row in rows)

    def count_documents(self, documents: Iterable[list]) -> None:
        """Take account of more tokens, a list of them for each document."""
        if self._is_fixed:
            raise ValueError(
                tr(
                    "Layer {name!r} was given its vocabulary; it takes none from data.",
                    name=self.name,
                )
            )
        for document in documents:
            self._counts.update(document)
            if self.output_mode == "tf_idf":
                self._documents.update(set(document))
                self._document_count += 1

    def finalize_state(self) -> None:
        """Make the vocabulary from the data seen."""
        for special in (self.mask_token, self.oov_token):
            self._counts.pop(special, None)
        if not self._counts:
            return
        most_first = sorted(self._counts.items(), key=lambda item: item[::-1], reverse=True)
        room = None if self.max_tokens is None else self.max_tokens - len(self._specials())
        self._take([token for token, _ in most_first[:room]])
        if self.output_mode == "tf_idf":
            within = np.array([self._documents[token] for token in self._tokens])
            weights = np.log(1 + self._document_count / (1 + within))
            self._set_idf(self._with_specials(weights))
        self.reset_state()

    @property
    def program_key(self) -> str:
        """What a compiled program depends on beside the config."""
        if self._key is None:
            weights = None if self._idf is None else self._idf.tolist()
            text = repr((self._tokens, weights))
            self._key = hashlib.sha256(text.encode()).hexdigest()
        return self._key

    # Looking up -------------------------------------------------------------------------------

    def call(self, inputs: Any) -> Any:
        if self.invert:
            return self._tokens_of(self._on_the_host(inputs))
        values = self._on_the_host(inputs)
        return self.encoded(self.numbers_of(self._as_tokens(values)).reshape(values.shape))

    def numbers_of(self, tokens: list) -> np.ndarray:
        """The numbers of tokens; that of a masked one is -1 where it has none of its own."""
        if not self._tokens:
            raise ValueError(self._has_no_vocabulary())
        numbers = np.array([self._numbers.get(token, -2) for token in tokens], "int64")
        unknown = np.flatnonzero(numbers == -2)
        if unknown.size:
            numbers[unknown] = self._numbers_of_unknown([tokens[place] for place in unknown])
        return numbers

    def _numbers_of_unknown(self, tokens: list) -> np.ndarray:
        first = len(self._specials()) - self.num_oov_indices
        if self.num_oov_indices == 0:
            raise ValueError(
                tr(
                    "Layer {name!r} has no number for tokens that its vocabulary has not, such as "
                    "{tokens}. Set num_oov_indices=1.",
                    name=self.name,
                    tokens=", ".join(map(repr, tokens[:5])),
                )
            )
        if self.num_oov_indices == 1:
            return np.full(len(tokens), first)
        return first + self._bins_of_unknown(tokens)

    def _bins_of_unknown(self, tokens: list) -> np.ndarray:
        return hash_bins(np.array(tokens), self.num_oov_indices, self.salt)

    def encoded(self, numbers: Any) -> jax.Array:
        """Numbers of tokens in the form that is wanted."""
        if self.output_mode == "int":
            return jnp.asarray(numbers, jax.dtypes.canonicalize_dtype("int64"))
        is_weighted = self.output_mode == "tf_idf"
        vectors = encoded(
            jnp.asarray(numbers, "int32"),
            "count" if is_weighted else self.output_mode,
            self._depth(),
            config.floatx() if is_weighted else jax.dtypes.canonicalize_dtype("int64"),
        )
        # A model may be built before the weights are known.
        return vectors * self._idf if is_weighted and self._idf is not None else vectors

    def _tokens_of(self, numbers: np.ndarray) -> Any:
        vocabulary = np.array([*self.get_vocabulary(), self.oov_token])
        unknown = len(vocabulary) - 1
        is_known = (numbers >= 0) & (numbers < unknown)
        return vocabulary[np.where(is_known, numbers, unknown)]

    # Files ------------------------------------------------------------------------------------

    asset_names = (_VOCABULARY_FILE,)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        if self.output_mode == "tf_idf" and self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self._idf, self._key = np.asarray(store["idf_weights"]), None

    def assets(self) -> dict[str, str]:
        """What a model's file keeps of the layer beside its config and weights: texts by name."""
        if self.input_vocabulary is not None:
            return {}
        return {_VOCABULARY_FILE: "\n".join(map(str, self.get_vocabulary()))}

    def take_assets(self, assets: Mapping[str, str]) -> None:
        """Read what `assets` gave."""
        if self.input_vocabulary is not None or _VOCABULARY_FILE not in assets:
            return
        lines = assets[_VOCABULARY_FILE].replace("\r\n", "\n").split("\n")
        while lines and lines[-1] == "":
            lines.pop()
        if len(lines) > len(self._specials()):
            weights = None if self._idf is None else self._idf[: len(lines)]
            self.set_vocabulary(lines, weights if self.output_mode == "tf_idf" else None)

    def save_assets(self, dir_path: str) -> None:
        """Write `assets` into a folder."""
        for name, text in self.assets().items():
            with write_whole(Path(dir_path) / name) as file:
                file.write(text.encode("utf-8"))

    def load_assets(self, dir_path: str) -> None:
        """Read `assets` from a folder."""
        path = Path(dir_path) / _VOCABULARY_FILE
        if path.exists():
            self.take_assets({_VOCABULARY_FILE: path.read_text(encoding="utf-8")})

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": False,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "idf_weights": _as_list(self.input_idf_weights),
            "vocabulary": _as_list(self.input_vocabulary),
            "vocabulary_size": self._size,
            "oov_method": self.oov_method,
            "salt": self.salt,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        _refuse_path(cls, config)
        return cls(**config)


def _refuse_path(cls: type, config: Mapping[str, Any]) -> None:
    if isinstance(config.get("vocabulary"), str):
        raise ValueError(
            tr(
                "The config of {layer} names a file, {path!r}, for its vocabulary. A config holds "
                "the tokens themselves.",
                layer=cls.__name__,
                path=config["vocabulary"],
            )
        )


def _as_list(values: Any) -> list | None:
    return None if values is None else np.asarray(values).tolist()


@exported("keras.layers")
class StringLookup(_IndexLookup):
    """Tokens of text as numbers or vectors, by a vocabulary.

    It works on the host: apply it to the data before they go to `fit`.

    Args:
        max_tokens: the largest size of the vocabulary, with the tokens for masked and unknown ones.
        num_oov_indices: how many numbers unknown tokens share; 0 makes them an error.
        mask_token: a token that stands for nothing: number 0, or no part in a vector.
        oov_token: what stands for unknown tokens in the vocabulary and when `invert` is True.
        vocabulary: the tokens, or the path of a file with one on each line; by default `adapt`
            takes them from data.
        idf_weights: a weight for each token, for 'tf_idf'.
        invert: whether to give the tokens of numbers instead.
        output_mode: 'int', the number of each token; 'one_hot', a vector for each token;
            'multi_hot', one for each row with a 1 for each token in it; 'count', how often each
            token is in the row; 'tf_idf', that times the weight of the token.
        pad_to_max_tokens: whether vectors have the length `max_tokens`.
        sparse: must be False.
        encoding: that of bytes.
        name: a name.
        salt: one or two numbers that change which of several numbers unknown tokens get.

    >>> StringLookup(vocabulary=["a", "b"])([["a", "b"], ["c", "a"]]).tolist()
    [[1, 2], [0, 1]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        self.encoding = encoding
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            sparse,
            kwargs.pop("oov_method", "floormod"),
            salt,
            name,
            **kwargs,
        )

    def _as_tokens(self, values: Any) -> list:
        return as_texts(self, as_numpy(values), self.encoding).ravel().tolist()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "encoding": self.encoding}


@exported("keras.layers")
class IntegerLookup(_IndexLookup):
    """Whole numbers as numbers from 0 on, or as vectors, by a vocabulary.

    Args:
        max_tokens: the largest size of the vocabulary, with the tokens for masked and unknown ones.
        num_oov_indices: how many numbers unknown tokens share; 0 makes them an error, which a
            compiled program cannot raise: there they get -1.
        mask_token: a token that stands for nothing: number 0, or no part in a vector.
        oov_token: what stands for unknown tokens in the vocabulary and when `invert` is True.
        vocabulary: the tokens, or the path of a file with one on each line; by default `adapt`
            takes them from data.
        vocabulary_dtype: must be 'int64'.
        idf_weights: a weight for each token, for 'tf_idf'.
        invert: whether to give the tokens of numbers instead.
        output_mode: 'int', 'one_hot', 'multi_hot', 'count' or 'tf_idf', as of `StringLookup`.
        sparse: must be False.
        pad_to_max_tokens: whether vectors have the length `max_tokens`.
        oov_method: which of several numbers unknown tokens get: 'floormod', the remainder of
            dividing by how many there are, or 'farmhash', a hash.
        salt: one or two numbers that make it another hash.
        name: a name.

    >>> IntegerLookup(vocabulary=[12, 36])(np.array([[12, 36], [7, 12]])).tolist()
    [[1, 2], [0, 1]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: int | Sequence[int] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if vocabulary_dtype != "int64":
            raise ValueError(
                f"IntegerLookup(vocabulary_dtype=...) is 'int64'; got {vocabulary_dtype!r}."
            )
        if salt is not None and oov_method != "farmhash":
            raise ValueError("IntegerLookup takes salt only with oov_method='farmhash'.")
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            sparse,
            oov_method,
            salt,
            name,
            **kwargs,
        )

    def call(self, inputs: Any) -> Any:
        if isinstance(inputs, jax.core.Tracer):
            return self._call_compiled(inputs)
        return super().call(inputs)

    def _call_compiled(self, inputs: jax.Array) -> jax.Array:
        """The same inside a compiled program, where numbers have 32 bits."""
        vocabulary = np.array([*self.get_vocabulary(), self.oov_token])
        if vocabulary.size and np.abs(vocabulary).max() > 2**31 - 1:
            raise ValueError(
                tr(
                    "Layer {name!r} has tokens of more than 32 bits, which a compiled model has "
                    "not. Apply it to the data beforehand: x = layer(x).",
                    name=self.name,
                )
            )
        if self.invert:
            unknown = len(vocabulary) - 1
            is_known = (inputs >= 0) & (inputs < unknown)
            return jnp.asarray(vocabulary, "int32")[jnp.where(is_known, inputs, unknown)]
        inputs = inputs.astype("int32")
        first = len(self._specials())
        numbers = jnp.full(inputs.shape, first - 1)
        if self.num_oov_indices == 0:
            numbers = jnp.full(inputs.shape, -1)
        elif self.num_oov_indices > 1:
            if self.oov_method == "farmhash":
                raise TypeError(self._not_compiled())
            numbers = first - self.num_oov_indices + inputs % self.num_oov_indices
        if self._tokens:
            order = np.argsort(self._tokens)
            tokens = jnp.asarray(np.array(self._tokens)[order], "int32")
            places = jnp.clip(jnp.searchsorted(tokens, inputs), 0, len(tokens) - 1)
            found = jnp.asarray(first + order, "int32")[places]
            numbers = jnp.where(tokens[places] == inputs, found, numbers)
        if self.mask_token is not None:
            masked = 0 if self.output_mode == "int" else -1
            numbers = jnp.where(inputs == self.mask_token, masked, numbers)
        return self.encoded(numbers)

    def _as_tokens(self, values: Any) -> list:
        return as_numpy(values).astype("int64").ravel().tolist()

    def _bins_of_unknown(self, tokens: list) -> np.ndarray:
        if self.oov_method == "farmhash":
            return super()._bins_of_unknown(tokens)
        return np.array(tokens) % self.num_oov_indices

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_dtype": "int64"}


_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"[^ \t\n\r\f\v]+")
_STANDARDIZE = {
    "lower": lambda text: text.translate(_LOWER),
    "strip_punctuation": lambda text: text.translate(_NO_PUNCTUATION),
    "lower_and_strip_punctuation": lambda text: text.translate(_LOWER).translate(_NO_PUNCTUATION),
}
_SPLIT = {"whitespace": _WORD.findall, "character": list}


@exported("keras.layers")
class TextVectorization(HostLayer):
    """Texts as rows of numbers, or as vectors: cleaned, split into tokens, and looked up.

    It works on the host: apply it to the data before they go to `fit`.

    Args:
        max_tokens: the largest size of the vocabulary, padding and unknown tokens counted.
        standardize: 'lower', 'strip_punctuation' (both of ASCII), 'lower_and_strip_punctuation',
            None, or a function of an array of texts.
        split: 'whitespace', 'character', None, or a function of an array of texts that gives a list
            of tokens for each.
        ngrams: up to how many tokens that follow each other are one, too; or a tuple of how many.
        output_mode: 'int', a row of numbers; 'multi_hot', a vector with a 1 for each token;
            'count', how often each token is there; 'tf_idf', that times the weight of the token.
        output_sequence_length: the length of the rows; that of the longest by default.
        pad_to_max_tokens: whether vectors have the length `max_tokens`.
        vocabulary: the tokens, or the path of a file with one on each line; by default `adapt`
            takes them from data.
        idf_weights: a weight for each token, for 'tf_idf'.
        sparse, ragged: must be False.
        encoding: that of bytes.
        name: a name.

    >>> layer = TextVectorization(vocabulary=["earth", "wind", "and", "fire"])
    >>> layer(["Earth, wind and fire!", "wind and rain"]).tolist()
    [[2, 3, 4, 5], [3, 4, 1, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable | None = "lower_and_strip_punctuation",
        split: str | Callable | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ):
        fixed = {
            k: kwargs.pop(k) for k in ("has_input_vocabulary", "vocabulary_size") if k in kwargs
        }
        super().__init__(name=name, **kwargs)
        refuse_unsupported(self, sparse=sparse, ragged=ragged)
        for argument, value, known in (
            ("standardize", standardize, _STANDARDIZE),
            ("split", split, _SPLIT),
        ):
            if value is not None and not callable(value) and value not in known:
                raise ValueError(
                    tr(
                        "TextVectorization({argument}=...) is one of {known}, None, or a function; "
                        "got {given!r}.",
                        argument=argument,
                        known=", ".join(map(repr, known)),
                        given=value,
                    )
                )
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            encoding=encoding,
            **fixed,
        )
        self._lookup_layer._known_as = self.name, type(self).__name__
        if output_sequence_length is not None:
            positive_int(self, "output_sequence_length", output_sequence_length)
            if self._lookup_layer.output_mode != "int":
                raise ValueError(
                    tr("TextVectorization takes output_sequence_length only with 'int' output.")
                )
        self._standardize = standardize
        self._split = split
        self._ngrams = ngrams
        self._output_sequence_length = output_sequence_length
        self.built = True

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Make the tokens in data the vocabulary, the most frequent first.

        Args:
            data: an array or a list of texts; or batches of such.
            batch_size: taken for Keras's sake.
            steps: how many batches to take; all by default.
        """
        self.reset_state()
        rows = 0
        for batch in batches(data, steps):
            rows += batch.size
            self.update_state(batch[:, None] if batch.ndim == 1 else batch)
        if not rows:
            raise ValueError(tr("Layer {name!r} was given no data to adapt to.", name=self.name))
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Take account of more texts."""
        self._lookup_layer.count_documents(self._rows(as_numpy(data))[0])

    def finalize_state(self) -> None:
        """Make the vocabulary from the texts seen."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forget the texts seen."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The tokens, each at the place that is its number.

        Args:
            include_special_tokens: whether those for padding and unknown tokens are listed too.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """The number of tokens, with those for padding and unknown ones."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, in place of what `adapt` finds.

        Args:
            vocabulary: the tokens, or the path of a file with one on each line.
            idf_weights: a weight for each token, for output_mode='tf_idf'.
        """
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def _rows(self, texts: np.ndarray) -> tuple[list[list[str]], tuple[int, ...]]:
        """The tokens of each text, and the shape that the texts are in."""
        texts = as_texts(self, texts, self._lookup_layer.encoding)
        if callable(self._standardize):
            texts = as_texts(self, np.asarray(self._standardize(texts.astype(str))))
        elif self._standardize:
            clean = _STANDARDIZE[self._standardize]
            cleaned = [clean(text) for text in texts.ravel().tolist()]
            texts = np.array(cleaned, object).reshape(texts.shape)
        if self._split is None:
            shape = texts.shape[:-1]
            rows = texts.reshape(-1, texts.shape[-1] if texts.ndim else 1).tolist()
        else:
            if texts.ndim > 1 and texts.shape[-1] != 1:
                problem = tr("it expects a text for each sample, or split=None")
                raise ValueError(self._refusal(texts.shape, problem))
            texts = texts[..., 0] if texts.ndim > 1 else texts
            shape = texts.shape
            if callable(self._split):
                rows = [list(row) for row in self._split(texts.astype(str).ravel())]
            else:
                rows = [_SPLIT[self._split](text) for text in texts.ravel().tolist()]
        if self._ngrams is not None:
            many = self._ngrams
            sizes = range(1, many + 1) if isinstance(many, int) else many
            rows = [
                [" ".join(row[i : i + n]) for n in sizes for i in range(len(row) - n + 1)]
                for row in rows
            ]
        return rows, shape

    def call(self, inputs: Any) -> jax.Array:
        rows, shape = self._rows(self._on_the_host(inputs))
        lookup, length = self._lookup_layer, self._output_sequence_length
        rows = [row[:length] for row in rows]
        lengths = np.array([len(row) for row in rows], int)
        longest = length or max(lengths, default=0)
        numbers = np.full((len(rows), longest), 0 if lookup.output_mode == "int" else -1)
        is_token = np.arange(longest) < lengths[:, None]
        numbers[is_token] = lookup.numbers_of([token for row in rows for token in row])
        outputs = lookup.encoded(numbers)
        return outputs.reshape(*shape, *outputs.shape[1:])

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        self._lookup_layer.load_own_variables(store)

    asset_names = (_VOCABULARY_FILE,)

    def assets(self) -> dict[str, str]:
        """What a model's file keeps of the layer beside its config and weights: texts by name."""
        return self._lookup_layer.assets()

    def take_assets(self, assets: Mapping[str, str]) -> None:
        """Read what `assets` gave."""
        self._lookup_layer.take_assets(assets)

    def save_assets(self, dir_path: str) -> None:
        """Write `assets` into a folder."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Read `assets` from a folder."""
        self._lookup_layer.load_assets(dir_path)

    def get_config(self) -> dict[str, Any]:
        lookup = self._lookup_layer.get_config()
        return {
            **super().get_config(),
            "max_tokens": lookup["max_tokens"],
            "standardize": self._standardize,
            "split": self._split,
            "ngrams": self._ngrams,
            "output_mode": lookup["output_mode"],
            "output_sequence_length": self._output_sequence_length,
            "pad_to_max_tokens": lookup["pad_to_max_tokens"],
            "sparse": False,
            "ragged": False,
            "vocabulary": lookup["vocabulary"],
            "idf_weights": lookup["idf_weights"],
            "encoding": lookup["encoding"],
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        _refuse_path(cls, config)
        given = {name: deserialize(config[name]) for name in ("standardize", "split")}
        return cls(**{**config, **given})
