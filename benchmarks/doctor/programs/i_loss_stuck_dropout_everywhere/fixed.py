import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
x = rng.uniform(-1, 1, (3000, 4)).astype("float32")
y = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * x[:, 3] + rng.normal(0, 0.05, 3000)

model = keras.Sequential([keras.Input((4,))])
for units in (64, 64, 32):
    model.add(layers.Dense(units, activation="relu"))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", metrics=["mae"])
model.fit(x[:2400], y[:2400], epochs=30, batch_size=32, validation_split=0.1, verbose=0)
print("RESULT", "test_mae", model.evaluate(x[2400:], y[2400:], verbose=0)[1])
