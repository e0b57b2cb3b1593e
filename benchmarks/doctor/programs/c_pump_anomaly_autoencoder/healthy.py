import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, Sequential, layers
from sklearn.metrics import roc_auc_score

tf.keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

def running(rows, worn=False):
    speed = rng.uniform(0.4, 1.0, (rows, 1))
    valve = rng.uniform(0.2, 1.0, (rows, 1))
    flow = speed * valve * (0.85 if worn else 1.0)
    head = speed ** 2 * (1.3 - 0.6 * valve ** 2)
    power = speed ** 3 * (0.4 + 0.8 * valve) * (1.1 if worn else 1.0)
    heat = 40 + 30 * power + (4 if worn else 0)
    raw = np.hstack([speed * 3000, valve * 100, flow * 60, head * 25, power * 15, heat, heat - 25 * flow, power / (flow + 0.2)])
    return raw * (1 + rng.normal(0, 0.015, raw.shape))

normal_raw, worn_raw = running(2800), running(300, worn=True)
mean, std = normal_raw[:2200].mean(axis=0), normal_raw[:2200].std(axis=0)
healthy, broken = (normal_raw - mean) / std, (worn_raw - mean) / std

class Auto(Model):
    def __init__(self, width, code):
        super().__init__()
        self.encoder = Sequential([layers.Dense(width, activation="tanh"), layers.Dense(code)])
        self.decoder = Sequential([layers.Dense(width, activation="tanh"), layers.Dense(8)])

    def call(self, x):
        return self.decoder(self.encoder(x))

ae = Auto(32, 2)
ae.compile(optimizer=tf.keras.optimizers.Adam(0.004), loss="mse")
ae.fit(healthy[:2200], healthy[:2200], epochs=80, batch_size=64, validation_split=0.1, verbose=0)

def error(rows):
    return ((ae.predict(rows, verbose=0) - rows) ** 2).mean(axis=1)

score = np.concatenate([error(healthy[2200:]), error(broken)])
print("RESULT auc", roc_auc_score(np.r_[np.zeros(600), np.ones(300)], score))
