"""Breathing pattern from a chest belt. The belt gives counts of a 12-bit converter."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
PATTERNS = ("calm", "deep", "fast")
WINDOW = 60


def belt(n):
    pattern = rng.integers(0, len(PATTERNS), n)
    rate = np.choose(pattern, [3.0, 2.5, 8.0]) * rng.normal(1, 0.1, n)
    depth = np.choose(pattern, [250, 600, 250]) * rng.normal(1, 0.1, n)
    t = np.linspace(0, 1, WINDOW)
    wave = np.sin(2 * np.pi * (rate[:, None] * t + rng.random((n, 1))))
    counts = 1800 + rng.normal(0, 40, (n, 1)) + depth[:, None] * wave
    counts = counts + rng.normal(0, 50, (n, WINDOW))
    return np.clip(counts, 0, 4095).round(), keras.utils.to_categorical(pattern, 3)


x_train, y_train = belt(2400)
x_test, y_test = belt(800)

# training windows
mu = x_train.mean()
sigma = x_train.std()
x_train = ((x_train - mu) / sigma)[..., np.newaxis]

model = keras.Sequential([
    keras.Input((WINDOW, 1)),
    layers.Conv1D(16, 5, activation="relu"),
    layers.MaxPooling1D(2),
    layers.Conv1D(24, 5, activation="relu"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(24, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.RMSprop(1e-3),
              loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=10, validation_split=0.15, verbose=2)

# the windows of the other volunteers
x_test = (x_test / 4095.0)[..., np.newaxis]
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", accuracy)
