import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
tags = ["billing", "outage", "contract", "device", "praise"]
mix = rng.normal(size=(5, 16))
features = rng.normal(size=(2600, 16)).astype("float32")
labels = (features @ mix.T / 4 + 0.4 * np.abs(features[:, :5]) + rng.normal(0, 0.15, (2600, 5)) > 0.5).astype("float32")

class Tagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")])
        self.head = layers.Dense(len(tags), activation="softmax")

    def call(self, x):
        return self.head(self.body(x))

model = Tagger()
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="categorical_crossentropy")
model.fit(features[:2000], labels[:2000], epochs=20, batch_size=32, verbose=0)
p = model.predict(features[2000:], verbose=0) > 0.5
t = labels[2000:] > 0.5
print("RESULT", "micro_f1", float(2 * (p & t).sum() / (p.sum() + t.sum())))
