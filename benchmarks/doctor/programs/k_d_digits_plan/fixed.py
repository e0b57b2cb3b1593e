"""Handwritten digits as a table of 64 columns, with a learning rate that halves every 5 epochs."""
import keras
from keras import layers, optimizers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)

BATCH = 32
EPOCHS = 30
HALVE_EVERY = 5


def get_data():
    x, y = load_digits(return_X_y=True)
    x = x.astype("float32") / 16.0
    return train_test_split(x, y, test_size=0.25, stratify=y, random_state=0)


def build(width=48):
    inp = layers.Input((64,), name="pixels")
    z = layers.Dense(width, activation="relu")(inp)
    z = layers.Dropout(0.1)(z)
    z = layers.Dense(width, activation="relu")(z)
    out = layers.Dense(10, activation="softmax", name="digit")(z)
    return keras.Model(inp, out)


def make_optimizer(n_rows):
    steps = n_rows // BATCH
    schedule = optimizers.schedules.ExponentialDecay(
        initial_learning_rate=0.002,
        decay_steps=HALVE_EVERY * steps,
        decay_rate=0.5)
    return optimizers.Adam(learning_rate=schedule)


x_tr, x_te, y_tr, y_te = get_data()
net = build()
net.compile(make_optimizer(len(x_tr)), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_tr, y_tr, epochs=EPOCHS, batch_size=BATCH, verbose=0)
_, accuracy = net.evaluate(x_te, y_te, verbose=0)
print("RESULT accuracy", round(float(accuracy), 4))
