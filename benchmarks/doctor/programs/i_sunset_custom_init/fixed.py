import numpy as np
import keras
from keras import layers, initializers

# length of the day (hours) by latitude and day of the year
keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
lat = rng.uniform(-60, 60, 4000)
doy = rng.uniform(0, 365, 4000)
tilt = np.radians(23.44) * np.sin(2 * np.pi * (doy - 80) / 365)
length = 24 / np.pi * np.arccos(np.clip(-np.tan(np.radians(lat)) * np.tan(tilt), -1, 1))

x = np.stack([lat / 60, np.sin(2 * np.pi * doy / 365), np.cos(2 * np.pi * doy / 365)], axis=1)
y = (length - 12) / 2.5
init = initializers.HeNormal()

model = keras.Sequential([keras.Input((3,))])
for _ in range(4):
    model.add(layers.Dense(64, activation="relu", kernel_initializer=init))
model.add(layers.Dense(1, kernel_initializer=init))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(x[:3200], y[:3200], validation_split=0.1, epochs=30, batch_size=32, verbose=0)

wrong = np.abs(model.predict(x[3200:], verbose=0).ravel() * 2.5 + 12 - length[3200:])
print("RESULT", "minutes_wrong", float(60 * wrong.mean()))
