import numpy as np
import keras
from keras.layers import Dense, Input
from sklearn.metrics import r2_score

keras.utils.set_random_seed(48)
rng = np.random.default_rng(48)
days = np.arange(1500)
level = 200 + 0.03 * days + 30 * np.sin(2 * np.pi * days / 365.25)
weekly = np.array([1.0, 0.95, 0.9, 1.0, 1.25, 1.5, 0.5])[days % 7]
promo = rng.random(1500) < 0.08
orders = level * weekly * (1 + 0.35 * promo) * np.exp(rng.normal(0, 0.05, 1500))

LAGS = 28
mean, std = orders[:1100].mean(), orders[:1100].std()
s = (orders - mean) / std
lagged = np.stack([s[i:i + LAGS] for i in range(len(s) - LAGS)])
known = np.column_stack([promo, np.eye(7)[days % 7]])[LAGS:]
X, y = np.hstack([lagged, known]), s[LAGS:]
cut = 1100 - LAGS

init = keras.initializers.RandomNormal(mean=0.0, stddev=1.0, seed=1)
model = keras.Sequential()
model.add(Input(shape=(X.shape[1],)))
model.add(Dense(128, activation="tanh", kernel_initializer=init))
model.add(Dense(128, activation="tanh", kernel_initializer=init))
model.add(Dense(1, kernel_initializer=init))
model.compile(optimizer="adam", loss="mean_squared_error", metrics=["mean_absolute_error"])
model.fit(X[:cut], y[:cut], epochs=40, batch_size=32, verbose=0, validation_split=0.1)
print("RESULT r2", r2_score(y[cut:], model.predict(X[cut:], verbose=0).ravel()))
