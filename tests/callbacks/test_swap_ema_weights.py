"""`SwapEMAWeights`: who sees the average of the weights, and when."""

import jax.numpy as jnp
import numpy as np
import pytest

from gyeol import optimizers
from gyeol.callbacks import Callback, SwapEMAWeights
from gyeol.layers import Dense, Input
from gyeol.models import Sequential
from gyeol.optimizers import SGD

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = 3 * X.sum(1, keepdims=True)


class Look(Callback):
    """The weights that callbacks after the swap find at each of its moments."""

    def __init__(self):
        super().__init__()
        self.seen = {}

    def _look(self, moment):
        self.seen.setdefault(moment, []).append(self.model.get_weights()[0])

    def on_train_batch_begin(self, batch, logs=None):
        self._look("batch")

    def on_test_begin(self, logs=None):
        self._look("test")

    def on_epoch_end(self, epoch, logs=None):
        self._look("epoch")
        self.seen.setdefault("average", []).append(averages(self.model)[0])


def averages(model):
    optimizer = model.optimizer
    slots = getattr(optimizer, "inner_optimizer", optimizer)._model_variables_moving_average
    return [slot.numpy() for slot in slots]


def regression(optimizer):
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    return model


def ema(**arguments):
    return SGD(0.1, use_ema=True, ema_momentum=0.5, **arguments)


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_evaluation_sees_the_average_and_training_does_not(swap_on_epoch):
    model, look = regression(ema()), Look()
    swap = SwapEMAWeights(swap_on_epoch)
    model.fit(
        X,
        Y,
        batch_size=8,
        epochs=2,
        shuffle=False,
        verbose=0,
        validation_data=(X, Y),
        callbacks=[swap, look],
    )
    plain, plain_look = regression(ema()), Look()
    plain.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=[plain_look])
    for name in ("batch", "average"):
        np.testing.assert_array_equal(look.seen[name], plain_look.seen[name])
    np.testing.assert_array_equal(look.seen["test"], look.seen["average"])
    at_the_end = "average" if swap_on_epoch else "epoch"
    np.testing.assert_array_equal(look.seen["epoch"], plain_look.seen[at_the_end])
    assert (look.seen["average"][0] != plain_look.seen["epoch"][0]).any()
    # Training ends with the average in the model, as `use_ema` has it without the callback.
    np.testing.assert_array_equal(model.get_weights()[0], plain_look.seen["average"][-1])


def test_predict_and_evaluate_put_the_weights_back():
    model = regression(optimizers.LossScaleOptimizer(ema(), initial_scale=2.0))
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    before, average = model.get_weights(), averages(model)
    outputs = model.predict(X, verbose=0, callbacks=[SwapEMAWeights()])
    np.testing.assert_allclose(outputs, X @ average[0] + average[1], rtol=1e-5, atol=1e-6)
    assert jnp.abs(outputs - X @ before[0] - before[1]).max() > 1e-3
    model.evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()])
    for mine, other in zip(model.get_weights(), before):
        np.testing.assert_array_equal(mine, other)


def test_training_that_stops_early_ends_with_the_average():
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    model, look = regression(ema()), Look()
    swap = SwapEMAWeights(swap_on_epoch=True)
    model.fit(X, Y, batch_size=8, epochs=5, verbose=0, callbacks=[swap, Stop(), look])
    np.testing.assert_array_equal(model.get_weights()[0], look.seen["average"][0])
    # The weights of training are forgotten then: an evaluation does not bring them back.
    model.evaluate(X, Y, verbose=0, callbacks=[swap])
    np.testing.assert_array_equal(model.get_weights()[0], look.seen["average"][0])


def test_an_optimizer_without_an_average_is_refused():
    model = regression(SGD(0.1))
    with pytest.raises(ValueError, match=r"compile the model with SGD\(use_ema=True\)"):
        model.fit(X, Y, verbose=0, callbacks=[SwapEMAWeights()])
