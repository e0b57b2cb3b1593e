import numpy as np
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Convolution2D, Activation, MaxPooling2D, Flatten, Dense
from keras.optimizers import SGD
from keras.utils import to_categorical

keras.utils.set_random_seed(31)
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train[:2000].reshape(-1, 28, 28, 1).astype('float32') / 255
x_test = x_test[:600].reshape(-1, 28, 28, 1).astype('float32') / 255
y_train, y_test = to_categorical(y_train[:2000], 10), to_categorical(y_test[:600], 10)

model = Sequential()
model.add(Convolution2D(8, (5, 5), strides=(2, 2), input_shape=(28, 28, 1)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(learning_rate=0.03, momentum=0.9), metrics=['accuracy'])
model.fit(x_train, y_train, epochs=6, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(x_test, y_test, verbose=0)[1])
