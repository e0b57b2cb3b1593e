"""State of a bearing (fine / worn / damaged) from two accelerometers and four slow sensors."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(21)


def simulate(n, rng):
    state = rng.integers(0, 3, n)
    amplitude = np.array([0.5, 1.3, 2.2])[state] + 0.13 * rng.normal(size=n)
    phase = rng.uniform(0, 2 * np.pi, n)
    ax, ay = amplitude * np.cos(phase), amplitude * np.sin(phase)
    temperature = 55 + 4 * rng.normal(size=n) + 1.0 * state
    oil = 3.1 + 0.3 * rng.normal(size=n)
    load = rng.normal(120, 15, n)
    speed = rng.normal(1480, 12, n)
    return np.stack([ax, ay, temperature, oil, load, speed], axis=1), state


class BearingNet(keras.Model):
    def __init__(self, units=(48, 48, 24), classes=3):
        super().__init__()
        self.hidden = [layers.Dense(u) for u in units]
        self.act = layers.Activation("relu")
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x):
        for dense in self.hidden:
            x = dense(x)
        return self.head(x)


rng = np.random.default_rng(21)
x, y = simulate(4000, rng)
x_test, y_test = simulate(1000, rng)
mu, sd = x.mean(axis=0), x.std(axis=0)
x, x_test = (x - mu) / sd, (x_test - mu) / sd

model = BearingNet()
model.compile(optimizer=keras.optimizers.Adam(1e-3),
              loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(x, y, epochs=20, batch_size=64, validation_split=0.1, verbose=2)
print("RESULT accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
