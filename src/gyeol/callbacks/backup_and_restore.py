"""`BackupAndRestore`."""

import contextlib
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from gyeol import random
from gyeol.callbacks.callback import Callback
from gyeol.callbacks.history import History
from gyeol.callbacks.progbar_logger import ProgbarLogger
from gyeol.object_state import Watched
from gyeol.serialization import exported
from gyeol.text import tr, warn
from gyeol.utils.progbar import print_msg

# The share of the time that writing may take again and again; where it would take more, a state is
# left out. The first one takes a little more, for what it is compared by.
_SHARE = 0.01
# Seconds of training before the first one. What takes less can be done again.
_FIRST = 0.5


@exported("keras.callbacks")
class BackupAndRestore(Callback):
    """Lets a training that was cut off go on, as if nothing had happened.

    At the end of an epoch, after the other callbacks, the state is written to a file, by a thread
    of its own: weights, optimizer, all other variables, history, the place in the data, the random
    numbers, and what changed among the attributes of the callbacks and of a `PyDataset`. The same
    program, started again, takes the training up there, and ends with the same bits. When training
    is done the files are removed.

    At most 2 % of the time is spent on it: where epochs take milliseconds, not every one is
    written. Ctrl-C and SIGTERM write the state before they end the program.

    A file is taken up only by the same training: another model, optimizer or loss, other data,
    another batch size or version is an error that says what differs. More epochs are allowed.

    What cannot be promised: a generator or another iterator is passed over up to the place, and
    must give the same batches again. Attributes that are not plain values, lists, dicts, arrays or
    random generators are unknown here; a callback or a data set that has such defines
    ``state_dict()`` and ``load_state_dict(state)``.

    The files are '.weights.h5' files too. The one before the last is kept, and used with a warning
    if the last one is damaged.

    Args:
        backup_dir: a folder for this training alone.
        save_freq: 'epoch', or a number of batches: then the state is written inside epochs too, at
            the end of the compiled run (a second at most) in which so many have passed.
        double_checkpoint: taken for Keras's sake: two files are kept either way.
        delete_checkpoint: whether the files are removed when training is done. If not, they hold
            its end, and the same program ends at once with its result.

    Raises:
        ValueError: no folder, or another `save_freq`.

    >>> from gyeol.callbacks import BackupAndRestore
    >>> callbacks = [BackupAndRestore("backup")]  # for fit(..., callbacks=callbacks)
    """

    # It is called after all others, so that it sees what they did.
    comes_last = True

    def __init__(
        self,
        backup_dir: str | os.PathLike,
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ):
        if not backup_dir:
            raise ValueError("BackupAndRestore needs backup_dir, a folder.")
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                tr("save_freq is 'epoch' or a number of batches; got {given!r}.", given=save_freq)
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._path = Path(self.backup_dir, "latest.weights.h5")
        self._before = Path(self.backup_dir, "previous.weights.h5")
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        run = self.model._run
        others = [c for c in run.callbacks.callbacks if c is not self]
        counts: Counter[str] = Counter()
        self._watched: dict[str, Watched] = {}
        for callback in others:
            if isinstance(callback, (History, ProgbarLogger)):
                continue
            name = type(callback).__name__
            counts[name] += 1
            self._watched[f"{name} {counts[name]}"] = Watched(callback)
        self._description: dict[str, Any] | None = None
        self._has_warned = False
        self._next = time.monotonic() + _FIRST  # when the next state may be written
        self._held: Any = None  # the state before the validation in progress
        self._next_held = 0.0
        self._resumed: Any = None
        self._take_up()
        self._steps_saved = int(self.model.optimizer.iterations)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if self._resumed is not None:
            # The callbacks before this one have begun the epoch, which they had done before the
            # state was written.
            self._restore(self._resumed)
            self._resumed = None

    def on_chunk_end(self, step: int, logs: dict | None = None) -> None:
        if self.save_freq != "epoch" and self._steps() >= self.save_freq:
            self._save_if_due()

    def before_validation(self) -> None:
        if time.monotonic() >= self._next_held:
            begun = time.perf_counter()
            self._held = self._taken()
            self._next_held = time.monotonic() + (time.perf_counter() - begun) / _SHARE

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._held = None
        if self._has_ended() and not self.delete_checkpoint:
            self.save_now()
        elif self.save_freq == "epoch" or self._steps() >= self.save_freq:
            self._save_if_due()

    def on_train_end(self, logs: dict | None = None) -> None:
        self.settle()
        is_done = self._has_ended() and not self.model._run.is_interrupted
        if not is_done or not self.delete_checkpoint:
            return
        for path in (self._path, self._before):
            if path.exists():
                path.unlink()
        with contextlib.suppress(OSError):  # it may hold other things
            os.rmdir(self.backup_dir)

    def save_now(self) -> None:
        """Write the present state, and wait until it is on the disk.

        Within a validation it is the state before that, if it was taken.
        """
        self.settle()
        checkpoint = self._taken() if self.model._run.is_settled else self._held
        if checkpoint is not None:
            self._steps_saved = int(self.model.optimizer.iterations)
            self._write(checkpoint)
            self.settle()

    def settle(self) -> None:
        """Wait until what is being written is on the disk; say so if it could not be."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        failure, self._failure = self._failure, None
        if failure is not None and not self._has_warned:
            self._has_warned = True
            warn(
                tr(
                    "The state of the training was not written to {path}: {reason} Training goes "
                    "on; what was written before is kept.",
                    path=self._path,
                    reason=failure,
                )
            )

    # Writing --------------------------------------------------------------------------------

    def _steps(self) -> int:
        return int(self.model.optimizer.iterations) - self._steps_saved

    def _has_ended(self) -> bool:
        run = self.model._run
        return (self.model.stop_training or run.epoch >= run.epochs) and run.step == 0

    def _save_if_due(self) -> None:
        is_busy = self._thread is not None and self._thread.is_alive()
        if is_busy or time.monotonic() < self._next:
            return
        self.settle()
        self._steps_saved = int(self.model.optimizer.iterations)
        begun = time.perf_counter()
        checkpoint = self._taken()
        spent = time.perf_counter() - begun

        def write() -> None:
            cost = spent + self._write(checkpoint)
            self._next = time.monotonic() + cost / _SHARE

        self._thread = threading.Thread(target=write, name="BackupAndRestore")
        self._thread.start()

    def _taken(self) -> Any:
        from gyeol.saving import checkpoints

        model, run = self.model, self.model._run
        places = [None if f is None else f.position(s) for f, s in _feeds(run)]
        # The thread that makes the batches draws from the same random numbers, ahead of the steps.
        states = places[0]["random"] if places[0] is not None else random.states()
        state = {
            "epoch": run.epoch,
            "step": run.step,
            "seed": run.seed,
            "logs": run.logs,
            "history": model.history.history,
            "epochs": model.history.epoch,
            "epochs_done": model._epochs_done + (run.step == 0),
            "is_trained": run.is_trained,
            "has_stopped": model.stop_training,
            "places": places,
            "random": states,
            "callbacks": {name: watched.state() for name, watched in self._watched.items()},
        }
        return checkpoints.taken(model, state, self._variables())

    def _write(self, checkpoint: Any) -> float:
        """Write it; the seconds that it took the processor, for it waits at nobody's cost."""
        from gyeol.saving import checkpoints

        try:
            # Made once, so it is no part of what the next state will cost.
            description = self._describe()
            begun = time.thread_time()
            checkpoints.write(checkpoint, description, self._path, self._before)
            return time.thread_time() - begun
        except Exception as error:  # of the thread; it is told by the training
            self._failure = error
            return 0.0

    def _describe(self) -> dict[str, Any]:
        if self._description is None:
            self._description = self.model._run.describe()
        return self._description

    def _variables(self) -> list[Any]:
        from gyeol.training.program import Boxes

        return [v for boxes in Boxes(self.model, "train").lists for v in boxes]

    # Reading --------------------------------------------------------------------------------

    def _take_up(self) -> None:
        from gyeol.saving.checkpoints import Read
        from gyeol.saving.checks import reason_of

        paths = [path for path in (self._path, self._before) if path.exists()]
        for path in paths:
            try:
                checkpoint = Read(path)
                break
            except (OSError, ValueError) as error:
                if path is paths[-1]:
                    raise ValueError(
                        tr(
                            "{path} cannot be taken up: {reason}. Remove it to begin anew.",
                            path=path,
                            reason=error,
                        )
                    ) from None
                warn(
                    tr(
                        "{path} cannot be taken up: {reason}. The state before it is used.",
                        path=path,
                        reason=error,
                    )
                )
        else:
            return
        self._check(path, checkpoint.description)
        before = [(variable, variable.value) for variable in self._variables()]
        try:
            self._restore(checkpoint)
        except Exception as error:
            for variable, value in before:
                variable.assign(value)
            if isinstance(error, Warning):
                raise
            raise ValueError(
                tr(
                    "{path} cannot be taken up: {reason}. Remove it to begin anew.",
                    path=path,
                    reason=reason_of(error),
                )
            ) from error
        state, run = checkpoint.state, self.model._run
        if state["step"]:
            self._resumed = checkpoint
            print_msg(
                tr(
                    "Training goes on after step {step} of epoch {epoch}, from {path}.",
                    step=state["step"],
                    epoch=state["epoch"] + 1,
                    path=path,
                )
            )
        else:
            run.is_over = state["has_stopped"] or run.epoch >= run.epochs
            print_msg(
                tr(
                    "Training goes on after epoch {epoch}, from {path}.",
                    epoch=state["epoch"],
                    path=path,
                )
            )

    def _check(self, path: Path, description: dict[str, Any]) -> None:
        from gyeol.training.fingerprint import differences

        then, now = dict(description), dict(self._describe())
        # Another machine computes the same to rounding, so this is no other training.
        by_then, by_now = then.pop("arithmetic", None), now.pop("arithmetic", None)
        if by_then is not None and by_then != by_now:
            warn(
                tr(
                    "{path} was computed with {then}, and this process computes with {now}: what "
                    "follows is the same to rounding, but not to the bit.",
                    path=path,
                    then=by_then,
                    now=by_now,
                )
            )
        found = differences(then, now)
        if found:
            more = len(found) - 3
            raise ValueError(
                tr(
                    "{path} belongs to another training: {differences}{more}. Give fit the same "
                    "again, or another folder, or remove this one to begin anew.",
                    path=path,
                    differences="; ".join(found[:3]),
                    more=tr("; and {more} more", more=more) if more > 0 else "",
                )
            )

    def _restore(self, checkpoint: Any) -> None:
        model, run, state = self.model, self.model._run, checkpoint.state
        checkpoint.fill(model, self._variables())
        run.epoch, run.step, run.seed = state["epoch"], state["step"], state["seed"]
        run.logs, run.is_trained = state["logs"], state["is_trained"]
        model.stop_training = state["has_stopped"]
        model._epochs_done = state["epochs_done"]
        model.history.history, model.history.epoch = state["history"], state["epochs"]
        for name, kept in state["callbacks"].items():
            if name in self._watched:
                self._watched[name].restore(kept)
            elif kept and self._resumed is None:
                warn(
                    tr(
                        "The training that is taken up had the callback {name}, whose state is "
                        "left out: this one has none.",
                        name=name.split()[0],
                    )
                )
        for (feed, step), place in zip(_feeds(run), state["places"]):
            if place is not None and feed is not None:
                doubt = feed.resume(place, step, run.epochs - run.epoch)
                if doubt and self._resumed is None:
                    warn(doubt)
        random.set_states(state["random"])


def _feeds(run: Any) -> list[tuple[Any, int]]:
    """The data of a training and of its validation, each with the steps of its epoch done."""
    return [(run.feed, run.step), (run.validation_feed, 0)]
