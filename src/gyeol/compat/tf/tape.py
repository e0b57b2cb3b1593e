"""`tf.GradientTape`: what is computed within a `with` block, and its gradients.

JAX takes gradients of functions. So the tape notes every call of a layer, a loss, a function of
the faces and an operator on arrays, and takes the gradient of running them again.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gyeol import random
from gyeol.compat import operations
from gyeol.compat.patches import Patches
from gyeol.compat.usage import unsupported
from gyeol.layers.base import Layer
from gyeol.losses import Loss
from gyeol.text import tr
from gyeol.variable import Variable, filled, restoring

_OPERATORS = (
    *("add", "sub", "mul", "truediv", "pow", "matmul", "radd", "rsub", "rmul", "rtruediv"),
    *("rpow", "rmatmul", "neg", "abs", "getitem"),
)


class _Call(NamedTuple):
    """One noted call: what was called, on what, what it gave, and its random key."""

    function: Callable
    args: tuple
    kwargs: dict[str, Any]
    result: Any
    key: jax.Array


class GradientTape:
    """Notes what is computed within its `with` block, to take gradients of it.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: must not be False.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        if not watch_accessed_variables:
            raise unsupported("GradientTape(watch_accessed_variables=False)")
        self._calls: list[_Call] = []
        self._patches = Patches()
        self._within = False
        self._used, self._persistent = False, persistent

    def watch(self, tensor: Any) -> None:
        """Nothing: gradients can be had for every tensor that the block uses."""

    def __enter__(self) -> "GradientTape":
        if operations.tapes:
            raise unsupported("GradientTape within another", "Use jax.grad of jax.grad.")
        concrete = type(jnp.zeros(()))
        for kind in (concrete, Variable):
            for name in _OPERATORS:
                self._note_calls_of(kind, f"__{name}__")
        self._note_calls_of(Layer, "__call__")
        self._note_calls_of(Loss, "__call__")
        operations.tapes.append(self.noted)
        return self

    def __exit__(self, *_: object) -> None:
        operations.tapes.remove(self.noted)
        self._patches.undo()

    def _note_calls_of(self, kind: type, name: str) -> None:
        function = getattr(kind, name)

        def again(first: Any, *args: Any, **kwargs: Any) -> Any:
            # Run again, an array is a tracer, with an operator of its own.
            is_same = isinstance(first, kind)
            return (function if is_same else getattr(type(first), name))(first, *args, **kwargs)

        @functools.wraps(function)
        def noted(*args: Any, **kwargs: Any) -> Any:
            return self.noted(again, args, kwargs)

        self._patches.set(kind, name, noted)

    def noted(self, function: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call a function, and note that; what it calls itself is part of it."""
        if self._within:
            return function(*args, **kwargs)
        self._within = True
        key = random.next_key()
        try:
            with random.stream(key):
                result = function(*args, **kwargs)
        finally:
            self._within = False
        self._calls.append(_Call(function, args, kwargs, result, key))
        return result

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None, **_: Any) -> Any:
        """The gradient of a target that the block computed.

        Args:
            target: a tensor; the sum of its elements is derived.
            sources: variables and tensors, in any structure.
            output_gradients: factors of the target's elements.

        Returns:
            The gradients in the structure of the sources; None where the target depends on none.

        Raises:
            RuntimeError: called again without `persistent`.
            ValueError: the block did not compute the target with what gyeol can derive.
        """
        if self._used and not self._persistent:
            raise RuntimeError("GradientTape.gradient can be called once without persistent=True.")
        self._used = True
        made = {id(tensor) for call in self._calls for tensor in _tensors(call.result)}
        leaves, structure = jax.tree.flatten(sources)
        if id(target) not in made and not any(target is leaf for leaf in leaves):
            raise ValueError(
                tr(
                    "The tape cannot follow the target back: within the block, compute it with "
                    "layers, losses, operators and tf functions, not with NumPy or jax.numpy."
                )
            )
        values = [leaf.value if isinstance(leaf, Variable) else leaf for leaf in leaves]
        run = functools.partial(self._again, target, leaves)
        result, pull = jax.vjp(run, values)
        factors = jnp.ones_like(result) if output_gradients is None else output_gradients
        found = pull(jnp.asarray(factors, result.dtype))[0]
        return jax.tree.unflatten(
            structure,
            [g if self._reaches(target, leaf) else None for g, leaf in zip(found, leaves)],
        )

    def _again(self, target: Any, sources: Sequence[Any], values: Sequence[Any]) -> jax.Array:
        """Run the noted calls again, with other values for the sources."""
        pairs = list(zip(sources, values))
        known = {id(s): v for s, v in pairs if not isinstance(s, Variable)}
        boxes = [(s, v) for s, v in pairs if isinstance(s, Variable)]

        def value_of(leaf: Any) -> Any:
            return known.get(id(leaf), leaf)

        with restoring(), filled([b for b, _ in boxes], [v for _, v in boxes]):
            for call in self._calls:
                args, kwargs = jax.tree.map(value_of, (call.args, call.kwargs))
                with random.stream(call.key):
                    result = call.function(*args, **kwargs)
                known.update(zip(map(id, _tensors(call.result)), _tensors(result)))
            return known[id(target)]

    def _reaches(self, target: Any, source: Any) -> bool:
        """Whether the target was computed from the source."""
        wanted = {id(target)}
        for call in reversed(self._calls):
            if wanted.isdisjoint(map(id, _tensors(call.result))):
                continue
            for leaf in jax.tree.leaves((call.args, call.kwargs)):
                wanted.add(id(leaf))
                if isinstance(leaf, Layer):
                    wanted.update(map(id, leaf.variables))
        return id(source) in wanted

    def jacobian(self, *_: Any, **__: Any) -> Any:
        """Not there."""
        raise unsupported("GradientTape.jacobian", "Use jax.jacobian of a function.")


def _tensors(structure: Any) -> list[jax.Array]:
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, jax.Array)]
