import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
x = rng.normal(size=(1400, 12)).astype("float32")
y = (2 * x[:, 0] - 1.5 * x[:, 1] + x[:, 2] + rng.normal(0, 0.8, 1400) > 0).astype("float32")
x_train, y_train = x[:300], y[:300]
x_val, y_val = x[300:600], y[300:600]
x_test, y_test = x[600:], y[600:]

model = keras.Sequential([
    keras.Input((12,)),
    layers.Dense(128, activation="relu"),
    layers.Dense(128, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)
model.fit(x_train, y_train, epochs=200, batch_size=16, validation_data=(x_val, y_val), verbose=0, callbacks=[stop])
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "test_loss", loss, "accuracy", accuracy)
