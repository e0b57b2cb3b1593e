"""Readmission within 30 days, from a discharge table."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)


def discharges(n):
    age = rng.normal(63, 14, n)
    stay = rng.gamma(2.5, 2.2, n)
    hb = rng.normal(12.5, 1.8, n)
    sodium = rng.normal(139, 4, n)
    drugs = rng.poisson(6, n)
    earlier = rng.poisson(0.9, n)
    # both too low and too high values are bad, and a short stay is bad for the old
    risk = (1.3 * ((sodium - 139) / 4) ** 2 + 0.9 * ((hb - 12.5) / 1.8) ** 2
            - 1.1 * (age - 63) / 14 * (stay - 5.5) / 3.5 + 0.15 * earlier - 2.3)
    y = (risk + rng.logistic(0, 0.5, n) > 0).astype("float32")
    return np.column_stack([age, stay, hb, sodium, drugs, earlier]), y


X_train, y_train = discharges(6000)
X_val, y_val = discharges(1500)
X_test, y_test = discharges(2000)
scaler = StandardScaler().fit(X_train)
X_train, X_val, X_test = map(scaler.transform, (X_train, X_val, X_test))

model = keras.Sequential()
model.add(keras.Input((6,)))
model.add(layers.Dense(24, activation="relu"))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(1e-3),
              metrics=[keras.metrics.AUC(name="auc")])

callbacks = [
    keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=3, restore_best_weights=True),
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=2, min_lr=1e-5),
]
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=60, batch_size=128,
          callbacks=callbacks, verbose=0)
print("RESULT", "auc", float(roc_auc_score(y_test, model.predict(X_test, verbose=0).ravel())))
