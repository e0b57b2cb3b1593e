import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)

def plant(rows, gain, cut):
    s = rng.normal(size=(rows, 6)).astype("float32")
    inner = np.stack([s[:, 0] * s[:, 1], np.abs(s[:, 2]) - 0.8, np.tanh(2 * s[:, 3]), s[:, 4] ** 2 - 1], axis=1)
    bad = inner @ gain + 0.1 * rng.normal(size=rows) > cut
    return s, bad.astype("float32"), inner

ax, _, a_inner = plant(4000, np.array([1.0, 1.0, 0.5, 0.4]), 0.2)
bx, by, _ = plant(750, np.array([1.2, 0.6, 0.9, 0.0]), 0.0)

trunk = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(12, activation="relu"),
], name="trunk")
old = keras.Sequential([trunk, layers.Dense(4)])
old.compile("adam", "mse")
old.fit(ax, a_inner, epochs=25, batch_size=64, validation_split=0.1, verbose=0)

trunk.trainable = False
new = keras.Sequential([trunk, layers.Dense(1, activation="sigmoid", kernel_regularizer="l2")])
new.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
new.fit(bx[:150], by[:150], epochs=60, batch_size=10, verbose=0)

trunk.trainable = True
new.compile(keras.optimizers.Adam(1e-4), "binary_crossentropy", metrics=["accuracy"])
new.fit(bx[:150], by[:150], epochs=10, batch_size=10, verbose=0)
print("RESULT accuracy", ((new.predict(bx[150:], verbose=0).ravel() > 0.5) == by[150:]).mean())
