import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
t = np.arange(1600)
warm = np.zeros(1601)
for i in range(1, 1601):
    warm[i] = 0.9 * warm[i - 1] + rng.normal(0, 2.5)
warm = warm + 5 * np.sin(2 * np.pi * np.arange(1601) / 24)
load = 480 + 50 * np.sin(2 * np.pi * t / 24 - 1) + 11 * np.abs(warm[:-1]) + rng.normal(0, 8, 1600)
load = (load - load[:1000].mean()) / load[:1000].std()
series = np.stack([load, warm[1:] / 6], axis=1)
LOOK = 24


class Windows(keras.utils.PyDataset):
    def __init__(self, start, stop, batch=32, **kwargs):
        super().__init__(**kwargs)
        self.batch = batch
        self.ends = np.random.default_rng(1).permutation(np.arange(start + LOOK, stop))

    def __len__(self):
        return int(np.ceil(len(self.ends) / self.batch))

    def __getitem__(self, i):
        ends = self.ends[i * self.batch:(i + 1) * self.batch]
        return np.stack([series[e - LOOK:e] for e in ends]), load[ends][:, None]


model = keras.Sequential([keras.Input((LOOK, 2)), layers.LSTM(24), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0), loss="mse")
model.fit(Windows(0, 1000), validation_data=Windows(1000, 1200), epochs=15, verbose=0)
mse = model.evaluate(Windows(1200, 1600), verbose=0)
print("RESULT", "r2", float(1 - mse / load[1224:].var()))
