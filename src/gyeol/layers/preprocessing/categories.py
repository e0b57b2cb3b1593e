"""Categories and intervals as numbers or as vectors: `CategoryEncoding`, `Discretization`, and the
hashed ones, `Hashing` and `HashedCrossing`."""

from collections.abc import Sequence
from functools import partial
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import config
from gyeol.layers.base import Layer
from gyeol.layers.core import positive_int, refuse_unsupported
from gyeol.layers.preprocessing.data import as_numpy, batches
from gyeol.layers.preprocessing.hashes import farm_hash, joined_fingerprints, sip_hash
from gyeol.serialization import exported
from gyeol.text import tr


def check_output_mode(layer: Layer, output_mode: str, known: Sequence[str]) -> str:
    """The output mode, under its name of today.

    Raises:
        ValueError: one that the layer does not know.
    """
    output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
    if output_mode not in known:
        raise ValueError(
            tr(
                "{layer}(output_mode=...) is one of {known}; got {given!r}.",
                layer=type(layer).__name__,
                known=", ".join(map(repr, known)),
                given=output_mode,
            )
        )
    return output_mode


@partial(jax.jit, static_argnums=(1, 2, 3))
def encoded(
    indices: jax.Array, output_mode: str, depth: int, dtype: Any, weights: jax.Array | None = None
) -> jax.Array:
    """Indices as vectors.

    Args:
        indices: whole numbers of shape (..., length); those below 0 and from `depth` on are left
            out.
        output_mode: 'one_hot', a vector for each index; 'multi_hot', one for each row, with a 1
            where an index occurs in it; 'count', one with the numbers of times that it does.
        depth: the length of the vectors.
        dtype: their dtype.
        weights: how much each index counts, for 'count'.
    """
    indices = indices[None] if indices.ndim == 0 else indices
    if output_mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = indices[..., 0]
        return (indices[..., None] == jnp.arange(depth)).astype(dtype)
    rows = indices.reshape(-1, indices.shape[-1]).astype("int32")
    # An index below 0 would count from the end.
    places = (jnp.arange(len(rows))[:, None], jnp.where(rows < 0, depth, rows))
    empty = jnp.zeros((len(rows), depth), dtype)
    if output_mode == "multi_hot":
        vectors = empty.at[places].set(1, mode="drop")
    else:
        shares = 1 if weights is None else weights.reshape(rows.shape).astype(dtype)
        vectors = empty.at[places].add(shares, mode="drop")
    return vectors.reshape(*indices.shape[:-1], depth)


