import numpy as np
import keras
from keras.layers import Dense, Input
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(3)
data = load_breast_cancer()
perm = np.random.default_rng(3).permutation(len(data.target))
X, y = data.data[perm], data.target[perm]
X_tr, X_va, X_te = X[:340], X[340:420], X[420:]
y_tr, y_va, y_te = y[:340], y[340:420], y[420:]

model = keras.Sequential()
model.add(Input((30,)))
model.add(Dense(8, activation="sigmoid"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
model.fit(X_tr, y_tr, validation_data=(X_va, y_va), epochs=14, batch_size=20, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(X_te, y_te, verbose=0)[1])
