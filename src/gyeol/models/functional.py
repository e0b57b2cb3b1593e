"""`Functional`: a model given by a graph of layers."""

import functools
import inspect
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gyeol.layers.base import Layer
from gyeol.layers.core import Input, InputLayer
from gyeol.layers.operators import Operator
from gyeol.layers.preprocessing.images import RandomCrop, RandomFlip
from gyeol.masking import get_mask, set_mask
from gyeol.models.graph import layers_by_depth, nodes_in_order
from gyeol.models.model import Model
from gyeol.ops.lowering import forget_made_from
from gyeol.serialization import deserialize, exported, is_exported, serialize
from gyeol.symbolic import KerasTensor, Node, node_of, symbolic_leaves
from gyeol.text import shape_text, tr


@exported("keras")
@exported("keras.models")
@exported("keras.src.models.functional")
class Functional(Model):
    """A model over a graph, from symbolic inputs to symbolic outputs; made by ``Model(inputs,
    outputs)``.

    Args:
        inputs: a symbolic tensor, or a list or dict of them.
        outputs: the same.
        name: a name.
        trainable: whether its layers are trained.
    """

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        name: str | None = None,
        trainable: bool | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            leaves = jax.tree.leaves(structure)
            wrong = [leaf for leaf in leaves if not isinstance(leaf, KerasTensor)]
            if wrong or not leaves:
                raise ValueError(
                    tr(
                        "Model({what}=...) takes symbolic tensors, made by Input(shape=...) and by "
                        "layers called on it; got {given}.",
                        what=what,
                        given=type(wrong[0]).__name__ if wrong else "nothing",
                    )
                )
        if not all(isinstance(node_of(t).operation, InputLayer) for t in jax.tree.leaves(inputs)):
            inputs, outputs = _with_inputs_of_its_own(inputs, outputs)
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self.inputs: list[KerasTensor] = jax.tree.leaves(inputs)
        self.outputs: list[KerasTensor] = jax.tree.leaves(outputs)
        self._nodes = tuple(nodes_in_order(self.inputs, self.outputs))
        self._layers = layers_by_depth(self.inputs, self.outputs, self._nodes)
        uses = Counter(id(tensor) for node in self._nodes for tensor in node.input_tensors)
        uses.update(map(id, self.outputs))
        self._used_again = frozenset(tensor for tensor, count in uses.items() if count > 1)
        names = [layer.name for layer in self._layers]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(
                tr(
                    "Layer names must differ within a model; {names} stand for several layers.",
                    names=", ".join(map(repr, repeated)),
                )
            )
        self.input_names = [node_of(tensor).operation.name for tensor in self.inputs]
        self.output_names = [node_of(tensor).operation.name for tensor in self.outputs]
        self.built = True
        if trainable is not None:
            self.trainable = trainable

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the functions of `gyeol.ops` between them."""
        return [layer for layer in self._layers if not isinstance(layer, Operator)]

    @property
    def operations(self) -> list[Layer]:
        """The layers and the functions of `gyeol.ops`, in the order of the graph."""
        return list(self._layers)

    @property
    def input(self) -> Any:
        return self._inputs_struct

    @property
    def output(self) -> Any:
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        shapes = [tensor.shape for tensor in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        shapes = [tensor.shape for tensor in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def build(self, input_shape: Any = None) -> None:
        self.built = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return None  # the layers within have passed the masks on, or have not

    def call(self, inputs: Any, mask: Any = None) -> Any:
        fitted = self.fitted_inputs(inputs)
        if mask is not None:
            for value, its_mask in zip(fitted, mask if isinstance(mask, list) else [mask]):
                set_mask(value, its_mask)
        values = {id(tensor): value for tensor, value in zip(self.inputs, fitted)}

        def value_of(leaf: Any) -> Any:
            return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

        for node in self._nodes:
            if node.is_input:
                continue
            args, kwargs = jax.tree.map(value_of, (node.args, node.kwargs))
            results = jax.tree.leaves(node.operation(*args, **kwargs))
            for tensor, result in zip(node.outputs, results):
                values[id(tensor)] = result
                if id(tensor) in self._used_again:
                    forget_made_from(result)
        return jax.tree.map(value_of, self._outputs_struct)

    def fitted_inputs(self, inputs: Any) -> list[Any]:
        """The inputs in the model's order, shapes and dtypes.

        A last axis of size 1 is added or taken away where that makes an input fit.

        Raises:
            ValueError: inputs that do not fit.
        """
        return [
            value if isinstance(value, KerasTensor) else _fitted(value, tensor.dtype, shape)
            for value, tensor, shape in self._matched(inputs)
        ]

    def check_inputs(self, inputs: Any) -> None:
        """Raise what `fitted_inputs` raises; arrays or specs of them are only looked at."""
        self._matched(inputs)

    def _matched(self, inputs: Any) -> list[tuple[Any, KerasTensor, tuple]]:
        """Each input with the model's tensor for it and the shape that fits."""
        wanted = self._inputs_struct
        if isinstance(inputs, Mapping):
            names = list(wanted) if isinstance(wanted, Mapping) else self.input_names
            if any(name not in inputs for name in names):
                raise ValueError(
                    tr(
                        "The model's inputs are named {names}; the data has {given}.",
                        names=names,
                        given=list(inputs),
                    )
                )
            inputs = (
                {name: inputs[name] for name in names}
                if isinstance(wanted, Mapping)
                else [inputs[name] for name in names]
            )
        leaves = jax.tree.leaves(inputs)
        if len(leaves) != len(self.inputs):
            raise ValueError(
                tr(
                    "The model has {wanted} inputs; the data has {given}.",
                    wanted=len(self.inputs),
                    given=len(leaves),
                )
            )
        return [
            (value, tensor, self._fitting_shape(tuple(value.shape), tensor.shape))
            for value, tensor in zip(leaves, self.inputs)
        ]

    def _fitting_shape(self, given: tuple, wanted: tuple) -> tuple:
        shape = given
        if len(shape) == len(wanted) + 1 and shape[-1] == 1:
            shape = shape[:-1]
        elif len(shape) == len(wanted) - 1 and wanted[-1] == 1:
            shape = (*shape, 1)
        if len(shape) != len(wanted) or any(
            size not in (None, got) and got is not None for size, got in zip(wanted[1:], shape[1:])
        ):
            raise ValueError(shape_message(self.name, wanted, given))
        return shape

    def get_build_config(self) -> dict[str, Any]:
        return {"input_shape": None}

    def get_config(self) -> dict[str, Any]:
        if type(self) is not Functional and type(self).__init__ is not Functional.__init__:
            return super().get_config()
        nodes = set(self._nodes)

        def place(tensor: KerasTensor, shift: bool = False) -> list[Any]:
            layer, node_index, tensor_index = tensor._keras_history
            kept = sum(node in nodes for node in layer._inbound_nodes[:node_index])
            # Keras counts a model used as a layer from 1 where it names the outputs, but only
            # there.
            return [layer.name, kept + (shift and isinstance(layer, Functional)), tensor_index]

        def described(leaf: Any) -> Any:
            if not isinstance(leaf, KerasTensor):
                return serialize(leaf)
            return {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": list(leaf.shape),
                    "dtype": leaf.dtype,
                    "keras_history": place(leaf),
                },
            }

        def call_of(node: Node) -> dict[str, Any]:
            args, kwargs = jax.tree.map(described, (node.args, node.kwargs))
            return {"args": list(args), "kwargs": {**_noted(node), **kwargs}}

        layers = []
        for layer in self._layers:
            calls = [
                call_of(node)
                for node in layer._inbound_nodes
                if node in nodes and not node.is_input
            ]
            layers.append({**serialize(layer), "name": layer.name, "inbound_nodes": calls})
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": layers,
            "input_layers": jax.tree.map(lambda t: place(t, True), self._inputs_struct),
            "output_layers": jax.tree.map(lambda t: place(t, True), self._outputs_struct),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Functional":
        config = dict(config)
        layers: dict[str, Layer] = {}
        first_calls: dict[str, int] = {}
        waiting: list[tuple[Layer, dict[str, Any]]] = []
        for entry in config.pop("layers"):
            layer = deserialize({k: v for k, v in entry.items() if k != "inbound_nodes"})
            if not isinstance(layer, Layer):
                raise ValueError(f"The config's entry {entry.get('name')!r} is not a layer.")
            layers[entry["name"]] = layer
            # A layer shared with a model within has calls already; the config counts from here.
            first_calls[entry["name"]] = (
                0 if isinstance(layer, InputLayer) else len(layer._inbound_nodes)
            )
            waiting += [(layer, call) for call in entry.get("inbound_nodes", ())]

        def tensor(name: str, node_index: int, tensor_index: int) -> KerasTensor:
            node = layers[name]._inbound_nodes[first_calls[name] + node_index]
            return node.outputs[tensor_index]

        def filled_in(value: Any) -> Any:
            if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
                return tensor(*value["config"]["keras_history"])
            if isinstance(value, dict) and "class_name" not in value:
                return {name: filled_in(item) for name, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [filled_in(item) for item in value]
            return deserialize(value)

        while waiting:
            left, blocked = [], set()
            for layer, call in waiting:
                earlier = id(layer) in blocked
                try:
                    if earlier:
                        raise IndexError
                    args, kwargs = filled_in(call["args"]), filled_in(call["kwargs"])
                except IndexError:
                    left.append((layer, call))
                    blocked.add(id(layer))
                    continue
                except KeyError as error:
                    raise ValueError(f"The config calls a layer {error} that it lacks.") from None
                if kwargs.get("training") == _phase_by_default(layer).get("training", ...):
                    del kwargs["training"]  # the default, not a phase that was asked for
                layer(*args, **kwargs)
            if len(left) == len(waiting):
                raise ValueError("The config's layers do not form a graph that can be run.")
            waiting = left

        def ends(value: Any) -> Any:
            value = list(value) if isinstance(value, tuple) else value
            if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
                name, node_index, tensor_index = value
                return tensor(name, node_index - isinstance(layers[name], Functional), tensor_index)
            if isinstance(value, dict):
                return {name: ends(item) for name, item in value.items()}
            if not isinstance(value, list):
                raise ValueError("The config does not name the model's inputs and outputs.")
            return [ends(item) for item in value]

        inputs, outputs = ends(config.pop("input_layers")), ends(config.pop("output_layers"))
        trainable = config.pop("trainable", True)
        model = cls(inputs=inputs, outputs=outputs, **config)
        # As an argument it would thaw the layers that the config freezes.
        model._take_flags({"trainable": trainable})
        return model


def _noted(node: Node) -> dict[str, Any]:
    """The arguments that Keras notes in the config of a call though they were not given.

    It does so where it calls the layer on the very tensor that it was given: one of the layer's own
    dtype, alone.
    """
    layer = node.operation
    takes_as_it_is = (
        all(value is None for value in node.kwargs.values())
        and len(node.args) == 1
        and isinstance(node.args[0], KerasTensor)
        and node.args[0].dtype == layer.compute_dtype
    )
    if not takes_as_it_is and not isinstance(layer, (Functional, RandomCrop, RandomFlip)):
        return {}
    parameters = inspect.signature(type(layer).call).parameters
    noted: dict[str, Any] = {}
    if "mask" in parameters or (isinstance(layer, Model) and is_exported(type(layer))):
        noted["mask"] = None
    return noted | _phase_by_default(layer)


def _phase_by_default(layer: Layer) -> dict[str, bool]:
    """`training`, if the layer's `call` has a phase for when none is asked for."""
    training = inspect.signature(type(layer).call).parameters.get("training")
    is_phase = training is not None and isinstance(training.default, bool)
    return {"training": training.default} if is_phase else {}


@functools.cache
def with_graph(cls: type) -> type:
    """A subclass of `Model` that calls ``super().__init__(inputs, outputs)``, made functional."""
    return type(cls.__name__, (cls, Functional), {"__module__": cls.__module__})


def shape_message(name: str, wanted: tuple, given: tuple) -> str:
    """What is wrong with an input's shape, and what to do about it."""
    hint = ""
    if given == wanted[1:]:
        hint = tr(" One sample? Add the batch axis: x[None].")
    elif len(wanted) > 2 and ((*given, 1)[1:] == wanted[1:] or given[1:] == wanted[1:-1]):
        hint = tr(" Pictures without a channel axis? Add it: x[..., None].")
    elif len(given) == len(wanted) == 4 and given[2:] == wanted[1:3]:
        hint = tr(" Channels first? Move them to the end: np.moveaxis(x, 1, -1).")
    elif None not in (*wanted[1:], *given[1:]) and math.prod(wanted[1:]) == math.prod(given[1:]):
        hint = tr(" Another form of the same values? x.reshape({shape}).", shape=(-1, *wanted[1:]))
    return tr(
        "Model {name!r} expects inputs of shape {wanted}; got {given}.{hint}",
        name=name,
        wanted=shape_text(wanted),
        given=shape_text(given) if len(given) == len(wanted) else given,
        hint=hint,
    )


def _fitted(value: Any, dtype: str, shape: tuple) -> jax.Array:
    """The array in that dtype and shape, with the mask that it has."""
    mask = get_mask(value)
    fitted = jnp.asarray(value, jax.dtypes.canonicalize_dtype(dtype)).reshape(shape)
    if mask is not None:
        set_mask(fitted, mask)
    return fitted


def _with_inputs_of_its_own(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """The same graph from new inputs on, for a model that begins in the middle of another."""
    flat = jax.tree.leaves(inputs)
    fresh: dict[int, KerasTensor] = {}
    for tensor in flat:
        layer = node_of(tensor).operation
        if isinstance(layer, InputLayer):
            fresh[id(tensor)] = tensor
        else:
            fresh[id(tensor)] = Input(batch_shape=tensor.shape, dtype=tensor.dtype)

    def replaced(leaf: Any) -> Any:
        return fresh.get(id(leaf), leaf)

    for node in nodes_in_order(flat, jax.tree.leaves(outputs)):
        if node.is_input:
            continue
        args, kwargs = jax.tree.map(replaced, (node.args, node.kwargs))
        if symbolic_leaves((args, kwargs)):
            results = jax.tree.leaves(node.operation(*args, **kwargs))
            fresh.update(zip(map(id, node.outputs), results))
    return jax.tree.map(replaced, inputs), jax.tree.map(replaced, outputs)
