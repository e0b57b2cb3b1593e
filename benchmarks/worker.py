"""A peer's process: reads requests, one JSON object a line, and answers each with a line.

    python -m benchmarks.worker benchmarks.peer_torch '{"compiled": true}'

A peer is a module with `load(options)`, which imports its library, `versions()` and
`make(network, settings)`, which gives a fresh model with

    fit(x, y, batch, epochs, begun, ended, validation)   `begun()` and `ended(logs)` for each epoch;
                                                         it stops when `ended` gives True
    hold(x, y)                   both as its users have them at hand: arrays or tensors
    predict(x, batch)            what `hold` gave in, array out
    evaluate(x, y, batch)        a number or several

It needs NumPy and the peer's library, and not gyeol.
"""

import importlib
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

from benchmarks import workloads


class Turns:
    """A measurement that goes on whenever the parent says so.

    Args:
        answer: sends a line.
        listen: waits for the parent's next word: whether there is another turn.
        repeat: how many epochs or calls a turn has.
    """

    def __init__(
        self, answer: Callable[[dict], None], listen: Callable[[], bool], repeat: int
    ) -> None:
        self.answer, self.listen, self.repeat = answer, listen, repeat
        self.done = 0
        self.start = 0.0

    def begun(self) -> None:
        """Start the clock, if this is the first epoch of a turn."""
        if self.done % self.repeat == 0:
            self.start = time.perf_counter()

    def ended(self, logs: Any = None) -> bool:
        """Stop the clock after the last epoch of a turn, and wait; True if it was the last turn."""
        self.done += 1
        if self.done % self.repeat:
            return False
        self.answer({"seconds": (time.perf_counter() - self.start) / self.repeat})
        return not self.listen()


def measure(peer: Any, request: dict, turns: Turns) -> None:
    """Train, predict or evaluate in turns."""
    network = workloads.NETWORKS[request["network"]]
    count, batch, settings = request["count"], request["batch"], request["settings"]
    kind = request["kind"]
    rows = count * batch if kind == "train" else count
    if network.data == "pima_diabetes" and kind == "train":
        rows = None  # the whole table is what an epoch is
    x, y = workloads.load(request["data"], request["network"], rows)
    model = peer.make(network, settings)
    if kind == "train":
        model.fit(x, y, batch, 10**6, turns.begun, turns.ended)
        return
    batch = settings.get("batch", 32)
    x, y = model.hold(x, y)
    stopped = False
    while not stopped:
        turns.begun()
        model.predict(x, batch) if kind == "predict" else model.evaluate(x, y, batch)
        stopped = turns.ended()


def _first_step(peer: Any, request: dict) -> dict:
    network = workloads.NETWORKS[request["network"]]
    x, y = workloads.load(request["data"], request["network"], request["batch"])
    ends: list[float] = []
    peer.make(network, request["settings"]).fit(
        x, y, request["batch"], 1, lambda: None, lambda logs: ends.append(time.time())
    )
    return {"seconds": ends[0] - request["started"]}


def _epochs(peer: Any, request: dict) -> dict:
    network = workloads.NETWORKS[request["network"]]
    x, y = workloads.load(request["data"], request["network"])
    kept = len(x) * 4 // 5
    model = peer.make(network, request["settings"])
    model.fit(
        x[:kept],
        y[:kept],
        request["batch"],
        request["count"],
        lambda: None,
        lambda logs: False,
        (x[kept:], y[kept:]),
    )
    return {}


def _folds(peer: Any, request: dict) -> dict:
    network = workloads.NETWORKS[request["network"]]
    x, y = workloads.load(request["data"], request["network"])
    place = np.random.default_rng(0).permutation(len(x)) % workloads.FOLDS
    scores = []
    for fold in range(workloads.FOLDS):
        model = peer.make(network, request["settings"])
        kept, held = place != fold, place == fold
        model.fit(
            x[kept],
            y[kept],
            request["batch"],
            request["count"],
            lambda: None,
            lambda logs: False,
        )
        scores.append(model.evaluate(*model.hold(x[held], y[held]), request["batch"]))
    return {"folds": len(scores)}


def _fold(peer: Any, request: dict) -> dict:
    begun = time.perf_counter()
    folds = _folds(peer, request)["folds"]
    return {"seconds": (time.perf_counter() - begun) / folds}


