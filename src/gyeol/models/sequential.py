"""`Sequential`: a model of layers one after the other."""

from collections.abc import Sequence
from typing import Any

from gyeol.layers.base import Layer
from gyeol.layers.core import InputLayer
from gyeol.masking import set_mask
from gyeol.models.functional import Functional
from gyeol.models.model import Model
from gyeol.serialization import auto_name, deserialize, exported, serialize
from gyeol.symbolic import KerasTensor, node_of
from gyeol.text import tr


@exported("keras.models")
@exported("keras")
class Sequential(Model):
    """Layers one after the other.

    It is built as soon as the input's shape is known: from `Input`, from `input_shape=` of the
    first layer, or from the first data.

    Args:
        layers: the layers.
        trainable: whether they are trained.
        name: a name.

    >>> from gyeol.layers import Dense, Input
    >>> Sequential([Input(shape=(784,)), Dense(64), Dense(10)]).count_params()
    50890
    """

    def __init__(
        self,
        layers: Sequence[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ):
        if isinstance(trainable, Layer):
            raise ValueError(tr("Sequential takes its layers in one list: Sequential([a, b])."))
        super().__init__(trainable=trainable, name=name)
        self._layers: list[Layer] = []
        self._graph: Functional | None = None
        if isinstance(layers, (Layer, KerasTensor)):
            layers = [layers]
        for layer in layers or ():
            self._append(layer)
        self._rebuild()

    def add(self, layer: Any) -> None:
        """Put a layer at the end.

        Raises:
            ValueError: not a layer, or one whose name the model has already.
        """
        before = list(self._layers), self._graph, self.built
        try:
            self._append(layer)
            self._rebuild()
        except BaseException:
            self._layers, self._graph, self.built = before
            raise

    def pop(self) -> Layer:
        """Take the last layer away and return it."""
        if not self.layers:
            raise ValueError(tr("The model has no layer to take away."))
        layer = self._layers.pop()
        self._rebuild()
        return layer

    def _append(self, layer: Any) -> None:
        if isinstance(layer, KerasTensor) and isinstance(node_of(layer).operation, InputLayer):
            layer = node_of(layer).operation
        if not isinstance(layer, Layer):
            hint = tr(" (its class? add the parentheses)") if isinstance(layer, type) else ""
            raise ValueError(
                tr(
                    "Sequential takes layers; got {given}{hint}.",
                    given=type(layer).__name__ if hasattr(layer, "shape") else repr(layer),
                    hint=hint,
                )
            )
        if any(other.name == layer.name for other in self._layers):
            raise ValueError(
                tr(
                    "The model has a layer named {name!r} already; give this one another name.",
                    name=layer.name,
                )
            )
        if any(inner is self for inner in layer._flatten_layers()):
            raise ValueError(tr("Model {name!r} cannot be a layer of itself.", name=self.name))
        if isinstance(layer, InputLayer) and self._layers:
            raise ValueError(tr("Input comes first in a Sequential model, and once."))
        if not self._layers and layer._batch_input_shape is not None:
            self._layers.append(
                InputLayer(batch_shape=layer._batch_input_shape, dtype=layer.compute_dtype)
            )
        self._layers.append(layer)

    def _rebuild(self) -> None:
        self.built, self._graph, self._programs = False, None, {}
        if len(self._layers) < 2:
            return
        first = self._layers[0]
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif len(_inputs_of(first)) == 1:
            self.build(first.input_shape)

    def build(self, input_shape: Any = None) -> None:
        """Build the layers for the shape of an input, with the batch."""
        if not self._layers:
            raise ValueError(tr("The model has no layers yet: add some."))
        if self._graph is not None:
            return
        if input_shape is None:
            raise ValueError(tr("build needs the shape of an input, such as (None, 784)."))
        if not isinstance(input_shape, (tuple, list)):
            raise ValueError(
                tr(
                    "build takes the shape of an input with the batch, such as (None, 784); got "
                    "{given!r}.",
                    given=input_shape,
                )
            )
        if not isinstance(self._layers[0], InputLayer):
            first = self._layers[0]
            dtype = next((tensor.dtype for tensor in _inputs_of(first)), first.compute_dtype)
            self._layers.insert(0, InputLayer(batch_shape=tuple(input_shape), dtype=dtype))
        tensor = inputs = self._layers[0].output
        for layer in self._layers[1:]:
            tensor = _called_on(layer, tensor)
        self._graph = Functional(inputs, tensor, name=self.name)
        # In Keras the graph within takes an automatic name too, and the next model counts on.
        auto_name("Functional")
        self.built = True

    def _children(self) -> list[Layer]:
        return list(self._layers)

    @property
    def layers(self) -> list[Layer]:
        return [layer for layer in self._layers if not isinstance(layer, InputLayer)]

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return None  # the layers within have passed the masks on, or have not

    def call(self, inputs: Any, mask: Any = None) -> Any:
        if self._graph is not None:
            return self._graph.call(inputs, mask)
        if mask is not None:
            set_mask(inputs, mask)
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def _of_graph(self, name: str) -> Any:
        if self._graph is None:
            raise AttributeError(
                tr(
                    "The model is not built yet, so it has no {name}. "
                    "Begin it with Input(shape=...), or call it on data.",
                    name=name,
                )
            )
        return getattr(self._graph, name)

    @property
    def inputs(self) -> list[KerasTensor]:
        return self._of_graph("inputs")

    @property
    def outputs(self) -> list[KerasTensor]:
        return self._of_graph("outputs")

    @property
    def input(self) -> KerasTensor:
        return self._of_graph("input")

    @property
    def output(self) -> Any:
        return self._of_graph("output")

    @property
    def input_shape(self) -> tuple:
        return self._of_graph("input_shape")

    @property
    def output_shape(self) -> Any:
        return self._of_graph("output_shape")

    @property
    def output_names(self) -> list[str]:
        return self._of_graph("output_names")

    def get_config(self) -> dict[str, Any]:
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self.dtype_policy),
            "layers": [serialize(layer) for layer in self._layers],
        }
        if self._graph is not None:
            config["build_input_shape"] = self._layers[0].batch_shape
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Sequential":
        model = cls([deserialize(entry) for entry in config["layers"]], name=config.get("name"))
        if model._graph is None and config.get("build_input_shape"):
            model.build(tuple(config["build_input_shape"]))
        model._take_flags(config)
        return model


def _inputs_of(layer: Layer) -> list[KerasTensor]:
    """The symbolic inputs of a model that has them already; none of another layer."""
    return getattr(layer, "inputs", []) if isinstance(layer, Model) else []


def _called_on(layer: Layer, tensor: KerasTensor) -> KerasTensor:
    """The layer's output for a tensor; that of the call already made, if there was one."""
    for node in layer._inbound_nodes:
        if len(node.input_tensors) == 1 and node.input_tensors[0] is tensor:
            return node.outputs[0]
    return layer(tensor)
