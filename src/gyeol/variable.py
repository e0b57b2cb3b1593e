"""`Variable`: a box with a value.

A layer reads its variables as if they were arrays. To compile, a program puts tracers into the
boxes, runs the layer's ordinary `call`, and reads the boxes back (see `filled`).
"""

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gyeol import config

_local = threading.local()
_OF_NUMPY = (np.ndarray, np.generic)


class Variable:
    """A value that layers, metrics and optimizers keep and change, as `keras.Variable`.

    It works as an array in arithmetic, indexing and `gyeol.ops`. The functions of `jax.numpy` take
    its `value`.

    Args:
        initializer: an array, or a function of (shape, dtype) that returns one.
        shape: the shape, needed with a function.
        dtype: the dtype; the float type of `gyeol.config` by default.
        trainable: whether an optimizer changes it.
        name: a name, by which files and `summary` know it.

    >>> count = Variable(0.0, name="count")
    >>> count.assign_add(2.0)
    >>> float(count * 3)
    6.0
    """

    __slots__ = (
        "__weakref__",
        "_value",
        "aggregation",
        "autocast",
        "constraint",
        "name",
        "overwrite_with_gradient",
        "path",
        "regularizer",
        "trainable",
    )
    __array_priority__ = 100

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        name: str | None = None,
    ):
        if callable(initializer):
            if shape is None:
                raise ValueError("A Variable made with a function needs its shape.")
            value = initializer(tuple(shape), dtype=dtype or config.floatx())
        else:
            value = initializer
            if dtype is None and not hasattr(value, "dtype"):
                kind = np.asarray(value).dtype.kind
                dtype = config.floatx() if kind == "f" else None
        # A layer may be built while its model is being traced; its first value is concrete all the
        # same.
        with jax.ensure_compile_time_eval():
            self._value = held(value, dtype and jax.dtypes.canonicalize_dtype(dtype))
        self.trainable = trainable
        self.autocast = autocast
        self.aggregation = aggregation
        self.name = name or "variable"
        self.path = self.name
        self.regularizer: Callable | None = None
        self.constraint: Callable | None = None
        self.overwrite_with_gradient = False

    @property
    def value(self) -> jax.Array:
        """The array in the box; inside a program, the tracer that stands for it.

        Within `computing_in`, a float value comes in that dtype.
        """
        dtype = getattr(_local, "compute_dtype", None)
        if dtype is not None and self.autocast and jnp.issubdtype(self._value.dtype, jnp.floating):
            return self._value.astype(dtype)
        return self._value

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def dtype(self) -> str:
        return self.value.dtype.name

    @property
    def ndim(self) -> int:
        return self._value.ndim

    @property
    def size(self) -> int:
        return self._value.size

    def assign(self, value: Any) -> None:
        """Replace the value.

        Raises:
            ValueError: a value of another shape; the variable keeps what it had.
        """
        value = held(value, self._value.dtype)
        if value.shape != self._value.shape:
            raise ValueError(
                f"Variable {self.path!r} has shape {self.shape}; it cannot take a value of shape "
                f"{value.shape}."
            )
        journal = getattr(_local, "journal", None)
        if journal is not None:
            journal.append((self, self._value))
        self._value = value

    def assign_add(self, value: Any) -> None:
        self.assign(self._value + _unboxed(value))

    def assign_sub(self, value: Any) -> None:
        self.assign(self._value - _unboxed(value))

    def numpy(self) -> np.ndarray:
        return np.asarray(self._value)

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self._value, dtype)

    def __float__(self) -> float:
        return float(self._value)

    def __int__(self) -> int:
        return int(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __getitem__(self, index: Any) -> jax.Array:
        return self.value[_unboxed(index)]

    def __iter__(self) -> Iterator[jax.Array]:
        return iter(self.value)

    # Comparison is elementwise, as that of arrays; a box is still told from another by its place.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"


def held(value: Any, dtype: Any = None) -> jax.Array:
    """A value as an array of JAX's that no later change of the given one reaches.

    Where the value is on the host, nothing is compiled for it.
    """
    if isinstance(value, jax.Array) and value.dtype == dtype and not value.weak_type:
        return value
    is_number = isinstance(value, (bool, int, float)) and dtype is not None
    if is_number or (isinstance(value, _OF_NUMPY) and value.dtype.kind not in "OSUMm"):
        return jax.device_put(np.array(value, dtype))  # JAX may use the memory of what it is given
    return jnp.asarray(value, dtype)


@functools.lru_cache(256)
def zero(dtype: np.dtype) -> jax.Array:
    """The number 0, on the device."""
    with jax.ensure_compile_time_eval():
        return jax.device_put(np.zeros((), dtype))


def _unboxed(value: Any) -> Any:
    return value.value if isinstance(value, Variable) else value


def _add_operator(name: str) -> None:
    def operator(self: Variable, *others: Any) -> jax.Array:
        return getattr(self.value, name)(*map(_unboxed, others))

    operator.__name__ = name
    setattr(Variable, name, operator)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    _add_operator(f"__{_name}__")
    _add_operator(f"__r{_name}__")
for _name in ("neg", "pos", "abs", "eq", "ne", "lt", "le", "gt", "ge"):
    _add_operator(f"__{_name}__")


@contextmanager
def filled(variables: Sequence[Variable], values: Sequence[jax.Array]) -> Iterator[None]:
    """Put values into boxes for the length of a `with` block, then put back what was there.

    Read the boxes before the block ends to learn what ran in it left in them. Whatever happens
    inside, an error included, the boxes end as they began.
    """
    before = [variable._value for variable in variables]
    try:
        for variable, value in zip(variables, values, strict=True):
            variable._value = value
        yield
    finally:
        for variable, value in zip(variables, before):
            variable._value = value


@contextmanager
def restoring() -> Iterator[None]:
    """Undo, at the end of a `with` block, every assignment made in it.

    For a trial run of a layer, as when its output shape is asked for.
    """
    before = getattr(_local, "journal", None)
    journal = _local.journal = []
    try:
        yield
    finally:
        for variable, value in reversed(journal):
            variable._value = value
        _local.journal = before


@contextmanager
def computing_in(dtype: str | None) -> Iterator[None]:
    """Let float variables be read in this dtype within a `with` block, if their `autocast` is on.

    What they hold, and what is assigned to them, keeps its own dtype.
    """
    before = getattr(_local, "compute_dtype", None)
    _local.compute_dtype = dtype
    try:
        yield
    finally:
        _local.compute_dtype = before
