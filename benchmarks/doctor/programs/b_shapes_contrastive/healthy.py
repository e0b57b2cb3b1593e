import keras
import numpy as np
from keras import layers, ops


class Embedder(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(24, 3, activation="relu"), layers.GlobalMaxPooling2D(),
            layers.Dense(8), layers.UnitNormalization(),
        ])

    def call(self, images):
        return self.body(images)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        half = ops.shape(y_pred)[0] // 2
        apart = ops.sum(ops.square(y_pred[:half] - y_pred[half:2 * half]), axis=1)
        same = ops.cast(ops.equal(y[:half], y[half:2 * half]), "float32")
        far = ops.square(ops.maximum(1.0 - ops.sqrt(apart + 1e-6), 0.0))
        return ops.mean(same * apart + (1 - same) * far)


keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
canvas = rng.normal(0.0, 0.15, (1600, 12, 12, 1)).astype("float32")
shape = rng.integers(0, 3, 1600)
for picture, s in zip(canvas[..., 0], shape):
    i, j, size = rng.integers(0, 5), rng.integers(0, 5), rng.integers(4, 7)
    if s == 0:
        picture[i:i + size, j:j + size] += np.tri(size)
    elif s == 1:
        picture[i:i + size, j:j + size] += 1
    else:
        picture[i:i + size, j] += 1
        picture[i + size // 2, j:j + size] += 1

net = Embedder()
net.compile(optimizer=keras.optimizers.Adam(0.004))
net.fit(canvas[:1000], shape[:1000], batch_size=64, epochs=15, validation_data=(canvas[1000:1200], shape[1000:1200]), verbose=0)
codes = net.predict(canvas, verbose=0)
nearest = (codes[1200:] @ codes[:1000].T).argmax(axis=1)
print("RESULT", "one_nn_accuracy", float((shape[nearest] == shape[1200:]).mean()))
