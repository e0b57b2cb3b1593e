"""Rules for mistakes in the model and in `compile`."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gyeol.doctor.facts import ACCURACIES, RECURRENT, Call, Facts, Output, Target, last_change
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import (
    BINARY,
    CATEGORICAL,
    MULTIPLYING,
    OF_DISTANCE,
    RANGES,
    at_layer,
    at_output,
    begins_at_1,
    first,
    is_distance,
    is_of_no_probabilities,
    rule,
)
from gyeol.text import tr

# Losses that compare the numbers of a row with each other, and losses of -1 and 1.
_OF_SEVERAL = ("kl_divergence", "cosine_similarity", "categorical_focal_crossentropy")
_OF_SIGNS = ("hinge", "squared_hinge")
# They give numbers below 0, too.
_OF_BOTH_SIGNS = ("linear", "tanh", "elu", "selu", "leaky_relu", "softsign")


@rule
def softmax_one_unit(facts: Facts) -> Finding | None:
    """A softmax over one unit, whose output is 1 whatever comes in.

    All gradients are 0, so nothing is learned. Source: UMLAUT (Schoop et al., 2021).
    """

    def look(output: Output) -> Finding | None:
        if output.activation != "softmax" or output.units != 1:
            return None
        is_real = output.target is not None and output.target.kind == "real"
        return Finding(
            "softmax_one_unit",
            "error",
            at_output(output),
            tr("It is a softmax over 1 unit, which is always 1."),
            tr("Every gradient is 0, so nothing is learned."),
            "Dense(1, activation='linear'), loss='mse'"
            if is_real
            else "Dense(1, activation='sigmoid'), loss='binary_crossentropy'",
        )

    return first(facts, look)


@rule
def from_logits_mismatch(facts: Facts) -> Finding | None:
    """A linear last layer under a loss that takes probabilities.

    What is outside of 0 to 1 is clipped, where the gradient is 0: the loss hovers and hardly falls.
    Source: UMLAUT (Schoop et al., 2021).
    """

    def look(output: Output) -> Finding | None:
        takes_probabilities = output.loss in CATEGORICAL + BINARY
        if output.activation != "linear" or output.from_logits or not takes_probabilities:
            return None
        if output.kind not in (*MULTIPLYING, "EinsumDense", "BatchNormalization"):
            return None  # a mean, a maximum or a shift of probabilities may be one
        if is_of_no_probabilities(output):
            return None  # it is the loss that does not fit, or the units
        fitting = "sigmoid" if output.loss in BINARY else "softmax"
        return Finding(
            "from_logits_mismatch",
            "error",
            at_output(output),
            tr("It is linear, and {loss} takes probabilities.", loss=output.loss),
            tr("What is not between 0 and 1 is clipped, and there the gradient is 0."),
            tr(
                "activation={fitting!r} in the last layer, or from_logits=True in the loss",
                fitting=fitting,
            ),
        )

    return first(facts, look)


@rule
def double_softmax(facts: Facts) -> Finding | None:
    """``from_logits=True`` on an output that is a probability already, or a softmax on a softmax.

    A softmax of probabilities is nearly flat: the loss cannot fall below log(1 + (K - 1) / e), and
    learning is slow.
    """

    def look(output: Output) -> Finding | None:
        if output.from_logits and output.activation in ("softmax", "sigmoid"):
            return Finding(
                "double_softmax",
                "warning",
                at_output(output),
                tr(
                    "It ends with {activation}, and the loss was told from_logits=True.",
                    activation=output.activation,
                ),
                tr(
                    "Keras's loss applies it once more, and probabilities become nearly equal; "
                    "gyeol takes the logits behind it."
                ),
                tr("from_logits=False, or no activation in the last layer"),
            )
        return None

    for call in facts.calls:
        if call.activation == "softmax" and len(call.before) == 1:
            before = last_change(facts.calls, call.before[0])
            if before.activation == "softmax" and call.kind in ("Activation", "Softmax"):
                return Finding(
                    "double_softmax",
                    "warning",
                    at_layer(call.layer.name),
                    tr("It applies softmax to the softmax of {name!r}.", name=before.layer.name),
                    tr("A softmax of probabilities makes them nearly equal."),
                    tr("Leave one of the two out."),
                )
    return first(facts, look)


@rule
def output_units(facts: Facts) -> Finding | None:
    """More or fewer outputs than there are classes, or one output for several targets.

    A class without an output cannot be learned; outputs without a class take nothing but time. One
    number that is compared with several becomes something in between.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None:
            return None
        if output.loss == "categorical_crossentropy" and target.kind == "multi_label":
            return _without_class(output, target)
        has_rows = output.rank == target.values.ndim > 1
        if output.units == 1 and has_rows and target.values.shape[-1] > 1:
            return _one_for_many(output, target.values.shape[-1])
        is_wide = target.kind == "one_hot" and output.rank == target.values.ndim
        if is_wide and 1 < output.units != target.values.shape[-1] > 1:
            return _of_other_width(output, target.values.shape[-1])
        labels = target.values
        if output.ignored is not None:
            labels = labels[labels != output.ignored]
        of_classes = target.kind in ("binary", "classes")
        if target.kind == "real" and output.loss == CATEGORICAL[1] and output.units > 1:
            of_classes = bool((labels == np.floor(labels)).all())
        if not of_classes or not labels.size or labels.min() < 0:
            return None
        kinds = len(np.unique(labels))
        classes = int(labels.max()) + 1 if output.units > 1 else kinds
        severity = "error" if output.units < classes else "note"
        if output.units == 1 and output.loss in CATEGORICAL[:1] and kinds > 2:
            cause = tr("One unit can tell two classes apart, and no more.")
        elif output.units == 1 and kinds > 2 and output.loss in OF_DISTANCE:
            if output.activation == "sigmoid":
                cause = tr("One unit can tell two classes apart, and no more.")
            elif output.activation in ("linear", "relu") and kinds == int(labels.max()) + 1:
                # They may be counts or grades; who counts right answers has classes in mind.
                severity = "warning" if ACCURACIES.intersection(output.metrics) else "note"
                cause = tr("That is right for amounts; as classes, 2 is no nearer to 3 than to 9.")
            else:
                return None
        elif output.loss != "sparse_categorical_crossentropy":
            return None
        elif output.units == 1 and output.activation == "sigmoid" and kinds == 2:
            return None  # it is the loss that does not fit
        elif begins_at_1(output):
            return None  # `label_encoding` says it better
        elif output.units < classes:
            cause = tr("A class without a unit cannot be said.")
        elif output.units < 2 * classes:
            return None
        else:
            cause = tr("The units without a class have to be learned away.")
        return Finding(
            "output_units",
            severity,
            at_output(output),
            tr(
                "It has {units} units, and y has {classes} classes.",
                units=output.units,
                classes=classes,
            )
            if output.units > 1
            else tr("It has 1 unit, and y has {classes} classes.", classes=classes),
            cause,
            f"Dense({classes}, activation='softmax'), loss='sparse_categorical_crossentropy'"
            + ("" if labels.max() < classes else ", y = np.unique(y, return_inverse=True)[1]"),
        )

    return first(facts, look)


