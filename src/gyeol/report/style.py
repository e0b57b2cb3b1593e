"""What the pictures share: colours, fonts, saving. Matplotlib's own settings are never changed."""

import functools
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gyeol import config
from gyeol.files import write_whole
from gyeol.text import tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.table import Table
    from matplotlib.text import Text

INK = "#222222"
FAINT = "#8a8f98"
EDGE, GRID = "#d0d4da", "#e6e8eb"
TRAINING = "#7f9cc0"
VALIDATION = "#1b4f91"
WRONG = "#c62828"

_HANGUL_FONTS = (
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "Nanum Gothic",
    "NanumGothic",
    "NanumBarunGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "UnDotum",
)


@functools.cache
def hangul_font() -> str | None:
    """The first installed font that has Korean letters, or None."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    installed = {font.name for font in fontManager.ttflist}
    for name in _HANGUL_FONTS:
        if name in installed:
            return name
    # Matplotlib keeps a list of fonts, which lacks what was installed since it was made.
    starts = tuple(name.replace(" ", "").lower() for name in _HANGUL_FONTS)
    for path in sorted(findSystemFonts()):
        stem = Path(path).stem.lower().removesuffix("-regular")
        if len(stem) > 5 and any(start.startswith(stem) for start in starts):
            fontManager.addfont(path)
            return fontManager.ttflist[-1].name
    return None


def words(message: str, **fields: object) -> str:
    """`tr` for a picture: in Korean only where a font can draw it.

    Args:
        message: a template in English.
        fields: its fields.
    """
    if config.language() == "ko" and hangul_font() is None:
        return message.format(**fields)
    return tr(message, **fields)


def width_of(text: str) -> int:
    """How wide a text is, in Latin letters; those of Korean are twice as wide.

    >>> width_of("결 gyeol")
    8
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shortened(text: str, most: int) -> str:
    """The text, cut where it is too wide.

    Args:
        text: one line.
        most: how wide it may be, in Latin letters.

    >>> shortened("a name that is long", 8)
    'a name …'
    """
    if width_of(text) <= most:
        return text
    while width_of(text) > most - 1:
        text = text[:-1]
    return text + "…"


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, outside of pyplot.

    Args:
        width, height: in inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=120, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def texts(figure: "Figure") -> list["Text"]:
    """Every text of a figure, those in tables too."""
    from matplotlib.table import Cell
    from matplotlib.text import Text

    return figure.findobj(Text) + [cell.get_text() for cell in figure.findobj(Cell)]


def with_fonts(figure: "Figure") -> "Figure":
    """The figure, its texts in fonts that have their letters."""
    for text in texts(figure):
        font = hangul_font() if not text.get_text().isascii() else None
        text.set_fontfamily(["DejaVu Sans", *([font] if font else [])])
    return figure


def draw_table(
    axes: "Axes", cells: Sequence[Sequence[str]], heads: Sequence[str], **place: Any
) -> "Table":
    """Draw a table with lines between its rows, in place of the axes.

    Args:
        axes: where.
        cells: text, row by row.
        heads: of the columns.
        place: where in the axes, and how wide, as for `Axes.table`.
    """
    axes.axis("off")
    table = axes.table(cells, colLabels=heads, cellLoc="right", edges="horizontal", **place)
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    for cell in table.get_celld().values():
        cell.set_edgecolor(EDGE)
    return table


def save(figure: "Figure", path: str | Path) -> Path:
    """Write the figure as a PNG, whole or not at all.

    Args:
        figure: with fonts (`with_fonts`).
        path: the file.

    Returns:
        The path.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(path)
    # Pillow goes past an open file to the disk, and does not say what went wrong there.
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    with write_whole(path) as file:
        file.write(buffer.getvalue())
    return path
