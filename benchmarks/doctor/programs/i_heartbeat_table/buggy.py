"""Beats in a table, one per row: 40 readings in millivolt, last column the class (0 to 4)."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)


def beats(n):
    kind = rng.integers(0, 5, n)
    t = np.linspace(0, 1, 40)
    peak = lambda c, w, h: h[:, None] * np.exp(-0.5 * ((t - c[:, None]) / w[:, None]) ** 2)
    jitter = rng.normal(0, 0.02, n)
    r = peak(0.4 + jitter, np.array([.03, .07, .03, .03, .03])[kind], np.array([90., 80, 90, 45, 90])[kind])
    p = peak(0.2 + jitter, np.full(n, .03), np.array([20., 20, 0, 20, 20])[kind])
    w = peak(0.7 + jitter, np.full(n, .06), np.array([30., 30, 30, 30, -30])[kind])
    ecg = (r + p + w) * rng.uniform(0.85, 1.15, (n, 1)) + rng.normal(0, 4, (n, 40))
    return np.column_stack([ecg, kind])


table = beats(2400)
low, high = table[:1900].min(axis=0), table[:1900].max(axis=0)
table = (table - low) / (high - low)                # everything into 0..1
train, test = table[:1900], table[1900:]

model = keras.Sequential([
    keras.Input((40, 1)),
    layers.Conv1D(16, 5, activation="relu"),
    layers.MaxPooling1D(2),
    layers.Conv1D(32, 5, activation="relu"),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(5, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train[:, :40, None], train[:, 40], validation_split=0.1, epochs=15, batch_size=32, verbose=2)

guess = model.predict(test[:, :40, None], verbose=0).argmax(1)
truth = np.round(test[:, 40] * (high[40] - low[40]) + low[40])
print("RESULT", "test_accuracy", float((guess == truth).mean()))
