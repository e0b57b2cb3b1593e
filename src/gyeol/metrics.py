"""Metrics: what is reported of training and evaluation.

A metric keeps sums in Variables, so that a compiled run of many steps can carry them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from gyeol import config, dtype_policies, initializers, losses, serialization
from gyeol.activations import resolve, sigmoid
from gyeol.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    divide_no_nan,
    hinge,
    kind_of_labels,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
    squeeze_or_expand_to_same_rank,
)
from gyeol.losses import binary_focal_crossentropy as binary_focal_crossentropy
from gyeol.losses import categorical_focal_crossentropy as categorical_focal_crossentropy
from gyeol.losses import huber as huber
from gyeol.masking import get_mask
from gyeol.serialization import auto_name, exported, to_snake_case
from gyeol.text import tr
from gyeol.variable import Variable, filled, zero

_MODULE = "keras.metrics"
# A file may ask for any number of thresholds; this many still fit in memory.
_MOST_THRESHOLDS = 1_000_000


@exported("keras", "Metric")
@exported(_MODULE)
class Metric:
    """Base class: override `update_state` and `result` to make a metric of one's own.

    Variables and metrics that are set as attributes are found by themselves.

    Args:
        dtype: dtype of the computation, the float type of `gyeol.config` by default. Sums are kept
            in float32 where it is shorter.
        name: its name in the history, made from the class by default.
    """

    # 'up' or 'down': which way is better, for callbacks that watch the metric.
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None):
        self.name = name or auto_name(type(self).__name__)
        self._dtype = dtype_policies.get(dtype or config.floatx()).compute_dtype
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        tracked = self.__dict__
        if name in ("_variables", "_metrics") or "_metrics" not in tracked:
            return
        for item in value if isinstance(value, (list, tuple)) else (value,):
            kept = {Variable: "_variables", Metric: "_metrics"}
            for kind, where in kept.items():
                if isinstance(item, kind) and all(item is not known for known in tracked[where]):
                    tracked[where].append(item)

    @property
    def dtype(self) -> str:
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The state: own variables, then those of metrics within."""
        return [*self._variables, *(v for metric in self._metrics for v in metric.variables)]

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a variable of the state.

        Args:
            shape: its shape.
            initializer: a name or an initializer; zeros for None.
            dtype: its dtype, float32 or longer by default.
            aggregation: how replicas are combined.
            name: its name.

        Raises:
            RuntimeError: before `super().__init__()`.
        """
        if not hasattr(self, "_variables"):
            raise RuntimeError(
                f"{type(self).__name__}.__init__ must call super().__init__() first."
            )
        if dtype is None:
            dtype = _sum_dtype(self.dtype)
        variable = Variable(
            initializers.get(initializer or "zeros"),
            shape,
            dtype,
            trainable=False,
            aggregation=aggregation,
            name=name,
        )
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Another name of `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def build(self, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> None:
        """Make the variables whose shapes follow from the data, before a program is compiled."""

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch: ``update_state(y_true, y_pred, sample_weight=None)``."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state().")

    def result(self) -> Any:
        """The value so far: a scalar, an array, or a dict of them."""
        raise NotImplementedError(f"{type(self).__name__} must define result().")

    def reset_state(self) -> None:
        """Begin anew: all variables 0."""
        for variable in self.variables:
            shape, dtype = variable.shape, variable.value.dtype
            variable.assign(np.zeros(shape, dtype) if shape else zero(dtype))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and return the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(
        self, metric_variables: Sequence[jax.Array], *args: Any, **kwargs: Any
    ) -> list[jax.Array]:
        """`update_state` as a function: from values of the variables to new values."""
        with filled(self.variables, metric_variables):
            self.update_state(*args, **kwargs)
            return [variable.value for variable in self.variables]

    def stateless_result(self, metric_variables: Sequence[jax.Array]) -> Any:
        """`result` as a function of values of the variables."""
        with filled(self.variables, metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[jax.Array]:
        """The values of the variables at the beginning."""
        with filled(self.variables, [variable.value for variable in self.variables]):
            self.reset_state()
            return [variable.value for variable in self.variables]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as JSON."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Metric":
        """The metric whose `get_config` this was."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _samplewise(
    values: ArrayLike, sample_weight: ArrayLike | None, reduce: Callable, dtype: Any
) -> tuple[jax.Array, jax.Array | None]:
    """Weighted values and their weights, each reduced to one for a row."""
    values = jnp.asarray(values, dtype)
    if sample_weight is not None:
        weight = jnp.asarray(sample_weight, dtype)
        values, weight = squeeze_or_expand_to_same_rank(values, weight)
        if values.ndim > weight.ndim:
            values = reduce(values, axis=tuple(range(weight.ndim, values.ndim)))
        elif values.ndim == 0:
            values = jnp.broadcast_to(values, weight.shape)
        rank = weight.ndim
        weight = jnp.broadcast_to(weight, values.shape)
        values = values * weight
        sample_weight = reduce(weight, axis=tuple(range(1, rank))) if rank > 1 else weight
    if values.ndim > 1:
        values = reduce(values, axis=tuple(range(1, values.ndim)))
    return values, sample_weight


