import numpy as np
import keras
from keras import layers
from keras.datasets import mnist

keras.utils.set_random_seed(66)
(train_x, train_y), (test_x, test_y) = mnist.load_data()
train_x, train_y = train_x[:3000].reshape(-1, 28, 28, 1).astype("float32"), train_y[:3000]
test_x, test_y = test_x[:800].reshape(-1, 28, 28, 1).astype("float32"), test_y[:800]

train_x = train_x / 127.5 - 1
test_x = test_x / 127.5 - 1

cnn = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
cnn.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
cnn.fit(train_x, train_y, batch_size=64, epochs=6, verbose=0)
print("RESULT", "test_accuracy", cnn.evaluate(test_x, test_y, verbose=0)[1])
