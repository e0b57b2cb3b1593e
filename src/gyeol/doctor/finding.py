"""`Finding`: a mistake that was found in a program, with what was seen and the line to write."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from gyeol.text import tr

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """A mistake in a program.

    Attributes:
        rule: the mistake's name, one of `gyeol.doctor.RULES`.
        severity: 'error' where nothing useful can be learned, 'warning' where training suffers,
            'note' where a person should know.
        where: the layer, argument or data that it is in.
        evidence: what was seen, with numbers.
        cause: why it harms.
        remedy: the line to write instead.
    """

    rule: str
    severity: str
    where: str
    evidence: str
    cause: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """The attributes by name, for JSON."""
        return asdict(self)

    def is_as(self, other: "Finding") -> bool:
        """Whether both are of one mistake, whatever the numbers say by now."""
        return (self.rule, self.where) == (other.rule, other.where)

    def __str__(self) -> str:
        severities = {"error": tr("error"), "warning": tr("warning"), "note": tr("note")}
        lines = [
            f"{severities[self.severity]}, {self.rule}, {self.where}",
            f"{self.evidence} {self.cause}".strip(),
        ]
        if self.remedy:
            lines.append(tr("Instead: {remedy}", remedy=self.remedy))
        return "\n  ".join(lines)


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by severity, and otherwise in the order in which they came."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
