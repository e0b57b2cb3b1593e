"""Rentals per hour at one bike station: a Poisson model on the raw weather columns."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 8000
hour = rng.integers(0, 24, n)
temp = rng.uniform(-6, 34, n)
hum = rng.uniform(20, 100, n)
wind = rng.gamma(2.0, 6.0, n)
pressure = rng.normal(1013, 8, n)
rate = np.exp(1.6 + 0.7 * np.sin((hour - 9) / 24 * 2 * np.pi) + 0.9 * np.exp(-((temp - 22) / 10) ** 2)
              - 0.006 * (hum - 60) - 0.015 * wind)
count = rng.poisson(rate).astype("float32")
x = np.c_[np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), temp, hum, wind, pressure].astype("float32")
x_tr, x_te, y_tr, y_te = x[:6500], x[6500:], count[:6500], count[6500:]

norm = layers.Normalization()
norm.adapt(x_tr)
inp = keras.Input((6,))
h = norm(inp)
h = layers.Dense(24, activation="relu")(h)
h = layers.Dense(24, activation="relu")(h)
out = layers.Dense(1, activation="exponential",
                   bias_initializer=keras.initializers.Constant(float(np.log(y_tr.mean()))))(h)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="poisson")
model.fit(x_tr, y_tr, epochs=25, batch_size=64, verbose=0)


def deviance(y, mu):
    return 2 * np.mean(np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu))


mu = model.predict(x_te, verbose=0)[:, 0]
print("deviance", deviance(y_te, mu), "of a constant", deviance(y_te, y_tr.mean()))
# 1.0 would be as good as knowing the true rate
print("RESULT deviance_ratio", deviance(y_te, mu) / deviance(y_te, rate[6500:]))
