"""Deeper should be better? With one hidden layer it learns something, with eight the loss is 1.38 for ever."""
import numpy as np
import keras
from keras import layers

DEPTH = 8
UNITS = 32
ACTIVATION = "sigmoid"
keras.utils.set_random_seed(99)


def rings(n, seed):
    """Points in the plane, four rings one around the other."""
    rng = np.random.default_rng(seed)
    ring = rng.integers(0, 4, n)
    r = 0.3 + 0.5 * ring + 0.08 * rng.normal(size=n)
    a = rng.uniform(0, 2 * np.pi, n)
    points = np.stack([r * np.cos(a), r * np.sin(a)], axis=1)
    return points.astype("float32"), keras.utils.to_categorical(ring, 4)


def build(depth, units, activation):
    net = keras.Sequential(name="deep_net")
    net.add(keras.Input(shape=(2,)))
    for i in range(depth):
        net.add(layers.Dense(units, activation=activation, name=f"hidden_{i + 1}"))
    net.add(layers.Dense(4, activation="softmax", name="ring"))
    return net


X_train, Y_train = rings(5000, seed=1)
X_val, Y_val = rings(1000, seed=2)
X_test, Y_test = rings(1500, seed=3)

net = build(DEPTH, UNITS, ACTIVATION)
net.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=5e-4), metrics=["accuracy"])
log = net.fit(X_train, Y_train, validation_data=(X_val, Y_val), batch_size=64, epochs=20, verbose=0)
print("loss per epoch:", np.round(log.history["loss"], 3))
print("val_accuracy:  ", np.round(log.history["val_accuracy"], 3))

pred = net.predict(X_test, verbose=0).argmax(axis=1)
print("predicted rings:", np.bincount(pred, minlength=4))
print("RESULT accuracy", float(np.mean(pred == Y_test.argmax(axis=1))))
