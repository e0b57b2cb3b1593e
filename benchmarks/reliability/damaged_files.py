"""Files of models, damaged in every way that disks and networks damage them, and loaded.

    python -m benchmarks.reliability damaged_files --count 200

Each kind of file is cut short at every kilobyte and at every byte of its first and last kilobyte,
and is then damaged `count` times at random: bits flipped, bytes overwritten, blocks zeroed, swapped
or doubled, garbage added. A file must give a model, or be refused in a `ValueError` of one line
that names it, within seconds, with less than 200 MB of memory beyond its size; weights go into a
model all or not at all. The loading runs in a process of its own, so that a crash is counted.
"""

import contextlib
import json
import multiprocessing
import os
import random
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.saving.fuzzing import training_state

MOST_SECONDS = 20
MOST_BYTES = 200 << 20
_KILOBYTE = 1024
KINDS = (
    *("model.keras", "weights of model.keras", "folder/config.json", "folder/model.weights.h5"),
    *("model.weights.h5", "model.h5", "weights.h5", "model.json", "checkpoint"),
)


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Damage every kind of file, and load what is left of it.

    Args:
        count: damages at random for each kind of file.
        seed: the first random damage.

    Returns:
        How many files were tried, refused and loaded, and how many did something else.
    """
    context = multiprocessing.get_context("spawn")
    figures = {"tried": 0, "refused": 0, "loaded": 0, "wrong": 0}
    failures = []
    for kind in KINDS:
        skip: list[str] = []
        while True:
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(kind, count, seed, skip, theirs))
            process.start()
            theirs.close()
            current, ended = "", False
            with contextlib.suppress(EOFError):
                while ours.poll(6 * MOST_SECONDS):
                    message, *rest = ours.recv()
                    if message == "begins":
                        current = rest[0]
                        skip.append(current)
                        figures["tried"] += 1
                    elif message == "ended":
                        ended = True
                    else:
                        figures[message] += 1
                        failures += [f"{kind}, {current}: {rest[0]}"] if message == "wrong" else []
            if not ended:
                process.kill()
            process.join()
            if ended:
                break
            if not current or process.exitcode == 1:
                raise RuntimeError(f"The process that loads files failed, at {kind}, {current}.")
            figures["wrong"] += 1
            failures.append(f"{kind}, {current}: the process ended with {process.exitcode}")
        print(f"{kind}: {json.dumps(figures)}", flush=True)
    return {**figures, "failures": failures[:20]}


def _work(kind: str, count: int, seed: int, skip: list[str], pipe: Any) -> None:
    folder = Path(tempfile.mkdtemp(prefix="gyeol-damaged-"))
    try:
        files = Files(folder)
        known = set(skip)
        for name, damaged in damages(files.content(kind), count, seed):
            if name not in known:
                pipe.send(("begins", name))
                pipe.send(files.outcome(kind, damaged))
        pipe.send(("ended",))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def damages(whole: bytes, count: int, seed: int = 0, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """What is left of a file, and what was done to it in words.

    Args:
        whole: the file.
        count: damages at random.
        seed: the first of them.
        every: of the lengths in the first and the last kilobyte, take each `every`th.
    """
    ends = {*range(0, _KILOBYTE, every), *range(len(whole) - 1, len(whole) - _KILOBYTE, -every)}
    for length in sorted(ends | set(range(0, len(whole), _KILOBYTE))):
        if 0 <= length < len(whole):
            yield f"cut at {length}", whole[:length]
    for number in range(seed, seed + count):
        name = _DAMAGES[number % len(_DAMAGES)].__name__
        yield f"{name} {number}", _DAMAGES[number % len(_DAMAGES)](whole, random.Random(number))


def flipped(whole: bytes, rng: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def overwritten(whole: bytes, rng: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(rng.choice((1, 2, 5))):
        at, width = rng.randrange(len(data)), rng.choice((1, 2, 4, 8))
        data[at : at + width] = rng.choice((b"\0" * 8, b"\xff" * 8, rng.randbytes(8)))[:width]
    return bytes(data[: len(whole)])


def _block(whole: bytes, rng: random.Random) -> tuple[int, int]:
    length = rng.choice((16, 64, 512, 4096))
    return rng.randrange(max(1, len(whole) - length)) // 16 * 16, length


def zeroed(whole: bytes, rng: random.Random) -> bytes:
    at, length = _block(whole, rng)
    return whole[:at] + bytes(len(whole[at : at + length])) + whole[at + length :]


def swapped(whole: bytes, rng: random.Random) -> bytes:
    (one, length), (other, _) = _block(whole, rng), _block(whole, rng)
    data = bytearray(whole)
    if abs(one - other) >= length:
        data[one : one + length], data[other : other + length] = (
            whole[other : other + length],
            whole[one : one + length],
        )
    return bytes(data)


def doubled(whole: bytes, rng: random.Random) -> bytes:
    at, length = _block(whole, rng)
    return whole[: at + length] + whole[at:]


def added(whole: bytes, rng: random.Random) -> bytes:
    garbage = rng.choice((b"\0" * 999, rng.randbytes(5000), whole, b"PK\5\6" + bytes(18), b"}"))
    return whole + garbage if rng.random() < 0.7 else garbage[:100] + whole


_DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(flipped, overwritten, flipped, zeroed, flipped, swapped, overwritten, doubled, added),
)


class Files:
    """A small trained model in every kind of file.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path):
        import numpy as np

        import gyeol
        from gyeol import layers
        from gyeol.saving import checkpoints

        self._folder, self.model = (
            folder,
            gyeol.Sequential(
                [
                    gyeol.Input((4,)),
                    layers.Dense(5, "relu"),
                    layers.BatchNormalization(),
                    layers.Dense(3),
                ]
            ),
        )
        self.model.compile("adam", "mse", metrics=["mae"])
        self.model.train_on_batch(np.ones((8, 4), "float32"), np.zeros((8, 3), "float32"))
        self.model.save(folder / "model.keras")
        self.model.save(folder / "folder", zipped=False)
        self.model.save(folder / "model.h5")
        self.model.save_weights(folder / "model.weights.h5")
        self.model.save_weights(folder / "weights.h5")
        (folder / "model.json").write_text(self.model.to_json())
        taken = checkpoints.taken(self.model, training_state(), self.model.variables)
        checkpoints.write(taken, {"batch_size": 8}, folder / "checkpoint", folder / "before")

    def _place(self, kind: str) -> Path:
        return self._folder / kind.removeprefix("weights of ")

    def content(self, kind: str) -> bytes:
        """The bytes of a file before any damage."""
        return self._place(kind).read_bytes()

    def outcome(self, kind: str, damaged: bytes) -> tuple[str, str]:
        """What a damaged file does: 'loaded', 'refused' or 'wrong', and more words for that."""
        place = self._place(kind)
        whole = place.read_bytes()
        variables = self.model.variables + self.model.optimizer.variables
        before, memory, began = [v.value for v in variables], _peak(anew=True), time.monotonic()
        there = sorted(os.listdir(self._folder))
        place.write_bytes(damaged)
        result = "loaded", ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._load(kind, place)
        except ValueError as error:
            result = "refused", str(error)
            name = "folder" if place.parent != self._folder else place.name
            if "\n" in str(error) or (name not in str(error) and kind != "model.json"):
                result = "wrong", f"refused in other words: {error}"
            elif any(variable.value is not value for variable, value in zip(variables, before)):
                result = "wrong", f"refused, and the model changed: {error}"
        except Exception as error:
            result = "wrong", f"{type(error).__name__}: {error}"
        finally:
            place.write_bytes(whole)
            for variable, value in zip(variables, before):
                variable.assign(value)
        if time.monotonic() - began > MOST_SECONDS:
            result = "wrong", f"took {time.monotonic() - began:.0f} s"
        if _peak() - memory > MOST_BYTES + len(damaged):
            result = "wrong", f"took {(_peak() - memory) >> 20} MB"
        if sorted(os.listdir(self._folder)) != there:
            result = "wrong", "left other files"
        return result

    def _load(self, kind: str, place: Path) -> None:
        from gyeol import saving
        from gyeol.saving import checkpoints

        if kind == "model.json":
            try:
                text = place.read_text()
            except UnicodeDecodeError:
                raise ValueError("no text") from None
            saving.model_from_json(text)
        elif kind == "checkpoint":
            try:
                checkpoints.Read(place).fill(self.model, self.model.variables)
            except ValueError as error:
                raise ValueError(f"{place}: {error}") from error
        elif kind in ("model.weights.h5", "weights.h5", "weights of model.keras"):
            self.model.load_weights(place)
        else:
            saving.load_model(place.parent if kind.startswith("folder") else place)


def _peak(anew: bool = False) -> int:
    """The most bytes of memory that the process had; `anew`: from now on, where Linux lets us."""
    with contextlib.suppress(OSError):
        if anew:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) << 10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