def _memory(peer: Any, request: dict) -> dict:
    network = workloads.NETWORKS[request["network"]]
    rows = request["count"] * request["batch"]
    x, y = workloads.load(request["data"], request["network"], rows)
    model = peer.make(network, request["settings"])
    model.fit(x, y, request["batch"], 2, lambda: None, lambda logs: False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"mib": peak / (2**20 if sys.platform == "darwin" else 2**10)}


def _accuracy(peer: Any, request: dict) -> dict:
    network = workloads.NETWORKS[request["network"]]
    x, y = workloads.load(request["data"], request["network"])
    test = workloads.load(request["data"], f"{request['network']}-test")
    begun = time.perf_counter()
    reached: list[float] = []

    def ended(logs: dict) -> bool:
        reached.append(float(logs["val_accuracy"]))
        return reached[-1] >= workloads.ACCURACY

    peer.make(network, request["settings"]).fit(
        x, y, request["batch"], request["count"], lambda: None, ended, test
    )
    if reached[-1] < workloads.ACCURACY:
        raise RuntimeError(f"{reached[-1]:.3f} after {len(reached)} epochs")
    return {"seconds": time.perf_counter() - begun, "epochs": len(reached)}


def _growth(peer: Any, request: dict) -> dict:
    """Seconds of the first and of a later fit of dense layers, as one of four sizes grows."""
    found: dict[str, dict[int, list[float]]] = {}
    rng = np.random.default_rng(0)
    base = {"epochs": 4, "samples": 8192, "layers": 2, "width": 128}
    grown = {
        "epochs": (4, 8, 16, 32),
        "samples": (8192, 16384, 32768, 65536),
        "layers": (2, 4, 8, 16),
        "width": (128, 256, 512, 1024),
    }
    for what, sizes in grown.items():
        for size in sizes[: request["count"]]:
            at = {**base, what: size}
            layers = [("dense", at["width"], "relu")] * at["layers"]
            network = workloads.Network("", "mnist", (128,), (*layers, ("dense", 10, "softmax")))
            x = rng.random((at["samples"], 128), dtype="float32")
            y = rng.integers(0, 10, at["samples"])
            fit = peer.make(network, {}).fit

            def seconds(fit=fit, x=x, y=y, epochs=at["epochs"]):
                begun = time.perf_counter()
                fit(x, y, 32, epochs, lambda: None, lambda logs: False)
                return time.perf_counter() - begun

            first = seconds()
            again = statistics.median(seconds() for _ in range(3))
            found.setdefault(what, {})[size] = [first, again]
    return {"growth": found}


def _outside(peer: Any, request: dict) -> dict:
    """How much of an epoch of the smallest network is Python's."""
    x, y = workloads.load(request["data"], request["network"], request["count"] * 32)
    network = workloads.NETWORKS[request["network"]]
    return {"outside": peer.outside(network, x, y, 32, 5)}


def _limits(peer: Any, request: dict) -> dict:
    """What the machine does in a large matrix product and in copies, by the peer's library."""
    return peer.limits()


JOBS = {
    "first_step": _first_step,
    "epochs": _epochs,
    "folds": _folds,
    "fold": _fold,
    "memory": _memory,
    "accuracy": _accuracy,
    "growth": _growth,
    "outside": _outside,
    "limits": _limits,
}


def serve(peer: Any, requests: TextIO, answers: TextIO, imported: float = 0.0) -> None:
    """Do what the lines of `requests` ask for, until there are no more."""

    def answer(line: dict) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    def listen() -> bool:
        line = requests.readline()
        return bool(line) and json.loads(line)["do"] == "turn"

    answer({"versions": peer.versions(), "imported": imported})
    while line := requests.readline():
        request = json.loads(line)
        if request["do"] == "measure":
            measure(peer, request, Turns(answer, listen, request["repeat"]))
            answer({"stopped": True})
        else:
            answer(JOBS[request["job"]](peer, request))


def main() -> None:
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    peer = importlib.import_module(sys.argv[1])
    begun = time.perf_counter()
    peer.load(json.loads(sys.argv[2]))
    serve(peer, sys.stdin, answers, time.perf_counter() - begun)


if __name__ == "__main__":
    main()
