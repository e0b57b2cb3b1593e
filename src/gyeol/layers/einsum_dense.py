"""`EinsumDense`: a dense layer written as an einsum."""

import re
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gyeol import activations, constraints, initializers, regularizers
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.core import refuse_unsupported
from gyeol.serialization import exported, serialize
from gyeol.text import tr

_FORM = re.compile(
    r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?", re.ASCII
)


@exported("keras.layers")
class EinsumDense(Layer):
    """``activation(einsum(equation, inputs, kernel) + bias)``.

    Args:
        equation: 'abc,cd->abd', '...x,xy->...y' or 'ab...,bc->ac...': the inputs, the kernel, the
            outputs.
        output_shape: the sizes of the output's named axes, without the batch; None for a size that
            is the input's.
        activation: a function or its name; none by default.
        bias_axes: the axes of the output that a bias has; none by default.
        kernel_initializer, bias_initializer: their first values.
        kernel_regularizer, bias_regularizer: functions of them, added to the loss.
        kernel_constraint, bias_constraint: functions applied to them after each update.
        lora_rank, lora_alpha, gptq_unpacked_column_size, quantization_config: must be None.

    >>> EinsumDense("abc,cd->abd", output_shape=(None, 3))(jnp.ones((2, 5, 4))).shape
    (2, 5, 3)
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        refuse_unsupported(
            self,
            lora_rank=lora_rank,
            lora_alpha=lora_alpha,
            gptq_unpacked_column_size=gptq_unpacked_column_size,
            quantization_config=quantization_config,
        )
        self.equation = equation
        self.partial_output_shape = (
            (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        form = _FORM.fullmatch(self.equation.replace(" ", ""))
        if form is None:
            raise ValueError(
                tr(
                    "EinsumDense takes an equation such as 'abc,cd->abd' or '...x,xy->...y'; got "
                    "{equation!r}.",
                    equation=self.equation,
                )
            )
        inputs, kernel, outputs = form[2], form[4], form[6]
        elided = len(input_shape) - len(inputs)
        sizes = dict(zip(inputs, input_shape[elided:] if form[1] else input_shape))
        wanted = self.partial_output_shape
        for axis, size in zip(outputs[len(outputs) - len(wanted) :], wanted):
            if size is not None and sizes.setdefault(axis, size) not in (size, None):
                raise ValueError(
                    tr(
                        "Layer {name!r} (EinsumDense) has size {given} on axis {axis!r} of its "
                        "input, and {wanted} in output_shape.",
                        name=self.name,
                        axis=axis,
                        given=sizes[axis],
                        wanted=size,
                    )
                )
        unknown = [axis for axis in kernel if sizes.get(axis) is None]
        unknown += [axis for axis in self.bias_axes or "" if axis not in outputs]
        if unknown:
            raise ValueError(
                tr(
                    "Layer {name!r} (EinsumDense): neither the input {shape} nor output_shape says "
                    "the size of axis {axis!r} of {equation!r}.",
                    name=self.name,
                    shape=tuple(input_shape),
                    axis=unknown[0],
                    equation=self.equation,
                )
            )
        self.kernel = self.add_weight(
            tuple(sizes[axis] for axis in kernel),
            self._initializer_for(kernel, outputs),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.bias_axes is not None:
            first = min(map(outputs.index, self.bias_axes))
            shape = [sizes[axis] if axis in self.bias_axes else 1 for axis in outputs[first:]]
            self.bias = self.add_weight(
                (*shape, *(1,) * (elided if form[3] else 0)),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(ndim=len(input_shape))

    def _initializer_for(self, kernel: str, outputs: str) -> Any:
        """The kernel's initializer, told which axes are input units and which are output units."""
        given = self.kernel_initializer
        if not isinstance(given, initializers.VarianceScaling) or given.input_axes is not None:
            return given
        axes = {
            "input_axes": [i for i, axis in enumerate(kernel) if axis not in outputs],
            "output_axes": [i for i, axis in enumerate(kernel) if axis in outputs],
        }
        return type(given).from_config({**given.get_config(), "seed": given.seed, **axes})

    def call(self, inputs: jax.Array, training: bool | None = None) -> jax.Array:
        outputs = jnp.einsum(self.equation, inputs, self.kernel.value)
        if self.bias is not None:
            outputs = outputs + self.bias.value
        return self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": serialize(self.kernel_initializer),
            "bias_initializer": serialize(self.bias_initializer),
            "kernel_regularizer": serialize(self.kernel_regularizer),
            "bias_regularizer": serialize(self.bias_regularizer),
            "activity_regularizer": serialize(self.activity_regularizer),
            "kernel_constraint": serialize(self.kernel_constraint),
            "bias_constraint": serialize(self.bias_constraint),
            "quantization_config": None,
        }
