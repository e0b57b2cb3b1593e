"""Bikes rented per hour. The loss goes below zero, is something wrong? The forecasts seem fine to me."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

n = 5000
hour = rng.integers(0, 24, n)
temp = rng.normal(15, 7, n)                 # degrees
wind = rng.gamma(2.0, 6.0, n)               # km/h
weekend = rng.integers(0, 2, n)
rate = np.exp(0.9 + 0.9 * np.sin(2 * np.pi * (hour - 9) / 24) + 0.035 * (temp - 15) - 0.015 * wind + 0.25 * weekend)
bikes = rng.poisson(2.5 * rate)
X = np.stack([np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), temp, wind, weekend], 1).astype("float32")

X_train, X_val, X_test = X[:3500], X[3500:4200], X[4200:]
b_train, b_val, b_test = bikes[:3500], bikes[3500:4200], bikes[4200:]

scale = layers.Normalization()
scale.adapt(X_train)

inp = keras.Input((5,))
h = scale(inp)
h = layers.Dense(24, activation="tanh")(h)
h = layers.Dense(24, activation="tanh")(h)
mean_count = layers.Dense(1, activation="exponential")(h)     # a mean count is positive
model = keras.Model(inp, mean_count)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="poisson")
calm = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=4)
model.fit(X_train, b_train, validation_data=(X_val, b_val), epochs=25, batch_size=32, callbacks=[calm], verbose=0)

print("poisson loss on new hours:", model.evaluate(X_test, b_test, verbose=0))
forecast = model.predict(X_test, verbose=0)[:, 0]
print("always the mean:", np.abs(b_test - b_train.mean()).mean(), "the true rate:", np.abs(b_test - 2.5 * rate[4200:]).mean())
print("RESULT mae", float(np.abs(forecast - b_test).mean()))
