"""Recurrent layers: cells, which take one step, and `RNN`, which takes a cell along a sequence."""

import functools
import operator
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from gyeol import activations, constraints, initializers, random, regularizers
from gyeol.layers.base import InputSpec, Layer, attributes, is_foreign
from gyeol.layers.core import positive_int
from gyeol.reasons import said_plainly
from gyeol.serialization import deserialize, exported, serialize
from gyeol.text import tr, warn
from gyeol.variable import Variable, filled, restoring


def _share(layer: Layer, name: str, value: Any) -> float:
    """A share of 0 to 1; what is beyond is brought there, as in Keras, and said.

    Raises:
        ValueError: it is no number.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or value != value:
        raise ValueError(
            tr(
                "{layer}({name}=...) takes a number from 0 to 1; got {given!r}.",
                layer=type(layer).__name__,
                name=name,
                given=value,
            )
        )
    share = min(1.0, max(0.0, float(value)))
    if share != value:
        warn(
            tr(
                "{layer}({name}=...) takes a number from 0 to 1; {given} is taken as {share:g}.",
                layer=type(layer).__name__,
                name=name,
                given=value,
                share=share,
            )
        )
    return share


class _Cell(Layer):
    """What the cells have in common: a product with the input, one with the state, and a bias.

    Both kernels have `units` columns for each gate, side by side.
    """

    gates: int

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        initializers_: tuple[Any, Any, Any],
        regularizers_: tuple[Any, Any, Any],
        constraints_: tuple[Any, Any, Any],
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ):
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        self.units = positive_int(self, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.recurrent_initializer, self.bias_initializer = map(
            initializers.get, initializers_
        )
        self.kernel_regularizer, self.recurrent_regularizer, self.bias_regularizer = map(
            regularizers.get, regularizers_
        )
        self.kernel_constraint, self.recurrent_constraint, self.bias_constraint = map(
            constraints.get, constraints_
        )
        self.dropout = _share(self, "dropout", dropout)
        self.recurrent_dropout = _share(self, "recurrent_dropout", recurrent_dropout)
        # As in Keras, inputs have a mask for each gate where states have.
        self._input_masks = self.gates if implementation == 1 or self.recurrent_dropout else 1
        self.seed = seed
        self._seeds = None if seed is None else random.SeedGenerator(seed)
        self.state_size: int | list[int] = self.units
        self.output_size = self.units

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) needs to know the size of the last axis of its "
                    "input; the shape {shape} leaves it open.",
                    name=self.name,
                    layer=type(self).__name__,
                    shape=tuple(input_shape),
                )
            )
        self.kernel = self.add_weight(
            (features, self.gates * self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, self.gates * self.units),
            self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
            name="recurrent_kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                self._bias_shape(),
                self._first_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def _first_bias(self, shape: Sequence[int], dtype: Any = None) -> Any:
        return self.bias_initializer(shape, dtype=dtype)

    def _input_bias(self) -> Any:
        return None if self.bias is None else self.bias.value

    def begin(self, inputs: jax.Array, training: bool) -> tuple[jax.Array, Callable]:
        """What can be done for all steps at once, and the function that does the rest of a step.

        Args:
            inputs: of one step (batch, features), or of all (time, batch, features).
            training: whether dropout applies. Its masks are the same at every step.

        Returns:
            The product of the inputs with the kernel, and a function of it at one step and the
            states there, which gives the output and the new states.
        """
        batch, features = inputs.shape[-2:]
        keep = recurrent_keep = None
        if training:
            keep = self._keep(self.dropout, (self._input_masks, batch, features), inputs.dtype)
            shape = (self.gates, batch, self.units)
            recurrent_keep = self._keep(self.recurrent_dropout, shape, inputs.dtype)
        products = _product(inputs, self.kernel.value, keep)
        bias = self._input_bias()
        if bias is not None:
            products = products + bias
        kernel = self.recurrent_kernel.value
        return products, functools.partial(self.step, kernel=kernel, keep=recurrent_keep)

    def _keep(self, rate: float, shape: tuple[int, ...], dtype: Any) -> jax.Array | None:
        """Factors of dropout, a mask for each gate; None where nothing is dropped."""
        if rate == 0:
            return None
        kept = jax.random.bernoulli(random.next_key(self._seeds), 1 - rate, shape)
        return kept.astype(dtype) / max(1 - rate, 1e-7)

    def step(
        self, x: jax.Array, states: Sequence[jax.Array], kernel: jax.Array, keep: Any
    ) -> tuple[jax.Array, list[jax.Array]]:
        """The output and the new states of one step.

        Args:
            x: the product of the step's input with the kernel.
            states: the states before.
            kernel: the recurrent kernel.
            keep: factors of dropout for the state, by gate; or None.
        """
        raise NotImplementedError

    def call(self, inputs: jax.Array, states: Any, training: bool = False) -> tuple[Any, Any]:
        x, step = self.begin(inputs, training)
        is_list = isinstance(states, (list, tuple))
        output, after = step(x, states if is_list else [states])
        return output, after if is_list else after[0]

    def get_initial_state(self, batch_size: int | None = None) -> list[jax.Array]:
        """Zeros for each state, (batch, units)."""
        count = len(self.state_size) if isinstance(self.state_size, list) else 1
        return [jnp.zeros((batch_size, self.units), self.compute_dtype) for _ in range(count)]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "recurrent_initializer": serialize(self.recurrent_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "recurrent_regularizer": serialize(self.recurrent_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
            "recurrent_constraint": serialize(self.recurrent_constraint),
            "bias_constraint": serialize(self.bias_constraint),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


def _product(x: jax.Array, kernel: jax.Array, keep: jax.Array | None) -> jax.Array:
    """``x @ kernel``, where each gate sees `x` through its own mask, or all through one."""
    if keep is None:
        return x @ kernel
    columns = jnp.split(kernel, len(keep), axis=-1)
    return jnp.concatenate([(x * k) @ c for k, c in zip(keep, columns)], axis=-1)


@exported("keras.layers")
class SimpleRNNCell(_Cell):
    """One step of `SimpleRNN`: ``h = activation(x @ kernel + h @ recurrent_kernel + bias)``.

    Args:
        units: the size of the state, which is the output.
        activation: a function or its name.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, units), of the recurrent kernel (units, units) and of the bias (units,).
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training.
        recurrent_dropout: the share of the state set to 0 in training.
        seed: a seed of its own for dropout.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            (kernel_initializer, recurrent_initializer, bias_initializer),
            (kernel_regularizer, recurrent_regularizer, bias_regularizer),
            (kernel_constraint, recurrent_constraint, bias_constraint),
            dropout,
            recurrent_dropout,
            seed,
            **kwargs,
        )

    def step(
        self, x: jax.Array, states: Sequence[jax.Array], kernel: jax.Array, keep: Any
    ) -> tuple[jax.Array, list[jax.Array]]:
        h = self.activation(x + _product(states[0], kernel, keep))
        return h, [h]


