"""The peers: their environments, their settings, and the processes that they work in."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KERAS = "keras==3.15.1"
TORCH = "torch==2.13.0"
TORCH_FOR_CPU = "https://download.pytorch.org/whl/cpu"


class PeerError(Exception):
    """A peer could not do what it was asked to."""


@dataclass(frozen=True)
class Peer:
    """One library in one way of using it.

    Args:
        name: in tables and in the file of figures.
        module: the worker's module.
        venv: the environment, a key of `requirements`; '' is the one that runs this.
        options: what `load` of the module is given.
        settings: the ways to train of which the best is taken, and the same for calls.
        variables: of the process's environment.
        has_disk_cache: whether a second process finds what the first has compiled.
        kind: 'gyeol', 'peer', or 'floor', which is no library.
        source: the folder that gyeol is imported from.
    """

    name: str
    module: str
    venv: str = ""
    options: dict = field(default_factory=dict)
    settings: tuple[dict, ...] = ({},)
    variables: dict[str, str] = field(default_factory=dict)
    has_disk_cache: bool = False
    kind: str = "peer"
    source: Path | None = None


def _keras(name: str, venv: str, backend: str, package: str, *settings: dict) -> Peer:
    return Peer(
        name,
        "benchmarks.peer_keras",
        venv,
        {"packages": ["keras", package]},
        settings,
        {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )


def _gyeol(name: str, source: Path, venv: str = "") -> Peer:
    return Peer(
        name,
        "benchmarks.peer_gyeol",
        venv,
        has_disk_cache=True,
        kind="gyeol" if name == "gyeol" else "peer of before",
        source=source,
    )


def known(device: str, before: Path | None = None) -> list[Peer]:
    """All the peers, in the order of the tables.

    Args:
        device: 'cpu' or 'gpu'.
        before: another checkout of gyeol, to be measured beside this one.
    """
    one, many = {"steps_per_execution": 1}, {"steps_per_execution": 32}
    plain = {"jit_compile": False}
    layouts = ({}, {"channels_last": True})
    gyeol = [_gyeol("gyeol", ROOT / "src", "gyeol" if device == "gpu" else "")]
    if before:
        gyeol.append(_gyeol("gyeol, before", before / "src", gyeol[0].venv))
    tensorflow = "tensorflow-cpu" if device == "cpu" else "tensorflow"
    # Keras's own choice of jit_compile is True on TensorFlow and JAX and False on torch.
    found = [
        *gyeol,
        _keras("Keras/TF", "tensorflow", "tensorflow", tensorflow, many, one, many | plain, plain),
        _keras("Keras/JAX", "jax", "jax", "jax", many, one),
        _keras("Keras/torch", "torch", "torch", "torch", {}, {"jit_compile": True}),
        Peer("PyTorch", "benchmarks.peer_torch", "torch", settings=layouts),
        Peer(
            "PyTorch, compiled",
            "benchmarks.peer_torch",
            "torch",
            {"compiled": True},
            layouts,
            has_disk_cache=True,
        ),
        Peer("JAX scan, bare", "benchmarks.peer_jax_scan", "jax", kind="floor"),
    ]
    if device == "gpu":
        found = [peer for peer in found if peer.venv != "tensorflow"]
    return found


def requirements(device: str) -> dict[str, list[str]]:
    """What each environment holds."""
    from importlib.metadata import version

    jax = f"jax{'[cuda12]' if device == 'gpu' else ''}=={version('jax')}"
    found = {
        "tensorflow": ["tensorflow-cpu==2.21.0", KERAS],
        "jax": [jax, KERAS],
        "torch": [TORCH, KERAS],
    }
    if device == "gpu":
        del found["tensorflow"]
        found["gyeol"] = [jax, "-e", str(ROOT)]
    return found


def python_of(venv: str, folder: Path, device: str) -> str:
    """The interpreter of an environment, which is made if it is not there.

    Args:
        venv: its name, a key of `requirements`; '' for the one that runs this.
        folder: where the environments lie.
        device: 'cpu' or 'gpu'.

    Raises:
        PeerError: pip could not install what it is to hold.
    """
    if not venv:
        return sys.executable
    place = folder / f"{venv}-{device}"
    wanted = requirements(device)[venv]
    done, python = place / "installed.txt", str(place / "bin" / "python")
    if done.exists() and done.read_text(encoding="utf-8") == "\n".join(wanted):
        return python
    print(f"making the environment {place.name}: {', '.join(wanted)}", flush=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    tries = [wanted]
    if TORCH in wanted and device == "cpu":
        # Without "+cpu" it is the build for GPUs, which is larger by gigabytes.
        light = [f"{TORCH}+cpu", *wanted[1:]]
        tries = [light, ["--extra-index-url", TORCH_FOR_CPU, *light], wanted]
    for arguments in tries:
        finished = subprocess.run([*pip, *arguments], capture_output=True, text=True)
        if finished.returncode == 0:
            done.write_text("\n".join(wanted), encoding="utf-8")
            return python
    raise PeerError(f"pip could not install {wanted}: {finished.stderr.strip()[-500:]}")


class Worker:
    """A peer's process, and the talk with it.

    Args:
        peer: which one.
        python: its interpreter.
        device: 'cpu' or 'gpu'.
        caches: the folder for what it compiles.
        log: the file for what it prints.
    """

    def __init__(self, peer: Peer, python: str, device: str, caches: Path, log: Path) -> None:
        self.peer, self.log = peer, log
        self.started = time.time()
        command = [python, "-m", "benchmarks.worker", peer.module]
        with log.open("a", encoding="utf-8") as printed:
            self.process = subprocess.Popen(
                [*command, json.dumps({"device": device, **peer.options})],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                text=True,
                cwd=ROOT,
                env=_environment(peer, device, caches),
            )
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        begun = self.answer(120)
        self.versions, self.imported = begun["versions"], begun["imported"]

    def say(self, request: dict[str, Any]) -> None:
        """Send a request without waiting for its answer."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError as error:
            self.close()
            raise PeerError(f"{self.peer.name} ended: {self._last_words()}") from error

    def answer(self, seconds: float) -> dict[str, Any]:
        """The next line that it sends; it never sends two without being asked in between.

        Raises:
            PeerError: it ended, or took longer.
        """
        if not self.selector.select(seconds):
            self.close()
            raise PeerError(f"{self.peer.name} gave no answer within {seconds:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise PeerError(f"{self.peer.name} ended: {self._last_words()}")
        return json.loads(line)

    def ask(self, request: dict[str, Any], seconds: float = 300) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.say(request)
        return self.answer(seconds)

    def close(self) -> None:
        """End the process."""
        self.selector.close()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no word"


def _environment(peer: Peer, device: str, caches: Path) -> dict[str, str]:
    paths = [str(ROOT)] if peer.source is None else [str(peer.source), str(ROOT)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "JAX_PLATFORMS": "cpu" if device == "cpu" else "cuda,cpu",
        "GYEOL_HOME": str(caches / "gyeol"),
        "GYEOL_LANG": "en",
        "TORCHINDUCTOR_CACHE_DIR": str(caches / "inductor"),
        "MPLBACKEND": "agg",
        # Several processes of JAX share one GPU.
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        **peer.variables,
    }


def empty_folder(within: Path) -> Path:
    """A new folder for caches that hold nothing yet."""
    return Path(tempfile.mkdtemp(dir=within))
