"""The scores on a page: by class with intervals, the confusion matrix, errors of a regression."""

import math
from collections.abc import Sequence

import numpy as np

from gyeol.report.judged import Judged
from gyeol.report.markup import Markup, joined, scrolling, table, tag
from gyeol.report.numbers import number_text, percent
from gyeol.report.scores import (
    ClassScore,
    class_scores,
    confusion_matrix,
    confusions,
    interval,
    name_of,
    regression_scores,
    share_right,
)
from gyeol.report.svg_scatter import scatter_svg
from gyeol.text import tr

# With more classes than this the matrix cannot be read, and the worst confusions are listed.
_MOST_IN_A_MATRIX = 20
_MOST_LISTED = 20
# Names of columns that are longer together are written upwards.
_LETTERS_ABREAST = 40
_LONG_NAME = 24
_MOST_CLASSES = 100
# A wrong cell is the redder the larger its share of the class is, a right one the bluer.
_WRONG, _RIGHT = (0.01, 0.03, 0.1, 0.25), (0.5, 0.8, 0.95)


def in_a_sentence(judged: Judged, data: str) -> str:
    """How good the model is on the rows.

    Args:
        judged: what it said.
        data: what the rows are of, in words.
    """
    rows = len(judged.outputs)
    if not np.isfinite(judged.outputs).all():
        return tr(
            "On {rows} rows of {data} the outputs are no numbers (NaN).",
            rows=f"{rows:,}",
            data=data,
        )
    if judged.classes is not None:
        probabilities, labels = judged.classes
        right = int((probabilities.argmax(axis=1) == labels).sum())
        low, high = interval(right, rows)
        digits = 2 if rows >= 2000 else 1
        return tr(
            "Of {rows} rows of {data}, {right} are right: {share} (95 % interval {low} to {high}).",
            rows=f"{rows:,}",
            data=data,
            right=f"{right:,}",
            share=percent(right / rows, digits),
            low=f"{100 * low:.{digits}f}",
            high=percent(high, digits),
        )
    if judged.has_labels:
        share = float(((judged.outputs > 0.5) == (judged.y > 0.5)).mean())
        return tr(
            "On {rows} rows of {data}, {share} of all labels are right.",
            rows=f"{rows:,}",
            data=data,
            share=percent(share),
        )
    if judged.parts is not None:
        share = share_right(*judged.parts)
        return tr(
            "Of {parts} pixels or steps in {rows} rows of {data}, {share} are right (95 % interval "
            "{low} to {high}).",
            parts=f"{judged.parts[1].size:,}",
            rows=f"{rows:,}",
            data=data,
            share=percent(share.value),
            low=f"{100 * share.low:.1f}",
            high=percent(share.high),
        )
    rmse, _, r2 = regression_scores(judged.outputs, judged.y)
    return tr(
        "On {rows} rows of {data} the error is {rmse} (root mean square; 95 % interval {low} to "
        "{high}); R² is {r2}.",
        rows=f"{rows:,}",
        data=data,
        rmse=number_text(rmse.value),
        low=number_text(rmse.low),
        high=number_text(rmse.high),
        r2=f"{r2.value:.3f}",
    )


def scores(judged: Judged, names: Sequence[str], heading: str) -> list[Markup]:
    """The parts of the page that say how good the model is; none where the outputs are NaN.

    Args:
        judged: what it said.
        names: of the classes.
        heading: the element of their headings, such as 'h2'.
    """
    if not np.isfinite(judged.outputs).all():
        return []
    if judged.classes is not None:
        probabilities, labels = judged.classes
        matrix = confusion_matrix(labels, probabilities.argmax(axis=1), probabilities.shape[1])
        return [
            tag(heading, tr("Scores by class")),
            _by_class(class_scores(matrix, names)),
            tag(heading, tr("Confusion matrix")),
            _confusions(matrix, names)
            if len(matrix) > _MOST_IN_A_MATRIX
            else _matrix(matrix, names),
        ]
    if judged.has_labels:
        return [tag(heading, tr("Scores by label")), _by_class(_of_labels(judged, names))]
    if judged.parts is not None:
        return [tag(heading, tr("Scores by class")), _of_parts(*judged.parts, names)]
    return [tag(heading, tr("Errors")), _of_values(judged)]


