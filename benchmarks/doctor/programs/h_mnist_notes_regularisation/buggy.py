import numpy as np
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Input, Dense, Dropout
from keras.utils import to_categorical, set_random_seed
from keras.callbacks import ReduceLROnPlateau

set_random_seed(3)
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[:4000].reshape(-1, 28 * 28).astype("float32") / 255.
X_test = X_test[:1500].reshape(-1, 28 * 28).astype("float32") / 255.
Y_train = to_categorical(y_train[:4000], 10)
Y_test = to_categorical(y_test[:1500], 10)

keep = 0.8

model = Sequential()
model.add(Input((784,)))
model.add(Dropout(0.2))
model.add(Dense(64, activation="relu"))
model.add(Dropout(keep))
model.add(Dense(64, activation="relu"))
model.add(Dropout(keep))
model.add(Dense(32, activation="relu"))
model.add(Dropout(keep))
model.add(Dense(10, activation="softmax"))

plateau = ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=4)
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
model.fit(X_train, Y_train, batch_size=64, epochs=15, validation_split=0.1, callbacks=[plateau], verbose=0)
score = model.evaluate(X_test, Y_test, verbose=0)
print("RESULT", "test_accuracy", score[1])
