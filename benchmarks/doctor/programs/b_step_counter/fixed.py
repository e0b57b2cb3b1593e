import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)
steps = np.arange(32)
pace = rng.uniform(0.03, 0.2, (1200, 1))
force = rng.uniform(0.4, 1.6, (1200, 1))
wave = force * np.sin(2 * np.pi * pace * steps + rng.uniform(0, 6.28, (1200, 1)))
motion = (wave + 0.1 * rng.normal(size=wave.shape))[..., None]
gait = np.hstack([(pace - 0.115) / 0.05, (force - 1.0) / 0.35])
x_train, x_test = motion[:900], motion[900:]
y_train, y_test = gait[:900], gait[900:]

model = keras.Sequential()
model.add(keras.Input((32, 1)))
model.add(layers.Conv1D(16, 5, activation="relu", padding="same"))
model.add(layers.Conv1D(16, 5, strides=2, activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(2))
model.compile(optimizer=keras.optimizers.AdamW(0.003), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, verbose=0)
print("RESULT", "test_mae", model.evaluate(x_test, y_test, verbose=0)[1])
