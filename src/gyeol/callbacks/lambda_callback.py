"""`LambdaCallback`."""

import difflib
import inspect
from collections.abc import Callable
from typing import Any

from gyeol.callbacks.callback import Callback
from gyeol.serialization import exported
from gyeol.text import tr


@exported("keras.callbacks")
class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        on_epoch_begin: called with (epoch, logs).
        on_epoch_end: called with (epoch, logs).
        on_train_begin: called with (logs).
        on_train_end: called with (logs).
        on_train_batch_begin: called with (batch, logs).
        on_train_batch_end: called with (batch, logs).
        **kwargs: any other hook of `Callback`, by its name.

    Raises:
        TypeError: a name like that of a hook, but of none that there is.

    >>> stop = LambdaCallback(on_epoch_end=lambda epoch, logs: print("epoch", epoch, "is done"))
    """

    def __init__(
        self,
        on_epoch_begin: Callable[[int, dict], Any] | None = None,
        on_epoch_end: Callable[[int, dict], Any] | None = None,
        on_train_begin: Callable[[dict], Any] | None = None,
        on_train_end: Callable[[dict], Any] | None = None,
        on_train_batch_begin: Callable[[int, dict], Any] | None = None,
        on_train_batch_end: Callable[[int, dict], Any] | None = None,
        **kwargs: Any,
    ):
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name, function in hooks.items():
            if name.startswith("on_") and not hasattr(Callback, name):
                close = difflib.get_close_matches(name, dir(Callback), n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise TypeError(f"Callbacks have no hook {name!r}.{hint}")
            if function is not None:
                _check(name, function)
                setattr(self, name, function)


def _check(name: str, function: Any) -> None:
    """Raise if a hook of `Callback` is no function, or one that cannot be called as the hook is."""
    if not name.startswith("on_"):
        return
    arguments = list(inspect.signature(getattr(Callback, name)).parameters)[1:]
    try:
        if callable(function):
            inspect.signature(function).bind(*arguments)
            return
    except ValueError:
        return  # a builtin that does not tell
    except TypeError:
        pass
    raise TypeError(
        tr(
            "LambdaCallback({name}=...) takes a function of ({arguments}); got {given!r}.",
            name=name,
            arguments=", ".join(arguments),
            given=function,
        )
    )
