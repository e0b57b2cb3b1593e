"""Rules for mistakes in the data."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gyeol.doctor.facts import ACCURACIES, Facts, Input, Output, Target, is_square
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import (
    BINARY,
    CATEGORICAL,
    MULTIPLYING,
    OF_DISTANCE,
    at_layer,
    begins_at_1,
    first,
    is_distance,
    is_of_no_probabilities,
    rule,
)
from gyeol.text import tr

# Inputs of which the root of the mean square is smaller are next to nothing.
_TINY = 0.02


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
        if not is_distance(output) or output.loss == "mean_absolute_percentage_error":
            return None
        if output.activation != "linear":
            return None
        if output.kind not in MULTIPLYING:
            return None  # a layer behind the weights may bring them to the targets' scale
        spread, mean = float(target.values.std()), float(abs(target.values.mean()))
        if spread == 0 or (0.01 <= spread <= 30 and (mean <= 100 or _begins_there(facts, output))):
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


def _begins_there(facts: Facts, output: Output) -> bool:
    """Whether the last layer's bias is at the targets' mean from the first step on."""
    call = next(call for call in facts.calls if call.layer.name == output.layer)
    bias, values = getattr(call.layer, "bias", None), output.target.values
    return bias is not None and abs(float(np.mean(bias)) - values.mean()) < values.std()


@rule
def unscaled_input(facts: Facts) -> Finding | None:
    """Inputs in the tens to thousands, or columns of very different size.

    The first layer's sums are as large as its inputs: activations saturate, and columns that are
    small beside others are learned last. Source: LeCun et al., 1998, "Efficient BackProp".
    """
    for given in facts.inputs:
        if not given.rows.size:
            continue
        if (scaled := _scaled_within(facts, given)) is not None:
            if found := _unscaled(scaled):
                return replace(found, remedy=_remedy_within(scaled))
            continue
        if not given.is_taken_as_it_is:
            continue
        if found := _unscaled(given):
            return found
    return None


def _scaled_within(facts: Facts, given: Input) -> Input | None:
    """What a layer that an input comes to first makes of it, to scale it; None without such."""
    if len(facts.inputs) != 1 or given.kinds[:1] not in (("Rescaling",), ("Normalization",)):
        return None
    if not set(given.kinds[1:]) <= {"Dense", "Conv1D", "Conv2D", "Flatten", "Reshape"}:
        return None
    layer, rows = next(c.layer for c in facts.calls if c.kind == given.kinds[0]), given.rows[:256]
    if given.kinds[0] == "Rescaling":
        factor, shift = np.asarray(layer.scale), np.asarray(layer.offset)
    elif layer.invert:
        return None
    else:
        spread = np.maximum(np.sqrt(np.ravel(layer.variance)), 1e-7)
        factor, shift = 1 / spread, -np.ravel(layer.mean) / spread
    if max(factor.size, shift.size) not in (1, rows.shape[1]):
        return None  # it is of another axis than the last one of rows made flat
    return replace(given, name=at_layer(layer.name), rows=rows * factor + shift)


def _remedy_within(scaled: Input) -> str:
    if scaled.kinds[0] == "Normalization":
        return tr("adapt(x_train) of that layer before fit, with x_train as fit gets it")
    return tr("A scale with which x becomes about 1, once: x as it is, or divided before")


def _unscaled(given: Input) -> Finding | None:
    low, high = float(given.rows.min()), float(given.rows.max())
    if 0 < given.size < _TINY and max(-low, high) < 0.1:
        return _tiny(given, low, high)
    cause = tr("The first layer's sums become as large: activations saturate, steps jump.")
    if not given.is_table:
        if given.size < 20:
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


def _tiny(given: Input, low: float, high: float) -> Finding:
    return Finding(
        "unscaled_input",
        "warning",
        given.name,
        tr("Its values run from {low:.3g} to {high:.3g}.", low=low, high=high),
        tr("Rows hardly differ for the first layer; perhaps they were divided twice."),
        tr("Inputs of about 1: divided once, or a Normalization() adapted to x"),
    )


@rule
def label_encoding(facts: Facts) -> Finding | None:
    """Class labels in a form that the loss reads as something else.

    Two classes as 1 and 2, or as -1 and 1, are no probabilities, and ten class numbers are none
    under a loss for two; classes divided by their number are fractions, which a sparse loss cuts to
    whole numbers; it counts classes from 0.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None:
            return None
        found = _other_than_0_and_1(output, target)
        if found is not None:
            return found
        if output.loss == CATEGORICAL[1] and (target.values != np.floor(target.values)).any():
            return _fractions(target)
        if output.loss == CATEGORICAL[1] and target.values.min() < min(0, output.ignored or 0):
            return _below_0(target)
        if begins_at_1(output):
            return _from_1(output)
        if output.units != 1:
            return None
        is_of_classes = target.kind == "classes" and target.values.min() >= 0
        if output.loss in BINARY and is_of_classes and is_of_no_probabilities(output):
            return _of_several(output, target)
        if output.loss not in BINARY and not (
            output.loss in OF_DISTANCE and output.activation == "sigmoid"
        ):
            return None
        values = np.unique(target.values)
        if target.kind != "unit" or target.values.ndim > 2 or not 2 < len(values) <= 20:
            return None
        steps = np.diff(values)
        if steps.max() - steps.min() > 1e-6 * steps.max():
            return None
        # Who counts right answers has classes in mind; else they may be shares, such as of votes.
        return Finding(
            "label_encoding",
            "error" if ACCURACIES.intersection(output.metrics) else "note",
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


def _from_1(output: Output) -> Finding:
    return Finding(
        "label_encoding",
        "error",
        "y",
        tr(
            "Its classes run from 1 to {units}, and the units are 0 to {last}.",
            units=output.units,
            last=output.units - 1,
        ),
        tr("No unit stands for the last class, and the first one for none."),
        "y - 1",
    )


def _of_several(output: Output, target: Target) -> Finding:
    values = np.unique(target.values)
    count, last = len(values), int(values[-1])
    return Finding(
        "label_encoding",
        "error",
        "y",
        tr(
            "It holds {count} classes, {low:g} to {high:g}, and {loss} takes 0 or 1.",
            count=count,
            low=float(values[0]),
            high=last,
            loss=output.loss,
        ),
        tr("One unit can tell two classes apart, and no more."),
        f"Dense({count}, activation='softmax'), loss='sparse_categorical_crossentropy'"
        + ("" if last < count else ", y = np.unique(y, return_inverse=True)[1]"),
    )


def _below_0(target: Target) -> Finding:
    return Finding(
        "label_encoding",
        "error",
        "y",
        tr(
            "It holds {low:g}, and {loss} counts classes from 0.",
            low=float(target.values.min()),
            loss=CATEGORICAL[1],
        ),
        tr("No unit stands for such a class."),
        "y = np.unique(y, return_inverse=True)[1]",
    )


def _fractions(target: Target) -> Finding:
    example = target.values[target.values != np.floor(target.values)][0]
    return Finding(
        "label_encoding",
        "error",
        "y",
        tr(
            "It holds fractions, such as {example:g}, and {loss} takes class numbers 0, 1, 2, ...",
            example=float(example),
            loss=CATEGORICAL[1],
        ),
        tr("They are cut to whole numbers: most classes become 0."),
        "y = np.unique(y, return_inverse=True)[1]",
    )


def _other_than_0_and_1(output: Output, target: Target) -> Finding | None:
    if output.activation != "sigmoid" or output.loss not in BINARY + OF_DISTANCE:
        return None
    values = target.values
    low, high = float(values.min()), float(values.max())
    if low == high or not np.isin(values, (low, high)).all():
        return None
    # Of smoothed labels each is as far from 0 and 1 as the other.
    if (low >= 0 and high <= 1) and (abs(low + high - 1) < 1e-6 or output.loss not in BINARY):
        return None
    return Finding(
        "label_encoding",
        "error",
        "y",
        tr("It holds {low:g} and {high:g}, and a sigmoid gives 0 to 1.", low=low, high=high),
        tr("No output can become such a label, and the loss goes on pushing."),
        f"(y == {high:g}).astype('float32')"
        + (", loss='binary_crossentropy'" if output.loss not in BINARY else ""),
    )


@rule
def preprocess_mismatch(facts: Facts) -> Finding | None:
    """Inputs of the validation, of `evaluate` or of `predict` made otherwise than the training's.

    What the network learned of one does not hold of the other. It shows in their scale, and in the
    loss that `evaluate` gives where a validation that was made like the training went well.
    """
    if (finding := _no_use_of_what_was_learned(facts)) is not None:
        return finding
    for one, other in zip(facts.inputs, facts.validation):
        if not one.is_taken_as_it_is or one.rows.shape[1:] != other.rows.shape[1:]:
            continue
        size, its_size, most = one.size, other.size, "error"
        if 0 < len(other.rows) < 20 <= len(one.rows) and _are_far_off(one, other):
            return Finding(
                "preprocess_mismatch",
                "warning",
                other.name,
                tr(
                    "Its inputs are of size {other:.3g}, those of training of size {one:.3g}.",
                    other=its_size,
                    one=size,
                ),
                tr("What is learned on one scale does not hold on the other."),
                tr("The same scaling for both, with the numbers of the training data"),
            )
        if len(one.rows) < 20 or len(other.rows) < 20:
            continue
        scales = _scale(one), _scale(other)
        if one.fitted is not None and other.fitted is not None:
            return Finding(
                "preprocess_mismatch",
                "warning",
                other.name,
                tr("It was scaled by its own rows, as the training data was by others."),
                tr("The same value is another number here: what was learned does not hold."),
                tr("scaler.fit_transform for the training rows, scaler.transform for all others"),
            )
        if None not in scales and scales[0] != scales[1]:
            evidence = tr(
                "Its inputs run from {low:g} to {high:g}, those of training from {from_:g} to "
                "{to:g}.",
                low=scales[1][0],
                high=scales[1][1],
                from_=scales[0][0],
                to=scales[0][1],
            )
        elif _are_pictures(one) and (_is_apart(one, other) or _is_beyond(scales[0], one, other)):
            evidence = tr(
                "Its inputs are {other:.3g} in the mean and spread by {its_spread:.3g}, those of "
                "training {one:.3g} and by {spread:.3g}.",
                other=other.middle,
                its_spread=other.contrast,
                one=one.middle,
                spread=one.contrast,
            )
        elif (other.rows == other.rows[:1]).all() and not (one.rows == one.rows[:1]).all():
            evidence = tr("Its rows are all alike, and those of training are not.")
        elif min(size, its_size) > 0 and max(size, its_size) >= 4 * min(size, its_size):
            evidence = tr(
                "Its inputs are of size {other:.3g}, those of training of size {one:.3g}.",
                other=its_size,
                one=size,
            )
        elif _are_columns_apart(one, other):
            evidence = tr("Most of its columns lie elsewhere, or spread otherwise.")
            most = "warning"
        else:
            continue
        # What is predicted may be asked for on purpose, such as what lies beyond the data.
        is_clear = scales.count(None) == 0 or facts.is_scored or its_size > 30 * size
        return Finding(
            "preprocess_mismatch",
            most if is_clear else "note",
            other.name,
            evidence,
            tr("What is learned on one scale does not hold on the other."),
            tr("The same scaling for both, with the numbers of the training data"),
        )
    return None


def _no_use_of_what_was_learned(facts: Facts) -> Finding | None:
    """Where other rows are told worse than by one answer for all, and validation rows well."""
    if facts.scored is None or len(facts.outputs) != 1 or facts.weighted:
        return None
    output = facts.outputs[0]
    told = facts.losses(output, "val_")[-1:] + [facts.scored - (facts.penalty or 0.0)]
    held, *scored = (facts.share(output, loss) for loss in told)
    if not scored or held is None or held > 0.9 or scored[0] < max(1, held + 0.5):
        return None
    if facts.is_mostly_right():
        return None
    return Finding(
        "preprocess_mismatch",
        "warning",
        tr("x of {method}", method="evaluate"),
        tr(
            "Its loss is {scored:.3g}, that of the validation rows was {held:.3g}; one answer for "
            "all has {chance:.3g}.",
            scored=told[1],
            held=told[0],
            chance=output.chance,
        ),
        tr("Its rows, or their targets, were made otherwise than those of training."),
        tr("The same steps for both, with the numbers, words and codes of the training data"),
    )


def _are_pictures(given: Input) -> bool:
    layers, width = {"Conv2D", "SeparableConv2D", "DepthwiseConv2D"}, given.rows.shape[1]
    is_flat = "Flatten" in given.kinds and is_square(width)
    if given.kinds[:1] == ("Dense",) and not given.is_table and is_square(width):
        lows = given.rows.min(axis=0)  # the background's
        is_flat = bool((lows == lows[0]).mean() > 0.9)
    return is_flat or bool(layers & set(given.kinds)) or (given.is_table and not given.has_columns)


def _are_far_off(one: Input, few: Input) -> bool:
    """Whether a few rows have nearly nothing that is anywhere near the training's."""
    kept = one.spreads > 0
    if (few.rows == few.rows[:, :1]).all() and few.rows.shape[1] > 1:
        return False  # they are there to try whether it runs
    if not one.has_columns or kept.sum() < 3:
        return few.size > 30 * one.size > 0
    shifts = np.abs(few.rows - one.means)[:, kept] / one.spreads[kept]
    return bool(np.median(shifts) > 5)


def _are_columns_apart(one: Input, other: Input) -> bool:
    """Whether most columns of a table have another middle, or spread, than those of training."""
    if not one.has_columns or _are_windows(one):
        return False
    most, least = (of(one.spreads, other.spreads) for of in (np.maximum, np.minimum))
    kept = least > 0
    if kept.sum() < 3:
        return False
    shifts = np.abs(one.means - other.means)[kept] / most[kept]
    return bool(np.median(shifts) > 1.5 or np.median(most[kept] / least[kept]) > 4)


def _are_windows(given: Input) -> bool:
    """Whether the columns are one quantity step by step, which may rise or fall in the long run."""
    if given.rows.shape[1] < 3:
        return False
    scaled = (given.rows - given.means) / np.where(given.spreads > 0, given.spreads, 1)
    return bool(np.median((scaled[:, 1:] * scaled[:, :-1]).mean(axis=0)) > 0.7)


def _is_apart(one: Input, other: Input) -> bool:
    """Whether the values of pictures lie elsewhere, or elsewhere by less and closer together.

    Darker or noisier pictures, which a score may be asked of on purpose, differ by less.
    """
    most, least = max(one.contrast, other.contrast), min(one.contrast, other.contrast)
    shift = abs(one.middle - other.middle)
    limits = _scale(one)
    is_inverted = limits is not None and abs(sum(limits) - one.middle - other.middle) < 0.1 * most
    return (
        shift > 1.5 * most
        or (shift > 0.2 * most and most > 2.2 * least)
        or (shift > 0.7 * most and is_inverted)
    )


def _is_beyond(limits: tuple[float, float] | None, one: Input, other: Input) -> bool:
    """Whether pictures spread far more, beyond the limits that those of training keep.

    Pictures with noise, which a score may be asked of on purpose, spread by less.
    """
    if limits is None or other.contrast < 2.5 * one.contrast:
        return False
    edge = 0.05 * (limits[1] - limits[0])
    return bool(((other.rows < limits[0] - edge) | (other.rows > limits[1] + edge)).mean() > 0.2)


def _scale(given: Input) -> tuple[float, float] | None:
    """Between which of the usual limits values were brought, if both are reached."""
    limits = float(given.rows.min()), float(given.rows.max())
    # Of few columns the limits are reached by chance.
    for usual in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (-0.5, 0.5)):
        if given.rows.shape[1] >= 16 and np.allclose(limits, usual, rtol=0, atol=1e-3):
            return usual
    return None


