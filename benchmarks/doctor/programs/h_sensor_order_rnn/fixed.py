import numpy as np
import keras
from keras import layers, initializers

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

# is the larger bump in the first or in the second half, and is it up or down
n, steps = 1800, 24
kind = rng.integers(0, 4, n)
runs = rng.normal(0, 0.35, (n, steps, 2)).astype("float32")
for i, k in enumerate(kind):
    at = rng.integers(2, 10) + (12 if k % 2 else 0)
    runs[i, at:at + 3, k // 2] += 1.8

class BumpNet(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.rnn1 = layers.SimpleRNN(units, return_sequences=True)
        self.rnn2 = layers.SimpleRNN(units)
        self.out = layers.Dense(4, activation="softmax")

    def call(self, x):
        return self.out(self.rnn2(self.rnn1(x)))

net = BumpNet()
net.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(runs[:1300], kind[:1300], epochs=20, batch_size=32,
        validation_data=(runs[1300:1450], kind[1300:1450]), verbose=0)
print("RESULT", "test_accuracy", net.evaluate(runs[1450:], kind[1450:], verbose=0)[1])
