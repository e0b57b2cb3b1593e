"""`BackupAndRestore`."""

import contextlib
import io
import json
import os
from pathlib import Path

import numpy as np

from gyeol.callbacks.callback import Callback
from gyeol.files import write_whole
from gyeol.serialization import exported
from gyeol.text import tr, warn
from gyeol.utils.progbar import print_msg


@exported("keras.callbacks")
class BackupAndRestore(Callback):
    """Lets a training that was cut off go on, as if nothing had happened.

    At the end of an epoch, after the other callbacks, the state is written to a file: weights,
    optimizer, history, and the seed that the order of the rows and all random numbers follow from.
    The same `fit` with the same `backup_dir` then takes up the next epoch, and ends with the same
    bits. The file is a '.weights.h5' too. When training is done it is removed.

    Args:
        backup_dir: a folder for this training alone.
        save_freq: 'epoch'; or a number of batches: then the state is written at the end of the
            epoch in which so many have passed.
        double_checkpoint: whether the state before the last is kept as well, and used if the last
            one is damaged.
        delete_checkpoint: whether the file is removed when training is done.
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
        self._saved_at = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._saved_at = int(self.model.optimizer.iterations)
        if not self._path.exists() and not self._before.exists():
            return
        try:
            self._restore(self._path)
        except (OSError, ValueError) as error:
            if not self._before.exists():
                raise ValueError(
                    tr(
                        "{path} cannot be taken up: {reason} Remove it to begin anew.",
                        path=self._path,
                        reason=error,
                    )
                ) from None
            warn(
                tr(
                    "{path} cannot be taken up: {reason} The state before it is used.",
                    path=self._path,
                    reason=error,
                )
            )
            self._restore(self._before)
        self._saved_at = int(self.model.optimizer.iterations)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        steps = int(self.model.optimizer.iterations)
        if self.save_freq == "epoch" or steps - self._saved_at >= self.save_freq:
            self._save(epoch + 1)
            self._saved_at = steps

    def on_train_end(self, logs: dict | None = None) -> None:
        ended = self.model.stop_training or self.model._run.epoch >= self.params["epochs"]
        if not ended or not self.delete_checkpoint:
            return
        for path in (self._path, self._before):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it may hold other things
            os.rmdir(self.backup_dir)

    def _save(self, epoch: int) -> None:
        import h5py

        from gyeol.saving.weight_files import write_state

        history = self.model.history
        state = {
            "epoch": epoch,
            "seed": self.model._run.seed,
            "history": history.history,
            "epochs": history.epoch,
        }
        buffer = io.BytesIO(write_state(self.model))
        with h5py.File(buffer, "r+") as file:
            text = json.dumps(state, default=lambda value: np.asarray(value).tolist())
            file["training"] = np.frombuffer(text.encode(), "uint8")
        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and self._path.exists():
            os.replace(self._path, self._before)
        with write_whole(self._path) as file:
            file.write(buffer.getvalue())

    def _restore(self, path: Path) -> None:
        import h5py

        from gyeol.saving.weight_files import read_state

        content = io.BytesIO(path.read_bytes())
        with h5py.File(content, "r") as file:
            if "training" not in file:
                raise ValueError(tr("it holds no state of a training."))
            state = json.loads(file["training"][()].tobytes())
        read_state(self.model, content)
        run, history = self.model._run, self.model.history
        run.epoch, run.seed = max(run.epoch, state["epoch"]), state["seed"]
        history.history, history.epoch = state["history"], state["epochs"]
        print_msg(
            tr(
                "Training goes on after epoch {epoch}, from {path}.",
                epoch=state["epoch"],
                path=path,
            )
        )
