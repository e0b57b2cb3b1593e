import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Convolution2D, MaxPooling2D, Flatten, Dense, Activation
from keras.utils import np_utils
from sklearn.datasets import load_digits

keras.utils.set_random_seed(33)
digits = load_digits()
order = np.random.RandomState(33).permutation(len(digits.target))
X = digits.images[order].reshape(-1, 8, 8, 1).astype('float32') / 16
Y = np_utils.to_categorical(digits.target[order], 10)
X_train, Y_train, X_test, Y_test = X[:1400], Y[:1400], X[1400:], Y[1400:]

model = Sequential()
model.add(Convolution2D(16, 3, 3, border_mode='same', input_shape=(8, 8, 1)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dense(10))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X_train, Y_train, batch_size=32, nb_epoch=12, verbose=0)
loss, acc = model.evaluate(X_test, Y_test, verbose=0)
print('RESULT', 'test_accuracy', acc)
