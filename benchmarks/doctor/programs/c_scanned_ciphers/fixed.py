import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten, Conv2D, MaxPooling2D
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(15)
seed = 15

def load_and_split():
    d = load_digits()
    X = d.images.reshape(-1, 8, 8, 1).astype('float32')
    X -= X.min()
    X /= X.max()
    y = keras.utils.to_categorical(d.target)
    return train_test_split(X, y, test_size=0.2, random_state=15)

def baseline_model(kernel_init):
    model = Sequential()
    model.add(Conv2D(16, (3, 3), input_shape=(8, 8, 1), activation='relu', kernel_initializer='he_uniform'))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.1))
    model.add(Flatten())
    model.add(Dense(64, activation='relu', kernel_initializer=kernel_init))
    model.add(Dense(32, activation='relu', kernel_initializer=kernel_init))
    model.add(Dense(10, activation='softmax', kernel_initializer=kernel_init))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model

X_train, X_test, y_train, y_test = load_and_split()
model = baseline_model(kernel_init='glorot_uniform')
model.fit(X_train, y_train, validation_split=0.1, epochs=15, batch_size=32, verbose=0)
scores = model.evaluate(X_test, y_test, verbose=0)
print('RESULT', 'accuracy', scores[1])
