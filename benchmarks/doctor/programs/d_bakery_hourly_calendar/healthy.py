import numpy as np
import datetime as dt
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
start = dt.datetime(2022, 3, 1)
stamps = [start + dt.timedelta(hours=i) for i in range(24 * 200)]
hour = np.array([s.hour for s in stamps])
weekday = np.array([s.weekday() for s in stamps])
year_day = np.array([s.timetuple().tm_yday for s in stamps])
open_now = (hour >= 6) & (hour < 19)
weekend = weekday >= 5
peak = np.where(weekend, 10.0, 7.5)
mean = 60 * np.exp(-((hour - peak) / 2.0) ** 2) + 25 * np.exp(-((hour - 16) / 1.5) ** 2) * ~weekend
mean = open_now * mean * (1 + 0.25 * np.sin(2 * np.pi * year_day / 365)) + 1
sold = rng.poisson(mean * np.repeat(np.exp(rng.normal(0, 0.12, 200)), 24)).astype("float32")

def cyclic(value, period):
    return [np.sin(2 * np.pi * value / period), np.cos(2 * np.pi * value / period)]

split = 24 * 160
mu, sd = sold[:split].mean(), sold[:split].std()
lag_day, lag_week = np.roll(sold, 24), np.roll(sold, 168)
X = np.stack(cyclic(hour, 24) + cyclic(hour, 12) + cyclic(year_day, 365) + [weekend, open_now]
             + [(lag_day - mu) / sd, (lag_week - mu) / sd], axis=1).astype("float32")[168:]
X = np.concatenate([X, np.eye(7, dtype="float32")[weekday[168:]]], axis=1)
y = ((sold - mu) / sd)[168:]

model = keras.Sequential([keras.Input((X.shape[1],)), layers.Dense(64, activation="relu"),
                          layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=keras.losses.Huber())
cut = split - 168
model.fit(X[:cut - 500], y[:cut - 500], validation_data=(X[cut - 500:cut], y[cut - 500:cut]), epochs=40, batch_size=64,
          callbacks=[keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)], verbose=0)
forecast = model.predict(X[cut:], verbose=0).ravel() * sd + mu
print("RESULT mae_buns", np.abs(forecast - sold[split:]).mean())