def _sum_dtype(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"


@exported(_MODULE)
class Sum(Metric):
    """Weighted sum of all values.

    Args:
        name, dtype: as in `Metric`.
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None):
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        values, _ = _samplewise(values, sample_weight, jnp.sum, _sum_dtype(self.dtype))
        self.total.assign_add(jnp.sum(values))

    def result(self) -> jax.Array:
        return self.total.value


@exported(_MODULE)
class Mean(Metric):
    """Weighted mean of all values.

    Args:
        name, dtype: as in `Metric`.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0])
    >>> mean.update_state([5.0, 7.0], sample_weight=[1.0, 0.0])
    >>> float(mean.result())
    3.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None):
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        values, weight = _samplewise(values, sample_weight, jnp.mean, _sum_dtype(self.dtype))
        self.total.assign_add(jnp.sum(values))
        self.count.assign_add(float(values.size) if weight is None else jnp.sum(weight))

    def result(self) -> jax.Array:
        return divide_no_nan(self.total, self.count)


@exported(_MODULE)
class MeanMetricWrapper(Mean):
    """Weighted mean of a function of (y_true, y_pred).

    Args:
        fn: the function; it returns one value for each row, or a scalar.
        name, dtype: as in `Metric`.
        **kwargs: further arguments of the function.
    """

    def __init__(self, fn: Callable, name: str | None = None, dtype: Any = None, **kwargs: Any):
        super().__init__(name, dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if self._direction is None and (
            isinstance(fn, losses.Loss)
            or fn in serialization.exported_objects("keras.losses").values()
        ):
            self._direction = "down"

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: ArrayLike | None = None
    ) -> None:
        mask = get_mask(y_pred)
        if mask is not None:
            mask = jnp.asarray(mask, _sum_dtype(self.dtype))
            if sample_weight is not None:
                mask, weight = losses.squeeze_or_expand_to_same_rank(
                    mask, jnp.asarray(sample_weight)
                )
                mask = losses.with_last_axes(mask, weight.ndim) * losses.with_last_axes(
                    weight, mask.ndim
                )
            sample_weight = mask
        super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "fn": serialization.serialize(self._fn),
            **serialization.serialize(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "MeanMetricWrapper":
        return cls(**(serialization.deserialize(config) if "fn" in config else config))


class _BuiltIn(MeanMetricWrapper):
    """A metric class whose function is fixed; the function's arguments are its own."""

    # Arguments that Keras does not write; they are written here only when they are not these.
    _unwritten: dict[str, Any] = {}

    def __init__(self, fn: Callable, name: str | None, dtype: Any, **kwargs: Any):
        super().__init__(fn, name, dtype, **kwargs)
        self.__dict__.update(kwargs)

    def get_config(self) -> dict[str, Any]:
        written = {
            key: value
            for key, value in self._fn_kwargs.items()
            if key not in self._unwritten or value != self._unwritten[key]
        }
        return {**Metric.get_config(self), **written}


def is_rowwise(metric: Metric, y_true: Any, y_pred: Any) -> bool:
    """Whether rows of weight 0 have no part in a metric, so that a batch may be filled up.

    Args:
        metric: the metric. One made of a function is as that function is; of a user's class
            nothing is known, so the answer is False.
        y_true: the labels, or `jax.ShapeDtypeStruct` of them.
        y_pred: the outputs, likewise.
    """
    if isinstance(metric, MeanMetricWrapper):
        fn = losses.LossFunctionWrapper(metric._fn, "sum", "metric", **metric._fn_kwargs)
        return losses.is_rowwise(fn, y_true, y_pred)
    return serialization.is_exported(type(metric))


def _floats(matches: jax.Array) -> jax.Array:
    return matches.astype(config.floatx())


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """1 where labels and outputs are equal, else 0."""
    y_true, y_pred = losses.aligned(y_true, y_pred, "Accuracy")
    return _floats(y_true == y_pred)


@exported(_MODULE)
def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> jax.Array:
    """1 where the output is on the label's side of `threshold`, else 0.

    An output equal to the threshold counts as 0.
    """
    y_true, y_pred = squeeze_or_expand_to_same_rank(jnp.asarray(y_true), jnp.asarray(y_pred))
    return _floats(y_true == (y_pred > jnp.asarray(threshold)).astype(y_true.dtype))


def _highest_is(labels: jax.Array, y_pred: jax.Array) -> jax.Array:
    """1 where the highest output is the label's; of equal outputs the first counts."""
    return _floats(labels == jnp.argmax(y_pred, axis=-1))


def _one_hot_classes(y_true: ArrayLike, y_pred: jax.Array, name: str) -> jax.Array:
    """The class of each one-hot label."""
    y_true = jnp.asarray(y_true)
    if y_true.shape != y_pred.shape:
        hint = tr("For labels that are class numbers use {name}.", name=f"sparse_{name}")
        raise losses.shape_error(y_true, y_pred, name, hint)
    return jnp.argmax(y_true, axis=-1)


@exported(_MODULE)
def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """1 where the highest output is the one-hot label's, else 0.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.3, 0.7], [0.4, 0.6]]).tolist()
    [1.0, 0.0]
    """
    y_pred = jnp.asarray(y_pred)
    return _highest_is(_one_hot_classes(y_true, y_pred, "categorical_accuracy"), y_pred)


@exported(_MODULE)
def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """1 where the highest output is that of the class number, else 0.

    Args:
        y_true: class numbers, (batch, ...) or (batch, ..., 1).
        y_pred: scores, (batch, ..., classes).
    """
    y_pred = jnp.asarray(y_pred)
    labels = losses.class_numbers(y_true, y_pred, -1, "sparse_categorical_accuracy")
    matches = _highest_is(labels, y_pred)
    return jnp.squeeze(matches, -1) if matches.ndim > 1 and matches.shape[-1] == 1 else matches


def _in_top_k(labels: jax.Array, y_pred: jax.Array, k: int) -> jax.Array:
    """1 where fewer than `k` outputs are higher than the label's."""
    flat = y_pred.reshape(-1, y_pred.shape[-1]) if y_pred.ndim > 2 else y_pred
    own = jnp.take_along_axis(flat, labels.reshape(-1, 1), axis=-1)
    own = jnp.where(jnp.isnan(own), -jnp.inf, own)
    return _floats(jnp.sum(flat > own, axis=-1) < k).reshape(labels.shape)


@exported(_MODULE)
def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> jax.Array:
    """1 where the one-hot label's output is among the `k` highest, else 0."""
    y_pred = jnp.asarray(y_pred)
    labels = _one_hot_classes(y_true, y_pred, "top_k_categorical_accuracy")
    return _in_top_k(labels, y_pred, k)


@exported(_MODULE)
def sparse_top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, k: int = 5, from_sorted_ids: bool = False
) -> jax.Array:
    """1 where the class number's output is among the `k` highest, else 0.

    Args:
        y_true: class numbers, (batch, ...).
        y_pred: scores, (batch, ..., classes).
        k: how many count.
        from_sorted_ids: whether `y_pred` are class numbers already, best first.
    """
    y_pred = jnp.asarray(y_pred)
    if not from_sorted_ids:
        return _in_top_k(jnp.asarray(y_true, jnp.int32), y_pred, k)
    labels = jnp.asarray(y_true, y_pred.dtype)
    flat = y_pred.reshape(-1, y_pred.shape[-1])[:, :k]
    return _floats(jnp.any(labels.reshape(-1, 1) == flat, axis=1)).reshape(labels.shape)


