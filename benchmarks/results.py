"""Train every example in gyeol and in real Keras (JAX backend), and write down how well they do.

    python benchmarks/results.py results.jsonl --seeds 0 1 2 --write docs/results.md

Each run is a process of its own. A finished run is appended to the file at once, and a run that is
in the file is not repeated, so the command can be stopped and started again; delete the file to
begin anew. The data are read from ``GYEOL_HOME/datasets``, the same files for both libraries.
"""

import argparse
import ast
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
# The quick ones first.
PROGRAMS = (
    "pima_diabetes",
    "mnist_tutorial",
    "mnist_one_hot",
    "mnist_deep_dense",
    "fashion_mnist_conv",
    "cifar10_conv",
)
COMMANDS = {"gyeol": [], "keras": [str(ROOT / "benchmarks" / "real_keras.py")]}
PACKAGES = {"gyeol": ("gyeol", "jax", "numpy"), "keras": ("keras", "jax", "numpy")}
TITLES = {"gyeol": "gyeol", "keras": "real Keras"}


def processor() -> str:
    """The name of the processor, as the system tells it."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(program: str, library: str, seed: int, arguments: list[str]) -> dict:
    """Run one program once.

    Args:
        program: the name of a file in `examples`, without `.py`.
        library: 'gyeol' or 'keras'.
        seed: the seed of the run.
        arguments: more arguments for the program, such as ``['--quick']``.

    Returns:
        The record that goes into the file.

    Raises:
        RuntimeError: the program failed, or its last line names no test accuracy.
    """
    with tempfile.TemporaryDirectory() as pictures:
        command = [sys.executable, *COMMANDS[library], str(EXAMPLES / f"{program}.py")]
        command += ["--seed", str(seed), "--out", pictures, *arguments]
        began = time.monotonic()
        done = subprocess.run(
            command,
            env={**os.environ, "MPLBACKEND": "agg"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        seconds = time.monotonic() - began
    found = re.search(r"^test accuracy: ([0-9.]+)\s*\Z", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise RuntimeError(f"exit code {done.returncode}; its last lines:\n{done.stdout[-2000:]}")
    return {
        "program": program,
        "library": library,
        "seed": seed,
        "arguments": arguments,
        "accuracy": float(found[1]),
        "seconds": round(seconds, 1),
        "versions": {package: version(package) for package in PACKAGES[library]},
        "python": platform.python_version(),
        "processor": processor(),
        "cores": cores(),
        "finished": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
    }


def read(file: Path) -> list[dict]:
    """The records of the file; none if there is no file yet."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def run_missing(
    file: Path,
    programs: list[str],
    libraries: list[str],
    seeds: list[int],
    arguments: list[str],
) -> int:
    """Run what the file does not hold yet, and append each run to it.

    Returns:
        How many runs failed.
    """
    failed = 0
    for seed in seeds:
        for program in programs:
            for library in libraries:
                wanted = (program, library, seed, arguments)
                known = [
                    (r["program"], r["library"], r["seed"], r["arguments"]) for r in read(file)
                ]
                if wanted in known:
                    continue
                print(f"{program} in {library}, seed {seed}: ", end="", flush=True)
                try:
                    record = run(*wanted)
                except RuntimeError as error:
                    failed += 1
                    print(f"FAILED, {error}", flush=True)
                    continue
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(record) + "\n")
                print(f"{record['accuracy']:.4f} in {record['seconds']:.0f} s", flush=True)
    return failed


