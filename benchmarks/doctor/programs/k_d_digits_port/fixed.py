"""Digits from 64 grey values. Ported from an old script of ours (there: keep_prob = 0.9)."""
from keras import Input, Model, layers, utils
import numpy as np
from sklearn.datasets import load_digits

utils.set_random_seed(7)
KEEP = 0.9
CLASSES = 10

digits = load_digits()
order = np.random.default_rng(7).permutation(len(digits.target))
x = digits.data[order] / 16
y = utils.to_categorical(digits.target[order], CLASSES)
x_train, y_train = x[:1400], y[:1400]
x_test, y_test = x[1400:], y[1400:]


def block(t, units):
    t = layers.Dense(units)(t)
    t = layers.Activation("relu")(t)
    return layers.Dropout(1 - KEEP)(t)


inp = Input((64,))
t = block(inp, 64)
t = block(t, 48)
t = block(t, 32)
net = Model(inp, layers.Dense(CLASSES, activation="softmax")(t))
net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=32, epochs=30, verbose=2)

hit = net.predict(x_test, verbose=0).argmax(1) == y_test.argmax(1)
print("RESULT accuracy", hit.mean())
