"""Gas use of a boiler (m3 per hour) from its sensors; trained on two years, tried on the January after."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)


def logbook(days):
    day = np.repeat(days, 6)
    outside = 10 - 12 * np.cos(2 * np.pi * (day - 15) / 365) + rng.normal(0, 3.5, len(day))
    flow = rng.uniform(0.6, 2.2, len(day))
    ret = 38 + 0.3 * (20 - outside) + rng.normal(0, 2, len(day))
    wind = rng.gamma(2, 2.0, len(day))
    people = rng.integers(0, 40, len(day))
    gas = (1.5 + 0.22 * np.maximum(0, 19 - outside) * (0.6 + 0.25 * flow) + 0.05 * wind
           - 0.01 * people + rng.normal(0, 0.12, len(day)))
    return np.column_stack([outside, flow, ret, wind, people]), gas


X, gas = logbook(np.arange(730))
X_test, gas_test = logbook(np.arange(730, 761))
order = rng.permutation(len(X))
X, gas = X[order], gas[order]

scaler = StandardScaler()
X = scaler.fit_transform(X)
X_test = scaler.fit_transform(X_test)
g0, g1 = gas.mean(), gas.std()

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit(X, (gas - g0) / g1, validation_split=0.15, epochs=40, batch_size=64, verbose=0,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.5),
                     keras.callbacks.EarlyStopping(patience=7, restore_best_weights=True)])

print("score on the test month:", model.evaluate(X_test, (gas_test - g0) / g1, verbose=0))
pred = model.predict(X_test, verbose=0).ravel() * g1 + g0
print("RESULT", "mae", float(np.abs(pred - gas_test).mean()))
