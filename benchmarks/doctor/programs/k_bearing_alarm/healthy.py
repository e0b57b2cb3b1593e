"""Bearings that fail within the week: two in a hundred."""
import numpy as np
import keras
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 29
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

n = 15000
vib = rng.gamma(3.0, 0.8, n)
heat = rng.normal(62, 7, n)
hours = rng.uniform(0, 9000, n)
oil = rng.normal(0, 1, n)
load = rng.normal(0.7, 0.15, n)
score = 1.1 * (vib - 2.4) + 0.12 * (heat - 62) + 0.0004 * (hours - 4500) - 0.7 * oil - 7.0 + 4 * np.abs(load - 0.7)
fails = (rng.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
table = np.c_[vib, heat, hours, oil, load]

a, b, ya, yb = train_test_split(table, fails, test_size=0.3, stratify=fails, random_state=SEED)
sc = StandardScaler().fit(a)
a, b = sc.transform(a).astype("float32"), sc.transform(b).astype("float32")

share = ya.mean()
weights = {0: 0.5 / (1 - share), 1: 0.5 / share}
print("share of failures", share, "weights", weights)

model = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
    keras.layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
model.fit(a, ya, epochs=12, batch_size=128, class_weight=weights, verbose=0)
p = model.predict(b, verbose=0)[:, 0]
print("RESULT auc", roc_auc_score(yb, p))
