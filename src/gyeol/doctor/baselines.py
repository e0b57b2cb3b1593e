"""What simple models reach on a program's data: one answer for all rows, and a linear model."""

import math
from typing import Any

import jax
import numpy as np

from gyeol.doctor.facts import ACCURACIES, Baseline, Facts, Target, classes_of
from gyeol.training.stored import looked_at

# At most so many rows are fitted, of so many values together, and as many others measured.
_ROWS, _VALUES = 4096, 1 << 22
# Inputs wider than this are brought to so many principal components.
_WIDE, _COLUMNS = 256, 100
# The weight of the squared weights beside the sum over rows.
_PENALTY = 1.0
# Layers behind which an input still is one picture, one table or one series of numbers.
_PLAIN = frozenset(
    ("Dense", "Flatten", "Reshape", "Rescaling", "Normalization", "BatchNormalization")
    + ("LayerNormalization", "Activation", "Conv2D", "SeparableConv2D", "DepthwiseConv2D")
    + ("MaxPooling2D", "AveragePooling2D", "ZeroPadding2D", "Identity", "Concatenate")
    + ("Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise")
    + ("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D")
    + ("GlobalAveragePooling2D", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "Conv1D")
    + ("MaxPooling1D", "AveragePooling1D")
)
_SQUARED = ("mse", "MSE", "mean_squared_error")
_ABSOLUTE = ("mae", "MAE", "mean_absolute_error")


def baseline(facts: Facts, x: Any, y: Any, validation: Any = None) -> Baseline | None:
    """What the most frequent class and logistic regression reach; of numbers the mean, and ridge
    regression.

    They are fitted to at most 4,096 training rows, standardized, wide ones by their principal
    components, and measured on validation rows or, where there are none, on a fifth of the rows
    that they were not fitted to; and by what the training's history holds too.

    Args:
        facts: of the training, with its history.
        x, y: the training rows, as for `fit`.
        validation: (x, y) of other rows.

    Returns:
        None where there is no such model: several inputs or outputs, text, targets of another kind,
        weights for rows, or nothing in the history to compare with.

    Sources: Böhning, 1992, "Multinomial logistic regression algorithm"; Hoerl & Kennard, 1970,
    "Ridge regression"; Halko et al., 2011, "Finding structure with randomness".
    """
    if len(facts.inputs) != 1 or len(facts.outputs) != 1 or facts.weighted or not facts.history:
        return None
    target = facts.outputs[0].target
    is_held = isinstance(validation, (tuple, list)) and len(validation) > 1
    pairs = [_pair(x, y), _pair(*validation[:2]) if is_held else None]
    if target is None or pairs[0] is None or not _is_plain(facts):
        return None
    prefix = "val_" if pairs[1] is not None else ""
    compared = _quantity(facts, target, prefix)
    if compared is None:
        return None
    quantity, kind = compared
    rows = _at_random(*pairs[0])
    if pairs[1] is not None:
        held = _at_random(*pairs[1])
    else:
        cut = len(rows[0]) * 4 // 5
        rows, held = ([part[:cut] for part in rows], [part[cut:] for part in rows])
    if len(rows[0]) < 30 or len(held[0]) < 20:
        return None
    if any(part.shape[1:] != other.shape[1:] for part, other in zip(rows, held)):
        return None
    one, other = _columns(rows[0], held[0])
    chance, right = _scores(one, rows[1], other, held[1], target.kind, kind)
    error = float(right.std() / np.sqrt(len(right)))
    linear = float(right.mean())
    return Baseline(quantity, kind, chance, linear, error, len(right))


