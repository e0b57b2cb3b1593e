import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)
letters = (rng.random((12, 9, 9)) < 0.4).astype("float32")
label = rng.integers(0, 12, 1500)
scans = letters[label] * rng.uniform(0.6, 1.0, (1500, 1, 1)) + rng.normal(0, 0.45, (1500, 9, 9))
scans = scans.astype("float32")


class GlyphNet(keras.Model):
    def __init__(self, classes, rate):
        super().__init__()
        self.flat = layers.Flatten()
        self.drops = [layers.Dropout(rate) for _ in range(3)]
        self.hidden = [layers.Dense(48, activation="relu") for _ in range(3)]
        self.top = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        x = self.flat(x)
        for dense, drop in zip(self.hidden, self.drops):
            x = drop(dense(x), training=training)
        return self.top(x)


net = GlyphNet(12, rate=0.15)
net.compile(optimizer=keras.optimizers.AdamW(0.002, weight_decay=1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(scans[:1000], label[:1000], epochs=12, batch_size=32, validation_data=(scans[1000:1150], label[1000:1150]), verbose=0)
print("RESULT", "test_accuracy", net.evaluate(scans[1150:], label[1150:], verbose=0)[1])
