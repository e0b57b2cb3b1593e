"""How samples are shown: as pictures, as lines, or as rows of a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from gyeol import config
from gyeol.report.rows import evenly_spread, taken
from gyeol.training.feed import as_arrays

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# So many samples tell the range of the pixels.
_LOOKED_AT = 256
# Tables have rarely more columns, and pictures made flat rarely fewer.
_FEWEST_PIXELS = 64
_MOST_LINES = 7


@dataclass(frozen=True)
class Pictures:
    """Samples to draw.

    Attributes:
        pixels: (samples, height, width), (samples, height, width, 3), or series (samples, steps,
            features) of few features; in float64.
        low, high: the values that are black and white.
        is_series: whether they are series, to be drawn as lines.
    """

    pixels: np.ndarray
    low: float
    high: float
    is_series: bool = False

    def draw(self, axes: "Axes", number: int) -> None:
        """Draw one of them; grey pictures as bright as their values are high.

        Args:
            axes: where.
            number: which, from 0.
        """
        picture = self.pixels[number]
        if self.is_series:
            axes.plot(picture, lw=1)
            axes.set_ylim(self.low, self.high)
            return
        if picture.ndim == 3:
            picture = np.clip((picture - self.low) / (self.high - self.low), 0, 1)
        axes.imshow(picture, cmap="gray", vmin=self.low, vmax=self.high, interpolation="nearest")


@dataclass(frozen=True)
class Rows:
    """Samples of a table: values (samples, columns), and a name for each column."""

    values: np.ndarray
    names: list[str]


def shown_of(x: Any, rows: Sequence[int], feature_names: Sequence[str] = ()) -> Pictures | Rows:
    """Some rows of a model's inputs, in the form in which a person sees something in them.

    Of several inputs, the first that is a picture, or the first of all.

    Args:
        x: the inputs, an array or a structure of them, (all rows, ...) each.
        rows: the numbers of those to show.
        feature_names: of a table's columns; those of a data frame, or numbers, if not given.

    >>> shown_of(np.zeros((9, 28, 28, 1)), [3, 4]).pixels.shape
    (2, 28, 28)
    >>> shown_of(np.zeros((9, 2)), [3], ["height", "age"]).names
    ['height', 'age']
    """
    inputs = jax.tree.leaves(as_arrays(x, "x"))
    array = next((one for one in inputs if one.ndim > 2), inputs[0])
    chosen = taken(array, np.asarray(rows, int))
    looked_at = taken(array, evenly_spread(len(array), _LOOKED_AT))
    if chosen.dtype.kind in "fiub" and not len(feature_names):
        pixels = _as_pixels(chosen, looked_at)
        if pixels is not None:
            low, high = _range(np.concatenate([chosen.ravel(), looked_at.ravel()]))
            is_series = chosen.ndim == 3 and chosen.shape[2] <= _MOST_LINES
            return Pictures(pixels, low, high, is_series)
    flat = chosen.reshape(len(chosen), math.prod(chosen.shape[1:]))
    names = feature_names if len(feature_names) else getattr(x, "columns", ())
    columns = range(flat.shape[1])
    return Rows(flat, [str(names[c]) if c < len(names) else str(c) for c in columns])


def _as_pixels(chosen: np.ndarray, looked_at: np.ndarray) -> np.ndarray | None:
    """Pictures (n, height, width) or (n, height, width, 3), or series; None of a table."""
    if chosen.ndim == 2:
        shape = _unflattened(looked_at)
        return None if shape is None else chosen.reshape(-1, *shape).astype(float)
    if chosen.ndim == 3:
        return chosen.astype(float)
    if chosen.ndim != 4:
        return None
    few = (1, 3, 4)
    is_first = chosen.shape[1] in few and chosen.shape[-1] not in few
    if is_first or (chosen.shape[1] in few and config.image_data_format() == "channels_first"):
        chosen = np.moveaxis(chosen, 1, -1)
    pixels = chosen.astype(float)
    return pixels[..., :3] if pixels.shape[-1] in (3, 4) else pixels.mean(axis=-1)


def _unflattened(rows: np.ndarray) -> tuple[int, ...] | None:
    """The shape of pictures that were made flat: one whose pixels are like those below them."""
    size = rows.shape[1]
    if rows.max(initial=0) > 255:  # such as the numbers of words
        return None
    for channels in (1, 3):
        side = math.isqrt(size // channels)
        if size >= _FEWEST_PIXELS and side * side * channels == size:
            pictures = rows.reshape(-1, side, side, channels).astype(float)
            above, below = pictures[:, :-1].ravel(), pictures[:, 1:].ravel()
            spread = above.std() * below.std()
            alike = ((above - above.mean()) * (below - below.mean())).mean() / (spread or 1)
            if alike > 0.3:
                return (side, side) if channels == 1 else (side, side, 3)
    return None


def _range(values: np.ndarray) -> tuple[float, float]:
    """Which values are black and white: the usual range that holds them, or their own."""
    values = values[np.isfinite(values)]
    least, most = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    for low, high in ((0, 1), (-1, 1), (0, 255)):
        # Values that fill only a part of it, such as 0..16, are on a scale of their own.
        if low <= least < (low + high) / 2 < most <= high:
            return low, high
    return (least, most) if most > least else (least, least + 1)
