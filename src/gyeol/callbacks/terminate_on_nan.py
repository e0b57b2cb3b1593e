"""`TerminateOnNaN`."""

import math

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class TerminateOnNaN(Callback):
    """Ends training when the loss is not a number, or infinite.

    Args:
        raise_error: whether to raise a RuntimeError instead of ending quietly.
    """

    def __init__(self, raise_error: bool = False):
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: dict | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. "
                "Terminating training immediately."
            )
        if not self.model.stop_training:
            print_msg(tr("Batch {batch}: Invalid loss, terminating training", batch=batch))
            self.model.stop_training = True

    # The logs hold the mean loss of the epoch so far, and a mean that took in one NaN stays NaN. So
    # it is enough to look when a compiled run of many steps ends; no step is stopped for.
    on_batch_end.wanted_by = lambda self: False

    def on_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self.on_batch_end(step - 1, logs)
