import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
hours = np.arange(4500)
season = 2 * np.sin(2 * np.pi * hours / 900)
front = np.zeros(4500)
for t in range(1, 4500):
    front[t] = 0.985 * front[t - 1] + rng.normal(0, 0.4)
temp = 9 + season + 5 * np.sin(2 * np.pi * (hours - 9) / 24) * (1 + 0.3 * front.clip(-6, 6)) + front + rng.normal(0, 0.3, 4500)
pressure = 990 - 1.5 * np.roll(front, -6) + rng.normal(0, 0.5, 4500)
raw = np.stack([temp, pressure, np.sin(2 * np.pi * hours / 24), np.cos(2 * np.pi * hours / 24)], 1)

num_train, num_val = 2700, 700
mean, std = raw[:num_train].mean(axis=0), raw[:num_train].std(axis=0)
data = ((raw - mean) / std).astype("float32")
lookback, delay, batch_size = 24, 6, 64


def generator(lo, hi, shuffle=False):
    i = lo + lookback
    while True:
        if shuffle:
            rows = np.random.randint(lo + lookback, hi - delay, size=batch_size)
        else:
            if i + batch_size >= hi - delay:
                i = lo + lookback
            rows = np.arange(i, min(i + batch_size, hi - delay))
            i += len(rows)
        samples = np.stack([data[r - lookback:r] for r in rows])
        yield samples, data[rows + delay, 0]


model = keras.Sequential([
    keras.Input((lookback, 4)),
    layers.GRU(32),
    layers.Dropout(0.1),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(4e-3), loss="mae")
model.fit(generator(0, num_train, True), steps_per_epoch=40, epochs=18,
          validation_data=generator(num_train, num_train + num_val), validation_steps=9, verbose=0)
rows = np.arange(num_train + num_val + lookback, 4500 - delay)
pred = model.predict(np.stack([data[r - lookback:r] for r in rows]), verbose=0)[:, 0]
print("RESULT", "mae_celsius", float(np.abs(pred - data[rows + delay, 0]).mean() * std[0]))