@exported("keras.layers")
class CategoryEncoding(Layer):
    """Numbers of categories as vectors.

    Args:
        num_tokens: the number of categories, which are numbered from 0.
        output_mode: 'multi_hot', a vector for each row with a 1 at each category in it; 'one_hot',
            a vector for each number; 'count', how often each category occurs in a row.
        sparse: must be False.

    >>> CategoryEncoding(4)(np.array([[0, 1], [3, 3]])).tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        refuse_unsupported(self, sparse=sparse)
        known = ("multi_hot", "one_hot", "count")
        self.output_mode = check_output_mode(self, output_mode, known)
        if num_tokens is None:
            raise ValueError(
                tr(
                    "CategoryEncoding needs num_tokens, the number of categories. Where it is not "
                    "known, IntegerLookup finds it in data."
                )
            )
        self.num_tokens = positive_int(self, "num_tokens", num_tokens)

    def call(self, inputs: jax.Array, count_weights: jax.Array | None = None) -> jax.Array:
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                tr(
                    "Layer {name!r} takes count_weights only with output_mode='count'.",
                    name=self.name,
                )
            )
        return encoded(inputs, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "output_mode": self.output_mode,
        }


@exported("keras.layers")
class Discretization(Layer):
    """Numbers as the intervals that they are in.

    Args:
        bin_boundaries: where one interval ends and the next begins: [0, 1] are the intervals below
            0, from 0 to below 1, and from 1.
        num_bins: the number of intervals, which `adapt` makes equally full, instead.
        epsilon: how exact their quantiles are.
        output_mode: 'int', the number of the interval, or vectors as of `CategoryEncoding`.
        sparse: must be False.
        dtype: the dtype of the vectors.
        name: a name.

    >>> Discretization([0.0, 1.0])(np.array([-1.0, 0.5, 1.0])).tolist()
    [0, 1, 2]
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        refuse_unsupported(self, sparse=sparse)
        known = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = check_output_mode(self, output_mode, known)
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError(
                tr("Discretization takes bin_boundaries, or num_bins for `adapt`; one of the two.")
            )
        if num_bins is not None:
            positive_int(self, "num_bins", num_bins)
        elif not all(isinstance(bound, Real) for bound in bin_boundaries):
            raise ValueError(
                tr(
                    "Discretization(bin_boundaries=...) takes numbers; got {given!r}.",
                    given=bin_boundaries,
                )
            )
        self.bin_boundaries = bin_boundaries
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.reset_state()

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find boundaries between which lie equally many values.

        Args:
            data: an array, a frame, or batches: a list of arrays, a generator, a data set.
            steps: how many batches to take; all by default.
        """
        if self.num_bins is None:
            raise ValueError(
                tr(
                    "Layer {name!r} was given its bin_boundaries; it takes none from data. "
                    "Give num_bins instead.",
                    name=self.name,
                )
            )
        self.reset_state()
        for batch in batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen."""
        self._summary = np.zeros((2, 0), "float32")

    def update_state(self, data: Any) -> None:
        """Take account of more data."""
        both = np.concatenate([_summary(as_numpy(data), self.epsilon), self._summary], axis=1)
        self._summary = _compressed(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Set the boundaries from the data seen."""
        if self.num_bins is not None and self._summary.size:
            self.bin_boundaries = _compressed(self._summary, 1 / self.num_bins)[0, :-1].tolist()

    @property
    def program_key(self) -> tuple:
        """What a compiled program depends on beside the config."""
        return tuple(self.bin_boundaries or ())

    def call(self, inputs: jax.Array) -> jax.Array:
        if self.bin_boundaries is None:
            raise ValueError(
                tr(
                    "Layer {name!r} (Discretization) has no boundaries yet. Give it "
                    "bin_boundaries, or call adapt(data) first.",
                    name=self.name,
                )
            )
        # Boundaries of another type than the values would be rounded to it.
        boundaries = jnp.asarray(self.bin_boundaries, config.floatx())
        indices = jnp.searchsorted(boundaries, inputs.astype(config.floatx()), side="right")
        if self.output_mode == "int":
            return indices.astype("int32")
        depth = len(self.bin_boundaries) + 1
        return encoded(indices, self.output_mode, depth, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            "bin_boundaries": self.bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": False,
            "name": self.name,
            "dtype": self.dtype,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Discretization":
        boundaries = config.get("bin_boundaries")
        if config.get("num_bins") is None or boundaries is None:
            return cls(**config)
        # An adapted layer has both, which no caller may give.
        layer = cls(**{**config, "bin_boundaries": None})
        layer.bin_boundaries = boundaries
        return layer


def _summary(values: np.ndarray, epsilon: float) -> np.ndarray:
    """About 1 / epsilon of the values in order, and for how many each stands."""
    values = np.sort(np.asarray(values, "float32"), axis=None)
    step = max(values.size * epsilon, 1)
    kept = values[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary at every epsilon-th part of what it stands for."""
    if summary.shape[1] * epsilon < 1:
        return summary
    wanted = epsilon + np.arange(0.0, 1.0, epsilon)
    sums = summary[1].cumsum()
    shares = sums / sums[-1]
    weights = np.diff(np.interp(wanted, shares, sums), prepend=0)
    return np.stack([np.interp(wanted, shares, summary[0]), weights]).astype("float32")


# Hashing --------------------------------------------------------------------------------------


class HostLayer(Layer):
    """A layer that works on text, or as text does: with NumPy, before the data go to the device."""

    def _prepared(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        # JAX's arrays hold no text, and no numbers of 64 bits.
        return args, kwargs

    def _on_the_host(self, inputs: Any) -> np.ndarray:
        """The inputs as an array of NumPy's.

        Raises:
            TypeError: within a compiled program, or in the graph of a model.
        """
        if isinstance(inputs, jax.core.Tracer):
            raise TypeError(self._not_compiled())
        return as_numpy(inputs)

    def _not_compiled(self) -> str:
        return tr(
            "Layer {name!r} ({layer}) cannot be part of a compiled model: it works on the host. "
            "Apply it to the data beforehand: x = layer(x).",
            name=self.name,
            layer=type(self).__name__,
        )


def as_texts(layer: Layer, values: np.ndarray, encoding: str = "utf-8") -> np.ndarray:
    """An array of strings, of strings or bytes.

    Raises:
        ValueError: values that are no text.
    """
    if values.dtype.kind == "U":
        return values
    if values.dtype.kind == "S":
        return np.strings.decode(values, encoding)
    texts = np.empty(values.shape, object)
    for place, value in np.ndenumerate(values):
        if not isinstance(value, (str, bytes)):
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) takes text; got {value!r}.",
                    name=layer.name,
                    layer=type(layer).__name__,
                    value=value.item() if isinstance(value, np.generic) else value,
                )
            )
        texts[place] = value if isinstance(value, str) else value.decode(encoding)
    return texts