@exported(_MODULE)
class Accuracy(_BuiltIn):
    """How often outputs equal labels.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "up"

    def __init__(self, name: str = "accuracy", dtype: Any = None):
        super().__init__(accuracy, name, dtype)


@exported(_MODULE)
class BinaryAccuracy(_BuiltIn):
    """How often outputs are on the label's side of a threshold; see `binary_accuracy`.

    Args:
        name, dtype: as in `Metric`.
        threshold: outputs above it count as 1.
    """

    _direction = "up"

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5):
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


@exported(_MODULE)
class CategoricalAccuracy(_BuiltIn):
    """How often the highest output is the one-hot label's; see `categorical_accuracy`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None):
        super().__init__(categorical_accuracy, name, dtype)


@exported(_MODULE)
class SparseCategoricalAccuracy(_BuiltIn):
    """How often the highest output is that of the class number; see
    `sparse_categorical_accuracy`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None):
        super().__init__(sparse_categorical_accuracy, name, dtype)


@exported(_MODULE)
class TopKCategoricalAccuracy(_BuiltIn):
    """How often the one-hot label is among the `k` highest; see `top_k_categorical_accuracy`.

    Args:
        k: how many count.
        name, dtype: as in `Metric`.
    """

    _direction = "up"

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None):
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


@exported(_MODULE)
class SparseTopKCategoricalAccuracy(_BuiltIn):
    """How often the class number is among the `k` highest; see
    `sparse_top_k_categorical_accuracy`.

    Args:
        k: how many count.
        name, dtype: as in `Metric`.
        from_sorted_ids: whether outputs are class numbers already, best first.
    """

    _direction = "up"
    _unwritten = {"from_sorted_ids": False}

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ):
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )


@exported(_MODULE)
class MeanSquaredError(_BuiltIn):
    """Mean squared difference of labels and outputs.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None):
        super().__init__(mean_squared_error, name, dtype)


@exported(_MODULE)
class MeanAbsoluteError(_BuiltIn):
    """Mean absolute difference of labels and outputs.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None):
        super().__init__(mean_absolute_error, name, dtype)


@exported(_MODULE)
class MeanAbsolutePercentageError(_BuiltIn):
    """Mean absolute difference in percent of the labels.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None):
        super().__init__(mean_absolute_percentage_error, name, dtype)


@exported(_MODULE)
class MeanSquaredLogarithmicError(_BuiltIn):
    """Mean squared difference of the logarithms of labels and outputs.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None):
        super().__init__(mean_squared_logarithmic_error, name, dtype)


@exported(_MODULE)
class LogCoshError(_BuiltIn):
    """Mean logarithm of the hyperbolic cosine of the difference.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "logcosh", dtype: Any = None):
        super().__init__(log_cosh, name, dtype)


