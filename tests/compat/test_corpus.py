"""Small programs in the idioms of 2016 to 2026; each asserts what it should."""

from pathlib import Path

import pytest

SCRIPTS = sorted(
    path.name
    for path in (Path(__file__).parent / "scripts").glob("*.py")
    if not path.name.startswith("seed_")
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name, run_script):
    run_script(name)


def test_the_corpus_is_not_small():
    assert len(SCRIPTS) >= 40
