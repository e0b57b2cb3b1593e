"""Losses: what training makes small.

A loss function gives one value for each row; a `Loss` reduces these to the number that is
differentiated.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from gyeol import config, dtype_policies, serialization
from gyeol.activations import as_array, logits_behind, resolve, with_logits
from gyeol.masking import get_mask
from gyeol.serialization import auto_name, exported
from gyeol.text import tr, warn

_MODULE = "keras.losses"
_REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


@exported(_MODULE)
class Loss:
    """Base class: override `call(y_true, y_pred)` to make a loss of one's own.

    Args:
        name: its name, made from the class by default.
        reduction: 'sum_over_batch_size' (or 'mean') sums the values and divides by their number,
            'mean_with_sample_weight' divides by the sum of the weights instead, 'sum' only sums,
            'none' or None leaves the values as they are.
        dtype: dtype of the computation, the float type of `gyeol.config` by default.

    Raises:
        ValueError: another reduction.
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ):
        if reduction not in _REDUCTIONS:
            raise ValueError(f"reduction must be one of {_REDUCTIONS}; got {reduction!r}.")
        self.name = name or auto_name(type(self).__name__)
        self.reduction = reduction
        self.dtype = dtype_policies.get(dtype or config.floatx()).compute_dtype

    def call(self, y_true: Any, y_pred: Any) -> jax.Array:
        """One value for each row (or each place of a row)."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred).")

    def mask(self, y_true: Any, values: jax.Array) -> jax.Array | None:
        """Which of the values count, where the labels or the values themselves say so."""
        return None

    def __call__(
        self,
        y_true: Any,
        y_pred: Any,
        sample_weight: ArrayLike | None = None,
        *,
        mask: ArrayLike | None = None,
        count: ArrayLike | None = None,
    ) -> jax.Array:
        """The loss of a batch.

        Args:
            y_true: labels, (batch, ...).
            y_pred: outputs of the model, (batch, ...).
            sample_weight: factor of each row, (batch,), or of each value.
            mask: which values count, (batch, ...) of bools; the mask of `y_pred` by default.
            count: number of real rows, for a batch that was filled up at its end; the rows from
                `count` on contribute nothing. May be traced. Needs a loss that `is_rowwise`, and
                rows on which it is finite: copies of real ones.

        Returns:
            A scalar, or the values for reduction 'none'.
        """
        if mask is None:
            mask = get_mask(y_pred)
        y_true, y_pred = self._converted(y_true), self._converted(y_pred)
        values = self.call(y_true, y_pred)
        own_mask = self.mask(y_true, values)
        if mask is not None and own_mask is not None:
            mask, own_mask = squeeze_or_expand_to_same_rank(jnp.asarray(mask, bool), own_mask)
            mask &= own_mask
        elif mask is None:
            mask = own_mask
        return reduce_weighted_values(
            jnp.asarray(values, self.dtype), sample_weight, mask, self.reduction, count
        )

    def _converted(self, structure: Any) -> Any:
        def convert(x: ArrayLike) -> jax.Array:
            x = as_array(x)
            return with_logits(lambda a: as_array(a, self.dtype), x, ("softmax", "sigmoid"))

        return jax.tree.map(convert, structure, is_leaf=_is_list_of_numbers)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as JSON."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Loss":
        """The loss whose `get_config` this was."""
        return cls(**config)


@exported(_MODULE)
class LossFunctionWrapper(Loss):
    """A loss made of a function of (y_true, y_pred).

    Args:
        fn: the function; it returns one value for each row, or a scalar.
        reduction, name, dtype: as in `Loss`.
        **kwargs: further arguments of the function.
    """

    def __init__(
        self,
        fn: Callable,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> jax.Array:
        if isinstance(y_true, jax.Array) and isinstance(y_pred, jax.Array):
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def mask(self, y_true: Any, values: jax.Array) -> jax.Array | None:
        ignored = self._fn_kwargs.get("ignore_class")
        if self.fn is sparse_categorical_crossentropy and ignored is not None:
            return y_true.reshape(values.shape) != ignored
        return values > 0 if self.fn is circle else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "fn": serialization.serialize(self.fn),
            **serialization.serialize(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LossFunctionWrapper":
        return cls(**(serialization.deserialize(config) if "fn" in config else config))


def _is_list_of_numbers(x: Any) -> bool:
    """Whether it is an array written as lists, rather than a structure of arrays."""
    return isinstance(x, (list, tuple)) and all(map(np.isscalar, jax.tree.leaves(x)))


def squeeze_or_expand_to_same_rank(
    x1: jax.Array, x2: jax.Array, expand_rank_1: bool = True
) -> tuple[jax.Array, jax.Array]:
    """Drop or add a last axis of size 1, where two arrays differ by that.

    (n,) and (n, 1) become (n, 1) twice, unless `expand_rank_1` is off; other ranks lose the axis.
    """

    def fitted(low: jax.Array, high: jax.Array) -> tuple[jax.Array, jax.Array]:
        if high.ndim != low.ndim + 1 or high.shape[-1] != 1:
            return low, high
        if low.ndim == 1 and expand_rank_1:
            return jnp.expand_dims(low, -1), high
        return low, with_logits(lambda a: jnp.squeeze(a, -1), high, ("sigmoid",))

    x1, x2 = fitted(x1, x2)
    x2, x1 = fitted(x2, x1)
    return x1, x2


def reduce_weighted_values(
    values: jax.Array,
    sample_weight: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    reduction: str | None = "sum_over_batch_size",
    count: ArrayLike | None = None,
) -> jax.Array:
    """Weigh values and reduce them, as `Loss` describes.

    Raises:
        ValueError: weights that do not fit the values.
    """
    if values.ndim == 0:
        count = None
    values = _real_rows(values, count)
    number = values.size if count is None else count * math.prod(values.shape[1:])
    weight = None if sample_weight is None else jnp.asarray(sample_weight, values.dtype)
    if mask is not None:
        mask = _real_rows(jnp.asarray(mask, values.dtype), count)
        number = jnp.sum(mask) * (values.size / max(mask.size, 1))
        if weight is None:
            weight = mask
        else:
            mask, weight = squeeze_or_expand_to_same_rank(mask, weight)
            weight = with_last_axes(weight, mask.ndim) * with_last_axes(mask, weight.ndim)
    if weight is not None:
        values, weight = squeeze_or_expand_to_same_rank(values, weight)
        weight = _real_rows(with_last_axes(weight, values.ndim), count)
        try:
            values = values * weight
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"sample_weight has shape {np.shape(sample_weight)}, which does not fit the loss's "
                f"values of shape {values.shape}; give one weight for each row."
            ) from error
    if reduction is None or reduction == "none" or values.ndim == 0:
        return values
    total = jnp.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        number = jnp.sum(weight)
    return divide_no_nan(total, jnp.asarray(number, total.dtype))


def _real_rows(values: jax.Array, count: ArrayLike | None) -> jax.Array:
    """The values, with 0 in the rows from `count` on."""
    if count is None or values.ndim == 0:
        return values
    return jnp.where(with_last_axes(jnp.arange(len(values)) < count, values.ndim), values, 0)


def with_last_axes(x: jax.Array, ndim: int) -> jax.Array:
    """The array with axes of size 1 at its end, up to that rank."""
    return x.reshape(x.shape + (1,) * (ndim - x.ndim)) if 0 < x.ndim < ndim else x


def divide_no_nan(x: ArrayLike, by: ArrayLike) -> jax.Array:
    """``x / by``, and 0 where `by` is 0."""
    x, by = jnp.asarray(x), jnp.asarray(by)
    return jnp.where(by == 0, 0, x / jnp.where(by == 0, 1, by))


# What `is_rowwise` found for losses of our own, by their settings and the specs.
_rowwise: dict[Any, bool] = {}


def is_rowwise(loss: Loss | Callable, y_true: Any, y_pred: Any) -> bool:
    """Whether a loss has a value for each row that no other row has a part in.

    Only then may a batch be filled up with rows that do not count.

    Args:
        loss: a `Loss` or a function of (y_true, y_pred).
        y_true: the labels, or `jax.ShapeDtypeStruct` of them, in the structure the loss takes.
        y_pred: the outputs, likewise.

    >>> import jax, gyeol.losses as losses
    >>> y = jax.ShapeDtypeStruct((8, 3), "float32")
    >>> losses.is_rowwise(losses.mean_squared_error, y, y)
    True
    >>> losses.is_rowwise(lambda t, p: (t - p).mean(), y, y)
    False
    """
    if not isinstance(loss, Loss):
        loss = LossFunctionWrapper(loss)
    if loss.reduction in (None, "none"):
        return False

    def values(y_true: Any, y_pred: Any) -> jax.Array:
        return jnp.asarray(loss.call(loss._converted(y_true), loss._converted(y_pred)))

    def batch_of(size: int) -> Any:
        return jax.tree.map(
            lambda x: jax.ShapeDtypeStruct((size, *x.shape[1:]), x.dtype), (y_true, y_pred)
        )

    function = loss.fn if isinstance(loss, LossFunctionWrapper) else type(loss)
    is_own = serialization.is_exported(function)
    whole = is_own and (type(loss) is LossFunctionWrapper or serialization.is_exported(type(loss)))
    settings = serialization.settings_of(loss) if whole else None
    specs, structure = jax.tree.flatten(batch_of(0))
    forms = tuple((spec.shape, spec.dtype) for spec in specs)
    key = type(loss), function, settings, structure, forms
    if settings is not None and key in _rowwise:
        return _rowwise[key]

    # Two sizes, so that an axis that happens to be as long as one is not taken for the batch.
    shapes = [jax.eval_shape(values, *batch_of(size)).shape for size in (3, 5)]
    answer = [shape[:1] for shape in shapes] == [(3,), (5,)]
    if answer and is_own:
        answer = function is not circle
    elif answer:
        answer = _rows_are_apart(jax.jit(values), batch_of(3))
    if settings is not None:
        _rowwise[key] = answer
    return answer


def _rows_are_apart(function: Callable, specs: Any) -> bool:
    """Try it: whether the first value stays the same when the other rows are lower or higher."""

    def value_among(low: float, high: float) -> np.ndarray:
        rng = np.random.default_rng(0)

        def rows(spec: jax.ShapeDtypeStruct) -> np.ndarray:
            drawn = rng.uniform(0.4, 0.6, spec.shape)
            drawn[1:] = rng.uniform(low, high, spec.shape)[1:]
            whole = not jnp.issubdtype(spec.dtype, jnp.floating)
            return (drawn > 0.5 if whole else drawn).astype(spec.dtype)

        return np.asarray(function(*jax.tree.map(rows, specs))[0])

    low, high = value_among(0.05, 0.35), value_among(0.65, 0.95)
    return np.array_equal(low, high, equal_nan=True)


def aligned(y_true: ArrayLike, y_pred: ArrayLike, name: str) -> tuple[jax.Array, jax.Array]:
    """Labels and outputs as arrays of the outputs' dtype and of one rank.

    Raises:
        ValueError: shapes that do not fit; the message begins with `name`.
    """
    y_pred = as_array(y_pred)
    y_true = jnp.asarray(y_true, y_pred.dtype)
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    fits = y_true.ndim in (0, y_pred.ndim) and all(
        1 in sizes or sizes[0] == sizes[1] for sizes in zip(y_true.shape[::-1], y_pred.shape[::-1])
    )
    if not fits:
        raise shape_error(y_true, y_pred, name)
    return y_true, y_pred


def shape_error(y_true: jax.Array, y_pred: jax.Array, name: str, hint: str = "") -> ValueError:
    """The error that labels and outputs are not of one shape."""
    message = tr(
        "{loss}: the labels have shape {labels}, the model's output has shape {output}. "
        "They must be the same.",
        loss=name,
        labels=y_true.shape,
        output=y_pred.shape,
    )
    if "crossentropy" in name and y_true.shape in (y_pred.shape[:-1], (*y_pred.shape[:-1], 1)):
        sparse = "sparse_categorical_crossentropy"
        hint = tr("For labels that are class numbers use {name}.", name=sparse)
    elif name == "Accuracy":
        hint = tr('For the share of right classes write metrics=["accuracy"].')
    error = ValueError(f"{message} {hint}".rstrip())
    error.hint = hint
    return error


def _same_shape(y_true: ArrayLike, y_pred: ArrayLike, name: str) -> tuple[jax.Array, jax.Array]:
    """Labels and outputs as arrays of the outputs' dtype, which must have one shape."""
    y_pred = as_array(y_pred)
    y_true = jnp.asarray(y_true, y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise shape_error(y_true, y_pred, name)
    return y_true, y_pred


@exported("keras.metrics")
@exported(_MODULE)
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean((y_true - y_pred)**2)`` over the last axis.

    >>> mean_squared_error(jnp.asarray([[0.0, 1.0]]), jnp.asarray([[1.0, 1.0]])).tolist()
    [0.5]
    """
    y_true, y_pred = aligned(y_true, y_pred, "mean_squared_error")
    return jnp.mean(jnp.square(y_true - y_pred), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean(|y_true - y_pred|)`` over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred, "mean_absolute_error")
    return jnp.mean(jnp.abs(y_true - y_pred), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``100 * mean(|y_true - y_pred| / |y_true|)`` over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred, "mean_absolute_percentage_error")
    relative = (y_true - y_pred) / jnp.maximum(jnp.abs(y_true), config.epsilon())
    return 100.0 * jnp.mean(jnp.abs(relative), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean((log(y_true + 1) - log(y_pred + 1))**2)`` over the last axis; negatives count as 0."""
    y_true, y_pred = aligned(y_true, y_pred, "mean_squared_logarithmic_error")
    log_pred = jnp.log(jnp.maximum(y_pred, config.epsilon()) + 1.0)
    log_true = jnp.log(jnp.maximum(y_true, config.epsilon()) + 1.0)
    return jnp.mean(jnp.square(log_pred - log_true), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> jax.Array:
    """Half the squared error up to `delta`, then a straight line (Huber, 1964); mean over the
    last axis."""
    y_true, y_pred = aligned(y_true, y_pred, "huber")
    error = jnp.abs(y_pred - y_true)
    line = delta * error - 0.5 * delta**2
    return jnp.mean(jnp.where(error <= delta, 0.5 * jnp.square(error), line), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean(log(cosh(y_pred - y_true)))`` over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred, "log_cosh")
    error = y_pred - y_true
    return jnp.mean(error + jax.nn.softplus(-2.0 * error) - math.log(2.0), axis=-1)


@exported(_MODULE)
def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """Minus the cosine of the angle between labels and outputs along `axis`: -1 is alike."""
    y_true, y_pred = aligned(y_true, y_pred, "cosine_similarity")
    return -jnp.sum(unit_vectors(y_true, axis) * unit_vectors(y_pred, axis), axis=axis)


def unit_vectors(x: jax.Array, axis: int) -> jax.Array:
    """Vectors along `axis` scaled to length 1; vectors shorter than epsilon stay short."""
    # The bound is under the root, or the gradient at a vector of zeros would not be a number.
    squares = jnp.sum(jnp.square(x), axis=axis, keepdims=True)
    return x * jax.lax.rsqrt(jnp.maximum(squares, config.epsilon() ** 2))


@exported("keras.metrics")
@exported(_MODULE)
def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``sum(y_true * log(y_true / y_pred))`` over the last axis (Kullback and Leibler, 1951)."""
    y_true, y_pred = aligned(y_true, y_pred, "kl_divergence")
    y_true = jnp.clip(y_true, config.epsilon(), 1.0)
    y_pred = jnp.clip(y_pred, config.epsilon(), 1.0)
    return jnp.sum(y_true * jnp.log(y_true / y_pred), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean(y_pred - y_true * log(y_pred))`` over the last axis."""
    y_true, y_pred = aligned(y_true, y_pred, "poisson")
    return jnp.mean(y_pred - y_true * jnp.log(y_pred + config.epsilon()), axis=-1)


def _signs(y_true: jax.Array) -> jax.Array:
    """Labels of 0 and 1 as -1 and 1; any others as they are."""
    binary = jnp.all((y_true == 0) | (y_true == 1))
    return jnp.where(binary, 2.0 * y_true - 1.0, y_true)


@exported("keras.metrics")
@exported(_MODULE)
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean(max(1 - y_true * y_pred, 0))`` over the last axis, with labels of -1 and 1."""
    y_true, y_pred = aligned(y_true, y_pred, "hinge")
    return jnp.mean(jnp.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``mean(max(1 - y_true * y_pred, 0)**2)`` over the last axis, with labels of -1 and 1."""
    y_true, y_pred = aligned(y_true, y_pred, "squared_hinge")
    return jnp.mean(jnp.square(jnp.maximum(1.0 - _signs(y_true) * y_pred, 0.0)), axis=-1)


@exported("keras.metrics")
@exported(_MODULE)
def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """``max(0, 1 + highest output of a wrong class - output of the right class)``, for one-hot
    labels."""
    y_true, y_pred = aligned(y_true, y_pred, "categorical_hinge")
    right = jnp.sum(y_true * y_pred, axis=-1)
    wrong = jnp.max((1.0 - y_true) * y_pred, axis=-1)
    return jnp.maximum(wrong - right + 1.0, 0.0)


def _logits(
    y_pred: jax.Array, kind: str, from_logits: bool, axis: int, name: str
) -> jax.Array | None:
    """The logits to compute a cross-entropy from; None where there are only probabilities."""
    logits = logits_behind(y_pred, kind, axis)
    if logits is None:
        return y_pred if from_logits else None
    if from_logits:
        message = tr(
            "{loss} was given from_logits=True, but the output comes from a {kind}. The logits "
            "before the {kind} were used. Write from_logits=False, or leave out the {kind} of the "
            "last layer.",
            loss=name,
            kind=kind,
        )
        warn(message)
    return logits


def _log_probabilities(
    y_pred: jax.Array, from_logits: bool, axis: int, name: str, ignored: jax.Array | None = None
) -> jax.Array:
    """``log p`` of each class along `axis`; where `ignored`, of classes all alike."""
    logits = _logits(y_pred, "softmax", from_logits, axis, name)
    scores = y_pred if logits is None else logits
    if ignored is not None:
        scores = jnp.where(
            jnp.expand_dims(ignored, axis), 0.0 if logits is not None else 1.0, scores
        )
    if logits is not None:
        return jax.nn.log_softmax(scores, axis=axis)
    scores = scores / jnp.sum(scores, axis=axis, keepdims=True)
    return jnp.log(jnp.clip(scores, config.epsilon(), 1.0 - config.epsilon()))


def _smoothed(y_true: jax.Array, label_smoothing: float, classes: int) -> jax.Array:
    return y_true * (1.0 - label_smoothing) + label_smoothing / classes


@exported("keras.metrics")
@exported(_MODULE)
def categorical_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> jax.Array:
    """``-sum(y_true * log(p))`` along `axis`, for one-hot labels.

    Args:
        y_true: labels, (batch, ..., classes), each row a distribution.
        y_pred: probabilities or logits of the same shape. Probabilities are scaled to the sum 1.
        from_logits: whether `y_pred` are logits. The logits behind a softmax are found by
            themselves while a model is trained.
        label_smoothing: share of each label that is spread evenly over the classes, 0 to 1.
        axis: axis of the classes.

    Returns:
        The values, without the axis of the classes.

    Raises:
        ValueError: labels and outputs of different shapes.

    >>> y_pred = jnp.asarray([[0.5, 0.25, 0.25]])
    >>> categorical_crossentropy(jnp.asarray([[1.0, 0.0, 0.0]]), y_pred).round(3).tolist()
    [0.6930000...]
    """
    name = "categorical_crossentropy"
    y_true, y_pred = _same_shape(y_true, y_pred, name)
    y_true = _smoothed(y_true, label_smoothing, y_true.shape[axis])
    return -jnp.sum(y_true * _log_probabilities(y_pred, from_logits, axis, name), axis=axis)


@exported("keras.metrics")
@exported(_MODULE)
def categorical_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> jax.Array:
    """``-sum(alpha * (1 - p)**gamma * y_true * log(p))`` along `axis` (Lin et al., 2018).

    Args:
        y_true, y_pred, from_logits, label_smoothing, axis: as in `categorical_crossentropy`.
        alpha: factor of the loss.
        gamma: how much less a sure prediction counts.
    """
    name = "categorical_focal_crossentropy"
    y_true, y_pred = _same_shape(y_true, y_pred, name)
    y_true = _smoothed(y_true, label_smoothing, y_true.shape[axis])
    log_p = _log_probabilities(y_pred, from_logits, axis, name)
    p = jnp.clip(jnp.exp(log_p), config.epsilon(), 1.0 - config.epsilon())
    return -jnp.sum(alpha * (1.0 - p) ** gamma * y_true * log_p, axis=axis)


def class_numbers(
    y_true: ArrayLike, y_pred: jax.Array, axis: int, name: str = "sparse_categorical_crossentropy"
) -> jax.Array:
    """Labels as whole numbers, without the axis of the classes.

    Raises:
        ValueError: labels whose shape does not fit; the message begins with `name`.
    """
    y_true = jnp.asarray(y_true)
    if y_true.ndim == y_pred.ndim and y_true.shape[axis] == 1:
        y_true = jnp.squeeze(y_true, axis)
    wanted = list(y_pred.shape)
    if wanted:
        del wanted[axis]
    if y_true.shape == tuple(wanted):
        return jnp.asarray(y_true, jnp.int32)
    message = tr(
        "{loss}: the model's output of shape {output} needs class numbers of shape {wanted}; the "
        "labels have shape {labels}.",
        loss=name,
        output=y_pred.shape,
        wanted=tuple(wanted),
        labels=y_true.shape,
    )
    if y_true.shape == y_pred.shape:
        other = name.removeprefix("sparse_")
        message = f"{message} {tr('For one-hot labels use {name}.', name=other)}"
    raise ValueError(message)


@exported("keras.metrics")
@exported(_MODULE)
def sparse_categorical_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> jax.Array:
    """``-log(p)`` of the right class, for labels that are class numbers.

    Args:
        y_true: class numbers, (batch, ...) or (batch, ..., 1).
        y_pred: probabilities or logits, (batch, ..., classes).
        from_logits: whether `y_pred` are logits. The logits behind a softmax are found by
            themselves while a model is trained.
        ignore_class: a class number whose places have loss 0 and do not count in a mean.
        axis: axis of the classes.

    Returns:
        The values, without the axis of the classes.

    Raises:
        ValueError: labels whose shape does not fit.

    >>> y_pred = jnp.asarray([[0.5, 0.25, 0.25]])
    >>> sparse_categorical_crossentropy(jnp.asarray([0]), y_pred).round(3).tolist()
    [0.6930000...]
    """
    name = "sparse_categorical_crossentropy"
    y_pred = as_array(y_pred)
    labels = class_numbers(y_true, y_pred, axis)
    ignored = None if ignore_class is None else labels == ignore_class
    if ignored is not None:
        labels = jnp.where(ignored, 0, labels)
    log_p = _log_probabilities(y_pred, from_logits, axis, name, ignored)
    one_hot = jax.nn.one_hot(labels, y_pred.shape[axis], dtype=log_p.dtype, axis=axis)
    values = -jnp.sum(one_hot * log_p, axis=axis)
    return values if ignored is None else jnp.where(ignored, 0.0, values)


def _binary_crossentropies(
    y_true: jax.Array, y_pred: jax.Array, logits: jax.Array | None
) -> jax.Array:
    """The cross-entropy of each output."""
    if logits is None:
        p = jnp.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
        return -(y_true * jnp.log(p) + (1.0 - y_true) * jnp.log(1.0 - p))
    # Not with |x| or max(x, 0): their gradients at 0, where many a network starts, are not right.
    return -y_true * jax.nn.log_sigmoid(logits) - (1.0 - y_true) * jax.nn.log_sigmoid(-logits)


@exported("keras.metrics")
@exported(_MODULE)
def binary_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> jax.Array:
    """``mean(-y_true * log(p) - (1 - y_true) * log(1 - p))`` over `axis`.

    Args:
        y_true: labels of 0 and 1, (batch, ..., outputs).
        y_pred: probabilities or logits of the same shape.
        from_logits: whether `y_pred` are logits. The logits behind a sigmoid are found by
            themselves while a model is trained.
        label_smoothing: share of each label that is moved to 0.5, 0 to 1.
        axis: axis over which the mean is taken.

    Returns:
        The values, without that axis.

    Raises:
        ValueError: labels and outputs of different shapes.
    """
    name = "binary_crossentropy"
    y_true, y_pred = _same_shape(y_true, y_pred, name)
    y_true = _smoothed(y_true, label_smoothing, classes=2)
    logits = _logits(y_pred, "sigmoid", from_logits, axis, name)
    return jnp.mean(_binary_crossentropies(y_true, y_pred, logits), axis=axis)


@exported("keras.metrics")
@exported(_MODULE)
def binary_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> jax.Array:
    """Binary cross-entropy times ``(1 - p_t)**gamma``, mean over `axis` (Lin et al., 2018).

    Args:
        y_true, y_pred, from_logits, label_smoothing, axis: as in `binary_crossentropy`.
        apply_class_balancing: whether label 1 counts `alpha` and label 0 ``1 - alpha``.
        alpha: weight of label 1.
        gamma: how much less a sure prediction counts. `p_t` is the probability of the label.
    """
    name = "binary_focal_crossentropy"
    y_true, y_pred = _same_shape(y_true, y_pred, name)
    y_true = _smoothed(y_true, label_smoothing, classes=2)
    logits = _logits(y_pred, "sigmoid", from_logits, axis, name)
    p = y_pred if logits is None else jax.nn.sigmoid(logits)
    p_t = y_true * p + (1.0 - y_true) * (1.0 - p)
    values = (1.0 - p_t) ** gamma * _binary_crossentropies(y_true, y_pred, logits)
    if apply_class_balancing:
        values *= y_true * alpha + (1.0 - y_true) * (1.0 - alpha)
    return jnp.mean(values, axis=axis)


@exported(_MODULE)
def categorical_generalized_cross_entropy(
    y_true: ArrayLike, y_pred: ArrayLike, q: float
) -> jax.Array:
    """``(1 - p**q) / q`` of the right class (Zhang and Sabuncu, 2018): robust to wrong labels.

    Args:
        y_true: class numbers, (batch,).
        y_pred: probabilities, (batch, classes).
        q: between 0 (cross-entropy) and 1 (mean absolute error).
    """
    y_pred = as_array(y_pred)
    labels = jnp.asarray(y_true, jnp.int32)
    one_hot = jax.nn.one_hot(labels, y_pred.shape[-1], dtype=y_pred.dtype)
    return (1.0 - jnp.sum(y_pred * one_hot, axis=-1) ** q) / q


@exported(_MODULE)
def dice(y_true: ArrayLike, y_pred: ArrayLike, axis: Any = None) -> jax.Array:
    """``1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`` over `axis`."""
    y_true, y_pred = aligned(y_true, y_pred, "dice")
    axis = tuple(axis) if isinstance(axis, list) else axis
    both = jnp.sum(y_true * y_pred, axis=axis)
    total = jnp.sum(y_true, axis=axis) + jnp.sum(y_pred, axis=axis)
    return 1.0 - 2.0 * both / (total + config.epsilon())


@exported(_MODULE)
def tversky(
    y_true: ArrayLike, y_pred: ArrayLike, alpha: float = 0.5, beta: float = 0.5, axis: Any = None
) -> jax.Array:
    """``1 - hits / (hits + alpha * misses + beta * false alarms)`` (Salehi et al., 2017).

    Args:
        y_true: labels of 0 and 1.
        y_pred: probabilities of the same shape.
        alpha: weight of labels that the output misses.
        beta: weight of outputs that the label does not have.
        axis: axes that are summed; all by default.
    """
    y_true, y_pred = aligned(y_true, y_pred, "tversky")
    axis = tuple(axis) if isinstance(axis, list) else axis
    hits = jnp.sum(y_true * y_pred, axis=axis)
    misses = jnp.sum((1 - y_pred) * y_true, axis=axis)
    alarms = jnp.sum(y_pred * (1 - y_true), axis=axis)
    return 1.0 - hits / (hits + misses * alpha + alarms * beta + config.epsilon())


@exported(_MODULE)
def circle(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    ref_labels: ArrayLike | None = None,
    ref_embeddings: ArrayLike | None = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> jax.Array:
    """Circle loss (Sun et al., 2020): rows of one class together, rows of different ones apart.

    Args:
        y_true: class numbers, (batch,).
        y_pred: embeddings of length 1, (batch, size).
        ref_labels: class numbers to compare with, those of the batch by default.
        ref_embeddings: embeddings to compare with, those of the batch by default.
        remove_diagonal: whether a row is not compared with itself.
        gamma: factor of the distances.
        margin: relaxation of the distances.

    Returns:
        One value for each row, which depends on all rows.
    """
    y_pred = as_array(y_pred)
    labels = jnp.asarray(y_true, jnp.int32).reshape(-1, 1)
    others = y_pred if ref_embeddings is None else jnp.asarray(ref_embeddings)
    ref_labels = labels if ref_labels is None else jnp.asarray(ref_labels, jnp.int32)
    same = labels == ref_labels.reshape(1, -1)
    apart = ~same
    if remove_diagonal:
        same &= ~jnp.eye(*same.shape, dtype=bool)
    distances = jnp.maximum(1.0 - y_pred @ others.T, 0.0)
    pull = -gamma * (margin + distances) * (margin - distances)
    push = gamma * jnp.maximum(1.0 + margin - distances, 0.0) * (1.0 - margin - distances)
    pull = jax.nn.logsumexp(jnp.where(same, pull, -jnp.inf), axis=1)
    push = jax.nn.logsumexp(jnp.where(apart, push, -jnp.inf), axis=1)
    return jax.nn.softplus(pull + push)


class _BuiltIn(LossFunctionWrapper):
    """A loss class whose function is fixed; the function's arguments are its own."""

    # Arguments that Keras does not write; they are written here only when they are not these.
    _unwritten: dict[str, Any] = {}

    def __init__(
        self, fn: Callable, reduction: str | None, name: str | None, dtype: Any, **kwargs: Any
    ):
        super().__init__(fn, reduction, name, dtype, **kwargs)
        self.__dict__.update(kwargs)

    def get_config(self) -> dict[str, Any]:
        written = {
            key: value
            for key, value in self._fn_kwargs.items()
            if key not in self._unwritten or value != self._unwritten[key]
        }
        return {**Loss.get_config(self), **written}


@exported(_MODULE)
class MeanSquaredError(_BuiltIn):
    """Mean squared difference; see `mean_squared_error`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: Any = None,
    ):
        super().__init__(mean_squared_error, reduction, name, dtype)


@exported(_MODULE)
class MeanAbsoluteError(_BuiltIn):
    """Mean absolute difference; see `mean_absolute_error`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: Any = None,
    ):
        super().__init__(mean_absolute_error, reduction, name, dtype)


@exported(_MODULE)
class MeanAbsolutePercentageError(_BuiltIn):
    """Mean absolute difference in percent; see `mean_absolute_percentage_error`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ):
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


@exported(_MODULE)
class MeanSquaredLogarithmicError(_BuiltIn):
    """Mean squared difference of logarithms; see `mean_squared_logarithmic_error`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ):
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


@exported(_MODULE)
class CosineSimilarity(_BuiltIn):
    """Minus the cosine between labels and outputs; see `cosine_similarity`.

    Args:
        axis: axis of the vectors.
        reduction, name, dtype: as in `Loss`.
    """

    _unwritten = {"axis": -1}

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ):
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)


