"""Growth in the greenhouse: learn from the old sites, predict for the new, warm one."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def site(n, warm, bright):
    temp = rng.uniform(*warm, n)
    light = rng.uniform(*bright, n)
    water = rng.uniform(1, 6, n)
    co2 = rng.uniform(380, 900, n)
    growth = (3.0 * np.exp(-((temp - 24) / 8) ** 2) + light / 220 + 0.25 * water + 0.001 * co2 + 0.1 * rng.normal(size=n))
    return np.c_[temp, light, water, co2], growth


old, old_growth = site(4000, (6, 32), (50, 800))
new, new_growth = site(800, (22, 30), (450, 750))
centre, spread = old_growth.mean(), old_growth.std()

scaler = StandardScaler()
x_old = scaler.fit_transform(old)
x_new = scaler.transform(new)

model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(x_old, (old_growth - centre) / spread, validation_split=0.1, epochs=25, batch_size=32, verbose=0)
guess = model.predict(x_new, verbose=0)[:, 0] * spread + centre
print("RESULT mae", np.abs(guess - new_growth).mean())
