import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(67)
rng = np.random.default_rng(67)
n = 1400
age, km, power, doors = rng.uniform(0, 15, n), rng.gamma(3, 30, n), rng.normal(110, 30, n), rng.integers(2, 6, n)
price = (9000 + 130 * power) * np.exp(-0.13 * age) - 25 * km + 900 * rng.normal(size=n)
price = (price - price[:1000].mean()) / price[:1000].std()
cars = np.column_stack([age, km, power, doors]).astype("float32")

normalise = layers.Normalization()
normalise.adapt(cars[:1000])
model = keras.Sequential([
    keras.Input((4,)),
    normalise,
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(0.002), loss="mae", metrics=["mae"])
model.fit(cars[:1000], price[:1000], epochs=30, batch_size=32, verbose=0)
asked = model.predict(cars[1000:], verbose=0)[:, 0]
sold = price[1000:]
print("RESULT", "test_r2", float(1 - ((asked - sold) ** 2).mean() / sold.var()))
