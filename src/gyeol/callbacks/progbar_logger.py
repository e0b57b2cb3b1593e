"""`ProgbarLogger`."""

from typing import Any

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr
from gyeol.utils.progbar import Progbar, print_msg


@exported("keras.callbacks")
class ProgbarLogger(Callback):
    """Shows how far training, evaluation or prediction is, and its metrics."""

    def __init__(self):
        self.seen = 0
        self.progbar: Progbar | None = None
        self.target: int | None = None
        self.verbose = 1
        self.epochs = 1
        self._called_in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        self.verbose = 1 if params["verbose"] == "auto" else int(params["verbose"])
        self.epochs = params["epochs"]
        self.target = params["steps"]

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._called_in_fit = True

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._begin()
        if self.verbose and self.epochs > 1:
            print_msg(tr("Epoch {epoch}/{epochs}", epoch=epoch + 1, epochs=self.epochs))

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._show(batch + 1, logs)

    def on_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self._show(step, logs)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._finish(logs)

    def on_test_begin(self, logs: dict | None = None) -> None:
        if not self._called_in_fit:
            self._begin()

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.on_test_chunk_end(batch + 1, logs)

    def on_test_chunk_end(self, step: int, logs: dict | None = None) -> None:
        if not self._called_in_fit:
            self._show(step, logs)

    def on_test_end(self, logs: dict | None = None) -> None:
        if not self._called_in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: dict | None = None) -> None:
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._show(batch + 1, None)

    def on_predict_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self._show(step, None)

    def on_predict_end(self, logs: dict | None = None) -> None:
        self._finish(logs)

    # The end of a compiled run of many steps is soon enough to draw.
    for hook in (on_train_batch_end, on_test_batch_end, on_predict_batch_end):
        hook.wanted_by = lambda self: False
    del hook

    def _begin(self) -> None:
        self.seen = 0
        self.progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _show(self, step: int, logs: dict | None) -> None:
        self.seen = step
        if self.verbose == 1:
            self.progbar.update(step, list((logs or {}).items()), finalize=False)

    def _finish(self, logs: dict | None) -> None:
        if self.target is None:
            self.target = self.progbar.target = self.seen
        self.progbar.update(self.target, list((logs or {}).items()), finalize=True)
