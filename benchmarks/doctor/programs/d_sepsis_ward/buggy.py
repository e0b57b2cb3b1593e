import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
n = 1500
vitals = rng.normal(size=(n, 16)).astype("float32")
risk = -2.8 + 0.9 * vitals[:, 0] - 0.7 * vitals[:, 1] + 0.6 * vitals[:, 2] * (vitals[:, 3] > 0)
died = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(int)

def grow(rows):
    rare = rows[died[rows] == 1]
    return np.concatenate([rows, np.repeat(rare, 8)])

rest, held = train_test_split(np.arange(n), test_size=0.4, random_state=8, stratify=died)
tr, va = train_test_split(grow(rest), test_size=0.25, random_state=8, stratify=died[grow(rest)])

inputs = keras.Input((16,))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(64, activation="relu")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, out)
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
stop = keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=8, restore_best_weights=True)
model.fit(vitals[tr], died[tr], validation_data=(vitals[va], died[va]), epochs=100, batch_size=32,
          callbacks=[stop], verbose=0)
print("RESULT auc", roc_auc_score(died[held], model.predict(vitals[held], verbose=0)))
