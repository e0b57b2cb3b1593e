"""`tf.data`: gyeol's own `Dataset`."""

from typing import Any

AUTOTUNE = -1


class Options:
    """Settings of a data set, which change nothing here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__.setdefault(name, Options())


def __getattr__(name: str) -> Any:
    if name == "Dataset":
        from gyeol.utils.dataset import Dataset

        return Dataset
    raise AttributeError(name)


__all__ = ["AUTOTUNE", "Dataset", "Options"]  # noqa: F822
