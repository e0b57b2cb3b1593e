"""What the pictures share: colours, fonts, saving. Matplotlib's own settings are never changed."""

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

from gyeol import config
from gyeol.files import write_whole
from gyeol.text import tr

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

INK = "#222222"
FAINT = "#8a8f98"
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
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in _HANGUL_FONTS if name in installed), None)


def words(message: str, **fields: object) -> str:
    """`tr` for a picture: in Korean only where a font can draw it."""
    if config.language() == "ko" and hangul_font() is None:
        return message.format(**fields)
    return tr(message, **fields)


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, outside of pyplot."""
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


def save(figure: "Figure", path: str | Path) -> Path:
    """Write the figure as a PNG, whole or not at all."""
    path = Path(path)
    for text in texts(figure):
        font = hangul_font() if not text.get_text().isascii() else None
        text.set_fontfamily(["DejaVu Sans", *([font] if font else [])])
    # Pillow goes past an open file to the disk, and does not say what went wrong there.
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    with write_whole(path) as file:
        file.write(buffer.getvalue())
    return path
