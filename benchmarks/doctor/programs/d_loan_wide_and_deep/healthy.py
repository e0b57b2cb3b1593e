import numpy as np
import keras
from keras import layers
from sklearn.metrics import roc_auc_score

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
n = 6000
purpose, region, grade = rng.integers(0, 8, n), rng.integers(0, 10, n), rng.integers(0, 5, n)
income, amount, tenure = rng.lognormal(10.4, 0.5, n), rng.lognormal(9, 0.6, n), rng.exponential(5, n)
cross = rng.normal(0, 0.7, (8, 5))
ratio = amount / income
z = -1.6 + cross[purpose, grade] + 0.45 * grade + 1.5 * np.tanh(4 * (ratio - 0.3)) - 0.5 * np.log1p(tenure) * (ratio < 0.35)
bad = (rng.random(n) < 1 / (1 + np.exp(-z))).astype("float32")

wide = np.hstack([np.eye(40)[purpose * 5 + grade], np.eye(10)[region]]).astype("float32")
deep = np.column_stack([np.log(income) - 10.4, np.log(amount) - 9, np.log1p(tenure) - 1.5, np.log(ratio) + 1.4]).astype("float32")

wide_in, deep_in = keras.Input((50,), name="wide"), keras.Input((4,), name="deep")
d = layers.BatchNormalization()(deep_in)
d = layers.Dense(32, activation="relu")(d)
d = layers.Dense(16, activation="relu")(d)
both = layers.concatenate([wide_in, d])
p = layers.Dense(1, activation="sigmoid", kernel_regularizer=keras.regularizers.L1(1e-4))(both)
model = keras.Model([wide_in, deep_in], p)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=keras.losses.BinaryFocalCrossentropy(gamma=1.0), metrics=["AUC"])
model.fit([wide[:4500], deep[:4500]], bad[:4500], batch_size=64, epochs=25, validation_split=0.15, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True)])
print("RESULT auc", roc_auc_score(bad[4500:], model.predict([wide[4500:], deep[4500:]], verbose=0)))
