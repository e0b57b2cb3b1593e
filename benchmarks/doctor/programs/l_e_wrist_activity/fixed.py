"""Activity from a wrist accelerometer: 2 seconds at 32 Hz, three axes, four activities."""
import numpy as np
import keras
from keras import layers

LEARNING_RATE = 0.001
EPOCHS = 8
ACTIVITIES = ["sitting", "walking", "running", "stairs"]

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)


def record(n):
    label = rng.integers(0, 4, n)
    hz = np.array([0.3, 1.8, 2.9, 1.4])[label] * rng.normal(1, 0.07, n)
    strength = np.array([0.2, 0.9, 1.6, 0.9])[label] * rng.normal(1, 0.15, n)
    t = np.arange(64) / 32
    phase = rng.uniform(0, 2 * np.pi, n)
    angle = 2 * np.pi * hz[:, None] * t + phase[:, None]
    x = np.stack([np.sin(angle), 0.6 * np.cos(angle), 0.5 * np.sin(2 * angle)], axis=-1)
    x = x * strength[:, None, None]
    x[:, :, 2] += np.where(label == 3, 0.5, 0.0)[:, None]
    return (x + rng.normal(0, 0.35, x.shape)).astype("float32"), label


x_train, y_train = record(3000)
x_valid, y_valid = record(600)
x_test, y_test = record(1000)
mean, std = x_train.mean((0, 1)), x_train.std((0, 1))
x_train, x_valid, x_test = [(x - mean) / std for x in (x_train, x_valid, x_test)]

model = keras.Sequential(name="wrist")
model.add(keras.Input((64, 3)))
model.add(layers.Conv1D(16, 5, activation="relu", padding="same"))
model.add(layers.MaxPooling1D(2))
model.add(layers.Conv1D(32, 5, activation="relu", padding="same"))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(len(ACTIVITIES), activation="softmax"))
model.compile(keras.optimizers.Adam(learning_rate=LEARNING_RATE),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=32,
          validation_data=(x_valid, y_valid), verbose=2)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", acc)
