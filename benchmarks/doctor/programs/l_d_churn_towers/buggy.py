"""Will the customer leave?  Two towers: how he uses the service, and what stands in his account."""
import numpy as np
import keras
from keras import layers
from sklearn.metrics import balanced_accuracy_score

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

n = 6000
usage = rng.normal(size=(n, 6))                      # already z-scores in the warehouse
income = rng.normal(41000, 12000, n).clip(9000)
age = rng.uniform(18, 85, n)
balance = rng.normal(2500, 3800, n)
days = rng.uniform(10, 3600, n)
contracts = rng.integers(1, 6, n)
z = (0.7 * usage[:, 0] - 0.5 * usage[:, 1]
     + 3.0 * (np.abs(age - 50) > 17) - 1.5 * (contracts - 3)
     - 1.2 * (days - 1800) / 1000 - 3.6)
left = (z + rng.logistic(0, 0.25, n) > 0).astype("int32")
account = np.column_stack([income, age, balance, days, contracts]).astype("float32")

train, valid, test = np.split(rng.permutation(n), [4200, 4800])

share = left[train].mean()
weights = {0: 0.5 / (1 - share), 1: 0.5 / share}

x1 = keras.Input((usage.shape[1],), name="usage")
x2 = keras.Input((account.shape[1],), name="account")
t1 = layers.Dense(16, activation="relu")(x1)
t2 = layers.Dense(32, activation="relu")(x2)
t2 = layers.Dense(16, activation="relu")(t2)
joined = layers.concatenate([t1, t2])
joined = layers.Dense(16, activation="relu")(joined)
y_hat = layers.Dense(1, activation="sigmoid")(joined)
model = keras.Model(inputs={"usage": x1, "account": x2}, outputs=y_hat)
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])


def rows(i):
    return {"usage": usage[i], "account": account[i]}


model.fit(rows(train), left[train], validation_data=(rows(valid), left[valid]), class_weight=weights,
          epochs=30, batch_size=64, verbose=0,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=4, factor=0.3),
                     keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)])
p = model.predict(rows(test), verbose=0).ravel() > 0.5
print("RESULT", "balanced_accuracy", float(balanced_accuracy_score(left[test], p)))
