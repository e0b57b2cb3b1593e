import keras
import numpy as np
from keras import layers


class Counter(keras.Model):
    def __init__(self):
        super().__init__()
        self.find = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.sharpen = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.rate = layers.Dense(1, activation="softplus")

    def call(self, plates):
        spots = self.sharpen(self.find(plates))
        return self.rate(keras.ops.sum(spots, axis=(1, 2)) / 20.0)


keras.utils.set_random_seed(48)
rng = np.random.default_rng(48)
cells = rng.poisson(6, 1500).astype("float32")
plates = rng.normal(0.1, 0.1, (1500, 14, 14)) + rng.uniform(0, 0.3, (1500, 1, 1))
for plate, count in zip(plates, cells.astype(int)):
    for top, left in rng.integers(0, 12, (count, 2)):
        plate[top:top + 2, left:left + 2] += rng.uniform(0.5, 1.5)
plates = plates[..., None].astype("float32")

counter = Counter()
counter.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.Poisson(), metrics=["mae"])
counter.fit(plates[:1000], cells[:1000], validation_data=(plates[1000:1200], cells[1000:1200]), batch_size=32, epochs=15, verbose=0)
print("RESULT", "test_mae", counter.evaluate(plates[1200:], cells[1200:], verbose=0)[1])
