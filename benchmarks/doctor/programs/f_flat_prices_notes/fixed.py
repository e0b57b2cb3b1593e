import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
n = 1500
area = rng.uniform(25, 160, n)
rooms = np.clip(np.round(area / 28 + rng.normal(0, 0.6, n)), 1, 6)
dist = rng.exponential(4, n)
floor = rng.integers(0, 12, n)
price = 2600 * area * np.exp(-0.06 * dist) + 9000 * rooms + 1500 * floor + rng.normal(0, 9000, n)
data = MinMaxScaler().fit(np.c_[area, rooms, dist, floor][:1100]).transform(np.c_[area, rooms, dist, floor])
price = (price - price[:1100].mean()) / price[:1100].std()

model = keras.Sequential([
    layers.Dense(64, activation="relu", input_shape=(4,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(data[:1100], price[:1100], epochs=40, batch_size=32, validation_split=0.2, verbose=0)
guess = model.predict(data[1100:], verbose=0).flatten()
real = price[1100:]
print("RESULT", "r2", float(1 - ((guess - real) ** 2).sum() / ((real - real.mean()) ** 2).sum()))
