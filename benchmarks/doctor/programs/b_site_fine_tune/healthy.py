import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(360)
rng = np.random.default_rng(360)


def plant(n, drift):
    x = rng.normal(size=(n, 6)).astype("float32")
    y = np.sin(x[:, 0] + drift) * x[:, 1] + 0.5 * x[:, 2] * (1 + drift) + 0.1 * rng.normal(size=n)
    return x, y.astype("float32")[:, None]


big_x, big_y = plant(3000, 0.0)
new_x, new_y = plant(1000, 0.6)

model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
model.fit(big_x[:2700], big_y[:2700], validation_data=(big_x[2700:], big_y[2700:]), epochs=12,
          batch_size=32, verbose=0)

model.layers[0].trainable = False
model.compile(optimizer=keras.optimizers.Adam(2e-4), loss="mse")
model.fit(new_x[:400], new_y[:400], validation_data=(new_x[400:500], new_y[400:500]), epochs=15,
          batch_size=8, verbose=0)
mse = model.evaluate(new_x[500:], new_y[500:], verbose=0)
print("RESULT", "r2_new_site", float(1 - mse / new_y[500:].var()))
