"""Keras 1's convolution: nb_filter, nb_row, nb_col, border_mode, subsample, dim_ordering."""

import numpy as np
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.models import Sequential
from keras.utils import np_utils

X_train = np.random.rand(32, 12, 12, 1).astype("float32")
y_train = np.random.randint(0, 3, 32)
Y_train = np_utils.to_categorical(y_train, 3)

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode="valid", input_shape=(12, 12, 1), dim_ordering="tf"))
model.add(Activation("relu"))
model.add(Convolution2D(nb_filter=6, nb_row=3, nb_col=3, border_mode="same", subsample=(2, 2)))
model.add(MaxPooling2D(pool_size=(2, 2), border_mode="valid"))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(3, W_regularizer="l2", b_constraint="nonneg"))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
model.fit(X_train, Y_train, batch_size=16, nb_epoch=1, verbose=0)
assert model.layers[0].get_weights()[0].shape == (3, 3, 1, 4)
assert model.layers[2].output_shape == (None, 5, 5, 6)
assert model.layers[3].output_shape == (None, 2, 2, 6)
score = model.evaluate(X_train, Y_train, verbose=0)
assert len(score) == 2
