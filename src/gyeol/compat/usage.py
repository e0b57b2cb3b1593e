"""What a program used and what was translated for it: the matter of `gyeol run --report`."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gyeol.text import tr

DOCS = "docs/compatibility.md"


class Usage:
    """Counts of names and translations, and seconds by what they were spent on.

    Attributes:
        names: 'keras.layers.Dense' -> how often it was asked for.
        translations: (old form, new form) -> how often it was met.
        seconds: 'data', 'training', 'prediction' -> their time, compilation included.
        compiling: seconds of tracing and compiling.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget everything; the clock starts."""
        self.names: Counter[str] = Counter()
        self.translations: Counter[tuple[str, str]] = Counter()
        self.seconds: dict[str, float] = {"data": 0.0, "training": 0.0, "prediction": 0.0}
        self.compiling = 0.0
        self.begun = time.perf_counter()
        self._timing = False

    def translated(self, old: str, new: str) -> None:
        """Note that something old was taken in its new form."""
        self.translations[old, new] += 1

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Count the time of a `with` block; blocks within it belong to it."""
        if self._timing:
            yield
            return
        self._timing, begun = True, time.perf_counter()
        try:
            yield
        finally:
            self._timing = False
            self.seconds[what] += time.perf_counter() - begun

    def heard(self, event: str, seconds: float, **_: Any) -> None:
        """A listener for `jax.monitoring`: counts tracing and compiling."""
        if event.startswith("/jax/core/compile/"):
            self.compiling += seconds

    def rest(self) -> float:
        """Seconds since `begin` that nothing accounts for."""
        return time.perf_counter() - self.begun - sum(self.seconds.values())


usage = Usage()


def unsupported(what: str, instead: str = "") -> NotImplementedError:
    """The error for something that gyeol leaves out, with what to write instead."""
    message = tr("gyeol has no {what}; {docs} lists what is left out.", what=what, docs=DOCS)
    return NotImplementedError(f"{message} {instead}".strip())


class refused:
    """What is there only to say that gyeol leaves it out, when it is called or looked into."""

    def __init__(self, what: str, instead: str = ""):
        self._error = unsupported(what, instead)

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise self._error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(str(self._error))