def _of_other_width(output: Output, classes: int) -> Finding:
    return Finding(
        "output_units",
        "error",
        at_output(output),
        tr(
            "It has {units} units, and y has {classes} classes.",
            units=output.units,
            classes=classes,
        ),
        tr("A class without a unit cannot be said.")
        if output.units < classes
        else tr("The units without a class have to be learned away."),
        f"Dense({classes}, activation='softmax')",
    )


def _one_for_many(output: Output, columns: int) -> Finding | None:
    if output.loss not in OF_DISTANCE + BINARY:
        return None
    last = "" if output.activation in (None, "linear") else f", activation={output.activation!r}"
    return Finding(
        "output_units",
        "error",
        at_output(output),
        tr("It has 1 unit, and a row of y has {columns} numbers.", columns=columns),
        tr("The loss compares the one with each of them, so it becomes something in between."),
        f"Dense({columns}{last})",
    )


def _without_class(output: Output, target: Target) -> Finding | None:
    sums = target.values.reshape(-1, target.values.shape[-1]).sum(axis=1)
    empty = float((sums == 0).mean())
    if sums.max() > 1 or empty < 0.02 or target.values.ndim > 2:
        return None  # steps of a series without a class may be padding
    return Finding(
        "output_units",
        "error",
        "y",
        tr("{share:.0%} of its rows are all zeros: one class has no column.", share=empty),
        tr("The network cannot say that class, and learns nothing from its rows."),
        f"keras.utils.to_categorical(classes), Dense({output.units + 1}, activation='softmax')",
    )


