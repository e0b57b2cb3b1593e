"""Rows on a page, as pictures or in a table: the most wrong ones, and the least sure."""

import base64
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gyeol.report.judged import Judged
from gyeol.report.markup import Markup, joined, scrolling, table, tag
from gyeol.report.numbers import number_text, percent
from gyeol.report.scores import largest_residuals, least_sure, most_wrong, name_of
from gyeol.report.shown import Pictures, Rows, shown_of
from gyeol.text import tr

_MOST, _MOST_IN_A_TABLE = 14, 8
_MOST_COLUMNS, _MOST_VALUES = 10, 4
_MOST_LETTERS, _SHORT = 160, 24
# Pictures are made no larger than so many pixels a side.
_SIDE = 96
_MOST_STEPS = 100


def examples(
    judged: Judged, class_names: Sequence[str], feature_names: Sequence[str], heading: str
) -> list[Markup]:
    """The parts of the page with single rows.

    Args:
        judged: what the model said.
        class_names: by number.
        feature_names: of a table's columns.
        heading: the element of their headings, such as 'h2'.
    """
    if not np.isfinite(judged.outputs).all() or judged.has_labels:
        return []
    if judged.parts is not None:
        return _of_parts(judged, feature_names, heading)
    if judged.classes is None:
        return _of_values(judged, feature_names, heading)
    probabilities, labels = judged.classes
    wrong, unsure = most_wrong(probabilities, labels, _MOST), least_sure(probabilities, _MOST)
    names = [name_of(label, class_names) for label in range(probabilities.shape[1])]
    parts = [tag(heading, tr("The most wrong"))]
    if len(wrong):
        note = tr("Those that gave the right class the least probability.")
        parts += [tag("p", note, class_="small"), _classes(judged, wrong, names, feature_names)]
    else:
        parts.append(tag("p", tr("None is wrong.")))
    note = tr("Those whose two likeliest classes lie closest together.")
    return [
        *parts,
        tag(heading, tr("The least sure")),
        tag("p", note, class_="small"),
        _classes(judged, unsure, names, feature_names),
    ]


def _classes(
    judged: Judged, rows: np.ndarray, names: Sequence[str], feature_names: Sequence[str]
) -> Markup:
    probabilities, labels = judged.classes
    captions = []
    for row in rows:
        order, true = probabilities[row].argsort()[::-1], labels[row]
        rival = order[0] if order[0] != true else order[1]
        shares = [percent(probabilities[row, label]) for label in (true, rival)]
        kind, word = ("wrong", tr("says")) if rival == order[0] else (None, tr("next"))
        said = joined(f"{word} ", tag("b", names[rival], class_=kind), f" {shares[1]}")
        captions.append([joined(tag("b", names[true]), f" {shares[0]}"), said])
    heads = [_Head(tr("true")), _Head(tr("what the model says"), is_plain=True)]
    return _drawn(judged, rows, captions, heads, feature_names)


def _of_parts(judged: Judged, feature_names: Sequence[str], heading: str) -> list[Markup]:
    said, true = judged.parts
    right = (said == true).mean(axis=1)
    rows = np.argsort(right, kind="stable")[:_MOST]
    captions = [[percent(right[row])] for row in rows]
    return [
        tag(heading, tr("The most wrong")),
        tag(
            "p",
            tr("Those with the smallest share of pixels or steps that are right."),
            class_="small",
        ),
        _drawn(judged, rows, captions, [_Head(tr("right"), True)], feature_names),
    ]


def _of_values(judged: Judged, feature_names: Sequence[str], heading: str) -> list[Markup]:
    rows = largest_residuals(judged.outputs, judged.y, _MOST)
    true, said = (a.reshape(len(a), -1).astype(np.float64) for a in (judged.y, judged.outputs))
    off = [number_text(np.abs(said[row] - true[row]).mean()) for row in rows]
    if true.shape[1] > _MOST_VALUES:
        captions, heads = [[difference] for difference in off], [_Head(tr("difference"), True)]
    else:
        captions = [
            [_values(true[row]), _values(said[row]), difference]
            for row, difference in zip(rows, off)
        ]
        heads = [_Head(name, True) for name in (tr("true"), tr("predicted"), tr("difference"))]
    return [
        tag(heading, tr("The most wrong")),
        tag("p", tr("Those farthest from their targets."), class_="small"),
        _drawn(judged, rows, captions, heads, feature_names),
    ]


