import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
trays = 2800
temp = rng.uniform(5, 38, trays)
moisture = rng.uniform(0.1, 0.6, trays)
months = rng.integers(0, 36, trays)
salt = rng.exponential(2.0, trays)
variety = rng.integers(0, 6, trays)
best = np.array([18, 22, 24, 20, 26, 29])[variety]
eta = 2.4 - ((temp - best) / 6) ** 2 - 14 * (moisture - 0.35) ** 2 * 4 - 0.05 * months - 0.25 * salt
sown = rng.integers(20, 120, trays)
sprouted = rng.binomial(sown, 1 / (1 + np.exp(-eta)))
share = sprouted / sown

X = np.column_stack([temp, moisture, months, salt])
X = np.hstack([(X - X[:2200].mean(0)) / X[:2200].std(0), np.eye(6)[variety]]).astype("float32")
inputs = keras.Input((10,))
h = layers.Dense(40, activation="tanh")(inputs)
h = layers.Dense(40, activation="tanh")(h)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="binary_crossentropy", metrics=["mae"])
model.fit(X[:2200], share[:2200], sample_weight=sown[:2200] / sown[:2200].mean(), epochs=50, batch_size=44,
          validation_split=0.12, verbose=0)
print("RESULT mae_share", np.abs(model.predict(X[2200:], verbose=0).ravel() - share[2200:]).mean())
