"""Layers that make one tensor of several."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add as sum_of
from operator import mul
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from gyeol.layers.base import Layer
from gyeol.ops.fused import added
from gyeol.ops.nn import normalize
from gyeol.serialization import exported
from gyeol.text import tr


def _at_least(layer: Layer, inputs: Any, number: int) -> None:
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes a list of at least {number} inputs, such as "
                "[a, b]; got one of shape {shape}.",
                name=layer.name,
                layer=type(layer).__name__,
                number=number,
                shape=tuple(inputs.shape),
            )
        )
    if not isinstance(inputs, (list, tuple)) or len(inputs) < number:
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes a list of at least {number} inputs; got {given}.",
                name=layer.name,
                layer=type(layer).__name__,
                number=number,
                given=len(inputs) if isinstance(inputs, (list, tuple)) else 1,
            )
        )


def _two(layer: Layer, inputs: Sequence[jax.Array]) -> None:
    if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
        raise ValueError(
            tr(
                "Layer {name!r} ({layer}) takes a list of 2 inputs; got {given}.",
                name=layer.name,
                layer=type(layer).__name__,
                given=len(inputs) if isinstance(inputs, (list, tuple)) else 1,
            )
        )


def _aligned(inputs: Sequence[jax.Array]) -> list[jax.Array]:
    """Inputs of fewer axes get axes of size 1 after the batch's, as in Keras."""
    rank = max(x.ndim for x in inputs)
    return [x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:]) for x in inputs]


class _Merge(Layer):
    """Several inputs of one shape (or that broadcast to one), made one element by element.

    A step counts in the output if it does in any input. If one input has no mask, nor has the
    output.
    """

    def compute_mask(self, inputs: Any, previous_mask: Any) -> jax.Array | None:
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return reduce(jnp.logical_or, previous_mask)


@exported("keras.layers")
class Add(_Merge):
    """The sum of several inputs of one shape (or that broadcast to one)."""

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _at_least(self, inputs, 2)
        return reduce(added, _aligned(inputs))


@exported("keras.layers")
class Subtract(_Merge):
    """The first of two inputs less the second."""

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _two(self, inputs)
        first, second = _aligned(inputs)
        return first - second


@exported("keras.layers")
class Average(_Merge):
    """The mean of several inputs of one shape (or that broadcast to one)."""

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _at_least(self, inputs, 2)
        return reduce(sum_of, _aligned(inputs)) / len(inputs)


@exported("keras.layers")
class Multiply(_Merge):
    """The product of several inputs of one shape (or that broadcast to one).

    A masked step counts as 1, and as 0 where it is masked in every input.
    """

    def call(self, inputs: Sequence[jax.Array], mask: Any = None) -> jax.Array:
        _at_least(self, inputs, 2)
        factors = _aligned(inputs)
        if mask is None:
            return reduce(mul, factors)
        factors = [
            x if seen is None else jnp.where(_over(seen, x), x, 1) for x, seen in zip(factors, mask)
        ]
        product = reduce(mul, factors)
        any_seen = self.compute_mask(inputs, mask)
        return product if any_seen is None else jnp.where(_over(any_seen, product), product, 0)


class _Extreme(_Merge):
    """The largest or smallest of each element; a masked step gives way to one that is not."""

    function: Callable

    def call(self, inputs: Sequence[jax.Array], mask: Any = None) -> jax.Array:
        _at_least(self, inputs, 2)
        (found, *rest), masks = _aligned(inputs), mask or [None] * len(inputs)
        seen = masks[0]
        for x, its_mask in zip(rest, masks[1:]):
            if its_mask is not None:
                x = jnp.where(_over(its_mask, x), x, found)
            if seen is not None:
                found = jnp.where(_over(seen, found), found, x)
            seen = None if seen is None or its_mask is None else seen | its_mask
            found = type(self).function(found, x)
        return found


@exported("keras.layers")
class Maximum(_Extreme):
    """The largest of several inputs of one shape, element by element."""

    function = staticmethod(jnp.maximum)


@exported("keras.layers")
class Minimum(_Extreme):
    """The smallest of several inputs of one shape, element by element."""

    function = staticmethod(jnp.minimum)


def _over(mask: jax.Array, x: jax.Array) -> jax.Array:
    """A mask of steps with as many axes as what it masks."""
    return mask.reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim)).astype(bool)


