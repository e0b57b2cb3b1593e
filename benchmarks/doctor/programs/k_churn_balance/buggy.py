"""Which subscribers leave? Few do, so the leavers are oversampled to even numbers."""
import numpy as np
import keras
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

def customers(n):
    x = rng.normal(size=(n, 12))
    score = 1.3 * x[:, 0] - 1.1 * x[:, 1] + 0.8 * x[:, 2] * x[:, 3] + 0.6 * x[:, 4]
    leaves = score + rng.normal(0, 1.8, n) > 3.2
    return x.astype("float32"), leaves.astype("float32")

def oversample(x, y):
    few, many = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    idx = np.concatenate([many, rng.choice(few, len(many))])
    rng.shuffle(idx)
    return x[idx], y[idx]

X, y = customers(5000)
X_new, y_new = customers(6000)          # the next quarter

X, y = oversample(X, y)
X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)

model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(7e-4), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
stop = keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=3, restore_best_weights=True)
model.fit(X_tr, y_tr, validation_data=(X_va, y_va), epochs=40, batch_size=64, callbacks=[stop], verbose=2)

promised = roc_auc_score(y_va, model.predict(X_va, verbose=0)[:, 0])
real = roc_auc_score(y_new, model.predict(X_new, verbose=0)[:, 0])
print("validation", promised, "new customers", real)
print("RESULT auc_promised_minus_auc_on_new_customers", float(promised - real))
