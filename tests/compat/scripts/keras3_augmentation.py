"""Keras 3: augmentation and rescaling as layers of the model."""

import keras
import numpy as np
from keras import layers

data_augmentation = keras.Sequential(
    [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)], name="augmentation"
)
inputs = keras.Input(shape=(8, 8, 3))
x = data_augmentation(inputs)
x = layers.Rescaling(1.0 / 255)(x)
x = layers.Conv2D(2, 3, activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
x = np.random.randint(0, 256, (8, 8, 8, 3)).astype("uint8")
model.fit(x, np.arange(8) % 2, epochs=1, verbose=0)
assert model.predict(x, verbose=0).shape == (8, 1)
