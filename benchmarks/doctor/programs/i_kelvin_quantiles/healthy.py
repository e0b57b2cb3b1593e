"""Tomorrow's temperature in kelvin, with a low / middle / high estimate (pinball loss).
Raw units go in and come out: the scaling is part of the model."""
import numpy as np
import keras
from keras import layers, ops

QUANTILES = np.array([0.1, 0.5, 0.9], "float32")
WINDOW = 14
keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
day = np.arange(3000)
weather = np.zeros(3000)
for d in range(2, 3000):
    weather[d] = 1.6 * weather[d - 1] - 0.75 * weather[d - 2] + rng.normal(0, 0.7)
kelvin = (283 + 9 * np.sin(2 * np.pi * day / 365.25) + weather).astype("float32")
x = np.stack([kelvin[i:i + WINDOW] for i in range(3000 - WINDOW)])[..., None]
y = kelvin[WINDOW:, None]
x_train, y_train, x_val, y_val, x_test, y_test = x[:2200], y[:2200], x[2200:2500], y[2200:2500], x[2500:], y[2500:]


def pinball(truth, guess):
    gap = truth - guess
    return ops.mean(ops.maximum(QUANTILES * gap, (QUANTILES - 1) * gap), axis=-1)


norm = layers.Normalization(axis=-1)
norm.adapt(x_train)
model = keras.Sequential([
    keras.Input((WINDOW, 1)),
    norm,
    layers.GRU(16),
    layers.Dense(16, activation="relu"),
    layers.Dense(3),
    layers.Rescaling(scale=float(y_train.std()), offset=float(y_train.mean())),
])
model.compile(loss=pinball, optimizer=keras.optimizers.Adam(0.003))
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0,
          callbacks=[keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)])

q = model.predict(x_test, verbose=0)
inside = ((y_test >= q[:, :1]) & (y_test <= q[:, 2:])).mean()
print("share between low and high (wanted 0.8):", float(inside), "persistence mae", float(abs(x_test[:, -1] - y_test).mean()))
print("RESULT", "test_mae", float(abs(q[:, 1:2] - y_test).mean()))
