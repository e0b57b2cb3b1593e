import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(95)
rng = np.random.default_rng(95)
area = rng.uniform(25, 140, 1800)
floor = rng.integers(1, 30, 1800)
built = rng.integers(1975, 2024, 1800)
metro = rng.exponential(700, 1800)
won = 6.5e6 * area * (1 + 0.6 * np.exp(-metro / 300)) + 2.2e6 * floor + 4e4 * (built - 1990) ** 2
won = won * rng.lognormal(0, 0.05, 1800)
flats = np.stack([area, floor, built, metro], axis=1)
train_x, train_y = flats[:1300], won[:1300]

normalise = layers.Normalization()
normalise.adapt(train_x)
inputs = keras.Input((4,))
h = normalise(inputs)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(1)(h)
outputs = layers.Rescaling(scale=float(train_y.std()), offset=float(train_y.mean()))(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mean_absolute_error")
model.fit(train_x, train_y, validation_split=0.15, epochs=30, batch_size=32, verbose=0)
print("RESULT", "mae_won", model.evaluate(flats[1300:], won[1300:], verbose=0))
