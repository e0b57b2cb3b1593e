"""Attention: each step of a query takes a weighted mean of the values."""

import math
import string
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import constraints, initializers, random, regularizers
from gyeol.layers.base import Layer
from gyeol.layers.core import positive_int
from gyeol.layers.einsum_dense import EinsumDense
from gyeol.layers.regularization import Dropout
from gyeol.serialization import exported, serialize
from gyeol.text import tr


@exported("keras.layers")
class Attention(Layer):
    """``softmax(query @ key.T) @ value`` (Luong et al., 2015).

    It is called on [query, value] or [query, value, key], of shapes (batch, Tq, dim),
    (batch, Tv, dim) and (batch, Tv, dim); the value is the key where none is given. The output has
    the shape (batch, Tq, dim).

    Args:
        use_scale: whether the scores have a trained factor.
        score_mode: 'dot', or 'concat' for the sum of ``tanh(query + key)`` with a trained factor.
        dropout: the share of the weights set to 0 in training.
        seed: a seed of its own for dropout.

    >>> Attention()([jnp.ones((2, 3, 4)), jnp.ones((2, 5, 4))]).shape
    (2, 3, 4)
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                tr(
                    "Attention(score_mode=...) takes 'dot' or 'concat'; got {given!r}.",
                    given=score_mode,
                )
            )
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self._seeds = None if seed is None else random.SeedGenerator(seed)

    def build(self, input_shape: Any) -> None:
        self._check_inputs_are_several(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def _check_inputs_are_several(self, inputs: Any) -> None:
        if not isinstance(inputs, list) or not 2 <= len(inputs) <= 3:
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) is called on a list: [query, value] or "
                    "[query, value, key].",
                    name=self.name,
                    layer=type(self).__name__,
                )
            )

    def call(
        self,
        inputs: list[jax.Array],
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check_inputs_are_several(inputs)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) == 3 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        scores = self._calculate_scores(query, key)
        if value_mask is not None:
            value_mask = value_mask.astype(bool)[:, None]
        if use_causal_mask:
            causal = _causal_mask(*scores.shape[-2:])
            value_mask = causal if value_mask is None else value_mask & causal
        if value_mask is not None:
            low = 65504.0 if scores.dtype == "float16" else 1e9
            scores = jnp.where(value_mask, scores, scores - low)
        weights = jax.nn.softmax(scores, axis=-1)
        kept = weights
        if training and self.dropout > 0:
            drawn = jax.random.bernoulli(
                random.next_key(self._seeds), 1 - self.dropout, weights.shape
            )
            kept = jnp.where(drawn, weights / (1 - self.dropout), 0)
        output = kept @ value
        if query_mask is not None:
            output = jnp.where(query_mask.astype(bool)[..., None], output, 0)
        return (output, kept) if return_attention_scores else output

    def _calculate_scores(self, query: jax.Array, key: jax.Array) -> jax.Array:
        """How well each key fits each query, (batch, Tq, Tv)."""
        scale = 1.0 if self.scale is None else self.scale.value
        if self.score_mode == "dot":
            return query @ jnp.swapaxes(key, -2, -1) * scale
        sums = jnp.tanh(scale * (query[..., :, None, :] + key[..., None, :, :])).sum(-1)
        return self.concat_score_weight.value * sums

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return mask[0] if mask else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


@exported("keras.layers")
class AdditiveAttention(Attention):
    """`Attention` whose scores are ``sum(scale * tanh(query + key))`` (Bahdanau et al., 2015).

    Args:
        use_scale: whether there is a trained scale, of the size of a query.
        dropout: the share of the weights set to 0 in training.
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check_inputs_are_several(input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform", name="scale")

    def _calculate_scores(self, query: jax.Array, key: jax.Array) -> jax.Array:
        scale = 1.0 if self.scale is None else self.scale.value
        return (scale * jnp.tanh(query[..., :, None, :] + key[..., None, :, :])).sum(-1)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["score_mode"]
        return config


def _causal_mask(queries: int, keys: int) -> jax.Array:
    """True where a query may look: at its own step and those before."""
    return jnp.tril(jnp.ones((queries, keys), bool))


class _MultiHead(Layer):
    """Attention in several heads: projections, the attention of each head, and one projection back.

    Subclasses say the shapes of the projections (`_project`) and the scores' axes.
    """

    # The axes that attention goes over, counted in (batch, ..., heads, size).
    _attention_axes: Any = (1,)

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        use_gate: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        settings: dict[str, Any],
        seed: int | None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if sliding_window is not None:
            positive_int(self, "sliding_window", sliding_window)
        self._dropout = dropout
        self._use_bias = use_bias
        self._use_gate = use_gate
        self._sliding_window = sliding_window
        self._flash_attention = flash_attention
        self._settings = {
            name: _GETTERS[name.rsplit("_", 1)[1]](value) for name, value in settings.items()
        }
        self.seed = seed
        self.supports_masking = True
        self._dropout_layer = Dropout(dropout, seed=seed, dtype=self.dtype_policy)

    def _dense(
        self,
        name: str,
        equation: str,
        sizes: Sequence[int],
        input_shape: Any,
        activation: Any = None,
    ) -> EinsumDense:
        """A projection, built; `sizes` are those of the last axes of its output."""
        outputs = equation.split("->")[1]
        settings = {
            key: getattr(value, "clone", lambda value=value: value)()
            for key, value in self._settings.items()
        }
        dense = EinsumDense(
            equation,
            output_shape=[None] * (len(outputs) - 1 - len(sizes)) + list(sizes),
            bias_axes=outputs[-len(sizes) :] if self._use_bias else None,
            activation=activation,
            name=name,
            dtype=self.dtype_policy,
            **settings,
        )
        # Masks are this layer's to use, and none of the projection's.
        dense.supports_masking = True
        dense.build(input_shape)
        return dense

    def call(
        self,
        query: jax.Array,
        value: jax.Array,
        key: jax.Array | None = None,
        query_mask: jax.Array | None = None,
        value_mask: jax.Array | None = None,
        key_mask: jax.Array | None = None,
        attention_mask: jax.Array | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        key = value if key is None else key
        lengths = query.shape[1], value.shape[1]
        masks = [
            None if query_mask is None else query_mask.astype(bool)[..., :, None],
            None if value_mask is None else value_mask.astype(bool)[..., None, :],
            None if key_mask is None else key_mask.astype(bool)[..., None, :],
            None if attention_mask is None else attention_mask.astype(bool),
            _causal_mask(*lengths)[None] if use_causal_mask else None,
            self._window(*lengths),
        ]
        mask = None
        for each in masks:
            mask = each if mask is None else mask if each is None else mask & each
        gate = self._gate_dense(query) if self._use_gate else None
        output, scores = self._compute_attention(
            self._query_dense(query),
            self._of_query_heads(self._key_dense(key)),
            self._of_query_heads(self._value_dense(value)),
            mask,
            training,
            return_attention_scores,
        )
        output = self._output_dense(output if gate is None else output * gate)
        return (output, scores) if return_attention_scores else output

    def _of_query_heads(self, x: jax.Array) -> jax.Array:
        """Keys or values, for each head of the query."""
        return x

    def _window(self, queries: int, keys: int) -> jax.Array | None:
        """True where a key is near enough to a query."""
        if self._sliding_window is None:
            return None
        distance = jnp.arange(queries)[:, None] - jnp.arange(keys)
        return (jnp.abs(distance) < self._sliding_window)[None]

    def _compute_attention(
        self,
        query: jax.Array,
        key: jax.Array,
        value: jax.Array,
        attention_mask: jax.Array | None = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
    ) -> tuple[jax.Array, jax.Array]:
        """The output of each head, and the weights.

        Args:
            query, key, value: projected, (batch, ..., heads, size).
            attention_mask: True where a query may look, (batch, ..., Tq, Tv).
            training: whether dropout applies.
            return_attention_scores: whether the weights are wanted.
        """
        scale = 1.0 / math.sqrt(query.shape[-1])
        axes = self._attention_axes
        if attention_mask is not None:
            # The heads, and whatever is not attended over, lie before the attended axes.
            missing = query.ndim - 1 + len(axes) - attention_mask.ndim
            before = attention_mask.ndim - 2 * len(axes)
            attention_mask = jnp.expand_dims(attention_mask, tuple(range(before, before + missing)))
        product, combination = _attention_equations(query.ndim, tuple(axes))
        scores = jnp.einsum(product, key, query * jnp.asarray(scale, query.dtype))
        scores = scores.astype(jnp.promote_types(scores.dtype, "float32"))
        if attention_mask is not None:
            scores = jnp.where(attention_mask, scores, -1e9)
        scores = jax.nn.softmax(scores, axis=tuple(range(-len(axes), 0)))
        # A query that may look nowhere: Keras's fused attention gives it the mean of the values,
        # and zeros where it has to have the weights at hand.
        is_fused = self._dropout == 0 and not return_attention_scores and query.ndim == 4
        if attention_mask is not None and not is_fused:
            scores = jnp.where(attention_mask, scores, 0)
        scores = scores.astype(query.dtype)
        kept = self._dropout_layer(scores, training=training)
        return jnp.einsum(combination, kept, value), scores

    def _described(self) -> dict[str, Any]:
        """The part of the config that both have."""
        return {
            "dropout": self._dropout,
            "use_bias": self._use_bias,
            "use_gate": self._use_gate,
            "sliding_window": self._sliding_window,
            "seed": self.seed,
            **{name: serialize(value) for name, value in self._settings.items()},
        }


_GETTERS = {
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


def _attention_equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str]:
    """The einsums of keys with queries, and of their weights with values.

    >>> _attention_equations(4, (1,))
    ('aecd,abcd->acbe', 'acbe,aecd->abcd')
    """
    query = string.ascii_lowercase[:rank]
    others = iter(string.ascii_lowercase[rank:])
    key = "".join(next(others) if i in axes else axis for i, axis in enumerate(query))
    batch = "".join(axis for i, axis in enumerate(query[:-1]) if i not in axes)
    weights = batch + "".join(query[i] for i in axes) + "".join(key[i] for i in axes)
    return f"{key},{query}->{weights}", f"{weights},{key}->{query}"


@exported("keras.layers")
class MultiHeadAttention(_MultiHead):
    """Attention in several heads (Vaswani et al., 2017).

    Called on a query (batch, Tq, size), a value (batch, Tv, size) and, if it is not the value, a
    key (batch, Tv, size), it gives (batch, Tq, size of the query). Each may have more axes.

    Args:
        num_heads: the number of heads.
        key_dim: the size of each head's queries and keys.
        value_dim: the size of each head's values; `key_dim` by default.
        dropout: the share of the weights set to 0 in training.
        use_bias: whether the projections have biases.
        output_shape: the size of the output's last axis, or the sizes of its last axes.
        attention_axes: the axes to attend over; all but the batch and the last by default.
        sliding_window: how near a key must be to a query to be seen; no bound by default.
        flash_attention: taken for Keras's sake; the compiler chooses.
        kernel_initializer, bias_initializer: first values of the projections' variables.
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the projections' outputs, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.
        use_gate: whether a sigmoid of the query gates each head's output.
        seed: a seed of its own for dropout.

    >>> x = jnp.ones((2, 5, 8))
    >>> output, weights = MultiHeadAttention(2, 4)(x, x, return_attention_scores=True)
    >>> output.shape, weights.shape
    ((2, 5, 8), (2, 2, 5, 5))
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            dropout,
            use_bias,
            use_gate,
            sliding_window,
            flash_attention,
            {
                "kernel_initializer": kernel_initializer,
                "bias_initializer": bias_initializer,
                "kernel_regularizer": kernel_regularizer,
                "bias_regularizer": bias_regularizer,
                "activity_regularizer": activity_regularizer,
                "kernel_constraint": kernel_constraint,
                "bias_constraint": bias_constraint,
            },
            seed,
            **kwargs,
        )
        self.num_heads = positive_int(self, "num_heads", num_heads)
        self.key_dim = positive_int(self, "key_dim", key_dim)
        self.value_dim = (
            self.key_dim if value_dim is None else positive_int(self, "value_dim", value_dim)
        )
        self._output_shape = (output_shape,) if isinstance(output_shape, int) else output_shape
        self._attention_axes = (
            (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        )

    @property
    def dropout(self) -> float:
        return self._dropout

    @property
    def use_bias(self) -> bool:
        return self._use_bias

    @property
    def attention_axes(self) -> Any:
        return self._attention_axes

    @property
    def query_dense(self) -> EinsumDense:
        return self._query_dense

    @property
    def key_dense(self) -> EinsumDense:
        return self._key_dense

    @property
    def value_dense(self) -> EinsumDense:
        return self._value_dense

    @property
    def output_dense(self) -> EinsumDense:
        return self._output_dense

    def build(
        self,
        query_shape: Sequence[int | None],
        value_shape: Sequence[int | None],
        key_shape: Sequence[int | None] | None = None,
    ) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        _check_lengths(self, value_shape, key_shape)
        heads, size = self.num_heads, self.value_dim

        def into_heads(name: str, shape: Any, size: int, activation: Any = None) -> EinsumDense:
            free = string.ascii_lowercase[: len(shape) - 1]
            return self._dense(name, f"{free}x,xyz->{free}yz", (heads, size), shape, activation)

        self._query_dense = into_heads("query", query_shape, self.key_dim)
        self._key_dense = into_heads("key", key_shape, self.key_dim)
        if self._use_gate:
            self._gate_dense = into_heads("gate", query_shape, size, "sigmoid")
        self._value_dense = into_heads("value", value_shape, size)
        rank = len(query_shape)
        axes = self._attention_axes
        self._attention_axes = tuple(
            range(1, rank - 1) if axes is None else (a if a >= 0 else rank + a for a in axes)
        )
        free = string.ascii_lowercase[: rank - 1]
        sizes = tuple(self._output_shape or (query_shape[-1],))
        last = string.ascii_lowercase[rank - 1 :][: len(sizes)]
        self._output_dense = self._dense(
            "attention_output",
            f"{free}YZ,YZ{last}->{free}{last}",
            sizes,
            (*query_shape[:-1], heads, size),
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            **self._described(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_shape,
            "attention_axes": self._attention_axes,
        }


def _check_lengths(layer: Layer, value_shape: Any, key_shape: Any) -> None:
    if value_shape is None:
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes a query and a value: layer(query, value). "
                "For self-attention give it the same twice: layer(x, x).",
                name=layer.name,
                layer=type(layer).__name__,
            )
        )
    if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes keys and values of one length; got keys of shape "
                "{key} and values of shape {value}.",
                name=layer.name,
                layer=type(layer).__name__,
                key=tuple(key_shape),
                value=tuple(value_shape),
            )
        )


@exported("keras.layers", "GroupQueryAttention")
class GroupedQueryAttention(_MultiHead):
    """Attention in which several heads of the query share one of keys and values.

    Source: Ainslie et al., 2023. Called as `MultiHeadAttention`, on (batch, T, size).

    Args:
        head_dim: the size of each head.
        num_query_heads: the number of heads of the query.
        num_key_value_heads: the number of heads of keys and values, which divides the other.
        dropout: the share of the weights set to 0 in training.
        use_bias: whether the projections have biases.
        sliding_window: how near a key must be to a query to be seen; no bound by default.
        flash_attention: taken for Keras's sake; the compiler chooses.
        kernel_initializer, bias_initializer: first values of the projections' variables.
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        activity_regularizer: a function of the projections' outputs, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.
        use_gate: whether a sigmoid of the query gates each head's output.
        seed: a seed of its own for dropout.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            dropout,
            use_bias,
            use_gate,
            sliding_window,
            flash_attention,
            {
                "kernel_initializer": kernel_initializer,
                "bias_initializer": bias_initializer,
                "kernel_regularizer": kernel_regularizer,
                "bias_regularizer": bias_regularizer,
                "activity_regularizer": activity_regularizer,
                "kernel_constraint": kernel_constraint,
                "bias_constraint": bias_constraint,
            },
            seed,
            **kwargs,
        )
        self.head_dim = positive_int(self, "head_dim", head_dim)
        self.num_query_heads = positive_int(self, "num_query_heads", num_query_heads)
        self.num_key_value_heads = positive_int(self, "num_key_value_heads", num_key_value_heads)
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                tr(
                    "GroupQueryAttention(num_query_heads=...) takes a multiple of "
                    "num_key_value_heads; got {queries} and {keys}.",
                    queries=num_query_heads,
                    keys=num_key_value_heads,
                )
            )

    def build(
        self,
        query_shape: Sequence[int | None],
        value_shape: Sequence[int | None],
        key_shape: Sequence[int | None] | None = None,
    ) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        _check_lengths(self, value_shape, key_shape)
        into_query = "bqm,muh->bquh", (self.num_query_heads, self.head_dim), query_shape
        into_key = "bkm,mvh->bkvh", (self.num_key_value_heads, self.head_dim)
        self._query_dense = self._dense("query", *into_query)
        self._key_dense = self._dense("key", *into_key, key_shape)
        if self._use_gate:
            self._gate_dense = self._dense("gate", *into_query, "sigmoid")
        self._value_dense = self._dense("value", *into_key, value_shape)
        self._output_dense = self._dense(
            "attention_output",
            "bquh,uhm->bqm",
            (query_shape[-1],),
            (None, None, self.num_query_heads, self.head_dim),
        )

    def _of_query_heads(self, x: jax.Array) -> jax.Array:
        return jnp.repeat(x, self.num_query_heads // self.num_key_value_heads, axis=2)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            **self._described(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }
