"""Settings on a page, as a table."""

from collections.abc import Mapping
from typing import Any

from gyeol.report.markup import Markup, scrolling, tag
from gyeol.text import tr


def settings_table(settings: Mapping[str, Any]) -> Markup:
    """A line for each setting, by name."""
    rows = [
        tag("tr", tag("th", name, scope="row"), tag("td", setting_text(value)))
        for name, value in settings.items()
    ]
    return scrolling(tag("table", tag("tbody", *rows), class_="settings"), tr("Settings"))


def setting_text(value: Any) -> str:
    """A setting as a person reads it.

    Args:
        value: what was given to `compile` or `fit`; of an object its name is said.

    >>> setting_text([1, "a"]), setting_text(0.001)
    ('1, a', '0.001')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {setting_text(inner)}" for name, inner in value.items())
    if isinstance(value, (list, tuple)) and len(value) <= 100:
        return ", ".join(map(setting_text, value))
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{value.dtype} {tuple(value.shape)}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (str, int)) or value is None:
        return str(value)
    return getattr(value, "__name__", type(value).__name__)
