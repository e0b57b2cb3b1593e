import math
import numpy as np
import keras

# forward kinematics of a planar arm with three joints: angles -> where the tip is
LINKS = (0.5, 0.35, 0.2)
HIDDEN = 2


def tip(angles):
    total = np.cumsum(angles, axis=1)
    x = sum(l * np.cos(total[:, i]) for i, l in enumerate(LINKS))
    y = sum(l * np.sin(total[:, i]) for i, l in enumerate(LINKS))
    return np.stack([x, y], axis=1)


keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
angles = rng.uniform(-math.pi / 2, math.pi / 2, (6000, 3))
target = tip(angles) / 0.5
inp = (angles / (math.pi / 2)).astype("float32")

a = keras.layers.Input((3,))
b = keras.layers.Dense(HIDDEN, activation="tanh")(a)
b = keras.layers.Dense(HIDDEN, activation="tanh")(b)
c = keras.layers.Dense(2)(b)
arm = keras.Model(a, c)
arm.compile(keras.optimizers.Adam(3e-3), "mse")
arm.fit(inp[:5000], target[:5000], validation_split=0.1, epochs=80, batch_size=64, verbose=0)

miss = np.linalg.norm((arm.predict(inp[5000:], verbose=0) - target[5000:]) * 0.5, axis=1)
print("RESULT", "miss_cm", float(100 * miss.mean()))
