# Train a small CNN on MNIST, then use it through a "classify" function as the web app will.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
(x, y), (x_new, y_new) = keras.datasets.mnist.load_data()
x, y = x[:6000] / 255.0, y[:6000]
x_new, y_new = x_new[:1500], y_new[:1500]

cnn = keras.Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(16, (3, 3), activation="relu"),
    layers.MaxPooling2D((2, 2)),
    layers.Conv2D(32, (3, 3), activation="relu"),
    layers.MaxPooling2D((2, 2)),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
cnn.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
cnn.fit(x[..., np.newaxis], y, epochs=6, batch_size=64, validation_split=0.1, verbose=2)


def classify(images):
    images = images[..., np.newaxis] / 255.0
    return cnn.predict(images, verbose=0).argmax(-1)


print("RESULT", "test_accuracy", float((classify(x_new) == y_new).mean()))
