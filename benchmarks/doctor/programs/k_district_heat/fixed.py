"""Demand of a district heating net [MW]. Two years of hours to learn from, the January after to foretell."""
import numpy as np
from sklearn.preprocessing import StandardScaler
import keras
from keras import layers, callbacks

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)


def hours(day_of_year):
    n = len(day_of_year)
    hour = rng.integers(0, 24, n)
    outside = 9 - 11 * np.cos(2 * np.pi * (day_of_year - 15) / 365) + 3 * np.sin((hour - 8) / 24 * 2 * np.pi)
    outside = outside + rng.normal(0, 3.5, n)
    wind = rng.gamma(2.5, 1.6, n)
    sun = np.clip(np.sin((hour - 6) / 12 * np.pi), 0, 1) * rng.uniform(0, 1, n) * (outside + 20) * 15
    morning = np.exp(-((hour - 7) / 2.0) ** 2)
    demand = 4 + 1.9 * np.maximum(17 - outside, 0) * (1 + 0.03 * wind) + 12 * morning - 0.01 * sun
    table = np.c_[outside, wind, sun, np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi)]
    return table, demand + rng.normal(0, 1.0, n)


table, demand = hours(rng.integers(1, 366, 5000))
january, january_demand = hours(rng.integers(1, 32, 744))

scaler = StandardScaler()
x_train = scaler.fit_transform(table)
x_test = scaler.transform(january)
mean, spread = demand.mean(), demand.std()

inputs = keras.Input((5,))
h = layers.Dense(48, activation="elu")(inputs)
h = layers.Dense(24, activation="elu")(h)
outputs = layers.Dense(1)(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "mse", metrics=["mae"])
model.fit(x_train, (demand - mean) / spread, epochs=30, batch_size=64, validation_split=0.15, verbose=0,
          callbacks=[callbacks.ReduceLROnPlateau(patience=5)])

forecast = model.predict(x_test, verbose=0).ravel() * spread + mean
print("RESULT mae_mw", float(np.abs(forecast - january_demand).mean()))
