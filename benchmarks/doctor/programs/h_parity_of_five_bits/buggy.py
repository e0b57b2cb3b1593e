import itertools
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.optimizers import SGD

SEED = 12
keras.utils.set_random_seed(SEED)
bits = np.array(list(itertools.product([-1, 1], repeat=5)), dtype="float32")
odd = ((bits > 0).sum(axis=1) % 2).astype("float32")
inputs = np.tile(bits, (8, 1))
targets = np.tile(odd, 8)

model = Sequential()
model.add(keras.Input(shape=(5,)))
model.add(Dense(32))
model.add(Activation("tanh"))
model.add(Dense(1))
model.add(Activation("sigmoid"))
sgd = SGD(learning_rate=0.0002, momentum=0.9)
model.compile(loss="mean_squared_error", optimizer=sgd, metrics=["accuracy"])
model.fit(inputs, targets, batch_size=8, epochs=150, verbose=0)

answer = model.predict(bits, verbose=0)[:, 0] > 0.5
print("RESULT accuracy", float((answer == odd).mean()))
