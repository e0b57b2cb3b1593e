"""Layers that hold a layer: `Bidirectional`, `TimeDistributed`, and `Wrapper` for one's own."""

import inspect
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.layers.base import Layer
from gyeol.serialization import (
    custom_object_scope,
    deserialize,
    exported,
    is_exported,
    serialize,
)
from gyeol.text import tr
from gyeol.variable import Variable


def _checked(wrapper: str, layer: Any) -> Layer:
    if not isinstance(layer, Layer):
        raise ValueError(
            tr("{wrapper} takes a layer; got {given}.", wrapper=wrapper, given=repr(layer))
        )
    return layer


@exported("keras.layers")
class Wrapper(Layer):
    """A layer that holds another, to derive one's own from.

    Args:
        layer: the layer within.
    """

    def __init__(self, layer: Layer, **kwargs: Any):
        _checked(type(self).__name__, layer)
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Wrapper":
        return cls(**{**config, "layer": deserialize(config["layer"])})


@exported("keras.layers")
class TimeDistributed(Wrapper):
    """A layer applied to every time step of (batch, time, ...), with the same weights.

    Args:
        layer: the layer within.

    >>> from gyeol.layers import Dense
    >>> TimeDistributed(Dense(3))(jnp.ones((2, 5, 4))).shape
    (2, 5, 3)
    """

    def __init__(self, layer: Layer, **kwargs: Any):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        if len(input_shape) < 3:
            raise ValueError(
                tr(
                    "Layer {name!r} (TimeDistributed) takes inputs of shape (batch, time, ...), of "
                    "three axes at least; got {shape}.",
                    name=self.name,
                    shape=tuple(input_shape),
                )
            )
        super().build((input_shape[0], *input_shape[2:]))

    def call(
        self, inputs: jax.Array, training: bool | None = None, mask: jax.Array | None = None
    ) -> Any:
        rows = inputs.shape[:2]
        if mask is not None and mask.shape[:2] != rows:
            raise ValueError(
                tr(
                    "Layer {name!r} (TimeDistributed) takes a mask of shape (batch, time) = "
                    "{wanted}; got {given}.",
                    name=self.name,
                    wanted=rows,
                    given=mask.shape,
                )
            )
        if self._steps_differ():
            steps = [
                self._inner(inputs[:, i], None if mask is None else mask[:, i])
                for i in range(rows[1])
            ]
            return jax.tree.map(lambda *outputs: jnp.stack(outputs, 1), *steps)
        # No row looks at another, so that all steps are rows of one large batch.
        flat = inputs.reshape(-1, *inputs.shape[2:])
        outputs = self._inner(flat, None if mask is None else mask.reshape(-1, *mask.shape[2:]))
        return jax.tree.map(lambda output: output.reshape(*rows, *output.shape[1:]), outputs)

    def _steps_differ(self) -> bool:
        """Whether a step must be a batch of its own, as moments of a batch or code may ask for."""
        return any(
            not is_exported(type(layer))
            or getattr(layer, "mixes_rows_in_training", False)
            or getattr(layer, "mixes_rows", False)
            for layer in self.layer._flatten_layers()
        )

    def _inner(self, inputs: jax.Array, mask: jax.Array | None) -> Any:
        takes_mask = "mask" in inspect.signature(self.layer.call).parameters
        return self.layer(inputs, **({"mask": mask} if takes_mask and mask is not None else {}))


_MERGE_MODES = ("sum", "mul", "ave", "concat", None)


