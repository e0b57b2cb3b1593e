import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
n = 1000
panel = rng.normal(size=(n, 7)).astype("float32")
burden = panel[:, 0] + 0.8 * panel[:, 1] - panel[:, 4] + 0.7 * np.maximum(panel[:, 2], 0) * panel[:, 5]
selector = np.where(burden + 0.4 * rng.normal(size=n) > 0.3, 1, 0)

split = [600, 750]
x_train, x_val, x_test = np.split(panel, split)
y_train, y_val, y_test = np.split(selector, split)

model = keras.Sequential([
    layers.Input((7,)),
    layers.Dense(20, activation="elu"),
    layers.Dense(10, activation="elu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Nadam(0.002), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(x_train, y_train, epochs=25, batch_size=25, validation_data=(x_val, y_val), verbose=0)
sick = model.predict(x_test, verbose=0).ravel() > 0.5
print("RESULT", "test_accuracy", float((sick == (y_test == selector.max())).mean()))
