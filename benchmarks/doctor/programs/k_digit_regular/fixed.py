import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(21)
images, labels = load_digits(return_X_y=True)
images = images / 16.0
labels = keras.utils.to_categorical(labels, 10)
x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.25, random_state=21)

DROP = 0.2  # only 1300 pictures, so regularise well

model = Sequential()
model.add(Input(shape=(64,)))
model.add(Dense(64, activation="relu"))
model.add(Dropout(DROP))
model.add(Dense(48, activation="relu"))
model.add(Dropout(DROP))
model.add(Dense(32, activation="relu"))
model.add(Dropout(DROP))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

history = model.fit(x_train, y_train, validation_split=0.15, epochs=35, batch_size=32, verbose=2)
print("best validation accuracy", max(history.history["val_accuracy"]))
loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("RESULT accuracy", acc)
