import numpy as np
import keras
from keras import layers, Sequential

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

days = np.arange(2400)
level = np.sin(days / 9.0) + 0.6 * np.sin(days / 3.7 + 1) + np.cumsum(rng.normal(0, 0.02, 2400)) * 0.3
level += rng.normal(0, 0.05, 2400)
mean, std = level[:1900].mean(), level[:1900].std()
series = ((level - mean) / std).astype("float32")
window, ahead, batch_size = 24, 4, 32

def stream(lo, hi):
    starts = np.arange(lo, hi - window - ahead)
    while True:
        rng.shuffle(starts)
        for i in range(0, len(starts) - batch_size + 1, batch_size):
            s = starts[i:i + batch_size]
            yield (np.stack([series[k:k + window, None] for k in s]),
                   np.stack([series[k + window + ahead - 1:k + window + ahead] for k in s]))

train_stream = stream(0, 1700)
valid_stream = stream(1700, 1900)

model = Sequential([
    layers.Input((window, 1)),
    layers.GRU(32),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
steps = 1700 // (window * batch_size)
model.fit(train_stream, steps_per_epoch=steps, epochs=8,
          validation_data=valid_stream, validation_steps=2, verbose=0)

k = np.arange(1900, 2400 - window - ahead)
X = np.stack([series[i:i + window, None] for i in k])
y = np.array([series[i + window + ahead - 1] for i in k])
p = model.predict(X, verbose=0).ravel()
print("RESULT", "r2", float(1 - ((p - y) ** 2).mean() / y.var()))