@exported(_MODULE)
class Huber(_BuiltIn):
    """Squared near 0, straight beyond; see `huber`.

    Args:
        delta: where the straight line begins.
        reduction, name, dtype: as in `Loss`.
    """

    _unwritten = {"delta": 1.0}

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ):
        super().__init__(huber, reduction, name, dtype, delta=delta)


@exported(_MODULE)
class LogCosh(_BuiltIn):
    """Logarithm of the hyperbolic cosine of the difference; see `log_cosh`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: Any = None,
    ):
        super().__init__(log_cosh, reduction, name, dtype)


@exported(_MODULE)
class Hinge(_BuiltIn):
    """Distance from the right side of the margin; see `hinge`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "hinge",
        dtype: Any = None,
    ):
        super().__init__(hinge, reduction, name, dtype)


@exported(_MODULE)
class SquaredHinge(_BuiltIn):
    """Squared distance from the right side of the margin; see `squared_hinge`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "squared_hinge",
        dtype: Any = None,
    ):
        super().__init__(squared_hinge, reduction, name, dtype)


@exported(_MODULE)
class CategoricalHinge(_BuiltIn):
    """Margin between the right class and the best wrong one; see `categorical_hinge`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_hinge",
        dtype: Any = None,
    ):
        super().__init__(categorical_hinge, reduction, name, dtype)


