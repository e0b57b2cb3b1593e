"""Clothes from a generator: images are prepared batch by batch, not all at once."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(77)
BATCH, EPOCHS = 64, 5
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:7000], y_train[:7000]
x_test, y_test = x_test[:1500], y_test[:1500]
MEAN, STD = x_train.mean(), x_train.std()


def prepare(images):
    images = (images.astype("float32") - MEAN) / STD
    return images[..., None]


def batches(images, labels, seed):
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(images))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[i:i + BATCH]
            yield prepare(images[rows]), labels[rows]


inputs = keras.Input((28, 28, 1))
h = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(inputs)
h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(h)
h = layers.Flatten()(h)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(batches(x_train, y_train, 0), steps_per_epoch=len(x_train) // BATCH, epochs=EPOCHS, verbose=0)

test_images = prepare(x_test)
loss, acc = model.evaluate(test_images, y_test, verbose=0)
print("RESULT accuracy", float(acc))
