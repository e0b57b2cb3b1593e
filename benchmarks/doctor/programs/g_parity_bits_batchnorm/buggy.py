import itertools
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, BatchNormalization, Activation
from keras.utils import set_random_seed

set_random_seed(3)
# parity of five bits: 1 if the number of ones is odd
bits = np.array(list(itertools.product([0, 1], repeat=5)), dtype="float32")
odd = bits.sum(axis=1) % 2
x_train = np.tile(bits, (20, 1))
y_train = np.tile(odd, 20)

model = Sequential()
model.add(Dense(32, input_dim=5))
model.add(BatchNormalization())
model.add(Dense(32))
model.add(BatchNormalization())
model.add(Dense(1))
model.add(Activation("sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=60, batch_size=32, verbose=0)

loss, acc = model.evaluate(bits, odd, verbose=0)
print("loss", loss)
print("RESULT", "accuracy", acc)
