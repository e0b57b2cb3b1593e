"""Keeps what passes of the streams that a model is trained on, which are read by nobody else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from gyeol.training.feed import StreamFeed, unpack

# So many batches of a stream are looked at.
_BATCHES = 8


@dataclass
class Stream:
    """An iterable of batches that somebody else walks over.

    Attributes:
        batches: the iterable.
        offered: (x, y) of the first batch that came, even if it is refused.
        passed: (x, y) of the first batches of a walk, the one that gave most of them.
    """

    batches: Any
    offered: tuple | None = None
    passed: list[tuple] = field(default_factory=list)

    def rows(self, most: int | None = None) -> tuple[Any, Any]:
        """Inputs and targets of what passed, of at most so many batches; (None, None) if none."""
        taken = self.passed[: min(most or _BATCHES, _BATCHES)] or [self.offered or (None, None)]
        if any(y is None for _, y in taken):
            return None, None
        try:
            return jax.tree.map(lambda *parts: np.concatenate(parts), *taken)
        except (TypeError, ValueError):  # batches of different lengths, for example
            return None, None

    def inputs(self) -> Any:
        """The inputs of what passed; None if there are none."""
        try:
            return jax.tree.map(lambda *parts: np.concatenate(parts), *(x for x, _ in self.passed))
        except (TypeError, ValueError):
            return None


@contextmanager
def kept(streams: Mapping[int, Stream]) -> Iterator[None]:
    """Within the block, batches of these iterables are kept as they pass to a model.

    Args:
        streams: by `id` of the iterable; there may come more.
    """
    walk, prepared = StreamFeed.walk, StreamFeed._prepared

    def walked(self: StreamFeed, number: int = 0, first: int = 0) -> Iterator[tuple]:
        passed: list[tuple] = []
        for batch in walk(self, number, first):
            stream = streams.get(id(self.batches))
            if stream is not None and len(passed) < _BATCHES:
                passed.append(jax.tree.map(np.array, batch[:2]))
                if len(passed) > len(stream.passed):
                    stream.passed = passed
            yield batch

    def offered(self: StreamFeed, batch: Any) -> tuple:
        stream = streams.get(id(self.batches))
        if stream is not None and stream.offered is None:
            stream.offered = unpack(batch)[:2]
        return prepared(self, batch)

    StreamFeed.walk, StreamFeed._prepared = walked, offered
    try:
        yield
    finally:
        StreamFeed.walk, StreamFeed._prepared = walk, prepared