@exported(_MODULE)
class RootMeanSquaredError(Mean):
    """Root of the mean squared difference of labels and outputs.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        dtype = _sum_dtype(self.dtype)
        y_true, y_pred = squeeze_or_expand_to_same_rank(
            jnp.asarray(y_true, dtype), jnp.asarray(y_pred, dtype)
        )
        super().update_state(jnp.square(y_pred - y_true), sample_weight)

    def result(self) -> jax.Array:
        return jnp.sqrt(super().result())


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """The cosine of the angle between labels and outputs along `axis`: 1 is alike."""
    return -losses.cosine_similarity(y_true, y_pred, axis)


@exported(_MODULE)
class CosineSimilarity(_BuiltIn):
    """Mean cosine of the angle between labels and outputs.

    Args:
        name, dtype: as in `Metric`.
        axis: axis of the vectors.
    """

    _direction = "up"
    _unwritten = {"axis": -1}

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1):
        super().__init__(cosine_similarity, name, dtype, axis=axis)


@exported(_MODULE)
def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """Pearson's correlation of labels and outputs along `axis`."""
    y_pred = jnp.asarray(y_pred)
    y_true, y_pred = squeeze_or_expand_to_same_rank(jnp.asarray(y_true, y_pred.dtype), y_pred)
    y_true = y_true - jnp.mean(y_true, axis=axis, keepdims=True)
    y_pred = y_pred - jnp.mean(y_pred, axis=axis, keepdims=True)
    spread = jnp.std(y_true, axis=axis) * jnp.std(y_pred, axis=axis)
    return jnp.mean(y_true * y_pred, axis=axis) / spread


@exported(_MODULE)
class PearsonCorrelation(_BuiltIn):
    """Mean of Pearson's correlation of labels and outputs.

    Args:
        name, dtype: as in `Metric`.
        axis: axis along which they are correlated.
    """

    _direction = "up"

    def __init__(self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1):
        super().__init__(pearson_correlation, name, dtype, axis=axis)


@exported(_MODULE)
def concordance_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """Lin's concordance of labels and outputs along `axis`: near the line of equality, not any.

    ``2 * cov(y_true, y_pred) / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))²)``
    (Lin, 1989).
    """
    y_pred = jnp.asarray(y_pred)
    y_true, y_pred = squeeze_or_expand_to_same_rank(jnp.asarray(y_true, y_pred.dtype), y_pred)
    true_mean, pred_mean = (jnp.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred))
    covariance = jnp.mean((y_true - true_mean) * (y_pred - pred_mean), axis=axis)
    spread = jnp.var(y_true, axis=axis) + jnp.var(y_pred, axis=axis)
    distance = jnp.squeeze(true_mean - pred_mean, axis)
    return 2 * covariance / (spread + jnp.square(distance) + config.epsilon())


@exported(_MODULE)
class ConcordanceCorrelation(_BuiltIn):
    """Mean of Lin's concordance of labels and outputs; see `concordance_correlation`.

    Args:
        name, dtype: as in `Metric`.
        axis: axis along which they are compared.
    """

    _direction = "up"

    def __init__(self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1):
        super().__init__(concordance_correlation, name, dtype, axis=axis)


@exported(_MODULE)
class KLDivergence(_BuiltIn):
    """Mean divergence of outputs from labels; see `gyeol.losses.kl_divergence`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "kl_divergence", dtype: Any = None):
        super().__init__(kl_divergence, name, dtype)


@exported(_MODULE)
class Poisson(_BuiltIn):
    """Mean negative log-likelihood of counts; see `gyeol.losses.poisson`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "poisson", dtype: Any = None):
        super().__init__(poisson, name, dtype)


@exported(_MODULE)
class Hinge(_BuiltIn):
    """Mean of `gyeol.losses.hinge`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "hinge", dtype: Any = None):
        super().__init__(hinge, name, dtype)


@exported(_MODULE)
class SquaredHinge(_BuiltIn):
    """Mean of `gyeol.losses.squared_hinge`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "squared_hinge", dtype: Any = None):
        super().__init__(squared_hinge, name, dtype)


@exported(_MODULE)
class CategoricalHinge(_BuiltIn):
    """Mean of `gyeol.losses.categorical_hinge`.

    Args:
        name, dtype: as in `Metric`.
    """

    _direction = "down"

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None):
        super().__init__(categorical_hinge, name, dtype)


