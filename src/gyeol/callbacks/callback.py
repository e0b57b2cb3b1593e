"""`Callback`: what happens besides training."""

from typing import Any

from gyeol.serialization import exported


@exported("keras.callbacks")
class Callback:
    """Hooks that `fit`, `evaluate` and `predict` call. Subclass it and define those you need.

    A hook for batches makes the run stop after every batch to call it; without one, many steps run
    in one go.

    Attributes:
        model: the model that is at work.
        params: a dict with 'verbose', 'epochs' and 'steps'.

    >>> class Dots(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(".", end="")
    """

    model: Any = None
    params: dict[str, Any] | None = None

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: dict | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Before an epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """After an epoch and its validation, with the values of the metrics."""

    def on_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Another name for `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Another name for `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Before a batch of training; the first of an epoch is 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """After a batch of training, with the metrics of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: dict | None = None) -> None:
        """Before `evaluate` or a validation."""

    def on_test_end(self, logs: dict | None = None) -> None:
        """After `evaluate` or a validation."""

    def on_test_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Before a batch of `evaluate` or of a validation."""

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """After a batch of `evaluate` or of a validation."""

    def on_predict_begin(self, logs: dict | None = None) -> None:
        """Before `predict`."""

    def on_predict_end(self, logs: dict | None = None) -> None:
        """After `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """After a batch of `predict`."""

    def on_chunk_end(self, step: int, logs: dict | None = None) -> None:
        """After each compiled run of steps of training; `step` steps of the epoch are done."""

    def on_test_chunk_end(self, step: int, logs: dict | None = None) -> None:
        """After each compiled run of steps of `evaluate` or of a validation."""

    def on_predict_chunk_end(self, step: int, logs: dict | None = None) -> None:
        """After each compiled run of steps of `predict`."""
