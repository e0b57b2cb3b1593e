import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(340)
rng = np.random.default_rng(340)
n, steps = 2400, 22
signal = rng.normal(0, 0.4, (n, steps, 2)).astype("float32")
tone = rng.integers(0, 3, n)
signal[:, :4, 0] += np.array([-1.5, 0, 1.5])[tone][:, None]
signal[:, :4, 1] += np.array([1.5, 0, -1.5])[tone][:, None]

inp = keras.Input(shape=(steps, 2))
h = layers.GRU(24)(inp)
h = layers.Dense(16, activation="relu")(h)
out = layers.Dense(3, activation="softmax")(h)
net = keras.Model(inp, out)
net.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(signal[:1900], tone[:1900], batch_size=32, epochs=12, validation_split=0.1, verbose=0)
_, acc = net.evaluate(signal[1900:], tone[1900:], verbose=0)
print("RESULT", "test_accuracy", acc)
