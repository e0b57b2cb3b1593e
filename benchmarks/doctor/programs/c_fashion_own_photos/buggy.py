import numpy as np
import keras
from keras.datasets import fashion_mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.callbacks import EarlyStopping

keras.utils.set_random_seed(59)
(x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
x_train, y_train = x_train[:6000], y_train[:6000]
x_valid, y_valid = x_train[5000:], y_train[5000:]
x_train, y_train = x_train[:5000], y_train[:5000]
x_test, y_test = x_test[:1000], y_test[:1000]

x_train = x_train.astype('float32') / 255
x_valid = x_valid.astype('float32') / 255
x_test = x_test.astype('float32')

model = Sequential()
model.add(Flatten(input_shape=(28, 28)))
model.add(Dense(128, activation='relu'))
model.add(Dropout(0.25))
model.add(Dense(64, activation='relu'))
model.add(Dense(10, activation='softmax'))
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train, y_train, validation_data=(x_valid, y_valid), epochs=20, batch_size=64, verbose=0,
          callbacks=[EarlyStopping(patience=3, restore_best_weights=True)])

loss, acc = model.evaluate(x_test, y_test, verbose=0)
print('RESULT test_loss', loss, 'accuracy', acc)