@exported("keras.layers")
class Bidirectional(Layer):
    """A recurrent layer that reads the sequence from both ends (Schuster & Paliwal, 1997).

    Args:
        layer: the layer that reads forward, made anew from its config. Where it returns sequences,
            the outputs of masked steps are 0.
        merge_mode: how the two outputs become one: 'concat', 'sum', 'mul' or 'ave'; None for a
            pair.
        weights: first values of all weights, those of the forward layer before the other's.
        backward_layer: the layer that reads backward; by default as `layer`.

    >>> from gyeol.layers import LSTM
    >>> Bidirectional(LSTM(3))(jnp.ones((2, 5, 4))).shape
    (2, 6)
    """

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: Sequence[Any] | None = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ):
        _checked("Bidirectional", layer)
        if backward_layer is not None:
            _checked("Bidirectional(backward_layer=...)", backward_layer)
        if merge_mode not in _MERGE_MODES:
            raise ValueError(
                tr(
                    "Bidirectional(merge_mode=...) takes 'sum', 'mul', 'ave', 'concat' or None; "
                    "got {given}.",
                    given=repr(merge_mode),
                )
            )
        if not hasattr(layer, "go_backwards"):
            raise ValueError(
                tr(
                    "Bidirectional takes a recurrent layer, such as LSTM(32), which can read a "
                    "sequence from its end; got {given}.",
                    given=type(layer).__name__,
                )
            )
        super().__init__(**kwargs)
        self.forward_layer = _made_anew(layer, "forward_")
        if backward_layer is None:
            backward_layer = _made_anew(layer, "backward_", go_backwards=True)
        self.backward_layer = backward_layer
        self._check_pair()
        for half in (self.forward_layer, self.backward_layer):
            if hasattr(half, "zero_output_for_mask"):
                half.zero_output_for_mask = half.return_sequences
        self.merge_mode = merge_mode
        self._first_weights = weights
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                tr(
                    "Bidirectional needs one layer with go_backwards=True and one without; both "
                    "have {given}.",
                    given=forward.go_backwards,
                )
            )
        for name in ("stateful", "return_sequences", "return_state"):
            pair = getattr(forward, name), getattr(backward, name)
            if pair[0] != pair[1]:
                raise ValueError(
                    tr(
                        "Bidirectional needs the same {name} on both layers; got {forward} and "
                        "{backward}.",
                        name=name,
                        forward=pair[0],
                        backward=pair[1],
                    )
                )

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._first_weights is not None:
            self.set_weights(self._first_weights)
            self._first_weights = None

    @property
    def states(self) -> tuple[Variable, ...] | None:
        """The states of both layers, where they are stateful and built."""
        if self.forward_layer.states and self.backward_layer.states:
            return (*self.forward_layer.states, *self.backward_layer.states)
        return None

    def reset_state(self) -> None:
        """Set the states of stateful layers to 0."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    def call(
        self,
        sequences: jax.Array,
        initial_state: Any = None,
        mask: jax.Array | None = None,
        training: bool | None = None,
    ) -> Any:
        half = len(initial_state or ()) // 2
        states = (initial_state[:half], initial_state[half:]) if initial_state else (None, None)
        given = {} if mask is None else {"mask": mask}
        forward, backward = (
            layer(sequences, **({} if state is None else {"initial_state": state}), **given)
            for layer, state in zip((self.forward_layer, self.backward_layer), states)
        )
        after: tuple = ()
        if self.return_state:
            after = (*forward[1:], *backward[1:])
            forward, backward = forward[0], backward[0]
        if self.return_sequences:
            backward = backward[:, ::-1]
        output = self._merged(forward, backward)
        if self.merge_mode is None:
            return (*output, *after)
        return (output, *after) if self.return_state else output

    def _merged(self, forward: jax.Array, backward: jax.Array) -> Any:
        match self.merge_mode:
            case "concat":
                return jnp.concatenate([forward, backward], axis=-1)
            case "sum":
                return forward + backward
            case "ave":
                return (forward + backward) / 2
            case "mul":
                return forward * backward
        return forward, backward

    def compute_mask(self, _: Any, mask: Any) -> Any:
        masks = jax.tree.leaves(mask)
        mask = masks[0] if masks and self.return_sequences else None
        return [mask] * (2 if self.merge_mode is None else 1)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize(self.forward_layer),
            "backward_layer": serialize(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Bidirectional":
        layers = {
            name: deserialize(_unbuilt(config[name]))
            for name in ("layer", "backward_layer")
            if config.get(name) is not None
        }
        return cls(**{**config, **layers})


def _unbuilt(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a layer without the shape to build it for: that is for the wrapper to say."""
    return {name: value for name, value in config.items() if name != "build_config"}


def _made_anew(layer: Layer, prefix: str, **changed: Any) -> Layer:
    """Another layer of the same config, with a prefix to its name."""
    config = _unbuilt(serialize(layer))
    config["config"] |= {"name": prefix + layer.name.removeprefix(prefix), **changed}
    # Classes of the user's own are at hand here, registered or not.
    with custom_object_scope({type(part).__name__: type(part) for part in layer._flatten_layers()}):
        return deserialize(config)
