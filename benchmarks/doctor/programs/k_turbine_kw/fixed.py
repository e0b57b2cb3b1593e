"""Output of a small wind turbine [kW] from the log of the mast: wind, air, pitch, yaw error."""
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

n = 3200
wind = rng.weibull(2.0, n) * 9.0
temp = rng.normal(9, 8, n)
press = rng.normal(1008, 9, n)
pitch = rng.uniform(0, 12, n)
yaw = rng.normal(0, 9, n)
rho = press * 100 / (287 * (temp + 273.15))
cp = 0.44 * np.exp(-((pitch - 2) / 9) ** 2) * np.cos(np.radians(yaw)) ** 3
kw = np.minimum(0.5 * rho * 78.5 * cp * wind ** 3 / 1000, 55) * (wind > 2.5)
kw = kw + rng.normal(0, 0.4, n)

X = np.column_stack([wind, temp, press, pitch, yaw])
X_train, X_test, y_train, y_test = train_test_split(X, kw, test_size=0.2, random_state=1)
xs, ys = StandardScaler().fit(X_train), StandardScaler().fit(y_train[:, None])

model = keras.Sequential()
model.add(keras.Input((5,)))
model.add(layers.Dense(48, activation="relu"))
model.add(layers.Dense(48, activation="relu"))
model.add(layers.Dense(24, activation="relu"))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", metrics=["mae"])

model.fit(xs.transform(X_train), ys.transform(y_train[:, None]), validation_split=0.15,
          epochs=40, batch_size=32, verbose=0)

pred = ys.inverse_transform(model.predict(xs.transform(X_test), verbose=0))[:, 0]
print("RESULT mae_kw", float(np.abs(pred - y_test).mean()))
