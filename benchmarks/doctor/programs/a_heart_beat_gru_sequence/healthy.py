import math
import numpy as np
import keras
from keras import layers

class BeatSequence(keras.utils.PyDataset):
    def __init__(self, series, labels, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.series, self.labels, self.batch_size = series, labels, batch_size
    def __len__(self):
        return math.ceil(len(self.labels) / self.batch_size)
    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.series[part], self.labels[part]

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
n, steps = 2200, 32
late = rng.integers(0, 2, n)
gaps = np.where(late[:, None] == 1, rng.integers(3, 10, (n, 12)), rng.integers(5, 8, (n, 12)))
beats = np.zeros((n, steps, 1), "float32")
for row in range(n):
    at = np.cumsum(gaps[row])
    beats[row, at[at < steps], 0] = 1.0
beats += 0.1 * rng.normal(size=beats.shape).astype("float32")

model = keras.Sequential([keras.Input((steps, 1)), layers.GRU(32), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy"])
model.fit(BeatSequence(beats[:1500], late[:1500]), validation_data=BeatSequence(beats[1500:1700], late[1500:1700]),
          epochs=40, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(BeatSequence(beats[1700:], late[1700:]), verbose=0)[1])
