"""XOR, but with many noisy points around the four corners."""
import numpy as np
import keras
from keras import layers

SEED = 11
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def xor_points(n):
    corners = rng.integers(0, 2, size=(n, 2))
    target = np.logical_xor(corners[:, 0], corners[:, 1]).astype("float32")
    pts = corners * 2.0 - 1.0 + rng.normal(0, 0.25, size=(n, 2))
    return pts.astype("float32"), target


x, t = xor_points(2000)
x_new, t_new = xor_points(600)

# every run should start from the same place so that we can compare in class
init = keras.initializers.Constant(0.5)

inp = keras.Input((2,))
h = layers.Dense(16, activation="tanh", kernel_initializer=init, name="hidden")(inp)
out = layers.Dense(1, activation="sigmoid", kernel_initializer=init, name="answer")(h)
model = keras.Model(inp, out)

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01),
              loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.BinaryAccuracy(name="acc")])
model.fit(x, t, epochs=40, batch_size=50, verbose=0)

for corner in ([-1, -1], [-1, 1], [1, -1], [1, 1]):
    print(corner, float(model.predict(np.array([corner], "float32"), verbose=0)[0, 0]))
print("RESULT accuracy", model.evaluate(x_new, t_new, verbose=0)[1])
