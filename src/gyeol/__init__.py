"""gyeol (결): Keras's interface on JAX.

Names are found when they are first used, so that `import gyeol` and `gyeol --help` cost nothing.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = (
    "activations",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "random",
    "regularizers",
    "report",
    "saving",
    "utils",
)
_NAMES = {
    "Input": "layers",
    "Layer": "layers",
    "Model": "models",
    "Sequential": "models",
    "Variable": "variable",
}
__all__ = [*_MODULES, *_NAMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"gyeol.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"gyeol.{_NAMES[name]}"), name)
    raise AttributeError(f"gyeol has no {name!r}. It has: {', '.join(sorted(__all__))}.")


def __dir__() -> list[str]:
    return sorted(__all__)
