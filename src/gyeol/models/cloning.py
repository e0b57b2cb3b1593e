"""`clone_model`: the same structure with new layers and fresh weights."""

from collections.abc import Callable
from typing import Any

import jax

from gyeol.layers.base import Layer
from gyeol.layers.core import Input, InputLayer
from gyeol.models.functional import Functional
from gyeol.models.model import Model
from gyeol.models.sequential import Sequential
from gyeol.serialization import deserialize, exported, serialize
from gyeol.symbolic import KerasTensor, node_of
from gyeol.text import tr


@exported("keras.models")
def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Model:
    """A model of the same structure, of new layers with fresh weights.

    It is compiled like the first, if that was; the optimizer begins anew.

    Args:
        model: the model.
        input_tensors: symbolic tensors to build upon, in the structure of the model's inputs; new
            ones by default.
        clone_function: gives the layer to take for a layer; one of the same config by default.
        call_function: ``fn(layer, *args, **kwargs)`` calls a new layer; functional models only.
        recursive: whether the models within are cloned so too, layer by layer.

    Returns:
        The new model.

    Raises:
        ValueError: arguments that this kind of model does not take.

    >>> from gyeol.layers import Dense
    >>> clone_model(Sequential([Input((4,)), Dense(2)])).count_params()
    10
    """
    clones: dict[int, Layer] = kwargs.pop("cache", {})
    if kwargs:
        raise TypeError(
            tr("clone_model has no argument {names}.", names=", ".join(map(repr, kwargs)))
        )
    if isinstance(model, Sequential) and call_function is not None:
        raise ValueError(
            tr("call_function is for functional models; a Sequential calls its layers itself.")
        )
    if not isinstance(model, (Sequential, Functional)):
        if input_tensors is not None or clone_function is not None or call_function is not None:
            raise ValueError(
                tr(
                    "{model} is a model of its own class: it is cloned whole, from its config, "
                    "without input_tensors, clone_function or call_function.",
                    model=model.name,
                )
            )
        return deserialize(serialize(model), {type(model).__name__: type(model)})

    def clone(layer: Layer) -> Layer:
        if id(layer) not in clones:
            if recursive and isinstance(layer, (Sequential, Functional)):
                call = call_function if isinstance(layer, Functional) else None
                clones[id(layer)] = clone_model(
                    layer, None, clone_function, call, recursive=True, cache=clones
                )
            else:
                clones[id(layer)] = (clone_function or _same)(layer)
        return clones[id(layer)]

    build = _sequential if isinstance(model, Sequential) else _functional
    cloned = build(model, input_tensors, clone, call_function or _called)
    if model.compiled:
        cloned.compile_from_config(model.get_compile_config())
    return cloned


def _same(layer: Layer) -> Layer:
    return type(layer).from_config(layer.get_config())


def _called(layer: Layer, *args: Any, **kwargs: Any) -> Any:
    return layer(*args, **kwargs)


def _sequential(
    model: Sequential, input_tensors: Any, clone: Callable[[Layer], Layer], call: Callable
) -> Sequential:
    layers: list[Any] = [clone(layer) for layer in model.layers]
    tensors = jax.tree.leaves(input_tensors)
    if len(tensors) > 1 or any(not isinstance(tensor, KerasTensor) for tensor in tensors):
        raise ValueError(
            tr("A Sequential model has one input; input_tensors is one symbolic tensor.")
        )
    if tensors:
        is_input = isinstance(node_of(tensors[0]).operation, InputLayer)
        first = tensors if is_input else [_like(tensors[0])]
    else:
        first = [_same(layer) for layer in model._layers[:1] if isinstance(layer, InputLayer)]
    cloned = Sequential([*first, *layers], name=model.name)
    cloned._take_flags({"trainable": model.trainable})
    return cloned


def _functional(
    model: Functional, input_tensors: Any, clone: Callable[[Layer], Layer], call: Callable
) -> Functional:
    if input_tensors is None:
        inputs = jax.tree.map(_like, model.input)
    else:
        inputs = input_tensors
        leaves, structure = jax.tree.flatten(inputs)
        same = structure == jax.tree.structure(model.input)
        if not same or any(not isinstance(tensor, KerasTensor) for tensor in leaves):
            raise ValueError(
                tr(
                    "input_tensors must be symbolic tensors in the structure of the model's "
                    "inputs: {wanted}.",
                    wanted=model.input,
                )
            )
    tensors = dict(zip(map(id, model.inputs), jax.tree.leaves(inputs)))

    def replaced(leaf: Any) -> Any:
        return tensors[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

    for node in model._nodes:
        if not node.is_input:
            args, kwargs = jax.tree.map(replaced, (node.args, node.kwargs))
            outputs = call(clone(node.operation), *args, **kwargs)
            tensors.update(zip(map(id, node.outputs), jax.tree.leaves(outputs)))
    outputs = jax.tree.map(replaced, model.output)
    cloned = Functional(inputs, outputs, name=model.name)
    cloned._take_flags({"trainable": model.trainable})
    return cloned


def _like(tensor: KerasTensor) -> KerasTensor:
    return Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=node_of(tensor).operation.name)
