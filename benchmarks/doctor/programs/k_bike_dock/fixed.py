"""Bikes taken from one dock per hour. The manager wants the error in percent, so that is what we minimise."""
import numpy as np
from sklearn.model_selection import train_test_split
import keras
from keras import layers

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)

n = 6000
hour = rng.integers(0, 24, n)
weekend = rng.integers(0, 7, n) >= 5
temp = rng.normal(13, 8, n)
rain = rng.exponential(1.0, n) * (rng.random(n) < 0.25)
rush = np.where(weekend, np.exp(-((hour - 15) / 4) ** 2) * 0.9,
                np.exp(-((hour - 8) / 1.5) ** 2) + np.exp(-((hour - 17.5) / 2) ** 2))
rate = 60 * (rush + 0.08 * ((hour > 6) & (hour < 23))) * np.clip((temp + 5) / 25, 0.05, 1.3) * np.exp(-0.5 * rain)
bikes = rng.poisson(rate)

clock = 2 * np.pi * hour / 24
X = np.column_stack([np.sin(clock), np.cos(clock), np.sin(2 * clock), np.cos(2 * clock), weekend, temp, rain])
X_tr, X_te, y_tr, y_te = train_test_split(X, bikes, test_size=0.2, random_state=61)
mu, sd = X_tr.mean(0), X_tr.std(0)
unit = y_tr.std()

model = keras.Sequential([
    keras.Input((7,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(1, activation="softplus"),
])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
model.fit((X_tr - mu) / sd, y_tr / unit, epochs=25, batch_size=64, validation_split=0.1, verbose=0)

guess = model.predict((X_te - mu) / sd, verbose=0).ravel() * unit
print("RESULT mae_bikes", float(np.abs(guess - y_te).mean()))
