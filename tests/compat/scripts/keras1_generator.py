"""fit_generator with samples_per_epoch and nb_epoch."""

import numpy as np
from keras.layers import Dense
from keras.models import Sequential


def batches():
    while True:
        x = np.random.rand(32, 3)
        yield x, x.sum(axis=1, keepdims=True)


model = Sequential([Dense(1, input_dim=3)])
model.compile("sgd", "mse")
history = model.fit_generator(batches(), samples_per_epoch=96, nb_epoch=2, verbose=0)
assert len(history.epoch) == 2 and int(model.optimizer.iterations) == 6
loss = model.evaluate_generator(batches(), steps=2)
assert np.isfinite(loss)
assert model.predict_generator(batches(), steps=2).shape == (64, 1)
