"""`gyeol doctor script.py`, or `model.keras data.npz`: what is wrong, in words or on a page."""

import contextlib
import json
import os
import shlex
import sys
import tokenize
from collections.abc import Callable, Iterator
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
                "Arguments for the script, after a -- if the doctor has options of the same names; "
                "or the model's training data, an .npz with x and y, and x_val and y_val if there "
                "are."
            )
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=tr("Print one object of JSON instead."))
    ] = False,
    as_html: Annotated[
        Path | None,
        typer.Option("--html", help=tr("Leave a page with curves, scores and findings there too.")),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help=tr("en or ko; that of the system if none."))
    ] = None,
    tries: Annotated[
        bool, typer.Option("--try", help=tr("Train with each remedy too, and say what it brings."))
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help=tr("Say what is looked for."))] = False,
) -> int:
    """Print what is wrong.

    Leaves with 0 if nothing is, with 1 if so, with 2 if it cannot look, with 130 if interrupted.
    """
    if rules:
        from gyeol.doctor import RULES

        for name, rule in RULES.items():
            print(f"{name}: {(rule.__doc__ or '').splitlines()[0]}")
        return 0
    if target is None:
        raise UsageError(tr("Say what to look at: gyeol doctor script.py, or model.keras data.npz"))
    if not target.is_file():
        raise no_such_file(target)
    with _speaking(lang):
        options = ["--try"] * tries + (["--lang", lang] if lang is not None else [])
        return _look(target, arguments or [], as_json, as_html, tries, options)


def _look(
    target: Path,
    arguments: list[str],
    as_json: bool,
    as_html: Path | None,
    tries: bool,
    options: list[str],
) -> int:
    """Look, and tell; `options` are those that repeat it, without the page's."""
    place = None if as_html is None else _writable(as_html)
    report = _alone() if as_json and target.suffix == ".py" else sys.stdout
    text = _text_of(target) if target.suffix == ".py" else ""
    outcomes = None
    if target.suffix == ".py":
        findings, trainings, outcomes, code = _of_script(target, text, arguments, as_json, tries)
    elif tries:
        raise UsageError(tr("--try takes a script: it trains as the script does."))
    else:
        findings, trainings, code = *_of_model(target, arguments), 0
    if as_json:
        report.write(json.dumps(_report(findings, outcomes), indent=1) + "\n")
        report.flush()
    elif findings and outcomes is not None:
        from gyeol.doctor.trying import told

        print("\n\n".join(told(findings, outcomes)))
    elif findings:
        print("\n\n".join(map(str, findings)))
    elif not code:
        print(tr("Nothing was found."))
    if place is not None:
        given = ["--", *arguments] if any(a.startswith("-") for a in arguments) else arguments
        remarks = {2: tr("The script ended with an error."), 130: tr("It was interrupted.")}
        _leave_page(
            place,
            target.name,
            trainings(),
            findings,
            outcomes,
            remark=remarks.get(code, ""),
            command=shlex.join(
                ["gyeol", "doctor", *options, "--html", str(as_html), str(target), *given]
            ),
            script=text,
        )
        words = tr("The page is in {path}.", path=place)
        print(f"\n{words}", file=sys.stderr if as_json else sys.stdout)
    return code or (1 if findings else 0)


def _alone() -> Any:
    """Standard output for the report alone: from now on all that a script writes goes to the other.

    What it starts, or does when it ends, writes there too.
    """
    try:
        if sys.stdout.fileno() != 1:
            return sys.stdout
    except (OSError, ValueError, AttributeError):
        return sys.stdout
    sys.stdout.flush()
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


def _report(findings: list[Any], outcomes: Any) -> dict[str, Any]:
    if outcomes is None:
        return {"findings": [finding.as_dict() for finding in findings]}
    from gyeol.doctor.trying import as_dict

    return as_dict(findings, outcomes)


