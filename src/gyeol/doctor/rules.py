"""The rules: a small function for each mistake, from facts to a finding or nothing.

A rule is named for its mistake; its docstring says what it looks for, why that harms, and where it
comes from. The gravest come first, and a root cause before what follows from it.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gyeol.doctor.facts import Call, Facts, Input, Output, Target, last_change
from gyeol.doctor.finding import Finding
from gyeol.text import tr

Rule = Callable[[Facts], Finding | None]
RULES: dict[str, Rule] = {}

_CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")
_BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
_OF_DISTANCE = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "huber",
    "log_cosh",
)
# Between which values an activation stays.
_RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "exponential": (0.0, np.inf),
}


def rule(function: Rule) -> Rule:
    """Enter a function in the table of rules."""
    RULES[function.__name__] = function
    return function


def spoken(facts: Facts) -> list[Finding]:
    """What the rules find, in their order."""
    return [finding for rule in RULES.values() if (finding := rule(facts))]


def _first(facts: Facts, look: Callable[[Output], Finding | None]) -> Finding | None:
    """What is found at the first output at which something is."""
    return next((found for output in facts.outputs if (found := look(output))), None)


def _at_output(output: Output) -> str:
    return tr("layer {name!r}", name=output.layer)


# The model and compile ------------------------------------------------------------------------


@rule
def softmax_one_unit(facts: Facts) -> Finding | None:
    """A softmax over one unit, whose output is 1 whatever comes in.

    All gradients are 0, so nothing is learned. Source: UMLAUT (Schoop et al., 2021).
    """

    def look(output: Output) -> Finding | None:
        if output.activation != "softmax" or output.units != 1:
            return None
        return Finding(
            "softmax_one_unit",
            "error",
            _at_output(output),
            tr("It is a softmax over 1 unit, which is always 1."),
            tr("Every gradient is 0, so nothing is learned."),
            "Dense(1, activation='sigmoid'), loss='binary_crossentropy'",
        )

    return _first(facts, look)


@rule
def from_logits_mismatch(facts: Facts) -> Finding | None:
    """A linear last layer under a loss that takes probabilities.

    What is outside of 0 to 1 is clipped, where the gradient is 0: the loss hovers and hardly falls.
    Source: UMLAUT (Schoop et al., 2021).
    """

    def look(output: Output) -> Finding | None:
        takes_probabilities = output.loss in _CATEGORICAL + _BINARY
        if output.activation != "linear" or output.from_logits or not takes_probabilities:
            return None
        fitting = "sigmoid" if output.loss in _BINARY else "softmax"
        return Finding(
            "from_logits_mismatch",
            "error",
            _at_output(output),
            tr("It is linear, and {loss} takes probabilities.", loss=output.loss),
            tr("What is not between 0 and 1 is clipped, and there the gradient is 0."),
            tr(
                "activation={fitting!r} in the last layer, or from_logits=True in the loss",
                fitting=fitting,
            ),
        )

    return _first(facts, look)


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
                _at_output(output),
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
                    tr("layer {name!r}", name=call.layer.name),
                    tr("It applies softmax to the softmax of {name!r}.", name=before.layer.name),
                    tr("A softmax of probabilities makes them nearly equal."),
                    tr("Leave one of the two out."),
                )
    return _first(facts, look)


@rule
def output_units(facts: Facts) -> Finding | None:
    """More or fewer outputs than there are classes.

    A class without an output cannot be learned; outputs without a class take nothing but time.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None:
            return None
        if output.loss == "categorical_crossentropy" and target.kind == "multi_label":
            return _without_class(output, target)
        if target.kind not in ("binary", "classes"):
            return None
        if output.loss != "sparse_categorical_crossentropy":
            return None
        classes = int(target.values.max()) + 1
        if output.units >= classes > output.units / 2 or output.units < classes:
            return None  # too few are refused by `fit`
        return Finding(
            "output_units",
            "note",
            _at_output(output),
            tr(
                "It has {units} units, and y has {classes} classes.",
                units=output.units,
                classes=classes,
            ),
            tr("The units without a class have to be learned away."),
            f"Dense({classes}, activation='softmax')",
        )

    return _first(facts, look)


