"""Rules for what shows in a training."""

import numpy as np

from gyeol.doctor.facts import Facts
from gyeol.doctor.finding import Finding
from gyeol.doctor.rules.registry import rule
from gyeol.text import tr


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
