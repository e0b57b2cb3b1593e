import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
cells = 1800
cycles = rng.integers(10, 1500, cells)
temp = rng.normal(25, 8, cells)
c_rate = rng.choice([0.5, 1.0, 2.0, 3.0], cells)
depth = rng.uniform(0.3, 1.0, cells)
wear = cycles / 1000 * (1 + 0.02 * np.abs(temp - 25)) * c_rate ** 0.5 * depth
capacity = 3.2 * np.exp(-0.25 * wear) + rng.normal(0, 0.03, cells)
resistance = 18 * (1 + 0.5 * wear ** 1.3) + rng.normal(0, 0.5, cells)

X = np.column_stack([cycles, temp, c_rate, depth])
Y = np.column_stack([capacity, resistance])
X = (X - X[:1400].mean(0)) / X[:1400].std(0)
Y = (Y - Y[:1400].mean(0)) / Y[:1400].std(0)

inp = keras.Input(shape=(4,), name="usage")
x = layers.Dense(48, activation="relu")(inp)
x = layers.Dense(24, activation="relu")(x)
health = layers.Dense(2, name="health")(x)
model = keras.Model(inputs=inp, outputs=health)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mean_squared_error", metrics=["mae"])
model.fit(X[:1400], Y[:1400], epochs=60, batch_size=32, validation_split=0.15, verbose=0)
print("RESULT r2", r2_score(Y[1400:], model.predict(X[1400:], verbose=0)))
