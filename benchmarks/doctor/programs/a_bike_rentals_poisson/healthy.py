import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
days = 150
hour = np.tile(np.arange(24), days)
day = np.repeat(np.arange(days), 24)
weekend = (day % 7 >= 5).astype(float)
warm = 12 - 9 * np.cos(2 * np.pi * day / 365) + rng.normal(0, 2, len(day))
rush = np.exp(-((hour - 8) / 1.5) ** 2) + np.exp(-((hour - 18) / 2.0) ** 2)
rate = np.exp(0.5 + 1.6 * rush * (1 - weekend) + 0.05 * warm + 0.6 * weekend * (hour > 10))
rentals = rng.poisson(rate)
turn = 2 * np.pi * hour / 24
clock = [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
X = np.stack(clock + [weekend, warm / 10 - 0.8], axis=1)
shuffled = rng.permutation(len(X))
X, rentals = X[shuffled], rentals[shuffled]

model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="exponential"),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="poisson", metrics=["mae"])
model.fit(X[:2600], rentals[:2600], validation_split=0.1, epochs=25, batch_size=32, verbose=0)
_, mae = model.evaluate(X[2600:], rentals[2600:], verbose=0)
print("RESULT", "test_mae", mae)
