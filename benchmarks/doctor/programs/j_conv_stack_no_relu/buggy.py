import numpy as np
import keras
from keras.layers import Conv2D, Dense, GlobalAveragePooling2D, Input

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

# wood boards: grain runs along (0), across (1) or diagonally (2); brightness and phase vary
n = 2400
yy, xx = np.mgrid[0:24, 0:24]
kind = rng.integers(0, 3, n)
angle = np.array([0.0, np.pi / 2, np.pi / 4])[kind] + rng.normal(0, 0.12, n)
freq = rng.uniform(0.9, 1.4, n)
phase = rng.uniform(0, 2 * np.pi, n)
wave = np.sin(freq[:, None, None] * (np.cos(angle)[:, None, None] * yy + np.sin(angle)[:, None, None] * xx)
              + phase[:, None, None])
boards = 0.4 * wave + rng.normal(0, 0.25, (n, 24, 24)) + rng.normal(0, 0.2, (n, 1, 1))
boards = boards[..., None].astype("float32")
target = keras.utils.to_categorical(kind, 3)


def build():
    inputs = Input((24, 24, 1))
    h = Conv2D(16, 3, padding="same")(inputs)
    h = Conv2D(24, 3, strides=2, padding="same")(h)
    h = Conv2D(32, 3, strides=2, padding="same")(h)
    h = GlobalAveragePooling2D()(h)
    outputs = Dense(3, activation="softmax")(h)
    return keras.Model(inputs, outputs)


net = build()
net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="categorical_crossentropy", metrics=["accuracy"])
net.fit(boards[:1900], target[:1900], batch_size=32, epochs=8, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(boards[1900:], target[1900:], verbose=0)[1])
