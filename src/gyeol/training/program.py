"""Compiled programs: many training steps, an evaluation, a prediction, each as one executable.

A program fills the boxes of the model, the optimizer and the metrics with tracers, runs their
ordinary code, and reads the boxes back. How many steps it takes is an argument, so that one
executable serves runs of any length.
"""

import json
import operator
import re
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import FunctionType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from gyeol import activations, config, random
from gyeol.layers.base import Layer, call_context, changes, containers, is_foreign
from gyeol.masking import masks_kept, masks_of, set_mask
from gyeol.models.graph import graph_of
from gyeol.models.model import Model
from gyeol.ops.fused import gathered
from gyeol.ops.lowering import kernels_wanted, plainly
from gyeol.reasons import said_plainly
from gyeol.serialization import foreign_noted, is_exported, serialize, to_snake_case
from gyeol.training import disk_cache
from gyeol.variable import Variable, filled, restoring

# Executables by structure, shared by all models of one structure in this process.
_shared: OrderedDict[Any, Any] = OrderedDict()
_SHARED_LIMIT = 128
# What a layer's settings are of, where they are no structures.
_PLAIN = frozenset((bool, int, float, str, type(None), FunctionType))
# What a model notes of its training, and its programs do not depend on.
_NOTES = frozenset(("_epochs_done", "_said_continuing", "stop_training"))
# How many programs this process has compiled; the tests hold `fit` to a budget.
compilations = 0


class State(NamedTuple):
    """Everything that training carries from one step to the next."""

    trainable: list[jax.Array]
    others: list[jax.Array]
    slots: list[jax.Array]
    metrics: list[jax.Array]


class Boxes:
    """The variables that a `State` holds the values of.

    Args:
        model: the model.
        kind: 'train', 'test' or 'predict': what a program of that kind needs.
    """

    def __init__(self, model: Any, kind: str):
        training = kind == "train"
        trained = list(model._trained) if training else []
        ids = {id(v) for v in trained}
        found = known(model)
        if "variables" not in found:
            found["variables"] = list(model.variables)
        self.lists = State(
            trained,
            [v for v in found["variables"] if id(v) not in ids],
            list(model.optimizer.variables) if training else [],
            [] if kind == "predict" else list(model._objective.variables),
        )

    def read(self) -> State:
        """The values in the boxes."""
        return State(*([v.value for v in boxes] for boxes in self.lists))

    def write(self, state: State) -> None:
        """Put values into the boxes."""
        for boxes, values in zip(self.lists, state):
            for variable, value in zip(boxes, values):
                variable._value = value

    def filled(self, state: State) -> Any:
        """A context in which the boxes hold these values."""
        stack = ExitStack()
        for boxes, values in zip(self.lists, state):
            stack.enter_context(filled(boxes, values))
        return stack


def train(model: Any, boxes: Boxes, batch_size: int, masked: bool) -> Callable:
    """The program of training steps, to be compiled.

    Returns:
        A function of (state, data, order, numbers, key). `numbers` holds `first`, `steps`, `rows`
        and `before`: it takes `steps` steps, from step `first` on. Step i trains on the rows
        ``order[i * batch_size:][:batch_size]`` of `data`, a tuple (x, y, sample_weight), of which
        the first `rows` count; `before` steps of the epoch came before step 0, so that the epoch's
        `key` gives each step its own. It returns the new state and the logs.
    """
    objective, optimizer = model._objective, model.optimizer
    trainable = boxes.lists.trainable

    def step(state: State, batch: tuple, mask: Any, count: Any, key: jax.Array) -> State:
        _, y, weight = batch
        behind: list[tuple] = []

        def loss_of(values: list[jax.Array]) -> tuple[jax.Array, Any]:
            with boxes.filled(state._replace(trainable=values)):
                outputs, total, parts = _loss(model, batch, mask, count, True, key)
                others = [v.value for v in boxes.lists.others]
                sums = [v.value for v in boxes.lists.metrics]
                leaves = jax.tree.leaves(outputs)
                behind[:], logits = activations.recorded(leaves)
                seen = logits, masks_of(leaves)
                return optimizer.scale_loss(total), (total, parts, outputs, others, sums, seen)

        with activations.logits_recorded(), masks_kept():
            gradient = jax.grad(loss_of, has_aux=True)(state.trainable)
        grads, (total, parts, outputs, others, sums, (logits, masks)) = gradient
        with (
            boxes.filled(state._replace(others=others, metrics=sums)),
            activations.logits_recorded(),
            masks_kept(),
        ):
            # Outside of the gradient the outputs are other objects; metrics see their logits and
            # their masks too.
            leaves = jax.tree.leaves(outputs)
            activations.record_again(leaves, behind, logits)
            for leaf, its_mask in zip(leaves, masks):
                if its_mask is not None:
                    set_mask(leaf, its_mask)
            optimizer.apply(grads, trainable)
            objective.update(y, outputs, weight, mask, count, total, parts)
            return boxes.read()

    def run(
        state: State,
        data: tuple,
        order: jax.Array,
        numbers: jax.Array,
        key: jax.Array,
    ) -> tuple[State, dict]:
        first, steps, rows, before = numbers
        epoch = random.quick(key)

        def body(i: jax.Array, state: State) -> State:
            batch = _batch(data, order, i, batch_size)
            mask, count = _mask(i, rows, batch_size, masked)
            return step(state, batch, mask, count, jax.random.fold_in(epoch, before + i))

        state = lax.fori_loop(first, first + steps, body, state)
        return state, _logs(boxes, state, objective)

    return run


