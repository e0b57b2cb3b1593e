import numpy as np
import keras
from keras.datasets import cifar10
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Conv2D, MaxPooling2D, BatchNormalization

keras.utils.set_random_seed(2016)
nb_classes = 3
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
keep = np.isin(y_train[:, 0], [0, 1, 2])
X_train, y_train = X_train[keep][:2500], y_train[keep][:2500]
keep = np.isin(y_test[:, 0], [0, 1, 2])
X_test, y_test = X_test[keep][:900], y_test[keep][:900]
X_train = X_train.astype('float32') / 255
X_test = X_test.astype('float32') / 255
Y_train = keras.utils.to_categorical(y_train, nb_classes)
Y_test = keras.utils.to_categorical(y_test, nb_classes)

model = Sequential()
model.add(Conv2D(16, (3, 3), padding='same', input_shape=X_train.shape[1:]))
model.add(Activation('relu'))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(32, (3, 3)))
model.add(Activation('relu'))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(64))
model.add(Activation('relu'))
model.add(Dropout(0.25))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
sgd = keras.optimizers.SGD(lr=0.01, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
model.fit(X_train, Y_train, batch_size=32, epochs=6, validation_split=0.1, shuffle=True, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(X_test, Y_test, verbose=0)[1])
