"""Fraudulent claims: three in a hundred, and the labels themselves are a matter of opinion."""
import numpy as np
import keras
from keras import layers
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

n = 16000
amount = rng.lognormal(7.2, 1.0, n)              # euros
delay = rng.exponential(20, n)                   # days until the claim was made
earlier = rng.poisson(0.6, n)
hour = rng.integers(0, 24, n)
tenure = rng.uniform(0, 15, n)
z = (1.1 * (np.log(amount) - 7.2) + 0.9 * earlier - 0.25 * (tenure - 7) + 1.2 * ((hour < 6) & (delay > 15)) - 5.2)
fraud = (rng.random(n) < 1 / (1 + np.exp(-z))).astype("int32")

X = np.column_stack([np.log(amount), np.log1p(delay), earlier, np.sin(hour / 24 * 2 * np.pi),
                     np.cos(hour / 24 * 2 * np.pi), tenure])
tr, va, te = slice(0, 10000), slice(10000, 12500), slice(12500, n)
mean, std = X[tr].mean(0), X[tr].std(0)
X = ((X - mean) / std).astype("float32")

share = fraud[tr].mean()
print("share of frauds", share)
inp = keras.Input((X.shape[1],))
h = layers.Dense(16, activation="relu")(inp)
h = layers.Dropout(0.1)(h)
h = layers.Dense(8, activation="relu")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-3), loss="binary_crossentropy",
              weighted_metrics=[keras.metrics.AUC(name="auc")])
model.fit(X[tr], fraud[tr], validation_data=(X[va], fraud[va]), epochs=15, batch_size=128, verbose=0,
          class_weight={0: 0.5 / (1 - share), 1: 0.5 / share},
          callbacks=[keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=5,
                                                   restore_best_weights=True)])
print("RESULT", "auc", float(roc_auc_score(fraud[te], model.predict(X[te], verbose=0).ravel())))
