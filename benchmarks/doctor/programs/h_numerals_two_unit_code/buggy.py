import numpy as np
import keras
from keras import layers
from keras.datasets import mnist

keras.utils.set_random_seed(62)
(x, y), (x_new, y_new) = mnist.load_data()
x = x[:3500].reshape(-1, 784).astype("float32") / 255
x_new = x_new[:1000].reshape(-1, 784).astype("float32") / 255
y, y_new = y[:3500], y_new[:1000]

inputs = keras.Input((784,), name="pixels")
h = layers.Dense(2, activation="relu")(inputs)
h = layers.Dense(24, activation="relu")(h)
outputs = layers.Dense(10, activation="softmax", name="digit")(h)
model = keras.Model(inputs, outputs)

schedule = keras.optimizers.schedules.ExponentialDecay(0.003, decay_steps=500, decay_rate=0.7)
model.compile(optimizer=keras.optimizers.Adam(schedule),
              loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
model.fit(x, y, batch_size=35, epochs=8, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", model.evaluate(x_new, y_new, verbose=0)[1])
