"""Evaporation from a lake (cm per month) from the weather station's monthly table."""
import numpy as np
import keras
from keras import layers, initializers

SEED = 7
HIDDEN = [40, 40]
# every run shall start from the same place, so that the runs can be compared
START = initializers.Constant(0.05)

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def station(n):
    month = rng.integers(0, 12, n)
    season = np.sin(2 * np.pi * (month - 3) / 12)
    air = 12 + 10 * season + rng.normal(0, 3, n)
    humid = np.clip(65 - 12 * season + rng.normal(0, 12, n), 15, 100)
    wind = rng.gamma(3, 1.1, n)
    cloud = rng.uniform(0, 1, n)
    es = 0.611 * np.exp(17.27 * air / (air + 237.3))
    evap = 2.6 * (1 + 0.5 * wind) * es * (1 - humid / 100) + 4 * np.abs(cloud - 0.5) * (1 + season)
    return np.c_[air, humid, wind, cloud, season], evap + rng.normal(0, 0.25, n)


x, y = station(2400)
x_new, y_new = station(600)
mu, sd = x.mean(0), x.std(0)
y_mu, y_sd = y.mean(), y.std()

model = keras.Sequential([keras.Input((x.shape[1],))])
for units in HIDDEN:
    model.add(layers.Dense(units, activation="relu", kernel_initializer=START))
model.add(layers.Dense(1, kernel_initializer=START))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.002), loss="mean_squared_error")
model.fit((x - mu) / sd, (y - y_mu) / y_sd, epochs=50, batch_size=32, verbose=0)

guess = model.predict((x_new - mu) / sd, verbose=0)[:, 0] * y_sd + y_mu
print("RESULT mae_cm", float(np.mean(np.abs(guess - y_new))))
