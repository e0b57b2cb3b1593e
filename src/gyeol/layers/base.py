"""`Layer`: variables in boxes, built when shapes are known, and one `call` for every purpose.

`call` is ordinary code on arrays. The shape of a symbolic output comes from `jax.eval_shape` of the
same `call`, so a layer writes no shape formula.
"""

import functools
import inspect
import math
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import config, constraints, dtype_policies, initializers, regularizers, room
from gyeol import random as random_
from gyeol.masking import get_mask, has_mask, masks_kept, masks_of, set_mask
from gyeol.ops.lowering import plainly
from gyeol.reasons import reason, said_plainly
from gyeol.serialization import (
    auto_name,
    deserialize,
    exported,
    foreign_noted,
    get_registered_name,
    is_exported,
    serialize,
    serialize_shared,
    settings_of,
    sharing,
)
from gyeol.symbolic import KerasTensor, Node, symbolic_leaves
from gyeol.text import tr, warn
from gyeol.variable import Variable, computing_in, filled, restoring

# Two sizes stand in for an open one: a dimension of the output that differs between them is open.
# They are large enough for any window that a network of this kind puts on an open image size.
_OPEN_SIZES = (240, 368)


class _CallContext(threading.local):
    """What the calls in progress on this thread share."""

    training: bool | None = None
    losses: list | None = None
    # The layers whose calls and builds are in progress, outermost first.
    within: tuple["Layer", ...] = ()
    # Where the outputs of each call are noted, if anyone wants them.
    noted: list[tuple[tuple["Layer", ...], Any]] | None = None


_context = _CallContext()


class _Changes:
    """A mark that is another object as soon as an attribute of any layer was set.

    Whoever takes the mark and then looks at a model knows by it whether to look again.
    """

    mark: object = object()

    def note(self) -> None:
        self.mark = object()


changes = _Changes()


class _Spec(NamedTuple):
    """Shape and dtype of a symbolic output."""

    shape: tuple[int | None, ...]
    dtype: str


# Specs of outputs that were found, by the settings of the layer and the specs of its inputs: the
# next model of a kind is made without tracing any layer.
_specs: dict[Any, Any] = {}
_MOST_SPECS = 4096

# Attributes that say nothing of what a layer computes.
_UNHEEDED = frozenset(
    ("_losses", "_building", "_known", "_compiled", "_programs", "_trained", "_variables_then")
    + ("_run", "history", "stop_training", "_epochs_done", "_said_continuing")
)


@contextmanager
def call_context(training: bool | None, losses: list | None = None) -> Iterator[None]:
    """Set what layers called within learn from outside: the phase, and where losses go."""
    before = _context.training, _context.losses
    _context.training, _context.losses = training, losses
    try:
        with masks_kept():
            yield
    finally:
        _context.training, _context.losses = before


@contextmanager
def outputs_noted() -> Iterator[list[tuple[tuple["Layer", ...], Any]]]:
    """A list that gets the layers in progress, and the outputs, of each call in the block."""
    before, _context.noted = _context.noted, []
    try:
        yield _context.noted
    finally:
        _context.noted = before


@contextmanager
def _within(layer: "Layer") -> Iterator[None]:
    """Let variables made in the block have the layer's name in their paths."""
    before = _context.within
    if not before or before[-1] is not layer:
        _context.within = (*before, layer)
    try:
        yield
    finally:
        _context.within = before


@contextmanager
def unchanged_on_error(layer: "Layer") -> Iterator[None]:
    """If the block raises, give a layer and all within it back the attributes that they had.

    What the block settles for data that is then refused begins anew, too: the optimizer's slots,
    the losses and metrics of each output, and what a metric makes for the shapes of the data.
    """
    optimizer, objective = getattr(layer, "optimizer", None), getattr(layer, "_objective", None)
    parts = [*layer._flatten_layers(), optimizer, getattr(optimizer, "inner_optimizer", None)]
    if objective is not None:
        parts += [objective, *objective.metrics, *objective.given_objects()]
    before = [
        (part, {k: v.copy() if type(v) in (list, dict) else v for k, v in vars(part).items()})
        for part in parts
        if part is not None
    ]
    try:
        yield
    except BaseException:
        for inner, attributes in before:
            vars(inner).clear()
            vars(inner).update(attributes)
        changes.note()
        raise


def _remembered(build: Callable) -> Callable:
    """`build`, which leaves the layer built and the shapes noted, whoever calls it."""
    signature = inspect.signature(build)

    @functools.wraps(build)
    def build_and_note(self: "Layer", *args: Any, **kwargs: Any) -> None:
        shapes = dict(signature.bind(self, *args, **kwargs).arguments)
        if self.built and self._own_variables and not self._building:
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) is built already, for {shapes}. Make a new layer for "
                    "another shape.",
                    name=self.name,
                    layer=type(self).__name__,
                    shapes=self._build_shapes,
                )
            )
        before, self._building = self._building, True
        try:
            with jax.ensure_compile_time_eval(), _within(self):
                build(self, *args, **kwargs)
        finally:
            self._building = before
        del shapes[next(iter(signature.parameters))]  # whatever a user calls `self`
        self._build_shapes = shapes
        self.built = True

    return build_and_note


