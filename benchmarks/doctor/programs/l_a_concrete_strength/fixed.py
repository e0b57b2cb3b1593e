"""Compressive strength of concrete from the mix (kg per cubic metre) and the age."""
import numpy as np
from keras import Input, Model, callbacks, layers, optimizers, utils
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

utils.set_random_seed(21)
rng = np.random.RandomState(21)
n = 4000
cement = rng.uniform(150, 520, n)
slag = rng.uniform(0, 200, n)
water = rng.uniform(140, 220, n)
plast = rng.uniform(0, 14, n)
coarse = rng.uniform(820, 1100, n)
age = rng.choice([3, 7, 14, 28, 56, 90], n)
ratio = (cement + 0.7 * slag) / water
strength = 17 * ratio * (0.35 + 0.19 * np.log(age)) ** 0.8 * (1 + 0.012 * plast) - 4 + 0.004 * (coarse - 960)
strength = strength + rng.normal(0, 1.0, n)

X = np.stack([cement, slag, water, plast, coarse, np.log(age)], axis=1)
X_train, X_test, y_train, y_test = train_test_split(X, strength.reshape(-1, 1), test_size=0.25, random_state=1)
sx, sy = StandardScaler().fit(X_train), StandardScaler().fit(y_train)

inp = Input((6,), name="mix")
h = layers.Dense(64, activation="relu")(inp)
h = layers.Dense(32, activation="relu")(h)
# megapascals
out = layers.Dense(1, name="strength")(h)
model = Model(inp, out)
model.compile(loss="mean_squared_error", optimizer=optimizers.Adam(learning_rate=0.002))
stop = callbacks.EarlyStopping(monitor="val_loss", patience=12, restore_best_weights=True)
model.fit(sx.transform(X_train), sy.transform(y_train), validation_split=0.2, epochs=80,
          batch_size=32, callbacks=[stop], verbose=0)

pred = sy.inverse_transform(model.predict(sx.transform(X_test), verbose=0))
print("a few:", np.c_[pred[:5], y_test[:5]].round(1).tolist())
print("RESULT mae_MPa", float(np.mean(np.abs(pred - y_test))))
