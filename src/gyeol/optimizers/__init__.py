"""Optimizers: how gradients change the variables."""

import difflib
from collections.abc import Mapping
from typing import Any

from gyeol import serialization
from gyeol.optimizers import schedules
from gyeol.optimizers.adadelta import Adadelta
from gyeol.optimizers.adafactor import Adafactor
from gyeol.optimizers.adagrad import Adagrad
from gyeol.optimizers.adam import Adam
from gyeol.optimizers.adamax import Adamax
from gyeol.optimizers.adamw import AdamW
from gyeol.optimizers.base import Optimizer
from gyeol.optimizers.ftrl import Ftrl
from gyeol.optimizers.lamb import Lamb
from gyeol.optimizers.lion import Lion
from gyeol.optimizers.loss_scale_optimizer import LossScaleOptimizer
from gyeol.optimizers.muon import Muon
from gyeol.optimizers.nadam import Nadam
from gyeol.optimizers.rmsprop import RMSprop
from gyeol.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from gyeol.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The JSON form of an optimizer, without its state."""
    return serialization.serialize(optimizer)


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Optimizer:
    """The optimizer that `serialize` (or Keras) wrote; its class is found in any case.

    Raises:
        ValueError: a class that is neither gyeol's nor in `custom_objects`.
    """
    own = {name.lower(): name for name in _class_names()}
    name = own.get(config["class_name"].lower(), config["class_name"])
    module = config.get("module") or "keras.optimizers"
    return serialization.deserialize(
        {**config, "module": module, "class_name": name}, custom_objects
    )


def get(identifier: Any) -> Optimizer | None:
    """The optimizer for a name such as 'adam' (in any case), a config, or an optimizer itself.

    Raises:
        ValueError: a name that no optimizer has, or something else.

    >>> get("RMSProp").rho
    0.9
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str):
        if serialization.find(identifier) is None:
            _check_name(identifier)
        return deserialize({"class_name": identifier, "config": {}})
    hint = f" Write {identifier.__name__}()." if isinstance(identifier, type) else ""
    raise ValueError(f"An optimizer is a name, a config or an Optimizer; got {identifier!r}.{hint}")


def _class_names() -> list[str]:
    known = serialization.exported_objects("keras.optimizers")
    return [name for name in known if name != "Optimizer"]


def _check_name(name: str) -> None:
    own = {known.lower(): known for known in _class_names()}
    if name.lower() in own:
        return
    close = difflib.get_close_matches(name.lower(), own, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"No optimizer is called {name!r}.{hint} There are {', '.join(own.values())}.")
