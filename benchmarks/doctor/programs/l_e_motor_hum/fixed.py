"""Listen to a motor: healthy, worn bearing or loose belt, by its hum (128 samples)."""
import numpy as np
from keras import Input, Model, layers, utils

utils.set_random_seed(3)
rng = np.random.default_rng(3)

N, T = 4500, 128
state = rng.integers(0, 3, N)
cycles = np.array([6.0, 14.0, 24.0])[state] + rng.uniform(-1.5, 1.5, N)
phase = rng.uniform(0, 2 * np.pi, N)
time = np.linspace(0, 1, T)
sound = np.sin(2 * np.pi * cycles[:, None] * time + phase[:, None])
sound = sound * rng.uniform(0.9, 1.3, (N, 1)) + rng.normal(0, 0.4, (N, T))
sound = sound[:, :, None].astype("float32")

train, valid, test = slice(0, 3000), slice(3000, 3500), slice(3500, N)


class Listener(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv1D(16, 9, strides=2, activation="relu")
        self.conv2 = layers.Conv1D(32, 5, activation="relu")
        self.hidden = layers.Dense(32, activation="relu")
        self.pool = layers.GlobalAveragePooling1D()
        self.out = layers.Dense(3, activation="softmax")

    def call(self, x):
        x = self.conv2(self.conv1(x))
        return self.out(self.hidden(self.pool(x)))


net = Listener()
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(sound[train], state[train], validation_data=(sound[valid], state[valid]),
        epochs=8, batch_size=32, verbose=2)
print("RESULT accuracy", net.evaluate(sound[test], state[test], verbose=0)[1])
