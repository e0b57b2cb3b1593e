import numpy as np
import keras
from keras import layers
from keras.callbacks import EarlyStopping

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
people = rng.normal(size=(2000, 16))
odds = 1.3 * people[:, 0] - 1.0 * people[:, 1] + 0.8 * people[:, 2] * people[:, 3] - 2.6
default = rng.random(2000) < 1 / (1 + np.exp(-odds))
people_test, default_test = people[1200:], default[1200:]
people, default = people[:1200], default[:1200]

def balance(rows, flags):
    extra = rng.choice(np.flatnonzero(flags), (~flags).sum() - flags.sum())
    index = rng.permutation(np.concatenate([np.arange(len(rows)), extra]))
    return rows[index], flags[index].astype("float32")

cut = int(0.8 * len(people))
x_fit, y_fit = balance(people[:cut], default[:cut])
x_val, y_val = balance(people[cut:], default[cut:])

model = keras.Sequential([keras.Input((16,))])
for width in (64, 32):
    model.add(layers.Dense(width, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(7e-4), loss="binary_crossentropy", metrics=["AUC"])
model.fit(x_fit, y_fit, batch_size=32, epochs=80, validation_data=(x_val, y_val), verbose=0,
          callbacks=[EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)])
loss, auc = model.evaluate(*balance(people_test, default_test), verbose=0)
print("RESULT", "test_loss", loss, "auc", auc)
