"""Shaft power of a centrifugal pump, from speed, flow, head, viscosity."""
import numpy as np
import keras
from keras import layers

HIDDEN = [64, 64, 32]
keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

rows = 3000
speed = rng.uniform(900, 3000, rows)               # rpm
valve = rng.uniform(0.2, 1.0, rows)                # opening
visc = rng.lognormal(1.0, 0.5, rows)               # cSt
flow = 0.12 * speed / 3000 * valve                 # m3/s
head = 80 * (speed / 3000) ** 2 * (1.2 - 0.6 * valve ** 2)
eta = 0.80 - 1.1 * (valve - 0.7) ** 2 - 0.02 * np.log(visc)
power = 9.81 * flow * head / eta * (1 + 0.01 * rng.normal(size=rows))     # kW

X = np.column_stack([speed, valve, np.log(visc)])
X = (X - X[:2200].mean(axis=0)) / X[:2200].std(axis=0)
offset, unit = power[:2200].mean(), power[:2200].std()
y = (power - offset) / unit

model = keras.Sequential()
model.add(layers.Input(shape=(3,)))
for units in HIDDEN:
    model.add(layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss="mae")

best = keras.callbacks.ReduceLROnPlateau(patience=5, factor=0.5, min_lr=1e-4)
model.fit(X[:2200], y[:2200], validation_data=(X[2200:2600], y[2200:2600]), epochs=40,
          batch_size=32, callbacks=[best], verbose=0)
estimate = model.predict(X[2600:], verbose=0).squeeze() * unit + offset
print("largest error (kW):", np.abs(estimate - power[2600:]).max())
print("RESULT mae_kW", float(np.abs(estimate - power[2600:]).mean()))
