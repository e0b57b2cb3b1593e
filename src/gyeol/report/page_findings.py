"""The doctor's findings on a page, with what their remedies brought."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gyeol.report.markup import Markup, tag
from gyeol.text import tr


def counted(findings: Sequence[Any] | None) -> str:
    """How many findings there are of each severity, in a sentence.

    Args:
        findings: the doctor's; None if it did not look.
    """
    if findings is None:
        return tr("The doctor did not look at it.")
    if not findings:
        return tr("The doctor found nothing.")
    counts = {
        kind: sum(finding.severity == kind for finding in findings)
        for kind in ("error", "warning", "note")
    }
    kinds = [f"{_severity(kind)} {count}" for kind, count in counts.items() if count]
    return tr("Findings: {kinds}.", kinds=", ".join(kinds))


def _severity(kind: str) -> str:
    return {"error": tr("error"), "warning": tr("warning"), "note": tr("note")}[kind]


def findings_section(
    findings: Sequence[Any], tried: Mapping[Any, Any], together: Sequence[str]
) -> list[Markup]:
    """The part of the page with the findings; none where there are none.

    Args:
        findings: the doctor's, in the order in which they are shown.
        tried: what the remedies of some brought, as `gyeol.doctor.trying.Tried`.
        together: what they bring together, in sentences.
    """
    if not findings:
        return []
    return [
        tag("h2", tr("Findings")),
        *(_finding(finding, tried.get(finding)) for finding in findings),
        *(tag("p", sentence) for sentence in together),
    ]


def _finding(finding: Any, tried: Any) -> Markup:
    head = tag(
        "h3",
        tag("span", _severity(finding.severity), class_="severity"),
        f" · {finding.where} ",
        tag("code", finding.rule),
    )
    parts = [tag("p", finding.evidence)]
    if finding.cause:
        parts.append(tag("p", finding.cause))
    if finding.remedy and not (tried and tried.withdrawn):
        remedy = tr("Instead: {remedy}", remedy=finding.remedy)
        parts.append(tag("p", remedy, class_="remedy"))
    if tried is not None:
        parts += [*_gain(tried), tag("p", str(tried), class_="small")]
    return tag("section", head, *parts, class_=f"finding {finding.severity}")


def _gain(tried: Any) -> list[Markup]:
    """A bar for the score without a remedy, and one with it."""
    if not (math.isfinite(tried.before) and math.isfinite(tried.after)):
        return []
    bars = []
    for kind, words, value in (
        ("before", tr("as it stands"), tried.before),
        ("after", tr("with the remedy"), tried.after),
    ):
        width = f"width:{100 * min(1.0, max(0.0, value)):.1f}%"
        bar = tag("span", tag("i", style=width), class_="track")
        bars.append(tag("li", tag("span", words), bar, tag("b", f"{value:.3g}"), class_=kind))
    return [tag("ul", *bars, class_="gain")]
