"""Predict the disease progression one year after baseline (sklearn's diabetes data)."""
import numpy as np
import keras
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(15)
X, y = load_diabetes(return_X_y=True, scaled=False)
idx = np.random.default_rng(15).permutation(len(y))
train, test = idx[:340], idx[340:]

X_scaler = StandardScaler().fit(X[train])
X_train, X_test = X_scaler.transform(X[train]), X_scaler.transform(X[test])
centre, width = y[train].mean(), y[train].std()
t_train = (y[train] - centre) / width

inp = keras.Input((10,))
z = keras.layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))(inp)
out = keras.layers.Dense(1)(z)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mean_squared_error")
model.fit(X_train, t_train, epochs=40, batch_size=16, verbose=0)

pred = model.predict(X_test, verbose=0)[:, 0] * width + centre
print("mean of y on the test rows", y[test].mean(), "mean of the predictions", pred.mean())
print("RESULT mae", float(np.mean(np.abs(pred - y[test]))))