@exported(_MODULE)
class KLDivergence(_BuiltIn):
    """Divergence of the output from the label, both distributions; see `kl_divergence`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "kl_divergence",
        dtype: Any = None,
    ):
        super().__init__(kl_divergence, reduction, name, dtype)


@exported(_MODULE)
class Poisson(_BuiltIn):
    """Negative log-likelihood of counts; see `poisson`.

    Args:
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "poisson",
        dtype: Any = None,
    ):
        super().__init__(poisson, reduction, name, dtype)


@exported(_MODULE)
class BinaryCrossentropy(_BuiltIn):
    """For outputs that are each yes or no; see `binary_crossentropy`.

    Args:
        from_logits, label_smoothing, axis: as in `binary_crossentropy`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@exported(_MODULE)
class BinaryFocalCrossentropy(_BuiltIn):
    """Binary cross-entropy that dwells on hard cases; see `binary_focal_crossentropy`.

    Args:
        apply_class_balancing, alpha, gamma: as in `binary_focal_crossentropy`.
        from_logits, label_smoothing, axis: as in `binary_crossentropy`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
        )


@exported(_MODULE)
class CategoricalCrossentropy(_BuiltIn):
    """For one class out of several, with one-hot labels; see `categorical_crossentropy`.

    Args:
        from_logits, label_smoothing, axis: as in `categorical_crossentropy`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@exported(_MODULE)
class CategoricalFocalCrossentropy(_BuiltIn):
    """Cross-entropy that dwells on hard cases; see `categorical_focal_crossentropy`.

    Args:
        alpha, gamma: as in `categorical_focal_crossentropy`.
        from_logits, label_smoothing, axis: as in `categorical_crossentropy`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            alpha=alpha,
            gamma=gamma,
        )


