import numpy as np
import keras
from keras import layers, regularizers
from sklearn.metrics import log_loss

keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)
V, L = 160, 30
lean = rng.normal(0, 1.5, V)
docs = rng.integers(1, V, (1400, L))
prob = 1 / (1 + np.exp(-2.0 * lean[docs].sum(1) / np.sqrt(L) * 2))
y = (rng.random(1400) < 0.08 + 0.84 * prob).astype("float32")
x_train, y_train, x_test, y_test = docs[:900], y[:900], docs[900:], y[900:]

model = keras.Sequential()
model.add(keras.Input((L,)))
model.add(layers.Embedding(V, 64))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.Dropout(0.3))
model.add(layers.Dense(16, activation="relu", kernel_regularizer=regularizers.l2(1e-3)))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
callbacks = [keras.callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True)]
history = model.fit(x_train, y_train, epochs=40, batch_size=32, validation_split=0.2, callbacks=callbacks, verbose=0)
p = model.predict(x_test, verbose=0)[:, 0].astype("float64")
print("RESULT", "test_log_loss", log_loss(y_test, p.clip(1e-6, 1 - 1e-6)))
