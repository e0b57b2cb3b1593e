"""Kernels in C++ for the CPU, called by XLA's programs; without a compiler there are none.

`library()` says whether they were built, `call` puts one into a program. Nothing above `ops` knows
of them, and each has a form in JAX that gives the same numbers to float32 rounding.
"""

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np

# What the sources call their interface; a library built from others is not used.
_INTERFACE = 1

HANDLERS = (
    "dense_forward",
    "dense_backward",
    "conv_forward",
    "conv_backward",
    "conv_pool_forward",
    "conv_pool_backward",
    "max_pool_forward",
    "max_pool_backward",
    "average_pool_forward",
    "average_pool_backward",
    "moments",
    "normalize_forward",
    "normalize_backward",
    "adam",
    "sgd",
    "rmsprop",
    "gather",
    "random_bits",
)


@cache
def library() -> ctypes.CDLL | None:
    """The compiled kernels, known to XLA by their names; None where there are none.

    `GYEOL_KERNELS` may be 'off', or name the instruction set: 'plain', 'avx2' or 'avx512'.
    """
    if os.environ.get("GYEOL_KERNELS") == "off":
        return None
    for path in sorted(Path(__file__).parent.glob("_kernels*")):
        if path.suffix not in (".so", ".dylib"):
            continue
        try:
            found = ctypes.CDLL(str(path))
            if found.gyeol_interface() != _INTERFACE:
                continue
            for name in HANDLERS:
                handler = jax.ffi.pycapsule(getattr(found, f"gyeol_{name}"))
                jax.ffi.register_ffi_target(f"gyeol_{name}", handler, platform="cpu")
        except (OSError, AttributeError, RuntimeError, jax.errors.JaxRuntimeError):
            continue  # built for another machine, or for another version of this package
        found.gyeol_instruction_set.restype = ctypes.c_char_p
        if "GYEOL_KERNELS" in os.environ:
            found.gyeol_use(os.environ["GYEOL_KERNELS"].encode())
        return found
    return None


def description() -> str | None:
    """The instruction set and the threads that the kernels use; None where there are none."""
    found = library()
    if found is None:
        return None
    return f"{found.gyeol_instruction_set().decode()}, {found.gyeol_threads()} threads"


def call(
    name: str,
    results: Sequence[tuple[tuple[int, ...], Any]],
    operands: Sequence[jax.Array],
    settings: Sequence[int] = (),
    aliases: dict[int, int] | None = None,
) -> list[jax.Array]:
    """The results of a kernel.

    Args:
        name: one of `HANDLERS`.
        results: the shape and the dtype of each.
        operands: arrays, as the handler in ffi.cc wants them.
        settings: whole numbers for the handler.
        aliases: which operand's memory a result takes over, by their places.
    """
    specs = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in results]
    made = jax.ffi.ffi_call(
        f"gyeol_{name}", specs, vmap_method="sequential", input_output_aliases=aliases
    )
    return list(made(*operands, settings=np.array(settings, np.int64)))
