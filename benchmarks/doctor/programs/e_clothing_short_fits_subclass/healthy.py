import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(90)
(x, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x = x[:4500].astype("float32")[..., None] / 127.5 - 1.0
x_test = x_test[:1000].astype("float32")[..., None] / 127.5 - 1.0
y, y_test = y[:4500], y_test[:1000]
x_val, y_val, x, y = x[:500], y[:500], x[500:], y[500:]


class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization(momentum=0.9)

    def call(self, t, training=False):
        return keras.activations.relu(self.norm(self.conv(t), training=training))


model = keras.Sequential([keras.Input((28, 28, 1)), Block(16), Block(32), layers.Flatten(),
                          layers.Dropout(0.4), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
best, weights = 0.0, model.get_weights()
for round_no in range(6):
    model.fit(x, y, batch_size=64, epochs=1, verbose=0)
    val = model.evaluate(x_val, y_val, verbose=0)[1]
    if val > best:
        best, weights = val, model.get_weights()
model.set_weights(weights)
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test[:1000], verbose=0)[1])
