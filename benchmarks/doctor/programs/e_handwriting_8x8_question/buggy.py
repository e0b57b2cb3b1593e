from keras.models import Sequential
from keras.layers.core import Dense, Activation
from keras.optimizers import SGD
from keras.utils import np_utils
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
import numpy as np
import keras
keras.utils.set_random_seed(3)

data = load_digits()
X = data.data / 16.0
Y = np_utils.to_categorical(data.target, 10)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=3)

model = Sequential()
model.add(Dense(50, input_dim=64))
model.add(Activation('relu'))
model.add(Dense(25))
model.add(Activation('relu'))
model.add(Dense(10))
model.add(Activation('softmax'))
sgd = SGD(lr=0.05)
model.compile(loss='mse', optimizer=sgd, metrics=['accuracy'])
model.fit(X_train, Y_train, nb_epoch=25, batch_size=32, verbose=0)
score = model.evaluate(X_test, Y_test, verbose=0)
print('RESULT', 'test_accuracy', score[1])
