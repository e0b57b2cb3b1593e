"""Names of `tensorflow` itself, besides its mathematics."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import initializers, variable
from gyeol.compat.operations import tensor_function
from gyeol.compat.tensors import DType, TensorShape, array, canonical
from gyeol.compat.tf import tape as _tape
from gyeol.compat.tf.small import logging as _logging
from gyeol.compat.usage import refused, usage
from gyeol.symbolic import KerasTensor

# A release that parses as one, and says that this is not it.
__version__ = "2.16.0+gyeol"

bfloat16 = DType("bfloat16")
bool = DType("bool")
complex64 = DType("complex64")
double = float64 = DType("float64")
half = float16 = DType("float16")
float32 = DType("float32")
int8, int16, int32, int64 = (DType(f"int{bits}") for bits in (8, 16, 32, 64))
uint8, uint16, uint32, uint64 = (DType(f"uint{bits}") for bits in (8, 16, 32, 64))
string = DType("string")
dtypes = DType
newaxis = None
Tensor = jax.Array
GradientTape = _tape.GradientTape
Module = object

__all__ = [
    *(
        "DType",
        "GradientTape",
        "Module",
        "Tensor",
        "TensorShape",
        "Variable",
        "bfloat16",
        "bool",
        "complex64",
    ),
    *("double", "float16", "float32", "float64", "half", "int16", "int32", "int64", "int8"),
    *("newaxis", "string", "uint16", "uint32", "uint64", "uint8"),
]


def _public(function: Callable) -> Callable:
    __all__.append(function.__name__)
    return function


def _tensors(function: Callable) -> Callable:
    return _public(tensor_function(function))


class _VariableKind(type):
    """`isinstance(x, tf.Variable)` holds for every variable, those of layers too."""

    def __instancecheck__(cls, obj: Any) -> Any:
        return isinstance(obj, variable.Variable)


class Variable(variable.Variable, metaclass=_VariableKind):
    """A variable, with TensorFlow's arguments.

    Args:
        initial_value: its value, or a function that returns it.
        trainable: whether it is trained.
        dtype: its dtype; that of the value by default.
        name: a name.
    """

    __slots__ = ()

    def __init__(
        self,
        initial_value: Any = None,
        trainable: Any = True,
        validate_shape: Any = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        **_: Any,
    ):
        value = initial_value() if callable(initial_value) else initial_value
        super().__init__(array(value, dtype), trainable=trainable is not False, name=name)

    def read_value(self) -> jax.Array:
        return self.value


def _variable_repr(self: variable.Variable) -> str:
    return (
        f"<tf.Variable '{self.name}:0' shape={self.shape} dtype={self.dtype}, "
        f"numpy={np.asarray(self.value)!r}>"
    )


Variable.__repr__ = _variable_repr


# Making tensors -----------------------------------------------------------------------------


@_tensors
def constant(value: Any, dtype: Any = None, shape: Any = None) -> jax.Array:
    """A tensor with this value."""
    made = array(value, dtype)
    if shape is None:
        return made
    return jnp.broadcast_to(made, shape) if made.size == 1 else made.reshape(tuple(shape))


@_tensors
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None) -> jax.Array:
    """A tensor with this value."""
    return array(value, dtype)


@_tensors
def cast(x: Any, dtype: Any) -> jax.Array:
    """`x` in another dtype; a fraction is cut off when it becomes a whole number."""
    return array(x).astype(canonical(dtype))


@_tensors
def identity(input: Any) -> jax.Array:
    """The tensor itself."""
    return array(input)


@_tensors
def zeros(shape: Any, dtype: Any = "float32") -> jax.Array:
    """Zeros."""
    return jnp.zeros(_sizes(shape), canonical(dtype))


@_tensors
def ones(shape: Any, dtype: Any = "float32") -> jax.Array:
    """Ones."""
    return jnp.ones(_sizes(shape), canonical(dtype))


@_tensors
def fill(dims: Any, value: Any) -> jax.Array:
    """One value everywhere."""
    return jnp.full(_sizes(dims), array(value))


@_tensors
def zeros_like(input: Any, dtype: Any = None) -> jax.Array:
    """Zeros in the shape of a tensor."""
    return jnp.zeros_like(array(input), canonical(dtype))


@_tensors
def ones_like(input: Any, dtype: Any = None) -> jax.Array:
    """Ones in the shape of a tensor."""
    return jnp.ones_like(array(input), canonical(dtype))


@_tensors
def eye(num_rows: int, num_columns: Any = None, batch_shape: Any = None, dtype: Any = "float32"):
    """The identity matrix."""
    matrix = jnp.eye(num_rows, num_columns, dtype=canonical(dtype))
    return (
        matrix if batch_shape is None else jnp.broadcast_to(matrix, (*batch_shape, *matrix.shape))
    )


@_tensors
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None) -> jax.Array:
    """Numbers in a row."""
    return jnp.arange(start, limit, delta, canonical(dtype))


@_tensors
def linspace(start: Any, stop: Any, num: int) -> jax.Array:
    """`num` numbers from `start` to `stop`."""
    return jnp.linspace(start, stop, num)


@_tensors
def one_hot(
    indices: Any,
    depth: int,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
) -> jax.Array:
    """Indices as vectors with a single one."""
    vectors = jax.nn.one_hot(
        array(indices),
        int(depth),
        dtype=canonical(dtype or "float32"),
        axis=-1 if axis is None else axis,
    )
    if on_value is None and off_value is None:
        return vectors
    on, off = 1 if on_value is None else on_value, 0 if off_value is None else off_value
    return jnp.where(vectors == 1, on, off).astype(canonical(dtype or vectors.dtype))


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in np.atleast_1d(np.asarray(shape, int)))


# Shapes -------------------------------------------------------------------------------------


@_public
def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The shape as a tensor; within a model or a program, as a tuple of sizes."""
    sizes = tuple(input.shape) if hasattr(input, "shape") else np.shape(input)
    symbolic = isinstance(input, (KerasTensor, jax.core.Tracer))
    return sizes if symbolic else jnp.asarray(sizes, "int32")


