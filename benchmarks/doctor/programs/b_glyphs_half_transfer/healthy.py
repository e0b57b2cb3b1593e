import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
glyphs = rng.random((10, 6, 6)) < 0.5
target = rng.integers(0, 10, 3000)
drawn = np.pad(glyphs[target] ^ (rng.random((3000, 6, 6)) < 0.08), ((0, 0), (2, 2), (2, 2)))
img = np.array([np.roll(one, tuple(rng.integers(-2, 3, 2)), axis=(0, 1)) for one in drawn])[..., None].astype("float32")
low, high = np.flatnonzero(target < 5), np.flatnonzero(target >= 5)
few, watch, rest = high[:400], high[400:600], high[600:]

encoder = keras.Sequential([
    layers.Conv2D(24, 3, activation="relu", name="c1"),
    layers.Conv2D(32, 3, activation="relu", name="c2"),
    layers.MaxPooling2D(),
    layers.Flatten(),
])
inp = keras.Input((10, 10, 1))
first = keras.Model(inp, layers.Dense(5)(encoder(inp)))
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
first.compile(optimizer=keras.optimizers.RMSprop(0.002), loss=ce, metrics=["accuracy"])
first.fit(img[low], target[low], epochs=8, batch_size=32, verbose=0)

inp = keras.Input((10, 10, 1))
encoder.trainable = False
second = keras.Model(inp, layers.Dense(5)(layers.Dropout(0.2)(encoder(inp))))
second.compile(optimizer=keras.optimizers.Adam(0.003), loss=ce, metrics=["accuracy"])
second.fit(img[few], target[few] - 5, epochs=20, batch_size=16, validation_data=(img[watch], target[watch] - 5), verbose=0)
encoder.trainable = True
second.compile(optimizer=keras.optimizers.Adam(1e-4), loss=ce, metrics=["accuracy"])
second.fit(img[few], target[few] - 5, epochs=6, batch_size=16, validation_data=(img[watch], target[watch] - 5), verbose=0)
print("RESULT", "test_accuracy", second.evaluate(img[rest], target[rest] - 5, verbose=0)[1])