@rule
def data_leak(facts: Facts) -> Finding | None:
    """Rows for validation, or of `evaluate` or `predict` in a script, of the training data too.

    What is measured on them is how well the network remembers. So it is with rows that were made of
    the training's by a little noise before they were split.
    """
    overlap = facts.overlap
    if overlap.before > 0.5:
        return Finding(
            "data_leak",
            "warning",
            overlap.where,
            tr(
                "{share:.0%} of its rows were trained on in an earlier fit of this model.",
                share=overlap.before,
            ),
            tr("The score on them says how well the network remembers, not how well it predicts."),
            tr("A new model for each fold or split"),
        )
    if overlap.changed > 0.5:
        return Finding(
            "data_leak",
            "note",
            overlap.where,
            tr(
                "{share:.0%} of its rows are nearly a row of the training data.",
                share=overlap.changed,
            ),
            tr("The score on them says how well the network remembers, not how well it predicts."),
            tr("Split first, and make copies and augmentations of the training rows only."),
        )
    if not overlap.looked_for:
        return None
    share = overlap.count / overlap.looked_for
    if overlap.count < 3 or share < 0.02 or share < 2 * overlap.chance:
        return None
    # Data that repeats itself may do so by nature, up to a point: short rows of codes most. A row
    # meets all rows of the training there, one of the training only those before it: half as many.
    are_codes = all(x.is_table and (x.rows == np.round(x.rows)).all() for x in facts.inputs)
    by_nature = 2 * overlap.within * overlap.looked_for
    if overlap.count < by_nature + 3 * by_nature**0.5 and share < (0.8 if are_codes else 0.3):
        return None
    if overlap.agreeing < 0.95:
        return None  # a copy has its row's target; these are measured anew, of the same hour, say
    return Finding(
        "data_leak",
        "warning" if facts.is_scored else "note",
        overlap.where,
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
    by = ", ".join(selection.callback for selection in facts.selecting)
    name = facts.validation_name
    if name and by:
        evidence = tr("It is called {name}, and {by} chose by it.", name=name, by=by)
    elif name:
        evidence = tr("It is called {name}.", name=name)
    elif not facts.is_tested_on_validation:
        return None
    elif by:
        evidence = tr("The same rows are evaluated afterwards, and {by} chose by them.", by=by)
    else:
        evidence = tr("The same rows are evaluated afterwards.")
    return Finding(
        "test_as_validation",
        "warning" if by else "note",
        "validation_data",
        evidence,
        tr("What is chosen by them fits them by chance too, so their score is too high."),
        tr("Keep test rows out of fit; take validation_split=0.1, or rows of the training data."),
    )


@rule
def misleading_metric(facts: Facts) -> Finding | None:
    """A metric of another task: accuracy on a regression, or on rows with several labels.

    On real numbers it counts outputs that equal their targets to the last bit: it is near 0
    whatever is learned, and a callback that goes by it stops anywhere. Of several labels in a row
    it compares the surest only; and binary accuracy counts each column of a one-hot row by itself,
    where all zeros are mostly right.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        named = [name for name in output.metrics if name in ACCURACIES]
        if target is None or not named:
            return None
        told = None
        if target.kind == "real" and is_distance(output):
            told = (
                tr("y holds real numbers, and the metric is {name}.", name=named[0]),
                tr("It counts outputs that equal their targets exactly, which says nothing here."),
                "metrics=['mae']",
            )
        elif target.kind == "classes" and output.units == 1 and is_distance(output):
            if len(np.unique(target.values)) == 2:
                return None
            told = (
                tr("y holds several whole numbers, and the metric is {name}.", name=named[0]),
                tr("Of one output it takes all above 0.5 for 1, and all else for 0."),
                "metrics=['mae']",
            )
        elif target.kind == "multi_label" and target.values.shape[1:] == (output.units,):
            if named[0] == "binary_accuracy":
                return None
            told = (
                tr("A row of y may have several labels, and the metric is {name}.", name=named[0]),
                tr("It compares the surest label with the first, and no other."),
                "metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC(multi_label=True)]",
            )
        elif target.kind == "one_hot" and output.units > 2 and named == ["binary_accuracy"]:
            told = (
                tr(
                    "y is one-hot of {units} classes, and the metric is {name}.",
                    units=output.units,
                    name=named[0],
                ),
                tr("It counts each column by itself, and all zeros are right in most of them."),
                "metrics=['accuracy']",
            )
        if told is None:
            return None
        chosen = [s for s in facts.selecting if s.monitor.removeprefix("val_") in named]
        if not chosen:
            return Finding("misleading_metric", "note", "compile(metrics=...)", *told)
        evidence, cause, remedy = told
        evidence += " " + tr("{callback} goes by it.", callback=chosen[0].callback)
        remedy += f", {chosen[0].callback}(monitor='val_loss')"
        return Finding("misleading_metric", "warning", tr("the callbacks"), evidence, cause, remedy)

    return first(facts, look)


@rule
def constant_column(facts: Facts) -> Finding | None:
    """Columns of a table with one value only, or an input that is one value all over.

    They tell nothing of a row; often a column was filled in wrongly, or picks one group of rows.
    Pixels become all zeros, or nearly so, where whole numbers are divided as such.
    """
    for given in facts.inputs:
        if (finding := _empty(given)) is not None:
            return finding
        if not given.constant:
            continue
        columns = list(given.constant)
        return Finding(
            "constant_column",
            "note",
            given.name,
            tr(
                "It has one value only in columns {columns}: {values}.",
                columns=_listed(columns),
                values=_listed([f"{given.rows[0, column]:g}" for column in columns]),
            ),
            tr("Such a column tells nothing of a row; perhaps it was not filled in."),
            f"{given.name} = np.delete({given.name}, {columns}, axis=1)",
        )
    return None


def _empty(given: Input) -> Finding | None:
    """Of an input that tells nothing, or of pictures of which few pixels are left."""
    values = given.rows
    if values.size < 20 or len(values) < 2 or not given.kinds:
        return None
    if (values[:64] != values[0, 0]).mean() > 0.1:
        return None
    ink = float((values != values.min()).mean())
    if ink > 0.02 or (ink > 0 and not (_are_pictures(given) and len(np.unique(values)) == 2)):
        return None
    return Finding(
        "constant_column",
        "note" if ink else "warning",
        given.name,
        tr("{share:.1%} of its values are {value:g}.", share=1 - ink, value=float(values.min())),
        tr("It tells hardly anything of a row: divided as whole numbers, pixels become 0."),
        tr("{name}.astype('float32') / 255, and no whole numbers behind it", name=given.name),
    )


@rule
def duplicate_column(facts: Facts) -> Finding | None:
    """Columns of a table that are equal, or one a multiple of the other.

    The second tells nothing that the first does not, and its quantity has twice the weight; often a
    column was copied, or stands there in two units.
    """
    for given in facts.inputs:
        if not (pairs := given.multiples):
            continue
        return Finding(
            "duplicate_column",
            "note",
            given.name,
            tr(
                "Columns {pairs} are the same, or multiples.",
                pairs=_listed([f"{one} = {other}" for one, other in pairs]),
            ),
            tr("What stands there twice tells nothing new, and weighs twice."),
            f"{given.name} = np.delete({given.name}, {[b for _, b in pairs]}, axis=1)",
        )
    return None


@rule
def missing_as_zero(facts: Facts) -> Finding | None:
    """Columns of a table where one value, mostly 0, stands for "not measured".

    The network takes it for a measurement: a blood pressure of 0. It shows by a lowest value that
    comes again and again with a wide gap above it, also once the table was scaled. The Pima table
    of the UCI repository is the known case (Breault, 2001, "Data mining diabetic databases").
    """
    for given in facts.inputs:
        columns = _with_marks(given) if given.has_columns else []
        if not columns:
            continue
        name, rows = given.name, given.rows[:, columns]
        lows = rows.min(axis=0)
        return Finding(
            "missing_as_zero",
            "note",
            name,
            tr(
                "Columns {columns} are {values} in {shares} of the rows, else at least {least}.",
                columns=_listed(columns),
                values=_listed([f"{low:.3g}" for low in lows]),
                shares=_listed([f"{share:.1%}" for share in (rows == lows).mean(axis=0)]),
                least=_listed([f"{c[c > c.min()].min():.3g}" for c in rows.T]),
            ),
            tr("If that says 'not measured', the network takes it for a very low measurement."),
            f"c = {columns}; gone = {name}[:, c] == {name}[:, c].min(axis=0); "
            f"{name}[:, c] = np.where(gone, [np.median(v[v > v.min()]) for v in {name}[:, c].T], "
            f"{name}[:, c]); {name} = np.hstack([{name}, gone])",
        )
    return None


def _with_marks(given: Input) -> list[int]:
    """The columns with a lowest value that looks like a mark for "missing".

    In one of them at least it has to lie far away from all others, as seen from their spread; then
    columns with a weaker sign count too.
    """
    rows = given.rows
    marked = rows == rows.min(axis=0)
    shares = marked.mean(axis=0)
    many = (shares >= 3 / len(rows)) & (shares <= 0.7)
    # Rows of mostly 0 are counts of words, or indicators.
    if not many.any() or ((rows == 0).mean(axis=0) > 0.7).mean() > 0.5:
        return []
    gaps = {
        int(n): _gap(rows[:, n])
        for n in np.flatnonzero(many)
        # One row that was copied is no sign.
        if len(np.unique(rows[marked[:, n]][:64], axis=0)) >= 3
    }
    if not any(gap == "wide" and shares[n] <= 0.5 for n, gap in gaps.items()):
        return []
    return [n for n, gap in gaps.items() if gap is not None]


def _gap(column: np.ndarray) -> str | None:
    """How far the lowest value lies below the others: 'wide', 'some', or None for not telling."""
    values, counts = np.unique(column.astype(np.float64), return_counts=True)
    others = values[1:]
    if len(others) < 10:
        return None  # levels, or indicators
    step, gap = np.diff(others).min(), others[0] - values[0]
    if gap < 5 * step:
        return None  # counts
    rest = np.repeat(others, counts[1:])
    mean, spread = rest.mean(), rest.std()
    if gap > spread and mean - values[0] > 3.5 * spread:
        return "wide"
    return "some" if gap > 0.15 * (np.quantile(rest, 0.25) - values[0]) else None


def _listed(items: Sequence) -> str:
    """Some items for a sentence."""
    shown = ", ".join(str(item) for item in items[:8])
    return f"{shown}, ..." if len(items) > 8 else shown


@rule
def class_imbalance(facts: Facts) -> Finding | None:
    """Classes so unequal that accuracy, the only metric, hides whether the rare ones are found.

    Always saying the most frequent class has its share as accuracy. Source: He & Garcia, 2009,
    "Learning from Imbalanced Data".
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None or not target.is_of_classes or output.loss not in CATEGORICAL + BINARY:
            return None
        if facts.weighted or not ACCURACIES.issuperset(output.metrics) or not output.metrics:
            return None
        shares = target.shares
        if len(target.values) < 50 or len(shares) < 2:
            return None
        most, least = max(shares, key=shares.get), min(shares, key=shares.get)
        if shares[most] < 0.8 and (len(shares) == 2 or shares[least] > 0.1 / len(shares)):
            return None
        weights = {label: round(1 / len(shares) / share, 2) for label, share in shares.items()}
        return Finding(
            "class_imbalance",
            "note",
            "y",
            tr(
                "{most:.1%} of its rows are of class {frequent}, {least:.1%} of class {rare}, and "
                "the only metric is accuracy.",
                most=shares[most],
                frequent=most,
                least=shares[least],
                rare=least,
            ),
            tr("Who always says the most frequent class has that accuracy, and finds no rare one."),
            f"compile(metrics=['accuracy', keras.metrics.AUC()]), fit(class_weight={weights})"
            if output.units == 1
            else f"fit(class_weight={weights})",
        )

    return first(facts, look)


@rule
def unusual_batch_size(facts: Facts) -> Finding | None:
    """A batch of one or two rows where there are many, or so many rows that few steps are left.

    Steps from one row are noisy and slow; with a handful of steps an epoch and few epochs the
    weights hardly move. Source: Masters & Luschi, 2018, "Revisiting Small Batch Training".
    """
    rows, size, epochs = facts.rows, facts.batch_size, facts.epochs
    if not rows or not size:
        return None
    steps = -(-rows // size)
    is_tiny = size <= 2 and rows >= 1000
    if not is_tiny and (size < 128 or steps >= 5 or not 0 < steps * epochs < 100):
        return None
    return Finding(
        "unusual_batch_size",
        "note",
        "fit(batch_size=...)",
        tr(
            "{rows} rows in batches of {size}: {steps} steps an epoch.",
            rows=rows,
            size=size,
            steps=steps,
        ),
        tr("Steps from a row or two are noisy, and slow.")
        if is_tiny
        else tr("That makes {steps} steps in all; the weights hardly move.", steps=steps * epochs),
        "batch_size=32",
    )
