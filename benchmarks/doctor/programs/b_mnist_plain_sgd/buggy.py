import numpy as np
import keras
from keras.datasets import mnist
from keras.layers import Dense, Activation
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import to_categorical

keras.utils.set_random_seed(37)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:4000].reshape(4000, 784).astype('float32')
X_test = X_test[:1000].reshape(1000, 784).astype('float32')
Y_train = to_categorical(y_train[:4000], 10)
Y_test = to_categorical(y_test[:1000], 10)

model = Sequential()
model.add(Dense(128, input_dim=784))
model.add(Activation('relu'))
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dense(10))
model.add(Activation('softmax'))
sgd = SGD(learning_rate=0.01, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
model.fit(X_train, Y_train, epochs=8, batch_size=32, validation_split=0.1, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, Y_test, verbose=0)[1])
