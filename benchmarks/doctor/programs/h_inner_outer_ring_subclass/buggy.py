import numpy as np
import tensorflow as tf
from sklearn.datasets import make_circles

tf.keras.utils.set_random_seed(21)
points, side = make_circles(n_samples=1600, noise=0.09, factor=0.45, random_state=21)
points = points / points.std(axis=0)
x_tr, y_tr = points[:1200], side[:1200]
x_te, y_te = points[1200:], side[1200:]


class RingNet(tf.keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.first = tf.keras.layers.Dense(width)
        self.norm = tf.keras.layers.BatchNormalization()
        self.second = tf.keras.layers.Dense(width)
        self.third = tf.keras.layers.Dense(width // 2)
        self.act = tf.keras.layers.LeakyReLU()
        self.out = tf.keras.layers.Dense(1, activation="sigmoid")

    def call(self, x, training=False):
        h = self.first(x)
        h = self.norm(h, training=training)
        h = self.second(h)
        h = self.third(h)
        return self.out(h)


net = RingNet()
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(x_tr, y_tr, validation_split=0.2, epochs=30, batch_size=32, verbose=0)
_, acc = net.evaluate(x_te, y_te, verbose=0)
print("RESULT test_accuracy", float(acc))
