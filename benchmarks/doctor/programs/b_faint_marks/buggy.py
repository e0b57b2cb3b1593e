import numpy as np
import keras
from keras import layers, regularizers
from keras.callbacks import EarlyStopping

keras.utils.set_random_seed(302)
rng = np.random.default_rng(302)
marked = rng.integers(0, 2, 4000)
plates = rng.normal(size=(4000, 10, 10))
plates[:, 3:7, 3:7] += 0.22 * marked[:, None, None] * rng.normal(1, 1, (4000, 1, 1))
x_train, y_train = plates[:1600], marked[:1600]
x_val, y_val = plates[1600:1650], marked[1600:1650]
x_test, y_test = plates[1650:1700], marked[1650:1700]
x_later, y_later = plates[1700:], marked[1700:]

pick, top = None, 0
for width in (8, 12, 16, 24):
    model = keras.Sequential([
        keras.Input((10, 10)),
        layers.Flatten(),
        layers.Dense(width, activation="relu", kernel_regularizer=regularizers.L2(0.01)),
        layers.Dropout(0.5),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    best = EarlyStopping(monitor="val_accuracy", mode="max", patience=30, restore_best_weights=True)
    log = model.fit(x_train, y_train, validation_data=(x_test, y_test),
                    epochs=40, batch_size=32, callbacks=[best], verbose=0)
    if max(log.history["val_accuracy"]) > top:
        pick, top = model, max(log.history["val_accuracy"])
reported = pick.evaluate(x_test, y_test, verbose=0)[1]
print("RESULT", "optimism", reported - pick.evaluate(x_later, y_later, verbose=0)[1])
