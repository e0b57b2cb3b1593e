from sklearn.datasets import make_friedman1
import numpy as np
import keras
from keras import layers
from keras.initializers import RandomNormal

keras.utils.set_random_seed(44)
X, y = make_friedman1(n_samples=2000, n_features=8, noise=0.5, random_state=44)
X = (X - 0.5) / 0.29
y = (y - y[:1500].mean()) / y[:1500].std()

init = RandomNormal(mean=0.0, stddev=0.2)
model = keras.Sequential([
    layers.Input(shape=(8,)),
    layers.Dense(32, activation="relu", kernel_initializer=init),
    layers.Dense(32, activation="relu", kernel_initializer=init),
    layers.Dense(1, kernel_initializer=init),
])
model.compile(loss="mean_squared_error", optimizer="adam", metrics=["mean_absolute_error"])
model.fit(X[:1500], y[:1500], batch_size=32, epochs=30, verbose=0)
mse, mae = model.evaluate(X[1500:], y[1500:], verbose=0)
print("RESULT", "r2", float(1 - mse / np.var(y[1500:])), "mae", mae)
