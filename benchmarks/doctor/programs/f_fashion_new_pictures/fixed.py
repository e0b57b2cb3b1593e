import numpy as np
from tensorflow.keras.datasets import fashion_mnist
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
from tensorflow.keras.utils import to_categorical, set_random_seed

set_random_seed(11)
(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
x_train, y_train = x_train[:4000].reshape(-1, 28, 28, 1).astype("float32"), to_categorical(y_train[:4000])
x_test, y_test = x_test[:1500].reshape(-1, 28, 28, 1).astype("float32"), to_categorical(y_test[:1500])

mean, std = x_train.mean(), x_train.std()
x_train = (x_train - mean) / std
x_test = (x_test - mean) / std

model = Sequential()
model.add(Conv2D(16, (3, 3), strides=2, activation="relu", input_shape=(28, 28, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(64, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.compile("adam", "categorical_crossentropy", metrics=["acc"])
model.fit(x_train, y_train, batch_size=64, epochs=8, validation_split=0.15, verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_accuracy", acc)
