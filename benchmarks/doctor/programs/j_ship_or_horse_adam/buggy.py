import numpy as np
import keras
from keras import layers

SHIP, HORSE = 8, 7
LEARNING_RATE = 0.1

keras.utils.set_random_seed(21)
(xa, ya), (xb, yb) = keras.datasets.cifar10.load_data()


def pick(x, y, rows):
    y = y.ravel()
    keep = np.flatnonzero((y == SHIP) | (y == HORSE))[:rows]
    return x[keep].astype("float32") / 255.0, (y[keep] == SHIP).astype("float32")


x_train, y_train = pick(xa, ya, 4000)
x_test, y_test = pick(xb, yb, 1000)

model = keras.Sequential([
    keras.Input((32, 32, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy",
              optimizer=keras.optimizers.Adam(LEARNING_RATE),
              metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=64, epochs=6, validation_split=0.1, verbose=2)
print("last val accuracy", history.history["val_accuracy"][-1])
print("RESULT", "test_accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
