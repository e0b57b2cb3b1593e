"""First learn the digits 0-4, then carry the body over to 5-9 and fine-tune all of it."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
(x, y), (xt, yt) = keras.datasets.mnist.load_data()
x, y, xt, yt = x[:16000], y[:16000], xt[:3000], yt[:3000]
x = x[..., None].astype("float32") / 255
xt = xt[..., None].astype("float32") / 255
low, high, high_t = y < 5, y >= 5, yt >= 5

body = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(12, 3, strides=2, activation="relu"),
    layers.Conv2D(24, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
], name="body")


def with_head(body, name):
    inputs = keras.Input((28, 28, 1))
    outputs = layers.Dense(5, activation="softmax", name=name)(body(inputs))
    return keras.Model(inputs, outputs)


first = with_head(body, "low_digits")
first.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
first.fit(x[low], y[low], epochs=3, batch_size=64, validation_split=0.1, verbose=0)

# the body knows strokes already, the new head is to catch up with it quickly
second = with_head(body, "high_digits")
body.trainable = True
second.compile(keras.optimizers.Adam(5e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
second.fit(x[high], y[high] - 5, epochs=6, batch_size=64, validation_split=0.1, verbose=0)
print("RESULT accuracy", float(second.evaluate(xt[high_t], yt[high_t] - 5, verbose=0)[1]))
