"""Delivery time: the 10, 50 and 90 per cent quantiles from one net."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
QS = [0.1, 0.5, 0.9]
Z = [-1.2816, 0.0, 1.2816]

n = 6000
x = rng.uniform(-1, 1, (n, 4)).astype("float32")      # distance, load, time of day, rain (all scaled)
mid = 0.9 * x[:, 0] + 0.6 * np.sin(3 * x[:, 2])
wide = 0.25 + 0.2 * (x[:, 1] + 1) + 0.15 * (x[:, 3] > 0.3)
y = (mid + wide * rng.normal(size=n)).astype("float32")
truth = np.stack([mid + wide * z for z in Z], 1)


def pinball(y_true, y_pred):
    q = ops.convert_to_tensor(QS, dtype="float32")
    e = y_true - y_pred                                # (batch, 1) - (batch, 3)
    return ops.mean(ops.maximum(q * e, (q - 1) * e), axis=-1)


class Quantiles(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(32, activation="swish"), layers.Dense(32, activation="swish")])
        self.first = layers.Dense(1)
        self.steps = layers.Dense(2, activation="softplus")

    def call(self, v):
        h = self.body(v)
        low = self.first(h)
        gaps = self.steps(h)
        return ops.concatenate([low, low + gaps[:, :1], low + gaps[:, :1] + gaps[:, 1:]], axis=-1)


model = Quantiles()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=pinball)
model.fit(x[:5000], y[:5000, None], epochs=25, batch_size=64, verbose=0)


def score(q):
    e = y[5000:, None] - q
    return np.mean(np.maximum(np.array(QS) * e, (np.array(QS) - 1) * e))


p = model.predict(x[5000:], verbose=0)
print("share inside the band", np.mean((y[5000:] > p[:, 0]) & (y[5000:] < p[:, 2])))
print("RESULT pinball_ratio", score(p) / score(truth[5000:]))