def test(model: Any, boxes: Boxes, batch_size: int, masked: bool) -> Callable:
    """The program of evaluation steps; as `train`, without key.

    Metrics change, and the states of recurrent layers that keep them.
    """
    objective = model._objective

    def run(state: State, data: tuple, order: jax.Array, numbers: jax.Array) -> tuple[State, dict]:
        first, steps, rows, _ = numbers

        def body(i: jax.Array, state: State) -> State:
            batch = _batch(data, order, i, batch_size)
            mask, count = _mask(i, rows, batch_size, masked)
            with boxes.filled(state), activations.logits_recorded(), masks_kept():
                outputs, total, parts = _loss(model, batch, mask, count, False)
                _, y, weight = batch
                objective.update(y, outputs, weight, mask, count, total, parts)
                return boxes.read()

        after = lax.fori_loop(first, first + steps, body, state)
        return after, _logs(boxes, after, objective)

    return run


def predict(model: Any, boxes: Boxes) -> Callable:
    """The program of one forward pass: a function of (state, x).

    It returns the outputs, what recurrent layers keep for the next batch, and the outputs' masks.
    """

    def run(state: State, x: Any) -> tuple[Any, list[jax.Array], list[jax.Array | None]]:
        # A metric of the model's own, updated in `call`, has no part in a prediction.
        with boxes.filled(state), restoring(), masks_kept():
            outputs = call(model, x, training=False)[0]
            states = [v.value for v in kept_states(model)]
            return outputs, states, masks_of(jax.tree.leaves(outputs))

    return run


def kept_states(model: Any) -> list[Variable]:
    """The states that recurrent layers keep from batch to batch."""
    layers = [layer for layer in model._flatten_layers() if getattr(layer, "stateful", False)]
    return [v for layer in layers for v in layer.states or ()]


def call(
    model: Any, x: Any, training: bool, key: jax.Array | None = None
) -> tuple[Any, list[jax.Array]]:
    """The model's outputs, and what its layers added to the loss."""
    added: list[jax.Array] = []
    with call_context(training, added), random.stream(key):
        return model(x), added


def _loss(
    model: Any, batch: tuple, mask: Any, count: Any, training: bool, key: Any = None
) -> tuple[Any, jax.Array, list]:
    """The outputs for a batch, its loss, and the part of each output."""
    x, y, weight = batch
    outputs, added = call(model, x, training, key)
    if has_loss_of_its_own(model):
        with call_context(training, added):
            total = model.compute_loss(x, y, outputs, weight, training)
        return outputs, jnp.asarray(total, jnp.float32), []
    total, parts = model._objective.compute(y, outputs, weight, mask, count)
    return outputs, total + sum(added) + regularization(model), parts


def has_loss_of_its_own(model: Any) -> bool:
    """Whether a subclass computes the loss by a method of its own."""
    return type(model).compute_loss is not Model.compute_loss


def regularization(model: Any) -> Any:
    """The sum of the variables' regularizers."""
    return sum(
        v.regularizer(v.value) for v in model.trainable_variables if v.regularizer is not None
    )