@rule
def wrong_last_activation(facts: Facts) -> Finding | None:
    """A last activation that cannot give the targets, or what the loss takes.

    relu and sigmoid under a categorical loss are no distribution over the classes; a softmax makes
    independent labels compete; no target outside of an activation's range is ever reached. Source:
    DeepDiagnosis (Wardat et al., 2022).
    """

    def look(output: Output) -> Finding | None:
        activation, target = output.activation, output.target
        if (axis := _other_axis(facts.calls, output)) is not None:
            return _unfit(
                output,
                tr("Its softmax is over axis {axis}, and the classes are the last one.", axis=axis),
                "softmax",
            )
        if output.loss == "poisson" and activation in _OF_BOTH_SIGNS and output.kind in MULTIPLYING:
            return _unfit(
                output,
                tr(
                    "It ends with {activation}, and {loss} takes expected counts, of which it "
                    "needs the logarithm.",
                    activation=activation,
                    loss=output.loss,
                ),
                "exponential",
            )
        if activation in (None, "linear"):
            return None
        if output.loss in CATEGORICAL and output.units > 1 and not output.from_logits:
            if target is not None and target.kind == "multi_label" and _has_several(target):
                return replace(
                    _unfit(
                        output,
                        tr(
                            "It ends with {activation}, and a row of y may have several labels.",
                            activation=activation,
                        ),
                        "sigmoid",
                    ),
                    remedy="activation='sigmoid', loss='binary_crossentropy'",
                )
            if activation == "softmax" and (bound := _bound_before(facts.calls, output)):
                return Finding(
                    "wrong_last_activation",
                    "warning",
                    at_layer(bound.layer.name),
                    tr("Its {activation} is before the softmax.", activation=bound.activation),
                    tr("Softmax wants numbers of any size: so limited, no class becomes sure."),
                    tr("No activation between the last weights and the softmax"),
                )
            if activation in ("softmax", "log_softmax"):
                return None
            return _unfit(
                output,
                tr(
                    "It ends with {activation}, and {loss} takes the probabilities of classes, "
                    "which sum to 1.",
                    activation=activation,
                    loss=output.loss,
                ),
                "softmax",
            )
        if target is None:
            return None
        are_independent = target.kind == "multi_label" and (
            output.loss in BINARY or (is_distance(output) and _has_several(target))
        )
        if activation == "softmax" and are_independent:
            return _unfit(
                output,
                tr("It ends with softmax, and a row of y may have several labels, or none."),
                "sigmoid",
            )
        if is_of_no_probabilities(output):
            return None  # it is the loss that does not fit, or the units
        if output.loss in BINARY:
            if activation in ("relu", "tanh", "softplus", "elu", "selu", "leaky_relu"):
                return _unfit(
                    output,
                    tr(
                        "It ends with {activation}, and {loss} takes probabilities.",
                        activation=activation,
                        loss=output.loss,
                    ),
                    "sigmoid",
                )
            return None
        if output.loss in _OF_SIGNS and RANGES.get(activation, (-1.0, 1.0))[0] == 0:
            return _unfit(
                output,
                tr(
                    "It ends with {activation}, and {loss} takes -1 for the first class, 1 for the "
                    "other.",
                    activation=activation,
                    loss=output.loss,
                ),
                "tanh",
            )
        if not is_distance(output) or activation not in RANGES:
            return None
        low, high = RANGES[activation]
        values = target.values
        outside = float(((values < low - 0.05) | (values > high + 0.05)).mean())
        of_classes = target.is_of_classes and activation in ("sigmoid", "hard_sigmoid", "softmax")
        if of_classes or outside < 0.02:
            return None
        return _unfit(
            output,
            tr(
                "It ends with {activation}, and {share:.0%} of y lies outside of its range: y runs "
                "from {low:.3g} to {high:.3g}.",
                activation=activation,
                share=outside,
                low=float(values.min()),
                high=float(values.max()),
            ),
            "linear",
        )

    return first(facts, look)