@exported("keras.layers")
class LSTMCell(_Cell):
    """One step of `LSTM` (Hochreiter & Schmidhuber, 1997).

    With i, f, g, o the four columns of ``x @ kernel + h @ recurrent_kernel + bias`` and s the
    recurrent activation, ``c = s(f) * c + s(i) * activation(g)`` and ``h = s(o) * activation(c)``.

    Args:
        units: the size of the states h and c; h is the output.
        activation: a function or its name.
        recurrent_activation: that of the gates.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, 4 units), of the recurrent kernel (units, 4 units) and of the bias
            (4 units,).
        unit_forget_bias: whether the bias of f begins at 1 (Jozefowicz et al., 2015).
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training.
        recurrent_dropout: the share of h set to 0 in training.
        seed: a seed of its own for dropout.
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            (kernel_initializer, recurrent_initializer, bias_initializer),
            (kernel_regularizer, recurrent_regularizer, bias_regularizer),
            (kernel_constraint, recurrent_constraint, bias_constraint),
            dropout,
            recurrent_dropout,
            seed,
            **kwargs,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def _first_bias(self, shape: Sequence[int], dtype: Any = None) -> Any:
        if not self.unit_forget_bias:
            return super()._first_bias(shape, dtype)
        before, after = (
            self.bias_initializer((size,), dtype=dtype) for size in (self.units, 2 * self.units)
        )
        return np.concatenate([before, np.ones_like(before), after])

    def step(
        self, x: jax.Array, states: Sequence[jax.Array], kernel: jax.Array, keep: Any
    ) -> tuple[jax.Array, list[jax.Array]]:
        h, c = states
        i, f, g, o = jnp.split(x + _product(h, kernel, keep), 4, axis=-1)
        c = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        h = self.recurrent_activation(o) * self.activation(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }


@exported("keras.layers")
class GRUCell(_Cell):
    """One step of `GRU` (Cho et al., 2014).

    With the three columns z, r and n of the products with the kernels and s the recurrent
    activation: ``z = s(xz + hz)``, ``r = s(xr + hr)``, ``n = activation(xn + r * hn)`` and
    ``h = z * h + (1 - z) * n``. Without `reset_after`, hn is the product with ``r * h``.

    Args:
        units: the size of the state, which is the output.
        activation: a function or its name.
        recurrent_activation: that of the gates.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, 3 units), of the recurrent kernel (units, 3 units) and of the bias:
            (2, 3 units) with `reset_after`, (3 units,) without.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training.
        recurrent_dropout: the share of the state set to 0 in training.
        reset_after: whether the gate r applies after the product.
        seed: a seed of its own for dropout.
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            (kernel_initializer, recurrent_initializer, bias_initializer),
            (kernel_regularizer, recurrent_regularizer, bias_regularizer),
            (kernel_constraint, recurrent_constraint, bias_constraint),
            dropout,
            recurrent_dropout,
            seed,
            **kwargs,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _input_bias(self) -> Any:
        bias = super()._input_bias()
        return bias[0] if self.reset_after and bias is not None else bias

    def step(
        self, x: jax.Array, states: Sequence[jax.Array], kernel: jax.Array, keep: Any
    ) -> tuple[jax.Array, list[jax.Array]]:
        (h,) = states
        xzr, xn = x[:, : 2 * self.units], x[:, 2 * self.units :]
        if self.reset_after:
            products = _product(h, kernel, keep)
            if self.bias is not None:
                products = products + self.bias.value[1]
            hzr, hn = products[:, : 2 * self.units], products[:, 2 * self.units :]
            z, r = jnp.split(self.recurrent_activation(xzr + hzr), 2, axis=-1)
            hn = r * hn
        else:
            kept = (None, None) if keep is None else (keep[:2], keep[2:])
            hzr = _product(h, kernel[:, : 2 * self.units], kept[0])
            z, r = jnp.split(self.recurrent_activation(xzr + hzr), 2, axis=-1)
            hn = _product(r * h, kernel[:, 2 * self.units :], kept[1])
        h = z * h + (1 - z) * self.activation(xn + hn)
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }


