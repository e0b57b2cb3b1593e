"""What gyeol says exists in English and Korean, with the same fields."""

import ast
import string
from pathlib import Path

import pytest

import gyeol
from gyeol.text import tr
from gyeol.text.ko import KOREAN

SOURCES = Path(gyeol.__file__).parent


def templates():
    """Every template that is written in a call of `tr`, and where."""
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value, f"{path.relative_to(SOURCES)}:{node.lineno}"


def strings():
    """Every string in the sources but the translations."""
    for path in SOURCES.rglob("*.py"):
        if path.parent.name != "text":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def fields(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_message_exists_in_korean():
    missing = [f"{where}: {text}" for text, where in templates() if text not in KOREAN]
    assert not missing, "\n".join(missing)


def test_no_translation_is_left_over():
    assert not set(KOREAN) - set(strings())


@pytest.mark.parametrize("english", KOREAN)
def test_translation_has_the_same_fields(english):
    assert fields(KOREAN[english]) == fields(english)


def test_language_is_chosen_by_the_environment(monkeypatch):
    some = next(text for text in KOREAN if not fields(text))
    monkeypatch.setenv("GYEOL_LANG", "ko")
    assert tr(some) == KOREAN[some]
    monkeypatch.setenv("GYEOL_LANG", "en")
    assert tr(some) == some
