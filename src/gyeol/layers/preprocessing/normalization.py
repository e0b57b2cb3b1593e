"""`Normalization`: numbers brought to mean 0 and variance 1."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import config
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.preprocessing.data import batches, numbers
from gyeol.serialization import exported
from gyeol.text import tr


@exported("keras.layers")
class Normalization(Layer):
    """``(inputs - mean) / sqrt(variance)``, with moments that are given or taken from data.

    Args:
        axis: the axis, or axes, along which each place has a mean and a variance of its own; None
            for one of each.
        mean, variance: a number, or one for each place; by default `adapt` takes them from data.
        invert: whether to undo the normalization instead.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0, 7.0], [2.0, 9.0]]))
    >>> layer(np.array([[0.0, 8.0]])).tolist()
    [[-1.0, 0.0]]
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        axis = () if axis is None else axis
        self.axis = (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None) or np.shape(mean) != np.shape(variance):
            raise ValueError(
                tr(
                    "Normalization takes both mean and variance, in one shape; got {mean!r} and "
                    "{variance!r}.",
                    mean=mean,
                    variance=variance,
                )
            )
        if np.ndim(mean) > len(self.axis):
            raise ValueError(
                tr(
                    "Normalization with axis={axis} takes a mean and a variance of at most "
                    "{wanted} axes; got the shape {shape}.",
                    axis=self.axis,
                    wanted=len(self.axis),
                    shape=np.shape(mean),
                )
            )
        self.input_mean = mean
        self.input_variance = variance
        self.invert = invert

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        self._kept = tuple(sorted(axis % rank for axis in self.axis if -rank <= axis < rank))
        sizes = tuple(input_shape[axis] for axis in self._kept)
        if len(sizes) != len(self.axis) or None in sizes:
            raise ValueError(
                tr(
                    "Layer {name!r} (Normalization) needs a known size on each axis of {axis}; "
                    "the input has shape {shape}.",
                    name=self.name,
                    axis=self.axis,
                    shape=tuple(input_shape),
                )
            )
        self._shape = tuple(
            size if axis in self._kept else 1 for axis, size in enumerate(input_shape)
        )
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(sizes, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(sizes, "ones", trainable=False, name="variance")
            # Keras's files have it, though nothing counts in it.
            self.count = self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")
        # Counted from the end: axes before those that it was built for may be added.
        self.input_spec = InputSpec(axes={axis - rank: n for axis, n in zip(self._kept, sizes)})

    @property
    def mean(self) -> jax.Array | None:
        """The mean, in a shape that goes with the inputs; None before there is one."""
        return self._moment("mean")

    @property
    def variance(self) -> jax.Array | None:
        """The variance, in a shape that goes with the inputs; None before there is one."""
        return self._moment("variance")

    def _moment(self, which: str) -> jax.Array | None:
        if not self.built:
            return None
        given = getattr(self, f"input_{which}")
        if given is None:
            value = getattr(self, f"adapt_{which}").value.reshape(self._shape)
        else:
            value = jnp.asarray(given)
            # Axes that it has not are the first of those with moments of their own.
            shape = [1] * len(self._shape)
            for axis, size in zip(reversed(self._kept), reversed(value.shape)):
                shape[axis] = size
            value = jnp.broadcast_to(value.reshape(shape), self._shape)
        return value.astype(self.compute_dtype)

    def call(self, inputs: jax.Array) -> jax.Array:
        inputs = inputs.astype(self.compute_dtype)
        deviation = jnp.maximum(jnp.sqrt(self.variance), config.epsilon())
        if self.invert:
            return self.mean + inputs * deviation
        return (inputs - self.mean) / deviation

    def adapt(self, data: Any) -> None:
        """Take the mean and the variance from data.

        Args:
            data: an array, a frame, or batches: a list of arrays, a generator, a data set.

        Raises:
            ValueError: no data, data of another size than the layer was built for, or a layer that
                was given its mean.
        """
        if self.input_mean is not None:
            raise ValueError(
                tr("Layer {name!r} was given its mean; it takes none from data.", name=self.name)
            )
        count, mean, variance = 0, 0.0, 0.0
        for batch in batches(data):
            if not self.built:
                self.build(batch.shape)
            if self._kept and (
                batch.ndim != len(self._shape)
                or any(batch.shape[axis] != self._shape[axis] for axis in self._kept)
            ):
                raise ValueError(self._refusal(batch.shape, tr("it was built for another shape")))
            rest = tuple(axis for axis in range(batch.ndim) if axis not in self._kept)
            size = math.prod(batch.shape[axis] for axis in rest)
            if size == 0:
                continue
            batch = numbers(self, batch)
            if not np.isfinite(batch).all():
                raise ValueError(
                    tr(
                        "Layer {name!r} cannot adapt to values that are no numbers (NaN or "
                        "infinite): {count:,} of them. Fill them in or leave those rows out.",
                        name=self.name,
                        count=int((~np.isfinite(batch)).sum()),
                    )
                )
            its_mean, its_variance = batch.mean(rest), batch.var(rest)
            # Two sets of numbers as one (Chan, Golub & LeVeque, 1979).
            count += size
            share = size / count
            distance = its_mean - mean
            mean = mean + share * distance
            variance += share * (its_variance - variance + (1 - share) * distance**2)
        if not count:
            raise ValueError(tr("Layer {name!r} was given no data to adapt to.", name=self.name))
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(variance)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            "mean": np.array(self.input_mean).tolist(),
            "variance": np.array(self.input_variance).tolist(),
        }
