import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Input, Dense
from tensorflow.keras.callbacks import EarlyStopping
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

tf.keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
n = 1500
age = rng.integers(21, 80, n)
bmi = rng.normal(32, 7, n)
hba1c = rng.normal(7.2, 1.1, n)
insulin_user = rng.random(n) < 0.35
visits = rng.poisson(4, n)
smoker = rng.random(n) < 0.2
cost = (2500 + 110 * (age - 21) + 900 * np.maximum(hba1c - 6.5, 0) + insulin_user * (3800 + 160 * (bmi - 32))
        + 420 * visits + 5200 * smoker + rng.normal(0, 900, n))
X = np.stack([age, bmi, hba1c, insulin_user, visits, smoker], 1)
X_train, X_test, y_train, y_test = X[:1200], X[1200:], cost[:1200], cost[1200:]

ct = StandardScaler().fit(X_train)
X_train, X_test = ct.transform(X_train), ct.transform(X_test)

model = Sequential()
model.add(Input(shape=(6,)))
model.add(Dense(32, activation="relu"))
model.add(Dense(16, activation="relu"))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam", metrics=["accuracy"])
es = EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)
model.fit(X_train, y_train, validation_split=0.2, epochs=40, batch_size=32, callbacks=[es], verbose=0)
pred = model.predict(X_test, verbose=0).ravel()
print("RESULT", "test_r2", r2_score(y_test, pred))
