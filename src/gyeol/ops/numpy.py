"""`keras.ops.numpy`: the functions of `gyeol.ops` that NumPy has as well, under a second name."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    from gyeol import ops

    return getattr(ops, name)
