import numpy as np
import keras
from keras import layers


def two_spirals(n, rng):
    t = np.sqrt(rng.random(n)) * 2.2 * np.pi
    arm = rng.integers(0, 2, n)
    r = t / (2.2 * np.pi)
    angle = t + np.pi * arm
    xy = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    xy += rng.normal(0, 0.015, xy.shape)
    return (xy * 2).astype("float32"), arm


class SpiralNet(keras.Model):
    def __init__(self, width=48, classes=2):
        super().__init__()
        self.h1 = layers.Dense(width, activation="tanh")
        self.h2 = layers.Dense(width, activation="tanh")
        self.h3 = layers.Dense(width, activation="tanh")
        self.score = layers.Dense(classes)

    def call(self, x):
        return self.score(self.h3(self.h2(self.h1(x))))


keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
x, y = two_spirals(2400, rng)
xt, yt = two_spirals(600, rng)

net = SpiralNet()
net.compile(optimizer=keras.optimizers.Adam(0.003),
            loss=keras.losses.SparseCategoricalCrossentropy())
net.fit(x, y, epochs=40, batch_size=32, verbose=0)

score = net.predict(xt, verbose=0)
print("RESULT", "test_accuracy", float((score.argmax(axis=1) == yt).mean()))
