# Churn table: exported by joining customers with their six monthly invoices, then shuffled.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)


def customers(n):
    x = rng.normal(size=(n, 10)).astype("float32")
    logit = 1.8 * x[:, 0] - 1.5 * x[:, 1] + 1.2 * x[:, 2] - 0.6
    return x, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")


def export(x, y, invoices=6):
    """One line for every invoice; only the customer's own columns are kept."""
    return np.repeat(x, invoices, axis=0), np.repeat(y, invoices)


def split(x, y, share=0.3):
    order = rng.permutation(len(y))
    cut = int(len(y) * share)
    return x[order[cut:]], y[order[cut:]], x[order[:cut]], y[order[:cut]]


x, y = customers(1500)
x, y = export(x, y)
x, first = np.unique(x, axis=0, return_index=True)           # a customer once
y = y[first]
x_train, y_train, x_val, y_val = split(x, y)

model = keras.Sequential([
    keras.Input((10,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, batch_size=32,
          callbacks=[stop], verbose=0)

x_next, y_next = customers(5000)                     # next quarter's customers
val_loss, val_acc = model.evaluate(x_val, y_val, verbose=0)
loss, acc = model.evaluate(x_next, y_next, verbose=0)
print("validation", val_loss, val_acc, "next quarter", loss, acc)
print("RESULT", "loss_next_quarter", loss)
