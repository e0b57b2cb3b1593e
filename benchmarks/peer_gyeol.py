"""gyeol, through the code of Keras's peer, and what only gyeol is asked for."""

import time
from importlib.util import find_spec
from typing import Any

from benchmarks import peer_keras
from benchmarks.peer_keras import make

__all__ = ["load", "make", "outside", "versions"]


def load(options: dict) -> None:
    """Import the library."""
    peer_keras.load({**options, "library": "gyeol", "packages": ["jax"]})


def versions() -> dict[str, str]:
    found = peer_keras.versions()
    if find_spec("gyeol.kernels"):  # a checkout of before may have none
        from gyeol import kernels

        found["kernels"] = kernels.description() or "none"
    return found


def outside(network: Any, x: Any, y: Any, batch: int, epochs: int) -> list[float]:
    """The share of each epoch, the first left out, that passes outside of compiled runs."""
    from gyeol.training import loop

    inside, begun, shares = [0.0], [0.0], []
    take = loop._Runner._take

    def timed_take(*args: Any) -> Any:
        start = time.perf_counter()
        try:
            return take(*args)
        finally:
            inside[0] += time.perf_counter() - start

    def begin() -> None:
        inside[0], begun[0] = 0.0, time.perf_counter()

    def end(logs: Any) -> bool:
        shares.append(1 - inside[0] / (time.perf_counter() - begun[0]))
        return False

    loop._Runner._take = timed_take
    try:
        make(network, {}).fit(x, y, batch, epochs + 1, begin, end)
    finally:
        loop._Runner._take = take
    return shares[1:]
