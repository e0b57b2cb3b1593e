"""`gyeol doctor script.py`, or `model.keras data.npz`: mistakes that show before training."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import typer

from gyeol.cli.errors import UsageError, no_such_file
from gyeol.text import tr


def doctor(
    target: Annotated[
        Path | None,
        typer.Argument(help=tr("A script for keras, or a compiled model as a .keras or .h5 file.")),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help=tr(
                "Arguments for the script; or the model's training data, an .npz with x and y, and "
                "x_val and y_val if there are."
            )
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=tr("Print one object of JSON instead."))
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help=tr("Say what is looked for."))] = False,
) -> int:
    """Print what is wrong. Leaves with 0 if nothing is, with 1 if so, with 2 if it cannot look."""
    if rules:
        from gyeol.doctor import RULES

        for name, rule in RULES.items():
            print(f"{name}: {(rule.__doc__ or '').splitlines()[0]}")
        return 0
    if target is None:
        raise UsageError(tr("Say what to look at: gyeol doctor script.py, or model.keras data.npz"))
    if not target.is_file():
        raise no_such_file(target)
    if target.suffix == ".py":
        findings, code = _of_script(target, arguments or [], as_json)
    else:
        findings, code = _of_model(target, arguments or []), 0
    if as_json:
        print(json.dumps({"findings": [finding.as_dict() for finding in findings]}, indent=1))
    elif findings:
        print("\n\n".join(map(_told, findings)))
    elif not code:
        print(tr("Nothing was found."))
    return code or (1 if findings else 0)


def _of_script(script: Path, arguments: list[str], quietly: bool) -> tuple[list[Any], int]:
    """The findings of a script, and 2 if it failed; `quietly`: standard output is left alone."""
    from gyeol.compat.runner import run
    from gyeol.doctor.finding import gravest_first
    from gyeol.doctor.watching import watching

    failed = False
    with watching(str(script)) as watched:
        try:
            with contextlib.redirect_stdout(sys.stderr if quietly else sys.stdout):
                run(script, arguments)
        except SystemExit as end:
            failed = end.code not in (None, 0)
    return gravest_first(watched.findings), 2 if failed else 0


def _of_model(path: Path, arguments: list[str]) -> list[Any]:
    if len(arguments) != 1:
        raise UsageError(tr("Say which data too: gyeol doctor {path} data.npz", path=path))
    data = Path(arguments[0])
    if not data.is_file():
        raise no_such_file(data)
    x, y, held = _arrays(data)

    from gyeol.doctor import examine
    from gyeol.models import load_model

    model = load_model(path)
    if not model.compiled:
        raise UsageError(
            tr("The model in {path} is not compiled: save it after compile().", path=path)
        )
    return examine(model, x, y, held)


def _told(finding: Any) -> str:
    severities = {"error": tr("error"), "warning": tr("warning"), "note": tr("note")}
    lines = [
        f"{severities[finding.severity]}, {finding.rule}, {finding.where}",
        f"{finding.evidence} {finding.cause}".strip(),
    ]
    if finding.remedy:
        lines.append(tr("Instead: {remedy}", remedy=finding.remedy))
    return "\n  ".join(lines)


def _arrays(path: Path) -> tuple[Any, Any, tuple[Any, Any] | None]:
    """The training data in an .npz, and the validation data or None."""
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except (OSError, EOFError, ValueError, AttributeError, TypeError, BadZipFile) as error:
        raise UsageError(
            tr("{path} is no .npz file that can be read: {reason}", path=path, reason=error)
        ) from None
    for x, y in (("x", "y"), ("x_train", "y_train")):
        if x in found and y in found:
            held = (found["x_val"], found["y_val"]) if {"x_val", "y_val"} <= found.keys() else None
            return found[x], found[y], held
    raise UsageError(
        tr(
            "{path} holds {names}; it needs x and y, or x_train and y_train.",
            path=path,
            names=", ".join(sorted(found)) or tr("nothing"),
        )
    )
