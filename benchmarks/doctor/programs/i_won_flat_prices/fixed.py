"""Price of a flat in Korean won from a small table."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

N = 3000
area = rng.uniform(33, 135, N)             # square metres
floor = rng.integers(1, 30, N)
age = rng.uniform(0, 35, N)                # years
subway = rng.exponential(600, N)           # metres on foot
rooms = np.clip(np.round(area / 28 + rng.normal(0, 0.5, N)), 1, 6)

won = area * 7.5e6 * (1 + 0.35 * np.exp(-subway / 500)) * (1 - 0.012 * age)
won = won + floor * 2.5e6 + rng.normal(0, 2e7, N)

table = np.column_stack([area, floor, age, subway, rooms])
n_train = 2400
table = (table - table[:n_train].mean(axis=0)) / table[:n_train].std(axis=0)
x_train, x_test = table[:n_train], table[n_train:]
y_train, y_test = won[:n_train], won[n_train:]
middle, spread = y_train.mean(), y_train.std()

model = keras.Sequential([
    keras.Input(shape=(5,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse", metrics=["mae"])
model.fit(x_train, (y_train - middle) / spread, validation_split=0.15, epochs=40, batch_size=32, verbose=0)

guess = model.predict(x_test, verbose=0)[:, 0] * spread + middle
error = np.abs(guess - y_test).mean()
print("typical price", y_test.mean() / 1e6, "million won")
print("RESULT", "mae_million_won", float(error / 1e6))
