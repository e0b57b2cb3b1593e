import numpy as np
import keras
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 2400
kiln = rng.normal(1430, 18, n)
feed = rng.normal(210, 14, n)
draught = rng.normal(-0.6, 0.08, n)
moisture = rng.gamma(4, 0.4, n)
kw, fw, dw = (kiln - 1430) / 18, (feed - 210) / 14, (draught + 0.6) / 0.08
free_lime = 1.1 - 0.5 * kw + 0.35 * fw * dw + 0.3 * np.maximum(kw, 0) * fw + 0.2 * moisture + rng.normal(0, 0.15, n)

X = np.column_stack([kiln, feed, draught, moisture])
y = (free_lime - 1.4) / 0.7
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=1)

inp = keras.Input(shape=(4,), name="log")
h = layers.Dense(48, activation="relu")(inp)
h = layers.Dense(24, activation="relu")(h)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
stop = keras.callbacks.EarlyStopping(patience=15, restore_best_weights=True)
model.fit(X_tr, y_tr, validation_split=0.2, epochs=50, batch_size=32, callbacks=[stop], verbose=0)
p = model.predict(X_te, verbose=0)[:, 0]
print("RESULT", "r2", float(1 - np.mean((p - y_te) ** 2) / np.var(y_te)))