def _writable(path: Path) -> Path:
    """The path, from wherever a script goes to; refused before there is something to write."""
    from gyeol.files import check_writable

    try:
        check_writable(path)
    except OSError as error:
        raise UsageError(str(error)) from None
    return path.absolute()


@contextlib.contextmanager
def _speaking(language: str | None) -> Iterator[None]:
    """Let gyeol speak a language, in programs that a script starts too."""
    if language not in (None, "en", "ko"):
        raise UsageError(tr("--lang is en or ko; got {given}.", given=language))
    before = os.environ.get("GYEOL_LANG")
    if language is not None:
        os.environ["GYEOL_LANG"] = language
    try:
        yield
    finally:
        if language is not None:
            os.environ.pop("GYEOL_LANG")
            if before is not None:
                os.environ["GYEOL_LANG"] = before


def _leave_page(
    path: Path,
    title: str,
    trainings: list[Any],
    findings: list[Any],
    outcomes: Any,
    **texts: str,
) -> None:
    from gyeol.cli.train import versions
    from gyeol.doctor.pages import tried_of
    from gyeol.report.page import page

    try:
        tried = tried_of(findings, outcomes or {})
        page(path, title, trainings, findings, *tried, versions=versions(), **texts)
    except OSError as error:
        raise UsageError(str(error)) from None


def _text_of(script: Path) -> str:
    try:
        with tokenize.open(script) as file:  # in the encoding that it says itself
            return file.read()
    except (OSError, SyntaxError, ValueError):
        return ""


def _of_script(
    script: Path, text: str, arguments: list[str], quietly: bool, tries: bool
) -> tuple[list[Any], Callable[[], list[Any]], Any, int]:
    """The findings of a script, what makes its trainings for the page, and how it ended.

    That is 2 if it failed, and 130 if somebody interrupted it, or the trials after it: what is
    found until then is told. `quietly`: standard output is left alone. `tries`: what the remedies
    bring is the third.
    """
    from gyeol.compat.runner import run
    from gyeol.doctor.finding import gravest_first
    from gyeol.doctor.watching import watching

    code, outcomes = 0, {} if tries else None
    with watching(str(script)) as watched:
        try:
            with contextlib.redirect_stdout(sys.stderr if quietly else sys.stdout):
                run(script, arguments)
        except SystemExit as end:
            code = _code_of(end)
    if code != 130:
        try:
            _experiment(watched, outcomes)
        except KeyboardInterrupt:
            code = 130

    def trainings() -> list[Any]:
        from gyeol.doctor.pages import trainings_of

        return trainings_of(watched, text)

    return gravest_first(watched.findings), trainings, outcomes, code


def _code_of(end: SystemExit) -> int:
    """0, 2 or 130 for the way a script ended; what it has to say is said as Python says it."""
    if end.code is None or (isinstance(end.code, int) and end.code in (0, 130)):
        return end.code or 0
    if not isinstance(end.code, int):
        print(end.code, file=sys.stderr)
    return 2


def _experiment(watched: Any, outcomes: dict[str, Any] | None) -> None:
    """Ask by trials what was wrong, and what the remedies bring unless `outcomes` is None."""
    from gyeol.doctor.experiments import Interrupted, by_experiment, by_holding_out, half_way
    from gyeol.doctor.trying import try_all

    for fit in watched.fits.values():
        try:
            found = by_experiment(fit)
        except Interrupted as ending:
            if ending.found:
                watched.settle(fit, ending.found)
            raise
        if found:
            watched.settle(fit, found)
        elif (note := by_holding_out(fit) or half_way(fit)) is not None:
            watched.note(fit, note)
    if outcomes is not None:
        try_all(watched, outcomes)


def _of_model(path: Path, arguments: list[str]) -> tuple[list[Any], Callable[[], list[Any]]]:
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

    def trainings() -> list[Any]:
        from gyeol.doctor.pages import training_of

        return [training_of(model, x, y, held)]

    return examine(model, x, y, held), trainings


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
