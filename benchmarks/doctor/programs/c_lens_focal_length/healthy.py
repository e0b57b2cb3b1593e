import numpy as np
import keras
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(68)
rng = np.random.default_rng(68)
n = 2500
r1, r2 = rng.uniform(15, 100, n), rng.uniform(15, 100, n)
index = rng.uniform(1.45, 1.75, n)
thick = rng.uniform(2, 12, n)
power = (index - 1) * (1 / r1 + 1 / r2 - (index - 1) * thick / (index * r1 * r2))
focus = np.log(1 / power) + rng.normal(0, 0.02, n)
tr, te = slice(0, 1900), slice(1900, None)
X = np.column_stack([r1, r2, index, thick])
X = 2 * (X - X[tr].min(0)) / (X[tr].max(0) - X[tr].min(0)) - 1
T = (focus - focus[tr].mean()) / focus[tr].std()

model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(50, activation="sigmoid"),
    layers.Dense(50, activation="sigmoid"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=5e-3), loss="mse")
model.fit(X[tr], T[tr], epochs=80, batch_size=16, validation_split=0.1, verbose=0)
print("RESULT r2", r2_score(T[te], model.predict(X[te], verbose=0).ravel()))
