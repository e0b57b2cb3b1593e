"""The doctor: mistakes in a program, named before it trains."""

from gyeol.doctor.examination import examine
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules import RULES

__all__ = ["RULES", "Finding", "examine"]