@exported("keras.layers")
class Concatenate(Layer):
    """Several inputs one after the other along an axis.

    Args:
        axis: the axis.
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _at_least(self, inputs, 1)
        ranks = {x.ndim for x in inputs}
        rank = inputs[0].ndim
        if not -rank <= self.axis < rank:
            raise ValueError(
                tr(
                    "Layer {name!r} (Concatenate) has axis={axis}; its inputs have {rank} axes.",
                    name=self.name,
                    axis=self.axis,
                    rank=rank,
                )
            )
        axis = self.axis % rank
        rests = {tuple(s for i, s in enumerate(x.shape) if i != axis) for x in inputs}
        if len(ranks) > 1 or len(rests) > 1:
            raise ValueError(
                tr(
                    "Layer {name!r} (Concatenate) takes inputs that differ only on axis {axis}; "
                    "got the shapes {shapes}.",
                    name=self.name,
                    axis=self.axis,
                    shapes=[x.shape for x in inputs],
                )
            )
        return jnp.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> jax.Array | None:
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        masks = [
            jnp.ones(x.shape, bool) if mask is None else jnp.broadcast_to(_over(mask, x), x.shape)
            for x, mask in zip(inputs, previous_mask)
        ]
        return jnp.concatenate(masks, axis=self.axis).any(-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


@exported("keras.layers")
class Dot(Layer):
    """The sums of products of two inputs along one axis of each, sample by sample.

    The output has the other axes of the first input, then those of the second, and at least one
    beside the batch's.

    Args:
        axes: the axis in both, or one for each; the batch's is 0.
        normalize: whether both are divided by their norms along the axis first, which makes the
            output a cosine similarity.

    >>> import numpy as np
    >>> Dot(axes=(1, 2))([np.ones((1, 3, 5), "float32"), np.ones((1, 4, 3), "float32")]).shape
    (1, 5, 4)
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        both = [axes, axes] if isinstance(axes, int) else axes
        if (
            not isinstance(both, (list, tuple))
            or len(both) != 2
            or any(not isinstance(axis, int) or axis == 0 for axis in both)
        ):
            raise ValueError(
                tr(
                    "Dot(axes=...) takes one axis or two, of which none is the batch's, 0; "
                    "got {axes!r}.",
                    axes=axes,
                )
            )
        self.axes = axes
        self.normalize = normalize

    def call(self, inputs: Sequence[jax.Array]) -> jax.Array:
        _two(self, inputs)
        both = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        fits = all(-x.ndim < axis < x.ndim for x, axis in zip(inputs, both))
        if not fits or inputs[0].shape[both[0]] != inputs[1].shape[both[1]]:
            raise ValueError(
                tr(
                    "Layer {name!r} (Dot) takes two inputs with as many values along axes "
                    "{axes}; got the shapes {shapes}.",
                    name=self.name,
                    axes=tuple(both),
                    shapes=[x.shape for x in inputs],
                )
            )
        if self.normalize:
            inputs = [normalize(x, axis) for x, axis in zip(inputs, both)]
        axes = [[axis % x.ndim] for x, axis in zip(inputs, both)]
        outputs = lax.dot_general(*inputs, (axes, ([0], [0])))
        return outputs[:, None] if outputs.ndim == 1 else outputs

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


@exported("keras.layers", "add")
def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Add` as a function of the inputs."""
    return Add(**kwargs)(inputs)


@exported("keras.layers", "subtract")
def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Subtract` as a function of the inputs."""
    return Subtract(**kwargs)(inputs)


@exported("keras.layers", "multiply")
def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Multiply` as a function of the inputs."""
    return Multiply(**kwargs)(inputs)


@exported("keras.layers", "average")
def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Average` as a function of the inputs."""
    return Average(**kwargs)(inputs)


@exported("keras.layers", "maximum")
def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Maximum` as a function of the inputs."""
    return Maximum(**kwargs)(inputs)


@exported("keras.layers", "minimum")
def minimum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """`Minimum` as a function of the inputs."""
    return Minimum(**kwargs)(inputs)


@exported("keras.layers", "dot")
def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """`Dot` as a function of the inputs."""
    return Dot(axes=axes, **kwargs)(inputs)


@exported("keras.layers", "concatenate")
def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate` as a function of the inputs."""
    return Concatenate(axis=axis, **kwargs)(inputs)
