"""Our scanner sometimes gives white on black, sometimes black on white. Can a CNN read both?"""
import numpy as np
from keras import Input, Model, datasets, layers, optimizers, utils

utils.set_random_seed(11)
rng = np.random.default_rng(11)


def scans(images):
    x = images.astype("float32") / 127.5 - 1.0
    polarity = rng.choice([-1.0, 1.0], size=(len(x), 1, 1)).astype("float32")
    return (x * polarity)[..., None]


(train_images, y_train), (test_images, y_test) = datasets.mnist.load_data()
x_train, y_train = scans(train_images[:24000]), y_train[:24000]
x_test, y_test = scans(test_images[:3000]), y_test[:3000]

image = Input((28, 28, 1), name="scan")
h = image
for filters in (16, 32, 32):
    h = layers.Conv2D(filters, 3, strides=2, padding="same")(h)
h = layers.Flatten()(h)
digit = layers.Dense(10, activation="softmax", name="digit")(h)
net = Model(image, digit)
net.compile(optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, epochs=4, batch_size=64, validation_split=0.1, verbose=0)
loss, accuracy = net.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", accuracy)
