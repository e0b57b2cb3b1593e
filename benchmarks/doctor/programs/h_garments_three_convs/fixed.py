import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers

tf.keras.utils.set_random_seed(21)
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.fashion_mnist.load_data()
x_train = x_train[:3000, ..., None] / 255.0
y_train = y_train[:3000]
x_test = x_test[:1000, ..., None] / 255.0
y_test = y_test[:1000]


class GarmentNet(Model):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = layers.Conv2D(16, 3, strides=2, activation="relu")
        self.conv2 = layers.Conv2D(32, 3, strides=2, activation="relu")
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(64, activation="relu")
        self.scores = layers.Dense(num_classes)

    def call(self, inputs):
        h = self.conv2(self.conv1(inputs))
        return self.scores(self.hidden(self.flatten(h)))


net = GarmentNet(10)
net.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=2e-3),
            loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=64, epochs=6, validation_split=0.1, verbose=0)
_, acc = net.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
