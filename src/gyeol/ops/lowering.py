"""For what platform functions choose their form, when they have one of their own for the CPU."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import jax

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
