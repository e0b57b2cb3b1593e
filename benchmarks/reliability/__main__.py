"""The figures of docs/reliability.md, part by part, each measured by a module of this folder.

Usage, from the project's root:

    python -m benchmarks.reliability PART [--count N] [--seed N] [--keep]

With --keep the figures are stored in figures.json beside this file, and docs/reliability.md is
written anew from them; without, they are printed only. Lists of failures are always printed whole.
"""

import argparse
import importlib
import json
import os
import platform
import textwrap
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
DOCUMENT = HERE.parents[1] / "docs" / "reliability.md"

# Part -> a title, what is done, and the count of the published run.
PARTS = {
    "kills": (
        "Runs killed at random moments and started again",
        "Thirteen programs and `gyeol train` are ended by SIGKILL, and some by SIGTERM or "
        "SIGINT, once or several times, most after their first epoch; started again until "
        "they end; and compared with a run that was never ended: all variables, history, "
        "state of the callbacks, files.",
        200,
    ),
    "failed_saves": (
        "Saves that fail",
        "Half are killed at a random moment of a save, half meet a full disk or a limit of "
        "the file's size at a random byte, over nine kinds of file. Afterwards the file must "
        "load and be, bit for bit, the old one or, after a kill, the new one.",
        200,
    ),
    "malicious_files": (
        "Malicious files",
        "One for each way of attack that is known of Keras's loaders, in every format, read "
        "in child processes that are watched: the model or one line of words, no code run, no "
        "file opened or made outside, no more than 200 MB above the file's size.",
        1,
    ),
    "damaged_files": (
        "Damaged files",
        "Each kind of file cut at every kilobyte, and at every byte of its first and last "
        "one, and with bits flipped, blocks zeroed, exchanged and doubled, and bytes added at "
        "random.",
        100,
    ),
    "fuzzing": (
        "Coverage-guided fuzzing of the loader",
        "By atheris, which changes configs as trees, archives, and the bytes of HDF5 apart, "
        "for so many seconds.",
        600,
    ),
    "downloads": (
        "Downloads from a server that misbehaves",
        "It cuts, stalls, answers with pages and wrong bytes; the client is killed, and what "
        "is on the disk is damaged.",
        200,
    ),
    "call_sequences": (
        "Random sequences of public calls",
        "Build, compile, fit, save, load, freeze, add, pop, predict and some thirty others on "
        "models that may share layers; after each, what must hold is looked at, and half of "
        "the trainings run beside a fresh twin.",
        1000,
    ),
    "checkpoint_cost": (
        "What checkpoints cost a training",
        "`fit` with `BackupAndRestore` at its default frequency and without it, in turns: "
        "median, and the least and the most of the rounds. Where the noise of the machine is "
        "larger than the cost, the work itself tells more: what the training thread spends on "
        "it, and the CPU time of the thread that writes.",
        5,
    ),
}
INTRODUCTION = """# Reliability

What gyeol promises: a killed training ends with the same bits, a file is whole or absent, a file of
a stranger runs no code and ends in the model or in one line of words, data are the published ones,
and a call that fails changes nothing. Each was tried at random, and this page says how often and
with what result. It is written by `benchmarks/reliability`; nothing here is typed by hand. The test
suite does the same with smaller numbers at each change.
"""


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    count = options.count or PARTS[options.part][2]
    module = importlib.import_module(f"benchmarks.reliability.{options.part}")
    begun = time.monotonic()
    figures = module.run(count, options.seed)
    print(json.dumps(figures, indent=2))
    wrong = [name for name in ("failures", "findings", "wrong_data") if figures.get(name)]
    if options.keep:
        kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
        kept[options.part] = {
            "command": f"python -m benchmarks.reliability {options.part} --count {count}"
            + (f" --seed {options.seed}" if options.seed else ""),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}",
            "minutes": round((time.monotonic() - begun) / 60, 1),
            "figures": figures,
        }
        FIGURES.write_text(json.dumps(kept, indent=2) + "\n")
        DOCUMENT.write_text(_document(kept))
    if wrong:
        raise SystemExit(f"{options.part}: {', '.join(wrong)}; see above.")


def _document(kept: dict[str, Any]) -> str:
    parts = [INTRODUCTION]
    for name, (title, words, _) in PARTS.items():
        if name not in kept:
            continue
        part = kept[name]
        rows = "\n".join(
            f"| {key.replace('_', ' ')} | {_cell(value)} |"
            for key, value in part["figures"].items()
        )
        parts.append(
            f"## {title}\n\n{textwrap.fill(words, 100)}\n\n"
            f"    {part['command']}\n\n"
            f"| | |\n| --- | --- |\n{rows}\n\n"
            f"{part['machine']}; {part['minutes']} minutes.\n"
        )
    return "\n".join(parts)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "none" if not value else "; ".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


if __name__ == "__main__":
    main()
