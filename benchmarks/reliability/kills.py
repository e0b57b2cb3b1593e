"""Trainings that are killed at random moments, started again, and compared bit for bit.

    python -m benchmarks.reliability kills --count 200

Each training runs in a process of its own, which is killed (SIGKILL, some SIGTERM and SIGINT) at a
moment drawn from its life, mostly after its first epoch, and begun again with the same program, up
to three times. At its end everything that a training leaves is compared with the training that was
never killed: weights and all other variables, the optimizer's, history, callbacks, files, the state
of NumPy's generator. `run(1, seed)` with the seed of a failure repeats it, as far as moments can be
repeated.

The processes fork from one that has imported gyeol and jax and has not yet begun to use jax's
threads, so that the imports are paid once.
"""

import contextlib
import io
import json
import multiprocessing
import multiprocessing.connection
import os
import pickle
import random
import shutil
import signal
import tempfile
import threading
import time
import zipfile
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

_PRELOADED = [
    "benchmarks.reliability.kill_programs",
    "gyeol.training.loop",
    "gyeol.saving",
    "gyeol.optimizers",
    "gyeol.metrics",
    "gyeol.losses",
    "h5py",
    "matplotlib.figure",
]
_COMMAND = "gyeol train"
_ARGUMENTS = ("train", "digits", "--model", "dense", "--epochs", "12", "--out", "run", "--resume")
# Seconds after which a process that should end has not.
_PATIENCE = 180
_STOPPED = {signal.SIGKILL: (-9,), signal.SIGTERM: (-15, 143), signal.SIGINT: (-2, 130)}
_SAID_OF_RESUMING = "Training goes on after"
_SAID_OF_FALLING_BACK = "previous.weights.h5"


# In the process that trains ------------------------------------------------------------------


def train(name: str, folder: str, environment: dict[str, str]) -> None:
    """Run one program in a folder, from the beginning or from its checkpoint.

    It leaves `began`, with the time at which its first epoch was over, and at the very end
    `result`.
    """
    from gyeol.callbacks import backup_and_restore

    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open("log.txt", "a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    # These trainings take seconds: let their state be written all the time, not now and then.
    backup_and_restore._SHARE, backup_and_restore._FIRST = 0.5, 0
    try:
        result = _by_command() if name == _COMMAND else _by_fit(name)
    except KeyboardInterrupt:
        os._exit(130)
    content = pickle.dumps(result)
    Path("result.tmp").write_bytes(content)
    os.replace("result.tmp", "result")
    os._exit(0)


def _by_fit(name: str) -> dict[str, Any]:
    from benchmarks.reliability import kill_programs
    from gyeol.callbacks import BackupAndRestore, Callback

    class Began(Callback):
        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            _began()

    job = kill_programs.made(name)
    backup = BackupAndRestore("checkpoint", save_freq=job.save_freq)
    history = job.model.fit(**job.data, verbose=0, callbacks=[*job.callbacks, Began(), backup])
    return {
        "variables": [np.asarray(v.value) for v in job.model.variables],
        "optimizer": [np.asarray(v.value) for v in job.model.optimizer.variables],
        "learning rate": float(job.model.optimizer.learning_rate),
        "history": history.history,
        "epochs": history.epoch,
        "stop_training": job.model.stop_training,
        "callbacks": {type(c).__name__: _attributes(c) for c in job.callbacks},
        "data": _attributes(job.data["x"]),
        "numpy": np.random.get_state(),
        "files": _files(Path()),
    }


def _by_command() -> dict[str, Any]:
    from gyeol import cli

    _began()
    try:
        cli.main(_ARGUMENTS)
    except SystemExit as left:
        if left.code:
            os._exit(left.code)
    return {"files": _files(Path("run"))}


def _began() -> None:
    if not os.path.exists("began"):
        Path("began").touch()


def _attributes(obj: Any) -> dict[str, Any]:
    """What an object shows, as far as it is data or a generator of random numbers."""
    values = {k: v for k, v in getattr(obj, "__dict__", {}).items() if not k.startswith("_")}
    for name, value in values.items():
        if isinstance(value, np.random.Generator):
            values[name] = value.bit_generator.state
    return {name: value for name, value in values.items() if _is_data(value)}


def _is_data(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_data, value))
    if isinstance(value, dict):
        return all(map(_is_data, value.values()))
    return value is None or isinstance(value, (bool, int, float, str, np.ndarray, np.generic))


