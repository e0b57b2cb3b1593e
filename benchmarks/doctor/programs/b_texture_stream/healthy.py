import numpy as np
import tensorflow as tf
from tensorflow.keras import layers


class Gratings(tf.keras.utils.Sequence):
    def __init__(self, batches, size, seed):
        super().__init__()
        self.batches, self.size, self.seed = batches, size, seed

    def __len__(self):
        return self.batches

    def __getitem__(self, k):
        rng = np.random.default_rng((self.seed, k))
        theta = rng.uniform(0, np.pi, (self.size, 1, 1))
        frequency = rng.uniform(0.8, 1.6, (self.size, 1, 1))
        r, c = np.mgrid[-5:5, -5:5]
        wave = np.sin(frequency * (r * np.sin(theta) + c * np.cos(theta)) + rng.uniform(0, 6.28, (self.size, 1, 1)))
        wave = wave + rng.normal(0, 0.4, wave.shape)
        target = np.concatenate([np.cos(2 * theta), np.sin(2 * theta), (frequency - 1.2) / 0.4], axis=1)[..., 0]
        return wave[..., None].astype("float32"), target.astype("float32")


tf.keras.utils.set_random_seed(76)
model = tf.keras.Sequential([
    layers.Input((10, 10, 1)),
    layers.Conv2D(24, 5, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(48, activation="relu"),
    layers.Dense(3, activation="tanh"),
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
model.fit(Gratings(70, 32, seed=761), validation_data=Gratings(5, 64, seed=762), epochs=12, verbose=0)
x, y = Gratings(1, 600, seed=763)[0]
residual = ((model.predict(x, verbose=0) - y) ** 2).mean(axis=0)
print("RESULT", "mean_r2", float((1 - residual / y.var(axis=0)).mean()))