def _without_class(output: Output, target: Target) -> Finding | None:
    sums = target.values.reshape(-1, target.values.shape[-1]).sum(axis=1)
    empty = float((sums == 0).mean())
    if sums.max() > 1 or empty < 0.02:
        return None
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
        if activation in (None, "linear") or output.loss is None:
            return None
        if output.loss in _CATEGORICAL and output.units > 1 and not output.from_logits:
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
        if output.loss in _BINARY:
            if activation == "softmax" and target.kind == "multi_label":
                return _unfit(
                    output,
                    tr("It ends with softmax, and a row of y may have several labels, or none."),
                    "sigmoid",
                )
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
        if output.loss not in _OF_DISTANCE or activation not in _RANGES:
            return None
        low, high = _RANGES[activation]
        values = target.values
        outside = float(((values < low - 0.05) | (values > high + 0.05)).mean())
        if target.is_of_classes or outside < 0.02:
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

    return _first(facts, look)


def _unfit(output: Output, evidence: str, fitting: str) -> Finding:
    return Finding(
        "wrong_last_activation",
        "error",
        _at_output(output),
        evidence,
        tr("The outputs cannot become the targets, however long it trains."),
        tr("activation={fitting!r} in the last layer", fitting=fitting),
    )


@rule
def wrong_loss(facts: Facts) -> Finding | None:
    """A loss for another kind of target.

    The squared distance to class numbers makes an order of them; binary cross-entropy on one-hot
    labels counts each class by itself, and its accuracy is too high.
    """

    def look(output: Output) -> Finding | None:
        target, activation = output.target, output.activation
        if target is None:
            return None
        met = output.loss in _OF_DISTANCE, activation, target.kind
        if met == (True, "sigmoid", "binary") and output.units == 1:
            return _unfit_loss(output, "binary_crossentropy")
        if met[1:] == ("softmax", "one_hot") and output.loss in _OF_DISTANCE + _BINARY:
            return _unfit_loss(output, "categorical_crossentropy")
        return None

    return _first(facts, look)


