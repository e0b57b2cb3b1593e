import numpy as np
import keras
from keras import layers

# head and shaft power of a centrifugal pump, everything in SI units
keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
n = 2500
speed = rng.uniform(900, 3600, n)                  # rev/min
flow = rng.uniform(0.002, 0.045, n)                # m3/s
inlet = rng.uniform(0.8e5, 4.0e5, n)               # Pa
temperature = rng.uniform(278, 353, n)             # K
diameter = rng.uniform(0.16, 0.26, n)              # m

tip = np.pi * diameter * speed / 60
head = 0.55 * tip ** 2 / 9.81 - 9000 * flow ** 2 - 4e-6 * inlet
power = 9.81 * flow * head / (0.45 + 6 * flow) + 0.002 * (353 - temperature)
X = np.stack([speed, flow, inlet, temperature, diameter], axis=1).astype("float32")
Y = np.stack([head, power], axis=1)
cut = 2000
Y = ((Y - Y[:cut].mean(0)) / Y[:cut].std(0)).astype("float32")

inputs = keras.Input(shape=(5,), name="operating_point")
h = layers.Dense(48, activation="tanh")(inputs)
h = layers.Dense(48, activation="tanh")(h)
outputs = layers.Dense(2, name="head_and_power")(h)
pump = keras.Model(inputs, outputs)

pump.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=12, restore_best_weights=True)
pump.fit(X[:cut], Y[:cut], validation_split=0.2, epochs=80, batch_size=32, callbacks=[stop], verbose=0)

p = pump.predict(X[cut:], verbose=0)
r2 = 1 - ((p - Y[cut:]) ** 2).sum(0) / ((Y[cut:] - Y[cut:].mean(0)) ** 2).sum(0)
print("head", r2[0], "power", r2[1])
print("RESULT", "r2", float(r2.mean()))