@exported(_MODULE)
class SparseCategoricalCrossentropy(_BuiltIn):
    """For one class out of several, with class numbers; see `sparse_categorical_crossentropy`.

    Args:
        from_logits, ignore_class, axis: as in `sparse_categorical_crossentropy`.
        reduction, name, dtype: as in `Loss`.
    """

    _unwritten = {"axis": -1}

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


@exported(_MODULE)
class CategoricalGeneralizedCrossEntropy(_BuiltIn):
    """Between cross-entropy and absolute error; see `categorical_generalized_cross_entropy`.

    Args:
        q: between 0 and 1.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ):
        if not 0 < q < 1:
            raise ValueError(f"q must lie between 0 and 1; got {q}.")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)


@exported(_MODULE)
class Dice(_BuiltIn):
    """Overlap of two masks; see `dice`.

    Args:
        axis: axes that are summed; all by default.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Any = None,
        dtype: Any = None,
    ):
        super().__init__(dice, reduction, name, dtype, axis=axis)


@exported(_MODULE)
class Tversky(_BuiltIn):
    """Overlap of two masks, misses and false alarms weighed apart; see `tversky`.

    Args:
        alpha, beta, axis: as in `tversky`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ):
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)


@exported(_MODULE)
class Circle(_BuiltIn):
    """Embeddings of one class together, of different ones apart; see `circle`.

    Args:
        gamma, margin, remove_diagonal: as in `circle`.
        reduction, name, dtype: as in `Loss`.
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ):
        super().__init__(
            circle,
            reduction,
            name,
            dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )


