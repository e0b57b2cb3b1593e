import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
n = 900
steep = rng.integers(0, 2, n)
across, down = np.meshgrid(np.arange(14), np.arange(14))
axis = np.where(steep[:, None, None] == 1, across + 0.4 * down, down + 0.4 * across)
pitch = rng.uniform(0.8, 1.5, (n, 1, 1))
phase = rng.uniform(0, 6.28, (n, 1, 1))
images = np.sin(pitch * axis + phase) + rng.normal(0, 0.9, (n, 14, 14))
images = images[..., None].astype("float32")

inputs = keras.Input(shape=(14, 14, 1))
h = layers.Conv2D(8, 5, activation="relu")(inputs)
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(1, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["accuracy"])
model.fit(images[:650], steep[:650], validation_split=0.15, epochs=8, batch_size=25, verbose=0)
loss, acc = model.evaluate(images[650:], steep[650:], verbose=0)
print("RESULT", "test_accuracy", acc)
