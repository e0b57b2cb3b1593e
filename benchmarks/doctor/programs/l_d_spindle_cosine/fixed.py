"""Tool wear (micrometres) from eight sensor features of a milling spindle."""
import math
import numpy as np
import keras
from keras import layers

EPOCHS = 25
BATCH = 32
keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

n = 8000
rpm = rng.uniform(2000, 9000, n)
load = rng.uniform(5, 60, n)
temp = rng.normal(48, 9, n)
vib = rng.gamma(3.0, 0.4, (n, 3))
hours = rng.uniform(0, 120, n)
coolant = rng.normal(6.5, 0.8, n)
wear = (20 + 0.6 * hours + 9 * vib[:, 0] * vib[:, 1] + 0.25 * load * (rpm / 5000)
        + 8 * np.sin(temp / 9) + rng.normal(0, 2, n))
X = np.column_stack([rpm, load, temp, vib, hours, coolant])

n_train, n_val = 6000, 800
mean, std = X[:n_train].mean(0), X[:n_train].std(0)
X = (X - mean) / std
y_mean, y_std = wear[:n_train].mean(), wear[:n_train].std()
y = (wear - y_mean) / y_std

steps = math.ceil(n_train / BATCH)
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.003,
    decay_steps=EPOCHS * steps,    # down to zero at the end of the training
)

inp = keras.Input((8,), name="features")
h = layers.Dense(48, activation="relu")(inp)
h = layers.Dense(24, activation="relu")(h)
model = keras.Model(inp, layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse", metrics=["mae"])
model.fit(X[:n_train], y[:n_train], epochs=EPOCHS, batch_size=BATCH,
          validation_data=(X[n_train:n_train + n_val], y[n_train:n_train + n_val]), verbose=0)

rest = slice(n_train + n_val, None)
pred = model.predict(X[rest], verbose=0).ravel() * y_std + y_mean
print("RESULT", "mae", float(np.abs(pred - wear[rest]).mean()))
