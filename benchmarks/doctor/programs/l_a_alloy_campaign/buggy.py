"""Hardness of a tempered alloy from the furnace protocol.

Six campaigns for training; the seventh, a series of long temperings, is kept to judge the network."""
import numpy as np
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

def campaign(rows, t_low, t_high, h_low, h_high):
    temp = rng.uniform(t_low, t_high, rows)          # Celsius
    hours = rng.uniform(h_low, h_high, rows)
    carbon = rng.normal(0.42, 0.06, rows)            # percent
    chrome = rng.normal(1.1, 0.25, rows)             # percent
    par = (temp + 273) * (18 + np.log10(hours)) / 1000
    hv = 560 - 26 * (par - 13) - 2.2 * (par - 13) ** 2 + 420 * (carbon - 0.42) + 35 * (chrome - 1.1)
    return np.column_stack([temp, hours, carbon, chrome]), hv + rng.normal(0, 4, rows)

def standardise(table, mean, std):
    return (table - mean) / std

parts = [campaign(300, 200, 650, 0.5, 10) for _ in range(6)]
X = np.concatenate([p[0] for p in parts])
hv = np.concatenate([p[1] for p in parts])
X_new, hv_new = campaign(250, 420, 640, 3, 10)

center, width = hv.mean(), hv.std()
X_train = standardise(X, X.mean(axis=0), X.std(axis=0))
X_test = standardise(X_new, X_new.mean(axis=0), X_new.std(axis=0))

model = keras.Sequential([
    keras.Input(shape=(4,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit(X_train, (hv - center) / width, validation_split=0.17, epochs=50, batch_size=32, verbose=0)
print("validation mae during training (HV):", history.history["val_mae"][-1] * width)

new_loss, new_mae = model.evaluate(X_test, (hv_new - center) / width, verbose=0)
print("RESULT mae_HV", float(new_mae * width))