def _of_labels(judged: Judged, names: Sequence[str]) -> list[ClassScore]:
    said, true = judged.outputs > 0.5, judged.y > 0.5
    scores = []
    for label in range(true.shape[1]):
        matrix = confusion_matrix(true[:, label].astype(int), said[:, label].astype(int), 2)
        scores.append(class_scores(matrix, ("", name_of(label, names)))[1])
    return scores


def _of_parts(said: np.ndarray, true: np.ndarray, names: Sequence[str]) -> Markup:
    """Scores of the classes of pixels or steps; as these are alike, without intervals."""
    classes = 1 + int(max(said.max(), true.max()))
    found = class_scores(confusion_matrix(true.ravel(), said.ravel(), classes), names)
    rows = []
    for score in sorted(found, key=lambda score: -score.rows)[:_MOST_CLASSES]:
        values = [f"{value:.3f}" for value in (score.recall, score.precision, score.f1)]
        cells = [tag("td", text, class_="number") for text in (*values, f"{score.rows:,}")]
        rows.append(tag("tr", tag("th", score.name, scope="row"), *cells))
    heads = [
        tag("th", tr("class"), scope="col"),
        *(
            tag("th", head, scope="col", class_="number")
            for head in (tr("recall"), tr("precision"), "F1", tr("pixels or steps"))
        ),
    ]
    return scrolling(table(heads, rows), tr("Scores by class"))


def _by_class(scores: Sequence[ClassScore]) -> Markup:
    shown = (
        sorted(scores, key=lambda score: score.recall) if len(scores) > _MOST_CLASSES else scores
    )
    shown = shown[:_MOST_CLASSES]
    lowest = min((score.low for score in shown if score.rows), default=0.0)
    begin = min(0.9, math.floor(lowest * 10) / 10)
    span = tag("span", tag("span", percent(begin, 0)), tag("span", "100 %"), class_="range")
    heads = [
        tag("th", tr("class"), scope="col"),
        tag("th", joined(tr("recall, 95 % interval"), span), scope="col", class_="wide"),
        *(
            tag("th", head, scope="col", class_="number")
            for head in (tr("recall"), tr("precision"), "F1", tr("rows"))
        ),
    ]
    rows = [_class_row(score, begin) for score in shown]
    notes = [
        tr(
            "Recall: the share of a class's rows that are recognized. Precision: the share that is "
            "right among what is taken for it. Intervals: Wilson's (1927)."
        )
    ]
    if len(shown) < len(scores):
        notes.append(tr("The {shown} worst of {all} classes.", shown=len(shown), all=len(scores)))
    return joined(
        scrolling(table(heads, rows, "scores wide"), tr("Scores by class")),
        tag("p", " ".join(notes), class_="small"),
    )


def _class_row(score: ClassScore, begin: float) -> Markup:
    def at(share: float) -> str:
        return f"{100 * max(0.0, share - begin) / (1 - begin):.1f}%"

    kind = "long" if len(score.name) > _LONG_NAME else None
    name = tag("th", score.name, scope="row", class_=kind)
    rows = tag("td", f"{score.rows:,}", class_="number")
    if not score.rows:
        return tag("tr", name, *[tag("td", "–", class_="number")] * 4, rows)
    said = tr(
        "{value}, 95 % interval {low} to {high}",
        value=percent(score.recall),
        low=percent(score.low),
        high=percent(score.high),
    )
    left, width = at(score.low), f"{100 * (score.high - max(score.low, begin)) / (1 - begin):.1f}%"
    bar = tag(
        "span",
        tag("i", style=f"left:{left};width:{width}"),
        tag("b", style=f"left:{at(score.recall)}"),
        class_="bar",
        role="img",
        aria_label=said,
        title=said,
    )
    cells = [
        tag("td", f"{value:.3f}", class_="number")
        for value in (score.recall, score.precision, score.f1)
    ]
    return tag("tr", name, tag("td", bar), *cells, rows)


