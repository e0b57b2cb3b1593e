"""Exercise 4: tell the inner ring from the outer one."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)

X, y = make_circles(n_samples=3000, factor=0.45, noise=0.08, random_state=4)
X = X.astype("float32")
y = y.astype("float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)


def make_net(width):
    net = keras.Sequential(name="rings")
    net.add(keras.Input(shape=(2,)))
    net.add(layers.Dense(width))
    net.add(layers.Dense(width))
    net.add(layers.Dense(1, activation="sigmoid"))
    return net


net = make_net(24)
net.compile(optimizer=keras.optimizers.Adam(0.005),
            loss="binary_crossentropy", metrics=["accuracy"])
hist = net.fit(X_train, y_train, batch_size=64, epochs=40,
               validation_split=0.15, verbose=0)
print("last val accuracy:", hist.history["val_accuracy"][-1])

loss, acc = net.evaluate(X_test, y_test, verbose=0)
print("RESULT accuracy", acc)
