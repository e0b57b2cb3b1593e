"""`CallbackList`: all the callbacks of a run, called as one."""

from collections.abc import Iterator, Sequence
from typing import Any

from gyeol import serialization
from gyeol.callbacks.callback import Callback
from gyeol.callbacks.history import History
from gyeol.callbacks.progbar_logger import ProgbarLogger
from gyeol.serialization import exported
from gyeol.text import tr


@exported("keras.callbacks")
class CallbackList(Callback):
    """Calls each hook of each callback, in order, with one dict of logs for all.

    Args:
        callbacks: a callback, or a list of them.
        add_history: whether to add a `History` if there is none.
        add_progbar: whether to add a `ProgbarLogger` if there is none.
        model: the model that is at work.
        **params: what callbacks find in `params`: verbose, epochs, steps.

    Raises:
        TypeError: something that is not a callback.
    """

    def __init__(
        self,
        callbacks: Callback | Sequence[Callback] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ):
        self.callbacks = list(_flat(callbacks))
        for callback in self.callbacks:
            _check(callback)
        if add_history and not any(isinstance(c, History) for c in self.callbacks):
            self.callbacks.append(History())
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        self.callbacks.sort(key=lambda callback: getattr(callback, "comes_last", False))
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model: Any) -> None:
        self.model = model
        for callback in self.callbacks:
            if isinstance(callback, History):
                model.history = callback
            callback.set_model(model)

    @property
    def overrides_train_batch_hooks(self) -> bool:
        """Whether a callback wants to be called after each batch of training."""
        return self._any_wants(
            "on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"
        )

    @property
    def overrides_test_batch_hooks(self) -> bool:
        """Whether a callback wants to be called after each batch of `evaluate`."""
        return self._any_wants("on_test_batch_begin", "on_test_batch_end")

    @property
    def overrides_predict_batch_hooks(self) -> bool:
        """Whether a callback wants to be called after each batch of `predict`."""
        return self._any_wants("on_predict_batch_begin", "on_predict_batch_end")

    def _any_wants(self, *hooks: str) -> bool:
        return any(_wants(callback, hook) for callback in self.callbacks for hook in hooks)

    def check_monitors(self, available: Sequence[str]) -> None:
        """Raise if a callback monitors what will not be in the logs.

        Args:
            available: the names that will be in the logs of an epoch.

        Raises:
            ValueError: a callback monitors another name.
        """
        for callback in self.callbacks:
            if hasattr(callback, "check_monitor"):
                callback.check_monitor(available)
            own = serialization.is_exported(type(callback)) and "on_epoch_end" not in vars(callback)
            if not own and _wants(callback, "on_epoch_end"):
                # It may add names of its own to the logs, which those after it may monitor.
                return

    def _call(self, hook: str, logs: dict | None, *position: int) -> None:
        logs = _plain(logs)
        for callback in self.callbacks:
            try:
                getattr(callback, hook)(*position, logs)
            except Exception as error:
                error.add_note(
                    tr(
                        "It came from the callback {callback}, in {hook}.",
                        callback=type(callback).__name__,
                        hook=hook,
                    )
                )
                raise

    def _ask(self, hook: str) -> None:
        """Call a hook that is no part of Keras's callbacks, of those that have it."""
        for callback in self.callbacks:
            if hasattr(callback, hook):
                getattr(callback, hook)()

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._call("on_train_begin", logs)

    def on_train_end(self, logs: dict | None = None) -> None:
        self._call("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._call("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._call("on_epoch_end", logs, epoch)

    def on_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_batch_begin", logs, batch)

    def on_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_batch_end", logs, batch)

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_train_batch_begin", logs, batch)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_train_batch_end", logs, batch)

    def on_test_begin(self, logs: dict | None = None) -> None:
        self._call("on_test_begin", logs)

    def on_test_end(self, logs: dict | None = None) -> None:
        self._call("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_test_batch_begin", logs, batch)

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_test_batch_end", logs, batch)

    def on_predict_begin(self, logs: dict | None = None) -> None:
        self._call("on_predict_begin", logs)

    def on_predict_end(self, logs: dict | None = None) -> None:
        self._call("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_predict_batch_begin", logs, batch)

    def on_predict_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._call("on_predict_batch_end", logs, batch)

    def on_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self._call("on_chunk_end", logs, step)

    def before_validation(self) -> None:
        """When the steps of an epoch are done and its validation has not begun."""
        self._ask("before_validation")

    def on_interrupted(self) -> None:
        """Between two runs of steps, when the program is asked to end and before it does."""
        self._ask("save_now")

    def settle(self) -> None:
        """When `fit` is left, however that came about."""
        self._ask("settle")

    def on_test_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self._call("on_test_chunk_end", logs, step)

    def on_predict_chunk_end(self, step: int, logs: dict | None = None) -> None:
        self._call("on_predict_chunk_end", logs, step)


def keep_positions(callbacks: Any) -> bool:
    """Whether a callback will want to know how far the training came in its data."""
    return any(hasattr(callback, "save_now") for callback in _flat(callbacks))


def _flat(callbacks: Any) -> Iterator[Any]:
    if isinstance(callbacks, (list, tuple)):
        for item in callbacks:
            yield from _flat(item)
    elif callbacks is not None:
        yield callbacks


def _check(callback: Any) -> None:
    if isinstance(callback, type):
        raise TypeError(
            f"callbacks holds the class {callback.__name__}, not a callback made from it. "
            f"Write {callback.__name__}()."
        )
    if not isinstance(callback, Callback):
        raise TypeError(
            f"callbacks takes objects of a subclass of gyeol.callbacks.Callback; got {callback!r}."
        )


def _wants(callback: Callback, hook: str) -> bool:
    """Whether a callback has a hook of its own, and has to be called for it.

    A hook may carry `wanted_by`, a function of the callback that says so.
    """
    method = getattr(callback, hook)
    function = getattr(method, "__func__", method)
    if function is getattr(Callback, hook):
        return False
    return getattr(function, "wanted_by", bool)(callback)


def _plain(logs: dict | None) -> dict[str, Any]:
    """Sorted by name, nested dicts spread out, and as Python floats where they are numbers."""
    plain = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, dict):
            plain.update(_plain(value))
            continue
        try:
            plain[name] = float(value)
        except (TypeError, ValueError):
            plain[name] = value
    return plain
