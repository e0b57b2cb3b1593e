"""Recurrent layers in their old places, stacked and bidirectional."""

import numpy as np
from keras.layers.core import Dense
from keras.layers.recurrent import GRU, LSTM
from keras.layers.wrappers import Bidirectional, TimeDistributed
from keras.models import Sequential

x, y = np.random.rand(8, 6, 2), np.random.rand(8, 6, 1)
model = Sequential()
model.add(Bidirectional(LSTM(3, return_sequences=True), input_shape=(6, 2)))
model.add(GRU(4, return_sequences=True, implementation=1))
model.add(TimeDistributed(Dense(1)))
model.compile(loss="mse", optimizer="adam")
assert model.output_shape == (None, 6, 1)
model.fit(x, y, epochs=1, batch_size=8, verbose=0)
assert model.predict(x).shape == (8, 6, 1)
