import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(32)
rng = np.random.default_rng(32)
t = np.arange(1300)
load = np.sin(2 * np.pi * t / 24) * (1 + 0.4 * np.sin(2 * np.pi * t / 168)) + 0.2 * rng.normal(size=1300)
lookback = 24
X = np.lib.stride_tricks.sliding_window_view(load, lookback)[:-1, :, None]
y = load[lookback:, None]
n_train = 1000

class LoadModel(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.encoder = layers.GRU(units)
        self.hidden = layers.Dense(16, activation="relu")
        self.head = layers.Dense(1)

    def call(self, sequence):
        return self.head(self.hidden(self.encoder(sequence)))

model = LoadModel(20)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=5e-3), loss="mse", metrics=["mae"])
model.fit(X[:n_train], y[:n_train], epochs=15, batch_size=64, verbose=0)
pred = model.predict(X[n_train + lookback:], verbose=0)
truth = y[n_train + lookback:]
print("RESULT", "test_r2", float(1 - np.square(pred - truth).sum() / np.square(truth - truth.mean()).sum()))