@_public
def rank(input: Any, name: str | None = None) -> Any:
    """The number of axes."""
    return jnp.asarray(len(input.shape) if hasattr(input, "shape") else np.ndim(input))


@_public
def size(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The number of elements."""
    return jnp.asarray(np.size(array(input)))


@_tensors
def reshape(tensor: Any, shape: Any) -> jax.Array:
    """A tensor in another shape."""
    return jnp.reshape(array(tensor), _sizes(shape))


@_tensors
def expand_dims(input: Any, axis: int = 0, dim: int | None = None) -> jax.Array:
    """A tensor with an axis of size 1 more."""
    return jnp.expand_dims(array(input), axis if dim is None else dim)


@_tensors
def squeeze(input: Any, axis: Any = None) -> jax.Array:
    """A tensor without axes of size 1."""
    return jnp.squeeze(array(input), tuple(axis) if isinstance(axis, list) else axis)


@_tensors
def transpose(a: Any, perm: Any = None, conjugate: Any = False) -> jax.Array:
    """A tensor with its axes in another order."""
    return jnp.transpose(array(a), perm)


@_tensors
def concat(values: Sequence[Any], axis: int) -> jax.Array:
    """Tensors joined along an axis."""
    return jnp.concatenate([array(value) for value in values], axis)


@_tensors
def stack(values: Sequence[Any], axis: int = 0) -> jax.Array:
    """Tensors side by side along a new axis."""
    return jnp.stack([array(value) for value in values], axis)


@_tensors
def unstack(value: Any, num: Any = None, axis: int = 0) -> list[jax.Array]:
    """The parts of a tensor along an axis."""
    return list(jnp.moveaxis(array(value), axis, 0))


@_tensors
def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None) -> list[jax.Array]:
    """Parts of a tensor: of equal size, or of the sizes given."""
    parts = num_or_size_splits
    if not isinstance(parts, int):
        parts = np.cumsum(parts)[:-1].tolist()
    return list(jnp.split(array(value), parts, axis))


@_tensors
def tile(input: Any, multiples: Any) -> jax.Array:
    """A tensor repeated as a whole."""
    return jnp.tile(array(input), _sizes(multiples))


@_tensors
def repeat(input: Any, repeats: Any, axis: Any = None) -> jax.Array:
    """Each element repeated."""
    return jnp.repeat(array(input), repeats, axis)


@_tensors
def reverse(tensor: Any, axis: Any) -> jax.Array:
    """A tensor the other way round along axes."""
    return jnp.flip(array(tensor), axis)


@_tensors
def roll(input: Any, shift: Any, axis: Any) -> jax.Array:
    """A tensor rolled along axes."""
    return jnp.roll(array(input), shift, axis)


@_tensors
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> jax.Array:
    """A tensor with margins."""
    widths = [tuple(int(width) for width in pair) for pair in np.asarray(paddings)]
    if mode.upper() == "CONSTANT":
        return jnp.pad(array(tensor), widths, constant_values=constant_values)
    return jnp.pad(array(tensor), widths, mode=mode.lower())


@_tensors
def broadcast_to(input: Any, shape: Any) -> jax.Array:
    """A tensor repeated to a shape."""
    return jnp.broadcast_to(array(input), _sizes(shape))


@_tensors
def slice(input_: Any, begin: Any, size: Any) -> jax.Array:
    """A part of a tensor; size -1 is the rest."""
    x = array(input_)
    ends = (None if n == -1 else b + n for b, n in zip(_sizes(begin), _sizes(size)))
    return x[tuple(map(_slice, _sizes(begin), ends))]


_slice = type(np.s_[:])


# Choosing -----------------------------------------------------------------------------------


@_tensors
def where(condition: Any, x: Any = None, y: Any = None) -> jax.Array:
    """`x` where the condition holds, else `y`; with the condition alone, the places."""
    if x is None:
        return jnp.argwhere(array(condition))
    return jnp.where(array(condition).astype("bool"), array(x), array(y))


@_tensors
def gather(params: Any, indices: Any, axis: Any = None, batch_dims: int = 0) -> jax.Array:
    """Elements by their places along an axis."""
    params, indices = array(params), array(indices)
    if batch_dims == 0:
        return jnp.take(params, indices, axis=axis or 0)
    take = functools.partial(jnp.take, axis=(axis or batch_dims) - batch_dims)
    for _ in np.arange(batch_dims):
        take = jax.vmap(take)
    return take(params, indices)


@_tensors
def gather_nd(params: Any, indices: Any) -> jax.Array:
    """Elements by rows of places."""
    return array(params)[tuple(jnp.moveaxis(array(indices), -1, 0))]


@_tensors
def boolean_mask(tensor: Any, mask: Any, axis: Any = None) -> jax.Array:
    """The elements where the mask holds."""
    return jnp.compress(array(mask), array(tensor), axis=axis or 0)


@_tensors
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any) -> jax.Array:
    """A tensor cut to the range."""
    return jnp.clip(array(t), clip_value_min, clip_value_max)


@_tensors
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None) -> jax.Array:
    """A tensor scaled down to at most this norm."""
    t = array(t)
    norm = jnp.sqrt(jnp.sum(t * t, axes, keepdims=True))
    return t * clip_norm / jnp.maximum(norm, clip_norm)


@_public
def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """Tensors scaled down so that all together have at most this norm; and their norm."""
    norm = use_norm if use_norm is not None else global_norm(t_list)
    scale = clip_norm / jnp.maximum(norm, clip_norm)
    return [None if t is None else t * scale for t in t_list], norm


@_public
def global_norm(t_list: Sequence[Any], name: str | None = None) -> Any:
    """The norm of all tensors together."""
    return jnp.sqrt(sum(jnp.sum(jnp.square(array(t))) for t in t_list if t is not None))


@_tensors
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING") -> jax.Array:
    """The elements in order."""
    return jnp.sort(array(values), axis, descending=direction == "DESCENDING")


@_tensors
def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: Any = False
) -> jax.Array:
    """The places of the elements in order."""
    return jnp.argsort(array(values), axis, descending=direction == "DESCENDING").astype("int32")


@_public
def unique(x: Any, out_idx: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """The different elements in the order of their first place, and which of them each is."""
    values, first, places = np.unique(np.asarray(x), return_index=True, return_inverse=True)
    order = np.argsort(first)
    return jnp.asarray(values[order]), jnp.asarray(np.argsort(order)[places])


@_tensors
def einsum(equation: str, *inputs: Any) -> jax.Array:
    """Sums of products, by their equation."""
    return jnp.einsum(equation, *[array(x) for x in inputs])


@_tensors
def stop_gradient(input: Any) -> jax.Array:
    """The tensor itself, through which no gradient goes."""
    return jax.lax.stop_gradient(array(input))


@_tensors
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any) -> jax.Array:
    """A tensor with some elements replaced."""
    return array(tensor).at[tuple(jnp.moveaxis(array(indices), -1, 0))].set(array(updates))


@_tensors
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = False) -> jax.Array:
    """The norm of a tensor."""
    x = array(tensor)
    if axis is None:
        x = x.ravel()
    return jnp.linalg.norm(x, None if ord == "euclidean" else ord, axis, keepdims)


# Running ------------------------------------------------------------------------------------


@_public
def function(func: Callable | None = None, **_: Any) -> Callable:
    """The function as it is: its tensors are computed at once."""
    if func is None:
        return function
    usage.translated("@tf.function", "runs as it is")
    return func


@_public
def executing_eagerly() -> Any:
    """True."""
    return True


@_public
def is_tensor(x: Any) -> Any:
    """Whether `x` is a tensor, a variable or a symbolic tensor."""
    return isinstance(x, (jax.Array, variable.Variable, KerasTensor))


@_public
def cond(pred: Any, true_fn: Callable, false_fn: Callable, name: str | None = None) -> Any:
    """The result of one function or the other."""
    if isinstance(pred, jax.core.Tracer):
        return jax.lax.cond(pred, true_fn, false_fn)
    return true_fn() if pred else false_fn()


@_public
def map_fn(fn: Callable, elems: Any, **_: Any) -> Any:
    """A function applied to each row."""
    return jax.lax.map(fn, jax.tree.map(array, elems))


@_public
def vectorized_map(fn: Callable, elems: Any, **_: Any) -> Any:
    """A function applied to all rows at once."""
    return jax.vmap(fn)(jax.tree.map(array, elems))


@_public
def py_function(func: Callable, inp: Sequence[Any], Tout: Any, name: str | None = None) -> Any:
    """A Python function applied to tensors."""
    return func(*inp)


numpy_function = _public(py_function)


@_public
def print(*inputs: Any, sep: str = " ", end: str = "\n", **_: Any) -> None:
    """Print tensors as TensorFlow does: their values alone."""
    import builtins
    import sys

    shown = [np.asarray(x) if is_tensor(x) else x for x in inputs]
    builtins.print(*shown, sep=sep, end=end, file=sys.stderr)


def _accepted(what: str) -> Callable:
    @contextmanager
    def scope(*_: Any, **__: Any) -> Iterator[None]:
        usage.translated(what, "accepted")
        yield

    return scope


device = _accepted("tf.device()")
name_scope = _accepted("tf.name_scope()")
control_dependencies = _accepted("tf.control_dependencies()")
init_scope = _accepted("tf.init_scope()")


@_public
def get_logger() -> Any:
    """A logger, to set the level of."""
    return _logging.get_logger()


class TensorSpec:
    """A shape and a dtype.

    Args:
        shape: the shape.
        dtype: the dtype.
        name: a name.
    """

    def __init__(self, shape: Any = None, dtype: Any = "float32", name: str | None = None):
        self.shape, self.dtype, self.name = TensorShape(shape or ()), dtype, name


constant_initializer = initializers.Constant
ones_initializer = initializers.Ones
random_normal_initializer = initializers.RandomNormal
random_uniform_initializer = initializers.RandomUniform
zeros_initializer = initializers.Zeros
while_loop = refused("tf.while_loop", "Write the loop in Python.")
Session = refused("tf.Session", "Programs for TensorFlow 1's graphs are not run.")
placeholder = refused("tf.placeholder", "Programs for TensorFlow 1's graphs are not run.")
global_variables_initializer = refused("tf.global_variables_initializer")
get_variable = refused("tf.get_variable", "Use tf.Variable.")
RaggedTensor = refused("tf.RaggedTensor")
SparseTensor = refused("tf.SparseTensor")
TensorArray = refused("tf.TensorArray")
lookup = refused("tf.lookup", "Use the layers StringLookup and IntegerLookup.")
__all__ += ["TensorSpec", "control_dependencies", "device", "init_scope", "name_scope"]
