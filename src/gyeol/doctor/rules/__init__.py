"""The rules: a small function for each mistake, from facts to a finding or nothing.

A rule is named for its mistake; its docstring says what it looks for, why that harms, and where it
comes from. The gravest come first, and a root cause before what follows from it: mistakes in the
model, then in the data, then what shows in the training.
"""

# isort: off
from gyeol.doctor.rules.registry import RULES, spoken
from gyeol.doctor.rules import model, data, training  # each enters its rules in the table
# isort: on

__all__ = ["RULES", "data", "model", "spoken", "training"]
