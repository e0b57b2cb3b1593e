"""HTML and SVG as text: what is put in is escaped, unless it was made here."""

import html
from collections.abc import Sequence

_WITHOUT_END = ("br", "img", "link", "meta")


class Markup(str):
    """Text that is markup already."""


def tag(name: str, /, *children: str, **attributes: object) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: text, which is escaped, or `Markup`.
        attributes: by name, with '_' for '-' and at the end where the name is a word of Python's;
            those that are None are left out.

    >>> tag("p", "a < b", tag("br"), class_="note", aria_hidden=None)
    '<p class="note">a &lt; b<br></p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "" if name in _WITHOUT_END else f"{joined(*children)}</{name}>"
    return Markup(f"<{name}{given}>{end}")


def joined(*children: str) -> Markup:
    """Pieces one after the other; text among them is escaped.

    >>> joined("<", tag("b", ">"))
    '&lt;<b>&gt;</b>'
    """
    return Markup(
        "".join(
            child if isinstance(child, Markup) else html.escape(str(child)) for child in children
        )
    )


def table(heads: Sequence[Markup], rows: Sequence[Markup], kind: str | None = None) -> Markup:
    """A table.

    Args:
        heads: the cells of its first line.
        rows: its other lines, each a 'tr'.
        kind: its class in the style sheet.

    >>> table([tag("th", "a")], [tag("tr", tag("td", "1"))])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    """
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_=kind)


def scrolling(content: Markup, label: str, kind: str = "scroll") -> Markup:
    """Something wide, such as a table, that scrolls in itself, also by the keyboard.

    Args:
        content: what may be too wide.
        label: what it is, for those who do not see it.
        kind: its class in the style sheet.
    """
    return tag("div", content, class_=kind, tabindex=0, role="region", aria_label=label)
