import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import SGD
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(66)
digits = load_digits()
X = digits.data / 16.0
Y = keras.utils.to_categorical(digits.target, 10)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.25, random_state=6)

model = Sequential()
model.add(Dense(64, activation='relu', input_shape=(64,)))
for _ in range(5):
    model.add(Dense(64, activation='relu'))
model.add(Dense(10, activation='softmax'))

sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
history = model.fit(X_train, Y_train, epochs=40, batch_size=32, validation_split=0.1, verbose=0)
print(history.history['loss'][::10])
print("RESULT", "test_accuracy", model.evaluate(X_test, Y_test, verbose=0)[1])
