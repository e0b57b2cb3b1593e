"""Models: `Sequential`, the functional graph, and `Model` to subclass."""

from typing import Any

from gyeol.models.functional import Functional
from gyeol.models.model import Model
from gyeol.models.sequential import Sequential

__all__ = ["Functional", "Model", "Sequential", "load_model", "save_model"]


def __getattr__(name: str) -> Any:
    # Keras has these here too; files live a floor above.
    if name in ("load_model", "save_model"):
        from gyeol import saving

        return getattr(saving, name)
    raise AttributeError(f"gyeol.models has no {name!r}.")
