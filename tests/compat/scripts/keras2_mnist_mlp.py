"""keras/examples/mnist_mlp.py of 2017, on the digits that come with gyeol."""

from __future__ import print_function

import keras
import numpy as np
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop

import gyeol.datasets.digits as digits

batch_size, num_classes, epochs = 32, 10, 8
(x_train, y_train), (x_test, y_test) = digits.load_data()
x_train = x_train.reshape(len(x_train), -1).astype("float32") / x_train.max()
x_test = x_test.reshape(len(x_test), -1).astype("float32") / x_test.max()
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)
model = Sequential()
model.add(Dense(32, activation="relu", input_shape=(x_train.shape[1],)))
model.add(Dropout(0.1))
model.add(Dense(num_classes, activation="softmax"))
model.summary()
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(lr=0.01), metrics=["accuracy"])
history = model.fit(
    x_train,
    y_train,
    batch_size=batch_size,
    epochs=epochs,
    verbose=0,
    validation_data=(x_test, y_test),
)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
assert score[1] > 0.9
assert history.history["val_acc"] == history.history["val_accuracy"]
assert np.argmax(model.predict(x_test), axis=1).shape == (len(x_test),)
