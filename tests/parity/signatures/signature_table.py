"""Every public name of real Keras, with its arguments and their defaults, beside gyeol's.

`python tests/parity/signatures/signature_table.py` prints the tables that `docs/compatibility.md`
holds; with ``--write`` it puts them there.
"""

import inspect
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

os.environ["KERAS_BACKEND"] = "jax"

import keras
from reasons import ABSENT, DIFFERENT

import gyeol

DOCUMENT = Path(__file__).parents[3] / "docs" / "compatibility.md"
BEGIN, END = "<!-- signatures: begin -->\n", "<!-- signatures: end -->\n"

# Of these classes, what programs write and call is more than the arguments they are made with. What
# Keras has as properties may be set when an object is made, so there is one of gyeol's for each.
WITH_METHODS = {
    "keras.Layer": lambda: gyeol.Layer(),
    "keras.Loss": lambda: gyeol.losses.MeanSquaredError(),
    "keras.Metric": lambda: gyeol.metrics.Mean(),
    "keras.Model": lambda: gyeol.Model(),
    "keras.Optimizer": lambda: gyeol.optimizers.SGD(),
    "keras.Sequential": lambda: gyeol.Sequential(),
    "keras.callbacks.Callback": lambda: gyeol.callbacks.Callback(),
}


class Entry(NamedTuple):
    """A public name of Keras's: 'same', 'differs' (and how) or 'absent'."""

    name: str
    status: str
    how: str = ""

    @property
    def module(self) -> str:
        """The module it is listed under; methods are listed under their class's."""
        owner = self.name.rpartition(".")[0]
        return owner.rpartition(".")[0] if owner in WITH_METHODS else owner


def public(holder: Any) -> list[str]:
    """The names that are not private, those of Keras's own sources excepted."""
    return [name for name in sorted(dir(holder)) if not name.startswith("_") and name != "src"]


def entries() -> list[Entry]:
    """Every public name of Keras's, compared."""
    return list(_of_module("keras", keras, gyeol))


def _of_module(path: str, theirs: ModuleType, ours: Any) -> Iterator[Entry]:
    for name in public(theirs):
        value, inner = getattr(theirs, name), f"{path}.{name}"
        counterpart = getattr(ours, name, None)
        if isinstance(value, ModuleType):
            yield from _of_module(inner, value, counterpart)
        elif counterpart is None:
            yield Entry(inner, "absent")
        else:
            yield _compared(inner, value, counterpart)
            if inner in WITH_METHODS:
                yield from _of_class(inner, value, counterpart)


def _of_class(path: str, theirs: type, ours: type) -> Iterator[Entry]:
    made = WITH_METHODS[path]()
    for name in public(theirs):
        value = getattr(theirs, name)
        inherited = any(getattr(base, name, None) is value for base in theirs.__mro__[1:-1])
        if inherited and path != "keras.Layer":
            continue  # listed with the class it comes from
        if not hasattr(ours, name) and not hasattr(made, name):
            yield Entry(f"{path}.{name}", "absent")
        elif inspect.isroutine(value):
            yield _compared(f"{path}.{name}", value, getattr(ours, name))
        else:
            yield Entry(f"{path}.{name}", "same")


def _compared(name: str, theirs: Any, ours: Any) -> Entry:
    if not callable(theirs):
        return Entry(name, "same" if type(theirs) is type(ours) else "differs", "")
    how = differences(theirs, ours)
    return Entry(name, "differs" if how else "same", how)


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    if isinstance(function, type):
        function = function.__init__
    parameters = inspect.signature(function).parameters
    # However they are called, arguments taken in any number are one thing.
    kinds = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return {
        kinds.get(parameter.kind, name): parameter
        for name, parameter in parameters.items()
        if name != "self"
    }


def differences(theirs: Any, ours: Any) -> str:
    """How the arguments of a function or a class differ from Keras's; '' if they do not."""
    wanted, given = _parameters(theirs), _parameters(ours)
    found = []
    missing = [name for name in wanted if name not in given]
    if missing:
        found.append(f"without {_code(missing)}")
    extra = [name for name in given if name not in wanted]
    if extra:
        found.append(f"with {_code(extra)} as well")
    common = [name for name in given if name in wanted]
    if common != [name for name in wanted if name in given]:
        found.append(f"in the order {_code(common)}")
    for name in common:
        if not _equal(wanted[name].default, given[name].default):
            before, now = (_default(p[name].default) for p in (wanted, given))
            found.append(f"`{name}` {now} instead of {before}")
        if wanted[name].kind != given[name].kind:
            by_name = given[name].kind is inspect.Parameter.KEYWORD_ONLY
            found.append(f"`{name}` {'by name only' if by_name else 'also by position'}")
    return "; ".join(found)


def _equal(one: Any, other: Any) -> bool:
    return one is other or (type(one), one) == (type(other), other) or repr(one) == repr(other)


def _default(value: Any) -> str:
    return "required" if value is inspect.Parameter.empty else f"`{value!r}`"


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def reason_for(name: str, reasons: dict[str, str]) -> str | None:
    """The key of a reason: the name's own, or that of the family ('keras.x.*') it is in."""
    keys = [name]
    while "." in name:
        name = name.rpartition(".")[0]
        keys.append(f"{name}.*")
    return next((key for key in keys if key in reasons), None)


def table(found: list[Entry]) -> str:
    """Two tables in Markdown: how many names are the same in each module, and the others."""
    counts: dict[str, Counter] = defaultdict(Counter)
    for entry in found:
        key = reason_for(entry.name, ABSENT) or ""
        counts[key if key.endswith("*") else entry.module][entry.status] += 1
    lines = [
        "| module of Keras | names | same | with a difference | absent |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    total: Counter = Counter()
    for module in sorted(counts):
        count = counts[module]
        total += count
        numbers = (count.total(), *(count[status] for status in ("same", "differs", "absent")))
        lines.append(f"| `{module}` | {' | '.join(map(str, numbers))} |")
    numbers = (total.total(), *(total[status] for status in ("same", "differs", "absent")))
    lines += [f"| together | {' | '.join(map(str, numbers))} |", ""]
    lines += ["| Keras's name | in gyeol | why |", "| --- | --- | --- |"]
    for (names, how), why in _grouped(found):
        lines.append(f"| {names} | {how} | {why} |")
    return "\n".join(lines) + "\n"


def _grouped(found: list[Entry]) -> list[tuple[tuple[str, str], str]]:
    """Names of one module with one fate and one reason share a line; so do whole families."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for entry in found:
        if entry.status == "same":
            continue
        reasons = ABSENT if entry.status == "absent" else DIFFERENT
        key = reason_for(entry.name, reasons)
        why = reasons[key] if key else "?"
        name = key if key and key.endswith("*") else entry.name
        row = rows[name.rpartition(".")[0], entry.how or entry.status, why]
        if name not in row:
            row.append(name)
    return [((_code(names), how), why) for (_, how, why), names in rows.items()]


def write() -> None:
    """Put the tables into the document, between its markers."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}{table(entries())}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        sys.stdout.write(table(entries()))
