import numpy as np
import keras
from keras.layers import Dense
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(19)
X, kwh = make_friedman1(n_samples=1500, n_features=8, noise=0.5, random_state=19)
kwh = 900 + 140 * kwh
X = X * 2 - 1
X_train, X_test, y_train, y_test = train_test_split(X, kwh, test_size=0.2, random_state=19)

model = keras.Sequential()
model.add(keras.Input(shape=(8,)))
model.add(Dense(32, activation="relu"))
model.add(Dense(16, activation="relu"))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mean_squared_error", metrics=["mae"])
model.fit(X_train, y_train, validation_split=0.1, epochs=40, batch_size=16, verbose=0)
pred = model.predict(X_test, verbose=0).flatten()
print("RESULT", "r2", float(1 - ((pred - y_test) ** 2).sum() / ((y_test - y_test.mean()) ** 2).sum()))
