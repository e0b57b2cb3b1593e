"""Every public name of Keras's is gyeol's, with the same arguments, or there is a reason."""

import pytest
from reasons import ABSENT, DIFFERENT
from signature_table import BEGIN, DOCUMENT, END, differences, entries, reason_for, table

FOUND = entries()
BY_STATUS = {"absent": ABSENT, "differs": DIFFERENT}


@pytest.mark.parametrize("status", BY_STATUS)
def test_what_is_not_as_in_keras_has_a_reason(status):
    without = [
        f"{entry.name}: {entry.how or entry.status}"
        for entry in FOUND
        if entry.status == status and reason_for(entry.name, BY_STATUS[status]) is None
    ]
    assert not without, "\n".join(["give a reason in reasons.py, or mend:", *without])


@pytest.mark.parametrize("status", BY_STATUS)
def test_reasons_are_still_true(status):
    reasons = BY_STATUS[status]
    needed = {reason_for(entry.name, reasons) for entry in FOUND if entry.status == status}
    # A family has one fate: a name of it that is there now is to be taken out of the reason.
    too_wide = {
        key
        for entry in FOUND
        if entry.status != status
        and (key := reason_for(entry.name, reasons)) is not None
        and key.endswith("*")
    }
    outdated = sorted((set(reasons) - needed) | too_wide)
    assert not outdated, f"no longer so; take out of reasons.py: {', '.join(outdated)}"


def test_the_document_holds_the_table():
    held = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert held == table(FOUND), (
        "docs/compatibility.md is behind; run "
        "`python tests/parity/signatures/signature_table.py --write`"
    )


def test_each_kind_of_difference_is_found():
    def theirs(self, a, b=1, *, c=None, **kwargs): ...

    def alike(self, a, b=1, *, c=None, **options): ...

    def reordered(self, b=1, a=2, *, c=None, **kwargs): ...

    def fewer(self, a, b=1.0, c=None): ...

    def more(self, a, b=1, d=0, *, c=None, **kwargs): ...

    assert differences(theirs, alike) == ""
    assert differences(theirs, reordered) == (
        "in the order `b`, `a`, `c`, `**`; `a` `2` instead of required"
    )
    assert differences(theirs, fewer) == (
        "without `**`; `b` `1.0` instead of `1`; `c` also by position"
    )
    assert differences(theirs, more) == "with `d` as well"