def _files(folder: Path) -> dict[str, Any]:
    """What files hold, less dates and times, so that it can be compared."""
    own = {"began", "log.txt", "result", "result.tmp"}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in own)
    return {str(path.relative_to(folder)): _content(path) for path in files}


def _content(path: Path) -> Any:
    content = path.read_bytes()
    if path.suffix == ".h5":
        return _arrays(content)
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            return _arrays(archive.read("model.weights.h5")), archive.read("config.json")
    if path.name == "config.json":
        return {name: v for name, v in json.loads(content).items() if name != "seconds"}
    return content


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    import h5py

    arrays = {}

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(take)
    return arrays


# In the process that kills -------------------------------------------------------------------


@dataclass
class _Reference:
    """A program that was never killed: what it left, and how long it took, twice over."""

    result: dict[str, Any]
    before: float
    within: float


@dataclass
class _Outcome:
    """What became of one training."""

    program: str
    seed: int
    kills: list[str] = field(default_factory=list)
    resumed: int = 0
    fell_back: bool = False
    differs: list[str] = field(default_factory=list)

    def as_failure(self) -> dict[str, Any]:
        again = f"python -m benchmarks.reliability kills --count 1 --seed {self.seed}"
        return {
            "program": self.program,
            "kills": self.kills,
            "differs": self.differs[:8],
            "again": again,
        }


