import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
n = 2800
speed, load, temp = rng.uniform(800, 3000, n), rng.uniform(5, 60, n), rng.normal(70, 9, n)
s, l, t = (speed - 1900) / 635, (load - 32) / 16, (temp - 70) / 9
wear = 0.6 * s * l + 0.4 * np.sin(2 * t) + 0.3 * s + rng.normal(0, 0.1, n)
stop = (s * t + l ** 2 - 1 + rng.normal(0, 0.2, n) > 0).astype("float32")
x = np.stack([s, l, t], 1).astype("float32")

i = keras.Input((3,))
h = layers.Dense(64, activation="swish")(i)
h = layers.Dense(64, activation="swish")(h)
o1 = layers.Dense(1, name="wear")(layers.Dense(16, activation="swish")(h))
o2 = layers.Dense(1, activation="sigmoid", name="stop")(layers.Dense(16, activation="swish")(h))
model = keras.Model(i, {"wear": o1, "stop": o2})
model.compile("adam", loss={"wear": "mse", "stop": "binary_crossentropy"}, loss_weights={"wear": 1.0, "stop": 0.5})
model.fit(x[:2200], {"wear": wear[:2200], "stop": stop[:2200]}, validation_split=0.1, epochs=30, batch_size=32, verbose=0)
p = model.predict(x[2200:], verbose=0)
print("RESULT", "test_accuracy", float(((p["stop"][:, 0] > 0.5) == stop[2200:]).mean()),
      "wear_mse", float(((p["wear"][:, 0] - wear[2200:]) ** 2).mean()))
