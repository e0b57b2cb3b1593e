"""Water level in the harbour in 6 hours, in centimetres in and centimetres out.

The Normalization layer and the last Rescaling layer know the units, so nobody else has to."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
STEPS, AHEAD = 25, 6

t = np.arange(5000)
surge = np.zeros(len(t))
for i in range(1, len(t)):
    surge[i] = 0.98 * surge[i - 1] + rng.normal(0, 2.0)
level = 310 + 110 * np.sin(2 * np.pi * t / 12.42) + 35 * np.sin(2 * np.pi * t / 12.0 + 1) + surge
level = level.astype("float32")

windows = np.lib.stride_tricks.sliding_window_view(level, STEPS)[:-AHEAD, :, None].copy()
later = level[STEPS + AHEAD - 1:]
x_train, y_train = windows[:3500], later[:3500]
x_val, y_val = windows[3550:4000], later[3550:4000]
x_test, y_test = windows[4050:], later[4050:]

norm = layers.Normalization(axis=None)
norm.adapt(x_train)
inp = keras.Input((STEPS, 1))
h = norm(inp)
h = layers.Conv1D(24, 5, activation="relu")(h)
h = layers.Conv1D(24, 5, activation="relu")(h)
h = layers.Flatten()(h)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(1)(h)
out = layers.Rescaling(scale=float(y_train.std()), offset=float(y_train.mean()))(h)
model = keras.Model(inp, out)

model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mae")
stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=25, batch_size=32,
          callbacks=[stop], verbose=0)
print("plain mean would miss by", float(np.abs(y_test - y_train.mean()).mean()), "cm")
print("RESULT mae_cm", float(model.evaluate(x_test, y_test, verbose=0)))