def _other_axis(calls: Sequence[Call], output: Output) -> int | None:
    """The axis of a last softmax that is not that of the classes; None of any other layer."""
    last = next((call for call in calls if call.layer.name == output.layer), None)
    axis = getattr(last.layer, "axis", -1) if last is not None and last.kind == "Softmax" else -1
    return axis if isinstance(axis, int) and axis not in (-1, output.rank - 1) else None


def _has_several(target: Target) -> bool:
    return float((target.values.sum(axis=-1) > 1).mean()) > 0.02


def _bound_before(calls: Sequence[Call], output: Output) -> Call | None:
    """The call with an activation of limited range that a softmax on its own is put on."""
    last = next((call for call in calls if call.layer.name == output.layer), None)
    if last is None or last.kind not in ("Activation", "Softmax") or len(last.before) != 1:
        return None
    before = last_change(calls, last.before[0])
    is_bound = before.activation in ("relu", "sigmoid", "tanh", "softsign", "hard_sigmoid")
    return before if is_bound and before.units == last.units else None


def _unfit(output: Output, evidence: str, fitting: str) -> Finding:
    return Finding(
        "wrong_last_activation",
        "error",
        at_output(output),
        evidence,
        tr("The outputs cannot become the targets, however long it trains."),
        tr("activation={fitting!r} in the last layer", fitting=fitting),
    )


@rule
def wrong_loss(facts: Facts) -> Finding | None:
    """A loss for another kind of target.

    The squared distance to class numbers makes an order of them; binary cross-entropy on one-hot
    labels counts each class by itself, and its accuracy is too high. A loss of the user's may fall
    without end, or compare each row with all others where shapes are broadcast.
    """

    def look(output: Output) -> Finding | None:
        target, activation = output.target, output.activation
        if target is None:
            return None
        is_free = output.kind in MULTIPLYING and activation == "linear"
        if output.own_fault in ("mixed", "inverted") or (output.own_fault and is_free):
            return _unsound(output)
        if output.units > 1 and target.is_of_classes:
            has_numbers = target.values.ndim < output.rank or target.values.shape[-1] == 1
            other, fitting = CATEGORICAL if has_numbers else CATEGORICAL[::-1]
            of_another_form = (other, *OF_DISTANCE, *BINARY) if has_numbers else (other,)
            if activation in ("softmax", "linear") and output.loss in of_another_form:
                return _unfit_loss(output, fitting, tr("It takes targets of another form."))
        if is_of_no_probabilities(output) and activation != "softmax":
            return _of_amounts(facts, output, target)
        if output.units == 1 and output.loss in (*_OF_SEVERAL, *CATEGORICAL):
            is_of_classes = output.loss in CATEGORICAL
            several = target.kind == "classes" and len(np.unique(target.values)) > 2
            if is_of_classes and (several or activation in ("softmax", "linear")):
                return None  # of them other rules speak
            of_two = ("binary", "classes", "unit") if is_of_classes else ("binary",)
            fitting = "binary_crossentropy" if target.kind in of_two else "mse"
            cause = tr("It compares what several units say: of one alone it is least for any row.")
            return _unfit_loss(output, fitting, cause, "error")
        if (cause := _what_it_cannot_take(output, target)) is not None:
            return _unfit_loss(output, "mean_absolute_error", cause)
        if output.smoothing > 0.5:
            return _unfit_loss(
                output,
                output.loss,
                tr(
                    "label_smoothing={share:g} leaves the right class little more than the others.",
                    share=output.smoothing,
                ),
            )
        met = output.loss in OF_DISTANCE, activation, target.kind
        is_code = any(given.rows.shape[1:] == (output.units,) for given in facts.inputs)
        if met == (True, "sigmoid", "multi_label") and output.loss != OF_DISTANCE[0]:
            # The median of rare labels is 0, whatever the row. What writes rows anew is no guess.
            return None if is_code else _unfit_loss(output, "binary_crossentropy")
        if met == (True, "sigmoid", "binary") and output.units == 1:
            # The squared distance of a probability is Brier's score: sound, if slow at times.
            severity = "note" if output.loss == OF_DISTANCE[0] else "warning"
            return _unfit_loss(output, "binary_crossentropy", severity=severity)
        # Of two classes each loss counts the same.
        unfit = OF_DISTANCE if output.units == 2 else OF_DISTANCE + BINARY
        unfit = {"softmax": unfit, "sigmoid": () if is_code else OF_DISTANCE}.get(activation, ())
        if target.kind == "one_hot" and output.loss in unfit and output.units > 1:
            severity = "note" if output.loss in (OF_DISTANCE[0], *BINARY) else "warning"
            return _unfit_loss(output, "categorical_crossentropy", severity=severity)
        return None

    return first(facts, look)


