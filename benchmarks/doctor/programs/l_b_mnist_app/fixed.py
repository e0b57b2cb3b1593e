"""Digit reader for the course app: train on MNIST, then read a stack of new pictures."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(42)
N_TRAIN, N_VAL, N_TEST = 15000, 2000, 2000

(x, y), (x_new, y_new) = keras.datasets.mnist.load_data()


def to_input(images):
    """pictures -> float tensor with a channel axis, between -1 and 1"""
    return images.reshape(-1, 28, 28, 1).astype("float32") / 127.5 - 1.0


x_train, y_train = to_input(x[:N_TRAIN]), y[:N_TRAIN]
x_val, y_val = to_input(x[N_TRAIN:N_TRAIN + N_VAL]), y[N_TRAIN:N_TRAIN + N_VAL]
x_new, y_new = to_input(x_new[:N_TEST]), y_new[:N_TEST]

model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(16, 5, strides=2, padding="same", activation="tanh"),
    layers.Conv2D(32, 3, strides=2, padding="same", activation="tanh"),
    layers.Flatten(),
    layers.Dense(64, activation="tanh"),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=4, batch_size=32, verbose=2)


def read_digits(images):
    """what the app calls: a stack of pictures in, digits out"""
    return model.predict(images, verbose=0).argmax(axis=1)


print("RESULT accuracy", float(np.mean(read_digits(x_new) == y_new)))
