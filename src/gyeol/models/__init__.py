"""Models: `Sequential`, the functional graph, and `Model` to subclass."""

from typing import Any

from gyeol.models.cloning import clone_model
from gyeol.models.functional import Functional
from gyeol.models.model import Model
from gyeol.models.sequential import Sequential

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]


def __getattr__(name: str) -> Any:
    # Keras has these here too; files live a floor above.
    if name in ("load_model", "model_from_json", "save_model"):
        from gyeol import saving

        return getattr(saving, name)
    raise AttributeError(f"gyeol.models has no {name!r}.")
