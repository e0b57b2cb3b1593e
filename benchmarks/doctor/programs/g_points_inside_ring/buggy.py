import numpy as np
import keras
from keras import layers, initializers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
pts = rng.uniform(-1, 1, (3000, 2))
r = np.hypot(pts[:, 0], pts[:, 1])
inside = ((r > 0.4) & (r < 0.8)).astype("float32")

init = initializers.RandomUniform(minval=0.0, maxval=1.0)

inp = keras.Input(shape=(2,))
h = layers.Dense(64, activation="tanh", kernel_initializer=init)(inp)
h = layers.Dense(64, activation="tanh", kernel_initializer=init)(h)
h = layers.Dense(32, activation="tanh", kernel_initializer=init)(h)
out = layers.Dense(1, activation="sigmoid", kernel_initializer=init)(h)
net = keras.Model(inp, out)

net.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
net.fit(pts[:2000], inside[:2000], batch_size=50, epochs=60,
        validation_data=(pts[2000:2400], inside[2000:2400]), verbose=0)
guess = net.predict(pts[2400:], verbose=0)[:, 0] > 0.5
print("RESULT", "held_out_accuracy", float((guess == (inside[2400:] > 0.5)).mean()))
