"""Coverage-guided fuzzing of everything that loads a model, by atheris.

    python -m benchmarks.reliability fuzzing --count 600

`count` is in seconds. The fuzzer (`tests/saving/fuzzing.py`) runs in a process of its own, which is
begun anew after a crash; a crash is a finding too. Each finding comes with a recipe, which repeats
it: `Loader(folder)(bytes.fromhex(recipe))`.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_BEGINNING = 120  # seconds a process may take beyond its time


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Fuzz the loader.

    Args:
        count: for how many seconds.
        seed: of the fuzzer.

    Returns:
        The seconds, how many files were loaded, and how many findings there are; `skipped`, in
        words, where atheris is not installed.
    """
    if importlib.util.find_spec("atheris") is None:
        said = "atheris is not installed (pip install atheris), so nothing was fuzzed."
        print(said)
        return {"seconds": 0, "executions": 0, "findings": 0, "failures": [], "skipped": said}
    findings: dict[str, dict[str, str]] = {}
    seconds, executions = 0.0, 0
    while count - seconds >= 1:
        ended = time.monotonic() + count - seconds
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.json")
            script = _ROOT / "tests" / "saving" / "fuzzing.py"
            command = [
                sys.executable,
                str(script),
                str(int(count - seconds)),
                str(seed),
                str(report),
            ]
            with open(Path(folder, "output"), "w+b") as output:
                process = subprocess.Popen(
                    command, cwd=folder, stdout=output, stderr=subprocess.STDOUT
                )
                try:
                    process.wait(ended - time.monotonic() + _BEGINNING)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                said = Path(folder, "output").read_bytes().decode(errors="replace")
            if not report.exists():
                raise RuntimeError(f"The fuzzer did not begin:\n{said[-3000:]}")
            done = json.loads(report.read_text())
            findings.update(done["findings"])
            executions += done["executions"]
            seconds += max(done["seconds"], 1)
            current = report.with_suffix(".current")
            if process.returncode:
                recipe = current.read_bytes().hex() if current.exists() else "unknown"
                what = f"the process ended with {process.returncode}: {said[-500:]}"
                findings[f"crash {recipe}"] = {"what": what, "recipe": recipe}
        seed += 1
        print(f"{seconds:.0f} s, {executions} files, {len(findings)} findings", flush=True)
    return {
        "seconds": round(seconds),
        "executions": executions,
        "findings": len(findings),
        "failures": [
            f"{where}: {found['what']} (recipe {found['recipe']})"
            for where, found in findings.items()
        ],
    }
