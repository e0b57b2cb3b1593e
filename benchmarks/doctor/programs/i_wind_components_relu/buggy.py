import numpy as np
import keras
from keras import layers, ops


class Downscale(keras.Model):
    """Wind at the mast (east and north part) from the coarse model's grid values."""

    def __init__(self, width=64):
        super().__init__()
        self.first = layers.Dense(width, activation="relu")
        self.second = layers.Dense(width, activation="relu")
        self.wind = layers.Dense(2, activation="relu")

    def call(self, x):
        return self.wind(self.second(self.first(x)))


keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)
n = 5000
east, north = rng.normal(0, 5, n), rng.normal(0, 5, n)
pressure = rng.normal(0, 1, n)
stable = rng.uniform(0, 1, n)
turn = 0.5 * stable
slow = 0.55 + 0.3 * (1 - stable)
u = slow * (east * np.cos(turn) - north * np.sin(turn)) + 0.8 * pressure
v = slow * (east * np.sin(turn) + north * np.cos(turn)) - 0.4 * pressure
wind = np.stack([u, v], 1) + rng.normal(0, 0.2, (n, 2))

x = np.stack([east / 5, north / 5, pressure, 2 * stable - 1], axis=1).astype("float32")
y = (wind / wind[:4000].std(0)).astype("float32")

net = Downscale()
net.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.MeanSquaredError())
net.fit(x[:4000], y[:4000], epochs=25, batch_size=32, validation_split=0.1, verbose=0)

p = net(ops.convert_to_tensor(x[4000:]))
left = np.mean((np.asarray(p) - y[4000:]) ** 2)
print("RESULT", "r2", float(1 - left / y[4000:].var()))
