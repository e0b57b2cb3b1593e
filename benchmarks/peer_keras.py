"""Keras on the backend that KERAS_BACKEND names, or a library with Keras's interface."""

import importlib
import platform
from importlib.metadata import version
from typing import Any

import numpy as np

library: Any = None
packages: list[str] = []


def load(options: dict) -> None:
    """Import the library."""
    global library, packages
    library = importlib.import_module(options.get("library", "keras"))
    packages = options["packages"]


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def _residual(x: Any, filters: int, stride: int) -> Any:
    layers = library.layers
    inner = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
    inner = layers.Activation("relu")(layers.BatchNormalization()(inner))
    inner = layers.Conv2D(filters, 3, padding="same")(inner)
    inner = layers.BatchNormalization()(inner)
    if stride != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=stride, padding="same")(x)
    return layers.Activation("relu")(layers.Add()([inner, x]))


def _built(network: Any) -> Any:
    layers = library.layers
    make = {
        "flatten": lambda: layers.Flatten(),
        "dense": lambda units, activation: layers.Dense(units, activation=activation),
        "dropout": lambda rate: layers.Dropout(rate),
        "conv": lambda filters, activation, padding: layers.Conv2D(
            filters, 3, activation=activation, padding=padding
        ),
        "pool": lambda: layers.MaxPooling2D(2),
        "average": lambda: layers.GlobalAveragePooling2D(),
    }
    if not any(kind == "residual" for kind, *_ in network.layers):
        stack = [make[kind](*about) for kind, *about in network.layers]
        return library.Sequential([library.Input(shape=network.shape), *stack])
    x = inputs = library.Input(shape=network.shape)
    for kind, *about in network.layers:
        x = _residual(x, *about) if kind == "residual" else make[kind](*about)(x)
    return library.Model(inputs, x)


class _Model:
    def __init__(self, network: Any, settings: dict) -> None:
        self.model = _built(network)
        if network.is_binary:
            loss = "binary_crossentropy"
        else:
            loss = "categorical_crossentropy"
            loss = loss if network.one_hot else f"sparse_{loss}"
        known = ("steps_per_execution", "jit_compile")
        settings = {name: settings[name] for name in known if name in settings}
        self.model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], **settings)

    def fit(self, x, y, batch, epochs, begun, ended, validation=None) -> None:
        class Clock(library.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                begun()

            def on_epoch_end(self, epoch, logs=None):
                if ended(logs):
                    self.model.stop_training = True

        self.model.fit(
            x,
            y,
            batch_size=batch,
            epochs=epochs,
            validation_data=validation,
            verbose=0,
            callbacks=[Clock()],
        )

    def hold(self, x, y) -> tuple:
        return x, y

    def predict(self, x, batch) -> np.ndarray:
        return self.model.predict(x, batch_size=batch, verbose=0)

    def evaluate(self, x, y, batch) -> Any:
        return self.model.evaluate(x, y, batch_size=batch, verbose=0)


def make(network: Any, settings: dict) -> _Model:
    return _Model(network, settings)