def first_line(program: str) -> str:
    """What an example says it shows."""
    source = (EXAMPLES / f"{program}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)).splitlines()[0]


def score(accuracies: list[float]) -> str:
    """Mean, standard deviation, range and number of runs, as a cell of the table."""
    if not accuracies:
        return "not run"
    mean = f"**{statistics.mean(accuracies):.4f}**"
    if len(accuracies) == 1:
        return f"{mean}, 1 seed"
    spread = statistics.stdev(accuracies)
    ends = f"{min(accuracies):.4f} to {max(accuracies):.4f}"
    return f"{mean} ± {spread:.4f} ({ends}), {len(accuracies)} seeds"


def listed(values: Iterable[str]) -> str:
    """Each value once, in order."""
    return "; ".join(sorted(set(values)))


def programs_by_seeds(records: list[dict]) -> dict[str, list[str]]:
    """Which programs ran with the seeds '0 1 2', and so on."""
    found: dict[str, list[str]] = {}
    for program in PROGRAMS:
        seeds = sorted({r["seed"] for r in records if r["program"] == program})
        if seeds:
            found.setdefault(" ".join(map(str, seeds)), []).append(program)
    return found


def page(records: list[dict]) -> str:
    """The page of results, in Markdown."""
    runs = {
        (program, library): sorted(
            (r for r in records if (r["program"], r["library"]) == (program, library)),
            key=lambda r: r["seed"],
        )
        for program in PROGRAMS
        for library in COMMANDS
    }
    lines = [
        "# What the examples reach",
        "",
        "Accuracy on the test set of each program in `examples/`, run whole, in gyeol and in real",
        "Keras on its JAX backend: the same data files, the same machine, and the same program but",
        "for its import lines and a bare string for `metrics`, which Keras 3 refuses. Each cell:",
        "mean ± standard deviation over the seeds (lowest to highest). This page is written by",
        "`benchmarks/results.py` from the records of the runs.",
        "",
        "| program | gyeol | real Keras |",
        "| --- | --- | --- |",
    ]
    for program in PROGRAMS:
        cells = (score([r["accuracy"] for r in runs[program, lib]]) for lib in COMMANDS)
        lines.append(f"| `{program}` | {' | '.join(cells)} |")
    lines += ["", "What they are:", ""]
    lines += [f"- `{program}`: {first_line(program)}" for program in PROGRAMS]
    lines += [
        "",
        "## Every run",
        "",
        "Seconds are the whole process, with start, compilation and plots. They are information,",
        "and no benchmark: the machine did other work at the same time.",
        "",
        "| program | library | seed | accuracy | seconds | cores | finished |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (program, library), its_runs in runs.items():
        lines += [
            f"| `{program}` | {TITLES[library]} | {r['seed']} | {r['accuracy']:.4f} "
            f"| {r['seconds']:.0f} | {r['cores']} | {r['finished']} |"
            for r in its_runs
        ]
    lines += ["", "## How to repeat it", "", "```sh"]
    command = "python benchmarks/results.py results.jsonl"
    lines += [
        f"{command} --programs {' '.join(programs)} --seeds {seeds}"
        for seeds, programs in programs_by_seeds(records).items()
    ]
    lines += [
        f"{command} --seeds --write docs/results.md",
        "```",
        "",
    ]
    for library in COMMANDS:
        versions = listed(
            ", ".join(f"{package} {number}" for package, number in r["versions"].items())
            for r in records
            if r["library"] == library
        )
        lines.append(f"- {TITLES[library]}: {versions or 'not run'}")
    lines += [
        f"- Python: {listed(r['python'] for r in records)}",
        f"- Processor: {listed(r['processor'] for r in records)}",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="the records, one JSON object a line")
    parser.add_argument("--programs", nargs="*", default=list(PROGRAMS), choices=PROGRAMS)
    parser.add_argument("--libraries", nargs="*", default=list(COMMANDS), choices=list(COMMANDS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2], help="none: only write")
    parser.add_argument("--quick", action="store_true", help="a trial on a part of the data")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page of results")
    args = parser.parse_args()

    arguments = ["--quick"] if args.quick else []
    failed = run_missing(args.file, args.programs, args.libraries, args.seeds, arguments)
    if args.write:
        records = [r for r in read(args.file) if r["arguments"] == arguments]
        args.write.write_text(page(records), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