class _Killer:
    """Runs programs in folders below one, with a compiler's cache of their own.

    Args:
        work: the folder.
    """

    def __init__(self, work: Path):
        self.work = work
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(_PRELOADED)
        # Starting a process asks all others for their exit codes, which can be read once only.
        self.lock = threading.Lock()
        self.references: dict[str, Future] = {}

    def reference(self, name: str) -> _Reference:
        first = self._unkilled(name, "compiling")
        second = self._unkilled(name, "compiled")
        differs = differences(first.result, second.result)
        if differs:
            raise RuntimeError(f"{name} is not the same twice: {differs[:8]}")
        return second

    def _unkilled(self, name: str, label: str) -> _Reference:
        folder = self._folder(f"{name} {label}")
        begun = time.time()
        code = self._wait(self._start(name, folder))
        if code != 0:
            raise RuntimeError(f"{name} ended with {code}:\n{_end_of_log(folder)}")
        ended, began = (folder / "result").stat().st_mtime, (folder / "began").stat().st_mtime
        return _Reference(_result(folder), began - begun, ended - began)

    def killed(self, seed: int, programs: Sequence[str]) -> _Outcome:
        """One training, killed one to three times; everything is drawn from `seed`."""
        rng = random.Random(seed)
        name = rng.choice(programs)
        reference = self.references[name].result()
        outcome = _Outcome(name, seed)
        folder = self._folder(f"{name} {seed}")
        # Moments of the whole training; each start makes what is left of it.
        kinds = rng.choices(list(_STOPPED), [8, 1, 1], k=rng.choice([1, 1, 2, 3]))
        moments = sorted(rng.uniform(0, reference.within) for _ in kinds)
        for kind, moment, last in zip(kinds, moments, [0.0, *moments]):
            process = self._start(name, folder)
            if rng.random() < 0.15:
                seconds, where = rng.uniform(0, reference.before), "after its start"
            else:
                while not (folder / "began").exists() and self._ended(process, 0.003) is None:
                    pass
                seconds, where = moment - last, "after its first epoch"
            if self._ended(process, seconds) is None:
                os.kill(process.pid, kind)
                outcome.kills.append(f"{kind.name} {seconds:.3f} s {where}")
            code = self._wait(process)
            (folder / "began").unlink(missing_ok=True)
            if code == 0:
                break
            if code not in _STOPPED[kind]:
                outcome.differs.append(f"it left with {code}: {_end_of_log(folder)}")
                return outcome
        if not (folder / "result").exists():
            code = self._wait(self._start(name, folder))
            if code != 0:
                outcome.differs.append(f"begun again, it left with {code}: {_end_of_log(folder)}")
                return outcome
        outcome.differs = differences(reference.result, _result(folder))
        said = (folder / "log.txt").read_text()
        outcome.resumed = said.count(_SAID_OF_RESUMING)
        outcome.fell_back = _SAID_OF_FALLING_BACK in said
        if not outcome.differs:
            shutil.rmtree(folder)
        return outcome

    def _folder(self, label: str) -> Path:
        folder = self.work / label.replace(" ", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _start(self, name: str, folder: Path) -> Any:
        environment = {"GYEOL_HOME": str(self.work / "home"), "GYEOL_LANG": "en"}
        arguments = (name, str(folder), environment)
        process = self.context.Process(target=train, args=arguments, daemon=True)
        with self.lock:
            process.start()
        return process

    def _wait(self, process: Any) -> int | str:
        code = self._ended(process, _PATIENCE)
        if code is not None:
            return code
        process.kill()
        return f"nothing: after {_PATIENCE} s it was still there"

    def _ended(self, process: Any, seconds: float) -> int | None:
        """The exit code of a process, awaited for so many seconds; None if it still runs."""
        multiprocessing.connection.wait([process.sentinel], seconds)
        with self.lock:
            return process.exitcode


def differences(a: Any, b: Any, path: str = "") -> list[str]:
    """Where two results differ in a bit, by their names."""
    if type(a) is not type(b):
        return [f"{path}: {type(a).__name__} is now {type(b).__name__}"]
    if isinstance(a, dict):
        found = [f"{path}: {key} is there only once" for key in a.keys() ^ b.keys()]
        parts = [(a[key], b[key], f"{path}/{key}") for key in a if key in b]
        return found + [difference for part in parts for difference in differences(*part)]
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return [f"{path}: {len(a)} entries are now {len(b)}"]
        parts = [(p, q, f"{path}/{i}") for i, (p, q) in enumerate(zip(a, b))]
        return [difference for part in parts for difference in differences(*part)]
    if isinstance(a, (np.ndarray, np.generic)):
        if a.dtype != b.dtype or a.shape != b.shape:
            return [f"{path}: {a.dtype}{a.shape} is now {b.dtype}{b.shape}"]
        return [] if a.tobytes() == b.tobytes() else [f"{path}: values differ"]
    if a == b or (a != a and b != b):
        return []
    return [f"{path}: {a!r:.80} is now {b!r:.80}"]


def _result(folder: Path) -> dict[str, Any]:
    return pickle.loads((folder / "result").read_bytes())


def _end_of_log(folder: Path) -> str:
    lines = (folder / "log.txt").read_text(errors="replace").strip().splitlines()
    return " | ".join(lines[-3:])


def run(
    count: int,
    seed: int = 0,
    programs: Sequence[str] = (),
    together: int = 4,
    work: Path | None = None,
) -> dict[str, Any]:
    """Kill trainings until `count` kills have met one.

    Args:
        count: kills.
        seed: of the first training; the next has the next.
        programs: which, by name; all by default.
        together: how many run at a time.
        work: a folder for their files, which then stays; a temporary one by default.

    Returns:
        How many kills, how many trainings, how many of them ended with equal bits, how often one
        went on from a checkpoint (and not from the beginning, because there was none yet), how many
        did so from the checkpoint before the last, and the failures.
    """
    from benchmarks.reliability import kill_programs

    programs = list(programs) or [*kill_programs.JOBS, _COMMAND]
    with contextlib.ExitStack() as stack:
        if work is None:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gyeol-kills-")))
        work.mkdir(parents=True, exist_ok=True)
        killer = _Killer(work)
        pool = stack.enter_context(ThreadPoolExecutor(together))
        if count == 1:
            programs_needed = [random.Random(seed).choice(programs)]
        else:
            programs_needed = programs
        killer.references = {n: pool.submit(killer.reference, n) for n in programs_needed}
        return _figures(killer, pool, count, seed, programs, together)


def _figures(
    killer: _Killer,
    pool: ThreadPoolExecutor,
    count: int,
    seed: int,
    programs: Sequence[str],
    together: int,
) -> dict[str, Any]:
    outcomes: list[_Outcome] = []
    waiting: set[Future] = set()
    begun = kills = said = 0
    while kills < count or waiting:
        while kills + len(waiting) < count and len(waiting) < together and begun < 3 * count:
            waiting.add(pool.submit(killer.killed, seed + begun, programs))
            begun += 1
        if not waiting:
            break
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        outcomes += [future.result() for future in done]
        kills = sum(len(outcome.kills) for outcome in outcomes)
        failures = sum(bool(outcome.differs) for outcome in outcomes)
        if kills >= said + 20:
            said = kills
            print(f"{kills} kills of {count}, {failures} trainings failed", flush=True)
    return {
        "kills": kills,
        "runs": len(outcomes),
        "equal_bits": sum(not outcome.differs for outcome in outcomes),
        "resumed": sum(outcome.resumed for outcome in outcomes),
        "resumed_from_the_file_before": sum(outcome.fell_back for outcome in outcomes),
        "failures": [outcome.as_failure() for outcome in outcomes if outcome.differs],
    }
