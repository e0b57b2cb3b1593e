"""Phone accelerometer: two-second windows (50 samples x 3 axes) -> sit, walk, run or stairs."""
import numpy as np
import keras
from keras import layers

SAMPLES = 50
keras.utils.set_random_seed(31)


def record(n, rng):
    kind = rng.integers(0, 4, n)
    t = np.arange(SAMPLES) / 25.0
    pace = np.array([0.0, 1.8, 2.8, 1.5])[kind] + rng.normal(0, 0.08, n)
    force = np.array([0.0, 2.0, 5.0, 2.2])[kind] * rng.uniform(0.8, 1.2, n)
    lean = np.array([0.0, 0.3, 0.6, 2.2])[kind] + rng.normal(0, 0.3, n)
    wave = force[:, None] * np.sin(2 * np.pi * (pace[:, None] * t + rng.random((n, 1))))
    axes = np.stack([0.4 * wave + lean[:, None], wave + 9.8, 0.6 * np.roll(wave, 3, 1)], axis=-1)
    return axes + rng.normal(0, 0.4, axes.shape), kind


x_train, y_train = record(1600, np.random.default_rng(1))
x_test, y_test = record(500, np.random.default_rng(2))

mu, sd = x_train.mean((0, 1)), x_train.std((0, 1))
x_train = (x_train - mu) / sd
x_test = (x_test - mu) / sd

net = keras.Sequential([
    keras.Input((SAMPLES, 3)),
    layers.Conv1D(16, 5, activation="relu"),
    layers.MaxPooling1D(2),
    layers.Conv1D(32, 5, activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(4, activation="softmax"),
])
net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, epochs=15, batch_size=32, validation_split=0.15, verbose=2)
print("RESULT", "test_accuracy", net.evaluate(x_test, y_test, verbose=0)[1])
