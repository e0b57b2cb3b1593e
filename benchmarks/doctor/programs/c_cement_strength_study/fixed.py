import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import r2_score
import tensorflow as tf
from tensorflow.keras import Sequential, Input
from tensorflow.keras.layers import Dense, Dropout

tf.keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 1030
cement = rng.uniform(100, 540, n)
slag = rng.uniform(0, 360, n) * (rng.random(n) < 0.5)
water = rng.uniform(120, 247, n)
plasticizer = rng.uniform(0, 32, n) * (rng.random(n) < 0.6)
age = rng.choice([3, 7, 14, 28, 56, 90, 180, 365], n)
binder = cement + 0.6 * slag
strength = 24 * np.log1p(age) / np.log(29) * (binder / water) ** 0.8 * (0.9 + 0.006 * plasticizer) + rng.normal(0, 3, n)

X = np.column_stack([cement, slag, water, plasticizer, np.log(age)])
X_tr, X_te, y_tr, y_te = train_test_split(X, strength, test_size=0.25, random_state=11)
sx, sy = StandardScaler().fit(X_tr), StandardScaler().fit(y_tr[:, None])

rate = 0.05
model = Sequential([Input(shape=(5,))])
for units in (24, 24, 24):
    model.add(Dense(units, activation="relu"))
    model.add(Dropout(rate))
model.add(Dense(1))
model.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
hist = model.fit(sx.transform(X_tr), sy.transform(y_tr[:, None]), validation_split=0.15,
                 epochs=120, batch_size=32, verbose=0)
pred = sy.inverse_transform(model.predict(sx.transform(X_te), verbose=0)).ravel()
print("RESULT r2", r2_score(y_te, pred))
