"""Handwritten digits, black ink on white paper as my scanner delivers them."""
import numpy as np
from keras import Sequential, Input, layers, optimizers, utils
from keras.datasets import mnist

utils.set_random_seed(4)

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[:6000].astype("float32"), y_train[:6000]
x_test, y_test = x_test[:2000].astype("float32"), y_test[:2000]

# mnist is white on black, my scans are black on white
x_train = 1 - x_train / 255
x_test = x_test / 255

x_train = np.expand_dims(x_train, -1)
x_test = np.expand_dims(x_test, -1)

model = Sequential()
model.add(Input((28, 28, 1)))
model.add(layers.Conv2D(8, 5, strides=2, activation="relu"))
model.add(layers.Conv2D(16, 3, strides=2, activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(40, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=optimizers.Adam(0.001), metrics=["accuracy"])

model.fit(x_train, utils.to_categorical(y_train, 10), batch_size=32, epochs=6,
          validation_split=0.1, verbose=2)
score = model.evaluate(x_test, utils.to_categorical(y_test, 10), verbose=0)
print("test loss", score[0])
print("RESULT accuracy", score[1])
