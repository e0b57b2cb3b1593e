"""The rent (in won) that nine flats in ten do not exceed. Quantile loss; units are handled inside the model."""
import numpy as np
import keras
from keras import layers, ops

Q = 0.9
keras.utils.set_random_seed(19)
rng = np.random.default_rng(190)
n = 12000
size = rng.uniform(18, 120, n)
floor = rng.integers(1, 25, n)
walk = rng.exponential(7, n)
year = rng.integers(1975, 2024, n)
rent = 250_000 + 9_500 * size + 6_000 * floor - 9_000 * np.minimum(walk, 30) + 4_000 * (year - 1975)
rent = rent * np.exp(rng.normal(0, 0.18, n))
flats = np.column_stack([size, floor, walk, year]).astype("float32")
rent = rent.astype("float32").reshape(-1, 1)
order = rng.permutation(n)
train, val, test = order[:6400], order[6400:8000], order[8000:]

units = layers.Normalization()
units.adapt(flats[train])
WON, SPREAD = float(rent[train].mean()), float(rent[train].std())


def pinball(y, p):
    e = (y - p) / SPREAD
    return ops.mean(ops.maximum(Q * e, (Q - 1) * e), axis=-1)


inp = keras.Input((4,))
h = layers.Dense(32, activation="relu")(units(inp))
h = layers.Dense(16, activation="relu")(h)
out = layers.Rescaling(SPREAD, offset=WON)(layers.Dense(1)(h))     # back to won
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(3e-3, 25 * 100)), loss=pinball)
model.fit(flats[train], rent[train], validation_data=(flats[val], rent[val]), epochs=25, batch_size=64, verbose=2)

covered = (rent[test] <= model.predict(flats[test], verbose=0)).mean()
print("median rent", int(np.median(rent)), "median of the 90% line", int(np.median(model.predict(flats[test], verbose=0))))
print("RESULT coverage", float(covered))
