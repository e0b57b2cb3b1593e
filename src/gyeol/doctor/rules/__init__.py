"""The rules: a small function for each mistake, from facts to a finding or nothing.

A rule is named for its mistake; its docstring says what it looks for, why that harms, and where it
comes from. The gravest come first, and a root cause before what follows from it: mistakes in the
model, then in the data, then what shows in the training.
"""

from types import ModuleType

# isort: off
from gyeol.doctor.rules.registry import RULES, Rule, root_first, spoken
from gyeol.doctor.rules import model, rate, data, training, comparison  # each enters its rules
# isort: on


def _of(*modules: ModuleType) -> tuple[Rule, ...]:
    names = [module.__name__ for module in modules]
    return tuple(rule for rule in RULES.values() if rule.__module__ in names)


# What can be asked before the first step of a training, and what its steps tell.
BEFORE = _of(model, rate, data)
AFTER = (*_of(rate, training, comparison), model.excess_dropout)

__all__ = ["AFTER", "BEFORE", "RULES", "root_first", "spoken"]