def _of_amounts(facts: Facts, output: Output, target: Target) -> Finding | None:
    """Of amounts under a loss of probabilities; of classes and one unit other rules speak."""
    if output.units == 1 and target.kind == "classes" and target.values.min() >= 0:
        return None
    is_code = any(given.rows.shape[1:] == target.values.shape[1:] for given in facts.inputs)
    if is_code and target.values.min() >= 0:
        return None  # it is the scale of what is to be written anew
    last = "" if output.activation == "linear" else ", activation='linear'"
    return replace(
        _unfit_loss(
            output,
            "mse",
            tr("It takes probabilities: what lies outside of 0 to 1 pulls the outputs on and on."),
            "error",
        ),
        remedy=f"loss='mse'{last}",
    )


def _what_it_cannot_take(output: Output, target: Target) -> str | None:
    """Why a loss of ratios or of logarithms does not suit such targets."""
    sizes = np.abs(target.values)
    if output.loss == "mean_absolute_percentage_error":
        small = float((sizes <= 0.01 * np.median(sizes)).mean())
        if small > 0.01:
            return tr("It divides by them: {share:.0%} of y are 0, or nearly.", share=small)
        if 0.05 < (target.values < 0).mean() < 0.95:
            return tr("It divides by them, and y goes through 0.")
    below = float((target.values < 0).mean())
    if output.loss in ("mean_squared_logarithmic_error", "poisson") and below > 0.01:
        return tr("It takes logarithms, and {share:.0%} of y are below 0.", share=below)
    return None


def _unsound(output: Output) -> Finding:
    """Of a loss of the user's that no training makes good outputs of."""
    evidence = tr("It falls without end as the outputs rise, or as they fall.")
    cause = tr("The outputs run away from the targets.")
    remedy = "abs(y_true - y_pred), or square"
    if output.own_fault == "inverted":
        evidence = tr("The right probabilities cost more than the opposite ones.")
        cause = tr("What is minimized is a score, of which more is better: training unlearns.")
        remedy = tr("Its opposite: return -loss, or 1 - score")
    if output.own_fault == "mixed":
        evidence = tr("Outputs that are the targets cost nothing row by row, and much together.")
        cause = tr("Shapes such as (rows,) and (rows, 1) compare each row with all others.")
        remedy = tr("y_true and y_pred of one shape: no squeeze or reshape of one alone")
    return Finding("wrong_loss", "error", "compile(loss=...)", evidence, cause, remedy)


def _unfit_loss(
    output: Output, fitting: str, cause: str | None = None, severity: str = "warning"
) -> Finding:
    kinds = {
        "one_hot": tr("one-hot classes"),
        "binary": tr("two classes"),
        "classes": tr("class numbers"),
        "multi_label": tr("several labels a row"),
    }
    kind = kinds.get(output.target.kind, tr("real numbers"))
    return Finding(
        "wrong_loss",
        severity,
        "compile(loss=...)",
        tr(
            "y holds {kind}, and the loss is {loss}.",
            kind=kind,
            loss=output.loss,
        ),
        cause
        or tr("Far from the right class its gradient is small, so learning is slow or stops."),
        f"loss={fitting!r}",
    )


