"""`gyeol doctor model.keras data.npz`: mistakes that show before anything is trained."""

import json
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import typer

from gyeol.cli.errors import UsageError, no_such_file
from gyeol.text import tr


def doctor(
    model: Annotated[
        Path | None, typer.Argument(help=tr("A compiled model, as a .keras or .h5 file."))
    ] = None,
    data: Annotated[
        Path | None,
        typer.Argument(
            help=tr("Its training data, an .npz with x and y, and x_val and y_val if there are.")
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=tr("Print one object of JSON instead."))
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help=tr("Say what is looked for."))] = False,
) -> int:
    """Print what is wrong with a model and its data. Leaves with 0 if nothing is, with 1 if so."""
    if rules:
        from gyeol.doctor import RULES

        for name, rule in RULES.items():
            print(f"{name}: {(rule.__doc__ or '').splitlines()[0]}")
        return 0
    if model is None or data is None:
        raise UsageError(tr("Say which model and which data: gyeol doctor model.keras data.npz"))
    for path in (model, data):
        if not path.is_file():
            raise no_such_file(path)
    if model.suffix == ".py":
        raise UsageError(
            tr("gyeol doctor looks at a saved model and its data, and not yet at scripts.")
        )
    x, y, held = _arrays(data)

    from gyeol.doctor import examine
    from gyeol.models import load_model

    loaded = load_model(model)
    if not loaded.compiled:
        raise UsageError(
            tr("The model in {path} is not compiled: save it after compile().", path=model)
        )
    findings = examine(loaded, x, y, held)
    if as_json:
        print(json.dumps({"findings": [finding.as_dict() for finding in findings]}, indent=1))
    elif not findings:
        print(tr("Nothing was found."))
    else:
        print("\n\n".join(map(_told, findings)))
    return 1 if findings else 0


def _told(finding: Any) -> str:
    severities = {"error": tr("error"), "warning": tr("warning"), "note": tr("note")}
    lines = [f"{severities[finding.severity]}, {finding.rule}, {finding.where}"]
    lines += [part for part in (f"{finding.evidence} {finding.cause}".strip(),) if part]
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
