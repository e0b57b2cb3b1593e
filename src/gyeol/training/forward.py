"""The forward pass of a model by a cached executable: for `predict` and for `model(x)`."""

import inspect
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol.layers.base import Layer, is_foreign
from gyeol.layers.embedding import Embedding
from gyeol.masking import get_mask, set_mask
from gyeol.models.graph import graph_of
from gyeol.training import checks, program
from gyeol.training.feed import as_array
from gyeol.training.stored import filled_up

# Rows at a time where the size of a batch changes nothing but the speed: so many, or up to four
# times as many while the widest layer's outputs for them stay in a core's second cache.
ROWS_AT_A_TIME = 256
_CACHED_FLOATS = 1 << 20


def of(model: Any) -> "Forward":
    """What is settled of a model's forward pass, which holds until the model changes."""
    found = program.known(model)
    if "forward" not in found:
        found["forward"] = Forward(model)
    return found["forward"]


class Forward:
    """What can be said of a model's forward pass without looking at its layers again.

    Args:
        model: the model, with all its variables.

    Attributes:
        fills: whether a batch may be filled up with rows that do not count.
        rows_at_a_time: how many rows are computed at a time if that is up to us.
        heeds_values: whether the values of the inputs are checked, beside their shapes.
        variables: what the program takes beside the batch.
        states: what recurrent layers keep for the next batch.
        runs: executables, by the form of the batch.
    """

    def __init__(self, model: Any):
        layers = model._flatten_layers()
        self.fills = not program.mixes_rows(model, training=False)
        self.rows_at_a_time = _rows_at_a_time(model)
        self.heeds_values = any(isinstance(layer, Embedding) for layer in layers)
        self.boxes = program.Boxes(model, "predict")
        self.variables = self.boxes.lists.others
        self.states = program.kept_states(model)
        self.runs: dict[Any, Callable] = {}
        self._is_whole: bool | None = None

    def executable(self, model: Any, batch: Any) -> Callable:
        """The compiled program for batches of this form, a function of (state, batch)."""
        args = self.boxes.read(), batch
        return program.executable(
            model, ("predict",), lambda: program.predict(model, self.boxes), args
        )

    def is_whole(self, model: Any) -> bool:
        """Whether a call of the model, outside of every program, does what the program does.

        Not so if it assigns, adds to the loss, draws random numbers, or runs code of the user's.
        """
        if self._is_whole is None:
            layers = model._flatten_layers()
            graphs = [graph for graph in map(graph_of, layers) if graph is not None]
            given = [(node.args, node.kwargs) for graph in graphs for node in graph._nodes]
            self._is_whole = (
                graph_of(model) is not None
                and not self.states
                and not any(leaf is True for leaf in jax.tree.leaves(given))
                and all(map(_is_pure, layers))
                and _embeddings_come_first(model, layers)
            )
        return self._is_whole