def _values(values: np.ndarray) -> str:
    return ", ".join(number_text(value) for value in values.tolist())


class _Head(NamedTuple):
    """What is said of each row: its name, whether it is numbers, and plain without the name."""

    name: str
    is_number: bool = False
    is_plain: bool = False


def _drawn(
    judged: Judged,
    rows: np.ndarray,
    captions: Sequence[Sequence[str]],
    heads: Sequence[_Head],
    feature_names: Sequence[str],
) -> Markup:
    """Rows with what is said of them, as pictures or as a table."""
    shown = shown_of(judged.x, rows, feature_names)
    numbers = [f"{judged.places[row]:,}" for row in rows]
    if isinstance(shown, Rows):
        return _table(shown, numbers[:_MOST_IN_A_TABLE], captions, heads)
    kind = "ink" if _is_ink(shown) else None
    figures = []
    for picture, number, caption in zip(shown.pixels, numbers, captions):
        lines = [
            joined("" if head.is_plain else f"{head.name} ", words, tag("br"))
            for head, words in zip(heads, caption)
        ]
        name = tr("row {row}", row=number)
        figures.append(
            tag(
                "figure",
                _picture(picture, shown, name, kind),
                tag("figcaption", *lines, tag("small", name)),
            )
        )
    return tag("div", *figures, class_="pictures")


def _is_ink(shown: Pictures) -> bool:
    """Whether they are light ink on a dark ground, which is shown as ink on the page's paper."""
    edges = shown.pixels[:, [0, -1]]
    return shown.pixels.ndim == 3 and np.median(edges) <= shown.low + 0.05 * (
        shown.high - shown.low
    )


def _picture(picture: np.ndarray, shown: Pictures, name: str, kind: str | None) -> Markup:
    from PIL import Image

    shares = np.nan_to_num((picture - shown.low) / (shown.high - shown.low))
    if shown.is_series:
        return _series(shares, name)
    image = Image.fromarray((255 * np.clip(shares, 0, 1)).round().astype(np.uint8))
    image.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    data = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return tag("img", src=data, alt=name, class_=kind)


def _series(shares: np.ndarray, name: str) -> Markup:
    """A line for each feature, over the steps."""
    some = shares[:: max(1, len(shares) // _MOST_STEPS)]
    across = np.linspace(2, 98, len(some))
    paths = [
        tag(
            "path",
            d="M" + "L".join(f"{x:.1f},{98 - 96 * y:.1f}" for x, y in zip(across, column)),
            class_="series",
        )
        for column in np.clip(some, 0, 1).T
    ]
    return tag("svg", *paths, viewBox="0 0 100 100", role="img", aria_label=name)


def _table(
    shown: Rows, numbers: Sequence[str], captions: Sequence[Sequence[str]], heads: Sequence[_Head]
) -> Markup:
    names, left_out = shown.names[:_MOST_COLUMNS], len(shown.names) - _MOST_COLUMNS
    kinds = ["number" if head.is_number else None for head in heads]
    top = [
        tag("th", tr("row"), scope="col", class_="number"),
        *(tag("th", head.name, scope="col", class_=kind) for head, kind in zip(heads, kinds)),
        *(tag("th", name, scope="col", class_="number") for name in names),
    ]
    lines = [
        tag(
            "tr",
            tag("th", number, scope="row", class_="number"),
            *(tag("td", words, class_=kind) for words, kind in zip(caption, kinds)),
            *map(_cell, values[:_MOST_COLUMNS]),
        )
        for values, number, caption in zip(shown.values, numbers, captions)
    ]
    note = tr("columns that are not shown: {count}", count=left_out)
    return joined(
        scrolling(table(top, lines, "rows"), tr("Rows")),
        tag("p", note, class_="small") if left_out > 0 else Markup(),
    )


def _cell(value: Any) -> Markup:
    if isinstance(value, (int, float, np.number)):
        return tag("td", number_text(float(value)), class_="number")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    shown = text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + "…"
    return tag("td", shown, class_="text" if len(text) > _SHORT else None)
