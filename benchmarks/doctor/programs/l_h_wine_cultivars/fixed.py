"""Homework 3: tell the three cultivars of the wine data apart."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x, y, test_size=0.3, stratify=y, random_state=3)

# the test rows get the statistics of the training rows
mean, sd = x_train.mean(axis=0), x_train.std(axis=0)
x_train = (x_train - mean) / sd
x_test = (x_test - mean) / sd

model = keras.Sequential([
    keras.Input(shape=(13,)),
    layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003),
              loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=8, epochs=40, verbose=0)

loss, acc = model.evaluate(x_test, y_test, verbose=0)
print("test loss", round(loss, 4))
print("RESULT accuracy", acc)
