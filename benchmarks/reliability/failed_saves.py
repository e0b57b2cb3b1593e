"""Saves that fail or are killed: is the file that was there still whole, or the new one?

    python -m benchmarks.reliability failed_saves --count 200

Half of the saves are killed (SIGKILL) at a random moment, in a process that saves one state after
the other. Half meet a limit at a random byte: a file-size limit of the process (RLIMIT_FSIZE), or a
full disk, a small tmpfs that is mounted where the system lets one; elsewhere all meet the file-size
limit. Afterwards what is at the path is loaded and compared, bit for bit, with the states that may
be there: that of the last finished save or, after a kill alone, of the one that was under way. No
second file may be there under a name that somebody would take for a result.
"""

import contextlib
import errno
import functools
import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_PRELOADED = ["benchmarks.reliability.failed_saves", "gyeol.saving", "gyeol.optimizers", "h5py"]
_DISK = 48 << 20  # bytes of the small disk
_PATIENCE = 60  # seconds in which a process has to begin to save
_KILL_WITHIN = 0.2  # seconds; a save takes some 10 to 100 ms here


class Kind(NamedTuple):
    """A kind of file.

    Attributes:
        name: the name of the file.
        save: writes the state of a number to a path.
        read: what the file holds, to be compared; it raises if the file is damaged.
        made: what `read` should give for the state of a number.
    """

    name: str
    save: Callable[[int, str], None]
    read: Callable[[str], Any]
    made: Callable[[int], Any]


# States --------------------------------------------------------------------------------------


