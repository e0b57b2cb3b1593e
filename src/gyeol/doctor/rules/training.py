"""Rules for what shows in a training."""

from dataclasses import replace

import numpy as np

from gyeol.doctor.facts import RECURRENT, Facts, LayerState, Selection
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import at_layer, beats, rule
from gyeol.report.epochs import start_of_overfitting
from gyeol.text import tr


@rule
def exploding_gradient(facts: Facts) -> Finding | None:
    """A loss that became NaN or infinite.

    From then on every weight is NaN. The reason is a rate that is too high, first weights that are
    too large or inputs that are not scaled; rules for these speak first.
    """
    if (layer := _burst(facts)) is not None:
        where = at_layer(layer.name)
        evidence = tr(
            "All of its units gave 0 for every row after {updates} steps, and some did not before.",
            updates=facts.updates,
        )
    elif (broken := facts.broken) is not None:
        where = at_layer(broken.layer) if broken.layer else "fit"
        evidence = tr(
            "The loss ceased to be a number in step {step} of epoch {epoch}.",
            step=broken.step,
            epoch=broken.epoch,
        )
    else:
        losses = list(facts.history.get("loss", ()))
        epoch = next((n for n, loss in enumerate(losses) if not np.isfinite(loss)), None)
        if epoch is None:
            return None
        where = "fit"
        evidence = tr(
            "The loss is {loss} from epoch {epoch} on.", loss=losses[epoch], epoch=epoch + 1
        )
    return Finding(
        "exploding_gradient",
        "error",
        where,
        evidence,
        tr("A step as long as its gradient leaves the weights useless, or NaN, from then on."),
        tr("A learning rate of a tenth, or clipnorm=1.0 in the optimizer"),
    )


def _burst(facts: Facts) -> LayerState | None:
    """A recurrent layer of relu that one step of its gradients, grown in time, has put to 0."""
    if facts.first is None or facts.last is None or not facts.is_stuck:
        return None
    for before, layer in zip(facts.first.layers, facts.last.layers):
        if layer.kind == "SimpleRNN" and _is_dead(layer) and not _is_dead(before):
            return layer
    return None


@rule
def dying_relu(facts: Facts) -> Finding | None:
    """A whole layer of relu that gives 0 for every row, in a training that came to nothing.

    No gradient comes through it, so it stays so. Single dead units are no fault: sound networks
    have up to two thirds of them. Source: DeepLocalize (Wardat et al., 2021).
    """
    if facts.last is None or not facts.is_stuck:
        return None
    for layer in facts.last.layers:
        if not _is_dead(layer):
            continue
        return Finding(
            "dying_relu",
            "error",
            at_layer(layer.name),
            tr(
                "{share:.0%} of its units give 0 for each of {rows} rows.",
                share=layer.dead,
                rows=facts.last.rows,
            ),
            tr("No gradient comes through a relu that gives 0, so nothing before it learns."),
            tr("A learning rate of a tenth, kernel_initializer='he_normal', or leaky_relu"),
        )
    return None


def _is_dead(layer: LayerState) -> bool:
    return layer.activation == "relu" and layer.dead > 0.95


@rule
def saturated_activation(facts: Facts) -> Finding | None:
    """Hidden tanh or sigmoid outputs that are nearly all at their limits, where learning is poor.

    There the slope is 0, and nothing behind them comes through. Inputs that are not scaled and
    first weights that are too large bring it about. Source: Glorot & Bengio, 2010.
    """
    if facts.reached is None or facts.reached < 0.5:
        return None
    for inside in (facts.last, facts.first):
        for layer in inside.layers[:-1] if inside is not None else ():
            if layer.saturated < 0.8 or _is_last(facts, layer):
                continue
            return Finding(
                "saturated_activation",
                "warning",
                at_layer(layer.name),
                tr(
                    "{share:.0%} of its {activation} outputs are at a limit.",
                    share=layer.saturated,
                    activation=layer.activation,
                ),
                tr("There the slope is 0: hardly any gradient comes through."),
                tr("Scaled inputs, smaller first weights, or relu in its place"),
            )
    return None


