"""gyeol beside its peers: training, prediction, start-up, memory, growth.

    python -m benchmarks --keep                    all of it, written to docs/performance.md
    python -m benchmarks --quick --threads 2       few rounds of few steps, printed only
    python -m benchmarks --device gpu --keep

The peers (Keras on TensorFlow, JAX and torch, plain PyTorch, a scan written by hand in JAX) lie in
environments of their own, which the first run makes under GYEOL_HOME/benchmarks. Each is a process;
they work in turns (A B C A B C), one at a time. `--keep` stores the figures in performance.json
beside this file, one section for each device and number of cores, and writes the page anew from it.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers, performance_page, workloads
from benchmarks.peers import Peer, PeerError, Worker
from benchmarks.workloads import NETWORKS, ROWS, Row

FIGURES = Path(__file__).with_name("performance.json")
DOCUMENT = peers.ROOT / "docs" / "performance.md"
# What is no row of a table of peers.
OTHERS = ("limits", "growth", "outside")
# A peer that must compile C++ for each network would take most of a quick run.
NOT_QUICK = "PyTorch, compiled"
# Whoever takes longer for a turn has no more of them.
PATIENCE = 20.0


class Bench:
    """One run: the data, the workers, and what they measured.

    Args:
        peers: who takes part; the first is gyeol.
        pythons: their interpreters, by environment.
        device: 'cpu' or 'gpu'.
        rounds: turns of each peer.
        quick: whether rows are made smaller and no settings are tried.
        folder: for data and empty caches; removed by the caller.
        caches: for what the long-lived workers compile; kept from run to run.
    """

    def __init__(
        self,
        peers: list[Peer],
        pythons: dict[str, str],
        device: str,
        rounds: int,
        quick: bool,
        folder: Path,
        caches: Path,
    ) -> None:
        self.peers, self.pythons, self.device = peers, pythons, device
        self.rounds, self.quick, self.folder, self.caches = rounds, quick, folder, caches
        self.workers: dict[str, Worker] = {}
        self.chosen: dict[tuple[str, str, str], dict] = {}
        self.versions: dict[str, dict[str, str]] = {}
        self.data: dict[str, str] = {}

    def start(self, peer: Peer, caches: Path) -> Worker:
        """A new process of a peer."""
        python = self.pythons[peer.venv]
        worker = Worker(peer, python, self.device, caches, self.folder / "log.txt")
        self.versions[peer.name] = worker.versions
        return worker

    def worker(self, peer: Peer) -> Worker:
        """The long-lived process of a peer."""
        found = self.workers.get(peer.name)
        if found is None or found.process.poll() is not None:
            # A compiler that writes there may stumble over a comma or a space.
            folder = self.caches / re.sub(r"\W+", "-", peer.name)
            found = self.workers[peer.name] = self.start(peer, folder)
        return found

    def close(self) -> None:
        """End the long-lived processes."""
        for worker in self.workers.values():
            if worker.process.poll() is None:
                worker.close()

    def write_data(self, name: str) -> None:
        """Put a network's arrays where all the peers read them."""
        network = NETWORKS[name]
        if (self.folder / f"{name}-x.npy").exists():
            return
        arrays = _real(network.data)
        self.data[network.data] = "real" if arrays else "random"
        rows = workloads.SIZES[network.data]
        train, test = arrays or [workloads.random_arrays(network, n) for n in (rows, 1000)]
        for ending, (x, y) in (("", train), ("-test", test)):
            for part, array in zip("xy", workloads.prepared(network, x, y)):
                np.save(self.folder / f"{name}{ending}-{part}.npy", array)

    def row(self, name: str) -> dict[str, dict]:
        """Measure one row; some rows give two, the second with caches that are filled."""
        row = ROWS[name]
        self.write_data(row.network)
        count, repeat = row.quick if self.quick and row.quick else (row.count, row.repeat)
        record = {"count": count, "repeat": repeat, "times": {}, "settings": {}, "failed": {}}
        if row.kind == "process":
            return self._processes(name, row, record)
        return {name: self._turns(row, record)}

    def _request(self, row: Row, record: dict, settings: dict) -> dict:
        return {
            "do": "measure",
            "kind": row.kind,
            "network": row.network,
            "count": record["count"],
            "repeat": record["repeat"],
            "batch": row.batch,
            "settings": settings,
            "data": str(self.folder),
        }

    def _settings(self, peer: Peer, row: Row) -> tuple[dict, ...]:
        """What is tried: for calls the size of a batch, which each library has its own best of."""
        if row.kind == "train":
            return peer.settings
        if row.count <= 32:
            return ({"batch": 32},)
        return ({"batch": 32}, {"batch": 1024}) if not self.quick else ({"batch": 1024},)

    def _best_settings(self, peer: Peer, row: Row, record: dict) -> dict:
        """The settings with the fastest of two turns; found once for a network."""
        tried = self._settings(peer, row)
        # Layouts are of pictures only.
        if len(NETWORKS[row.network].shape) < 3:
            tried = tuple(s for s in tried if "channels_last" not in s)
        key = (peer.name, row.network, f"{row.kind} {row.count if row.kind != 'train' else ''}")
        if len(tried) == 1 or self.quick:
            self.chosen.setdefault(key, tried[0])
        if key not in self.chosen:
            times, errors = [], []
            for settings in tried:
                try:
                    worker = self.worker(peer)
                    worker.ask(self._request(row, record, settings))
                    turns = [worker.ask({"do": "turn"})["seconds"]]
                    if turns[0] * record["repeat"] < PATIENCE:
                        turns.append(worker.ask({"do": "turn"})["seconds"])
                    times.append(min(turns))
                    worker.ask({"do": "stop"})
                except PeerError as error:
                    times.append(np.inf)
                    errors.append(error)
            if len(errors) == len(tried):
                raise errors[0]
            self.chosen[key] = tried[int(np.argmin(times))]
        return self.chosen[key]

    def _turns(self, row: Row, record: dict) -> dict:
        """All peers in turns, each in its long-lived process."""
        running: list[Peer] = []
        for peer in self.peers:
            try:
                settings = record["settings"][peer.name] = self._best_settings(peer, row, record)
                # The first turn compiles; it counts for nothing.
                self.worker(peer).ask(self._request(row, record, settings))
                running.append(peer)
            except PeerError as error:
                record["failed"][peer.name] = str(error)[:200]
        for _ in range(self.rounds):
            for peer in list(running):
                try:
                    spent = self.workers[peer.name].ask({"do": "turn"})["seconds"]
                    record["times"].setdefault(peer.name, []).append(spent)
                    if spent * record["repeat"] > PATIENCE:
                        running.remove(peer)
                        self.workers[peer.name].ask({"do": "stop"})
                except PeerError as error:
                    if peer in running:
                        running.remove(peer)
                    record["times"].pop(peer.name, None)
                    record["failed"][peer.name] = str(error)[:200]
        for peer in running:
            with contextlib.suppress(PeerError):
                self.workers[peer.name].ask({"do": "stop"})
        return record

    def _processes(self, name: str, row: Row, record: dict) -> dict[str, dict]:
        """A new process each time: with empty caches, then with what it has left in them."""
        again = json.loads(json.dumps(record))
        imports: dict[str, list[float]] = {}
        # Processes are many times as long as turns.
        for _ in range(1 if self.quick or row.job == "memory" else max(1, self.rounds // 2)):
            for peer in self.peers:
                if peer.name in record["failed"] or peer.name in row.without:
                    continue
                caches = peers.empty_folder(self.folder)
                runs = [record, again] if peer.has_disk_cache else [record]
                try:
                    values = [
                        self._process(peer, row, of, caches, imports.setdefault(peer.name, []))
                        for of in runs
                    ]
                except PeerError as error:
                    record["failed"][peer.name] = again["failed"][peer.name] = str(error)[:200]
                    continue
                finally:
                    shutil.rmtree(caches, ignore_errors=True)
                record["times"].setdefault(peer.name, []).append(values[0])
                again["times"].setdefault(peer.name, []).append(values[-1])
        if row.job == "memory":
            return {name: record}
        found = {name: record, f"{name}-again": again}
        if row.job == "first_step":
            found[f"import-{row.network}"] = {**record, "times": imports}
        return found

    def _process(
        self, peer: Peer, row: Row, record: dict, caches: Path, imports: list[float]
    ) -> float:
        """Seconds of a process, or MiB."""
        settings: dict = {}
        if row.job in ("epochs", "folds", "fold"):
            settings = self.chosen.get((peer.name, row.network, "train "), {})
        record["settings"][peer.name] = settings
        worker = self.start(peer, caches)
        try:
            request = {
                **self._request(row, record, settings),
                "do": "job",
                "job": row.job,
                "started": worker.started,
            }
            answer = worker.ask(request, 600)
        finally:
            worker.close()
        imports.append(worker.imported)
        if row.job in ("epochs", "folds"):
            return time.time() - worker.started
        return answer["mib"] if row.job == "memory" else answer["seconds"]

    def other(self, name: str) -> dict[str, Any]:
        """The limits of the machine, by PyTorch; the growth of gyeol's times; Python's share."""
        if name == "growth":
            worker = self.worker(self.peers[0])
            return worker.ask({"do": "job", "job": name, "count": 2 if self.quick else 4}, 600)
        if name == "outside":
            smallest = "mnist_one_hot"
            self.write_data(smallest)
            count = 320 if self.quick else 1504
            request = {"network": smallest, "count": count, "data": str(self.folder)}
            return self.worker(self.peers[0]).ask({"do": "job", "job": name, **request})
        torch = next(peer for peer in peers.known(self.device) if peer.name == "PyTorch")
        return {"limits": self.worker(torch).ask({"do": "job", "job": name})}


def _real(data: str) -> Any:
    """A data set that is on this disk, as Keras's pair of pairs, or None."""
    from gyeol.datasets import store
    from gyeol.datasets.download import DataSetError

    module = import_module(f"gyeol.datasets.{data}")
    if store.locate(module.DATA) is None:
        return None
    try:
        return module.load_data()
    except DataSetError:
        return None


def machine(device: str) -> dict[str, Any]:
    """What the figures were measured on: no names of hosts, no paths."""
    from benchmarks.results import cores, processor

    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    found = {
        "processor": processor(),
        "cores": cores(),
        "memory": f"{pages / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
    }
    if device == "gpu":
        found["gpu"] = gpu()
    return found


def gpu() -> str | None:
    """The name of the first NVIDIA GPU and its memory, or None."""
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"],
            capture_output=True,
            text=True,
        )
    except OSError:
        return None
    return listed.stdout.splitlines()[0] if listed.returncode == 0 and listed.stdout else None


def wanted_rows(only: str | None, device: str, quick: bool) -> list[str]:
    """The rows to measure, in order.

    Args:
        only: beginnings of their names with commas between; None for all.
        device: 'cpu' or 'gpu'.
        quick: whether those are left out that a quick run leaves out, unless `only` names them.
    """
    known = [*ROWS, *OTHERS]
    if only is not None:
        begins = tuple(part for part in only.split(",") if part)
        found = [name for name in known if name.startswith(begins)]
        if not found:
            raise SystemExit(f"--only {only}: no such row. There are: {', '.join(known)}.")
        return found
    return [
        name
        for name in known
        if name in OTHERS
        or (device in ROWS[name].on and (ROWS[name].quick is not None or not quick))
    ]


def merged(kept: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The sections of the page with a new run's rows in place of those of the same name."""
    title = found["title"]
    old = kept.get(title, {})
    section = {**old, **found, "rows": {**old.get("rows", {}), **found["rows"]}}
    anew = set(found["runs"][0]["rows"])
    section["runs"] = [run for run in old.get("runs", []) if not anew.issuperset(run["rows"])]
    section["runs"] += found["runs"]
    for name in ("versions", "data", "kinds"):
        section[name] = {**old.get(name, {}), **found[name]}
    return {**kept, title: section}


def run(
    options: argparse.Namespace,
    say: Callable[[str], None],
    keep: Callable[[dict[str, Any]], None],
) -> dict[str, Any]:
    """Measure what was asked for; the section of the page, which `keep` gets after each row too."""
    begun = time.monotonic()
    names = wanted_rows(options.only, options.device, options.quick)
    folder = options.venvs or _home() / "benchmarks"
    everyone = peers.known(options.device, options.gyeol)
    if options.peers:
        asked = {"gyeol", *options.peers.split(";")}
        everyone = [peer for peer in everyone if peer.name in asked]
    elif options.quick:
        everyone = [peer for peer in everyone if peer.name != NOT_QUICK]
    venvs = dict.fromkeys(peer.venv for peer in everyone)
    if "limits" in names:
        venvs["torch"] = None
    pythons = {venv: peers.python_of(venv, folder, options.device) for venv in venvs}
    at = machine(options.device)
    title = (
        f"GPU, {at['gpu']}"
        if options.device == "gpu"
        else f"CPU, {at['cores']} core{'s' * (at['cores'] > 1)}"
    )
    section: dict[str, Any] = {"title": title, "device": options.device, "machine": at, "rows": {}}
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(
            everyone,
            pythons,
            options.device,
            options.rounds or (3 if options.quick else 5),
            options.quick,
            Path(scratch),
            folder / "caches",
        )
        try:
            done: list[str] = []
            for name in names:
                started = time.monotonic()
                if name not in OTHERS:
                    section["rows"] |= bench.row(name)
                else:
                    try:
                        section |= bench.other(name)
                    except PeerError as error:
                        say(f"{name}: FAILED, {error}")
                        continue
                say(f"{name}: {time.monotonic() - started:.0f} s")
                done.append(name)
                section["versions"], section["data"] = bench.versions, bench.data
                section["kinds"] = {peer.name: peer.kind for peer in everyone}
                section["runs"] = [
                    {
                        "command": _command(options),
                        "date": time.strftime("%Y-%m-%d"),
                        "minutes": round((time.monotonic() - begun) / 60, 1),
                        "quick": options.quick,
                        "rounds": bench.rounds,
                        "rows": done,
                    }
                ]
                keep(section)
        finally:
            bench.close()
    return section


def _home() -> Path:
    from gyeol import config

    return config.home()


def _command(options: argparse.Namespace) -> str:
    """The command that repeats the run, without paths of this machine."""
    parts = ["python -m benchmarks"]
    parts += [f"--device {options.device}"] if options.device != "cpu" else []
    parts += ["--quick"] if options.quick else []
    for name in ("threads", "rounds", "only", "peers"):
        if value := getattr(options, name):
            parts.append(f"--{name} {shlex.quote(str(value))}")
    parts += ["--gyeol PATH"] if options.gyeol else []
    parts += ["--keep"] if options.keep else []
    return " ".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, few steps, fewer rows")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--threads", type=int, help="run on so many cores (all that there are)")
    parser.add_argument("--only", metavar="NAME,...", help="rows whose names begin so")
    parser.add_argument("--peers", metavar="NAME;...", help="these peers only, beside gyeol")
    parser.add_argument(
        "--rounds", type=int, help="turns of each peer (5; quick: 3); half as many processes"
    )
    parser.add_argument("--gyeol", type=Path, metavar="PATH", help="another checkout, as a peer")
    parser.add_argument("--venvs", type=Path, help="where environments lie (GYEOL_HOME/benchmarks)")
    parser.add_argument("--keep", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    for name in ("gyeol", "venvs"):
        if path := getattr(options, name):
            setattr(options, name, path.resolve())
    if options.device == "gpu" and gpu() is None:
        print("no GPU found: nvidia-smi, which comes with NVIDIA's driver, lists none.")
        return 2
    if options.threads and hasattr(os, "sched_setaffinity"):
        # Workers inherit it, and their libraries start as many threads as they may use cores.
        allowed = sorted(os.sched_getaffinity(0))
        if options.threads > len(allowed):
            raise SystemExit(f"--threads {options.threads}: there are {len(allowed)} cores.")
        os.sched_setaffinity(0, allowed[: options.threads])
    elif options.threads:
        raise SystemExit("--threads: this system cannot pin a process to cores.")
    kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}

    def keep(section: dict[str, Any]) -> None:
        if options.keep:
            text = json.dumps(merged(kept, section), indent=1)
            FIGURES.write_text(text + "\n", encoding="utf-8")

    try:
        section = run(options, lambda line: print(line, flush=True), keep)
    except PeerError as error:
        raise SystemExit(str(error)) from None
    print()
    print(performance_page.section(section))
    if options.keep:
        page = performance_page.page(merged(kept, section))
        DOCUMENT.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