@exported(_MODULE)
class BinaryCrossentropy(_BuiltIn):
    """Mean of `gyeol.losses.binary_crossentropy`.

    Args:
        name, dtype: as in `Metric`.
        from_logits, label_smoothing: as in the function.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ):
        super().__init__(
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


@exported(_MODULE)
class CategoricalCrossentropy(_BuiltIn):
    """Mean of `gyeol.losses.categorical_crossentropy`.

    Args:
        name, dtype: as in `Metric`.
        from_logits, label_smoothing, axis: as in the function.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ):
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@exported(_MODULE)
class SparseCategoricalCrossentropy(_BuiltIn):
    """Mean of `gyeol.losses.sparse_categorical_crossentropy`.

    Args:
        name, dtype: as in `Metric`.
        from_logits, ignore_class, axis: as in the function.
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        if self.ignore_class is not None:
            y_true, y_pred = jnp.asarray(y_true), jnp.asarray(y_pred)
            places = losses.class_numbers(y_true, y_pred, self.axis) != self.ignore_class
            weight = jnp.asarray(1.0 if sample_weight is None else sample_weight, "float32")
            sample_weight = losses.with_last_axes(weight, places.ndim) * places
        super().update_state(y_true, y_pred, sample_weight)


_TP, _FP, _TN, _FN = "true_positives", "false_positives", "true_negatives", "false_negatives"
# Below every score: with `top_k` all that is left counts as positive.
_NEVER = -1e10


class _Confusion(Metric):
    """Base class of those that count hits and misses at thresholds."""

    top_k: int | None = None
    class_id: int | None = None
    multi_label = False
    label_weights: jax.Array | None = None

    def _count(self, counted: Sequence[str], thresholds: Sequence[float], *axes: int) -> None:
        """Keep some of the four counts at each threshold; outputs above it are positive there."""
        self._limits = np.asarray(thresholds)
        even = np.linspace(0, 1, len(self._limits))
        self._evenly = len(even) > 2 and np.allclose(self._limits, even, atol=2 * config.epsilon())
        self._counts = {}
        for name in counted:
            variable = self.add_variable((len(thresholds), *axes), "zeros", name=name)
            self._counts[name] = variable
            setattr(self, name, variable)

    def _positive(self, y_pred: jax.Array) -> jax.Array:
        """Whether outputs are above thresholds, (thresholds, ...)."""
        limits = self._limits.reshape(-1, *[1] * y_pred.ndim)
        if not self._evenly:
            return y_pred > jnp.asarray(limits, y_pred.dtype)
        # By rounding up, as Keras does: the same answer for an output that equals a threshold.
        bucket = jnp.ceil(jnp.clip(y_pred, 0.0, 1.0) * (len(limits) - 1)) - 1
        if limits.ravel()[0] < 0:
            bucket = jnp.maximum(bucket, 0)
        return bucket >= np.arange(len(limits)).reshape(limits.shape)

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        dtype = _sum_dtype(self.dtype)
        y_pred, y_true = squeeze_or_expand_to_same_rank(
            jnp.asarray(y_pred, dtype), jnp.asarray(y_true, dtype)
        )
        weight = jnp.ones((), dtype)
        if sample_weight is not None:
            weight = jnp.expand_dims(jnp.asarray(sample_weight, dtype), -1)
            _, weight = squeeze_or_expand_to_same_rank(y_true, weight, expand_rank_1=False)
        if self.top_k is not None:
            best = jax.lax.top_k(y_pred, self.top_k)[1]
            chosen = jax.nn.one_hot(best, y_pred.shape[-1], dtype=bool).any(axis=-2)
            y_pred = jnp.where(chosen, y_pred, _NEVER)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id, None], y_pred[..., self.class_id, None]
        if self.label_weights is not None and not self.multi_label:
            weight = weight * self.label_weights
        weight = jnp.broadcast_to(weight, y_pred.shape)
        if not self.multi_label:
            y_true, y_pred, weight = y_true.ravel(), y_pred.ravel(), weight.ravel()
        label = y_true.astype(bool)
        positive = self._positive(y_pred)
        which = {
            _TP: label & positive,
            _FP: ~label & positive,
            _TN: ~label & ~positive,
            _FN: label & ~positive,
        }
        for name, variable in self._counts.items():
            variable.assign_add(jnp.sum(jnp.where(which[name], weight, 0), axis=1))


def _thresholds(thresholds: Any, default: float) -> list[float]:
    if thresholds is None:
        return [default]
    thresholds = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    if any(t is None or not 0 <= t <= 1 for t in thresholds):
        raise ValueError(f"thresholds must lie in 0 to 1; got {thresholds}.")
    return thresholds


class _OneCount(_Confusion):
    """A count alone."""

    counted: str

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.thresholds = _thresholds(thresholds, 0.5)
        self._count([self.counted], self.thresholds)
        self.accumulator = self._counts[self.counted]
        self.accumulator.name, self.accumulator.path = "accumulator", f"{self.name}/accumulator"

    def result(self) -> jax.Array:
        value = self.accumulator.value
        return value[0] if len(self.thresholds) == 1 else value

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


@exported(_MODULE)
class TruePositives(_OneCount):
    """Number of labels of 1 with an output above the threshold.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        name, dtype: as in `Metric`.
    """

    counted = _TP


@exported(_MODULE)
class FalsePositives(_OneCount):
    """Number of labels of 0 with an output above the threshold.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        name, dtype: as in `Metric`.
    """

    counted = _FP


@exported(_MODULE)
class TrueNegatives(_OneCount):
    """Number of labels of 0 with an output not above the threshold.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        name, dtype: as in `Metric`.
    """

    counted = _TN


@exported(_MODULE)
class FalseNegatives(_OneCount):
    """Number of labels of 1 with an output not above the threshold.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        name, dtype: as in `Metric`.
    """

    counted = _FN


class _Share(_Confusion):
    """True positives as a share of themselves and of another count."""

    _direction = "up"
    other: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = _thresholds(thresholds, 0.5 if top_k is None else _NEVER)
        self._count([_TP, self.other], self.thresholds)

    def result(self) -> jax.Array:
        share = divide_no_nan(self.true_positives, self.true_positives + self._counts[self.other])
        return share[0] if len(self.thresholds) == 1 else share

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


@exported(_MODULE)
class Precision(_Share):
    """Of the outputs above the threshold, the share whose label is 1.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        top_k: counts only the `k` highest outputs of a row, whatever their values.
        class_id: counts only this class.
        name, dtype: as in `Metric`.

    >>> precision = Precision()
    >>> precision.update_state([0, 1, 1], [0.9, 0.8, 0.1])
    >>> float(precision.result())
    0.5
    """

    other = _FP


@exported(_MODULE)
class Recall(_Share):
    """Of the labels of 1, the share whose output is above the threshold.

    Args:
        thresholds: a number or a list of them, 0 to 1; 0.5 by default.
        top_k: counts only the `k` highest outputs of a row, whatever their values.
        class_id: counts only this class.
        name, dtype: as in `Metric`.
    """

    other = _FN


class _BestAt(_Confusion):
    """The best of one share where another is at least a value."""

    _direction = "up"
    argument: str
    constrained: str
    dependent: str

    def __init__(
        self,
        value: float,
        num_thresholds: int,
        class_id: int | None,
        name: str | None,
        dtype: Any,
    ):
        super().__init__(dtype, name)
        if not 0 <= value <= 1:
            raise ValueError(f"{self.argument} must lie in 0 to 1; got {value}.")
        if not 1 <= num_thresholds <= _MOST_THRESHOLDS:
            raise ValueError(
                f"num_thresholds must lie in 1 to {_MOST_THRESHOLDS}; got {num_thresholds}."
            )
        setattr(self, self.argument, value)
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.thresholds = [0.5] if num_thresholds == 1 else list(np.linspace(0, 1, num_thresholds))
        self._count([_TP, _FP, _TN, _FN], self.thresholds)

    def _share(self, kind: str) -> jax.Array:
        part, other = {
            "sensitivity": (self.true_positives, self.false_negatives),
            "recall": (self.true_positives, self.false_negatives),
            "specificity": (self.true_negatives, self.false_positives),
            "precision": (self.true_positives, self.false_positives),
        }[kind]
        return divide_no_nan(part, part + other)

    def result(self) -> jax.Array:
        feasible = self._share(self.constrained) >= getattr(self, self.argument)
        return jnp.max(jnp.where(feasible, self._share(self.dependent), 0.0))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self.argument: getattr(self, self.argument),
        }


@exported(_MODULE)
class SensitivityAtSpecificity(_BestAt):
    """The best sensitivity at any threshold where the specificity is at least a value.

    Args:
        specificity: that value, 0 to 1.
        num_thresholds: how many thresholds between 0 and 1 are tried.
        class_id: counts only this class.
        name, dtype: as in `Metric`.
    """

    argument = constrained = "specificity"
    dependent = "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


@exported(_MODULE)
class SpecificityAtSensitivity(_BestAt):
    """The best specificity at any threshold where the sensitivity is at least a value.

    Args:
        sensitivity: that value, 0 to 1.
        num_thresholds: how many thresholds between 0 and 1 are tried.
        class_id: counts only this class.
        name, dtype: as in `Metric`.
    """

    argument = constrained = "sensitivity"
    dependent = "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


@exported(_MODULE)
class PrecisionAtRecall(_BestAt):
    """The best precision at any threshold where the recall is at least a value.

    Args:
        recall: that value, 0 to 1.
        num_thresholds: how many thresholds between 0 and 1 are tried.
        class_id: counts only this class.
        name, dtype: as in `Metric`.
    """

    argument = constrained = "recall"
    dependent = "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(recall, num_thresholds, class_id, name, dtype)


@exported(_MODULE)
class RecallAtPrecision(_BestAt):
    """The best recall at any threshold where the precision is at least a value.

    Args:
        precision: that value, 0 to 1.
        num_thresholds: how many thresholds between 0 and 1 are tried.
        class_id: counts only this class.
        name, dtype: as in `Metric`.
    """

    argument = constrained = "precision"
    dependent = "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ):
        super().__init__(precision, num_thresholds, class_id, name, dtype)


@exported(_MODULE)
class AUC(_Confusion):
    """Area under a curve drawn through many thresholds (Davis and Goadrich, 2006, for PR).

    Args:
        num_thresholds: how many thresholds between 0 and 1.
        curve: 'ROC' (true over false positive rate), 'PR' (precision over recall) or 'PRGAIN'.
        summation_method: 'interpolation', 'minoring' or 'majoring': the height between two points.
        name, dtype: as in `Metric`.
        thresholds: thresholds of one's own, without 0 and 1, in place of `num_thresholds`.
        multi_label: whether each output is a problem of its own; the areas are averaged.
        num_labels: number of outputs, for `multi_label`; else that of the first batch.
        label_weights: weight of each output.
        from_logits: whether the outputs are logits.

    Raises:
        ValueError: an argument that is none of the above.

    >>> auc = AUC(num_thresholds=3)
    >>> auc.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    >>> float(auc.result())
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: ArrayLike | None = None,
        from_logits: bool = False,
    ):
        super().__init__(dtype, name)
        self.curve = str(curve).upper()
        self.summation_method = str(summation_method).lower()
        if self.curve not in ("ROC", "PR", "PRGAIN"):
            raise ValueError(f"curve must be 'ROC', 'PR' or 'PRGAIN'; got {curve!r}.")
        if self.summation_method not in ("interpolation", "minoring", "majoring"):
            raise ValueError(
                "summation_method must be 'interpolation', 'minoring' or 'majoring'; "
                f"got {summation_method!r}."
            )
        if thresholds is None and not 2 <= num_thresholds <= _MOST_THRESHOLDS:
            raise ValueError(
                f"num_thresholds must lie in 2 to {_MOST_THRESHOLDS}; got {num_thresholds}."
            )
        if num_labels and not multi_label:
            raise ValueError("num_labels is for multi_label=True.")
        if num_labels and num_labels * num_thresholds > 100 * _MOST_THRESHOLDS:
            raise ValueError(
                f"num_labels={num_labels} are too many for {num_thresholds} thresholds."
            )
        self._own_thresholds = thresholds is not None
        if thresholds is None:
            thresholds = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        # One below every output and one above.
        low, high = -config.epsilon(), 1 + config.epsilon()
        self.thresholds = [low, *sorted(thresholds), high]
        self.num_thresholds = len(self.thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights, "float32")
        self._from_logits = from_logits
        if num_labels or not multi_label:
            self.build((), (num_labels,))

    def build(self, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> None:
        if not self._variables:
            axes = (y_pred_shape[-1],) if self.multi_label else ()
            self._count([_TP, _FP, _TN, _FN], self.thresholds, *axes)

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        y_pred = sigmoid(y_pred) if self._from_logits else jnp.asarray(y_pred)
        self.build(np.shape(y_true), y_pred.shape)
        super().update_state(y_true, y_pred, sample_weight)

    def result(self) -> jax.Array:
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = self._interpolated_pr()
        else:
            x, y = self._points()
            heights = {
                "interpolation": (y[:-1] + y[1:]) / 2.0,
                "minoring": jnp.minimum(y[:-1], y[1:]),
                "majoring": jnp.maximum(y[:-1], y[1:]),
            }[self.summation_method]
            areas = (x[:-1] - x[1:]) * heights
        area = jnp.sum(areas, axis=0)
        if self.multi_label and self.label_weights is not None:
            return divide_no_nan(jnp.sum(area * self.label_weights), jnp.sum(self.label_weights))
        return jnp.mean(area)

    def _points(self) -> tuple[jax.Array, jax.Array]:
        tp, fp = self.true_positives.value, self.false_positives.value
        tn, fn = self.true_negatives.value, self.false_negatives.value
        if self.curve == "ROC":
            return divide_no_nan(fp, fp + tn), divide_no_nan(tp, tp + fn)
        if self.curve == "PR":
            return divide_no_nan(tp, tp + fn), divide_no_nan(tp, tp + fp)
        scale = divide_no_nan(tp + fn, tn + fp)
        recall_gain = jnp.where(tp == 0, 0.0, 1.0 - scale * divide_no_nan(fn, tp))
        precision_gain = jnp.where(tp == 0, 1.0, 1.0 - scale * divide_no_nan(fp, tp))
        return jnp.maximum(recall_gain, 0.0), precision_gain

    def _interpolated_pr(self) -> jax.Array:
        """Areas between points, along which true and false positives grow at a constant ratio."""
        tp, fn = self.true_positives.value, self.false_negatives.value
        p = tp + self.false_positives.value
        gained = tp[:-1] - tp[1:]
        slope = divide_no_nan(gained, jnp.maximum(p[:-1] - p[1:], 0))
        intercept = tp[1:] - slope * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        ratio = jnp.where(both, divide_no_nan(p[:-1], jnp.maximum(p[1:], 0)), 1.0)
        area = slope * (gained + intercept * jnp.log(ratio))
        return divide_no_nan(area, jnp.maximum(tp[1:] + fn[1:], 0))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self._from_logits,
            **({"thresholds": self.thresholds[1:-1]} if self._own_thresholds else {}),
        }


