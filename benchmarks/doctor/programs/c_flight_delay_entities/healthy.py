import numpy as np
import keras
from keras import layers
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
n, a = 6000, 4500
carrier, airport, dow = rng.integers(0, 12, n), rng.integers(0, 40, n), rng.integers(0, 7, n)
departs = rng.uniform(5, 23, n)
distance = rng.gamma(2, 500, n)
c_eff, a_eff, peak = rng.normal(0, 1.0, 12), rng.normal(0, 0.8, 40), rng.uniform(7, 20, 40)
logit = (-0.6 + c_eff[carrier] + a_eff[airport] + 1.8 * np.exp(-((departs - peak[airport]) / 2.5) ** 2)
         + 0.08 * (departs - 14) + 0.5 * np.isin(dow, [4, 6]))
late = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")
num = np.column_stack([(departs - 14) / 5, np.log(distance) - 6.7])
rows = {"carrier": carrier, "airport": airport, "dow": dow, "num": num}

sizes = {"carrier": 12, "airport": 40, "dow": 7}
inputs, parts = {}, []
for key, count in sizes.items():
    inputs[key] = keras.Input((), dtype="int32", name=key)
    parts.append(layers.Embedding(count, min(8, (count + 1) // 2), name=f"emb_{key}")(inputs[key]))
inputs["num"] = keras.Input((2,), name="num")
h = layers.Concatenate()(parts + [inputs["num"]])
h = layers.Dropout(0.15)(h)
h = layers.Dense(48, activation="relu")(h)
h = layers.Dropout(0.25)(h)
h = layers.Dense(24, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["AUC"])
stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
model.fit({k: v[:a] for k, v in rows.items()}, late[:a], validation_split=0.15, epochs=30, batch_size=128,
          callbacks=[stop], verbose=0)
print("RESULT auc", roc_auc_score(late[a:], model.predict({k: v[a:] for k, v in rows.items()}, verbose=0)))
