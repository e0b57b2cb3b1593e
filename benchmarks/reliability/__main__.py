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
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
DOCUMENT = HERE.parents[1] / "docs" / "reliability.md"

# Part -> what is counted, and the count of the published run.
PARTS = {
    "kills": ("Runs killed at random moments and started again", 200),
    "failed_saves": ("Saves that fail", 200),
    "malicious_files": ("Malicious files", 1),
    "damaged_files": ("Damaged files", 300),
    "fuzzing": ("Coverage-guided fuzzing of the loader, for so many seconds", 600),
    "downloads": ("Downloads from a server that misbehaves", 200),
    "call_sequences": ("Random sequences of public calls", 2000),
    "checkpoint_cost": ("What checkpoints cost a training", 7),
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
    count = options.count or PARTS[options.part][1]
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
    for name, (title, _) in PARTS.items():
        if name not in kept:
            continue
        part = kept[name]
        rows = "\n".join(
            f"| {key.replace('_', ' ')} | {_cell(value)} |"
            for key, value in part["figures"].items()
        )
        parts.append(
            f"## {title}\n\n"
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
