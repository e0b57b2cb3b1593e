import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
n, T = 1200, 64
kind = rng.integers(0, 3, n)
freq = np.array([3.0, 6.0, 10.0])[kind] + rng.normal(0, 0.4, n)
phase = rng.uniform(0, 2 * np.pi, n)
t = np.arange(T) / T
wave = np.sin(2 * np.pi * freq[:, None] * t + phase[:, None]) + rng.normal(0, 0.5, (n, T))
wave = wave[..., None].astype("float32")

model = keras.Sequential([
    keras.Input((T, 1)),
    layers.Conv1D(16, 7, padding="same", activation="relu"),
    layers.AveragePooling1D(2),
    layers.Conv1D(16, 5, padding="same", activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(16, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(wave[:900], kind[:900], epochs=20, batch_size=32, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(wave[900:], kind[900:], verbose=0)[1])