@rule
def missing_activation(facts: Facts) -> Finding | None:
    """Two layers with weights and nothing but linear steps between them.

    Together they can do what one of them can. A narrow layer between wide ones is left alone: a
    linear bottleneck is a thing of its own.
    """
    for place, call in enumerate(facts.calls):
        if not _multiplies(call) or len(call.before) != 1:
            continue
        before = last_change(facts.calls, call.before[0])
        while before.kind == "BatchNormalization" and len(before.before) == 1:
            before = last_change(facts.calls, before.before[0])
        if not _multiplies(before) or before.activation != "linear":
            continue
        uses = sum(facts.calls.index(before) in other.before for other in facts.calls)
        kernel = before.kernel
        fan_in = int(np.prod(kernel.shape[:-1]))
        is_narrow = before.units < min(fan_in, call.units or 0)
        # A last layer as wide as the input writes it anew from a code.
        is_last = place == len(facts.calls) - 1 and call.units != fan_in
        # Two or three units behind a bend are drawn as points.
        is_drawn = is_narrow and before.units <= 3 and _is_bent_before(facts.calls, before)
        if uses > 1 or is_drawn or (is_narrow and not is_last):
            continue
        return Finding(
            "missing_activation",
            "warning",
            at_layer(before.layer.name),
            tr(
                "It has no activation, and {next!r} multiplies its outputs again.",
                next=call.layer.name,
            ),
            tr("Two linear layers in a row can do no more than one."),
            tr("activation='relu' in {name!r}, and in other hidden layers", name=before.layer.name),
        )
    return None


def _is_bent_before(calls: Sequence[Call], call: Call) -> bool:
    return len(call.before) == 1 and last_change(calls, call.before[0]).activation != "linear"


def _multiplies(call: Call) -> bool:
    return call.kind in MULTIPLYING and call.kernel is not None


def _goes_to_weights(calls: Sequence[Call], place: int) -> bool:
    """Whether another layer multiplies these outputs, with nothing added to them before."""
    reached = {place}
    for number in range(place + 1, len(calls)):
        if len(calls[number].before) == 1 and calls[number].before[0] in reached:
            if calls[number].layer.weights and calls[number].kind != "BatchNormalization":
                return True
            reached.add(number)
    return False


def _goes_to_waves(calls: Sequence[Call], place: int) -> bool:
    """Whether a sine takes these outputs, or code of the user's: it may want them large."""
    after = [call for call in calls if place in call.before]
    return any(call.activation in (None, "sin", "cos") for call in (calls[place], *after))


@rule
def bad_init(facts: Facts) -> Finding | None:
    """First weights that are far too large, or all the same.

    The spread of a layer's outputs is that of its inputs times spread times sqrt(fan-in), about 1
    to 1.4 for the usual initializers (Glorot & Bengio, 2010; He et al., 2015). Units with the same
    weights stay the same. Recurrent weights multiply step after step: 3 is far too large there.
    """
    if not facts.is_anew:
        return None  # these are no first weights any more
    for place, call in enumerate(facts.calls):
        if call.kind in RECURRENT and call.layer.trainable:
            steps = np.asarray(call.layer.cell.recurrent_kernel)
            # Step after step the state is multiplied by them.
            if (gain := _gain(steps)) > 3:
                return _too_large(call, gain)
        if call.kind == "Embedding":
            vectors = np.asarray(call.layer.embeddings)
            if (size := float(np.sqrt(np.square(vectors).mean()))) > 5:
                return _too_large(call, size)
        bias = getattr(call.layer, "bias", None) if _multiplies(call) else None
        shift = 0.0 if bias is None else float(np.mean(bias))
        is_hidden = _goes_to_weights(facts.calls, place) and call.activation != "linear"
        if (abs(shift) > 4 and is_hidden) or (abs(shift) > 8 and call.activation == "sigmoid"):
            return _shifted(call, shift)
        if not _multiplies(call) or call.kernel.size < 8 or not call.layer.trainable:
            continue
        kernel = call.kernel.reshape(-1, call.kernel.shape[-1])
        gain = _gain(kernel)
        is_one = kernel.shape[1] > 1 and bool((kernel == kernel[:, :1]).all())
        # A last layer, and the branch beside a shortcut, may well begin at 0.
        if is_one and _goes_to_weights(facts.calls, place):
            return Finding(
                "bad_init",
                "error",
                at_layer(call.layer.name),
                tr("All of its units begin with the same weights."),
                tr("Their gradients are the same too, so they stay one unit."),
                "kernel_initializer='glorot_uniform'",
            )
        if gain > 6 and not _goes_to_waves(facts.calls, place):
            return _too_large(call, gain)
    return None


