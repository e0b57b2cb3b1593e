"""A table and Keras 1's first example: nb_epoch, output_dim, init, show_accuracy."""

import numpy as np
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD

np.random.seed(7)
X = np.random.rand(96, 8)
Y = (X[:, 0] > 0.5).astype(int)

model = Sequential()
model.add(Dense(output_dim=12, input_dim=8, init="uniform"))
model.add(Activation("relu"))
model.add(Dropout(p=0.1))
model.add(Dense(1, init="uniform", activation="sigmoid"))
sgd = SGD(lr=0.5, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss="binary_crossentropy", optimizer=sgd, class_mode="binary")
history = model.fit(X, Y, nb_epoch=12, batch_size=32, show_accuracy=True, verbose=0)
assert len(history.history["acc"]) == 12
assert history.history["loss"][-1] < history.history["loss"][0]
assert model.predict_classes(X).shape == (96, 1)