def _matrix(matrix: np.ndarray, names: Sequence[str]) -> Markup:
    labels = [name_of(label, names) for label in range(len(matrix))]
    longest = max(map(len, labels))
    kind = "long" if longest > 3 and longest * len(labels) > _LETTERS_ABREAST else None
    heads = [tag("th", tag("span", label, class_=kind), scope="col") for label in labels]
    rows = []
    for true, counts in enumerate(matrix):
        total = max(1, int(counts.sum()))
        cells = [_cell(labels, true, taken, int(n), total) for taken, n in enumerate(counts)]
        rows.append(tag("tr", tag("th", labels[true], scope="row"), *cells))
    note = tr(
        "Each line is a class, each column what its rows were taken for. On the diagonal they are "
        "right; the redder a number, the larger its share of the class."
    )
    shown = table([tag("td"), *heads], rows, "confusion")
    return joined(scrolling(shown, tr("Confusion matrix")), tag("p", note, class_="small"))


def _cell(labels: Sequence[str], true: int, taken: int, count: int, total: int) -> Markup:
    share = count / total
    if true == taken:
        kind = f"r{sum(share >= edge for edge in _RIGHT)}"
        return tag("td", f"{count}", class_=kind)
    if not count:
        return tag("td")
    kind = f"w{1 + sum(share >= edge for edge in _WRONG)}"
    words = tr(
        "{true} taken for {taken}: {count} rows, {share}",
        true=labels[true],
        taken=labels[taken],
        count=f"{count:,}",
        share=percent(share),
    )
    return tag("td", f"{count}", class_=kind, title=words)


def _confusions(matrix: np.ndarray, names: Sequence[str]) -> Markup:
    """The worst confusions as a list."""
    rows = []
    for true, taken, count in confusions(matrix, _MOST_LISTED):
        cells = [
            tag("th", name_of(true, names), scope="row"),
            tag("td", name_of(taken, names)),
            tag("td", f"{count:,}", class_="number"),
            tag("td", percent(count / matrix[true].sum()), class_="number"),
        ]
        rows.append(tag("tr", *cells))
    heads = [
        tag("th", tr("true"), scope="col"),
        tag("th", tr("taken for"), scope="col"),
        tag("th", tr("rows"), scope="col", class_="number"),
        tag("th", tr("of its class"), scope="col", class_="number"),
    ]
    if not rows:
        return tag("p", tr("None is taken for another."))
    note = tr(
        "The most frequent confusions of {classes} classes; {wrong} rows are wrong in all.",
        classes=len(matrix),
        wrong=f"{int(matrix.sum() - np.trace(matrix)):,}",
    )
    listed = scrolling(table(heads, rows), tr("Confusion matrix"))
    return joined(listed, tag("p", note, class_="small"))


def _of_values(judged: Judged) -> Markup:
    found = regression_scores(judged.outputs, judged.y)
    names = (tr("root mean square error"), tr("mean absolute error"), "R²")
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", number_text(score.value), class_="number"),
            tag("td", number_text(score.low), class_="number"),
            tag("td", number_text(score.high), class_="number"),
        )
        for name, score in zip(names, found)
    ]
    heads = [
        tag("th", words, scope="col", class_="number")
        for words in ("", tr("score"), tr("from"), tr("to (95 %)"))
    ]
    note = tr(
        "In the unit of the targets, whose standard deviation is {spread}. Intervals: bootstrap.",
        spread=number_text(float(np.std(judged.y.astype(np.float64)))),
    )
    flat = judged.y.astype(np.float64).ravel(), judged.outputs.ravel()
    return joined(
        scrolling(table(heads, rows), tr("Errors")),
        tag("p", note, class_="small"),
        scatter_svg(*flat),
    )
