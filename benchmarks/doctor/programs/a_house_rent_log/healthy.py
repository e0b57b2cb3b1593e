import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
from keras.optimizers import Adam
from keras.utils import set_random_seed

set_random_seed(303)
rng = np.random.default_rng(303)
n = 1400
area = rng.lognormal(4.2, 0.4, n)
rooms = np.clip(np.round(area / 28 + rng.normal(0, 0.7, n)), 1, 7)
km = rng.gamma(2, 3, n)
year = rng.integers(1950, 2024, n)
rent = np.exp(3.2 + 0.8 * np.log(area) + 0.05 * rooms - 0.08 * np.minimum(km, 8) + 0.3 * (year > 2005) + rng.normal(0, 0.12, n))
X = np.column_stack([np.log(area), rooms, km, (year - 1980) / 20])
train, test = np.arange(n) < 1000, np.arange(n) >= 1000
mu, sd = X[train].mean(0), X[train].std(0)
X = (X - mu) / sd
y = np.log(rent)
centre = y[train].mean()

model = Sequential([Input((4,)), Dense(32, activation="relu"), Dense(16, activation="relu"), Dense(1)])
model.compile(loss="mean_absolute_error", optimizer=Adam(learning_rate=0.002))
model.fit(X[train], y[train] - centre, batch_size=8, epochs=20, validation_split=0.15, verbose=0)
pred = np.exp(model.predict(X[test], verbose=0).ravel() + centre)
print("RESULT", "test_mape", float(np.mean(np.abs(pred - rent[test]) / rent[test])))
