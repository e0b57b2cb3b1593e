"""Strength of a concrete mix after some days, from the recipe."""
import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 2400
cement = rng.uniform(120, 520, n)
water = rng.uniform(130, 230, n)
ash = rng.uniform(0, 180, n)
age = rng.choice([3, 7, 14, 28, 56, 90], n)
plast = rng.uniform(0, 25, n)
binder = cement + 0.4 * ash
strength = 22 * (binder / water) * (0.35 + 0.2 * np.log(age)) + 0.3 * plast + rng.normal(0, 1.2, n)

X = np.column_stack([cement, water, ash, np.log(age), plast])
X_tr, X_te, y_tr, y_te = train_test_split(X, strength, test_size=0.25, random_state=3)
sx, sy = StandardScaler(), StandardScaler()
X_tr, X_te = sx.fit_transform(X_tr), sx.transform(X_te)
t_tr = sy.fit_transform(y_tr.reshape(-1, 1))

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
# stop when it no longer gets better, and keep the best epoch
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max", patience=10, restore_best_weights=True)
model.fit(X_tr, t_tr, validation_split=0.2, epochs=60, batch_size=32, callbacks=[stop], verbose=2)

pred = sy.inverse_transform(model.predict(X_te, verbose=0)).ravel()
print("RESULT mae", float(np.abs(pred - y_te).mean()))