@exported("keras")
@exported("keras.layers")
class InputSpec:
    """What a layer expects of an input: its number of axes, and the size of some.

    Args:
        dtype: the dtype.
        shape: the whole shape; None for any size.
        ndim: the number of axes.
        max_ndim, min_ndim: bounds on it.
        axes: sizes by axis.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
    ):
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        if self.shape is not None:
            self.axes = {**dict(enumerate(self.shape)), **self.axes}

    def problem(self, shape: tuple[int | None, ...]) -> str | None:
        """What is wrong with a shape, in words; None if nothing is."""
        if self.ndim is not None and len(shape) != self.ndim:
            return tr(
                "it expects {wanted} axes and got {given}", wanted=self.ndim, given=len(shape)
            )
        if self.min_ndim is not None and len(shape) < self.min_ndim:
            return tr(
                "it expects at least {wanted} axes and got {given}",
                wanted=self.min_ndim,
                given=len(shape),
            )
        if self.max_ndim is not None and len(shape) > self.max_ndim:
            return tr(
                "it expects at most {wanted} axes and got {given}",
                wanted=self.max_ndim,
                given=len(shape),
            )
        for axis, size in self.axes.items():
            if size is not None and -len(shape) <= axis < len(shape):
                given = shape[axis]
                if given is not None and given != size:
                    return tr(
                        "it expects size {wanted} on axis {axis} and got {given}",
                        wanted=size,
                        axis=axis,
                        given=given,
                    )
        return None


@exported("keras")
@exported("keras.layers")
class Layer:
    """What every layer is: a `call` on arrays, and the variables it uses.

    Subclass it as in Keras: make variables in `build` with `add_weight`, compute in `call`.

    Args:
        activity_regularizer: a function of the output whose value is added to the loss.
        trainable: whether its variables are trained.
        dtype: a dtype or a dtype policy; the float type of `gyeol.config` by default.
        autocast: whether float inputs are cast to the layer's dtype.
        name: a name, unique in its model.
        input_shape: the shape of the input without the batch, when it is the first of a model.
        input_dim: the same for inputs of one axis.
        batch_input_shape, batch_shape: the shape with the batch.
        batch_size: the size of the batch, with `input_shape`.

    >>> class Twice(Layer):
    ...     def call(self, inputs):
    ...         return 2 * inputs
    >>> Twice()(np.ones((1, 2), "float32")).tolist()
    [[2.0, 2.0]]
    """

    # Whether the mask of an input goes on to the output; a `compute_mask` of one's own says so too.
    supports_masking = False
    # Whether a call outside of every program may be one run of a compiled program.
    _compiles_calls = False

    def __new__(cls, *args: Any, **kwargs: Any) -> "Layer":
        layer = super().__new__(cls)
        # A subclass without a `get_config` of its own is written by the arguments it was made with.
        layer._init_args = (args, kwargs)
        return layer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "compute_mask" in vars(cls):
            cls.supports_masking = True
        if "build" in vars(cls):
            cls.build = _remembered(cls.build)

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        self._batch_input_shape = _batch_input_shape(kwargs)
        if kwargs:
            raise TypeError(
                tr(
                    "{layer} has no argument {names}.",
                    layer=type(self).__name__,
                    names=", ".join(map(repr, kwargs)),
                )
            )
        if name is not None and (not isinstance(name, str) or "/" in name or not name):
            raise ValueError(tr("A layer's name is a string without '/'; got {name!r}.", name=name))
        self.name = name or auto_name(type(self).__name__)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.input_spec: Any = None
        self.built = False
        # None: as what it is in; else what was asked for. `trainable` shows None as True.
        self._trainable: bool | None = None if trainable else False
        self._own_variables: list[Variable] = []
        self._inbound_nodes: list[Node] = []
        self._build_shapes: Any = None
        self._building = False
        self._losses: list[jax.Array] = []

    def __getattr__(self, name: str) -> Any:
        # Python asks here for what it has not found, or for a property that raised AttributeError.
        cls = type(self)
        if hasattr(cls, name) or name.startswith("__"):
            return object.__getattribute__(self, name)
        if "_inbound_nodes" not in vars(self):
            if hasattr(Layer(name="any"), name):
                message = tr(
                    "{layer}.__init__ must call super().__init__() before anything else.",
                    layer=cls.__name__,
                )
                raise AttributeError(message, name=name, obj=self)
        elif not self.built and name in ("kernel", "bias", "embeddings", "gamma", "beta"):
            message = tr(
                "Layer {name!r} ({layer}) has no {attribute!r} yet: it is built when it is first "
                "called, or by build(input_shape).",
                name=self.name,
                layer=cls.__name__,
                attribute=name,
            )
            raise AttributeError(message, name=name, obj=self)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name not in _UNHEEDED:
            changes.note()

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        changes.note()

    # Structure -----------------------------------------------------------------------------

    @property
    def dtype_policy(self) -> Any:
        """The dtypes of the variables and of the computation; setting it changes the latter."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtype_policies.get(value)

    @property
    def dtype(self) -> str:
        """The dtype of the variables."""
        return self.dtype_policy.variable_dtype

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype that float inputs are cast to."""
        return self.dtype_policy.compute_dtype

    def _children(self) -> list["Layer"]:
        """The layers that this one holds, in the order they were assigned."""
        found: list[Layer] = []
        for name, value in vars(self).items():
            if name not in _NOT_STATE:
                _collect(value, Layer, found)
        return [layer for layer in found if layer is not self]

    def _flatten_layers(self) -> list["Layer"]:
        """This layer and all those within it, each once, outer before inner."""
        seen: dict[int, Layer] = {}
        pending: list[Layer] = [self]
        while pending:
            layer = pending.pop(0)
            if id(layer) not in seen:
                seen[id(layer)] = layer
                pending = layer._children() + pending
        return list(seen.values())

    @property
    def variables(self) -> list[Variable]:
        """Every variable of this layer and those within it, in Keras's order."""
        return _unique(self._variables_within(set()))

    def _variables_within(self, seen: set[int]) -> list[Variable]:
        """The variables of this layer and those within it, but for layers that were seen."""
        if id(self) in seen:
            return []
        seen.add(id(self))
        found = self._variables_of_its_own()
        for layer in self._children():
            found += layer._variables_within(seen)
        return found

    def _variables_of_its_own(self) -> list[Variable]:
        """The variables of this layer alone, the trainable ones first."""
        own: list[Variable] = list(self._own_variables)
        for name, value in vars(self).items():
            if name not in _NOT_STATE:
                _collect(value, Variable, own)
        return _unique([v for v in own if v.trainable] + [v for v in own if not v.trainable])

    @property
    def weights(self) -> list[Variable]:
        """The variables, without the states that recurrent layers keep between batches."""
        layers = self._flatten_layers()
        states = {id(v) for layer in layers for v in getattr(layer, "states", None) or ()}
        return [v for v in self.variables if id(v) not in states]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes: none while `trainable` is False.

        A layer that was thawed after the model that it is in was frozen is trained by whatever that
        model is in, as in Keras 3.
        """
        if not self.trainable:
            return []
        met: dict[tuple[int, bool], Layer] = {}
        pending: list[tuple[Layer, bool]] = [(self, True)]
        while pending:
            layer, flag = pending.pop()
            if layer._trainable is not None:
                flag = layer._trainable
            if (id(layer), flag) not in met:
                met[id(layer), flag] = layer
                pending += [(child, flag) for child in layer._children()]
        frozen = {
            id(v)
            for (number, flag), layer in met.items()
            if not flag and (number, True) not in met
            for v in layer._variables_of_its_own()
        }
        return [v for v in self.variables if v.trainable and id(v) not in frozen]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        trained = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trained]

    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    @property
    def trainable(self) -> bool:
        """Whether the variables are trained; setting it sets every layer within too."""
        return self._trainable is not False

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._flatten_layers():
            layer._trainable = bool(value)

    def count_params(self) -> int:
        """The number of values in all variables.

        Raises:
            ValueError: the layer is not built yet.
        """
        if not self.built:
            raise ValueError(
                tr(
                    "{layer} is not built yet, so it has no parameters to count. "
                    "Call it on data, or build it with a shape.",
                    layer=self.name,
                )
            )
        return sum(v.size for v in self.variables)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights as NumPy arrays, in the order of `weights`."""
        return [np.array(v.value) for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights; nothing changes unless all fit.

        Raises:
            ValueError: another number of arrays, or a shape that differs.
        """
        variables = self.weights
        if not variables and len(weights) and not self.built:
            raise ValueError(
                tr(
                    "{layer} is not built yet, so it has no weights to set. "
                    "Call it on data, or build it with a shape.",
                    layer=self.name,
                )
            )
        if len(weights) != len(variables):
            raise ValueError(
                tr(
                    "{layer} has {wanted} weights; set_weights got {given}.",
                    layer=self.name,
                    wanted=len(variables),
                    given=len(weights),
                )
            )
        arrays = [np.asarray(weight) for weight in weights]
        for variable, array in zip(variables, arrays):
            if array.shape != variable.shape:
                raise ValueError(
                    tr(
                        "Weight {name!r} has shape {wanted}; set_weights got {given}.",
                        name=variable.path,
                        wanted=variable.shape,
                        given=array.shape,
                    )
                )
            if array.dtype.kind in "OSUMm":
                raise ValueError(
                    tr(
                        "Weight {name!r} takes numbers; set_weights got an array of {given}.",
                        name=variable.path,
                        given=array.dtype,
                    )
                )
        for variable, array in zip(variables, arrays):
            variable.assign(array)

    # Building ------------------------------------------------------------------------------

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a variable of this layer.

        Args:
            shape: its shape; a scalar by default.
            initializer: its first value; Glorot-uniform for floats, zeros for integers by default.
            dtype: its dtype; the layer's by default.
            trainable: whether an optimizer changes it.
            autocast: whether `call` may see it in the layer's compute dtype.
            regularizer: a function of it whose value is added to the loss.
            constraint: a function applied to it after each update.
            name: its name.

        Returns:
            The variable.
        """
        shape = () if shape is None else tuple(shape)
        if None in shape:
            raise ValueError(
                tr(
                    "Layer {name!r} ({layer}) asks for a weight of shape {shape}, whose sizes must "
                    "be known.",
                    name=self.name,
                    layer=type(self).__name__,
                    shape=shape,
                )
            )
        shape = tuple(int(size) for size in shape)
        dtype = dtype or self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if "float" in str(dtype) else "zeros"
        if not room.take(math.prod(shape) * jnp.dtype(dtype).itemsize):
            raise ValueError(
                tr("Layer {name!r} asks for more weights than the file holds.", name=self.name)
            )
        first = initializers.get(initializer)
        if room.is_bounded() and type(self).load_own_variables is Layer.load_own_variables:
            first = jnp.zeros  # the file has a value for it, or is refused
        variable = Variable(
            first,
            shape=shape,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            aggregation=aggregation,
            name=name,
        )
        names = [layer.name for layer in _context.within]
        if not names or _context.within[-1] is not self:
            names.append(self.name)
        variable.path = "/".join([*names, variable.name])
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._own_variables.append(variable)
        changes.note()
        return variable

    @_remembered
    def build(self, input_shape: Any) -> None:
        """Make the variables, now that the input's shape is known. Override it.

        Args:
            input_shape: the shape with the batch, or the shapes in the structure of the inputs.
        """

    def _ensure_built(self, args: tuple, kwargs: dict[str, Any]) -> None:
        if self.built:
            return
        names = _parameters(type(self), "build")
        bound = _bind(type(self), args, kwargs)
        shapes = {
            f"{name}_shape": _shapes(value)
            for name, value in bound.items()
            if _leaves_with_shape(value)
        }
        if len(names) == 1:
            first = next(iter(shapes.values()), None)
            self.build(first)
        else:
            self.build(**{name: shapes.get(name) for name in names})

    def get_build_config(self) -> dict[str, Any] | None:
        """What `build_from_config` needs: the shape the layer was built for."""
        shapes = {name: s for name, s in (self._build_shapes or {}).items() if s is not None}
        if not shapes:
            return None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {"shapes_dict": shapes}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build for the shape in a config."""
        if self.built:
            return
        if config.get("input_shape") is not None:
            self.build(_as_shape(config["input_shape"]))
        elif "shapes_dict" in config:
            self.build(**_as_shape(config["shapes_dict"]))

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Write this layer's variables into a group of a file, under '0', '1', ..."""
        for i, variable in enumerate(self._variables_of_its_own()):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Read what `save_own_variables` wrote."""
        for i, variable in enumerate(self._variables_of_its_own()):
            variable.assign(store[str(i)])

    # Calling -------------------------------------------------------------------------------

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            tr("{layer} has no call(): write one.", layer=type(self).__name__)
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        is_outermost = not (_context.within or _context.training or _context.losses is not None)
        if self._compiles_calls and is_outermost:
            outputs = self._called_compiled(args, kwargs)
            if outputs is not NotImplemented:
                return outputs
        with _within(self):
            if symbolic_leaves((args, kwargs)):
                return self._call_symbolic(args, kwargs)
            args, kwargs = self._prepared(args, kwargs)
            self._check_inputs(args, kwargs)
            self._ensure_built(args, kwargs)
            return self._call(args, kwargs)

    def _called_compiled(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        """The outputs by a compiled program; NotImplemented where there can be none."""
        return NotImplemented

    def _call(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        training = kwargs.pop("training", None)
        if training is None:
            training = _context.training
        accepts = _parameters(type(self), "call")
        # Said nowhere, it is what the layer's own `call` has as its default.
        if "training" in accepts[len(args) :] and training is not None:
            kwargs["training"] = training
        if kwargs.get("mask") is None and "mask" not in accepts:
            kwargs.pop("mask", None)
        is_mixed = self.autocast and self.compute_dtype != self.variable_dtype
        seen_in = computing_in(self.compute_dtype if is_mixed else None)
        if _context.losses is None:
            self._losses = []
        with call_context(training, _context.losses), seen_in:
            first = args[0] if args else next(iter(kwargs.values()), None)
            mask = self._take_masks(accepts, args, kwargs)
            try:
                outputs = self.call(*args, **kwargs)
            except (TypeError, ValueError) as error:
                raise self._explained(error, args) from None
            if mask is not None or type(self).compute_mask is not Layer.compute_mask:
                self._pass_mask_on(first, outputs, mask)
        if self.activity_regularizer is not None:
            for output in jax.tree.leaves(outputs):
                self.add_loss(self.activity_regularizer(output) / output.shape[0])
        if _context.noted is not None:
            _context.noted.append((_context.within, outputs))
        return outputs

    def _take_masks(self, accepts: tuple[str, ...], args: tuple, kwargs: dict[str, Any]) -> Any:
        """Fill in the mask arguments of `call` that were not given; the mask of the first input."""
        bound = _bind(type(self), args, kwargs)
        inputs = {name: value for name, value in bound.items() if _leaves_with_shape(value)}
        inputs = {name: value for name, value in inputs.items() if not name.endswith("mask")}
        for name, value in inputs.items():
            place = "mask" if len(inputs) == 1 else f"{name}_mask"
            if place in accepts and bound.get(place) is None and has_mask(value):
                kwargs[place] = masks_of(value)
        given = kwargs.get("mask", bound.get("mask"))
        if given is not None:
            return given
        first = next(iter(bound.values()), None)
        return masks_of(first) if has_mask(first) else None

    def _pass_mask_on(self, inputs: Any, outputs: Any, mask: Any) -> None:
        leaves = _leaves_with_shape(outputs)
        if all(get_mask(leaf) is not None for leaf in leaves):
            return
        if not self.supports_masking:
            if any(leaf is not None for leaf in jax.tree.leaves(mask)):
                warn(
                    tr(
                        "Layer {name!r} ({layer}) does not know masks: it was given a masked "
                        "input, and the layers after it see no mask.",
                        name=self.name,
                        layer=type(self).__name__,
                    )
                )
            return
        found = self.compute_mask(inputs, mask)
        masks = found if isinstance(found, (list, tuple)) else [found]
        for leaf, its_mask in zip(leaves, masks):
            if its_mask is not None and get_mask(leaf) is None:
                set_mask(leaf, its_mask)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the output; the input's by default.

        Args:
            inputs: the first argument of `call`.
            previous_mask: its mask, or masks in the structure of the inputs.
        """
        return previous_mask

    def _prepared(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """The arguments with NumPy arrays made JAX's and floats cast to the compute dtype."""

        def prepare(value: Any) -> Any:
            if isinstance(value, Variable):
                value = value.value
            if isinstance(value, np.ndarray):
                if value.dtype.kind in "OUSMm":
                    raise TypeError(
                        tr(
                            "Layer {name!r} ({layer}) takes numbers; got an array of {dtype}, "
                            "such as {example!r}.",
                            name=self.name,
                            layer=type(self).__name__,
                            dtype=value.dtype,
                            example=value.ravel()[:1].tolist(),
                        )
                    )
                value = jnp.asarray(value)
            is_float = isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jnp.floating)
            if self.autocast and is_float and value.dtype != self.compute_dtype:
                mask = get_mask(value)
                value = value.astype(self.compute_dtype)
                if mask is not None:
                    set_mask(value, mask)
            return value

        args = tuple(jax.tree.map(prepare, arg) for arg in args)
        first, *rest = args or (None,)
        if isinstance(first, list) and not _leaves_with_shape(first):
            # Plain nested lists of numbers are taken as one array.
            try:
                first = np.asarray(first, config.floatx())
            except (TypeError, ValueError):
                raise ValueError(
                    tr(
                        "Layer {name!r} ({layer}) takes an array of numbers; this list is none: "
                        "it has text in it, or rows of different lengths.",
                        name=self.name,
                        layer=type(self).__name__,
                    )
                ) from None
            args = (prepare(first), *rest)
        return args, {name: jax.tree.map(prepare, value) for name, value in kwargs.items()}

    def _check_inputs(self, args: tuple, kwargs: dict[str, Any]) -> None:
        if self.input_spec is None:
            return
        inputs = args[0] if args else next(iter(kwargs.values()), None)
        specs = self.input_spec if isinstance(self.input_spec, (list, tuple)) else [self.input_spec]
        leaves = _leaves_with_shape(inputs)
        if len(specs) != len(leaves):
            if len(specs) == 1:
                raise ValueError(self._not_one_array(inputs, len(leaves)))
            return
        for spec, leaf in zip(specs, leaves):
            problem = spec.problem(tuple(leaf.shape))
            if problem:
                raise ValueError(self._refusal(tuple(leaf.shape), problem))

    def _not_one_array(self, inputs: Any, count: int) -> str:
        if count > 1:
            return tr(
                "Layer {name!r} ({layer}) takes one input; got {count}. "
                "Make them one first, by Concatenate() or Add().",
                name=self.name,
                layer=type(self).__name__,
                count=count,
            )
        return tr(
            "Layer {name!r} ({layer}) takes an array or the symbolic output of another layer; "
            "got {given}.",
            name=self.name,
            layer=type(self).__name__,
            given=inputs if inputs is None else type(inputs).__name__,
        )

    def _refusal(self, shape: tuple, problem: str) -> str:
        return tr(
            "Layer {name!r} ({layer}) cannot take an input of shape {shape}: {problem}.",
            name=self.name,
            layer=type(self).__name__,
            shape=_show_shape(shape),
            problem=problem + self._hint(shape),
        )

    def _hint(self, shape: tuple) -> str:
        """What to do about an input of the wrong shape; layers that know override it."""
        return ""

    def _explained(self, error: Exception, args: tuple) -> Exception:
        """Errors from JAX and from `ops` say nothing of layers; the others pass as they are."""
        if not raised_below_layers(error):
            return error
        if "__jax_array__" in str(error):
            return TypeError(
                tr(
                    "Layer {name!r} ({layer}) gives a Variable to a function of JAX, which takes "
                    "arrays. Write self.kernel.value, or use gyeol.ops.",
                    name=self.name,
                    layer=type(self).__name__,
                )
            )
        leaves = _leaves_with_shape(args)
        shape: Any = tuple(leaves[0].shape) if leaves else ()
        if leaves and isinstance(leaves[0], jax.core.Tracer):
            shape = (None, *shape[1:])
        return ValueError(self._refusal(shape, reason(error)))

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to the loss of the training step in progress.

        Args:
            loss: a scalar, computed in `call`, or a list of such.
        """
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            value = jnp.asarray(value)
            if _context.losses is not None:
                _context.losses.append(value)
            elif not isinstance(value, jax.core.Tracer):
                self._losses.append(value)
                changes.note()

    @property
    def losses(self) -> list[jax.Array]:
        """What `add_loss` was given in the last call, and the values of the regularizers."""
        if _context.losses is not None:
            added = list(_context.losses)
        else:
            added = [loss for layer in self._flatten_layers() for loss in layer._losses]
        trained = [v for v in self.trainable_variables if v.regularizer is not None]
        return added + [v.regularizer(v.value) for v in trained]

    # Symbolic calls ------------------------------------------------------------------------

    def _call_symbolic(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        self._check_inputs(args, kwargs)
        self._ensure_built(args, kwargs)
        outputs = self.compute_output_spec(*args, **kwargs)
        for tensor in symbolic_leaves(outputs) if room.is_bounded() else ():
            if math.prod(size or 1 for size in tensor.shape) > room.MOST_VALUES:
                raise ValueError(
                    tr(
                        "Layer {name!r} ({layer}) gives a tensor of shape {shape}, which no memory "
                        "holds.",
                        name=self.name,
                        layer=type(self).__name__,
                        shape=_show_shape(tensor.shape),
                    )
                )
        Node(self, args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The symbolic tensors that `call` gives for symbolic tensors."""
        key = self._spec_key(args, kwargs)
        if key in _specs:
            return jax.tree.map(lambda spec: KerasTensor(*spec), _specs[key], is_leaf=_is_spec)

        def trial(size: int) -> Any:
            leaves, structure = jax.tree.flatten((args, kwargs))
            arrays = [
                jax.ShapeDtypeStruct([size if d is None else d for d in leaf.shape], leaf.dtype)
                if isinstance(leaf, KerasTensor)
                else leaf
                for leaf in leaves
            ]
            shaped = [a for a in arrays if isinstance(a, jax.ShapeDtypeStruct)]

            def run(values: list, held: list) -> Any:
                values = iter(values)
                filled_in = [
                    next(values) if isinstance(a, jax.ShapeDtypeStruct) else a for a in arrays
                ]
                call_args, call_kwargs = jax.tree.unflatten(structure, filled_in)
                # What a variable holds would be computed with, and compiled for, within a build.
                with filled(boxes, held), restoring(), random_.stream(None):
                    return self._call(*self._prepared(call_args, call_kwargs))

            boxes = self.variables
            # The forms made for the CPU take longer to trace, and have the same shapes.
            with said_plainly(size), call_context(False), plainly():
                return jax.eval_shape(run, shaped, [box._value for box in boxes])

        small, large = trial(_OPEN_SIZES[0]), trial(_OPEN_SIZES[1])

        def compare(one: Any, other: Any) -> KerasTensor:
            shape = tuple(a if a == b else None for a, b in zip(one.shape, other.shape))
            return KerasTensor(shape, one.dtype.name)

        outputs = jax.tree.map(compare, small, large)
        if key is not None:
            _specs[key] = jax.tree.map(lambda tensor: _Spec(tensor.shape, tensor.dtype), outputs)
            while len(_specs) > _MOST_SPECS:
                _specs.pop(next(iter(_specs)), None)
        return outputs

    def _spec_key(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        """What the output's shape follows from; None where code of the user's has a part in it."""
        if is_foreign(self) or self._children() or hasattr(self, "program_key"):
            return None
        leaves, structure = jax.tree.flatten((args, kwargs))
        if not all(isinstance(leaf, (KerasTensor, bool, int, float, str)) for leaf in leaves):
            return None
        forms = [
            (leaf.shape, leaf.dtype) if isinstance(leaf, KerasTensor) else (type(leaf), leaf)
            for leaf in leaves
        ]
        settings = settings_of(self)
        if settings is None:
            return None
        return type(self), settings, structure, tuple(forms), config.floatx()

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for the shape of an input, both with the batch."""
        tensors = jax.tree.map(
            lambda shape: KerasTensor(shape, self.compute_dtype),
            input_shape,
            is_leaf=_is_shape,
        )
        if not self.built:
            self._ensure_built((tensors,), {})
        return jax.tree.map(lambda tensor: tensor.shape, self.compute_output_spec(tensors))

    @property
    def input(self) -> Any:
        """The symbolic input of the layer's first call."""
        return self._first_node("input").input_tensors[0]

    @property
    def output(self) -> Any:
        """The symbolic output of the layer's first call."""
        outputs = self._first_node("output").outputs
        return outputs[0] if len(outputs) == 1 else outputs

    def _first_node(self, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                tr(
                    "Layer {name!r} was never called, so it has no {what}.",
                    name=self.name,
                    what=what,
                )
            )
        return self._inbound_nodes[0]

    def stateless_call(
        self,
        trainable_variables: Sequence[Any],
        non_trainable_variables: Sequence[Any],
        *args: Any,
        **kwargs: Any,
    ) -> tuple[Any, list[Any]]:
        """`call` as a pure function of the variables' values.

        Returns:
            The outputs, and what the call leaves in the non-trainable variables.
        """
        rest = self.non_trainable_variables
        with (
            filled(self.trainable_variables, trainable_variables),
            filled(rest, non_trainable_variables),
        ):
            outputs = self(*args, **kwargs)
            return outputs, [v.value for v in rest]

    # Configuration -------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The arguments that make such a layer again, as JSON holds them.

        A subclass that takes arguments of its own and writes no `get_config` is described by what
        it was made with.
        """
        config = self._arguments() if type(self).get_config is Layer.get_config else {}
        config |= {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize(self.dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return config

    def _arguments(self) -> dict[str, Any]:
        """What `__init__` was given, with the defaults of what it was not."""
        args, kwargs = self._init_args
        if type(self).__init__ is Layer.__init__:
            return serialize(kwargs)
        signature = inspect.signature(type(self).__init__)
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        given: dict[str, Any] = {}
        for parameter in list(signature.parameters.values())[1:]:
            value = bound.arguments[parameter.name]
            if parameter.kind is parameter.VAR_KEYWORD:
                given |= value
            elif parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
                if value:
                    raise NotImplementedError(
                        f"{type(self).__name__} takes arguments without names, so it needs a "
                        "get_config() of its own to be saved."
                    )
            else:
                given[parameter.name] = value
        return serialize(given)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """A layer from the arguments that `get_config` gave."""
        if cls.get_config is not Layer.get_config:
            return cls(**config)
        config = {name: deserialize(value) for name, value in config.items()}
        parameters = inspect.signature(cls.__init__).parameters.values()
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            return cls(**config)
        # An `__init__` that does not pass them on has no place for what every layer has.
        accepted = {parameter.name for parameter in parameters}
        layer = cls(**{name: value for name, value in config.items() if name in accepted})
        layer.name = config.get("name", layer.name)
        layer._trainable = None if config.get("trainable", True) else False
        layer.dtype_policy = dtype_policies.get(config.get("dtype"))
        return layer

    def __reduce__(self) -> tuple:
        """What `copy` and `pickle` make a layer of: its config, weights and texts, as in Keras.

        So a copy has parts of its own throughout, and none of the graph that the layer is in.
        """
        with foreign_noted() as foreign:
            config = serialize_shared(self)
        own = {get_registered_name(obj): obj for obj in foreign if obj.__name__ != "<lambda>"}
        texts = [layer.assets() for layer in self._flatten_layers() if hasattr(layer, "assets")]
        return _made_anew, (config, own, [v.numpy() for v in self.variables], texts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _made_anew(
    config: dict[str, Any], own: dict[str, Any], values: list[np.ndarray], texts: list[dict]
) -> Layer:
    """The layer that `Layer.__reduce__` described."""
    with sharing():
        layer = deserialize(config, own, safe_mode=False)
    takers = [inner for inner in layer._flatten_layers() if hasattr(inner, "assets")]
    for inner, its_texts in zip(takers, texts):
        inner.take_assets(its_texts)
    variables = layer.variables
    if len(variables) != len(values):
        raise ValueError(
            tr(
                "{layer} cannot be copied: made again from its config it has {given} variables "
                "and not {wanted}. Make all of them in build().",
                layer=layer.name,
                given=len(variables),
                wanted=len(values),
            )
        )
    for variable, value in zip(variables, values):
        variable.assign(value)
    return layer


# Attributes that hold no state of the layer, although they may lead to other layers.
_NOT_STATE = frozenset(
    (
        "_init_args",
        "_inbound_nodes",
        "_own_variables",
        "input_spec",
        "optimizer",
        "history",
        "_trained",
        "_variables_then",
        "_programs",
        "_known",
        "_compiled",
    )
)


def _collect(value: Any, kind: type, found: list) -> None:
    if isinstance(value, kind):
        found.append(value)
    elif type(value) in (list, tuple, set):
        for item in value:
            _collect(item, kind, found)
    elif type(value) is dict:
        for item in value.values():
            _collect(item, kind, found)


def _is_spec(value: Any) -> bool:
    return isinstance(value, _Spec)


def is_foreign(layer: Layer) -> bool:
    """Whether a layer, or a function that it has, is not gyeol's own."""
    return not is_exported(type(layer)) or any(
        callable(value) and not (is_exported(type(value)) or is_exported(value))
        for value in vars(layer).values()
    )


def attributes(layer: Layer) -> list[Any]:
    """What a layer and those within have as attributes and may compute by, as objects."""
    return [
        value
        for inner in layer._flatten_layers()
        for name, value in vars(inner).items()
        if name not in _UNHEEDED
    ]


def containers(layer: Layer) -> list[tuple[Any, tuple]]:
    """The lists, dicts and sets that a layer and those within have as attributes, with their items.

    Those of gyeol's own that no person is meant to change are left out.
    """
    found: dict[int, tuple[Any, tuple]] = {}

    def collect(value: Any) -> None:
        if type(value) not in (list, dict, set, tuple) or id(value) in found:
            return
        items = tuple(value.values() if type(value) is dict else value)
        found[id(value)] = value, items
        for item in items:
            collect(item)

    for inner in layer._flatten_layers():
        is_own = is_exported(type(inner))
        for name, value in vars(inner).items():
            if not (name in _NOT_STATE or name in _UNHEEDED or (is_own and name.startswith("_"))):
                collect(value)
    return [pair for pair in found.values() if type(pair[0]) is not tuple]


def _unique(items: list) -> list:
    return list({id(item): item for item in items}.values())


@functools.cache
def _parameters(cls: type, method: str) -> tuple[str, ...]:
    """The names of a method's parameters, without `self` and the collecting ones."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = list(inspect.signature(getattr(cls, method)).parameters.values())[1:]
    return tuple(p.name for p in parameters if p.kind not in kinds)


def raised_below_layers(error: Exception) -> bool:
    # JAX takes its own frames out of the traceback and leaves a note that it did.
    if any("JAX" in note for note in getattr(error, "__notes__", ())):
        return True
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    folders = (
        traceback.tb_frame.f_code.co_filename.replace("\\", "/").split("/") if traceback else []
    )
    return "jax" in folders or folders[-3:-1] == ["gyeol", "ops"]


def _bind(cls: type, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {**dict(zip(_parameters(cls, "call"), args)), **kwargs}


def _leaves_with_shape(structure: Any) -> list[Any]:
    return [leaf for leaf in jax.tree.leaves(structure) if hasattr(leaf, "shape")]


def _shapes(structure: Any) -> Any:
    """The shapes to build for; the size of a batch at hand is no part of a layer's form."""

    def shape(leaf: Any) -> Any:
        if not hasattr(leaf, "shape"):
            return None
        if isinstance(leaf, KerasTensor) or not leaf.shape:
            return tuple(leaf.shape)
        return (None, *leaf.shape[1:])

    return jax.tree.map(shape, structure)


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(
        item is None or isinstance(item, int) for item in value
    )


def _as_shape(value: Any) -> Any:
    if _is_shape(value):
        return tuple(value)
    if isinstance(value, dict):
        return {name: _as_shape(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_shape(item) for item in value]
    return value


def _show_shape(shape: Sequence[int | None]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _batch_input_shape(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    """The shape of the input with the batch, from the arguments that can say it."""
    for name in ("batch_input_shape", "batch_shape"):
        if (shape := kwargs.pop(name, None)) is not None:
            return tuple(shape)
    batch_size = kwargs.pop("batch_size", None)
    shape = kwargs.pop("input_shape", None)
    if (size := kwargs.pop("input_dim", None)) is not None:
        shape = (size,)
    if shape is None:
        return None
    return (batch_size, *((shape,) if isinstance(shape, int) else shape))
