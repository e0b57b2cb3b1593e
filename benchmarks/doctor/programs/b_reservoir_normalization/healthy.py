import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
n = 5000
rain = rng.gamma(1.5, 20, n)
melt = rng.uniform(0, 900, n)
gate = rng.integers(0, 5, n)
pressure = rng.normal(1013, 8, n)
level = 120 + 0.3 * rain + 0.00008 * melt ** 2 - 6 * gate + 0.02 * rain * (gate < 2) * 10 + rng.normal(0, 3, n)
X = np.column_stack([rain, melt, gate, pressure]).astype("float32")
X_train, X_test = X[:4000], X[4000:]
y_mean, y_std = level[:4000].mean(), level[:4000].std()
y_train = (level[:4000] - y_mean) / y_std

norm = layers.Normalization()
norm.adapt(X_train)
model = keras.Sequential([
    norm,
    layers.Dense(64, activation="gelu"),
    layers.Dense(64, activation="gelu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="huber", metrics=["mae"])
model.fit(X_train, y_train, batch_size=512, epochs=60, validation_split=0.1, verbose=0)
guess = model.predict(X_test, batch_size=512, verbose=0)[:, 0] * y_std + y_mean
print("RESULT", "test_mae", float(np.abs(guess - level[4000:]).mean()))
