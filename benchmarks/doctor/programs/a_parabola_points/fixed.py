import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
X = rng.uniform(0, 400, size=(1500, 1))
Y = 0.05 * (X - 230) ** 2 - 2 * X + 300 + rng.normal(0, 20, size=(1500, 1))
X = (X - 200) / 115
Y = (Y - Y[:1200].mean()) / Y[:1200].std()

inputs = keras.Input(shape=(1,))
h = layers.Dense(24, activation="tanh")(inputs)
h = layers.Dense(24, activation="tanh")(h)
outputs = layers.Dense(1)(h)
poly = keras.Model(inputs, outputs)
poly.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
poly.fit(X[:1200], Y[:1200], epochs=40, batch_size=32, verbose=0, validation_split=0.1)

guess = poly.predict(X[1200:], verbose=0)
err = np.sum((guess - Y[1200:]) ** 2)
print("RESULT", "r2", float(1 - err / np.sum((Y[1200:] - Y[1200:].mean()) ** 2)))
