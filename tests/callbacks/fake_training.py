"""A stand-in for a model, and a run that feeds logs to callbacks."""

import numpy as np

from gyeol.callbacks import CallbackList
from gyeol.optimizers import SGD


class FakeModel:
    """What callbacks ask of a model; its one weight is the number of the epoch."""

    def __init__(self, optimizer=None):
        self.optimizer = optimizer or SGD(0.5)
        self.stop_training = False
        self.metrics = []
        self.weights = [np.zeros(1)]
        self.saved = []
        self.history = None

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path, overwrite):
        self.saved.append(path)

    def save_weights(self, path, overwrite):
        self.saved.append(path)


def run(callbacks, epochs_logs, model=None, callback_list=CallbackList, **params):
    """Feed the logs of each epoch, until training is to stop; returns the model and the list."""
    model = model or FakeModel()
    every = callback_list(callbacks, model=model, **params)
    every.on_train_begin()
    for epoch, logs in enumerate(epochs_logs):
        every.on_epoch_begin(epoch)
        model.weights[0][:] = epoch
        every.on_epoch_end(epoch, dict(logs))
        if model.stop_training:
            break
    every.on_train_end()
    return model, every
