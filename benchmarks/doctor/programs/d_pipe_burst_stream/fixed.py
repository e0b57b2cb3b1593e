import numpy as np
import keras
from keras import layers
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)
n = 3000
pressure = rng.normal(410, 35, n)
flow = rng.gamma(5, 60, n)
night_flow = rng.gamma(2, 6, n)
age = rng.integers(1, 70, n)
depth = rng.normal(1.4, 0.3, n)
z = 1.6 * np.tanh((night_flow - 12) / 5) - 1.4 * np.cos((pressure - 410) / 30) + 0.04 * (age - 35) * (flow > 280) + 0.3
leak = (z + rng.logistic(0, 0.3, n) > 0.5).astype("float32")
table = np.column_stack([pressure, flow, night_flow, age, depth])
table = (table - table[:2400].mean(0)) / table[:2400].std(0)

def batches(rows, labels, size=48):
    pick = np.random.default_rng(0)
    while True:
        i = pick.integers(0, len(rows), size)
        yield rows[i], labels[i]

model = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(40, activation="relu"),
    layers.Dense(20, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(batches(table[:2400], leak[:2400]), steps_per_epoch=40, epochs=15, verbose=0)
print("RESULT auc", roc_auc_score(leak[2400:], model.predict(table[2400:], verbose=0)))
