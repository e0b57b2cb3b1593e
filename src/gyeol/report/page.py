"""`report.html`: a training on one page that opens offline, without a script."""

import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from gyeol import config
from gyeol.files import write_whole
from gyeol.report.markup import Markup, tag
from gyeol.report.page_findings import counted, findings_section
from gyeol.report.page_settings import settings_table
from gyeol.report.page_training import ShownTraining, Training
from gyeol.text import tr

# Nothing but what is in the file itself may be shown.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
# So many trainings are shown unfolded.
_MOST_OPEN = 3
_LONGEST_SCRIPT = 200_000


def page(
    path: str | os.PathLike,
    title: str,
    trainings: Sequence[Training],
    findings: Sequence[Any] | None = None,
    tried: Mapping[Any, Any] | None = None,
    together: Sequence[str] = (),
    *,
    remark: str = "",
    command: str = "",
    versions: Mapping[str, str] | None = None,
    script: str = "",
) -> Path:
    """Write the page: verdict, findings, curves, scores, examples, the model, how to repeat it.

    The file holds all that it shows, and loads nothing. Its language is gyeol's.

    Args:
        path: the file to write; it is written whole or not at all.
        title: what the page is about.
        trainings: what was trained.
        findings: the doctor's, the gravest first; None if it did not look.
        tried: what the remedies of findings brought, as `gyeol.doctor.trying.Tried`.
        together: what they bring together, in sentences.
        remark: what else a reader should know first, in a sentence.
        command: what repeats it.
        versions: of what it was trained with.
        script: the text of the program.

    Returns:
        The path.

    Raises:
        OSError: the file cannot be written.
    """
    path = Path(path)
    alone = len(trainings) == 1
    shown = [ShownTraining(training, "h2" if alone else "h3") for training in trainings]
    main = tag(
        "main",
        tag("h1", title),
        *_opening(shown, remark, counted(findings)),
        *([] if alone else [_list_of(shown)]),
        *findings_section(findings or (), tried or {}, together),
        *(shown[0].parts() if alone else _folded(shown)),
        *_repeating(command, versions or {}, script),
    )
    content = "<!DOCTYPE html>\n" + _document(title, main)
    with write_whole(path) as file:
        # A text may hold halves of letters, which no file can.
        file.write(content.encode("utf-8", "replace"))
    return path


def _document(title: str, main: Markup) -> Markup:
    style = resources.files("gyeol.report").joinpath("page.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(style)),
    )
    return tag("html", head, tag("body", main), lang=config.language())


def _opening(shown: Sequence[ShownTraining], remark: str, of_findings: str) -> list[Markup]:
    """The verdict, and what else is to be known first."""
    if len(shown) == 1:
        verdict, lead = shown[0].verdict, [remark, shown[0].course, of_findings]
    else:
        many = tr("{count} trainings.", count=len(shown)) if shown else tr("Nothing was trained.")
        verdict, lead = f"{many} {of_findings}", [remark]
    return [
        tag("p", verdict, class_="verdict"),
        tag("p", " ".join(filter(None, lead)), class_="lead"),
    ]


def _list_of(shown: Sequence[ShownTraining]) -> Markup:
    """Several trainings, each with its verdict."""
    items = [tag("li", tag("b", one.training.title), tag("br"), one.verdict) for one in shown]
    return tag("ul", *items, class_="trainings")


def _folded(shown: Sequence[ShownTraining]) -> list[Markup]:
    """Several trainings below each other, most of many of them folded."""
    parts = []
    for number, one in enumerate(shown):
        summary = tag("summary", tag("h2", one.training.title))
        first = tag("p", " ".join(filter(None, (one.verdict, one.course))))
        is_open = "open" if len(shown) <= _MOST_OPEN or number == len(shown) - 1 else None
        parts.append(tag("details", summary, first, *one.parts(), class_="fit", open=is_open))
    return parts


def _repeating(command: str, versions: Mapping[str, str], script: str) -> list[Markup]:
    parts = [tag("h2", tr("How to repeat it"))]
    if command:
        parts.append(tag("pre", tag("code", command)))
    if versions:
        parts.append(settings_table(versions))
    if script:
        text = script[:_LONGEST_SCRIPT]
        parts.append(
            tag("details", tag("summary", tr("The script")), tag("pre", tag("code", text)))
        )
    return parts if len(parts) > 1 else []
