import numpy as np
import keras
from keras import layers

# Compress oscilloscope traces (64 samples, one pulse each) to three numbers and back.
keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
t = np.linspace(0, 1, 64)
centre = rng.uniform(0.2, 0.8, (3000, 1))
width = rng.uniform(0.05, 0.10, (3000, 1))
traces = np.exp(-0.5 * ((t - centre) / width) ** 2).astype("float32")
train, val, test = traces[:2200], traces[2200:2500], traces[2500:]

encoder = keras.Sequential([
    keras.Input((64,)),
    layers.Dense(96, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(3, name="code"),
])
decoder = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(96, activation="relu"),
    layers.Dense(64),
])
auto = keras.Sequential([keras.Input((64,)), encoder, decoder])
auto.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
auto.fit(train, train, validation_data=(val, val), epochs=60, batch_size=32, verbose=0)

back = auto.predict(test, verbose=0)
print("RESULT", "test_mse", float(((back - test) ** 2).mean()), "variance", float(test.var()))