def known(model: Any) -> dict[Any, Any]:
    """What was found out about a model; it is forgotten when an attribute of any layer is set.

    So it is, too, when an item of a list or dict is replaced that a layer has as an attribute.
    """
    mark = changes.mark  # before anything is looked at
    held = model._known
    if held is not None and held[0] is mark:
        for container, items in held[1]:
            now = container.values() if type(container) is dict else container
            if len(now) != len(items) or any(map(operator.is_not, now, items)):
                break
        else:
            return held[2]
    model._known = mark, containers(model), {}
    return model._known[2]


def output_specs(model: Any, x: Any) -> Any:
    """Shapes and dtypes of the outputs for inputs, or specs of inputs, without computing them."""
    leaves, structure = jax.tree.flatten(x)
    key = "specs", structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)
    found = known(model)
    if key not in found:
        found[key] = _specs_of_graph(model, leaves)
    if found[key] is None:
        with said_plainly(), restoring(), plainly():
            found[key] = jax.eval_shape(lambda x: call(model, x, training=False)[0], x)
    return found[key]


def _specs_of_graph(model: Any, inputs: list) -> Any:
    """The specs of the outputs, of a graph in which they have open rows and nothing else open."""
    graph = graph_of(model)
    if graph is None or any(map(is_foreign, model._flatten_layers())):
        return None
    rows = inputs[0].shape[0]
    given = [(None if n == rows else n, *shape) for n, *shape in (leaf.shape for leaf in inputs)]
    if given != [tensor.shape for tensor in graph.inputs]:
        return None
    if any(tensor.shape[:1] != (None,) or None in tensor.shape[1:] for tensor in graph.outputs):
        return None
    return jax.tree.map(
        lambda tensor: jax.ShapeDtypeStruct((rows, *tensor.shape[1:]), tensor.dtype), graph.output
    )


def _batch(data: tuple, order: jax.Array, i: jax.Array, batch_size: int) -> tuple:
    arrays, structure = jax.tree.flatten(data)
    return jax.tree.unflatten(structure, gathered(arrays, order, i * batch_size, batch_size))


def _mask(i: jax.Array, rows: jax.Array, batch_size: int, masked: bool) -> tuple[Any, Any]:
    if not masked:
        return None, batch_size
    left = rows - i * batch_size
    mask = (jnp.arange(batch_size) < left).astype(jnp.float32)
    return mask, jnp.minimum(left, batch_size).astype(jnp.float32)


def _logs(boxes: Boxes, state: State, objective: Any) -> dict:
    with boxes.filled(state):
        return {name: jnp.asarray(value) for name, value in objective.results().items()}


def mixes_rows(model: Layer, training: bool) -> bool:
    """Whether a row's output may depend on the other rows of its batch.

    Layers and functions that are not gyeol's own may do anything.
    """

    def mixes(layer: Layer) -> bool:
        return (
            is_foreign(layer)
            or getattr(layer, "mixes_rows", False)
            or (training and getattr(layer, "mixes_rows_in_training", False))
            or layer.activity_regularizer is not None
        )

    found = known(model)
    if ("mixes", training) not in found:
        found["mixes", training] = any(mixes(layer) for layer in model._flatten_layers())
    return found["mixes", training]


class _Ahead:
    """A program that another thread compiles; who calls it waits for that."""

    def __init__(self, lowered: Any):
        pool = ThreadPoolExecutor(1)
        self._compiled = pool.submit(lowered.compile)
        pool.shutdown(wait=False)

    def __call__(self, *args: Any) -> Any:
        return self._compiled.result()(*args)


