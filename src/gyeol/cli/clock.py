"""How long a run has trained, all its parts together."""

import time
from typing import Any

from gyeol.callbacks import Callback


class Clock(Callback):
    """Adds up the time of a training, also of one that was cut off and taken up again.

    What passed after the last checkpoint before the cut is not in it: it was trained again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before = 0.0
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return self._before + time.monotonic() - self._began

    def state_dict(self) -> dict[str, float]:
        return {"seconds": self.seconds}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._before = state["seconds"]
