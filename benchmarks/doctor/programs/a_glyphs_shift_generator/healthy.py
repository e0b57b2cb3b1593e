import math

import keras
import numpy as np
from keras import layers


class Jittered(keras.utils.PyDataset):
    """Glyphs on a wider field, moved by up to two pixels, anew in every epoch."""

    def __init__(self, images, labels, batch, seed):
        super().__init__()
        self.images = np.pad(images, ((0, 0), (2, 2), (2, 2)))
        self.labels = keras.utils.to_categorical(labels, 8)
        self.batch, self.rng = batch, np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(len(self.images) / self.batch)

    def __getitem__(self, index):
        part = slice(index * self.batch, (index + 1) * self.batch)
        moved = [np.roll(i, tuple(self.rng.integers(-2, 3, 2)), axis=(0, 1)) for i in self.images[part]]
        return np.stack(moved)[..., None].astype("float32"), self.labels[part]


keras.utils.set_random_seed(40)
rng = np.random.default_rng(40)
alphabet = rng.random((8, 7, 7)) < 0.5
symbol = rng.integers(0, 8, 1100)
written = alphabet[symbol] ^ (rng.random((1100, 7, 7)) < 0.12)
written = written * rng.uniform(0.5, 1.0, (1100, 1, 1))
training, validation, testing = [
    Jittered(i, s, 32, seed=k) for k, (i, s) in enumerate(zip(np.split(written, [600, 800]), np.split(symbol, [600, 800])))
]

model = keras.Sequential([
    keras.Input((11, 11, 1)),
    layers.Conv2D(24, 5, activation="gelu"),
    layers.Conv2D(32, 3, activation="gelu"), layers.GlobalMaxPooling2D(),
    layers.Dropout(0.3), layers.Dense(8),
])
model.compile(optimizer=keras.optimizers.AdamW(0.006, weight_decay=0.01), metrics=["accuracy"],
              loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1))
model.fit(training, validation_data=validation, epochs=16, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(testing, verbose=0)[1])
