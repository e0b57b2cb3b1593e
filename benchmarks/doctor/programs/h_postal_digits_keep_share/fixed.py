import numpy as np
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dropout, Flatten, Dense
from keras.utils import to_categorical

keras.utils.set_random_seed(5)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[:2500], y_train[:2500]
x_test, y_test = x_test[:800], y_test[:800]
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255
y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)

keep = 0.85
model = Sequential()
model.add(keras.Input(shape=(28, 28, 1)))
model.add(Conv2D(12, (3, 3), activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(1 - keep))
model.add(Conv2D(24, (3, 3), activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(1 - keep))
model.add(Flatten())
model.add(Dense(64, activation="relu"))
model.add(Dropout(1 - keep))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=50, epochs=6, validation_split=0.1, verbose=0)
score = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", score[1])
