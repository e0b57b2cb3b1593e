"""Malicious files: what loading each of them does, seen from outside of the process that loads it.

The corpus is that of the tests, tests/saving/malicious_files.py. Each file is loaded in a child
process whose memory, opened files, sockets, programs and imports are watched.

    python -m benchmarks.reliability.malicious_files            # all of them
    python -m benchmarks.reliability.malicious_files NAME...    # some
"""

import importlib.util
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# What a file may cost beyond its size, in MB, and how long, in seconds.
MOST_MEMORY, MOST_SECONDS = 200, 30
# Files that one child loads; the next begins anew.
BATCH = 60
# What a child may take in all before it is refused memory, in bytes.
_LIMIT = 4 << 30


def run(count: int = 0, seed: int = 0, names: Sequence[str] = ()) -> dict[str, Any]:
    """Load every file of the corpus.

    Args:
        count: not used: the corpus is loaded whole.
        seed: not used.
        names: those of the files to load, instead of all.

    Returns:
        The number of files, of those that were refused, and of those that did no harm either way;
        the most memory above a file's size in MB, the longest time in seconds, and the failures.
    """
    results = list(_results(list(names or _corpus().CORPUS)))
    failures = [f"{r['name']}: {problem}" for r in results for problem in r["problems"]]
    failed = {r["name"] for r in results if r["problems"]}
    return {
        "files": len(results),
        "refused_or_loaded_safely": len(results) - len(failed),
        "refused": sum(r["reason"] is not None for r in results),
        "worst_memory_above_file_mb": max(r["memory_mb"] for r in results),
        "slowest_s": max(r["seconds"] for r in results),
        "failures": failures,
    }


def _results(names: list[str]) -> Iterator[dict[str, Any]]:
    done = 0
    while done < len(names):
        batch = names[done : done + BATCH]
        for result in _batch(batch):
            done += 1
            yield result
            if done % 100 == 0 or result["problems"]:
                print(done, "of", len(names), result["name"], *result["problems"], flush=True)


def _batch(names: list[str]) -> Iterator[dict[str, Any]]:
    """The results of one child: those of all names, or up to one that ended it."""
    command = [sys.executable, "-m", "benchmarks.reliability.malicious_files", "--child", *names]
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "GYEOL_LANG": "en"}
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True
        )
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read_lines, args=(child.stdout, lines), daemon=True).start()
        begun, number = time.monotonic(), 0
        while number < len(names):
            try:
                # The first file waits until the child has begun.
                line = lines.get(timeout=MOST_SECONDS + (90 if number == 0 else 5))
            except queue.Empty:
                child.kill()
                line = ""
            if not line:
                said.seek(0)
                problem = f"the process ended after {time.monotonic() - begun:.0f} s: "
                problem += f"{child.wait()} {said.read()[-500:]!r}"
                yield _result(names[number], None, 0, time.monotonic() - begun, [problem])
                return
            yield json.loads(line)
            begun, number = time.monotonic(), number + 1
        child.wait()


def _read_lines(stream: Any, lines: queue.Queue) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def _result(
    name: str, reason: str | None, memory: float, seconds: float, problems: list[str]
) -> dict[str, Any]:
    return {
        "name": name,
        "reason": reason,
        "memory_mb": round(memory, 1),
        "seconds": round(seconds, 2),
        "problems": problems,
    }


def _corpus() -> Any:
    """The module of the tests, which is no part of a package."""
    path = ROOT / "tests" / "saving" / "malicious_files.py"
    spec = importlib.util.spec_from_file_location("malicious_files", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# In the child ------------------------------------------------------------------------------------


class _Watch:
    """What the process does while a file is loaded: an audit hook cannot be taken out again."""

    _HARMFUL = (
        "os.",
        "subprocess.",
        "socket.",
        "urllib.",
        "http.",
        "ftplib.",
        "shutil.",
        "pty.",
        "marshal.",
        "pickle.",
        "exec",
        "webbrowser.",
    )
    # These look and do not touch.
    _HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "shutil.which")

    def __init__(self) -> None:
        self.seen: list[str] | None = None
        self.allowed = ""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple) -> None:
        if self.seen is None:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or mode in ("w", "a")
            if writes or not str(path).startswith(self.allowed):
                self._note(f"open {path!r} {mode}")
        elif event.startswith(self._HARMFUL) and event not in self._HARMLESS:
            self._note(f"{event} {arguments!r}"[:200])

    def _note(self, event: str) -> None:
        # To look at the frames is an event, too.
        seen, self.seen = self.seen, None
        # What Python imports for itself is code of files.
        if seen is not None and "importlib" not in sys._getframe(2).f_code.co_filename:
            seen.append(event)
        self.seen = seen


