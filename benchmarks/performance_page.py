"""docs/performance.md out of the figures: nothing in it is typed by hand.

A ratio is a peer's time by gyeol's of the same round; of the rounds' ratios a cell has the median
and, in brackets, the least and the most.
"""

import math
import statistics
import textwrap
from typing import Any

from benchmarks.workloads import NETWORKS, ROWS, Row, cost

OURS = "gyeol"
INTRODUCTION = """# Performance

How long gyeol takes beside its peers: Keras on TensorFlow, on JAX and on torch, plain PyTorch with
its fused Adam, and, as the floor of no library at all, a `lax.scan` over training steps written by
hand in JAX. This page is written by `python -m benchmarks --keep`; nothing here is typed by hand.

Float32, all peers on the same arrays, in turns and one at a time, each in a process of its own that
stays. Keras and gyeol train through their own `fit`, timed by a callback from the beginning of an
epoch to its end, the first one left out; PyTorch in the loop that its users write, with tensors in
memory and batches by index. Accuracy is counted in all of them. A cell of a peer says how many
times as long as gyeol it takes: the median over the rounds (least to most). Above 1 gyeol is
faster. A pilot finds each peer's best settings for a network, at the first batch size that is
measured; `predict` and `evaluate` of many rows at each peer's best batch size.
"""


def page(sections: dict[str, dict]) -> str:
    """The whole page.

    Args:
        sections: as the file of figures has them.
    """
    return "\n".join([INTRODUCTION, *(section(figures) for figures in sections.values())])


def ratios(theirs: list[float], ours: list[float]) -> tuple[float, float, float]:
    """Median, least and most of the rounds' ratios."""
    found = [a / b for a, b in zip(theirs, ours)]
    return statistics.median(found), min(found), max(found)


def best_peer(record: dict, kinds: dict[str, str]) -> str | None:
    """The library with the least median time; neither gyeol nor the floor."""
    medians = {
        name: statistics.median(times)
        for name, times in record["times"].items()
        if kinds[name] == "peer"
    }
    return min(medians, key=medians.get) if medians else None


