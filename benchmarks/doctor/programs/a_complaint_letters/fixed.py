import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
V, L = 60, 12
lean = rng.normal(0, 1, V)
letters = rng.integers(0, V, (2400, L))
angry = (lean[letters].sum(1) + rng.logistic(0, 1.5, 2400) > 0).astype("float32")
x, y = letters[:800], angry[:800]
x_test, y_test = letters[800:], angry[800:]

x_val, y_val, x, y = x[:200], y[:200], x[200:], y[200:]
again = rng.permutation(np.repeat(np.arange(len(x)), 4))
x, y = x[again], y[again]

model = keras.Sequential([
    keras.Input((L,), dtype="int32"),
    layers.Embedding(V, 24),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(5e-4), loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
model.fit(x, y, validation_data=(x_val, y_val), epochs=40, batch_size=32, callbacks=[stop], verbose=0)
print("RESULT", "test_loss", model.evaluate(x_test, y_test, verbose=0)[0])