def _rows_at_a_time(model: Any) -> int:
    graph = graph_of(model)
    if graph is None:
        return ROWS_AT_A_TIME
    shapes = [tensor.shape[1:] for node in graph._nodes for tensor in node.outputs]
    widest = max((math.prod(n or 1 for n in shape) for shape in shapes), default=1)
    fit = 1 << max(_CACHED_FLOATS // widest, 1).bit_length() - 1
    return min(max(fit, ROWS_AT_A_TIME), 4 * ROWS_AT_A_TIME)


def _is_pure(layer: Layer) -> bool:
    cls = type(layer)
    return not (
        is_foreign(layer)
        or layer.activity_regularizer is not None
        or layer._losses
        or cls._prepared is not Layer._prepared
        or _trains_by_default(cls)
    )


def _trains_by_default(cls: type) -> bool:
    training = inspect.signature(cls.call).parameters.get("training")
    return training is not None and training.default is True


def _embeddings_come_first(model: Any, layers: Sequence[Layer]) -> bool:
    """Whether each `Embedding` takes an input of the model, so that its indices can be checked."""
    graph = graph_of(model)
    inputs = {id(tensor) for tensor in graph.inputs}
    first = {
        id(node.operation) for node in graph._nodes if inputs >= set(map(id, node.input_tensors))
    }
    later = {
        id(node.operation)
        for node in graph._nodes
        if not inputs >= set(map(id, node.input_tensors))
    }
    embeddings = {id(layer) for layer in layers if isinstance(layer, Embedding)}
    return embeddings <= first - later


# For `predict` ------------------------------------------------------------------------------


def outputs(model: Any, batch: Any) -> Any:
    """The outputs for one batch, as NumPy arrays; and what recurrent layers keep is kept."""
    return started(model, batch)()


def in_turn(model: Any, batches: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The rows and the outputs of each batch; the next one is on its way to the device by then."""
    waiting: deque[tuple[int, Callable]] = deque()
    for batch in batches:
        waiting.append((len(jax.tree.leaves(batch)[0]), started(model, batch)))
        if len(waiting) > 1:
            rows, finish = waiting.popleft()
            yield rows, finish()
    for rows, finish in waiting:
        yield rows, finish()


def started(model: Any, batch: Any) -> Callable[[], Any]:
    """As `outputs`, but not waited for: a function that does."""
    forward = of(model)
    rows = len(jax.tree.leaves(batch)[0])
    size = size_for(rows) if forward.fills else rows
    batch = jax.tree.map(lambda a: filled_up(a, size), batch)
    run = forward.executable(model, batch)
    if hasattr(batch, "shape"):
        forward.runs[batch.shape, batch.dtype] = run
    found, states, _ = run(forward.boxes.read(), batch)
    for variable, value in zip(forward.states, states):
        variable.assign(value)
    return lambda: jax.tree.map(lambda a: _of_numpy(a, rows, size != rows), found)


def outputs_at_once(model: Any, x: Any, most: int) -> Any:
    """The outputs for a few rows that are looked at no further, as their form was found right.

    Args:
        model: the model.
        x: what a person gave to `predict`.
        most: rows a batch.

    Returns:
        NumPy arrays in the structure of the outputs; None where more has to be looked at.
    """
    if not isinstance(x, (np.ndarray, jax.Array)):
        return None
    forward = program.known(model).get("forward")
    if forward is None or forward.heeds_values or forward.states or x.ndim == 0:
        return None
    rows = len(x)
    if not 0 < rows <= (max(most, ROWS_AT_A_TIME) if forward.fills else most):
        return None
    x = as_array(x, "x")
    if not isinstance(x, (np.ndarray, jax.Array)):
        return None  # it lies in a file
    size = size_for(rows) if forward.fills else rows
    run = forward.runs.get(((size, *x.shape[1:]), x.dtype))
    if run is None:
        return None
    values = [variable._value for variable in forward.variables]
    found, _, _ = run(program.State([], values, [], []), filled_up(x, size))
    return jax.tree.map(lambda a: _of_numpy(a, rows, size != rows), found)


def size_for(rows: int) -> int:
    """The rows of the executable that computes so many: twice as many at most, later an eighth."""
    bits = max(rows - 1, 0).bit_length()
    unit = 1 << (bits if rows <= ROWS_AT_A_TIME else bits - 4)
    return max(-(-rows // unit), 1) * unit


def _of_numpy(array: jax.Array, rows: int, was_filled: bool) -> np.ndarray:
    """A NumPy array of the caller's own."""
    found = np.asarray(array)
    return np.array(found[:rows] if was_filled else found)


# For `model(x)` -----------------------------------------------------------------------------


def called(model: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """The outputs of ``model(x)`` by one run of the program that `predict` has.

    Returns:
        JAX arrays in the structure of the outputs; NotImplemented where the layers must be called
        one by one.
    """
    if len(args) != 1 or not model.built:
        return NotImplemented
    if kwargs and (list(kwargs) != ["training"] or kwargs["training"] not in (None, False)):
        return NotImplemented
    leaves, structure = jax.tree.flatten(args[0])
    if not leaves or not all(map(_is_data, leaves)) or _is_watched():
        return NotImplemented
    rows = leaves[0].shape[0]
    if not rows or any(leaf.shape[0] != rows for leaf in leaves):
        return NotImplemented
    forward = of(model)
    if not forward.is_whole(model):
        return NotImplemented
    values = [variable._value for variable in forward.variables]
    if any(isinstance(value, jax.core.Tracer) for value in values):
        return NotImplemented
    size = rows
    if forward.fills and rows <= ROWS_AT_A_TIME and jax.default_backend() == "cpu":
        size = size_for(rows)
    batch = [_on_its_way(leaf, size) for leaf in leaves]
    form = structure, tuple((leaf.shape, leaf.dtype) for leaf in batch)
    batch = jax.tree.unflatten(structure, batch)
    run = forward.runs.get(form)
    try:
        if forward.heeds_values:
            checks.inputs(model, batch)
        if run is None:
            run = forward.runs[form] = forward.executable(model, batch)
    except Exception:
        # What is wrong with the inputs is said by the layers, called one by one.
        return NotImplemented
    found, _, masks = run(program.State([], values, [], []), batch)
    if size != rows:
        found, masks = jax.tree.map(lambda a: jnp.asarray(np.asarray(a)[:rows]), (found, masks))
    for output, mask in zip(jax.tree.leaves(found), masks):
        if mask is not None:
            set_mask(output, mask)
    return found


def _is_data(leaf: Any) -> bool:
    """Whether it is an array of numbers, with values and without a mask."""
    if isinstance(leaf, np.ndarray):
        return leaf.ndim > 0 and leaf.dtype.kind in "fiub"
    return (
        isinstance(leaf, jax.Array)
        and not isinstance(leaf, jax.core.Tracer)
        and leaf.ndim > 0
        and get_mask(leaf) is None
    )


def _is_watched() -> bool:
    """Whether JAX was asked to look at each operation, or to compute it in another way."""
    settings = jax.config
    return bool(
        settings.jax_disable_jit
        or settings.jax_debug_nans
        or settings.jax_debug_infs
        or settings.jax_default_matmul_precision
    )


def _on_its_way(array: Any, size: int) -> Any:
    """The array in a dtype that JAX has, filled up to so many rows."""
    if isinstance(array, np.ndarray):
        array = array.astype(jax.dtypes.canonicalize_dtype(array.dtype), copy=False)
    return filled_up(array, size)
