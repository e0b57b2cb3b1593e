import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Dropout
from keras.optimizers import Adam
from keras.datasets import fashion_mnist

keras.utils.set_random_seed(40)
(train_X, train_Y), (test_X, test_Y) = fashion_mnist.load_data()
keep, keep_t = np.flatnonzero(np.isin(train_Y, (2, 4, 6)))[:2400], np.flatnonzero(np.isin(test_Y, (2, 4, 6)))[:700]
train_X = train_X[keep].reshape(-1, 28, 28, 1).astype('float32') / 255.
test_X = test_X[keep_t].reshape(-1, 28, 28, 1).astype('float32') / 255.
train_Y_one_hot = keras.utils.to_categorical(train_Y[keep] // 2 - 1, 3)
test_Y_one_hot = keras.utils.to_categorical(test_Y[keep_t] // 2 - 1, 3)

rate = 0.6
fashion_model = Sequential()
fashion_model.add(Conv2D(8, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1), padding='same'))
fashion_model.add(MaxPooling2D((2, 2), padding='same'))
fashion_model.add(Dropout(rate))
fashion_model.add(Conv2D(16, (3, 3), activation='relu', padding='same'))
fashion_model.add(MaxPooling2D(pool_size=(2, 2), padding='same'))
fashion_model.add(Dropout(rate))
fashion_model.add(Flatten())
fashion_model.add(Dense(24, activation='relu'))
fashion_model.add(Dropout(rate))
fashion_model.add(Dense(3, activation='softmax'))
fashion_model.compile(loss=keras.losses.categorical_crossentropy, optimizer=Adam(lr=0.1), metrics=['accuracy'])
fashion_model.fit(train_X, train_Y_one_hot, batch_size=64, epochs=6, verbose=0, validation_split=0.2)
print('RESULT', 'test_accuracy', fashion_model.evaluate(test_X, test_Y_one_hot, verbose=0)[1])