def number(value: float) -> str:
    """Three digits, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _cell(record: dict, name: str) -> str:
    if name in record["failed"]:
        return "failed"
    if name not in record["times"] or OURS not in record["times"]:
        return ""
    middle, least, most = ratios(record["times"][name], record["times"][OURS])
    if len(record["times"][name]) == 1:
        return number(middle)
    return f"{number(middle)} ({number(least)} to {number(most)})"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _entries(figures: dict, *kinds: str) -> list[tuple[str, Row, dict]]:
    """The rows that were measured, in the order of `ROWS`; second runs after first ones."""
    found = []
    for name, row in ROWS.items():
        if row.kind in kinds:
            for key in (name, f"{name}-again"):
                if key in figures["rows"]:
                    found.append((key, row, figures["rows"][key]))
    return found


def _title(name: str, row: Row, record: dict) -> str:
    title = NETWORKS[row.network].title
    if row.kind == "train":
        return f"{title}, batch {row.batch}"
    if row.kind in ("predict", "evaluate"):
        return f"{row.kind} {row.count:,} row{'s' * (row.count > 1)}: {title}"
    again = ", second process" if name.endswith("-again") else ""
    return f"{row.title}{title}{again}"


def _compared(figures: dict, entries: list, unit: str, scale: Any) -> str:
    """A table of ratios, and below it one of absolute values."""
    kinds = figures["kinds"]
    others = [name for name in kinds if name != OURS]
    compared, absolute = [], []
    for name, row, record in entries:
        title, times = _title(name, row, record), record["times"]
        best = best_peer(record, kinds)
        goal = "" if row.goal is None or name.endswith("-again") else number(row.goal)
        compared.append(
            [title, *(_cell(record, other) for other in others)]
            + [f"**{_cell(record, best)}** {best}" if best and OURS in times else "", goal]
        )
        absolute.append(
            [title]
            + [
                number(scale(record) * statistics.median(times[other])) if other in times else ""
                for other in kinds
            ]
        )
    return "\n\n".join(
        [
            _table(["times as long as gyeol", *others, "best peer", "to reach"], compared),
            f"Absolute, medians, {unit}:",
            _table(["", *kinds], absolute),
        ]
    )


def _limits(figures: dict) -> str:
    limits = figures["limits"]
    copies = {int(mib): rate for mib, rate in limits["copies"].items()}
    said = ", ".join(f"{mib} MiB {rate / 1e9:.0f}" for mib, rate in copies.items())
    device = figures["device"]
    rows = []
    for name, row, record in _entries(figures, "train"):
        needed = cost(NETWORKS[row.network], row.batch)
        # The copy whose arrays are as large as what the step touches: caches count.
        size = next((mib for mib in copies if mib * 2**20 >= needed.held), max(copies))
        arithmetic = needed.flops / limits["flops"]
        traffic = needed.bytes / copies[size]
        limit = max(arithmetic, traffic)
        line = [
            _title(name, row, record),
            number(needed.flops / 1e6),
            number(needed.bytes / 2**20),
            number(1e3 * arithmetic),
            number(1e3 * traffic),
        ]
        best = best_peer(record, figures["kinds"])
        for of in (OURS, best):
            times = record["times"].get(of)
            step = statistics.median(times) / record["count"] if times else None
            line.append(f"{number(step / limit)}" if step else "")
        rows.append(line)
    text = (
        f"Measured by PyTorch in the same run: a large float32 matrix product does "
        f"{limits['flops'] / 1e9:,.0f} GFLOP/s, and a copy, read and write counted, by the bytes "
        f"that it works on: {said} GB/s. The arithmetic is that of the layers' matrix products, "
        f"forward and for both gradients. The bytes are those of the batch, of all outputs and "
        f"their gradients, of weights and of Adam's reads and writes, each layer by itself; "
        f"whoever fuses layers moves fewer. The limit of a step is the longer of the two times."
    )
    if device == "gpu":
        text += " Both are of the GPU."
    head = ["a step", "MFLOP", "MiB", "arithmetic, ms", "bytes, ms"]
    return "\n\n".join(
        [
            "### Distance to the machine",
            textwrap.fill(text, 100),
            _table([*head, "gyeol, times the limit", "best peer, times the limit"], rows),
        ]
    )


def _growth(figures: dict) -> str:
    rows = []
    for what, sizes in figures["growth"].items():
        (least, base), *_ = sizes.items()
        for size, (first, again) in sizes.items():
            grown = f"{int(size) / int(least):.0f}"
            rows.append(
                [what, f"{int(size):,}", grown, number(again / base[1]), number(again)]
                + [number(first - again)]
            )
    text = (
        "A network of dense layers of one width on 128 inputs, batch 32. One of the four grows, "
        "from 4 epochs of 8,192 samples and 2 layers of 128; seconds of later fits of a model, and "
        "how much longer the first one took, which compiles."
    )
    head = ["what grows", "to", "times", "fit, times as long", "fit, s", "first fit, s more"]
    return "\n\n".join(
        ["### Growth of gyeol's times", textwrap.fill(text, 100), _table(head, rows)]
    )


def _settings(figures: dict) -> str:
    """Which settings were each peer's best, by row."""
    said: dict[str, dict[str, list[str]]] = {}
    for name, _, record in _entries(figures, "train", "predict", "evaluate"):
        for peer, settings in record["settings"].items():
            words = ", ".join(f"{key}={value}" for key, value in settings.items()) or "defaults"
            said.setdefault(peer, {}).setdefault(words, []).append(name)
    lines = []
    for peer, by_words in said.items():
        told = "; ".join(f"{words}: {', '.join(names)}" for words, names in by_words.items())
        if list(by_words) != ["defaults"]:
            lines.append(textwrap.fill(f"- {peer}: {told}.", 100, subsequent_indent="  "))
    return "\n".join(lines)


