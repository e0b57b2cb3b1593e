import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
spot = rng.uniform(-1, 1, (1600, 2))
field = np.sin(4 * spot[:, 0]) * np.cos(4 * spot[:, 1])
species = np.digitize(field + 0.03 * rng.normal(size=1600), [-0.3, 0.3])
train, valid, test = slice(0, 1100), slice(1100, 1300), slice(1300, None)

model = keras.Sequential([
    layers.Input((2,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.005),
              loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(spot[train], species[train], epochs=40, batch_size=32,
          validation_data=(spot[valid], species[valid]), verbose=0)
print("RESULT", "test_accuracy", model.evaluate(spot[test], species[test], verbose=0)[1])