@exported(_MODULE)
class FBetaScore(Metric):
    """Weighted harmonic mean of precision and recall, for one-hot or multi-hot labels.

    Args:
        average: None for one score a class, 'micro' over all counts, 'macro' for the mean of the
            classes, 'weighted' by how often each class occurs.
        beta: how much recall counts against precision.
        threshold: outputs above it are predictions; by default the highest output of a row is.
        name, dtype: as in `Metric`.

    Raises:
        ValueError: an argument that is none of the above.
    """

    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ):
        super().__init__(dtype, name)
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError(
                f"average must be None, 'micro', 'macro' or 'weighted'; got {average!r}."
            )
        if not isinstance(beta, float) or beta <= 0:
            raise ValueError(f"beta must be a float above 0; got {beta!r}.")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(f"threshold must be a float above 0, at most 1; got {threshold!r}.")
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def build(self, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> None:
        if self._variables:
            return
        _check_matrices(type(self).__name__, y_true_shape, y_pred_shape)
        shape = () if self.average == "micro" else (y_pred_shape[-1],)
        for name in (_TP, _FP, _FN, "intermediate_weights"):
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        dtype = _sum_dtype(self.dtype)
        y_true, y_pred = jnp.asarray(y_true, dtype), jnp.asarray(y_pred, dtype)
        self.build(y_true.shape, y_pred.shape)
        if self.threshold is None:
            highest = jnp.max(y_pred, axis=-1, keepdims=True)
            chosen = (y_pred >= highest) & (jnp.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        chosen = chosen.astype(dtype)
        weight = 1.0 if sample_weight is None else jnp.asarray(sample_weight, dtype).reshape(-1, 1)
        axis = None if self.average == "micro" else 0
        self.true_positives.assign_add(jnp.sum(weight * chosen * y_true, axis))
        self.false_positives.assign_add(jnp.sum(weight * chosen * (1 - y_true), axis))
        self.false_negatives.assign_add(jnp.sum(weight * (1 - chosen) * y_true, axis))
        self.intermediate_weights.assign_add(jnp.sum(weight * y_true, axis))

    def result(self) -> jax.Array:
        tp, epsilon = self.true_positives.value, config.epsilon()
        precision = tp / (tp + self.false_positives + epsilon)
        recall = tp / (tp + self.false_negatives + epsilon)
        mean = precision * recall / (self.beta**2 * precision + recall + epsilon)
        score = mean * (1 + self.beta**2)
        if self.average == "weighted":
            share = self.intermediate_weights / (jnp.sum(self.intermediate_weights.value) + epsilon)
            return jnp.sum(score * share)
        return score if self.average is None else jnp.mean(score)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


def _check_matrices(name: str, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> None:
    if len(y_true_shape) != 2 or len(y_pred_shape) != 2:
        raise ValueError(
            f"{name} takes labels and outputs of shape (batch, outputs); got "
            f"{tuple(y_true_shape)} and {tuple(y_pred_shape)}."
        )


@exported(_MODULE)
class F1Score(FBetaScore):
    """Harmonic mean of precision and recall; see `FBetaScore`.

    Args:
        average, threshold: as in `FBetaScore`.
        name, dtype: as in `Metric`.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ):
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        settings = super().get_config()
        del settings["beta"]
        return settings


@exported(_MODULE)
class R2Score(Metric):
    """Coefficient of determination: 1 minus squared error over variance of the labels.

    Args:
        class_aggregation: 'uniform_average' or 'variance_weighted_average' of the outputs; None for
            one score an output.
        num_regressors: number of inputs, for the adjusted score; 0 for the plain one.
        name, dtype: as in `Metric`.

    Raises:
        ValueError: an argument that is none of the above.
    """

    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ):
        super().__init__(dtype, name)
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError(
                "class_aggregation must be 'uniform_average', 'variance_weighted_average' or "
                f"None; got {class_aggregation!r}."
            )
        if num_regressors < 0:
            raise ValueError(f"num_regressors must be 0 or more; got {num_regressors}.")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")

    def build(self, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> None:
        if len(self._variables) > 1:
            return
        _check_matrices("R2Score", y_true_shape, y_pred_shape)
        shape = (y_pred_shape[-1],)
        self.squared_sum = self.add_variable(shape, "zeros", name="squared_sum")
        self.sum = self.add_variable(shape, "zeros", name="sum")
        self.total_mse = self.add_variable(shape, "zeros", name="residual")
        self.count = self.add_variable(shape, "zeros", name="count")

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        dtype = _sum_dtype(self.dtype)
        y_true, y_pred = squeeze_or_expand_to_same_rank(
            jnp.asarray(y_true, dtype), jnp.asarray(y_pred, dtype)
        )
        self.build(y_true.shape, y_pred.shape)
        weight = jnp.asarray(1.0 if sample_weight is None else sample_weight, dtype)
        weight = weight[:, None] if weight.ndim == 1 else weight
        weight = jnp.broadcast_to(weight, y_true.shape)
        self.sum.assign_add(jnp.sum(y_true * weight, axis=0))
        self.squared_sum.assign_add(jnp.sum(jnp.square(y_true) * weight, axis=0))
        self.total_mse.assign_add(jnp.sum(jnp.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(jnp.sum(weight, axis=0))
        self.num_samples.assign_add(jnp.sum(weight != 0))

    def result(self) -> jax.Array:
        total = self.squared_sum - self.sum * (self.sum / self.count)
        scores = 1 - self.total_mse / total
        scores = jnp.where(jnp.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = jnp.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = jnp.sum(total * scores) / jnp.sum(total)
        if not self.num_regressors:
            return scores
        left = self.num_samples - 1 - self.num_regressors
        adjusted = 1 - (1 - scores) * (self.num_samples - 1) / jnp.where(left > 0, left, 1)
        return jnp.where(left > 0, adjusted, scores)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }


_ALIASES: dict[str, Any] = {
    "bce": BinaryCrossentropy,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
}
_ALIASES |= {name.upper(): cls for name, cls in _ALIASES.items()}
_ALIASES |= {
    to_snake_case(name): cls
    for name, cls in serialization.exported_objects(_MODULE).items()
    if isinstance(cls, type)
}
# Names of Keras 2.
_ALIASES |= {
    "cosine_proximity": CosineSimilarity,
    "kld": KLDivergence,
    "kullback_leibler_divergence": KLDivergence,
    "logcosh": LogCoshError,
}


def serialize(metric: Metric | Callable) -> dict[str, Any]:
    """The JSON form of a metric."""
    return serialization.serialize(metric)


def deserialize(
    config: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Metric | Callable:
    """The metric that `serialize` wrote, or of that name.

    Args:
        config: a name or a dict.
        custom_objects: metrics of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    return resolve(config, _MODULE, "metric", custom_objects, _ALIASES)


def get(identifier: Any) -> Metric | Callable | None:
    """The metric that is meant: a name, a config, a class or a function; None stays None.

    Raises:
        ValueError: an unknown name.

    >>> get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    return None if identifier is None else deserialize(identifier)


def resolve_accuracy(y_true_shape: tuple, y_pred_shape: tuple) -> Callable:
    """The function that 'accuracy' or 'acc' stands for, by the shapes of labels and outputs.

    >>> resolve_accuracy((32,), (32, 10)).__name__
    'sparse_categorical_accuracy'
    """
    return {
        "binary": binary_accuracy,
        "sparse": sparse_categorical_accuracy,
        "categorical": categorical_accuracy,
    }[kind_of_labels(y_true_shape, y_pred_shape)]