@functools.cache
def _model() -> Any:
    import gyeol

    model = gyeol.Sequential([gyeol.Input((30,)), gyeol.layers.Dense(200), gyeol.layers.Dense(50)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def _values(model: Any) -> list[bytes]:
    variables = [*model.variables, *model.optimizer.variables]
    return [np.asarray(variable.value).tobytes() for variable in variables]


def _in_state(number: int) -> Any:
    """The model with all its variables, and the optimizer's, drawn from a number."""
    model, rng = _model(), np.random.default_rng(number)
    for variable in [*model.variables, *model.optimizer.variables]:
        variable.assign((rng.random(variable.shape) * 100).astype(variable.dtype))
    return model


def _history(number: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(number)
    return {"loss": rng.random(20).tolist(), "val_loss": rng.random(20).tolist()}


def _of_model(name: str, save: Callable[[Any, str], None], read: Callable[[str], Any]) -> Kind:
    return Kind(
        name,
        lambda number, path: save(_in_state(number), path),
        lambda path: _values(read(path)),
        lambda number: _values(_in_state(number)),
    )


def _of_bytes(name: str, save: Callable[[int, str], None]) -> Kind:
    """A kind whose file is the same bytes each time that one state is written."""

    def made(number: int) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            save(number, os.path.join(folder, name))
            return Path(folder, name).read_bytes()

    return Kind(name, save, lambda path: Path(path).read_bytes(), functools.cache(made))


def _loaded(path: str) -> Any:
    from gyeol.saving import load_model

    return load_model(path)


def _with_weights(path: str) -> Any:
    model = _in_state(0)
    model.load_weights(path)
    return model


def _save_log(number: int, path: str) -> None:
    from gyeol.callbacks import CSVLogger

    logger, history = CSVLogger(path), _history(number)
    logger.on_train_begin()
    # Some 10 kB, written once: the last row is that of a training's end.
    logger.load_state_dict({"text": ""})
    for epoch, loss in enumerate(history["loss"] * 10):
        logger._next = float("inf")
        logger.on_epoch_end(epoch, {"loss": loss, "val_loss": loss})
    logger.on_train_end()


def _save_curves(number: int, path: str) -> None:
    from gyeol import report

    report.curves(_history(number), path)


def _save_plot(number: int, path: str) -> None:
    from gyeol import layers, models, utils

    model = models.Sequential([layers.Input((30,)), layers.Dense(number % 997 + 1, name="one")])
    utils.plot_model(model, path, show_shapes=True, dpi=60)


KINDS = [
    _of_model("model.keras", lambda model, path: model.save(path), _loaded),
    _of_model("folder", lambda model, path: model.save(path, zipped=False), _loaded),
    _of_model("whole.h5", lambda model, path: model.save(path), _loaded),
    _of_model("a.weights.h5", lambda model, path: model.save_weights(path), _with_weights),
    _of_bytes("model.onnx", lambda number, path: _in_state(number).export(path, format="onnx")),
    _of_bytes("log.csv", _save_log),
    _of_bytes("curves.png", _save_curves),
    _of_bytes("plot.png", _save_plot),
    _of_bytes("plot.svg", _save_plot),
]


# What is there afterwards --------------------------------------------------------------------


def fault(kind: Kind, folder: Path, allowed: list[int], killed: bool) -> str | None:
    """What is wrong in a folder after a save; None if nothing is.

    Args:
        kind: the kind of the one file that is to be there.
        folder: the folder.
        allowed: the numbers of the states that may be in it.
        killed: whether the process was killed: then hidden files may be left, of no result's name.
    """
    others = [name for name in os.listdir(folder) if name != kind.name]
    if others if not killed else [name for name in others if not name.startswith(".")]:
        return f"besides the file there are {others}"
    path = str(folder / kind.name)
    try:
        content = kind.read(path)
    except Exception as error:
        return f"it cannot be loaded: {type(error).__name__}: {error}"
    if not any(content == kind.made(number) for number in allowed):
        return f"it holds none of the states {allowed}"
    return None


# Limits --------------------------------------------------------------------------------------


@contextlib.contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, for a block."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def full_disk(folder: Path, room: int) -> Iterator[None]:
    """Fill the disk of a folder until so many pages are free, for a block."""
    filler = folder.parent / "filler"
    disk = os.statvfs(folder)
    filler.write_bytes(b"x" * (disk.f_bsize * max(disk.f_bavail - room, 0)))
    try:
        yield
    finally:
        filler.unlink()


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.iterdir()
    return max(file.stat().st_size for file in files)


def failed(kind: Kind, folder: Path, rng: random.Random, is_disk: bool) -> str | None:
    """Save once, then a second time against a limit at a random byte; what is wrong, or None.

    Args:
        kind: what to save.
        folder: an empty folder; for a full disk, on a small disk of its own.
        rng: where the byte and the states are drawn from.
        is_disk: whether the disk is full; else the size of a file is limited.
    """
    old, new = rng.sample(range(1, 50), 2)
    path = folder / kind.name
    kind.save(new, str(path))
    size = _size(path)
    kind.save(old, str(path))
    limit = rng.randrange(size) if not is_disk else rng.randrange(-(-size // 4096))
    where = f"{'pages free' if is_disk else 'bytes allowed'}: {limit}"
    expected = errno.ENOSPC if is_disk else errno.EFBIG
    try:
        with full_disk(folder, limit) if is_disk else file_size_limit(limit):
            kind.save(new, str(path))
        return f"it did not fail ({where})"
    except OSError as error:
        if error.errno != expected or path.name not in str(error) or "\n" in str(error):
            return f"the error does not say it ({where}): {error!r}"
    found = fault(kind, folder, [old], killed=False)
    return f"{found} ({where})" if found else None


def _on_a_small_disk(seeds: list[int]) -> dict[int, str | None] | None:
    """`failed` on a full disk for each seed; None where no disk can be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && echo mounted && shift 2 && exec "$@"'
        own = [sys.executable, "-m", __name__, folder, json.dumps(seeds)]
        command = ["unshare", "-Urm", "sh", "-c", script, "sh", str(_DISK), folder, *own]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            return None
    if not done.stdout.startswith("mounted"):
        return None
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    return {int(seed): fault for seed, fault in found.items()}


def fail_at(seed: int, folder: Path, is_disk: bool) -> str | None:
    """`failed` with all drawn from a seed."""
    rng = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    own = folder / f"seed-{seed}"
    own.mkdir()
    found = failed(kind, own, rng, is_disk)
    shutil.rmtree(own)
    return f"{kind.name}: {found}" if found else None


# Kills ---------------------------------------------------------------------------------------


def _save_without_end(index: int, path: str, seed: int, says: Any) -> None:
    """In a process of its own: save one state after the other, saying each before it begins."""
    kind = KINDS[index]
    number = seed
    while True:
        number += 1
        says.send(number)
        kind.save(number, path)


def killed(context: Any, seed: int, folder: Path) -> str | None:
    """Kill a process that saves, at a moment drawn from a seed; what is wrong then, or None."""
    rng = random.Random(seed)
    index = seed % len(KINDS)
    own = folder / f"seed-{seed}"
    own.mkdir()
    first = 100 * seed
    KINDS[index].save(first, str(own / KINDS[index].name))
    hears, says = context.Pipe(duplex=False)
    arguments = (index, str(own / KINDS[index].name), first, says)
    process = context.Process(target=_save_without_end, args=arguments, daemon=True)
    process.start()
    says.close()
    if not hears.poll(_PATIENCE):
        process.kill()
        return "the process did not begin"
    # Not before the first save of the process is over: that one also sets JAX up.
    hears.recv()
    hears.poll(_PATIENCE)
    time.sleep(rng.uniform(0, _KILL_WITHIN))
    process.kill()
    process.join()
    last = first + 1
    with contextlib.suppress(EOFError):
        while True:
            last = hears.recv()
    found = fault(KINDS[index], own, [last - 1, last], killed=True)
    if not found:
        # What the killed process left does not outlive the next save.
        KINDS[index].save(first, str(own / KINDS[index].name))
        found = fault(KINDS[index], own, [first], killed=False)
    shutil.rmtree(own)
    return f"{KINDS[index].name}: {found}, killed at state {last - first}" if found else None


# All -----------------------------------------------------------------------------------------


def run(count: int = 200, seed: int = 0) -> dict[str, Any]:
    """Try so many failed saves.

    Args:
        count: half of them are killed, half meet a limit.
        seed: the first of as many seeds; each draws a kind of file, the states and the moment.

    Returns:
        'tried', 'old_or_new_file_whole', how many were 'killed', met a 'full_disk' or a
        'file_size_limit', and 'failures', with what repeats each.
    """
    kills = range(seed, seed + count // 2)
    limits = range(seed + count // 2, seed + count)
    found: dict[int, str | None] = {}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with tempfile.TemporaryDirectory() as folder:
        for done, number in enumerate(kills, 1):
            found[number] = killed(context, number, Path(folder))
            if done % 20 == 0:
                print(f"{done} killed", flush=True)
        on_disk = _on_a_small_disk(list(limits[::2])) if len(limits) else {}
        if on_disk is None:
            print("no disk can be mounted here: all limits are of a file's size", flush=True)
        found |= on_disk or {}
        for number in limits:
            if number not in found:
                found[number] = fail_at(number, Path(folder), is_disk=False)
    # So many seeds before one, and so many saves, make the same of it again.
    again = dict.fromkeys(kills, (2, 0))
    again |= {number: (2, 1) if number in (on_disk or ()) else (4, 3) for number in limits}
    failures = [
        f"{words} (--count {again[number][0]} --seed {number - again[number][1]})"
        for number, words in sorted(found.items())
        if words
    ]
    return {
        "tried": count,
        "killed": len(kills),
        "full_disk": len(on_disk or {}),
        "file_size_limit": len(limits) - len(on_disk or {}),
        "old_or_new_file_whole": count - len(failures),
        "failures": failures,
    }


if __name__ == "__main__":
    # In the small disk's own space of names; the parent reads the last line.
    _folder, _seeds = sys.argv[1:]
    print(json.dumps({s: fail_at(s, Path(_folder), is_disk=True) for s in json.loads(_seeds)}))
