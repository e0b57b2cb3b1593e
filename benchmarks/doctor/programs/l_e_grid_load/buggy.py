"""Forecast the load of the grid one hour ahead from the last 24 hours (GRU)."""
import numpy as np
import keras
from keras import layers

HOURS = 4000
LOOKBACK = 24
SPLIT = 3200

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)

# half a year of hourly load in MW: daily and weekly rhythm and slow weather
t = np.arange(HOURS)
weather = np.zeros(HOURS)
for i in range(1, HOURS):
    weather[i] = 0.97 * weather[i - 1] + rng.normal() * 45
load = 4200 + 700 * np.sin(2 * np.pi * (t - 8) / 24) + 250 * np.sin(4 * np.pi * t / 24)
load = load + 200 * np.sin(2 * np.pi * t / 168) + weather

mean, sd = load[:SPLIT].mean(), load[:SPLIT].std()
scaled = (load - mean) / sd
target = load

x = np.lib.stride_tricks.sliding_window_view(scaled, LOOKBACK)[:-1, :, None].astype("float32")
y = target[LOOKBACK:].astype("float32")
cut = SPLIT - LOOKBACK
x_train, y_train = x[:cut], y[:cut]
x_test, mw_test = x[cut + LOOKBACK:], load[SPLIT + LOOKBACK:]

model = keras.Sequential([
    keras.Input((LOOKBACK, 1)),
    layers.GRU(24),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(x_train, y_train, validation_split=0.1, epochs=15, batch_size=32, verbose=2)

forecast = model.predict(x_test, verbose=0).ravel()
print("RESULT mae_mw", float(np.abs(forecast - mw_test).mean()))
