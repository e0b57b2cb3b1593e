"""Tags for a web shop: a garment may carry several of them, or none at all (a bag)."""
import numpy as np
import keras
from keras import layers
from keras.datasets import fashion_mnist

keras.utils.set_random_seed(21)

TAGS = {
    "upper body": (0, 2, 4, 6),
    "long sleeves": (2, 3, 4),
    "footwear": (5, 7, 9),
    "for winter": (2, 4, 9),
    "lower body": (1, 3),
}


def tags_of(labels):
    return np.stack([np.isin(labels, c) for c in TAGS.values()], axis=1).astype("float32")


(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
x_train = x_train[:6000, ..., None].astype("float32") / 255
x_test = x_test[:2000, ..., None].astype("float32") / 255
t_train, t_test = tags_of(y_train[:6000]), tags_of(y_test[:2000])

inputs = keras.Input((28, 28, 1))
h = layers.Conv2D(12, 3, strides=2, activation="relu")(inputs)
h = layers.Conv2D(24, 3, strides=2, activation="relu")(h)
h = layers.Flatten()(h)
h = layers.Dense(48, activation="relu")(h)
outputs = layers.Dense(len(TAGS), activation="softmax")(h)
model = keras.Model(inputs, outputs)

model.compile("adam", loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x_train, t_train, batch_size=64, epochs=6, validation_split=0.1, verbose=2)

guess = model.predict(x_test, verbose=0) > 0.5
print("RESULT all_tags_right", float(np.mean(np.all(guess == (t_test > 0.5), axis=1))))