def _gain(kernel: np.ndarray) -> float:
    """How much larger than its inputs the sums of a kernel (inputs, units) are."""
    return float(kernel.std()) * float(np.sqrt(len(kernel)))


def _shifted(call: Call, shift: float) -> Finding:
    return Finding(
        "bad_init",
        "warning",
        at_layer(call.layer.name),
        tr("Its biases begin at {shift:.3g} in the mean; 0 is usual.", shift=shift),
        tr("They outweigh what comes in: each row lies on the same side of the activation's bend."),
        "bias_initializer='zeros'",
    )


def _too_large(call: Call, gain: float) -> Finding:
    remedy = "kernel_initializer='glorot_uniform'"
    if call.kind == "Embedding":
        remedy = "embeddings_initializer='uniform'"
    if call.kind in RECURRENT:
        remedy += ", recurrent_initializer='orthogonal'"
    return Finding(
        "bad_init",
        "error",
        at_layer(call.layer.name),
        tr("Its first weights make values {gain:.0f} times as large; about 1 is usual.", gain=gain),
        tr("Sums grow from layer to layer, activations saturate and the loss jumps."),
        remedy,
    )


@rule
def excess_dropout(facts: Facts) -> Finding | None:
    """Dropout that leaves less than a tenth of the values on the way to an output.

    What is left is too little to learn from: the training loss stays far above the evaluation's.
    Where it does, dropout that leaves more than that may still be too much.
    """
    taken = {place for call in facts.calls for place in call.before}
    for place, call in enumerate(facts.calls):
        if call.dropout and "Dropout" in call.kind and place not in taken:
            return Finding(
                "excess_dropout",
                "error",
                at_layer(call.layer.name),
                tr("It is the last layer, and leaves out {rate:.0%}.", rate=call.dropout),
                tr("In training so many of the outputs are 0, whatever is right."),
                tr("Dropout before the last Dense, and none behind it"),
            )
    kept: list[float] = []
    for call in facts.calls:
        # A shortcut leads around what lies beside it.
        share = max((kept[place] for place in call.before), default=1.0)
        kept.append(share * (1 - call.dropout))
    rates = [call.dropout for call in facts.calls if call.dropout]
    losses, held = (list(facts.history.get(name, ()))[-3:] for name in ("loss", "val_loss"))
    is_far_above = bool(held) and np.mean(losses) > 1.5 * np.mean(held)
    if not rates or min(kept) >= (0.4 if is_far_above else 0.1):
        return None
    evidence = tr(
        "Rates of {rates} leave {share:.0%} of the values.",
        rates=", ".join(f"{rate:g}" for rate in rates),
        share=min(kept),
    )
    if min(kept) >= 0.1:
        evidence += " " + tr(
            "The loss is {loss:.3g} in training and {held:.3g} in validation.",
            loss=np.mean(losses),
            held=np.mean(held),
        )
    return Finding(
        "excess_dropout",
        "warning" if min(kept) < 0.1 else "note",
        tr("the dropout layers"),
        evidence,
        tr("Too little is left in training to learn from."),
        tr("One Dropout of 0.2 to 0.5 before the last layer"),
    )
