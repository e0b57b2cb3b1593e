"""A training on a page: how good its model is, how it went, and all sections of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gyeol.report.epochs import best_epoch, curve_names, start_of_overfitting
from gyeol.report.judged import Judged, judged
from gyeol.report.markup import Markup, scrolling, tag
from gyeol.report.numbers import number_text
from gyeol.report.page_examples import examples
from gyeol.report.page_model import model_section
from gyeol.report.page_scores import in_a_sentence, scores
from gyeol.report.page_settings import settings_table
from gyeol.report.svg_curves import curves_svg
from gyeol.text import tr


@dataclass(frozen=True)
class Training:
    """A training, as the page shows it.

    Attributes:
        model: the model, trained.
        history: one value an epoch for each name; empty if it is not known.
        x, y: the rows to judge it by, as for `fit`; None if there are none.
        data: what they are: 'test', 'validation' or 'training'.
        outputs: what `predict(x)` gave; None to ask the model.
        title: what tells it from others on the page.
        code: the line that began it.
        class_names, feature_names: of the outputs and of a table's columns, by number.
        settings: by name, to repeat it.
        reason: why it cannot be judged, in a sentence; '' if it can.
    """

    model: Any
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    x: Any = None
    y: Any = None
    data: str = "test"
    outputs: Any = None
    title: str = ""
    code: str = ""
    class_names: Sequence[str] = ()
    feature_names: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


class ShownTraining:
    """A training with what its model says about the rows.

    Args:
        training: the training.
        heading: the element of its headings, such as 'h2'.

    Attributes:
        training: as given.
        verdict: how good it is, in a sentence.
        course: how it went, in a sentence; '' if that is not known.
    """

    def __init__(self, training: Training, heading: str):
        self.training, self.heading = training, heading
        # Callbacks may log what is no number.
        self.history = {
            name: list(map(float, values))
            for name, values in training.history.items()
            if all(np.ndim(v) == 0 and np.asarray(v).dtype.kind in "biuf" for v in values)
        }
        self.judged, self.reason = _judged(training)
        data = {
            "test": tr("the test data"),
            "validation": tr("the validation data"),
            "training": tr("the training data"),
        }[training.data]
        if self.judged:
            # A number and its unit stay on one line.
            self.verdict = in_a_sentence(self.judged[0], data).replace(" %", "\u00a0%")
            if len(self.judged) > 1:
                self.verdict = f"{self.judged[0].name}: {self.verdict}"
        else:
            self.verdict = _last_values(self.history) or self.reason
        self.course = self._course()

    def _course(self) -> str:
        history, sentences = self.history, []
        epochs = len(history.get("loss", ()))
        best, over = best_epoch(history), start_of_overfitting(history)
        if epochs == 1:
            sentences.append(tr("It was trained for one epoch."))
        elif epochs and best is not None:
            by = tr("validation loss") if history.get("val_loss") else tr("loss")
            sentences.append(
                tr(
                    "It was trained for {epochs} epochs; the best by {by} is epoch {best}.",
                    epochs=epochs,
                    by=by,
                    best=best,
                )
            )
        if over is not None:
            sentences.append(tr("After epoch {over} it over-fits.", over=over))
        if self.judged and self.training.data == "training":
            sentences.append(
                tr("There are no validation rows: on new rows it will do worse than on these.")
            )
        return " ".join(sentences)

    def parts(self) -> list[Markup]:
        """All sections of it."""
        training, heading = self.training, self.heading
        parts = [scrolling(tag("pre", tag("code", training.code)), "")] if training.code else []
        parts += _curves(self.history, heading)
        if self.reason and self.reason != self.verdict:
            parts += [tag(heading, tr("Scores")), tag("p", self.reason)]
        for one in self.judged:
            inner = heading
            if len(self.judged) > 1:
                parts.append(tag(heading, tr("Output {name}", name=one.name)))
                inner = f"h{int(heading[1]) + 1}"
            if len(one.outputs) < one.of:
                words = tr(
                    "Scores and examples are of {rows} of the {all} rows, evenly spread.",
                    rows=f"{len(one.outputs):,}",
                    all=f"{one.of:,}",
                )
                parts.append(tag("p", words, class_="small"))
            parts += scores(one, training.class_names, inner)
            parts += examples(one, training.class_names, training.feature_names, inner)
        parts += model_section(training.model, heading)
        if training.settings:
            parts += [tag(heading, tr("Settings")), settings_table(training.settings)]
        return parts


def _judged(training: Training) -> tuple[list[Judged], str]:
    """What the model says, or why nothing can be said of it."""
    if not training.reason and not getattr(training.model, "built", False):
        return [], tr("The model has seen no data yet.")
    if training.reason or training.x is None or training.y is None:
        return [], training.reason or tr("There are no rows with targets to judge it by.")
    try:
        return judged(training.model, training.x, training.y, training.outputs), ""
    except Exception as error:
        # Layers, losses and data are the user's; the rest of the page is worth having all the same.
        return [], tr("The model cannot be judged: {error}", error=error)


def _last_values(history: Mapping[str, Sequence[float]]) -> str:
    said = [f"{name} {number_text(values[-1])}" for name, values in history.items() if len(values)]
    return tr("After the last epoch: {values}.", values=", ".join(said)) if said else ""


def _curves(history: Mapping[str, Sequence[float]], heading: str) -> list[Markup]:
    names = curve_names(history)
    if not names:
        return []
    key = [("training", tr("training"))]
    if any(f"val_{name}" in history for name in names):
        key.append(("validation", tr("validation")))
    items = [tag("li", tag("i"), words, class_=kind) for kind, words in key]
    return [
        tag(heading, tr("Curves")),
        tag("ul", *items, class_="key"),
        tag("div", *curves_svg(history, names), class_="panels"),
    ]
