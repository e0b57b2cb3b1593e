"""Who is readmitted within 30 days? Fewer are than are not, so the classes are balanced by resampling."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
N_FEATURES = 12


def patients(n):
    x = rng.normal(size=(n, N_FEATURES))
    risk = 1.6 * x[:, 0] - 1.3 * x[:, 1] + 1.2 * x[:, 2] * x[:, 3] + 0.8 * x[:, 4] - 0.7
    readmitted = rng.random(n) < 1 / (1 + np.exp(-1.5 * risk))
    return x.astype("float32"), readmitted.astype("float32")


def balance(x, y, per_class=2500):
    yes, no = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    rows = np.concatenate([rng.choice(yes, per_class), rng.choice(no, per_class)])
    rng.shuffle(rows)
    return x[rows], y[rows]


x, y = patients(1500)
x_new, y_new = patients(2000)               # next year's patients, for the final report

x_bal, y_bal = balance(x, y)
x_train, y_train, x_val, y_val = x_bal[1000:], y_bal[1000:], x_bal[:1000], y_bal[:1000]

model = keras.Sequential([
    keras.Input(shape=(N_FEATURES,)),
    layers.Dense(96, activation="relu"),
    layers.Dense(96, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.0005), loss="binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=80, batch_size=64,
          callbacks=[stop], verbose=0)

loss, acc = model.evaluate(x_new, y_new, verbose=0)
print("accuracy on next year's patients", acc)
print("RESULT log_loss", loss)