def _unfit_loss(output: Output, fitting: str) -> Finding:
    kinds = {"one_hot": tr("one-hot classes"), "binary": tr("two classes")}
    return Finding(
        "wrong_loss",
        "warning",
        "compile(loss=...)",
        tr(
            "y holds {kind}, and the loss is {loss}.",
            kind=kinds[output.target.kind],
            loss=output.loss,
        ),
        tr("Far from the right class its gradient is small, so learning is slow or stops."),
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
        if uses > 1 or (is_narrow and place < len(facts.calls) - 1):
            continue
        return Finding(
            "missing_activation",
            "warning",
            tr("layer {name!r}", name=before.layer.name),
            tr(
                "It has no activation, and {next!r} multiplies its outputs again.",
                next=call.layer.name,
            ),
            tr("Two linear layers in a row can do no more than one."),
            tr("activation='relu' in {name!r}", name=before.layer.name),
        )
    return None


_MULTIPLYING = ("Dense", "Conv1D", "Conv2D", "Conv3D")


def _multiplies(call: Call) -> bool:
    return call.kind in _MULTIPLYING and call.kernel is not None


def _goes_to_weights(calls: Sequence[Call], place: int) -> bool:
    """Whether another layer multiplies these outputs, with nothing added to them before."""
    reached = {place}
    for number in range(place + 1, len(calls)):
        if len(calls[number].before) == 1 and calls[number].before[0] in reached:
            if calls[number].layer.weights and calls[number].kind != "BatchNormalization":
                return True
            reached.add(number)
    return False


@rule
def bad_init(facts: Facts) -> Finding | None:
    """First weights that are far too large, or all the same.

    The spread of a layer's outputs is that of its inputs times spread times sqrt(fan-in), about 1
    to 1.4 for the usual initializers (Glorot & Bengio, 2010; He et al., 2015). Units with the same
    weights stay the same.
    """
    for place, call in enumerate(facts.calls):
        if not _multiplies(call) or call.kernel.size < 8:
            continue
        kernel = call.kernel.reshape(-1, call.kernel.shape[-1])
        gain = float(kernel.std()) * float(np.sqrt(len(kernel)))
        where = tr("layer {name!r}", name=call.layer.name)
        is_one = kernel.shape[1] > 1 and bool((kernel == kernel[:, :1]).all())
        # A last layer, and the branch beside a shortcut, may well begin at 0.
        if is_one and _goes_to_weights(facts.calls, place):
            return Finding(
                "bad_init",
                "error",
                where,
                tr("All of its units begin with the same weights."),
                tr("Their gradients are the same too, so they stay one unit."),
                "kernel_initializer='glorot_uniform'",
            )
        if gain > 6:
            return Finding(
                "bad_init",
                "error",
                where,
                tr(
                    "Its first weights make values {gain:.0f} times as large; about 1 is usual.",
                    gain=gain,
                ),
                tr("Sums grow from layer to layer, activations saturate and the loss jumps."),
                "kernel_initializer='glorot_uniform'",
            )
    return None


# Learning rates that are hardly ever right, by the optimizer.
_RATES = {
    "SGD": (1e-5, 1.0),
    "Adam": (3e-6, 0.1),
    "AdamW": (3e-6, 0.1),
    "Nadam": (3e-6, 0.1),
    "Adamax": (3e-6, 0.2),
    "RMSprop": (3e-6, 0.1),
}


@rule
def lr_too_high(facts: Facts) -> Finding | None:
    """A learning rate far above what the optimizer usually takes.

    Steps jump over the valley: the loss rises or becomes NaN, units of relu die.
    """
    rate, bounds = facts.learning_rate, _RATES.get(facts.optimizer or "")
    if rate is None or bounds is None or rate <= bounds[1]:
        return None
    return _of_rate(
        facts,
        "lr_too_high",
        tr(
            "{optimizer} has the learning rate {rate:g}; at most {most:g} is usual.",
            optimizer=facts.optimizer,
            rate=rate,
            most=bounds[1],
        ),
        tr("Steps that are too long make the loss jump, or NaN."),
    )


@rule
def lr_too_low(facts: Facts) -> Finding | None:
    """A learning rate far below what the optimizer usually takes.

    Weights move by a tiny share of their size, so the loss hardly falls.
    """
    rate, bounds = facts.learning_rate, _RATES.get(facts.optimizer or "")
    if rate is None or bounds is None or rate >= bounds[0]:
        return None
    return _of_rate(
        facts,
        "lr_too_low",
        tr(
            "{optimizer} has the learning rate {rate:g}; at least {least:g} is usual.",
            optimizer=facts.optimizer,
            rate=rate,
            least=bounds[0],
        ),
        tr("The weights hardly move, so the loss hardly falls."),
    )


def _of_rate(facts: Facts, name: str, evidence: str, cause: str) -> Finding:
    usual = f"{facts.optimizer}({0.01 if facts.optimizer == 'SGD' else 0.001})"
    return Finding(name, "warning", "compile(optimizer=...)", evidence, cause, usual)


@rule
def excess_dropout(facts: Facts) -> Finding | None:
    """Dropout that leaves less than a seventh of the values on the way to an output.

    What is left is too little to learn from: the training loss stays far above the evaluation's.
    """
    kept: list[float] = []
    for call in facts.calls:
        share = min((kept[place] for place in call.before), default=1.0)
        if "Dropout" in call.kind:
            share *= 1 - float(getattr(call.layer, "rate", 0))
        kept.append(share)
    if not kept or min(kept) >= 1 / 7:
        return None
    rates = [call.layer.rate for call in facts.calls if "Dropout" in call.kind]
    return Finding(
        "excess_dropout",
        "warning",
        tr("the dropout layers"),
        tr(
            "Rates of {rates} leave {share:.0%} of the values.",
            rates=", ".join(f"{rate:g}" for rate in rates),
            share=min(kept),
        ),
        tr("Too little is left in training to learn from."),
        tr("One Dropout of 0.2 to 0.5 before the last layer"),
    )


# The data -------------------------------------------------------------------------------------


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
        if output.loss not in _OF_DISTANCE[:2] + _OF_DISTANCE[3:] or output.activation != "linear":
            return None
        if output.kind not in _MULTIPLYING:
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

    return _first(facts, look)


@rule
def label_encoding(facts: Facts) -> Finding | None:
    """Class labels in a form that the loss reads as something else.

    Two classes as 1 and 2, or as -1 and 1, are no probabilities; classes divided by their number
    are fractions.
    """

    def look(output: Output) -> Finding | None:
        target = output.target
        if target is None or output.loss not in _BINARY or output.units != 1:
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

    return _first(facts, look)


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
        if target is None or target.kind != "real" or output.loss not in _OF_DISTANCE:
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

    return _first(facts, look)


# The training, of which scripts tell -----------------------------------------------------------


@rule
def exploding_gradient(facts: Facts) -> Finding | None:
    """A loss that became NaN or infinite.

    From then on every weight is NaN. The reason is a rate that is too high, first weights that are
    too large or inputs that are not scaled; rules for these speak first.
    """
    losses = list(facts.history.get("loss", ()))
    epoch = next((n for n, loss in enumerate(losses) if not np.isfinite(loss)), None)
    if epoch is None:
        return None
    return Finding(
        "exploding_gradient",
        "error",
        "fit",
        tr("The loss is {loss} from epoch {epoch} on.", loss=losses[epoch], epoch=epoch + 1),
        tr("All weights are NaN by then, and nothing that follows has a meaning."),
        tr("A learning rate of a tenth, or clipnorm=1.0 in the optimizer"),
    )


@rule
def too_few_updates(facts: Facts) -> Finding | None:
    """Tens of steps in all, with the loss still falling at the last one.

    A step changes a weight by about the learning rate: after so few of them the network is nearly
    what it was at first.
    """
    losses = list(facts.history.get("loss", ()))
    if not 0 < facts.updates < 100 or len(losses) < 2 or not np.isfinite(losses).all():
        return None
    if not all(np.diff(losses) < 0) or losses[-1] < 0.2 * losses[0]:
        return None
    return Finding(
        "too_few_updates",
        "warning",
        "fit",
        tr(
            "It took {updates} steps in all, and the loss still fell, from {before:.3g} to "
            "{last:.3g} in the last epoch.",
            updates=facts.updates,
            before=losses[-2],
            last=losses[-1],
        ),
        tr("After so few steps the weights are nearly what they were at first."),
        tr("More epochs, or a smaller batch_size: some hundreds of steps"),
    )


@rule
def overfitting(facts: Facts) -> Finding | None:
    """A validation loss that rises for half of the training while the training loss keeps falling.

    What is learned after its lowest point are the training rows, and no longer what they have in
    common.
    """
    losses, held = list(facts.history.get("loss", ())), list(facts.history.get("val_loss", ()))
    if len(held) < 6 or len(held) != len(losses) or not np.isfinite(losses + held).all():
        return None
    best = int(np.argmin(held))
    rose = min(held[-3:]) > 1.2 * held[best] and losses[-1] < 0.8 * losses[best]
    if "EarlyStopping" in facts.selecting or best >= len(held) // 2 or not rose:
        return None
    return Finding(
        "overfitting",
        "note",
        "fit",
        tr(
            "The validation loss was lowest at epoch {best}, {least:.3g}, and is {last:.3g} at the "
            "end; the training loss fell on.",
            best=best + 1,
            least=held[best],
            last=held[-1],
        ),
        tr("What is learned since are the training rows themselves."),
        "EarlyStopping(patience=5, restore_best_weights=True)",
    )
