import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
sample = rng.normal(size=(700, 8))
carbon = sample[:, 0] - 0.8 * sample[:, 3] + 0.6 * np.tanh(2 * sample[:, 7]) + rng.normal(0, 1.5, 700)
carbon = carbon / 2.1
x_train, x_val, x_test = sample[:220], sample[220:340], sample[340:]
y_train, y_val, y_test = carbon[:220], carbon[220:340], carbon[340:]

model = keras.Sequential([
    keras.Input((8,)),
    layers.Dense(128, activation="relu"),
    layers.Dense(128, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse")
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=300, batch_size=16, verbose=0)
mse = model.evaluate(x_test, y_test, verbose=0)
print("RESULT", "r2", 1 - mse / float(y_test.var()))
