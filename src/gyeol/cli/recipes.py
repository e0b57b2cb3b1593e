"""What `gyeol train` trains: a model and its settings for each data set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gyeol import datasets
from gyeol.cli.errors import UsageError
from gyeol.suggestions import did_you_mean
from gyeol.text import tr

if TYPE_CHECKING:
    from gyeol.models import Sequential


@dataclass(frozen=True)
class Recipe:
    """A model and how it is trained when nothing else is said.

    Args:
        build: makes the model for training samples x.
        epochs: passes over the training part.
        batch_size: samples a step.
        lr: Adam's learning rate.
        validation_split: the share of the training part that is kept for validation.
    """

    build: Callable[[np.ndarray], "Sequential"]
    epochs: int
    batch_size: int = 32
    lr: float = 0.001
    validation_split: float = 0.1


def dataset_name(given: str) -> str:
    """The data set's name; `pima` is short for `pima_diabetes`.

    Raises:
        UsageError: there is none of that name.
    """
    names = datasets.names()
    name = {"pima": "pima_diabetes"}.get(given, given)
    if name not in names:
        hint = did_you_mean(given.lower(), [*names, "pima"])
        raise UsageError(
            tr("There is no data set {name}.", name=given)
            + (hint or " " + tr("There are: {names}.", names=", ".join(names)))
        )
    return name


def recipe(dataset: str, model: str | None) -> tuple[str, Recipe]:
    """The model's name and its recipe; the data set's first recipe when `model` is None.

    Raises:
        UsageError: the data set has no such model.
    """
    known = RECIPES[dataset]
    model = model or next(iter(known))
    if model not in known:
        raise UsageError(
            tr(
                "{dataset} has no model {model}. It has: {names}.",
                dataset=dataset,
                model=model,
                names=", ".join(known),
            )
            + did_you_mean(model.lower(), known)
        )
    return model, known[model]


def _digits_conv(x: np.ndarray) -> "Sequential":
    from gyeol import layers
    from gyeol.models import Sequential

    return Sequential(
        [
            layers.Input(x.shape[1:]),
            layers.Rescaling(1 / 16),
            layers.Reshape((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits_conv",
    )


def _dense(high: float, units: int) -> Callable[[np.ndarray], "Sequential"]:
    def build(x: np.ndarray) -> "Sequential":
        from gyeol import layers
        from gyeol.models import Sequential

        return Sequential(
            [
                layers.Input(x.shape[1:]),
                layers.Rescaling(1 / high),
                layers.Flatten(),
                layers.Dense(units, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ],
            name="dense",
        )

    return build


def _mnist_conv(x: np.ndarray) -> "Sequential":
    from gyeol import layers
    from gyeol.models import Sequential

    return Sequential(
        [
            layers.Input(x.shape[1:]),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ],
        name="mnist_conv",
    )


def _cifar10_conv(x: np.ndarray) -> "Sequential":
    from gyeol import layers
    from gyeol.models import Sequential

    return Sequential(
        [
            layers.Input(x.shape[1:]),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="cifar10_conv",
    )


def _pima_dense(x: np.ndarray) -> "Sequential":
    from gyeol import layers
    from gyeol.models import Sequential

    mean, std = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
    return Sequential(
        [
            layers.Input(x.shape[1:]),
            # To mean 0 and deviation 1, as measured on the training part.
            layers.Rescaling((1 / std).tolist(), (-mean / std).tolist()),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="pima_dense",
    )


# The first model of a data set is the one trained when none is named.
RECIPES: dict[str, dict[str, Recipe]] = {
    "digits": {"conv": Recipe(_digits_conv, 20), "dense": Recipe(_dense(16, 64), 30)},
    "mnist": {"dense": Recipe(_dense(255, 64), 20), "conv": Recipe(_mnist_conv, 10)},
    "fashion_mnist": {"conv": Recipe(_mnist_conv, 12), "dense": Recipe(_dense(255, 64), 20)},
    "cifar10": {"conv": Recipe(_cifar10_conv, 10), "dense": Recipe(_dense(255, 256), 20)},
    "pima_diabetes": {"dense": Recipe(_pima_dense, 30, validation_split=0.2)},
}
