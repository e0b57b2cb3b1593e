"""Ships or frogs? My first binary classifier (two classes taken out of CIFAR-10)."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)
FROG, SHIP = 6, 8


def two_classes(x, y, limit):
    y = y.ravel()
    keep = np.where((y == FROG) | (y == SHIP))[0][:limit]
    labels = (y[keep] == SHIP).astype("float32")
    return x[keep].astype("float32") / 255.0, labels


(x, y), (xt, yt) = keras.datasets.cifar10.load_data()
x_train, y_train = two_classes(x, y, 6000)
x_test, y_test = two_classes(xt, yt, 1000)

model = keras.Sequential()
model.add(keras.Input((32, 32, 3)))
model.add(layers.Conv2D(16, 3, strides=2, activation="relu"))
model.add(layers.Conv2D(32, 3, strides=2, activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dropout(0.3))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(5e-4), metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=8, validation_split=0.15, verbose=2)

says_ship = model.predict(x_test, verbose=0).ravel() > 0.5
is_ship = y_test == y_test.max()
print("RESULT accuracy", float(np.mean(says_ship == is_ship)))