def hash_bins(values: np.ndarray, bins: int, salt: Sequence[int] | None = None) -> np.ndarray:
    """The bin of each text, or of each whole number written as text."""

    def bin_of(value: Any) -> int:
        data = value if isinstance(value, bytes) else str(value).encode()
        return (farm_hash(data) if salt is None else sip_hash(data, tuple(salt))) % bins

    different, places = np.unique(values, return_inverse=True)
    numbers = np.array([bin_of(value) for value in different.tolist()], "int64")
    return numbers[places].reshape(values.shape)


def check_salt(layer: Layer, salt: Any) -> list[int] | None:
    """Two numbers that go into a hash, of one or two."""
    if salt is None or (isinstance(salt, (tuple, list)) and len(salt) == 2):
        return salt and list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(
        tr(
            "{layer}(salt=...) takes a whole number, or two; got {salt!r}.",
            layer=type(layer).__name__,
            salt=salt,
        )
    )


@exported("keras.layers")
class Hashing(HostLayer):
    """Categories as numbers, by a hash of their text: categories may share one.

    Args:
        num_bins: how many numbers there are.
        mask_value: a value that is given number 0, and the others the rest.
        salt: one or two numbers that make it another hash.
        output_mode: 'int', the number, or vectors as of `CategoryEncoding`.
        sparse: must be False.

    >>> Hashing(3)(np.array([["A"], ["B"], ["D"]])).tolist()
    [[1], [0], [1]]
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: int | Sequence[int] | None = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ):
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else config.floatx()
        super().__init__(**kwargs)
        refuse_unsupported(self, sparse=sparse)
        known = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = check_output_mode(self, output_mode, known)
        self.num_bins = positive_int(self, "num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = check_salt(self, salt)
        self.built = True

    def call(self, inputs: Any) -> jax.Array:
        values = _hashable(self, self._on_the_host(inputs))
        if self.mask_value is None or self.num_bins == 1:
            bins = hash_bins(values, self.num_bins, self.salt)
        else:
            bins = 1 + hash_bins(values, self.num_bins - 1, self.salt)
            bins = np.where(values == self.mask_value, 0, bins)
        return _numbers_or_vectors(self, bins)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": False,
        }


@exported("keras.layers")
class HashedCrossing(HostLayer):
    """Several categories together as one number, by a hash of them all.

    Args:
        num_bins: how many numbers there are.
        output_mode: 'int', the number, or 'one_hot', a vector with a 1 there.
        sparse: must be False.
        name: a name.
        dtype: the dtype of the output.

    >>> HashedCrossing(5)([np.array(["A", "B"]), np.array([101, 102])]).tolist()
    [1, 1]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        dtype = "int64" if dtype is None and output_mode == "int" else dtype
        super().__init__(name=name, dtype=dtype, **kwargs)
        refuse_unsupported(self, sparse=sparse)
        self.output_mode = check_output_mode(self, output_mode, ("int", "one_hot"))
        self.num_bins = positive_int(self, "num_bins", num_bins)
        self.built = True

    def call(self, inputs: Any) -> jax.Array:
        features = [_hashable(self, self._on_the_host(feature)) for feature in inputs]
        shapes = {feature.shape for feature in features}
        shape = features[0].shape if features else ()
        if len(features) < 2 or len(shapes) > 1 or len(shape) > 2 or shape[1:] not in ((), (1,)):
            raise ValueError(
                tr(
                    "Layer {name!r} (HashedCrossing) takes a list of at least two inputs of one "
                    "shape, (batch,) or (batch, 1); got {shapes}.",
                    name=self.name,
                    shapes=[feature.shape for feature in features],
                )
            )

        def fingerprint(value: Any) -> int:
            return farm_hash(value.encode()) if isinstance(value, str) else value % 2**64

        bins = []
        for values in zip(*(feature.ravel().tolist() for feature in features)):
            crossed = 956888297470  # TensorFlow's key
            for value in values:
                crossed = joined_fingerprints(crossed, fingerprint(value))
            bins.append(crossed % self.num_bins)
        return _numbers_or_vectors(self, np.array(bins, "int64").reshape(shape))

    def get_config(self) -> dict[str, Any]:
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": False,
            "name": self.name,
            "dtype": self.dtype,
        }


def _hashable(layer: Layer, values: np.ndarray) -> np.ndarray:
    """Whole numbers, or texts."""
    if values.dtype.kind in "fb":
        return values.astype("int64")
    return values if values.dtype.kind in "iu" else as_texts(layer, values)


def _numbers_or_vectors(layer: Any, bins: np.ndarray) -> jax.Array:
    dtype = jax.dtypes.canonicalize_dtype(layer.dtype)
    if layer.output_mode == "int":
        return jnp.asarray(bins, dtype)
    return encoded(jnp.asarray(bins, "int32"), layer.output_mode, layer.num_bins, dtype)
