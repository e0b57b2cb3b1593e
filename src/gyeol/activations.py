"""Activation functions: what a layer's `activation` argument may name."""

import difflib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from gyeol import serialization
from gyeol.ops import fused
from gyeol.ops.symbolic import symbolic_too
from gyeol.serialization import exported

_recorded = threading.local()


@contextmanager
def logits_recorded() -> Iterator[None]:
    """Remember, within a `with` block, the logits of every softmax and sigmoid.

    A cross-entropy computed from the logits is exact; computed from the probabilities it has lost
    what rounding to 0 or 1 took away. The record is of this thread, and is gone with the block.

    >>> with logits_recorded():
    ...     x = jnp.asarray([1.0, 2.0])
    ...     logits_behind(softmax(x), "softmax") is x
    True
    """
    before = getattr(_recorded, "entries", None)
    _recorded.entries = []
    try:
        yield
    finally:
        _recorded.entries = before


def logits_behind(tensor: Any, kind: str, axis: int = -1) -> jax.Array | None:
    """The logits from which this very array was computed, if that was recorded.

    Args:
        tensor: the output of an activation function.
        kind: 'softmax' or 'sigmoid'.
        axis: the axis of the softmax; of no meaning for 'sigmoid'.

    Returns:
        The logits; None outside of `logits_recorded`, and for any other array.
    """
    for output, logits, its_kind, its_axis in getattr(_recorded, "entries", None) or ():
        if output is tensor and its_kind == kind:
            if kind == "sigmoid" or its_axis % output.ndim == axis % output.ndim:
                return logits
            return None
    return None


def as_array(x: ArrayLike, dtype: Any = None) -> jax.Array:
    """`x` as an array of that dtype: the very object if it is one, so that its logits are found."""
    if isinstance(x, jax.Array) and (dtype is None or x.dtype == dtype):
        return x
    return jnp.asarray(x, dtype)


def with_logits(
    function: Callable[[jax.Array], jax.Array], tensor: Any, kinds: tuple[str, ...]
) -> jax.Array:
    """Apply a cast or a reshape to an array, and to the logits recorded for it.

    Args:
        function: what is applied; it must commute with the activation functions named in `kinds`.
        tensor: an array, perhaps the output of an activation function.
        kinds: of 'softmax' and 'sigmoid', those whose logits stay valid.

    Returns:
        The function's result, whose logits `logits_behind` then knows.
    """
    output = function(tensor)
    for entry in getattr(_recorded, "entries", None) or ():
        if entry[0] is tensor and entry[2] in kinds and output is not tensor:
            _record(output, function(entry[1]), entry[2], entry[3])
            break
    return output


def recorded(outputs: list[jax.Array]) -> tuple[list[tuple], list[jax.Array]]:
    """What is on record for arrays, in two lists: (place, kind, axis), and the logits."""
    found = [
        (place, *entry[1:])
        for place, output in enumerate(outputs)
        for entry in getattr(_recorded, "entries", None) or ()
        if entry[0] is output
    ]
    return [(place, kind, axis) for place, _, kind, axis in found], [entry[1] for entry in found]


def record_again(outputs: list[jax.Array], places: list[tuple], logits: list[jax.Array]) -> None:
    """Put on record, for arrays that stand for others, what `recorded` gave for those."""
    for (place, kind, axis), its_logits in zip(places, logits):
        _record(outputs[place], its_logits, kind, axis)


def _record(output: jax.Array, logits: jax.Array, kind: str, axis: Any) -> None:
    entries = getattr(_recorded, "entries", None)
    if entries is not None:
        entries.append((output, logits, kind, axis))


def _activation(function: Callable) -> Callable:
    """Enter a function into the class table; on symbolic tensors it makes a layer of the graph."""
    return exported("keras.activations")(symbolic_too(function, function.__name__))


@_activation
def linear(x: ArrayLike) -> ArrayLike:
    """Identity: ``x``."""
    return x


