"""`SwapEMAWeights`."""

from typing import Any

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr


@exported("keras.callbacks")
class SwapEMAWeights(Callback):
    """Evaluates and predicts with the moving average of the weights; training goes on without it.

    The optimizer keeps the average: make it with ``use_ema=True``.

    Args:
        swap_on_epoch: whether the average is in the model at the end of each epoch too, so that
            callbacks after this one, such as `ModelCheckpoint`, find it there.

    Raises:
        ValueError: the optimizer keeps no average.
    """

    def __init__(self, swap_on_epoch: bool = False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        # The weights of training, while the average is in their place.
        self._trained: list[Any] | None = None

    def _swap_in(self) -> None:
        if self._trained is None:
            optimizer = self._optimizer()
            self._trained = [v.value for v in optimizer._trainable_variables]
            optimizer.finalize_variable_values(optimizer._trainable_variables)

    def _swap_out(self) -> None:
        if self._trained is not None:
            for variable, value in zip(self._optimizer()._trainable_variables, self._trained):
                variable.assign(value)
            self._trained = None

    def _optimizer(self) -> Any:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(optimizer, "use_ema", False):
            raise ValueError(
                tr(
                    "SwapEMAWeights needs an optimizer that keeps a moving average of the weights: "
                    "compile the model with {optimizer}(use_ema=True).",
                    optimizer=type(optimizer).__name__,
                )
            )
        return optimizer

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._optimizer()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._swap_out()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self.swap_on_epoch:
            self._swap_in()

    def on_train_end(self, logs: dict | None = None) -> None:
        if not self.swap_on_epoch:
            self._swap_out()  # an interrupted evaluation left the average there
        self._trained = None

    def on_test_begin(self, logs: dict | None = None) -> None:
        self._swap_in()

    def on_test_end(self, logs: dict | None = None) -> None:
        self._swap_out()

    def on_predict_begin(self, logs: dict | None = None) -> None:
        self._swap_in()

    def on_predict_end(self, logs: dict | None = None) -> None:
        self._swap_out()