def _is_last(facts: Facts, layer: LayerState) -> bool:
    return any(output.layer == layer.name for output in facts.outputs)


@rule
def vanishing_gradient(facts: Facts) -> Finding | None:
    """Gradients of the first layer that are orders of magnitude below the last one's.

    The first layers stay as they began, and the network learns by its last ones alone. Sigmoid and
    tanh in many layers do that, and so do recurrent layers over many steps in time, of which the
    last ones alone count then. Source: Hochreiter, 1991; Glorot & Bengio, 2010.
    """
    if facts.reached is None or facts.reached < 0.8:
        return None
    if facts.last is not None and facts.last.fades_in_time:
        recurrent = next(layer for layer in facts.last.layers if layer.kind in RECURRENT)
        steps = facts.last.of_steps
        return Finding(
            "vanishing_gradient",
            "warning",
            at_layer(recurrent.name),
            tr(
                "Of {steps} steps in time the first ones have a gradient of {first:.1e}, the last "
                "one {last:.1e}.",
                steps=len(steps),
                first=max(steps[: len(steps) // 3]),
                last=steps[-1],
            ),
            tr("What comes early in a row is not learned from."),
            tr("Fewer steps in time, behind Conv1D(strides=4) for example, or more epochs")
            if recurrent.kind == "LSTM"
            else tr("LSTM in place of {kind}, with its own activation", kind=recurrent.kind),
        )
    for inside in (facts.first, facts.last):
        if inside is None or not inside.is_fading or any(map(_is_dead, inside.layers)):
            continue
        (name, first), *_, (_, last) = inside.gradients.items()
        return Finding(
            "vanishing_gradient",
            "warning",
            at_layer(name),
            tr(
                "Its gradient is {first:.1e}, that of the last layer {last:.1e}.",
                first=first,
                last=last,
            ),
            tr("The first layers stay as they began."),
            tr("relu instead of sigmoid or tanh, kernel_initializer='he_normal', fewer layers"),
        )
    return None


@rule
def excess_regularization(facts: Facts) -> Finding | None:
    """A penalty on weights that leaves next to nothing of them, where learning is poor.

    It is summed over all weights of a layer, and the error is a mean: L2(1.0), or L1(0.1),
    outweighs whatever the rows say. 1e-5 to 1e-3 is usual. Source: Krogh & Hertz, 1991, "A Simple
    Weight Decay Can Improve Generalization".
    """
    if not facts.is_over or facts.reached is None or facts.reached < 0.5 or not facts.regularized:
        return None
    held = {id(weight) for weight in facts.regularized}
    for call in facts.calls:
        if call.kernel is None or not held.intersection(id(w) for w in call.layer.weights):
            continue
        kernel = call.kernel.reshape(-1, call.kernel.shape[-1])
        gain = float(np.sqrt(np.square(kernel).mean() * len(kernel)))
        if gain > 0.1 or kernel.shape[1] < 2:
            continue
        return Finding(
            "excess_regularization",
            "warning",
            at_layer(call.layer.name),
            tr(
                "Its penalty has left weights that make values {gain:.2g} times as large.",
                gain=gain,
            ),
            tr("It holds the weights back more than the error pulls at them."),
            tr("a hundredth of the penalty, such as L2(1e-4), and no constraint"),
        )
    return None


@rule
def capacity_too_small(facts: Facts) -> Finding | None:
    """A layer too narrow to tell the answers apart, in a training that levelled off early.

    The training loss comes to rest far from 0: more epochs change nothing. One or two filters of a
    convolution are too few where a linear model does better.
    """
    losses = list(facts.history.get("loss", ()))
    if not facts.is_over or facts.updates < 200 or len(losses) < 5 or facts.reached is None:
        return None
    third = max(len(losses) // 3, 1)
    is_level = losses[-1 - third] - losses[-1] < 0.03 * losses[0]
    is_beaten = facts.baseline is not None and beats(facts, facts.baseline)
    if not (is_level or is_beaten) or facts.reached < 0.3:
        return None
    if any(len(call.before) > 1 for call in facts.calls):
        return None  # there is another way past a narrow layer
    last = max((n for n, call in enumerate(facts.calls) if call.kernel is not None), default=0)
    outputs = {output.layer for output in facts.outputs}
    for call in facts.calls[:last]:
        is_narrow = call.kind in ("Conv1D", "Conv2D") and call.units <= 2 and is_beaten
        if (call.kind != "Dense" and not is_narrow) or call.kernel is None:
            continue
        if call.layer.name in outputs or call.activation == "softmax":
            continue
        fan_in = int(np.prod(call.kernel.shape[:-1]))
        # A code that pictures are written anew from is meant to be narrow; ten numbers tell many
        # classes apart.
        least = min(min(o.units, 10) if o.target.is_of_classes else 3 for o in facts.outputs)
        if call.units is None or call.units >= min(fan_in, max(least, 3)):
            continue
        size = "" if call.kind == "Dense" else f"{call.layer.kernel_size}, "
        return Finding(
            "capacity_too_small",
            "warning",
            at_layer(call.layer.name),
            tr(
                "It has {units} units for {inputs} inputs, and the loss rests at {loss:.3g}.",
                units=call.units,
                inputs=fan_in,
                loss=losses[-1],
            ),
            tr("All that the network knows of a row has to pass through them."),
            f"{call.kind}({max(16, 4 * call.units)}, {size}activation='relu')",
        )
    return None


@rule
def too_few_updates(facts: Facts) -> Finding | None:
    """Tens of steps in all, with the loss still falling at the last one.

    A step changes a weight by about the learning rate: after so few of them the network is nearly
    what it was at first. Some hundreds are a note where it is not known how far the loss came.
    """
    losses = list(facts.history.get("loss", ()))
    updates = facts.updates_before + facts.updates
    stop = next((s for s in _contrary(facts) if s.callback == "EarlyStopping"), None)
    if facts.is_over and stop is not None and 0 < 2 * len(losses) <= facts.epochs:
        return replace(
            _too_few(updates, losses, "error"),
            cause=tr(
                "EarlyStopping(monitor={monitor!r}, mode={mode!r}) takes the worst epoch for the "
                "best, and ended it.",
                monitor=stop.monitor,
                mode=stop.mode,
            ),
            remedy=f"EarlyStopping(monitor={stop.monitor!r}, mode='auto')",
        )
    if not facts.updates or updates >= 400 or not losses or not np.isfinite(losses).all():
        return None
    if facts.is_over and facts.is_anew and updates < 50 and (facts.reached or 0) > 0.5:
        if len(losses) > 2:
            return _too_few(updates, losses, "warning")
        # Fits of an epoch or two may be part of a loop; of a script that shows.
        return _too_few(updates, losses, "note") if facts.first is not None else None
    if len(losses) < 3 or not all(np.diff(losses) < 0) or losses[-1] < 0.2 * losses[0]:
        return None
    falls = -np.diff(losses)
    rests = falls[-max(1, len(falls) // 3) :].mean() < 0.25 * falls.mean()
    if (rests and facts.reached is None) or (updates >= 100 and facts.reached is not None):
        return None
    if facts.reached is not None and facts.reached < 0.5:
        return None
    return _too_few(updates, losses, "warning" if updates < 100 else "note")


def _contrary(facts: Facts) -> list[Selection]:
    """The callbacks that are told that a high loss, or a low accuracy, is better."""
    words = {"max": ("loss", "error", "mae", "mse"), "min": ("acc", "auc", "AUC")}
    return [s for s in facts.selecting if any(w in s.monitor for w in words.get(s.mode, ()))]


def _too_few(updates: int, losses: list[float], severity: str) -> Finding:
    evidence = tr("It took {updates} steps in all.", updates=updates)
    if len(losses) > 1 and losses[-1] < losses[-2]:
        evidence = tr(
            "It took {updates} steps in all, and the loss still fell, from {before:.3g} to "
            "{last:.3g} in the last epoch.",
            updates=updates,
            before=losses[-2],
            last=losses[-1],
        )
    return Finding(
        "too_few_updates",
        severity,
        "fit",
        evidence,
        tr("After so few steps the weights are nearly what they were at first."),
        tr("More epochs, or a smaller batch_size: some hundreds of steps"),
    )


@rule
def overfitting(facts: Facts) -> Finding | None:
    """A validation loss that rises from some epoch on, while the training loss falls on.

    What is learned after it are the training rows, and no longer what they have in common. Without
    validation rows it shows in those that are evaluated: hardly better than one answer for all,
    where little is left of the training loss.
    """
    if any(selection.callback == "EarlyStopping" for selection in facts.selecting):
        return None
    cause = tr("What is learned since are the training rows themselves.")
    held = list(facts.history.get("val_loss", ()))
    if (epoch := start_of_overfitting(facts.history)) is not None:
        evidence = tr(
            "The validation loss is lowest at about epoch {epoch}, {least:.3g}, and {last:.3g} at "
            "the end; the training loss fell on.",
            epoch=epoch,
            least=min(held),
            last=held[-1],
        )
    elif not held and facts.scored is not None and _fits_its_rows_only(facts):
        evidence = tr(
            "The loss is {loss:.3g} for the training rows and {scored:.3g} for others; one answer "
            "for all has {chance:.3g}.",
            loss=facts.history["loss"][-1],
            scored=facts.scored,
            chance=facts.outputs[0].chance,
        )
        cause = tr("What is learned are the training rows themselves.")
    else:
        return None
    remedy = "EarlyStopping(patience=5, restore_best_weights=True)"
    remedy = remedy if held else f"fit(validation_split=0.1), {remedy}"
    return Finding("overfitting", "note", "fit", evidence, cause, remedy)


def _fits_its_rows_only(facts: Facts) -> bool:
    if len(facts.outputs) != 1 or facts.reached is None:
        return False
    scored = facts.scored - (facts.penalty or 0.0)
    return facts.reached < 0.25 and scored > 0.5 * facts.outputs[0].chance


@rule
def best_weights_lost(facts: Facts) -> Finding | None:
    """Early stopping that leaves the weights of its last epoch, or another best than is kept.

    It waits for `patience` epochs that are worse, and without restore_best_weights the model is
    what it was after those. A checkpoint that goes by another number keeps another epoch, and one
    that is told that a high loss is better the worst.
    """
    for chosen in _contrary(facts):
        return Finding(
            "best_weights_lost",
            "warning",
            tr("the callbacks"),
            tr(
                "{callback} goes by {monitor} with mode={mode!r}.",
                callback=chosen.callback,
                monitor=chosen.monitor,
                mode=chosen.mode,
            ),
            tr("It takes the worst epoch for the best one."),
            f"{chosen.callback}(monitor={chosen.monitor!r}, mode='auto')",
        )
    if not facts.is_over:
        return None
    bests = {}
    for selection in facts.selecting:
        values = list(facts.history.get(selection.monitor, ()))
        if len(values) < 2 or not np.isfinite(values).all():
            return None
        is_loss = "loss" in selection.monitor or "error" in selection.monitor
        bests[selection] = int(np.argmin(values) if is_loss else np.argmax(values))
    stops = [selection for selection in bests if selection.callback == "EarlyStopping"]
    keeps = [selection for selection in bests if selection.keeps_best]
    if stops and not keeps:
        (stop, best), epochs = (stops[0], bests[stops[0]]), len(facts.history[stops[0].monitor])
        if best == epochs - 1:
            return None
        evidence = tr(
            "{monitor} was best at epoch {best}, and the weights are those of epoch {last}.",
            monitor=stop.monitor,
            best=best + 1,
            last=epochs,
        )
    elif len({bests[keep] for keep in keeps}) > 1:
        evidence = tr(
            "They keep different epochs: {kept}.",
            kept=", ".join(
                f"{keep.callback}({keep.monitor!r}) {bests[keep] + 1}" for keep in keeps
            ),
        )
    else:
        return None
    return Finding(
        "best_weights_lost",
        "note",
        tr("the callbacks"),
        evidence,
        tr("The model that is used is not the one that the training was stopped for."),
        "EarlyStopping(patience=5, restore_best_weights=True)",
    )
