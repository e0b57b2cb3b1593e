import numpy as np
import keras
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense
from keras.utils import np_utils

keras.utils.set_random_seed(48)
(X_train, Y_train), (X_test, Y_test) = mnist.load_data()
X_train, Y_train, X_test, Y_test = X_train[:6000], Y_train[:6000], X_test[:1000], Y_test[:1000]
num_pixels = X_train.shape[1] * X_train.shape[2]
X_train = X_train.reshape(X_train.shape[0], num_pixels).astype('float32') / 255
X_test = X_test.reshape(X_test.shape[0], num_pixels).astype('float32') / 255
Y_train = np_utils.to_categorical(Y_train)
Y_test = np_utils.to_categorical(Y_test)
num_classes = Y_test.shape[1]

def baseline_model():
    model = Sequential()
    model.add(Dense(100, input_dim=num_pixels, activation='relu'))
    model.add(Dense(50, activation='relu'))
    model.add(Dense(num_classes, activation='relu'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model

model = baseline_model()
model.fit(X_train, Y_train, epochs=8, batch_size=100, verbose=0)
scores = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT", "accuracy", scores[1])
