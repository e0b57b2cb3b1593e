import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(8)
(x, y), (xt, yt) = keras.datasets.fashion_mnist.load_data()
x, y = x[:4000, ..., None] / 255.0, y[:4000]
xt, yt = xt[:1000, ..., None] / 255.0, yt[:1000]


class ClothesNet(keras.Model):
    def __init__(self, rate=0.2):
        super().__init__()
        self.conv = layers.Conv2D(16, 3, strides=2, activation="relu")
        self.flat = layers.Flatten()
        self.fc1 = layers.Dense(48, activation="relu")
        self.fc2 = layers.Dense(48, activation="relu")
        self.drop1 = layers.Dropout(rate)
        self.drop2 = layers.Dropout(rate)
        self.out = layers.Dense(10, activation="softmax")

    def call(self, inputs, training=False):
        h = self.flat(self.conv(inputs))
        h = self.drop1(self.fc1(h), training=training)
        h = self.drop2(self.fc2(h), training=training)
        return self.out(h)


net = ClothesNet()
net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x, y, batch_size=64, epochs=10, validation_split=0.1, verbose=0)
print("RESULT", "test_accuracy", net.evaluate(xt, yt, verbose=0)[1])
