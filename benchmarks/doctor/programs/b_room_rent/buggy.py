import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
size = rng.uniform(15, 110, 1600)
centre = rng.exponential(4.0, 1600)
floor = rng.integers(0, 8, 1600)
built = rng.integers(1920, 2020, 1600)
X = np.stack([size, centre, floor, built], 1)
X = (X - X[:1200].mean(0)) / X[:1200].std(0)
rent = 180 + 9.5 * size - 30 * np.minimum(centre, 8) + 12 * floor + rng.normal(0, 60, 1600)
X_train, y_train, X_test, y_test = X[:1200], rent[:1200], X[1200:], rent[1200:]

reg = Sequential()
reg.add(Dense(32, activation='relu', input_dim=4))
reg.add(Dense(16, activation='relu'))
reg.add(Dense(1, activation='sigmoid'))
reg.compile(loss='mse', optimizer='adam', metrics=['mae'])
reg.fit(X_train, y_train, epochs=40, batch_size=32, validation_split=0.1, verbose=0)
p = reg.predict(X_test, verbose=0)[:, 0]
print('RESULT', 'r2', float(1 - np.mean((p - y_test) ** 2) / np.var(y_test)))