def _child(names: list[str]) -> None:
    import resource

    corpus = _corpus()
    watch = _Watch()
    for form in ("keras", "folder", "h5", "json"):
        # What is imported, compiled and allotted once is no cost of a file.
        good = json.dumps(corpus.good_config()).encode()
        with tempfile.TemporaryDirectory() as folder:
            attack = corpus.Attack("", None, "json" if form == "json" else "model")
            assert corpus.attempt(attack, corpus.FORMATS[form](good, Path(folder))) is None
    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + _LIMIT,) * 2)
    for name in names:
        print(json.dumps(_tried(corpus, corpus.CORPUS[name], name, watch)), flush=True)


def _tried(corpus: Any, attack: Any, name: str, watch: _Watch) -> dict[str, Any]:
    """Write a file, load it, and tell what happened."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gyeol-malicious-") as place:
        folder = Path(place) / "above" / "folder"
        folder.mkdir(parents=True)
        secret = _secret(folder / corpus.SECRET)
        path = attack.write(folder)
        before = _tree(Path(place))
        size = sum(p.stat().st_size for p in [path, *path.glob("**/*")] if p.is_file())
        watch.allowed, watch.seen = str(path), []
        memory = _peak_begins()
        begun = time.monotonic()
        reason = None
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                reason = corpus.attempt(attack, path)
        except BaseException as error:
            problems.append(f"{type(error).__name__}: {str(error)[:300]!r}")
        seconds, seen, watch.seen = time.monotonic() - begun, watch.seen, None
        above = (_peak() - memory - size) / 1e6
        problems += [f"did {event}" for event in _unexpected(seen)]
        problems += [f"{w.category.__name__}: {w.message}" for w in warned if _is_alien(w)]
        if _tree(Path(place)) != before:
            problems.append("changed the folder")
        if "antigravity" in sys.modules:
            problems.append("imported what the file names")
        if secret.stat().st_atime != 1:
            problems.append("read another file")
    if reason is not None:
        if "\n" in reason or not reason.isprintable() or len(reason) > 1000:
            problems.append(f"no line of text: {reason[:200]!r}")
        if attack.load in ("model", "weights") and path.name not in reason:
            problems.append(f"does not name the file: {reason[:200]!r}")
        if attack.is_refused is False:
            problems.append(f"refused: {reason[:200]!r}")
    elif attack.is_refused and not problems:
        problems.append("loaded")
    if above > MOST_MEMORY:
        problems.append(f"took {above:.0f} MB above the file's size")
    if seconds > MOST_SECONDS:
        problems.append(f"took {seconds:.0f} s")
    return _result(name, reason and reason[:300], above, seconds, problems)


def _secret(path: Path) -> Path:
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        file["data"] = np.full((4, 5), 42, "float32")
        file.create_group("group")["0"] = np.full((4, 5), 42, "float32")
    # Reading it would move the first of these times, of last access.
    os.utime(path, (1, 2))
    return path


def _tree(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(p), p.lstat().st_mtime_ns) for p in folder.glob("**/*"))


def _unexpected(events: list[str]) -> Iterator[str]:
    """Without what Python and JAX do of themselves: their own modules are read, and compiled."""
    own = [sys.prefix, sys.base_prefix, str(ROOT), "/proc/", "/sys/", "/dev/"]
    for event in events:
        if not (event.startswith("open") and any(f"'{place}" in event for place in own)):
            yield event


def _is_alien(warning: Any) -> bool:
    """Whether a warning is none of gyeol's own words."""
    return warning.category is not UserWarning


def _peak_begins() -> int:
    """Let the peak of the memory begin anew; what is in use now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"This system does not tell {field}.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2:])
    else:
        print(json.dumps(run(names=sys.argv[1:]), indent=1, ensure_ascii=False))