def _check_cell(cell: Any) -> None:
    for attribute in ("call", "state_size"):
        if not hasattr(cell, attribute):
            raise ValueError(
                tr(
                    "An RNN cell has a call(inputs, states) and a state_size; {cell} has no "
                    "{attribute}.",
                    cell=repr(cell),
                    attribute=attribute,
                )
            )


def _zero_states(cell: Any, batch_size: int, dtype: str) -> Any:
    """What a cell begins a sequence with."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch_size)
    sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
    return [jnp.zeros((batch_size, size), dtype) for size in sizes]


def _build_cell(cell: Any, input_shape: Sequence[int | None]) -> None:
    if isinstance(cell, Layer) and not cell.built:
        cell.build(input_shape)


def _take_step(cell: Any, inputs: jax.Array, states: Any) -> tuple[jax.Array, Any]:
    return cell(inputs, states) if callable(cell) else cell.call(inputs, states)


@exported("keras.layers")
class StackedRNNCells(Layer):
    """Cells one upon the other, as one cell: each takes the output of that before.

    Args:
        cells: the cells, the first below.
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any):
        super().__init__(**kwargs)
        for cell in cells:
            _check_cell(cell)
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The size of the output of the last cell."""
        return _output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """What the cells begin with, a list for each."""
        return [_zero_states(cell, batch_size, self.compute_dtype) for cell in self.cells]

    def build(self, input_shape: Sequence[int | None]) -> None:
        for cell in self.cells:
            _build_cell(cell, input_shape)
            input_shape = (input_shape[0], _output_size(cell))

    def call(self, inputs: jax.Array, states: Sequence[Any], training: bool = False) -> Any:
        after = []
        for cell, state in zip(self.cells, states):
            inputs, state = _take_step(cell, inputs, state)
            after.append(state)
        return inputs, after

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cells": [serialize(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "StackedRNNCells":
        return cls(**{**config, "cells": deserialize(config["cells"])})


def _output_size(cell: Any) -> int:
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size
    return size[0] if isinstance(size, (list, tuple)) else size


class _States(list):
    """The states that a stateful layer keeps from batch to batch.

    They are no weights, which are looked for in plain lists: files do not hold them.
    """


@exported("keras.layers")
class RNN(Layer):
    """A cell taken along the time axis of sequences (batch, time, features).

    Steps that are masked leave the states as they are and repeat the output of the step before.

    Args:
        cell: a cell, or a list of cells that are stacked. A cell of one's own is a layer (or any
            object) with `state_size` and ``call(inputs, states) -> (output, new_states)``.
        return_sequences: whether the outputs of all steps are returned, (batch, time, size), or
            that of the last, (batch, size).
        return_state: whether the last states are returned after the output.
        go_backwards: whether to begin at the end; the outputs come in the order of the steps taken.
        stateful: whether row i of a batch goes on from the states of row i of the batch before.
        unroll: whether the compiled program repeats the step rather than looping.
        zero_output_for_mask: whether the output of masked steps is 0.

    >>> RNN([LSTMCell(4), GRUCell(3)])(np.ones((2, 5, 8), "float32")).shape
    (2, 3)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ):
        if kwargs.pop("time_major", False):
            raise NotImplementedError(
                "RNN(time_major=True) is not supported by gyeol; give (batch, time, features)."
            )
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        _check_cell(cell)
        self.zero_output_for_mask = zero_output_for_mask
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.supports_masking = True
        self.states: Any = None
        # The loop, compiled for calls outside of every program, and what it was compiled for.
        self._compiled: tuple[list[Any], Callable] | None = None
        several = isinstance(cell.state_size, (list, tuple))
        self.state_size = list(cell.state_size) if several else [cell.state_size]

    def _hint(self, shape: tuple) -> str:
        if len(shape) != 2:
            return ""
        return tr(
            " (time and features; after a recurrent layer, give that one return_sequences=True)"
        )

    @property
    def mixes_rows(self) -> bool:
        """Whether a batch must be as it is: rows that go on from others cannot be added to it."""
        return self.stateful

    def _variables_within(self, seen: set[int]) -> list[Variable]:
        """The weights, and the states that are kept."""
        states = jax.tree.leaves(list(self.states or ()), is_leaf=_is_box)
        return [*super()._variables_within(seen), *states]

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        _build_cell(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        if self.stateful and sequences_shape[0] is not None:
            self._keep_states(sequences_shape[0])

    def _keep_states(self, batch_size: int) -> None:
        def kept(value: jax.Array) -> Variable:
            box = Variable(value, dtype=self.variable_dtype, trainable=False, name="rnn_state")
            box.path = f"{self.name}/rnn_state"
            return box

        self.states = _States(jax.tree.map(kept, self.get_initial_state(batch_size)))

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """What a sequence begins with, where no states are given."""
        states = _zero_states(self.cell, batch_size, self.compute_dtype)
        return list(states) if isinstance(states, (list, tuple)) else [states]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to 0."""
        for box in jax.tree.leaves(list(self.states or ()), is_leaf=_is_box):
            box.assign(jnp.zeros_like(box.value))

    reset_states = reset_state

    def call(
        self,
        sequences: jax.Array,
        initial_state: Any = None,
        mask: jax.Array | None = None,
        training: bool = False,
    ) -> Any:
        given = sequences, initial_state, mask
        variables = self.variables
        concrete = jax.tree.leaves((given, [v._value for v in variables]))
        if (
            training
            or self.stateful
            or any(isinstance(leaf, jax.core.Tracer) for leaf in concrete)
            or not all(isinstance(cell, Layer) for cell in _cells_of(self.cell))
            or any(map(is_foreign, self._flatten_layers()))
        ):
            return self._along(*given, training)
        # Outside of every program the loop would be compiled anew at each call.
        found = attributes(self)
        if self._compiled is None or not _are_same(self._compiled[0], found):

            def run(values: list[jax.Array], given: tuple) -> Any:
                with filled(variables, values):
                    return self._along(*given, training=False)

            self._compiled = found, jax.jit(run)
        with said_plainly():
            return self._compiled[1]([v._value for v in variables], given)

    def _along(
        self, sequences: jax.Array, initial_state: Any, mask: jax.Array | None, training: bool
    ) -> Any:
        """The outputs of the cell along the sequences."""
        states = self._first_states(sequences, initial_state)
        x, step = self._steps(jnp.swapaxes(sequences, 0, 1), training)
        counts = None
        if mask is not None:
            mask = mask.astype(bool).reshape(*mask.shape[:2], -1).any(-1)
            counts = jnp.swapaxes(mask, 0, 1)

        def body(carry: tuple, item: tuple) -> tuple:
            before, last = carry
            x, count = item
            output, after = step(x, before)
            leaves = [
                new.astype(old.dtype)
                for new, old in zip(jax.tree.leaves(after), jax.tree.leaves(before), strict=True)
            ]
            after = jax.tree.unflatten(jax.tree.structure(before), leaves)
            if count is not None:
                after = jax.tree.map(lambda a, b: _where(count, a, b), after, before)
                masked = jnp.zeros_like(output) if self.zero_output_for_mask else last
                output = _where(count, output, masked)
            return (after, output), (output if self.return_sequences else None)

        # What a cell assigns to variables of its own within the loop is a value of the loop's.
        with restoring():
            shape = jax.eval_shape(lambda x, s: step(x[0], s)[0], x, states)
            first = states, jnp.zeros(shape.shape, shape.dtype)
            (states, output), outputs = lax.scan(
                body, first, (x, counts), reverse=self.go_backwards, unroll=self.unroll
            )
        if self.return_sequences:
            output = jnp.swapaxes(outputs[::-1] if self.go_backwards else outputs, 0, 1)
        output, states = jax.tree.map(lambda a: a.astype(self.compute_dtype), (output, states))
        if self.stateful:
            for box, value in zip(
                jax.tree.leaves(list(self.states), is_leaf=_is_box), jax.tree.leaves(states)
            ):
                box.assign(value)
        return (output, *states) if self.return_state else output

    def _steps(self, inputs: jax.Array, training: bool) -> tuple[jax.Array, Callable]:
        """What the loop takes a slice of at each step, and the step."""
        cell = self.cell
        if (
            isinstance(cell, _Cell)
            and type(cell).call is _Cell.call
            and cell.dtype_policy == self.dtype_policy
        ):
            return cell.begin(inputs, training)
        return inputs, functools.partial(_take_step, cell)

    def _first_states(self, sequences: jax.Array, given: Any) -> list[Any]:
        batch_size = sequences.shape[0]
        if self.stateful:
            self._check_batch(sequences)
        if given is None and self.stateful:
            given = jax.tree.map(lambda box: box.value, list(self.states), is_leaf=_is_box)
        if given is None:
            given = self.get_initial_state(batch_size)
        states = list(given) if isinstance(given, (list, tuple)) else [given]
        if len(states) != len(self.state_size):
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) has {wanted} states; initial_state has {given}.",
                    name=self.name,
                    layer=type(self).__name__,
                    wanted=len(self.state_size),
                    given=len(states),
                )
            )
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        return jax.tree.map(lambda state: jnp.asarray(state, dtype), states)

    def _check_batch(self, sequences: jax.Array) -> None:
        """Make the states if the batch is at hand, and compare its size with theirs."""
        if self.states is None and isinstance(sequences, jax.core.Tracer):
            raise ValueError(
                tr(
                    "Layer {name!r} is stateful, so it needs to know the size of the batch: begin "
                    "the model with Input(batch_shape=(batch, time, features)).",
                    name=self.name,
                )
            )
        if self.states is None:
            self._keep_states(sequences.shape[0])
        size = jax.tree.leaves(list(self.states), is_leaf=_is_box)[0].shape[0]
        if size != sequences.shape[0]:
            raise ValueError(
                tr(
                    "Layer {name!r} is stateful and has the states of {wanted} rows; the batch has "
                    "{given}.",
                    name=self.name,
                    wanted=size,
                    given=sequences.shape[0],
                )
            )

    def compute_mask(self, _: Any, mask: Any) -> Any:
        masks = jax.tree.leaves(mask)
        mask = masks[0] if masks and self.return_sequences else None
        return [mask] + [None] * len(self.state_size) if self.return_state else mask

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
            "cell": serialize(self.cell),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "RNN":
        if "cell" in config:
            config = {**config, "cell": deserialize(config["cell"])}
        return cls(**config)


def _cells_of(cell: Any) -> list[Any]:
    """A cell, or the cells that it is a stack of."""
    return [c for one in cell.cells for c in _cells_of(one)] if hasattr(cell, "cells") else [cell]


def _are_same(some: list[Any], others: list[Any]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _is_box(value: Any) -> bool:
    return isinstance(value, Variable)


def _where(counts: jax.Array, yes: jax.Array, no: jax.Array) -> jax.Array:
    """By row: `yes` where the step counts, `no` where it is masked."""
    return jnp.where(counts.reshape(-1, *(1,) * (yes.ndim - 1)), yes, no)


class _Recurrent(RNN):
    """A layer of one cell of gyeol's, whose settings it shows as its own."""

    def __getattr__(self, name: str) -> Any:
        if name in _SHOWN and "cell" in vars(self):
            return getattr(self.cell, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
        return {
            **self.cell.get_config(),
            **config,
            "activity_regularizer": serialize(self.activity_regularizer),
        }


# What Keras's layers pass on of their cells.
_SHOWN = frozenset(
    ("units", "activation", "recurrent_activation", "use_bias", "unit_forget_bias", "reset_after")
    + ("dropout", "recurrent_dropout")
    + tuple(f"{part}_initializer" for part in ("kernel", "recurrent", "bias"))
    + tuple(f"{part}_regularizer" for part in ("kernel", "recurrent", "bias"))
    + tuple(f"{part}_constraint" for part in ("kernel", "recurrent", "bias"))
)


def _for_cell(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The further arguments that a layer's cell takes; `implementation` is the cell's alone."""
    shared = {name: kwargs[name] for name in ("dtype", "trainable") if name in kwargs}
    return {**shared, "implementation": kwargs.pop("implementation", 2)}


def _check_cudnn(use_cudnn: Any) -> Any:
    if use_cudnn not in ("auto", True, False):
        raise ValueError(f"use_cudnn takes 'auto', True or False; got {use_cudnn!r}.")
    return use_cudnn


@exported("keras.layers")
class SimpleRNN(_Recurrent):
    """A layer whose output is fed back: ``h = activation(x @ W + h @ U + b)`` at each step.

    Args:
        units: the size of the output.
        activation: a function or its name.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, units), of the recurrent kernel (units, units) and of the bias (units,).
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training, the same at each step.
        recurrent_dropout: the share of the state set to 0 in training.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        seed: a seed of its own for dropout.

    >>> SimpleRNN(3)(np.ones((2, 5, 4), "float32")).shape
    (2, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        cell = SimpleRNNCell(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            seed,
            name="simple_rnn_cell",
            **_for_cell(kwargs),
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.input_spec = [InputSpec(ndim=3)]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if config["seed"] is None:
            del config["seed"]  # Keras never writes it; one that was given must not be lost.
        return config


@exported("keras.layers")
class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter & Schmidhuber, 1997); `LSTMCell` has the formula.

    Args:
        units: the size of the output.
        activation: a function or its name.
        recurrent_activation: that of the gates.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, 4 units), of the recurrent kernel (units, 4 units) and of the bias
            (4 units,).
        unit_forget_bias: whether the bias of the forget gate begins at 1.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training, the same at each step.
        recurrent_dropout: the share of the state set to 0 in training.
        seed: a seed of its own for dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        use_cudnn: taken for Keras's sake; there is one implementation.

    >>> output, h, c = LSTM(3, return_state=True)(np.ones((2, 5, 4), "float32"))
    >>> output.shape, h.shape, c.shape
    ((2, 3), (2, 3), (2, 3))
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: str | bool = "auto",
        **kwargs: Any,
    ):
        cell = LSTMCell(
            units,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            unit_forget_bias,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            seed,
            name="lstm_cell",
            **_for_cell(kwargs),
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.use_cudnn = _check_cudnn(use_cudnn)
        self.input_spec = InputSpec(ndim=3)


@exported("keras.layers")
class GRU(_Recurrent):
    """Gated recurrent unit (Cho et al., 2014); `GRUCell` has the formula.

    Args:
        units: the size of the output.
        activation: a function or its name.
        recurrent_activation: that of the gates.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the kernel
            (features, 3 units), of the recurrent kernel (units, 3 units) and of the bias:
            (2, 3 units) with `reset_after`, (3 units,) without.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions of them, added to
            the loss.
        activity_regularizer: a function of the output, added to the loss.
        kernel_constraint, recurrent_constraint, bias_constraint: functions applied to them after
            each update.
        dropout: the share of the inputs set to 0 in training, the same at each step.
        recurrent_dropout: the share of the state set to 0 in training.
        seed: a seed of its own for dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: see `RNN`.
        reset_after: whether the reset gate applies after the product.
        use_cudnn: taken for Keras's sake; there is one implementation.

    >>> GRU(3, return_sequences=True)(np.ones((2, 5, 4), "float32")).shape
    (2, 5, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: str | bool = "auto",
        **kwargs: Any,
    ):
        cell = GRUCell(
            units,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            reset_after,
            seed,
            name="gru_cell",
            **_for_cell(kwargs),
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.use_cudnn = _check_cudnn(use_cudnn)
        self.input_spec = InputSpec(ndim=3)