@_activation
def relu(
    x: ArrayLike,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> jax.Array:
    """Rectified linear unit: ``max(x, 0)`` as it stands.

    Args:
        x: array of any shape.
        negative_slope: slope below `threshold`.
        max_value: largest value returned; no bound by default.
        threshold: values at or below it are damped to ``negative_slope * (x - threshold)``.

    Returns:
        An array of the shape and dtype of `x`.

    >>> relu(jnp.asarray([-2.0, 0.5, 9.0]), negative_slope=0.5, max_value=6.0).tolist()
    [-1.0, 0.5, 6.0]
    """
    x = jnp.asarray(x)
    if max_value is None and threshold == 0:
        return leaky_relu(x, negative_slope) if negative_slope else fused.relu(x)
    if threshold != 0:
        positive = jnp.where(x > threshold, x, 0)
    else:
        positive = jax.nn.relu6(x) if max_value == 6 else jax.nn.relu(x)
    if max_value is not None:
        positive = jnp.clip(positive, 0, jnp.asarray(max_value, x.dtype))
    return positive - negative_slope * jax.nn.relu(threshold - x) if negative_slope else positive


@_activation
def relu6(x: ArrayLike) -> jax.Array:
    """ReLU cut at 6: ``min(max(x, 0), 6)``."""
    return jax.nn.relu6(jnp.asarray(x))


@_activation
def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> jax.Array:
    """``x`` above zero, ``negative_slope * x`` below (Maas et al., 2013)."""
    return jax.nn.leaky_relu(jnp.asarray(x), negative_slope)


@_activation
def elu(x: ArrayLike, alpha: float = 1.0) -> jax.Array:
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below (Clevert et al., 2016)."""
    return jax.nn.elu(jnp.asarray(x), alpha)


@_activation
def selu(x: ArrayLike) -> jax.Array:
    """``1.0507 * elu(x, alpha=1.6733)``: keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
    return jax.nn.selu(jnp.asarray(x))


@_activation
def celu(x: ArrayLike, alpha: float = 1.0) -> jax.Array:
    """``x`` above zero, ``alpha * (exp(x / alpha) - 1)`` below (Barron, 2017)."""
    return jax.nn.celu(jnp.asarray(x), alpha)


@_activation
def gelu(x: ArrayLike, approximate: bool = False) -> jax.Array:
    """``x * P(N(0, 1) <= x)``; by tanh if `approximate` (Hendrycks and Gimpel, 2016)."""
    return jax.nn.gelu(jnp.asarray(x), approximate)


@exported("keras.activations", "swish")
@_activation
def silu(x: ArrayLike) -> jax.Array:
    """``x * sigmoid(x)``, also called swish (Ramachandran et al., 2017)."""
    return jax.nn.silu(jnp.asarray(x))


@exported("keras.activations", "hard_swish")
@_activation
def hard_silu(x: ArrayLike) -> jax.Array:
    """``x * relu6(x + 3) / 6``, silu in straight pieces (Howard et al., 2019)."""
    return jax.nn.hard_silu(jnp.asarray(x))


swish, hard_swish = silu, hard_silu


@_activation
def mish(x: ArrayLike) -> jax.Array:
    """``x * tanh(softplus(x))`` (Misra, 2019)."""
    x = jnp.asarray(x)
    return x * jnp.tanh(jax.nn.softplus(x))


@_activation
def glu(x: ArrayLike, axis: int = -1) -> jax.Array:
    """``a * sigmoid(b)``, the two halves of `x` along `axis` (Dauphin et al., 2017)."""
    return jax.nn.glu(jnp.asarray(x), axis)


@_activation
def sigmoid(x: ArrayLike) -> jax.Array:
    """``1 / (1 + exp(-x))``."""
    x = as_array(x)
    output = jax.nn.sigmoid(x)
    _record(output, x, "sigmoid", None)
    return output


@_activation
def hard_sigmoid(x: ArrayLike) -> jax.Array:
    """``relu6(x + 3) / 6``: sigmoid in straight pieces."""
    return jax.nn.hard_sigmoid(jnp.asarray(x))


@_activation
def log_sigmoid(x: ArrayLike) -> jax.Array:
    """``log(sigmoid(x))``, without overflow."""
    return jax.nn.log_sigmoid(jnp.asarray(x))


@_activation
def sparse_sigmoid(x: ArrayLike) -> jax.Array:
    """0 below -1, 1 above 1, ``(x + 1) / 2`` between (Blondel et al., 2019)."""
    return jax.nn.sparse_sigmoid(jnp.asarray(x))


@_activation
def tanh(x: ArrayLike) -> jax.Array:
    """Hyperbolic tangent."""
    return jnp.tanh(jnp.asarray(x))


@_activation
def hard_tanh(x: ArrayLike) -> jax.Array:
    """`x` cut at -1 and 1."""
    return jax.nn.hard_tanh(jnp.asarray(x))


@_activation
def tanh_shrink(x: ArrayLike) -> jax.Array:
    """``x - tanh(x)``."""
    x = jnp.asarray(x)
    return x - jnp.tanh(x)


@_activation
def hard_shrink(x: ArrayLike, threshold: float = 0.5) -> jax.Array:
    """`x` where ``|x| > threshold``, else 0."""
    x = jnp.asarray(x)
    return jnp.where(jnp.abs(x) > threshold, x, 0.0)


@_activation
def soft_shrink(x: ArrayLike, threshold: float = 0.5) -> jax.Array:
    """`x` moved towards 0 by `threshold`, and 0 where it would pass it."""
    x = jnp.asarray(x)
    return jnp.where(x > threshold, x - threshold, jnp.where(x < -threshold, x + threshold, 0.0))


@_activation
def threshold(x: ArrayLike, threshold: float, default_value: float) -> jax.Array:
    """`x` where it is above `threshold`, else `default_value`."""
    x = jnp.asarray(x)
    return jnp.where(x > threshold, x, default_value)


@_activation
def softplus(x: ArrayLike) -> jax.Array:
    """``log(1 + exp(x))``."""
    return jax.nn.softplus(jnp.asarray(x))


@_activation
def sparse_plus(x: ArrayLike) -> jax.Array:
    """0 below -1, `x` above 1, ``(x + 1)**2 / 4`` between."""
    return jax.nn.sparse_plus(jnp.asarray(x))


@_activation
def squareplus(x: ArrayLike, b: float = 4) -> jax.Array:
    """``(x + sqrt(x**2 + b)) / 2`` (Barron, 2021)."""
    return jax.nn.squareplus(jnp.asarray(x), b)


@_activation
def softsign(x: ArrayLike) -> jax.Array:
    """``x / (1 + |x|)``."""
    return jax.nn.soft_sign(jnp.asarray(x))


@_activation
def exponential(x: ArrayLike) -> jax.Array:
    """``exp(x)``."""
    return jnp.exp(jnp.asarray(x))


@_activation
def softmax(x: ArrayLike, axis: int = -1) -> jax.Array:
    """``exp(x) / sum(exp(x))`` along `axis`: probabilities from logits.

    >>> softmax(jnp.asarray([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    x = as_array(x)
    output = jax.nn.softmax(x, axis)
    if isinstance(axis, int):
        _record(output, x, "softmax", axis)
    return output


@_activation
def log_softmax(x: ArrayLike, axis: int = -1) -> jax.Array:
    """``x - log(sum(exp(x)))`` along `axis`."""
    return jax.nn.log_softmax(jnp.asarray(x), axis)


@_activation
def sparsemax(x: ArrayLike, axis: int = -1) -> jax.Array:
    """The point of the probability simplex nearest to `x` along `axis` (Martins et al., 2016).

    It is ``max(x - tau, 0)`` with the one `tau` that makes the sum 1.
    """
    x = jnp.asarray(x)
    descending = -jnp.sort(-x, axis=axis)
    sums = jnp.cumsum(descending, axis=axis)
    shape = [1] * x.ndim
    shape[axis] = -1
    rank = jnp.arange(1, x.shape[axis] + 1).reshape(shape)
    support = descending - (sums - 1) / rank > 0
    size = jnp.sum(support, axis=axis, keepdims=True)
    tau = (jnp.sum(jnp.where(support, descending, 0), axis=axis, keepdims=True) - 1) / size
    return jnp.maximum(x - tau, 0.0)


def serialize(activation: Callable) -> str | dict[str, Any]:
    """The name of one of these functions; for any other the dict that `deserialize` reads.

    >>> serialize(swish)
    'silu'
    """
    config = serialization.serialize(activation)
    is_own = serialization.find(getattr(activation, "__name__", ""), ("keras.activations",))
    return config["config"] if is_own is activation else config


def deserialize(
    config: str | dict[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Callable:
    """The function that `serialize` wrote.

    Args:
        config: a name or a dict.
        custom_objects: functions of one's own, by name.

    Raises:
        ValueError: an unknown name.
    """
    return resolve(config, "keras.activations", "activation", custom_objects)


def get(identifier: str | dict[str, Any] | Callable | None) -> Callable:
    """The activation function of that name; None means `linear`.

    Raises:
        ValueError: an unknown name.

    >>> get("relu") is relu
    True
    """
    return linear if identifier is None else deserialize(identifier)


def resolve(
    identifier: Any,
    module: str,
    kind: str,
    custom_objects: Mapping[str, Any] | None = None,
    aliases: Mapping[str, Any] | None = None,
) -> Any:
    """What a name, a config or an object given by the user stands for.

    Args:
        identifier: a name, what `serialize` wrote, a class, or a finished object.
        module: Keras's public module, such as 'keras.losses'.
        kind: the word for it in an error, such as 'loss'.
        custom_objects: objects of one's own, by name.
        aliases: further names, such as 'mse', which go before those of the module.

    Returns:
        A function or an object; a class is called without arguments.

    Raises:
        ValueError: a name that is nobody's, or an object that cannot be called.
    """
    obj = identifier
    if isinstance(identifier, dict):
        name = identifier.get("class_name")
        if "module" in identifier or not isinstance(name, str) or name.startswith("__"):
            obj = serialization.deserialize(identifier, custom_objects)
        else:  # Keras 2 wrote no module.
            obj = _named(name, module, kind, custom_objects, aliases)
            if isinstance(obj, type):
                obj = obj.from_config(identifier.get("config", {}))
    elif isinstance(identifier, str):
        obj = _named(identifier, module, kind, custom_objects, aliases)
    if isinstance(obj, type):
        obj = obj()
    if not callable(obj):
        raise ValueError(
            f"{identifier!r} is no {kind}: give a name, a function or an object of {module}."
        )
    return obj


def _named(
    name: str,
    module: str,
    kind: str,
    custom_objects: Mapping[str, Any] | None,
    aliases: Mapping[str, Any] | None,
) -> Any:
    aliases = aliases or {}
    found = serialization.find(name, custom_objects=custom_objects)
    if found is None:
        found = aliases.get(name) or serialization.find(name, (module,))
    if found is None:
        # Sorted, so that of 'MSE' and 'mse' the latter is named.
        names = {*serialization.exported_objects(module), *aliases}
        known = {k.lower(): k for k in sorted(names)}
        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"Did you mean {known[near[0]]!r}?" if near else f"See {module} for the names."
        raise ValueError(f"There is no {kind} {name!r}. {hint}")
    return found
