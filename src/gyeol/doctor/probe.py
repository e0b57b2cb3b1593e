"""`probe`: what one batch shows inside of a model, forward and backward."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import random
from gyeol.doctor.facts import RECURRENT, LayerState, Probe, activation_of
from gyeol.doctor.rules.registry import RANGES
from gyeol.layers.base import Layer, is_foreign, outputs_noted
from gyeol.models.model import Model
from gyeol.training import program

# They have no slope at the limits of their range.
_BENT = ("tanh", "softsign", "sigmoid")
# Nearer to a limit than this share of the way between them, hardly any gradient is left.
_AT_LIMIT = 0.01


def probe(model: Any, batch: tuple, state: program.State | None = None) -> Probe:
    """Look into a model that is built and compiled, which does not change.

    Args:
        model: the model.
        batch: (x, y, sample_weight) of some rows.
        state: the values to look at; those of the model if None.
    """
    boxes = program.Boxes(model, "train")
    layers = model._flatten_layers()
    places = {id(layer): place for place, layer in enumerate(layers)}
    rows = len(jax.tree.leaves(batch)[0])
    cells = [layer.cell for layer in layers if type(layer).__name__ in RECURRENT]
    kernels = [
        (layer, number)
        for layer in layers
        if not any(layer is cell for cell in cells)
        for number, variable in enumerate(boxes.lists.trainable)
        if variable is getattr(getattr(layer, "cell", layer), "kernel", None)
    ]
    x = batch[0]
    is_series = bool(cells) and getattr(x, "ndim", 0) == 3 and x.dtype.kind == "f"

    def run(state: program.State, batch: tuple, key: jax.Array) -> tuple:
        def loss_of(values: list[jax.Array], x: Any) -> tuple[jax.Array, list[jax.Array]]:
            taken = (x, *batch[1:])
            with boxes.filled(state._replace(trainable=values)), outputs_noted() as noted:
                _, total, _ = program._loss(model, taken, None, rows, True, key)
                return total, [
                    jnp.concatenate([jnp.float32([places[id(layer)]]), _numbers(layer, output)])
                    for layer, output in _of_layers(noted)
                ]

        wanted = (0, 1) if is_series else (0,)
        (gradients, *of_x), found = jax.grad(loss_of, wanted, has_aux=True)(
            state.trainable, batch[0]
        )
        of_kernels = [jnp.sqrt(jnp.square(gradients[n]).mean()) for _, n in kernels]
        return found, of_kernels, [jnp.sqrt(jnp.square(g).mean(axis=(0, 2))) for g in of_x]

    args = (boxes.read() if state is None else state, batch, random.key_from(0))
    run = program.executable(model, ("probe",), lambda run=run: run, args)
    found, sizes, of_steps = jax.device_get(run(*args))
    states = []
    for place, dead, saturated, finite in found:
        layer = layers[int(place)]
        kind, activation = type(layer).__name__, activation_of(layer)
        shares = float(dead), float(saturated)
        states.append(LayerState(layer.name, kind, activation, *shares, bool(finite)))
    gradients = {layer.name: float(size) for (layer, _), size in zip(kernels, sizes)}
    return Probe(rows, tuple(states), gradients, tuple(map(float, of_steps[0])) if of_steps else ())


def _of_layers(noted: list) -> Iterator[tuple[Layer, jax.Array]]:
    """The calls that are the model's own steps, and not steps within one of gyeol's layers.

    What such a layer calls it may call in a loop, whose values cannot be had outside of it.
    """
    for (*around, layer), outputs in noted:
        is_container = isinstance(layer, Model) or (is_foreign(layer) and layer._children())
        if is_container or not all(isinstance(x, Model) or is_foreign(x) for x in around):
            continue
        for output in jax.tree.leaves(outputs):
            if output.size and jnp.issubdtype(output.dtype, jnp.floating) and output.ndim > 1:
                yield layer, output


def _numbers(layer: Layer, output: jax.Array) -> jax.Array:
    """The numbers of a `LayerState`, from `dead` on."""
    values = output.astype(jnp.float32)
    by_unit = values.reshape(len(values), -1, values.shape[-1])
    dead = (by_unit == 0).all(axis=(0, 1)).mean()
    saturated = jnp.float32(0)
    if (activation := activation_of(layer)) in _BENT:
        low, high = RANGES[activation]
        edge = _AT_LIMIT * (high - low)
        saturated = ((values < low + edge) | (values > high - edge)).mean()
    return jnp.stack([dead, saturated, jnp.isfinite(values).all()]).astype(np.float32)
