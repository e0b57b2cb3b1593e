"""gyeol (결): Keras's interface on JAX.

Names are found when they are first used, so that `import gyeol` and `gyeol --help` cost nothing.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = (
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "doctor",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "report",
    "saving",
    "tree",
    "utils",
)
_NAMES = {
    "DTypePolicy": "dtype_policies",
    "FloatDTypePolicy": "dtype_policies",
    "Initializer": "initializers",
    "Input": "layers",
    "InputSpec": "layers",
    "KerasTensor": "symbolic",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Sequential": "models",
    "Variable": "variable",
    "device": "scopes",
    "name_scope": "scopes",
    "remat": "scopes",
    "version": "scopes",
}
__all__ = [*_MODULES, *_NAMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"gyeol.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"gyeol.{_NAMES[name]}"), name)
    raise AttributeError(
        f"gyeol has no {name!r}. It has: {', '.join(sorted(__all__))}. "
        "What of Keras is left out is in docs/compatibility.md."
    )


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext gyeol``: from here on `tensorflow` and `keras` are gyeol in this notebook."""
    importlib.import_module("gyeol.compat").install()


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext gyeol``: take the faces back."""
    importlib.import_module("gyeol.compat").uninstall()
