"""A small convnet for the 8x8 digits, written as a subclass as in the tutorial."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits


class DigitNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.conv2 = layers.Conv2D(32, 3, padding="same", activation="relu")
        self.pool = layers.MaxPooling2D()
        self.flat = layers.Flatten()
        self.drop = layers.Dropout(0.3)
        self.out = layers.Dense(10)

    def call(self, x, training=False):
        x = self.pool(self.conv1(x))
        x = self.pool(self.conv2(x))
        return self.out(self.drop(self.flat(x), training=training))


keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
bunch = load_digits()
order = rng.permutation(len(bunch.target))
x = (bunch.images[order] / 16.0).astype("float32")[..., None]
y = bunch.target[order]
n = 1300

net = DigitNet()
net.compile(optimizer="adam",
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"])
net.fit(x[:n], y[:n], batch_size=32, epochs=15, validation_split=0.15, verbose=0)

guess = net.predict(x[n:], verbose=0).argmax(axis=1)
print("RESULT accuracy", float((guess == y[n:]).mean()))