def section(figures: dict) -> str:
    """The part of the page for one device and number of cores."""
    at = figures["machine"]
    parts = [f"## {figures['title']}"]
    parts.append("\n".join(f"    {run['command']}" for run in figures["runs"]))
    runs = "; ".join(
        f"{run['date']}, {run['rounds']} rounds, {run['minutes']} minutes"
        + (", quick: few steps and no settings tried" if run["quick"] else "")
        for run in figures["runs"]
    )
    versions = "; ".join(
        f"{peer}: {', '.join(f'{name} {v}' for name, v in packages.items())}"
        for peer, packages in figures["versions"].items()
    )
    gpu = f"{at['gpu']}; " if "gpu" in at else ""
    random = [name for name, kind in figures["data"].items() if kind == "random"]
    real = [name for name, kind in figures["data"].items() if kind == "real"]
    data = f"Data: {', '.join(real)}." if real else ""
    if random:
        data += f" Not on this machine, so random arrays of their shapes: {', '.join(random)}."
    cores = f"{at['cores']} core{'s' * (at['cores'] > 1)}"
    about = (
        f"{gpu}{at['processor']}, {cores}, {at['memory']} of memory, {at['system']}. "
        f"{runs}. {versions}. {data}"
    )
    parts.append(textwrap.fill(about.strip(), 100))
    if entries := _entries(figures, "train"):
        table = _compared(figures, entries, "ms a step", lambda record: 1e3 / record["count"])
        parts += ["### Training", table]
    if shares := figures.get("outside"):
        middle, least, most = (
            f"{100 * share:.1f}" for share in (statistics.median(shares), min(shares), max(shares))
        )
        text = (
            f"Of gyeol's epochs of {NETWORKS['mnist_one_hot'].title} at batch 32, {middle} % of "
            f"the time ({least} to {most}) pass outside of compiled runs."
        )
        parts.append(textwrap.fill(text, 100))
    if entries := _entries(figures, "predict", "evaluate"):
        table = _compared(figures, entries, "ms a call", lambda record: 1e3)
        parts += ["### Prediction and evaluation", table]
    if settings := _settings(figures):
        parts += ["The settings that were best where several were tried:", settings]
    entries = _entries(figures, "process")
    if jobs := [entry for entry in entries if entry[1].job not in ("memory",)]:
        text = (
            "New processes each time. The first has empty caches; a second finds what the first "
            "left on the disk, which only gyeol and `torch.compile` use without being asked to. "
            "An empty cell was not measured."
        )
        table = _compared(figures, jobs, "s", lambda record: 1)
        parts += ["### Whole processes", textwrap.fill(text, 100), table]
        if imports := _imports(figures):
            parts.append(imports)
    if memory := [entry for entry in entries if entry[1].job == "memory"]:
        text = "Resident memory at its peak, with interpreter, library and data; host memory only."
        table = _compared(figures, memory, "MiB", lambda record: 1)
        parts += ["### Memory", text, table]
    if "limits" in figures and _entries(figures, "train"):
        parts.append(_limits(figures))
    if "growth" in figures:
        parts.append(_growth(figures))
    failures = [
        f"- {name}, {peer}: {message}"
        for name, record in figures["rows"].items()
        for peer, message in record["failed"].items()
    ]
    if failures:
        parts += ["### Failed", "\n".join(dict.fromkeys(failures))]
    return "\n\n".join(parts) + "\n"


def _imports(figures: dict) -> str:
    found = next((r for name, r in figures["rows"].items() if name.startswith("import-")), None)
    if found is None:
        return ""
    said = ", ".join(
        f"{peer} {number(statistics.median(times))}"
        for peer, times in found["times"].items()
        if times
    )
    text = f"Importing the library alone, s (gyeol imports JAX when it is first needed): {said}."
    return textwrap.fill(text, 100)
