import numpy as np
import keras
from keras.models import Sequential
from keras.layers.core import Dense, Activation, Flatten
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.optimizers import SGD
from keras.utils import np_utils
from keras.datasets import mnist

keras.utils.set_random_seed(123)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:3000].reshape(3000, 28, 28, 1).astype('float32')
X_test = X_test[:1000].reshape(1000, 28, 28, 1).astype('float32')
X_train /= 255
X_test /= 255
Y_train = np_utils.to_categorical(y_train[:3000], 10)
Y_test = np_utils.to_categorical(y_test[:1000], 10)

model = Sequential()
model.add(Conv2D(6, (5, 5), input_shape=(28, 28, 1), padding='same'))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(16, (5, 5)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(84))
model.add(Activation('relu'))
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.01, momentum=0.9, nesterov=True), metrics=['accuracy'])
model.fit(X_train, Y_train, batch_size=64, epochs=6, validation_split=0.1, verbose=0)
score = model.evaluate(X_test, Y_test, verbose=0)
print('RESULT', 'test_accuracy', score[1])
