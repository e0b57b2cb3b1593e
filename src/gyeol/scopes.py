"""Where and how a piece of a program is computed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import jax

import gyeol
from gyeol.text import tr


def version() -> str:
    """gyeol's own version."""
    return gyeol.__version__


def device(device_name: Any) -> AbstractContextManager:
    """Let what is made within a `with` block be on a device.

    Args:
        device_name: such as 'cpu:0' or 'gpu:1', or a device of JAX's.

    Raises:
        ValueError: a device that is not there.

    >>> with device("cpu:0"):
    ...     sorted(d.platform for d in jax.numpy.ones(2).devices())
    ['cpu']
    """
    if not isinstance(device_name, str):
        return jax.default_device(device_name)
    platform, _, number = device_name.lower().partition(":")
    try:
        return jax.default_device(jax.devices(platform)[int(number or 0)])
    except (RuntimeError, IndexError, ValueError):
        raise ValueError(
            tr(
                "There is no device {name!r}; there are {devices}.",
                name=device_name,
                devices=", ".join(f"'{d.platform}:{d.id}'" for d in jax.devices()),
            )
        ) from None


class name_scope:
    """Name what is computed within a `with` block, for profiles; variables take no name from it.

    Args:
        name: the name, without '/'.
        kwargs: taken for Keras's sake.
    """

    def __init__(self, name: str, **kwargs: Any):
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"A scope's name is a string without '/'; got {name!r}.")
        self.name = name

    def __enter__(self) -> "name_scope":
        self._scope = jax.named_scope(self.name)
        self._scope.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._scope.__exit__(*error)


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose inner results are computed anew for its gradient, and not kept in memory.

    Args:
        f: a function of arrays.
    """
    return jax.checkpoint(f)
