import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(91)
rng = np.random.default_rng(91)
plant = rng.normal(size=(1300, 15))
drift = plant[:, 0] - 0.7 * plant[:, 1] * plant[:, 2] + 0.5 * plant[:, 3] + 1.2 * rng.normal(size=1300)
spring, summer = slice(0, 400), slice(80, 480)
x = np.concatenate([plant[spring], plant[summer]])
y = np.concatenate([drift[spring], drift[summer]])
x, first = np.unique(x, axis=0, return_index=True)
y = y[first]
mix = rng.permutation(len(x))
x, y = x[mix], y[mix]
x_train, y_train, x_val, y_val = x[:360], y[:360], x[360:], y[360:]
x_test, y_test = plant[500:], drift[500:]

inp = keras.Input((15,))
hidden = layers.Dense(128, activation="relu")(inp)
hidden = layers.Dense(64, activation="relu")(hidden)
model = keras.Model(inp, layers.Dense(1)(hidden))
model.compile(optimizer=keras.optimizers.Adam(0.0015), loss="mse")
best = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, batch_size=32, callbacks=[best], verbose=0)
print("RESULT", "test_mse", float(model.evaluate(x_test, y_test, verbose=0)))
