import keras
import numpy as np
from keras.layers import Dense
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.25, random_state=1, stratify=y)

clf = keras.models.Sequential()
clf.add(keras.Input(shape=(64,)))
clf.add(Dense(48, activation="relu"))
clf.add(Dense(24, activation="relu"))
clf.add(Dense(10, activation="softmax"))
clf.compile(optimizer=keras.optimizers.Adam(0.0001),
            loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
clf.fit(X_train, y_train, epochs=3, batch_size=500, verbose=0)
guess = np.argmax(clf.predict(X_test, verbose=0), axis=-1)
print("RESULT", "test_accuracy", float(np.mean(guess == y_test)))