_ALIASES: dict[str, Any] = {
    "bce": binary_crossentropy,
    "kld": kl_divergence,
    "mae": mean_absolute_error,
    "mape": mean_absolute_percentage_error,
    "mse": mean_squared_error,
    "msle": mean_squared_logarithmic_error,
}
_ALIASES |= {name.upper(): function for name, function in _ALIASES.items()}
# Names of Keras 2.
_ALIASES |= {
    "cosine_proximity": cosine_similarity,
    "huber_loss": huber,
    "kullback_leibler_divergence": kl_divergence,
    "logcosh": log_cosh,
}


def serialize(loss: Loss | Callable) -> dict[str, Any]:
    """The JSON form of a loss."""
    return serialization.serialize(loss)


def deserialize(
    name: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Loss | Callable:
    """The loss that `serialize` wrote, or of that name.

    Args:
        name: a name or a dict.
        custom_objects: losses of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    return resolve(name, _MODULE, "loss", custom_objects, _ALIASES)


def get(identifier: Any) -> Loss | Callable | None:
    """The loss that is meant: a name, a config, a class or a function; None stays None.

    Raises:
        ValueError: an unknown name.

    >>> get("mse") is mean_squared_error
    True
    """
    return None if identifier is None else deserialize(identifier)


def kind_of_labels(y_true_shape: tuple, y_pred_shape: tuple) -> str:
    """'binary', 'sparse' or 'categorical': what the shapes of labels and outputs say.

    Args:
        y_true_shape: shape of the labels, the batch's axis included.
        y_pred_shape: shape of the outputs, likewise.

    >>> kind_of_labels((32,), (32, 10))
    'sparse'
    """
    if y_pred_shape[-1] == 1:
        return "binary"
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return "sparse"
    return "categorical"


def resolve_crossentropy(y_true_shape: tuple, y_pred_shape: tuple) -> Callable:
    """The function that 'crossentropy' or 'ce' stands for, by the shapes of labels and outputs."""
    return {
        "binary": binary_crossentropy,
        "sparse": sparse_categorical_crossentropy,
        "categorical": categorical_crossentropy,
    }[kind_of_labels(y_true_shape, y_pred_shape)]