def executable(
    model: Any, kind: tuple, make: Callable[[], Callable], args: tuple, ahead: bool = False
) -> Callable:
    """The compiled program of a model for arguments of these shapes.

    It is taken from those of this model, or of any model of the same structure; else compiled.

    Args:
        model: the model.
        kind: what the program does, and with which settings.
        make: makes the function to compile.
        args: its arguments.
        ahead: whether it is not waited for, since another is to be compiled first.
    """
    global compilations
    leaves, structure = jax.tree.flatten(args)
    form = (kind, structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves))
    found = known(model)
    if "layers" not in found:
        found["layers"] = tuple(
            # The id of a layer that is gone may be another's by now.
            (
                weakref.ref(layer),
                layer._trainable,
                layer.compute_dtype,
                getattr(layer, "program_key", None),
                _settings(layer),
            )
            for layer in model._flatten_layers()
        )
    inner = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    rate = getattr(inner, "_learning_rate", None)
    own_key = (form, found["layers"], None if isinstance(rate, Variable) else rate)
    compiled = model._programs.get(own_key)
    if compiled is not None:
        return compiled
    if kind[0] == "train":  # a callback may have changed the model in the middle of its training
        model._require_same_layers()
    fingerprint = _fingerprint(model)
    shared_key = None if fingerprint is None else (form, fingerprint)
    compiled = _shared.get(shared_key) if shared_key else None
    if compiled is None:
        disk_cache.use()
        with said_plainly(), kernels_wanted():
            lowered = jax.jit(make()).lower(*args)
        compiled = _Ahead(lowered) if ahead else lowered.compile()
        compilations += 1
        if shared_key:
            _shared[shared_key] = compiled
            while len(_shared) > _SHARED_LIMIT:
                _shared.popitem(last=False)
    model._programs[own_key] = compiled
    return compiled


def _settings(layer: Layer) -> tuple:
    """The plain attributes of one of gyeol's own layers, such as its activation and its rate.

    People set them anew, and what was compiled before says nothing of that. A layer of the user's
    may change attributes in its own `call`.
    """
    if not is_exported(type(layer)):
        return ()
    attributes = vars(layer).items()
    return tuple([v for name, v in attributes if type(v) in _PLAIN and name not in _NOTES])


def _fingerprint(model: Any) -> str | None:
    """What the model's programs depend on, as text; None if that includes code of the user's.

    Such code may read anything, so its program serves this one model only.
    """
    objective, optimizer = model._objective, model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    parts: list[Any] = [model]
    if objective is not None:
        parts += [optimizer, inner, *objective.losses, *objective.metrics]
    of_variables = [f for v in model.variables for f in (v.regularizer, v.constraint)]
    if not all(is_exported(type(part)) for part in (*parts, *of_variables) if part is not None):
        return None
    try:
        with foreign_noted() as foreign:
            # Some layers learn what is no variable and in no config, such as a vocabulary.
            layers = model._flatten_layers()
            learned = [getattr(layer, "program_key", None) for layer in layers]
            # Layers of one name may be one layer or several.
            places = {id(layer): place for place, layer in enumerate(layers)}
            within = [[places[id(child)] for child in layer._children()] for layer in layers]
            described = {
                "model": serialize(model.get_config()),
                "learned": learned,
                "within": within,
                # A person may have taken a bias away.
                "held": [
                    [n for n, v in vars(x).items() if isinstance(v, Variable)] for x in layers
                ],
            }
            if objective is not None:
                settings = {k: v for k, v in inner.get_config().items() if k != "name"}
                if not isinstance(settings.get("learning_rate"), dict):
                    settings.pop("learning_rate", None)
                if inner is not optimizer:
                    settings["scaled"] = {**optimizer.get_config(), "inner_optimizer": None}
                trained = {id(v) for v in model._trained or ()}
                known = optimizer._trainable_variables_indices
                described |= {
                    "optimizer": [type(inner).__name__, serialize(settings)],
                    "loss": [serialize(loss) for loss in objective.losses],
                    "metrics": [serialize(metric) for metric in objective.metrics],
                    "keys": [key for out in objective._by_output for key, _, _ in out],
                    "weighted": [w for out in objective._by_output for _, _, w in out],
                    "weights": objective._weights,
                    "decayed": [optimizer._use_weight_decay(v) for v in model._trained or ()],
                    "trained": [id(v) in trained for v in model.variables],
                    # An optimizer may have slots for others too.
                    "slots": [known.get(id(v)) for v in model._trained or ()],
                }
        text = json.dumps(described, sort_keys=True, default=str)
    except (TypeError, NotImplementedError):
        return None
    if foreign:
        return None
    # Automatic names number the layers of a process; they say nothing of the structure.
    for number, layer in enumerate(model._flatten_layers()):
        if re.fullmatch(rf"{to_snake_case(type(layer).__name__)}(_\d+)?", layer.name) is None:
            continue  # a name of its own may be a word with a meaning elsewhere, such as "relu"
        text = text.replace(f'"{layer.name}"', f'"layer {number}"')
    return f"{text} {config.floatx()} {config.epsilon()}"
