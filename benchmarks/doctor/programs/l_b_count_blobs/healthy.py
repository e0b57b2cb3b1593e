"""How many cells are in the picture? A CNN that counts, with a Poisson loss."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
SIDE = 32
grid = np.arange(SIDE)


def picture(n):
    img = np.zeros((SIDE, SIDE), "float32")
    for cx, cy in rng.uniform(3, SIDE - 3, (n, 2)):
        r = rng.uniform(1.2, 1.6)
        img += np.exp(-((grid[:, None] - cx) ** 2 + (grid[None, :] - cy) ** 2) / (2 * r * r))
    return img + rng.normal(0, 0.05, img.shape)


count = rng.integers(0, 8, 5000)
x = np.stack([picture(n) for n in count]).astype("float32")[..., None]

inputs = keras.Input((SIDE, SIDE, 1))
h = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(inputs)
h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(h)
h = layers.GlobalAveragePooling2D()(h)
h = layers.Dense(32, activation="relu")(h)
rate = layers.Dense(1, activation="exponential")(h)
model = keras.Model(inputs, rate)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="poisson", metrics=["mae"])
model.fit(x[:4400], count[:4400].astype("float32"), epochs=12, batch_size=32, validation_split=0.1, verbose=2)

guess = model.predict(x[4400:], verbose=0).ravel()
print("always the mean:", float(np.abs(count[4400:] - count[:4400].mean()).mean()))
print("RESULT mae", float(np.abs(guess - count[4400:]).mean()))
