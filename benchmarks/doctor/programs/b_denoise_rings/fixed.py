import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
yy, xx = np.mgrid[0:12, 0:12]
cy, cx = rng.uniform(4, 8, (2, 700, 1, 1))
radius = rng.uniform(2, 5, (700, 1, 1))
clean = (np.abs(np.hypot(yy - cy, xx - cx) - radius) < 0.8).astype("float32")[..., None]
grainy = (clean + rng.normal(0, 0.5, clean.shape)).astype("float32")


class Denoiser(keras.Model):
    def __init__(self):
        super().__init__()
        self.down = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")
        self.mid = layers.Conv2D(24, 3, padding="same", activation="relu")
        self.up = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")
        self.paint = layers.Conv2D(1, 3, padding="same", activation="sigmoid")

    def call(self, pictures):
        return self.paint(self.up(self.mid(self.down(pictures))))


denoiser = Denoiser()
denoiser.compile(optimizer=keras.optimizers.Adam(learning_rate=0.004), loss="binary_crossentropy")
denoiser.fit(grainy[:550], clean[:550], epochs=12, batch_size=25, verbose=0)
out = denoiser.predict(grainy[550:], verbose=0)
print("RESULT", "test_mse", float(((out - clean[550:]) ** 2).mean()))
