import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
weight = rng.normal(0, 1, 60)
messages = rng.integers(0, 60, (1800, 12))
urgent = (weight[messages].sum(axis=1) + rng.logistic(0, 1, 1800) > 0).astype("int32")
x, y, x_test, y_test = messages[:800], urgent[:800], messages[800:], urgent[800:]

model = keras.Sequential()
model.add(layers.Input(shape=(12,)))
model.add(layers.Embedding(60, 32))
model.add(layers.Conv1D(64, 3, padding="same", activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, validation_split=0.25, epochs=60, batch_size=32, verbose=0)
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_loss", loss)
