"""Data sets, each with `load_data()` in the shapes and types that Keras gives them.

`mnist`, `fashion_mnist`, `cifar10` and `pima_diabetes` are fetched once, into
``GYEOL_HOME/datasets``; `digits` ships with gyeol. `gyeol.datasets.store` says where they are
looked for.
"""

import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gyeol.datasets.store import DataSet

_NAMES = ("digits", "mnist", "fashion_mnist", "cifar10", "pima_diabetes")
__all__ = [*_NAMES, "describe", "fetch", "locate", "names"]


def __getattr__(name: str) -> ModuleType:
    if name in _NAMES:
        return importlib.import_module(f"gyeol.datasets.{name}")
    raise AttributeError(f"gyeol.datasets has no {name!r}. It has: {', '.join(__all__)}.")


def names() -> tuple[str, ...]:
    """The names of all data sets.

    >>> names()
    ('digits', 'mnist', 'fashion_mnist', 'cifar10', 'pima_diabetes')
    """
    return _NAMES


def describe(name: str) -> "DataSet":
    """What is known about a data set: title, arrays, class names, origin, addresses.

    Raises:
        ValueError: there is no data set of that name.

    >>> describe("digits").title
    'handwritten digits, 8x8 grey'
    """
    return _module(name).DATA


def locate(name: str) -> Path | None:
    """Where a data set lies on this disk, unchecked; None if it does not.

    Raises:
        ValueError: there is no data set of that name.
    """
    from gyeol.datasets import store

    module = _module(name)
    return module.FILE if name == "digits" else store.locate(module.DATA)


def fetch(name: str) -> Path:
    """Bring a data set to this disk if no good copy is there.

    Returns:
        Where it lies.

    Raises:
        ValueError: there is no data set of that name.
        DataSetError: it could not be fetched or stored.
    """
    from gyeol.datasets import store

    module = _module(name)
    if name == "digits":
        module.load_data()
        return module.FILE
    return store.bring(module.DATA)


def _module(name: str) -> ModuleType:
    if name not in _NAMES:
        raise ValueError(f"There is no data set {name!r}. There are: {', '.join(_NAMES)}.")
    return importlib.import_module(f"gyeol.datasets.{name}")
