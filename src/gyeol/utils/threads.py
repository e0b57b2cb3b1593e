"""Work done by several threads, with the results in order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

# A thread is worth its while for this many bytes to be read.
_BYTES_A_THREAD = 2 << 20


def in_order(
    function: Callable[[Any], Any], items: Iterable[Any], workers: int, ahead: int
) -> Iterator[Any]:
    """``map(function, items)`` by several threads.

    Args:
        function: called on each item.
        items: what it is called on.
        workers: how many threads.
        ahead: how many results are made before they are asked for, at most.
    """
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= max(ahead, workers):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def on_parts(function: Callable[[slice], Any], rows: int, size: int) -> list[Any]:
    """The results of a function for parts of some rows, which follow each other.

    Args:
        function: called with the numbers of the rows of each part, perhaps by several threads.
        rows: how many rows there are.
        size: how many bytes they have.
    """
    known = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    count = min(cores, size // _BYTES_A_THREAD, rows)
    if count < 2:
        return [function(slice(0, rows))]
    ends = [rows * n // count for n in range(count + 1)]
    return list(in_order(function, map(slice, ends, ends[1:]), count, count))
