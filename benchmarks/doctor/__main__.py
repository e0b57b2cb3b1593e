"""What the doctor says of a corpus of programs: `python -m benchmarks.doctor a`.

`programs/` holds faulty programs (`buggy.py`, cured: `fixed.py`), healthy ones (`healthy.py`), and
what is wrong in `label.json`. The names' first letters say in which round they were written, and
`docs/doctor.md` what each round found before the rules learned from it.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).with_name("programs")
GRAVE = ("error", "warning")


def findings(path: Path, tries: bool = False) -> list[dict[str, Any]] | None:
    """What `gyeol doctor` finds in a script; None if the script failed and nothing was found."""
    options = ["--json", "--try"] if tries else ["--json"]
    command = [sys.executable, "-m", "gyeol", "doctor", *options, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    told = json.loads(done.stdout)["findings"] if done.stdout.startswith("{") else []
    return told if done.returncode in (0, 1) or told else None


def helping(found: dict[Path, list[dict[str, Any]] | None]) -> str:
    """In how many faulty programs the primary fault comes first, and its remedy helps."""
    faulty = helps = no_gain = 0
    for path, told in found.items():
        if path.stem == "buggy":
            faulty += 1
            leads = told[0] if told else {"rule": None}
            label = json.loads((path.parent / "label.json").read_text())
            if leads["rule"] == label["primary"] and "tried" in leads:
                helps += leads["tried"]["helps"]
                no_gain += not leads["tried"]["helps"]
    return (
        f"the primary fault first and its remedy helps in {helps} of {faulty}; "
        f"it brings nothing in {no_gain}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doctor", description=__doc__)
    parser.add_argument("part", help="how the programs' names begin: a letter, or more")
    parser.add_argument("--each", action="store_true", help="say what was found in each program")
    parser.add_argument("--try", dest="tries", action="store_true", help="try the remedies too")
    options = parser.parse_args()
    paths = sorted(
        path
        for name in ("buggy", "fixed", "healthy")
        for path in PROGRAMS.glob(f"{options.part}*/{name}.py")
        if path.with_name("label.json").exists()
    )
    if not paths:
        parser.error(f"no program in {PROGRAMS} has a name that begins with {options.part!r}")
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = dict(zip(paths, pool.map(lambda path: findings(path, options.tries), paths)))
    faulty = grave = detected = first = 0
    alarms: list[str] = []
    for path, told in found.items():
        label = json.loads((path.parent / "label.json").read_text())
        rules = None if told is None else [f"{f['rule']} ({f['severity']})" for f in told]
        if path.stem == "buggy":
            faulty += 1
            named = [f["rule"] for f in told or ()]
            detected += bool(named)
            grave += any(f["severity"] in GRAVE for f in told or ())
            first += named[:1] == [label["primary"]]
        elif any(f["severity"] in GRAVE for f in told or ()):
            alarms.append(path.parent.name)
        if options.each:
            wrong = label["faults"] if path.stem == "buggy" else "none"
            print(f"{path.parent.name}/{path.stem}: is {wrong}, found {rules}")
    sound = len(found) - faulty
    failed = [str(path.relative_to(PROGRAMS)) for path, told in found.items() if told is None]
    print(f"part {options.part}: {faulty} faulty programs, {sound} sound ones")
    print(f"a finding in {detected} of {faulty}, an error or a warning in {grave}")
    print(f"the primary fault first in {first} of {faulty}")
    if options.tries:
        print(helping(found))
    print(f"an error or a warning in {len(alarms)} of {sound} sound programs: {', '.join(alarms)}")
    if failed:
        print(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
