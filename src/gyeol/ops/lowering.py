"""For what platform functions choose their form, when they have one of their own for the CPU."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax

from gyeol import kernels

_local = threading.local()


@contextmanager
def plainly() -> Iterator[None]:
    """Within the block, convolution and pooling are single operations of JAX, as off the CPU.

    They are slower here, but a trace of them says what they are.
    """
    before = is_plain()
    _local.plain = True
    try:
        yield
    finally:
        _local.plain = before


def is_plain() -> bool:
    """Whether the code is within `plainly`."""
    return getattr(_local, "plain", False)


def is_for_cpu() -> bool:
    """Whether a form made for the CPU is wanted."""
    return not is_plain() and jax.default_backend() == "cpu"


@contextmanager
def kernels_wanted() -> Iterator[None]:
    """Within the block, functions on the CPU may be kernels in C++ (`gyeol.kernels`).

    Kernels have no forward-mode derivative, so they are for the programs of `training.program`
    alone, and not for the code that users differentiate as they like.
    """
    before = getattr(_local, "made", None), getattr(_local, "twins", None)
    _local.made, _local.twins = [], []
    try:
        yield
    finally:
        _local.made, _local.twins = before


def has_kernels(*arrays: Any) -> bool:
    """Whether kernels are wanted and there, and the arrays are of the dtype that they take."""
    return (
        getattr(_local, "made", None) is not None
        and is_for_cpu()
        and all(array.dtype == "float32" for array in arrays)
        and kernels.library() is not None
    )


def arithmetic() -> str | None:
    """What the last bits of a result on the CPU depend on; None on other devices."""
    if jax.default_backend() != "cpu":
        return None
    return kernels.description() or f"no kernels, {os.cpu_count()} cores"


def note_made_from(result: jax.Array, source: Any) -> None:
    """Remember, within `kernels_wanted`, from what this very array was made."""
    _local.made.append((result, source))


def forget_made_from(result: Any) -> None:
    """Let an array be computed as it is: it is wanted in more places than one."""
    made = getattr(_local, "made", None)
    if made:
        made[:] = [entry for entry in made if entry[0] is not result]


def made_from(result: jax.Array) -> Any:
    """What `note_made_from` was told of this very array; None of any other."""
    return next((source for made, source in _local.made if made is result), None)


def note_twin(result: jax.Array, twin: jax.Array) -> None:
    """Remember, within `kernels_wanted`, the same array as another result of the same function.

    A block's result has two readers, the next block and its shortcut. Where each reads one of the
    two, their gradients come back one by one, and a kernel can add them while it reads them.
    """
    _local.twins.append((result, twin))


def for_a_reader(array: jax.Array) -> jax.Array:
    """The array's twin, if it has one that nobody reads yet; else the array."""
    for place, (result, twin) in enumerate(_local.twins):
        if result is array:
            del _local.twins[place]
            return twin
    return array
