"""Homework 2: breast tumours, malignant or benign, with a validation and a test part."""
import numpy as np
import keras
from keras import layers, regularizers
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(8)

data = load_breast_cancer()
order = np.random.default_rng(8).permutation(len(data.target))
X = data.data[order]
y = data.target[order]

X_train, y_train = X[:400], y[:400]
X_test, y_test = X[400:], y[400:]

# put all the columns on one scale
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train = (X_train - mean) / std
X_test = (X_test - mean) / std

net = keras.Sequential([
    keras.Input(shape=(30,)),
    layers.Dense(8, activation="relu", kernel_regularizer=regularizers.l2(0.01)),
    layers.Dense(1, activation="sigmoid", kernel_regularizer=regularizers.l2(0.01)),
])
net.compile(optimizer=keras.optimizers.Adam(0.002), loss="binary_crossentropy",
            metrics=["accuracy"])
h = net.fit(X_train, y_train, validation_split=0.2, epochs=50, batch_size=16, verbose=0)
print("train", h.history["accuracy"][-1], "validation", h.history["val_accuracy"][-1])

loss, acc = net.evaluate(X_test, y_test, verbose=0)
print("test loss", loss)
print("RESULT accuracy", acc)
