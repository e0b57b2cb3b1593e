"""Rules for mistakes in the data."""

import numpy as np

from gyeol.doctor.facts import Facts, Input, Output
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import BINARY, MULTIPLYING, OF_DISTANCE, first, rule
from gyeol.text import tr


@rule
def unscaled_input(facts: Facts) -> Finding | None:
    """Inputs in the tens to thousands, or columns of very different size.

    The first layer's sums are as large as its inputs: activations saturate, and columns that are
    small beside others are learned last. Source: LeCun et al., 1998, "Efficient BackProp".
    """
    for given in facts.inputs:
        if not given.is_taken_as_it_is or not given.rows.size:
            continue
        if found := _unscaled(given):
            return found
    return None


def _unscaled(given: Input) -> Finding | None:
    low, high = float(given.rows.min()), float(given.rows.max())
    cause = tr("The first layer's sums become as large: activations saturate, steps jump.")
    if not given.is_table:
        size = float(np.sqrt(np.square(given.sizes).mean()))
        if size < 20:
            return None
        is_pixels = low >= 0 and high <= 255
        return Finding(
            "unscaled_input",
            "warning",
            given.name,
            tr("Its values run from {low:.3g} to {high:.3g}.", low=low, high=high),
            cause,
            tr("Rescaling(1 / 255) as the first layer, or {name} / 255", name=given.name)
            if is_pixels
            else tr("A Normalization() adapted to {name} as the first layer", name=given.name),
        )
    sizes = given.sizes
    spreads = given.spreads[given.spreads > 0]
    largest = int(sizes.argmax())
    differ = spreads.size > 1 and spreads.max() > 300 * spreads.min() and sizes.max() > 3
    if sizes[largest] < 20 and not differ:
        return None
    return Finding(
        "unscaled_input",
        "warning",
        given.name,
        tr(
            "Column {column} has values of about {size:.3g}; the columns' spreads run from "
            "{least:.2g} to {most:.2g}.",
            column=largest,
            size=float(sizes[largest]),
            least=float(spreads.min()) if spreads.size else 0.0,
            most=float(spreads.max()) if spreads.size else 0.0,
        ),
        cause,
        tr("A Normalization() adapted to {name} as the first layer", name=given.name),
    )


@rule
def unscaled_target(facts: Facts) -> Finding | None:
    """A regression target with a spread, or a mean, far from 1.

    First outputs are about 1, so the loss is as large as the target's square, and the optimizer's
    steps are too short or too long for it.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None or target.kind not in ("real", "classes") or target.values.size < 2:
            return None
        if output.loss not in OF_DISTANCE[:2] + OF_DISTANCE[3:] or output.activation != "linear":
            return None
        if output.kind not in MULTIPLYING:
            return None  # a layer behind the weights may bring them to the targets' scale
        spread, mean = float(target.values.std()), float(abs(target.values.mean()))
        if spread == 0 or (0.01 <= spread <= 30 and mean <= 100):
            return None
        return Finding(
            "unscaled_target",
            "warning",
            "y",
            tr("Its mean is {mean:.3g} and its spread {spread:.3g}.", mean=mean, spread=spread),
            tr("First outputs are about 1: the way to the targets takes very many steps."),
            "(y - y_train.mean()) / y_train.std()",
        )

    return first(facts, look)


@rule
def label_encoding(facts: Facts) -> Finding | None:
    """Class labels in a form that the loss reads as something else.

    Two classes as 1 and 2, or as -1 and 1, are no probabilities; classes divided by their number
    are fractions.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None or output.loss not in BINARY or output.units != 1:
            return None
        values = np.unique(target.values)
        if target.kind != "unit" or not 2 < len(values) <= 20:
            return None
        steps = np.diff(values)
        if steps.max() - steps.min() > 1e-6 * steps.max():
            return None
        return Finding(
            "label_encoding",
            "error",
            "y",
            tr(
                "It holds {count} values at even distances from {low:g} to {high:g}, and {loss} "
                "takes 0 or 1.",
                count=len(values),
                low=float(values[0]),
                high=float(values[-1]),
                loss=output.loss,
            ),
            tr("Classes as fractions say that they lie between each other."),
            f"y = np.unique(y, return_inverse=True)[1], Dense({len(values)}, activation='softmax'),"
            " loss='sparse_categorical_crossentropy'",
        )

    return first(facts, look)


@rule
def preprocess_mismatch(facts: Facts) -> Finding | None:
    """Training and validation inputs on different scales.

    What the network learned of one does not hold of the other.
    """
    for one, other in zip(facts.inputs, facts.validation):
        if not one.is_taken_as_it_is or one.rows.shape[1:] != other.rows.shape[1:]:
            continue
        if len(one.rows) < 20 or len(other.rows) < 20:
            continue
        size = float(np.sqrt(np.square(one.sizes).mean()))
        its_size = float(np.sqrt(np.square(other.sizes).mean()))
        if min(size, its_size) > 0 and max(size, its_size) < 4 * min(size, its_size):
            continue
        return Finding(
            "preprocess_mismatch",
            "error",
            "validation_data",
            tr(
                "Its inputs are of size {other:.3g}, those of training of size {one:.3g}.",
                other=its_size,
                one=size,
            ),
            tr("What is learned on one scale does not hold on the other."),
            tr("The same scaling for both, with the numbers of the training data"),
        )
    return None


@rule
def data_leak(facts: Facts) -> Finding | None:
    """Validation rows that stand in the training data too.

    What is measured on them is how well the network remembers.
    """
    overlap = facts.overlap
    if not overlap.looked_for:
        return None
    share = overlap.count / overlap.looked_for
    if overlap.count < 3 or share < 0.02 or share < 2 * overlap.chance:
        return None
    # Data that repeats itself may do so by nature, up to a point.
    if share < 2 * overlap.within and share < 0.3:
        return None
    return Finding(
        "data_leak",
        "warning",
        "validation_data",
        tr("{share:.0%} of its rows stand in the training data too.", share=share),
        tr("The score on them says how well the network remembers, not how well it predicts."),
        tr("Split first, and make copies and augmentations of the training rows only."),
    )


@rule
def test_as_validation(facts: Facts) -> Finding | None:
    """The rows that are reported as the test are those that the training was steered by.

    Whatever is chosen by them, the best epoch or a learning rate, fits them by chance too: the
    score is too high. Looked for while a script runs.
    """
    if not facts.is_tested_on_validation:
        return None
    by = ", ".join(facts.selecting)
    return Finding(
        "test_as_validation",
        "warning" if facts.selecting else "note",
        "validation_data",
        tr("The same rows are evaluated afterwards, and {by} chose by them.", by=by)
        if facts.selecting
        else tr("The same rows are evaluated afterwards."),
        tr("What is chosen by them fits them by chance too, so their score is too high."),
        tr("Keep test rows out of fit; take validation_split=0.1, or rows of the training data."),
    )


@rule
def misleading_metric(facts: Facts) -> Finding | None:
    """Accuracy on a regression.

    It counts outputs that equal their targets to the last bit: it is near 0 whatever is learned.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None or target.kind != "real" or output.loss not in OF_DISTANCE:
            return None
        named = [name for name in output.metrics if name in ("accuracy", "acc")]
        if not named:
            return None
        return Finding(
            "misleading_metric",
            "note",
            "compile(metrics=...)",
            tr("y holds real numbers, and the metric is {name}.", name=named[0]),
            tr("It counts outputs that equal their targets exactly, which says nothing here."),
            "metrics=['mae']",
        )

    return first(facts, look)
