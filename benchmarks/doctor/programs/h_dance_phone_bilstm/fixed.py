import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models

tf.keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

def record(move, steps=32):
    t = np.arange(steps) / 8.0
    beat = [0.8, 0.8, 1.4, 1.4][move]
    lag = [0.0, 1.6, 0.0, 1.6][move]
    start = rng.uniform(0, 6.28)
    ax = 120 * np.sin(2 * np.pi * beat * t / 2 + start) + rng.normal(0, 40, steps) + 250
    az = 120 * np.sin(2 * np.pi * beat * t / 2 + start + lag) + rng.normal(0, 40, steps) + 980   # mg
    light = rng.normal(0, 60, steps) + rng.uniform(200, 4000)                                    # lux
    return np.stack([ax, az, light], axis=1)

move = rng.integers(0, 4, 1500)
data = np.array([record(m) for m in move])

class Recordings(tf.keras.utils.Sequence):
    def __init__(self, x, y, batch=30):
        super().__init__()
        self.x, self.y, self.batch = x, y, batch

    def __len__(self):
        return len(self.x) // self.batch

    def __getitem__(self, i):
        s = slice(i * self.batch, (i + 1) * self.batch)
        return self.x[s], self.y[s]

data = (data - data[:1050].mean((0, 1))) / data[:1050].std((0, 1))

model = models.Sequential([
    layers.Input((32, 3)),
    layers.Bidirectional(layers.LSTM(24)),
    layers.Dense(32, activation='relu'),
    layers.Dense(4, activation='softmax'),
])
model.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(Recordings(data[:1050], move[:1050]), validation_data=Recordings(data[1050:1200], move[1050:1200]),
          epochs=15, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(data[1200:], move[1200:], verbose=0)[1])
