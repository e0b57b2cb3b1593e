import numpy as np
import keras
from keras import layers, regularizers
from sklearn.datasets import load_diabetes

keras.utils.set_random_seed(8)
X, y = load_diabetes(return_X_y=True, scaled=False)
order = np.random.default_rng(8).permutation(len(X))
train, test = order[:340], order[340:]
X = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
y = (y - y[train].mean()) / y[train].std()

net = keras.Sequential([
    layers.Input(shape=(10,)),
    layers.Dense(32, activation="relu", kernel_regularizer=regularizers.l2(1e-3)),
    layers.Dropout(0.1),
    layers.Dense(1),
])
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
net.fit(X[train], y[train], epochs=30, batch_size=16, validation_split=0.15, verbose=0)
p = net.predict(X[test], verbose=0).squeeze()
print("RESULT", "test_r2", float(1 - np.mean((p - y[test]) ** 2) / np.var(y[test])))