def _pair(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Inputs and targets as two arrays; None if that is not what they are."""
    leaves, targets = (jax.tree.leaves(looked_at(structure)) for structure in (x, y))
    if len(leaves) != 1 or len(targets) != 1:
        return None
    one, other = np.asarray(leaves[0]), np.asarray(targets[0])
    is_numbers = one.dtype.kind in "fiub" and other.dtype.kind in "fiub"
    return (one, other) if is_numbers and one.ndim > 1 and len(one) == len(other) else None


def _is_plain(facts: Facts) -> bool:
    """Whether the input is a table, a picture or a series: nothing that a layer of the user's makes
    something else of."""
    kinds = facts.inputs[0].kinds
    return bool(kinds) and _PLAIN.issuperset(kinds)


def _quantity(facts: Facts, target: Target, prefix: str) -> tuple[str, str] | None:
    """What of the history is compared: its name, and 'accuracy', 'squared' or 'absolute'."""
    output, history = facts.outputs[0], facts.history
    columns = target.values.size // max(1, len(target.values))
    if target.is_of_classes and target.shares:
        accuracies = ACCURACIES - ({"binary_accuracy"} if target.kind == "one_hot" else set())
        named = [prefix + name for name in output.metrics if name in accuracies]
        # Accuracy takes what is above 0.5 for a yes, which of logits it is not.
        if named and named[0] in history and not (output.from_logits and output.units == 1):
            is_number = target.kind == "classes" and output.units == 1
            return None if is_number else (named[0], "accuracy")
    if target.kind not in ("real", "unit", "classes") or columns > 16 or target.values.ndim > 2:
        return None
    for name in output.metrics:
        if name in _SQUARED + _ABSOLUTE and prefix + name in history:
            return prefix + name, "squared" if name in _SQUARED else "absolute"
    is_pure = prefix + "loss" in history and not facts.is_penalized
    if is_pure and output.loss in ("mean_squared_error", "mean_absolute_error"):
        is_squared = output.loss == "mean_squared_error"
        return prefix + "loss", "squared" if is_squared else "absolute"
    return None


def _at_random(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Some rows in an order of chance: inputs made flat, and targets."""
    most = min(_ROWS, _VALUES // max(1, math.prod(x.shape[1:])))
    places = np.random.default_rng(0).permutation(len(x))[:most]
    return [x[places].reshape(len(places), -1).astype(np.float32), y[places]]


def _columns(rows: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both standardized by the numbers of the first, of few columns, and with one of ones."""
    means, spreads = (f(rows, axis=0, dtype=np.float64) for f in (np.mean, np.std))
    kept = spreads > 1e-6 * np.abs(means)
    parts = [part[:, kept] - means[kept].astype(np.float32) for part in (rows, held)]
    spreads = spreads[kept]
    if len(spreads) > _WIDE:
        basis = _principal(parts[0] / np.float32(spreads.max()))
        parts = [part @ basis for part in parts]
        spreads = parts[0].std(axis=0, dtype=np.float64)
    spreads = np.maximum(spreads, 1e-6 * spreads.max(initial=1e-300))
    one, other = (np.column_stack([p / spreads, np.ones(len(p))]) for p in parts)
    return one, other


def _principal(rows: np.ndarray) -> np.ndarray:
    """The directions in which rows differ most, (values, columns), by two passes over them."""
    sketch = np.random.default_rng(0).normal(size=(len(rows), _COLUMNS)).astype(np.float32)
    return np.linalg.qr(rows.T @ (rows @ (rows.T @ sketch)))[0]


def _scores(
    rows: np.ndarray, y: np.ndarray, held: np.ndarray, its_y: np.ndarray, target: str, kind: str
) -> tuple[float, np.ndarray]:
    """What one answer reaches, and for each held row the linear model's score."""
    if kind == "accuracy":
        labels, classes = np.unique(classes_of(y, target), return_inverse=True)
        truth = classes_of(its_y, target)
        most = labels[np.bincount(classes).argmax()]
        weights = logistic_regression(rows, np.eye(len(labels))[classes])
        answers = labels[(held @ weights).argmax(axis=1)]
        return float((truth == most).mean()), (answers == truth).astype(np.float64)
    y, its_y = (part.reshape(len(part), -1).astype(np.float64) for part in (y, its_y))
    measure = np.square if kind == "squared" else np.abs
    middle = (np.mean if kind == "squared" else np.median)(y, axis=0)
    answers = held @ ridge_regression(rows, y)
    return float(measure(its_y - middle).mean()), measure(its_y - answers).mean(axis=1)


def ridge_regression(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The weights (columns, outputs) of least squared error; the last column's are not made small.

    Args:
        rows: (rows, columns), the last column ones.
        y: (rows, outputs).
    """
    return np.linalg.solve(rows.T @ rows + _penalties(rows), rows.T @ y)


def logistic_regression(rows: np.ndarray, chosen: np.ndarray, most: int = 100) -> np.ndarray:
    """The weights (columns, classes) of the largest likelihood, less a penalty for large ones.

    Steps by a bound of the curvature that holds everywhere, which is found once, with momentum
    that begins again where it leads uphill (O'Donoghue & Candès, 2015).

    Args:
        rows: (rows, columns), the last column ones.
        chosen: (rows, classes), 1 for a row's class and else 0.
        most: at most so many steps.
    """
    penalties = _penalties(rows)
    # The curvature of softmax is at most half of (1 - 1 / classes) in any direction.
    bound = np.linalg.inv(0.5 * rows.T @ rows + penalties).astype(np.float32)
    rows, chosen, penalties = (part.astype(np.float32) for part in (rows, chosen, penalties))
    weights = ahead = np.zeros((rows.shape[1], chosen.shape[1]), np.float32)
    age = 1.0
    for _ in range(most):
        logits = rows @ ahead
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        slope = rows.T @ (shares - chosen) + penalties @ ahead
        step = bound @ slope
        before, weights = weights, ahead - step
        if float((slope * step).sum()) < 1e-5 * len(rows):
            break
        if float((slope * (weights - before)).sum()) > 0:
            age = 1.0
        momentum = (age - 1) / (age := (1 + math.sqrt(1 + 4 * age**2)) / 2)
        ahead = weights + momentum * (weights - before)
    return weights


def _penalties(rows: np.ndarray) -> np.ndarray:
    sizes = np.full(rows.shape[1], _PENALTY)
    sizes[-1] = 1e-6  # of the ones: the level is free
    return np.diag(sizes)
